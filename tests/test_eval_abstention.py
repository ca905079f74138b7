"""When to refuse: the figures, the file that says it, and fitting it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from assistant.answering.abstention import Calibration, read_calibration, shipped
from assistant.answering.signals import NOTHING_FOUND, Signals
from corpus.errors import BadInput, BadSetting
from eval.calibration.calibrate import fit, write
from eval.calibration.cases import Case, Source
from eval.cli import app
from eval.measures.abstention import SET_MEASURES, reliability, risk_coverage
from eval.questions import GoldQuestion
from eval.runs import Row
from eval.summary import set_figures
from eval.systems.base import Response

OF = {measure.key: measure.of for measure in SET_MEASURES}


def row(
    answerable: bool, answered: bool, confidence: float | None, recall: float = 1.0, error: str | None = None
) -> Row:
    gold = GoldQuestion.model_validate(
        {
            "id": "q",
            "question": "?",
            "lang": "en",
            "type": "fact",
            "answerable": answerable,
            "nuggets": [["x"]] if answerable else [],
            "evidence": [],
        }
    )
    response = Response(answered=answered, text="", confidence=confidence, error=error)
    return Row(gold=gold, response=response, scores={"nuggets": recall if answerable else None})


def found(coverage: float, **changed: object) -> Signals:
    values: dict[str, object] = {
        "coverage": coverage,
        "words": coverage,
        "sentence": coverage,
        "lead": 0.4,
        "score": coverage,
        "years": True,
        "identifiers": True,
    }
    return Signals(**{**values, **changed})  # type: ignore[arg-type]


def source(draws: int = 60, name: str = "s", divisible: bool = True) -> Source:
    draw = np.random.default_rng(1)
    cases = [
        Case(f"{name}/{i}", answerable, found(float(np.clip(draw.normal(0.7 if answerable else 0.3, 0.15), 0, 1))))
        for i in range(draws)
        for answerable in (True, False)
    ]
    return Source(name, "0" * 64, divisible, tuple(cases))


def test_refusing_is_counted_as_the_positive_class() -> None:
    rows = [row(False, False, 0.1), row(False, True, 0.7), row(True, False, 0.2), row(True, True, 0.9)]
    assert (OF["refuse_precision"](rows), OF["refuse_recall"](rows), OF["refuse_f1"](rows)) == (0.5, 0.5, 0.5)
    assert OF["auroc"](rows) == 0.75


def test_the_area_under_the_roc_curve_is_the_librarys_with_ties() -> None:
    from sklearn.metrics import roc_auc_score

    draw = np.random.default_rng(0)
    rows = [row(bool(draw.integers(2)), True, float(draw.integers(5)) / 5) for _ in range(80)]
    theirs = roc_auc_score([r.gold.answerable for r in rows], [r.response.confidence for r in rows])
    assert OF["auroc"](rows) == pytest.approx(theirs)


def test_at_most_five_in_a_hundred_answerable_ones_are_refused_for_the_recall() -> None:
    answerable = [row(True, True, i / 100) for i in range(40, 80)]
    rows = [*answerable, row(False, True, 0.415), row(False, True, 0.425)]
    assert OF["refuse_recall_at_5"](rows) == 0.5  # below 0.42 are two of forty


def test_risk_rises_with_coverage_where_the_surest_are_right() -> None:
    rows = [row(True, True, 0.9), row(True, True, 0.8, recall=0.5), row(False, True, 0.3)]
    assert np.allclose(risk_coverage(rows), [(1 / 3, 0), (2 / 3, 0.25), (1, 0.5)])
    assert OF["aurc"](rows) == pytest.approx(0.25)
    turned = [row(True, True, 0.3), row(True, True, 0.8, recall=0.5), row(False, True, 0.9)]
    assert OF["aurc"](turned) > OF["aurc"](rows)


def test_what_is_as_sure_shares_its_risk_in_any_order() -> None:
    rows = [row(True, True, 0.5), row(False, True, 0.5), row(True, True, 0.5)]
    assert risk_coverage(rows) == risk_coverage(rows[::-1])
    assert OF["accuracy_at_50"](rows) == pytest.approx(2 / 3)


def test_refusing_everything_does_not_win_the_area() -> None:
    assert OF["aurc"]([row(True, False, 0.9), row(False, False, 0.1)]) == 1.0


def test_what_was_refused_comes_last_however_sure_the_system_says_it_was() -> None:
    assert risk_coverage([row(True, False, 0.9), row(True, True, 0.5)]) == [(0.5, 0.0), (1.0, 0.5)]


def test_a_confidence_that_holds_has_no_calibration_error() -> None:
    holds = [row(i < share * 10, True, share) for share in (0.2, 0.8) for i in range(10)]
    assert OF["ece"](holds) == pytest.approx(0)
    assert np.allclose(reliability(holds), [(0.2, 0.2, 10), (0.8, 0.8, 10)])
    assert OF["ece"]([row(False, True, 0.9)]) == pytest.approx(0.9)


def test_a_question_that_failed_counts_as_the_worst_answer() -> None:
    rows = [row(True, True, 0.9), row(False, False, 0.1), row(False, False, None, error="down")]
    assert OF["refuse_recall"](rows) == 0.5
    assert OF["auroc"](rows) == 0.5


def test_a_system_that_tells_no_confidence_has_no_figures_of_it() -> None:
    rows = [row(True, True, None), row(False, False, None)]
    assert {figure.measure.key for figure in set_figures(rows)} == {"refuse_precision", "refuse_recall", "refuse_f1"}
    assert risk_coverage(rows) == reliability(rows) == []


def test_a_set_without_unanswerable_questions_has_figures_and_no_nan() -> None:
    made = set_figures([row(True, True, 0.9), row(True, False, 0.2)])
    assert "auroc" not in {figure.measure.key for figure in made}
    assert all(np.isfinite([f.estimate.low, f.estimate.value, f.estimate.high]).all() for f in made)


def test_the_shipped_file_is_whole_and_surer_of_what_is_said_and_answered() -> None:
    judge = shipped().judge
    assert judge(found(0.9, answer=12.0), "none").answerable
    assert judge(found(0.9, answer=8.0), "none").confidence > judge(found(0.6, answer=8.0), "none").confidence
    assert judge(found(0.6, answer=12.0), "none").confidence > judge(found(0.6, answer=2.0), "none").confidence
    assert not judge(NOTHING_FOUND, "none").answerable


@pytest.mark.parametrize("lacking", ["years", "identifiers", "places", "shaped", "focused"])
def test_what_a_rule_misses_is_refused_however_much_else_is_found(lacking: str) -> None:
    assert not shipped().judge(found(1.0, **{lacking: False}), "none").answerable


def test_scores_of_another_embedder_are_not_judged_by() -> None:
    calibration = fit([source()], target=0.15, embedder="none", held_out=0).calibration
    lead = calibration.model_copy(
        update={"terms": (calibration.terms[0].model_copy(update={"signal": "lead", "scale": 0.1, "weight": 1.0}),)}
    )
    sure, unsure = found(0.5, lead=0.9), found(0.5, lead=0.0)
    assert lead.judge(sure, "none").confidence > lead.judge(unsure, "none").confidence
    assert lead.judge(sure, "other").confidence == lead.judge(unsure, "other").confidence
    assert lead.judge(found(0.5, lead=None), "none") == lead.judge(sure, "other")


def test_the_threshold_keeps_the_share_of_false_answers_that_was_asked_for() -> None:
    strict, lax = (fit([source()], target=t, embedder="none", held_out=0.5) for t in (0.02, 0.3))
    assert strict.calibration.threshold > lax.calibration.threshold
    for made, target in ((strict, 0.02), (lax, 0.3)):
        point = next(p for p in made.points if p.scope == "all" and p.seen and p.rule == "fitted")
        assert point.false_answers is not None
        assert point.false_answers.value <= target
    assert fit([source()], target=0.3, embedder="none", held_out=0.5) == lax


def test_held_out_clusters_are_not_fitted_on() -> None:
    made = fit([source()], target=0.15, embedder="none", held_out=0.5)
    counted = sum(made.calibration.fitted.sets[0][2:])
    held = next(p for p in made.points if p.scope == "all" and not p.seen and p.rule == "fitted")
    assert held.false_answers is not None
    assert held.false_refusals is not None
    assert counted + held.false_answers.n + held.false_refusals.n == 120
    assert 20 < counted < 100


def test_the_earlier_rule_goes_on_to_decide_where_that_is_asked_for() -> None:
    made = fit([source()], target=0.15, embedder="none", held_out=0.5, earlier_rule=True)
    assert [term.signal for term in made.calibration.terms] == ["coverage"]
    assert all(difference.value == 0 for _, difference in made.differences)


def test_questions_of_one_kind_are_no_use_for_calibrating() -> None:
    whole = source()
    one = Source(whole.name, whole.sha256, False, tuple(case for case in whole.cases if case.answerable))
    with pytest.raises(BadInput, match="unanswerable") as error:
        fit([one], target=0.15, embedder="none", held_out=0)
    assert "不可答" in error.value.zh


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("", "Invalid JSON"),
        ("{}", "format"),
        ({"format": "abstention/2"}, "format"),
        ({"threshold": 2}, "threshold"),
        ({"ruled_out": 0.99}, "below the threshold"),
        ({"terms": []}, "terms"),
        ({"intercept": "NaN"}, "intercept"),
    ],
)
def test_a_file_that_is_no_calibration_says_where_in_both_languages(
    tmp_path: Path, broken: str | dict[str, object], said: str
) -> None:
    path = tmp_path / "a.json"
    whole = json.loads(shipped().model_dump_json())
    path.write_text(broken if isinstance(broken, str) else json.dumps({**whole, **broken}), "utf-8")
    with pytest.raises(BadSetting, match=said) as error:
        read_calibration(path)
    assert "yiju eval calibrate" in error.value.en
    assert str(path) in error.value.zh


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="No such file"):
        read_calibration(tmp_path / "none.json")


def retrieval_set(folder: Path) -> Path:
    """Eight towns with a question each; two towns' documents are to be left out."""
    folder.mkdir()
    towns = {
        "Alder": "ferry leaves at nine",
        "Birch": "library lends lanterns",
        "Cedar": "market sells woollen hats",
        "Dogwood": "bridge carries two trams",
        "Elm": "bakery opens at midnight",
        "Fir": "museum shows old compasses",
        "Gorse": "lighthouse lends compasses at nine",
        "Hazel": "orchard sells hats and lanterns",
    }

    def write(name: str, rows: list[dict[str, object]]) -> None:
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")

    write("corpus.jsonl", [{"id": f"d{t}", "title": t, "text": f"In {t} the {said}."} for t, said in towns.items()])
    write("queries.jsonl", [{"id": f"q{t}", "text": f"What about {t}: {said}?"} for t, said in towns.items()])
    (folder / "qrels.tsv").write_text("".join(f"q{t}\td{t}\t1\n" for t in towns), "utf-8")
    (folder / "withheld.json").write_text(json.dumps({"withheld_docs": ["dGorse", "dHazel"]}), "utf-8")
    return folder


def test_calibrating_writes_a_file_that_the_program_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIJU_EMBEDDER", "none")
    bench, to = retrieval_set(tmp_path / "towns"), tmp_path / "to.json"
    done = CliRunner().invoke(app, ["calibrate", "--bench", str(bench), "--held-out", "0", "--out", str(to)])
    assert done.exit_code == 0, done.output
    made: Calibration = read_calibration(to)
    assert made.fitted.sets[0][2:] == (6, 2)
    assert made.judge(found(1.0, answer=12.0), made.embedder).answerable
    assert not made.judge(found(0.0), made.embedder).answerable
    assert "coverage ≥ 0.45" in done.output


def test_what_calibrating_can_not_use_is_refused_in_both_languages(tmp_path: Path) -> None:
    bench = retrieval_set(tmp_path / "towns")
    (bench / "withheld.json").unlink()
    out = ["--out", str(tmp_path / "to.json")]
    lacking = CliRunner().invoke(app, ["calibrate", "--bench", str(bench), *out])
    assert isinstance(lacking.exception, BadInput)
    assert "withheld.json" in lacking.exception.zh
    unpaired = CliRunner().invoke(app, ["calibrate", "--set", "x.jsonl", *out])
    assert isinstance(unpaired.exception, BadInput)
    assert "--corpus" in unpaired.exception.zh
    with pytest.raises(BadInput, match="can't be written"):
        write(shipped(), tmp_path / "nowhere" / "to.json")

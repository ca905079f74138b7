"""Runs against each other, and against a stored baseline."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from assistant.core import Question
from assistant.wiring import Workplace
from conftest import add
from corpus.errors import BadInput
from eval.cli import app
from eval.compare import Comparison, compare, print_comparison, to_json
from eval.gate import baseline_of, gate, read_baseline, save_baseline
from eval.questions import GoldQuestion
from eval.runner import score
from eval.runs import MANIFEST, RESULTS, Manifest, Row, Run
from eval.support.verifier import Verifier
from eval.systems.base import LocalSystem, Response

DOCUMENTS = 9


def gold(number: int, **changed: object) -> GoldQuestion:
    fields: dict[str, object] = {
        "id": f"q{number}",
        "question": f"How many boats has harbour {number}?",
        "lang": "en",
        "type": "number",
        "answerable": True,
        "nuggets": (("12",),),
        "evidence": ({"source": f"harbour{number % DOCUMENTS}.md", "quotes": ("12 boats",)},),
    }
    return GoldQuestion.model_validate({**fields, **changed})


def a_run(name: str, rows: Sequence[Row], *, sha: str = "s", support: str = "verifier", finished: bool = True) -> Run:
    manifest = Manifest(
        name=name, set_name="harbours", set_sha256=sha, questions=len(rows), corpus="c", system="x", support=support,
        commit="c", program="p", machine="m", began="2026-01-01T00:00:00Z",
        finished="2026-01-01T00:00:01Z" if finished else None,
    )  # fmt: skip
    return Run(folder=Path("runs") / name, manifest=manifest, rows=tuple(rows))


def scored(values: Sequence[float | None], key: str = "nuggets", **others: float) -> list[Row]:
    answer = Response(answered=True, text="12")
    return [Row(gold=gold(n), response=answer, scores={key: value, **others}) for n, value in enumerate(values)]


def verdicts(comparison: Comparison) -> dict[str, str]:
    return {c.measure.key: c.verdict for c in comparison.compared if c.scope == "all"}


def test_a_difference_in_every_document_is_named_and_one_in_two_questions_is_not() -> None:
    good, bad = a_run("good", scored([1.0] * 27)), a_run("bad", scored([0.0, 1.0, 0.0] * 9))
    assert verdicts(compare([good, bad])[0]) == {"nuggets": "a"}
    assert verdicts(compare([bad, good])[0]) == {"nuggets": "b"}
    assert verdicts(compare([good, a_run("near", scored([0.0, 0.0, *[1.0] * 25]))])[0]) == {"nuggets": "none"}
    assert verdicts(compare([good, a_run("again", scored([1.0] * 27))])[0]) == {"nuggets": "same"}


def test_where_less_is_better_less_wins_and_length_and_milliseconds_win_nothing() -> None:
    few, many = ([value] * 27 for value in (0.0, 1.0))
    assert verdicts(compare([a_run("a", scored(few, "uncited")), a_run("b", scored(many, "uncited"))])[0]) == {
        "uncited": "a"
    }
    found = compare([a_run("a", scored(few, "ms", length=10.0)), a_run("b", scored(many, "ms", length=99.0))])[0]
    assert verdicts(found) == {"length": "untested", "ms": "untested"}


def test_many_comparisons_of_nothing_name_nobody() -> None:
    import numpy as np

    draw, named = np.random.default_rng(8), 0
    keys = ("evidence", "nuggets", "value", "list_recall", "citation_recall", "verbatim", "uncited", "false_answer")
    for _ in range(40):
        rows = [
            [Row(gold=gold(n), response=Response(answered=True, text=""), scores=dict(zip(keys, draw.random(8), strict=True))) for n in range(36)]
            for _ in range(2)
        ]  # fmt: skip
        found = verdicts(compare([a_run("a", rows[0]), a_run("b", rows[1])])[0])
        named += any(verdict in "ab" for verdict in found.values())
    assert named <= 5


def test_only_the_questions_that_both_were_asked_are_compared_and_the_rest_is_said() -> None:
    first, second = a_run("a", scored([1.0] * 20), sha="x"), a_run("b", scored([1.0] * 25)[3:], sha="y", finished=False)
    found = compare([first, second])[0]
    assert (found.questions, found.only_a, len(found.only_b)) == (17, ("q0", "q1", "q2"), 5)
    assert found.notes == ("b was not finished",)


def test_a_refusals_missing_score_is_left_out_of_the_pairs() -> None:
    found = compare([a_run("a", scored([1.0] * 12)), a_run("b", scored([None, None, *[1.0] * 10]))])[0]
    assert found.compared[0].difference.n == 10


def test_one_id_for_two_questions_and_nothing_in_common_are_errors() -> None:
    rows = scored([1.0] * 3)
    other = [Row(gold=gold(1, nuggets=(("13",),)), response=rows[1].response, scores=rows[1].scores)]
    with pytest.raises(BadInput, match="q1") as said:
        compare([a_run("a", rows, sha="x"), a_run("b", other, sha="y")])
    assert "q1" in said.value.zh
    with pytest.raises(BadInput, match="in common"):
        compare([a_run("a", rows[:1]), a_run("b", rows[1:])])
    with pytest.raises(BadInput, match="two runs"):
        compare([a_run("a", rows)])


def test_grounding_that_two_judged_is_not_compared() -> None:
    runs = [
        a_run("a", scored([1.0] * 27, "citation_recall")),
        a_run("b", scored([0.0] * 27, "citation_recall"), support="nli:x"),
    ]
    assert verdicts(compare(runs)[0]) == {"citation_recall": "untested"}
    assert [f.kind for f in gate(runs[1], baseline_of(runs[0]))] == ["note"]


def test_the_questions_that_changed_most_come_first() -> None:
    a, b = a_run("a", scored([1.0, 1.0, 0.0, 1.0])), a_run("b", scored([1.0, 0.5, 1.0, 1.0]))
    changed = compare([a, b])[0].changed
    assert [(c.id, c.better) for c in changed] == [("q2", 1.0), ("q1", -0.5)]
    assert changed[0].scores == (("nuggets", 0.0, 1.0),)


def test_what_is_printed_is_text_and_json_holds_it_all() -> None:
    rows = [Row(gold=gold(n, question="[bold]B[/bold]?"), response=Response(answered=True, text=""), scores={"nuggets": 1.0}) for n in range(20)]  # fmt: skip
    found = compare([a_run("a", rows), a_run("b", scored([0.0] * 20))])[0]
    console = Console(width=200, record=True, file=io.StringIO())
    print_comparison(found, console)
    assert "[bold]B[/bold]?" in (printed := console.export_text())
    assert "A better" in printed
    assert json.loads(json.dumps(to_json(found)))["compared"][0]["verdict"] == "a"


def test_a_baseline_is_small_holds_no_text_and_reads_back(tmp_path: Path) -> None:
    baseline = baseline_of(a_run("a", scored([1.0, 0.12345] * 40, ms=3.0)))
    save_baseline(baseline, tmp_path / "b.json")
    text = (tmp_path / "b.json").read_text("utf-8")
    assert read_baseline(tmp_path / "b.json") == baseline
    assert len(text) < 80 * 100
    assert "boats" not in text
    assert '"ms"' not in text


def test_the_gate_closes_on_a_loss_beyond_noise_and_tolerance_only() -> None:
    baseline = baseline_of(a_run("a", scored([1.0] * 27)))
    kinds = lambda values, tolerance=0.01: [f.kind for f in gate(a_run("b", scored(values)), baseline, tolerance)]  # noqa: E731
    assert kinds([1.0] * 27) == []
    assert kinds([0.0] * 9 + [1.0] * 18) == ["worse"]
    assert kinds([0.0] * 9 + [1.0] * 18, 0.5) == ["within"]
    assert kinds([0.0, *[1.0] * 26]) == ["within"]
    assert [f.kind for f in gate(a_run("b", scored([1.0] * 27)), baseline_of(a_run("a", scored([0.5] * 27))))] == []


def test_questions_that_changed_or_are_gone_are_said_and_none_in_common_is_an_error() -> None:
    baseline = baseline_of(a_run("a", scored([1.0] * 5)))
    rows = scored([0.0] * 6)[1:]
    rows[0] = Row(gold=gold(1, question="Another?"), response=rows[0].response, scores=rows[0].scores)
    said = " ".join(f.en for f in gate(a_run("b", rows), baseline))
    assert "not asked: q0" in said
    assert "not in the baseline: q5" in said
    assert "left out: q1" in said
    with pytest.raises(BadInput, match="no question of the baseline"):
        gate(a_run("b", scored([1.0] * 6)[5:]), baseline)


class _Broken:
    """A system whose citations are one character off, or whose hits come worst first."""

    name = "broken"

    def __init__(self, system: LocalSystem, how: str) -> None:
        self._system, self._how = system, how

    def ask(self, question: GoldQuestion) -> Response:
        response = self._system.ask(question)
        if self._how == "shifted":
            cited = tuple(c.model_copy(update={"resolves": False, "quote": c.quote[1:]}) for c in response.cited)
            return response.model_copy(update={"cited": cited})
        return response.model_copy(update={"found": response.found[::-1]})

    def close(self) -> None: ...


def test_a_build_that_cites_one_character_off_or_ranks_backwards_does_not_pass(
    workplace: Callable[..., Workplace],
) -> None:
    place = workplace()
    for n in range(DOCUMENTS):
        others = "\n\n".join(f"## Pier {i}\n\nPier {i} of harbour {n} is {i + 20} metres long." for i in range(9))
        add(place, f"# Harbour {n}\n\n## Boats\n\nHarbour {n} has 12 boats.\n\n{others}\n", f"harbour{n}.md")
    system = LocalSystem(place.assistant)
    assert system.ask(gold(3)).answered
    assert place.assistant.ask(Question("How many boats has harbour 3?")).citations
    golds = [gold(n) for n in range(DOCUMENTS)]
    run = lambda which: a_run("r", [score(g, which, Verifier()) for g in golds])  # noqa: E731
    baseline = baseline_of(run(system))
    assert not [f for f in gate(run(system), baseline) if f.closes]
    assert {f.measure for f in gate(run(_Broken(system, "shifted")), baseline) if f.kind == "promise"} == {"resolves"}
    assert "mrr@10" in {f.measure for f in gate(run(_Broken(system, "backwards")), baseline) if f.kind == "worse"}


def stored(run: Run, folder: Path) -> str:
    folder.mkdir()
    (folder / MANIFEST).write_text(run.manifest.model_dump_json(), "utf-8")
    (folder / RESULTS).write_text("".join(row.model_dump_json() + "\n" for row in run.rows), "utf-8")
    return str(folder)


def test_the_commands_compare_store_and_exit_with_1(tmp_path: Path) -> None:
    good = stored(a_run("good", scored([1.0] * 27)), tmp_path / "good")
    bad = stored(a_run("bad", scored([0.0] * 27)), tmp_path / "bad")
    call = lambda *words: CliRunner().invoke(app, list(words))  # noqa: E731
    assert json.loads(call("compare", good, bad, "--json").stdout)[0]["compared"][0]["verdict"] == "a"
    file = str(tmp_path / "baseline.json")
    assert call("gate", good, "--save", file).exit_code == 0
    assert call("gate", good, "--baseline", file).exit_code == 0
    assert call("gate", bad, "--baseline", file).exit_code == 1
    assert call("gate", bad, "--baseline", good).exit_code == 1
    assert json.loads(call("gate", bad, "--baseline", file, "--json").stdout)[0]["closes"]
    (tmp_path / "baseline.json").write_text("{}", "utf-8")
    for words in (("gate", good), ("gate", good, "--baseline", file), ("gate", good, "--save", str(tmp_path))):
        assert isinstance(call(*words).exception, BadInput)

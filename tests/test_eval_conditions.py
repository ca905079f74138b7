"""The configurations and what is expected of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpus.errors import BadInput
from eval.conditions import (
    FILE,
    Condition,
    app,
    judged,
    load_conditions,
    renewed,
    run_condition,
    save_conditions,
    settings_of,
)
from eval.results_page import page
from test_eval_compare import a_run, scored

SEEN = a_run("seen", scored([1.0, 1.0, 0.0, 0.5] * 10), sha="0123456789abcdef")
EXPECTED = renewed(Condition(name="c", about="It."), SEEN)


def test_the_rows_that_come_with_the_program_read_and_have_settings(tmp_path: Path) -> None:
    conditions = load_conditions()
    assert [c.name for c in conditions][:2] == ["default", "k4"]
    for condition in conditions:
        if condition.needs == "nothing":
            assert settings_of(condition, tmp_path).data == tmp_path


def test_a_score_within_the_tolerance_is_ok_inside_the_interval_drifts_and_outside_fails() -> None:
    outcomes = [judged(EXPECTED, a_run("r", scored(values), sha=SEEN.manifest.set_sha256)) for values in (
        [1.0, 1.0, 0.0, 0.5] * 10, [1.0, 1.0, 0.0, 0.3] * 10, [0.0] * 40,
    )]  # fmt: skip
    assert [o.status for o in outcomes] == ["OK", "DRIFT", "FAIL"]
    assert outcomes[1].off[0][0] == "nuggets"
    assert (
        judged(
            EXPECTED.model_copy(update={"tolerance": 0.1}),
            a_run("r", scored([1.0, 1.0, 0.0, 0.3] * 10), sha=SEEN.manifest.set_sha256),
        ).status
        == "OK"
    )


def test_a_measure_that_is_gone_and_a_set_that_changed_fail_and_a_new_row_is_new() -> None:
    assert judged(EXPECTED, a_run("r", scored([None] * 40), sha=SEEN.manifest.set_sha256)).status == "FAIL"
    assert "set changed" in judged(EXPECTED, a_run("r", scored([1.0, 1.0, 0.0, 0.5] * 10), sha="other")).reason
    assert judged(Condition(name="c", about="It."), SEEN).status == "NEW"


def test_rows_are_written_as_they_are_read(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    rows = (EXPECTED, Condition(name="d", about="词、句。", k=4, settings={"passage_tokens": 150}, tolerance=0.02))
    save_conditions(rows, file)
    assert load_conditions(file) == rows
    assert f"nuggets: {list(EXPECTED.expect['nuggets'])}" in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- name: a\n  about: b\n  kk: 3\n", "condition 1: kk"),
        ("a: b", "list"),
        ("- [", "read"),
        ("- {name: a, about: b}\n- {name: a, about: b}\n", "two conditions"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "c.yaml").write_text(text, "utf-8")
    with pytest.raises(BadInput, match=said):
        load_conditions(tmp_path / "c.yaml")


def test_the_environment_has_no_say_and_an_unknown_setting_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("YIJU_PASSAGE_TOKENS", "77")
    assert settings_of(Condition(name="c", about=""), tmp_path).passage_tokens == 300
    with pytest.raises(BadInput, match="condition c: passage"):
        settings_of(Condition(name="c", about="", settings={"passage_tokns": 3}), tmp_path)


def test_what_is_not_here_is_skipped_and_says_why() -> None:
    unseen = lambda _name, _of=None: None  # noqa: E731
    missing = Condition(name="c", about="", needs="models", settings={"embedder": "package:no_such_package"})
    assert "needs" in run_condition(missing, None, unseen).reason
    outcome = run_condition(Condition(name="c", about="", needs="data", set="s.jsonl", corpus="d"), None, unseen)
    assert (outcome.status, outcome.reason) == ("SKIPPED", "needs --data FOLDER")


def test_a_set_of_other_documents_runs_and_its_page_has_every_figure_with_its_interval(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "harbour0.md").write_text("# Harbour 0\n\nHarbour 0 has 12 boats.\n", "utf-8")
    (tmp_path / "s.jsonl").write_text(SEEN.rows[0].gold.model_dump_json() + "\n", "utf-8")
    row = Condition(
        name="own", about="Ours.", needs="data", set="s.jsonl", corpus="d", settings={"passage_tokens": 150}
    )
    steps: list[str] = []
    outcome = run_condition(row, tmp_path, lambda name, _of=None: steps.append(name))
    assert outcome.status == "NEW"
    assert steps == ["q0"]
    text = page([outcome, run_condition(row, None, lambda _name, _of=None: None)])
    assert "YIJU_PASSAGE_TOKENS=150 yiju eval run --set s.jsonl --corpus d -k 8" in text
    assert "| nuggets in the answer | 1.000 [0.025, 1.000] (1) |" in text
    assert "- own: needs --data FOLDER" in text


def test_the_command_stores_what_it_saw_and_then_agrees_with_it(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "harbour0.md").write_text("# Harbour 0\n\nHarbour 0 has 12 boats.\n", "utf-8")
    (tmp_path / "s.jsonl").write_text(SEEN.rows[0].gold.model_dump_json() + "\n", "utf-8")
    save_conditions(
        [Condition(name="own", about="Ours.", needs="data", set="s.jsonl", corpus="d")], tmp_path / "c.yaml"
    )
    common = ["--file", str(tmp_path / "c.yaml"), "--data", str(tmp_path)]
    call = lambda *words: CliRunner().invoke(app, [*words, *common])  # noqa: E731
    assert "NEW" in call("--update", "--write", str(tmp_path / "results.md")).output
    assert (tmp_path / "results.md").read_text("utf-8").startswith("# Results\n\nGenerated by")
    assert call().output.startswith("OK")
    row = load_conditions(tmp_path / "c.yaml")[0]
    save_conditions(
        [row.model_copy(update={"expect": {**row.expect, "nuggets": (0.2, 0.1, 0.3)}})], tmp_path / "c.yaml"
    )
    failed = call()
    assert failed.exit_code == 1
    assert "nuggets: 1.0000, expected 0.2000 ± 0.01" in failed.output
    assert isinstance(call("nobody").exception, BadInput)


def test_the_file_is_where_the_package_data_says() -> None:
    assert FILE.name == "conditions.yaml"
    assert FILE.parent.name == "eval"

"""Runs on disk: kept line by line, gone on with after an interruption, never mixed up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.settings import Settings
from assistant.wiring import Workplace
from conftest import add
from corpus.errors import BadInput, Unavailable
from eval.cli import app
from eval.questions import Evidence, GoldQuestion, GoldSet, load_set, parse_question
from eval.runner import index_size, indexed, run_set
from eval.runs import RESULTS, Run, read_run
from eval.summary import figures
from eval.support.verifier import Verifier
from eval.systems.base import LocalSystem, Response

QUESTIONS = tuple(
    GoldQuestion(
        id=str(i),
        question=f"Question {i}?",
        lang="en",
        type="fact",
        answerable=True,
        nuggets=(("yes",),),
        evidence=(Evidence(source="a.md", quotes=("yes",)),),
    )
    for i in range(4)
)
SET = GoldSet(name="four", sha256="0" * 64, questions=QUESTIONS)


class Scripted:
    """Says what it is told to; `gone_at` is the question at which it is out of reach."""

    name = "scripted"

    def __init__(self, gone_at: str | None = None, text: str = "yes") -> None:
        self.asked: list[str] = []
        self._gone_at, self._text = gone_at, text

    def ask(self, gold: GoldQuestion) -> Response:
        if gold.id == self._gone_at:
            raise Unavailable("gone", "不在")
        self.asked.append(gold.id)
        return Response(answered=True, text=self._text)

    def close(self) -> None: ...


def run(system: Scripted, folder: Path, questions: GoldSet = SET) -> Run:
    return run_set(
        questions,
        system,
        Verifier(),
        folder,
        corpus="a",
        conditions={"k": 8},
        index={},
        advance=lambda _name, _of: None,
    )


def test_an_interrupted_run_is_gone_on_with_and_asks_nothing_twice(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        run(Scripted(gone_at="2"), tmp_path / "run")
    again = Scripted()
    result = run(again, tmp_path / "run")
    assert again.asked == ["2", "3"]
    assert [row.gold.id for row in result.rows] == ["0", "1", "2", "3"]
    assert result.manifest.finished
    assert read_run(tmp_path / "run") == result


def test_a_line_that_was_cut_within_a_character_is_asked_again(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        run(Scripted(gone_at="2", text="是的"), tmp_path)
    results = tmp_path / RESULTS
    whole = results.read_bytes()
    results.write_bytes(whole[: whole.rindex("是".encode()) + 1])
    again = Scripted()
    assert len(run(again, tmp_path).rows) == 4
    assert again.asked == ["1", "2", "3"]


def test_another_run_or_a_finished_one_is_never_written_over(tmp_path: Path) -> None:
    run(Scripted(), tmp_path / "done")
    with pytest.raises(BadInput, match=r"a finished run.*--out"):
        run(Scripted(), tmp_path / "done")
    with pytest.raises(Unavailable):
        run(Scripted(gone_at="2"), tmp_path / "half")
    with pytest.raises(BadInput, match=r"another set.*--out") as caught:
        run(Scripted(), tmp_path / "half", SET.model_copy(update={"sha256": "1" * 64}))
    assert "请用 --out" in caught.value.zh


def test_a_text_with_other_line_ends_stays_one_result(tmp_path: Path) -> None:
    result = run(Scripted(text="yes\u2028\u0085no"), tmp_path)
    assert read_run(tmp_path).rows == result.rows


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b"[1]"])
def test_what_is_no_run_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(BadInput, match="holds no run"):
        read_run(tmp_path)


def test_a_damaged_line_in_the_middle_is_named(tmp_path: Path) -> None:
    run(Scripted(), tmp_path)
    lines = (tmp_path / RESULTS).read_bytes().split(b"\n")
    (tmp_path / RESULTS).write_bytes(b"\n".join([lines[0], lines[1][:40], *lines[2:]]))
    with pytest.raises(BadInput, match="line 2"):
        read_run(tmp_path)


def test_a_question_that_can_t_be_asked_counts_as_wrong_and_stays_in(
    workplace: Callable[..., Workplace], tmp_path: Path
) -> None:
    place = workplace()
    add(place, "# Ferry\n\nDogs travel free.\n")
    asked = QUESTIONS[0].model_copy(update={"question": "?" * 3000})
    system = LocalSystem(place.assistant)
    only = SET.model_copy(update={"questions": (asked,)})
    result = run_set(
        only, system, Verifier(), tmp_path, corpus="a", conditions={}, index={}, advance=lambda _name, _of: None
    )
    (row,) = result.rows
    assert "3,000 characters" in (row.response.error or "")
    assert (
        row.scores["nuggets"] == row.scores["evidence"] == row.scores["ndcg@10"] == row.scores["citation_recall"] == 0
    )
    assert row.scores["false_refusal"] == 1


def test_the_size_of_the_index_is_counted(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    add(place, "# Ferry\n\nDogs travel free.\n")
    size = index_size(place)
    assert (size["documents"], size["passages"]) == (1, 1)
    assert size["bytes"] > 1000


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "JSON"),
        ('{"id": "1"}', "question"),
        (QUESTIONS[0].model_copy(update={"vital": (True, False)}).model_dump_json(), "vital has 2 values"),
        (QUESTIONS[0].model_copy(update={"nuggets": ((),)}).model_dump_json(), "no alternative"),
    ],
)
def test_a_line_that_is_no_question_is_named_with_what_is_wrong(line: str, said: str) -> None:
    with pytest.raises(BadInput, match=r"^here: this is no question record") as caught:
        parse_question(line, "here")
    assert said in caught.value.en


def test_two_questions_of_one_id_and_an_empty_set_are_refused(tmp_path: Path) -> None:
    line = QUESTIONS[0].model_dump_json()
    (tmp_path / "twice.jsonl").write_text(f"{line}\n\n{line}\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"line 3.*'0' is taken"):
        load_set(str(tmp_path / "twice.jsonl"))
    (tmp_path / "empty.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(BadInput, match="holds no question"):
        load_set(str(tmp_path / "empty.jsonl"))


def test_the_command_runs_the_samples_and_prints_every_group_of_figures(tmp_path: Path) -> None:
    """The samples are answered, and what they lack is refused."""
    done = CliRunner().invoke(app, ["run", "--out", str(tmp_path / "run"), "--data", str(tmp_path / "data")])
    assert done.exit_code == 0, done.output
    for said in ("Retrieval", "nDCG@10", "citation recall", "F1 of refusing", "total: p50"):
        assert said in done.output
    run = read_run(tmp_path / "run")
    assert len(run.rows) >= 60
    assert run.manifest.index["documents"] == 10
    found = {f.measure.key: f.estimate.value for f in figures(run.rows) if f.scope == "all"}
    assert found["resolves"] == 1.0
    assert found["evidence"] >= 0.9
    assert found["nuggets"] >= 0.7
    assert found["false_answer"] <= 0.5
    assert found["false_refusal"] <= 0.05


def test_a_document_that_can_t_be_read_is_told_and_the_others_are_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "bad.pdf").write_bytes(b"no pdf")
    settings = Settings(data=tmp_path / "data")
    with (
        pytest.raises(BadInput, match="no document that can be read"),
        indexed(folder, tmp_path / "index", settings, lambda _name, _of: None),
    ):
        pass
    (folder / "a.md").write_text("# Ferry\n\nDogs travel free.\n", encoding="utf-8")
    with indexed(folder, tmp_path / "index", settings, lambda _name, _of: None) as place:
        assert index_size(place)["documents"] == 1
    assert "bad.pdf: this is no PDF file" in capsys.readouterr().err

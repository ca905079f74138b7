"""Proposals, questions and feedback become records when a person says so, and nothing decided is lost or asked twice."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from assistant.core import Assistant
from assistant.wiring import Workplace
from conftest import add
from corpus.errors import BadInput
from eval.cli import app
from eval.making.annotate import Decided, accept, annotate, read_items, warnings, with_nuggets
from eval.making.from_answers import from_question
from eval.making.terminal import Terminal
from eval.questions import GoldQuestion, load_set

HARBOUR = (
    "# 港口章程\n\n一、泊位\n\n东港共有泊位14个，由港务所管理。\n\n二、开放\n\n港口于2022年5月1日开放，夜间关闭。\n"
)


def record(id_: str = "p1", question: str = "东港共有多少个泊位？") -> dict[str, object]:
    return {
        "id": id_,
        "question": question,
        "lang": "zh",
        "type": "number",
        "answerable": True,
        "nuggets": [["14个"]],
        "evidence": [{"source": "harbour.md", "quotes": ["东港共有泊位14个"]}],
        "note": "proposed",
        "context": [{"source": "harbour.md", "before": "泊位 ", "quote": "东港共有泊位14个", "after": "，由港务所"}],
    }


def write(file: Path, *lines: object) -> Path:
    file.write_text("".join((x if isinstance(x, str) else json.dumps(x, ensure_ascii=False)) + "\n" for x in lines))
    return file


def terminal(*keys: str, language: str = "en") -> tuple[Terminal, Console]:
    """A terminal at which these keys are pressed, and then the input ends."""
    pressed = iter(keys)

    def ask(_prompt: str) -> str:
        try:
            return next(pressed)
        except StopIteration:
            raise EOFError from None

    console = Console(record=True, width=200, file=io.StringIO())
    return Terminal(console, ask, language), console


def test_an_accepted_proposal_becomes_a_record_and_is_never_asked_again(tmp_path: Path) -> None:
    items = read_items(write(tmp_path / "p.jsonl", record("p1"), record("p2"), record("p3")))
    person, console = terminal("a", "s", "x")
    tally = annotate(items, Decided(tmp_path / "set.jsonl"), person.decide)
    assert (tally.accepted, tally.skipped, tally.left) == (1, 1, 1)
    (gold,) = load_set(str(tmp_path / "set.jsonl")).questions
    assert (gold.id, gold.note) == ("p1", "")
    assert "»东港共有泊位14个«" in console.export_text()
    person, console = terminal("a")
    assert annotate(items, Decided(tmp_path / "set.jsonl"), person.decide).accepted == 1
    assert [q.id for q in load_set(str(tmp_path / "set.jsonl")).questions] == ["p1", "p3"]


def test_a_question_and_its_nuggets_can_be_changed_before(tmp_path: Path) -> None:
    items = read_items(write(tmp_path / "p.jsonl", record()))
    person, _ = terminal("q", "东港有几个泊位？", "n", "14个 | 十四个；泊位", "n", "", "a")
    annotate(items, Decided(tmp_path / "set.jsonl"), person.decide)
    (gold,) = load_set(str(tmp_path / "set.jsonl")).questions
    assert gold.question == "东港有几个泊位？"
    assert gold.nuggets == (("14个", "十四个"), ("泊位",))


def test_what_was_accepted_outlives_an_interruption(tmp_path: Path) -> None:
    items = read_items(write(tmp_path / "p.jsonl", record("p1"), record("p2")))
    out = tmp_path / "set.jsonl"
    seen: list[int] = []

    def decide(_item: object, gold: GoldQuestion, _left: int) -> tuple[str, GoldQuestion]:
        seen.append(len(out.read_text().splitlines()) if out.exists() else 0)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return "accept", gold

    with pytest.raises(KeyboardInterrupt):
        annotate(items, Decided(out), decide)  # type: ignore[arg-type]
    assert seen == [0, 1], "the first is on disk when the second is shown"
    with out.open("ab") as torn:
        torn.write('{"id": "p2", "question": "东'.encode()[:-1])
    assert annotate(items, Decided(out), accept).accepted == 1
    assert [q.id for q in load_set(str(out)).questions] == ["p1", "p2"]


def test_a_set_without_a_last_line_end_is_gone_on_with(tmp_path: Path) -> None:
    out = tmp_path / "set.jsonl"
    out.write_text(json.dumps(record("p0")))
    annotate(read_items(write(tmp_path / "p.jsonl", record("p1"))), Decided(out), accept)
    assert [q.id for q in load_set(str(out)).questions] == ["p0", "p1"]


def test_a_line_separator_in_a_quote_ends_no_line(tmp_path: Path) -> None:
    given = record() | {"evidence": [{"source": "harbour.md", "quotes": ["东港共有\u2028泊位14个"]}]}
    out = tmp_path / "set.jsonl"
    annotate(read_items(write(tmp_path / "p.jsonl", given)), Decided(out), accept)
    assert load_set(str(out)).questions[0].quotes == ("东港共有\u2028泊位14个",)


def test_a_person_is_warned_of_what_the_linter_would_find() -> None:
    gold = GoldQuestion.model_validate(record())
    assert warnings(gold) == ()
    assert "no quote" in warnings(with_nuggets(gold, "15个"))[0][0]
    assert "gives the nugget away" in warnings(with_nuggets(gold, "泊位"))[0][0]


def test_a_minus_makes_a_question_unanswerable_and_nuggets_need_evidence() -> None:
    refused = with_nuggets(GoldQuestion.model_validate(record()), "-")
    assert (refused.answerable, refused.type, refused.nuggets, refused.evidence) == (False, "unanswerable", (), ())
    with pytest.raises(BadInput, match="no evidence"):
        with_nuggets(refused, "14个")
    with pytest.raises(BadInput, match="empty"):
        with_nuggets(GoldQuestion.model_validate(record()), "14个 | ")


# --- questions and feedback


@pytest.fixture
def assistant(workplace: Callable[..., Workplace]) -> Assistant:
    place = workplace()
    add(place, HARBOUR, "harbour.md")
    return place.assistant


def test_a_question_is_proposed_with_what_the_assistant_answers(assistant: Assistant) -> None:
    gold, contexts, _ = from_question("东港共有多少个泊位？", assistant)
    assert (gold.type, gold.nuggets, gold.note) == ("number", (("14个",),), "proposed")
    assert gold.evidence[0].source == "harbour.md"
    assert contexts[0].quote == gold.quotes[0]
    assert contexts[0].quote in HARBOUR
    when, _, _ = from_question("港口什么时候开放？", assistant)
    assert (when.type, when.nuggets) == ("temporal", (("2022年5月1日",),))


def test_a_refusal_proposes_an_unanswerable_question(assistant: Assistant) -> None:
    gold, contexts, said = from_question("灯塔看守人的工资是多少？", assistant)
    assert (gold.answerable, gold.type, gold.nuggets, contexts) == (False, "unanswerable", (), ())
    assert said


def test_feedback_is_shown_with_its_verdict(assistant: Assistant, tmp_path: Path) -> None:
    said = {"question": "东港共有多少个泊位？", "verdict": "down", "reason": "太长", "answer": {"id": "x"}}
    items = read_items(write(tmp_path / "f.jsonl", said))
    person, console = terminal("a")
    annotate(items, Decided(tmp_path / "set.jsonl"), person.decide, lambda q: from_question(q, assistant))
    assert "verdict down: 太长" in console.export_text()
    assert load_set(str(tmp_path / "set.jsonl")).questions[0].nuggets == (("14个",),)


def test_a_text_file_of_questions_is_answered_from_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "harbour.md").write_text(HARBOUR)
    questions = write(
        tmp_path / "q.txt", "东港共有多少个泊位？", "", "东港共有多少个泊位？", "灯塔看守人的工资是多少？"
    )
    out = tmp_path / "set.jsonl"
    command = ["annotate", str(questions), "--out", str(out), "--corpus", str(folder), "--yes"]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    gold = load_set(str(out)).questions
    assert [q.answerable for q in gold] == [True, False]
    assert {q.note for q in gold} == {"proposed"}, "nobody has looked at them"


# --- what can't be used


def test_without_a_terminal_it_says_what_to_do(tmp_path: Path) -> None:
    file = write(tmp_path / "p.jsonl", record())
    result = CliRunner().invoke(app, ["annotate", str(file), "--out", str(tmp_path / "set.jsonl")])
    assert isinstance(result.exception, BadInput)
    assert "--yes" in result.exception.en
    assert "--yes" in result.exception.zh
    assert not (tmp_path / "set.jsonl").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"question": "', "line 1: this is no JSON"),
        ('{"question": "x", "verdict": "sideways"}', "line 1: this is no feedback"),
        ('{"id": "p1", "question": "x"}', "line 1: this is no question record"),
        ("", "holds no question"),
    ],
)
def test_a_line_that_is_nothing_is_named(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_items(write(tmp_path / "p.jsonl", line))


def test_questions_without_documents_to_answer_from_are_refused(tmp_path: Path) -> None:
    items = read_items(write(tmp_path / "q.txt", "东港共有多少个泊位？"))
    with pytest.raises(BadInput, match="--corpus"):
        annotate(items, Decided(tmp_path / "set.jsonl"), accept)

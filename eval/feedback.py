"""Evaluation records from feedback: lines for `yiju eval annotate`, which a person confirms one by one.

An answer that was right as a whole proposes its own record: its citations are the evidence. Whatever else was said
becomes the question with the verdict, to be answered anew and looked at. It changes nothing in the store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.feedback import FILE, Feedback, FeedbackStore
from corpus.errors import BadInput
from eval.making.from_answers import from_answer, question_id
from eval.making.maker import write_lines
from eval.making.proposals import json_line

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True, slots=True)
class Proposed:
    """The lines, one a question, and how many of them are records and how many questions with a verdict."""

    lines: tuple[str, ...]
    records: int
    questions: int


def read_feedback(data: Path) -> tuple[Feedback, ...]:
    """The feedback in a data folder, which a server may be using. Raises `BadInput` where there is none."""
    file = data / FILE
    if not file.is_file():
        raise BadInput(
            f"there is no feedback in {data} yet; it comes from POST /feedback and the page",
            f"{data} 中还没有反馈；反馈来自 POST /feedback 和页面",
        )
    store = FeedbackStore(file)
    try:
        found = store.all()
    finally:
        store.close()
    if not found:
        raise BadInput(f"no feedback is kept in {file}", f"{file} 中没有反馈")
    return found


def proposed(feedback: Sequence[Feedback]) -> Proposed:
    """One line a question, in the order in which questions were first judged. A question that anybody found fault
    with has to be looked at, whoever else liked its answer."""
    asked: dict[str, list[Feedback]] = {}
    for said in feedback:
        asked.setdefault(question_id(said.answer.standalone_question), []).append(said)
    found = [_line(of) for of in asked.values()]
    records = sum(is_record for _, is_record in found)
    return Proposed(tuple(line for line, _ in found), records, len(found) - records)


def write(made: Proposed, file: Path) -> None:
    """Raises `BadInput` where the file is there already or can't be written."""
    write_lines(made.lines, file)


def show(made: Proposed, file: Path, console: Console, language: str) -> None:
    """What came of it, and the next step."""
    en = f"{made.records} records and {made.questions} questions to look at: {file}\nNext:"
    zh = f"{made.records} 条记录，{made.questions} 个待核问题：{file}\n下一步："
    said = f"{zh if language == 'zh' else en} yiju eval annotate {file} --out SET"
    console.print(said, markup=False, highlight=False)


def _line(said: Sequence[Feedback]) -> tuple[str, bool]:
    """The line of a question, and whether it is a record."""
    last, faults = said[-1], [each for each in said if each.verdict == "down"]
    question = last.answer.standalone_question
    if not faults and (record := _record(said)):
        return record, True
    told = [_told(each) for each in faults or said]
    reason = "; ".join(dict.fromkeys(each for each in told if each))
    verdict = "down" if faults else "up"
    return json_line({"question": question, "verdict": verdict, "reason": reason or None}), False


def _record(said: Sequence[Feedback]) -> str | None:
    """The record of the last answer that was found right as a whole; None where there is none, or where an answer
    that answers would become an unanswerable question."""
    whole = [each.answer for each in said if each.citation is None]
    if not whole:
        return None
    answer = whole[-1]
    record, kept = from_answer(answer.standalone_question, answer)
    if record.answerable != answer.answered:
        return None
    around = []
    for citation, quote in kept:
        before, _, after = citation.quote.partition(quote)
        around.append({"source": citation.source, "before": before, "quote": quote, "after": after})
    return json_line(record.model_dump(mode="json", exclude_defaults=True) | {"context": around})


def _told(said: Feedback) -> str:
    """What was said, on one line: the reason, which citation, the comment."""
    cited = next((c for c in said.answer.citations if c.number == said.citation), None)
    about = f"citation {cited.number} ({cited.title})" if cited else ""
    return " — ".join(part for part in (said.reason or "", about, " ".join(said.comment.split())) if part)

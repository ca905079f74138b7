"""Proposals to records: one by one they are shown to a person, who accepts, changes or skips them. Input is what
`yiju eval make` wrote, a text file with a question a line, or feedback as JSON Lines.

What was accepted is on disk before the next one is shown, and what was decided is never asked again: accepted
ids are those in the set, skipped ones stand in a file beside it (`SET.skipped`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import BadInput
from eval.making.from_answers import Context, question_id
from eval.making.proposals import PROPOSED, json_line
from eval.questions import GoldQuestion, normal, parse_question

SKIPPED = ".skipped"
Decision = Literal["accept", "skip", "quit"]
# Gives a record for a question that somebody asked: the record, the text around its quotes, and what was answered.
Answering = Callable[[str], tuple[GoldQuestion, tuple[Context, ...], str]]


class Feedback(BaseModel):
    """A person's verdict on an answer, as the API and the page write it. What else a line has is left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    question: str = Field(min_length=1)
    verdict: Literal["up", "down"]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """Something to be decided: a proposed record, or (`record` is None) a question still to be answered.
    `said` is what is known of it besides: a verdict, an answer."""

    id: str
    question: str
    record: GoldQuestion | None = None
    contexts: tuple[Context, ...] = ()
    said: str = ""


def read_items(file: Path) -> tuple[Item, ...]:
    """What there is to decide in a file, each id once. Raises `BadInput` naming the line."""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} can't be read: {error}", f"无法读取 {file}：{error}") from error
    items: dict[str, Item] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            item = _item(line.strip(), f"{file}, line {number}")
            items.setdefault(item.id, item)
    if not items:
        raise BadInput(f"{file} holds no question", f"{file} 中没有问题")
    return tuple(items.values())


def _item(line: str, where: str) -> Item:
    if not line.startswith("{"):
        return Item(question_id(line), line)
    try:
        given = json.loads(line)
    except ValueError as error:
        raise BadInput(f"{where}: this is no JSON ({error})", f"{where}：不是有效的 JSON（{error}）") from error
    if "verdict" in given:
        try:
            said = Feedback.model_validate(given)
        except ValidationError as error:
            first = error.errors()[0]
            what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
            raise BadInput(
                f'{where}: this is no feedback ({what}); it needs "question" and "verdict" ("up" or "down")',
                f"{where}：不是有效的反馈（{what}）；需要 question 和 verdict（up 或 down）",
            ) from error
        verdict = f"verdict {said.verdict}" + (f": {said.reason}" if said.reason else "")
        return Item(question_id(said.question), said.question, said=verdict)
    record = parse_question(line, where)
    try:
        contexts = tuple(Context(**c) for c in given.get("context", ()))
    except TypeError:
        contexts = ()
    return Item(record.id, record.question, record, contexts)


class Decided:
    """The set being made, and what was skipped. Each decision is on disk when the method returns."""

    def __init__(self, file: Path) -> None:
        """Goes on with the set in `file`, where there is one. Raises `BadInput` where that is no set."""
        self.file = file
        self._skips = file.with_name(file.name + SKIPPED)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            accepted = list(self._accepted())
            skipped = self._skips.read_text("utf-8").split() if self._skips.exists() else []
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"{file} can't be used: {error}", f"无法使用 {file}：{error}") from error
        self.ids = {*accepted, *skipped}

    def _accepted(self) -> Iterator[str]:
        """The ids in the set. What an interruption left of a last line is cut off: it was not accepted yet."""
        if not self.file.exists():
            return
        data = self.file.read_bytes()
        whole, end, rest = data.rpartition(b"\n")
        if rest.strip():
            try:
                GoldQuestion.model_validate_json(rest.removeprefix(b"\xef\xbb\xbf"))
                whole = data
                with self.file.open("ab") as stream:
                    stream.write(b"\n")
            except ValidationError:
                os.truncate(self.file, len(whole + end))
        for number, line in enumerate(whole.decode("utf-8-sig").split("\n"), 1):
            if line.strip():
                yield parse_question(line, f"{self.file}, line {number}").id

    def accept(self, record: GoldQuestion) -> None:
        """Adds a record to the set."""
        line = json_line(record.model_dump(mode="json", exclude_defaults=True))
        self._append(self.file, line)
        self.ids.add(record.id)

    def skip(self, item: str) -> None:
        self._append(self._skips, item)
        self.ids.add(item)

    def _append(self, file: Path, line: str) -> None:
        try:
            with file.open("a", encoding="utf-8") as stream:
                stream.write(line + "\n")
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise BadInput(
                f"{file} can't be written ({error.strerror}); what was accepted before is kept",
                f"无法写入 {file}（{error.strerror}）；此前已接受的记录均已保存",
            ) from error


@dataclass(frozen=True, slots=True)
class Tally:
    """How many were accepted and skipped in this session, and how many are still to be decided."""

    accepted: int
    skipped: int
    left: int


def accept(_item: Item, record: GoldQuestion, _left: int) -> tuple[Decision, GoldQuestion]:
    """The decision of who accepts everything unseen: the records go on saying that they were only proposed."""
    return "accept", record


def confirmed(record: GoldQuestion) -> GoldQuestion:
    """The record once a person has accepted it: that it was proposed is no longer said."""
    return record.model_copy(update={"note": "" if record.note == PROPOSED else record.note})


def annotate(
    items: Sequence[Item],
    decided: Decided,
    decide: Callable[[Item, GoldQuestion, int], tuple[Decision, GoldQuestion]],
    answering: Answering | None = None,
) -> Tally:
    """Has every item decided that is not yet. `decide` gets an item, its record and how many are left, and says
    what is to be done with which record. `answering` makes records for questions that have none; raises
    `BadInput` where it is needed and missing."""
    waiting = [item for item in items if item.id not in decided.ids]
    accepted = skipped = 0
    for number, waited in enumerate(waiting):
        item = _answered(waited, answering)
        assert item.record is not None
        decision, record = decide(item, item.record, len(waiting) - number)
        if decision == "quit":
            break
        if decision == "accept":
            decided.accept(record)
            accepted += 1
        else:
            decided.skip(item.id)
            skipped += 1
    return Tally(accepted, skipped, len(waiting) - accepted - skipped)


def _answered(item: Item, answering: Answering | None) -> Item:
    if item.record is not None:
        return item
    if answering is None:
        raise BadInput(
            "these questions have no records yet; say which documents to answer them from: --corpus FOLDER",
            "这些问题尚无记录；请用 --corpus 指定据以回答的文档文件夹",
        )
    record, contexts, answer = answering(item.question)
    return Item(item.id, item.question, record, contexts, "\n".join(filter(None, (item.said, answer))))


def with_question(record: GoldQuestion, question: str) -> GoldQuestion:
    """The record with another wording of its question."""
    return record.model_copy(update={"question": question.strip()})


def nuggets_line(record: GoldQuestion) -> str:
    """The nuggets as a person edits them: alternatives with | between, nuggets with ;"""
    return " ; ".join(" | ".join(nugget) for nugget in record.nuggets)


def with_nuggets(record: GoldQuestion, line: str) -> GoldQuestion:
    """The record with nuggets as a person wrote them; "-" makes it unanswerable. Raises `BadInput` where the line
    has an empty nugget, or a record without evidence is to have nuggets."""
    if line.strip() == "-":
        changes = {"nuggets": (), "vital": (), "evidence": (), "answerable": False, "type": "unanswerable"}
        return record.model_copy(update=changes)
    if not record.evidence:
        raise BadInput(
            "this question has no evidence in the documents, so it can have no nuggets; skip it and write "
            "the record by hand",
            "该问题在文档中没有证据，不能添加要点；请跳过并手工编写记录",
        )
    nuggets = tuple(tuple(a.strip() for a in nugget.split("|")) for nugget in line.replace("；", ";").split(";"))
    if not all(normal(a) for nugget in nuggets for a in nugget):
        raise BadInput(
            "a nugget or an alternative is empty; write them as: 50项 | 五十项 ; 2026年",
            "有要点或替代说法为空；格式为：50项 | 五十项 ; 2026年",
        )
    return record.model_copy(update={"nuggets": nuggets, "vital": ()})


def warnings(record: GoldQuestion) -> tuple[tuple[str, str], ...]:
    """What a person should look at before accepting, in English and Chinese."""
    asked, quoted = normal(record.question), [normal(quote) for quote in record.quotes]
    found: list[tuple[str, str]] = []
    for nugget in record.nuggets:
        if any(normal(a) in asked for a in nugget):
            found.append((f"the question gives the nugget away: {nugget[0]}", f"问题中已含要点：{nugget[0]}"))
        elif record.type not in ("aggregate", "compare") and not any(normal(a) in q for a in nugget for q in quoted):
            found.append((f"the nugget stands in no quote: {nugget[0]}", f"证据中没有该要点：{nugget[0]}"))
    return tuple(found)

"""What was asked and answered, kept in the data folder: conversations and their turns, in a SQLite file of its own.

It knows neither HTTP nor how an answer is made. Whoever holds the data folder is the only writer.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from assistant.answers import Answer, Frozen, Message
from assistant.conversation.condensing import newest
from corpus.errors import BadInput, Corrupt, NotFound, Unavailable
from corpus.fields import is_text
from corpus.schema import sqlite
from indexing.tokeniser import fold

FILE = "conversations.sqlite"
# What brings an older file up to date, one entry a schema version; append, never change.
_MIGRATIONS: tuple[tuple[str, ...], ...] = ()
SCHEMA = 1 + len(_MIGRATIONS)
LONGEST_TITLE = 200
_FIRST_TITLE = 80
_LONGEST_MESSAGE = 20_000
# How many of the last turns are read for a follow-up; the token budget cuts further.
_REMEMBERED = 20

_tables = sa.MetaData()
_conversations = sa.Table(
    "conversations",
    _tables,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("created", sa.String, nullable=False),
    sa.Column("updated", sa.String, nullable=False, index=True),
)
_turns = sa.Table(
    "turns",
    _tables,
    sa.Column("number", sa.Integer, primary_key=True),  # in the order in which they were answered
    sa.Column("conversation", sa.String, sa.ForeignKey("conversations.id"), nullable=False, index=True),
    sa.Column("answer_id", sa.String, nullable=False, unique=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("standalone", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("asked", sa.String, nullable=False),
    sa.Column("answered", sa.String, nullable=False),
    sa.Column("searched", sa.Text, nullable=False),  # question and answer, folded as a search is
)


class Turn(Frozen):
    """One question and its answer; times are UTC."""

    question: str
    standalone_question: str
    answer: Answer
    asked: datetime
    answered: datetime


class ConversationSummary(Frozen):
    """A conversation as a list shows it; `title` is the first question until it is renamed."""

    id: str
    title: str
    turns: int
    created: datetime
    updated: datetime


class Conversation(ConversationSummary):
    """A conversation with what was said in it, the oldest first."""

    said: tuple[Turn, ...]


class Conversations:
    """The conversations in a file, created where there is none. Raises `Corrupt` for one that is none of ours."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine = _open(path)
        self._one_writer = threading.Lock()

    def close(self) -> None:
        self._engine.dispose()

    def add(self, answer: Answer, asked: datetime) -> None:
        """Records an answer as the newest turn of its conversation, which begins with it where there is none. Raises
        `Unavailable` where it can't be written."""
        now = _written(datetime.now(UTC))
        with self._writing() as connection:
            known = sa.select(_conversations.c.id).where(_conversations.c.id == answer.conversation_id)
            if connection.execute(known).first() is None:
                title = " ".join(answer.question.split())[:_FIRST_TITLE]
                row = {"id": answer.conversation_id, "title": title, "created": _written(asked), "updated": now}
                connection.execute(_conversations.insert().values(row))
            else:
                connection.execute(_one(_conversations.update(), answer.conversation_id).values(updated=now))
            connection.execute(
                _turns.insert().values(
                    conversation=answer.conversation_id,
                    answer_id=answer.id,
                    question=answer.question,
                    standalone=answer.standalone_question,
                    answer=answer.model_dump_json(),
                    asked=_written(asked),
                    answered=now,
                    searched=fold(f"{answer.question}\n{answer.standalone_question}\n{answer.text}"),
                )
            )

    def page(
        self, text: str = "", *, among: Sequence[str] | None = None, limit: int = 50, offset: int = 0
    ) -> tuple[tuple[ConversationSummary, ...], int]:
        """Those whose title, questions or answers hold a text, however it is written (traditional or full width, in
        capitals or not), the newest first; and how many there are in all. With `among` only those of these ids."""
        matching: sa.ColumnElement[bool] = sa.true() if among is None else _conversations.c.id.in_(among)
        if wanted := fold(text).strip():
            within = sa.select(_turns.c.conversation).where(_turns.c.searched.contains(wanted, autoescape=True))
            titled = sa.func.lower(_conversations.c.title).contains(wanted, autoescape=True)
            matching = sa.and_(matching, sa.or_(titled, _conversations.c.id.in_(within)))
        with self._engine.connect() as connection:
            count = sa.select(sa.func.count()).select_from(_conversations).where(matching)
            total: int = connection.execute(count).scalar_one()
            newest_first = _conversations.c.updated.desc(), _conversations.c.id
            rows = connection.execute(_SUMMARIES.where(matching).order_by(*newest_first).limit(limit).offset(offset))
            return tuple(ConversationSummary(**row) for row in rows.mappings()), total

    def summary(self, conversation_id: str) -> ConversationSummary:
        """A conversation as a list shows it. Raises `NotFound`."""
        with self._engine.connect() as connection:
            row = connection.execute(_SUMMARIES.where(_conversations.c.id == conversation_id)).mappings().first()
        if row is None:
            raise _missing(conversation_id)
        return ConversationSummary(**row)

    def get(self, conversation_id: str) -> Conversation:
        """A conversation with all its turns. Raises `NotFound`."""
        summary = self.summary(conversation_id)
        turns = sa.select(_turns).where(_turns.c.conversation == conversation_id).order_by(_turns.c.number)
        with self._engine.connect() as connection:
            rows = connection.execute(turns).all()
        said = tuple(
            Turn(
                question=row.question,
                standalone_question=row.standalone,
                answer=self._answer(row.answer),
                asked=row.asked,
                answered=row.answered,
            )
            for row in rows
        )
        return Conversation(**dict(summary), said=said)

    def title(self, conversation_id: str) -> str:
        """A conversation's title. Raises `NotFound`."""
        return self.summary(conversation_id).title

    def turns(self, conversation_id: str) -> tuple[Answer, ...]:
        """A conversation's answers, in their order. Raises `NotFound`."""
        return tuple(turn.answer for turn in self.get(conversation_id).said)

    def history(self, conversation_id: str) -> tuple[Message, ...]:
        """What of a conversation a follow-up is read with, the oldest first, within the token budget: questions
        as they were searched, and what was answered. Nothing for one that is not here."""
        last = (
            sa.select(_turns.c.standalone, sa.func.json_extract(_turns.c.answer, "$.text").label("text"))
            .where(_turns.c.conversation == conversation_id)
            .order_by(_turns.c.number.desc())
            .limit(_REMEMBERED)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(last).all()
        messages: list[Message] = []
        for row in reversed(rows):
            messages.append(Message(role="user", content=row.standalone[:_LONGEST_MESSAGE]))
            messages.append(Message(role="assistant", content=(row.text or "")[:_LONGEST_MESSAGE]))
        return newest(messages)

    def rename(self, conversation_id: str, title: str) -> None:
        """Gives a conversation another title. Raises `BadInput` for one that can't be, and `NotFound`."""
        title = " ".join(title.split())
        if not title or len(title) > LONGEST_TITLE or not is_text(title):
            raise BadInput(
                f"the title must have 1 to {LONGEST_TITLE} characters; send another",
                f"标题应为 1 至 {LONGEST_TITLE} 字；请另取一个",
            )
        with self._writing() as connection:
            if not connection.execute(_one(_conversations.update(), conversation_id).values(title=title)).rowcount:
                raise _missing(conversation_id)

    def rewind(self, conversation_id: str, answer_id: str | None) -> None:
        """Deletes what was said after an answer, or with None all that was said: a question has been put anew. Where
        the conversation or the answer is not here nothing is deleted."""
        after: sa.ColumnElement[bool] = sa.true()
        if answer_id is not None:
            known = sa.select(_turns.c.number).where(_turns.c.answer_id == answer_id).scalar_subquery()
            after = _turns.c.number > known
        with self._writing() as connection:
            connection.execute(_turns.delete().where(_turns.c.conversation == conversation_id, after))

    def delete(self, conversation_id: str) -> None:
        """Deletes a conversation and all that was said in it. Raises `NotFound`."""
        with self._writing() as connection:
            connection.execute(_turns.delete().where(_turns.c.conversation == conversation_id))
            if not connection.execute(_one(_conversations.delete(), conversation_id)).rowcount:
                raise _missing(conversation_id)

    def _answer(self, stored: str) -> Answer:
        try:
            return Answer.model_validate_json(stored)
        except ValidationError as error:
            raise Corrupt(
                f"{self._path} holds an answer that this version of the program can't read; use the version that wrote "
                "it, or delete the conversation",
                f"{self._path} 中有本版本无法读取的回答；请使用写入它的版本，或删除该对话",
            ) from error

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        try:
            with self._one_writer, self._engine.begin() as connection:
                yield connection
        except sa.exc.OperationalError as error:  # a full disk, a folder that became read-only
            raise Unavailable(
                f"the conversation can't be written to {self._path} ({error.orig}); free space there, or set "
                "YIJU_CONVERSATIONS=none",
                f"无法将对话写入 {self._path}（{error.orig}）；请清理磁盘空间，或设置 YIJU_CONVERSATIONS=none",
            ) from error


_SUMMARIES = (
    sa.select(_conversations, sa.func.count(_turns.c.number).label("turns"))
    .outerjoin(_turns, _turns.c.conversation == _conversations.c.id)
    .group_by(_conversations.c.id)
)


def _one(statement: Any, conversation_id: str) -> Any:
    return statement.where(_conversations.c.id == conversation_id)


def _written(moment: datetime) -> str:
    """A time as it is stored: its order as text is that of time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _missing(conversation_id: str) -> NotFound:
    shown = conversation_id[:60]
    return NotFound(
        f"there is no conversation {shown}; GET /conversations lists those that there are",
        f"没有编号为 {shown} 的对话；GET /conversations 可列出全部对话",
    )


def _open(path: Path) -> sa.Engine:
    engine = sqlite(path)
    try:
        with engine.begin() as connection:
            found: int = connection.execute(sa.text("PRAGMA user_version")).scalar_one()
            if found <= SCHEMA:
                for statements in _MIGRATIONS[found - 1 :] if found else ():
                    for statement in statements:
                        connection.execute(sa.text(statement))
                _tables.create_all(connection)
                connection.execute(sa.text(f"PRAGMA user_version = {SCHEMA}"))
    except sa.exc.DatabaseError as error:
        engine.dispose()
        raise Corrupt(
            f"{path} is no file of conversations ({error.orig}); move it away and start again",
            f"{path} 不是对话库文件（{error.orig}）；请将其移走后重新启动",
        ) from error
    if found > SCHEMA:
        engine.dispose()
        raise Corrupt(
            f"{path} was written by a later version of this program (schema {found}, here {SCHEMA}); use that version, "
            "or move the file away",
            f"{path} 由本程序的更高版本写入（结构版本 {found}，当前 {SCHEMA}）；请使用该版本，或移走此文件",
        )
    return engine

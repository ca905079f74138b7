"""What people said of answers: a thumb, a reason, a comment, and the answer itself, on SQLite.

It knows neither HTTP nor who said it. What is kept outlives restarts; `eval/feedback.py` makes evaluation
records of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import ValidationError

from assistant.answers import Answer, Frozen
from corpus.errors import BadInput, Corrupt, NotFound, Unavailable
from corpus.schema import sqlite

Verdict = Literal["up", "down"]
Why = Literal["wrong", "unsupported", "incomplete", "outdated", "refused_wrongly", "other"]
FILE = "feedback.sqlite"
_VERSION = 1

_tables = sa.MetaData()
_feedback = sa.Table(
    "feedback",
    _tables,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.String, nullable=False, unique=True),
    sa.Column("created", sa.String, nullable=False),
    sa.Column("answer_id", sa.String, nullable=False, index=True),
    sa.Column("conversation_id", sa.String),
    sa.Column("citation", sa.Integer),
    sa.Column("verdict", sa.String, nullable=False),
    sa.Column("reason", sa.String),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
)


class Said(Frozen):
    """One verdict, on an answer or (`citation`) on one of its citations, as a list shows it. `created` is UTC."""

    id: str
    created: datetime
    answer_id: str
    conversation_id: str | None
    citation: int | None
    verdict: Verdict
    reason: Why | None
    comment: str
    question: str
    text: str


class Feedback(Said):
    """A verdict together with the answer that it is about."""

    answer: Answer


class FeedbackStore:
    """The feedback in the SQLite file `path`, created where there is none. Raises `Corrupt`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine = sqlite(path)
        try:
            with self._engine.begin() as connection:
                found = connection.execute(sa.text("PRAGMA user_version")).scalar_one()
                if found > _VERSION:
                    raise Corrupt(
                        f"{path} was written by a later version of this program; use that one, or move the file away",
                        f"{path} 由本程序的较新版本写入；请使用该版本，或移走此文件",
                    )
                _tables.create_all(connection)
                connection.execute(sa.text(f"PRAGMA user_version = {_VERSION}"))
        except sa.exc.DatabaseError as error:
            self._engine.dispose()
            raise Corrupt(
                f"{path} can't be used for feedback ({error.orig}); move it away and start again",
                f"{path} 无法用于保存反馈（{error.orig}）；请移走此文件后重新启动",
            ) from error
        except Corrupt:
            self._engine.dispose()
            raise

    def add(
        self,
        answer: Answer,
        verdict: Verdict,
        reason: Why | None = None,
        comment: str = "",
        citation: int | None = None,
    ) -> Feedback:
        """Keeps a verdict on an answer; it is on disk when this returns. Raises `BadInput` for a citation that the
        answer does not have."""
        if citation is not None and citation not in {c.number for c in answer.citations}:
            raise BadInput(
                f"the answer has no citation {citation}; name one of its own, or none for the whole answer",
                f"该回答没有编号为 {citation} 的引用；请给出其中一条引用的编号，或留空以评价整个回答",
            )
        said = Feedback(
            id=uuid.uuid4().hex,
            created=datetime.now(UTC).replace(microsecond=0),
            answer_id=answer.id,
            conversation_id=answer.conversation_id,
            citation=citation,
            verdict=verdict,
            reason=reason,
            comment=comment.strip(),
            question=answer.question,
            text=answer.text,
            answer=answer,
        )
        row = {**said.model_dump(exclude={"answer", "created"}), "created": said.created.isoformat()}
        with self._writing() as connection:
            connection.execute(sa.insert(_feedback).values(row | {"answer": answer.model_dump_json()}))
        return said

    def get(self, feedback_id: str) -> Feedback:
        """Raises `NotFound`."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(_feedback).where(_feedback.c.id == feedback_id)).mappings().first()
        if row is None:
            raise _unknown(feedback_id)
        return self._whole(row)

    def page(
        self,
        *,
        verdict: Verdict | None = None,
        reason: Why | None = None,
        answer_id: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> tuple[tuple[Said, ...], int]:
        """The newest first, without their answers, and how many there are in all."""
        c = _feedback.c
        wanted = ((c.verdict, verdict), (c.reason, reason), (c.answer_id, answer_id))
        which = [column == value for column, value in wanted if value is not None]
        columns = [c[name] for name in Said.model_fields]
        query = sa.select(*columns).where(*which).order_by(c.number.desc()).limit(limit).offset(offset)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
            total = connection.execute(sa.select(sa.func.count()).select_from(_feedback).where(*which)).scalar_one()
        return tuple(Said.model_validate(dict(row)) for row in rows), int(total)

    def all(self) -> tuple[Feedback, ...]:
        """Everything, with the answers, the oldest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(_feedback).order_by(_feedback.c.number)).mappings().all()
        return tuple(self._whole(row) for row in rows)

    def remove(self, feedback_id: str) -> None:
        """Raises `NotFound`."""
        with self._writing() as connection:
            gone = connection.execute(sa.delete(_feedback).where(_feedback.c.id == feedback_id))
        if not gone.rowcount:
            raise _unknown(feedback_id)

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.OperationalError as error:  # a full disk, a folder that became read-only
            raise Unavailable(
                f"the feedback can't be written to {self._path} ({error.orig}); free space there, and send it again",
                f"无法将反馈写入 {self._path}（{error.orig}）；请清理磁盘空间后重新提交",
            ) from error

    def _whole(self, row: Any) -> Feedback:
        told = {name: row[name] for name in Said.model_fields}
        try:
            return Feedback.model_validate({**told, "answer": Answer.model_validate_json(row["answer"])})
        except ValidationError as error:
            raise Corrupt(
                f"{self._path} holds an answer that this version of the program can't read; use the version that wrote "
                f"it, or delete feedback {row['id']}",
                f"{self._path} 中有本版本无法读取的回答；请使用写入它的版本，或删除反馈 {row['id']}",
            ) from error


def _unknown(feedback_id: str) -> NotFound:
    return NotFound(
        f"there is no feedback {feedback_id[:60]!r}; GET /feedback lists what there is",
        f"没有编号为 {feedback_id[:60]!r} 的反馈；可用 GET /feedback 查看已有反馈",
    )

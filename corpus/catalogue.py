"""The catalogue: every version of every document, on SQLite, and which of them is current.

A version is written in two steps, so that a crash leaves nothing half done: `write` stores it as
"writing", `activate` makes it current in one transaction, together with what others must record at
the same moment. What a crash left half done is found again by `in_state`. The text of a replaced version
stays, because citations point at it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from corpus.document import Block, Box, Document, Kind, Metadata, Row, Table
from corpus.errors import Corrupt, NotFound

# What brings an older catalogue up to date, one entry a schema version; append, never change.
_MIGRATIONS = (("ALTER TABLE documents ADD COLUMN tables TEXT NOT NULL DEFAULT '[]'",),)
SCHEMA = str(1 + len(_MIGRATIONS))
# A replaced version is "leaving" until the store has forgotten its passages; one that becomes current
# again is "returning" while it is written; a removed one is "going" until the store has forgotten it.
WRITING, RETURNING, CURRENT = "writing", "returning", "current"
LEAVING, REPLACED, GOING = "leaving", "replaced", "going"

tables = sa.MetaData()
_documents = sa.Table(
    "documents",
    tables,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("uri", sa.String, nullable=False, index=True),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("sha256", sa.String, nullable=False),
    sa.Column("origin", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False, index=True),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("language", sa.String, nullable=False),
    sa.Column("passages", sa.Integer, nullable=False),
    sa.Column("added", sa.String, nullable=False),
    sa.Column("supersedes", sa.String),
    sa.Column("metadata", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("blocks", sa.Text, nullable=False),
    sa.Column("tables", sa.Text, nullable=False, server_default="[]"),
)
_about = sa.Table("about", tables, sa.Column("key", sa.String, primary_key=True), sa.Column("value", sa.Text))


@dataclass(frozen=True, slots=True)
class Summary:
    """A document as a list shows it; `passages` is how many the search holds of it."""

    id: str
    title: str
    source: str
    uri: str
    language: str
    origin: str
    passages: int
    characters: int
    added: str


class Catalogue:
    """The catalogue in the SQLite file `path`, created where there is none. Raises `Corrupt`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
        sa.event.listen(self._engine, "connect", _pragmas)
        try:
            tables.create_all(self._engine)
            found = self.about("schema")
        except sa.exc.DatabaseError as error:
            raise Corrupt(
                f"{path} is not a catalogue of this program ({error.orig}); move the data folder away "
                "and ingest your documents again",
                f"{path} 不是本程序的目录库（{error.orig}）；请移走数据目录并重新导入文件",
            ) from error
        if found is None:
            with self.transaction() as connection:
                self.set_about(connection, "schema", SCHEMA)
        elif found.isdigit() and int(found) < int(SCHEMA):
            self._migrate(int(found))
        elif found != SCHEMA:
            raise Corrupt(
                f"{path} was written by another version of this program (schema {found}, here {SCHEMA}); "
                "use that version, or move the data folder away and ingest again",
                f"{path} 由本程序的其他版本写入（结构版本 {found}，当前 {SCHEMA}）；"
                "请使用该版本，或移走数据目录后重新导入",
            )
        self._cached = lru_cache(maxsize=64)(self._load)

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """One transaction: all of it is written when the block ends, or nothing."""
        with self._engine.begin() as connection:
            yield connection

    def _migrate(self, found: int) -> None:
        with self.transaction() as connection:
            for statements in _MIGRATIONS[found - 1 :]:
                for statement in statements:
                    connection.execute(sa.text(statement))
            self.set_about(connection, "schema", SCHEMA)

    def close(self) -> None:
        self._engine.dispose()

    # What is here

    def document(self, document_id: str) -> Document:
        """A version by its id, current or replaced. Raises `NotFound`."""
        return self._cached(document_id)

    def current(self, uri: str) -> str | None:
        """The id of the current version of a source."""
        query = sa.select(_documents.c.id).where(_documents.c.uri == uri, _documents.c.state == CURRENT)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar()

    def summaries(self) -> tuple[Summary, ...]:
        """The current documents, by origin and title."""
        c = _documents.c
        columns = (
            c.id,
            c.title,
            c.source,
            c.uri,
            c.language,
            c.origin,
            c.passages,
            sa.func.length(c.text),
            c.added,
        )
        query = sa.select(*columns).where(c.state == CURRENT).order_by(c.origin, c.title, c.id)
        with self._engine.connect() as connection:
            return tuple(Summary(*row) for row in connection.execute(query))

    def current_among(self, document_ids: Iterable[str]) -> frozenset[str]:
        """Those of these versions that are current."""
        wanted = list(dict.fromkeys(document_ids))
        query = sa.select(_documents.c.id).where(_documents.c.id.in_(wanted), _documents.c.state == CURRENT)
        with self._engine.connect() as connection:
            return frozenset(connection.execute(query).scalars())

    def has_own(self) -> bool:
        """Whether any current document is the user's own."""
        query = sa.select(_documents.c.id).where(_documents.c.state == CURRENT, _documents.c.origin == "own").limit(1)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar() is not None

    def in_state(self, state: str) -> tuple[str, ...]:
        """The versions in a state."""
        query = sa.select(_documents.c.id).where(_documents.c.state == state)
        with self._engine.connect() as connection:
            return tuple(connection.execute(query).scalars())

    # What is written

    def write(self, document: Document) -> None:
        """The first step: stores a version that is not yet found by anyone."""
        values = {
            **_row(document),
            "state": WRITING,
            "passages": 0,
            "added": datetime.now(UTC).isoformat("T", "seconds"),
        }
        statement = insert(_documents).values(values)
        with self.transaction() as connection:
            again = {"state": RETURNING, "supersedes": document.supersedes}
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=again))
        self._cached.cache_clear()

    def activate(self, connection: sa.Connection, document_id: str, uri: str, passages: int) -> None:
        """The second step: makes a version current, and the one before it leave."""
        c = _documents.c
        connection.execute(
            sa.update(_documents).where(c.uri == uri, c.state == CURRENT, c.id != document_id).values(state=LEAVING)
        )
        connection.execute(sa.update(_documents).where(c.id == document_id).values(state=CURRENT, passages=passages))

    def let_go(self, connection: sa.Connection, document_id: str) -> None:
        """Marks a version for removal: nobody finds it from now on."""
        connection.execute(sa.update(_documents).where(_documents.c.id == document_id).values(state=GOING))

    def left(self, document_id: str) -> None:
        """Says that the store has forgotten a replaced version."""
        with self.transaction() as connection:
            connection.execute(sa.update(_documents).where(_documents.c.id == document_id).values(state=REPLACED))

    def delete(self, connection: sa.Connection, document_id: str) -> None:
        """Removes a version with its text."""
        connection.execute(sa.delete(_documents).where(_documents.c.id == document_id))
        self._cached.cache_clear()

    def passages(self) -> int:
        """How many passages the current documents have together."""
        query = sa.select(sa.func.coalesce(sa.func.sum(_documents.c.passages), 0)).where(_documents.c.state == CURRENT)
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def set_passages(self, connection: sa.Connection, document_id: str, passages: int) -> None:
        """Says how many passages a document has in a new index."""
        connection.execute(sa.update(_documents).where(_documents.c.id == document_id).values(passages=passages))

    def about(self, key: str) -> str | None:
        """What this data folder says of itself."""
        with self._engine.connect() as connection:
            return connection.execute(sa.select(_about.c.value).where(_about.c.key == key)).scalar()

    def set_about(self, connection: sa.Connection, key: str, value: str) -> None:
        statement = insert(_about).values(key=key, value=value)
        connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))

    def _load(self, document_id: str) -> Document:
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(_documents).where(_documents.c.id == document_id)).mappings().first()
        if row is None:
            raise NotFound(
                f"there is no document {document_id!r}; GET /documents or `yiju documents list` shows those there are",
                f"没有编号为 {document_id!r} 的文件；可用 GET /documents 或 yiju documents list 查看已有文件",
            )
        return _document(row)


def _pragmas(connection: Any, _record: Any) -> None:
    """Readers go on while a document is written, and what is committed outlives a power cut."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _row(document: Document) -> dict[str, Any]:
    metadata = asdict(document.metadata)
    metadata["date"] = document.metadata.date.isoformat() if document.metadata.date else None
    blocks = [
        [b.kind.value, b.start, b.end, b.headings, b.level, b.page, b.context, b.turns, [astuple(x) for x in b.boxes]]
        for b in document.blocks
    ]
    tables = [[t.title, t.columns, [[r.start, r.end, r.cells] for r in t.rows]] for t in document.tables]
    return {
        "id": document.id,
        "uri": document.uri,
        "source": document.source,
        "sha256": document.sha256,
        "origin": document.origin,
        "title": document.metadata.title,
        "language": document.metadata.language,
        "supersedes": document.supersedes,
        "metadata": json.dumps(metadata, ensure_ascii=False),
        "text": document.text,
        "blocks": json.dumps(blocks, ensure_ascii=False),
        "tables": json.dumps(tables, ensure_ascii=False),
    }


def _document(row: sa.RowMapping) -> Document:
    metadata = json.loads(row["metadata"])
    metadata["date"] = date.fromisoformat(metadata["date"]) if metadata["date"] else None
    metadata["issuers"], metadata["tags"] = tuple(metadata["issuers"]), tuple(metadata["tags"])
    blocks = tuple(_block(*stored) for stored in json.loads(row["blocks"]))
    tables = tuple(
        Table(title, tuple(columns), tuple(Row(start, end, tuple(cells)) for start, end, cells in rows))
        for title, columns, rows in json.loads(row["tables"])
    )
    return Document(
        id=row["id"],
        uri=row["uri"],
        source=row["source"],
        sha256=row["sha256"],
        text=row["text"],
        metadata=Metadata(**metadata),
        blocks=blocks,
        tables=tables,
        origin=row["origin"],
        supersedes=row["supersedes"],
    )


def _block(
    kind: str,
    start: int,
    end: int,
    headings: list[str],
    level: int,
    page: int | None,
    context: str,
    turns: Sequence[int] = (),
    boxes: Sequence[Sequence[Any]] = (),
) -> Block:
    places = tuple(Box(*box) for box in boxes)
    return Block(Kind(kind), start, end, tuple(headings), level, page, context, tuple(turns), places)

"""The catalogue's tables on SQLite, and how an older one is brought up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from corpus.errors import Corrupt

# What brings an older catalogue up to date, one entry a schema version; append, never change.
_MIGRATIONS = (
    ("ALTER TABLE documents ADD COLUMN tables TEXT NOT NULL DEFAULT '[]'",),
    (
        "CREATE TABLE facts (id VARCHAR NOT NULL PRIMARY KEY, number VARCHAR, since VARCHAR, refers VARCHAR, "
        "superseded_by VARCHAR, ended VARCHAR, stale INTEGER NOT NULL, as_read TEXT NOT NULL)",
        "CREATE INDEX ix_facts_refers ON facts (refers)",
        "INSERT INTO facts SELECT id, json_extract(metadata, '$.number'), json_extract(metadata, '$.date'), "
        "NULL, NULL, NULL, 1, metadata FROM documents",
        "CREATE TABLE said (uri VARCHAR NOT NULL, by VARCHAR NOT NULL, fields TEXT NOT NULL, PRIMARY KEY (uri, by))",
        "CREATE TABLE sketches (id VARCHAR NOT NULL PRIMARY KEY, sketch BLOB NOT NULL)",
        "CREATE INDEX ix_documents_sha256 ON documents (sha256)",
    ),
    ("ALTER TABLE documents ADD COLUMN notes TEXT NOT NULL DEFAULT '[]'",),
)
SCHEMA = str(1 + len(_MIGRATIONS))
# A replaced version is "leaving" until the store has forgotten its passages; one that becomes current
# again is "returning" while it is written; a removed one is "going" until the store has forgotten it.
WRITING, RETURNING, CURRENT = "writing", "returning", "current"
LEAVING, REPLACED, GOING = "leaving", "replaced", "going"
# How much of a document's passages must be written again: nothing, what filters need, or all.
FRESH, STALE, RETITLED = 0, 1, 2

tables = sa.MetaData()
documents = sa.Table(
    "documents",
    tables,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("uri", sa.String, nullable=False, index=True),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("sha256", sa.String, nullable=False, index=True),
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
    sa.Column("notes", sa.Text, nullable=False, server_default="[]"),
)
facts = sa.Table(
    "facts",
    tables,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("number", sa.String),
    sa.Column("since", sa.String),
    sa.Column("refers", sa.String, index=True),
    sa.Column("superseded_by", sa.String),
    sa.Column("ended", sa.String),
    sa.Column("stale", sa.Integer, nullable=False),
    sa.Column("as_read", sa.Text, nullable=False),
)
said = sa.Table(
    "said",
    tables,
    sa.Column("uri", sa.String, primary_key=True),
    sa.Column("by", sa.String, primary_key=True),
    sa.Column("fields", sa.Text, nullable=False),
)
sketches = sa.Table(
    "sketches",
    tables,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("sketch", sa.LargeBinary, nullable=False),
)
# Nearly every version is current: without the hint SQLite takes the index on the state for a good one.
IS_CURRENT = sa.func.likely(documents.c.state == CURRENT)
about = sa.Table("about", tables, sa.Column("key", sa.String, primary_key=True), sa.Column("value", sa.Text))


def open_engine(path: Path) -> sa.Engine:
    """The catalogue in a file, created where there is none and migrated where it is older. Raises `Corrupt`."""
    engine = sqlite(path)
    version = sa.select(about.c.value).where(about.c.key == "schema")
    try:
        with engine.connect() as connection:
            found = connection.execute(version).scalar() if sa.inspect(engine).has_table("about") else None
    except sa.exc.DatabaseError as error:
        raise Corrupt(
            f"{path} is not a catalogue of this program ({error.orig}); move the data folder away "
            "and ingest your documents again",
            f"{path} 不是本程序的目录库（{error.orig}）；请移走数据目录并重新导入文件",
        ) from error
    if found is not None and not (found.isdigit() and int(found) <= int(SCHEMA)):
        raise Corrupt(
            f"{path} was written by another version of this program (schema {found}, here {SCHEMA}); "
            "use that version, or move the data folder away and ingest again",
            f"{path} 由本程序的其他版本写入（结构版本 {found}，当前 {SCHEMA}）；请使用该版本，或移走数据目录后重新导入",
        )
    with engine.begin() as connection:
        for statements in _MIGRATIONS[int(found) - 1 :] if found else ():
            for statement in statements:
                connection.execute(sa.text(statement))
        tables.create_all(connection)
        if found != SCHEMA:
            connection.execute(sa.text("INSERT OR REPLACE INTO about VALUES ('schema', :schema)"), {"schema": SCHEMA})
    return engine


def sqlite(path: Path) -> sa.Engine:
    """A SQLite file as this program keeps its own: readers go on while something is written, and what is committed
    outlives a power cut."""
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
    sa.event.listen(engine, "connect", _pragmas)
    return engine


def _pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()

"""A document as the catalogue stores it: rows of plain values, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Any

from corpus.document import Block, Box, Document, Kind, Note, Row, Table
from corpus.fields import from_json, to_json


def row_of(document: Document) -> dict[str, Any]:
    """A document's row, without the columns that say how far it is written."""
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
        "metadata": to_json(document.metadata),
        "text": document.text,
        "blocks": json.dumps(blocks, ensure_ascii=False),
        "tables": json.dumps(tables, ensure_ascii=False),
        "notes": json.dumps([astuple(note) for note in document.notes], ensure_ascii=False),
    }


def characters(row: Mapping[str, Any]) -> int:
    """How long a document's row is: what it takes in memory grows with it."""
    return sum(len(row[column]) for column in ("text", "blocks", "tables", "metadata", "notes"))


def document_of(row: Mapping[str, Any]) -> Document:
    """The document of a row."""
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
        metadata=from_json(row["metadata"]),
        blocks=blocks,
        tables=tables,
        notes=tuple(Note(*note) for note in json.loads(row["notes"])),
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

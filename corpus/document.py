"""The words of the corpus: what a document is. It knows nothing of searching or answering.

Offsets are counted in Python characters (Unicode code points) of `Document.text`, the canonical
text. A document is one immutable version of a source: when the file changes, another document with
another id supersedes it, so a citation made yesterday still resolves tomorrow.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What a block is. What is not searchable stays in the text: contents pages and web-page chrome
    answer nothing, and a table's header is carried by each of its rows. A masthead is what stands above
    the body (issuers, number, title lines), credits are those who contributed."""

    MASTHEAD = "masthead"
    CREDITS = "credits"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_HEADER = "table_header"
    TABLE_ROW = "table_row"
    FOOTNOTE = "footnote"
    CONTENTS = "contents"
    CHROME = "chrome"

    @property
    def searchable(self) -> bool:
        return self not in (Kind.TABLE_HEADER, Kind.CONTENTS, Kind.CHROME)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points (1/72 inch) from the page's top left corner. Pages count from 1."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Block:
    """A span of the canonical text with its place in the structure.

    `headings` is the path from the document's first level down to the block, the block itself
    excluded. `level` is the depth of a heading (1 is the highest), 0 for other blocks. `context` is
    said of the block elsewhere and helps to find it: for a table row its table's title and its cells
    under their column names, merged cells filled in. It is searched, and never quoted. `page` is where
    the block begins, None in formats without pages; at each offset in `turns` a next page begins inside
    it. `boxes` are its places on the pages, one a page, where the format has them.
    """

    kind: Kind
    start: int
    end: int
    headings: tuple[str, ...] = ()
    level: int = 0
    page: int | None = None
    context: str = ""
    turns: tuple[int, ...] = ()
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table as a record: its span in the text, and its cells in the order of the table's
    columns, with what a merged cell says given to every row that it covers."""

    start: int
    end: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as records, so that its rows can be filtered and counted."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


class Status(StrEnum):
    """Where a document is in its life, as it says itself. "暂行" is part of a name and no status."""

    DRAFT = "draft"
    COMMENT = "comment"
    TRIAL = "trial"
    CURRENT = "current"
    WITHDRAWN = "withdrawn"


# Within `Metadata` the name `date` is that of a field.
Day = date


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about a document as a whole; unknown is None or empty, never a guess.

    `called` are short names of the document, and of the body that issued it. `date` is the day of issue,
    `effective` the first day in force and `expires` the last. `region` is "国家", "international" or the name of a
    place. `supersedes` is what the document replaces, as it was said: a title, a number, a source's name or an id.
    `read_from` says of each field where it was read: "text 120–143", "front matter", "file properties",
    "file name", "sidecar" or "set by hand".
    """

    title: str
    language: str
    issuers: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    number: str | None = None
    date: Day | None = None
    effective: Day | None = None
    expires: Day | None = None
    edition: str | None = None
    status: Status | None = None
    region: str | None = None
    url: str | None = None
    tags: tuple[str, ...] = ()
    supersedes: str | None = None
    read_from: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """What a person should know of how a document was read, such as pages that could not be, and what to do."""

    en: str
    zh: str

    def text(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Document:
    """One immutable version of a source.

    `uri` says where it came from and is what makes two versions the same source; `source` is the
    short form of it that people see. `sha256` is that of the file's bytes. `origin` is "own" for
    what the user added and "sample" for the corpus that comes with the program.
    """

    id: str
    uri: str
    source: str
    sha256: str
    text: str
    metadata: Metadata
    blocks: tuple[Block, ...] = field(repr=False)
    tables: tuple[Table, ...] = field(default=(), repr=False)
    notes: tuple[Note, ...] = ()
    origin: str = "own"
    supersedes: str | None = None

    def quote(self, start: int, end: int) -> str:
        """The exact words of a span."""
        return self.text[start:end]

    def page_at(self, offset: int) -> int | None:
        """The page on which a character stands, where the format has pages."""
        block = next((b for b in self.blocks if b.start <= offset < b.end), None)
        if block is None or block.page is None:
            return None
        return block.page + sum(turn <= offset for turn in block.turns)


def document_id(uri: str, sha256: str, reader: str) -> str:
    """The id of a version: 16 hex digits that depend on where it is from, its bytes and how it was read."""
    return hashlib.sha256(f"{uri}\0{sha256}\0{reader}".encode()).hexdigest()[:16]

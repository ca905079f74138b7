"""What a format's reader hands over, and what becomes of it: lines and grids in, one reading out.

A reader knows its format and nothing else. It says of each line what the format says for certain (this
is a heading, this is on page 3) and leaves the rest open; `assemble.py` finds the structure in all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from corpus.document import Block, Box, Kind, Note, Table


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or a whole paragraph, as the format gives it.

    `kind` is what the format says it is, None where its words have to tell. `level` is that of a
    heading, 1 the highest; `bold` says that all of it is. `gap` says whether space stands before it,
    `ends` whether it ends its paragraph, where that is known. `verbatim` lines keep their white space
    and are neither joined nor searched for marks.
    """

    text: str
    kind: Kind | None = None
    level: int = 0
    bold: bool = False
    indented: bool = False
    gap: bool = True
    ends: bool | None = None
    verbatim: bool = False
    page: int | None = None
    box: Box | None = None


class Merged(Enum):
    """A place in a grid that a cell elsewhere covers."""

    ABOVE = "above"
    LEFT = "left"


Cell = str | Merged


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as the format gives it: rows of cells, all of one length or not.

    `header` says how many of the first rows name the columns. `exact` says that an empty cell is
    empty; where the format can't show merged cells, it may as well be part of one. `joint` stands
    between the cells of a row in the text. `pages` and `boxes` are those of each row, or empty.
    `torn` are the numbers of rows that are the rest of the row above, cut by a page break.
    """

    rows: tuple[tuple[Cell, ...], ...]
    header: int = 1
    title: str = ""
    exact: bool = True
    joint: str = "\t"
    pages: tuple[int, ...] = ()
    boxes: tuple[Box, ...] = ()
    torn: frozenset[int] = frozenset()


Part = Line | Grid


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of a file: the canonical text, its blocks and tables, and what the file says
    of itself: `front`, the text of a YAML front matter, and `properties` such as a title or a url,
    which rank below what the text says. `notes` tell what was left unread."""

    text: str
    blocks: tuple[Block, ...]
    tables: tuple[Table, ...] = ()
    front: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

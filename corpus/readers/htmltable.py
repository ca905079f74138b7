"""Tables of web pages: which of them hold data, and their cells as a grid.

Pages use tables for their layout as well, and for a box of labels with their values. It doesn't know
where on a page a table stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from corpus.readers.markup import hidden, plain, tag
from corpus.readers.parts import Cell, Grid, Merged

_LABEL = re.compile(r"\S.{0,24}[:：]$")
_MAX_SPAN = 100
_MAX_COVERED = 500_000
# A cell with so many characters, and most of its table's, is a page's column and no datum.
_COLUMN_OF_TEXT = 400
_LAYOUT_TAGS = frozenset({"table", "form", "main", "article", "h1", "h2"})


@dataclass(frozen=True, slots=True)
class _Place:
    """A cell as the markup has it."""

    text: str
    head: bool
    across: int
    down: int


@dataclass(frozen=True, slots=True)
class Tabled:
    """A table that holds data: its caption, or pairs of label and value, or a grid."""

    captions: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    grid: Grid | None = None


def read_html_table(table: etree._Element) -> Tabled | None:
    """What a table holds, or None where it is there for the layout and is to be read as blocks."""
    if (table.get("role") or "").lower() in ("presentation", "none"):
        return None
    found = [(inside, [_place(cell) for cell in cells]) for inside, cells in _rows(table)]
    rows = [(inside, row) for inside, row in found if any(place.text for place in row)]
    captions = [text for text in (plain(e) for e in table if tag(e) == "caption") if text]
    if _letters(plain(table)) != sum(_letters(p.text) for _, row in rows for p in row) + sum(map(_letters, captions)):
        return None  # broken markup: as blocks no word is lost
    cells = [row for _, row in rows]
    if _are_labels(cells):
        return Tabled(tuple(captions), pairs=tuple(_pairs(cells)))
    if not _is_data(table, cells):
        return None
    if len(cells) > 2 and len(cells[0]) == 1 and cells[0][0].across > 1 and len(cells[1]) > 1:
        captions.append(cells[0][0].text)  # the table's title in a row of its own
        rows = rows[1:]
    title = captions[-1] if captions else ""
    return Tabled(tuple(captions), grid=Grid(_grid([row for _, row in rows]), header=_header(rows), title=title))


def _rows(table: etree._Element) -> Iterator[tuple[bool, list[etree._Element]]]:
    """The cells of each row that is the table's own, and whether it stands in its head."""
    for child in table:
        name = tag(child)
        if hidden(child) or name in ("table", "td", "th", "caption"):
            continue
        if name == "tr":
            yield tag(table) == "thead", [cell for cell in child if tag(cell) in ("td", "th") and not hidden(cell)]
        else:
            yield from _rows(child)


def _place(cell: etree._Element) -> _Place:
    return _Place(plain(cell), tag(cell) == "th", _span(cell, "colspan"), _span(cell, "rowspan"))


def _span(cell: etree._Element, name: str) -> int:
    value = (cell.get(name) or "").strip()
    return max(1, min(int(value), _MAX_SPAN)) if value.isascii() and value.isdigit() and len(value) < 7 else 1


def _letters(text: str) -> int:
    return sum(1 for c in text if not c.isspace())


def _are_labels(rows: Sequence[Sequence[_Place]]) -> bool:
    """Whether every row is made of labels that end in a colon, each with its value beside it."""
    labels = [place.text for row in rows for place in row[::2]]
    even = all(len(row) % 2 == 0 for row in rows)
    return even and len(labels) > 1 and all(_LABEL.match(label) or not label for label in labels) and any(labels)


def _pairs(rows: Sequence[Sequence[_Place]]) -> Iterator[str]:
    for row in rows:
        for label, value in zip(row[::2], row[1::2], strict=True):
            if label.text or value.text:
                yield label.text + value.text


def _is_data(table: etree._Element, rows: Sequence[Sequence[_Place]]) -> bool:
    broad = [row for row in rows if len(row) > 1]
    if len(rows) < 2 or not broad:
        return False
    if any(place.head for row in rows for place in row):
        return True
    if any(tag(inner) in _LAYOUT_TAGS for inner in table.iterdescendants()):
        return False
    if all(sum(bool(place.text) for place in row) < 2 for row in rows):
        return False
    lengths = [len(place.text) for row in rows for place in row]
    return not (max(lengths) > _COLUMN_OF_TEXT and max(lengths) > 0.6 * sum(lengths))


def _header(rows: Sequence[tuple[bool, Sequence[_Place]]]) -> int:
    """How many of the first rows name the columns."""
    marked = 0
    for inside, row in rows:
        if not (inside or all(place.head for place in row)):
            break
        marked += 1
    if marked:
        return marked if marked < len(rows) else 1
    first = rows[0][1]
    if len(first) > 1 and all(row[0].head for _, row in rows):
        return 0  # the names stand at the left
    if any(p.down > 1 for p in first) and any(p.across > 1 for p in first):
        return min(max(p.down for p in first), len(rows) - 1)
    return 1


def _grid(rows: Sequence[Sequence[_Place]]) -> tuple[tuple[Cell, ...], ...]:
    """The cells in their columns; columns in which no cell begins are left out."""
    placed: list[dict[int, Cell]] = [{} for _ in rows]
    if sum(place.across * place.down for row in rows for place in row) > _MAX_COVERED:
        rows = [[replace(place, across=1, down=1) for place in row] for row in rows]
    for r, row in enumerate(rows):
        column = 0
        for place in row:
            while column in placed[r]:
                column += 1
            for down in range(min(place.down, len(rows) - r)):
                for across in range(place.across):
                    covered = Merged.LEFT if across else Merged.ABOVE
                    placed[r + down].setdefault(column + across, covered if down or across else place.text)
            column += place.across
    columns = sorted({c for row in placed for c, cell in row.items() if isinstance(cell, str)})
    return tuple(tuple(row.get(c, "") for c in columns) for row in placed)

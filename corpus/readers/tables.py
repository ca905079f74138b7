"""Grids to rows that can be found and counted: header rows named, what was torn apart mended.

Tables reach us damaged: a page break repeats the header and cuts a row in two, merged cells leave
empty places or push what follows into the wrong column. What is certain from the table itself is
mended, in this order: rows that go on after a page break, cells that stand in a column whose pattern
they break, merged cells, and groups whose codes say where they belong. The source's own cells are
never changed: they are the row's text, and the mended cells are its record.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from corpus.readers.parts import Cell, Grid, Merged

_ROW_NUMBER = frozenset({"序号", "编号", "项次", "no.", "no", "#", "序"})
_INTEGER = re.compile(r"\d{1,5}$")
_STARS = re.compile(r"[★☆✓✔√●○◎▲△■□×✗\s]+$")
_CODE = re.compile(r"([A-Za-z]{1,3})(?=\s|[一-鿿])")
_WIDE = "一-鿿㐀-䶿，。、；：？！（）《》“”〔〕／/"
_INNER_SPACE = re.compile(rf"(?<=[{_WIDE}])\s+(?=[{_WIDE}])")
# The share of a column's cells that must show a pattern for the others to count as displaced.
_USUAL = 0.6


@dataclass(slots=True)
class TableRow:
    """A row as it was read: `source` are the numbers of its rows in the grid, `cells` its record."""

    source: list[int]
    cells: list[str]
    header: bool = False
    shifted: bool = False


def read_table(grid: Grid) -> tuple[tuple[str, ...], list[TableRow]]:
    """The names of the columns, and the rows in order, header rows among them."""
    width = max((len(row) for row in grid.rows), default=0)
    rows = [(*row, *([""] * (width - len(row)))) for row in grid.rows]
    heads = rows[: grid.header]
    columns = tuple(_column(heads, c) for c in range(width))
    found = [TableRow([i], [], header=True) for i in range(len(heads))]
    body = _body(rows, len(heads), grid.torn, found)
    numbered = _number_column(columns, body)
    patterns = [] if grid.exact else _patterns(body, width, numbered)
    finished: list[TableRow] = []
    repeated = {row.source[0] for row in found[len(heads) :]}
    for row in body:
        # Below a header that comes again, a row without a number is the rest of the one before the page break.
        torn = not grid.exact or row.source[0] - 1 in repeated
        unnumbered = torn and numbered is not None and not row.cells[numbered]
        if finished and any(row.cells) and (unnumbered or row.source[0] in grid.torn):
            last = finished[-1]
            last.cells = [_glue(a, b) for a, b in zip(last.cells, row.cells, strict=True)]
            last.source += row.source
        else:
            if patterns:
                _realign(row, patterns, numbered)
            finished.append(row)
    _fill(finished, numbered, grid.exact)
    _follow_codes(finished, width)
    found += finished
    return columns, sorted(found, key=lambda row: row.source[0])


def tidy(cell: str) -> str:
    """A cell on one line, without the blanks that a narrow column put between Chinese characters."""
    return _INNER_SPACE.sub("", " ".join(cell.split()))


def row_text(grid: Grid, numbers: Sequence[int]) -> str:
    """A row as the source has it, its parts on lines of their own."""
    lines = (grid.joint.join(_text(cell) for cell in grid.rows[n] if not isinstance(cell, Merged)) for n in numbers)
    return "\n".join(line.strip() for line in lines if line.strip())


def row_context(title: str, columns: Sequence[str], cells: Sequence[str]) -> str:
    """What a row says with its names: "title；column：cell；…", empty cells left out."""
    named = [f"{name}：{cell}" if name else cell for name, cell in zip(columns, cells, strict=True) if cell]
    return "；".join([title, *named] if title else named)


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else ""


def _column(heads: Sequence[Sequence[Cell]], column: int) -> str:
    """A column's name from the header rows above each other; merged ones name all that they cover."""
    names: list[str] = []
    for depth, row in enumerate(heads):
        r, c = depth, column
        while c > 0 and row[c] is Merged.LEFT:
            c -= 1
        while r > 0 and heads[r][c] is Merged.ABOVE:
            r -= 1
        name = tidy(_text(heads[r][c]))
        if name and (not names or names[-1] != name):
            names.append(name)
    return "/".join(names)


def _body(rows: Sequence[Sequence[Cell]], start: int, torn: Collection[int], found: list[TableRow]) -> list[TableRow]:
    """The rows under the header as records, merged cells given; repeated headers go to `found`."""
    headers = {tuple(row) for row in rows[:start]}
    body: list[TableRow] = []
    above: list[str] = []
    for i in range(start, len(rows)):
        row = rows[i]
        if tuple(row) in headers:
            found.append(TableRow([i], [], header=True))
            continue
        cells: list[str] = []
        for c, cell in enumerate(row):
            if cell is Merged.ABOVE:
                cells.append(above[c] if above else "")
            elif cell is Merged.LEFT:
                cells.append(cells[-1] if cells else "")
            else:
                cells.append(tidy(_text(cell)))
        # Below a row that a page break has cut, its merged cells are what both parts say.
        above = [_glue(a, b) for a, b in zip(above, cells, strict=True)] if i in torn and above else cells
        if any(cells):
            body.append(TableRow([i], cells))
    return body


def _number_column(columns: Sequence[str], body: Sequence[TableRow]) -> int | None:
    """The column that numbers the rows: named so, or the first if it counts upwards."""
    for c, name in enumerate(columns):
        if name.lower() in _ROW_NUMBER:
            return c
    numbers = [int(row.cells[0]) for row in body if row.cells and _INTEGER.match(row.cells[0])]
    counted = len(numbers) >= 3 and all(a < b for a, b in itertools.pairwise(numbers))
    return 0 if counted and numbers[0] == 1 and len(numbers) >= 0.5 * len(body) else None


def _patterns(body: Sequence[TableRow], width: int, numbered: int | None) -> list[re.Pattern[str] | None]:
    """For each column the pattern that its cells show, or None for words."""
    patterns: list[re.Pattern[str] | None] = []
    for c in range(width):
        cells = [row.cells[c] for row in body if row.cells[c]]
        if c == numbered:
            patterns.append(_INTEGER)
            continue
        patterns.append(
            next(
                (p for p in (_STARS, _CODE) if cells and sum(bool(p.match(x)) for x in cells) > _USUAL * len(cells)),
                None,
            )
        )
    return patterns if any(p for i, p in enumerate(patterns) if i != numbered) else []


def _realign(row: TableRow, patterns: Sequence[re.Pattern[str] | None], numbered: int | None) -> None:
    """Puts displaced cells back: those with a pattern into its column, words into the columns of words."""
    if all(
        not cell or pattern is None or pattern.match(cell) for cell, pattern in zip(row.cells, patterns, strict=True)
    ):
        return
    placed = [""] * len(row.cells)
    words: list[str] = []
    for c, cell in enumerate(row.cells):
        own = patterns[c]
        if not cell:
            continue
        if own is not None and own.match(cell):
            placed[c] = cell
            continue
        fitting = [i for i, p in enumerate(patterns) if p is _STARS and p.match(cell) and not placed[i]]
        if fitting:
            placed[fitting[-1]] = cell
        else:
            words.append(cell)
    free = [i for i, p in enumerate(patterns) if p is None and i != numbered]
    if len(words) > len(free):
        return
    for i, cell in zip(free, words, strict=False):
        placed[i] = cell
    row.cells = placed
    row.shifted = True


def _fill(rows: Sequence[TableRow], numbered: int | None, exact: bool) -> None:
    """Gives merged cells to the rows that they cover: empty places at the beginning of a row, where the
    groups stand, and the place that a displaced cell had taken. Other empty cells stay empty."""
    if exact:
        return
    for last, row in itertools.pairwise(rows):
        leading = True
        for c, cell in enumerate(row.cells):
            if c == numbered:
                continue
            if cell:
                leading = False
            elif leading:
                row.cells[c] = last.cells[c]
        if row.shifted and row.cells[-1] == "" and _STARS.match(last.cells[-1] or "-"):
            row.cells[-1] = last.cells[-1]


def _follow_codes(rows: Sequence[TableRow], width: int) -> None:
    """Where one column's codes begin with those of the column before it (A and AB), a row's group is
    the one that its code names, whatever stood above."""
    for c in range(1, width):
        pairs = [(_code(row.cells[c - 1]), _code(row.cells[c])) for row in rows]
        known = [(a, b) for a, b in pairs if a and b]
        if len(known) < 3 or sum(b.startswith(a) and len(b) > len(a) for a, b in known) < 0.8 * len(known):
            continue
        names: Counter[tuple[str, str]] = Counter((_code(r.cells[c - 1]), r.cells[c - 1]) for r in rows)
        group = {code: name for (code, name), _ in reversed(names.most_common()) if code}
        for row, (own, code) in zip(rows, pairs, strict=True):
            if code and not code.startswith(own or "-"):
                row.cells[c - 1] = next((group[code[:n]] for n in (2, 1) if code[:n] in group and n < len(code)), "")


def _code(cell: str) -> str:
    match = _CODE.match(cell)
    return match[1].upper() if match else ""


def _glue(first: str, second: str) -> str:
    if not first or not second:
        return first or second
    return tidy(f"{first} {second}") if first[-1].isascii() and second[0].isascii() else first + second

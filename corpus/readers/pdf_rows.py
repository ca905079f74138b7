"""Lines of text in columns to rows of a table, where a cell may take several lines.

Within a cell lines stand nearer to each other than from row to row; cells side by side overlap. Where
the distances don't tell, a row begins with each line that fills the first column.
"""

from __future__ import annotations

import bisect
import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus import structure
from corpus.readers.pdf_page import Glyph

# A blank that parts two pieces of a line, in ems.
_APART = 0.4
# How much further than in a cell lines stand from row to row at least.
_FURTHER = 1.12


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of a line without a wide blank between them."""

    glyphs: tuple[Glyph, ...]

    @property
    def left(self) -> float:
        return self.glyphs[0].left

    @property
    def right(self) -> float:
        return max(glyph.right for glyph in self.glyphs)


@dataclass(frozen=True, slots=True)
class Strip:
    """A line over the page's width, or a part of it, in pieces."""

    pieces: tuple[Piece, ...]
    baseline: float
    size: float

    @classmethod
    def of(cls, glyphs: Sequence[Glyph]) -> Strip:
        """The line of characters that stand side by side."""
        inked = sorted((g for g in glyphs if g.text.strip()), key=lambda g: g.left)
        largest = max(inked, key=lambda g: g.size, default=Glyph("", 0, 0, 0, 0))
        pieces: list[list[Glyph]] = []
        for glyph in inked:
            if pieces and glyph.left - pieces[-1][-1].right < _APART * largest.size:
                pieces[-1].append(glyph)
            else:
                pieces.append([glyph])
        return cls(tuple(Piece(tuple(piece)) for piece in pieces), largest.baseline, largest.size)

    @property
    def top(self) -> float:
        return self.baseline - 0.88 * self.size

    @property
    def bottom(self) -> float:
        return self.baseline + 0.14 * self.size

    @property
    def middle(self) -> float:
        return self.baseline - 0.35 * self.size

    @property
    def glyphs(self) -> Iterator[Glyph]:
        return (glyph for piece in self.pieces for glyph in piece.glyphs)

    @property
    def text(self) -> str:
        return "".join(glyph.text for glyph in self.glyphs)

    def between(self, left: float, right: float) -> Strip:
        """The pieces of the line that stand between two places."""
        return Strip(tuple(p for p in self.pieces if left <= p.left and p.right <= right), self.baseline, self.size)

    def joined(self, ems: float) -> list[Piece]:
        """The pieces, those with less than so many ems between them as one."""
        found: list[Piece] = []
        for piece in self.pieces:
            if found and piece.left - found[-1].right < ems * self.size:
                found[-1] = Piece(found[-1].glyphs + piece.glyphs)
            else:
                found.append(piece)
        return found


@dataclass(frozen=True, slots=True)
class Row:
    """The lines of a table's row. In the columns in `covered`, the cell above goes on."""

    strips: tuple[Strip, ...]
    covered: frozenset[int] = frozenset()

    @property
    def top(self) -> float:
        return min(strip.top for strip in self.strips)


def rows_between(strips: Sequence[Strip], edges: Sequence[float], cuts: Sequence[float]) -> list[Row]:
    """The rows of a table with columns between `edges`; none goes over a line in `cuts`."""
    near = _nearness(_columns(strips, edges))
    found: list[Row] = []
    for _, part in itertools.groupby(strips, key=lambda strip: bisect.bisect(cuts, strip.middle)):
        lines = list(part)
        whole = _overlapping(lines, edges, near) if near else _beginning(lines, edges)
        found += _grouped(lines, edges, near) or [Row(tuple(row)) for row in whole]
    return found


def _columns(strips: Sequence[Strip], edges: Sequence[float]) -> dict[int, list[Strip]]:
    """The lines of each column, those with nothing in it left out."""
    columns: dict[int, list[Strip]] = defaultdict(list)
    for strip in strips:
        for column in sorted({bisect.bisect(edges, piece.left) for piece in strip.pieces}):
            columns[column].append(strip)
    return columns


def _nearness(columns: dict[int, list[Strip]]) -> float:
    """How far lines of one cell stand from each other at most; 0 where the distances don't tell."""
    gaps = [b.baseline - a.baseline for lines in columns.values() for a, b in itertools.pairwise(lines)]
    gaps = [gap for gap in gaps if gap > 1]
    if not gaps:
        return 0.0
    least = min(gaps)
    further = [gap for gap in gaps if gap > _FURTHER * least]
    odd = [gap for gap in further if abs(gap / least - round(gap / least)) > 0.08]
    size = max(line.size for lines in columns.values() for line in lines)
    return _FURTHER * least if len(odd) > 0.25 * len(further) and odd and least < 2.2 * size else 0.0


def _clusters(lines: Sequence[Strip], near: float) -> list[list[Strip]]:
    """The lines of a column in cells."""
    cells: list[list[Strip]] = []
    for line in lines:
        if cells and line.baseline - cells[-1][-1].baseline <= near:
            cells[-1].append(line)
        else:
            cells.append([line])
    return cells


def _overlapping(part: Sequence[Strip], edges: Sequence[float], near: float) -> list[list[Strip]]:
    """Rows as cells that overlap each other from top to bottom."""
    columns = _columns(part, edges).values()
    cells = sorted((cell[0].top, cell[-1].baseline) for lines in columns for cell in _clusters(lines, near))
    ends: list[float] = []
    for top, bottom in cells:
        if ends and top < ends[-1]:
            ends[-1] = max(ends[-1], bottom)
        else:
            ends.append(bottom)
    rows: dict[int, list[Strip]] = defaultdict(list)
    for strip in part:
        rows[bisect.bisect_left(ends, strip.baseline)].append(strip)
    return [rows[i] for i in sorted(rows)]


def _grouped(part: Sequence[Strip], edges: Sequence[float], near: float) -> list[Row]:
    """Rows under groups that the first column names, each in the middle of its rows; none where it names
    no groups."""
    names = [name for strip in part if (name := strip.between(float("-inf"), edges[0])).pieces]
    rest = [cut for strip in part if (cut := strip.between(edges[0], float("inf"))).pieces]
    cells = _clusters(names, near)
    rows = _overlapping(rest, edges, near)
    # A name on the line of a row may be that row's own: one has to stand between two rows.
    lines = {strip.baseline for strip in rest}
    between = any(name.baseline not in lines for name in names)
    if not between or not 1 < len(cells) < len(rows) or (near and len(_overlapping(part, edges, near)) >= len(rows)):
        return []
    middles = [(row[0].middle + row[-1].middle) / 2 for row in rows]
    found: list[Row] = []
    for cell in cells:
        first = len(found)
        if first == len(rows):
            return []
        last = 2 * (cell[0].middle + cell[-1].middle) / 2 - middles[first]
        end = min(range(first, len(rows)), key=lambda i: abs(middles[i] - last))
        if abs(middles[end] - last) > cell[0].size:
            return []
        found.append(Row((*cell, *rows[first])))
        found += [Row(tuple(row), frozenset({0})) for row in rows[first + 1 : end + 1]]
    return found if len(found) == len(rows) else []


def _beginning(part: Sequence[Strip], edges: Sequence[float]) -> list[list[Strip]]:
    """Rows that begin with each line that fills the first column, or that names a group of rows."""
    first = {id(strip) for strip in _columns(part, edges)[0]}
    rows: list[list[Strip]] = []
    for strip in part:
        named = len(strip.pieces) == 1 and structure.numbered(strip.text) is not None
        if rows and id(strip) not in first and not named:
            rows[-1].append(strip)
        else:
            rows.append([strip])
    return rows

"""Ruling lines to tables: which places they enclose, which of them are one merged cell, what stands in them.

The lines of a table cut the page into elementary places; where no line stands between two of them, they
are one cell. It knows nothing of headers and records: that is `tables.py`.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from corpus.document import Box
from corpus.readers.parts import Cell, Grid, Merged
from corpus.readers.pdf_lines import lines_of
from corpus.readers.pdf_page import Glyph, Sheet
from corpus.readers.pdf_rules import Rule
from corpus.readers.pdf_words import cell_text

# Lines nearer to each other than this are one line, drawn twice or with a gap for its thickness.
_SNAP = 4.0
# With more lines than that, it is a drawing.
_RULE_LIMIT = 1500
_NUMBER = re.compile(r"\d{1,5}[.、]?$")


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table, or the part of one that stands on a page. One that is `open` has no upright lines."""

    page: int
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    header: int
    open: bool = False

    @property
    def boxes(self) -> tuple[Box, ...]:
        left, right = round(self.xs[0], 1), round(self.xs[-1], 1)
        return tuple(Box(self.page, left, round(a, 1), right, round(b, 1)) for a, b in itertools.pairwise(self.ys))


def tables_of(sheet: Sheet) -> tuple[list[PageTable], list[Glyph]]:
    """The tables of a page from top to bottom, and the characters outside of them."""
    rules = _merged(sheet.rules)
    if not rules or len(rules) > _RULE_LIMIT:
        return [], list(sheet.glyphs)
    found: list[PageTable] = []
    rest = list(sheet.glyphs)
    for lattice in sorted((_lattice(group) for group in _connected(rules)), key=_area):
        if lattice is None or len(lattice.xs) < 3 or len(lattice.ys) < 2:
            continue
        table, outside = _read(lattice, rest, sheet.number)
        if table is not None:
            found.append(table)
            rest = outside
    return sorted(found, key=lambda t: (t.ys[0], t.xs[0])), rest


def free_rules(rules: Sequence[Rule]) -> list[Rule]:
    """The level lines that touch no upright one."""
    if len(rules) > _RULE_LIMIT:
        return []
    groups = _connected(_merged(rules)) if rules else []
    return [rule for group in groups if all(r.level for r in group) for rule in group]


def grid_of(parts: Sequence[PageTable]) -> Grid:
    """One grid of a table's parts on consecutive pages.

    The lines show which cells are empty and which are merged, except at a page break: there the rest of
    a merged cell is an empty one, and the rest of a row looks like a row without a number.
    """
    rows = list(parts[0].rows)
    torn: set[int] = set()
    merging = {c for part in parts for row in part.rows for c, cell in enumerate(row) if cell is Merged.ABOVE}
    for part in parts[1:]:
        heads = parts[0].rows[: parts[0].header]
        skipped = len(heads) if part.rows[: len(heads)] == heads else 0
        body = list(part.rows[skipped:])
        if body and _is_rest(body, rows[parts[0].header :]):
            torn.add(len(rows) + skipped)
        elif body:
            body[0] = _covered(body[0], body[1] if len(body) > 1 else (), merging)
        rows += [*part.rows[:skipped], *body]
    return Grid(
        rows=tuple(rows),
        header=parts[0].header,
        pages=tuple(part.page for part in parts for _ in part.rows),
        boxes=tuple(box for part in parts for box in part.boxes),
        torn=frozenset(torn),
    )


def _is_rest(body: Sequence[tuple[Cell, ...]], above: Sequence[tuple[Cell, ...]]) -> bool:
    """Whether the first row after a page break is the rest of the last one before: the rows are
    numbered, and this one is not."""
    numbers = [row[0] for row in above if isinstance(row[0], str)]
    numbered = numbers and sum(bool(_NUMBER.match(cell)) for cell in numbers) > 0.6 * len(numbers)
    spans = len(body) > 1 and body[1][0] is Merged.ABOVE
    return bool(numbered) and body[0][0] == "" and not spans


def _covered(row: tuple[Cell, ...], below: tuple[Cell, ...], merging: Collection[int]) -> tuple[Cell, ...]:
    """The first row after a page break, with its empty cells that are the rest of merged ones: those at
    its beginning, its number aside, in columns that have merged cells, and those merged with what is below."""
    first = 1 if isinstance(row[0], str) and _NUMBER.match(row[0]) else 0
    filled = next((c for c, cell in enumerate(row) if c >= first and cell and isinstance(cell, str)), len(row))
    reach = [c < len(below) and below[c] is Merged.ABOVE for c in range(len(row))]
    return tuple(
        Merged.ABOVE if cell == "" and c >= first and (reach[c] or (c < filled and c in merging)) else cell
        for c, cell in enumerate(row)
    )


def goes_on(first: PageTable, second: PageTable) -> bool:
    """Whether a table at the top of a page has the columns of the one at the end of the page before."""
    if first.open or second.open:
        # Where its columns end depends on what stands in them: the header comes again, or there is none.
        same = first.rows[: first.header] == second.rows[: second.header] or not second.header
        return same and len(first.xs) == len(second.xs)
    return len(first.xs) == len(second.xs) and all(
        abs((a - first.xs[0]) - (b - second.xs[0])) < 8 for a, b in zip(first.xs, second.xs, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Lattice:
    xs: list[float]
    ys: list[float]
    level: list[Rule]
    upright: list[Rule]


def _area(lattice: _Lattice | None) -> float:
    return 0.0 if lattice is None else (lattice.xs[-1] - lattice.xs[0]) * (lattice.ys[-1] - lattice.ys[0])


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Lines that continue each other as one; bits of lines are left out."""
    found: list[Rule] = []
    for level in (True, False):
        rows: list[list[Rule]] = []
        for rule in sorted((r for r in rules if r.level is level), key=lambda r: r.at):
            if rows and rule.at - rows[-1][0].at <= _SNAP / 2:
                rows[-1].append(rule)
            else:
                rows.append([rule])
        for row in rows:
            row.sort(key=lambda r: r.start)
            last = row[0]
            for rule in row[1:]:
                if rule.start - last.end <= _SNAP:
                    last = Rule(level, last.at, last.start, max(last.end, rule.end))
                else:
                    found.append(last)
                    last = rule
            found.append(last)
    return [rule for rule in found if rule.end - rule.start > 2 * _SNAP]


def _connected(rules: Sequence[Rule]) -> list[list[Rule]]:
    """The lines in groups of those that touch each other."""
    level = [rule for rule in rules if rule.level]
    upright = [rule for rule in rules if not rule.level]
    parent = {id(rule): rule for rule in rules}

    def root(rule: Rule) -> Rule:
        while parent[id(rule)] is not rule:
            parent[id(rule)] = rule = parent[id(parent[id(rule)])]
        return rule

    for a in level:
        for b in upright:
            meet = a.start - _SNAP <= b.at <= a.end + _SNAP and b.start - _SNAP <= a.at <= b.end + _SNAP
            if meet:
                parent[id(root(a))] = root(b)
    groups: dict[int, list[Rule]] = defaultdict(list)
    for rule in rules:
        groups[id(root(rule))].append(rule)
    return list(groups.values())


def _lattice(rules: Sequence[Rule]) -> _Lattice | None:
    """The positions of the lines. A table open at its sides ends where its level lines do."""
    level = [rule for rule in rules if rule.level]
    upright = [rule for rule in rules if not rule.level]
    if len(level) < 2 or not upright:
        return None
    sides = [min(rule.start for rule in level), max(rule.end for rule in level)]
    ends = [min(rule.start for rule in upright), max(rule.end for rule in upright)]
    return _Lattice(
        _snapped([rule.at for rule in upright] + sides), _snapped([rule.at for rule in level] + ends), level, upright
    )


def _snapped(positions: Sequence[float]) -> list[float]:
    groups: list[list[float]] = []
    for position in sorted(positions):
        if groups and position - groups[-1][-1] <= _SNAP:
            groups[-1].append(position)
        else:
            groups.append([position])
    return [sum(group) / len(group) for group in groups]


def _read(lattice: _Lattice, glyphs: Sequence[Glyph], page: int) -> tuple[PageTable | None, list[Glyph]]:
    """The table in a lattice, None if it is a frame or a drawing, and the characters that it leaves."""
    xs, ys = lattice.xs, lattice.ys
    owner = _owners(lattice)
    inside: dict[tuple[int, int], list[Glyph]] = defaultdict(list)
    outside: list[Glyph] = []
    for glyph in glyphs:
        c = bisect.bisect(xs, (glyph.left + glyph.right) / 2) - 1
        r = bisect.bisect(ys, glyph.baseline - 0.35 * glyph.size) - 1
        if 0 <= c < len(xs) - 1 and 0 <= r < len(ys) - 1:
            inside[owner[r][c]].append(glyph)
        else:
            outside.append(glyph)
    right = {place: 0.0 for row in owner for place in row}
    for row in owner:
        for c, place in enumerate(row):
            right[place] = max(right[place], xs[c + 1])
    texts = {place: cell_text(lines_of(inside[place], page, columns=False), right[place]) for place in right}
    filled = sum(1 for text in texts.values() if text)
    if len({c for _, c in right}) < 2 or filled < max(2, 0.25 * len(texts)):
        return None, list(glyphs)
    rows = tuple(
        tuple(
            texts[r, c] if owner[r][c] == (r, c) else Merged.ABOVE if owner[r][c][1] == c else Merged.LEFT
            for c in range(len(xs) - 1)
        )
        for r in range(len(ys) - 1)
    )
    return PageTable(page, tuple(xs), tuple(ys), rows, _header(owner)), outside


def _owners(lattice: _Lattice) -> list[list[tuple[int, int]]]:
    """For each elementary place the first place of the cell that it is part of."""
    xs, ys = lattice.xs, lattice.ys
    owner = [[(r, c) for c in range(len(xs) - 1)] for r in range(len(ys) - 1)]
    for r in range(len(ys) - 1):
        for c in range(len(xs) - 1):
            y, x = (ys[r] + ys[r + 1]) / 2, (xs[c] + xs[c + 1]) / 2
            if c and not any(abs(v.at - xs[c]) <= _SNAP and v.start <= y <= v.end for v in lattice.upright):
                owner[r][c] = owner[r][c - 1]
            elif r and not any(abs(h.at - ys[r]) <= _SNAP and h.start <= x <= h.end for h in lattice.level):
                owner[r][c] = owner[r - 1][c]
    return owner


def _header(owner: Sequence[Sequence[tuple[int, int]]]) -> int:
    """How many rows the header has: as many as the highest cell of the first row where that row also
    has cells over several columns, else one."""
    spans = any(place[1] != c for c, place in enumerate(owner[0]))
    height = 1 + max((r for r, row in enumerate(owner) for place in row if place[0] == 0), default=0)
    return height if spans and height < min(5, len(owner)) else 1

"""Tables without upright lines: those between level lines, and those that only stand in columns.

Blanks that run down through all rows part the columns, and a header has to name each of them. Prose,
contents pages, forms and signatures stand in columns too: without level lines a table needs a sign that
it is one, a caption, a header that differs, row numbers or figures.
"""

from __future__ import annotations

import bisect
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.readers.parts import Cell, Merged
from corpus.readers.pdf_evidence import apart, fits, shown
from corpus.readers.pdf_lines import Run, lines_of, rows_of, runs_of, side_by_side
from corpus.readers.pdf_page import Glyph
from corpus.readers.pdf_rows import Row, Strip, rows_between
from corpus.readers.pdf_rules import Rule
from corpus.readers.pdf_tables import PageTable
from corpus.readers.pdf_words import cell_text

# Level lines whose ends are nearer than that are of one table.
_ENDS = 6.0
# The narrowest blanks between columns in ems, with level lines and without.
_RULED, _BARE = 0.45, 1.0
# The share of lines that may go over a blank between columns: the names of groups of rows.
_CROSSING = 0.12
# With more level lines than that, or more lines of text, a page is a drawing.
_MOST_RULES, _MOST_STRIPS = 300, 800
# So many lines at most stand above the rest of a table: running headers.
_HEADERS = 3
# So many lines of a block are tried as a table's header.
_TRIES = 4


def open_tables(
    runs: Sequence[Run], rules: Sequence[Rule], page: int, before: PageTable | None = None
) -> tuple[list[PageTable], frozenset[int]]:
    """The tables among characters that stand in no lattice, and the characters in them, by identity;
    `before` is the table with which the page before ends."""
    if len(rules) < 2 and before is None and not _side_by_side(runs):
        return [], frozenset()
    strips = _strips(runs)
    if len(strips) > _MOST_STRIPS:
        return [], frozenset()
    found: list[PageTable] = []
    taken: set[int] = set()
    if before is not None:
        _take(_rest(strips, before, page), found, taken)
    for region in _regions(rules, strips):
        if not any(id(glyph) in taken for strip in region.strips for glyph in strip.glyphs):
            _take(_ruled(region, page), found, taken)
    if taken:
        runs = runs_of([glyph for run in runs for glyph in run.glyphs if id(glyph) not in taken])
    for side in side_by_side(runs) if _side_by_side(runs) else []:
        for table in _bare_tables(_strips(side), page):
            _take(table, found, taken)
    return found, frozenset(taken)


_Found = tuple[PageTable, frozenset[int]]


def _take(table: _Found | None, found: list[PageTable], taken: set[int]) -> None:
    if table is not None:
        found.append(table[0])
        taken |= table[1]


def _ids(strips: Sequence[Strip]) -> frozenset[int]:
    return frozenset(id(glyph) for strip in strips for glyph in strip.glyphs)


def _strips(runs: Sequence[Run]) -> list[Strip]:
    return [strip for strip in map(Strip.of, rows_of(runs)) if strip.pieces]


def _side_by_side(runs: Sequence[Run]) -> bool:
    """Whether there are lines in pieces, as rows of a table are: most pages have none."""
    places = Counter(round(run.baseline) for run in runs)
    return sum(n > 1 for n in places.values()) > 1


@dataclass(frozen=True, slots=True)
class _Region:
    """What stands between level lines: the header above `heads`, the body cut by the lines in `cuts`."""

    left: float
    right: float
    heads: float
    cuts: tuple[float, ...]
    strips: tuple[Strip, ...]


def _regions(rules: Sequence[Rule], strips: Sequence[Strip]) -> Iterator[_Region]:
    """The places between level lines of one length that may be tables, their rows no prose."""
    groups: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda r: r.at)[:_MOST_RULES]:
        group = next(
            (g for g in groups if abs(g[-1].start - rule.start) < _ENDS and abs(g[-1].end - rule.end) < _ENDS), None
        )
        if group is None:
            groups.append([rule])
        elif rule.at - group[-1].at > 4:
            group.append(rule)
    for group in groups:
        left, right = min(r.start for r in group), max(r.end for r in group)
        inside = [cut for cut in (strip.between(left - 2, right + 2) for strip in strips) if cut.pieces]
        levels = [rule.at for rule in group]
        i = 0
        while i < len(levels) - 1:
            last = i
            while last + 1 < len(levels) and _tabular(inside, levels[last], levels[last + 1], left, right):
                last += 1
            region = _region(left, right, levels[i : last + 1], inside) if last > i else None
            if region is not None:
                yield region
            i = max(last, i + 1)


def _tabular(strips: Sequence[Strip], top: float, bottom: float, left: float, right: float) -> bool:
    """Whether there is text between two lines, and none of it runs from side to side."""
    between = [strip for strip in strips if top < strip.middle < bottom]
    return bool(between) and not any(
        apart(strip, left + 2 * strip.size) or _across(strip, left, right) for strip in between
    )


def _across(strip: Strip, left: float, right: float) -> bool:
    """Whether a line begins at the left side and goes on nearly to the right one."""
    return any(p.left < left + 2 * strip.size and p.right - p.left > 0.75 * (right - left) for p in strip.pieces)


def _region(left: float, right: float, levels: Sequence[float], strips: Sequence[Strip]) -> _Region | None:
    """The region between lines. Where its first row stands above the first line, that is the header."""
    above = [strip for strip in strips if strip.middle < levels[0]]
    head = above[-1] if above else None
    if head is not None and levels[0] - head.baseline < 1.4 * head.size and len(head.joined(_BARE)) > 1:
        top, heads, cuts = head.top - 1, levels[0], tuple(levels[1:-1])
    elif len(levels) > 2:
        top, heads, cuts = levels[0], levels[1], tuple(levels[2:-1])
    elif len(levels) == 2:
        top, heads, cuts = levels[0], levels[1], ()
    else:
        return None
    header = [i for i, strip in enumerate(strips) if top < strip.middle < heads]
    if not header:
        return None
    # Where a page ends within a table, its last line is on another.
    last = [i for i, strip in enumerate(strips) if strip.middle < levels[-1]][-1]
    end = _reach(strips, header[-1], last, _RULED)
    if end > last:
        cuts = (*cuts, levels[-1]) if levels[-1] > heads else cuts
    within = tuple(strips[header[0] : max(last, end) + 1])
    return _Region(left, right, heads, cuts, within)


def _rest(strips: Sequence[Strip], before: PageTable, page: int) -> _Found | None:
    """The rows at the top of a page that go on with the table before: they keep its columns apart."""
    edges, sides = before.xs[1:-1], (before.xs[0], before.xs[-1])
    for first in range(min(_HEADERS, len(strips))):
        last = first - 1
        for i in range(first, len(strips)):
            strip = strips[i]
            far = i > first and strip.top - strips[i - 1].baseline > 2.6 * strip.size
            if far or apart(strip, edges[0]) or not _keeps(strip, edges, sides):
                break
            if len(strip.joined(_RULED)) > 1:
                last = i
        block = strips[first : last + 1]
        if block and sum(_columns(strip, edges) > 1 for strip in block) > 0.5 * len(block):
            table = _table((), rows_between(block, edges, ()), edges, sides, page)
            repeated = table.rows[0] == before.rows[before.header - 1]
            filled = sum(bool(cell) for cell in table.rows[0]) > 0.5 * len(table.rows[0])
            if filled and not repeated:
                return table, _ids(block)
            return None
    return None


def _keeps(strip: Strip, edges: Sequence[float], sides: tuple[float, float]) -> bool:
    return all(
        piece.left > sides[0] - strip.size
        and piece.right < sides[1] + strip.size
        and not any(piece.left < edge - 2 and piece.right > edge + 2 for edge in edges)
        for piece in strip.pieces
    )


def _columns(strip: Strip, edges: Sequence[float]) -> int:
    return len({bisect.bisect(edges, piece.left) for piece in strip.pieces})


def _ruled(region: _Region, page: int) -> _Found | None:
    heads = [strip for strip in region.strips if strip.middle < region.heads]
    body = [strip for strip in region.strips if strip.middle > region.heads]
    if not heads or len(heads) > 6 or len(body) < 2:
        return None
    edges = _named(_gaps(body, _RULED * body[0].size, _CROSSING), heads)
    if not edges:
        return None
    table = _table(heads, rows_between(body, edges, region.cuts), edges, (region.left, region.right), page)
    if not fits(table, 0.6):
        return None
    return table, _ids(region.strips)


def _gaps(strips: Sequence[Strip], narrowest: float, crossing: float) -> list[tuple[float, float]]:
    """The blanks that run down between the columns of some lines."""
    changes: dict[float, int] = defaultdict(int)
    for strip in strips:
        for piece in strip.pieces:
            changes[piece.left] += 1
            changes[piece.right] -= 1
    limit = crossing * len(strips) if len(strips) > 5 else 0
    gaps: list[tuple[float, float]] = []
    over, since = 0, None
    for x in sorted(changes):
        if since is not None and over <= limit < over + changes[x]:
            if x - since >= narrowest:
                gaps.append((since, x))
            since = None
        over += changes[x]
        if over <= limit and since is None:
            since = x
    return gaps


def _named(gaps: Sequence[tuple[float, float]], heads: Sequence[Strip]) -> list[float]:
    """The middles of the blanks that part columns which the header names: each but the first has a name of
    its own."""
    last = heads[-1]
    left = [_room(gap, last) for gap in gaps]
    edges = [(a + b) / 2 for a, b in left if b - a > 0.3 * last.size]
    kept: list[float] = []
    for i, edge in enumerate(edges):
        end = edges[i + 1] if i + 1 < len(edges) else float("inf")
        if any(edge < piece.left and (piece.left + piece.right) / 2 < end for s in heads for piece in s.pieces):
            kept.append(edge)
    return kept


def _bare_tables(strips: Sequence[Strip], page: int) -> Iterator[_Found]:
    """The tables that have no lines at all."""
    i = tries = furthest = 0
    while i < len(strips):
        head = strips[i].joined(_BARE)
        last = _reach(strips, i, i, _BARE) if len(head) > 1 else i
        if last - i >= 2:
            block = strips[i : last + 1]
            edges = _named(_gaps(block, 0.9 * strips[i].size, 0.0), block[:1])
            sides = min(s.pieces[0].left for s in block), max(s.pieces[-1].right for s in block)
            if edges:
                table = _table(block[:1], rows_between(block[1:], edges, ()), edges, sides, page)
                if fits(table, 0.7) and shown(table, block, strips[i - 1] if i else None):
                    yield table, _ids(block)
                    i, tries = last + 1, 0
                    continue
        # The header may stand below a line or two in columns, but not anywhere in a long list.
        tries, furthest = tries + (last > i), max(furthest, last)
        if tries == _TRIES or i >= furthest:
            i, tries = max(i, furthest), 0
        i += 1


def _reach(strips: Sequence[Strip], head: int, last: int, narrowest: float) -> int:
    """The last line after `last` that keeps free the blanks which part a header."""
    pieces = strips[head].joined(narrowest)
    free = [(a.right, b.left) for a, b in itertools.pairwise(pieces)]
    if not free:
        return last
    for i in range(last + 1, len(strips)):
        strip = strips[i]
        if strip.top - strips[i - 1].baseline > 2.6 * strip.size or apart(strip, free[0][1] - 1):
            break
        left = [_room(gap, strip) for gap in free]
        if any(b - a < 0.9 * narrowest * strip.size for a, b in left):
            break
        free = left
        # The rest of a cell, though not in the first column: there, other text goes on.
        rest = (
            i == last + 1 and strip.pieces[0].left > free[0][1] - 1 and strip.top - strips[last].baseline < strip.size
        )
        if rest or len(strip.joined(narrowest)) > 1:
            last = i
        elif i - last > 4:
            break
    return last


def _room(gap: tuple[float, float], strip: Strip) -> tuple[float, float]:
    """The widest part of a blank that a line leaves."""
    start, widest = gap[0], (gap[0], gap[0])
    for piece in strip.pieces:
        if piece.right > start and piece.left < gap[1]:
            widest = max(widest, (start, max(start, piece.left)), key=lambda g: g[1] - g[0])
            start = max(start, piece.right)
    return max(widest, (start, max(start, gap[1])), key=lambda g: g[1] - g[0])


def _table(
    heads: Sequence[Strip], body: Sequence[Row], edges: Sequence[float], sides: tuple[float, float], page: int
) -> PageTable:
    """The table of a header's lines and its rows."""
    xs = (sides[0], *edges, sides[1])
    rows = [*(Row(strips) for strips in _header_rows(heads, edges)), *body]
    tops = [row.top for row in rows]
    tops.append(max(strip.bottom for row in rows for strip in row.strips))
    cells = tuple(_cells(row, xs, page) for row in rows)
    return PageTable(page, xs, tuple(itertools.accumulate(tops, max)), cells, len(rows) - len(body), open=True)


def _header_rows(heads: Sequence[Strip], edges: Sequence[float]) -> list[tuple[Strip, ...]]:
    """The lines of a header as rows: one that names several columns at once is a row of its own."""
    rows: list[list[Strip]] = []
    wide = True
    for strip in heads:
        spans = any(piece.left < edge < piece.right for piece in strip.pieces for edge in edges)
        if spans or wide:
            rows.append([strip])
        else:
            rows[-1].append(strip)
        wide = spans
    return [tuple(row) for row in rows]


def _cells(row: Row, xs: Sequence[float], page: int) -> tuple[Cell, ...]:
    """What stands in each column of a row; what goes over several is a cell over them."""
    inside: dict[int, list[Glyph]] = defaultdict(list)
    covered: set[int] = set()
    for strip in row.strips:
        for piece in strip.pieces:
            over = [c for c in range(len(xs) - 1) if piece.left < xs[c + 1] and piece.right > xs[c]] or [0]
            inside[over[0]] += piece.glyphs
            covered.update(over[1:])
    return tuple(
        cell_text(lines_of(inside[c], page, columns=False), xs[c + 1])
        if c in inside
        else Merged.LEFT
        if c in covered
        else Merged.ABOVE
        if c in row.covered
        else ""
        for c in range(len(xs) - 1)
    )

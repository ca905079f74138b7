"""Characters on a page to lines of text in reading order: words, blanks, columns.

It knows where things stand on one page; what goes on from line to line is for `pdf_flow.py`.
"""

from __future__ import annotations

import itertools
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.document import Box
from corpus.readers.pdf_page import Glyph

# Widths of blanks in ems: between Latin letters, at a full-width character, and one that sets columns apart.
_WORD, _BESIDE_WIDE, _TAB = 0.17, 0.19, 1.8
_WIDE = re.compile(r"[\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_WIDE_MARK = re.compile(r"[\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff3d\uff5b-\uff65]")
# Marks of both scripts: between Latin letters they stand as these do, beside a full-width character as wide ones.
_EITHER_MARK = re.compile(r"[“”‘’…—·]")
# A number or letter that begins an item: what stands far behind it is no column.
_LABEL = re.compile(r"((?:[(（]?(?:\d{1,3}|[a-zA-Z]|[ivx]{2,4})[)）.．]|[-–—•·●▪■◆○])) ?\t")
_SPACED = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text with its place. `column` is 0 for the page's whole width, 1 and 2 for the columns
    of a page that has two."""

    text: str
    page: int
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool
    column: int = 0

    @property
    def box(self) -> Box:
        return Box(self.page, *(round(v, 1) for v in (self.left, self.top, self.right, self.bottom)))


@dataclass(frozen=True, slots=True)
class Run:
    """Characters that follow each other on one line, and the largest size among them."""

    glyphs: tuple[Glyph, ...]
    size: float

    @property
    def left(self) -> float:
        return self.glyphs[0].left

    @property
    def right(self) -> float:
        return self.glyphs[-1].right

    @property
    def baseline(self) -> float:
        return self.glyphs[0].baseline


@dataclass(frozen=True, slots=True)
class Gutter:
    """The blank between two columns of prose."""

    left: float
    right: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


def lines_of(glyphs: Sequence[Glyph], page: int, *, columns: bool = True) -> list[TextLine]:
    """The lines that characters in the order of their drawing make, in reading order."""
    return page_lines(runs_of(glyphs), page)[0] if columns else [_line(row, page, 0) for row in _rows(runs_of(glyphs))]


def page_lines(runs: Sequence[Run], page: int, before: Gutter | None = None) -> tuple[list[TextLine], Gutter | None]:
    """The lines of a page and the blank between its columns, where `before` is that of the page before."""
    gutter = _gutter(runs) or (before if before and _keeps_free(runs, before) else None)
    if gutter is None:
        return [_line(row, page, 0) for row in _rows(runs)], None
    found: list[TextLine] = []
    left: list[Run] = []
    right: list[Run] = []
    for row in _rows(runs):
        if _goes_over(row, gutter):
            found += _sides(left, right, page)
            left, right = [], []
            found.append(_line(row, page, 0))
        else:
            left += [run for run in row if run.right <= gutter.middle]
            right += [run for run in row if run.left >= gutter.middle]
    return found + _sides(left, right, page), gutter


def _goes_over(row: Sequence[Run], gutter: Gutter) -> bool:
    """Whether a row goes on over the blank between the columns: in it, or with a narrower blank there."""
    if any(run.left < gutter.middle < run.right for run in row):
        return True
    left = max((run.right for run in row if run.right <= gutter.middle), default=gutter.left)
    right = min((run.left for run in row if run.left >= gutter.middle), default=gutter.right)
    return gutter.left + 1 < left < right < gutter.right - 1 and right - left < 0.75 * (gutter.right - gutter.left)


def _keeps_free(runs: Sequence[Run], gutter: Gutter) -> bool:
    """Whether a page with little text has the columns of the one before."""
    over = any(run.left < gutter.middle < run.right for run in runs)
    left, right = [r for r in runs if r.right <= gutter.middle], [r for r in runs if r.left >= gutter.middle]
    return not over and bool(left and right) and max(r.right for r in left) > gutter.left - 2 * left[0].size


def side_by_side(runs: Sequence[Run]) -> list[list[Run]]:
    """What stands in each column of prose, or on the whole page where it has but one."""
    gutter = _gutter(runs)
    if gutter is None:
        return [list(runs)]
    return [[run for run in runs if (run.left < gutter.middle) is left] for left in (True, False)]


def rows_of(runs: Sequence[Run]) -> list[list[Glyph]]:
    """The characters that stand side by side, from top to bottom."""
    return [[glyph for run in row for glyph in run.glyphs] for row in _rows(runs)]


def _sides(left: Sequence[Run], right: Sequence[Run], page: int) -> list[TextLine]:
    return [_line(row, page, 1) for row in _rows(left)] + [_line(row, page, 2) for row in _rows(right)]


def runs_of(glyphs: Sequence[Glyph]) -> list[Run]:
    """The characters in the order of their drawing, in pieces without a wide blank."""
    return list(_pieces(glyphs))


def _pieces(glyphs: Sequence[Glyph]) -> Iterator[Run]:
    run: list[Glyph] = []
    for glyph in glyphs:
        if run:
            last = run[-1]
            size = max(last.size, glyph.size)
            apart = abs(glyph.baseline - run[0].baseline) > 0.3 * size
            if apart or not -0.6 * size < glyph.left - last.right < size:
                yield from _trimmed(run)
                run = []
        run.append(glyph)
    yield from _trimmed(run)


def _trimmed(run: Sequence[Glyph]) -> Iterator[Run]:
    """The run without blanks at its ends."""
    inked = [i for i, glyph in enumerate(run) if not glyph.text.isspace()]
    if inked:
        glyphs = tuple(run[inked[0] : inked[-1] + 1])
        yield Run(glyphs, max(glyph.size for glyph in glyphs))


def _rows(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs side by side, from top to bottom. What stands a little higher and is smaller is beside them."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda r: (r.baseline, r.left)):
        for row in reversed(rows[-3:]):
            largest = max(row, key=lambda r: r.size)
            if abs(run.baseline - largest.baseline) < 0.45 * max(run.size, largest.size):
                row.append(run)
                break
        else:
            rows.append([run])
    for row in rows:
        row.sort(key=lambda r: r.left)
    return sorted(rows, key=lambda row: max(row, key=lambda r: r.size).baseline)


def _gutter(runs: Sequence[Run]) -> Gutter | None:
    """Where the blank between two columns of prose is, if the page has two."""
    if len(runs) < 16:
        return None
    first, last = int(min(r.left for r in runs)), int(max(r.right for r in runs)) + 1
    crossing = [0] * (last - first + 2)
    for run in runs:
        crossing[int(run.left) - first] += 1
        crossing[int(run.right) - first + 1] -= 1
    total, best, since = 0, (0, 0), None
    limit = 0.15 * len(runs)
    width = last - first
    for x, change in enumerate(crossing):
        total += change
        free = total <= limit and 0.3 * width < x < 0.7 * width
        if free and since is None:
            since = x
        elif not free and since is not None:
            best = max(best, (x - since, since))
            since = None
    gap, start = best
    size = statistics.median(r.size for r in runs)
    if gap < 0.7 * size:
        return None
    middle = first + start + gap / 2
    left = _rows([run for run in runs if run.right <= middle])
    right = _rows([run for run in runs if run.left >= middle])
    full = _mostly_full(left, middle - first - size) and _mostly_full(right, last - middle - size)
    return Gutter(first + start, first + start + gap) if full else None


def _mostly_full(rows: Sequence[Sequence[Run]], room: float) -> bool:
    """Whether rows fill their column as prose does, unlike the labels and numbers of a form, or a table."""
    pieces = sum(len(row) > 1 for row in rows)
    full = statistics.median(row[-1].right - row[0].left for row in rows) > 0.6 * room if rows else False
    return len(rows) >= 6 and full and pieces < 0.5 * len(rows)


def _line(runs: Sequence[Run], page: int, column: int) -> TextLine:
    glyphs = [glyph for run in runs for glyph in run.glyphs]
    weights = Counter[float]()
    for glyph in glyphs:
        weights[round(glyph.size, 1)] += len(glyph.text)
    size = weights.most_common(1)[0][0]
    body = [g for g in glyphs if g.size > 0.8 * size] or glyphs
    inked = [g for g in glyphs if not g.text.isspace()]
    return TextLine(
        text=_text(runs, size, body[0].baseline),
        page=page,
        left=runs[0].left,
        right=max(run.right for run in runs),
        top=min(g.top for g in body),
        bottom=max(g.bottom for g in body),
        size=size,
        bold=all(g.bold for g in inked),
        column=column,
    )


def _text(runs: Sequence[Run], size: float, baseline: float) -> str:
    """The words of a line, with a blank where there is room for one."""
    glyphs = [glyph for run in runs for glyph in run.glyphs]
    gaps = [b.left - a.right for a, b in itertools.pairwise(glyphs)]
    wide = sorted(
        gap
        for (a, b), gap in zip(itertools.pairwise(glyphs), gaps, strict=True)
        if _WIDE.match(a.text[-1:]) and _WIDE.match(b.text[:1]) and gap < 0.8 * size
    )
    usual = max(0.0, wide[len(wide) // 2]) if len(wide) >= 5 else 0.0
    text = ""
    for i, glyph in enumerate(glyphs):
        shown = glyph.text or "\ufffd"
        raised = glyph.size < 0.9 * size and baseline - glyph.baseline > 0.2 * size
        if raised:
            shown = shown.translate(_SUPERSCRIPT)
        if text:
            text += _blank(text, shown, gaps[i - 1] - usual, size, raised)
        text += shown
    text = re.sub(r" *\t *", "\t", re.sub(r"[ \u3000]+", " ", text)).strip()
    pairs = len(re.findall(r"[\u3400-\u9fff] ?(?=[\u3400-\u9fff])", text))
    spaced = len(_SPACED.findall(text))
    text = _SPACED.sub("", text) if pairs >= 6 and spaced > 0.5 * pairs else text
    label = _LABEL.match(text)
    return f"{label[1]} {text[label.end() :]}" if label else text


def _blank(before: str, after: str, gap: float, size: float, raised: bool) -> str:
    if before[-1].isspace() or after[0].isspace():
        return "\t" if gap > _TAB * size and not after.isspace() else ""
    if gap > _TAB * size:
        return " " if re.search(r"[.…·]{3}$", before) else "\t"
    if raised:
        return ""
    a, b = before[-1], after[0]
    wide = _WIDE.match(a) or _WIDE.match(b)
    if _WIDE_MARK.match(a) or _WIDE_MARK.match(b) or (wide and (_EITHER_MARK.match(a) or _EITHER_MARK.match(b))):
        return " " if gap > 0.9 * size else ""
    return " " if gap > (_BESIDE_WIDE if wide else _WORD) * size else ""


def union(lines: Sequence[TextLine]) -> Box:
    """The place of lines on the page of the first."""
    return Box(
        lines[0].page,
        round(min(line.left for line in lines), 1),
        round(min(line.top for line in lines), 1),
        round(max(line.right for line in lines), 1),
        round(max(line.bottom for line in lines), 1),
    )

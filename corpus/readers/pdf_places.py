"""Where the words of a span stand on a PDF's pages: a box for each piece of a line.

A document keeps one box a page of each block. The words' own places are found again from the characters
within those boxes: the reader joined lines, took hyphens and blanks out and put columns in order, so the
characters of a block are compared without blanks and hyphens, as a whole where they are drawn in the
order of the text, else piece by piece. What has no place of its own has its block's.
"""

from __future__ import annotations

import ctypes
import itertools
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from corpus.document import Box
from corpus.readers.pdf_rules import Frame

# How far from a block's box the middle of one of its characters may be, in points.
_AROUND = 2.0
# Pages and blocks with more characters than that are no text that anyone reads.
_MOST_CHARACTERS = 60_000
# A text of so many characters is not another one by chance.
_UNMISTAKABLE = 12
# What the reader adds, takes out or writes otherwise, besides blanks: hyphens, marks between cells, bullets.
_PASSED_OVER = frozenset("•-‐‑\u00ad\u0002|\ufffe\uffff\ufffd")
# Control characters, and those that only one font gives a meaning.
_UNWRITTEN = ("Cc", "Co")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The characters `start` to `end` of a block's text, and the pages and boxes on which the block stands."""

    text: str
    start: int
    end: int
    pages: tuple[int, ...]
    boxes: tuple[Box, ...]


# For each character of a text its marks, by their places in a sequence of marks.
_Found = dict[int, list[int]]


class Mark(NamedTuple):
    """A character on a page as it is compared. One that stands for several (a ligature) gives several marks."""

    key: str
    page: int
    left: float
    top: float
    right: float
    bottom: float


def marks_on(page: pdfium.PdfPage, number: int) -> list[Mark]:
    """The characters on a page in the order of their drawing, with places as a `Box` has them."""
    frame = Frame(page.get_cropbox(), (page.get_rotation() // 90) % 4)
    textpage = page.get_textpage()
    try:
        return [
            Mark(key, number, *place)
            for code, place in itertools.islice(_characters(textpage.raw, frame), _MOST_CHARACTERS)
            for key in keys(chr(code))
        ]
    finally:
        textpage.close()


def _characters(text: Any, frame: Frame) -> Iterator[tuple[int, tuple[float, float, float, float]]]:
    """Each character's code and place; PDFium gives characters beyond U+FFFF in two halves."""
    box, high = raw.FS_RECTF(), 0
    for i in range(raw.FPDFText_CountChars(text)):
        code = raw.FPDFText_GetUnicode(text, i)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        high = 0
        if code < 0x110000 and raw.FPDFText_GetLooseCharBox(text, i, ctypes.byref(box)):
            (x, y), (u, v) = frame.point(box.left, box.top), frame.point(box.right, box.bottom)
            yield code, (min(x, u), min(y, v), max(x, u), max(y, v))


@cache
def keys(character: str) -> str:
    """What a character is compared by: letters and marks in one form, nothing for blanks and hyphens."""
    if character in _PASSED_OVER:
        return ""
    folded = unicodedata.normalize("NFKC", character).casefold()
    return "".join(c for c in folded if not (c.isspace() or c in _PASSED_OVER or unicodedata.category(c) in _UNWRITTEN))


def place(wanted: Wanted, marks: Sequence[Mark]) -> tuple[tuple[Box, ...], bool]:
    """The boxes of what is wanted, from top to bottom as the text has it, and whether they are the words' own:
    every letter and digit was found. `marks` are those of the block's pages, in the order of their drawing."""
    near = [mark for mark in marks if _stands_in(mark, wanted)]
    for found, among in _readings(wanted.text, near, marks):
        span = range(wanted.start, min(wanted.end, len(wanted.text)))
        own = _pieces([among[k] for i in span for k in found.get(i, ())])
        if own and all(i in found for i in span if any(map(str.isalnum, keys(wanted.text[i])))):
            return own, True
    return tuple(box for box in wanted.boxes if box.page in wanted.pages), False


def _readings(text: str, near: Sequence[Mark], marks: Sequence[Mark]) -> Iterator[tuple[_Found, Sequence[Mark]]]:
    """What may be found of a block, the best first, each with the marks that it is about. What its box leaves
    out may stand elsewhere on the page, but only if it is long and drawn in one, and only once."""
    by_rows = sorted(near, key=lambda mark: (mark.page, round(mark.bottom / 3), mark.left))
    for among in (near, by_rows):
        yield _in_one(text, among), among
    if len(text) <= _MOST_CHARACTERS:
        yield _by_pieces(text, near), near
    sought, _ = _letters(text)
    if len(sought) >= _UNMISTAKABLE and "".join(mark.key for mark in marks).count(sought) == 1:
        yield _in_one(text, marks), marks


def _letters(text: str) -> tuple[str, list[int]]:
    """A text as it is compared, and the place in it of each of the characters."""
    letters = [(key, i) for i, character in enumerate(text) for key in keys(character)]
    return "".join(key for key, _ in letters), [i for _, i in letters]


def _stands_in(mark: Mark, wanted: Wanted) -> bool:
    if not wanted.boxes:
        return mark.page in wanted.pages
    x, y = (mark.left + mark.right) / 2, (mark.top + mark.bottom) / 2
    return any(
        mark.page == box.page
        and box.left - _AROUND < x < box.right + _AROUND
        and box.top - _AROUND < y < box.bottom + _AROUND
        for box in wanted.boxes
    )


def _in_one(text: str, marks: Sequence[Mark]) -> _Found:
    """The marks of a text that follow each other as in the text."""
    sought, places = _letters(text)
    at = "".join(mark.key for mark in marks).find(sought) if sought else -1
    found: _Found = {}
    for k, i in enumerate(places if at >= 0 else (), at):
        found.setdefault(i, []).append(k)
    return found


def _by_pieces(text: str, marks: Sequence[Mark]) -> _Found:
    """The marks of a text whose lines are drawn in another order: each piece of a line takes the first place
    that is free, the longest pieces first, equal ones from top left on. Of a piece that is not in the text
    its longest beginnings are taken; single characters come last, as they stand anywhere."""
    free, places = _letters(text)
    found: _Found = {}
    runs = sorted(_runs(marks), key=lambda run: (marks[run[0]].page, round(marks[run[0]].top), marks[run[0]].left))
    runs.sort(key=len, reverse=True)
    words = {run: "".join(marks[k].key for k in run) for run in runs}
    torn = [run for run in runs if len(run) > 1 and words[run] not in free]

    def take(run: range) -> None:
        nonlocal free
        at = free.find("".join(marks[k].key for k in run))
        if at >= 0:
            free = free[:at] + "\0" * len(run) + free[at + len(run) :]
            for n, k in enumerate(run, at):
                found.setdefault(places[n], []).append(k)

    for run in runs:
        if len(run) > 1:
            take(run)
    for run in torn:
        k = 0
        while k < len(run):
            length = _longest_beginning(words[run][k:], free)
            if length > 1:
                take(run[k : k + length])
            k += max(1, length)
    for run in runs:
        if len(run) == 1:
            take(run)
    return found


def _longest_beginning(text: str, free: str) -> int:
    """How many of the first characters of a text stand together among those that are free."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if text[:middle] in free else (low, middle - 1)
    return low


def _runs(marks: Sequence[Mark]) -> Iterator[range]:
    """The marks that follow each other on one line, by their places."""
    start = 0
    for k in range(1, len(marks) + 1):
        if k == len(marks) or not _goes_on(marks[k - 1], marks[k], 1.0):
            if k > start:
                yield range(start, k)
            start = k


def _goes_on(before: Mark, after: Mark, blank: float) -> bool:
    """Whether a character stands on the same line behind another, at most a blank so many times as high away,
    or is drawn with it as one."""
    if after[1:] == before[1:]:
        return True
    if after.page != before.page:
        return False
    height = min(before.bottom - before.top, after.bottom - after.top)
    shared = min(before.bottom, after.bottom) - max(before.top, after.top)
    return shared > 0.5 * height and -0.6 * height < after.left - before.right < blank * height


def _pieces(marks: Sequence[Mark]) -> tuple[Box, ...]:
    """One box for the marks that stand together on a line, whichever way the line runs."""
    boxes: list[Box] = []
    for i, mark in enumerate(marks):
        last = boxes[-1] if i else None
        if last is not None and (_along(last, marks[i - 1], mark) or _up_or_down(last, marks[i - 1], mark)):
            left, top = min(last.left, mark.left), min(last.top, mark.top)
            boxes[-1] = Box(mark.page, left, top, max(last.right, mark.right), max(last.bottom, mark.bottom))
        else:
            boxes.append(Box(mark.page, *mark[2:]))
    return tuple(Box(b.page, *(round(v, 1) for v in (b.left, b.top, b.right, b.bottom))) for b in boxes)


def _along(box: Box, before: Mark, mark: Mark) -> bool:
    """Whether a mark goes on with a line from left to right."""
    return box.bottom - box.top < 2 * (mark.bottom - mark.top) and _goes_on(before, mark, 2.0)


def _up_or_down(box: Box, before: Mark, mark: Mark) -> bool:
    """Whether a mark goes on with a line that runs upwards or downwards."""
    width = min(before.right - before.left, mark.right - mark.left)
    shared = min(before.right, mark.right) - max(before.left, mark.left)
    apart = max(before.top, mark.top) - min(before.bottom, mark.bottom)
    upright = box.right - box.left < 1.5 * (mark.right - mark.left)
    return mark.page == before.page and upright and shared > 0.5 * width and -0.6 * width < apart < 0.3 * width

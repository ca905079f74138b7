"""Watermarks that stand upright: large words over the text, which would stand in its lines.

What lies over the text of one page is a watermark on all pages where it stands at the same place.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from corpus.readers.pdf_page import Glyph, Sheet

# So much larger than the text are watermarks, and so many of its characters at least they cover.
_LARGER = 1.6
_COVERED = 2

_Key = tuple[str, int, int]


def without_watermarks(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The pages with the watermarks taken out of their text and put to what is slanted."""
    large = [_large(sheet.glyphs) for sheet in sheets]
    marks = {_key(line) for sheet, lines in zip(sheets, large, strict=True) for line in lines if _covers(line, sheet)}
    return [
        _apart(sheet, [line for line in lines if _key(line) in marks])
        for sheet, lines in zip(sheets, large, strict=True)
    ]


def _large(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """The lines of characters that are much larger than most."""
    sizes = Counter(round(glyph.size, 1) for glyph in glyphs)
    body = max(sizes, key=lambda size: sizes[size], default=0.0)
    lines: dict[tuple[int, int], list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        if glyph.size > _LARGER * body:
            lines[round(glyph.baseline), round(glyph.size)].append(glyph)
    return list(lines.values())


def _key(line: Sequence[Glyph]) -> _Key:
    return "".join(glyph.text for glyph in line), round(line[0].left / 8), round(line[0].baseline / 8)


def _covers(line: Sequence[Glyph], sheet: Sheet) -> bool:
    """Whether other characters stand within those of a line."""
    first = line[0]
    top, bottom = first.baseline - 0.75 * first.size, first.baseline
    left, right = min(glyph.left for glyph in line), max(glyph.right for glyph in line)
    beside = [
        (glyph.left + glyph.right) / 2
        for glyph in sheet.glyphs
        if glyph.size * _LARGER < first.size
        and top < glyph.baseline - 0.35 * glyph.size < bottom
        and left < glyph.left < right
        and glyph.text.strip()
    ]
    return sum(any(glyph.left < x < glyph.right for glyph in line) for x in beside) >= _COVERED


def _apart(sheet: Sheet, marks: Sequence[Sequence[Glyph]]) -> Sheet:
    if not marks:
        return sheet
    taken = {id(glyph) for line in marks for glyph in line}
    kept = tuple(glyph for glyph in sheet.glyphs if id(glyph) not in taken)
    words = " ".join("".join(glyph.text for glyph in line).strip() for line in marks)
    return replace(sheet, glyphs=kept, slanted=" ".join(filter(None, (sheet.slanted, words))))

"""What speaks for a table that has no upright lines, and what against it: its words, not its places."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus import structure
from corpus.readers.pdf_rows import Strip
from corpus.readers.pdf_tables import PageTable

_CAPTION = re.compile(r"(?:续?表|附表|Table)\s*[A-Z]?[.．]?\s*[\d一二三四五六七八九十]", re.I)
_NUMBERS = re.compile(r"(?:序号|编号|项次|No\.?|#)$", re.I)
_FIGURE = re.compile(r"[-+−±<>≤≥≈~]?\s*[\d.,]*\d\s*(?:[%％‰]|[a-zA-Z]{1,3}|[万亿元个项年月日家次]{1,2})?$|[-–—/]+$")
_YEAR = re.compile(r"(?:19|20)\d\d\s*年?(?:度|\d{1,2}月)?$")
_PAGES = re.compile(r"页\s*[码次数]?$|pages?$", re.I)
_BLANK_TO_FILL = re.compile(r"[:：]\s*$|_{3,}|＿{2,}|\.{4,}|…{2,}")
_NOTE = re.compile(r"(?:注|备注|说明|(?:资料|数据)?来源|Notes?|Source)\s*\d{0,2}\s*[:：.]", re.I)
# The name of a column is no longer.
_NAME = 60


def apart(strip: Strip, inner: float) -> bool:
    """Whether a line is of no table: a caption, a note, a sentence that stands alone and begins before
    `inner`, where the columns after the first stand."""
    first = strip.pieces[0].left < inner
    sentence = first and len(strip.pieces) == 1 and len(strip.text) > 12 and strip.text[-1] in "。！？"
    return sentence or _CAPTION.match(strip.text) is not None or _NOTE.match(strip.text) is not None


def fits(table: PageTable, share: float) -> bool:
    """Whether nothing speaks against a table: its header names columns, and so many of its rows have
    cells side by side that are not there to be filled in."""
    rows = [[cell if isinstance(cell, str) else "" for cell in row] for row in table.rows]
    heads, body = rows[: table.header], rows[table.header :]
    cells = [cell for row in body for cell in row if cell]
    if len(body) < 2 or sum(sum(map(bool, row)) > 1 for row in body) < share * len(body):
        return False
    if sum(bool(_BLANK_TO_FILL.search(cell)) for cell in cells) > 0.1 * len(cells):
        return False
    names = [cell for row in heads for cell in row if cell]
    return all(heads[-1][1:]) and not _PAGES.search(names[-1]) and not any(map(_names_nothing, names))


def _names_nothing(cell: str) -> bool:
    """Whether words are not the name of a column: an item, a sentence, a date, a figure."""
    figure = _FIGURE.match(cell) and not _YEAR.match(cell)
    mark = structure.numbered(cell)
    counted = (mark is not None and mark.length > 0) or structure.bullet(cell) or structure.date_line(cell)
    return bool(figure) or counted or len(cell) > _NAME or structure.ends_sentence(cell)


def shown(table: PageTable, block: Sequence[Strip], above: Strip | None) -> bool:
    """Whether something shows that lines in columns are a table."""
    head, *body = [[cell if isinstance(cell, str) else "" for cell in row] for row in table.rows]
    marked = sum(structure.numbered(row[0]) is not None or structure.bullet(row[0]) for row in body)
    if marked > 0.4 * len(body):
        return False
    figures = any(sum(bool(_FIGURE.match(row[c])) for row in body) > 0.7 * len(body) for c in range(1, len(head)))
    bold = all(g.bold for g in block[0].glyphs) and not all(g.bold for s in block[1:] for g in s.glyphs)
    named = (above is not None and _CAPTION.match(above.text) is not None) or bool(_NUMBERS.match(head[0]))
    return named or bold or (figures and len(body) > (3 if len(head) < 3 else 2))

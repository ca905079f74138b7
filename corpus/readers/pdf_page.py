"""A PDF's pages as PDFium sees them: characters with their places, ruling lines, pictures.

All places are in points from the top left corner of the page as it is shown, whatever its rotation and
crop. It knows nothing of lines of text, paragraphs or tables.
"""

from __future__ import annotations

import ctypes
import functools
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from corpus.readers.pdf_rules import Frame, Rule, drawn

# Stands for a hyphen at the end of a line, which may belong to the word or not.
LINE_HYPHEN = "\x02"
_BOLD = re.compile(r"bold|black|heavy|demi|simhei|fzhei|stheiti|heiti|fzxbs|zhongsong|黑体|小标宋", re.I)
# What symbol fonts use for bullets; it has no meaning outside of them.
_BULLETS = dict.fromkeys("\uf06c\uf06e\uf0a7\uf0b7\uf0d8\uf0fc\uf075", "•")
_FOLDED = re.compile("[\u2e80-\u2fdf\ufb00-\ufb06\u00a0]")
_IGNORED = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\ufffe\uffff\ufffd")


class Glyph(NamedTuple):
    """A character on a page, or the words that OCR read in one piece. `unit` is the number of its text
    object; `known` is False where the font does not say which character it is."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool = False
    known: bool = True

    @property
    def top(self) -> float:
        return self.baseline - 0.88 * self.size

    @property
    def bottom(self) -> float:
        return self.baseline + 0.14 * self.size


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page. `slanted` are the characters that are not upright; `pictured` is the share of the page
    that pictures cover, `paths` the number of other things drawn on it; `turned` says that its text runs
    along another side than the page's top, so that places on it are not the page's own."""

    number: int
    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    rules: tuple[Rule, ...] = ()
    slanted: str = ""
    pictured: float = 0.0
    paths: int = 0
    turned: bool = False


def read_sheet(pdf: pdfium.PdfDocument, index: int) -> Sheet:
    """The page with this index, from 0. Raises `pypdfium2.PdfiumError`."""
    page = pdf[index]
    try:
        frame = Frame(page.get_cropbox(), (page.get_rotation() // 90) % 4)
        found = list(_characters(page))
        upright = [c for c in found if _upright(frame, c)]
        turned = False
        if len(upright) * 2 < len(found):
            turns = [Frame(frame.box, q) for q in range(4)]
            frame = max(turns, key=lambda turn: sum(_upright(turn, c) for c in found))
            upright = [c for c in found if _upright(frame, c)]
            turned = True
        width, height = page.get_size()
        if turned and frame.quarters % 2 != (page.get_rotation() // 90) % 2:
            width, height = height, width
        drawing = drawn(page, frame)
        glyphs = (_glyph(frame, c) for c in upright)
        return Sheet(
            number=index + 1,
            width=width,
            height=height,
            # What stands beyond the page's sides is not shown.
            glyphs=tuple(g for g in glyphs if g.right > 0 and g.left < width and 0 < g.baseline < height + g.size),
            rules=drawing.rules,
            slanted="" if len(upright) == len(found) else "".join(c.text for c in found if not _upright(frame, c)),
            pictured=drawing.pictured / max(1.0, width * height),
            paths=drawing.paths,
            turned=turned,
        )
    finally:
        page.close()


class _Character(NamedTuple):
    text: str
    x: float
    y: float
    end_x: float
    end_y: float
    a: float
    b: float
    size: float
    bold: bool
    known: bool


def _upright(frame: Frame, character: _Character) -> bool:
    dx, dy = frame.direction(character.a, character.b)
    return dx > 0 and abs(dy) < 0.1 * dx


def _glyph(frame: Frame, c: _Character) -> Glyph:
    left, baseline = frame.point(c.x, c.y)
    right, _ = frame.point(c.end_x, c.end_y)
    return Glyph(c.text, left, max(left, right), baseline, c.size, c.bold, c.known)


def _characters(page: pdfium.PdfPage) -> Iterator[_Character]:
    """The characters that stand on the page, without those that PDFium makes up between them."""
    textpage = page.get_textpage()
    text = textpage.raw
    fonts: dict[int, bool] = {}
    x, y, box = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    origin_of, box_of, unmapped = (
        raw.FPDFText_GetCharOrigin,
        raw.FPDFText_GetLooseCharBox,
        raw.FPDFText_HasUnicodeMapError,
    )
    drawn_last, style = 0, _Style(1, 0, 0, 0, False)
    try:
        for i, unit, code in _codes(text):
            address = ctypes.addressof(unit.contents)
            if address != drawn_last:
                drawn_last, style = address, _style(text, i, unit, fonts)
            known = code not in (0, 0xFFFD) and not unmapped(text, i)
            shown = _readable(chr(code))
            if style.size < 1 or not (shown or not known):
                continue
            origin_of(text, i, x, y)
            a, b = style.a, style.b
            # A full-width character takes its whole square, whatever ink it has.
            advance = style.em
            if not shown or unicodedata.east_asian_width(shown[0]) not in "WF":
                box_of(text, i, box)
                across = box.right - x.value if a > 0 else x.value - box.left
                advance = across if abs(a) > 0.7 else box.top - y.value if b > 0 else y.value - box.bottom
            end_x, end_y = x.value + advance * a, y.value + advance * b
            yield _Character(shown, x.value, y.value, end_x, end_y, a, b, style.size, style.bold, known)
    finally:
        textpage.close()


def _codes(text: Any) -> Iterator[tuple[int, Any, int]]:
    """Each character's index, text object and code; two halves of one as one."""
    high = 0
    for i in range(raw.FPDFText_CountChars(text)):
        unit = raw.FPDFText_GetTextObject(text, i)
        if not unit:
            continue
        code = raw.FPDFText_GetUnicode(text, i)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        high = 0
        yield i, unit, code if code < 0x110000 else 0xFFFD


class _Style(NamedTuple):
    """How a text object is drawn: the height of its characters, the width of a square one, the
    direction of its line, and whether it is bold."""

    size: float
    em: float
    a: float
    b: float
    bold: bool


def _style(text: Any, index: int, unit: Any, fonts: dict[int, bool]) -> _Style:
    size, matrix = ctypes.c_float(), raw.FS_MATRIX()
    raw.FPDFTextObj_GetFontSize(unit, size)
    raw.FPDFText_GetMatrix(text, index, matrix)
    along = math.hypot(matrix.a, matrix.b) or 1.0
    high = abs(size.value) * math.hypot(matrix.c, matrix.d)
    return _Style(high, abs(size.value) * along, matrix.a / along, matrix.b / along, _bold(unit, fonts))


@functools.cache
def _readable(character: str) -> str:
    """A character as a person reads it: ligatures and radicals as letters, nothing for what has no ink."""
    if character in _IGNORED or (unicodedata.category(character) == "Cc" and character not in (LINE_HYPHEN, "\t")):
        return ""
    if character == "\t":
        return " "
    if _FOLDED.match(character):
        return unicodedata.normalize("NFKC", character)
    return _BULLETS.get(character, character)


def _bold(unit: Any, fonts: dict[int, bool]) -> bool:
    """Whether text is drawn in a bold face, or has its outline drawn as well to look so."""
    if raw.FPDFTextObj_GetTextRenderMode(unit) == raw.FPDF_TEXTRENDERMODE_FILL_STROKE:
        return True
    font = raw.FPDFTextObj_GetFont(unit)
    if not font:
        return False
    key = ctypes.addressof(font.contents)
    if key not in fonts:
        length = raw.FPDFFont_GetBaseFontName(font, None, 0)
        name = ctypes.create_string_buffer(max(1, length))
        raw.FPDFFont_GetBaseFontName(font, name, length)
        fonts[key] = bool(_BOLD.search(name.value.decode("utf-8", "replace"))) or raw.FPDFFont_GetWeight(font) >= 700
    return fonts[key]

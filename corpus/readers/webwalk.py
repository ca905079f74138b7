"""A tree of HTML to lines and grids, in the order in which a person reads them.

It knows what elements mean. What is furniture of a web page it asks `Page`; without one nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from corpus import structure
from corpus.document import Kind
from corpus.readers.htmltable import read_html_table
from corpus.readers.markup import BLOCKS, hidden, raised, squash, tag
from corpus.readers.parts import Line, Part
from corpus.readers.webpage import Page, Zone, epub_type, is_furniture, named_zone, provenance

_HEADING = re.compile(r"h[1-6]$")
_BOLD_TAGS = frozenset({"b", "strong", "h1", "h2", "h3", "h4", "h5", "h6"})
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.I)
_NO_NUMBERS = re.compile(r"list-style(?:-type)?\s*:\s*none", re.I)
_INDENT = re.compile(r"[ \t\r\n]*(?:\u3000\u3000|[\xa0\u3000]{4})")
# What is longer is a paragraph in large type.
_HEADING_LENGTH = 150
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_KINDS = {Zone.CHROME: Kind.CHROME, Zone.OUTSIDE: Kind.CHROME, Zone.CONTENTS: Kind.CONTENTS, Zone.NOTES: Kind.FOOTNOTE}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk is: what holds for all words there."""

    zone: Zone
    heading: int = 0
    bold: bool = False
    raised: bool = False
    in_item: bool = False


@dataclass(slots=True)
class _Piece:
    """A line while its words are gathered: `begins` says that it begins a paragraph."""

    raw: str
    bold: bool
    begins: bool


def walk(root: etree._Element, page: Page | None = None, zone: Zone = Zone.CONTENT) -> list[Part]:
    """The parts of a page, or of a page of a book where `page` is None."""
    walker = _Walker(page)
    place = _Place(page.start if page else zone)
    walker.element(root, place)
    walker.flush(place)
    return walker.parts


class _Walker:
    """One pass over a tree, gathering the words of one line at a time."""

    def __init__(self, page: Page | None) -> None:
        self.parts: list[Part] = []
        self._page = page
        # The words of the open lines, each with whether they are bold; None is a line break.
        self._words: list[tuple[str | None, bool]] = []
        # The numbers of list items, and the one that the next line is to begin with.
        self._numbers: dict[etree._Element, str] = {}
        self._number: str | None = None

    def element(self, element: etree._Element, place: _Place) -> None:
        if hidden(element):
            return
        name = tag(element)
        zone = self._page.zone(element) if self._page else named_zone(element)
        inner = self._inner(element, name, place if zone is None else replace(place, zone=zone))
        if name == "br":
            self._words.append((None, False))
        elif name == "table":
            self.flush(place)
            self._table(element, inner)
        elif name == "pre":
            self.flush(place)
            self._pre(element, inner)
        elif name in BLOCKS or zone is not None:
            self.flush(place)
            if name == "ol":
                self._numbers.update(_item_numbers(element))
            if name == "li":
                self._number = self._numbers.get(element, "") if inner.zone is not Zone.CHROME else ""
            self._children(element, inner)
            self.flush(inner)
            if name == "li":
                self._number = None
        else:
            self._children(element, inner)

    def _inner(self, element: etree._Element, name: str, place: _Place) -> _Place:
        """The place inside an element."""
        if _HEADING.match(name):
            return replace(place, heading=int(name[1]), bold=True)
        if name in _BOLD_TAGS or _BOLD_STYLE.search(element.get("style") or ""):
            return replace(place, bold=True)
        if name == "sup" or (name == "a" and "noteref" in epub_type(element).split()):
            return replace(place, raised=True)
        if name == "li":
            return replace(place, in_item=True)
        return replace(place, in_item=False) if name in ("ul", "ol", "td", "th") else place

    def _children(self, element: etree._Element, place: _Place) -> None:
        self._text(element.text, place)
        for child in element:
            self.element(child, place)
            self._text(child.tail, place)

    def _text(self, text: str | None, place: _Place) -> None:
        if text:
            self._words.append((raised(text) if place.raised else text, place.bold))

    def flush(self, place: _Place) -> None:
        """Ends the open lines: they become parts."""
        words, self._words = self._words, []
        pieces = _split(words)
        if place.heading and pieces:
            text = squash("\n".join(piece.raw for piece in pieces))
            if len(text) <= _HEADING_LENGTH:
                pieces = [_Piece(text, True, True)]
            else:
                place = replace(place, heading=0)
        for i, piece in enumerate(pieces):
            ends = i + 1 == len(pieces) or pieces[i + 1].begins
            self._line(squash(piece.raw).strip("\u3000 "), piece, ends, place)

    def _line(self, text: str, piece: _Piece, ends: bool, place: _Place) -> None:
        text, buttons = provenance(text) if self._page else (text, "")
        kind, level = self._kind(text, place)
        if kind in (None, Kind.FOOTNOTE) and place.in_item and self._number is not None:
            text, self._number = _numbered(self._number, text), None
            kind = kind or Kind.LIST_ITEM
        # A sentence that stops at a comma goes on in the next paragraph, whatever the markup says.
        known = None if not ends or text.endswith(("，", "、")) else True
        self.parts.append(Line(text, kind, level, bold=piece.bold, gap=piece.begins, ends=known))
        if buttons:
            self.parts.append(Line(buttons, Kind.CHROME))

    def _kind(self, text: str, place: _Place) -> tuple[Kind | None, int]:
        """A line's kind, and its level, kept for the furniture too, which may turn out to be none."""
        heading = place.heading
        if self._page and place.zone in (Zone.OUTSIDE, Zone.CHROME):
            if not self._page.belongs(text, place.zone, heading):
                return Kind.CHROME, heading
        elif place.zone is not Zone.CONTENT:
            return _KINDS[place.zone], 0
        elif self._page and is_furniture(text):
            return Kind.CHROME, heading
        return (Kind.HEADING, heading) if heading else (None, 0)

    def _table(self, element: etree._Element, place: _Place) -> None:
        table = read_html_table(element)
        if table is None or (table.grid and place.zone is not Zone.CONTENT):
            self._children(element, replace(place, heading=0))
            self.flush(place)
            return
        for text in (*table.captions, *table.pairs):
            self._line(text, _Piece(text, False, True), True, replace(place, heading=0))
        if table.grid:
            self.parts.append(table.grid)

    def _pre(self, element: etree._Element, place: _Place) -> None:
        """Text as it stands, unless it is prose that somebody indented by hand."""
        self._children(element, place)
        words, self._words = self._words, []
        lines = "".join("\n" if text is None else text for text, _ in words).replace("\r\n", "\n").split("\n")
        if place.zone is Zone.CONTENT and not any(line.startswith("\u3000\u3000") for line in lines):
            self.parts += [Line(line.rstrip(), verbatim=True) for line in lines if line.strip()]
            return
        for line in lines:
            self._words += [(line, False), (None, False)]
        self.flush(place)


def _split(words: list[tuple[str | None, bool]]) -> list[_Piece]:
    """The lines that line breaks make, blank ones left out. One begins a paragraph after a blank one, or
    where it is indented as paragraphs are."""
    pieces: list[_Piece] = []
    begins = True
    line: list[tuple[str, bool]] = []
    for text, bold in [*words, (None, False)]:
        if text is not None:
            line.append((text, bold))
            continue
        raw = "".join(part for part, _ in line)
        if squash(raw).strip("\u3000 "):
            wholly = all(is_bold for part, is_bold in line if part.strip())
            pieces.append(_Piece(raw, wholly, begins or bool(_INDENT.match(raw))))
            begins = False
        else:
            begins = True
        line = []
    return pieces


def _item_numbers(ol: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """The number that a browser shows before each item of an ordered list."""
    if _NO_NUMBERS.search(ol.get("style") or ""):
        return
    items = [child for child in ol if tag(child) == "li" and not hidden(child)]
    backwards = ol.get("reversed") is not None
    number = _integer(ol.get("start"), len(items) if backwards else 1)
    for item in items:
        number = _integer(item.get("value"), number)
        if not _NO_NUMBERS.search(item.get("style") or ""):
            yield item, _written(number, item.get("type") or ol.get("type") or "1") + "."
        number += -1 if backwards else 1


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"-?\d{1,6}", text.strip(), re.ASCII) else default


def _written(number: int, style: str) -> str:
    if style in "aA" and 1 <= number <= 26:
        return chr(ord(style) + number - 1)
    if style in "iI" and 1 <= number < 400:
        roman = ""
        for value, letters in _ROMAN:
            roman += letters * (number // value)
            number %= value
        return roman if style == "i" else roman.upper()
    return str(number)


def _numbered(number: str, text: str) -> str:
    """An item with its number, unless its words begin with one of their own."""
    own = structure.numbered(text) is not None or text.startswith(number) or structure.footnote(text)
    return text if own or not number else f"{number} {text}"

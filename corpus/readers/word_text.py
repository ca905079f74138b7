"""The text of a Word document's paragraphs as a reader sees it: the results of fields, not their codes;
what was inserted, not what was deleted; the marks of notes, which Word counts. It knows nothing of
headings, lists or tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from corpus.readers.formulas import formula, raisable, raised
from corpus.readers.ooxml import Element, Package, W, chosen, integer, is_alternatives, local
from corpus.readers.word_lists import format_number
from corpus.readers.word_styles import Style, Styles, flag, value

# In a paragraph's text: where the author broke the line, and where a page ended.
BREAK, TURN = "\n", "\f"
_WHITE = re.compile(r"[\t\n\v\f\r]+")
_WRAPPERS = frozenset({"hyperlink", "ins", "moveTo", "smartTag", "customXml", "fldSimple", "dir", "bdo", "sdtContent"})
_DRAWINGS = frozenset({"drawing", "pict", "object"})
_PLAIN = {"tab": "\t", "ptab": "\t", "cr": BREAK, "noBreakHyphen": "-"}
# The boxes and ticks of forms; other characters of symbol fonts can't be told.
_SYMBOLS = {
    ("wingdings", 0x6F): "□", ("wingdings", 0xA8): "□", ("wingdings", 0xFE): "☑", ("wingdings", 0xFD): "☒",
    ("wingdings", 0xFC): "✓", ("wingdings", 0xFB): "✗", ("wingdings 2", 0x52): "☑", ("wingdings 2", 0x50): "✓",
    ("wingdings 2", 0xA3): "□", ("wingdings 2", 0x53): "☒", ("wingdings 2", 0x4F): "✗",
}  # fmt: skip
_CHICAGO = "*†‡§"


@dataclass(slots=True)
class Text:
    """A paragraph's text while it is read. `start` is the page on which it begins."""

    start: int | None
    words: str = ""
    bold: bool = True
    contents: bool = False
    hidden: bool = False
    boxes: list[Element] = field(default_factory=list)

    @property
    def page(self) -> int | None:
        """The page of the first word."""
        blank = len(self.words) - len(self.words.lstrip())
        return None if self.start is None else self.start + self.words.count(TURN, 0, blank)

    def prefix(self, label: str) -> None:
        bare = self.words.lstrip()
        self.words = self.words[: len(self.words) - len(bare)] + label + bare


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote or endnote that the text has referred to."""

    mark: str
    body: Element
    page: int | None


class Notes:
    """A document's footnotes and endnotes, counted as the text refers to them."""

    def __init__(self, package: Package, root: Element) -> None:
        settings = package.related(package.main, "settings")
        self._bodies: dict[tuple[str, str], Element] = {}
        self._rules: dict[str, tuple[str, bool]] = {}
        self._counts: dict[str, tuple[int, int | None]] = {}
        self._waiting: list[Note] = []
        for kind, usual in (("footnote", "decimal"), ("endnote", "lowerRoman")):
            notes = package.related(package.main, f"{kind}s")
            for note in () if notes is None else notes.findall(W + kind):
                self._bodies[kind, note.get(f"{W}id", "")] = note
            said = [next(e.iter(f"{W}{kind}Pr"), None) for e in (root, settings) if e is not None]
            formats = [value(e, "numFmt") for e in said]
            restarts = [value(e, "numRestart") for e in said]
            self._rules[kind] = next((f for f in formats if f), usual), "eachPage" in restarts
            self._counts[kind] = max([1, *(integer(value(e, "numStart")) for e in said)]) - 1, None

    def refer(self, kind: str, reference: Element, page: int | None) -> str:
        """The mark of the next note; empty where the author's own mark follows in the text."""
        mark = ""
        if not _on(reference.get(f"{W}customMarkFollows")):
            mark = self._next_mark(kind, page)
        body = self._bodies.pop((kind, reference.get(f"{W}id", "")), None)
        if body is not None:
            self._waiting.append(Note(mark, body, page))
        return mark

    def _next_mark(self, kind: str, page: int | None) -> str:
        form, each_page = self._rules[kind]
        count, last = self._counts[kind]
        count = 1 if each_page and page != last else count + 1
        self._counts[kind] = count, page
        if form == "chicago":
            return _CHICAGO[(count - 1) % 4] * ((count - 1) // 4 + 1)
        text = format_number(count, form)
        return raised(text) if form in ("decimal", "lowerRoman") else text

    def take(self) -> list[Note]:
        """The notes referred to since the last time."""
        taken, self._waiting = self._waiting, []
        return taken


@dataclass(slots=True)
class _Field:
    """An open field: its code, and whether its result has begun."""

    code: str = ""
    shown: bool = False

    @property
    def contents(self) -> bool:
        return self.code.lstrip().startswith("TOC")


class TextReader:
    """Reads paragraphs one after the other: fields and pages run on from each to the next. `page` is
    the page reached, None where pages aren't known; `turns` names the element at which one ends."""

    def __init__(self, styles: Styles, notes: Notes, turns: str) -> None:
        self.page = 1 if turns else None
        self._styles = styles
        self._notes = notes
        self._turns = turns
        self._fields: list[_Field] = []
        self._carried: Text | None = None

    @contextmanager
    def aside(self) -> Iterator[None]:
        """For what stands outside the run of the text: it turns no pages, and its fields are its own."""
        outside = self._turns, self.page, self._fields, self._carried
        self._turns, self._fields, self._carried = "", [], None
        try:
            yield
        finally:
            self._turns, self.page, self._fields, self._carried = outside

    def read(self, p: Element, style: Style) -> Text | None:
        """A paragraph's text; None where its end was deleted, so that the next paragraph goes on with it."""
        text, self._carried = self._carried or Text(self.page), None
        if style.heading:
            # No heading stands in a table of contents, so one whose end is missing ends here.
            self._fields = [f for f in self._fields if not f.contents]
        properties = p.find(f"{W}pPr")
        mark = None if properties is None else properties.find(f"{W}rPr")
        text.hidden = bool(style.hidden or flag(mark, "vanish"))
        if self._turns == "br" and flag(properties, "pageBreakBefore"):
            self._turn(text)
        self._inline(p, text, style)
        for each in self._fields:
            each.shown = True
        after = p.getnext()
        if mark is not None and any(local(e) in ("del", "moveFrom") for e in mark) and after is not None:
            self._carried = text if after.tag == p.tag else None
        text.hidden = text.hidden and not text.words.strip()
        return None if self._carried else text

    def _inline(self, parent: Element, text: Text, style: Style) -> None:
        for child in parent:
            name = local(child)
            if name == "r" and child.tag == f"{W}r":
                self._run(child, text, style)
            elif name in _WRAPPERS:
                self._inline(child, text, style)
            elif name == "sdt":
                if not flag(child.find(f"{W}sdtPr"), "showingPlcHdr"):
                    self._inline(child, text, style)
            elif name in ("oMath", "oMathPara"):
                self._add(text, formula(child), False)
            elif is_alternatives(child) and (form := chosen(child)) is not None:
                self._inline(form, text, style)

    def _run(self, run: Element, text: Text, style: Style) -> None:
        properties = run.find(f"{W}rPr")
        own = self._styles.of_run(properties)
        hidden = next((h for h in (flag(properties, "vanish"), own.hidden, style.hidden) if h is not None), False)
        if hidden:
            # A field that is hidden begins and ends all the same.
            for mark in run.findall(f"{W}fldChar"):
                self._field(mark.get(f"{W}fldCharType", ""))
            return
        bold = next((b for b in (flag(properties, "b"), own.bold, style.bold) if b is not None), False)
        raise_it = value(properties, "vertAlign") == "superscript"
        for child in run:
            self._piece(child, text, style, bold, raise_it)

    def _piece(self, child: Element, text: Text, style: Style, bold: bool, raise_it: bool) -> None:
        name = local(child)
        if name == "t":
            words = _WHITE.sub(" ", child.text or "")
            self._add(text, raised(words) if raise_it and raisable(words) else words, bold)
        elif name == self._turns and (name != "br" or child.get(f"{W}type") == "page"):
            self._turn(text)
        elif name == "br":
            self._add(text, BREAK if child.get(f"{W}type") in (None, "textWrapping") else " ", bold)
        elif name in _PLAIN:
            self._add(text, _PLAIN[name], bold)
        elif name == "sym":
            self._add(text, _symbol(child), bold)
        elif name in ("footnoteReference", "endnoteReference"):
            self._add(text, self._notes.refer(name.removesuffix("Reference"), child, self.page), bold)
        elif name == "fldChar":
            self._field(child.get(f"{W}fldCharType", ""))
        elif name == "instrText" and self._fields and not self._fields[-1].shown:
            self._fields[-1].code += child.text or ""
        elif name == "ruby":
            for base in child.findall(f"{W}rubyBase"):
                self._inline(base, text, style)
        elif name in _DRAWINGS:
            text.boxes += _boxes(child)
        elif is_alternatives(child) and (form := chosen(child)) is not None:
            for each in form:
                self._piece(each, text, style, bold, raise_it)

    def _add(self, text: Text, words: str, bold: bool) -> None:
        if any(not f.shown for f in self._fields):
            return
        if words.strip():
            if not text.words.strip():
                text.contents = any(f.contents for f in self._fields)
            text.bold = text.bold and bold
        text.words += words

    def _turn(self, text: Text) -> None:
        text.words += TURN
        if self.page is not None:
            self.page += 1

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            self._fields[-1].shown = True
        elif kind == "end" and self._fields:
            self._fields.pop()


def _boxes(drawing: Element) -> Iterator[Element]:
    """The text boxes in a drawing, and the drawing itself where it may show a chart or a diagram."""
    for child in drawing:
        if is_alternatives(child):
            form = chosen(child)
            if form is not None:
                yield from _boxes(form)
        elif local(child) in ("txbxContent", "graphicData") and not _holds_boxes(child):
            yield child
        else:
            yield from _boxes(child)


def _holds_boxes(element: Element) -> bool:
    return local(element) == "graphicData" and next(element.iter(f"{W}txbxContent"), None) is not None


def _symbol(element: Element) -> str:
    try:
        code = int(element.get(f"{W}char", ""), 16)
    except ValueError:
        return ""
    known = _SYMBOLS.get((element.get(f"{W}font", "").lower(), code & 0xFF))
    # Other characters of symbol fonts stand in a range that belongs to no script.
    return known or ("" if 0xD800 <= code < 0xF900 or not 0x20 <= code < 0x110000 else chr(code))


def _on(attribute: str | None) -> bool:
    return attribute in ("1", "true", "on")

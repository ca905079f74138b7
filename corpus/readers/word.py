"""Reads Word documents (DOCX): paragraphs, tables and text boxes in the order in which they are read.

What Word computes when it shows a document is computed here too, such as list numbers and the marks of
notes. What is not seen stays out: hidden and deleted text, comments, field codes. How a paragraph's text
is found is the matter of `word_text.py`; `word_styles.py` and `word_lists.py` say what it is.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpus import structure
from corpus.document import Kind
from corpus.readers.assemble import assemble, wrap_width
from corpus.readers.ooxml import Element, Package, W, chosen, diagrams, integer, is_alternatives, local
from corpus.readers.parts import Cell, Grid, Line, Merged, Part, Reading
from corpus.readers.word_lists import Label, Numbering
from corpus.readers.word_styles import Style, Styles, flag, value
from corpus.readers.word_text import BREAK, TURN, Notes, Text, TextReader

_WRAPPERS = frozenset({"sdtContent", "ins", "moveTo", "customXml", "smartTag"})
_PAGE_NUMBER = re.compile(r"(?:[\W\d_]|第|页|頁|共|总|Page\b|of\b)*$", re.I)
_LONGEST_HEADING = 120
_MAX_COLUMNS = 63  # Word's own limit


def read_docx(data: bytes) -> Reading:
    """Reads a Word document's bytes. Raises `UnreadableFile`."""
    package = Package(data, "docx")
    parts = _WordReader(package).parts()
    wrap = wrap_width([part.text for part in parts if isinstance(part, Line) and part.kind is None])
    if wrap is not None:
        # Converted from pages: each line is a paragraph, and only the words tell where one ends.
        parts = [replace(part, ends=None) if isinstance(part, Line) and part.ends else part for part in parts]
    return assemble(parts, wrap=wrap, properties=package.properties())


class _WordReader:
    """One pass over a document's body. `_owner` is the part that is read."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._owner = package.main
        root = package.xml(package.main)
        body = root.find(f"{W}body")
        self._body = root if body is None else body
        self._styles = Styles(package.related(package.main, "styles"))
        self._numbering = Numbering(package.related(package.main, "numbering"), self._styles)
        self._notes = Notes(package, root)
        self._text = TextReader(self._styles, self._notes, self._turns())
        self._styled = any(self._styles.of_paragraph(p).heading for p in root.iter(f"{W}pPr"))
        self._below_title = 0
        self._in_contents = False
        self._out: list[Part] = []

    def parts(self) -> list[Part]:
        self._blocks(self._body)
        return [*self._out, *self._furniture()]

    def _turns(self) -> str:
        """The element at which pages turn: where Word last saw them do so, or the author's own page breaks
        if the program that saved the file counted no others. Otherwise pages are not known."""
        if next(self._body.iter(f"{W}lastRenderedPageBreak"), None) is not None:
            return "lastRenderedPageBreak"
        breaks = sum(e.get(f"{W}type") == "page" for e in self._body.iter(f"{W}br"))
        breaks += sum(bool(flag(p, "pageBreakBefore")) for p in self._body.iter(f"{W}pPr"))
        return "br" if breaks and integer(self._package.application_says("Pages")) == breaks + 1 else ""

    def _blocks(self, parent: Element) -> None:
        for child in parent:
            name = local(child)
            if name == "p" and child.tag == f"{W}p":
                self._paragraph(child)
            elif name == "tbl":
                self._table(child)
            elif name == "sdt":
                self._control(child)
            elif name in _WRAPPERS:
                self._blocks(child)
            elif is_alternatives(child) and (form := chosen(child)) is not None:
                self._blocks(form)

    def _control(self, sdt: Element) -> None:
        """A content control: a table of contents is one; a prompt that nobody filled in says nothing."""
        properties = sdt.find(f"{W}sdtPr")
        if flag(properties, "showingPlcHdr"):
            return
        outside = self._in_contents
        gallery = None if properties is None else properties.find(f"{W}docPartObj")
        self._in_contents = outside or "contents" in (value(gallery, "docPartGallery") or "").lower()
        for content in sdt.findall(f"{W}sdtContent"):
            self._blocks(content)
        self._in_contents = outside

    def _paragraph(self, p: Element) -> None:
        style = self._styles.of_paragraph(p.find(f"{W}pPr"))
        text = self._text.read(p, style)
        if text is None:
            return
        label = None if text.hidden else self._numbering.label(style)
        if text.words.strip():
            if label is not None:
                text.prefix(label.text)
            self._out += self._lines(text, style, label)
        self._after(text.boxes)

    def _lines(self, text: Text, style: Style, label: Label | None) -> Iterator[Line]:
        whole = _joined(text.words)
        if self._in_contents or style.contents or (text.contents and not style.heading):
            yield Line(whole, kind=Kind.CONTENTS, page=text.page)
        elif style.title or (style.heading and len(whole) <= _LONGEST_HEADING):
            level = 1 if style.title else (style.outline or 0) + 1 + self._below_title
            self._below_title = 1 if style.title else self._below_title
            yield Line(whole, kind=Kind.HEADING, level=level, page=text.page)
        else:
            yield from _pieces(text, self._kind(label, text.bold))

    def _kind(self, label: Label | None, bold: bool) -> Kind | None:
        """Items of a list, where that is certain: marked, or plainly numbered in a document that has
        headings of its own. The official numbers (一、 and the like) number headings as well."""
        listed = label is not None and (label.bullet or (label.plain and self._styled and not bold))
        return Kind.LIST_ITEM if listed else None

    def _after(self, boxes: Sequence[Element]) -> None:
        """What is shown beside a paragraph or under it: its text boxes and diagrams, its notes."""
        for box in boxes:
            if local(box) == "txbxContent":
                with self._text.aside():
                    self._blocks(box)
            else:
                self._out += diagrams(self._package, self._owner, box, self._text.page)
        for note in self._notes.take():
            with self._text.aside():
                words = _flat(self._collected(note.body))
            if words:
                self._out.append(Line(f"{note.mark} {words}".strip(), kind=Kind.FOOTNOTE, page=note.page))

    def _collected(self, element: Element) -> list[Part]:
        """The parts in an element, for another use than to follow the others."""
        outside, self._out = self._out, []
        self._blocks(element)
        collected, self._out = self._out, outside
        return collected

    def _table(self, tbl: Element) -> None:
        rows = [tr for tr in _inside(tbl, "tr") if not _deleted(tr)]
        if all(len(list(_inside(tr, "tc"))) < 2 for tr in rows):
            # A frame around text, not a table of records.
            for tr in rows:
                for tc in _inside(tr, "tc"):
                    self._blocks(tc)
            return
        notes: list[Part] = []
        grid: list[tuple[Cell, ...]] = []
        pages: list[int] = []
        merging: set[int] = set()
        for tr in rows:
            cells, page = self._row(tr, merging, notes)
            grid.append(cells)
            pages += [] if page is None else [page]
        header = _header([bool(flag(tr.find(f"{W}trPr"), "tblHeader")) for tr in rows], grid)
        if len(grid) > 1 and (title := _across(grid[0])):
            self._out.append(Line(title, ends=True, page=pages[0] if pages else None))
            grid, pages, header = grid[1:], pages[1:], _header([], grid[1:]) if header < 2 else header - 1
        self._out.append(Grid(tuple(grid), header=header, pages=tuple(pages)))
        self._out += notes

    def _row(self, tr: Element, merging: set[int], notes: list[Part]) -> tuple[tuple[Cell, ...], int | None]:
        """A row's cells, and the page on which it begins. Each of its cells goes on from the same page.
        `merging` are the columns in which a cell goes on downwards; `notes` takes the cells' notes."""
        cells: list[Cell] = [""] * min(integer(value(tr.find(f"{W}trPr"), "gridBefore")), _MAX_COLUMNS)
        start = end = self._text.page
        begins: list[int] = []
        for tc in _inside(tr, "tc"):
            properties, column = tc.find(f"{W}tcPr"), len(cells)
            span = max(1, min(integer(value(properties, "gridSpan"), 1), _MAX_COLUMNS - column))
            if _goes_on(properties, "vMerge") and column in merging:
                cells.append(Merged.ABOVE)
            elif _goes_on(properties, "hMerge") and cells:
                cells.append(Merged.LEFT)
            else:
                self._text.page = start
                parts = self._collected(tc)
                notes += [part for part in parts if isinstance(part, Line) and part.kind is Kind.FOOTNOTE]
                begins += [part.page for part in parts[:1] if isinstance(part, Line) and part.page is not None]
                end = max(end or 0, self._text.page or 0) or None
                cells.append(_flat(parts))
                down = properties is not None and properties.find(f"{W}vMerge") is not None
                merging.add(column) if down else merging.discard(column)
            cells += [Merged.LEFT] * (span - 1)
        self._text.page = end
        return tuple(cells), min(begins, default=start)

    def _furniture(self) -> Iterator[Line]:
        """The texts of page headers and footers, each once; a page's number is no text."""
        relations = self._package.relations(self._package.main).values()
        seen: set[str] = set()
        for target in dict.fromkeys(r.target for r in relations if r.kind in ("header", "footer")):
            self._owner = target
            with self._text.aside():
                parts = self._collected(self._package.xml(target))
            for part in parts:
                words = _flat([part])
                if words not in seen and not _PAGE_NUMBER.match(words):
                    seen.add(words)
                    yield Line(words, kind=Kind.CHROME)


def _pieces(text: Text, kind: Kind | None) -> Iterator[Line]:
    """A paragraph as lines: one where it is of one piece; more where the author broke it into paragraphs
    or items without ending it, and where it goes over a page."""
    page, bold = text.start, text.bold
    for words in _paragraphs(text.words):
        on_pages: list[tuple[str, int | None]] = []
        for n, piece in enumerate(words.split(TURN)):
            page = page + 1 if page is not None and n else page
            if piece.strip():
                on_pages.append((_joined(piece), page))
        for n, (piece, on) in enumerate(on_pages, 1):
            whole = len(on_pages) == 1
            yield Line(piece, kind=kind, bold=bold and whole, gap=n == 1, ends=n == len(on_pages), page=on)
            kind = None


def _paragraphs(words: str) -> Iterator[str]:
    """A paragraph's text, parted at line breaks that stand for a paragraph's end."""
    held = ""
    for line in words.split(BREAK):
        bare = line.strip()
        begins = structure.numbered(bare) is not None or structure.bullet(bare)
        if held.strip() and bare and (begins or structure.ends_sentence(held.strip())):
            yield held
            held = line
        else:
            held = f"{held}{BREAK}{line}" if held else line
    yield held


def _joined(words: str) -> str:
    """A text on one line. Between Chinese words nothing comes of a line break; after a label a blank does."""
    lines = [line.strip() for line in words.replace(TURN, "").split(BREAK) if line.strip()]
    text = lines[0] if lines else ""
    for before, line in itertools.pairwise(lines):
        close = not before[-1].isascii() and not line[0].isascii() and "：" not in before
        text += line if close else f" {line}"
    return text


def _flat(parts: Sequence[Part]) -> str:
    """The words of parts on one line, without notes."""
    text = ""
    for part in parts:
        if isinstance(part, Grid):
            words = " ".join(cell for row in part.rows for cell in row if isinstance(cell, str) and cell)
        elif part.kind is Kind.FOOTNOTE:
            continue
        else:
            words = " ".join(part.text.split("\t"))
        close = isinstance(part, Line) and not part.gap and not (text[-1:].isascii() and words[:1].isascii())
        text += words if close or not text else f" {words}"
    return text.strip()


def _inside(parent: Element, name: str) -> Iterator[Element]:
    """The rows of a table or the cells of a row, also those in a content control or a tracked change."""
    for child in parent:
        if child.tag == W + name:
            yield child
        elif local(child) == "sdt" or local(child) in _WRAPPERS:
            yield from _inside(child, name)


def _deleted(tr: Element) -> bool:
    properties = tr.find(f"{W}trPr")
    return properties is not None and properties.find(f"{W}del") is not None


def _goes_on(properties: Element | None, merge: str) -> bool:
    """Whether a cell belongs to the one before it."""
    found = None if properties is None else properties.find(W + merge)
    return found is not None and found.get(f"{W}val", "continue") == "continue"


def _across(row: Sequence[Cell]) -> str:
    """The text of a row's only cell, "" where it has more than one."""
    first = row[0] if len(row) > 1 else ""
    return first if isinstance(first, str) and all(cell is Merged.LEFT for cell in row[1:]) else ""


def _header(marked: Sequence[bool], grid: Sequence[Sequence[Cell]]) -> int:
    """How many rows name the columns: those the author marked, else the first, with the second where
    cells of the first span it. Rows that all are a header are none."""
    count = next((n for n, mark in enumerate(marked) if not mark), len(marked))
    if not count:
        grouped = len(grid) > 2 and Merged.LEFT in grid[0] and Merged.ABOVE in grid[1]
        count = 2 if grouped else 1
    return count if count < len(grid) else 0

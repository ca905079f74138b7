"""Lines on pages to parts in reading order: running headers, footnotes, headings, paragraphs.

Where a paragraph ends is decided by geometry: a line that has room for the next word is a last one, one
that begins further right is a first one. Headers and footers go to the end of the text: between the
pages they would stand in the sentences, and between a table and its title.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus import structure
from corpus.document import Kind
from corpus.readers import pdf_marks
from corpus.readers.assemble import width
from corpus.readers.parts import Line, Part
from corpus.readers.pdf_edges import Leaf, Note, body_size, running, split_notes
from corpus.readers.pdf_lines import TextLine, union
from corpus.readers.pdf_margins import Margins, usual_pitch
from corpus.readers.pdf_page import LINE_HYPHEN
from corpus.readers.pdf_tables import PageTable, goes_on, grid_of
from corpus.readers.pdf_words import glue, join, vocabulary

_DATE = re.compile(r"(?:19|20)\d\d\s*(?:年|[-./]\s*\d)|(?:第|总第)\s*\d+\s*期|.{0,20}〔\d{4}〕\s*\d+\s*号$")
# What a line may not be broken in: a Latin word or one Chinese character, with the marks that cling to them.
_FIRST_WORD = re.compile(
    r"[（《「『【〔“‘(]*(?:[^\s\u2e80-\u9fff\uff00-\uffef“”‘’]+|[\u2e80-\u9fff\uff00-\uffef])[，。；：、！？）》」』】〕”’…]{0,3}"
)
_LARGER = 1.12


def parts_of(leaves: Sequence[Leaf]) -> list[Part]:
    """The parts of a document, its running headers and footers last."""
    apart = running(leaves)
    pages = {leaf.number: leaf for leaf in leaves}
    body = body_size(leaves)
    items: list[TextLine | PageTable | Note] = []
    chrome: dict[str, Line] = {}
    for leaf in leaves:
        kept = [line for line in leaf.lines if id(line) not in apart]
        lines, notes = split_notes(kept, leaf.height, body)
        items += _with_tables(lines, leaf.tables)
        items += notes
        for text, box in [(ln.text, ln.box) for ln in leaf.lines if id(ln) in apart] + [(leaf.aside, None)]:
            if text:
                chrome.setdefault(text, Line(" ".join(text.split()), Kind.CHROME, page=leaf.number, box=box))
    flow = _Flow(items, pages, body)
    return [*_placed(flow.parts(), pages), *_placed(chrome.values(), pages)]


def _placed(parts: Iterable[Part], pages: dict[int, Leaf]) -> Iterator[Part]:
    """The parts, without places on pages whose places are not known."""
    for part in parts:
        if isinstance(part, Line):
            known = part.page is None or pages[part.page].placed
            yield part if known else replace(part, box=None)
        else:
            yield part if all(pages[page].placed for page in part.pages) else replace(part, boxes=())


def _with_tables(lines: Sequence[TextLine], tables: Sequence[PageTable]) -> list[TextLine | PageTable | Note]:
    """The lines of a page with its tables after the lines above them."""
    items: list[TextLine | PageTable | Note] = list(lines)
    for table in tables:
        beside = [
            (i, item)
            for i, item in enumerate(items)
            if isinstance(item, TextLine) and item.left < table.xs[-1] and item.right > table.xs[0]
        ]
        above = [i for i, item in beside if (item.top + item.bottom) / 2 < table.ys[0]]
        below = [i for i, item in beside if (item.top + item.bottom) / 2 >= table.ys[0]]
        place = above[-1] + 1 if above else below[0] if below else len(items)
        while place < len(items) and isinstance(items[place], PageTable):
            place += 1
        items.insert(place, table)
    return items


@dataclass(frozen=True, slots=True)
class _Paragraph:
    lines: tuple[TextLine, ...]
    text: str
    ends: bool | None


class _Flow:
    """Turns the lines of all pages into paragraphs, and these into parts."""

    def __init__(self, items: Sequence[TextLine | PageTable | Note], pages: dict[int, Leaf], body: float) -> None:
        self._items = items
        self._pages = pages
        self._body = body
        self._lines = [item for item in items if isinstance(item, TextLine)]
        self._margins = Margins(self._lines, pages)
        self._pitch = usual_pitch(self._lines)
        characters = sum(len(line.text) for line in self._lines) or 1
        self._bold_tells = sum(len(line.text) for line in self._lines if line.bold) < 0.4 * characters
        self._indents = self._has_indents()
        self._words = vocabulary(self._lines)

    def parts(self) -> list[Part]:
        paragraphs = self._paragraphs()
        levels = self._levels([p for p in paragraphs if isinstance(p, _Paragraph)])
        found: list[Part] = []
        notes: list[Part] = []
        waiting: list[PageTable] = []
        for item in paragraphs:
            if isinstance(item, Note):
                notes.append(Line(item.text, Kind.FOOTNOTE, page=item.page, box=item.box))
                continue
            if isinstance(item, PageTable):
                if waiting and not (item.page - waiting[-1].page in (0, 1) and goes_on(waiting[-1], item)):
                    found.append(grid_of(waiting))
                    waiting = []
                waiting.append(item)
                continue
            if waiting:
                found.append(grid_of(waiting))
                waiting = []
            found += self._part(item, levels)
            if item.ends is not False:
                found += notes
                notes = []
        return [*found, *([grid_of(waiting)] if waiting else []), *notes]

    def _part(self, paragraph: _Paragraph, levels: dict[float, int]) -> list[Part]:
        """The lines of a paragraph, one for each page that it stands on."""
        first = paragraph.lines[0]
        mark = structure.numbered(paragraph.text)
        kind, level = None, 0
        if self._heads(paragraph) and (mark is None or mark.rank == 0):
            kind, level = Kind.HEADING, levels[first.size]
        elif mark is not None and mark.rank == 0 and not structure.dot_leader(paragraph.text):
            kind = Kind.LIST_ITEM
        pieces = [[first]]
        for line in paragraph.lines[1:]:
            # A heading is never torn, and what looks like a mark at a page's beginning is none here.
            torn = line.page != first.page and not (mark is not None and mark.rank) and kind is not Kind.HEADING
            if torn and line.page != pieces[-1][-1].page and not _marked(line.text):
                pieces.append([line])
            else:
                pieces[-1].append(line)
        texts = self._piece_texts(pieces)
        bold = self._bold_tells and all(line.bold for line in paragraph.lines)
        return [
            Line(
                text,
                kind if i == 0 else None,
                level if i == 0 else 0,
                bold=bold,
                ends=paragraph.ends if i == len(pieces) - 1 else False,
                page=piece[0].page,
                box=union([line for line in piece if line.page == piece[0].page]),
            )
            for i, (piece, text) in enumerate(zip(pieces, texts, strict=True))
            if text
        ]

    def _piece_texts(self, pieces: Sequence[Sequence[TextLine]]) -> list[str]:
        """The text of each piece; a word that a page break cuts belongs to the first."""
        texts = [join(piece, self._words) for piece in pieces]
        for i in range(len(texts) - 1):
            if texts[i].endswith((LINE_HYPHEN, "-")):
                word, _, rest = texts[i + 1].partition(" ")
                texts[i], texts[i + 1] = glue(texts[i], word, self._words), rest
        return [text.replace(LINE_HYPHEN, "-") for text in texts]

    def _paragraphs(self) -> list[_Paragraph | PageTable | Note]:
        """The lines gathered to paragraphs. Notes and tables stay where they are, after the lines before."""
        found: list[_Paragraph | PageTable | Note] = []
        open_lines: list[TextLine] = []
        between: list[Note] = []
        after = self._following()
        for i, item in enumerate(self._items):
            if isinstance(item, Note):
                between.append(item)
                continue
            if isinstance(item, TextLine):
                open_lines.append(item)
                following = after[i]
                ends = self._ends(open_lines, following if isinstance(following, TextLine) else None)
                if ends is False:
                    continue
                found.append(_Paragraph(tuple(open_lines), join(open_lines, self._words), ends))
                open_lines = []
            else:
                found.append(item)
            found += between
            between = []
        return [*found, *between]

    def _following(self) -> list[TextLine | PageTable | None]:
        """For each item the line or table after it, notes left out."""
        found: list[TextLine | PageTable | None] = []
        following: TextLine | PageTable | None = None
        for item in reversed(self._items):
            found.append(following)
            following = following if isinstance(item, Note) else item
        return found[::-1]

    def _ends(self, lines: Sequence[TextLine], following: TextLine | None) -> bool | None:
        """Whether a paragraph ends with the last of its lines; None where the words have to tell."""
        last = lines[-1]
        ended = structure.ends_sentence(last.text)
        if following is None:
            return None if not ended and self._full(last, None) else True
        if _columnar(last.text) or _columnar(following.text) or abs(last.size - following.size) > 0.1 * self._body:
            return True
        if last.size > _LARGER * self._body:
            return not self._same_heading(last, following)
        full = self._full(last, following)
        if not full and not ended and (last.text[-1] in "、，," or structure.open_bracket(last.text[-80:])):
            # In Latin script a line that breaks off is a clause of its own where the next begins like one.
            below = following.page == last.page and following.column == last.column
            return True if below and last.text[-1] == "," and following.text[0].isupper() else None
        if last.bold != following.bold and (ended or not full):
            return True
        if following.page != last.page or following.column != last.column or following.top < last.top:
            return self._ends_at_break(lines, following, full)
        apart = following.bottom - last.bottom > self._pitch.get(last.size, 1.6 * last.size) + 0.4 * last.size
        if apart:
            return True if ended or not full else None
        shift = following.left - last.left
        aside = abs(shift) > 0.6 * last.size and not (len(lines) == 1 and shift < 0)
        if not full or (ended and _marked(following.text) and (aside or _marked(lines[0].text))):
            return True
        return self._ends_by_indent(lines, following, ended)

    def _ends_at_break(self, lines: Sequence[TextLine], following: TextLine, full: bool) -> bool | None:
        ended = structure.ends_sentence(lines[-1].text)
        if not full:
            return True if ended else None
        mark = structure.numbered(following.text)
        short = self._margins.right(following) - following.right > 3 * following.size
        section = mark is not None and mark.rank and (mark.rank < 40 or short)
        if ended and (section or (_marked(following.text) and (not self._indents or _marked(lines[0].text)))):
            return True
        if self._indents:
            return (True if ended else None) if self._margins.indented(following) else False
        # A paragraph of several lines rather goes on than that its last line is full by chance.
        return None if ended and len(lines) < 3 else False

    def _ends_by_indent(self, lines: Sequence[TextLine], following: TextLine, ended: bool) -> bool | None:
        last, first = lines[-1], len(lines) == 1
        shift = following.left - last.left
        if shift < -4.5 * last.size and first and not _marked(last.text):
            # No first line is indented so far: it is a signature, a date, a line that is centred.
            return True
        if abs(shift) < 0.6 * last.size:
            return first and ended and self._indents and self._margins.indented(last)
        if shift > 0:
            return not (first and _marked(last.text))
        return False if first else (True if ended else None)

    def _same_heading(self, last: TextLine, following: TextLine) -> bool:
        """Whether a large line goes on in the next one: they are near, and full or centred alike."""
        near = following.page == last.page and 0 < following.top - last.bottom < 1.1 * last.size
        if not near or last.bold != following.bold or _marked(following.text):
            return False
        if self._full(last, following) or structure.open_bracket(last.text):
            return True
        # "关于…目录" is whole, unless the line below says of which kind the document is.
        whole = structure.document_title(last.text) and not pdf_marks.kind_of_document(following.text)
        return self._centred(last, following) and abs(last.left - following.left) > 2 and not whole

    def _centred(self, last: TextLine, following: TextLine) -> bool:
        """Whether two lines have the same middle and neither begins at the margin."""
        near = following.page == last.page and following.top - last.bottom < 1.6 * last.size
        middle = abs(last.left + last.right - following.left - following.right) < 2 * last.size
        return near and middle

    def _full(self, line: TextLine, following: TextLine | None) -> bool:
        """Whether the first word of the next line would not have fitted at the end of this one."""
        room = self._margins.right(line) - line.right
        if following is None:
            return room < 2 * line.size
        word = _FIRST_WORD.match(following.text)
        share = width(word[0]) / max(1, width(following.text)) if word else 0
        slack = 1.2 if word and not word[0][0].isascii() else 1.0
        return room < share * (following.right - following.left) + slack * line.size

    def _heads(self, paragraph: _Paragraph) -> bool:
        """Whether a paragraph looks like a heading: larger than the text, short and no sentence."""
        first, text = paragraph.lines[0], paragraph.text
        return (
            first.size > _LARGER * self._body
            and not self._pages[first.page].scanned
            and width(text) <= 140
            and (text[-1] in "?？!！" or not structure.ends_sentence(text))
            and not structure.caption(text)
            and not _columnar(text)
            and not _DATE.match(text)
            and not (first.page == 1 and pdf_marks.letterhead(text))
            and any(c.isalpha() for c in text)
        )

    def _levels(self, paragraphs: Sequence[_Paragraph]) -> dict[float, int]:
        """The level of headings of each size. Those in between numbered headings rank as these do."""
        sizes = {p.lines[0].size for p in paragraphs if self._heads(p)}
        ranks: dict[float, list[int]] = defaultdict(list)
        for paragraph in paragraphs:
            mark = structure.numbered(paragraph.text)
            if mark is not None and mark.rank and not structure.dot_leader(paragraph.text):
                ranks[paragraph.lines[0].size].append(mark.rank)
        levels: dict[float, int] = {}
        for size in sorted(sizes, reverse=True):
            above = [rank for other, found in ranks.items() if other > size + 0.4 for rank in found]
            beside = [rank for other, found in ranks.items() if abs(other - size) <= 0.4 for rank in found]
            larger = [level for other, level in levels.items() if other > size]
            levels[size] = min(beside) if beside else max([*above, *larger], default=0) + 1
        return levels

    def _has_indents(self) -> bool:
        """Whether paragraphs begin with an indented line: lines go back to the margin after one."""
        back = sum(
            1
            for a, b in itertools.pairwise(self._lines)
            if self._margins.indented(a)
            and a.page == b.page
            and not self._margins.indented(b)
            and not _marked(a.text)
            and 0 < b.bottom - a.bottom < 2.2 * a.size
        )
        return back > 0.02 * len(self._lines)


def _columnar(text: str) -> bool:
    """Whether a line is set in columns: of a contents page, or with wide blanks."""
    return "\t" in text or structure.dot_leader(text)


def _marked(text: str) -> bool:
    """Whether a line begins as an item, a numbered heading, a caption or a note does."""
    return (
        structure.numbered(text) is not None
        or structure.bullet(text)
        or structure.caption(text)
        or structure.footnote(text)
    )

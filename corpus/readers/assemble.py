"""Lines and grids to a reading: finds the structure that official documents show by their words.

The canonical text is the source as a person reads it: lines that were cut at a page's width or by a
page break are joined again, and footnotes and captions that stand in the middle of a sentence come
after its paragraph. No word is added, left out or changed, so a quote is found in the source as well,
white space aside. It knows nothing of files, formats or metadata.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from corpus import structure
from corpus.document import Kind
from corpus.readers.clauses import clause_lines, known_clause, to_lists
from corpus.readers.furniture import chrome_start, contents_lines, tag_front
from corpus.readers.layout import Item, Records, lay_out
from corpus.readers.parts import Grid, Line, Part, Reading
from corpus.readers.tables import read_table, row_context, row_text

# Below the enclosures of a letter stand those who sign it, and the date.
_SIGNATURE_LINES = 8
_URL = re.compile(r"<?https?://\S+$")
# Runs of characters that take two columns each (East Asian Width W and F).
_FULL_WIDTH = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe6b\uff01-\uff60\uffe0-\uffe6\U0001f300-\U0003fffd]+"
)
# How much of a paragraph says whether its last sentence has ended.
_TAIL = 16
# Chinese lines without any of these are titles and names, and so are English ones that end in another word.
_PROSE = re.compile("[，、；。]")
_LONGEST_TITLE = 64
# With these begin the sentences that stand right below a title.
_OPENS = re.compile("为|根据|按照|依据|现|近日|本|各|经")
_OPEN_WORD = re.compile(r"\b(?:of|the|and|or|to|in|for|with|by|a|an|on|at|from|as|that|is|are)$")
# In a text with cut lines, the cells of a flattened table are cut at a narrower width than its prose.
_CELL_WIDTH = 36


def assemble(
    parts: Sequence[Part], *, wrap: int | None = None, front: str = "", properties: Mapping[str, str] | None = None
) -> Reading:
    """The reading of a document's parts in order. `wrap` is the width at which its lines were cut, in
    columns, None where paragraphs are whole; `front` and `properties` are handed on."""
    items = _Assembler(parts, wrap).items()
    tag_front(items)
    text, blocks, tables = lay_out(items)
    return Reading(text, blocks, tables, front, properties or {})


def width(line: str) -> int:
    """Columns on a page: 2 for a full-width character."""
    return len(line) if line.isascii() else len(line) + sum(map(len, _FULL_WIDTH.findall(line)))


def wrap_width(lines: Sequence[str]) -> int | None:
    """The width at which the lines of a text were cut, or None where paragraphs are whole lines."""
    widths = sorted(w for w in (width(line.strip()) for line in lines if "\t" not in line) if w > 24)
    if len(widths) < 12:
        return None
    limit = widths[int(len(widths) * 0.9)]
    full = sum(1 for w in widths if limit - 8 <= w <= limit + 4)
    return limit if limit <= 120 and full >= 0.5 * len(widths) else None


class _Assembler:
    """Turns parts into items: one pass, with one paragraph open at a time."""

    def __init__(self, parts: Sequence[Part], wrap: int | None) -> None:
        self._parts = parts
        self._wrap = wrap
        texts = [part.text if isinstance(part, Line) else "" for part in parts]
        self._contents = contents_lines(texts)
        self._clauses = clause_lines(["" if i in self._contents else text.strip() for i, text in enumerate(texts)])
        # What the format says is furniture is no sign that all after it is.
        told = [isinstance(part, Line) and part.kind is Kind.CHROME for part in parts]
        self._chrome_from = chrome_start(["" if known else text for text, known in zip(texts, told, strict=True)])
        self._done: list[Item] = []
        self._open: Item | None = None
        self._last_width = 0
        self._last_ends: bool | None = None
        self._indented = False
        self._numbering_seen = False
        self._place = 0
        # A numbered line that is cut at the width: whether it is a heading shows when it is whole.
        self._pending: structure.Mark | None = None
        # Whether the lines name what is enclosed; whether an article is open.
        self._enclosing = self._in_article = False
        # The places of headings that are no items of a list, whatever stands below.
        self._sure: set[int] = set()

    def items(self) -> list[Item]:
        for i, part in enumerate(self._parts):
            self._place = i
            if isinstance(part, Grid):
                self._table(part)
            elif not part.text.strip():
                continue
            elif i >= self._chrome_from:
                self._gather(Kind.CHROME, part)
            elif i in self._contents:
                self._gather(Kind.CONTENTS, part)
            elif part.kind is Kind.CHROME and self._open_sentence():
                # What belongs to the page waits until the sentence that it cuts is whole.
                self._open_asides().append(self._placed(part, Item(Kind.CHROME, part.text.strip())))
            elif part.verbatim or part.kind in (Kind.CHROME, Kind.CONTENTS):
                self._gather(part.kind or Kind.PARAGRAPH, part)
            else:
                self._line(part, part.text.strip())
        self._close()
        return to_lists(self._done, self._sure)

    def _line(self, line: Line, text: str) -> None:
        if line.kind is Kind.HEADING:
            self._heading(line, line.level, structure.squeeze(text), text)
        elif line.kind is Kind.FOOTNOTE or structure.footnote(text) or structure.caption(text):
            self._aside(line, text)
        elif _URL.match(text) and self._extend_footnote(text):
            pass
        elif line.kind is Kind.LIST_ITEM:
            self._start(line, Item(Kind.LIST_ITEM, text))
        else:
            self._numbered_or_text(line, text)

    def _numbered_or_text(self, line: Line, text: str) -> None:
        mark = self._mark(line, text)
        cut = mark is not None and mark.rank and self._cut(line, text)
        article = structure.article(text) if mark is not None and mark.order == structure.ARTICLE else 0
        if article and mark is not None and (cut or not mark.rank):
            self._article(line, text, article)
        elif cut:
            self._start(line, Item(Kind.LIST_ITEM, text))
            self._pending = mark
        elif mark is not None and mark.rank:
            self._numbering_seen = True
            sure = line.bold or self._place in self._clauses
            self._heading(line, self._annex_rank(text) or mark.rank, structure.squeeze(text), text, sure)
        elif mark is not None or (structure.bullet(text) and not self._mid_sentence()):
            self._start(line, Item(Kind.LIST_ITEM, text))
        elif self._below_bare_mark() and structure.annex_nature(text):
            self._add(line, Item(Kind.PARAGRAPH, text))
        elif (above := self._below_bare_mark()) and structure.is_title(text):
            self._heading(line, above + 1, structure.squeeze(text), text, True)
        elif line.bold and structure.is_title(text) and text[0] not in "（(":
            self._heading(line, 70 if self._numbering_seen else 8, text, text)
        elif self._joins(line, text):
            self._join(line, text)
        else:
            self._start(line, Item(Kind.PARAGRAPH, text))

    def _mark(self, line: Line, text: str) -> structure.Mark | None:
        """The mark of a line, as far as the lines around it bear it out."""
        mark = structure.numbered(text)
        if self._enclosing and (mark is None or mark.order not in (0, structure.CLAUSE, structure.ENCLOSURE, 50)):
            self._enclosing = False
        if mark is None and self._place in self._clauses:
            length = self._clauses[self._place]
            rank = structure.CLAUSE + text[:length].count(".") if length == len(text) else structure.PART
            return None if self._cuts_in(line) and not known_clause(text) else structure.Mark(rank, length, rank)
        if self._enclosing:
            return None if mark is None else structure.Mark(0, mark.length, mark.order)
        if self._names_enclosures(text):
            self._enclosing = True
            return None
        if mark is None or (structure.annex(text) and self._only_named(text)):
            return None
        if self._mid_sentence() and (mark.rank == 0 or structure.CLAUSE <= mark.order <= 50):
            return None
        if (
            mark.order == structure.ARTICLE
            and self._cuts_in(line)
            and not text[mark.length : mark.length + 1].isspace()
        ):
            return None
        if self._in_article and structure.ARTICLE < mark.order < structure.CLAUSE and text[-1] in ":：":
            return structure.Mark(0, mark.length, mark.order)
        return mark

    def _cuts_in(self, line: Line) -> bool:
        """Whether a line would cut a sentence that is open right above it."""
        return not line.gap and self._open_sentence()

    def _article(self, line: Line, text: str, length: int) -> None:
        """An article of a law: its number is a heading, as it is the article that people cite."""
        mark = text[:length].strip()
        self._heading(line, structure.ARTICLE, mark.rstrip(":： \u3000"), mark)
        self._start(line, Item(Kind.PARAGRAPH, text[length:].strip()))
        self._last_width = width(text)

    def _cut(self, line: Line, text: str) -> bool:
        """Whether a numbered line is cut, at the page's width or before a word in small letters."""
        after = self._parts[self._place + 1] if self._place + 1 < len(self._parts) else None
        if not isinstance(after, Line) or after.kind is not None or line.ends or line.bold or after.bold:
            return False
        follows = after.text.strip()
        if (
            not follows
            or after.indented
            or structure.bare_mark(text)
            or structure.numbered(follows) is not None
            or structure.bullet(follows)
        ):
            return False
        if not after.gap and (line.indented or (follows[0].islower() and text[-1].isascii())):
            return True
        return self._wrap is not None and self._wrap - 3 <= width(text) <= self._wrap + 4 and not follows[0].isdigit()

    def _names_enclosures(self, text: str) -> bool:
        """Whether a line begins the list of what is enclosed, as a letter has it above its signature."""
        length = structure.enclosed(text)
        if not length:
            return False
        rest = text[length:]
        if not rest:
            after = self._parts[self._place + 1 : self._place + 4]
            rest = next((part.text.strip() for part in after if isinstance(part, Line) and part.text.strip()), "")
        return bool(re.match(r"[（(]?1[\s.．、)）]", rest)) or (len(text) > length and self._only_named(text))

    def _only_named(self, text: str) -> bool:
        """Whether "附件：…" only names what is enclosed: the signature and its date follow, not the annex."""
        place = self._place + 1
        after = (part.text.strip() for part in self._parts[place : place + 40] if isinstance(part, Line))
        written = [t for t in after if t][:_SIGNATURE_LINES]
        return len(text) > 4 and any(structure.date_line(t) for t in written)

    def _annex_rank(self, text: str) -> int:
        """The rank of an annex (附录) to an enclosure (附件) that is open: it belongs to it. 0 for all else."""
        if not structure.squeeze(text).startswith("附录"):
            return 0
        within = any(i.kind is Kind.HEADING and i.context.startswith("附件") for i in self._done)
        return structure.PART + 2 if within else 0

    def _below_bare_mark(self) -> int:
        """The rank of the heading right above if it is but a mark ("附件", "CHAPTER I"), whose title follows
        on this line; else 0."""
        if self._open is not None or not self._done:
            return 0
        above = self._done[-1]
        if len(self._done) > 1 and above.kind is Kind.PARAGRAPH and structure.annex_nature(above.text):
            above = self._done[-2]
        return above.rank if above.kind is Kind.HEADING and structure.bare_mark(above.context) else 0

    def _heading(self, line: Line, rank: int, title: str, text: str, sure: bool = False) -> None:
        self._close()
        if sure:
            self._sure.add(len(self._done))
        if rank <= structure.ARTICLE:
            self._in_article = rank == structure.ARTICLE
        self._add(line, Item(Kind.HEADING, text, rank, context=title))

    def _gather(self, kind: Kind, line: Line) -> None:
        """Lines that are kept as they are, gathered into one block."""
        text = line.text if line.verbatim else line.text.strip()
        if self._open is not None and self._open.kind is kind and self._open.rank == -1:
            self._turn(line, 1)
            self._open.text += "\n" + text
        else:
            self._start(line, Item(kind, text, rank=-1))

    def _start(self, line: Line, item: Item) -> None:
        self._close()
        self._open = self._placed(line, item)
        self._last_width = width(item.text)
        self._last_ends = line.ends
        self._indented = line.indented

    def _add(self, line: Line, item: Item) -> None:
        self._done.append(self._placed(line, item))

    def _placed(self, line: Line, item: Item) -> Item:
        item.page = line.page
        item.cover(line.box)
        return item

    def _join(self, line: Line, text: str) -> None:
        assert self._open is not None
        before, after = self._open.text[-1], text[0]
        glue = " " if before.isascii() and after.isascii() else ""
        self._turn(line, len(glue))
        self._open.text += glue + text
        self._last_width = width(text)
        self._last_ends = line.ends

    def _turn(self, line: Line, glue: int) -> None:
        """Notes a page break inside the open item, before `line` is joined to it."""
        assert self._open is not None
        item = self._open
        item.cover(line.box)
        if line.page is not None and item.page is not None:
            missing = line.page - item.page - len(item.turns)
            item.turns += [len(item.text) + glue] * max(0, missing)

    def _close(self) -> None:
        if self._open is not None:
            if self._pending is not None and structure.is_title(self._open.text[self._pending.length :].strip()):
                item, rank = self._open, self._pending.rank
                item.kind, item.rank, item.context = Kind.HEADING, rank, structure.squeeze(item.text)
            self._pending = None
            self._done.append(self._open)
            self._done += self._open.asides
            self._open = None

    def _aside(self, line: Line, text: str) -> None:
        """A footnote or caption. One that cuts a sentence waits until the sentence is whole."""
        footnote = line.kind is Kind.FOOTNOTE or structure.footnote(text)
        item = self._placed(line, Item(Kind.FOOTNOTE if footnote else Kind.PARAGRAPH, text))
        if self._open_sentence():
            self._open_asides().append(item)
        else:
            self._close()
            self._done.append(item)

    def _open_sentence(self) -> bool:
        """Whether a sentence is open that has not ended."""
        return self._open is not None and self._open.rank == 0 and not structure.ends_sentence(self._open.text)

    def _open_asides(self) -> list[Item]:
        assert self._open is not None
        return self._open.asides

    def _extend_footnote(self, url: str) -> bool:
        """The address of a footnote on a line of its own belongs to the footnote."""
        waiting = self._open.asides if self._open is not None else self._done
        if not waiting or waiting[-1].kind is not Kind.FOOTNOTE:
            return False
        waiting[-1].text += " " + url
        return True

    def _mid_sentence(self) -> bool:
        if self._open is None or self._open.rank != 0:
            return False
        text = self._open.text[-80:]
        if text[-1] in "。！？":
            # A speech of several paragraphs is closed after the last of them only.
            text = text.replace("“", "").replace("「", "")
        return self._last_ends is False or text[-1] in "、，," or structure.open_bracket(text)

    def _joins(self, line: Line, text: str) -> bool:
        """Whether a line goes on with the open paragraph rather than beginning the next one."""
        if self._open is None or self._open.rank != 0 or self._last_ends:
            return False
        if self._mid_sentence():
            return True
        before = self._open.text
        ended = structure.ends_sentence(before[-_TAIL:])
        if structure.goes_on(text) and not ended:
            return True
        if structure.stands_alone(text) or self._complete(line, text):
            return False
        if line.indented and not line.gap:
            return self._open.kind is Kind.LIST_ITEM and not ended
        if not line.gap and text[0].islower() and before[-1].isascii():
            return True
        if self._indented and not line.gap and not ended:
            return True
        full = self._full(line, text)
        if ended:
            return not line.gap and full and before[-1] not in ";:" and text[0].isascii() and before[-1].isascii()
        if line.gap and not self._wrap and before[-1] in "》）)】":
            return text[0] in "（(，。、；"
        return full

    def _complete(self, line: Line, text: str) -> bool:
        """Whether the open paragraph, unended as it is, is complete: a title, or what needs no full stop."""
        before = self._open.text if self._open is not None else ""
        if line.gap and (structure.document_title(before) or _changes_script(before, text)):
            return True
        if self._wrap:
            return False
        named = structure.document_title(before) or (structure.label(before) and not _PROSE.search(before))
        return named or structure.stands_alone(before) or structure.label(text)

    def _full(self, line: Line, text: str) -> bool:
        """Whether the last line of the open paragraph is full, so that the paragraph may go on."""
        assert self._open is not None
        if self._wrap:
            full = self._last_width >= self._wrap - 8
            return full or (self._last_width >= _CELL_WIDTH and not re.match(r"\d{1,3}(?:\s|$)", text))
        if self._last_width < 40:
            return False
        if self._open.text[-1].isascii() and text[0].isascii():
            # Lines of English are cut at 60 to 80 columns, and a page break may stand between them.
            return (
                text[0].islower()
                or (not line.gap and self._last_width >= 60)
                or bool(_OPEN_WORD.search(self._open.text[-_TAIL:]))
            )
        before = self._open.text
        if before[-1] == "》" and text[0] in "（(":
            return True
        return bool(
            len(before) > _LONGEST_TITLE or _PROSE.search(before) or (_PROSE.search(text) and not _OPENS.match(text))
        )

    def _table(self, grid: Grid) -> None:
        """A table's rows, each an item with its record; the header's rows are items of their own."""
        self._close()
        columns, rows = read_table(grid)
        title = grid.title or self._title_above()
        records = Records(title, columns)
        for row in rows:
            item = Item(Kind.TABLE_HEADER if row.header else Kind.TABLE_ROW, row_text(grid, row.source))
            if not row.header:
                item.context = row_context(title, columns, row.cells)
                item.table, item.cells = records, tuple(row.cells)
            item.page = grid.pages[row.source[0]] if grid.pages else None
            for n in row.source if grid.boxes else ():
                item.cover(grid.boxes[n])
            self._done.append(item)

    def _title_above(self) -> str:
        """The caption, heading or bare line above a table; a sentence above it is no title."""
        above = self._done[-1] if self._done else None
        if above is None or above.kind not in (Kind.HEADING, Kind.PARAGRAPH, Kind.LIST_ITEM):
            return ""
        if above.kind is not Kind.HEADING and structure.ends_sentence(above.text):
            return ""
        return above.text if len(above.text) <= 60 else ""


def _changes_script(before: str, after: str) -> bool:
    """Whether Chinese begins after text without any: a title in the other language, not the same sentence."""
    return before.isascii() and "一" <= after[0] <= "鿿"

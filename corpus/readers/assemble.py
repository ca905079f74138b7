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
        # What the format says is furniture is no sign that all after it is.
        told = [isinstance(part, Line) and part.kind is Kind.CHROME for part in parts]
        self._chrome_from = chrome_start(["" if known else text for text, known in zip(texts, told, strict=True)])
        self._done: list[Item] = []
        self._open: Item | None = None
        self._last_width = 0
        self._last_ends: bool | None = None
        self._numbering_seen = False
        self._place = 0

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
        return self._done

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
        mark = structure.numbered(text)
        if mark is not None and structure.annex(text) and self._only_named(text):
            mark = None
        weak = mark is not None and mark.rank in (0, 40, 41, 50)
        if mark is not None and weak and self._mid_sentence():
            mark = None
        if mark is not None and mark.rank:
            self._numbering_seen = True
            self._heading(line, self._annex_rank(text) or mark.rank, structure.squeeze(text), text)
        elif mark is not None or structure.bullet(text):
            self._start(line, Item(Kind.LIST_ITEM, text))
        elif self._annex_title(text):
            self._heading(line, self._done[-1].rank + 1, structure.squeeze(text), text)
        elif line.bold and structure.is_title(text) and text[0] not in "（(":
            self._heading(line, 70 if self._numbering_seen else 8, text, text)
        elif self._joins(line, text):
            self._join(line, text)
        else:
            self._start(line, Item(Kind.PARAGRAPH, text))

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

    def _annex_title(self, text: str) -> bool:
        """Whether a line is the title of the annex whose bare mark ("附件") stands right above it."""
        above = self._done[-1] if self._open is None and self._done else None
        bare = above is not None and above.kind is Kind.HEADING and structure.bare_annex(above.context)
        return bare and structure.is_title(text)

    def _heading(self, line: Line, rank: int, title: str, text: str) -> None:
        self._close()
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
        text = self._open.text
        return self._last_ends is False or text[-1] in "、，," or structure.open_bracket(text[-80:])

    def _joins(self, line: Line, text: str) -> bool:
        """Whether a line goes on with the open paragraph rather than beginning the next one."""
        if self._open is None or self._open.rank != 0 or self._last_ends:
            return False
        if self._mid_sentence():
            return True
        if line.indented and not line.gap:
            return self._open.kind is Kind.LIST_ITEM
        if line.gap and (structure.document_title(self._open.text) or _changes_script(self._open.text, text)):
            return False
        ended = structure.ends_sentence(self._open.text[-_TAIL:])
        if not line.gap and text[0].islower() and self._open.text[-1].isascii():
            return True
        full = self._last_width >= (self._wrap - 8 if self._wrap else 40)
        if self._wrap and not full and not re.match(r"\d{1,3}(?:\s|$)", text):
            full = self._last_width >= _CELL_WIDTH
        if ended:
            return not line.gap and full and text[0].isascii() and self._open.text[-1].isascii()
        if line.gap and not self._wrap and self._open.text[-1] in "》）)】":
            return text[0] in "（(，。、；"
        return full

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

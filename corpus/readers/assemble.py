"""Lines and grids to a reading: finds the structure that official documents show by their words.

The canonical text is the source as a person reads it: lines that were cut at a page's width or by a
page break are joined again, and footnotes and captions that stand in the middle of a sentence come
after its paragraph. No word is added, left out or changed, so a quote is found in the source as well,
white space aside. It knows nothing of files, formats or metadata.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from corpus import structure
from corpus.document import Block, Box, Kind, Row, Table
from corpus.readers.parts import Grid, Line, Part, Reading
from corpus.readers.tables import read_table, row_context, row_text

_URL = re.compile(r"<?https?://\S+$")
# How much of a paragraph says whether its last sentence has ended.
_TAIL = 16
# In a text with cut lines, the cells of a flattened table are cut at a narrower width than its prose.
_CELL_WIDTH = 36
_CHROME_WORDS = re.compile(
    r"微信扫一扫|轻触阅读原文|预览时标签不可点|继续滑动看下一个|向上滑动看下一个|轻点两下取消|使用完整服务"
    r"|点击关注|长按识别|扫码关注|返回顶部|上一篇|下一篇|打印本页|关闭窗口"
)


@dataclass(slots=True)
class Item:
    """A block before it has its place in the canonical text. `turns` are offsets in its own text;
    `row` is a table row's record, and `table` the table that it begins."""

    kind: Kind
    text: str
    rank: int = 0
    context: str = ""
    page: int | None = None
    turns: list[int] = field(default_factory=list)
    boxes: dict[int, Box] = field(default_factory=dict)
    asides: list[Item] = field(default_factory=list)
    table: _Records | None = None
    cells: tuple[str, ...] = ()

    def cover(self, box: Box | None) -> None:
        """Widens the item's place on a page by that of one of its lines."""
        if box is None:
            return
        had = self.boxes.get(box.page)
        self.boxes[box.page] = box if had is None else _union(had, box)


@dataclass(slots=True)
class _Records:
    """A table while its rows are laid out."""

    title: str
    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)


def assemble(
    parts: Sequence[Part], *, wrap: int | None = None, front: str = "", properties: Mapping[str, str] | None = None
) -> Reading:
    """The reading of a document's parts in order. `wrap` is the width at which its lines were cut, in
    columns, None where paragraphs are whole; `front` and `properties` are handed on."""
    items = _Assembler(parts, wrap).items()
    text, blocks, tables = _lay_out(items)
    return Reading(text, blocks, tables, front, properties or {})


def width(line: str) -> int:
    """Columns on a page: 2 for a full-width character."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


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
        self._chrome_from = _chrome_start(texts)
        self._done: list[Item] = []
        self._open: Item | None = None
        self._last_width = 0
        self._last_ends: bool | None = None
        self._numbering_seen = False

    def items(self) -> list[Item]:
        for i, part in enumerate(self._parts):
            if isinstance(part, Grid):
                self._table(part)
            elif not part.text.strip():
                continue
            elif i >= self._chrome_from:
                self._gather(Kind.CHROME, part)
            elif i in self._contents:
                self._gather(Kind.CONTENTS, part)
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
        weak = mark is not None and mark.rank in (0, 40, 41, 50)
        if mark is not None and weak and self._mid_sentence():
            mark = None
        if mark is not None and mark.rank:
            self._numbering_seen = True
            self._heading(line, mark.rank, structure.squeeze(text), text)
        elif mark is not None or structure.bullet(text):
            self._start(line, Item(Kind.LIST_ITEM, text))
        elif line.bold and structure.is_title(text) and text[0] not in "（(":
            self._heading(line, 70 if self._numbering_seen else 8, text, text)
        elif self._joins(line, text):
            self._join(line, text)
        else:
            self._start(line, Item(Kind.PARAGRAPH, text))

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
        if self._open is not None and self._open.rank == 0 and not structure.ends_sentence(self._open.text):
            self._open.asides.append(item)
        else:
            self._close()
            self._done.append(item)

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
        if line.gap and structure.document_title(self._open.text):
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
        records = _Records(title, columns)
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
        if above is None or (above.kind is not Kind.HEADING and structure.ends_sentence(above.text)):
            return ""
        return above.text if len(above.text) <= 60 else ""


def contents_lines(lines: Sequence[str]) -> frozenset[int]:
    """The lines of contents pages: any with dot leaders, and after a contents title all up to the last
    one that ends in a page number."""
    found = {i for i, line in enumerate(lines) if structure.dot_leader(line)}
    for i, line in enumerate(lines):
        if structure.squeeze(line.strip(" #*\t")).lower() not in structure.CONTENTS_TITLES:
            continue
        last, since, pages = i, 0, 0
        for j in range(i + 1, len(lines)):
            if structure.page_at_end(lines[j]):
                last, since, pages = j, 0, pages + 1
            elif lines[j].strip():
                since += 1
            if since > 6 or len(lines[j]) > 120:
                break
        if pages >= 3:
            found.update(range(i, last + 1))
    return frozenset(found)


def _chrome_start(lines: Sequence[str]) -> int:
    """The line from which on only the furniture of a web page follows; the line count if there is none."""
    for i, line in enumerate(lines):
        if _CHROME_WORDS.search(line) and not structure.ends_sentence(line.strip()):
            rest = [text for text in lines[i + 1 :] if text.strip()]
            if not any(len(t) > 30 and structure.ends_sentence(t.strip()) for t in rest):
                return i
    return len(lines)


def _lay_out(items: Sequence[Item]) -> tuple[str, tuple[Block, ...], tuple[Table, ...]]:
    """Puts the items into one text and gives each its span and its place under the headings."""
    parts: list[str] = []
    blocks: list[Block] = []
    tables: list[_Records] = []
    headings = structure.Headings()
    position = 0
    previous: Kind | None = None
    for item in _without_empty(items):
        separator = _separator(previous, item.kind)
        parts += [separator, item.text]
        start = position + len(separator)
        position = start + len(item.text)
        turns = tuple(start + turn for turn in item.turns)
        boxes = tuple(item.boxes[page] for page in sorted(item.boxes))
        block = Block(item.kind, start, position, headings.path, 0, item.page, item.context, turns, boxes)
        if item.kind is Kind.HEADING:
            path, level = headings.enter(item.rank, item.context)
            block = replace(block, headings=path, level=level, context="")
        if item.table is not None:
            if not item.table.rows:
                tables.append(item.table)
            item.table.rows.append(Row(start, position, item.cells))
        blocks.append(block)
        previous = item.kind
    return "".join(parts), tuple(blocks), tuple(Table(t.title, t.columns, tuple(t.rows)) for t in tables)


def _without_empty(items: Sequence[Item]) -> Iterator[Item]:
    for item in items:
        text = item.text.strip()
        if text:
            lead = len(item.text) - len(item.text.lstrip())
            item.turns = [turn - lead for turn in item.turns]
            item.text = text
            yield item


_TIGHT = (Kind.LIST_ITEM, Kind.TABLE_HEADER, Kind.TABLE_ROW)


def _separator(previous: Kind | None, kind: Kind) -> str:
    if previous is None:
        return ""
    return "\n" if previous in _TIGHT and kind in _TIGHT else "\n\n"


def _union(a: Box, b: Box) -> Box:
    left, top = min(a.left, b.left), min(a.top, b.top)
    return Box(a.page, left, top, max(a.right, b.right), max(a.bottom, b.bottom))

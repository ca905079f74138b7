"""Items in order to one text: each gets its span, its place under the headings, and its page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from corpus import structure
from corpus.document import Block, Box, Kind, Row, Table


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
    table: Records | None = None
    cells: tuple[str, ...] = ()

    def cover(self, box: Box | None) -> None:
        """Widens the item's place on a page by that of one of its lines."""
        if box is None:
            return
        had = self.boxes.get(box.page)
        self.boxes[box.page] = box if had is None else _union(had, box)


@dataclass(slots=True)
class Records:
    """A table while its rows are laid out."""

    title: str
    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)


def lay_out(items: Sequence[Item]) -> tuple[str, tuple[Block, ...], tuple[Table, ...]]:
    """Puts the items into one text and gives each its span and its place under the headings."""
    parts: list[str] = []
    blocks: list[Block] = []
    tables: list[Records] = []
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

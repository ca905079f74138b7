"""The structure of a document as a tree: its headings, with the named items below them, or the classes of a table.

Nothing is inferred from meaning: every node is a heading, a list item that begins with its name, or a table's cell,
and has its place in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from corpus.document import Block, Document, Kind, Row, Table

# The number, letter or bracket before a name, and a class's letter after it: "（一）", "3.2", "第二章", "(A)".
_NUMBERING = re.compile(
    r"^\s*(?:第[一二三四五六七八九十百\d]+[章节条部分]*|[(（]\s*(?:[一二三四五六七八九十]+|\d+|[a-zA-Z])\s*[)）]"
    r"|[一二三四五六七八九十]+\s*[、.．]|\d+(?:[.．]\d+)*\s*[、.．)）]?|[A-Z][.、])\s*"
)
# A list item that says its name first: "3. 名称。说明 …", "**Name**: …".
_NAMED = re.compile(
    r"^\s*(?:[(（]?[\d一二三四五六七八九十]{1,3}[)）.．、]\s*)?([^。：:；;，,\n]{2,24}?)\s*[。：:](?=\s*\S)"
)
_LIST = re.compile(r"[、，；;]|,\s")
_LONG_CELL, _LONG_NAME = 40, 60
_MOST_ROWS = 400


@dataclass(frozen=True, slots=True)
class Node:
    """A part: its name, where that stands (`start` to `end`), and where the part ends."""

    label: str
    start: int
    end: int
    until: int
    children: tuple[Node, ...] = ()

    @property
    def size(self) -> int:
        """Characters of the part."""
        return max(1, self.until - self.start)

    def walk(self) -> Iterator[Node]:
        """The nodes below, in the order of the text."""
        for child in self.children:
            yield child
            yield from child.walk()


@dataclass(slots=True)
class _Open:
    block: Block
    children: list[Node] = field(default_factory=list)


def bare(label: str) -> str:
    """A name without its number."""
    return _NUMBERING.sub("", label, count=1).strip() or label.strip()


def heading_tree(document: Document, *, items: bool = False) -> Node:
    """The tree of a document's headings, with `items` also of the items that begin with their name, below headings
    that have no others."""
    text = document.text
    stack: list[_Open] = []
    top: list[Node] = []

    def close(level: int, until: int) -> None:
        while stack and stack[-1].block.level >= level:
            done = stack.pop()
            label = " ".join(text[done.block.start : done.block.end].split())
            node = Node(label, done.block.start, done.block.end, until, tuple(done.children))
            (stack[-1].children if stack else top).append(node)

    for block in document.blocks:
        if block.kind is Kind.HEADING:
            close(block.level, block.start)
            stack.append(_Open(block))
    close(0, len(text))
    root = Node(document.metadata.title, 0, 0, len(text), tuple(top))
    return _with_items(root, document) if items else root


def _with_items(node: Node, document: Document) -> Node:
    if node.children:
        return replace(node, children=tuple(_with_items(child, document) for child in node.children))
    blocks = [b for b in document.blocks if node.end <= b.start < node.until and b.kind in _PROSE]
    found = [(b, match) for b in blocks if (match := _NAMED.match(document.text[b.start : b.end]))]
    # One sentence that happens to have a colon is no list.
    if len(found) < 2 or len(found) < len(blocks) / 2:
        return node
    return replace(node, children=tuple(Node(m[1].strip(" *"), b.start, b.end, b.end) for b, m in found))


_PROSE = (Kind.LIST_ITEM, Kind.PARAGRAPH)


def main_part(root: Node) -> Node:
    """The part in which the structure is: a title that repeats the document's, and wrappers of everything, are
    passed through."""
    while True:
        branches = {bare(root.label), *(bare(c.label) for c in root.children if c.children)}
        children = tuple(c for c in root.children if c.children or bare(c.label) not in branches)
        if len(children) != 1 or not children[0].children:
            return replace(root, children=children)
        root = replace(children[0], label=root.label)


def table_tree(table: Table) -> Node:
    """The classes of a table: its rows grouped by its leading columns that repeat, and below a row the items of a
    cell that lists several."""
    rows = table.rows[:_MOST_ROWS]
    groups = _grouping(rows)
    name = _naming(rows, groups)
    listed = _listing(rows, {*groups, name})
    first, last = (rows[0].start, rows[-1].end) if rows else (0, 0)
    return Node(table.title, first, first, last, _grouped(rows, groups, name, listed))


def _grouping(rows: Sequence[Row]) -> list[int]:
    """At most two columns by which rows are grouped, the coarser first."""
    found = []
    for column in range(min(map(len, (row.cells for row in rows)), default=0)):
        cells = [row.cells[column] for row in rows]
        distinct = len(set(cells))
        short = sum(0 < len(cell) <= _LONG_CELL for cell in cells) >= 0.9 * len(cells)
        if 2 <= distinct <= 0.6 * len(cells) and short and not all(map(_is_figure, cells)):
            found.append((distinct, column))
    return [column for _, column in sorted(found)[:2]]


def _naming(rows: Sequence[Row], groups: Sequence[int]) -> int:
    """The column that tells the rows apart best, figures least of all."""
    width = min((len(row.cells) for row in rows), default=1)
    others = [column for column in range(width) if column not in groups] or [0]

    def worth(column: int) -> tuple[bool, int, int]:
        cells = [row.cells[column] for row in rows if column < len(row.cells)]
        figures = sum(map(_is_figure, cells)) > len(cells) / 2
        short = sum(len(cell) <= _LONG_NAME for cell in cells)
        return not figures, min(short, len(set(cells))), -column

    return max(others, key=worth)


def _listing(rows: Sequence[Row], taken: set[int]) -> int | None:
    """The column whose cells list several things, None where there is none."""
    width = min((len(row.cells) for row in rows), default=0)
    lists = {c: sum(len(_items(row.cells[c])) >= 2 for row in rows) for c in range(width) if c not in taken}
    best = max(lists, key=lambda c: lists[c], default=None)
    return best if best is not None and lists[best] >= max(1, len(rows) / 2) else None


def _grouped(rows: Sequence[Row], groups: Sequence[int], name: int, listed: int | None) -> tuple[Node, ...]:
    if not groups:
        return tuple(_leaf(row, name, listed) for row in rows)
    by: dict[str, list[Row]] = {}
    for row in rows:
        by.setdefault(row.cells[groups[0]], []).append(row)
    # Rows of a class need not stand together: its size is that of its rows, counted from the first.
    return tuple(
        Node(
            label or "—",
            its[0].start,
            its[0].end,
            its[0].start + sum(row.end - row.start for row in its),
            _grouped(its, groups[1:], name, listed),
        )
        for label, its in by.items()
    )


def _leaf(row: Row, name: int, listed: int | None) -> Node:
    label = (row.cells[name] if name < len(row.cells) else "") or next(filter(None, row.cells), "—")
    items = _items(row.cells[listed]) if listed is not None else []
    below = tuple(Node(item, row.start, row.end, row.start + len(item)) for item in items) if len(items) > 1 else ()
    return Node(label, row.start, row.end, row.end, below)


def _items(cell: str) -> list[str]:
    """What a cell lists; of a sentence nothing."""
    items = [item.strip() for item in _LIST.split(cell) if item.strip()]
    return [] if "。" in cell or any(len(item) > _LONG_CELL for item in items) else items


def _is_figure(cell: str) -> bool:
    return not re.search(r"[A-Za-z一-鿿]{2}", cell)

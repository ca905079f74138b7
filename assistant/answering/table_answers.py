"""Answers from tables as records: how many rows there are, which, in which group the most, and a row read aloud.

What a question asks of a table is for `assistant.answering.table_questions`. Rows are counted and listed, never summed
up: every row that counts is cited.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.answering.asked import Asked
from assistant.answering.table_groups import Group, values
from assistant.answering.table_questions import Rows, Wanted
from assistant.answers import Draft
from corpus.document import Document, Kind, Row, Table
from indexing.retrieval import Hit
from indexing.tokeniser import fold

# How many rows are said and cited one by one.
_MOST_ROWS = 60
_LENGTH = 1100


def draft(rows: Rows, hits: Sequence[Hit], asked: Asked, language: str) -> list[Draft]:
    """How many rows there are, which is counted and not quoted, and which they are; every row is cited, from the hit of
    its document."""
    hit = next(hit for hit in hits if hit.document_id == rows.document.id)
    if rows.wanted == "rows":
        read = (record(rows.document, hit, row.start, row.end) for row in rows.rows)
        return [Draft(*one, 1.0) for one in read if one is not None]
    return list(_say(rows, hit, asked.measure if language == "zh" else ""))


def _say(rows: Rows, hit: Hit, measure: str) -> Iterator[Draft]:
    """Each group counted and told, in Chinese with a measure word, else in English; and what they are together."""
    sizes = [len(_items(rows, group)) for group in rows.groups]
    for group, size in zip(rows.groups, sizes, strict=True):
        yield Draft(_counted(rows, group, size, measure), (), 1.0)
        yield from _told(rows, group, hit, zh=bool(measure))
    names = [_name(group) for group in rows.groups]
    yield from summed(rows.wanted, list(zip(names, sizes, strict=True)), measure)


def summed(wanted: Wanted, sizes: Sequence[tuple[str, int]], measure: str) -> Iterator[Draft]:
    """What several groups, each by its name and size, come to: together, or which has more or fewer."""
    if wanted == "together":
        total = sum(size for _, size in sizes)
        yield Draft(f"合计 {total} {measure}。" if measure else f"Together: {total}.", (), 1.0)
    if wanted in ("more", "fewer"):
        wins = (max if wanted == "more" else min)(size for _, size in sizes)
        names = [name for name, size in sizes if size == wins]
        yield Draft(_winning(names, wins, len(sizes), wanted == "more", measure), (), 1.0)


def _counted(rows: Rows, group: Group, size: int, measure: str) -> str:
    title = rows.table.title or rows.document.metadata.title
    where = _name(group, "、" if measure else ", ")
    if not where and rows.named:
        where = " ".join(rows.table.columns[rows.column].split())
    if measure:
        most = "最多，" if rows.wanted == "most" else ""
        return f"{_book_title(title)}中{where}{most}共 {size} {measure}{'：' if size else '。'}"
    where = where.removesuffix(group.noun).removesuffix(", ") if group.noun else where
    which = f" for {where}" if where else ""
    most = "the most, " if rows.wanted == "most" else ""
    return f"“{title}” has {most}{entries(size, rows.counted or group.noun)}{which}{':' if size else '.'}"


def entries(size: int, counted: str = "") -> str:
    """How many entries there are, in English, or of what the question calls them."""
    return "1 entry" if size == 1 else f"{size} {counted or 'entries'}"


def _told(rows: Rows, group: Group, hit: Hit, *, zh: bool) -> Iterator[Draft]:
    """The items of a group; of a group without any, or with one that is what was asked, the rows as they stand."""
    items, counted = _items(rows, group), _with_value(rows, group)
    if not items or tuple(items) == group.values:
        read = (record(rows.document, hit, row.start, row.end) for row in group.rows)
        yield from (Draft(*one, 1.0) for one in read if one is not None)
        return
    said, room = list[str](), _LENGTH
    for item in items:
        room -= len(item) + 1
        if room < 0:
            break
        said.append(" ".join(item.split()))
    text = ("；" if zh else "; ").join(said)
    if len(said) < len(items):
        text += "……" if zh else " …"
    yield Draft(text, tuple((hit, row.start, row.end) for row in counted[:_MOST_ROWS]), 1.0)


def _winning(names: Sequence[str], size: int, groups: int, more: bool, measure: str) -> str:
    if len(names) == groups:
        return f"一样多，各 {size} {measure}。" if measure else f"They have as many: {size} each."
    if measure:
        return f"{'最多' if more else '最少'}的是{'、'.join(names)}：{size} {measure}。"
    return f"{'Most' if more else 'Fewest'}: {', '.join(names)} ({size})."


def _items(rows: Rows, group: Group) -> list[str]:
    """What is counted: the values of the column that the question names, else the rows, by what they are told apart:
    a row that has nothing there, by the column before it."""
    if group.items:
        return list(group.items)
    if rows.named:
        return values(group, rows.column)
    return [next((row.cells[i] for i in range(rows.column, -1, -1) if row.cells[i]), "") for row in group.rows]


def _with_value(rows: Rows, group: Group) -> list[Row]:
    """The rows that are cited: those that have what is counted; where they are many, the first of each value."""
    if not rows.named:
        return list(group.rows)
    having = [row for row in group.rows if row.cells[rows.column]]
    if len(having) <= _MOST_ROWS:
        return having
    return list({row.cells[rows.column]: row for row in reversed(having)}.values())[::-1]


def _name(group: Group, comma: str = "、") -> str:
    return comma.join(" ".join(value.split()) for value in group.values)


def _book_title(title: str) -> str:
    """A title in its marks; those that it has itself become the inner ones (GB/T 15834)."""
    if title[:1] == "《" and title.find("》") == len(title) - 1:
        return title
    return f"《{title.replace('《', '〈').replace('》', '〉')}》"


def record(document: Document, hit: Hit, start: int, end: int) -> tuple[str, tuple[tuple[Hit, int, int], ...]] | None:
    """A table's row as it is read aloud, each cell under its column, and the spans that say so: the row's own, and
    those of the rows where its merged cells are written. None where there is no such row."""
    for table in document.tables:
        for place, row in enumerate(table.rows):
            if row.start == start and row.end == end:
                return _aloud(document, table, place), tuple((hit, *span) for span in _spans(document, table, place))
    return None


def _aloud(document: Document, table: Table, place: int) -> str:
    row = table.rows[place]
    zh = document.metadata.language != "en"
    named = (
        (" ".join(column.split()), " ".join(cell.split()))
        for column, cell in zip(table.columns, row.cells, strict=False)
    )
    cells = [f"{column}{'：' if zh else ': '}{cell}" if column else cell for column, cell in named if cell]
    return ("；" if zh else "; ").join(cells)


def _spans(document: Document, table: Table, place: int) -> list[tuple[int, int]]:
    row = table.rows[place]
    spans = [(row.start, row.end), *_header(document, row.start)]
    own = _whole(document.quote(row.start, row.end))
    for i, cell in enumerate(row.cells):
        if cell and _whole(cell) not in own:
            said = (other for other in reversed(table.rows[:place]) if other.cells[i] == cell)
            above = next((o for o in said if _whole(cell) in _whole(document.quote(o.start, o.end))), None)
            if above is not None and (above.start, above.end) not in spans:
                spans.append((above.start, above.end))
    return spans


def _header(document: Document, row: int) -> list[tuple[int, int]]:
    """Where the columns of a row's table are named."""
    headers = (b for b in reversed(document.blocks) if b.kind is Kind.TABLE_HEADER and b.end <= row)
    return [(header.start, header.end) for header in [next(headers, None)] if header is not None]


def _whole(cell: str) -> str:
    return fold(cell).replace(" ", "").replace("\n", "")

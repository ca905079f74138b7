"""Answers from tables as records: how many rows, which rows, and how many there are of what a column tells apart.

A question is about a table where it says what some of its cells say, or what a column or the table is called, and
nothing else that the table does not. Rows are counted and listed, never summed up: every row that counts is cited.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.answering.asked import Asked
from assistant.answers import Draft
from corpus.document import Document, Kind, Row, Table
from indexing.retrieval import Hit, Search
from indexing.tokeniser import fold, question_units, terms, with_stars

# What share of a question a table has to say, with its title, its columns and the cells that are asked for; where
# none of its cells are, it has to say this much.
_ENOUGH, _ENOUGH_ALONE = 0.4, 0.6
# Fewer rows are no list.
_LEAST = 2
# How many rows are said and cited one by one.
_MOST_ROWS = 60
_LENGTH = 1100
# Rows with no more between them are neighbours; the most characters that neighbours have together in a hit.
_APART, _SPAN = 4, 1200
_CODE = re.compile(r"^[A-Za-z0-9.]{1,4}\s+")
_NUMBERING = re.compile(r"序号|编号|^no\.?$|^#$|^number$", re.I)
_ROW_NUMBER = re.compile(r"第\s*(\d{1,4})\s*[号项条个行]|\b(?:no\.?|number|row|item|entry)\s*(\d{1,4})\b", re.I)
_TABLE = re.compile(r"框架表|清单|表格?里?|\btable\b|\blist\b", re.I)
_ALL = re.compile(r"一?共|总共|总数|全部|所有|in (?:total|all)|altogether|\ball\b|\btotal\b", re.I)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table that a question is about, the cells by which it says so, and the column that it counts or
    lists the values of: `named` by the question, or the one that tells rows apart. A row that is asked for by its
    number is `single`."""

    document: Document
    table: Table
    rows: tuple[Row, ...]
    conditions: tuple[tuple[int, str], ...] = ()
    column: int = 0
    named: bool = False
    said: float = 1.0
    single: bool = False


def asked_rows(question: str, asked: Asked, search: Search, documents: Mapping[str, Document]) -> Rows | None:
    """The rows that a question asks for, of the tables of the documents that were found; None where it asks for none.
    Of several tables the one that says most of the question."""
    ids = dict.fromkeys(hit.document_id for hit in search.hits)
    tables = [(documents[document_id], table) for document_id in ids for table in documents[document_id].tables]
    if asked.kinds.isdisjoint(("count", "list")):
        return _numbered(question, tables)
    found = [one for document, table in tables if (one := _about(question, asked, search, document, table)) is not None]
    return max(found, key=lambda one: (one.said, len(one.conditions), -len(one.rows)), default=None)


def draft(rows: Rows, hits: Sequence[Hit], asked: Asked, language: str) -> list[Draft]:
    """How many rows there are, which is counted and not quoted, and which they are; every row is cited, from the hit of
    its document."""
    hit = next(hit for hit in hits if hit.document_id == rows.document.id)
    if rows.single and (read := record(rows.document, hit, rows.rows[0].start, rows.rows[0].end)):
        return [Draft(*read, 1.0)]
    return _say(rows, hit, asked, language)


def spans_of(rows: Rows) -> list[tuple[int, int]]:
    """Where the rows stand, neighbours in one span of at most so many characters."""
    spans: list[tuple[int, int]] = []
    for row in rows.rows:
        if spans and row.start - spans[-1][1] <= _APART and row.end - spans[-1][0] <= _SPAN:
            spans[-1] = (spans[-1][0], row.end)
        else:
            spans.append((row.start, row.end))
    return spans


def _numbered(question: str, tables: Iterable[tuple[Document, Table]]) -> Rows | None:
    """The row that is asked for by its number."""
    if (match := _ROW_NUMBER.search(question)) is None:
        return None
    number = match[1] or match[2]
    for document, table in tables:
        column = next((i for i, name in enumerate(table.columns) if _NUMBERING.search(name)), None)
        rows = [row for row in table.rows if column is not None and row.cells[column].strip() == number]
        if len(rows) == 1:
            return Rows(document, table, tuple(rows), single=True)
    return None


def _about(question: str, asked: Asked, search: Search, document: Document, table: Table) -> Rows | None:
    """What a question asks of a table; None where it asks something else."""
    if len(table.rows) < 2:
        return None
    conditions, left = _conditions(_plain(with_stars(question)), table)
    column, named = _column(left, table)
    rows = tuple(row for row in table.rows if all(_bare(row.cells[i]) == value for i, value in conditions))
    rows, phrase = _holding(left, rows, column) if named and not conditions else (rows, "")
    counts = "count" in asked.kinds
    if not rows or not (conditions or (counts and (named or _ALL.search(question)))):
        return None
    words = [table.title, document.metadata.title, *table.columns, phrase, *(value for _, value in conditions)]
    if named:
        words += [row.cells[column] for row in rows]
    if _TABLE.search(question):
        words.append(question[slice(*_TABLE.search(question).span())])  # type: ignore[union-attr]
    said = max(search.question.coverage(set(terms("\n".join(words)))), _said(question, words))
    of_rows = bool(conditions) and (counts or bool(_TABLE.search(question))) and any(i != column for i, _ in conditions)
    if said < (_ENOUGH if of_rows else _ENOUGH_ALONE) or (len(rows) < _LEAST and not counts):
        return None
    return Rows(document, table, rows, conditions, column, named, said)


def _holding(text: str, rows: tuple[Row, ...], column: int) -> tuple[tuple[Row, ...], str]:
    """Those of the rows whose cell in a column holds a phrase of the question that some have and others have not."""
    cells = [_bare(row.cells[column]) for row in rows]
    for size in range(min(10, len(text)), 2, -1):
        for start in range(len(text) - size + 1):
            phrase = text[start : start + size]
            held = [row for row, cell in zip(rows, cells, strict=True) if phrase in cell]
            if 1 < len(held) < sum(map(bool, cells)):
                # 工作组和联合工作组 asks for both.
                both = phrase[-3:] in text.replace(phrase, " ")
                return (rows, "") if both else (tuple(held), phrase)
    return rows, ""


def _said(question: str, words: Iterable[str]) -> float:
    """The share of a question's words, each counting the same, that are said."""
    found = set(terms("\n".join(words)))
    units = question_units(question)
    return sum(not found.isdisjoint(unit) for unit in units) / len(units) if units else 0.0


def _conditions(text: str, table: Table) -> tuple[tuple[tuple[int, str], ...], str]:
    """The cells that a question says, the longest first, one a column, and what is left of it."""
    values: dict[str, int] = {}
    for i, column in enumerate(table.columns):
        if not _NUMBERING.search(column):
            for row in table.rows:
                value = _bare(row.cells[i])
                if 2 <= len(value) <= 24 or set(value) == {"★"}:
                    values.setdefault(value, i)
    stars = re.findall("★+", text)
    found: dict[int, str] = {}
    for value, i in sorted(values.items(), key=lambda pair: -len(pair[0])):
        if i in found:
            continue
        if set(value) == {"★"}:
            if value in stars:
                found[i] = value
        elif value in text:
            found[i] = value
            text = text.replace(value, " ")
    return tuple(sorted(found.items())), text


def _column(text: str, table: Table) -> tuple[int, bool]:
    """The column whose values are asked for, and whether the question names it; else the one that tells the most
    rows apart by a name."""
    for i, column in sorted(enumerate(table.columns), key=lambda pair: -len(pair[1])):
        for name in re.split(r"[/／()]", _bare(column)):
            if len(name) >= 2 and name in text and not _NUMBERING.search(column):
                return i, True
    names = [i for i, column in enumerate(table.columns) if not _NUMBERING.search(column)] or [0]

    def telling(i: int) -> float:
        cells = [row.cells[i] for row in table.rows]
        long = sum(map(len, cells)) / len(cells) > 40
        return len(set(cells) - {""}) / len(cells) - long

    return max(names, key=telling), False


def _say(one: Rows, hit: Hit, asked: Asked, language: str) -> list[Draft]:
    rows = [row for row in one.rows if not one.named or row.cells[one.column]]
    items = [_item(one, row) for row in rows]
    if one.named:  # values of a column, not rows
        items = list(dict.fromkeys(items))
    said, room = list[str](), _LENGTH
    for item in items:
        room -= len(item) + 1
        if room < 0:
            break
        said.append(" ".join(item.split()))
    title = (one.table.title or one.document.metadata.title).strip("《》")
    where = [" ".join(one.rows[0].cells[i].split()) for i, _ in one.conditions]
    if language == "zh":
        measure = asked.measures[0] if asked.measures else "项"
        counted = f"《{title}》中{'、'.join(where)}共 {len(items)} {measure}："
    else:
        which = f" for {', '.join(where)}" if where else ""
        counted = f"“{title}” has {len(items)}{which}:"
    text = ("；" if language == "zh" else "; ").join(said)
    if len(said) < len(items):
        text += "……" if language == "zh" else " …"
    spans = tuple((hit, row.start, row.end) for row in rows[:_MOST_ROWS])
    return [Draft(counted, (), 1.0), Draft(text, spans, 1.0)]


def _item(one: Rows, row: Row) -> str:
    """What a row is told apart by: a row that has nothing in that column, by the column before it."""
    return next((row.cells[i] for i in range(one.column, -1, -1) if row.cells[i]), "")


@lru_cache(maxsize=20_000)
def _bare(cell: str) -> str:
    return _CODE.sub("", fold(cell)).replace(" ", "") if not set(cell.strip()) <= {"★"} else cell.strip()


def _plain(question: str) -> str:
    return fold(question).replace(" ", "") if any("一" <= c <= "鿿" for c in question) else fold(question)


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

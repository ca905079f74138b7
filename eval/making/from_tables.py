"""Questions from tables: a cell by its row and column, the rows with a value, how many they are, and two rows side
by side.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from corpus.document import Row
from eval.making.from_absence import missing_cells
from eval.making.listing import FEWEST, counted, listed
from eval.making.named_tables import FIGURE, NOTHING, Named, is_name, is_serial, named_tables, texts
from eval.making.proposals import Corpus, Lang, Proposal, Span
from eval.making.table_wording import DATED, THING, ask_both, ask_cell, ask_list, lower, row_name
from eval.questions import normal

_ASKS = re.compile(r"^(?:What|How|Why)\b|怎么|如何|中文|英文|名称|全称|简称|含义|Meaning|Name|Title", re.I)
_MOST_ROWS = 8
_LONGEST_CELL = {"zh": 36, "en": 80}


def from_tables(corpus: Corpus) -> Iterator[Proposal]:
    """All that can be asked of the corpus's tables."""
    tables = list(named_tables(corpus))
    for table in tables:
        yield from _cells(table)
        yield from _groups(table)
        yield from _pairs(table)
        yield from missing_cells(table, corpus)
    yield from _like_rows(tables, corpus)


def _cells(table: Named) -> Iterator[Proposal]:
    """Look-ups: the cell of a row and a column; a cell that lists things is asked for as a list."""
    for name, row in table.rows:
        for column in range(len(table.table.columns)):
            value, header = row.cells[column], table.column(column)
            if column in table.key or not header or is_serial(table.table, column):
                continue
            if not (spans := table.span(row, *table.key, column)):
                continue
            place = (table.document.id, row.start)
            items = () if _ASKS.search(header) else listed(value, table.lang)
            if items:
                asked = ask_list(table, name, header)
                yield Proposal("list", table.lang, asked, tuple((item,) for item in items), spans, place)
            elif _is_value(value, table.lang):
                asked = ask_cell(table, name, header, value)
                yield Proposal("table_lookup", table.lang, asked, ((value,),), spans, place)


def _is_value(text: str, lang: Lang) -> bool:
    """Whether a cell can be asked for: short, something, and more than a digit that any answer might have."""
    return (
        not NOTHING.fullmatch(text)
        and len(text) <= _LONGEST_CELL[lang]
        and bool(re.search(r"\w", text))
        and len(normal(text)) > 1
    )


def _groups(table: Named) -> Iterator[Proposal]:
    """The rows that say the same in a column: which they are, and how many."""
    naming = table.key[-1]
    for column in range(len(table.table.columns)):
        header = table.column(column)
        if column == naming or not header or THING.search(header) or not texts(table.table, column):
            continue
        groups: dict[str, list[Row]] = defaultdict(list)
        for _, row in table.rows:
            if re.search(r"\w", row.cells[column]):
                groups[normal(row.cells[column])].append(row)
        every = Counter(normal(row.cells[column]) for row in table.table.rows if column < len(row.cells))
        for value, rows in groups.items():
            if not FEWEST <= len(rows) <= 12 or every[value] != len(rows) or len(groups) < 2:
                continue
            spans = tuple(span for row in rows for span in table.span(row, naming))
            if len(spans) == len(rows):
                yield from _group(table, column, rows, spans)


def _group(table: Named, column: int, rows: list[Row], spans: tuple[Span, ...]) -> Iterator[Proposal]:
    header, value, lang = table.column(column), rows[0].cells[column], table.lang
    what = table.column(table.key[-1])
    if not what or not is_name(value, lang):
        return
    place = (table.document.id, rows[0].start)
    names = tuple((row.cells[table.key[-1]],) for row in rows)
    if lang == "zh":
        of = f"{table.label}中，{header}为“{value}”的"
        which, count = f"{of}{what}有哪些？", f"{of}{what}共有多少项？"
    else:
        of = f"with “{value}” as the {lower(header)}"
        which = f"In {table.label}, what is listed under “{what}” for the entries {of}?"
        count = f"In {table.label}, how many entries are there {of}?"
    if len(rows) <= _MOST_ROWS:
        yield Proposal("list", table.lang, which, names, spans, place)
    if ways := counted(len(rows), lang):
        yield Proposal("aggregate", lang, count, (ways,), spans, place)


def _pairs(table: Named) -> Iterator[Proposal]:
    """Two neighbouring rows compared in a column of figures."""
    for column in range(len(table.table.columns)):
        header = table.column(column)
        if column in table.key or not header or THING.search(header) or is_serial(table.table, column):
            continue
        valued = [
            (n, r) for n, r in table.rows if FIGURE.fullmatch(r.cells[column]) and len(normal(r.cells[column])) > 1
        ]
        for (one, first), (two, second) in zip(valued[::2], valued[1::2], strict=False):
            values = first.cells[column], second.cells[column]
            if normal(values[0]) in normal(values[1]) or normal(values[1]) in normal(values[0]):
                continue
            if DATED.search(values[0]) or one[:-1] != two[:-1] or _unit(values[0]) != _unit(values[1]):
                continue
            spans = (*table.span(first, *table.key, column), *table.span(second, *table.key, column))
            asked = ask_both(table, one, two, header, values[0])
            nuggets = ((values[0],), (values[1],))
            yield Proposal("compare", table.lang, asked, nuggets, spans, (table.document.id, first.start))


def _unit(value: str) -> str:
    """What a figure counts, by its first character in Chinese and its word in English."""
    counted_ = re.sub(r"[\d.,%\s]|超过|以上|左右|约|多|余|about|more than|or more|at least", "", value)
    return "%" if "%" in value else counted_ if counted_.isascii() else counted_[:1]


def _like_rows(tables: list[Named], corpus: Corpus) -> Iterator[Proposal]:
    """Rows of the same name in tables of two documents: compared where both have the column, and asked of the
    other document where it has no such row."""
    for one in tables:
        for other in tables:
            title = corpus.title(one.document), corpus.title(other.document)
            if one.document.id >= other.document.id or one.lang != other.lang or None in title:
                continue
            theirs = {tuple(map(normal, name)): row for name, row in other.rows}
            for name, row in one.rows:
                twin = theirs.get(tuple(map(normal, name)))
                if twin is not None:
                    yield from _like_cells(one, other, name, row, twin)


def _like_cells(one: Named, other: Named, name: tuple[str, ...], row: Row, twin: Row) -> Iterator[Proposal]:
    for column, header in enumerate(one.table.columns):
        if column in one.key or header not in other.table.columns or THING.search(header):
            continue
        second = other.table.columns.index(header)
        values = row.cells[column], twin.cells[second]
        spans = (*one.span(row, *one.key, column), *other.span(twin, *other.key, second))
        if not all(_is_value(v, one.lang) for v in values) or normal(values[0]) == normal(values[1]):
            continue
        asked = (
            f"{one.label}与{other.label}中，{row_name(one, name)}的{header}分别是什么？"
            if one.lang == "zh"
            else f"What is the {lower(header)} of {row_name(one, name)} in {one.label}, and in {other.label}?"
        )
        yield Proposal("compare", one.lang, asked, ((values[0],), (values[1],)), spans, (one.document.id, row.start))

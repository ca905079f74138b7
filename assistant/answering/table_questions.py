"""What a question asks of the tables of documents, as records: how many rows or values there are, which they are,
which value of a column has the most of them, or how a row is rated.

A question is about a table where it says what some of its cells say (`assistant.answering.table_words`), or what a
column or the table is called, and little else that the table does not. What is said about the rows is for
`assistant.answering.table_answers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from assistant.answering import coverage, table_families, table_superlatives, table_topics
from assistant.answering.asked import Asked
from assistant.answering.table_groups import (
    NUMBERING,
    Group,
    cells_said,
    column_names,
    columns_said,
    grouped,
    holding,
    is_rating,
    telling,
    values,
)
from assistant.answering.table_words import Words, bare, words_of
from corpus.document import Document, Row, Table
from indexing.lexical import LexicalQuestion
from indexing.retrieval import Search
from indexing.tokeniser import terms

# What is asked of the groups of rows: each counted and told; that, and which has more or fewer, or how many they are
# together; the one with the most; or each row as it stands.
Wanted = Literal["each", "more", "fewer", "together", "most", "rows"]

# What share of a question a table has to say, with its title, its columns and the cells that are asked for: where the
# question speaks of a table, and where it does not; where it asks for the rows about something; where none of its cells
# are asked for, it has to say more.
_ENOUGH, _ENOUGH_UNSAID = 0.4, 0.6
_ENOUGH_RELATED = 0.25
_ENOUGH_ALONE, _ENOUGH_ALONE_UNSAID = 0.6, 0.85
# Fewer rows are no list; more rows are not read aloud one by one.
_LEAST, _MOST_READ = 2, 8
_ROW_NUMBER = re.compile(r"第\s*(\d{1,4})\s*[号项条个行]|\b(?:no\.?|number|row|item|entry)\s*(\d{1,4})\b", re.I)
_ALL = re.compile(r"一?共|总共|总数|全部|所有|in (?:total|all)|altogether|\ball\b|\btotal\b", re.I)
_TOGETHER = re.compile(
    r"加起来|加在一起|一?共|总共|合计|总计|in (?:total|all)|altogether|combined|together|\bsum\b", re.I
)
_MORE = re.compile(r"更多|[谁哪][^，。？?]{0,12}多|\bmore\b", re.I)
_FEWER = re.compile(r"更少|[谁哪][^，。？?]{0,12}少|\b(?:fewer|less)\b", re.I)
_MOST = re.compile(r"最多|\b(?:the )?most\b", re.I)
_WHICH = re.compile(r"(?:哪[一]?[个种类项]?|什么|(?:which|what)(?: one)?(?: of)?(?: the)?) ?$", re.I)
# "In the annex of Shanghai: list every …"
_LIST = re.compile(r"[,:;.]\s*(?:please )?(?:list|name|give) (?:all|every|each|the)\b", re.I)
_EACH = re.compile(r"各|每|分别|\beach\b|\bevery\b|\bper\b|respectively", re.I)
_RATING = re.compile(r"(?:几|多少)\s*颗?\s*星|评[级星]|什么(?:等?级|星级)|how many stars|\brat(?:ed|ings?)\b", re.I)
_RELATED = re.compile(
    r"[跟与和同]|关于|有关|相关|涉及到?|提到|\b(?:about|related|relating|concerning|dealing|with)\b", re.I
)
_INCLUDED = re.compile(r"包括|包含|含|都算|\binclud\w+|as well as|\bboth\b", re.I)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table that a question is about, in groups: one, or one for each cell of a column that it says.
    `column` is the one that it counts or lists the values of: `named` by the question, or the one that tells rows
    apart. `said` is the share of the question that the table says; `spoken` that the question speaks of a table, and
    `counted` what an English one calls what it asks the number of."""

    document: Document
    table: Table
    groups: tuple[Group, ...]
    column: int = 0
    named: bool = False
    said: float = 1.0
    wanted: Wanted = "each"
    spoken: bool = True
    counted: str = ""

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of all groups, each once, as they stand in the table."""
        return tuple(sorted({row for group in self.groups for row in group.rows}, key=lambda row: row.start))


def asked_rows(
    question: str, rest: str, asked: Asked, search: Search, documents: Mapping[str, Document]
) -> Rows | None:
    """The rows that a question asks for, of the tables of the documents that were found; None where it asks for none.
    `rest` is the question without the names of documents. Of several tables the one that says most of the question."""
    ids = dict.fromkeys(hit.document_id for hit in search.hits)
    tables = [(documents[document_id], table) for document_id in ids for table in documents[document_id].tables]
    compares = any(pattern.search(question) for pattern in (_MORE, _FEWER, _MOST, _RATING, _TOGETHER, _LIST))
    if asked.kinds.isdisjoint(("count", "list")) and not compares:
        found_rows = _numbered(question, tables) or _meant(question, rest, asked, tables, search.question)
        return found_rows or _coded(question, rest, asked, tables)
    if coded := _families(question, rest, [documents[document_id] for document_id in ids], search.question):
        return coded
    asking = _Asking(question, rest, words_of(rest), "count" in asked.kinds, search.question)
    found = [one for document, table in tables if (one := asking.of(document, table)) is not None]
    best = max(found, key=lambda one: (one.said, len(one.groups[0].values), -len(one.rows)), default=None)
    return best or _coded(question, rest, asked, tables)


def _numbered(question: str, tables: Iterable[tuple[Document, Table]]) -> Rows | None:
    """The row that is asked for by its number."""
    if (match := _ROW_NUMBER.search(question)) is None:
        return None
    number = match[1] or match[2]
    for document, table in tables:
        column = next((i for i, name in enumerate(table.columns) if NUMBERING.search(name)), None)
        rows = tuple(row for row in table.rows if column is not None and row.cells[column].strip() == number)
        if len(rows) == 1:
            return Rows(document, table, (Group((), rows),), wanted="rows")
    return None


def _meant(
    question: str, rest: str, asked: Asked, tables: Sequence[tuple[Document, Table]], lexical: LexicalQuestion
) -> Rows | None:
    """The rows of the codes that a question asks the meaning of."""
    if not asked.kinds <= {"definition", "compare", "list"}:
        return None
    for document in dict.fromkeys(document for document, _ in tables):
        if said := table_families.meant(question, rest, document, lexical):
            return Rows(document, said[0], (Group((), said[1]),), wanted="rows")
    return None


def _coded(question: str, rest: str, asked: Asked, tables: Iterable[tuple[Document, Table]]) -> Rows | None:
    """The row that is asked for by what its code stands for."""
    if not asked.kinds.isdisjoint(("count", "when", "money", "share", "span", "contact")):
        return None
    for document, table in tables:
        if rows := table_topics.coded(question, rest, table):
            return Rows(document, table, (Group((), rows),), wanted="rows")
    return None


def _families(question: str, rest: str, documents: Iterable[Document], lexical: LexicalQuestion) -> Rows | None:
    """The coded items of the families that a question asks for."""
    for document in documents:
        for table, groups in table_families.families(question, rest, document, lexical):
            wanted: Wanted = compared(question) if len(groups) > 1 else "each"
            counted = coverage.counted(question) if len(groups) == 1 else ""
            return Rows(document, table, groups, wanted=wanted, counted=counted)
    return None


@dataclass(frozen=True, slots=True)
class _Asking:
    """A question about rows."""

    question: str
    rest: str
    words: Words
    counts: bool
    lexical: LexicalQuestion

    def of(self, document: Document, table: Table) -> Rows | None:
        """What it asks of a table; None where it asks something else."""
        if len(table.rows) < _LEAST:
            return None
        conditions, left = cells_said(self.words, table)
        columns = columns_said(left, table)
        if _MOST.search(self.question):
            return self._most(document, table, conditions, columns, left)
        if not conditions and (rows := self._about(document, table)) is not None:
            return rows
        column, named = (columns[0], True) if columns else (telling(table), False)
        groups = grouped(table, conditions)
        phrase, groups = self._narrowed(left, table, groups, column) if named and not conditions else ("", groups)
        wanted = self._wanted(table, conditions, groups)
        if not groups or wanted is None or not (conditions or (self.counts and (named or _ALL.search(self.question)))):
            return None
        cells = [row.cells[column] for group in groups for row in group.rows]
        told = self._told(document, table, conditions, columns, [phrase, *(cells if named else ())])
        said = coverage.share(self.rest, self.lexical, told, _RELATED)
        elsewhere = bool(conditions) and any(i != column for i in conditions)
        speaks = self._speaks(document, table)
        of_rows = elsewhere and (self.counts or wanted != "each" or speaks)
        if named and not conditions:  # the other rows have nothing to do with it
            groups = tuple(Group((), tuple(row for row in group.rows if row.cells[column])) for group in groups)
        enough = (_ENOUGH, _ENOUGH_UNSAID) if of_rows else (_ENOUGH_ALONE, _ENOUGH_ALONE_UNSAID)
        if said < enough[not speaks] or not coverage.can_be(
            self.rest, self.lexical, told | set(terms("\n".join(cells))), chinese=self.words.chinese, listed=True
        ):
            return None
        # One row is what the question is about, and none of what it counts.
        if wanted == "each" and not (speaks and self.counts) and all(len(group.rows) < _LEAST for group in groups):
            return None
        if not (self.words.chinese or of_rows or self.counts):
            return None
        return Rows(document, table, groups, column, named, said, wanted, speaks, coverage.counted(self.question))

    def _speaks(self, document: Document, table: Table) -> bool:
        """Whether the question speaks of a table, or of an annex in which this one stands."""
        if coverage.TABLE.search(self.question):
            return True
        if not coverage.ANNEX.search(self.question):
            return False
        first = next((block for block in document.blocks if block.start == table.rows[0].start), None)
        return first is not None and any(map(coverage.ANNEX.search, first.headings))

    def _about(self, document: Document, table: Table) -> Rows | None:
        """The rows about something, where the question speaks of a table."""
        column = telling(table)
        topics, rows = table_topics.about(self.question, table, column)
        if not rows or not coverage.TABLE.search(self.question):
            return None
        cells = [cell for row in rows for cell in row.cells]
        told = set(terms("\n".join((table.title, document.metadata.title, *table.columns, *topics, *cells))))
        said = coverage.share(self.rest, self.lexical, told, _RELATED)
        return Rows(document, table, (Group(topics, rows),), column, said=said) if said >= _ENOUGH_RELATED else None

    def _wanted(self, table: Table, conditions: Mapping[int, Sequence[str]], groups: Sequence[Group]) -> Wanted | None:
        """What is asked of the groups; None where it is nothing that a table can say."""
        rated = any(is_rating(table, i) for i in range(len(table.columns)) if i not in conditions)
        if _RATING.search(self.question) and rated:
            few = sum(len(group.rows) for group in groups) <= _MOST_READ
            return "rows" if conditions and few else None
        return compared(self.question) if len(groups) > 1 else "each"

    def _most(
        self,
        document: Document,
        table: Table,
        conditions: Mapping[int, Sequence[str]],
        columns: Sequence[int],
        left: Words,
    ) -> Rows | None:
        """The values of the column that is asked for by "which" with the most rows, or the most values of another."""
        by = next(
            (i for i in columns if any(_WHICH.search(left.before(name)) for name in column_names(table, i))), None
        )
        noun = ""
        if (
            by is None
            and self._speaks(document, table)
            and (divided := table_superlatives.divided(self.rest, table, conditions))
        ):
            by, noun = divided
        if by is None:
            return None
        groups = grouped(table, {**conditions, by: list(dict.fromkeys(row.cells[by] for row in table.rows))})
        other = next((i for i in columns if i != by), None)
        column = telling(table) if other is None else other

        def size(group: Group) -> int:
            return len(values(group, column)) if other is not None else len(group.rows)

        most = max(map(size, groups), default=0)
        told = self._told(document, table, conditions, columns, [noun])
        said = coverage.share(self.rest, self.lexical, told)
        if most < _LEAST or said < _ENOUGH or not table_superlatives.can_count(self.rest, self.lexical, told):
            return None
        first = tuple(group for group in groups if size(group) == most)
        return Rows(document, table, first, column, other is not None, said, "most")

    def _narrowed(
        self, left: Words, table: Table, groups: tuple[Group, ...], column: int
    ) -> tuple[str, tuple[Group, ...]]:
        """Those of the rows whose cell in a column says a phrase of the question that some say and others do not."""
        rows = groups[0].rows if groups else ()
        if left.chinese:
            phrase, held = holding(left.text, rows, column)
            if phrase in bare(table.title):  # it is what all of them are about
                return "", groups
        elif _INCLUDED.search(self.question):
            return "", groups
        else:
            phrase, places = left.telling([bare(row.cells[column]) for row in rows])
            held = tuple(row for i, row in enumerate(rows) if i in places)
        return (phrase, (Group((), held),)) if phrase else ("", groups)

    def _told(
        self,
        document: Document,
        table: Table,
        conditions: Mapping[int, Sequence[str]],
        columns: Iterable[int],
        cells: Iterable[str],
    ) -> Set[str]:
        """The terms that a table says, and those of the question that say its columns and the cells asked for."""
        asked = [cell for several in conditions.values() for cell in several]
        left = self.words
        for name in [*map(bare, asked), *(name for i in columns for name in column_names(table, i))]:
            left = left.without(name) if left.says(name) else left
        told = [table.title, document.metadata.title, *table.columns, *asked, *cells, *left.taken]
        return set(terms("\n".join(told)))


def compared(question: str) -> Wanted:
    """What a question about several groups asks of them."""
    if _MORE.search(question):
        return "more"
    if _FEWER.search(question):
        return "fewer"
    return "together" if _TOGETHER.search(question) else "each"

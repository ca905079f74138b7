"""Which group of a table has the most, where the question names no column: 行业应用里哪个行业 asks for the values under
行业应用, and 哪一类 for those of the first column that sorts the rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set

from assistant.answering import coverage
from assistant.answering.table_groups import NUMBERING, column_names, is_rating, telling
from assistant.answering.table_words import SURELY, bare, nearest
from corpus.document import Table
from indexing.lexical import LexicalQuestion
from indexing.tokeniser import fold

_WHICH = re.compile(
    r"哪一?[个种项]?(?P<zh>[大中小]?类?[一-鿿]{0,4})"
    r"|\b(?:which|what)(?: one)?(?: of the)? (?P<en>[a-z-]+(?: [a-z-]+)?)",
    re.I,
)
# What any group of rows may be called.
_GROUP = re.compile(
    r"^[大中小]?(?:类|方面|领域|部分|板块|模块|门类|方向|主题)|\b(?:class|category|group|type|kind|area|field|section|part|theme|heading)\b"
)
_COUNTED = re.compile(r"的([一-鿿]{2,4})最多|最多的(?![是有为])([一-鿿]{2})|\bmost ([a-z-]+)", re.I)
_ENTRIES = re.compile(r"条目|项目|记录|内容|数[量目]|[项条个]数|[大中小子]类|entr|row|item|one|line|record", re.I)
# A column sorts rows by values of which each stands in two rows on average, or nearly.
_SORTS = 0.7


def divided(question: str, table: Table, conditions: Mapping[int, Sequence[str]]) -> tuple[int, str] | None:
    """The column whose values a question asks the greatest of: under the cells that it says the next one that sorts
    their rows, else the first, and what it calls them; None where it asks for other things."""
    which = _WHICH.search(fold(question))
    after = max(conditions, default=-1)
    by = next((i for i in range(after + 1, len(table.columns)) if _sorts(table, i)), None)
    if which is None or by is None:
        return None
    noun = which["zh"] or which["en"] or ""
    above = [bare(cell) for cells in conditions.values() for cell in cells] + column_names(table, by)
    if group := _GROUP.search(noun):
        return by, group[0]
    return (by, noun[:2] if which["zh"] else noun) if any(_of(noun, name) for name in above) else None


def can_count(question: str, lexical: LexicalQuestion, told: Set[str]) -> bool:
    """Whether what a question asks the most of may be what the rows are: 企业 of 企业最多 has to be said."""
    match = _COUNTED.search(fold(question))
    counted = next(filter(None, match.groups()), "") if match else ""
    return not counted or bool(_ENTRIES.search(counted)) or coverage.is_said(counted, lexical, told)


def _sorts(table: Table, column: int) -> bool:
    filled = [row.cells[column] for row in table.rows if row.cells[column]]
    named = not NUMBERING.search(table.columns[column]) and not is_rating(table, column) and column != telling(table)
    return named and 1 < len(set(filled)) <= _SORTS * len(filled)


def _of(noun: str, name: str) -> bool:
    """Whether a name says what is asked for: 行业 of 行业应用."""
    if re.match("[一-鿿]", noun):
        return len(noun) > 1 and noun[:2] in name
    return any(nearest(word, name) >= SURELY for word in noun.split())

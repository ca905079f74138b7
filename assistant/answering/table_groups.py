"""The rows of a table by what they have in its columns: in groups, told apart by a column, or holding a phrase; and the
cells and columns that a question says. Nothing here knows what is asked of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.answering.table_words import Words, bare, parts_of, shortened
from corpus.document import Row, Table

# More groups are no comparison.
_MOST_GROUPS = 12
NUMBERING = re.compile(r"序号|编号|^no\.?$|^#$|^number$", re.I)


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that have the same in the columns that a question is about, and what that is, as it is written. `items`
    are what they are told by where that is no whole cell, and `noun` what the items are called."""

    values: tuple[str, ...]
    rows: tuple[Row, ...]
    items: tuple[str, ...] = ()
    noun: str = ""


def values(group: Group, column: int) -> list[str]:
    """The values that a column has in the rows of a group, each once."""
    return list(dict.fromkeys(row.cells[column] for row in group.rows if row.cells[column]))


def grouped(table: Table, conditions: Mapping[int, Sequence[str]]) -> tuple[Group, ...]:
    """The rows that have what is said in each column; for several cells of one column as many groups. Where no row has
    all that is said in several columns, each cell by itself."""
    several = next((i for i, cells in conditions.items() if len(cells) > 1), None)
    if several is None:
        wanted = tuple((i, cells[0]) for i, cells in conditions.items())
        rows = _having(table, wanted)
        if rows or len(wanted) < 2:
            return (Group(tuple(cell for _, cell in wanted), rows),) if rows else ()
        alone = (Group((cell,), _having(table, ((i, cell),))) for i, cell in wanted)
        return tuple(group for group in alone if group.rows)
    others = tuple((i, cells[0]) for i, cells in conditions.items() if i != several)
    groups = (
        Group((cell, *(other for _, other in others)), _having(table, ((several, cell), *others)))
        for cell in conditions[several]
        if cell
    )
    return tuple(group for group in groups if group.rows)


def _having(table: Table, wanted: Sequence[tuple[int, str]]) -> tuple[Row, ...]:
    return tuple(row for row in table.rows if all(row.cells[i] == cell for i, cell in wanted))


def telling(table: Table) -> int:
    """The column that tells the most rows apart by a name."""
    names = [i for i, column in enumerate(table.columns) if not NUMBERING.search(column)] or [0]

    def told(i: int) -> float:
        cells = [row.cells[i] for row in table.rows]
        long = sum(map(len, cells)) / len(cells) > 40
        return len(set(cells) - {""}) / len(cells) - long

    return max(names, key=told)


def is_rating(table: Table, column: int) -> bool:
    """Whether a column has nothing but stars."""
    cells = {row.cells[column].strip() for row in table.rows}
    return cells != {""} and all(set(cell) <= {"★", "☆"} for cell in cells)


def holding(text: str, rows: tuple[Row, ...], column: int) -> tuple[str, tuple[Row, ...]]:
    """The longest phrase of a Chinese question that some of the cells hold and others do not, and their rows."""
    cells = [bare(row.cells[column]) for row in rows]
    for size in range(min(10, len(text)), 2, -1):
        for start in range(len(text) - size + 1):
            phrase = text[start : start + size]
            held = tuple(row for row, cell in zip(rows, cells, strict=True) if phrase in cell)
            if 1 < len(held) < sum(map(bool, cells)):
                # 工作组和联合工作组 asks for both.
                both = phrase[-3:] in text.replace(phrase, " ")
                return ("", rows) if both else (phrase, held)
    return "", rows


def cells_said(words: Words, table: Table) -> tuple[dict[int, list[str]], Words]:
    """The cells that a question says, as they are written, by column in the order of the question, and what is left
    of it. What says most goes first, so that a part of it is not said as well:
    新能源车 says 新能源汽车, and not 新能源."""
    cells: dict[str, tuple[int, str]] = {}
    for i, column in enumerate(table.columns):
        if not NUMBERING.search(column):
            for row in table.rows:
                value = bare(row.cells[i])
                if 2 <= len(value) <= 24 or set(value) == {"★"}:
                    cells.setdefault(value, (i, row.cells[i]))
    if words.chinese:
        cells |= {form: cells[value] for form, value in shortened(words.text, cells).items()}
    said = sorted(((words.says(value), value) for value in cells), key=lambda pair: -pair[0])
    found: dict[int, list[tuple[int, str]]] = {}
    left = words
    for strength, value in said:
        if strength and left.says(value):
            i, cell = cells[value]
            found.setdefault(i, []).append((len(words.before(value)), cell))
            left = left.without(value)
    if any(len(several) > _MOST_GROUPS for several in found.values()):
        return {}, words
    return {i: [cell for _, cell in sorted(several)] for i, several in sorted(found.items())}, left


def columns_said(left: Words, table: Table) -> list[int]:
    """The columns that a question names, the one that it says most of first."""
    said = [
        (max((left.says(name) for name in column_names(table, i)), default=0.0), -i)
        for i, column in enumerate(table.columns)
        if not NUMBERING.search(column)
    ]
    return [-i for strength, i in sorted(said, reverse=True) if strength]


def column_names(table: Table, column: int) -> list[str]:
    return parts_of(bare(table.columns[column]))

"""The coded items of a table, or of a run of list lines, such as JWG 4: 功能安全联合工作组, and what their families may
be called: by the letters of their codes, by their column (焦点组 (FG)), or by how their names end. What a question asks
of them is for `assistant.answering.table_families`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from assistant.answering.table_groups import column_names
from assistant.answering.table_words import bare
from corpus.document import Document, Kind, Row, Table
from indexing.tokeniser import fold

_CODE = re.compile(
    r"(?:^|(?<=[\s;；、，,。]))(?P<family>[A-Z]{1,6})"
    r"(?:[ \u2013-]?\d{1,4}(?:\.\d+)*|[\u2013/-][A-Z][A-Za-z0-9/\u2013-]*)\s*[:：]\s*(?=\D)"
)
_SEPARATORS = " \t\n;；、，,。"
_CHINESE = re.compile("[一-鿿]")
# The least items of a column of codes, and how much of a family's names has to end alike.
LEAST, _ALIKE = 2, 0.7
# How long what the names of a family end with may be, in characters or words.
_TAIL = range(12, 1, -1)
_WORDS = re.compile("[一-鿿]{2,}|[a-z -]{2,}")
_BULLETS = "-*+•· "


@dataclass(frozen=True, slots=True)
class Coded:
    """An item with its family, its whole text, and where it stands."""

    family: str
    text: str
    column: int
    row: Row


def coded(table: Table) -> tuple[Coded, ...]:
    """The items of the columns in which every cell that says something begins with a code."""
    items: list[Coded] = []
    for i in range(len(table.columns)):
        filled = (row for row in table.rows if row.cells[i].strip())
        own: list[Coded] = []
        for row in filled:
            found = list(_CODE.finditer(row.cells[i].strip()))
            if not found or found[0].start():
                own = []
                break
            own += _of_cell(row.cells[i].strip(), found, i, row)
        once = {item.text: item for item in reversed(own)}  # a merged cell stands in every row that it covers
        items += list(once.values())[::-1] if len(once) >= LEAST else []
    return tuple(items)


def _of_cell(cell: str, found: Sequence[re.Match[str]], column: int, row: Row) -> Iterator[Coded]:
    ends = [match.start() for match in found[1:]] + [len(cell)]
    for match, end in zip(found, ends, strict=True):
        yield Coded(match["family"], " ".join(cell[match.start() : end].strip(_SEPARATORS).split()), column, row)


def runs(document: Document) -> Iterator[Table]:
    """The runs of list lines that begin with codes, each as a table of one column without a name."""
    blocks = document.blocks
    for place, block in enumerate(blocks):
        if block.kind is not Kind.LIST_ITEM or (place and blocks[place - 1].kind is Kind.LIST_ITEM):
            continue
        if not _CODE.match(document.quote(block.start, block.end).lstrip(_BULLETS)):
            continue
        run = list(takewhile(lambda b: b.kind is Kind.LIST_ITEM, blocks[place:]))
        said = [document.quote(item.start, item.end).lstrip(_BULLETS) for item in run]
        if len(run) >= LEAST and all(map(_CODE.match, said)):
            title = run[0].headings[-1] if run[0].headings else document.metadata.title
            rows = (Row(item.start, item.end, (text,)) for item, text in zip(run, said, strict=True))
            yield Table(title, ("",), tuple(rows))


def names_of(table: Table, items: Sequence[Coded]) -> dict[str, set[str]]:
    """What the families may be called, and which are called so."""
    names: dict[str, set[str]] = {}
    by_family: dict[str, list[Coded]] = {}
    for item in items:
        by_family.setdefault(item.family, []).append(item)
    for family, own in by_family.items():
        names.setdefault(family.lower(), set()).add(family)
        for column in {item.column for item in own}:
            parts = column_names(table, column)
            if family.lower() in parts:
                for part in parts:
                    names.setdefault(part, set()).add(family)
        if tail := _tail([bare(item.text) for item in own]):
            names.setdefault(tail, set()).add(family)
    for name, called in names.items():  # 工作组 are the 联合工作组 as well
        if name.isascii():
            continue
        called |= {family for other, several in names.items() if other.endswith(name) for family in several}
    return names


def _tail(texts: Sequence[str]) -> str:
    """How most of the names end."""
    enough = max(LEAST, _ALIKE * len(texts))
    for size in _TAIL:
        ends = [_end(text, size) for text in texts]
        best = max(ends, key=ends.count)
        if _WORDS.fullmatch(best) and ends.count(best) >= enough:
            return best
    return ""


def _end(text: str, size: int) -> str:
    """The last characters of a Chinese name, the last words of an English one."""
    name = re.split("[:：]", text, maxsplit=1)[-1].strip()
    if _CHINESE.search(name):
        return name[-size:] if len(name) > size else ""
    return " ".join(name.split()[-size:]) if size < len(name.split()) else ""


def code_of(item: Coded) -> str:
    return re.split("[:：]", item.text, maxsplit=1)[0].strip()


def code(item: Coded) -> re.Pattern[str]:
    """A code as a question says it, with or without the blank before its number."""
    letters, number = item.family.lower(), fold(code_of(item))[len(item.family) :].strip()
    return re.compile(rf"(?<![a-z\d-]){letters} ?{re.escape(number)}(?![a-z\d-])")


def letters_of(items: Sequence[Coded]) -> list[str]:
    """The letters that at least half of the codes have: FG and AI of FG-AI4N."""
    codes = [set(re.findall("[A-Z]+", code_of(item))) for item in items]
    return [one for one in set().union(*codes) if 2 * sum(one in code for code in codes) >= len(codes)]

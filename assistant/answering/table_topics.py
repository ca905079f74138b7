"""The rows of a table that are about something: those whose names say any of several words, and the one of a column of
codes, such as SG5: 环境, that what is asked for comes nearest to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.table_groups import NUMBERING, column_names, is_rating
from assistant.answering.table_words import SURELY, Words, bare, nearest, words_of
from assistant.answering.weighing import builtin
from corpus.document import Row, Table
from indexing.tokeniser import fold, without_asking_words

_ABOUT = re.compile(
    r"(?:[跟与和同]|关于|有关|涉及到?|提到|针对)(?P<zh>[^，。；？?]{2,30}?)(?:有关|相关|沾边|挂钩)"
    r"|(?:关于|有关|涉及到?|提到|针对)(?P<of>[^，。；？?的]{2,30}?)的"
    r"|\b(?:about|related to|relating to|concerning|(?:deal|deals|dealing) with|involving|mention(?:s|ing)?)\s+"
    r"(?P<en>[^,.;?]{3,60}?)(?=\s+(?:in|are|is|does|do|has|have|of)\b|[,.;?]|$)",
    re.I,
)
_OR = re.compile(r"或者?|以及|[、和与及跟]|,|\b(?:or|and)\b", re.I)
# Cells longer than this on average describe, and name nothing.
_LONG = 40
_LEAST_WORD, _LEAST = 2, 3

_CODED = re.compile(r"[A-Z][A-Za-z0-9./ -]*\s*[:：]\s*")
_ASKED = re.compile(
    r"(?:哪一?个?|第几)(?![年月天日国])(?P<zh>[一-鿿]{0,5})|代号|编号|叫什么|叫啥"
    r"|\b(?:which|what) (?P<en>(?:[\w-]+ ){0,3}[\w-]+)",
    re.I,
)
# What stands between the words that a row is looked for by.
_BETWEEN = re.compile(
    r"里面?|中的?|方面|的?事情?|归|负责|主管|管|研究|专门|处理|代号|编号|叫做?|工作|联合|[的是由在对]|[^\w\s]"
    r"|\b(?:in|is|are|for|of|on|the|an?|by|to|charge|deals?|with|works?|working|covers?|looks? (?:at|after)"
    r"|responsible|handles?|called|about|group|code|joint|within)\b",
    re.I,
)
# How near to what is asked for, a group, the cells have to be that are such.
_KIND = 0.45
# How near to the words a row has to be, what the next but one may have of that, and how near a row is that is as near,
# to the same words and to others.
_NEAR, _OTHERS, _AS_NEAR, _TO_OTHERS = 0.2, 0.75, 0.85, 0.65


def about(question: str, table: Table, column: int) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """The words that a question asks for the rows about, and the rows that say one of them in a column or another one
    of names; nothing where none or all do."""
    match = _ABOUT.search(question)
    if match is None:
        return (), ()
    topics = [
        topic for one in _OR.split(next(filter(None, match.groups()))) if len(topic := _topic(one)) >= _LEAST_WORD
    ]
    columns = [i for i in range(len(table.columns)) if i == column or _names(table, i)]
    rows = tuple(row for row in table.rows if any(_says(row, columns, topic) for topic in topics))
    return (tuple(topics), rows) if 0 < len(rows) < len(table.rows) else ((), ())


def coded(question: str, rest: str, table: Table) -> tuple[Row, ...]:
    """The rows of a column of codes that a question asks for by what they stand for: the nearest to its words, and one
    that is as near; none where several are."""
    asked = _ASKED.search(question)
    if asked is None:
        return ()
    words = words_of(rest)
    for column in range(len(table.columns)):
        rows = list({row.cells[column]: row for row in reversed(table.rows) if row.cells[column]}.values())[::-1]
        cells = [row.cells[column] for row in rows]
        said = [name for name in column_names(table, column) if words.says(name)]
        if len(rows) < _LEAST or not said or not all(map(_CODED.match, cells)):
            continue
        # 哪个联合组 asks for one of 联合工作组; a number of the column's own, SC 42, does not say so.
        if all(re.search(r"\d", name) for name in said) and not _is_one(asked, cells):
            continue
        left = words
        for name in said:
            left = left.without(name)
        if any(_says_code(words, cell) for cell in cells):  # it is asked what a code stands for
            continue
        segments = [one for one in _segments(left) if bare(one) not in bare(table.title)]
        if best := _nearest(segments, [_CODED.sub("", cell, count=1) for cell in cells]):
            return tuple(rows[i] for i in best)
    return ()


def _is_one(asked: re.Match[str], cells: Sequence[str]) -> bool:
    """Whether what is asked for is what most cells say that they are."""
    if noun := asked["zh"]:
        return 2 * sum(cell.strip()[-1] in noun for cell in cells) > len(cells)
    words = fold(asked["en"] or "").split()
    return any(2 * sum(nearest(word, cell) >= _KIND for cell in cells) > len(cells) for word in words)


def _says_code(words: Words, cell: str) -> bool:
    code = re.escape(bare(re.split("[:：]", cell)[0]).replace(" ", ""))
    return bool(re.search(rf"(?<![a-z\d]){code}(?![a-z\d])", words.text.replace(" ", "")))


def _segments(left: Words) -> list[str]:
    text = left.text if left.chinese else " ".join(word or "|" for word in left.words)
    pieces = _BETWEEN.sub("|", without_asking_words(text).replace("\n", "|")).split("|")
    return [piece.strip() for piece in pieces if len(piece.strip()) >= _LEAST_WORD]


def _nearest(segments: Sequence[str], meanings: Sequence[str]) -> tuple[int, ...]:
    """The texts that segments are nearest to: of each segment that tells one or two from the others, where it comes
    about as near as the segment that comes nearest."""
    found: list[tuple[float, tuple[int, ...]]] = []
    for segment in segments:
        near = [builtin().nearest(segment, [meaning]) for meaning in meanings]
        order = sorted(range(len(near)), key=lambda i: -near[i])
        first, second, third = (near[i] for i in order[:3])
        if first >= _NEAR and third <= _OTHERS * first:
            found.append((first, tuple(order[: 1 + (second >= _AS_NEAR * first)])))
    best = max((near for near, _ in found), default=0.0)
    return tuple(sorted({i for near, order in found for i in order if near >= _TO_OTHERS * best}))


def _topic(words: str) -> str:
    return " ".join(without_asking_words(words).split()).strip("“”\"'‘’《》 ")


def _names(table: Table, column: int) -> bool:
    cells = [row.cells[column] for row in table.rows if row.cells[column]]
    short = bool(cells) and sum(map(len, cells)) <= _LONG * len(cells)
    return short and not NUMBERING.search(table.columns[column]) and not is_rating(table, column)


def _says(row: Row, columns: Sequence[int], topic: str) -> bool:
    cells = [bare(row.cells[i]) for i in columns if row.cells[i]]
    if re.search("[一-鿿]", topic):
        return any(bare(topic) in cell for cell in cells)
    return any(all(nearest(word, cell) >= SURELY for word in fold(topic).split()) for cell in cells)

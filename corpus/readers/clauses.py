"""What only the lines around a numbered line tell: that "1 范围" is a standard's clause, and that titles
without a word of text below them are a list."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from corpus import structure
from corpus.document import Kind
from corpus.readers.layout import Item

_CLAUSE = re.compile(r"(\d{1,2})[ \u3000\xa0]{1,4}(?=[^\W\d])")
_BARE = re.compile(r"(\d{1,2})(?:\.\d{1,2}){1,4}$")
# The names that a first clause has, and those below which lists of names stand that end without a mark.
_FIRST = re.compile(r"(?:适用)?范围|总\s?则|目的|概述|引言|scope\b|general\b|introduction\b|purpose\b|overview\b", re.I)
_KNOWN = re.compile(r"规范性引用|术语|符号|缩略语|总体要求|基本要求|normative references|terms|symbols|abbreviat", re.I)
_LONGEST = 100
# The ranks of marks that items have as well, and of those that mostly items have: 1. （1） ①.
_OF_ITEMS = (20, 30, structure.CLAUSE, 50, 60)
_OF_LISTS = (structure.CLAUSE, 50, 60)


def clause_lines(texts: Sequence[str]) -> dict[int, int]:
    """The lines that are clauses of a standard though no dot follows their number, with the length of the
    number: "1 范围" and those that count on from it, and a number alone above the term that it defines."""
    found: dict[int, int] = {}
    current = 0
    for i, text in enumerate(texts):
        if not text[:1].isdigit() or len(text) > _LONGEST:
            continue
        if match := _CLAUSE.match(text):
            number, title = int(match[1]), text[match.end() :]
            first = number == 1 and _FIRST.match(title)
            if (first or (current and number == current + 1)) and _clause_title(title):
                current = number
                found[i] = match.end()
        elif current and (bare := _BARE.match(text)) and int(bare[1]) == current:
            below = next((t for t in texts[i + 1 : i + 4] if t), "")
            if structure.is_title(below) and not below[0].isdigit():
                found[i] = bare.end()
    return found


def known_clause(text: str) -> bool:
    """Whether a clause has a name that standards give to theirs."""
    match = _CLAUSE.match(text)
    return bool(match and (_KNOWN.match(text, match.end()) or _FIRST.match(text, match.end())))


def _clause_title(title: str) -> bool:
    return structure.is_title(title) and "，" not in title and not title[0].islower()


def to_lists(items: list[Item], sure: Collection[int]) -> list[Item]:
    """The items, with numbered titles one right below the other told to be what they are: a list, as no
    text stands between them. Those in `sure`, by their places, are headings."""
    above: structure.Mark | None = None
    for i, item in enumerate(items):
        mark = structure.numbered(item.text) if item.kind in (Kind.HEADING, Kind.LIST_ITEM) else None
        if item.kind is Kind.HEADING:
            told = mark is None or i in sure or item.rank != mark.order or not _empty(items, i)
            listed = above is not None and mark is not None and above.order == mark.order and item.rank in _OF_ITEMS
            if told or not (listed or (item.rank in _OF_LISTS and _empty_sibling(items, i + 1, item.rank, sure))):
                above = None
                continue
            item.kind, item.rank, item.context = Kind.LIST_ITEM, 0, ""
        above = mark if mark is not None and item.kind is Kind.LIST_ITEM else None
    return items


def _empty(items: Sequence[Item], i: int) -> bool:
    """Whether no text stands below a heading."""
    return i + 1 >= len(items) or (items[i + 1].kind is Kind.HEADING and items[i + 1].rank <= items[i].rank)


def _empty_sibling(items: Sequence[Item], i: int, rank: int, sure: Collection[int]) -> bool:
    return i < len(items) and items[i].rank == rank and i not in sure and _empty(items, i)

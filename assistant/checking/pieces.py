"""Folded text in pieces that are compared with each other: sentences and rows, their clauses, the items of a list.

Cruder and ten times faster than `corpus.sentences`, whose spans people see: nothing here is shown or cited.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SENTENCES = re.compile(r"(?<=[。!?])(?!\d)|(?<=[a-z)%\d]\.)\s+(?=\S)|[;\n]+")
_COMMA = r"(?<!\d),|,(?!\d{3}(?!\d))"
_CLAUSES = re.compile(rf"{_COMMA}|\s-\s|——")
_ITEMS = re.compile(rf"{_COMMA}|、|\s-\s|——|(?<!共)[和与及](?=\s*[\d一二两三四五六七八九十])|\band\b")


@lru_cache(maxsize=256)
def sentences_of(folded: str) -> tuple[str, ...]:
    return tuple(part for part in _SENTENCES.split(folded) if part.strip())


def is_row(sentence: str) -> bool:
    """Whether a sentence is a row of a table, which is cut no further."""
    return sentence.count("|") > 1 or "\t" in sentence


def clauses_of(sentence: str) -> list[tuple[int, int]]:
    """The spans of a sentence's clauses."""
    return _spans(sentence, _CLAUSES)


def items_of(sentence: str) -> list[tuple[int, int]]:
    """The spans of its clauses with their lists cut up: 国家标准20项 and 行业标准50项 are two."""
    return _spans(sentence, _ITEMS)


def _spans(sentence: str, cut: re.Pattern[str]) -> list[tuple[int, int]]:
    if is_row(sentence):
        return [(0, len(sentence))]
    ends = [(match.start(), match.end()) for match in cut.finditer(sentence)]
    starts = [0, *(end for _, end in ends)]
    return [(a, b) for a, b in zip(starts, [*(start for start, _ in ends), len(sentence)], strict=True) if b > a]

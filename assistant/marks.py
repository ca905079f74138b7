"""The citation marks in a text that a language model wrote: `[1]`, `[2][3]`, `[1, 2]`, `[2-4]`, `[1]-[3]`,
`【1】`, `［１］`, `〔1〕`, `[^1]`, `[citation:1]`, `[来源1]`. Years and document numbers in brackets are none: a
mark's numbers have at most three digits and nothing else beside them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# How many numbers a range such as [2-4] may spell out beyond its first.
_RANGE = 20
_AND = r"\s*(?:[,，、;；&]|和|and)\s*"
_TO = r"\s*[–—~～-]\s*"
_PREFIX = r"(?:\^|(?:citation|source|passage|doc|ref|来源|段落|资料|引用)\s*[:：]?\s*)?"
_NUMBERS = rf"\d{{1,3}}(?:(?:{_AND}|{_TO})\d{{1,3}})*"
OPENING, CLOSING = "[【［〔", "]】］〕"
_OPEN, _CLOSE = rf"[{re.escape(OPENING)}]", rf"[{re.escape(CLOSING)}]"
_BRACKETED = rf"{_OPEN}\s*{_PREFIX}%s\s*{_CLOSE}"
_MARK = re.compile(rf"\s*{_BRACKETED % f'({_NUMBERS})'}", re.I)
# Two marks that are the ends of a range.
_FROM_TO = re.compile(rf"({_OPEN}\s*{_PREFIX}\d{{1,3}})\s*{_CLOSE}{_TO}{_OPEN}\s*{_PREFIX}(\d{{1,3}}\s*{_CLOSE})", re.I)
# Marks with nothing but a comma between them.
_ROW = re.compile(
    rf"[ \t　]*{_BRACKETED % _NUMBERS}(?:[ \t　]*[,，、;；–—~～-]?[ \t　]*{_BRACKETED % _NUMBERS})*", re.I
)
_BULLET = " \t　*•·>-–—#"


@dataclass(frozen=True, slots=True)
class Marks:
    """The numbers that stood at a place in a text; `opening` where they open a line, and so belong to what
    follows them. `offset` is in the text without marks, `start` and `end` in the text with them."""

    offset: int
    numbers: tuple[int, ...]
    opening: bool
    start: int
    end: int


def without_marks(text: str) -> str:
    """The text without its marks."""
    return _MARK.sub("", text)


def numbers(text: str) -> list[int]:
    """The numbers in a text's marks, ranges such as [2-4] spelled out, each once, in order."""
    found: list[int] = []
    for group in _MARK.findall(_FROM_TO.sub(r"\1-\2", text)):
        for part in re.split(_AND, group, flags=re.I):
            ends = [int(number) for number in re.split(_TO, part)]
            found += range(ends[0], min(ends[-1], ends[0] + _RANGE) + 1)
    return list(dict.fromkeys(found))


def take_out(text: str) -> tuple[str, tuple[Marks, ...]]:
    """The text without its marks, and the marks with their offsets in what is left."""
    clean, at, marks = "", 0, []
    for match in _ROW.finditer(text):
        clean += text[at : match.start()]
        at = match.end()
        before, after = clean.rpartition("\n")[2], text[at:].partition("\n")[0]
        if _runs_together(clean[-1:], after[:1]):
            clean += " "
        opening = not before.strip(_BULLET) and bool(after.strip(" \t　.。:：,，"))
        marks.append(Marks(len(clean), tuple(numbers(match[0])), opening, match.start(), at))
    return clean + text[at:], tuple(marks)


def _runs_together(before: str, after: str) -> bool:
    """Whether two words, or two sentences of English, had only the marks between them."""
    return after.isascii() and after.isalnum() and before.isascii() and (before.isalnum() or before in ".!?")

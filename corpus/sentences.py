"""Cuts text into sentences with exact offsets, Chinese and English mixed.

A cut is made after 。！？… and after ；once a clause is long enough to stand alone; after . ! ? where a
new sentence begins; and at line ends. Closing quotation marks and brackets stay with their sentence.
No cut is made inside 《》 or brackets, in decimals, abbreviations and identifiers (3.6, e.g., 14.1-2).
"""

from __future__ import annotations

import re

_CLOSING = "”’」』）)》〉】〕]\"'"
_OPENING = {"《": "》", "（": "）", "(": ")", "〔": "〕", "【": "】", "“": "”"}
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|No|Nos|Fig|Dr|Mr|Ms|Art|Sec|pp|al|Inc|Ltd)|\b[A-Z])\.$")
# A clause before ；that is shorter than this does not stand alone.
_CLAUSE = 24
# A bracket that is not closed within this many characters was a slip, not a bracket.
_REACH = 160

Span = tuple[int, int]


def sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Spans of the sentences in `text[start:end]`, in order, without the white space around them."""
    end = len(text) if end is None else end
    spans: list[Span] = []
    begin, i = start, start
    while i < end:
        close = _OPENING.get(text[i])
        if close is not None:
            shut = text.find(close, i + 1, min(end, i + _REACH))
            if shut != -1 and "\n" not in text[i:shut] and (text[i] != "“" or not _holds_sentences(text, i, shut)):
                i = shut + 1
                continue
        if _ends_here(text, i, end, begin):
            i += 1
            while text[i - 1] != "\n" and i < end and text[i] in _CLOSING + "。！？!?…":
                i += 1
            _add(spans, text, begin, i)
            begin = i
            continue
        i += 1
    _add(spans, text, begin, end)
    return spans


def _ends_here(text: str, i: int, end: int, begin: int) -> bool:
    c = text[i]
    if c in "。！？\n":
        return True
    if c in "；;":
        return i - begin >= _CLAUSE and (c == "；" or i + 1 >= end or text[i + 1].isspace())
    if c == "…":
        return i + 1 >= end or text[i + 1] != "…"
    if c in ".!?":
        following = text[i + 1 : i + 3].lstrip("\"')”’")
        if following and not following[0].isspace():
            return False
        return c != "." or not _ABBREVIATION.search(text[max(begin, i - 6) : i + 1])
    return False


def _holds_sentences(text: str, start: int, end: int) -> bool:
    return any(mark in text[start:end] for mark in "。！？")


def _add(spans: list[Span], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))

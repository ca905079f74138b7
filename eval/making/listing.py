"""Lists and counts inside a text, as the set maker needs them: the items of an enumeration, and the ways to say how
many there are.
"""

from __future__ import annotations

import re

from eval.questions import normal

FEWEST = 3
_LONGEST_ITEM = {"zh": 20, "en": 60}


def listed(text: str, lang: str) -> tuple[str, ...]:
    """The items of a text that lists at least three things, else none."""
    hidden = _outside(text)
    if lang == "zh":
        items = [] if re.search(r"[，。；：]", hidden) else re.sub(r"等$", "", hidden).split("、")
    else:
        items = [] if re.search(r"[;:.]\s", hidden) else re.split(r",\s+(?:and\s+)?", hidden)
    items = [item.replace("\0", "、").replace("\1", ",").replace("\2", "，").strip(" .。") for item in items]
    short = all(1 < len(item) <= _LONGEST_ITEM["zh" if lang == "zh" else "en"] for item in items)
    return tuple(items) if FEWEST <= len(items) <= 12 and short else ()


def _outside(text: str) -> str:
    """The text with the commas inside brackets hidden."""
    hide = str.maketrans({"、": "\0", ",": "\1", "，": "\2"})
    return re.sub(r"[（(《][^（()）《》]*[)）》]", lambda m: m[0].translate(hide), text)


_CHINESE = "零一二三四五六七八九十"
_ENGLISH = "zero one two three four five six seven eight nine ten eleven twelve".split()


def counted(number: int, lang: str) -> tuple[str, ...]:
    """The ways to say a count up to twelve that are no part of other words (as "ten" is of "often"); else none."""
    if lang == "zh":
        chinese = _CHINESE[number] if number <= 10 else "十" + _CHINESE[number - 10]
        return tuple(f"{n}{unit}" for unit in "项个条类种" for n in (number, chinese, *("两" if number == 2 else ())))
    return (_ENGLISH[number],) if number in (3, 4, 5, 6, 7, 8, 9, 11, 12) else ()


def alike(one: str, other: str) -> float:
    """The share of the shorter name's character pairs that the other has."""
    pairs = [{n[i : i + 2] for i in range(len(n) - 1)} for n in (normal(one), normal(other))]
    return len(pairs[0] & pairs[1]) / max(1, min(map(len, pairs)))

"""Numbers in words, Chinese and English, as numbers. Only whole numbers; fractions and decimals are not read."""

from __future__ import annotations

import re

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
# The figures from two to ten, as alternatives and as characters of a pattern.
FEW, FEW_CHINESE = "two|three|four|five|six|seven|eight|nine|ten", "两二三四五六七八九十"
CHINESE_NUMBER = re.compile(r"[零〇一二两三四五六七八九十百千]+(?=[项个家类种条部份次年月日倍人名大])")
_SMALL = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
        " seventeen eighteen nineteen".split()
    )
} | {
    word: 10 * number for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_SCALES = {"hundred": 100, "thousand": 1000}
_WORD = "|".join(sorted((*_SMALL, *_SCALES), key=len, reverse=True))
ENGLISH_NUMBER = re.compile(rf"\b(?:{_WORD})(?:(?:[\s-]|\sand\s)(?:{_WORD}))*\b", re.I)


def value_of(chinese: str) -> int:
    """The value of a number in Chinese characters: 五十 is 50, 二〇二六 is 2026, 三万五千 is 35000."""
    if not any(c in _UNITS or c in _LARGE for c in chinese):
        return int("".join(str(_DIGITS[c]) for c in chinese))
    total, section, digit = 0, 0, 0
    for c in chinese:
        if c in _LARGE:
            total = (total + section + digit or 1) * _LARGE[c]
            section = digit = 0
        elif c in _UNITS:
            section += (digit or 1) * _UNITS[c]
            digit = 0
        else:
            digit = _DIGITS[c]
    return total + section + digit


def english_value(words: str) -> int:
    """The value of an English number in words: thirty is 30, one hundred and five is 105."""
    total = section = 0
    for word in re.findall(r"[a-z]+", words.lower()):
        if word == "thousand":
            total, section = total + (section or 1) * 1000, 0
        elif word == "hundred":
            section = (section or 1) * 100
        else:
            section += _SMALL.get(word, 0)
    return total + section

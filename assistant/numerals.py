"""Chinese numerals before a measure word, as numbers."""

from __future__ import annotations

import re

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
CHINESE_NUMBER = re.compile(r"[零〇一二两三四五六七八九十百千]+(?=[项个家类种条部份次年月日倍人名大])")


def value_of(chinese: str) -> int:
    """The value of a number below ten thousand in Chinese characters: 五十 is 50, 二〇二六 is 2026."""
    if not any(c in _UNITS for c in chinese):
        return int("".join(str(_DIGITS[c]) for c in chinese))
    total, digit = 0, 0
    for c in chinese:
        if c in _UNITS:
            total += (digit or 1) * _UNITS[c]
            digit = 0
        else:
            digit = _DIGITS[c]
    return total + digit

"""Dates as official documents write them, in Chinese and in English."""

from __future__ import annotations

import re
from datetime import date, datetime

_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "Ｏ": 0, "O": 0}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?"
)
_YEAR = r"(?:19|20)\d\d"
# One pattern for all; the names of its groups tell the forms apart.
DATE = (
    rf"(?:{_YEAR}\s*年\s*\d{{1,2}}\s*月(?:\s*\d{{1,2}}\s*日)?"
    r"|[一二][〇零○ＯO一二三四五六七八九]{3}\s*年\s*[一二三四五六七八九十]{1,2}\s*月(?:\s*[一二三四五六七八九十]{1,3}\s*日)?"
    r"|(?:中華|中华)?民[國国]\s*\d{2,3}\s*年\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?"
    rf"|{_YEAR}\s?[-/.]\s?\d{{1,2}}\s?[-/.]\s?\d{{1,2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH},?\s+{_YEAR}"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+{_YEAR}"
    rf"|{_MONTH}\s+{_YEAR})"
)
_WHOLE = re.compile(DATE, re.I)


def parse(text: str) -> date | None:
    """The date that a text is, None if it is none or there is no such day; a month alone counts from
    its first day."""
    text = text.strip()
    if not _WHOLE.fullmatch(text):
        return None
    if "年" in text:
        # The years of the Republic of China count from 1912.
        plain = re.sub(r"(?:中[華华])?民[國国]", "", text)
        numbers = [_number(part) for part in re.split(r"[年月日]", plain) if part.strip()]
        numbers[0] += 1911 if plain != text else 0
    elif month := re.search(r"[A-Za-z]{3,}", text):
        rest = [int(n) for n in re.findall(r"\d+", text)]
        numbers = [rest[-1], _MONTHS.index(month[0][:3].lower()) + 1, *rest[:-1]]
    else:
        numbers = [int(n) for n in re.split(r"[-/.]", text)]
    try:
        return date(*[*numbers, 1][:3])
    except ValueError:
        return None


def exact(text: str) -> bool:
    """Whether a date says its day, and not its month alone."""
    return text.rstrip()[-1:] != "月" and not re.fullmatch(rf"\s*{_MONTH}\s+{_YEAR}\s*", text, re.I)


def of(value: object) -> date | None:
    """The date in a value from YAML or a file's properties, None if there is none."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value.strip()[:10])
    except ValueError:
        return parse(value)


def _number(text: str) -> int:
    """A number in digits or in Chinese numerals: 二〇二四, 十二, 三十一."""
    text = re.sub(r"\s", "", text)
    if text.isdigit():
        return int(text)
    if "十" in text:
        tens, ones = text.split("十", 1)
        return 10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0)
    return int("".join(str(_DIGITS[c]) for c in text))

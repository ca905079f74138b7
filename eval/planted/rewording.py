"""A sentence said a little otherwise, by rule and with its meaning kept, as a model would: the controls.

Errors are planted in reworded sentences too, so that neither kind is known by being a copy.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from assistant.checking.numerals import CHINESE_NUMBER, value_of

_NUMERALS = "零一二三四五六七八九"
_FUNCTION = re.compile(r"(?<=[一-鿿])[了将](?=[一-鿿]{2})|(?<=[一-鿿]{2})(?<!目)(?<!有)的(?=[一-鿿]{2})")
_ARTICLE = re.compile(r"\b(?:the|The) (?=[a-z])")
_YEAR_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?年\s?(1[0-2]|[1-9])\s?月(?!\s?\d)")
_SMALL = re.compile(
    r"(?<![\d.,A-Za-z第年月〔(（-])([2-9]|[1-9]\d)(?=\s?[项个家类种部次年倍人])(?!\s?年[版第])(?![年]\d)"
)
_LARGE = re.compile(r"(?<![\d.,:/A-Za-z-])(?!(?:19|20)\d\d\b)([1-9]\d{3,5})(?=\s?(?:[项个家人元]|[a-z]{4}))")
_AT_LEAST_ZH = re.compile(r"(?<![\d.〔一-鿿])?(\d{1,5}\s?[项个家类种人])(?:及)?以上")
_AT_LEAST_EN = re.compile(r"(?<![\d,.])(\d[\d,]*%?) or more\b")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def reword(text: str, language: str, chance: random.Random) -> str:
    """A sentence with one or two changes of form. Where none applies it is led in otherwise."""
    changes = list(_CHINESE if language == "zh" else _ENGLISH)
    chance.shuffle(changes)
    said, made = text, 0
    for change in changes:
        changed = change(said)
        if changed != said:
            said, made = changed, made + 1
        if made == 2:
            break
    if said != text:
        return said
    lead = "文件指出，" if language == "zh" else "As the text says, "
    return lead + re.sub(r"^\s*(?:-|[（(]\d+[）)]|\d+\.)\s*", "", text)


def _to_chinese(text: str) -> str:
    return _SMALL.sub(lambda match: _numeral(int(match[1])), text, count=1)


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return _NUMERALS[ones]
    return ("" if tens == 1 else _NUMERALS[tens]) + "十" + (_NUMERALS[ones] if ones else "")


def _to_digits(text: str) -> str:
    def digits(match: re.Match[str]) -> str:
        before = text[match.start() - 1 : match.start()]
        return (
            match[0] if value_of(match[0]) < 3 or before in "第统唯十" or before.isascii() else str(value_of(match[0]))
        )

    return text if "《" in text else CHINESE_NUMBER.sub(digits, text, count=1)


def _clauses_turned(text: str) -> str:
    """The last two clauses in the other order, where each could stand first: neither leans on the other."""
    body, end = (text[:-1], text[-1]) if text[-1] in "。.；;" else (text, "")
    parts = body.split("，")
    if len(parts) < 3 or any(len(part) < 8 or "《" in part or "（" in part for part in parts[-2:]):
        return text
    if re.match(r"[并且而但则以即从使也还均其该这]|形成|推动|促进|实现|为", parts[-1]) or re.match(
        r"[并且而但则以即也还均]", parts[-2]
    ):
        return text
    return "，".join((*parts[:-2], parts[-1], parts[-2])) + end


_CHINESE: tuple[Callable[[str], str], ...] = (
    _to_chinese,
    _to_digits,
    _clauses_turned,
    lambda text: _FUNCTION.sub("", text, count=1) if "《" not in text else text,
    lambda text: _YEAR_MONTH.sub(lambda match: f"{match[1]}-{int(match[2]):02}", text, count=1),
    lambda text: _AT_LEAST_ZH.sub(r"不少于\1", text, count=1),
    lambda text: _LARGE.sub(lambda match: f"{int(match[1]):,}", text, count=1),
    lambda text: re.sub(r"(\d+)%", r"百分之\1", text, count=1),
    lambda text: re.sub(r"[；;](?=.)", "，", text, count=1),
    lambda text: re.sub(r"(?<![\d.])\d{2,3}(?![\d.])", lambda match: match[0].translate(_FULL_WIDTH), text, count=1),
)
_ENGLISH: tuple[Callable[[str], str], ...] = (
    lambda text: _ARTICLE.sub("", text, count=1),
    lambda text: _AT_LEAST_EN.sub(r"at least \1", text, count=1),
    lambda text: _LARGE.sub(lambda match: f"{int(match[1]):,}", text, count=1),
    lambda text: re.sub(r"(\d)%", r"\1 percent", text, count=1),
    lambda text: re.sub(r"\bmore than (?=\d)", "over ", text, count=1),
    lambda text: re.sub(r"; ", ", ", text, count=1),
    lambda text: re.sub(r", and ", " and ", text, count=1),
    lambda text: re.sub(r"(?<=\w) \(([^()\d]{3,40})\)(?=[ .])", r", \1,", text, count=1),
    lambda text: re.sub(r"(?<![\d.,:/-])\b10\b(?![\d.,:/%-])", "ten", text, count=1),
    lambda text: re.sub(r"\b(?:have|has) to\b", "must", text, count=1),
)

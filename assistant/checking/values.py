"""The values in a text, each in one form: quantities with their unit and bound, dates, codes, titles in 《》.

五十项以上, 50 项以上 and 不少于50项 are one value; so are 2025年11月, 2025-11 and November 2025. Two values agree
where number, unit and bound do, as far as both say them: a cell of a table has its unit in the column's head.
It knows nothing of what a value is a value of (`assistant.checking.rows`), nor of identifiers, which are the
tokeniser's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from assistant.checking.numerals import ENGLISH_NUMBER, english_value, value_of

Kind = Literal["quantity", "date", "code", "title"]

# Units that are one and the same. What counts things (项, 条) may stand for another of its group; 个 for any.
_SAME_UNIT = {
    "day": "天 日 工作日 day days", "month": "个月 month months", "year": "年 周年 year years",
    "week": "周 星期 week weeks",
    "hour": "小时 hour hours h", "minute": "分钟 minute minutes min", "second": "秒 秒钟 second seconds",
    "yuan": "元 人民币 yuan rmb cny", "dollar": "美元 dollar dollars usd", "euro": "欧元 euro euros eur",
    "%": "% 百分点 个百分点 percent percentage", "times": "倍 times fold",
    "km": "公里 千米 km kilometre kilometres kilometer kilometers", "m": "米 metre metres meter meters m",
    "cm": "厘米 cm", "mm": "毫米 mm", "mile": "英里 mile miles", "t": "吨 tonne tonnes ton tons",
    "kg": "公斤 千克 kg kilogram kilograms", "g": "克 gram grams", "m2": "平方米", "mu": "亩",
    "ha": "公顷 hectare hectares",
    "degree": "度 ℃ °c degrees", "kw": "千瓦 kw", "mw": "兆瓦 mw", "kwh": "千瓦时 kwh", "mb": "mb", "gb": "gb",
    "tb": "tb",
    "item": "项 条 款 件 点", "sort": "类 种 大类", "body": "家 所 座 处 部门 单位",
    "person": "人 名 位 people persons",
    "occasion": "次 场 届 轮", "part": "部分 章 节 篇 部 册 份 卷", "piece": "台 套 辆 艘", "level": "级 层 档",
    "batch": "批 期", "any": "个 方面 大",
}  # fmt: skip
_UNIT = {word: unit for unit, words in _SAME_UNIT.items() for word in words.split()}
_LOOSE = frozenset(("", "any"))
_CHINESE_UNIT = "|".join(sorted((u for u in _UNIT if not u.isascii()), key=len, reverse=True))
_ENGLISH_UNIT = "|".join(sorted((u for u in _UNIT if u.isascii() and u.isalpha()), key=len, reverse=True))
_SCALE = {
    "万亿": 10**12, "亿": 10**8, "万": 10**4, "千": 1000, "百": 100,
    "trillion": 10**12, "billion": 10**9, "million": 10**6, "thousand": 1000, "hundred": 100,
}  # fmt: skip

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = "|".join((*_MONTHS, "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept?", "oct", "nov", "dec"))
_YEAR = r"(?:19|20)\d\d"
_DATES = (
    re.compile(
        rf"(?<!\d)(?P<y>{_YEAR})\s*年\s*(?P<m>1[0-2]|0?[1-9])\s*月(?:份)?(?:\s*(?P<d>[12]\d|3[01]|0?[1-9])\s*日)?"
    ),
    re.compile(
        rf"(?<![\d./-])(?P<y>{_YEAR})\s?[-/.]\s?(?P<m>1[0-2]|0?[1-9])(?:\s?[-/.]\s?(?P<d>[12]\d|3[01]|0?[1-9]))?(?![\d./-])"
    ),
    re.compile(rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<n>{_MONTH})\b\.?,?(?:\s+(?P<y>{_YEAR}))?"),
    re.compile(rf"\b(?P<n>{_MONTH})\b\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<y>{_YEAR}))?"),
    re.compile(rf"\b(?P<n>{_MONTH})\b\.?,?\s+(?:of\s+)?(?P<y>{_YEAR})"),
    re.compile(r"(?<!\d)(?P<m>1[0-2]|0?[1-9])\s*月(?:份)?(?:\s*(?P<d>[12]\d|3[01]|0?[1-9])\s*日)"),
    re.compile(r"(?<!\d)(?P<m>1[0-2]|[1-9])\s*月(?:份|底|初|末|中旬|上旬|下旬)?(?!\d)"),
    re.compile(rf"(?<![\d.,])(?P<y>{_YEAR})(?![\d.,]\d|\d|\s*(?:多|余)?(?:项|家|个|条|人|名|元|万|亿|%|米|公里|吨))"),
)
_DIGIT = re.compile(r"\d")
_CODE = re.compile(
    r"(?<![a-z\d])(?=[a-z\d./-]*\d)(?:[a-z]+(?:[.-]?[a-z]*\d[a-z\d]*)+|\d+[a-z]+\d*[a-z\d]*)(?:[.-][a-z\d]+)*|十[一二三四五六]五(?!项|个|家|年)"
)
_NO_CODE = re.compile(rf"\d[\d.,]*(?:{_ENGLISH_UNIT}|st|nd|rd|th)")
_TITLE = re.compile(r"《([^《》]{2,80})》")
_SCALES = "|".join(_SCALE)
_AMOUNT = re.compile(
    rf"(?P<percent>百分之\s*)?(?<![\d.])(?P<number>\d+(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"\s*(?P<scale>(?:{_SCALES})(?!分之))?\s*[多余]?\s*"
    rf"(?P<unit>{_CHINESE_UNIT}|%|(?:(?:calendar|working|business)\s)?(?:{_ENGLISH_UNIT})\b|per\s?cent\b)?"
)
_CHINESE = re.compile(
    rf"(?P<percent>百分之)?(?P<number>[零〇一二两三四五六七八九十百千万亿]*[一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿]*)"
    rf"(?(percent)|(?=[多余]?(?:{_CHINESE_UNIT}|省|市|元)))"
)
_CHINESE_AFTER = re.compile(rf"[多余]?(?P<unit>{_CHINESE_UNIT})")
_ENGLISH_AFTER = re.compile(rf"[\s-]*(?P<unit>{_ENGLISH_UNIT})\b")
_MEASURED = frozenset("% day month year week hour yuan".split())
_AT_LEAST = (
    r"不少于|不得少于|不低于|不得低于|不小于|不亚于|至少|最少|超过|多于|高于|大于|突破|逾|超(?=\s*$)|≥|>|"
    r"at least|(?:no|not) (?:less|fewer|lower) than|more than|greater than|higher than|over|above|exceed(?:s|ed|ing)?|"
    r"(?:a )?minimum of"
)
_AT_MOST = (
    r"不超过|不得超过|未超过|不高于|不得高于|不多于|不大于|至多|最多|低于|少于|小于|不足|不到|≤|<|"
    r"at most|(?:no|not) (?:more|greater|higher) than|not exceed(?:ing)?|less than|fewer than|lower than|below|under|"
    r"(?:a )?maximum of"
)
_BEFORE = re.compile(rf"(?:(?P<most>{_AT_MOST})|(?P<least>{_AT_LEAST}))\s*(?:约|近|the|了|a)?\s*$")
_AFTER = re.compile(
    r"[^\S\n]*(?:[\w一-鿿]{0,6}?(?:(?P<least>及?以上|or more\b|and above\b|and more\b|or above\b)|"
    r"(?P<most>及?以下|以内|or less\b|or fewer\b|and below\b|or below\b)))"
)
_DATE_BEFORE = re.compile(
    r"(?P<most>(?:before|until|prior to)|早于|不迟于|不晚于)\s*$|(?P<least>(?:after|since)|晚于|自从?)\s*$"
)
_DATE_AFTER = re.compile(
    r"(?P<most>[底末]?(?:之前|以前|前(?!期|沿|后|景|述|瞻)))|(?P<least>之后|以后|后(?!期|续)|以来|起)"
)
_EDITION, _WHEN = "edition", "when"
_EDITION_AFTER = re.compile(r"年?\s*(?:版|draft|edition|\))")
_WHEN_BEFORE = re.compile(r"(?:\b(?:by|in|since|from|until|before|after|on|dated|to)|[到至在于自])\s*$")
_MARKER = re.compile(r"^\s*(?:[-*•#>]+\s*)*(?:[（(]?\d{1,2}(?:\.\d{1,2})*[.、)）](?!\d)\s*)?")
# How far before a number its bound stands, at most.
_REACH = 18


@dataclass(frozen=True, slots=True)
class Value:
    """A value in its form: digits of a quantity, YYYY-MM-DD of a date as far as it is said (-MM-DD without a
    year), a code or a title folded. `bound` is ">" (at least, after), "<" (at most, before) or nothing. It stands
    at `start` to `end` of the folded text."""

    kind: Kind
    form: str
    said: str
    unit: str = ""
    bound: str = ""
    start: int = 0
    end: int = 0


def values(folded: str) -> tuple[Value, ...]:
    """The values in a text that `tokeniser.fold` has folded; marks of a list at its beginning are none."""
    text = _MARKER.sub(lambda match: " " * len(match[0]), folded, count=1)
    found: list[Value] = []
    for reader in (_titles, _dates, _codes, _chinese, _amounts):
        for value in reader(text):
            found.append(value)
            if value.kind != "title":  # a title's own values count too: an edition, a year
                text = text[: value.start] + " " * (value.end - value.start) + text[value.end :]
    return tuple(sorted(found, key=lambda value: value.start))


def agree(said: Value, cited: Value) -> bool:
    """Whether what is cited bears out a value that is said."""
    if said.kind != cited.kind:
        return False
    if said.kind == "date":
        return (
            _within(said.form, cited.form)
            and not _opposite(said, cited)
            and {said.unit, cited.unit} != {_EDITION, _WHEN}
        )
    if said.kind == "title":
        return said.form in cited.form
    if said.form != cited.form:
        return False
    return alike(said, cited) and (said.bound == cited.bound or not said.bound)


def alike(one: Value, other: Value) -> bool:
    """Whether two values are of one kind, so that one could stand in the other's place."""
    if one.kind != other.kind:
        return False
    return one.kind != "quantity" or one.unit == other.unit or bool(_LOOSE & {one.unit, other.unit})


def held(said: Value, cited: Iterable[Value]) -> bool:
    """Whether some values bear out one; a day may stand in two parts, its year apart from it."""
    known = tuple(cited)
    if any(agree(said, value) for value in known):
        return True
    if said.kind != "date" or said.form.count("-") < 1 or said.form.startswith("-"):
        return False
    year, rest = said.form[:4], said.form[4:]
    forms = {value.form for value in known if value.kind == "date" and not _opposite(said, value)}
    return year in forms and any(form.startswith("-") and _within(rest, form) for form in forms)


def _opposite(one: Value, other: Value) -> bool:
    return {one.bound, other.bound} == {"<", ">"}


def _within(said: str, cited: str) -> bool:
    """Whether a date is said by one that is as exact or more: 2025-11 by 2025-11-06, -11-06 by 2025-11-06."""
    return (
        cited == said
        or cited.startswith(f"{said}-")
        or (said.startswith("-") and f"{cited}-".find(f"{said}-") in (0, 4))
    )


def _titles(text: str) -> Iterator[Value]:
    for match in _TITLE.finditer(text):
        yield Value("title", squeezed(match[1]), match[0], start=match.start(), end=match.end())


def squeezed(folded: str) -> str:
    """Folded text without blanks, its brackets of one kind: the form in which titles are compared."""
    return re.sub(r"\s+", "", folded)


def _dates(text: str) -> Iterator[Value]:
    text = re.sub(r"[一二][零〇一二三四五六七八九]{3}(?=年)", lambda match: str(value_of(match[0])), text)
    if not _DIGIT.search(text):
        return
    for pattern in _DATES:
        for match in pattern.finditer(text):
            part = match.groupdict()
            month = part.get("m") or _month(part.get("n"))
            form = part.get("y") or ""
            form += f"-{int(month):02}" if month else ""
            form += f"-{int(part['d']):02}" if part.get("d") else ""
            bound = _bound(_DATE_BEFORE, text[max(0, match.start() - _REACH) : match.start()]) or _bound(
                _DATE_AFTER, re.sub(r"^[\s年]*", "", text[match.end() : match.end() + 6])
            )
            yield Value("date", form, match[0].strip(), _role(text, match), bound, match.start(), match.end())
        text = pattern.sub(lambda match: " " * len(match[0]), text)


def _role(text: str, match: re.Match[str]) -> str:
    """Whether a date is part of a name, as in 指南(2024版), or says when something is; "" where neither is clear."""
    before, after = text[max(0, match.start() - 10) : match.start()], text[match.end() : match.end() + 10]
    if before.endswith("(") or _EDITION_AFTER.match(after):
        return _EDITION
    return _WHEN if _WHEN_BEFORE.search(before) or after.startswith("年") else ""


def _month(name: str | None) -> str:
    return str(next(n for n, month in enumerate(_MONTHS, 1) if month.startswith(name[:3]))) if name else ""


def _codes(text: str) -> Iterator[Value]:
    for match in _CODE.finditer(text):
        if not _NO_CODE.fullmatch(match[0]):
            yield Value("code", match[0].strip(".-"), match[0], start=match.start(), end=match.end())


def _chinese(text: str) -> Iterator[Value]:
    """Quantities in Chinese numerals. 一 is rarely a figure (统一部署, 一个) but of time and money, 二级 never."""
    for match in _CHINESE.finditer(text):
        unit = _CHINESE_AFTER.match(text, match.end("number"))
        end = unit.end() if unit else match.end()
        kind = "%" if match["percent"] else _UNIT[unit["unit"]] if unit else ""
        if kind == "level" or (match["number"] == "一" and kind not in _MEASURED):
            continue
        yield _quantity(text, match.start(), end, Decimal(value_of(match["number"])), kind)


def _amounts(text: str) -> Iterator[Value]:
    """Quantities in digits, and in English words from two on."""
    for match in _AMOUNT.finditer(text):
        number = Decimal(match["number"].replace(",", "")) * _SCALE.get(match["scale"] or "", 1)
        word = re.sub(r"^(?:calendar|working|business)\s|(?<=per)\s(?=cent)", "", match["unit"] or "")
        unit = "%" if match["percent"] else _UNIT.get(word, "")
        yield _quantity(text, match.start(), match.end(), number, unit)
    for match in ENGLISH_NUMBER.finditer(text):
        number = Decimal(english_value(match[0]))
        if number > 1:
            after = _ENGLISH_AFTER.match(text, match.end())
            end = after.end() if after else match.end()
            yield _quantity(text, match.start(), end, number, _UNIT[after["unit"]] if after else "")


def _quantity(text: str, start: int, end: int, number: Decimal, unit: str) -> Value:
    bound = _bound(_BEFORE, text[max(0, start - _REACH) : start]) or _bound(_AFTER, text[end : end + 20])
    return Value("quantity", f"{number.normalize():f}", text[start:end].strip(), unit, bound, start, end)


def _bound(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text) if pattern in (_BEFORE, _DATE_BEFORE) else pattern.match(text)
    return "" if not match else "<" if match["most"] else ">"

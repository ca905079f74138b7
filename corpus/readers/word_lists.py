"""A Word document's lists: the numbers that Word writes before paragraphs, which stand nowhere in the file
and which official documents cite. It knows nothing of text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from corpus.readers.ooxml import Element, W, integer
from corpus.readers.word_styles import Style, Styles, flag, value

# The office programs' marks are characters of symbol fonts, which other fonts lack.
_BULLETS = frozenset("•·●▪◦■◆-–—*○□◇★☆✓➢")
_CHINESE = "一二三四五六七八九"
_MAX_COUNT = 32_767
_MAX_LEVEL = 8


@dataclass(slots=True)
class _Level:
    """One level of a list."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    gap: str = " "
    style: str = ""
    decimal: bool = False
    restart: int = -1


@dataclass(frozen=True, slots=True)
class Label:
    """What stands before a paragraph: a number with the space after it, or a list's mark."""

    text: str
    bullet: bool = False
    plain: bool = False


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)
    abstract: str = ""


class Numbering:
    """Counts a document's lists as its paragraphs come."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, dict[int, int]] = {}
        if root is None:
            return
        abstracts = {e.get(f"{W}abstractNumId", ""): e for e in root.findall(f"{W}abstractNum")}
        nums = {e.get(f"{W}numId", ""): e for e in root.findall(f"{W}num")}
        for name, element in nums.items():
            self._lists[name] = _read_list(element, abstracts, nums, styles)

    def label(self, style: Style) -> Label | None:
        """The number of the next paragraph in this style, None where it has none."""
        numbers = self._lists.get(style.list or "")
        if numbers is None:
            return None
        linked = next((n for n, level in numbers.levels.items() if level.style == style.id and style.id), 0)
        depth = linked if style.depth is None else style.depth
        level = numbers.levels.get(depth)
        if level is None:
            return None
        counts = self._count(numbers, depth, level)
        if level.format == "bullet":
            mark = level.text if level.text in _BULLETS else "•"
            return Label(f"{mark} ", bullet=True)
        text = re.sub(r"%(\d)", lambda m: self._number(numbers, counts, int(m[1]) - 1, level.decimal), level.text)
        if not text.strip():
            return None
        gap = "" if text[-1] in "、）．，。：】》" else level.gap
        return Label(text + gap, plain=level.format.startswith(("decimal", "lower", "upper", "none")))

    def _count(self, numbers: _List, depth: int, level: _Level) -> dict[int, int]:
        counts = self._counts.setdefault(numbers.abstract, {})
        if depth in numbers.starts:
            counts[depth] = numbers.starts.pop(depth)
        else:
            counts[depth] = counts.get(depth, level.start - 1) + 1
        for below in [n for n in counts if n > depth]:
            restart = numbers.levels[below].restart if below in numbers.levels else -1
            # -1: after any level above; 0: never; n: only after level n.
            if restart < 0 or (restart and depth < restart):
                del counts[below]
        return counts

    def _number(self, numbers: _List, counts: dict[int, int], depth: int, decimal: bool) -> str:
        level = numbers.levels.get(depth)
        if level is None or level.format == "bullet":
            return ""
        return format_number(counts.get(depth, level.start), "decimal" if decimal else level.format)


def _read_list(num: Element, abstracts: dict[str, Element], nums: dict[str, Element], styles: Styles) -> _List:
    """A list with its levels; one that is defined by a style is followed to its definition."""
    name = value(num, "abstractNumId") or ""
    abstract = abstracts.get(name)
    link = value(abstract, "numStyleLink")
    if link:
        there = nums.get(styles.named(link).list or "")
        name = value(there, "abstractNumId") or name
        abstract = abstracts.get(name)
    found = _List(abstract=name)
    for element in () if abstract is None else abstract.findall(f"{W}lvl"):
        _add_level(found, element)
    for override in num.findall(f"{W}lvlOverride"):
        depth = integer(override.get(f"{W}ilvl"), -1)
        for element in override.findall(f"{W}lvl"):
            _add_level(found, element)
        start = value(override, "startOverride")
        if start is not None:
            found.starts[depth] = _bounded(integer(start, 1))
    return found


def _add_level(numbers: _List, element: Element) -> None:
    depth = integer(element.get(f"{W}ilvl"), -1)
    if not 0 <= depth <= _MAX_LEVEL:
        return
    restart = value(element, "lvlRestart")
    numbers.levels[depth] = _Level(
        start=_bounded(integer(value(element, "start"), 0)),
        format=_format(element),
        text=value(element, "lvlText") or "",
        gap="" if value(element, "suff") == "nothing" else " ",
        style=value(element, "pStyle") or "",
        decimal=bool(flag(element, "isLgl")),
        restart=-1 if restart is None else integer(restart, -1),
    )


def _format(level: Element) -> str:
    """A level's kind of number; programs wrap one that older readers lack."""
    found = next(level.iter(f"{W}numFmt"), None)
    return "decimal" if found is None else str(found.get(f"{W}val", "decimal"))


def format_number(n: int, kind: str) -> str:
    """A number as Word writes it in a kind of its own names; as a decimal in those that are not known."""
    return "" if kind == "none" else _FORMATS.get(kind, str)(n) or str(n)


def _letters(n: int) -> str:
    return chr(97 + (n - 1) % 26) * ((n - 1) // 26 + 1) if 0 < n <= 26 * 9 else ""


def _roman(n: int) -> str:
    if not 0 < n < 4000:
        return ""
    marks = ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i")
    text = ""
    for unit, mark in zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), marks, strict=True):
        text += mark * (n // unit)
        n %= unit
    return text


def _chinese(n: int, digits: str = _CHINESE, units: str = "十百千", zero: str = "零") -> str:
    """Numbers below ten thousand in words: 十一, 一百零三."""
    if not 0 < n < 10_000:
        return ""
    text = ""
    for power, unit in zip((3, 2, 1, 0), (*reversed(units), ""), strict=True):
        digit = n // 10**power % 10
        if digit:
            text += digits[digit - 1] + unit
        elif text and n % 10**power and not text.endswith(zero):
            text += zero
    return text[1:] if text.startswith("一十") else text


def _counted(n: int) -> str:
    """Below a hundred in words, above in figures: 九十九, 一〇〇."""
    return _chinese(n) if n < 100 else _figures(n)


def _figures(n: int) -> str:
    return "".join(("〇" + _CHINESE)[int(d)] for d in str(n)) if n >= 0 else ""


def _row(characters: str) -> Callable[[int], str]:
    return lambda n: characters[n - 1] if 0 < n <= len(characters) else ""


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda n: f"{n:02d}",
    "lowerLetter": _letters,
    "upperLetter": lambda n: _letters(n).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda n: _roman(n).upper(),
    "ordinal": lambda n: f"{n}{'th' if n % 100 in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}",
    "chineseCounting": _counted,
    "chineseCountingThousand": _chinese,
    "taiwaneseCounting": _counted,
    "taiwaneseCountingThousand": _chinese,
    "japaneseCounting": _chinese,
    "ideographDigital": _figures,
    "japaneseDigitalTenThousand": _figures,
    "taiwaneseDigital": _figures,
    "chineseLegalSimplified": lambda n: _chinese(n, "壹贰叁肆伍陆柒捌玖", "拾佰仟"),
    "ideographLegalTraditional": lambda n: _chinese(n, "壹貳參肆伍陸柒捌玖", "拾佰仟"),
    "ideographTraditional": _row("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _row("子丑寅卯辰巳午未申酉戌亥"),
    "decimalEnclosedCircle": _row("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"),
    "decimalEnclosedCircleChinese": _row("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"),
    "decimalEnclosedParen": _row("⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"),
    "decimalEnclosedFullstop": _row("⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛"),
    "decimalFullWidth": lambda n: str(n).translate({48 + d: 0xFF10 + d for d in range(10)}),
}


def _bounded(n: int) -> int:
    return max(0, min(n, _MAX_COUNT))

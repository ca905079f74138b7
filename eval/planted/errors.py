"""The errors: each a rule that changes one thing of a sentence, or finds nothing to change.

The rules find their places by patterns of their own and know nothing of how the verifier reads a sentence.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Literal, get_args

from eval.planted.seeds import Seed

Kind = Literal["number", "unit", "date", "identifier", "entity", "negation", "comparison", "row"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# The kinds that change a value.
VALUES: tuple[Kind, ...] = ("number", "unit", "date", "identifier")

_NUMBER = re.compile(
    r"(?<![A-Za-z\d.,:/〔\[《“(-])(?<!第)\d[\d,]*(?:\.\d+)?(?![\d.]|\s?[年月日号)〕\]:/]|[-—–][A-Z\d]|,\d|[A-Za-z])"
    r"|(?<=[一-鿿])(?<![第统十百千零一二三四五六七八九（〔])[二三四五六七八九十](?=[项个家类种次倍]|部分)"
)
_NO_COUNT = re.compile(r"(?:19|20)\d\d$")
_UNITS = [
    ("亿元", "万元"), ("万元", "亿元"), ("亿", "万"), ("万", "亿"), ("项", "家"), ("家", "项"), ("个月", "天"),
    ("天", "个月"), ("小时", "分钟"),
    ("分钟", "小时"), ("周", "天"), ("类", "家"), ("种", "人"), ("人", "项"), ("次", "年"), ("倍", "%"), ("%", "倍"),
    ("公里", "米"), ("吨", "公斤"),
    ("页", "项"), ("percent", "times"), ("days", "months"), ("day", "month"), ("months", "years"), ("month", "day"),
    ("weeks", "days"),
    ("years", "months"), ("hours", "minutes"), ("minutes", "hours"), ("seconds", "minutes"), ("million", "billion"),
    ("km", "m"), ("kg", "g"), ("GB", "MB"), ("MB", "GB"), ("yuan", "dollars"),
]  # fmt: skip
_YEAR = re.compile(r"(?<![\d.:/-])(?:19|20)\d\d(?=\s?年|[-/.]\d|[\s,.;)，。）]|版|$)(?!\s?号)")
_MONTH = re.compile(r"(?<=年)\s?(1[0-2]|[1-9])(?=\s?月)|(?<=\d{4}-)(0[1-9]|1[0-2])(?!\d)")
_MONTHS = "January February March April May June July August September October November December".split()
_STANDARD = re.compile(
    r"\b(?:ISO|IEC|IEEE|GB|ITU-T|EN|ETSI|NIST|CEN|TR|TS|T|SC|WG|JTC)(?:/[A-Z]{1,4})*[\s-]?[A-Z]?\.?(\d[\d.]*\d|\d)(?:-\d+)*(?::\d{4})?"
    r"|[〔\[„]\d{4}[〕\]‟]\s*第?(\d+)\s*号"
)
_TITLE = re.compile(r"《[^《》\n]{4,60}》")
_BODY = re.compile(
    r"(?:(?<=[由与和及、，。；经（(为是])|^)(?![^由]{0,9}[是为])[一-鿿]{2,14}?(?:人民政府|委员会|研究院|研究所|协会|学会|联盟|公司|集团|大学|实验室|总局|[一-鿿]{2}(?:部|(?<!布)局|厅|委))"
    r"(?=[、，。；和与及）)等在于对联发制组牵负印]|$)"
)
_PLACE = re.compile("北京|上海|江苏|浙江|广东|深圳|山东|四川|美国|英国|德国|法国|日本|韩国|欧盟")
_ENGLISH_NAME = re.compile(
    rf"(?<=[a-z,] )(?!(?:The|In|On|At|It|This|For|By|As|If|When|No|{'|'.join(_MONTHS)})\b)"
    r"[A-Z][a-z]{3,}(?: (?:of |and |for |the )?[A-Z][a-z]{2,})*"
)
_ENGLISH_PLACE = re.compile(r"\b(?:Shanghai|Jiangsu|Beijing|Zhejiang|Guangdong|Germany|France|Japan)\b")
_OPPOSITES = [
    ("以上", "以下"), ("不少于", "不超过"), ("不低于", "不高于"), ("至少", "至多"), ("超过", "不到"),
    ("高于", "低于"), ("大于", "小于"), ("增加", "减少"),
    ("增长", "下降"), ("提高", "降低"), ("提升", "降低"), ("扩大", "缩小"), ("加快", "放缓"), ("增强", "削弱"),
    ("之前", "之后"), ("前完成", "后完成"),
    ("最高", "最低"), ("最大", "最小"), ("上升", "下降"), ("提前", "推迟"),
    ("or more", "or less"), ("more than", "less than"), ("at least", "at most"), ("before", "after"),
    ("above", "below"),
    ("increases", "decreases"), ("increased", "decreased"), ("increase", "decrease"), ("higher", "lower"),
    ("over ", "under "),
    ("earlier", "later"), ("minimum", "maximum"), ("most", "least"),
]  # fmt: skip
_NEGATED = [
    ("不得", "可以"), ("没有", "有"), ("不能", "能"), ("不是", "是"), ("尚未", "已"), ("无需", "需"), ("不应", "应"),
    ("不会", "会"), ("未", "已"),
    (" is not ", " is "), (" are not ", " are "), (" does not ", " does "), (" do not ", " do "), (" can't ", " can "),
    (" cannot ", " can "), (" must not ", " must "), (" was not ", " was "), (" no ", " a "), (" never ", " always "),
    (" without ", " with "),
]  # fmt: skip
_VERB = re.compile(
    r"(?<=[一-鿿”》）])(?<!不)(?<!未)(?:适用|包括|要求|采用|规定|支持|属于|需要|提出|覆盖|涉及|形成|分为|共有|设立|开展|参与|规范|制定(?!的)|建立|推动|明确)"
)
_ENGLISH_VERB = re.compile(r"(?<= )(is|are|was|were|must|can|should|has|have|will)(?= )(?! not| no )")


def plant(kind: Kind, text: str, seed: Seed, pool: Sequence[str], chance: random.Random) -> str | None:
    """A sentence of a seed (reworded or not) with an error of a kind; None where it gives no occasion. `pool` is
    every text of the corpus, to take other names from."""
    changed = _RULES[kind](text, seed, pool, chance)
    return changed if changed and changed != text else None


def _number(text: str, _seed: Seed, _pool: Sequence[str], chance: random.Random) -> str | None:
    found = _counts(text)
    return _put(text, match := chance.choice(found), _other_number(match[0], chance)) if found else None


def _counts(text: str) -> list[re.Match[str]]:
    """The numbers of a sentence that are neither years nor days of a month."""
    months = "|".join(_MONTHS)
    return [
        m
        for m in _NUMBER.finditer(text)
        if not _NO_COUNT.match(m[0])
        and not re.match(rf" (?:{months})|版", text[m.end() :])
        and not re.search(rf"(?:{months}) $", text[: m.start()])
    ]


def _other_number(said: str, chance: random.Random) -> str:
    if not said[0].isdigit():
        return chance.choice([c for c in "三四五六七八九" if c != said])
    plain = said.replace(",", "")
    if "." in plain:
        whole, part = plain.split(".")
        return f"{int(whole) + chance.randint(1, 9)}.{part}"
    number = int(plain)
    other = chance.choice([number * 10, number + chance.randint(1, 9), max(number * 3 // 2, number + 2)])
    return f"{other:,}" if "," in said else str(other)


def _unit(text: str, _seed: Seed, _pool: Sequence[str], chance: random.Random) -> str | None:
    found: dict[int, tuple[re.Match[str], str]] = {}
    for unit, other in _UNITS:
        after = r"\b" if unit.isascii() and unit.isalpha() else "(?!强|级)"
        for match in re.finditer(rf"(?:(?<=\d)|(?<=[一-鿿][二三四五六七八九十]))\s?余?{re.escape(unit)}{after}", text):
            if not re.search(r"(?:19|20)\d\d$|第\d+$|[A-Za-z.]\d+$", text[: match.start()]):
                found.setdefault(match.start(), (match, match[0].replace(unit, other)))
    return _put(text, *chance.choice(list(found.values()))) if found else None


def _date(text: str, _seed: Seed, _pool: Sequence[str], chance: random.Random) -> str | None:
    ways = [(m, str(int(m[0]) + chance.choice([-3, -2, -1, 1, 2]))) for m in _YEAR.finditer(text)]
    for match in _MONTH.finditer(text):
        month = int(match[0])
        other = chance.choice([m for m in range(1, 13) if m != month])
        ways.append((match, f"{other:02}" if match[0].strip().startswith("0") else str(other)))
    named = re.finditer(rf"\b(?:{'|'.join(_MONTHS)})\b(?= \d)", text)
    ways += [(match, chance.choice([m for m in _MONTHS if m != match[0]])) for match in named]
    return _put(text, *chance.choice(ways)) if ways else None


def _identifier(text: str, seed: Seed, pool: Sequence[str], chance: random.Random) -> str | None:
    ways = []
    for match in _STANDARD.finditer(text):
        group = 1 if match[1] else 2
        number = match[group]
        last = str((int(number[-1]) + chance.randint(1, 8)) % 10)
        ways.append(
            (
                match,
                match[0][: match.start(group) - match.start()]
                + number[:-1]
                + last
                + match[0][match.end(group) - match.start() :],
            )
        )
    titles = [t for other in pool for t in _TITLE.findall(other) if t[1:-1] not in f"{seed.cited}{seed.around}"]
    if titles:
        ways += [(match, chance.choice(titles)) for match in _TITLE.finditer(text)]
    return _put(text, *chance.choice(ways)) if ways else None


def _entity(text: str, seed: Seed, pool: Sequence[str], chance: random.Random) -> str | None:
    ways = []
    for pattern in (_BODY, _PLACE, _ENGLISH_NAME, _ENGLISH_PLACE):
        found = list(pattern.finditer(text))
        if not found:
            continue
        known = f"{seed.cited}{seed.around}"
        others = sorted({name for other in pool for name in pattern.findall(other) if name not in known})
        if others:
            ways += [(match, chance.choice(others)) for match in found]
    return _put(text, *chance.choice(ways)) if ways else None


def _negation(text: str, _seed: Seed, _pool: Sequence[str], chance: random.Random) -> str | None:
    ways = [(m, other) for said, other in _NEGATED for m in re.finditer(rf"{re.escape(said)}(?!来)", text)]
    if not ways:
        ways += [(m, f"不{m[0]}") for m in _VERB.finditer(text)]
        ways += [(m, f"{m[0]} not") for m in _ENGLISH_VERB.finditer(text)]
    ways = [(m, other) for m, other in ways if not re.search(r"[从并绝]$", text[: m.start()])]
    return _put(text, *chance.choice(ways)) if ways else None


def _comparison(text: str, _seed: Seed, _pool: Sequence[str], chance: random.Random) -> str | None:
    ways = []
    for one, other in _OPPOSITES:
        for said, instead in ((one, other), (other, one)):
            edge = r"\b" if said.isascii() else ""
            ways += [(m, instead) for m in re.finditer(rf"(?<!找){edge}{re.escape(said)}", text)]
    return _put(text, *chance.choice(ways)) if ways else None


def _row(text: str, seed: Seed, _pool: Sequence[str], chance: random.Random) -> str | None:
    """A value of a neighbouring row or sentence in the place of this one's, or two of its own changing places."""
    own = _counts(text)
    if seed.row:
        return _cell(text, seed, chance)
    ways: list[str] = []
    for match in own:
        unit = text[match.end() : match.end() + 1]
        for other in seed.others:
            ways += [
                _put(text, match, m[0])
                for m in _counts(other)
                if m[0] not in text and other[m.end() : m.end() + 1] == unit and unit.strip()
            ]
    for one, two in pairwise(own):
        if one[0] != two[0] and text[one.end() : one.end() + 1] == text[two.end() : two.end() + 1]:
            ways.append(text[: one.start()] + two[0] + text[one.end() : two.start()] + one[0] + text[two.end() :])
    return chance.choice(ways) if ways else None


_CELL = re.compile(r"为(?P<zh>[^，。]+)(?=[，。])|\bis (?P<en>.+?)(?=, the |\.$)")


def _cell(text: str, seed: Seed, chance: random.Random) -> str | None:
    """Another row's cell of the same column: the last one with a value in it."""
    cells = [m for m in _CELL.finditer(text) if re.search(r"\d", m[0])]
    ways = []
    for match in cells[-1:]:
        place = [m.start() for m in _CELL.finditer(text)].index(match.start())
        for other in seed.others:
            theirs = list(_CELL.finditer(other))
            if len(theirs) > place and re.search(r"\d", theirs[place][0]) and not _same(theirs[place], match):
                ways.append(_put(text, match, theirs[place][0]))
    return chance.choice(ways) if ways else None


def _same(one: re.Match[str], other: re.Match[str]) -> bool:
    """Whether one cell says what the other does, or less of it."""
    cells = [match["zh"] or match["en"] for match in (one, other)]
    figures = [re.sub(r"\D", "", cell) for cell in cells]
    return cells[0] in other.string or cells[0] in cells[1] or cells[1] in cells[0] or figures[0] == figures[1]


def _put(text: str, match: re.Match[str], instead: str) -> str:
    return text[: match.start()] + instead + text[match.end() :]


_RULES: dict[Kind, Callable[[str, Seed, Sequence[str], random.Random], str | None]] = {
    "number": _number,
    "unit": _unit,
    "date": _date,
    "identifier": _identifier,
    "entity": _entity,
    "negation": _negation,
    "comparison": _comparison,
    "row": _row,
}

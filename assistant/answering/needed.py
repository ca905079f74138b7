"""What no answer to a question can do without, beyond the shape of its kind: the unit that is asked for (几周, "how
many years"), the office whose holder is asked for ("who chairs …"), as many names as are asked for (哪两个国家, "which
ten companies"), the kind of body that is asked for, a body of the place that is named, and a name in Latin letters that
a Chinese question has.

Rules over words in both languages; what no rule knows needs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.asked import listed
from assistant.checking.names import bodies, in_chinese
from corpus.places import REGIONS
from indexing.tokeniser import fold

# How a unit is asked for, in Chinese and in English, and how it stands with a number in either.
_UNITS = (
    ("周|星期|礼拜", "weeks", "周|星期|礼拜|weeks?"),
    ("天", "days", "天|日内|工作日|days?"),
    ("个?月(?!份)", "months", "个月|months?"),
    ("年(?!级)", "years", "年|载|世纪|years?|decades?|centur"),
    ("小时|钟头", "hours", "小时|钟头|hours?|h\\b"),
    ("分钟", "minutes", "分钟?|minutes?|min\\b"),
    ("秒", "seconds", "秒|seconds?|ms?\\b|s\\b"),
    ("学时|课时", "(?:class|training|credit) hours", "学时|课时|小时|hours?"),
    ("页", "pages", "页|pages?"),
    ("票", "votes", "票|votes?"),
    ("公里|千米", "kilomet(?:er|re)s|km", "公里|千米|km|kilomet|miles?"),
    ("吨", "tonn?es|tons", "吨|tons?|tonnes?|t\\b|kg"),
    ("倍|次", "times", "次|倍|回|遍|届|times|fold|twice|once"),
    ("欧元", "euros", "欧元|€|eur"),
    ("美元", "(?:us )?dollars", "美元|美金|\\$|usd|dollars?"),
    ("p(?![a-z])|[a-z]?flops", "[a-z]?flops", "p(?![a-z])|[a-z]?flops|万?亿次"),
    ("b(?![a-z])", "billion parameters", "b(?![a-z])|亿"),
)
_ASKED_UNITS = tuple(
    (re.compile(rf"(?:多少|几)[百千万亿]*(?:{zh})|how many (?:{en})\b|\bin (?:{en})\?"), said)
    for zh, en, said in _UNITS
)
_NUMBER = (
    r"(?:\d|[一二三四五六七八九十百千万亿两半数]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty"
    r"|forty|fifty|hundred|thousand|million|billion|several|a|an|every)\b)"
)
_BETWEEN = r"[\s余多几百千万亿个.,-]*(?:[a-z]+ )?"
_YEAR = re.compile(r"(?:1\d|20)\d\d\s*年")
# From one date to another is a span of time as well.
_DATE = re.compile(
    r"(?:1\d|20)\d\d(?!\d)|\d{1,2}月\d{1,2}日|\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)
_TIME = frozenset("周天月年")

# What the holder of an office is asked by, and the offices that would be named.
_WHO = re.compile(r"谁|哪位|哪国|叫什么|姓什么|\bwho\b|\bname of\b")
_OFFICES = (
    (re.compile("主任委员"), "主任委员"),
    (re.compile("秘书长|secretary[- ]general"), "秘书长|secretary"),
    (re.compile(r"主席|\bchair(?:s|ed|man|woman|person)?\b"), "主席|主任委员|组长|chair"),
    (re.compile(r"组长"), "组长|leader|head of"),
    (re.compile(r"会长|理事长|院长|校长|总统|\bpresident\b"), "会长|理事长|院长|校长|总统|主席|president|rector|dean"),
    (re.compile(r"局长|部长|\bminister\b"), "局长|部长|minister|secretary"),
    (
        re.compile(r"负责人|一把手|带头人|总监|\bdirector\b|\bhead(?:s|ed)?\b"),
        "负责人|主任|主席|组长|会长|院长|所长|总监|总裁|总经理|首席|director|head|chief|chair|president|led by",
    ),
)

# What asks for so many names.
_FIGURES = dict(zip("两二三四五六七八九十", (2, 2, 3, 4, 5, 6, 7, 8, 9, 10), strict=True)) | dict(
    zip("two three four five six seven eight nine ten".split(), range(2, 11), strict=True)
)
_FIGURE = r"(?P<n>\d{1,3}|[两二三四五六七八九十]|two|three|four|five|six|seven|eight|nine|ten)"
_NAMES = (
    re.compile(rf"哪{_FIGURE}[个家位座所](?:国家|城市|公司|企业|单位|机构|大学|高校|省|人|专家|成员)"),
    re.compile(rf"{_FIGURE}多?[个家位座所][^，,。？?]{{0,24}}[，,]?[^，,。？?]{{0,6}}(?:名单|分别是谁|都有谁|各是谁)"),
    re.compile(
        rf"\b(?:which|what are the|name the|list the) (?:the )?{_FIGURE} (?:[\w-]+ )?"
        r"(?:compan|firm|countr|state|cit|universit|organi[sz]ation|bod|institution|member|people|experts|enterprise)"
    ),
)
# Two or three names may stand in sentences of their own.
_MANY = 4

# The typed body that is asked for, and how one would be named.
_KINDS_OF_BODY = (
    (re.compile(r"哪[一几些]?[个所家]?(?:大学|高校)|(?:which|what) universit"), "大学|高校|学院|universit|college"),
    (re.compile(r"哪[一几些]?[个所家]?医院|(?:which|what) hospital"), "医院|hospital|clinic"),
    (re.compile(r"哪[一几些]?[个所家]?(?:法院|法庭)|(?:which|what) court"), "法院|法庭|court"),
    (re.compile(r"哪[一几些]?[个所家]?银行|(?:which|what) bank"), "银行|bank"),
)

# A region's body is no other region's: 上海市…技术委员会. A short name has not as many characters.
_FULL_NAME = 6
_JOINS = re.compile("[的那这]")

# A word in Latin letters with a capital in a Chinese question is a name that the documents would have as well; an email
# is none.
_LATIN = re.compile(r"(?<![a-zA-Z\d])(?=[a-z]*[A-Z])[a-zA-Z]{4,}(?![a-zA-Z\d])")


def given(question: str, said: Sequence[str], around: Sequence[str]) -> bool:
    """Whether what would be `said`, sentence by sentence, can answer a question as far as these rules know; `around`
    is all that was found, with what stands over it."""
    asked, told = fold(question), [fold(text) for text in said]
    whole = "\n".join(told)
    return (
        _with_unit(asked, told)
        and _with_office(asked, whole)
        and _with_names(asked, told)
        and all(re.search(named, whole) for pattern, named in _KINDS_OF_BODY if pattern.search(asked))
        and _with_body(asked, around)
        and _with_latin(question, around)
    )


def _with_unit(asked: str, told: Sequence[str]) -> bool:
    wanted = [said for pattern, said in _ASKED_UNITS if pattern.search(asked)]
    return not wanted or any(
        any(re.search(rf"{_NUMBER}{_BETWEEN}(?:{said})", _YEAR.sub(" ", text)) for said in wanted)
        or (not _TIME.isdisjoint(wanted[0]) and len(_DATE.findall(text)) > 1)
        for text in told
    )


def _with_office(asked: str, told: str) -> bool:
    if not _WHO.search(asked):
        return True
    return all(re.search(named, told) for pattern, named in _OFFICES if pattern.search(asked))


def _with_names(asked: str, told: Sequence[str]) -> bool:
    match = next((match for pattern in _NAMES if (match := pattern.search(asked))), None)
    if match is None:
        return True
    figure = match["n"]
    number = int(figure) if figure.isdigit() else _FIGURES[figure]
    return number < _MANY or max(map(listed, told), default=0) >= number - 1


def _with_body(asked: str, around: Sequence[str]) -> bool:
    full = []
    for run in bodies(asked):
        place = next((place for place in REGIONS if run.startswith(place)), "")
        name = run.removeprefix(place).lstrip("省市")
        if place and len(name) >= _FULL_NAME and not _JOINS.search(name):
            full.append(rf"{place}[^，。；,;\n]{{0,6}}{re.escape(name)}")
    if not full:  # folding all that was found takes time
        return True
    found = fold("\n".join(around))
    return all(re.search(name, found) for name in full)


def _with_latin(question: str, around: Sequence[str]) -> bool:
    names = [fold(name[0]) for name in _LATIN.finditer(question)] if in_chinese(question) else []
    if not names:
        return True
    found = fold("\n".join(around))
    return all(name in found for name in names)

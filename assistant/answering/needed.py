"""What no answer to a question can do without, beyond the shape of its kind: the figure that is asked for
(`assistant.answering.answer_figures`), the office whose holder is asked for ("who chairs …"), as many names as are
asked for (哪四个国家, "which ten companies"), a number of the standard whose number is asked for, a body of the place
that is named, and a version, and in Chinese a name in Latin letters, that the question has.

Rules over words in both languages; what no rule knows needs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.answer_figures import figures_given
from assistant.answering.asked import listed
from assistant.checking.names import bodies, in_chinese
from assistant.checking.numerals import FEW, FEW_CHINESE, english_value, value_of
from corpus.places import REGIONS
from indexing.tokeniser import fold, identifiers

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
_FIGURE = rf"(?P<n>\d{{1,3}}|[{FEW_CHINESE}]|{FEW})"
_NAMES = (
    re.compile(rf"哪{_FIGURE}[个家位座所](?:国家|城市|公司|企业|单位|机构|大学|高校|省|人|专家|成员)"),
    re.compile(rf"{_FIGURE}多?[个家位座所][^，,。？?]{{0,24}}[，,]?[^，,。？?]{{0,6}}(?:名单|分别是谁|都有谁|各是谁)"),
    re.compile(rf"{_FIGURE}[个家位座所][^，,。？?]{{1,10}}(?:各|分别|都)(?:叫|是)(?:什么|谁|哪|啥)"),
    re.compile(
        rf"\b(?:which|what are the|name the|list the) (?:the )?{_FIGURE} (?:[\w-]+ )?"
        r"(?:compan|firm|countr|state|cit|universit|organi[sz]ation|bod|institution|member|people|experts|enterprise)"
    ),
)
# Two or three names may stand in sentences of their own.
_MANY = 4

# A region's body is no other region's: 上海市…技术委员会. A short name has not as many characters.
_FULL_NAME = 6
_JOINS = re.compile("[的那这]")

# A word in Latin letters with a capital in a Chinese question is a name that the documents would have as well; an email
# is none.
_LATIN = re.compile(r"(?<![a-zA-Z\d])(?=[a-z]*[A-Z])[a-zA-Z]{4,}(?![a-zA-Z\d])")
# So is a version: 3.0版.
_VERSION = re.compile(r"(?<![\d.])(\d+\.\d+)(?=\s?版)|(?:\bv|版本|version |release )(\d+\.\d+)")

# A standard's number is asked for, and whose: GB/T编号.
_STANDARD = re.compile(
    r"(?P<issuer>gb|iso|iec|itu|yd|db)(?:/?[tz])?[^,，。]{0,3}编号|标准[^,，。]{0,3}编号|标准号|standard number"
)


def given(question: str, said: Sequence[str], around: Sequence[str]) -> bool:
    """Whether what would be `said`, sentence by sentence, can answer a question as far as these rules know; `around`
    is all that was found, with what stands over it."""
    asked, told = fold(question), [fold(text) for text in said]
    whole = "\n".join(told)
    return (
        figures_given(question, said)
        and _with_office(asked, whole)
        and _with_names(asked, told)
        and _with_number(question, asked, said)
        and _with_version(asked, around)
        and _with_body(asked, around)
        and _with_latin(question, around)
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
    number = int(figure) if figure.isdigit() else english_value(figure) if figure.isascii() else value_of(figure)
    return number < _MANY or max(map(listed, told), default=0) >= number - 1


def _with_number(question: str, asked: str, said: Sequence[str]) -> bool:
    match = _STANDARD.search(asked)
    if match is None:
        return True
    told = {fold(number) for text in said for number in identifiers(text)} - set(map(fold, identifiers(question)))
    return any((match["issuer"] or "") in number for number in told)


def _with_version(asked: str, around: Sequence[str]) -> bool:
    versions = [one or other for one, other in _VERSION.findall(asked)]
    if not versions:
        return True
    found = fold("\n".join(around))
    return all(version in found for version in versions)


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

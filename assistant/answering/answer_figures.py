"""The figure that no answer to a question can do without: the unit that is asked for (几周, "how many years"), a figure
at all where one is asked how high or at what score, so many people where people are counted, one figure of each part
where a number is to be split, and a number of the body that is asked about rather than of another one.

Rules over words in both languages; what no rule knows needs no figure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.checking.names import in_chinese
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
    (
        "场(?!景|所|地|合|域)",
        "(?:lectures|sessions|matches)",
        "场(?!景|所|地|合|域)|次|届|期|回|lectures?|sessions?|match|times|games?",
    ),
    ("页", "pages", "页|pages?"),
    ("票", "votes", "票|votes?"),
    ("公里|千米", "kilomet(?:er|re)s|km", "公里|千米|km|kilomet|miles?"),
    ("亩|公顷", "hectares|acres", "亩|公顷|平方|hectares?|acres?|square"),
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

# A quantity is asked for; and what says one, beside dates, identifiers and the numbers of items.
_MEASURES = (
    "mark|score|threshold|capacity|pressure|height|weight|length|width|depth|speed|temperature|distance"
    "|voltage|accuracy"
)
_QUANTITY = re.compile(
    r"多[高长重深宽厚快远](?!时间)|(?:率|度|值|线|分数?)(?:要|得|须|需)?(?:是|有|为|达)?到?(?:多少|多高|几)"
    rf"|what(?:'s| is| was| are) the (?:[\w-]+ ){{0,3}}(?:{_MEASURES})\b(?! at\b)"
    rf"|(?:what|which) (?:[\w-]+ )?(?:{_MEASURES}) (?:does|do|did|must|should|is required|is needed)\b"
)
_NO_FIGURE = re.compile(
    r"(?:19|20)\d\d(?:\s*[年.-]\s*\d{1,2}(?:\s*[月.-]\s*\d{1,2}日?)?)?|\d{1,2}\s*月(?:\d{1,2}\s*日)?"
    r"|[A-Z]{2,}[A-Za-z/]*[ -]?\d[\d.:-]*|[A-Z]\d+|^\s*\d+[.．、)）\t]|第\s*\d+|[图表]\s*\d+"
    r"|[（(〔]\d+[)）〕](?:\s*\d+号)?",
    re.M,
)
_FIGURE = re.compile(
    r"\d[\d.,]*|[一二两三四五六七八九十百千万半][十百千万亿多余个]*[米公吨克度分倍层年月日天里尺斤座人成平海英厘毫]"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundred|thousand|million|half|zero)\b",
    re.I,
)

# What English counts, and what Chinese counts it in: "how many people" is answered by 30人 or 30名, not by 30项.
_COUNTED_IN = (
    ("people|persons|employees|staff|workers|visitors|users|attendees|residents|patients", "人(?!工)|名|位|员|用户|口"),
    ("professionals|specialists|engineers|scientists|researchers|developers|trainees", "人(?!工)|名|位|员"),
    ("graduates|students|teachers|inspectors|auditors|judges|doctors|drivers|delegates", "人(?!工)|名|位|员"),
    ("members|experts|officials|professors", "名|位|人(?!工)|家|席|个|成员|委员|专家"),
    ("companies|firms|enterprises|businesses|manufacturers|vendors|suppliers|start-?ups", "家|个|公司|企业|厂"),
    ("universities|schools|colleges|hospitals|banks|laboratories|labs", "所|家|个|高校"),
    ("factories|plants|stations|bridges|parks|warehouses|hotels", "座|家|个|间|处"),
    ("meetings|workshops|courses|events|rounds", "次|场|届|门|期|轮|讲|个|回"),
    ("cars|vehicles|trucks|buses|taxis|servers|computers|robots|devices|machines", "辆|台|部|套|架|个"),
    ("holidays", "天|日|个"),
    ("jobs|posts|vacancies", "个|岗"),
    ("votes", "票"),
    ("patents", "项|件|个|专利"),
)
_ASKED_COUNTS = tuple((re.compile(rf"how many (?:[\w-]+ ){{0,3}}(?:{en})\b"), zh) for en, zh in _COUNTED_IN)
# 三是 begins the third of several points.
_CHINESE_FIGURE = r"(?:\d|[一二三四五六七八九十百千万亿两半数几](?!是))[\s余多几百千万亿.,-]*(?:以?上)?"

# Each part's share of a number: 国标占几项、行标占几项.
_SPLIT = re.compile(r"占(?:几|多少)[^?]*占(?:几|多少)|how many (?:are|go to|went to) [^?]*how many\b")

# A number of things is asked for, and what has one: no date, identifier or number of an item. The names in Latin
# letters that say of what, beside words that stand for no body.
_COUNTED = re.compile(r"(?:多少|几)[项个家类种条名份位次件]|how many\b")
_COUNT = re.compile(r"\d|[一二三四五六七八九十两百千万](?=[项个家类种条名])")
_NAME = re.compile(r"(?<![A-Za-z])(?:[A-Z]{2,}[A-Za-z]*|[A-Za-z][a-z]*[A-Z][A-Za-z]*)\d*(?![A-Za-z])")
_NO_NAMES = frozenset({"AI", "TC", "SC", "JTC", "WG"})


def figures_given(question: str, said: Sequence[str]) -> bool:
    """Whether what would be `said`, sentence by sentence, has the figure that a question asks for as far as these
    rules know."""
    asked, told = fold(question), [fold(text) for text in said]
    return (
        _with_unit(asked, told)
        and _with_count(asked, told)
        and _with_figures(asked, said)
        and (not _COUNTED.search(asked) or _of_its_own(question, said))
    )


def _with_unit(asked: str, told: Sequence[str]) -> bool:
    wanted = [said for pattern, said in _ASKED_UNITS if pattern.search(asked)]
    return not wanted or any(
        any(re.search(rf"{_NUMBER}{_BETWEEN}(?:{said})", _YEAR.sub(" ", text)) for said in wanted)
        or (not _TIME.isdisjoint(wanted[0]) and len(_DATE.findall(text)) > 1)
        or ("dollars" in wanted[0] and "$" in text)
        or ("eur" in wanted[0] and "€" in text)
        for text in told
    )


def _with_count(asked: str, told: Sequence[str]) -> bool:
    wanted = [counted for pattern, counted in _ASKED_COUNTS if pattern.search(asked)]
    return (
        not wanted
        or not in_chinese("\n".join(told))
        or any(re.search(rf"{_CHINESE_FIGURE}(?:{counted})", text) for counted in wanted for text in told)
    )


def _with_figures(asked: str, said: Sequence[str]) -> bool:
    needed = 2 if _SPLIT.search(asked) else 1 if _QUANTITY.search(asked) else 0
    return not needed or any(len(_FIGURE.findall(_NO_FIGURE.sub(" ", text))) >= needed for text in said)


def _of_its_own(question: str, said: Sequence[str]) -> bool:
    """False where each number that would be said is told of another name than the question's."""
    asked = _names(question)
    counting = [text for text in said if _COUNT.search(_NO_FIGURE.sub(" ", text))] if asked else []
    return not counting or any(any(name in text for name in asked) or not _names(text) for text in counting)


def _names(text: str) -> set[str]:
    return set(_NAME.findall(text)) - _NO_NAMES

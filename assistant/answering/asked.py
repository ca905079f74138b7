"""What kind of answer a question asks for. Rules over its words, in both languages; nothing here reads a document.

A question may ask for several kinds at once: 哪年起有多少家 wants a date and a number. What no rule knows asks for
nothing in particular, and every sentence fits it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from assistant.checking.numerals import CHINESE_NUMBER
from corpus.places import places_in
from indexing.tokeniser import fold, with_stars, without_asking

Kind = Literal[
    "number", "money", "share", "when", "who", "list", "definition", "class", "compare", "count", "identifier",
    "span", "contact", "place",
]  # fmt: skip

# Measure words of things, and of anything: stars, levels and points are no things.
_OF_THINGS = frozenset("项个家类种条款名件部份处")
_MEASURES = "项个家类种条款部份次倍人名分级颗层位席座册页台件篇章步方点环届国省市州所行处块组"
_KINDS: tuple[tuple[Kind, str, str], ...] = (
    (
        "number",
        rf"多少|几[大小]?[{_MEASURES}]|几成|第几|数量|数目|规模|多[大长高快]",
        r"how (?:many|much|long|large|big|fast|often)|number of|size of|worth|\bfigures\b"
        r"|which (?:[\w-]+ ){1,4}(?:more|fewer)\b",
    ),
    (
        "money",
        r"多少钱|多少[百千万亿]*元|费用|经费|花费|罚款|价格|资金|收费|预算|补贴|奖金",
        r"how much (?:money|does|did|is|was)|\bcosts?\b|price|\bfees?\b|\bfines?\b|budget",
    ),
    (
        "span",
        r"多久|多长时间|几年一|几个月一|每隔",
        r"how often|how long (?:does|do|did|is|are|was|were|will|must|may)|how (?:frequently|soon)",
    ),
    (
        "contact",
        r"电话|邮箱|邮件地址|网址|传真",
        r"phone number|telephone|e-?mail|\burl\b|web ?site|fax",
    ),
    ("share", r"比例|占比|百分之|份额|几成|百分比", r"percent|share of|proportion|rate\b"),
    (
        "when",
        r"什么时候|何时|何年|何月|哪[一]?[年月天日]|几月|(?<!第)几号(?![令文])|日期|(?<!长)时间|多会儿|截至|哪个月|哪一天",
        r"\bwhen\b|(?:what|which) (?:[\w-]+ ){0,2}(?:year|date|day|month)s?\b",
    ),
    (
        "who",
        r"谁|哪[一几]?(?:家|个)?(?:公司|单位|机构|部门|组织|企业|国家|地方)|哪家|由什么(?:机构|部门)|哪几家",
        r"\bwho(?:m|se)?\b|which (?:company|body|organi[sz]ation|agency|ministry|country|institution)",
    ),
    (
        "list",
        r"哪些|哪几|列出|包括什么|包含什么|有什么|都有|分别|清单有|哪[两三四五六七八九十]"
        r"|[两三四五六七八九十几]大[^，。？]{1,12}(?:是|有|包)",
        r"which (?:[\w-]+ ){0,3}[\w-]+s\b|what are|\blist (?:all|the|of all)|name the"
        r"|what (?:[\w-]+ ){0,3}(?:parts|categories|kinds|types)",
    ),
    (
        "definition",
        r"什么是|是什么|指什么|什么意思|何谓|定义|含义|意味着|代表什么|怎样才算|什么叫|叫做?什么|表示什么",
        r"what (?:is|are|does|counts as)|meaning of|define|stand for",
    ),
    (
        "class",
        r"哪[一个]?类|归在|归哪|归到|归入|归属|属于哪|放在哪|哪个(?:类别|部分|大类|中类|领域|方面|模块)",
        r"which (?:class|categor|kind|part|type|group|module|section)|where in|belong",
    ),
    (
        "compare",
        r"比较|对比|相比|区别|不同|差异|异同|各自|各有|各要|各是|分别|和[^，。]{1,20}(?:谁|哪个)(?:更|多|少|早|晚)",
        r"compare|difference|differ|versus|\bvs\b|\beach\b|\bboth\b|than",
    ),
    (
        "count",
        rf"总共|总数|数量|(?:多少|几)大?[{_MEASURES}]|加起来",
        r"how many|number of|\bcount(?!s as)",
    ),
    (
        "place",
        r"哪[一些几两三四五六七八九十]*[个座]?(?:城市|省[市份]?|国家|国(?=[的在和已曾]|$))",
        r"(?:which|what) (?:[\w-]+ ){0,2}(?:cit(?:y|ies)|countr(?:y|ies)|provinces?|nations?)\b",
    ),
    ("identifier", r"编号|文号|标准号|代号|什么号", r"(?:document|standard) number|designation|identifier"),
)
_PATTERNS = tuple((kind, re.compile(f"{zh}|{en}", re.I)) for kind, zh, en in _KINDS)
_HOW_MANY = re.compile(rf"多少|(?<!哪)几[大小]?[{_MEASURES}]|how many|number of")
_MEASURE = re.compile(rf"(?:多少|几)[大小]?([{_MEASURES}])")
# What Chinese counts the things in that English asks the number of.
_ENGLISH_COUNTED = (
    (r"compan(?:y|ies)|firms?|enterprises?|business(?:es)?|vendors?|manufacturers?", "家"),
    (r"standards?|tasks?|measures?|projects?|achievements?|goals?|patents?|indicators?|entries", "项"),
    (r"people|persons?|staff|experts?|members?|professionals?", "人名位"),
    (r"parts?|sections?|aspects?|areas?|fields?|directions?|centres?|centers?|groups?|countries|cities|organi[sz]ations?|bodies"
     r"|committees?|themes?|levels?|blocks?|modules?", "个大"),
    (r"categor(?:y|ies)|kinds?|types?|class(?:es)?", "类种"),
)  # fmt: skip
_ENGLISH_MEASURES = tuple(
    (re.compile(rf"how many (?:[\w-]+ ){{0,5}}?(?:{nouns})\b"), measures) for nouns, measures in _ENGLISH_COUNTED
)
_CHINESE = re.compile("[一-鿿]")
_LISTING = 0.7
# Where items are told one after another, and what may stand after the last.
_LISTED = re.compile(r"[^、，。；：:;\n]{1,60}(?:、[^、，。；：:;\n]{1,40}){2,}")
_AFTER_LIST = re.compile(r"(?:等|以及其他).*")
_NUMBER = re.compile(r"\d")
# Figures that count nothing: dates, identifiers, marks of footnotes, the numbers of items.
_NO_COUNT = re.compile(
    r"(?:19|20)\d\d(?:\s*[年.-]\s*\d{1,2}(?:\s*[月.-]\s*\d{1,2}日?)?)?年?|\d{1,2}月(?:\d{1,2}日)?"
    r"|[a-z]+[/ -]?[a-z]*[ -]?\d[\d.:-]*|〔\d{4}〕\d+号|^\s*\d+[.．、\t]|第[一二三四五六七八九十\d]+|[图表]\s*\d+"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_TIME = re.compile(
    r"(?<!\d)1\d\d\d(?!\d)|(?:\d|[一二三四五六七八九十元])\s*[年月]|公元|世纪|century|centuries|\b(?:a\.?d|b\.?c)\b|\d0s\b"
)
_MONTH = re.compile(
    r"(?:19|20)\d\d\s*[年.-]\s*\d{1,2}|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
)
_DAY = re.compile(
    r"\d{1,2}\s*月\s*\d{1,2}\s*日|(?:19|20)\d\d-\d\d-\d\d"
    r"|\b\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w* (?:19|20)\d\d"
)
# A goal is set for the end of a time: 到2030年, "by 2030". The edition in a title is no date.
_TARGET = re.compile(r"目标|\b(?:target|goal)s?\b")
_UNTIL = re.compile(r"[到至]\s*(?:19|20)\d\d\s*年|\b(?:by|until) (?:the )?(?:end of |end-)?(?:19|20)\d\d")
_EDITION = re.compile(r"《[^》\n]*》|[(（]\s*(?:19|20)\d\d\s*年?(?:版|版本| edition)[)）]")
_MONEY = re.compile(
    r"[\d一二三四五六七八九十百千万亿数两几半]\s*余?[百千万亿]*\s*(?:元(?![素件宇组旦])|[美欧日港]元|英镑|人民币|块钱|法郎|马克|卢布)"
    r"|[$€£¥]\s*\d|\d\s*(?:usd|eur|yuan|rmb|euros?|francs|marks|cents?)|dollar|pounds|million|billion|trillion|thousand|免费|\bfree\b"
)
_SHARE = re.compile(r"%|百分之|成以上|percent")
_ORGANISATION = re.compile(
    r"(?:公司|集团|大学|研究院|研究所|委员会|协会|联盟|组织|学会|实验室|中心|局|厅|部|院|署|办公室|银行|企业|机构)"
    r"|[A-Z]{2,}|\b[A-Z][a-z]+ [A-Z][a-z]+"
)
_ENUMERATION = re.compile(r"、[^、。]{1,30}(?:、|与|和|及|等)|包括|分为|一是|[（(]1[）)]|, [^,.]+(?:, | and )|; ")
_IDENTIFIER = re.compile(r"[A-Z]{2,}[/ -]?[A-Z]*[ -]?\d{2,}|〔\d{4}〕|\b[A-Z]/\d+")
_CLASSED = re.compile(r"标准。|类。|^\s*(?:[（(]?[一二三四五六七八九十\d]+[）).、]\s*)?[^，。]{2,16}[。：]")
_SUBJECT = re.compile(
    r"(?i)what (?:is|are|does|counts as)|\b(?:mean|means|meaning of|define|the|an?|by|stands? for)\b"
    r"|什么情况|怎样才算|定义|含义|意思|何谓|意味着|代表|表示|叫做?|[是指的？?。“”\"]"
)
_SPAN = re.compile(
    r"(?:\d|[一二三四五六七八九十两半])\s*个?(?:年|月|周|星期|季|天|日|小时|分钟|秒)|每[个一]?[年月周日天季]|定期|不定期|永久|长期"
    r"|\d\s*(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?)\b|(?:annual|month|week|dai|quarter|regular)ly|every",
    re.I,
)
_CONTACT = re.compile(r"@|https?://|www\.|\d{3,4}[- ]?\d{7,8}|(?<!\d)1\d{10}(?!\d)")
# Kinds of answer that cannot be given without their shape, and how far a text has to have it.
_UNMISTAKABLE: tuple[Kind, ...] = ("money", "share", "when", "span", "contact")
_GIVEN = 0.5
# Kinds of which each of several documents gives one.
_OF_ONE: frozenset[Kind] = frozenset({"number", "money", "share", "when", "span", "identifier"})
_THING = r"(?:[^\s，,、：:。？?的在里中对把将和与跟及各]|中(?=[国央心东])){2,14}"
_EACH_OF = re.compile(
    rf"(?:^|(?<=[\s，,：:的在里中对把]))({_THING}(?:、{_THING})*[、和与跟及]{_THING}?)(?:的[^，,]{{1,8}})?(?:各|分别)"
)
_JOINS = re.compile(r"[、和与跟及]|,? (?:and|or|versus|vs\.?) |, ")
# BRICS, ASEAN and the African Union: when did each …; how many standards have ITU-T and SC 42 each published
_NAMES_EN = r"[a-z\d][\w./'-]*(?: [\w./'-]+){0,3}?"
_EACH_OF_EN = re.compile(
    rf"^({_NAMES_EN}(?:, {_NAMES_EN})*,? (?:and|versus|vs\.?) {_NAMES_EN})(?= ?[:–—-] .*\beach\b)"
    rf"|^({_NAMES_EN}(?:, {_NAMES_EN})+)(?= ?[:–—-] .*\beach\b)"
    rf"|, ({_NAMES_EN} or {_NAMES_EN})\?"
    r"|\b(?:do|does|did|have|has|are|were|is|was|of|in|for|by|between) (?:the )?"
    rf"({_NAMES_EN}(?:, {_NAMES_EN})*,? and {_NAMES_EN})(?= each\b)"
)
# What a thing's parts are asked for by: 基础层都包括什么; and how a sentence begins that tells them.
_PARTS_OF = re.compile(
    r"([^的，,、\s]{2,10}?)(?:里面?|中)?[，,]?(?:分别|各自?)?(?:[都主要具体一共总]{0,4})(?:包括|包含|涵盖|分为|分成|由|有)了?(?:什么|哪些|哪几)"
)
_TELLS_PARTS = r".{0,4}(?:包括|包含|涵盖|分为|分成|由|有)"
_SAYS_WHAT_IS = re.compile(r"[^，。；：]{1,24}?(?:是指|指的是|主要指|系指|定义为|即指|指(?=[一对以在由用通]))")
_DEFINES = re.compile(r"\W{0,4}(?:是|指|即|为|：|:|（|\(|表示|is\b|are\b|means\b|refers\b)", re.I)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks for: the kinds of answer, and for a number the measure words it would stand with, those of
    Chinese `translated` where the question is English.
    `target` says that a goal is asked about. `whole` is what parts are asked of, and `subject` what a definition is
    asked of, folded; "" where none is."""

    kinds: frozenset[Kind]
    measures: tuple[str, ...]
    translated: tuple[str, ...]
    day: bool
    month: bool
    target: bool
    whole: str
    subject: str

    @property
    def measure(self) -> str:
        """The measure word that what is counted is counted in: 项 where the question's is none of things (颗, 级)."""
        return next((measure for measure in self.measures if measure in _OF_THINGS), "项")

    @property
    def one_of_each(self) -> bool:
        """Whether it asks for what each of several documents gives one of: a year, an amount."""
        return not self.kinds.isdisjoint(_OF_ONE)

    def of_each(self) -> Asked:
        """What is asked of each of several documents: 分别是哪年 and "which years" want a year of each and no list."""
        kinds = self.kinds & ({"identifier"} if "identifier" in self.kinds else _OF_ONE)  # 文号是多少 asks no amount
        return replace(self, kinds=kinds, subject="") if kinds else self

    def lacks(self, text: str) -> float:
        """The share of the amounts, dates and spans of time asked for (0 to 1) that a text could not give; 0 where
        none is asked for."""
        folded, kinds = fold(text), self.kinds & _OF_ONE
        return sum(1 - (self._fits(kind, text, folded) or 0.0) for kind in kinds) / len(kinds) if kinds else 0.0

    def fits(self, text: str, folded: str | None = None) -> tuple[float, float]:
        """How far a text has the shape of what is asked for: the share of the kinds (0 to 1) that it could give, and
        of the kinds that it could not, among those that can be told. (0, 0) where nothing can be told. `folded` is
        the text folded, where that is at hand."""
        folded = fold(text) if folded is None else folded
        told = [fits for kind in self.kinds if (fits := self._fits(kind, text, folded)) is not None]
        return (sum(told) / len(told), 1 - sum(told) / len(told)) if told else (0.0, 0.0)

    def _fits(self, kind: Kind, text: str, folded: str) -> float | None:
        if kind in ("number", "count"):
            # What is asked the number of may be told one by one.
            listing = _LISTING * (kind == "count" and listed(text) > 2)
            measures = self.measures or (self.translated if _CHINESE.search(folded) else ())
            if measures:
                found = any(_counted(folded, measure) for measure in measures)
                return 1.0 if found else max(listing, 0.4 * bool(_NUMBER.search(_NO_COUNT.sub(" ", folded))))
            counted = _NO_COUNT.sub(" ", folded)
            return max(listing, float(bool(_NUMBER.search(counted) or CHINESE_NUMBER.search(counted))))
        if kind == "when":
            exact = _DAY if self.day else _MONTH if self.month else _UNTIL if self.target else _YEAR
            dated = _EDITION.sub(" ", folded)
            return 1.0 if exact.search(dated) else 0.4 * bool(_YEAR.search(dated))
        if kind == "definition":
            if not self.subject:
                return None
            abroad = self.subject.isascii() and _CHINESE.match(folded)  # the subject is called otherwise there
            return float(bool(_SAYS_WHAT_IS.match(folded)) if abroad else self._defined(folded))
        if kind == "place":
            return min(1.0, len(places_in(text)) / 2)
        pattern = _SHAPES.get(kind)
        return float(bool(pattern.search(text if kind in ("who", "identifier") else folded))) if pattern else None

    def given_by(self, texts: Sequence[str]) -> bool:
        """Whether one of some texts has the amount, the share, the date, the span of time or the address that is asked
        for; True where none is."""
        folded = [(text, fold(text)) for text in texts]
        return all(
            any((self._fits(kind, *text) or 0.0) >= _GIVEN for text in folded) or self._another_time(kind, folded)
            for kind in _UNMISTAKABLE
            if kind in self.kinds
        )

    def _another_time(self, kind: Kind, texts: Sequence[tuple[str, str]]) -> bool:
        """Whether a time is given that is no year of today: 395年, the 18th century."""
        return kind == "when" and not (self.day or self.month) and any(_TIME.search(folded) for _, folded in texts)

    def tells_parts(self, text: str) -> bool:
        """Whether a text begins by telling the parts of the thing whose parts are asked for."""
        if not self.whole:  # folding a text takes time
            return False
        folded = fold(text)
        forms = (re.escape(self.whole[at:]) for at in range(len(self.whole) - 1))
        return any(re.match(f"(?:其中[,，]?)?{form}{_TELLS_PARTS}", folded) for form in forms)

    def defined(self, text: str) -> bool:
        """Whether a text begins by saying what the subject is."""
        return self._defined(fold(text))

    def _defined(self, folded: str) -> bool:
        at = folded.find(self.subject) if self.subject else -1
        return 0 <= at <= 8 and bool(_DEFINES.match(folded, at + len(self.subject)))


_SHAPES: dict[Kind, re.Pattern[str]] = {
    "money": _MONEY,
    "share": _SHARE,
    "who": _ORGANISATION,
    "list": _ENUMERATION,
    "identifier": _IDENTIFIER,
    "class": _CLASSED,
    "span": _SPAN,
    "contact": _CONTACT,
}


def each_asked(question: str) -> dict[str, str]:
    """The things of each of which a question asks the same figure or date, folded, with what it asks of each: 东河 and
    西河 in 东河和西河各有多长; empty where it asks of one."""
    text = fold(question)
    match = (_EACH_OF.search(text) or _EACH_OF_EN.search(text)) if asked(question).one_of_each else None
    if match is None:
        return {}
    start, end = match.span(match.lastindex or 0)
    before, after = text[:start], text[end:]
    return {thing: f"{before}{thing}{after}" for thing in _JOINS.split(text[start:end])}


@lru_cache(maxsize=256)  # a question's search, its judging and its answer all want it
def asked(question: str) -> Asked:
    """What a question asks for."""
    text = fold(question)
    kinds = {kind for kind, pattern in _PATTERNS if pattern.search(text)}
    if "money" in kinds or "share" in kinds:
        kinds -= {"number", "count"}
    if "place" in kinds and not _HOW_MANY.search(text):  # 哪几个城市 wants names
        kinds -= {"number", "count"}
    return Asked(
        kinds=frozenset(kinds),
        measures=tuple(dict.fromkeys(_MEASURE.findall(text))),
        translated=_translated(text),
        day=bool(re.search(r"哪[一]?[天日]|几号|what day|which day", text)),
        month=bool(re.search(r"哪[一]?月|几月|what month|which month", text)),
        target=bool(_TARGET.search(text)),
        whole=match[1] if "list" in kinds and (match := _PARTS_OF.search(text)) else "",
        subject=_subject(question) if "definition" in kinds else "",
    )


def _translated(text: str) -> tuple[str, ...]:
    """The measure words with which Chinese counts what an English question asks the number of."""
    return tuple(dict.fromkeys(m for pattern, measures in _ENGLISH_MEASURES if pattern.search(text) for m in measures))


def _subject(question: str) -> str:
    words = _SUBJECT.sub(" ", without_asking(with_stars(question)))
    return re.sub(r"\s+", " ", words).strip(" ,，:：\n").lower()


def _counted(folded: str, measure: str) -> bool:
    """Whether a number stands with a measure word."""
    return bool(re.search(rf"(?:\d|[一二三四五六七八九十百千万亿两])\s*余?多?(?:大)?{measure}", folded))


def counts(text: str, measures: Sequence[str] = _MEASURES) -> bool:
    """Whether a text says how many of something there are, with one of some measure words."""
    counted = _NO_COUNT.sub(" ", fold(text))
    return any(_counted(counted, measure) for measure in measures)


def listed(text: str) -> int:
    """How many items the longest enumeration of a text has: 4 in 甲、乙、丙和丁等四类; 0 where none is."""
    most = 0
    for match in _LISTED.finditer(text):
        items = match[0].split("、")
        last = _AFTER_LIST.sub("", items[-1])
        most = max(most, len(items) + len(re.findall("[和与及]", last[1:-1])))
    return most

"""Questions from Chinese sentences. Chinese asks where the answer would stand, so that a sentence becomes a
question by its value giving way to 多少 or 什么时候, and a list by giving way to 哪些.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.checking.numerals import value_of
from corpus.dates import exact, parse
from corpus.document import Document
from eval.making.listing import listed
from eval.making.proposals import Corpus, Proposal, gold_spans, language, masked, prose, within

_UNIT = (
    r"(?:万?亿?(?:美元|欧元|元)|个(?:月|工作日|小时|百分点)?|项|家|类|种|份|章|条|名|人次|人(?!工)|次|天|日|小时|分钟|年|倍|层|件|台|套"
    r"|公里|平方米|吨|亩|期|批|座|处|张|%|％)"
)
QUANTITY = re.compile(
    r"(?P<kept>不少于|不得少于|不超过|不得超过|不低于|不得低于|至少|最多|最长)?\s*(?P<loose>超过?|大约|约|接?近|逾|多达)?\s*"
    r"(?<![\d.A-Za-z第至到~～—－/:：年月数几上”》一二两三四五六七八九十百千零-])(?P<number>\d[\d,]*(?:\.\d+)?|[一二两三四五六七八九十百千零]{1,7})"
    rf"\s*(?P<more>多|余|几)?\s*(?P<scale>万亿|亿|万|千)?\s*(?P<more2>多|余)?\s*(?P<unit>{_UNIT})"
    r"\s*(?P<after>以上|左右|以内|内|以后|以下)?(?![至到~～—－/\d-])"
)
DATE = re.compile(
    r"(?P<before>[于在自从是为])?\s*(?P<date>(?:19|20)\d\d\s*年(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?)?)"
    r"(?P<after>起)?(?![至到~—版度底前末的以期（(、\d-]|\s*[—-])"
)
_BAD_START = re.compile(
    r"[^\w《“□]|其|该|此|这|那|它|他|她|然而|不过|特别|接[着著]|之后|随后|后来|不久|仅|同时|另外|但|而|并|且|因此|所以|例如|如|即|以及|再|也|还|均|都|则|虽然|[一二三四五六七八九]是|首先|目前"
    r"|最后|一方面|上述|以上|前款|为|将|把|被|由|和|与|或|及|的|等|从而|通过|随着|根据[表图]|[图表]\s?\d|注|下|上[表图述]|我|本[条款]|截至目前|联合|共同|直接|已|正在|本文|本样例|进一步|规范|围绕|面向|结合"
)
_VAGUE = re.compile(
    r"其(?!他|它|余|中)|该|此|上述|前款|前者|后者|本条|本款|它(?!们?的)|他们|我们|这|那|下[表图]|上[表图]|如下|下列|分别|同期|同比|其中"
)
_NAMED = re.compile(
    r"《|(?!AI|VR|AR|IT)[A-Z]{2,}|(?:指南|报告|意见|办法|条例|体系)□|^(?:中国|美国|英国|欧盟|日本|印度|联合国)"
    r"|[一-鿿]{2}(?:委员会|协会|局|院|公司|集团|大学|中心|联盟|政府|峰会|大会)"
)
_SAYS = re.compile(r"提出|要求|明确|规定")
# How a clause goes on with what another has begun.
_GOES_ON = re.compile(r"而|并|但|也|还|且|其|同时|从而|进而|使|明确|指出|强调|则|以")
# What ends in one of these, or begins so, is no event.
_NO_EVENT = re.compile(
    r"(?:指出|强调|表示|认为|提出|[下中上后後时時])$|将.*作为"
    r"|^(?:[三双各多]方|有关|在|对|通过|任|兼|获|被|卸任|担任|出任|当选)"
)
_ADVERBIAL = re.compile(r"(?:到|至|截至|自|据|根据|依据|按照|在|对|从)\S|(?:19|20)\d\d\s*年")
_GOAL = re.compile(
    r"到\s*\d|培育|形成|推动|建立|主导|参与|建设|制定|完成|实现|发布|引进|打造|支持|新制定|建成|争取|力争|累计|每年|新增"
)
_ITEMS = r"(?P<items>[^，。；：？！\n]+)"
_TAIL = (
    r"(?:等|(?=[两三四五六七八九十\d]+(?:个|项|大|类|种)))"
    r"(?:[两三四五六七八九十\d]+(?:个|项|大|类|种)?)?(?P<tail>[^，。；、]{0,16})"
)
_LISTS = (
    (
        re.compile(
            r"(?P<lead>[^，。；：]{2,40}?(?:由))(?P<items>[^，。；：]+?)(?:等[^，。；、]{0,8})?(?P<end>组成|构成)"
        ),
        "哪些部分",
    ),
    (re.compile(rf"(?P<lead>[^，。；：]{{2,40}}?(?:分为|划分为|归为))：?{_ITEMS}"), "哪几部分"),
    (re.compile(rf"(?P<lead>[^，。；：]{{2,40}}?(?:包括|包含|涵盖|涉及)(?:了|以下)?)：?{_ITEMS}"), "哪些"),
    (re.compile(rf"(?P<lead>[^，。；：]{{2,40}}?(?:是|有|为|如下))：{_ITEMS}"), "哪些"),
)
_COUNTED = re.compile(
    rf"(?P<lead>[^，。；：]{{2,50}}?[两三四五六七八九十\d]+(?:项|个|大|类|种|条|方面|层次?|部分)[^，。；：\d、]{{0,10}})：{_ITEMS}"
)
_DEFINED = re.compile(
    r"(?:[一-鿿]{2,12}所称的?|本[一-鿿]{1,6}称)?(?P<term>[^，。：；、的是]{2,24}?)(?:（[^（）]*）|□+)?，?(?:是指|指的是)(?P<meaning>[^。；]{6,})"
)
_GLOSS = re.compile(r"(?P<term>[^，。：；□]{2,30}?)(?P<en>□+)?：(?P<meaning>[^。；]{6,})")
# What a definition says besides: examples, and what follows from it.
_ASIDE = re.compile(r"^(?:例如|如|就|也|《|符合)|它|这|□|版）|就是")
_GLOSSARY = re.compile(r"术语|定义|名词|词典|词汇|用语|缩略语|释义")
_LONGEST_LEFT, _LONGEST_RIGHT, _LONGEST_MEANING = 42, 20, 90


def from_chinese(corpus: Corpus) -> Iterator[Proposal]:
    """All that can be asked of the corpus's Chinese sentences."""
    for document in corpus.documents:
        if language(document) != "zh" or corpus.title(document) is None:
            continue
        for block, start, end in prose(document):
            glossary = bool(_GLOSSARY.search(" ".join((document.metadata.title, *block.headings))))
            sentence = _Sentence(corpus, document, start, end)
            if _BAD_START.match(sentence.text):
                continue
            yield from sentence.definition(glossary) or sentence.enumeration() or sentence.number() or sentence.date()


class _Sentence:
    """A sentence to be asked about. `text` has its place in the document from `start` on; in `plain` what
    stands in brackets is blotted out."""

    def __init__(self, corpus: Corpus, document: Document, start: int, end: int) -> None:
        self.corpus, self.document, self.start = corpus, document, start
        self.text = document.text[start:end]
        self.plain = masked(self.text)

    def definition(self, glossary: bool) -> list[Proposal]:
        """X是指Y, and in a glossary X：Y."""
        match = _DEFINED.match(self.plain) or (_GLOSS.match(self.plain) if glossary else None)
        if (
            match is None
            or "□" in match["term"]
            or re.search("另|定[义義]", match["term"])
            or _VAGUE.search(match["term"])
        ):
            return []
        term, (first, last) = match["term"].strip(), match.span("meaning")
        if last - first > _LONGEST_MEANING or "、" in term:
            return []
        said_elsewhere = any(term in d.text for d in self.corpus.documents if d.id != self.document.id)
        asked = (
            f"{self.corpus.title(self.document)}中，“{term}”是指什么？" if said_elsewhere else f"“{term}”是什么意思？"
        )
        if term.endswith("区别"):
            asked = f"{term}是什么？"
        clauses = re.split(r"，(?=\S)", self.text[first:last].strip())
        until = next((i for i, clause in enumerate(clauses) if i and _ASIDE.search(clause)), len(clauses))
        nuggets = tuple((clause,) for clause in clauses[:until] if len(clause) > 3)
        return [self._proposal("definition", asked, nuggets, (match.start("term"), last))]

    def enumeration(self) -> list[Proposal]:
        """X包括A、B、C, and a count with its items: 提出四项原则：A、B、C、D."""
        if (match := _COUNTED.match(self.plain)) and (items := self._items(match)):
            lead = re.sub(r"[是有为]$", "", self.text[: match.end("lead")])
            named = re.search(r"的[两三四五六七八九十\d]+(?:项|个|大|类|种|条)[^的]*$", lead)
            lead = lead if named else f"{lead}，"
            return [self._proposal("list", self._scoped(f"{lead}分别是什么？"), items, match.span("items"))]
        for pattern, what in _LISTS:
            match = pattern.match(self.plain)
            if match is None or _VAGUE.search(match["lead"]) or not (items := self._items(match)):
                continue
            tail = re.search(rf"{_TAIL}$", match["items"])
            noun = re.sub(r"^(?:多种|多个|各类|相关)|等$", "", tail["tail"].strip()) if tail else ""
            asked = what.removesuffix("部分") + (noun or ("部分" if what.endswith("部分") else ""))
            asked = f"{self.text[: match.end('lead')]}{asked}{match.groupdict().get('end') or ''}？"
            return [self._proposal("list", self._scoped(asked.replace("哪几的", "哪几")), items, match.span("items"))]
        return []

    def _items(self, match: re.Match[str]) -> tuple[tuple[str, ...], ...]:
        first, last = match.span("items")
        text = self.text[first:last]
        if tail := re.search(rf"{_TAIL}$", self.plain[first:last]):
            text = text[: tail.start()]
        items = listed(re.sub(r"(?:以?及|和)(?=[^、]{2,16}$)", "、", text), "zh")
        bad = any("等" in item or "以及" in item or item[0] in "的与和及" or QUANTITY.search(item) for item in items)
        return () if bad else tuple((item,) for item in items)

    def number(self) -> list[Proposal]:
        """The first quantity whose clause says what it is of."""
        for match in QUANTITY.finditer(self.plain):
            first, last = within(self.plain, match.start(), match.end())
            before, left = self.plain[first : match.start()], self._left(first, match.start())
            is_year = match["unit"] == "年" and len(match["number"]) == 4
            chinese = not match["number"][0].isdigit()
            if (
                _is_ordinal(match, before)
                or _is_small(match["number"])
                or self.plain[match.end() :].startswith(("时", "時"))
            ):
                continue
            if left is None or is_year or len(re.findall(r"[一-鿿]", before)) < 3 or QUANTITY.search(before):
                continue
            if (chinese and re.search(r"[、和与及]|□$", before)) or (first and _GOES_ON.match(before)):
                continue
            right = self._right(match.end(), last)
            if (
                right is None
                or right.endswith(("是", "有", "为", "的"))
                or (left[0] in "在对" and not _NAMED.search(masked(left)))
            ):
                continue
            if right.startswith("的") or "等等" in right or (not right and before.endswith("满")):
                continue
            if not right and match["after"] in ("内", "以内"):
                right, last = self._deed(last)
                if not right:
                    continue
            small = chinese and value_of(match["number"]) <= 10
            unit = "" if match["unit"] in "%％" else re.sub(r"^万?亿?(?=美元|欧元|元)", "", match["unit"])
            after = match["after"] if match["after"] in ("内", "以内", "以后") else ""
            asked = f"{left}{match['kept'] or ''}{'几' if small else '多少'}{unit}{after or ''}{right}？"
            return [self._proposal("number", self._scoped(asked), (self._ways(match),), (first, last))]
        return []

    def _ways(self, match: re.Match[str]) -> tuple[str, ...]:
        """How a quantity may be said: as it stands, without 约 and 以上, and its figure in the other numerals."""
        end = match.end() if match["after"] in ("以上", "左右", "以下") else match.end("unit")
        begin = match.start("loose") if match["loose"] else match.start("number")
        ways = [self.text[begin:end], self.text[match.start("number") : match.end("unit")]]
        number = match["number"]
        if not number[0].isdigit():
            ways.append(f"{value_of(number)}{match['unit']}")
        elif number.isdigit() and 3 <= int(number) <= 10 and not match["scale"] and not match["more"]:
            ways.append(f"{'三四五六七八九十'[int(number) - 3]}{match['unit']}")
        return tuple(dict.fromkeys(way.strip() for way in ways))

    def date(self) -> list[Proposal]:
        """When something was: …于2025年6月成立, 日期是2024年6月5日, and 2025年6月，…成立."""
        for match in DATE.finditer(self.plain):
            first, last = within(self.plain, match.start(), match.end())
            when = "什么时候" if "月" in match["date"] else "哪一年"
            preposition, left = match["before"] or "", self._left(first, match.start())
            right = self._right(match.end(), last)
            if not self.plain[: match.start()].strip() and when == "什么时候" and preposition in ("", "在"):
                asked = self._event(match.end())
            elif (
                left is None
                or right is None
                or len(re.findall(r"\w", left)) < 4
                or left.endswith(("到", "至", "截", "、"))
            ):
                continue
            elif preposition in ("是", "为"):
                asked = f"{left}是{when}？" if not right and left[-1] in "份期间日" else None
            elif re.match(r"[及和与、至]", right) or re.search(r"\d\s*[月日]", right):
                continue
            elif preposition in ("于", "自", "在", "从") and len(right) > 1 and not re.match(r"[一-鿿]{1,4}的", right):
                asked = f"{left}{preposition}{when}{match['after'] or ''}{right}？"
            else:
                continue
            if asked is None or (_GOAL.match(asked) and not _NAMED.search(masked(asked))):
                continue
            span = (
                (first, last)
                if last - first > len(match["date"]) + 2
                else (first, within(self.plain, last + 1, last + 2)[1])
            )
            return [self._proposal("temporal", self._scoped(asked), (date_ways(match["date"]),), span)]
        return []

    def _event(self, begin: int) -> str | None:
        """The event after a date at the head of a sentence, as a question."""
        begin += len(self.text[begin:]) - len(self.text[begin:].lstrip("，, "))
        event = self.text[begin : within(self.plain, begin, begin + 1)[1]]
        bad = _BAD_START.match(event) or _VAGUE.search(masked(event)) or _NO_EVENT.search(event)
        return f"{event}是什么时候？" if 8 <= len(event) <= _LONGEST_LEFT and not bad else None

    def _left(self, first: int, until: int) -> str | None:
        """What stands before a value as far as the question needs it: all of it where that is short, else what
        opens the sentence (到2026年) and the value's own clause. None where that says not what is meant."""
        whole = self.text[:until]
        if len(whole) > _LONGEST_LEFT:
            head = self.text[: within(self.plain, 0, 1)[1]]
            whole = self.text[first:until]
            if first and _ADVERBIAL.match(head) and len(head) <= 24:
                whole = f"{head}，{whole}"
            elif _BAD_START.match(whole) or not _NAMED.search(masked(whole)[:16]):
                return None
        said = masked(whole)
        if len(whole) > _LONGEST_LEFT + 12 or _VAGUE.search(said) or re.search(r"[。；：！？\n]", said):
            return None
        return whole.lstrip()

    def _right(self, begin: int, last: int) -> str | None:
        """What stands after a value in its clause, up to where another value begins."""
        plain = self.plain[begin:last]
        if cut := re.search(r"[、和及与，]", plain):
            further = QUANTITY.search(plain, cut.start())
            if cut.start() and "、" in plain and not further:
                return None
            plain = plain[: cut.start()] if further or "、" in plain else plain
        right = self.text[begin : begin + len(plain)]
        bad = len(right) > _LONGEST_RIGHT or _VAGUE.search(plain) or QUANTITY.search(plain) or DATE.search(plain)
        return None if bad else right.strip()

    def _deed(self, end: int) -> tuple[str, int]:
        """What is to be done within a time, where the next clause says it, and where that ends."""
        _, last = within(self.plain, end + 1, end + 2)
        deed = self.text[end:last]
        told = self.plain[end : end + 1] == "，" and len(deed) <= 30 and not QUANTITY.search(deed)
        return (deed, last) if told and not _VAGUE.search(deed) and not deed.endswith("的") else ("", end)

    def _scoped(self, asked: str) -> str:
        """The question with the document's title, where it names nothing by which the answer is found."""
        if len(self.corpus.documents) == 1 or (_NAMED.search(masked(asked)) and "本" not in asked):
            return asked
        title = self.corpus.title(self.document)
        if _SAYS.match(asked):
            return f"{title}{asked}"
        if "哪" in asked or not _GOAL.match(asked):
            return f"根据{title}，{asked}"
        return f"{title}提出{'，' if asked.startswith('到') else ''}{asked}"

    def _proposal(
        self, type_: str, asked: str, nuggets: tuple[tuple[str, ...], ...], span: tuple[int, int]
    ) -> Proposal:
        places = gold_spans(self.document, self.start, self.text, nuggets, span)
        asked = re.sub(r"[⁰¹²³⁴-⁹]|（以下简称[^）]*）|(?<![A-Za-z\d])\s+|\s+(?![A-Za-z\d])", "", asked)
        return Proposal(type_, "zh", asked, nuggets, places, (self.document.id, self.start))


def _is_small(number: str) -> bool:
    """Whether a number is no figure to ask for: one and two, 一个 and 两种 above all, are words."""
    return (int(number) if number.isdigit() else value_of(number) if not number[0].isdigit() else 3) < 3


def _is_ordinal(match: re.Match[str], before: str) -> bool:
    """Whether a number of years says which year and not how many: 天正3年, 民国98年."""
    counting = r"(?:[为满达过近约期限以每前后内共有了用经至少]|连续)\s*$"
    return match["unit"] == "年" and (
        before.endswith("公元前") or not (match["kept"] or match["loose"] or re.search(counting, before))
    )


def date_ways(date: str) -> tuple[str, ...]:
    """How a date may be said: as it stands, with its year first in figures, and in English."""
    day = parse(date)
    if day is None or not exact(date):
        return (date.strip(),)
    english = f"{day.day} {day:%B} {day.year}"
    return tuple(dict.fromkeys((date.strip(), f"{day.year}年{day.month}月{day.day}日", day.isoformat(), english)))

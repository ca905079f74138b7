"""What a question points at (the third one, the former, it, 该文件), put in its place by what was asked and answered
before. Each rule gives the question in full, or None where it has nothing to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.checking.numerals import value_of
from assistant.conversation.fragments import (
    ARTICLE,
    CHINESE,
    MOST_NAMES,
    SOURCE,
    entities,
    joined,
    spoken,
    subjects,
    topic,
)
from assistant.conversation.mentions import Mention, listed, without_leads

FRAGMENT = re.compile(
    r"(?:换成|改成|如果是|要是)?(?P<zh>[^，,；;？?]{1,40}?)\s*(?:呢|又如何|又怎么?样|怎么样|如何)"
    r"|(?:(?:what|how) about|what of|(?:the )?same for)\s+(?P<en>.{1,80})",
    re.I,
)
_PLACED = frozenset(("document", "number", "region"))

_ORDINAL_ZH = re.compile(
    r"(?:其中的?)?(?:第(?P<n>[一二三四五六七八九十两]{1,3}|\d{1,2})|(?P<last>最后一?))(?P<of>[个项点种类位家份级档层组条]?)"
)
_NTH = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_ORDINAL_EN = re.compile(
    rf"\b(?:the|that|this) (?:(?P<word>{'|'.join(_NTH)})|(?P<n>\d{{1,2}})(?:st|nd|rd|th)|(?P<last>last))"
    r"(?: (?P<noun>[a-z]+))?",
    re.I,
)
# What may follow "the third" where it is one of a list; of these the first belong to it.
_PART_OF_ORDINAL = frozenset("one item point entry".split())
_AFTER_ORDINAL = frozenset("of is was mean means about in and".split())

# What may stand beside one of two that is all a question says.
_ALONE = ("", "呢", "what about", "how about", "and")
OF_TWO = re.compile(r"(?P<first>前者|\bthe former\b)|后者|\bthe latter\b", re.I)
_PAIR_ZH = re.compile(
    r"(?P<first>[^，。？?、\s的和与跟]{2,20})(?:和|与|跟|还是|以及)(?P<second>[^，。？?、\s的和与跟]{2,20}?)"
    r"(?=的|有|是|，|分别|各|哪|相比|之间|谁|在|$)"
)
_TWO_WORDS = r"[A-Za-z-]+(?: [A-Za-z-]+)?"
_PAIR_EN = re.compile(
    rf"(?P<first>{_TWO_WORDS}),? (?:and|or|versus|vs\.?|from|with|to) (?:the )?(?P<second>{_TWO_WORDS})"
)
_PAIR_LEAD = re.compile(r"^(?:请问|请)?(?:比较|对比)?(?:一下)?")

_NOUN = re.compile(
    r"(?P<document>文件|文档|指南|指导意见|意见|报告|办法|条例|规定|通知|方案|规划|手册|体系|document|guide|report|paper|handbook|opinions"
    r"|act|draft)"
    r"|(?P<body>组织|机构|委员会|部门|单位|协会|body|organi[sz]ation|committee|agency|institute)"
    r"|(?P<region>地区|地方|省份?|市|国家|region|province|city|country|place)"
    r"|(?P<number>标准|编号|文号|standard)",
    re.I,
)
_POINTER_ZH = re.compile(
    r"(?P<many>它们|他们|两者|二者|这些|那些|这[两几][个份项])"
    r"|(?P<one>它|(?<!应)[该該](?=[\u4e00-\u9fff])|上述|前述|[这這那本][个個份项部]|(?<![尤极与])其(?![他余它实次一中])"
    r"|(?<![因彼如])此(?!外|次|后|前))"
)
_POINTER_EN = re.compile(
    r"\b(?:(?P<many>they|them|these(?: two)?|those|both(?: of them)?)|its|their|it|this|that|the(?: same)?)\b"
    r"(?! takes?\b)",
    re.I,
)
# Alone, these say nothing of what they stand for: 这个 is followed by it.
_INCOMPLETE = frozenset("这个 這個 那个 这份 那份 这项 那项 这部 那部 该 該 上述 前述 此 本部 the".split())
# "that" and "these" stand for something only at an end or before a verb.
_STANDS_ALONE = re.compile(
    r"\s*(?:$|[?.,!]|'s\b|(?:is|are|was|were|does|do|did|has|have|mean|means|happen|apply|work|come|enter)\b)", re.I
)
# "the committee's guide" is a document that is called so, and says nothing of what was spoken of.
_ITS_DOCUMENT = re.compile(
    r"['’]s (?:[\w-]+ ){0,3}(?:guide|guidelines?|report|paper|handbook|opinions?|notice|plan)\b", re.I
)
_ASKS_FOR_NAME = re.compile(r"哪(?:一|几)?[个份家项部位种]|哪些|谁|\b(?:which|who|whose)\b", re.I)
_COMPARED = re.compile(r"(?:与|和|跟|比|than|with|from|to)\s*$")
# An answer names what was asked for at its beginning.
_ANSWERED = 400


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, whether words such as "and" or 那 lead it in (`text` is without them), the question before in full,
    what was answered to that, and the two that were told apart before, where some were."""

    text: str
    led: bool
    thread: str
    answer: str
    two: tuple[str, str] | None = None

    def to_carry(self) -> list[str]:
        """The names of the question before that this one takes over: none of a kind that it names itself."""
        own: set[str] = {m.kind for m in entities(self.text)}
        if own & _PLACED:
            own |= _PLACED
        if not own:
            return subjects(self.thread)
        return list(dict.fromkeys(m.text for m in entities(self.thread) if m.kind not in own))[:MOST_NAMES]


def bare(text: str) -> str:
    """A question without the mark at its end."""
    return text.strip().rstrip("？?。.!！ ")


def nth(asked: Asked) -> str | None:
    """第三个是什么, and the third one: an item of the list in the last answer, by its text."""
    items = listed(asked.answer)
    found = _ordinal(asked, len(items)) if items else None
    if found is None:
        return None
    start, end, number = found
    if number > len(items):
        return joined(asked.to_carry(), asked.text)
    item = items[number - 1]
    said = f"{asked.text[:start]}{item}{asked.text[end:]}".strip()
    if fragment := FRAGMENT.fullmatch(bare(said)):
        said = ARTICLE.sub("", fragment["zh"] or fragment["en"]) + ("？" if CHINESE.search(said) else "?")
    return said if entities(item) else joined(asked.to_carry(), said)


def _ordinal(asked: Asked, last: int) -> tuple[int, int, int] | None:
    """Where a question says "第三个" or "the third one", and which number that is; `last` is that of the last."""
    if match := _ORDINAL_ZH.search(asked.text):
        noun = _shared_noun(asked.text[match.end() :], asked.thread)
        if not (match["of"] or noun):
            return None
        said = match["n"] or ""
        number = last if match["last"] else int(said) if said.isdigit() else value_of(said)
        return match.start(), match.end() + len(noun), number
    match = _ORDINAL_EN.search(asked.text)
    if match is None:
        return None
    noun, end = (match["noun"] or "").lower(), match.end()
    if noun in _AFTER_ORDINAL:
        end = match.start("noun") - 1
    elif noun and noun not in _PART_OF_ORDINAL and noun.rstrip("s") not in asked.thread.lower():
        return None
    if match["last"]:
        return match.start(), end, last
    return match.start(), end, int(match["n"]) if match["n"] else _NTH.index(match["word"].lower()) + 1


def _shared_noun(rest: str, thread: str) -> str:
    """The noun behind 第三, which the question before has asked for: 原则 in 第三项原则."""
    lengths = range(min(4, len(rest)), 1, -1)
    return next((rest[:n] for n in lengths if CHINESE.match(rest) and rest[:n] in thread), "")


def one_of_two(asked: Asked) -> str | None:
    """前者, 后者, the former, the latter: one of the two that the question before, or the answer, names."""
    match = OF_TWO.search(asked.text)
    if match is None:
        return None
    pair = pair_of(asked.thread) or asked.two or pair_of(asked.answer)
    if pair is None:
        return joined(asked.to_carry(), asked.text)
    one = pair[0] if match["first"] else pair[1]
    rest = bare(asked.text[: match.start()] + asked.text[match.end() :]).strip().lower()
    other = pair[1] if match["first"] else pair[0]
    if rest in _ALONE and not pair_of(asked.thread) and (other in asked.thread or one in asked.thread):
        return asked.thread.replace(other, one)
    between = re.search(f"{re.escape(pair[0])}.{{1,12}}?{re.escape(pair[1])}", asked.thread, re.S)
    if between and rest in _ALONE:
        return asked.thread[: between.start()] + one + asked.thread[between.end() :]
    return asked.text[: match.start()] + one + asked.text[match.end() :]


def pair_of(text: str) -> tuple[str, str] | None:
    names = list(dict.fromkeys(spoken(text, m) for m in entities(text)))
    if len(names) >= 2:
        return names[0], names[1]
    match = _PAIR_ZH.search(_PAIR_LEAD.sub("", text)) or _PAIR_EN.search(text)
    return (match["first"], match["second"]) if match else None


def pointed(asked: Asked) -> str | None:
    """它, 该文件, it, that report: what was spoken of, in its place."""
    match = _POINTER_ZH.search(asked.text) or _english_pointer(asked)
    if match is None or _said_before(asked.text, match):
        return None
    after = asked.text[match.end() :]
    noun = None if match["many"] else _NOUN.match(after.lstrip())
    own = {m.text for m in entities(asked.text)}
    found = [n for n in _antecedents(asked, noun, many=bool(match["many"])) if n.removeprefix("the ") not in own]
    pointer = match[0].lower()
    if not found or (noun is None and pointer in _INCOMPLETE):
        return joined(asked.to_carry(), asked.text)
    if noun:
        after = after.lstrip()[noun.end() :]
    name = ("、" if CHINESE.search(asked.text) else " and ").join(found)
    if pointer == "其" and not after.startswith(("的", "是", "在")):
        name += "的"
    elif pointer in ("its", "their"):
        name += "'s"
    return asked.text[: match.start()] + name + after


def _english_pointer(asked: Asked) -> re.Match[str] | None:
    for match in _POINTER_EN.finditer(asked.text):
        after, pointer = asked.text[match.end() :], match[0].lower()
        noun = re.match(rf"\s+(?:{_NOUN.pattern})\b", after, re.I)
        # "the report", where it is not said which one.
        if pointer in ("the", "the same"):
            if noun and _STANDS_ALONE.match(after[noun.end() :]) and not _ITS_DOCUMENT.match(after, noun.end()):
                return match
            continue
        if noun or pointer in ("it", "its", "their", "they", "them") or _STANDS_ALONE.match(after):
            return match
    return None


def _said_before(text: str, pointer: re.Match[str]) -> bool:
    """Whether what a pointer stands for is in its own question: 江苏指南和它的附件. A comparison (江苏指南与它相比) is
    with something else."""
    at = pointer.start()
    compared = _COMPARED.search(text[:at]) and not text.startswith("的", pointer.end())
    return any(m.end <= at for m in entities(text)) and not compared


def _antecedents(asked: Asked, noun: re.Match[str] | None, *, many: bool) -> list[str]:
    """What was spoken of: the name that goes with a noun, or what the question before is about; where that asked for
    a name, the one answered."""
    asked_for = [(m, spoken(asked.thread, m)) for m in entities(asked.thread)]
    beginning = without_leads(asked.answer)[:_ANSWERED]
    answered = [(m, spoken(beginning, m)) for m in entities(beginning)]
    most = MOST_NAMES if many else 1
    if many and asked.two and len(asked_for) < 2:
        return list(asked.two)
    if noun and (fit := _fitting(asked_for, noun) or _fitting(answered, noun)):
        return fit[:1]
    if _ASKS_FOR_NAME.search(asked.thread) and answered and (not asked_for or many):
        return list(dict.fromkeys(name for _, name in answered))[:most]
    about = [name for m, name in asked_for if not SOURCE.search(asked.thread[: m.start])]
    names = list(dict.fromkeys(about or [name for _, name in asked_for]))
    return names[:most] or topic(asked.thread)


def _fitting(named: list[tuple[Mention, str]], noun: re.Match[str]) -> list[str]:
    kinds = ("number", "document") if noun.lastgroup == "number" else (noun.lastgroup,)
    return [name for m, name in named if m.kind in kinds]

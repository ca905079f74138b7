"""How much of a question some terms say, where little has to be left for an answer that is counted: the words by which
it asks for rows, items and numbers count nothing. It knows neither tables nor sections.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from indexing.lexical import LexicalQuestion
from indexing.tokeniser import terms

TABLE = re.compile(r"框架表|体系表|清单|表格?里?|\btable\b|\blist\b", re.I)
ANNEX = re.compile(r"附件|附录|附表|\bann?ex(?:es)?\b|\bappendi(?:x|ces)\b", re.I)
# What is counted or listed, and what any row or item may be called.
_COUNTED = re.compile(
    r"(?:(?:几|多少)大?[项个家类种条款名件部份处]|哪些)(?![是在有属被不没的已要只仅标带跟与和])([一-鿿]{2})"
)
_COUNTED_EN = re.compile(
    r"how many (?!(?:do|does|did|is|are|was|were|has|have)\b)((?:[\w-]+ ){0,3}?[\w-]+) "
    r"(?:does?|did|is|are|was|were|has|have|had|in|on|of|for|can|will|should|under|there|with)\b",
    re.I,
)
# What an English question asks the names of.
_LISTED_EN = re.compile(
    r"\bwhich (?!(?:do|does|did|is|are|was|were|has|have|of|ones?)\b)((?:[\w-]+ ){0,2}?[\w-]+) "
    r"(?:does?|did|is|are|was|were|has|have|had|in|on|of|for|can|will|under|with|carry|get|fall|belong|stand)\b",
    re.I,
)
_CHINESE_PAIR = re.compile("[一-鿿]{2}")
_ANY = re.compile(
    r"内容|项目|条目|东西|[小中大子]类|类[别型]|种类|方向|记录|主题|部分|方面|领域|板块|模块"
    r"|\b(?:entries|rows|items|ones|types|categories|classes|kinds|parts|themes|topics|areas|sections|titles|names)\b",
    re.I,
)
# Words of a question that nothing need say.
_LIGHT = re.compile(
    r"只有|只|仅|带|标[着了]?|[列排]了?|收录|底下|下面|里面|[中里](?=[标列收排有的])|(?<=[几些])[项个家类种条款名件份]|属于|到底|究竟|还是|谁|哪|更多|更少|多|少|最|加起来|合计|一起|每|各自?"
    r"|\b(?:carry|carries|only|just|contain\w*|includ\w*|belong\w*|under|more|most|fewer|each|every|both|or|one|ones|s|entry|"
    r"entries|rows?|items?|table|respectively|combined|together|all|altogether|total|there|within|marked|rated|given|got|"
    r"get|exactly|number|count|different|found|listed|titles?|filed?|falls?|annex|appendix)\b"
    # What is said once more in other words.
    r"|\bi\.e\.[^;?]*",
    re.I,
)


def share(question: str, lexical: LexicalQuestion, said: Set[str], no_words: re.Pattern[str] | None = None) -> float:
    """The share of a question that some terms say: weighted by rarity, or each word counting the same. What `no_words`
    finds in it counts nothing either."""
    patterns = (_LIGHT, no_words) if no_words else (_LIGHT,)
    spans = [match.span() for pattern in patterns for match in pattern.finditer(question)]
    words = {term for start, end in spans for term in terms(question[start:end])}
    if match := TABLE.search(question):
        words |= set(terms(match[0]))
    light = _light_units(question, spans, [unit for unit, _ in lexical.units])
    weights = [(unit, weight) for unit, weight in lexical.units if words.isdisjoint(unit) and unit not in light]
    heard = [(weight, not said.isdisjoint(unit)) for unit, weight in weights]
    if not heard:
        return 1.0
    total = sum(weight for weight, _ in heard)
    weighted = sum(weight for weight, told in heard if told) / total if total else 0.0
    return max(weighted, sum(told for _, told in heard) / len(heard))


def _light_units(
    question: str, spans: Sequence[tuple[int, int]], units: Sequence[tuple[str, ...]]
) -> set[tuple[str, ...]]:
    """The units of the Chinese characters in some spans: each is found by the pairs it stands in, 中标 and 标了 for 标
    in 中标了. Where two units are the same, one is of the character beside it."""
    places = {place for start, end in spans for place in range(start, end)}
    pairs = [{question[max(place - 1, 0) : place + 1], question[place : place + 2]} for place in places]
    return {
        unit
        for unit in units
        if units.count(unit) == 1 and all(map(_CHINESE_PAIR.fullmatch, unit)) and any(map(set(unit).issubset, pairs))
    }


def counted(question: str) -> str:
    """What an English question asks the number of, as it says it: "joint working groups"; "" where it says none."""
    match = _COUNTED_EN.search(question)
    return match[1] if match else ""


def can_be(question: str, lexical: LexicalQuestion, said: Set[str], *, chinese: bool, listed: bool = False) -> bool:
    """Whether what is counted, or `listed` in English, may be what the rows or items are: 企业 in 多少家企业 has to be
    said somewhere."""
    counted = (_COUNTED if chinese else _COUNTED_EN).search(question.lower())
    if counted is None and listed and not chinese:
        counted = _LISTED_EN.search(question.lower())
    if counted is None or _ANY.search(counted[1]):
        return True
    return is_said(counted[1], lexical, said)


def is_said(thing: str, lexical: LexicalQuestion, said: Set[str]) -> bool:
    """Whether some terms say the last word of a thing that a question names, in whichever form."""
    head = terms(thing)[-1:]
    units = [unit for unit, _ in lexical.units if not set(head).isdisjoint(unit)] or [tuple(head)]
    return any(not said.isdisjoint(unit) for unit in units)

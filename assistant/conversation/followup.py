"""A question of a conversation as it would be asked by itself: "那江苏呢？" after "北京要制定多少项标准？" is
"江苏要制定多少项标准？".

By rules, which are deterministic and know nothing of the documents: what the question points at is put in its place,
what it leaves out is carried over from the question before, and a complete question drops what was spoken of. Where
no rule makes a sentence, the names carried over stand before the question: a search gains by them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answers import Message
from assistant.conversation.fragments import (
    ARTICLE,
    CHINESE,
    about,
    entities,
    joined,
    replaced,
    subjects,
    with_aspect,
    without_asking,
)
from assistant.conversation.mentions import mentions
from assistant.conversation.pointing import FRAGMENT, Asked, bare, nth, one_of_two, pointed
from indexing.tokeniser import without_asking_words

# So many messages back a topic is followed; what was said before is no longer meant.
_LOOKED_BACK = 16
# A longer question says by itself what it is about.
_LONGEST = 200
# Of a message before, no more is read than says what it is about.
_READ = 2000
# A question that is led in by "and" and is no longer than this may be a mere name.
_LONGEST_FRAGMENT = 40

_LEAD = re.compile(
    r"^(?:(?:那么|那(?![个份些项里时])|然后|而(?!且)|另外|再问|好的?|(?:and|but|so|then|ok(?:ay)?|now|also|well)\b)[\s,，、]*)+",
    re.I,
)
_AGAIN = re.compile(
    r"(?:还有(?:哪些|别的|其他的?|什么)?|其他的?|继续|更多)[呢吗]?|(?:anything|what) else|(?:any )?more|go on|continue",
    re.I,
)
# Where and when the question before was about; 其中, of what it was about.
_THEN = re.compile(r"其中|那时|届时|当时|那里|那边|同年|同期|\b(?:by|since|until|before) then\b|\bthere\?*$", re.I)
_PREPOSITION = re.compile(r"^(?:(?:in|for|of|by|on|to|with|from|about|until|at|under)\s+|在|到|对|按)", re.I)
_ASKS = re.compile(
    r"什么|哪|几|多少|谁|如何|怎|是否|吗|为何|有没有"
    r"|\b(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could|will|would|has|have|had)\b",
    re.I,
)
# What asks for nothing but a circumstance of the question before.
_CIRCUMSTANCE = re.compile(
    r"(?:是|又|这|这是|又是)?(?:为什么|为何|什么时候|何时|哪一?年|多少[项个家条]?|几[项个家条]|[由被]?谁|在?哪里?|怎么[做办]?|如何做"
    r"|到什么时候)[的呢]?"
    r"|(?:why|when|where|how(?: many| much| long)?|who|by when|since when)"
    r"(?: (?:not|so|was|is|did|does)(?: (?:that|this|it))?(?: happen)?)?",
    re.I,
)
# What any document, body or table has of its own: a question of these words alone lacks whose they are.
_COMMON_ZH = re.compile(
    r"发布|印发|制定|编制|实施|生效|适用|修订|废止|施行|起草|成立|文号|日期|时间|单位|机关|部门|名称|全称|简称|状态|期限|年份|年度|原则"
    r"|目标|任务|保障|措施|范围|依据|上位|部分|类别|大类|模块|方面|章节|附件|附录|数量|总数|秘书处|主要|重点|具体|内容|规定|要求|提出|负责"
    r"|组成|包括|分为|包含|含义|意思|定义|作用|用途|优点|缺点|特点|区别|总共|一共|最新|版本|要点|总结|概括|哪年"
    r"|[的了着过是在由到从有为要被把及和与也都又还就已将会能可需应年月日项个条种类家份部人位级上下中各新]|\W|\d"
)
_COMMON_EN = re.compile(
    r"\b(?:issued?|issuers?|published?|publishes|dates?|numbers?|titles?|names?|status|parts?|principles?|targets?|goals?|aims?"
    r"|areas?|modules?|class(?:es)?|categor(?:y|ies)|annex(?:es)?|scope|basis|drafted|wrote|written|apply|applies|force|effect"
    r"|effective|version|edition|members?|main|important|mean(?:s|ing)?|define[ds]?|definition|include[ds]?|contains?|cover(?:s|ed)?"
    r"|deadline|years?|total|secretariat|purpose|summari[sz]e|more|exactly|latest|safeguards?|chapters?|then|so|one|ones)\b"
    r"|[\W\d_]",
    re.I,
)


def standalone(question: str, history: Sequence[Message]) -> str:
    """The question as it would be asked without what was said before; unchanged where it says all by itself."""
    thread = answer = ""
    recent = list(history[-_LOOKED_BACK:])
    if recent and recent[-1].role == "user" and recent[-1].content.strip() == question.strip():
        recent.pop()  # some callers count the question as part of the history
    for message in recent:
        said = message.content[:_READ]
        if message.role == "user":
            thread, answer = _resolved(said, thread, answer), ""
        else:
            answer = f"{answer}\n{said}".strip()
    return _resolved(question, thread, answer)


def _resolved(question: str, thread: str, answer: str) -> str:
    question = question.strip()
    if not (thread or answer) or not question or len(question) > _LONGEST:
        return question
    text = _LEAD.sub("", question) or question
    asked = Asked(text, text != question, thread.strip(), answer)
    for rule in (_again, nth, one_of_two, _fragment, _circumstance, pointed, _incomplete):
        said = rule(asked)
        if said is not None:
            return said[:1].upper() + said[1:]
    return question


def _again(asked: Asked) -> str | None:
    """还有呢, anything else: the question before, once more."""
    return asked.thread if asked.thread and _AGAIN.fullmatch(bare(asked.text)) else None


def _fragment(asked: Asked) -> str | None:
    """那江苏呢, what about 2024, and swarm intelligence: the question before, with one thing another."""
    said = bare(asked.text)
    match = FRAGMENT.fullmatch(said)
    x = (match["zh"] or match["en"]) if match else said
    x = ARTICLE.sub("", _PREPOSITION.sub("", x)).strip()
    if not asked.thread or not x or _ASKS.search(x):
        return None
    names = mentions(x)
    whole = len(names) == 1 and names[0].text == x
    if match is None and not whole and not (asked.led and len(x) <= _LONGEST_FRAGMENT):
        return None
    if said.endswith(("怎么样", "如何")) and not (whole or asked.led):
        return None  # complete: 发展情况如何
    if whole:
        return about(names[0], asked.thread)
    if names and (kept := replaced(asked.thread, names[0])):
        rest = (x[: names[0].start] + x[names[0].end :]).strip().removeprefix("的").removeprefix("'s ")
        return with_aspect(rest, kept) if rest else kept
    return with_aspect(x, asked.thread)


def _circumstance(asked: Asked) -> str | None:
    """为什么, when was that: the question before, asked for a circumstance."""
    if not asked.thread or not _CIRCUMSTANCE.fullmatch(bare(asked.text)):
        return None
    return f"{without_asking(asked.thread)}{'，' if CHINESE.search(asked.text) else ': '}{asked.text}"


def _incomplete(asked: Asked) -> str | None:
    """A question that is led in as a follow-up, or is of words that any document has (文号, the date), and names
    nothing: with the names of the one before."""
    if then := _THEN.search(asked.text):
        own = any(mention.end <= then.start() for mention in entities(asked.text))
        return asked.text if own else joined(subjects(asked.thread), asked.text)
    if entities(asked.text):
        return asked.text if asked.led else None
    if asked.led or bare(asked.text).endswith("呢") or not _content(asked.text):
        return joined(asked.to_carry(), asked.text)
    return None


def _content(text: str) -> str:
    """What a question is about, besides what any document has; a single character is nothing."""
    left = "".join(_COMMON_EN.sub(" ", _COMMON_ZH.sub(" ", without_asking_words(text))).split())
    return left if len(left) > 1 else ""

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
from assistant.conversation.pointing import FRAGMENT, OF_TWO, Asked, bare, nth, one_of_two, pair_of, pointed
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
    r"(?:还有(?:哪些|别的|其他的?|什么)?|其他的?|继续|更多)[呢吗]?|(?:anything|what) else|(?:any )?more|go on|continue"
    r"|(?:请|能否?|可以)?(?:再|更)?(?:[说讲]|介绍|展开)?[得的]?(?:再|更)?(?:详细|具体)地?(?:[说讲]|介绍|展开)?(?:一?[点些下])?[说讲]?[吗呢]?"
    r"|(?:please )?(?:tell me more|give (?:me )?more details?|(?:in )?more detail|elaborate)(?: please)?",
    re.I,
)
# What asks for nothing.
_COURTESY = re.compile(
    r"(?:好的?|行|嗯|哦|谢谢?[您你了啦]?|多谢|感谢|辛苦了?|明白了?|知道了?|了解了?|收到|[您你]好|再见|没问题|不用了?|没有了"
    r"|ok(?:ay)?|thanks?(?: you)?(?: (?:very|so) much| a lot)?|great|good|fine|got it|i see|hi|hello|bye|goodbye|cheers"
    r"|never mind|nice|all right|sure|perfect|[,，、。!！~～ ])++",
    re.I,
)
# 和国家的比呢: the other that is to be held beside what was asked about.
_COMPARE = re.compile(
    r"(?:如果|要是)?[和与跟同](?P<zh>[^，,。？?]{1,30}?)的?(?:相?比较?|对比)(?:起来|一下)?(?:呢|怎么?样|如何|有什么(?:区别|不同))?"
    r"|(?:compared? (?:it |that )?(?:with|to)|versus|vs\.?)\s+(?P<en>.{1,60})",
    re.I,
)
# 江苏也有这个目标吗: the question before, of another.
_ALSO = re.compile(
    r"(?P<zh>[^，,。？?]{1,20}?)(?:那[份个边])?也[^，,。？?]{0,4}(?:这个|这样|这么|同样|一样|如此)[^，,。？?]{0,10}[，,]?[^，,。？?]{0,6}"
    r"|(?:does|do|did|is|has) (?P<en>[^,?]{1,40}?) (?:have|set|want|say|require|do) (?:that|this|the same|such)"
    r"\b[^,?]{0,30}(?:,? (?:too|as well))?",
    re.I,
)
# What stands for a thing of the same kind: the Jiangsu one, 江苏的那份.
_THING = re.compile(r"(?:^|的|\s)(?:那|这)?(?:[个份部版项]|ones?|version)$|的$", re.I)
# Which of those that were spoken of.
_WHICH = re.compile(
    r"^(?:哪一?[个份者种家部][^，,。]{0,12}$|which (?:one|of (?:them|the two|these|those))\b)"
    r"|(?:which one|哪一?[个份者])$",
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
    r"|(?:截[至止]|到)了?(?:什么时候|何时|哪一?年|几月))[的呢]?"
    r"|(?:why|when|where|how(?: many| much| long)?|who|by when|since when)"
    r"(?: (?:not|so|was|is|did|does)(?: (?:that|this|it))?(?: happen)?)?",
    re.I,
)
# What any document, body or table has of its own: a question of these words alone lacks whose they are.
_COMMON_ZH = re.compile(
    r"发布|印发|制定|编制|实施|生效|适用|修订|废止|施行|起草|成立|文号|日期|时间|单位|机关|部门|名称|全称|简称|状态|期限|年份|年度|原则"
    r"|定稿|出台|公布|颁布|批准|通过|更新|失效|作废|英文|中文|原文|怎么说|叫法"
    r"|目标|任务|保障|措施|范围|依据|上位|部分|类别|大类|模块|方面|章节|附件|附录|数量|总数|秘书处|主要|重点|具体|内容|规定|要求|提出|负责"
    r"|组成|包括|分为|包含|含义|意思|定义|作用|用途|优点|缺点|特点|区别|总共|一共|最新|版本|要点|总结|概括|哪年"
    r"|[的了着过是在由到从有为要被把及和与也都又还就已将会能可需应年月日项个条种类家部人位级上下中各新]|(?<!备)份|\W|\d"
)
_COMMON_EN = re.compile(
    r"\b(?:issued?|issuers?|published?|publishes|dates?|numbers?|titles?|names?|status|parts?|principles?|targets?|goals?|aims?"
    r"|areas?|modules?|class(?:es)?|categor(?:y|ies)|annex(?:es)?|scope|basis|drafted|wrote|written|apply|applies|force|effect"
    r"|effective|version|edition|members?|main|important|mean(?:s|ing)?|define[ds]?|definition|include[ds]?|contains?|cover(?:s|ed)?"
    r"|deadline|years?|total|secretariat|purpose|summari[sz]e|more|exactly|latest|safeguards?|chapters?|then|so|one|ones)\b"
    r"|[\W\d_]",
    re.I,
)


def is_courtesy(text: str) -> bool:
    """Whether a message asks for nothing: 谢谢, 好的, thanks."""
    said = bare(text)
    return bool(said) and bool(_COURTESY.fullmatch(said))


def asks_for_more(text: str) -> bool:
    """Whether a message asks for nothing but more of the last answer: 还有呢, tell me more."""
    said = bare(_LEAD.sub("", text.strip()) or text)
    return bool(said) and bool(_AGAIN.fullmatch(said))


def standalone(question: str, history: Sequence[Message]) -> str:
    """The question as it would be asked without what was said before; unchanged where it says all by itself."""
    thread = answer = ""
    two: tuple[str, str] | None = None
    heard = False
    recent = list(history[-_LOOKED_BACK:])
    if recent and recent[-1].role == "user" and recent[-1].content.strip() == question.strip():
        recent.pop()  # some callers count the question as part of the history
    for message in recent:
        said = message.content[:_READ]
        if message.role == "user":
            heard = not is_courtesy(said)
            if heard:
                thread, answer = _resolved(said, thread, answer, two), ""
                two = pair_of(thread) or (two if OF_TWO.search(said) else None)
        elif heard or not thread:  # what is said to a courtesy is about nothing
            answer = f"{answer}\n{said}".strip()
    return _resolved(question, thread, answer, two)


def _resolved(question: str, thread: str, answer: str, two: tuple[str, str] | None) -> str:
    question = question.strip()
    if not (thread or answer) or not question or len(question) > _LONGEST or is_courtesy(question):
        return question
    text = _LEAD.sub("", question) or question
    asked = Asked(text, text != question, thread.strip(), answer, two)
    for rule in (_again, nth, one_of_two, _compared, _also, _fragment, _circumstance, pointed, _incomplete):
        said = rule(asked)
        if said is not None:
            return said[:1].upper() + said[1:]
    return question


def _again(asked: Asked) -> str | None:
    """还有呢, anything else: the question before, once more."""
    return asked.thread if asked.thread and _AGAIN.fullmatch(bare(asked.text)) else None


def _compared(asked: Asked) -> str | None:
    """和国家的比呢, compared with the Guide: the question before, about both."""
    match = _COMPARE.fullmatch(bare(asked.text))
    named = entities(asked.thread)
    if match is None or not named:
        return None
    x = match["zh"] or match["en"]
    names = mentions(x)
    other = names[0].text if len(names) == 1 else _THING.sub("", ARTICLE.sub("", x))
    one = named[-1]
    both = f"{one.text}{'和' if CHINESE.search(asked.thread) else ' and '}{other}"
    return asked.thread[: one.start] + both + asked.thread[one.end :]


def _also(asked: Asked) -> str | None:
    """江苏也有这个目标吗, does Jiangsu have the same target, too: the question before, about another."""
    match = _ALSO.fullmatch(bare(asked.text))
    names = mentions(match["zh"] or match["en"]) if match else ()
    return about(names[0], asked.thread) if asked.thread and len(names) == 1 else None


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
        rest = _THING.sub("", x[: names[0].start] + x[names[0].end :]).strip().removeprefix("的").removeprefix("'s ")
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
    if _WHICH.search(bare(asked.text)) and len(several := subjects(asked.thread)) > 1:
        return joined(several, asked.text)
    if any(mention.kind == "part" for mention in mentions(asked.text)):  # 第三章, Annex B: of what was spoken of
        return joined(asked.to_carry(), asked.text)
    if asked.led or bare(asked.text).endswith("呢") or not _content(asked.text):
        return joined(asked.to_carry(), asked.text)
    return None


def _content(text: str) -> str:
    """What a question is about, besides what any document has; a single character is nothing."""
    left = "".join(_COMMON_EN.sub(" ", _COMMON_ZH.sub(" ", without_asking_words(text))).split())
    return left if len(left) > 1 else ""

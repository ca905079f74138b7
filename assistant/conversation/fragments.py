"""What a question asks about, and the question asked about another thing: "江苏" for "北京", "企业标准" for "团体标准",
"the date" for "the number". Pure functions over the question before (here `thread`) and what a follow-up says (`x`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.conversation.mentions import ENTITIES, Mention, mentions
from indexing.tokeniser import without_asking_words

# Of several things named, as many are carried over.
MOST_NAMES = 3
CHINESE = re.compile(r"[\u3400-\u9fff]")
ARTICLE = re.compile(r"^(?:the|an?|its|their|它的|其|他们的)\s*(?!中)", re.I)
SOURCE = re.compile(r"(?:据|根据|按照|依照|according to(?: the)?|as per(?: the)?)\s*$", re.I)

# Questions for what something is, or is like; `t` is what they ask about.
_DEFINING = (
    re.compile(r"^(?:请问)?(?:什么是|什么叫|何谓|请?解释(?:一下)?)(?P<t>[^？?，,。]{1,40})"),
    re.compile(
        r"^(?P<t>[^？?，,。]{1,40}?)(?:是什么意思|指的?是?什么|的?(?:含义|定义)是什么|是什么|是多少|是谁|是哪[^？?]{1,6}|有哪些|有什么)"
        r"[？?。]?$"
    ),
    re.compile(r"^what (?:is|are|does|do|was|were)(?: meant by)? (?P<t>[^?,]{1,60}?)(?: mean| stand for)?\??$", re.I),
    re.compile(r"^define (?P<t>[^?,]{1,60})\??$", re.I),
)
# Of these a document has one, and not several.
_SINGLE = re.compile(r"文号|日期|时间|名称|全称|单位|状态|期限|年份|编号|秘书处")
_ASKING_ZH = re.compile(
    r"请问|请|(?:是|有|要|共有|共)?(?:多少|哪些|几|什么时候|什么|哪一?[个年份项]|谁|哪里|为什么|怎么样?|怎样|如何)[项个家种份条类部分]?"
    r"|吗|呢|[？?。]"
)
# What is done to a thing, before the thing itself.
_DOING_ZH = re.compile(
    r"^(?:添加|删除|删掉|上传|下载|查看|设置|更换|使用|修改|启动|安装|运行|处理|制定|发布|印发|提出|要求|规定|包括|分为|属于|负责|需要"
    r"|可以|应当|应该|能够|是否|我的?|自己的?|您的?|你的?|有|是|要|能|把|会)+"
)
_DOING_EN = re.compile(
    r"^(?:add|remove|delete|upload|set|change|use|find|get|start|install|run|read|see|show|make|issue[ds]?|publish(?:ed|es)?|want(?:s|ed)?"
    r"|my|own|new)\s+",
    re.I,
)
_ASKING_EN = re.compile(
    r"^(?:who|what|which|when|where|how many|how much|how|why)\s+(?:(?:is|are|was|were|does|do|did)\s+)?", re.I
)
# Where the word that tells one kind from another ends, read backwards: 项 in "多少项团体标准".
_MODIFIER_END = re.compile(r"[的项个家种份条类里中在对于和与、，,\s\d是有定订出了]")
# Up to so many characters more than its counterpart such a word may have.
_LONGER = 4
# What a question is asked in respect of.
_RESPECT = re.compile(r"(?:在|关于|针对|对|就)(?P<t>[^，,？?在对就]{2,12}?)(?:上|方面|领域|中)")
_THIS_PART = re.compile(r"[这那](?:一?块|方面|部分|边)$")


def entities(text: str) -> tuple[Mention, ...]:
    """The documents, identifiers, bodies and regions that a text names."""
    return tuple(mention for mention in mentions(text) if mention.kind in ENTITIES)


def spoken(text: str, mention: Mention) -> str:
    """A name as the text has it, with its article: "the National Guide (2024)"."""
    return f"the {mention.text}" if text[: mention.start].lower().endswith("the ") else mention.text


def subjects(thread: str) -> list[str]:
    """The names that a question is about, else what it is about without naming any."""
    return list(dict.fromkeys(m.text for m in entities(thread)))[:MOST_NAMES] or topic(thread)


def topic(thread: str) -> list[str]:
    """What a question that names nothing is about: what it wants defined, else the last thing that it says; at most
    one."""
    for pattern in _DEFINING:
        if match := pattern.search(thread):
            return [ARTICLE.sub("", match["t"].strip())]
    if not CHINESE.search(thread):
        words = without_asking_words(thread).strip(" ?\n")
        while (less := _DOING_EN.sub("", words)) != words:
            words = less
        return [" ".join(words.split())] if words.strip() else []
    parts = [part for part in re.split(r"[的，、：:\s]|在", _ASKING_ZH.sub(" ", thread)) if part]
    return [_DOING_ZH.sub("", parts[-1]) or parts[-1]] if parts else []


def joined(names: Sequence[str], question: str) -> str:
    """A question with the names that it lacks before it."""
    lacking = [name for name in names if name not in question]
    if not lacking:
        return question
    return f"{'、'.join(lacking)}：{question}" if CHINESE.search(question) else f"{', '.join(lacking)}: {question}"


def without_asking(thread: str) -> str:
    """What a question says, without what asks in it."""
    if CHINESE.search(thread):
        return _ASKING_ZH.sub("", thread)
    return _ASKING_EN.sub("", thread).rstrip("?？ ")


def about(name: Mention, thread: str) -> str:
    """The question before, about another thing with a name."""
    return replaced(thread, name) or _defined(thread, name.text) or joined([name.text], thread)


def replaced(thread: str, name: Mention) -> str | None:
    """The question before with another name in the place of the last of its kind, or of the first thing that it
    is about; None where there is no such place."""
    there = mentions(thread)
    same = [m for m in there if m.kind == name.kind]
    if not same and name.kind in ENTITIES:
        same = [m for m in there if m.kind in ENTITIES and not SOURCE.search(thread[: m.start])][:1]
    if not same:
        return None
    old, new = same[-1], name.text
    before = thread[: old.start]
    if "region" in (old.kind, name.kind) and " " not in new:
        before = re.sub(r"\bthe $", "", before)  # the United States, and China
    if old.kind == "year" and old.text.endswith("年") and not new.endswith("年"):
        new += "年"
    return before + new + thread[old.end :]


def with_aspect(x: str, thread: str) -> str:
    """The question before about another thing of the same: 企业标准 for 团体标准, the date for the number."""
    x = _THIS_PART.sub("", x) or x
    if x.endswith("的"):
        return joined([x[:-1]], thread)  # what it is of the same is not said
    if said := _parallel(thread, x) or _defined(thread, x) or _in_respect(thread, x):
        return said
    names = list(dict.fromkeys(m.text for m in entities(thread)))[:MOST_NAMES]
    if names:
        return f"{'、'.join(names)}的{x}？" if CHINESE.search(x) else f"the {x} of {', '.join(names)}?"
    if "的" in x and CHINESE.search(thread):
        return joined([x], thread)  # whose it is says that it stands for another thing than the last word
    (old,) = topic(thread) or [""]
    if old and old in thread:
        return thread.replace(old, x)
    return joined([old] if old else [], f"{x}{'？' if CHINESE.search(x) else '?'}")


def _in_respect(thread: str, x: str) -> str | None:
    match = _RESPECT.search(thread)
    if match is None or entities(match["t"]):
        return None
    return thread[: match.start("t")] + x + thread[match.end("t") :]


def _parallel(thread: str, x: str) -> str | None:
    """The question before with `x` in the place of what ends like it: 企业标准 for 团体标准, group for enterprise
    standards."""
    taken = [(m.start, m.end) for m in entities(thread)]
    if not CHINESE.search(x):
        return _parallel_english(thread, x, taken)
    for n in range(len(x) - 1, 1, -1):
        at = next((p for p in _places(thread, x[-n:]) if not any(a <= p < b for a, b in taken)), None)
        if at is not None:
            free = max((b for _, b in taken if b <= at), default=0)
            return thread[: _modifier(thread, at, free, len(x) - n)] + x + thread[at + n :]
    return None


def _modifier(thread: str, at: int, free: int, length: int) -> int:
    """Where the word before `at` begins that `length` characters are to replace: at a character that ends another
    word, where one is near; it lies behind `free`."""
    start = at
    while start > free and at - start < length + _LONGER and not _MODIFIER_END.match(thread[start - 1]):
        start -= 1
    ends = start == free or _MODIFIER_END.match(thread[start - 1])
    return start if ends else max(free, at - length)


def _parallel_english(thread: str, x: str, taken: Sequence[tuple[int, int]]) -> str | None:
    *modifiers, last = x.split()
    if not modifiers:
        return None
    word = r"\b(?!(?:many|the|of|much|are|is|what|which)\b)[\w-]+ "
    pattern = re.compile(rf"(?:{word}){{0,{len(modifiers)}}}\b{re.escape(last.rstrip('s'))}s?\b", re.I)
    found = [m for m in pattern.finditer(thread) if not any(a < m.end() and m.start() < b for a, b in taken)]
    return thread[: found[-1].start()] + x + thread[found[-1].end() :] if found else None


def _places(text: str, part: str) -> Iterator[int]:
    """Where a part stands in a text, the last place first."""
    at = text.rfind(part)
    while at >= 0:
        yield at
        at = text.rfind(part, 0, at)


def _defined(thread: str, x: str) -> str | None:
    """A question for what something is, asked of something else: 什么是X, what is the X of the Guide."""
    match = next(filter(None, (pattern.search(thread) for pattern in _DEFINING)), None)
    if match is None:
        return None
    start, end = match.span("t")
    asked = match["t"]
    if (of := asked.rfind("的")) > 0:
        if "有哪些" in match[0] and _SINGLE.search(x):
            return None
        start += of + 1
    elif " of " in asked:
        article = re.match(r"(?:the|an?) ", asked, re.I)
        start, end = start + (article.end() if article else 0), start + asked.index(" of ")
    elif entities(asked):
        return None  # what it is about stays
    return thread[:start] + x + thread[end:]

"""What a question asks of each of several documents, where it asks each in a clause of its own, as in 上海要几家企业，
江苏要几项标准. Rules over the words that part clauses and that ask; it knows where names stand, and no documents.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexing.tokeniser import without_asking_words

_ENDS = re.compile(
    r"[，,；;。？?]|而(?=[^且])"
    r"|\b(?:and|while|whereas|but|versus|vs\.?|(?:compared|set) (?:with|to|against)|against)\b",
    re.I,
)
_ASKS = re.compile(
    r"多少|几|哪|什么|啥|咋|谁|怎|如何|何时|何年|是否|有没有|有无|是不是"
    r"|\b(?:what|which|who|when|where|how|whether|(?:is|are|was|were) there)\b",
    re.I,
)
# What a clause means by something that another has said.
_MEANS_BEFORE = re.compile(r"[它其该此]|这些|那些|\b(?:it|its|they|their|them|these|those|ones?)\b", re.I)
# What stands before the clauses and is meant of all: "On farming, which …".
_TOPIC = re.compile(r"[^:：，,；;。？?]{2,40}?(?:[:：，,]| [-–—] )\s*")
# A clause says something beside its name and its asking words.
_CONTENT, _LEAST_CONTENT = re.compile(r"[一-鿿]|[A-Za-z]{3,}"), 2


def clauses(question: str, names: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """The clause of each of the names that stand at these places of a question, without the name and with what is
    meant of all; empty where they are asked the same, or one has no clause that asks by itself."""
    topic = _TOPIC.match(question, 0, names[0][0])
    if topic and _asks(question, 0, topic.end()):
        topic = None
    cuts = [topic.end() if topic else 0]
    following = [start for start, _ in names[1:]]
    for (_, end), start, last in zip(names, following, [*following[1:], len(question)], strict=False):
        marks = (mark.end() for mark in _ENDS.finditer(question, end, start))
        cut = next((at for at in marks if _asks(question, cuts[-1], at) and _asks(question, at, last)), None)
        if cut is None or _MEANS_BEFORE.search(question, cut, last):
            return ()
        cuts.append(cut)
    bounds = zip(cuts, [*cuts[1:], len(question)], names, strict=True)
    of_all = topic[0] if topic else ""
    said = [of_all + f"{question[a:start]} {question[end:b]}".strip(" ，,的") for a, b, (start, end) in bounds]
    if any(len(_CONTENT.findall(without_asking_words(clause))) < _LEAST_CONTENT for clause in said):
        return ()
    return tuple(said)


def _asks(question: str, start: int, end: int) -> bool:
    return _ASKS.search(question, start, end) is not None

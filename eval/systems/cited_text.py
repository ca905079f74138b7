"""A text with `[n]` marks, as most systems answer, cut into the sentences that it says with what each cites.

What is understood, so that a system's author can rely on it:

- a mark belongs to the sentence it stands in or right behind, before or after the full stop; where it opens
  a line, to the sentence that follows (`assistant.marks` says what a mark is);
- what a model thinks aloud (`<think> … </think>`), bullets, headings' number signs and bold marks are left
  out, and so is a list of references at the end, from a line "References", "Sources", "参考资料" or the like;
- a text refuses where its first sentence holds one of `REFUSALS` and cites nothing. Sentences further on that
  do are not counted as said.
"""

from __future__ import annotations

import re

from assistant.marks import take_out
from assistant.texts import NO_DOCUMENTS, NO_MATCHING_DOCUMENTS, NOT_IN_DOCUMENTS, TOO_VAGUE
from corpus.sentences import sentences
from eval.questions import normal
from eval.systems.base import Said

# The sentences that the prompt "evaluated" asks for, what Yiju says, RGB's (Chen et al. 2023, arXiv:2309.01431),
# and what common systems say that find nothing. Compared without white space and case.
REFUSALS = (
    "not in the documents",
    "文件中没有说明",
    *NOT_IN_DOCUMENTS.values(),
    *TOO_VAGUE.values(),
    *NO_DOCUMENTS.values(),
    *NO_MATCHING_DOCUMENTS.values(),
    "insufficient information in documents",
    "文档信息不足",
    "I don't know",
    "I do not know",
    "cannot answer",
    "can not answer",
    "can't answer",
    "unable to answer",
    "contain information about",
    "contain any information",
    "contain the answer",
    "no relevant content was found",
    "no relevant information",
    "not mentioned in the",
    "not provided in the",
    "not found in the",
    "无法回答",
    "不能回答",
    "没有找到",
    "未找到",
    "未提及",
    "没有提及",
    "没有相关信息",
)
_THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.S | re.I)
_REFERENCES = re.compile(
    r"^[\s#*]*(?:references|sources|citations|参考资料|参考文献|参考来源|资料来源|引用来源|来源)[\s*]*[:：]?[\s*]*$",
    re.M | re.I,
)
_DECORATION = re.compile(r"^(?:[-*•·>]\s+|#+\s+)+")


def said_in(text: str) -> tuple[Said, ...]:
    """The sentences of a text, without their marks, and the numbers that each cites. A refusal says nothing."""
    every = [(said, is_refusal(said)) for said in _sentences(text)]
    if not every or every[0][1]:
        return ()
    return tuple(said for said, refusal in every if not refusal)


def is_refusal(said: Said) -> bool:
    """Whether a sentence says that there is no answer. One that cites something says what it cites."""
    folded = normal(said.text).replace("’", "'")
    return not said.citations and any(phrase in folded for phrase in _FOLDED)


def _sentences(text: str) -> list[Said]:
    text = _THOUGHT.sub("", text)
    last = None
    for last in _REFERENCES.finditer(text):  # noqa: B007 - the last one is wanted
        pass
    if last and text[: last.start()].strip():
        text = text[: last.start()]
    clean, marks = take_out(text.replace("**", ""))
    spans = sentences(clean)
    cited: list[list[int]] = [[] for _ in spans]
    for mark in marks:
        begun = sum(start < mark.offset for start, _ in spans)
        place = begun if mark.opening else begun - 1
        if spans:
            cited[min(max(place, 0), len(spans) - 1)] += mark.numbers
    texts = [_DECORATION.sub("", clean[start:end]) for start, end in spans]
    return [
        Said(text=words, citations=tuple(dict.fromkeys(its)))
        for words, its in zip(texts, cited, strict=True)
        if any(character.isalnum() for character in words)
    ]


# Every sentence is compared with these.
_FOLDED = tuple(normal(sentence.splitlines()[0].strip("。.")) for sentence in REFUSALS)

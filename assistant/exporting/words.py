"""The words of an export that are not the answer's, in both languages, and texts and names made fit for a file."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from assistant.answers import Language

Form = Literal["md", "docx", "json"]
_LONGEST_NAME = 80
# What file systems refuse in a name, and names that Windows keeps for itself.
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*%]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.I)
# Controls, marks without a shape and halves of pairs, by their Unicode categories; and what XML holds of no text.
_UNSEEN, _NO_XML = ("Cc", "Cf", "Cs"), "\ufffe\uffff"


@dataclass(frozen=True, slots=True)
class Words:
    """The words around what was said, in one language."""

    generated: str
    question: str
    searched: str
    unanswered: str
    references: str
    nearest: str
    partly: str
    unsupported: str
    unchecked: str
    withheld: str
    missing: str
    page: str
    exported: str


WORDS: dict[Language, Words] = {
    "zh": Words(
        generated="人工智能生成合成内容。",
        question="问题",
        searched="检索的问题",
        unanswered="未作答",
        references="引用",
        nearest="最接近的段落",
        partly="所引原文仅部分支持此句",
        unsupported="所引原文未支持此句",
        unchecked="〔本行未经核对〕",
        withheld="此句所依据的文件已不在库中，不再显示。",
        missing="文件已不在库中，原文不再显示",
        page="第 {} 页",
        exported="导出时间",
    ),
    "en": Words(
        generated="AI-generated content.",
        question="Question",
        searched="Searched as",
        unanswered="Not answered",
        references="References",
        nearest="Nearest passages",
        partly="The words it cites support this sentence in part only",
        unsupported="The words it cites do not support this sentence",
        unchecked="(this line was not checked)",
        withheld="The document that this sentence rested on is no longer here, so it is not shown.",
        missing="the document is no longer here, so its words are not shown",
        page="p. {}",
        exported="Exported",
    ),
}


def titled(title: str, language: Language) -> str:
    """A title in the quotation marks of the language."""
    return f"《{title.strip('《》')}》" if language == "zh" else f"“{title}”"


def one_line(text: str) -> str:
    return " ".join(shown(text).split())


def shown(text: str) -> str:
    """The text without characters that are not seen: controls, which XML can't hold, and marks such as those that
    turn the direction of what follows, with which words can be made to read as others."""
    lines = "\n".join(text.splitlines())
    return "".join(c for c in lines if c in "\n\t" or not (unicodedata.category(c) in _UNSEEN or c in _NO_XML))


def file_name(title: str, form: Form) -> str:
    """A name that every file system takes and that holds no folder, made of the title."""
    name = _NOT_IN_NAMES.sub(" ", one_line(title))
    name = " ".join(name.split())[:_LONGEST_NAME].strip(". ")
    if not name or _RESERVED.fullmatch(name):
        name = f"yiju {name}".strip()
    return f"{name}.{form}"

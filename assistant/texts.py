"""What the assistant itself says, in both languages."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Literal

from corpus.document import Status
from corpus.metadata import language as language_of
from corpus.standing import Life, today

Language = Literal["zh", "en"]

NOTICE = {
    "zh": "本回答由程序自动从文件原文中摘取并拼接，每句均附出处；引用前请核对原文。",
    "en": "This answer was put together by a machine from the documents' own words. "
    "Check the citations before you rely on it.",
}
NOTICE_WRITTEN = {
    "zh": "本回答由人工智能生成，每句均按所引原文核对，未获支持的句子已删除；引用前请核对原文。",
    "en": "This answer was written by AI. Each sentence was checked against the words it cites, and those "
    "without support were removed. Check the citations before you rely on it.",
}
NOTICE_MARKED = {
    "zh": "本回答由人工智能生成，每句均按所引原文核对，未获充分支持的句子已标明；引用前请核对原文。",
    "en": "This answer was written by AI. Each sentence was checked against the words it cites, and those "
    "without full support are marked. Check the citations before you rely on it.",
}
# Said between what a language model wrote and what follows it, or at the start where it wrote nothing.
OWN_WORDS_FOLLOW = {
    "zh": "（语言模型未能完成回答，以下是文件原句。）",
    "en": "(The language model did not finish the answer. What follows are the documents' own sentences.)",
}
# Why a sentence is not supported, before it is even compared with anything.
UNCITED = {"zh": "没有注明出处", "en": "it cites nothing"}
NOT_GIVEN = {"zh": "注明的出处不在所给段落之中", "en": "it cites a passage that was not given"}
OTHER_THAN_ASKED = {"zh": "这句话不是用提问的语言写的", "en": "it is not in the language of the question"}
UNKNOWN_LINK = {"zh": "所引原文中没有其中的网址", "en": "the words cited do not have the address in it"}
_UNSUPPORTED = {
    "partly": {"zh": "〔部分支持：{}〕", "en": "(⚠ partly supported: {})"},
    "not": {"zh": "〔未获支持：{}〕", "en": "(⚠ not supported: {})"},
}
NOT_IN_DOCUMENTS = {
    "zh": "所查文件中没有找到这个问题的依据。下面列出最接近的段落，供您核对。",
    "en": "The documents do not say. The nearest passages are listed for you to check.",
}
# Said to who asks for more where all has been said.
NO_MORE = {
    "zh": "除前面引用的以外，没有找到更多能回答这个问题的内容。下面列出最接近的段落，供您核对。",
    "en": "Nothing more was found that answers this than what was quoted before. "
    "The nearest passages are listed for you to check.",
}
OTHER_LANGUAGE = {
    "zh": "所查文件都是英文；改用英文提问，可能找到更多。",
    "en": "The documents searched are in Chinese; asking in Chinese may find more.",
}
# Said before quotes that are in another language than the question.
QUOTED_AS_WRITTEN = {
    "zh": "文件为英文，以下是其原文：",
    "en": "The documents are in Chinese. In their own words:",
}
_SAYS_NOTHING = {"zh": "《{}》：未提及。", "en": "“{}” does not mention it."}
TOO_VAGUE = {
    "zh": "这个问题没有可供检索的词语。请说明您想了解的事项，例如文件名称、年份或标准编号。",
    "en": "There is nothing in this question to search for. Say what it is about: a document, a year, "
    "a standard's number.",
}
# Said beside it where the question has words, and none in a script that is read.
NEITHER_LANGUAGE = {"zh": "可以用中文或英文提问。", "en": "Questions can be asked in Chinese and in English."}
NO_DOCUMENTS = {
    "zh": "还没有可检索的文件。请先导入：yiju ingest 路径",
    "en": "There are no documents to search yet. Add some with: yiju ingest PATH",
}
NO_MATCHING_DOCUMENTS = {
    "zh": "没有文件同时符合所选的全部条件，或所选的文件不存在。请放宽筛选条件后再问。",
    "en": "No document meets all the filters together, or the one that they name is not here. Widen them and ask "
    "again.",
}
_QUOTED = re.compile(r"《[^《》]*》|（[^（）]*）|\([^()]*\)|“[^“”]*”|\"[^\"]*\"|「[^「」]*」")
_ENGLISH_WORD = re.compile(r"\b[a-z]{2,}\b")
# Fewer words than these say nothing of a sentence's language.
_FEW_WORDS = 4
_STATUS = {
    "draft": ("草案", "draft"),
    "comment": ("征求意见稿", "draft for comments"),
    "trial": ("试行", "trial"),
    "current": ("现行", "in force"),
    "withdrawn": ("废止", "withdrawn"),
}


def status_word(status: str | None, language: str) -> str:
    """A status as people call it; "" where there is none."""
    zh, en = _STATUS.get(status or "", ("", ""))
    return zh if language == "zh" else en


def caution(life: Life, language: str, *, successor: str = "", on: date | None = None) -> str:
    """What must be known of a document before one relies on it: that it is a draft, superseded, withdrawn or
    expired, or will be; "" where there is nothing. `successor` names the document in its place."""
    zh, day = language == "zh", on or today()
    if life.superseded_by:
        by = successor or ("另一文件" if zh else "another document")
        if life.until is None:
            return f"已被 {by} 取代" if zh else f"superseded by {by}"
        since = life.until + timedelta(days=1)
        if since > day:
            return f"自 {since} 起将被 {by} 取代" if zh else f"will be superseded by {by} on {since}"
        return f"自 {since} 起已被 {by} 取代" if zh else f"superseded by {by} since {since}"
    if life.status is Status.WITHDRAWN:
        return status_word(life.status, language)
    if life.until is not None and life.until < day:
        return f"已于 {life.until} 到期" if zh else f"expired on {life.until}"
    return status_word(life.status, language) if life.status in (Status.DRAFT, Status.COMMENT) else ""


def says_nothing(title: str, language: str) -> str:
    """What is said of a document that is silent about what several are compared on."""
    return _SAYS_NOTHING[language].format(title)


def notice(language: Language, *, written: bool, marked: bool = False) -> str:
    """What a reader is told about where an answer comes from; `written` by a language model or not, and `marked`
    where sentences without full support are in it."""
    if not written:
        return NOTICE[language]
    return (NOTICE_MARKED if marked else NOTICE_WRITTEN)[language]


def unsupported(outcome: str, reason: str | None, language: str) -> str:
    """The mark of a sentence that is not supported, or only partly; "" where it is."""
    return _UNSUPPORTED[outcome][language].format(reason) if outcome in _UNSUPPORTED else ""


def is_in_other_language(text: str, language: str) -> bool:
    """Whether a sentence is plainly not in the language asked for. Names in brackets and quotation marks may be in
    any, and a Chinese sentence may be full of English terms."""
    words = _QUOTED.sub(" ", text)
    chinese = sum("一" <= c <= "鿿" for c in words)
    english = len(_ENGLISH_WORD.findall(words))
    if language == "zh":
        return chinese == 0 and english >= _FEW_WORDS
    return chinese >= _FEW_WORDS and chinese > 2 * english


def has_words(text: str) -> bool:
    """Whether there is a letter or a figure in a text, of whatever script."""
    return any(character.isalnum() for character in text)


def answer_language(question: str, wanted: str) -> Language:
    """The language to answer in: the wanted one, or with "auto" that of the question."""
    if wanted in ("zh", "en"):
        return "zh" if wanted == "zh" else "en"
    return "zh" if any("一" <= c <= "鿿" for c in question) or language_of(question) == "zh" else "en"

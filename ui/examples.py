"""Questions that a first visitor could ask: the samples' own, or drawn from the documents on file.

Each of those drawn is made by a rule from what a document says of itself and is asked before it is offered: what
the documents do not answer is no example.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from threading import Thread

from assistant.answers import Filters
from assistant.core import Assistant, Question
from assistant.exporting.words import titled
from corpus.document import Document
from corpus.errors import YijuError
from ui.texts import EXAMPLES, WORDS, Language

WANTED = 5
# Documents that are looked at, and questions that are tried, before it is left at fewer.
_DOCUMENTS = 5
_TRIED = 12
_DEFINED = {
    "zh": re.compile(r"(?<=[\n。；])(?:本[指文办]\w{0,4}所称)?([一-鿿]{2,12})(?:，)?是指"),
    "en": re.compile(r"\b([A-Z][a-z]+(?: [a-z]+){0,3}) (?:means|refers to) "),
}
_BY_YEAR = re.compile(r"(?:到|至)\s?(20\d\d)\s?年|[Bb]y (20\d\d)")
# What stands before a heading's words: 第一章, （一）, 1.2, 3、.
_NUMBERING = re.compile(
    r"^(?:第[\d一二三四五六七八九十百]+[编章节部分条]+|[（(]?[\d.一二三四五六七八九十]+[、.．）)])?[\s\d.]*(?=\D)(?!年)"
)
_ASKED = {
    "zh": {
        "term": "什么是{}？",
        "year": "{}到{}年的目标是什么？",
        "table": "{}的“{}”列出了什么？",
        "part": "{}在“{}”方面有哪些内容？",
        "task": "{}对{}提出了什么？",
    },
    "en": {
        "term": "What is {}?",
        "year": "What does {} want by {}?",
        "table": "What is listed under {1} in {0}?",
        "part": "What does {} say about {}?",
        "task": "What does {} want of {}?",
    },
}
_LONGEST_TITLE, _LONGEST_HEADING = 40, 24


class Examples:
    """The examples for what is on file now. They are made once for each state of the catalogue."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._made = lru_cache(maxsize=4)(self._make)

    def of(self, language: Language) -> tuple[str, ...]:
        """Five questions at most, in this language where documents are in it."""
        return self._made(language, self._assistant.index.catalogue.changes)

    def prepare(self) -> None:
        """Makes them beforehand, in a thread of its own, so that the first visitor does not wait."""
        for language in WORDS:
            Thread(target=self.of, args=(language,), daemon=True).start()

    def _make(self, language: Language, _changes: int) -> tuple[str, ...]:
        searched = [d for d in self._assistant.documents() if d.searched]
        if searched and all(d.origin == "sample" for d in searched):
            return EXAMPLES[language]
        spoken = [d for d in searched if d.language == language] or searched
        candidates = {d.id: dict(_questions(self._assistant.document(d.id))) for d in spoken[:_DOCUMENTS]}
        drawn: list[str] = []
        kinds: list[str] = []
        for _ in range(_TRIED):
            if len(drawn) == WANTED or not any(candidates.values()):
                break
            # The documents take turns, each with the kind of question that there is least of yet.
            document_id = next(known for known, left in candidates.items() if left)
            left = candidates.pop(document_id)
            kind = min(left, key=kinds.count)
            question = left.pop(kind)
            candidates[document_id] = left
            if self._answered(question, document_id):
                drawn.append(question)
                kinds.append(kind)
        return tuple(drawn)

    def _answered(self, question: str, document_id: str) -> bool:
        asked = Question(question, filters=Filters(documents=(document_id,)), answerer="extractive")
        try:
            return self._assistant.ask(asked).answered
        except YijuError:  # whoever asks will be told; a first visit is no place for it
            return False


def _questions(document: Document) -> Iterator[tuple[str, str]]:
    """What could be asked of a document, in its own language: the kind of each question, and the question."""
    language: Language = "zh" if document.metadata.language == "zh" else "en"
    asked, title = _ASKED[language], titled(document.metadata.title[:_LONGEST_TITLE], language)
    if found := _DEFINED[language].search(document.text):
        yield "term", asked["term"].format(found[1])
    if found := _BY_YEAR.search(document.text):
        yield "year", asked["year"].format(title, found[1] or found[2])
    if named := next((t.title for t in document.tables if 2 <= len(t.title) <= _LONGEST_HEADING), ""):
        yield "table", asked["table"].format(title, _NUMBERING.sub("", named))
    headings = [document.quote(b.start, b.end) for b in document.blocks if b.level]
    parts = [_NUMBERING.sub("", " ".join(heading.split())) for heading in headings[1:]]
    if parts := [part for part in parts if 2 <= len(part) <= _LONGEST_HEADING]:
        # From the middle: the first parts are where a document says what it is about.
        yield "part", asked["part"].format(title, parts[len(parts) // 2])
        yield "task", asked["task"].format(title, parts[len(parts) // 4])

"""Whether a set keeps words of documents that may not be passed on: those that it gives places of, not quotes.

Names, numbers and terms are nobody's text, sentences are; the length tells them apart. It knows no licences:
a document that is only ever quoted counts as the set's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from eval.linting.documents import Named
from eval.linting.question import Finding
from eval.questions import GoldQuestion, normal

# Characters (in the normal form) of a name or a term; what is longer is a sentence, or a part of one.
LONGEST_TERM = 20
_TITLE = re.compile("《[^》]*》")


def copied(questions: Sequence[GoldQuestion], named: Mapping[str, Named]) -> Iterator[Finding]:
    """What the questions, with their spans uncut, copy from documents that some of them give places of. `named`
    has what the documents say."""
    others = {e.source for question in questions for e in question.evidence if e.spans}
    texts = tuple(text for source in sorted(others) for text in named[source].texts)
    for question in questions:
        quotes = (quote for e in question.evidence if e.source in others for quote in e.quotes)
        for words in quotes:
            if len(normal(words)) > LONGEST_TERM:
                yield _finding(question, words)
        for written in _written(question):
            if taken := _taken(written, texts):
                yield _finding(question, taken)


def _finding(question: GoldQuestion, words: str) -> Finding:
    en = f"more than {LONGEST_TERM} characters of a document that is not ours: “{words[:40]}”; say it in other words"
    zh = f"照录他人文件超过 {LONGEST_TERM} 字：“{words[:40]}”；引文请改用位置，其余请换个说法"
    return Finding("error", question.id, "copied", f"{en}, or give its place", zh)


def _written(question: GoldQuestion) -> Iterator[str]:
    yield question.question
    yield question.standalone
    yield from (message.content for message in question.history)
    yield from (alternative for nugget in question.nuggets for alternative in nugget)


def _taken(written: str, texts: Sequence[str]) -> str | None:
    """The first words of the documents in it that are too long for a term; titles, and addresses and other
    words without a Chinese character, are names at any length."""
    reach = LONGEST_TERM + 1
    for piece in map(normal, _TITLE.split(written)):
        for start in range(len(piece) - reach + 1):
            window = piece[start : start + reach]
            if not window.isascii() and any(window in text for text in texts):
                return window
    return None

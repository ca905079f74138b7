"""Whether words deny a sentence: what they say most like it says it with a negation more or less, or with
another number in the number's place. Deterministic, no model.

Words are compared as they stand, never by meaning: an antonym (开放, 关闭) is not noticed, nor a denial in
words of its own. It errs towards silence: a sentence that nothing resembles is not denied.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from assistant.numerals import CHINESE_NUMBER, value_of
from corpus.sentences import sentences
from indexing.tokeniser import fold, stem

# The share of a sentence's words, its numbers left out, that a likeness must have.
FRAME = 0.7
# A likeness in which more than this share of the words is lacking, against the best one, is not heard.
_NEARLY = 0.05

# Words with a negation in them that negate nothing, or twice.
_NO_NEGATION = re.compile(
    r"不断|不仅|不但|不只|不光|不同|不久|不论|不管|不过|不动产|不锈钢|不得不|未来|无论|无人|无线|无数|无锡|无障碍|"
    r"无形|非常|非洲|除非|非但|\bnot only\b|\bno\.?(?=\s*\d)|\bno matter\b"
)
_NEGATION = re.compile(r"没有|不|未|没|无|非|勿|莫|禁止|严禁|\b(?:not|no|never|none|neither|nor|without)\b")
_SHORT_NOT = re.compile(r"\bcannot\b|(?:\b(?:ca|wo|sha))?n['’]t\b")
# What may stand between a negation and the word it negates.
_AFTER_NEGATION = re.compile(r"[应得能可须会宜准许被是有当]")
_EMPTY = re.compile(
    r"应当|必须|可以|\b(?:do|does|did|can|could|may|might|must|shall|should|will|would|has|have|had|is|are|was|were|be|been|"
    r"any|a|an|the|of|to)\b"
)
_PAUSES = frozenset(",，、;；:：|\n()（）")
_TOKEN = re.compile(r"[,，、;；:：|\n()（）]|\d+(?:[.,]\d+)*%?|[a-z]+(?:['’][a-z]+)?|[^\W\d_]")


@dataclass(frozen=True, slots=True)
class _Words:
    """The content words of a sentence in order, the clause of each, and whether it is negated."""

    words: tuple[str, ...]
    clauses: tuple[int, ...]
    negated: tuple[bool, ...]

    @property
    def frame(self) -> Counter[str]:
        return Counter(word for word in self.words if not word[0].isdigit())


def denies(cited: str, sentence: str) -> bool:
    """Whether `cited` denies `sentence` or a part of it that could stand alone: all that is most like it does."""
    return any(_denies(cited, sentence[start:end]) for start, end in sentences(sentence))


def _denies(cited: str, sentence: str) -> bool:
    said = _words(sentence)
    wanted = said.frame
    if not wanted:
        return False
    likenesses: list[tuple[float, _Words]] = []
    for start, end in sentences(cited):
        words = _words(cited[start:end])
        share = (wanted & words.frame).total() / wanted.total()
        if share >= FRAME:
            likenesses.append((share, words))
    best = max((share for share, _ in likenesses), default=0.0)
    near = [words for share, words in likenesses if share >= best - _NEARLY]
    return bool(near) and all(_denied(said, words) for words in near)


def _denied(said: _Words, cited: _Words) -> bool:
    matcher = SequenceMatcher(None, said.words, cited.words, autojunk=False)
    if any(said.negated) or any(cited.negated):
        pairs = [(a + i, b + i) for a, b, size in matcher.get_matching_blocks() for i in range(size)]
        ours = _negations(said, [a for a, _ in pairs])
        theirs = _negations(cited, [b for _, b in pairs])
        if (ours - theirs) % 2:
            return True
    return any(
        tag == "replace"
        and len(other := _numbers(cited, k, m)) == 1
        and len(own := _numbers(said, i, j)) == 1
        and _differ(own[0], other[0])
        and own[0] not in cited.words
        and other[0] not in said.words
        for tag, i, j, k, m in matcher.get_opcodes()
    )


def _negations(words: _Words, matched: list[int]) -> int:
    """How many matched words are negated, in the clauses of which half or more is matched."""
    size = Counter(words.clauses)
    held = Counter(words.clauses[i] for i in matched)
    return sum(words.negated[i] for i in matched if 2 * held[words.clauses[i]] >= size[words.clauses[i]])


def _numbers(words: _Words, start: int, end: int) -> list[str]:
    return [word for word in words.words[start:end] if word[0].isdigit()]


def _differ(one: str, other: str) -> bool:
    """Whether numbers differ otherwise than by rounding off the end."""
    return not one.startswith(other) and not other.startswith(one)


@lru_cache(maxsize=2000)
def _words(sentence: str) -> _Words:
    text = CHINESE_NUMBER.sub(lambda match: str(value_of(match[0])), _SHORT_NOT.sub(" not", fold(sentence)))
    read = list(_read(text))
    return _Words(*(tuple(column) for column in zip(*read, strict=True))) if read else _Words((), (), ())


def _read(text: str) -> Iterator[tuple[str, int, bool]]:
    """Every content word with its clause, and whether an odd number of negations stands before it."""
    clause, negated, position = 0, False, 0
    while position < len(text):
        whole = _NO_NEGATION.match(text, position)
        if not whole and (negation := _NEGATION.match(text, position)):
            negated, position = not negated, negation.end()
        elif empty := _EMPTY.match(text, position) or (negated and _AFTER_NEGATION.match(text, position)):
            position = empty.end()
        elif token := whole or _TOKEN.match(text, position):
            position = token.end()
            if token[0] in _PAUSES:
                clause, negated = clause + 1, negated and token[0] in ":："
            else:
                yield _form(token[0]), clause, negated
                negated = False
        else:
            position += 1


def _form(token: str) -> str:
    if token[0].isdigit():
        return token.replace(",", "")
    return stem(token) if token.isascii() else token

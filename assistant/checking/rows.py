"""Whether a value is said of what the cited words say it of: a figure of the next row, or of the clause after it.

A value must stand in one clause, row or list item with the words that it is said of. It is held to be another's
where those words stand only elsewhere in what is cited, beside another value of the same kind that the sentence
leaves out. Words count by how few of the places have them (the inverse document frequency of BM25, Robertson &
Spärck Jones 1976), so that what all rows say weighs nothing. Without such a rival nothing is said: a figure
apart from its subject is common in prose ("the ferry … It costs").
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import add

from assistant.checking.pieces import clauses_of, items_of, sentences_of
from assistant.checking.values import Value, alike, held, values
from corpus.places import CHINESE_PLACE
from indexing.tokeniser import stem

# The weight, of all words near a value that the cited words have, that must stand only with the rival.
_ALIEN = 0.45
_LEVELS = 3
_EMPTY = frozenset(
    "a an and are as at be been by can could do does for from had has have in into is it its may might must no not of"
    " on or shall should so than that the their there these they this those to was were what when where which who will"
    " with would least most more less fewer".split()
)
_EMPTY_CHARACTERS = "的了着是在和与及或到要由从对将按以被把等之其该年月日项个条种类家都也并还让给于上下不为"
_EMPTY_PAIRS = frozenset(one + other for one in _EMPTY_CHARACTERS for other in _EMPTY_CHARACTERS)
# No pair with one of these is a word.
_JOINING = "的了着是在和到将被把也都并还"
_WORD = re.compile(rf"[a-z]+(?:'[a-z]+)?|(?:(?![{_JOINING}])[\u3400-\u9fff])+")


@dataclass(frozen=True, slots=True)
class Place:
    """A row, a list item, or a clause: its values, and the text around them."""

    values: tuple[Value, ...]
    text: str

    @property
    def words(self) -> frozenset[str]:
        """The words that say of what the values are; read where they are first wanted."""
        return words_of(self.text)


def swapped(sentence: str, cited: str, around: str = "") -> tuple[str, ...]:
    """The values of a sentence that what it cites says of something else, as the sentence says them. All three
    texts are folded (`tokeniser.fold`)."""
    found: dict[str, None] = {}
    general = words_of(around)
    for level in range(_LEVELS):
        for place in places_of(sentence, level):
            for value in place.values:
                if value.kind != "title" and _of_another(value, place, general, cited, level):
                    found[value.said] = None
    return tuple(found)


def _of_another(value: Value, own: Place, general: frozenset[str], cited: str, level: int) -> bool:
    known = places_of(cited, level)
    holding = [place for place in known if held(value, place.values)]
    if not holding or len(holding) == len(known):
        return False
    near, weights = own.words - general, _weights(cited, level)
    total = sum(weights.get(word, 0.0) for word in near)
    beside = max((place.words for place in holding), key=lambda words: _weight(near & words, weights))
    alien = near - beside
    if not total or _weight(alien, weights) < _ALIEN * total:
        return False
    rival = max(known, key=lambda place: _weight(near & place.words, weights) * (not held(value, place.values)))
    if held(value, rival.values) or _weight(near & rival.words, weights) <= _weight(near & beside, weights):
        return False
    return any(_instead(value, other) and not held(other, own.values) for other in rival.values)


def _instead(value: Value, other: Value) -> bool:
    """Whether one value could have been put in the place of another: a figure with another unit is its like."""
    return alike(value, other) or (value.kind == other.kind == "quantity" and value.form == other.form)


def _weight(words: Iterable[str], weights: dict[str, float]) -> float:
    return sum(weights.get(word, 0.0) for word in words)


@lru_cache(maxsize=256)
def _weights(cited: str, level: int) -> dict[str, float]:
    """How much each word of the places tells them apart."""
    known = places_of(cited, level)
    count = Counter(word for place in known for word in place.words)
    return {word: math.log(1 + (len(known) - n + 0.5) / (n + 0.5)) for word, n in count.items()}


@lru_cache(maxsize=256)
def places_of(folded: str, level: int = 0) -> tuple[Place, ...]:
    """The sentences and rows of a folded text (level 0), their clauses (1), or with lists cut up (2)."""
    return tuple(place for sentence in sentences_of(folded) for place in _places(sentence, level))


@lru_cache(maxsize=256)
def words_in(folded: str) -> frozenset[str]:
    """The content words of a folded text of several sentences, those of its values left out."""
    return frozenset(word for place in places_of(folded) for word in place.words)


def values_in(folded: str) -> tuple[Value, ...]:
    """The values in a folded text of several sentences."""
    return tuple(value for place in places_of(folded) for value in place.values)


@lru_cache(maxsize=8000)
def _places(sentence: str, level: int) -> tuple[Place, ...]:
    """A sentence as one place, its clauses, or its items."""
    each, rest = _read(sentence)
    spans = (clauses_of(sentence), items_of(sentence))[level - 1] if level else [(0, len(sentence))]
    return tuple(
        Place(tuple(value for value in each if start <= value.start < end), rest[start:end]) for start, end in spans
    )


@lru_cache(maxsize=8000)
def _read(sentence: str) -> tuple[tuple[Value, ...], str]:
    """The values of a sentence, places that it names among them, and the sentence with its figures blanked."""
    found = values(sentence)
    rest = sentence
    for value in found:
        if value.kind != "title":
            rest = rest[: value.start] + " " * (value.end - value.start) + rest[value.end :]
    named = [Value("code", m[0], m[0], start=m.start(), end=m.end()) for m in CHINESE_PLACE.finditer(sentence)]
    return tuple(sorted((*found, *named), key=lambda value: value.start)), rest


@lru_cache(maxsize=8000)
def words_of(folded: str) -> frozenset[str]:
    """The content words of a folded text: English stems and Chinese pairs."""
    found: set[str] = set()
    for run in _WORD.findall(folded):
        if run.isascii():
            if len(run) > 1 and run not in _EMPTY:
                found.add(stem(run))
        else:
            found.update(map(add, run, run[1:]))
    return frozenset(found - _EMPTY_PAIRS)

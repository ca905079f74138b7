"""The lexical leg: sparse vectors whose dot product is BM25, computed here and not in the engine.

A passage's vector holds the term-frequency part of BM25, a question's vector the inverse document
frequency, counted over just the documents that are searched. So both engines give the same scores,
and the largest score that a question can reach is known, which makes scores comparable: `ceiling`.

BM25 as in Robertson & Zaragoza, "The Probabilistic Relevance Framework" (2009), with Lucene's
non-negative idf; fields are weighted before saturation, as in BM25F.

A question also searches by its words' translations into the other language, each weighted by how sure it is: the
structured queries of Darwish & Oard 2003, "Probabilistic Structured Query Methods", as one sum. What they find is
added to the score; the largest score is that of the question's own words.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from indexing.tokeniser import Translation, question_terms, question_units, term_id, terms, word_terms

K1 = 1.2
B = 0.75
# The length, in terms of two characters or more, of a passage of ordinary size. A constant rather than
# the corpus's mean, which would change every stored weight with every document that is added.
USUAL_LENGTH = 160
# What an occurrence in a field counts, in occurrences in the text.
HEADING_WEIGHT = 0.7
TITLE_WEIGHT = 0.3
CONTEXT_WEIGHT = 1.0
# How sure a translation has to be to count as the word itself where it is asked how much of a question is said.
SURE = 0.15
# A name of more terms than this is long.
_SHORT = 3


@dataclass(frozen=True, slots=True)
class Sparse:
    """A sparse vector: term ids in ascending order and a weight for each."""

    indices: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LexicalQuestion:
    """A question's terms with their weights, and the score of a passage that says all of them often.

    `units` are what must be found for the question to be covered (see `tokeniser.question_units`), each
    with the rarity of its commonest term.
    """

    weights: Mapping[str, float]
    vector: Sparse
    ceiling: float
    units: tuple[tuple[tuple[str, ...], float], ...] = ()

    def coverage(self, *found: Set[str]) -> float:
        """The share (0 to 1) of the question, weighted by rarity, that these terms say together."""
        total = sum(weight for _, weight in self.units)
        said = sum(weight for unit, weight in self.units if not all(terms.isdisjoint(unit) for terms in found))
        return said / total if total else 0.0


def passage_vector(text: str, context: str, headings: str, title: str) -> Sparse:
    """BM25's term-frequency part for each term of a passage and of what is searched with it."""
    frequency: Counter[str] = Counter()
    for field, weight in (
        (text, 1.0),
        (context, CONTEXT_WEIGHT),
        (headings, HEADING_WEIGHT),
        (title, TITLE_WEIGHT),
    ):
        for term, times in Counter(terms(field)).items():
            frequency[term] += times * weight  # type: ignore[assignment]
    length = sum(times for term, times in frequency.items() if len(term) > 1)
    norm = K1 * (1 - B + B * length / USUAL_LENGTH)
    return _sparse({term: times * (K1 + 1) / (times + norm) for term, times in frequency.items()})


def question_vector(
    question: str, counts: Mapping[int, int], passages: int, translations: Sequence[Translation] = ()
) -> LexicalQuestion:
    """The weights of a question's terms. `counts` gives how many of the `passages` hold a term, by id;
    a term that none holds gets the highest weight and so lowers every score. The question is searched by its
    words' `translations` too, each with its share of their rarity."""

    def rarity(term: str) -> float:
        holding = counts.get(term_id(term), 0)
        return math.log(1 + (passages - holding + 0.5) / (holding + 0.5))

    weights = {term: times * rarity(term) for term, times in Counter(question_terms(question)).items()}
    searched = Counter(weights)
    for translation in translations:
        for term in translation.terms:
            searched[term] += translation.weight / len(translation.terms) * rarity(term)  # type: ignore[assignment]
    own = question_units(question)
    units = tuple((unit, min(map(rarity, unit))) for unit in _with_translations(own, translations, rarity))
    return LexicalQuestion(weights, _sparse(searched), (K1 + 1) * sum(weights.values()), units)


def _with_translations(
    units: Sequence[tuple[str, ...]], translations: Sequence[Translation], rarity: Callable[[str], float]
) -> Iterator[tuple[str, ...]]:
    """Each unit with what its words surely are in the other language, which says it as well; of a long name the rarest
    of its terms, for the others are said of much else."""
    said: dict[str, list[str]] = {}
    for translation in translations:
        if translation.weight >= SURE:
            into = translation.terms
            for term in word_terms(translation.word):
                if len(term) > 1 and into:
                    said.setdefault(term, []).extend(into if len(into) <= _SHORT else (max(into, key=rarity),))
    for unit in units:
        yield (*unit, *dict.fromkeys(other for term in unit for other in said.get(term, ())))


def _sparse(weights: Mapping[str, float]) -> Sparse:
    by_id: Counter[int] = Counter()
    for term, weight in weights.items():
        by_id[term_id(term)] += weight  # type: ignore[assignment]
    pairs = sorted(by_id.items())
    return Sparse(tuple(i for i, _ in pairs), tuple(float(v) for _, v in pairs))

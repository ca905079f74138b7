"""How well each sentence of what was found answers a question, as numbers.

A sentence says some of the question's words, itself or by what stands over it (headings, a table's columns); its words
are more or less near to the question's in meaning, in whichever language (`indexing.late`); and it has the shape of
what is asked for or has not. These are weighed by a linear model, fitted on questions with known answers: see
`docs/evaluation.md`. It knows words, not word order.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from assistant.answering.asked import Asked
from corpus.document import Block, Document, Kind
from corpus.places import names_place, places_in
from corpus.sentences import sentences
from corpus.structure import ends_sentence, numbered
from indexing.late import matched_each
from indexing.tokeniser import fold, identifiers, terms

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from indexing.embed_static import StaticEmbedder
    from indexing.lexical import LexicalQuestion
    from indexing.retrieval import Hit

    Floats = npt.NDArray[np.float32]
    Tokens = npt.NDArray[np.uint32]

# What is known of a sentence, and what each counts.
WEIGHTS = {
    "said": 4.1,  # the share of the question that it says itself
    "helped": 4.2,  # ... and that what stands above it says for it
    "near": 8.0,  # how near its words are to the question's
    "near_helped": 4.2,  # ... and those of what stands above it
    "dense": 5.4,  # the cosine of both
    "fits": 1.3,  # the share of what is asked for that it has the shape of
    "misfits": -1.3,
    "identifier": 1.5,  # it has an identifier that is asked for
    "footnote": -1.5,
    "masthead": -1.9,
    "row": -0.7,
    "question": -0.5,
    "short": -2.0,
    "loose": 1.0,  # no whole sentence, row or item
    "long": 0.3,
    "elsewhere": -4.0,  # neither it nor what stands above it names a place that is asked about; set by hand
}
# What the score of its passage counts, as a share of the best one, and the reciprocal of its rank.
PASSAGE, FIRST = 6.1, 1.3
# What a sentence loses, beside those of the same one of several documents, where it lacks the shape asked for.
MISSHAPEN = 3.0
# A list item longer than this is said by its sentences.
WHOLE_ITEM = 260


# A document and where in it a passage begins and ends.
Passage = tuple[Document, int, int]
# How many passages are kept as they were read.
_KEPT = 500


@dataclass(frozen=True, slots=True)
class Unit:
    """A span of a document that can be said by itself, and the block that it stands in."""

    document: Document
    block: Block
    start: int
    end: int
    text: str


def _units(document: Document, first: int, last: int) -> Iterator[Unit]:
    for block in document.blocks:
        if block.start >= last:
            break
        start, end = max(block.start, first), min(block.end, last)
        if start >= end or block.kind is Kind.HEADING or not block.kind.searchable:
            continue
        whole = block.kind is Kind.TABLE_ROW or (block.kind is Kind.LIST_ITEM and end - start <= WHOLE_ITEM)
        for a, b in [(start, end)] if whole else sentences(document.text, start, end):
            text = document.quote(a, b)
            if not text.startswith(("http://", "https://", "www.")):
                yield Unit(document, block, a, b, text)


@dataclass(frozen=True, slots=True)
class _Read:
    """A unit as every question sees it."""

    unit: Unit
    folded: str
    folded_above: str
    terms: frozenset[str]
    above: frozenset[str]
    tokens: Tokens
    tokens_above: Tokens
    identifiers: frozenset[str]
    shape: tuple[float, ...]


class Weigher:
    """Weighs sentences with a static model's vectors."""

    def __init__(self, embedder: StaticEmbedder) -> None:
        self._embedder = embedder
        self._known: dict[tuple[str, int, int], tuple[_Read, ...]] = {}

    def weigh(
        self, question: str, lexical: LexicalQuestion, asked: Asked, passages: Sequence[Passage]
    ) -> list[tuple[int, Unit, float]]:
        """The units of these passages in their order: the place of its passage, the unit, and how well it answers
        the question, apart from its passage's score."""
        units, features = self.features(question, lexical, asked, passages)
        return [(place, unit, score) for (place, unit), score in zip(units, weighed(features).tolist(), strict=True)]

    def features(
        self, question: str, lexical: LexicalQuestion, asked: Asked, passages: Sequence[Passage]
    ) -> tuple[list[tuple[int, Unit]], Floats]:
        """The units of these passages, each with the place of its passage, and what is known of them: shape
        (len(units), len(WEIGHTS))."""
        import numpy as np

        found = [(place, read) for place, passage in enumerate(passages) for read in self._read(passage)]
        if not found:
            return [], np.zeros((0, len(WEIGHTS)), np.float32)
        reads = [read for _, read in found]
        near, helped, dense = self._near(question, reads)
        wanted, places = identifiers(question), places_in(question)
        rows = []
        for place, read in enumerate(reads):
            said = lexical.coverage(read.terms)
            with_above = lexical.coverage(read.terms, read.above) - said
            raised = max(0.0, float(helped[place] - near[place]))
            named = bool(wanted) and not wanted.isdisjoint(read.identifiers)
            fits = asked.fits(read.unit.text, read.folded)
            whole = f"{read.folded}\n{read.folded_above}" if places else ""
            elsewhere = any(not names_place(whole, place) for place in places)
            rows.append((said, with_above, near[place], raised, dense[place], *fits, named, *read.shape, elsewhere))
        return [(place, read.unit) for place, read in found], np.array(rows, np.float32)

    def nearest(self, words: str, texts: Sequence[str]) -> float:
        """How near some words are to the words of texts that are nearest to them, in whichever language: the mean of
        the cosines, each word counting by its vector's length."""
        cosines, lengths = self._nearest(words, texts)
        return float(cosines @ lengths / max(float(lengths.sum()), 1e-9))

    def unsaid(self, words: str, texts: Sequence[str]) -> float:
        """How much the word counts that texts say least of all: the greatest of the vectors' lengths times what the
        cosine lacks of 1."""
        cosines, lengths = self._nearest(words, texts)
        return float(((1 - cosines) * lengths).max(initial=0.0))

    def _nearest(self, words: str, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """For each word its cosine with the nearest one of texts, and its vector's length: shape (words,) both."""
        import numpy as np

        asked, *said = self._embedder.tokens((words, *texts))
        wanted = self._embedder.of_each(np.unique(asked))
        lengths = np.linalg.norm(wanted, axis=1)
        if not len(wanted) or not any(map(len, said)):
            return np.zeros(len(wanted), np.float32), lengths
        found = self._embedder.of_each(np.unique(np.concatenate(said)))
        cosines = wanted @ found.T / np.maximum(np.outer(lengths, np.linalg.norm(found, axis=1)), 1e-9)
        return cosines.max(axis=1), lengths

    def _near(self, question: str, reads: Sequence[_Read]) -> tuple[Floats, Floats, Floats]:
        """How near each unit is to the question's words, the same with what stands above it, and both as a whole."""
        import numpy as np

        (asked,) = self._embedder.tokens((question,))
        joined = [asked, *(read.tokens for read in reads), *(read.tokens_above for read in reads)]
        known, place = np.unique(np.concatenate(joined), return_inverse=True)
        vectors = self._embedder.of_each(known)
        split = np.split(place, np.cumsum([len(one) for one in joined])[:-1])
        own, above = split[1 : 1 + len(reads)], split[1 + len(reads) :]
        sums = np.stack([vectors[one].sum(axis=0) for one in split[: 1 + len(reads)]])
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        means = sums / np.where(lengths, lengths, 1)
        near, helped = matched_each(split[0], (own, above), vectors)
        return near, helped, means[1:] @ means[0]

    def _read(self, passage: Passage) -> tuple[_Read, ...]:
        """A passage's units, kept for the next question that finds it."""
        document, start, end = passage
        key = (document.id, start, end)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = tuple(self._read_all(_units(document, start, end)))
            if len(self._known) > _KEPT:  # the oldest
                self._known.pop(next(iter(self._known)), None)
        return known

    def _read_all(self, units: Iterable[Unit]) -> Iterator[_Read]:
        import numpy as np

        each = list(units)
        above = {_above(unit): term_set(_above(unit)) for unit in each}  # those of a block have the same above them
        tokens = dict(zip(above, self._embedder.tokens(list(above)), strict=True))
        for unit, own in zip(each, self._embedder.tokens([unit.text for unit in each]), strict=True):
            over = _above(unit)
            yield _Read(
                unit=unit,
                folded=fold(unit.text),
                folded_above=fold(f"{unit.document.metadata.title}\n{over}"),
                terms=term_set(unit.text),
                above=above[over],
                tokens=own,
                tokens_above=np.concatenate((own, tokens[over])),
                identifiers=frozenset(identifiers(unit.text)),
                shape=_shape(unit),
            )


def term_set(text: str) -> frozenset[str]:
    """The terms of a text, each of them once in memory however many texts have it."""
    return frozenset(map(sys.intern, terms(text)))


def weighed(features: Floats) -> Floats:
    """The weight of each unit by its features: shape (len(units),)."""
    import numpy as np

    return features @ np.array(list(WEIGHTS.values()), np.float32)


def _shape(unit: Unit) -> tuple[float, ...]:
    kind, text = unit.block.kind, unit.text
    return (
        float(kind is Kind.FOOTNOTE),
        float(kind in (Kind.MASTHEAD, Kind.CREDITS)),
        float(kind is Kind.TABLE_ROW),
        float("？" in text or "?" in text),
        max(0.0, 1 - len(text) / 24),
        float(not _whole(unit)),
        min(1.0, len(text) / 400),
    )


def _above(unit: Unit) -> str:
    """What stands over a unit: headings and a table's columns, and how its block begins."""
    begins = unit.document.quote(unit.block.start, min(unit.block.end, unit.block.start + 40))
    long = unit.block.end - unit.block.start > WHOLE_ITEM
    return "\n".join((*unit.block.headings, unit.block.context, begins if long else ""))


def _whole(unit: Unit) -> bool:
    """Whether a unit is a sentence, a row or an item, and no line such as a name on a title page."""
    text = unit.text
    return len(text) > 40 or ends_sentence(text) or "|" in text or "\t" in text or numbered(text) is not None


def beside_passage(weight: float, hit: Hit, top: float) -> float:
    """What a sentence's weight comes to with its passage's score, as a share of the best one `top`, and rank."""
    return weight + PASSAGE * (hit.score / top if top else 0.0) + FIRST / hit.rank


@cache
def builtin() -> Weigher:
    """A weigher with the model that comes with the program."""
    from indexing import embed_static

    return Weigher(embed_static.builtin())

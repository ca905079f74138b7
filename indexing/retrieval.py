"""Questions to hits: both legs in one call to the engine, one score between 0 and 1 (`fusion.py`), and what was found
put in order (`rerank.py`, `arrange.py`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from corpus.document import Document, Kind
from corpus.standing import life
from indexing.arrange import LOOKED, Arranged, Place, Ranked, Read, arrange, asks_several, take_turns
from indexing.embed_static import StaticEmbedder
from indexing.explain import Explained, best_part, explanation, filters, weighed, weighed_leg
from indexing.fusion import SHIPPED, Asked, Recipe, fuse, legs
from indexing.index import Index
from indexing.lexical import LexicalQuestion, question_vector
from indexing.rerank import Reranker
from indexing.store import Match, Scope
from indexing.tokeniser import Translation, question_terms, term_id, without_asking_words

# How many passages a reranker reads where nothing else is said.
RERANK_TOP = 30
# Each leg is asked for this many times the hits wanted, so that a passage that both find is not missed.
_DEPTH, _LEAST_DEPTH = 5, 50
# Documents are asked for by name in a question where this many times the hits wanted hold them.
_NAMED = 3
# How many passages are read sentence by sentence, and what their best one counts beside the passage's own score.
_REFINED, _BEST_SENTENCE = 30, 0.08
# Spans with no more characters between them are neighbours; the most that neighbours have together in a hit.
_APART, _TOGETHER = 4, 1200
# A question that has none besides its asking words means nothing.
_LETTER = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that the search found, or neighbours joined, with its score (0 to 1) and rank (from 1).

    `text == document.text[start:end]`. `also` is where other documents say the same.
    """

    document_id: str
    title: str
    source: str
    headings: tuple[str, ...]
    page: int | None
    start: int
    end: int
    text: str
    score: float
    rank: int
    also: tuple[Place, ...] = ()

    def overlaps(self, other: Hit) -> bool:
        return self.document_id == other.document_id and self.start < other.end and other.start < self.end

    def holds(self, document_id: str, start: int, end: int) -> bool:
        """Whether a span of a document lies in it, or in a place that says the same."""
        places: tuple[Hit | Place, ...] = (self, *self.also)
        return any(p.document_id == document_id and p.start <= start and end <= p.end for p in places)


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found, and the question's terms with their weights, by which it was found.

    `by_fusion` are the hits as fusion alone has them, each passage by itself and no reranker asked: what is judged
    by scores is judged by these, which mean the same with every reranker. `explained` is there where asked for.
    """

    hits: tuple[Hit, ...]
    question: LexicalQuestion
    passages: int
    by_fusion: tuple[Hit, ...] = ()
    explained: Explained | None = None


def hit_at(like: Hit, document: Document, start: int, end: int) -> Hit:
    """A hit with another's score and rank at a place of a document."""
    return replace(
        like,
        document_id=document.id,
        title=document.metadata.title,
        source=document.source,
        headings=headings_at(document, start, end),
        page=document.page_at(start),
        start=start,
        end=end,
        text=document.quote(start, end),
        also=(),
    )


def neighbours(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of a document in their order: those that overlap in one piece, and those that follow each other, up to the
    size of a hit."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        first, last = joined[-1] if joined else (0, -_TOGETHER)
        if start < last or (start - last <= _APART and end - first <= _TOGETHER):
            joined[-1] = (first, max(last, end))
        else:
            joined.append((start, end))
    return joined


# The weight of the best sentence of each passage for a question (see `assistant.answering.weighing`).
Refine = Callable[[str, LexicalQuestion, Sequence[tuple[Document, int, int]]], Sequence[float]]


class Retriever:
    """Finds passages of current documents. A `reranker` gives the best `rerank_top` of them their order; where there
    is none, `refine` says what their best sentences are worth, and they are ordered by that as well."""

    def __init__(
        self,
        index: Index,
        *,
        recipe: Recipe = SHIPPED,
        reranker: Reranker | None = None,
        rerank_top: int = RERANK_TOP,
        refine: Refine | None = None,
    ) -> None:
        self._index = index
        self._recipe = recipe
        self._reranker = reranker
        self._rerank_top = rerank_top
        self._refine = refine

    def search(
        self,
        question: str,
        k: int,
        scope: Scope,
        origins: Sequence[str],
        *,
        explain: bool = False,
        also: Sequence[Translation] = (),
    ) -> Search:
        """The `k` best hits within a scope. `origins` are those whose documents are searched, `also` what words of the
        question are called as well. Raises `Unavailable` where a reranker behind an endpoint does not answer."""
        recipe = self._recipe
        limit = max(_DEPTH * k, _LEAST_DEPTH, self._rerank_top if self._reranker else 0)
        with self._index.reading() as generation:  # the store and the embedder that belong together
            about = without_asking_words(question)
            embedder = generation.embedder if _LETTER.search(about) else None
            static = embedder if isinstance(embedder, StaticEmbedder) else None
            translated = static.translations(about) if static and recipe.translate else ()
            lexical, passages = self._lexical(question, (*translated, *also), origins)
            dense = embedder.embed_question(question).tolist() if embedder and recipe.dense else None
            found = generation.store.search(lexical.vector if recipe.lexical else None, dense, scope, limit)
        asked = legs(question, *found, lexical.ceiling, static, recipe)
        scored = fuse(asked, recipe.fusion)
        # A version that is being written or replaced this moment is in the store, and is no answer.
        current = self._index.catalogue.current_among(match.document_id for match, _ in scored)
        fused = [Ranked(match, score, score) for match, score in scored if match.document_id in current]
        read: Read = cache(self._index.catalogue.document)  # each document once a search
        self._index.catalogue.documents(one.match.document_id for one in fused[: LOOKED * k])  # in one query
        ranked = self._reranked(question, fused, k, read)
        if self._reranker is None and self._refine is not None and fused:
            ranked = self._refined(question, lexical, fused, max(k, _REFINED), read)
        turns = recipe.turns and asks_several(question, _documents(ranked[: _NAMED * k], read))
        arranged = arrange(
            take_turns(ranked) if turns else ranked,
            k,
            read,
            lambda document_id: life(
                read(document_id).metadata, self._index.catalogue.standing(document_id)
            ).in_force(),
            collapse=recipe.collapse,
            join=recipe.join,
        )
        alone = (Arranged((one,), one.score, one.fused) for one in fused[:k])
        search = Search(_hits(arranged, read), lexical, passages, by_fusion=_hits(alone, read))
        if not explain:
            return search
        return replace(search, explained=self._explained(search, arranged, asked, scope, read, turns=turns))

    def _lexical(
        self, question: str, translations: Sequence[Translation], origins: Sequence[str]
    ) -> tuple[LexicalQuestion, int]:
        """The question as the lexical leg asks it, and how many passages there are."""
        ids = {term_id(term) for term in question_terms(question)}
        ids.update(term_id(term) for translation in translations for term in translation.terms)
        counts, passages = self._index.statistics.counts(ids, origins)
        return question_vector(question, counts, passages, translations), passages

    def _reranked(self, question: str, fused: Sequence[Ranked], k: int, read: Read) -> Sequence[Ranked]:
        """The best of these in the reranker's order; all as they are where there is none."""
        best = fused[: max(self._rerank_top, k)]
        if self._reranker is None or not best:
            return fused
        scores = self._reranker.scores(question, [_searched(one.match, read) for one in best])
        ranked = [replace(one, score=score) for one, score in zip(best, scores, strict=True)]
        return sorted(ranked, key=lambda one: -one.score)

    def _refined(
        self, question: str, lexical: LexicalQuestion, fused: Sequence[Ranked], first: int, read: Read
    ) -> list[Ranked]:
        """The first of these by their own score, as a share of the best one, and by what their best sentence is
        worth. The best score stays as it is, so that scores mean what they mean without this."""
        assert self._refine is not None
        passages = [(read(one.match.document_id), one.match.start, one.match.end) for one in fused[:first]]
        worth = self._refine(question, lexical, passages)
        top = fused[0].score or 1.0
        both = [one.score / top + _BEST_SENTENCE * max(0.0, w) for one, w in zip(fused, worth, strict=False)]
        scale = top / max(both)
        refined = [replace(one, score=scale * score) for one, score in zip(fused, both, strict=False)]
        rest = (replace(one, score=scale * one.score / top) for one in fused[first:])
        return [*sorted(refined, key=lambda one: -one.score), *rest]

    def _explained(
        self,
        found: Search,
        arranged: Sequence[Arranged],
        legs: Sequence[Asked],
        scope: Scope,
        read: Read,
        *,
        turns: bool,
    ) -> Explained:
        return Explained(
            legs=tuple(weighed_leg(leg) for leg in legs),
            terms=weighed(found.question.weights),
            filters=filters(scope),
            passages=found.passages,
            turns=turns,
            reranker=self._reranker.name if self._reranker else None,
            hits=tuple(
                explanation(
                    each,
                    rank,
                    legs,
                    found.question,
                    _searched(best_part(each).match, read),
                    reranked=self._reranker is not None,
                )
                for rank, each in enumerate(arranged, 1)
            ),
        )


def _searched(match: Match, read: Read) -> str:
    """All that a passage is searched by: its document's title, its headings, its text and its table's columns."""
    document = read(match.document_id)
    columns = (b.context for b in document.blocks if b.context and b.start < match.end and b.end > match.start)
    text = document.quote(match.start, match.end)
    above = (document.metadata.title, *headings_at(document, match.start, match.end))
    return "\n".join((" › ".join(dict.fromkeys(above)), *columns, text))


def _documents(ranked: Sequence[Ranked], read: Read) -> list[Document]:
    return [read(document_id) for document_id in dict.fromkeys(one.match.document_id for one in ranked)]


def _hits(arranged: Iterable[Arranged], read: Read) -> tuple[Hit, ...]:
    return tuple(_hit(each, rank, read) for rank, each in enumerate(arranged, 1))


def _hit(arranged: Arranged, rank: int, read: Read) -> Hit:
    document = read(arranged.parts[0].match.document_id)
    best = best_part(arranged).match
    return Hit(
        document_id=document.id,
        title=document.metadata.title,
        source=document.source,
        headings=headings_at(document, best.start, best.end),
        page=document.page_at(arranged.start),
        start=arranged.start,
        end=arranged.end,
        text=document.quote(arranged.start, arranged.end),
        score=round(arranged.score, 4),
        rank=rank,
        also=tuple(_place(same.match, read) for same in arranged.same),
    )


def _place(match: Match, read: Read) -> Place:
    document = read(match.document_id)
    return Place(document.id, document.metadata.title, document.source, match.start, match.end)


def headings_at(document: Document, start: int, end: int) -> tuple[str, ...]:
    """The heading path of a span: that of its last block that is no heading, or of the heading."""
    within = [b for b in document.blocks if b.start < end and b.end > start]
    body = [b for b in within if b.kind is not Kind.HEADING]
    if body:
        return body[0].headings
    return (*within[-1].headings, document.quote(within[-1].start, within[-1].end)) if within else ()

"""Questions to hits: both legs in one call to the engine, and one score between 0 and 1.

The lexical score is divided by the most that the question could reach, and a question in the other
language so gets a small share of it by itself; the dense score is a cosine. They are added with fixed
weights. Rank fusion (RRF) with equal weights was measured to lower nDCG on every same-language set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.document import Document, Kind
from indexing.index import Index
from indexing.lexical import LexicalQuestion, question_vector
from indexing.store import Match, Scope
from indexing.tokeniser import question_terms, term_id

LEXICAL_SHARE = 0.6
# Each leg is asked for this many times the hits wanted, so that a passage that both find is not missed.
_DEPTH = 5


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that the search found, with its score (0 to 1) and rank (from 1).

    `text == document.text[start:end]`.
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


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found, and the question's terms with their weights, by which it was found."""

    hits: tuple[Hit, ...]
    question: LexicalQuestion
    passages: int


class Retriever:
    """Finds passages of current documents."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def search(self, question: str, k: int, scope: Scope, origins: Sequence[str]) -> Search:
        """The `k` best hits within a scope. `origins` are those whose documents are searched."""
        counts, passages = self._index.statistics.counts({term_id(t) for t in question_terms(question)}, origins)
        lexical = question_vector(question, counts, passages)
        embedder = self._index.embedder
        dense = embedder.embed_question(question).tolist() if embedder and question.strip() else None
        legs = self._index.store.search(lexical.vector, dense, scope, _DEPTH * k)
        scored = _fuse(*legs, lexical.ceiling, dense is not None)
        # A version that is being written or replaced this moment is in the store, and is no answer.
        current = self._index.catalogue.current_among(match.document_id for match, _ in scored)
        kept = [(match, score) for match, score in scored if match.document_id in current][:k]
        hits = tuple(self._hit(match, score, rank) for rank, (match, score) in enumerate(kept, 1))
        return Search(hits, lexical, passages)

    def _hit(self, match: Match, score: float, rank: int) -> Hit:
        document = self._index.catalogue.document(match.document_id)
        return Hit(
            document_id=document.id,
            title=document.metadata.title,
            source=document.source,
            headings=headings_at(document, match.start, match.end),
            page=document.page_at(match.start),
            start=match.start,
            end=match.end,
            text=document.quote(match.start, match.end),
            score=round(score, 4),
            rank=rank,
        )


def headings_at(document: Document, start: int, end: int) -> tuple[str, ...]:
    """The heading path of a span: that of its last block that is no heading, or of the heading."""
    within = [b for b in document.blocks if b.start < end and b.end > start]
    body = [b for b in within if b.kind is not Kind.HEADING]
    if body:
        return body[0].headings
    return (*within[-1].headings, document.quote(within[-1].start, within[-1].end)) if within else ()


def _fuse(lexical: Sequence[Match], dense: Sequence[Match], ceiling: float, hybrid: bool) -> list[tuple[Match, float]]:
    share = LEXICAL_SHARE if hybrid else 1.0
    matches: dict[tuple[str, int], Match] = {}
    scores: dict[tuple[str, int], float] = {}
    for leg, weight in ((lexical, share / ceiling if ceiling else 0.0), (dense, 1 - share)):
        for match in leg:
            place = (match.document_id, match.number)
            matches[place] = match
            scores[place] = scores.get(place, 0.0) + weight * max(0.0, match.score)
    order = sorted(scores, key=lambda place: (-scores[place], place))
    return [(matches[place], scores[place]) for place in order]

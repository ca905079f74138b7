"""Why each hit of a search is where it is, for a person who sets the search up. It explains and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indexing.arrange import Arranged, Ranked
from indexing.fusion import Asked
from indexing.lexical import LexicalQuestion
from indexing.store import Match, Scope
from indexing.tokeniser import terms


@dataclass(frozen=True, slots=True)
class Leg:
    """What one leg of the search says of a passage: its rank there (from 1), the leg's own score (BM25, cosine),
    and the share of the fused score that comes from it."""

    name: str
    rank: int
    score: float
    share: float


@dataclass(frozen=True, slots=True)
class Weighed:
    """A leg as it was asked: what its scores are multiplied by, and how many passages it found."""

    name: str
    weight: float
    found: int


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the question and its weight: its rarity in the documents that are searched."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Part:
    """A passage that a hit was joined of."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a hit is where it is. `fused` is the sum of its legs' shares, `reranked` the reranker's score where
    there is one; `legs` and `terms` (the heaviest first) are those of its best passage, `joined` the passages that
    it was joined of, none where it is one, and `collapsed` how many others say the same."""

    rank: int
    fused: float
    reranked: float | None
    legs: tuple[Leg, ...]
    terms: tuple[Term, ...]
    joined: tuple[Part, ...]
    collapsed: int


@dataclass(frozen=True, slots=True)
class Explained:
    """How a search went: the legs, the question's terms, what bounded it, how many passages it looked through,
    whether documents took turns, and why each hit is where it is."""

    legs: tuple[Weighed, ...]
    terms: tuple[Term, ...]
    filters: Mapping[str, tuple[str, ...]]
    passages: int
    turns: bool
    reranker: str | None
    hits: tuple[Explanation, ...]


def weighed_leg(leg: Asked) -> Weighed:
    """A leg as it was asked."""
    return Weighed(leg.name, round(leg.weight, 6), len(leg.matches))


def leg_of(leg: Asked, match: Match) -> Leg | None:
    """What a leg says of a passage; None where it did not find it."""
    for rank, found in enumerate(leg.matches, 1):
        if (found.document_id, found.number) == (match.document_id, match.number):
            return Leg(leg.name, rank, round(found.score, 4), round(leg.weight * max(0.0, found.score), 4))
    return None


def explanation(
    arranged: Arranged, rank: int, legs: Sequence[Asked], question: LexicalQuestion, searched: str, *, reranked: bool
) -> Explanation:
    """Why one hit is where it is; `searched` is all the text that its best passage is searched by."""
    best = best_part(arranged)
    found = set(terms(searched))
    said = (leg_of(leg, best.match) for leg in legs)
    parts = tuple(Part(p.match.start, p.match.end, round(p.score, 4)) for p in arranged.parts)
    return Explanation(
        rank=rank,
        fused=round(best.fused, 4),
        reranked=round(best.score, 4) if reranked else None,
        legs=tuple(leg for leg in said if leg is not None),
        terms=weighed({term: weight for term, weight in question.weights.items() if term in found}),
        joined=parts if len(parts) > 1 else (),
        collapsed=len(arranged.same),
    )


def best_part(arranged: Arranged) -> Ranked:
    return max(arranged.parts, key=lambda part: part.score)


def weighed(weights: Mapping[str, float]) -> tuple[Term, ...]:
    """Terms with their weights, the heaviest first."""
    ordered = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Term(text, round(weight, 4)) for text, weight in ordered)


def filters(scope: Scope) -> dict[str, tuple[str, ...]]:
    """What bounded a search, by field."""
    bounds = dict(scope.allowed)
    return bounds if scope.as_of is None else {**bounds, "as_of": (str(scope.as_of),)}

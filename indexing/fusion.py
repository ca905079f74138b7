"""The legs of a search, and how their scores become one between 0 and 1.

- *lexical*: BM25 divided by the most that the question could reach, so that a question in the other language gets a
  small share of it by itself.
- *dense*: the cosine of the question's vector and the passage's.
- *late*: each word of the question with the nearest of the passage (`late.py`), where a static model made the vectors.

They are added with fixed weights. Rank fusion (RRF) with equal weights was measured to lower nDCG on every
same-language set. What `make bench-retrieval` says of this and of each part is in `docs/retrieval.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from indexing.embed_static import StaticEmbedder
from indexing.late import matched
from indexing.store import DENSE, LEXICAL, Match

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

LATE = "late"
# What is added to a rank in rank fusion (Cormack et al. 2009, "Reciprocal Rank Fusion").
_RRF = 60


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a search is made. The defaults are what the product does; others are for measuring: see
    `eval.public.systems`.

    `lexical`, `dense` and `late` say which legs are asked, `translate` whether the question's words are searched in
    the other language too. `fusion` is how scores become one: their sum, the greatest of them, or the sum of
    reciprocal ranks. `shares` (lexical, dense, late) weight them where a static model is the embedder, `share`
    and the rest of 1 where there is no late leg.
    `collapse`, `join` and `turns` are what `arrange.py` does: the same words once, neighbours in one piece,
    documents in turn where several are asked about. With `sentences` passages are ordered by their best sentence, too,
    and with `names` a document that is named is searched by itself; both are made in `assistant.answering.finding`.
    """

    lexical: bool = True
    dense: bool = True
    late: bool = True
    translate: bool = True
    fusion: Literal["sum", "max", "rrf"] = "sum"
    shares: tuple[float, float, float] = (0.5, 0.2, 0.3)
    share: float = 0.6
    collapse: bool = True
    join: bool = True
    turns: bool = True
    sentences: bool = True
    names: bool = True


SHIPPED = Recipe()


@dataclass(frozen=True, slots=True)
class Asked:
    """A leg with its matches, best first, and the weight that their scores are fused with."""

    name: str
    matches: Sequence[Match]
    weight: float


def legs(
    question: str,
    lexical: Sequence[Match],
    dense: Sequence[Match],
    ceiling: float,
    embedder: StaticEmbedder | None,
    recipe: Recipe,
) -> tuple[Asked, ...]:
    """The legs of a search with their weights; `ceiling` is the most that the lexical leg could give. With a static
    embedder every passage that either leg found has a dense score, and a late one."""
    weights = {LEXICAL: recipe.share, DENSE: 1 - recipe.share}
    found = {LEXICAL: lexical, DENSE: dense}
    if embedder is not None and recipe.late:
        found = {**found, **_by_tokens(question, (*lexical, *dense), embedder)}
        weights = dict(zip((LEXICAL, DENSE, LATE), recipe.shares, strict=True))
    wanted = {LEXICAL: recipe.lexical, DENSE: recipe.dense, LATE: recipe.late}
    asked = [name for name in found if wanted[name] and (found[name] or name == LEXICAL)]
    total = sum(weights[name] for name in asked)
    scale = {LEXICAL: 1 / ceiling if ceiling else 0.0}
    return tuple(Asked(name, found[name], weights[name] / total * scale.get(name, 1.0)) for name in asked)


def fuse(asked: Iterable[Asked], how: Literal["sum", "max", "rrf"]) -> list[tuple[Match, float]]:
    """Every passage that a leg found, with its score, best first."""
    asked = tuple(asked)
    matches: dict[tuple[str, int], Match] = {}
    scores: dict[tuple[str, int], float] = {}
    for leg in asked:
        for rank, match in enumerate(leg.matches, 1):
            place = (match.document_id, match.number)
            matches[place] = match
            before, score = scores.get(place, 0.0), leg.weight * max(0.0, match.score)
            if how == "rrf":  # at most 1: that of a passage that all legs find first
                scores[place] = before + (_RRF + 1) / (_RRF + rank) / len(asked)
            else:
                scores[place] = max(before, score) if how == "max" else before + score
    order = sorted(scores, key=lambda place: (-scores[place], place))
    return [(matches[place], scores[place]) for place in order]


def _by_tokens(question: str, found: Iterable[Match], embedder: StaticEmbedder) -> dict[str, list[Match]]:
    """The dense and the late leg over all passages that were found, from the tokens that the store keeps of them."""
    import numpy as np

    passages = list({(match.document_id, match.number): match for match in found if match.tokens}.values())
    asked = embedder.question_tokens(question)
    if not passages or not len(asked):
        return {DENSE: [], LATE: []}
    tokens = [embedder.unpacked(match.tokens) for match in passages]
    known, place = np.unique(np.concatenate((asked, *tokens)), return_inverse=True)
    vectors = embedder.of_each(known)
    texts = np.split(place, np.cumsum([len(asked), *map(len, tokens)])[:-1])
    totals = np.stack([vectors[text].sum(axis=0) for text in texts])
    lengths = np.linalg.norm(totals, axis=1, keepdims=True)
    means = totals / np.where(lengths, lengths, 1)
    late = matched(texts[0], texts[1:], vectors)
    return {DENSE: _ordered(passages, means[1:] @ means[0]), LATE: _ordered(passages, late)}


def _ordered(passages: Sequence[Match], scores: npt.NDArray[np.float32]) -> list[Match]:
    scored = (replace(match, score=score) for match, score in zip(passages, scores.tolist(), strict=True))
    return sorted(scored, key=lambda match: (-match.score, match.document_id, match.number))

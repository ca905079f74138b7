"""Late interaction over static token vectors: each word of a question with the word of a passage that is nearest to it,
in whichever language. A passage of many subjects is found by the one that is asked about, which its mean vector hides.

The scoring is ColBERT's (Khattab & Zaharia 2020, "ColBERT: Efficient and Effective Passage Search via Contextualized
Late Interaction over BERT"), on vectors that need no transformer: a question's token counts by the length of its
vector, which training made small for what every text says, and by how few of the passages at hand have its like.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Places = npt.NDArray[np.intp]
    Floats = npt.NDArray[np.float32]


def matched(question: Places, passages: Sequence[Places], vectors: Floats) -> Floats:
    """How well passages match a question, 0 to 1: shape (len(passages),).

    `vectors` are those of all tokens of the question and the passages, which name them by their places there:
    shape (tokens, dimension).
    """
    return matched_each(question, (passages,), vectors)[0]


def matched_each(question: Places, several: Sequence[Sequence[Places]], vectors: Floats) -> list[Floats]:
    """The same for several lots of passages, each by itself."""
    import numpy as np

    asked = np.unique(question)
    if not len(asked):
        return [np.zeros(len(passages), np.float32) for passages in several]
    lengths = np.linalg.norm(vectors, axis=1)
    safe = np.where(lengths, lengths, 1)
    # A row for each token, so that a passage's are read in one piece, and one of zeros, which ends each passage.
    cosines = np.zeros((len(vectors) + 1, len(asked)), np.float32)
    cosines[:-1] = vectors @ (vectors[asked] / safe[asked, None]).T / safe[:, None]
    return [_matched(cosines, lengths[asked], passages) for passages in several]


def _matched(cosines: Floats, lengths: Floats, passages: Sequence[Places]) -> Floats:
    import numpy as np

    if not passages:
        return np.zeros(0, np.float32)
    nothing = len(cosines) - 1
    ended = np.concatenate([np.append(passage, nothing) for passage in passages])
    starts = np.cumsum([0, *(len(passage) + 1 for passage in passages[:-1])])
    # A token that nothing is near to is not matched at all; the square tells near from nearly.
    best = np.maximum.reduceat(cosines[ended], starts, axis=0) ** 2
    weights = lengths * _rarity(best)
    total = float(weights.sum())
    scores: Floats = (best @ weights / total if total else np.zeros(len(passages))).astype(np.float32)
    return scores


def _rarity(best: Floats) -> Floats:
    """BM25's inverse document frequency of each question token among the passages at hand, where a passage holds
    a token to the degree that it has its like."""
    import numpy as np

    holding = (best**2).sum(axis=0)
    rarity: Floats = np.log(1 + (len(best) - holding + 0.5) / (holding + 0.5))
    return rarity

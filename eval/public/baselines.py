"""BM25 as the literature runs it, to compare with: nothing of the product's own search is in it.

Terms are those of Lucene's CJKAnalyzer (pairs of neighbouring Chinese characters, a lone one by itself; letters in
lower case, full width folded) with Porter's stems for English words, as Anserini has them. Traditional and simplified
characters stay apart. The formula is Lucene's with exact lengths (Kamphuis et al. 2020, "Which BM25 Do You Mean?",
ECIR). The two pairs of parameters that are used: k1 = 0.9, b = 0.4 (Anserini's) and k1 = 1.2, b = 0.75 (Lucene's).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import snowballstemmer

_CHINESE = "一-鿿㐀-䶿\U00020000-\U0002fa1f々〇"
_RUN = re.compile(rf"([{_CHINESE}]+)|[^\W_{_CHINESE}]+")


class Bm25:
    """An index over texts, in memory."""

    def __init__(self, texts: Sequence[str], k1: float, b: float) -> None:
        from scipy.sparse import csc_matrix

        counted = [Counter(terms(text)) for text in texts]
        self._columns = {term: at for at, term in enumerate(dict.fromkeys(t for its in counted for t in its))}
        lengths = np.array([sum(its.values()) for its in counted], dtype=np.float64)
        norms = k1 * (1 - b + b * lengths / max(lengths.mean(), 1e-9)) if len(texts) else lengths
        holding = Counter(term for its in counted for term in its)
        rarity = {t: np.log(1 + (len(texts) - n + 0.5) / (n + 0.5)) for t, n in holding.items()}
        cells = [
            (rarity[term] * times / (times + norms[row]), row, self._columns[term])
            for row, its in enumerate(counted)
            for term, times in its.items()
        ]
        values, rows, columns = zip(*cells, strict=True) if cells else ((), (), ())
        self._matrix = csc_matrix((values, (rows, columns)), shape=(len(texts), len(self._columns)))

    def rank(self, question: str, k: int) -> list[int]:
        """The places of the best `k` texts that hold any term of the question, best first."""
        scores = self.scores(question)
        return [int(place) for place in np.argsort(-scores, kind="stable")[:k] if scores[place] > 0]

    def scores(self, question: str) -> NDArray[np.float64]:
        """Every text's score, in their order."""
        asked = Counter(self._columns[term] for term in terms(question) if term in self._columns)
        weights = np.array(list(asked.values()), dtype=np.float64)
        found: NDArray[np.float64] = (
            self._matrix[:, list(asked)] @ weights if asked else np.zeros(self._matrix.shape[0])
        )
        return found


def terms(text: str) -> Iterator[str]:
    """The terms of a text, in order."""
    for found in _RUN.finditer(unicodedata.normalize("NFKC", text).lower()):
        run = found[0]
        if not found[1]:
            yield _stem(run)
        elif len(run) == 1:
            yield run
        else:
            yield from (run[at : at + 2] for at in range(len(run) - 1))


def windows(text: str, size: int) -> list[str]:
    """A text cut every `size` characters, as simple programs do."""
    return [text[at : at + size] for at in range(0, len(text), size)]


@cache
def _stemmer() -> snowballstemmer.stemmer:
    import snowballstemmer

    return snowballstemmer.stemmer("porter")


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    stemmed: str = _stemmer().stemWord(word)
    return stemmed

"""A bilingual dictionary of tokens, read off the translations: IBM Model 1 (Brown et al. 1993, "The Mathematics of
Statistical Machine Translation") in both directions, over the tokens that each sentence has, whatever their order.

An entry's weight is the geometric mean of both directions' probabilities, so that a word that goes with everything
("the", 的) translates nothing.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.tokens import Side, read_tokens

# The most pairs of a source that are read, and the most tokens of a sentence.
PAIRS, LONGEST = 150_000, 50
ROUNDS = 6
# Each token's translations that are kept, how likely one has to be, and how often it has to be seen.
KEPT, LEAST, SEEN = 4, 0.1, 2.0
_NOT_TRANSLATIONS = ("questions", "headings", "cloze")
_HAN, _LATIN = re.compile("[一-鿿]+"), re.compile("[a-z]{2,}")
Floats = npt.NDArray[np.float32]


def make_dictionary(work: Path) -> None:
    """Writes `dictionary.npz`: `tokens`, shape (vocabulary, KEPT), each token's translations, best first, 0 for
    none; `weights`, the same shape, 0 to 1."""
    from tokenizers import Tokenizer

    words = {i: w for w, i in Tokenizer.from_file(str(work / "tokenizer.json")).get_vocab().items()}
    zh, en, weight = _translations(work, len(words))
    fit = [bool(_HAN.fullmatch(words[z]) and _LATIN.fullmatch(words[e])) for z, e in zip(zh, en, strict=True)]
    zh, en, weight = zh[fit], en[fit], weight[fit]
    tokens = np.zeros((len(words), KEPT), np.uint16)
    weights = np.zeros((len(words), KEPT), np.float32)
    for here, there in ((zh, en), (en, zh)):
        order = np.lexsort((there, -weight, here))
        first = np.r_[True, here[order][1:] != here[order][:-1]]
        place = np.arange(len(order))
        rank = place - np.maximum.accumulate(np.where(first, place, 0))
        kept = order[rank < KEPT]
        tokens[here[kept], rank[rank < KEPT]] = there[kept]
        weights[here[kept], rank[rank < KEPT]] = weight[kept]
    np.savez(work / "dictionary.npz", tokens=tokens, weights=weights)


def _translations(work: Path, vocabulary: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], Floats]:
    sources = [both for name, both in read_tokens(work).items() if not name.startswith(_NOT_TRANSLATIONS)]
    shape, zh, en = _cells(sources)
    together, cell = np.unique(zh.astype(np.int64) * vocabulary + en, return_inverse=True)
    cell = cell.astype(np.int32)
    pair_zh, pair_en = (together // vocabulary).astype(np.int32), (together % vocabulary).astype(np.int32)
    by_zh, by_en = _groups(shape)
    to_zh, counts = _model1(cell, by_zh, pair_en, vocabulary)
    to_en, _ = _model1(cell, by_en, pair_zh, vocabulary)
    weight = np.sqrt(to_zh * to_en)
    sure = (weight > LEAST) & (counts > SEEN)
    return pair_zh[sure], pair_en[sure], weight[sure]


def _cells(
    sources: list[tuple[Side, Side]],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Every token of a sentence with every one of its translation: the sentences' shapes, and both tokens."""
    draw = np.random.default_rng(0)
    shapes, left, right = [], [], []
    for zh, en in sources:
        chosen = np.arange(len(zh)) if len(zh) <= PAIRS else draw.choice(len(zh), PAIRS, replace=False)
        for a, b in zip(zh.take(chosen, LONGEST + 1), en.take(chosen, LONGEST + 1), strict=True):
            if 0 < len(a) <= LONGEST and 0 < len(b) <= LONGEST:
                rows, columns = np.unique(a), np.unique(b)
                left.append(np.repeat(rows, len(columns)))
                right.append(np.tile(columns, len(rows)))
                shapes.append((len(rows), len(columns)))
    return np.array(shapes, np.int64), np.concatenate(left), np.concatenate(right)


def _groups(shape: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """For each cell the number of its sentence's row (one Chinese token), and of its column (one English token)."""
    height, width = shape.T
    sizes = height * width
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    wide = np.repeat(width, sizes)
    row = np.repeat(np.cumsum(height) - height, sizes) + within // wide
    column = np.repeat(np.cumsum(width) - width, sizes) + within % wide
    return row.astype(np.int32), column.astype(np.int32)


def _model1(
    cell: npt.NDArray[np.int32], group: npt.NDArray[np.int32], given: npt.NDArray[np.int32], vocabulary: int
) -> tuple[Floats, Floats]:
    """The probability of each pair of tokens given one of them, and how often the pair is expected to be a
    translation. A cell competes with those of its `group`: one token, and all that it may translate."""
    probability = np.full(len(given), 0.01, np.float32)
    counts = probability
    for _ in range(ROUNDS):
        share = probability[cell]
        share /= np.bincount(group, share).astype(np.float32)[group]
        counts = np.bincount(cell, share, len(given)).astype(np.float32)
        probability = (counts / np.bincount(given, counts, vocabulary)[given]).astype(np.float32)
    return probability, counts

"""Cuts short texts into the pieces of a unigram vocabulary, as the tokenizers library does, and is ready at once.

The library takes longer to build its trie of 60,000 pieces than all else of a small model takes to load; it cuts many
texts faster, and is asked for those (`embed_static.py`). The method: Kudo 2018, "Subword Regularization: Improving
Neural Network Translation Models with Multiple Subword Candidates": of all ways to cut a word, the likeliest (Viterbi).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

UNKNOWN = 0
# What a character that is no piece costs below the rarest piece, in the library (its K_UNK_PENALTY).
_PENALTY = 10.0
# Blanks are those of Unicode, which does not count these four controls among them as Python does.
_WORD = re.compile(r"[\S\x1c-\x1f]+")
# Longer pieces are looked for only where one begins with these characters.
_BEGINNING = 3
# Words that are kept with their tokens: questions repeat them.
_KEPT = 10_000


class Unigram:
    """A vocabulary: a piece's place is its token, and its score the logarithm of how likely it is. The first piece
    stands for what is unknown. `beginnings` are `beginnings_of` the pieces."""

    def __init__(self, pieces: Sequence[str], scores: Sequence[float], beginnings: Iterable[str]) -> None:
        self.pieces = pieces
        self._scores = scores
        self._tokens = dict(zip(pieces, range(len(scores)), strict=True))
        self._beginnings = frozenset(beginnings)
        self._longest = max(map(len, pieces))
        self._unknown = min(scores) - _PENALTY
        self._cut = lru_cache(_KEPT)(self._cut_anew)

    def tokens(self, text: str, most: int) -> list[int]:
        """The first `most` tokens of a text; what is unknown in a row is one."""
        found: list[int] = []
        for word in _WORD.findall(text):
            found += self._cut(word)
            if len(found) >= most:
                break
        return found[:most]

    def _cut_anew(self, word: str) -> list[int]:
        # The score of the best way to each place, and the piece that it comes by with the place where that begins.
        best: list[float | None] = [0.0, *[None] * len(word)]
        by = [(0, UNKNOWN)] * (len(word) + 1)
        for start in range(len(word)):
            here = best[start]
            assert here is not None  # each character is a piece or unknown
            for end in range(start + 1, min(len(word), start + self._longest) + 1):
                piece = word[start:end]
                token = self._tokens.get(piece)
                if token is not None:
                    score = here + self._scores[token]
                elif end == start + 1:
                    token, score = UNKNOWN, here + self._unknown
                elif end - start == _BEGINNING and piece not in self._beginnings:
                    break
                else:
                    continue
                before = best[end]
                if before is None or score > before:
                    best[end], by[end] = score, (start, token)
        return _back(by)


def _back(by: Sequence[tuple[int, int]]) -> list[int]:
    """The tokens on the way that ends last."""
    found: list[int] = []
    place = len(by) - 1
    while place:
        place, token = by[place]
        if token != UNKNOWN or not found or found[-1] != UNKNOWN:
            found.append(token)
    return found[::-1]


def beginnings_of(pieces: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(piece[:_BEGINNING] for piece in pieces if len(piece) >= _BEGINNING))


def write_unigram(tokeniser: Path, path: Path) -> None:
    """Writes the vocabulary of a tokenizers file in the form that `read_unigram` reads: pieces without blanks, and
    scores in thousandths. Raises `ValueError` where it has others."""
    model = json.loads(tokeniser.read_bytes())["model"]
    pieces = [piece for piece, _ in model["vocab"]]
    thousandths = [round(score * 1000) for _, score in model["vocab"]]
    exact = all(whole / 1000 == score for whole, (_, score) in zip(thousandths, model["vocab"], strict=True))
    if model["unk_id"] != UNKNOWN or not exact or any(_WORD.findall(piece) != [piece] for piece in pieces):
        raise ValueError(f"{tokeniser} can't be written as pieces with their thousandths")
    # Working the beginnings out takes longer than reading them.
    said = {
        "pieces": "\n".join(pieces),
        "beginnings": "\n".join(beginnings_of(pieces)),
        "thousandths": thousandths,
    }
    path.write_text(json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


def read_unigram(path: Path) -> Unigram:
    """The vocabulary in a file of `write_unigram`. Raises `OSError`, and `ValueError` where it is damaged."""
    said = json.loads(path.read_bytes())
    try:
        scores = [whole / 1000 for whole in said["thousandths"]]
        return Unigram(said["pieces"].split("\n"), scores, said["beginnings"].split("\n"))
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"no pieces with their scores ({error})") from error

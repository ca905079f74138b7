"""The vectors that training starts from: an English token has the vector that a sentence model gives it, a Chinese
one that of its dictionary glosses, both reduced to `DIMENSION` and weighted by rarity.

Distilling a sentence model into token vectors: Tulkens & van Dongen 2024, "Model2Vec"; weighting: Arora et al. 2017,
"A Simple but Tough-to-Beat Baseline for Sentence Embeddings".
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexing.tokeniser import fold
from training.texts import rows

DIMENSION = 256
_GLOSSES = 3
_RARE = 1e-4


def make_start(data: Path, work: Path, teacher: Path) -> None:
    """Writes `start.npy`: shape (tokens, DIMENSION). `teacher` is the folder of a sentence-transformers model."""
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

    vocabulary = Tokenizer.from_file(str(work / "tokenizer.json")).get_vocab()
    counts: dict[str, int] = json.loads((work / "counts.json").read_text("utf-8"))
    glosses = _glosses(data, vocabulary)
    said = {i: w for w, i in vocabulary.items() if re.fullmatch("[a-z0-9]+", w)}
    said |= {vocabulary[word]: "; ".join(texts) for word, texts in glosses.items()}
    taught = SentenceTransformer(str(teacher)).encode(
        list(said.values()), batch_size=512, normalize_embeddings=True, show_progress_bar=True
    )
    vectors = np.zeros((len(vocabulary), DIMENSION), np.float32)
    vectors[list(said)] = _reduced(np.asarray(taught))
    for word, i in vocabulary.items():
        if i not in said:  # a word without a gloss is the mean of its characters
            parts = [vocabulary[c] for c in word if vocabulary.get(c) in said]
            vectors[i] = vectors[parts].mean(axis=0) if parts else 0
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-6
    total = sum(counts.values())
    for word, i in vocabulary.items():
        vectors[i] *= _RARE / (_RARE + counts.get(word, 1) / total)
    np.save(work / "start.npy", vectors)


def _glosses(data: Path, vocabulary: dict[str, int]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows(data / "pairs" / "cedict.jsonl.gz"):
        word, gloss = fold(row["zh"]), re.sub(r"\([^)]*\)", " ", row["en"]).strip()
        if word in vocabulary and gloss and len(found[word]) < _GLOSSES:
            found[word].append(gloss)
    return found


def _reduced(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The first principal components of vectors."""
    centred = vectors - vectors.mean(axis=0)
    sample = centred[np.random.default_rng(0).permutation(len(centred))[:20_000]]
    _, _, axes = np.linalg.svd(sample, full_matrices=False)
    reduced: npt.NDArray[np.float32] = centred @ axes[:DIMENSION].T
    return reduced

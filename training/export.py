"""The trained vectors as a model folder in the form of model2vec, in int8, with the dictionary beside them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np

from indexing.static_files import PIECES, TOKENISER
from indexing.unigram import write_unigram


def export(work: Path, folder: Path) -> None:
    """Writes `model.safetensors` (`embeddings`: int8, shape (tokens, dimension); `translations`: uint16 and
    `translation_weights`: uint8, shape (tokens, kept), in 255ths), `tokenizer.json`, `pieces.json` and
    `config.json`."""
    from safetensors.numpy import save

    vectors = np.load(work / "vectors.npy")
    vectors[0] = 0  # the unknown token says nothing
    scale = 127 / np.quantile(np.abs(vectors), 0.99999)
    with np.load(work / "dictionary.npz") as z:
        tokens, weights = z["tokens"], z["weights"]
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        "embeddings": np.clip(np.round(vectors * scale), -127, 127).astype(np.int8),
        "translations": tokens,
        "translation_weights": np.round(weights.clip(0, 1) * 255).astype(np.uint8),
    }
    (folder / "model.safetensors").write_bytes(save(tensors))
    config = {"model_type": "model2vec", "normalize": True, "max_length": 1024, "fold": True}
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", "utf-8")
    shutil.copyfile(work / "tokenizer.json", folder / TOKENISER)
    write_unigram(folder / TOKENISER, folder / PIECES)

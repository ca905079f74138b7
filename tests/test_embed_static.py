"""Static models: a small one of our own making, whole and damaged."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, pre_tokenizers

from assistant.wiring import Workplace
from conftest import add
from corpus.errors import BadSetting
from indexing.embed_static import StaticEmbedder, static_folder
from indexing.embedders import load_embedder

WORDS = {"[UNK]": 0, "dogs": 1, "pets": 2, "travel": 3, "free": 4, "office": 5, "six": 6}
VECTORS = np.array([[9, 9], [1, 0.1], [1, 0.2], [0.1, 0.1], [0.3, 0.1], [0, 1], [0.1, 1]], np.float32)


def model(folder: Path, *, vectors: np.ndarray = VECTORS, name: str = "embeddings", **more: np.ndarray) -> Path:
    """A model2vec folder with one vector a word."""
    folder.mkdir()
    tokeniser = Tokenizer(models.WordLevel(WORDS, unk_token="[UNK]"))
    tokeniser.pre_tokenizer = pre_tokenizers.Whitespace()
    tokeniser.save(str(folder / "tokenizer.json"))
    save_file({name: vectors, **more}, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps({"model_type": "model2vec", "normalize": True}))
    return folder


def test_a_text_is_the_mean_of_its_tokens_of_unit_length(tmp_path: Path) -> None:
    embedder = load_embedder(str(model(tmp_path / "m")))
    assert isinstance(embedder, StaticEmbedder)
    assert embedder.dimension == 2
    (vector,) = embedder.embed_passages(["dogs office strange"])
    expected = VECTORS[1] + VECTORS[5]
    assert vector == pytest.approx(expected / np.linalg.norm(expected), abs=1e-6)
    assert embedder.embed_question("dogs office") == pytest.approx(vector)
    assert not embedder.embed_question("strange").any()
    assert embedder.embed_passages([]).shape == (0, 2)


def test_whole_numbers_and_weights_give_the_same_directions(tmp_path: Path) -> None:
    whole = StaticEmbedder(model(tmp_path / "a", vectors=np.round(VECTORS * 100).astype(np.int8)))
    plain = StaticEmbedder(model(tmp_path / "b"))
    assert whole.embed_question("pets six") == pytest.approx(plain.embed_question("pets six"), abs=0.01)
    weighted = StaticEmbedder(model(tmp_path / "c", weights=np.array([0, 1, 1, 0, 0, 1, 1], np.float32)))
    assert weighted.embed_question("dogs travel") == pytest.approx(plain.embed_question("dogs"))
    swapped = StaticEmbedder(model(tmp_path / "d", mapping=np.array([0, 5, 2, 3, 4, 1, 6])))
    assert swapped.embed_question("dogs") == pytest.approx(plain.embed_question("office"))


def test_a_name_says_which_weights(tmp_path: Path) -> None:
    one, other = model(tmp_path / "m"), model(tmp_path / "n", vectors=VECTORS * 2 + 1)
    names = {StaticEmbedder(folder).name.split("@")[1] for folder in (one, other)}
    assert len(names) == 2


def test_the_form_of_sentence_transformers_is_read_too(tmp_path: Path) -> None:
    inner = model(tmp_path / "m", name="embedding.weight")
    outer = tmp_path / "outer"
    outer.mkdir()
    inner.rename(outer / "0_StaticEmbedding")
    modules = [{"type": "sentence_transformers.models.StaticEmbedding", "path": "0_StaticEmbedding"}]
    (outer / "modules.json").write_text(json.dumps(modules))
    assert isinstance(load_embedder(str(outer)), StaticEmbedder)
    assert static_folder(tmp_path) is None


def test_damaged_files_are_named_with_what_is_wrong(tmp_path: Path) -> None:
    nan = VECTORS.copy()
    nan[3] = np.nan
    broken = {
        "no numbers": model(tmp_path / "nan", vectors=nan),
        "4 tokens and tokenizer.json has 7": model(tmp_path / "short", vectors=VECTORS[:4]),
        "no matrix of token vectors, but other": model(tmp_path / "other", name="other"),
        "model.safetensors": model(tmp_path / "cut"),
        "tokenizer.json": model(tmp_path / "words"),
    }
    (broken["model.safetensors"] / "model.safetensors").write_bytes(b"cut")
    (broken["tokenizer.json"] / "tokenizer.json").write_text("{")
    for said, folder in broken.items():
        with pytest.raises(BadSetting, match=said) as caught:
            load_embedder(str(folder))
        assert "YIJU_EMBEDDER=none" in caught.value.zh


def test_a_question_in_other_words_finds_its_passage(workplace: Callable[..., Workplace], tmp_path: Path) -> None:
    place = workplace(embedder=str(model(tmp_path / "m")))
    add(place, "# Ferry\n\n## Animals\n\ndogs travel free\n\n## Office\n\nuntil six\n")
    assert place.assistant.search("pets", top_k=1)[0].text.endswith("dogs travel free")

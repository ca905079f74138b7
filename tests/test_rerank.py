"""Rerankers: a real cross-encoder of a few weights, and endpoints in two forms."""

from __future__ import annotations

import importlib.util
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.errors import BadSetting, Unavailable
from endpoint import Endpoint, Reply
from indexing.rerank import load_reranker, shares

needs_models = pytest.mark.skipif(
    importlib.util.find_spec("sentence_transformers") is None, reason="needs the models extra"
)
TEXTS = ["港口夜间开放。", "渡轮停运。", "码头收费。"]


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    served = Endpoint()
    yield served
    served.close()


def reply(said: object, status: int = 200) -> Reply:
    return Reply(status, (json.dumps(said).encode(),))


def test_none_is_no_reranker() -> None:
    assert load_reranker("none") is None


def test_an_endpoint_of_one_model_is_asked_in_the_form_of_tei(endpoint: Endpoint) -> None:
    endpoint.replies = [reply([{"index": 2, "score": 0.9}, {"index": 0, "score": 0.5}, {"index": 1, "score": 0.1}])]
    model = load_reranker("endpoint", endpoint.url, "k")
    assert model is not None
    assert model.name == "endpoint"
    assert model.scores("开放吗？", TEXTS) == [0.5, 0.1, 0.9]
    asked = endpoint.asked[0]
    assert (asked.path, asked.authorization) == ("/rerank", "Bearer k")
    assert asked.body == {"query": "开放吗？", "texts": TEXTS, "raw_scores": False, "truncate": True}


def test_an_endpoint_with_a_model_s_name_is_asked_in_the_form_of_jina_and_cohere(endpoint: Endpoint) -> None:
    rows = [{"index": i, "relevance_score": score} for i, score in ((1, 3.0), (0, -1.0), (2, 0.0))]
    endpoint.replies = [reply({"results": rows})]
    model = load_reranker("endpoint:rank-1", f"{endpoint.url}/v1/rerank/")
    assert model is not None
    assert model.name == "endpoint:rank-1"
    low, high, middle = model.scores("开放吗？", TEXTS)
    assert 0 < low < middle == 0.5 < high < 1, "scores outside 0 to 1 are logits"
    asked = endpoint.asked[0]
    assert (asked.path, asked.authorization) == ("/v1/rerank", None)
    assert asked.body == {"query": "开放吗？", "model": "rank-1", "documents": TEXTS, "top_n": 3}


def test_an_endpoint_that_stumbles_is_asked_once_more(endpoint: Endpoint) -> None:
    endpoint.replies = [reply({}, 503), reply([{"index": 0, "score": 1}])]
    model = load_reranker("endpoint", endpoint.url)
    assert model is not None
    assert model.scores("a", ["b"]) == [1]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (503, {}),
        (401, {"error": "k-e-y is wrong"}),
        (200, {}),
        (200, []),
        (200, "text"),
        (200, [{"index": 0}]),
        (200, [{"index": 0, "score": "high"}]),
        (200, [{"index": 0, "score": float("nan")}]),
        (200, [{"index": 5, "score": 0.5}]),
        (200, {"results": None}),
    ],
)
def test_an_endpoint_that_fails_or_says_nothing_useful_is_unavailable_and_no_secret_is_told(
    endpoint: Endpoint, status: int, said: object
) -> None:
    endpoint.replies = [reply(said, status)]
    model = load_reranker("endpoint", endpoint.url, "k-e-y")
    assert model is not None
    with pytest.raises(Unavailable, match=r"YIJU_RERANKER_(URL|API_KEY).*YIJU_RERANKER=none") as raised:
        model.scores("a", ["b"])
    assert "k-e-y" not in raised.value.en + raised.value.zh
    assert "或设置 YIJU_RERANKER=none" in raised.value.zh


def test_an_endpoint_that_is_gone_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    model = load_reranker("endpoint", "http://127.0.0.1:9")
    assert model is not None
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:9 does not answer"):
        model.scores("a", ["b"])


@pytest.mark.parametrize(
    "url", [None, "", "localhost:8080", "ftp://a/b", "http://", "http://a:b/", "http://[::1", "http://me:word9@a"]
)
def test_an_address_that_is_none_is_refused_at_the_start(url: str | None) -> None:
    with pytest.raises(BadSetting, match="YIJU_RERANKER_URL") as raised:
        load_reranker("endpoint", url)
    assert "word9" not in raised.value.en + raised.value.zh


def test_a_key_that_is_none_is_refused_at_the_start() -> None:
    with pytest.raises(BadSetting, match="YIJU_RERANKER_API_KEY"):
        load_reranker("endpoint", "http://127.0.0.1:9", "密钥")


def test_logits_become_shares_and_shares_stay() -> None:
    assert shares([0.0, 1.0, 0.3]) == [0.0, 1.0, 0.3]
    low, middle, high = shares([-1000.0, 0.0, 1000.0])
    assert 0 <= low < middle == 0.5 < high <= 1
    assert shares([]) == []


def cross_encoder(folder: Path, *, classes: int = 1, head: bool = True) -> str:
    """A tiny model that reads whether 港 stands in a text; without a `head` its last weights are not saved."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder.mkdir()
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"港口夜间开放渡轮停运码头收费吗？。"]
    (folder / "vocab.txt").write_text("\n".join(words), "utf-8")
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
        max_position_embeddings=64,
        num_labels=classes,
    )
    torch.manual_seed(3)
    model = BertForSequenceClassification(config)
    (model if head else model.bert).save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=64).save_pretrained(folder)
    return str(folder)


@needs_models
@pytest.mark.models
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_cross_encoder_in_a_folder_scores_each_passage_by_itself(tmp_path: Path) -> None:
    model = load_reranker(cross_encoder(tmp_path / "tiny"))
    assert model is not None
    assert model.name == "tiny@local"
    together = model.scores("港口开放吗？", TEXTS)
    assert all(0 <= score <= 1 for score in together)
    assert len(set(together)) == len(TEXTS)
    assert model.scores("港口开放吗？", TEXTS[::-1]) == pytest.approx(together[::-1], abs=1e-6)


@needs_models
@pytest.mark.models
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("kind", "said"), [({"head": False}, "lack the weights classifier"), ({"classes": 3}, "3 classes")]
)
def test_a_model_that_would_order_at_random_is_refused(tmp_path: Path, kind: dict[str, int], said: str) -> None:
    with pytest.raises(BadSetting, match=said) as raised:
        load_reranker(cross_encoder(tmp_path / "tiny", **kind))  # type: ignore[arg-type]
    assert "YIJU_RERANKER" in raised.value.zh


@needs_models
@pytest.mark.models
def test_a_folder_that_is_no_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="none-here"):
        load_reranker(str(tmp_path / "none-here"))

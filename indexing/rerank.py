"""Rerankers: a model that reads a question together with each of the best passages, and orders them again.

A cross-encoder in this process (through sentence-transformers), or one behind an endpoint (`rerank_endpoint.py`). The
method: Nogueira & Cho 2019, "Passage Re-ranking with BERT". What is found at all is the search's business, not a
reranker's.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from corpus.errors import BadSetting, Unavailable

NONE = "none"
ENDPOINT = "endpoint"


class Reranker(Protocol):
    """Says how well passages answer a question."""

    @property
    def name(self) -> str:
        """The model as name@revision, or endpoint:model."""
        ...

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """A score from 0 to 1 for each text, the same order. Raises `Unavailable`."""
        ...


def load_reranker(name: str, url: str | None = None, api_key: str | None = None) -> Reranker | None:
    """The reranker that the settings name: None for "none", one behind `url` for "endpoint" (TEI's form) and
    "endpoint:MODEL" (Jina's and Cohere's form), otherwise a cross-encoder by hub name or folder.
    Raises `BadSetting`."""
    if name == NONE:
        return None
    if name == ENDPOINT or name.startswith(ENDPOINT + ":"):
        from indexing.rerank_endpoint import EndpointReranker

        return EndpointReranker(url or "", name.partition(":")[2], api_key)
    return CrossEncoderReranker(name)


class DeferredReranker:
    """A reranker that is loaded when it is first needed, for what never searches should not wait for a model. Its
    methods, and `name`, raise `BadSetting` where it can't be loaded."""

    def __init__(self, load: Callable[[], Reranker]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._loaded: Reranker | None = None

    @property
    def name(self) -> str:
        return self.loaded().name

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        return self.loaded().scores(question, texts)

    def loaded(self) -> Reranker:
        """The reranker itself, loaded once."""
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded


class CrossEncoderReranker:
    """A cross-encoder with one output, by hub name or folder; `HF_HUB_OFFLINE` and `HFENDPOINT` are respected.

    Raises `BadSetting` where it can't be had, sorts into classes instead of scoring, or lacks weights.
    """

    def __init__(self, name: str) -> None:
        from indexing.embed_sentence_transformers import SentenceTransformersCrossEncoder

        try:
            # Refuses a model that lacks weights, which would order at random.
            self._model = SentenceTransformersCrossEncoder(name)
        except BadSetting as error:
            raise BadSetting(f"YIJU_RERANKER={name}: {error.en}", f"YIJU_RERANKER={name}：{error.zh}") from error
        if len(self._model.labels) != 1:
            raise _no_reranker(
                name,
                f"it sorts texts into {len(self._model.labels)} classes",
                f"它把文本分为 {len(self._model.labels)} 类",
            )
        self._name = f"{Path(name).name if Path(name).is_dir() else name}@{_revision(name)}"

    @property
    def name(self) -> str:
        return self._name

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        found = self._model.probabilities([(question, text) for text in texts]).reshape(-1)
        scores = [float(score) for score in found]
        if not all(map(math.isfinite, scores)):
            raise Unavailable(
                f"the reranker {self._name} gives scores that are no numbers; set YIJU_RERANKER to another one",
                f"重排模型 {self._name} 给出的分数不是有效数值；请将 YIJU_RERANKER 设为其他模型",
            )
        return shares(scores)


def shares(scores: Sequence[float]) -> list[float]:
    """Scores from 0 to 1. Where any is outside, all are logits, which the logistic function maps there; the
    order stays."""
    if all(0 <= score <= 1 for score in scores):
        return list(scores)
    return [1 / (1 + math.exp(-max(-500.0, min(500.0, score)))) for score in scores]


def _revision(name: str) -> str:
    from transformers import AutoConfig

    return getattr(AutoConfig.from_pretrained(name), "_commit_hash", None) or "local"


def _no_reranker(name: str, en: str, zh: str) -> BadSetting:
    return BadSetting(
        f"the model {name} is no reranker: {en}; set YIJU_RERANKER to a cross-encoder with one output, such as "
        "BAAI/bge-reranker-v2-m3, or to none",
        f"模型 {name} 不是重排模型：{zh}；请将 YIJU_RERANKER 设为单输出的交叉编码器（如 BAAI/bge-reranker-v2-m3），"
        "或设为 none",
    )

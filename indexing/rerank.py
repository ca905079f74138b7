"""Rerankers: a model that reads a question together with each of the best passages, and orders them again.

A cross-encoder in this process (through sentence-transformers), or one behind a `/rerank` endpoint in the form of
Text Embeddings Inference, or of Jina, Cohere and vLLM. The method: Nogueira & Cho 2019, "Passage Re-ranking with
BERT". What is found at all is the search's business, not a reranker's.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from corpus.errors import BadSetting, Unavailable

if TYPE_CHECKING:
    import httpx

NONE = "none"
_ENDPOINT = "endpoint"
# Seconds to wait for an endpoint.
_TIMEOUT = 30.0
# What is asked once more, after so many seconds.
_AGAIN = frozenset({429, 502, 503, 504})
_PAUSE = 0.5


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
    if name == _ENDPOINT or name.startswith(_ENDPOINT + ":"):
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
    """A cross-encoder with one output, by hub name or folder; `HF_HUB_OFFLINE` and `HF_ENDPOINT` are respected.

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


class EndpointReranker:
    """A reranker behind an HTTP endpoint; without a `model` the endpoint serves just one. Raises `BadSetting`
    where `url` is no address."""

    def __init__(self, url: str, model: str, api_key: str | None) -> None:
        import httpx

        try:
            parts = urlsplit(url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise BadSetting(
                "YIJU_RERANKER=endpoint needs the address of a /rerank endpoint in YIJU_RERANKER_URL, such as "
                "http://localhost:8080",
                "YIJU_RERANKER=endpoint 需要在 YIJU_RERANKER_URL 中给出 /rerank 接口地址，如 http://localhost:8080",
            )
        # What an error may show: the address without a name and password in it.
        self._shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        self._model = model
        address = url.rstrip("/")
        self._address = address if address.endswith("/rerank") else f"{address}/rerank"
        if api_key and not (api_key.isascii() and api_key.isprintable()):
            raise BadSetting(
                "YIJU_RERANKER_API_KEY has characters that no key has; copy it again",
                "YIJU_RERANKER_API_KEY 含有密钥中不会出现的字符；请重新复制",
            )
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx.Client(headers=headers, timeout=_TIMEOUT)

    @property
    def name(self) -> str:
        return f"{_ENDPOINT}:{self._model}" if self._model else _ENDPOINT

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        body: dict[str, Any] = {"query": question}
        if self._model:
            body |= {"model": self._model, "documents": list(texts), "top_n": len(texts)}
        else:
            body |= {"texts": list(texts), "raw_scores": False, "truncate": True}
        response = self._post(body)
        if not response.is_success:
            raise self._unavailable(f"HTTP {response.status_code}")
        try:
            return shares(read_scores(response.json(), len(texts)))
        except ValueError as error:
            raise self._unavailable("its reply holds no score for every passage", "其回复未给出各段落的分数") from error

    def _post(self, body: object) -> httpx.Response:
        """The reply; what is overloaded or not reached is asked once more."""
        import httpx

        for last in (False, True):
            try:
                response = self._client.post(self._address, json=body)
            except httpx.HTTPError as error:
                if last or isinstance(error, httpx.ReadTimeout):
                    raise self._unavailable(type(error).__name__) from error
            else:
                if last or response.status_code not in _AGAIN:
                    return response
            time.sleep(_PAUSE)
        raise AssertionError("the last try returns or raises")

    def _unavailable(self, en: str, zh: str | None = None) -> Unavailable:
        return Unavailable(
            f"the reranker at {self._shown} does not answer ({en}); check YIJU_RERANKER_URL, YIJU_RERANKER and "
            "YIJU_RERANKER_API_KEY, or set YIJU_RERANKER=none",
            f"位于 {self._shown} 的重排模型没有应答（{zh or en}）；请检查 YIJU_RERANKER_URL、YIJU_RERANKER 与 "
            "YIJU_RERANKER_API_KEY，或设置 YIJU_RERANKER=none",
        )


def read_scores(reply: object, size: int) -> list[float]:
    """The scores in a reply, by the order of what was sent: `[{index, score}]` (TEI) or
    `{"results": [{index, relevance_score}]}` (Jina, Cohere). Raises `ValueError` where one is missing."""
    rows = reply.get("results") if isinstance(reply, dict) else reply
    found: dict[int, float] = {}
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            index, score = row.get("index"), row.get("relevance_score", row.get("score"))
            if isinstance(index, int) and isinstance(score, int | float) and math.isfinite(score):
                found[index] = float(score)
    if set(found) != set(range(size)):
        raise ValueError(f"{len(found)} scores for {size} passages")
    return [found[index] for index in range(size)]


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

"""A reranker behind a `/rerank` endpoint, in the form of Text Embeddings Inference, or of Jina, Cohere and vLLM.

What is asked and what a reply means is known here; sending, waiting and refusing are `indexing.endpoint_client`'s.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Sequence
from typing import Any

from corpus.errors import BadSetting, Unavailable
from indexing.endpoint_client import EndpointClient, Patience, Service
from indexing.rerank import ENDPOINT, shares

# Somebody waits for the answer, and many passages are read for it.
_PATIENCE = Patience(tries=2, timeout=30, longest_wait=5)
_SERVICE = Service(
    en="reranker at",
    zh="重排接口",
    setting="YIJU_RERANKER",
    paths=("/rerank",),
    less="lower YIJU_RERANKER_TOP",
    less_zh="请调小 YIJU_RERANKER_TOP",
    instead=", or set YIJU_RERANKER=none",
    instead_zh="，或设置 YIJU_RERANKER=none",
)


class EndpointReranker:
    """A reranker behind an HTTP endpoint; without a `model` the endpoint serves just one. Raises `BadSetting`
    where `url` is no address."""

    def __init__(self, url: str, model: str, api_key: str | None) -> None:
        self._model = model
        self._client = EndpointClient(_SERVICE, url, api_key)
        weakref.finalize(self, self._client.close)

    @property
    def name(self) -> str:
        return f"{ENDPOINT}:{self._model}" if self._model else ENDPOINT

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        body: dict[str, Any] = {"query": question}
        if self._model:
            body |= {"model": self._model, "documents": list(texts), "top_n": len(texts)}
        else:
            body |= {"texts": list(texts), "raw_scores": False, "truncate": True}
        try:
            reply = self._client.ask("POST", "/rerank", body, _PATIENCE)
            return shares(read_scores(reply, len(texts)))
        except BadSetting as error:  # nobody asks a reranker anything before the first search
            raise Unavailable(error.en, error.zh) from error
        except ValueError as error:
            raise self._client.unreadable("no score for every passage") from error


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

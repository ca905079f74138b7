"""Embedders that answer over HTTP: an OpenAI-compatible `/embeddings` (vLLM, Ollama, llama.cpp, hosted services)
and Text Embeddings Inference (`/info` and `/embed`, https://github.com/huggingface/text-embeddings-inference).

What is asked and what a reply means is known here; sending, waiting and refusing are `indexing.endpoint_client`'s.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from corpus.errors import BadSetting, Unavailable
from indexing.embedders import EmbedderOptions, shortened, unit_vectors
from indexing.embedding_models import facts_of
from indexing.endpoint_client import AT_ONCE, PATIENT, EndpointClient, Patience, Service
from indexing.tokens import count_tokens

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

SERVICE = Service(
    en="embedding endpoint",
    zh="向量接口",
    setting="YIJU_EMBEDDER",
    paths=("/embeddings", "/embed"),
    less="lower YIJU_EMBEDDER_WINDOW or YIJU_EMBEDDER_BATCH",
    less_zh="请调小 YIJU_EMBEDDER_WINDOW 或 YIJU_EMBEDDER_BATCH",
)
# Tokens that a model reads where neither the setting nor its facts say: OpenAI's limit.
_WINDOW = 8191
_PROBE = "Yiju"
# Texts to a model's rows, as the endpoint gives them.
Ask = Callable[[list[str], Patience], "npt.NDArray[np.float32]"]


def load_endpoint(name: str, options: EmbedderOptions) -> EndpointEmbedder:
    """The embedder of "openai:MODEL" or "tei" at `options.url`. Its dimension is found by a first call.
    Raises `BadSetting`, and `Unavailable` where the endpoint does not answer."""
    kind, _, model = name.partition(":")
    if not options.url:
        raise BadSetting(
            f"YIJU_EMBEDDER={name} needs an address; set YIJU_EMBEDDER_URL, such as http://localhost:11434/v1 "
            "(OpenAI-compatible) or http://localhost:8080 (tei)",
            f"YIJU_EMBEDDER={name} 需要接口地址；请设置 YIJU_EMBEDDER_URL，例如 http://localhost:11434/v1"
            "（OpenAI 兼容）或 http://localhost:8080（tei）",
        )
    if bool(model) != (kind == "openai"):
        raise BadSetting(
            f"YIJU_EMBEDDER={name} can't be used; write openai:MODEL, or tei, whose server holds one model",
            f"YIJU_EMBEDDER={name} 无效；请写 openai:模型名称，或写 tei（其服务只含一个模型）",
        )
    client = EndpointClient(SERVICE, options.url, options.api_key)
    try:
        return _tei(client, options) if kind == "tei" else _openai(client, model, options)
    except BaseException:
        client.close()
        raise


class EndpointEmbedder:
    """A model behind an endpoint. `name` is what the index knows it by, `model` what its facts are found by."""

    def __init__(
        self, name: str, model: str, client: EndpointClient, ask: Ask, batch: int, dimension: int | None
    ) -> None:
        self._name = name
        self._facts = facts_of(model)
        self._ask = ask
        self._batch = batch
        # No keeper of an embedder needs to know that this one has a connection.
        weakref.finalize(self, client.close)
        first = ask([_PROBE], AT_ONCE)
        if first.ndim != 2 or len(first) != 1 or not first.shape[1]:
            raise Unavailable(
                f"the embedding endpoint {name} gave no vector for a first text; "
                "check that it serves an embedding model",
                f"向量接口 {name} 没有为测试文本返回向量；请检查它提供的是否为向量模型",
            )
        self._own = first.shape[1]
        self._dimension = shortened(dimension, self._own, name, self._facts)
        unit_vectors(first, [_PROBE], name, self._own, self._dimension)

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimension(self) -> int:
        return self._dimension

    def embed_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        import numpy as np

        batches = [texts[start : start + self._batch] for start in range(0, len(texts), self._batch)]
        rows = [self._embed(batch, self._facts.passage, PATIENT) for batch in batches]
        return np.concatenate([np.zeros((0, self._dimension), np.float32), *rows])

    def embed_question(self, text: str) -> npt.NDArray[np.float32]:
        vector: npt.NDArray[np.float32] = self._embed([text], self._facts.question, AT_ONCE)[0]
        return vector

    def _embed(self, texts: Sequence[str], prompt: str, patience: Patience) -> npt.NDArray[np.float32]:
        vectors = self._ask([prompt + text for text in texts], patience)
        return unit_vectors(vectors, texts, self._name, self._own, self._dimension)


def _openai(client: EndpointClient, model: str, options: EmbedderOptions) -> EndpointEmbedder:
    budget = (options.window or facts_of(model).window or _WINDOW) * 3 // 4

    def ask(texts: list[str], patience: Patience) -> npt.NDArray[np.float32]:
        cut = [_fitting(text, budget) for text in texts]
        body = {"model": model, "input": cut, "encoding_format": "float"}
        return _rows(client, _in_order(client, client.ask("POST", "/embeddings", body, patience)))

    return EndpointEmbedder(f"openai:{model}@{client.host}", model, client, ask, options.batch, options.dimension)


def _tei(client: EndpointClient, options: EmbedderOptions) -> EndpointEmbedder:
    info = client.ask("GET", "/info", None, AT_ONCE)
    model = info.get("model_id") if isinstance(info, dict) else None
    kind = info.get("model_type") if isinstance(info, dict) else None
    if not isinstance(model, str) or not isinstance(kind, dict) or "embedding" not in kind:
        raise BadSetting(
            f"{client.url} serves no embedding model ({model or 'no Text Embeddings Inference'}); "
            "check YIJU_EMBEDDER_URL",
            f"{client.url} 提供的不是向量模型（{model or '不是 Text Embeddings Inference'}）；请检查 YIJU_EMBEDDER_URL",
        )
    most = info.get("max_client_batch_size")
    batch = min(options.batch, most) if isinstance(most, int) and most > 0 else options.batch

    def ask(texts: list[str], patience: Patience) -> npt.NDArray[np.float32]:
        return _rows(client, client.ask("POST", "/embed", {"inputs": texts, "truncate": True}, patience))

    # The same model at the same revision is the same model on another host.
    name = f"tei:{model}@{info.get('model_sha') or client.host}"
    return EndpointEmbedder(name, model, client, ask, batch, options.dimension)


def _fitting(text: str, budget: int) -> str:
    """The beginning of a text that has `budget` tokens at most, by our count. A model's own tokeniser may count a
    third more, so the budget is three quarters of its window. Endpoints may refuse what is longer; and none
    takes an empty text."""
    while len(text.encode()) > budget and (tokens := count_tokens(text)) > budget:
        text = text[: max(1, len(text) * budget // tokens)]
    return text or " "


def _in_order(client: EndpointClient, reply: Any) -> list[Any]:
    """The embeddings of an OpenAI-compatible reply in the order of the texts."""
    try:
        items = reply["data"]
        places = [item.get("index", place) for place, item in enumerate(items)]
        found = dict(zip(places, (item["embedding"] for item in items), strict=True))
        return [found[place] for place in range(len(items))]
    except (KeyError, TypeError, AttributeError) as error:
        raise client.unreadable("no list of embeddings") from error


def _rows(client: EndpointClient, rows: Any) -> npt.NDArray[np.float32]:
    import numpy as np

    try:
        return np.asarray(rows, np.float32)
    except (TypeError, ValueError, OverflowError) as error:
        raise client.unreadable("vectors that are no lists of numbers, or differ in length") from error

"""Embedders behind an endpoint, against a scripted one of our own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Event

import numpy as np
import pytest

from assistant.doctor import examine
from assistant.settings import Settings
from assistant.wiring import Workplace
from conftest import add
from corpus.errors import BadSetting, Unavailable, YijuError
from endpoint import Asked, Endpoint, Reply, as_json, failure
from indexing.embed_endpoint import SERVICE
from indexing.embedders import Embedder, EmbedderOptions, load_embedder
from indexing.endpoint_client import EndpointClient, Patience
from indexing.tokens import count_tokens

KEY = "sk-very-secret"
# The axis of a vector that a word turns a text to.
AXES = ("ferry", "library", "museum")


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    served = Endpoint()
    served.replies = [openai]
    yield served
    served.close()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between tries, in seconds; none is waited."""
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    return waited


def vector(text: str) -> list[float]:
    """Length 2 or more, so that it is seen whether it is brought to unit length."""
    return [2.0 * text.lower().count(word) for word in AXES] + [1.0]


def openai(asked: Asked) -> Reply:
    """The embeddings in the opposite order, as the format allows."""
    data = [{"index": i, "embedding": vector(text)} for i, text in enumerate(asked.body["input"])]
    return as_json({"object": "list", "data": data[::-1], "model": asked.body["model"]})


def tei(asked: Asked) -> Reply:
    if asked.path == "/info":
        kind = {"embedding": {"pooling": "cls"}}
        return as_json(
            {"model_id": "BAAI/bge-m3", "model_sha": "5617a9f", "model_type": kind, "max_client_batch_size": 2}
        )
    return as_json([vector(text) for text in asked.body["inputs"]])


def load(endpoint: Endpoint, name: str = "openai:small", **options: object) -> Embedder:
    url = endpoint.url if name == "tei" else f"{endpoint.url}/v1"
    embedder = load_embedder(name, EmbedderOptions(**{"url": url, "api_key": KEY, **options}))  # type: ignore[arg-type]
    assert embedder is not None
    return embedder


def refusal(endpoint: Endpoint, *replies: Reply, name: str = "openai:small") -> YijuError:
    """What is said when the first reply is this."""
    endpoint.replies = [*replies]
    with pytest.raises(YijuError) as caught:
        load(endpoint, name)
    assert KEY not in caught.value.en + caught.value.zh
    return caught.value


def sent(endpoint: Endpoint) -> list[Sequence[str]]:
    return [asked.body.get("input") or asked.body.get("inputs") for asked in endpoint.asked if asked.body]


def test_texts_are_sent_in_batches_and_their_vectors_come_back_in_order(endpoint: Endpoint) -> None:
    embedder = load(endpoint, batch=2)
    texts = ["the library", "the ferry", "the museum", "a ferry and a ferry", "nothing"]
    vectors = embedder.embed_passages(texts)
    assert vectors.argmax(axis=1).tolist() == [1, 0, 2, 0, 3]
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1] * 5)
    assert [len(batch) for batch in sent(endpoint)] == [1, 2, 2, 1]
    assert embedder.dimension == 4
    assert embedder.name == f"openai:small@{endpoint.url.removeprefix('http://')}"
    assert {(asked.path, asked.authorization) for asked in endpoint.asked} == {("/v1/embeddings", f"Bearer {KEY}")}
    assert embedder.embed_passages([]).shape == (0, 4)


def test_a_tei_server_tells_its_model_and_its_largest_batch_and_cuts_texts_itself(endpoint: Endpoint) -> None:
    endpoint.replies = [tei]
    embedder = load(endpoint, "tei")
    embedder.embed_passages(["a", "b", "c"])
    assert embedder.name == "tei:BAAI/bge-m3@5617a9f"
    assert [len(batch) for batch in sent(endpoint)] == [1, 2, 1]
    assert endpoint.asked[-1].body["truncate"] is True


@pytest.mark.parametrize(
    ("model", "question", "passage"),
    [
        ("intfloat/multilingual-e5-small", "query: ferry", "passage: ferry"),
        ("bge-large-zh-v1.5", "为这个句子生成表示以用于检索相关文章：ferry", "ferry"),
        ("unheard-of", "ferry", "ferry"),
    ],
)
def test_a_known_model_gets_its_prompts(endpoint: Endpoint, model: str, question: str, passage: str) -> None:
    embedder = load(endpoint, f"openai:{model}")
    embedder.embed_question("ferry")
    embedder.embed_passages(["ferry"])
    assert sent(endpoint)[1:] == [[question], [passage]]


@pytest.mark.parametrize("text", ["渡轮每日开行两班。" * 500, "The ferry leaves twice a day. " * 500])
def test_a_text_is_cut_to_three_quarters_of_the_window(endpoint: Endpoint, text: str) -> None:
    embedder = load(endpoint, window=400)
    embedder.embed_passages([text, "", "short"])
    cut, empty, short = sent(endpoint)[-1]
    assert text.startswith(cut)
    assert 250 < count_tokens(cut) <= 300
    assert (empty, short) == (" ", "short")


def test_vectors_are_shortened_where_the_model_allows_it(endpoint: Endpoint) -> None:
    embedder = load(endpoint, "openai:qwen3-embedding:0.6b", dimension=2)
    vectors = embedder.embed_passages(["ferry ferry library", "museum"])
    assert embedder.dimension == 2
    assert vectors.tolist() == [pytest.approx([2 / 5**0.5, 1 / 5**0.5]), [0, 0]]
    with pytest.raises(BadSetting, match=r"YIJU_EMBEDDER_DIMENSION is 9 .* have 4"):
        load(endpoint, dimension=9)
    with pytest.raises(BadSetting, match="no Matryoshka"):
        load(endpoint, "openai:bge-m3", dimension=2)


def test_a_busy_endpoint_is_asked_again_after_growing_waits(endpoint: Endpoint, waits: list[float]) -> None:
    embedder = load(endpoint)
    endpoint.replies = [failure(503), failure(500), failure(429), openai]
    assert embedder.embed_passages(["ferry"]).shape == (1, 4)
    assert 0.5 <= waits[0] <= 1 <= waits[1] <= 1.5 <= 2 <= waits[2] <= 2.5


def test_an_endpoint_that_says_when_to_come_back_is_obeyed(endpoint: Endpoint, waits: list[float]) -> None:
    embedder = load(endpoint)
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    endpoint.replies = [failure(429, retry_after="7"), failure(429, retry_after=soon), openai]
    embedder.embed_passages(["ferry"])
    assert waits[0] == 7
    assert 20 < waits[1] < 40


@pytest.mark.parametrize("after", ["3600", "9" * 400])
def test_an_endpoint_that_asks_for_too_long_a_wait_is_unavailable_at_once(
    endpoint: Endpoint, waits: list[float], after: str
) -> None:
    embedder = load(endpoint)
    endpoint.replies = [failure(429, retry_after=after)]
    with pytest.raises(Unavailable, match="asks to wait"):
        embedder.embed_passages(["ferry"])
    assert waits == []


def test_an_endpoint_that_stays_busy_is_unavailable_and_a_question_waits_less(
    endpoint: Endpoint, waits: list[float]
) -> None:
    embedder = load(endpoint)
    endpoint.replies = [failure(503, f"overloaded, your key is {KEY}".encode())]
    with pytest.raises(Unavailable, match=r"HTTP 503: overloaded, your key is \*\*\*"):
        embedder.embed_passages(["ferry"])
    patient = len(waits)
    with pytest.raises(Unavailable):
        embedder.embed_question("ferry")
    assert len(waits) - patient < patient


def test_an_endpoint_that_is_gone_or_too_slow_is_unavailable(endpoint: Endpoint, waits: list[float]) -> None:
    def slow(_: Asked) -> Reply:
        Event().wait(0.4)
        return as_json({})

    endpoint.replies = [slow]
    client = EndpointClient(SERVICE, endpoint.url, None)
    with pytest.raises(Unavailable, match=r"within 0\.1 seconds"):
        client.ask("GET", "/info", None, Patience(tries=2, timeout=0.1, longest_wait=1))
    client.close()
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:9"):
        load_embedder("openai:small", EmbedderOptions(url="http://127.0.0.1:9/v1"))
    assert waits


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "API_KEY"), (403, "API_KEY"), (404, "_URL"), (301, "_URL"), (400, "_WINDOW"), (413, "_BATCH")],
)
def test_a_refusal_is_told_at_once_with_the_setting_to_mend(
    endpoint: Endpoint, waits: list[float], status: int, said: str
) -> None:
    error = refusal(endpoint, failure(status, f'{{"error": "bad key {KEY}"}}'.encode()))
    assert isinstance(error, BadSetting)
    assert said in error.en
    assert said in error.zh
    assert (len(endpoint.asked), waits) == (1, [])


def test_a_refusal_in_mid_use_is_nobody_s_bad_question(endpoint: Endpoint) -> None:
    embedder = load(endpoint)
    endpoint.replies = [failure(401)]
    with pytest.raises(Unavailable, match="API_KEY"):
        embedder.embed_question("ferry")


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"data": 7}',
        b'{"data": [7]}',
        b'{"data": []}',
        b'{"data": [{"index": 1, "embedding": [1, 2]}]}',
        b'{"data": [{"index": [], "embedding": [1, 2]}]}',
        b'{"data": [{"index": 0, "embedding": []}]}',
        b'{"data": [{"index": 0, "embedding": "AAAA"}]}',
        b'{"data": [{"index": 0, "embedding": [1, null]}]}',
        b'{"data": [{"index": 0, "embedding": [[1], [1, 2]]}]}',
    ],
)
def test_a_reply_without_vectors_is_told(endpoint: Endpoint, body: bytes) -> None:
    assert isinstance(refusal(endpoint, Reply(200, (body,))), Unavailable)


@pytest.mark.parametrize(
    ("vectors", "said"),
    [([[1, 2, 3]] * 2, "shape"), ([[1, 2, 3, 4]], "shape"), ([[1, 2, 3, 4], [1, float("nan"), 3, 4]], "'the ferry'")],
)
def test_vectors_that_can_t_be_are_refused_with_model_and_text(
    endpoint: Endpoint, vectors: list[list[float]], said: str
) -> None:
    embedder = load(endpoint)
    endpoint.replies = [as_json({"data": [{"embedding": row} for row in vectors]})]
    with pytest.raises(Unavailable, match=rf"openai:small.*{said}"):
        embedder.embed_passages(["the library", "the ferry"])


@pytest.mark.parametrize(
    ("name", "url", "key", "said"),
    [
        ("openai:small", None, None, "YIJU_EMBEDDER_URL"),
        ("tei", None, None, "YIJU_EMBEDDER_URL"),
        ("openai:", "http://127.0.0.1:9", None, "openai:MODEL"),
        ("openai", "http://127.0.0.1:9", None, "openai:MODEL"),
        ("tei:bge", "http://127.0.0.1:9", None, "openai:MODEL"),
        ("openai:small", "localhost:9", None, "YIJU_EMBEDDER_URL"),
        ("openai:small", "ftp://localhost", None, "YIJU_EMBEDDER_URL"),
        ("openai:small", "http://localhost:port", None, "YIJU_EMBEDDER_URL"),
        ("openai:small", f"http://me:{KEY}@localhost", None, "YIJU_EMBEDDER_API_KEY"),
        ("openai:small", "http://127.0.0.1:9", f"{KEY}密", "YIJU_EMBEDDER_API_KEY"),
    ],
)
def test_settings_that_can_t_be_used_are_named_and_no_key_is_shown(
    name: str, url: str | None, key: str | None, said: str
) -> None:
    with pytest.raises(BadSetting, match=said) as caught:
        load_embedder(name, EmbedderOptions(url=url, api_key=key))
    assert KEY not in caught.value.en + caught.value.zh


@pytest.mark.parametrize(
    "said", [["no", "object"], {"model_id": "m"}, {"model_id": "m", "model_type": {"reranker": {}}}, {}]
)
def test_a_tei_server_without_an_embedding_model_is_refused(endpoint: Endpoint, said: object) -> None:
    assert "YIJU_EMBEDDER_URL" in refusal(endpoint, as_json(said), name="tei").en


def test_an_index_is_built_and_searched_over_an_endpoint_and_doctor_says_so(
    workplace: Callable[..., Workplace], close_all: Callable[[], None], endpoint: Endpoint
) -> None:
    settings = {"embedder": "openai:small", "embedder_url": f"{endpoint.url}/v1/", "embedder_api_key": KEY}
    place = workplace(**settings)
    add(place, "# Notes\n\nThe museum is closed.\n", "a.md")
    add(place, "# Notes\n\nThe ferry sails.\n", "b.md")
    assert place.assistant.search("FERRY?", top_k=1)[0].text.endswith("sails.")
    close_all()
    for language, words in (("en", "4 dimensions, its endpoint answers"), ("zh", "4 维，接口可用")):
        told = [check.text for check in examine(Settings(data=place.folder.path, **settings), language)]  # type: ignore[arg-type]
        assert any("openai:small" in text and words in text for text in told)
        assert KEY not in "".join(told)


def test_doctor_says_that_an_endpoint_refuses_and_shows_no_password(endpoint: Endpoint) -> None:
    endpoint.fails(401)
    told = list(
        examine(Settings(embedder="tei", embedder_url=endpoint.url, qdrant_url=f"http://me:{KEY}@localhost"), "en")
    )
    assert [check.ok for check in told][-1] is False
    assert "YIJU_EMBEDDER_API_KEY" in told[-1].text
    assert KEY not in "".join(check.text for check in told)

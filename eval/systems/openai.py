"""Other systems behind an OpenAI-compatible endpoint: language models that are given our passages, and servers
that find their own.

Both answer in text with `[n]` marks (`eval.systems.cited_text` says how it is read). A request that the connection,
the rate (429) or the server (5xx) failed is tried again twice. What fails then is one question's failure,
except where nothing listens at the address, or the first thing that is said is that the key, the address or
the model is wrong: then the system as a whole is out of reach.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx

from assistant.core import Assistant
from assistant.generating.prompting import passages
from corpus.errors import BadInput, Unavailable
from eval.questions import GoldQuestion
from eval.systems.base import Cited, Failed, Found, Response, Said, failed, found_of
from eval.systems.cited_text import said_in
from eval.systems.source_lists import listed_sources
from indexing.retrieval import Hit
from prompts import render

_TRIES, _LONGEST_WAIT = 3, 30.0
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_ANSWER_TOKENS = 1024
Messages = Sequence[dict[str, str]]


class Endpoint:
    """`model` at the OpenAI-compatible address `url`, waited for `timeout` seconds at most."""

    def __init__(
        self, url: str, model: str, *, api_key: str | None, timeout: float, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.url, self.model = url.rstrip("/"), model
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx.Client(headers=headers, timeout=timeout)
        self._timeout, self._sleep = timeout, sleep
        self._has_answered = False

    def complete(self, messages: Messages, **more: object) -> dict[str, Any]:
        """The endpoint's reply as an object. Raises `Failed`, and `Unavailable` where it is out of reach."""
        body = {"model": self.model, "messages": list(messages), "temperature": 0, "stream": False, **more}
        response = self._send(body)
        if not response.is_success:
            if response.status_code in (401, 403, 404, 405) and not self._has_answered:
                raise self._out_of_reach(f"HTTP {response.status_code}: {response.text[:200]}")
            raise Failed(f"HTTP {response.status_code}: {response.text[:200]}")
        self._has_answered = True
        try:
            said = response.json()
        except ValueError as error:  # no JSON, or not even text
            raise Failed(f"the reply is no JSON: {response.content[:80]!r}") from error
        if not isinstance(said, dict):
            raise Failed(f"the reply is no object: {response.text[:80]!r}")
        return said

    def _send(self, body: dict[str, object]) -> httpx.Response:
        for tried in range(1, _TRIES + 1):
            pause = 0.5 * 2 ** (tried - 1)
            try:
                response = self._client.post(f"{self.url}/chat/completions", json=body)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if tried == _TRIES:
                    raise self._out_of_reach(str(error) or type(error).__name__) from error
            except httpx.TimeoutException as error:
                raise Failed(f"no answer within {self._timeout:g} seconds") from error
            except httpx.TransportError as error:
                if tried == _TRIES:
                    raise Failed(f"the connection failed: {error}") from error
            except httpx.HTTPError as error:  # a reply that can't be decoded, redirects without end
                raise Failed(f"the reply can't be read: {error}") from error
            else:
                if response.status_code not in _AGAIN or tried == _TRIES:
                    return response
                pause = max(pause, _asked_to_wait(response))
            self._sleep(pause)
        raise AssertionError

    def _out_of_reach(self, why: str) -> Unavailable:
        why = " ".join(why.split())
        return Unavailable(
            f"{self.model} at {self.url} can't be evaluated ({why}); check the address and the model in --target, "
            "and YIJU_LLM_API_KEY, then run again with the same --out",
            f"无法评测 {self.url} 的 {self.model}（{why}）；请检查 --target 中的地址和模型以及 YIJU_LLM_API_KEY，"
            "然后用同一个 --out 重新运行",
        )

    def close(self) -> None:
        self._client.close()


class GivenPassages:
    """A language model that answers from the passages that our retrieval finds. Every such system gets the same
    passages of a question, in the same order."""

    def __init__(self, endpoint: Endpoint, assistant: Assistant, *, top_k: int = 8) -> None:
        self.name = f"openai:{endpoint.url}#{endpoint.model}"
        self._endpoint = endpoint
        self._assistant = assistant
        self._top_k = top_k

    def ask(self, gold: GoldQuestion) -> Response:
        began = time.perf_counter()
        try:
            hits = self._assistant.search(gold.question, top_k=self._top_k)
            retrieved = time.perf_counter()
            prompt = render("evaluated", gold.lang, question=gold.question, passages=passages(hits))
            reply = self._endpoint.complete([*_history(gold), _user(prompt)], max_tokens=_ANSWER_TOKENS)
            text = _content(reply)
        except (BadInput, Failed) as error:
            return failed(error, _since(began))
        said = said_in(text)
        return Response(
            answered=bool(said),
            text=text,
            reason=None if said else "not_in_documents",
            said=said,
            cited=_used([self._cited(number, hit) for number, hit in enumerate(hits, 1)], said),
            found=found_of(hits),
            milliseconds={"retrieve": (retrieved - began) * 1000, "answer": _since(retrieved), "total": _since(began)},
            tokens=_tokens(reply),
            models={"answerer": self._endpoint.model},
        )

    def _cited(self, number: int, hit: Hit) -> Cited:
        document = self._assistant.document(hit.document_id)
        return Cited(
            number=number,
            source=hit.source,
            quote=hit.text,
            context="\n".join((hit.title, *hit.headings)),
            resolves=document.quote(hit.start, hit.end) == hit.text,
        )

    def close(self) -> None:
        self._endpoint.close()


class RagServer:
    """A server that finds its own passages: only the conversation is sent."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.name = f"rag:{endpoint.url}#{endpoint.model}"
        self._endpoint = endpoint

    def ask(self, gold: GoldQuestion) -> Response:
        began = time.perf_counter()
        try:
            reply = self._endpoint.complete([*_history(gold), _user(gold.question)])
            text = _content(reply)
        except Failed as error:
            return failed(error, _since(began))
        spent = _since(began)
        said, listed = said_in(text), listed_sources(reply)
        return Response(
            answered=bool(said),
            text=text,
            reason=None if said else "not_in_documents",
            said=said,
            cited=_used(listed, said),
            found=tuple(Found(source=each.source, text=each.quote) for each in listed),
            milliseconds={"total": spent},
            tokens=_tokens(reply),
            models={"answerer": self._endpoint.model},
        )

    def close(self) -> None:
        self._endpoint.close()


def _used(listed: Sequence[Cited], said: Sequence[Said]) -> tuple[Cited, ...]:
    """Of what could be cited, what the sentences cite."""
    numbers = {number for sentence in said for number in sentence.citations}
    return tuple(each for each in listed if each.number in numbers)


def _history(gold: GoldQuestion) -> list[dict[str, str]]:
    return [{"role": message.role, "content": message.content} for message in gold.history]


def _user(content: str) -> dict[str, str]:
    return {"role": "user", "content": content}


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000


def _content(reply: dict[str, Any]) -> str:
    """The text of a chat completion. Raises `Failed` where there is none."""
    try:
        content = reply["choices"][0]["message"]["content"]
        text = content if isinstance(content, str) else "".join(part.get("text") or "" for part in content)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise Failed(f"the reply is no chat completion; it has the fields {sorted(map(str, reply))[:8]}") from error
    if not text.strip():
        raise Failed("the reply is empty")
    return text


def _tokens(reply: dict[str, Any]) -> int | None:
    usage = reply.get("usage")
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) else None


def _asked_to_wait(response: httpx.Response) -> float:
    """Seconds that a server asks to wait, within reason; 0 where it does not say."""
    said = response.headers.get("retry-after", "")
    return min(float(said), _LONGEST_WAIT) if said.isascii() and said.isdigit() else 0.0

"""A language model behind llama-index: found by name, asked, and not waited for longer than the settings say.

It knows nothing of questions and documents. Any integration `llama_index.llms.NAME` that is installed will do;
`openai_like` comes with this program. Each library has time-outs and errors of its own, so a model is read in a
thread and whatever it raises becomes one of ours: `BadReply`, `TimedOut` or `Unavailable`.
"""

from __future__ import annotations

import inspect
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any

from corpus.errors import BadReply, BadSetting, TimedOut, Unavailable

if TYPE_CHECKING:
    from llama_index.core.llms import LLM, ChatResponse

OPENAI_LIKE = "openai_like"
DEFAULT_URL = "http://127.0.0.1:11434/v1"
# An answer takes at most so many times the longest silence.
_LONGEST = 10
_RETRIES = 2
# What integrations call the same thing; the first name that one has is used.
_NAMES = {
    "model": ("model", "model_name"),
    "url": ("api_base", "base_url"),
    "api_key": ("api_key",),
    "context": ("context_window",),
    "tokens": ("max_tokens",),
    "timeout": ("timeout", "request_timeout"),
    "retries": ("max_retries",),
    "temperature": ("temperature",),
    "chat": ("is_chat_model",),
}
_USER = re.compile(r"//[^/@\s]+@")


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """Which model: the integration's name, the model's, and where. `context` and `tokens` (the most that it may
    write) are in tokens, `timeout` (the longest silence) in seconds."""

    integration: str
    model: str
    url: str | None
    api_key: str | None
    context: int
    tokens: int
    timeout: float


class Reply:
    """What a model says, piece by piece. `finish` is why it ended, in its own words; None where it did not say."""

    def __init__(self, responses: Callable[[], Iterable[ChatResponse]], model: LanguageModel) -> None:
        self._responses = responses
        self._model = model
        self.finish: str | None = None

    def __iter__(self) -> Iterator[str]:
        """Raises `BadReply`, `TimedOut` and `Unavailable`."""
        for response in _relayed(self._responses, self._model.options.timeout, self._model.failure):
            self.finish = _finish_of(response) or self.finish
            yield response.delta or ""


class LanguageModel:
    """A model that can be asked. Raises `BadReply`, `TimedOut` and `Unavailable` where it does not answer."""

    def __init__(self, llm: LLM, options: ModelOptions) -> None:
        self._llm = llm
        self.options = options
        self.name = options.model

    def stream(self, prompt: str) -> Reply:
        """The reply as it comes. An empty piece is a sign of life (a model that thinks)."""
        messages = self._messages(prompt)
        return Reply(lambda: self._llm.stream_chat(messages), self)

    def complete(self, prompt: str) -> str:
        """The whole reply, waited for in one piece."""
        messages = self._messages(prompt)
        (response,) = _relayed(lambda: [self._llm.chat(messages)], self.options.timeout, self.failure)
        return str(response.message.content or "")

    def _messages(self, prompt: str) -> list[Any]:
        from llama_index.core.llms import ChatMessage

        return [ChatMessage(role="user", content=prompt)]

    def failure(self, error: BaseException) -> Unavailable:
        """The error of a library as one of ours, with what to do about it and without the key."""
        status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
        kind, en, zh = _what_to_do(status, error)
        reason = self._redacted(error)
        return kind(
            f"the language model {self.name} does not answer ({reason}); {en}, or ask with answerer extractive",
            f"语言模型 {self.name} 没有正常应答（{reason}）；{zh}，或将 answerer 设为 extractive",
        )

    def _redacted(self, error: BaseException) -> str:
        body = getattr(error, "body", None)  # what the endpoint says, where the library keeps it apart
        message = body.get("message") if isinstance(body, dict) else None
        status = getattr(error, "status_code", None)
        said = f"{status}: {message}" if message and status else str(error).strip()
        reason = said.splitlines()[0] if said else type(error).__name__
        if self.options.api_key:
            reason = reason.replace(self.options.api_key, "…")
        return "".join(c for c in _USER.sub("//…@", reason)[:200] if c.isprintable())


def load_language_model(options: ModelOptions) -> LanguageModel:
    """The model that the options name. Nothing is asked of it yet. Raises `BadSetting`."""
    kind = _integration(options.integration)
    try:
        return LanguageModel(kind(**_arguments(kind, options)), options)
    except (ImportError, TypeError, ValueError) as error:
        reason = str(error).replace(options.api_key or "\0", "…")[:300]
        raise BadSetting(
            f"the language model {options.integration} can't be set up ({reason}); check YIJU_LLM_MODEL, YIJU_LLM_URL "
            "and YIJU_LLM_API_KEY",
            f"无法设置语言模型 {options.integration}（{reason}）；"
            "请检查 YIJU_LLM_MODEL、YIJU_LLM_URL 与 YIJU_LLM_API_KEY",
        ) from error


def _integration(name: str) -> type[LLM]:
    """The class of `llama_index.llms.NAME`: the one with that name, or the only one there is."""
    from llama_index.core.llms import LLM

    path, package = f"llama_index.llms.{name}", f"llama-index-llms-{name.replace('_', '-')}"
    try:
        module = import_module(path)
    except ImportError as error:
        raise BadSetting(
            f"YIJU_LLM={name} needs a package that is not installed ({error}); run: pip install {package}",
            f"YIJU_LLM={name} 所需的软件包尚未安装（{error}）；请运行：pip install {package}",
        ) from error
    found = [
        member
        for member in vars(module).values()
        if isinstance(member, type) and issubclass(member, LLM) and member.__module__.startswith(path)
    ]
    named = [member for member in found if member.__name__.lower() == name.replace("_", "")] or found
    if len(named) != 1:
        raise BadSetting(
            f"YIJU_LLM={name}: {path} has no language model of that name; set YIJU_LLM to another, or to {OPENAI_LIKE}",
            f"YIJU_LLM={name}：{path} 中没有同名的语言模型；请改用其他集成或 {OPENAI_LIKE}",
        )
    return named[0]


def _arguments(kind: type[LLM], options: ModelOptions) -> dict[str, Any]:
    """What an integration is made with: of what we know, that which it has a name for."""
    ours = options.integration == OPENAI_LIKE
    values: dict[str, object] = {
        "model": options.model,
        "url": options.url or (DEFAULT_URL if ours else None),
        # An endpoint of one's own often has no key, and the client wants one.
        "api_key": options.api_key or ("none" if ours else None),
        "context": options.context,
        "tokens": options.tokens,
        "timeout": options.timeout,
        "retries": _RETRIES,
        "temperature": 0.0,
        "chat": True,
    }
    accepted = {*kind.model_fields, *inspect.signature(kind.__init__).parameters}
    names = {key: next((name for name in _NAMES[key] if name in accepted), None) for key in values}
    return {name: values[key] for key, name in names.items() if name and values[key] is not None}


@dataclass(frozen=True, slots=True)
class _End:
    """The last thing that a thread hands over: what went wrong, if anything."""

    error: BaseException | None


class _HandingOver:
    """Hands a thread's end to whoever waits for it, an error included, whatever it is: every integration raises
    errors of its own. None is lost: the reader raises it."""

    def __init__(self, queue: SimpleQueue[Any]) -> None:
        self._queue = queue

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._queue.put(_End(error))
        return True


def _relayed(
    read: Callable[[], Iterable[ChatResponse]], timeout: float, failure: Callable[[BaseException], Unavailable]
) -> Iterator[ChatResponse]:
    """What a thread of its own reads, so that a silent model is left after `timeout` seconds, whatever its library
    does. Whoever stops listening ends the thread at the next piece."""
    queue: SimpleQueue[Any] = SimpleQueue()
    stop = threading.Event()

    def work() -> None:
        with _HandingOver(queue):
            for piece in read():
                if stop.is_set():
                    return
                queue.put(piece)

    threading.Thread(target=work, name="language model", daemon=True).start()
    deadline = time.monotonic() + _LONGEST * timeout
    try:
        while True:
            try:
                piece = queue.get(timeout=max(0.0, min(timeout, deadline - time.monotonic())))
            except Empty:
                raise failure(
                    TimeoutError(f"nothing for {timeout:g} s, or not done in {_LONGEST * timeout:g} s")
                ) from None
            if isinstance(piece, _End):
                if piece.error is not None:
                    raise failure(piece.error) from piece.error
                return
            yield piece
    finally:
        stop.set()


def _finish_of(response: ChatResponse) -> str | None:
    """Why a model stopped, where its last piece says so: "stop", "length" …"""
    choices = getattr(response.raw, "choices", None)
    if choices:
        return getattr(choices[0], "finish_reason", None)
    return response.raw.get("done_reason") if isinstance(response.raw, dict) else None


def _what_to_do(status: int | None, error: BaseException) -> tuple[type[Unavailable], str, str]:
    """Which error it is for a person, and the next step in English and Chinese."""
    if status in (401, 403):
        return BadReply, "it refuses the key: check YIJU_LLM_API_KEY", "密钥被拒绝：请检查 YIJU_LLM_API_KEY"
    if status == 404:
        return (
            BadReply,
            "there is no such model or address: check YIJU_LLM_MODEL and YIJU_LLM_URL",
            "没有该模型或地址：请检查 YIJU_LLM_MODEL 与 YIJU_LLM_URL",
        )
    if status == 429:
        return Unavailable, "it has too much to do: ask again later", "请求过多：请稍后再问"
    if status is not None and status >= 500:
        return BadReply, "it fails: ask again later", "服务出错：请稍后再问"
    if status is not None:
        return (
            BadReply,
            "it refuses the request: check YIJU_LLM_MODEL and YIJU_LLM_CONTEXT",
            "请求被拒绝：请检查 YIJU_LLM_MODEL 与 YIJU_LLM_CONTEXT",
        )
    # No library's time-out is another's, but all are called so.
    if any("Timeout" in kind.__name__ for kind in type(error).__mro__):
        return TimedOut, "ask again later or raise YIJU_LLM_TIMEOUT", "请稍后再问，或调大 YIJU_LLM_TIMEOUT"
    return Unavailable, "check YIJU_LLM_URL and that the model runs", "请检查 YIJU_LLM_URL 以及模型是否在运行"

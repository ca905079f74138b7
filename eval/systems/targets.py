"""`--target`: the name of a system that is to be evaluated, made into it.

| name | system |
|---|---|
| none | Yiju in this process, with --corpus indexed |
| `http://host:port` | a Yiju server |
| `openai:URL#MODEL` | a language model at an OpenAI-compatible endpoint, given the passages that we find |
| `rag:URL#MODEL` | a server behind such an endpoint that finds its own passages |
| `file:answers.jsonl` | answers made elsewhere |
| `adapter.py` | a Python file that asks any other system |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import SecretStr
from rich.console import Console

from assistant.core import Assistant
from assistant.settings import Settings, revealed
from corpus.errors import BadInput, BadSetting
from eval.questions import SAMPLES, GoldSet
from eval.runner import Advance, index_size, indexed
from eval.runs import Row
from eval.systems.base import LocalSystem, System
from eval.systems.file import Adapter, AnswersFile
from eval.systems.originals import Checked, Originals

Kind = Literal["local", "remote", "openai", "rag", "file", "adapter"]
Conditions = dict[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True)
class Name:
    """A target's name in parts: `place` is an address or a path, `model` that behind "#"."""

    kind: Kind
    place: str = ""
    model: str = ""

    @property
    def ours(self) -> bool:
        """Whether our own retrieval finds the passages."""
        return self.kind in ("local", "openai")


@dataclass(frozen=True, slots=True)
class Target:
    """A system, what it was set to, the documents it answers from, in words, and how large their index is."""

    system: System
    conditions: Conditions
    corpus: str
    index: dict[str, int]


def read_name(target: str | None) -> Name:
    """The parts of a target's name. Raises `BadInput` for one that is none."""
    if target is None:
        return Name("local")
    if target.startswith(("http://", "https://")):
        return Name("remote", _address(target, target))
    kind, _, rest = target.partition(":")
    if kind in ("openai", "rag"):
        url, _, model = rest.rpartition("#")
        if url and model:
            return Name("openai" if kind == "openai" else "rag", _address(url, target), model)
    elif kind == "file" and rest:
        return Name("file", rest)
    elif target.endswith(".py"):
        return Name("adapter", target)
    raise BadInput(
        f"there is no target {target!r}; give http://host:port of a Yiju server, openai:URL#MODEL, rag:URL#MODEL "
        "(such as openai:http://127.0.0.1:11434/v1#qwen3), file:ANSWERS.jsonl or ADAPTER.py",
        f"无法识别评测对象 {target!r}；可用 Yiju 服务的 http://主机:端口、openai:地址#模型、rag:地址#模型"
        "（例如 openai:http://127.0.0.1:11434/v1#qwen3）、file:答案.jsonl 或 适配文件.py",
    )


@contextmanager
def opened(
    target: str | None,
    questions: GoldSet,
    corpus: Path | None,
    folder: Path,
    settings: Settings,
    *,
    samples: bool,
    top_k: int,
    advance: Advance,
) -> Iterator[Target]:
    """The system of a name, closed in the end. `folder` holds the index of `corpus`, or of the samples where the
    set is theirs (`samples`), where documents are needed: to answer, or to look up what other systems quote.
    Raises `BadInput` for a name that is none, and where documents are needed and not named."""
    name = read_name(target)
    at_hand = corpus is not None or samples
    if name.ours and not at_hand:
        raise BadInput(
            "say which documents the set is about: --corpus FOLDER", "请用 --corpus 指定评测集所针对的文件夹"
        )
    size: dict[str, int] = {}
    with ExitStack() as stack:
        system = _without_documents(name, questions, settings, top_k)  # first, so that a bad file is said at once
        if system is not None:
            stack.callback(system.close)
        if system is None or (at_hand and name.kind != "remote"):
            # Quotes are looked up in the documents' text, which needs no model.
            own = settings if name.ours else settings.model_copy(update={"embedder": "none", "llm": "none"})
            workplace = stack.enter_context(indexed(corpus, folder, own, advance))
            assistant, size = workplace.assistant, index_size(workplace) if name.ours else {}
            if system is None:
                system = _with_documents(name, assistant, settings, top_k)
                stack.callback(system.close)
            else:
                system = Checked(system, Originals(assistant))
        known = str(corpus or SAMPLES) if at_hand else "what the system has"
        yield Target(system, _conditions(name, settings, top_k), known, size)


def print_failures(rows: Sequence[Row], console: Console) -> None:
    """Says how many questions failed, and why the first one did; they count as wrong."""
    failed = [row for row in rows if row.response.error is not None]
    if failed:
        first = failed[0]
        console.print(
            f"{len(failed)} of {len(rows)} questions failed and count as wrong; {first.gold.id}: "
            f"{first.response.error}\n{len(rows)} 个问题中有 {len(failed)} 个失败，按答错计。",
            style="yellow",
            markup=False,
            highlight=False,
        )


def _without_documents(name: Name, questions: GoldSet, settings: Settings, top_k: int) -> System | None:
    """A system that needs no documents of ours; None for the others."""
    if name.kind == "remote":
        from eval.systems.remote import RemoteSystem

        return RemoteSystem(name.place, api_key=_key(settings.api_key, "YIJU_API_KEY"), top_k=top_k)
    if name.kind == "rag":
        from eval.systems.openai import Endpoint, RagServer

        key = _key(settings.llm_api_key, "YIJU_LLM_API_KEY")
        return RagServer(Endpoint(name.place, name.model, api_key=key, timeout=settings.llm_timeout))
    if name.kind == "file":
        return AnswersFile(Path(name.place), questions)
    return Adapter(Path(name.place)) if name.kind == "adapter" else None


def _with_documents(name: Name, assistant: Assistant, settings: Settings, top_k: int) -> System:
    if name.kind == "local":
        return LocalSystem(assistant, top_k=top_k)
    from eval.systems.openai import Endpoint, GivenPassages

    key = _key(settings.llm_api_key, "YIJU_LLM_API_KEY")
    endpoint = Endpoint(name.place, name.model, api_key=key, timeout=settings.llm_timeout)
    return GivenPassages(endpoint, assistant, top_k=top_k)


def _conditions(name: Name, settings: Settings, top_k: int) -> Conditions:
    if name.kind == "local":
        return {"top_k": top_k, "embedder": settings.embedder, "llm": settings.llm_model}
    if name.kind == "openai":
        return {"top_k": top_k, "embedder": settings.embedder}
    return {"top_k": top_k} if name.kind == "remote" else {}


def _address(url: str, target: str) -> str:
    """An address that can be one, without a final slash. Raises `BadInput`; a password in it would be kept in the
    run's files."""
    try:
        parts = urlsplit(url)
        sound = bool(parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and url.isprintable())
        sound = sound and " " not in url and parts.username is None and not parts.query
    except ValueError:  # a port that is none
        sound = False
    if sound:
        return url.rstrip("/")
    raise BadInput(
        f"the target {target!r} has no usable address; give one such as http://127.0.0.1:8000 or "
        "openai:http://127.0.0.1:11434/v1#qwen3, without user name, password and query",
        f"评测对象 {target!r} 中的地址不可用；请给出形如 http://127.0.0.1:8000 或 "
        "openai:http://127.0.0.1:11434/v1#qwen3 的地址，其中不含用户名、密码和查询参数",
    )


def _key(given: SecretStr | None, setting: str) -> str | None:
    """A key, checked: in a header only plain characters can be sent."""
    key = revealed(given)
    if key is not None and not (key.isascii() and key.isprintable()):
        raise BadSetting(
            f"{setting} has characters that a key can't have; copy it again",
            f"{setting} 含有密钥中不能出现的字符；请重新复制",
        )
    return key

"""What is configured, reachable and indexed, and what to do about what is not."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from assistant.folder import read_holder
from assistant.settings import PREFIX, Settings, revealed
from corpus.errors import Held, YijuError
from indexing.embedders import is_endpoint

if TYPE_CHECKING:
    from assistant.wiring import Workplace
    from indexing.embedders import Embedder
    from indexing.rerank import Reranker

# What an address may hold that is not to be shown.
_CREDENTIALS = re.compile(r"//[^/@\s]+@")


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report; `ok` is None for what is only told."""

    ok: bool | None
    text: str


def examine(settings: Settings, language: str) -> Iterator[Check]:
    """The checks, one after the other, each independent of the ones before."""
    zh = language == "zh"
    yield Check(None, f"Yiju {version('yiju')}, Python {platform.python_version()}, {platform.system()}")
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if value is not None and name in settings.model_fields_set:
            yield Check(None, f"{PREFIX}{name.upper()} = {_CREDENTIALS.sub('//***@', str(value))}")
    from assistant.wiring import Workplace

    try:
        workplace = Workplace(settings)
    except Held as error:
        yield from _held(settings, error, language)
        return
    except YijuError as error:
        yield Check(False, error.text(language))
        return
    try:
        yield Check(True, (f"数据目录 {settings.data}" if zh else f"data folder {settings.data}"))
        rows = workplace.assistant.documents()
        own, searched = sum(r.origin == "own" for r in rows), sum(r.passages for r in rows if r.searched)
        if zh:
            text = f"自有文件 {own} 份，样例 {len(rows) - own} 份，可检索段落 {searched} 个"
        else:
            text = f"{own} documents of your own, {len(rows) - own} samples, {searched} passages to search"
        if not rows:
            text += "；请运行 yiju ingest 路径，或 yiju serve" if zh else "; run: yiju ingest PATH, or: yiju serve"
        yield Check(bool(rows) or None, text)
        yield Check(True, f"{'检索引擎' if zh else 'engine'}: {_engine(workplace, zh=zh)}")
        yield _embedder(settings, workplace.embedder, zh=zh)
        if workplace.reranker is not None:
            yield _reranker(workplace.reranker, language)
    finally:
        workplace.close()


def _engine(workplace: Workplace, *, zh: bool) -> str:
    """Which engine holds the index, and where in it."""
    from assistant.wiring import collection_name, index_folder

    settings, generation = workplace.settings, workplace.generation
    if settings.qdrant_url:
        collection = collection_name(settings, generation)
        return f"{settings.qdrant_url} ({'集合' if zh else 'collection'} {collection})"
    return f"{'内置引擎' if zh else 'built-in engine'} ({index_folder(settings.data, generation)})"


def _embedder(settings: Settings, embedder: Embedder | None, *, zh: bool) -> Check:
    """What is known of an embedder that is loaded: one at an endpoint has answered then."""
    title = "向量模型" if zh else "embedder"
    if embedder is None:
        missing = "无（仅按词语检索；可设置 YIJU_EMBEDDER）" if zh else "none (search by word only; set YIJU_EMBEDDER)"
        return Check(None, f"{title}: {missing}")
    size = f"，{embedder.dimension} 维" if zh else f", {embedder.dimension:,} dimensions"
    answers = ("，接口可用" if zh else ", its endpoint answers") if is_endpoint(settings.embedder) else ""
    return Check(True, f"{title}: {embedder.name}{size}{answers}")


def _reranker(reranker: Reranker, language: str) -> Check:
    """Whether a reranker can be loaded and, where it is at an endpoint, answers."""
    try:
        reranker.scores("?", ["?"])
    except YijuError as error:
        return Check(False, error.text(language))
    return Check(True, f"{'重排模型' if language == 'zh' else 'reranker'}: {reranker.name}")


def _held(settings: Settings, error: Held, language: str) -> Iterator[Check]:
    from assistant.remote import Remote

    holder = read_holder(settings.data)
    if holder is None or holder.address is None:
        yield Check(None, error.text(language))
        return
    remote = Remote(holder.address, revealed(settings.api_key), language)
    try:
        ready = remote.ready()
        said = "正在服务，段落" if language == "zh" else "is serving; passages:"
        yield Check(True, f"{holder.address} {said} {ready['passages']} (pid {holder.pid})")
    except YijuError as problem:
        yield Check(False, problem.text(language))
    finally:
        remote.close()

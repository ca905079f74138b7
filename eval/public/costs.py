"""What an embedder costs by itself: its size, how long it takes to load, how fast it encodes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus.errors import BadSetting
from eval.records import Record
from indexing.embed_static import BUILTIN_FOLDER
from indexing.embedders import BUILTIN, Embedder, load_embedder

# Seconds that passages are encoded for, and how many at once (as `indexing.index` gives them).
_SECONDS, _BATCH = 3.0, 64
_QUESTIONS = 500
# Loading is timed so often, unless it is slow.
_LOADS, _SLOW_MS = 3, 2000.0
# From the first import to the first vector; the interpreter's own start is not in it.
_LOAD = """
import json, sys, time
began = time.perf_counter()
from indexing.embedders import load_embedder
load_embedder(sys.argv[1]).embed_question("where 哪里")
print(json.dumps({"ms": (time.perf_counter() - began) * 1000, "torch": "torch" in sys.modules}))
"""


class ModelCost(Record):
    """An embedder's costs: bytes on disk (None where it is not known which files are its), milliseconds from the
    first import to the first vector in a process of its own (the median), whether PyTorch was imported for it,
    microseconds a question (the median) and passages a second, in one process."""

    embedder: str
    name: str
    fingerprint: str
    machine: str
    dimension: int
    bytes: int | None
    load_ms: float
    torch: bool
    question_us: float
    passages_per_second: float


def measure_model(
    setting: str, embedder: Embedder, questions: Sequence[str], passages: Sequence[str], fingerprint: str, machine: str
) -> ModelCost:
    """Measures a loaded embedder on these texts. Raises `BadSetting` where it can't be loaded again."""
    load_ms, torch = _load(setting)
    return ModelCost(
        embedder=setting,
        name=embedder.name,
        fingerprint=fingerprint,
        machine=machine,
        dimension=embedder.dimension,
        bytes=_size(setting),
        load_ms=load_ms,
        torch=torch,
        question_us=_question_us(embedder, questions),
        passages_per_second=_per_second(embedder, passages),
    )


def try_embedder(setting: str) -> tuple[Embedder | None, BadSetting | None]:
    """The embedder of a setting (None where it names none), or why it can't be had."""
    try:
        return load_embedder(setting), None
    except BadSetting as error:
        return None, error


def _load(setting: str) -> tuple[float, bool]:
    found: list[dict[str, float]] = []
    while len(found) < _LOADS and not any(one["ms"] > _SLOW_MS for one in found):
        done = subprocess.run([sys.executable, "-c", _LOAD, setting], capture_output=True, text=True, check=False)
        if done.returncode:
            why = (done.stderr.strip().splitlines() or ["?"])[-1][:200]
            raise BadSetting(
                f"the embedder {setting} can't be loaded in a process of its own ({why}); try the setting by itself",
                f"无法在单独的进程中加载向量模型 {setting}（{why}）；请单独检查该设置",
            )
        found.append(json.loads(done.stdout.splitlines()[-1]))
    return float(np.median([one["ms"] for one in found])), bool(found[0]["torch"])


def _size(setting: str) -> int | None:
    folder = BUILTIN_FOLDER if setting == BUILTIN else Path(setting)
    if not folder.is_dir():
        return None
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _question_us(embedder: Embedder, questions: Sequence[str]) -> float:
    times: list[float] = []
    for text in (*questions[:10], *questions[:_QUESTIONS]):
        began = time.perf_counter()
        embedder.embed_question(text)
        times.append((time.perf_counter() - began) * 1e6)
    return float(np.median(times[len(questions[:10]) :])) if times else float("nan")


def _per_second(embedder: Embedder, passages: Sequence[str]) -> float:
    """Over the first passages that fill the time, each once."""
    embedder.embed_passages(passages[:1])
    done, began = 0, time.perf_counter()
    while done < len(passages) and time.perf_counter() - began < _SECONDS:
        done += len(embedder.embed_passages(passages[done : done + _BATCH]))
    return done / (time.perf_counter() - began)

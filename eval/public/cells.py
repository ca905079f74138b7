"""What the retrieval benchmark has measured so far, in a file that it goes on with: one line for each set and system,
and one for each embedder.

A line is used again where it was measured on the same questions with the same code, model and recipe; what has
changed since is measured anew. The code is known by its text and not by its commit, so that a changed checkout is
another.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import RootModel, ValidationError

from corpus.errors import BadInput
from eval.public.costs import ModelCost
from eval.public.suite import Half
from eval.public.systems import System
from eval.records import Record

# Of the evaluation's own code, what decides a score.
_FINDING = (
    "asked.py",
    "document_names.py",
    "finding.py",
    "table_groups.py",
    "table_questions.py",
    "table_words.py",
    "weighing.py",
)
_MEASURING = ("measures/retrieval.py", "questions.py", "public/baselines.py", "public/measuring.py", "public/suite.py")


class Costs(Record):
    """What a system's index and search cost on one set: documents, passages, seconds to index them (once the model
    is loaded), and milliseconds a search for the product's usual number of passages."""

    documents: int
    passages: int
    index_seconds: float
    searches: int
    p50_ms: float
    p95_ms: float


class Cell(Record):
    """What a system scored on every question of a set: `scores` by measure and question. `model` is the embedder as
    name@revision, or nothing."""

    set_name: str
    sha256: str
    system: str
    fingerprint: str
    model: str
    scores: dict[str, dict[str, float]]
    clusters: dict[str, str]
    halves: dict[str, Half]
    costs: Costs | None
    commit: str
    machine: str
    made: str


class _Line(RootModel[Cell | ModelCost]):
    """A line of the file."""


class Book:
    """The file. With `again` what it holds is put aside. Raises `BadInput` where it holds something else."""

    def __init__(self, file: Path, *, again: bool = False) -> None:
        self._file = file
        self._cells: dict[str, Cell] = {}
        self._models: dict[str, ModelCost] = {}
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            if again:
                file.unlink(missing_ok=True)
            lines = file.read_bytes().split(b"\n") if file.exists() else []
            whole = self._read(lines)
            if len(whole) < len(lines):  # an interruption cut the last line
                file.write_bytes(b"".join(line + b"\n" for line in whole))
        except OSError as error:
            raise BadInput(
                f"{file} can't be used ({error.strerror}); name a folder that is yours with --out",
                f"无法使用 {file}（{error.strerror}）；请用 --out 指定可写的文件夹",
            ) from error

    def _read(self, lines: list[bytes]) -> list[bytes]:
        whole: list[bytes] = []
        for number, line in enumerate(lines, 1):
            try:
                if line:
                    self._keep(_Line.model_validate_json(line).root)
                    whole.append(line)
            except ValidationError as error:
                if number == len(lines):
                    break
                raise BadInput(
                    f"{self._file}, line {number} is no result of this benchmark; start over with --again",
                    f"{self._file} 第 {number} 行不是本评测的结果；请用 --again 重新开始",
                ) from error
        return whole

    def cell(self, fingerprint: str) -> Cell | None:
        """What was measured with just this, or None."""
        return self._cells.get(fingerprint)

    def model(self, fingerprint: str) -> ModelCost | None:
        return self._models.get(fingerprint)

    def add(self, line: Cell | ModelCost) -> None:
        """Keeps a result; it is on disk when this returns."""
        with self._file.open("a", encoding="utf-8") as file:
            file.write(line.model_dump_json() + "\n")
        self._keep(line)

    def _keep(self, line: Cell | ModelCost) -> None:
        if isinstance(line, Cell):
            self._cells[line.fingerprint] = line
        else:
            self._models[line.fingerprint] = line


def fingerprint(system: System, model: str, sha256: str, half: Half | Literal["both"]) -> str:
    """A digest of all that a cell depends on."""
    return digest_of(system.conditions, model, sha256, half)


def digest_of(*what: object) -> str:
    """A digest of these and of the code."""
    return hashlib.sha256(json.dumps([*what, code_digest()], sort_keys=True).encode()).hexdigest()


@cache
def code_digest() -> str:
    """A digest of the code that reads, indexes, searches and measures, as it was when this process first asked."""
    here = Path(__file__).parents[2]
    files = [file for part in ("corpus", "indexing") for file in sorted((here / part).rglob("*.py"))]
    files += [here / "eval" / name for name in _MEASURING]
    files += [here / "assistant" / "answering" / name for name in _FINDING]
    together = hashlib.sha256()
    for file in files:
        together.update(file.read_bytes())
    return together.hexdigest()

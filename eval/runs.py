"""A run on disk: `run.json` says what was run, `results.jsonl` holds one question a line as it was scored.

A run is written line by line and can be gone on with after an interruption: what is there is not asked
again. It is never changed once it is finished.
"""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from pydantic import Field, ValidationError

from corpus.errors import BadInput
from eval.questions import GoldQuestion
from eval.records import Record
from eval.systems.base import Response

MANIFEST, RESULTS = "run.json", "results.jsonl"


class Row(Record):
    """One question, what the system answered, and its score on each measure that applies (else None)."""

    gold: GoldQuestion
    response: Response
    scores: dict[str, float | None]


class Manifest(Record):
    """What a run's figures depend on, and where they come from. `key` says whether two runs asked the same."""

    name: str
    set_name: str
    set_sha256: str
    questions: int
    corpus: str
    system: str
    support: str
    conditions: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    commit: str
    program: str
    machine: str
    began: str
    finished: str | None = None
    index: dict[str, int] = Field(default_factory=dict)

    @property
    def identity(self) -> tuple[object, ...]:
        """What must be the same for a run to be gone on with."""
        return (
            self.set_sha256,
            self.corpus,
            self.system,
            self.support,
            tuple(sorted(self.conditions.items())),
            self.commit,
        )


class Run(Record):
    """A run as it was read."""

    folder: Path
    manifest: Manifest
    rows: tuple[Row, ...]

    @property
    def name(self) -> str:
        return self.manifest.name


class Recorder:
    """Writes a run. What `done` holds was scored before an interruption."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        """Begins a run in `folder`, or goes on with the one there. Raises `BadInput` where that is another
        run or a finished one."""
        self.folder = folder
        self.manifest = manifest
        self.done: dict[str, Row] = {}
        if (folder / MANIFEST).exists():
            self._resume()
        else:
            folder.mkdir(parents=True, exist_ok=True)
            self._write_manifest()
        self._file = (folder / RESULTS).open("a", encoding="utf-8")

    def _resume(self) -> None:
        before = read_run(self.folder, torn=True)
        if before.manifest.finished or before.manifest.identity != self.manifest.identity:
            what = "a finished run" if before.manifest.finished else "a run of another set, system or version"
            zh = "一次已完成的评测" if before.manifest.finished else "另一评测集、系统或版本的评测"
            raise BadInput(
                f"{self.folder} holds {what}; name another folder with --out",
                f"{self.folder} 中是{zh}；请用 --out 指定其他文件夹",
            )
        self.done = {row.gold.id: row for row in before.rows}
        self.manifest = before.manifest
        text = "".join(row.model_dump_json() + "\n" for row in before.rows)
        temporary = self.folder / (RESULTS + ".new")
        temporary.write_text(text, "utf-8")
        temporary.replace(self.folder / RESULTS)

    def add(self, row: Row) -> None:
        """Keeps one question's result; a line is whole on disk before the next question is asked."""
        self._file.write(row.model_dump_json() + "\n")
        self._file.flush()
        self.done[row.gold.id] = row

    def finish(self, index: Mapping[str, int]) -> Run:
        """Ends the run."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self.manifest = self.manifest.model_copy(update={"finished": now(), "index": dict(index)})
        self._write_manifest()
        return Run(folder=self.folder, manifest=self.manifest, rows=tuple(self.done.values()))

    def close(self) -> None:
        self._file.close()

    def _write_manifest(self) -> None:
        temporary = self.folder / (MANIFEST + ".new")
        temporary.write_text(self.manifest.model_dump_json(indent=1), "utf-8")
        temporary.replace(self.folder / MANIFEST)


def read_run(folder: Path, *, torn: bool = False) -> Run:
    """The run in a folder. With `torn` a last line that an interruption cut is left out; else it, like
    anything that is no run, raises `BadInput`."""
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
        # Bytes, because an interruption may cut a line within a character, and a text may hold other line ends.
        results = (folder / RESULTS).read_bytes() if (folder / RESULTS).exists() else b""
    except (OSError, ValidationError) as error:
        raise BadInput(
            f"{folder} holds no run ({type(error).__name__}); name a folder that `yiju eval run` made",
            f"{folder} 中没有评测结果（{type(error).__name__}）；请指定 yiju eval run 生成的文件夹",
        ) from error
    rows: list[Row] = []
    lines = [line for line in results.split(b"\n") if line]
    for number, line in enumerate(lines, 1):
        try:
            rows.append(Row.model_validate_json(line))
        except ValidationError as error:
            if torn and number == len(lines):
                break
            raise BadInput(
                f"{folder / RESULTS}, line {number} is no result; run the evaluation again",
                f"{folder / RESULTS} 第 {number} 行不是评测结果；请重新评测",
            ) from error
    return Run(folder=folder, manifest=manifest, rows=tuple(rows))


def now() -> str:
    """The time, as run files give it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def commit() -> str:
    """The commit this program was run from, with "+" where files were changed since; "unknown" outside a
    checkout."""
    here = Path(__file__).parent
    try:
        head = subprocess.run(["git", "-C", here, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True)  # noqa: PLW1510
        if head.returncode:
            return "unknown"
        changed = subprocess.run(  # noqa: PLW1510
            ["git", "-C", here, "status", "--porcelain", "--untracked-files=no"], capture_output=True, text=True
        )
    except FileNotFoundError:
        return "unknown"
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "")


def program() -> str:
    return f"yiju {version('yiju')}"


def machine() -> str:
    """The machine's kind, never its name."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"

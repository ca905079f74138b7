"""The results of the tests of robustness: figures, remarks and every answer, kept in one JSON file and printed."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from corpus.errors import BadInput
from eval.records import Record
from eval.systems.base import Response


class Finding(Record):
    """A figure with its 95 % interval, over `n` questions (for consistency: groups of questions, for documents
    cited: questions with evidence in several) in `clusters` documents."""

    test: str
    key: str
    en: str
    zh: str
    better: str | None
    value: float
    low: float
    high: float
    n: int
    clusters: int


class Remark(Record):
    """What must be known beside a test's figures, or why it has none."""

    test: str
    en: str
    zh: str


class Asked(Record):
    """A question under a condition: what was answered (its passages left out) and what was made of it."""

    test: str
    id: str
    response: Response
    scores: dict[str, float]


class Robustness(Record):
    """All tests of a set, as they are kept in a file."""

    kind: str = "robustness"
    set_name: str
    set_sha256: str
    questions: int
    corpus: str
    system: str
    conditions: dict[str, str | int | float | bool | None]
    commit: str
    program: str
    machine: str
    began: str
    finished: str
    findings: tuple[Finding, ...]
    remarks: tuple[Remark, ...]
    asked: tuple[Asked, ...]


def read_robustness(path: Path) -> Robustness:
    """The results in a file. Raises `BadInput` where it holds none."""
    try:
        return Robustness.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise BadInput(
            f"{path} holds no results of `yiju eval robustness` ({type(error).__name__}); name a file that it wrote",
            f"{path} 中没有 yiju eval robustness 的结果（{type(error).__name__}）；请指定由它生成的文件",
        ) from error


def print_robustness(found: Robustness, console: Console, language: str = "en") -> None:
    """The figures as a table, and what must be known beside them in the terminal's language."""
    table = Table("test", "measure", "value", "95 % interval", "n", box=None, pad_edge=False)
    for f in found.findings:
        table.add_row(
            f.test, f.zh if language == "zh" else f.en, f"{f.value:.3f}", f"{f.low:.3f}–{f.high:.3f}", str(f.n)
        )
    console.print(table)
    for remark in found.remarks:
        said = remark.zh if language == "zh" else remark.en
        console.print(f"{remark.test}: {said}", markup=False, highlight=False, style="dim")

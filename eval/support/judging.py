"""Judges judged: how well a support function agrees with people.

- **FaithBench** (`faithbench.csv`; Bao et al. 2024, arXiv:2410.13210): English summaries by language models,
  labelled against their source. As its authors' program does it, a summary is supported unless the worst label
  of any annotator is Questionable or Unwanted. Its summaries were chosen because detectors disagreed on them.
  A summary is several sentences: each is judged by itself, and the summary is as good as its worst.
- **OCNLI** (`ocnli_dev.tsv`; Hu et al. 2020, arXiv:2010.05444): Chinese pairs of premise and hypothesis.
  Entailment is support, neutral and contradiction are none; contradiction is denial.
- **AIS** (`ann_*.csv`; Rashkin et al. 2023, arXiv:2112.12870): the public files hold the labelled output and
  where its source was, not the source's text. Nothing can be judged without it, so they are counted and left.

Half of the sources, by a digest of their text, is the test half; the other may be looked at when a support
function is made. Figures are of the test half, with intervals from resampled sources.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from corpus.errors import BadInput
from corpus.sentences import sentences
from eval.measures.base import Judgement, Support
from eval.statistics import Estimate, auroc, estimate_of

Half = Literal["dev", "test"]
_SUPPORTED = {"Consistent": True, "Benign": True, "Questionable": False, "Unwanted": False}
_INFERENCE = ("entailment", "neutral", "contradiction")
_ROW_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Labelled:
    """A claim, what it was held against, and what people said of it. `denied` is None where they were not
    asked."""

    source: str
    claim: str
    supported: bool
    denied: bool | None = None

    @property
    def half(self) -> Half:
        return "test" if hashlib.sha256(self.source.encode()).digest()[0] % 2 else "dev"


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A set of labels in a file. One without sources has no `rows` that can be judged, only `unusable` ones."""

    name: str
    rows: tuple[Labelled, ...]
    unusable: int = 0


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well a support function agrees with the labels of a set: of its yes or no the balanced accuracy, of
    its score the area under the ROC curve, and of its contradictions the balanced accuracy, where known."""

    support: str
    name: str
    half: Half
    positives: int
    balanced_accuracy: Estimate
    auroc: Estimate
    contradiction: Estimate | None


def load_labels(folder: Path) -> tuple[LabelledSet, ...]:
    """The sets of labels in a folder. Raises `BadInput` where there is none, or a file is not as it should be."""
    found = [
        reader(path)
        for pattern, reader in (("faithbench.csv", _faithbench), ("ocnli_dev.tsv", _ocnli), ("ann_*.csv", _ais))
        for path in sorted(folder.glob(pattern))
    ]
    if not found:
        raise BadInput(
            f"{folder} holds no labels; it should have faithbench.csv, ocnli_dev.tsv or ann_*.csv",
            f"{folder} 中没有标注数据；应包含 faithbench.csv、ocnli_dev.tsv 或 ann_*.csv",
        )
    return tuple(found)


def agreement(support: Support, labels: LabelledSet, half: Half, advance: Callable[[str, int], None]) -> Agreement:
    """Judges one half of a set. Raises `BadInput` where it lacks supported or unsupported claims, and what the
    support function raises."""
    rows = [row for row in labels.rows if row.half == half]
    truth = np.array([row.supported for row in rows], dtype=bool)
    if not truth.any() or truth.all():
        raise BadInput(
            f"the {half} half of {labels.name} has claims of one kind only; give more of it",
            f"{labels.name} 的 {half} 部分只有一类论断；请提供更多数据",
        )
    judged: list[Judgement] = []
    for row in rows:
        judged.append(judge(support, row))
        advance(labels.name, len(rows))
    sources = [row.source for row in rows]
    asked = all(row.denied is not None for row in rows)
    denied = np.array([bool(row.denied) for row in rows])
    return Agreement(
        support=support.name,
        name=labels.name,
        half=half,
        positives=int(truth.sum()),
        balanced_accuracy=estimate_of(_balanced(truth, np.array([j.supported for j in judged])), sources),
        auroc=estimate_of(_auroc(truth, np.array([j.score for j in judged])), sources),
        contradiction=estimate_of(_balanced(denied, np.array([j.contradicts for j in judged])), sources)
        if asked and denied.any()
        else None,
    )


def judge(support: Support, row: Labelled) -> Judgement:
    """The judgement of a claim of one sentence or more: the worst of its sentences'."""
    each = [support(row.source, row.claim[start:end]) for start, end in sentences(row.claim)]
    if not each:
        return Judgement(0.0, False)
    return Judgement(min(j.score for j in each), all(j.supported for j in each), any(j.contradicts for j in each))


def print_agreements(found: Sequence[Agreement], labels: Sequence[LabelledSet], out: Console) -> None:
    """A table for each support function, and what could not be judged."""
    for support in dict.fromkeys(each.support for each in found):
        out.print(support, markup=False, highlight=False)
        out.print(_table_of([each for each in found if each.support == support]))
    for one in labels:
        if one.unusable:
            out.print(
                f"{one.name}: {one.unusable:,} rows not judged: the file has no source texts 文件不含原文，未评判",
                markup=False,
                highlight=False,
            )


def _table_of(found: Sequence[Agreement]) -> Table:
    table = Table("labels", "figure", "value", "95 % interval", "claims", "sources", box=None, pad_edge=False)
    for each in found:
        named = (
            ("balanced accuracy", each.balanced_accuracy),
            ("AUROC", each.auroc),
            ("contradiction, balanced accuracy", each.contradiction),
        )
        for name, e in named:
            if e:
                interval = f"{e.low:.3f}–{e.high:.3f}"
                table.add_row(f"{each.name}, {each.half}", name, f"{e.value:.3f}", interval, str(e.n), str(e.clusters))
    return table


def _balanced(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> Callable[[NDArray[np.intp]], float]:
    """The mean of the shares of either kind that are told rightly; 0.5 is chance."""

    def statistic(rows: NDArray[np.intp]) -> float:
        held, right = truth[rows], (truth == said)[rows]
        if held.all() or not held.any():
            return float("nan")
        return float((right[held].mean() + right[~held].mean()) / 2)

    return statistic


def _auroc(truth: NDArray[np.bool_], scores: NDArray[np.float64]) -> Callable[[NDArray[np.intp]], float]:
    return lambda rows: auroc(truth[rows], scores[rows])


def _faithbench(path: Path) -> LabelledSet:
    rows = list(_table(path, ("source", "summary", "worst-label")))
    for number, row in rows:
        if row["worst-label"] not in _SUPPORTED:
            raise _no_label(path, number, row["worst-label"])
    return LabelledSet(
        "FaithBench", tuple(Labelled(r["source"], r["summary"], _SUPPORTED[r["worst-label"]]) for _, r in rows)
    )


def _ocnli(path: Path) -> LabelledSet:
    rows: list[Labelled] = []
    for number, line in enumerate(_text(path).splitlines(), 1):
        premise, _, rest = line.partition("\t")
        claim, _, label = rest.partition("\t")
        if label not in _INFERENCE:
            raise _no_label(path, number, label)
        rows.append(Labelled(premise, claim, label == "entailment", label == "contradiction"))
    return LabelledSet("OCNLI", tuple(rows))


def _ais(path: Path) -> LabelledSet:
    rows = list(_table(path, ("output", "INT & AIS")))
    return LabelledSet(f"AIS {path.stem.removeprefix('ann_')}", (), unusable=len(rows))


def _table(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file, with the line each ends on."""
    csv.field_size_limit(_ROW_LIMIT)
    reader = csv.DictReader(_text(path).splitlines(keepends=True))
    lacking = [column for column in columns if column not in (reader.fieldnames or ())]
    if lacking:
        raise BadInput(
            f"{path} has no column {lacking[0]!r}; give the file as it was published",
            f"{path} 中没有 {lacking[0]!r} 列；请使用原始发布的文件",
        )
    for row in reader:
        yield reader.line_num, {column: row[column] or "" for column in columns}


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} can't be read: {error}", f"无法读取 {path}：{error}") from error


def _no_label(path: Path, line: int, label: str) -> BadInput:
    return BadInput(
        f"{path}, line {line}: {label!r} is no label of this set; give the file as it was published",
        f"{path} 第 {line} 行：{label!r} 不是该数据集的标签；请使用原始发布的文件",
    )

"""Whether a system refuses what its documents do not answer, and only that; and whether it knows.

Two measures look at one question. The others need a whole set, for they are ratios, ranks and curves:

- **precision, recall, F1 of refusing**: refusing is the positive class. Precision and F1 move with the share
  of unanswerable questions in a set; compare them on the same set only.
- **AUROC** of `confidence`: the chance that an answerable question gets a higher one than an unanswerable one
  (ties count half), which is the Mann–Whitney statistic (Hanley & McNeil 1982). It is free of that share.
- **recall at 5 % over-refusal**: how many unanswerable questions are below the confidence that at most 5 %
  of the answerable ones are below.
- **risk–coverage** (Geifman & El-Yaniv 2017, "Selective Classification for Deep Neural Networks"): the mean
  risk of the surest share of the questions, and its area, AURC, the mean of that risk over all coverages.
  The risk of an answer is 1 − its nugget recall, and 1 where the question is unanswerable. What a system
  refused comes last with risk 1: it has no answer there, and refusing everything must not win.
- **calibration**: `confidence` against the event "the question is answerable" (not "the answer is right").
  The expected calibration error (Guo et al. 2017, "On Calibration of Modern Neural Networks") estimates the
  mean distance between a confidence and the share of answerable questions at it, with bins of equal mass
  (Nguyen & O'Connor 2015). With few questions in a bin it is too high (Kumar et al. 2019, "Verified
  Uncertainty Calibration"); and a confidence made for another share of unanswerable questions than the
  set's is off by that alone.

A question that failed counts as refused where it is answerable, as answered where it is not, and with the
worst confidence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from eval.measures.base import Group, Measure, Support, Unit
from eval.questions import GoldQuestion
from eval.statistics import Estimate, estimate, estimate_of
from eval.statistics import auroc as roc_area
from eval.systems.base import Response

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eval.runs import Row

OVER_REFUSAL = 0.05
BINS = 10


def false_answer(gold: GoldQuestion, response: Response, _: Support) -> float | None:
    """Of a question that the documents do not answer: whether it was answered."""
    if gold.answerable:
        return None
    return float(response.answered or response.error is not None)


def false_refusal(gold: GoldQuestion, response: Response, _: Support) -> float | None:
    """Of a question that they do answer: whether it was refused."""
    return float(not response.answered) if gold.answerable else None


MEASURES = (
    Measure("false_answer", "abstention", "unanswerable, answered", "不可答却作答", "lower", false_answer),
    Measure("false_refusal", "abstention", "answerable, refused", "可答却拒答", "lower", false_refusal),
)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What the measures of a set look at, one value a question: whether it is `answerable`, whether it was
    `refused`, the `confidence` (NaN where the system gives none), and the `risk` of answering it (0 to 1)."""

    answerable: NDArray[np.bool_]
    refused: NDArray[np.bool_]
    confidence: NDArray[np.float64]
    risk: NDArray[np.float64]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Outcomes:
        told = any(row.response.confidence is not None for row in rows)
        return cls(
            np.array([row.gold.answerable for row in rows], dtype=bool),
            np.array([_refused(row) for row in rows], dtype=bool),
            np.array([_confidence(row) if told else np.nan for row in rows], dtype=float),
            np.array([_risk(row) for row in rows], dtype=float),
        )

    def take(self, places: NDArray[np.intp]) -> Outcomes:
        return Outcomes(self.answerable[places], self.refused[places], self.confidence[places], self.risk[places])


def _refused(row: Row) -> bool:
    return not row.response.answered and (row.gold.answerable or row.response.error is None)


def _confidence(row: Row) -> float:
    if row.response.error is not None:
        return float(not row.gold.answerable)
    return np.nan if row.response.confidence is None else row.response.confidence


def _risk(row: Row) -> float:
    if not row.gold.answerable or not row.response.answered:
        return 1.0
    recall = row.scores.get("nuggets")
    return 0.0 if recall is None else 1 - recall  # without nuggets nothing is known against an answer


def refused_rightly(o: Outcomes) -> NDArray[np.float64]:
    """Of each refused question whether it is unanswerable, NaN for the others: the mean is the precision."""
    return np.where(o.refused, ~o.answerable, np.nan)


def found_out(o: Outcomes) -> NDArray[np.float64]:
    """Of each unanswerable question whether it was refused, NaN for the others: the mean is the recall."""
    return np.where(~o.answerable, o.refused, np.nan)


def f1(o: Outcomes) -> float:
    """The harmonic mean of both; NaN where nothing is unanswerable."""
    right = int((o.refused & ~o.answerable).sum())
    wrong = int((o.refused == o.answerable).sum())
    return 2 * right / (2 * right + wrong) if not o.answerable.all() else np.nan


def auroc(o: Outcomes) -> float:
    """The area under the ROC curve of confidence; NaN where there is only one kind of question."""
    known = ~np.isnan(o.confidence)
    return roc_area(o.answerable[known], o.confidence[known])


def recall_at_over_refusal(o: Outcomes) -> float:
    """The recall of refusing at the highest threshold that refuses at most `OVER_REFUSAL` of the answerable."""
    known = ~np.isnan(o.confidence)
    answerable = np.sort(o.confidence[known & o.answerable])
    unanswerable = o.confidence[known & ~o.answerable]
    if not answerable.size or not unanswerable.size:
        return np.nan
    return float((unanswerable < answerable[int(OVER_REFUSAL * answerable.size)]).mean())


def _risks(o: Outcomes) -> NDArray[np.float64]:
    """The mean risk of the surest 1, 2 … n questions; what is as sure shares its risk. Shape (n,)."""
    known = ~np.isnan(o.confidence)
    sureness = np.where(o.refused, -1.0, o.confidence)[known]
    order = np.argsort(-sureness, kind="stable")
    risk, sureness = o.risk[known][order], sureness[order]
    if not risk.size:
        return risk
    starts = np.flatnonzero(np.r_[True, sureness[1:] != sureness[:-1]])
    sizes = np.diff(np.r_[starts, risk.size])
    shared = np.repeat(np.add.reduceat(risk, starts) / sizes, sizes)
    mean: NDArray[np.float64] = np.cumsum(shared) / np.arange(1, risk.size + 1)
    return mean


def aurc(o: Outcomes) -> float:
    """The area under the risk–coverage curve."""
    risks = _risks(o)
    return float(risks.mean()) if risks.size else np.nan


def accuracy_at(coverage: float) -> Callable[[Outcomes], float]:
    """1 − the risk of the surest share of the questions."""

    def accuracy(o: Outcomes) -> float:
        risks = _risks(o)
        return 1 - float(risks[max(0, round(coverage * risks.size) - 1)]) if risks.size else np.nan

    return accuracy


def ece(o: Outcomes) -> float:
    """The expected calibration error of confidence for "is answerable"."""
    bins = [(abs(mean - share), n) for mean, share, n in _bins(o)]
    total = sum(n for _, n in bins)
    return sum(distance * n for distance, n in bins) / total if total else np.nan


def _bins(o: Outcomes) -> list[tuple[float, float, int]]:
    known = ~np.isnan(o.confidence)
    return reliability_of(o.confidence[known], o.answerable[known])


def reliability_of(confidence: NDArray[np.float64], answerable: NDArray[np.bool_]) -> list[tuple[float, float, int]]:
    """Mean confidence, share answerable and number of questions of at most `BINS` bins of equal mass."""
    if not confidence.size:
        return []
    ordered = np.sort(confidence)
    edges = np.unique(ordered[[min(round(i * confidence.size / BINS), confidence.size - 1) for i in range(1, BINS)]])
    place = np.searchsorted(edges, confidence, side="right")  # what is equal stays together
    sizes = np.bincount(place, minlength=edges.size + 1)
    sums = np.bincount(place, confidence, minlength=edges.size + 1)
    hits = np.bincount(place, answerable, minlength=edges.size + 1)
    return [(float(s / n), float(h / n), int(n)) for s, h, n in zip(sums, hits, sizes, strict=True) if n]


def risk_coverage(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """The points (coverage, risk) of the curve, coverage rising to 1; empty without confidences."""
    risks = _risks(Outcomes.of(rows))
    return [((i + 1) / risks.size, float(risk)) for i, risk in enumerate(risks)]


def reliability(rows: Sequence[Row]) -> list[tuple[float, float, int]]:
    """The points (mean confidence, share answerable, questions) of at most `BINS` bins of equal mass, by rising
    confidence; empty without confidences."""
    return _bins(Outcomes.of(rows))


@dataclass(frozen=True, slots=True)
class SetMeasure:
    """A figure of a whole set, shown like a `Measure`: either the mean of some `values`, one a question with NaN
    where it does not apply, or any other `statistic`."""

    key: str
    en: str
    zh: str
    better: Literal["higher", "lower"] | None
    statistic: Callable[[Outcomes], float] | None = None
    values: Callable[[Outcomes], NDArray[np.float64]] | None = None
    group: Group = "abstention"
    unit: Unit = "share"

    def of(self, rows: Sequence[Row]) -> float:
        """The figure; NaN where the set has nothing to make it from."""
        return self._of(Outcomes.of(rows))

    def estimate(self, rows: Sequence[Row]) -> Estimate | None:
        """The figure with its interval; None where there is none. Resamples that lack a kind of question have
        no figure and are left out."""
        outcomes, clusters = Outcomes.of(rows), [row.gold.cluster for row in rows]
        if np.isnan(self._of(outcomes)):
            return None
        if self.values is None:
            return estimate_of(lambda places: self._of(outcomes.take(places)), clusters)
        values = self.values(outcomes).tolist()
        known = [(value, cluster) for value, cluster in zip(values, clusters, strict=True) if not np.isnan(value)]
        return estimate([value for value, _ in known], [cluster for _, cluster in known])

    def _of(self, outcomes: Outcomes) -> float:
        if self.statistic is not None:
            return self.statistic(outcomes)
        assert self.values is not None
        values = self.values(outcomes)
        return np.nan if np.isnan(values).all() else float(np.nanmean(values))


SET_MEASURES = (
    SetMeasure("refuse_precision", "precision of refusing", "拒答精确率", "higher", values=refused_rightly),
    SetMeasure("refuse_recall", "recall of refusing", "拒答召回率", "higher", values=found_out),
    SetMeasure("refuse_f1", "F1 of refusing", "拒答 F1", "higher", f1),
    SetMeasure("auroc", "AUROC of confidence", "置信度 AUROC", "higher", auroc),
    SetMeasure(
        "refuse_recall_at_5",
        "recall of refusing at 5 % over-refusal",
        "误拒 5 % 时的拒答召回率",
        "higher",
        recall_at_over_refusal,
    ),
    SetMeasure("aurc", "area under risk–coverage", "风险–覆盖率曲线下面积", "lower", aurc),
    SetMeasure("accuracy_at_50", "accuracy of the surest 50 %", "最有把握的 50 % 的准确率", "higher", accuracy_at(0.5)),
    SetMeasure("accuracy_at_80", "accuracy of the surest 80 %", "最有把握的 80 % 的准确率", "higher", accuracy_at(0.8)),
    SetMeasure("ece", "calibration error (is answerable)", "校准误差（是否可答）", "lower", ece),
)

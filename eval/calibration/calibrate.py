"""Fits when to refuse: cases with and without an answer in the documents → an abstention file.

In the fit every set counts the same, and in each set answerable and unanswerable questions the same, so
that neither the largest set nor a set's share of unanswerable ones decides. The scores that the threshold
is chosen on are cross-validated by cluster (article or document); a share of the retrieval sets' clusters
is not fitted on at all, and what is said of them is what to expect elsewhere.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.answering.abstention import FORMAT, Calibration, Fitted, Term
from assistant.answering.signals import SignalName
from corpus.errors import BadInput
from eval.calibration.cases import Source
from eval.measures.abstention import reliability_of
from eval.runs import commit, now
from eval.statistics import Difference, Estimate, estimate, paired

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rich.console import Console

    Floats = NDArray[np.float64]

# What tells strange questions from those in other words than the documents'; the others add nothing to these.
SIGNALS: tuple[SignalName, ...] = ("words", "answer", "score", "foreign", "unsaid")
RULE: tuple[SignalName, ...] = ("coverage",)
# How strongly coefficients are held near zero (the inverse of scikit-learn's default strength, times ten):
# the signals say much the same, and free coefficients turn against each other.
C = 0.1
# Folds of the cross-validation, and clusters that there must be of each kind of question for it to have two.
FOLDS, LEAST = 10, 2
# What is compared with: the rule before there was a model, a fixed share of the question in one passage.
EARLIER_COVERAGE = 0.45


@dataclass(frozen=True, slots=True)
class Point:
    """An operating point: a rule on some questions. `scope` is a set's name or "all"; `seen` whether it was
    fitted on (then the fitted rule's scores are cross-validated). None where there is no such question."""

    scope: str
    seen: bool
    rule: str
    false_answers: Estimate | None
    false_refusals: Estimate | None


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The file's content, how it does beside the earlier rule, and its false answers and false refusals minus
    that rule's, where they are fair to compare: on the questions held out."""

    calibration: Calibration
    points: tuple[Point, ...]
    differences: tuple[tuple[str, Difference], ...]


@dataclass(frozen=True, slots=True)
class _Cases:
    """All cases, one value each: of which set and cluster, of which kind, whether a rule refuses it, whether it
    is fitted on, and its weight in the fit."""

    names: NDArray[np.str_]
    clusters: NDArray[np.str_]
    answerable: NDArray[np.bool_]
    ruled_out: NDArray[np.bool_]
    seen: NDArray[np.bool_]
    weights: Floats

    def of(self, name: str) -> NDArray[np.bool_]:
        """The answerable ones of a set that are fitted on."""
        own: NDArray[np.bool_] = self.seen & self.answerable & (self.names == name)
        return own

    @classmethod
    def made(cls, sources: Sequence[Source], held_out: float) -> _Cases:
        flat = [(source, case) for source in sources for case in source.cases]
        names = np.array([source.name for source, _ in flat])
        answerable = np.array([case.answerable for _, case in flat], dtype=bool)
        seen = np.array([not (source.divisible and _held(case.cluster, held_out)) for source, case in flat], dtype=bool)
        clusters = np.array([case.cluster for _, case in flat])
        ruled_out = np.array([case.signals.ruled_out for _, case in flat], dtype=bool)
        for kind in (True, False):
            if len(set(clusters[seen & ~ruled_out & (answerable == kind)])) < LEAST:
                raise BadInput(
                    "calibrating needs answerable and unanswerable questions about several documents each, for which "
                    "something is found; add a set that has more of them",
                    "校准需要可答和不可答的问题，每类都须涉及多份文档且能检索到内容；请增加评测集",
                )
        return cls(
            names=names,
            clusters=clusters,
            answerable=answerable,
            ruled_out=ruled_out,
            seen=seen,
            weights=_weights(names, answerable, seen),
        )


def fit(
    sources: Sequence[Source],
    *,
    target: float,
    embedder: str,
    held_out: float,
    earlier_rule: bool = False,
    refusals: float | None = None,
) -> Calibrated:
    """The model on the cases that are not held out. `target` is the share of unanswerable questions that may
    be answered, every set counting the same; of the thresholds that keep it, the one with the least false
    refusals is taken. With `refusals` the threshold is the highest one that refuses no more than this share of each
    question set's answerable questions. With `earlier_rule` that rule goes on to decide, and only its confidence is
    fitted. Raises `BadInput` where there is nothing to tell apart."""
    cases = _Cases.made(sources, held_out)
    signals = RULE if earlier_rule else SIGNALS
    x = np.array([[_number(getattr(case.signals, name)) for name in signals] for s in sources for case in s.cases])
    free = np.flatnonzero(cases.seen & ~cases.ruled_out)
    model = _Model.on(x[free], cases.answerable[free], cases.weights[free])
    confidence = model.confidence(x)
    confidence[cases.ruled_out] = 0.0
    if earlier_rule:
        threshold = float(model.confidence(np.array([[EARLIER_COVERAGE]]))[0])
    else:
        confidence[free] = _cross_validated(x[free], cases.answerable[free], cases.weights[free], cases.clusters[free])
        threshold = _threshold(confidence, cases, target)
        if refusals is not None:
            own = [source.name for source in sources if not source.divisible]
            threshold = min(_refusing(confidence[cases.of(name)], refusals) for name in own if cases.of(name).any())
    ruled_out = _ruled_out(cases, threshold)
    confidence[cases.ruled_out] = ruled_out
    shown = ~cases.seen if (~cases.seen).any() else cases.seen
    curve = reliability_of(confidence[shown], cases.answerable[shown])
    calibration = Calibration(
        format=FORMAT,
        embedder=embedder,
        intercept=model.intercept,
        terms=tuple(
            Term(signal=name, mean=mean, scale=scale, weight=weight)
            for name, mean, scale, weight in zip(signals, model.mean, model.scale, model.weight, strict=True)
        ),
        threshold=threshold,
        ruled_out=ruled_out,
        reliability=tuple((round(mean, 4), round(share, 4), n) for mean, share, n in curve),
        fitted=Fitted(
            sets=tuple(_counted(source, cases) for source in sources),
            commit=commit(),
            date=now()[:10],
            target_false_answers=None if earlier_rule or refusals is not None else target,
        ),
    )
    earlier = np.array(
        [not c.signals.ruled_out and c.signals.coverage >= EARLIER_COVERAGE for s in sources for c in s.cases]
    )
    points = _points((("fitted", confidence >= threshold), ("earlier", earlier)), cases)
    return Calibrated(calibration, tuple(points), tuple(_differences(earlier, confidence >= threshold, cases)))


def _held(cluster: str, share: float) -> bool:
    return zlib.crc32(cluster.encode()) % 1000 < 1000 * share


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def _weights(names: NDArray[np.str_], answerable: NDArray[np.bool_], seen: NDArray[np.bool_]) -> Floats:
    """Weights that sum to the number of seen cases, the same for each set and each kind in it."""
    weights = np.zeros(len(names))
    kinds = [seen & (names == name) & (answerable == kind) for name in dict.fromkeys(names) for kind in (True, False)]
    kinds = [kind for kind in kinds if kind.any()]
    for kind in kinds:
        weights[kind] = seen.sum() / len(kinds) / kind.sum()
    return weights


@dataclass(frozen=True, slots=True)
class _Model:
    """Logistic regression on standardised signals; an unknown one (NaN) counts as the mean."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weight: tuple[float, ...]
    intercept: float

    @classmethod
    def on(cls, x: Floats, y: NDArray[np.bool_], weights: Floats) -> _Model:
        from sklearn.linear_model import LogisticRegression
        from sklearn.preprocessing import StandardScaler

        x = np.where(np.isnan(x).all(axis=0), 0.0, x)  # a signal that no case has takes no part
        scaler = StandardScaler().fit(x, sample_weight=weights)
        model = LogisticRegression(C=C, max_iter=1000).fit(np.nan_to_num(scaler.transform(x)), y, weights)
        mean, scale, weight = (
            tuple(round(float(v), 6) for v in values) for values in (scaler.mean_, scaler.scale_, model.coef_[0])
        )
        return cls(mean, scale, weight, round(float(model.intercept_[0]), 6))

    def confidence(self, x: Floats) -> Floats:
        standard = np.nan_to_num((x - self.mean) / self.scale)
        scores: Floats = np.round(1 / (1 + np.exp(-(self.intercept + standard @ np.array(self.weight)))), 4)
        return scores


def _cross_validated(x: Floats, y: NDArray[np.bool_], weights: Floats, clusters: NDArray[np.str_]) -> Floats:
    """For each case the confidence of a model that saw nothing of its cluster."""
    from sklearn.model_selection import StratifiedGroupKFold

    scores = np.zeros(len(y))
    count = min(FOLDS, len(set(clusters[y])), len(set(clusters[~y])))
    for rest, fold in StratifiedGroupKFold(count, shuffle=True, random_state=0).split(x, y, clusters):
        scores[fold] = _Model.on(x[rest], y[rest], weights[rest]).confidence(x[fold])
    return scores


def _refusing(confidence: Floats, share: float) -> float:
    """The highest threshold that refuses no more than a share of these."""
    return float(np.sort(confidence)[int(share * len(confidence))])


def _threshold(confidence: Floats, cases: _Cases, target: float) -> float:
    """The lowest confidence at which no more than `target` of the unanswerable are answered."""
    asked = cases.seen & ~cases.answerable
    wrong, mass = confidence[asked], cases.weights[asked]
    for candidate in np.unique(confidence[cases.seen]):
        if candidate > 0 and mass[wrong >= candidate].sum() <= target * mass.sum():
            return float(candidate)
    return 1.0


def _ruled_out(cases: _Cases, threshold: float) -> float:
    """The weighted share of answerable questions among those that a rule refuses, drawn towards one half as by
    one more case of each kind, and below the threshold."""
    refused = cases.seen & cases.ruled_out
    right = cases.weights[refused & cases.answerable].sum() + 1
    return max(0.0, min(round(float(right / (cases.weights[refused].sum() + 2)), 4), round(threshold - 0.01, 4)))


def _counted(source: Source, cases: _Cases) -> tuple[str, str, int, int]:
    own = cases.seen & (cases.names == source.name)
    return source.name, source.sha256, int((own & cases.answerable).sum()), int((own & ~cases.answerable).sum())


def _points(rules: Sequence[tuple[str, NDArray[np.bool_]]], cases: _Cases) -> Iterator[Point]:
    def rate(wrong: NDArray[np.bool_], among: NDArray[np.bool_]) -> Estimate | None:
        return estimate(wrong[among].astype(float).tolist(), cases.clusters[among].tolist()) if among.any() else None

    for fitted_on in (True, False):
        for scope in ("all", *dict.fromkeys(cases.names.tolist())):
            within = (cases.seen == fitted_on) & ((cases.names == scope) | (scope == "all"))
            if within.any():
                for rule, answered in rules:
                    wrong, refused = (
                        rate(answered, within & ~cases.answerable),
                        rate(~answered, within & cases.answerable),
                    )
                    yield Point(scope, fitted_on, rule, wrong, refused)


def _differences(
    before: NDArray[np.bool_], after: NDArray[np.bool_], cases: _Cases
) -> Iterator[tuple[str, Difference]]:
    for what, kind, wrong in (
        ("unanswerable, answered", ~cases.answerable, (before, after)),
        ("answerable, refused", cases.answerable, (~before, ~after)),
    ):
        asked = ~cases.seen & kind
        if asked.any():
            a, b = (values[asked].astype(float).tolist() for values in wrong)
            yield what, paired(a, b, cases.clusters[asked].tolist())


def show(made: Calibrated, out: Console) -> None:
    """Prints the operating points, the coefficients and the reliability curve."""
    from rich.table import Table

    for seen in (True, False):
        title = "cross-validated" if seen else "held out"
        points = Table(title, "rule", "false answers", "false refusals", box=None, pad_edge=False)
        for p in made.points:
            if p.seen == seen:
                points.add_row(p.scope, p.rule, _said(p.false_answers), _said(p.false_refusals))
        if points.rows:
            out.print(points)
    out.print(f"earlier rule: coverage ≥ {EARLIER_COVERAGE}; each figure: of how many questions")
    for what, d in made.differences:
        out.print(
            f"held out, fitted − earlier rule, {what}: {d.value:+.3f} ({d.low:+.3f} to {d.high:+.3f}), p = {d.p:.3f}"
        )
    calibration = made.calibration
    terms = Table("signal", "mean", "scale", "coefficient", box=None)
    for term in calibration.terms:
        terms.add_row(term.signal, *(f"{value:.3f}" for value in (term.mean, term.scale, term.weight)))
    out.print(terms)
    out.print(f"threshold {calibration.threshold:.4f}, confidence where a rule refuses {calibration.ruled_out:.4f}")
    curve = Table("confidence", "share answerable", "n", box=None)
    for mean, share, n in calibration.reliability:
        curve.add_row(f"{mean:.3f}", f"{share:.3f}", str(n))
    out.print(curve)


def write(calibration: Calibration, path: Path) -> None:
    """Writes the file. Raises `BadInput` where it can't be."""
    try:
        path.write_text(calibration.model_dump_json(indent=1) + "\n", "utf-8")
    except OSError as error:
        raise BadInput(
            f"{path} can't be written ({error.strerror}); name another file with --out",
            f"无法写入 {path}（{error.strerror}）；请用 --out 指定其他文件",
        ) from error


def _said(e: Estimate | None) -> str:
    return f"{e.value:.3f} ({e.low:.3f}–{e.high:.3f}) {e.n:>5}" if e else "–"

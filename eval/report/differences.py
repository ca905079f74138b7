"""The differences between runs as a report shows them: `eval.compare`'s, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.compare import Changed, Compared, Comparison, compare
from eval.measures.base import Measure, Unit
from eval.report.plots import Both
from eval.runs import Run

LETTERS = "ABCDEF"


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure of two runs in words; `better` says whether one of the two may be called better."""

    measure: Measure
    a: str
    b: str
    difference: str
    between: str
    p: str
    n: int
    better: bool
    verdict: Both


@dataclass(frozen=True, slots=True)
class Pair:
    """A run against run A: the differences by scope, "all" first, and the questions that changed most."""

    letter: str
    questions: int
    only_a: int
    only_b: int
    scopes: tuple[tuple[str, tuple[Difference, ...]], ...]
    changed: tuple[Changed, ...]
    judges: tuple[str, str]


def shown(value: float, unit: Unit, *, sign: bool = False) -> str:
    """A figure as it is printed: shares with three places, everything else with as many as say something."""
    places = 3 if unit == "share" else 1 if abs(value) < 100 else 0
    return f"{value:{'+' if sign and value else ''},.{places}f}".replace("-", "−")


def pairs(runs: Sequence[Run]) -> tuple[Pair, ...]:
    """Every other run against the first; nothing for one run. Raises `BadInput` where they can't be compared."""
    if len(runs) < 2:
        return ()
    return tuple(_pair(nth, runs[0], runs[nth], found) for nth, found in enumerate(compare(runs), 1))


def _pair(nth: int, first: Run, other: Run, found: Comparison) -> Pair:
    scopes = dict.fromkeys(c.scope for c in found.compared)
    return Pair(
        letter=LETTERS[nth],
        questions=found.questions,
        only_a=len(found.only_a),
        only_b=len(found.only_b),
        scopes=tuple((s, tuple(_difference(c, LETTERS[nth]) for c in found.compared if c.scope == s)) for s in scopes),
        changed=found.changed,
        judges=(first.manifest.support, other.manifest.support),
    )


def _difference(c: Compared, letter: str) -> Difference:
    unit, d = c.measure.unit, c.difference
    verdict = {
        "a": Both("A better", "A 更好"),
        "b": Both(f"{letter} better", f"{letter} 更好"),
        "none": Both("no difference shown", "未显示差异"),
        "same": Both("the same", "相同"),
        "untested": Both("not tested", "未检验"),
    }[c.verdict]
    p = "–" if c.corrected is None else "<0.001" if c.corrected < 0.001 else f"{c.corrected:.3f}"
    return Difference(
        measure=c.measure,
        a=shown(c.a, unit),
        b=shown(c.b, unit),
        difference=shown(d.value, unit, sign=True),
        between=f"{shown(d.low, unit, sign=True)} … {shown(d.high, unit, sign=True)}",
        p=p,
        n=d.n,
        better=c.verdict in ("a", "b"),
        verdict=verdict,
    )

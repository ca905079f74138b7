"""A run's figures: every measure over all questions, by language and by type, each with its interval."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from eval.measures.abstention import SET_MEASURES, SetMeasure
from eval.measures.base import Measure
from eval.measures.table import MEASURES
from eval.runs import Row
from eval.statistics import Estimate, estimate


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure over the questions of a scope: "all", a language ("zh"), or a type ("list")."""

    measure: Measure | SetMeasure
    scope: str
    estimate: Estimate


def figures(rows: Sequence[Row], measures: Sequence[Measure] = MEASURES) -> tuple[Figure, ...]:
    """Every figure there are questions for, scope by scope, "all" first; those of a whole set
    (`abstention.SET_MEASURES`) come after the others."""
    return (
        *(
            Figure(measure, scope, estimate([v for v, _ in scored], [c for _, c in scored]))
            for scope, within in scopes(rows)
            for measure in measures
            if (scored := [(v, r.gold.cluster) for r in within if (v := r.scores.get(measure.key)) is not None])
        ),
        *set_figures(rows),
    )


def set_figures(rows: Sequence[Row]) -> tuple[Figure, ...]:
    """The figures of a whole set, over all questions and by language; a type alone is either answerable or not."""
    return tuple(
        Figure(measure, scope, made)
        for scope, within in scopes(rows)
        if scope in ("all", "zh", "en")
        for measure in SET_MEASURES
        if (made := measure.estimate(within)) is not None
    )


def scopes(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    """The groups that figures are given for, each with its rows."""
    yield "all", list(rows)
    by: tuple[Callable[[Row], str], ...] = (lambda row: row.gold.lang, lambda row: row.gold.type)
    for key in by:
        names = sorted({key(row) for row in rows})
        if len(names) > 1:
            yield from ((name, [row for row in rows if key(row) == name]) for name in names)

"""A run's figures for a terminal, and for a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from rich.console import Console
from rich.table import Table

from eval.measures.base import Group
from eval.report.definitions import GROUPS
from eval.runs import Row
from eval.statistics import quantile
from eval.summary import Figure


def figure_row(figure: Figure) -> dict[str, object]:
    """A figure as JSON."""
    e = figure.estimate
    return {
        "measure": figure.measure.key,
        "scope": figure.scope,
        "value": e.value,
        "low": e.low,
        "high": e.high,
        "n": e.n,
        "clusters": e.clusters,
    }


def print_figures(figures: Sequence[Figure], rows: Sequence[Row], console: Console, language: str) -> None:
    """The figures over all questions with their intervals, and beside them the values by language, group by
    group; then what each stage took."""
    zh = language == "zh"
    heads = ("", "全部", "95 % 区间", "n", "中文", "英文") if zh else ("", "all", "95 % interval", "n", "zh", "en")
    table = Table(*heads, box=None, pad_edge=False, header_style="dim")
    by_scope = {(f.measure.key, f.scope): f for f in figures}
    of_all = [f for f in figures if f.scope == "all"]
    for group in get_args(Group):
        within = [f for f in of_all if f.measure.group == group]
        if within:
            table.add_row(f"[bold]{GROUPS[group].zh if zh else GROUPS[group].en}[/]")
        for f in within:
            digits, e = 3 if f.measure.unit == "share" else 1, f.estimate
            languages = [by_scope.get((f.measure.key, language)) for language in ("zh", "en")]
            values = ["" if x is None else f"{x.estimate.value:.{digits}f}" for x in languages]
            spread = f"{e.low:.{digits}f}–{e.high:.{digits}f}"
            name = f"  {f.measure.zh if zh else f.measure.en}"
            table.add_row(name, f"{e.value:.{digits}f}", spread, str(e.n), *values)
    console.print(table)
    _print_latency(rows, console)


def _print_latency(rows: Sequence[Row], console: Console) -> None:
    for stage in ("total", "retrieve", "answer", "verify"):
        spent = [(ms, row.gold.cluster) for row in rows if (ms := row.response.milliseconds.get(stage)) is not None]
        if any(ms for ms, _ in spent):
            p50, p95 = (quantile([ms for ms, _ in spent], [c for _, c in spent], q) for q in (0.5, 0.95))
            console.print(
                f"{stage}: p50 {p50.value:.1f} ms ({p50.low:.1f}–{p50.high:.1f}), "
                f"p95 {p95.value:.1f} ms ({p95.low:.1f}–{p95.high:.1f})",
                highlight=False,
            )

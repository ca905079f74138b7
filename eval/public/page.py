"""The retrieval benchmark's results laid out: the same tables on the terminal and in docs/retrieval.md, where they
stand between two marks and everything around them is written by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from corpus.errors import BadInput
from eval.public.cells import Cell
from eval.public.comparisons import (
    Change,
    Judged,
    Target,
    against,
    by_set,
    effects,
    figure,
    judge,
    measure_of,
)
from eval.public.costs import ModelCost
from eval.public.suite import Half
from eval.public.systems import PRODUCT
from eval.records import Record
from eval.statistics import Estimate

BEGIN, END = "<!-- bench-retrieval: begin -->", "<!-- bench-retrieval: end -->"
_HALVES: tuple[tuple[Half, str], ...] = (("dev", "tuned on 调参用"), ("test", "not looked at 未看过"))
_VERDICTS = {
    "met": "met 达到",
    "not met": "not met 未达到",
    "straddles": "interval straddles 区间跨过目标",
    None: "no question",
}


class Results(Record):
    """Everything that a run of the benchmark gave. `left_out` says, by embedder, why its systems are missing."""

    commit: str
    program: str
    machine: str
    began: str
    baseline: str
    cells: tuple[Cell, ...]
    models: tuple[ModelCost, ...]
    left_out: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with its title."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def grids(results: Results, targets: Sequence[Target]) -> Iterator[Grid]:
    """All tables, the one with the targets first."""
    sets = by_set(results.cells)
    yield _overview(sets, judge(results.cells, targets), results.baseline)
    for name, its in sets.items():
        yield _one_set(name, its, results.baseline, measure_of(next(iter(its.values())), targets))
    if any(len([s for s in its if s.startswith(f"{PRODUCT}-")]) for its in sets.values()):
        yield _effects(sets, targets)
    yield _models(results.models)
    yield _costs(results.cells)


def _overview(sets: Mapping[str, Mapping[str, Cell]], judged: Sequence[Judged], baseline: str) -> Grid:
    rows = []
    for one in judged:
        its, measure = sets[one.set_name], one.target.measure
        base = figure(its[baseline], measure, "test") if baseline in its else None
        tuned = figure(its[PRODUCT], measure, "dev")
        rows.append(
            (
                one.set_name,
                measure,
                _plain(base),
                _said(tuned),
                _said(one.figure),
                f"{one.target.reach:.3f}",
                _VERDICTS[one.verdict],
            )
        )
    columns = ("set", "measure", baseline, f"{PRODUCT}, {_HALVES[0][1]}", f"{PRODUCT}, {_HALVES[1][1]}", "to reach")
    return Grid("Targets 目标", (*columns, "verdict 结论"), tuple(rows))


def _one_set(name: str, its: Mapping[str, Cell], baseline: str, measure: str) -> Grid:
    halves = [half for half, _ in _HALVES if any(half in cell.halves.values() for cell in its.values())]
    judged: Half = "test" if "test" in halves else "dev"
    changes = against(its, baseline, measure, judged)
    titles = dict(_HALVES)
    rows = tuple(
        (system, *(_said(figure(cell, measure, half)) for half in halves), *_of(changes.get(system)))
        for system, cell in its.items()
    )
    columns = ("system", *(titles[half] for half in halves), f"less {baseline}", "95 %", "p")
    asked = {half: list(next(iter(its.values())).halves.values()).count(half) for half in halves}
    counts = ", ".join(f"{count} questions {titles[half]}" for half, count in asked.items())
    return Grid(f"{name}: {measure} ({counts}; compared on {titles[judged]})", columns, rows)


def _effects(sets: Mapping[str, Mapping[str, Cell]], targets: Sequence[Target]) -> Grid:
    rows: list[tuple[str, ...]] = []
    for name, its in sets.items():
        measure = measure_of(next(iter(its.values())), targets)
        both = [effects(its, measure, half) for half, _ in _HALVES]
        rows += [
            (name, variant, *(cell for one in both for cell in _of(one.get(variant))))
            for variant in dict.fromkeys(key for one in both for key in one)
        ]
    columns = tuple(f"{what} {title}" for _, title in _HALVES for what in ("gain", "95 %", "p"))
    return Grid(f"What {PRODUCT} gains over each variant 各项的作用", ("set", "variant", *columns), tuple(rows))


def _models(models: Sequence[ModelCost]) -> Grid:
    columns = ("embedder", "dimension", "MB", "load ms", "PyTorch", "question µs", "passages/s")
    rows = tuple(
        (
            one.name,
            str(one.dimension),
            "–" if one.bytes is None else f"{one.bytes / 1e6:.1f}",
            f"{one.load_ms:.0f}",
            "yes" if one.torch else "no",
            f"{one.question_us:.0f}",
            f"{one.passages_per_second:,.0f}",
        )
        for one in models
    )
    return Grid("Embedders by themselves 向量模型本身", columns, rows)


def _costs(cells: Sequence[Cell]) -> Grid:
    columns = ("set", "system", "documents", "passages", "index s", "passages/s", "search p50 ms", "p95 ms")
    rows = tuple(
        (
            cell.set_name,
            cell.system,
            str(cell.costs.documents),
            str(cell.costs.passages),
            f"{cell.costs.index_seconds:.2f}",
            f"{cell.costs.passages / max(cell.costs.index_seconds, 1e-9):,.0f}",
            f"{cell.costs.p50_ms:.1f}",
            f"{cell.costs.p95_ms:.1f}",
        )
        for cell in cells
        if cell.costs
    )
    return Grid("Indexing and searching 索引与检索", columns, rows)


def _said(e: Estimate | None) -> str:
    return "" if e is None else f"{e.value:.3f} [{e.low:.3f}, {e.high:.3f}]"


def _plain(e: Estimate | None) -> str:
    return "" if e is None else f"{e.value:.3f}"


def _of(change: Change | None) -> tuple[str, str, str]:
    if change is None:
        return "", "", ""
    d = change.difference
    return f"{d.value:+.3f}", f"{d.low:+.3f} … {d.high:+.3f}", f"{change.corrected:.4f}"


def notes(results: Results) -> Iterator[str]:
    """What a reader has to know beside the tables."""
    yield f"{results.program}, commit {results.commit}, {results.began[:10]}; {results.machine}."
    for embedder, (en, zh) in results.left_out.items():
        yield f"{Path(embedder).name}: {en} {zh}"


def print_results(console: Console, results: Results, targets: Sequence[Target]) -> None:
    """Prints the tables that have anything in them."""
    for grid in grids(results, targets):
        if not grid.rows:
            continue
        console.print(grid.title, markup=False, highlight=False, style="bold")
        table = Table(box=None, pad_edge=False)
        for column in grid.columns:
            table.add_column(column, overflow="fold")
        for row in grid.rows:
            table.add_row(*row)
        console.print(table, "")
    for note in notes(results):
        console.print(note, markup=False, highlight=False)


def write_page(file: Path, results: Results, targets: Sequence[Target]) -> None:
    """Puts the tables between the page's marks. Raises `BadInput` where it has none."""
    try:
        text = file.read_text("utf-8")
        before, rest = text.split(BEGIN, 1)
        after = rest.split(END, 1)[1]
    except (OSError, UnicodeDecodeError, ValueError, IndexError) as error:
        raise BadInput(
            f"{file} has not the two marks that the tables stand between: {BEGIN} and {END}",
            f"{file} 中没有表格前后的两个标记：{BEGIN} 与 {END}",
        ) from error
    parts = [_markdown(grid) for grid in grids(results, targets) if grid.rows]
    body = "\n\n".join([*notes(results), *parts])
    file.write_text(f"{before}{BEGIN}\n\n{body}\n\n{END}{after}", "utf-8")


def _markdown(grid: Grid) -> str:
    lines = [grid.columns, ("---",) * len(grid.columns), *grid.rows]
    return f"### {grid.title}\n\n" + "\n".join("| " + " | ".join(cells) + " |" for cells in lines)

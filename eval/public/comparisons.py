"""What the retrieval benchmark's cells say: figures with intervals for each half, each system against a baseline, the
effect of everything that was added, and the targets.

Figures that are compared are of the same questions, and intervals are of resampled documents (`eval.statistics`).
Within a set and a half the p values of all systems are corrected together (Westfall & Young's step-down minP). A
target is met where the whole interval is at or above it, and not met where the whole interval is below; else the
questions are too few to say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, TypeAdapter, ValidationError

from corpus.errors import BadInput
from eval.public.cells import Cell
from eval.public.suite import Half
from eval.public.systems import PRODUCT
from eval.records import Record
from eval.statistics import Difference, Estimate, estimate, paired, step_down

TARGETS = Path(__file__).parents[1] / "retrieval_targets.yaml"
MAIN = "ndcg@10"
Verdict = Literal["met", "not met", "straddles"]


class Target(Record):
    """What is to be reached on the sets whose names fit `set` (with * for anything)."""

    set: str = Field(min_length=1)
    reach: float = Field(ge=0, le=1)
    measure: str = MAIN


@dataclass(frozen=True, slots=True)
class Change:
    """How a system differs from another on one half of a set, with the p corrected for all that were compared."""

    system: str
    against: str
    difference: Difference
    corrected: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A target, and whether the product reaches it on the half that was not looked at; no verdict where that half
    has no question."""

    set_name: str
    target: Target
    figure: Estimate | None
    verdict: Verdict | None


def read_targets(file: Path = TARGETS) -> tuple[Target, ...]:
    """The targets in a file. Raises `BadInput`."""
    try:
        return TypeAdapter(tuple[Target, ...]).validate_python(yaml.safe_load(file.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise BadInput(
            f"{file} holds no list of targets, each with set and reach ({type(error).__name__})",
            f"{file} 不是目标列表，每项应有 set 与 reach（{type(error).__name__}）",
        ) from error


def by_set(cells: Sequence[Cell]) -> dict[str, dict[str, Cell]]:
    """Cells by set and system, in their order."""
    found: dict[str, dict[str, Cell]] = {}
    for cell in cells:
        found.setdefault(cell.set_name, {})[cell.system] = cell
    return found


def target_of(set_name: str, targets: Sequence[Target]) -> Target | None:
    return next((target for target in targets if fnmatchcase(set_name, target.set)), None)


def measure_of(cell: Cell, targets: Sequence[Target]) -> str:
    """The measure that a set is judged by: its target's, else nDCG@10."""
    target = target_of(cell.set_name, targets)
    return target.measure if target and target.measure in cell.scores else MAIN


def figure(cell: Cell, measure: str, half: Half) -> Estimate | None:
    """The mean over one half's questions; None where it has none."""
    asked = _asked(cell, measure, half)
    if not asked:
        return None
    return estimate([cell.scores[measure][q] for q in asked], [cell.clusters[q] for q in asked])


def judge(cells: Sequence[Cell], targets: Sequence[Target]) -> tuple[Judged, ...]:
    """Every target of a set that the product was measured on."""
    found: list[Judged] = []
    for name, its in by_set(cells).items():
        target = target_of(name, targets)
        if target is None or PRODUCT not in its or target.measure not in its[PRODUCT].scores:
            continue
        reached = figure(its[PRODUCT], target.measure, "test")
        found.append(Judged(name, target, reached, verdict(reached, target.reach) if reached else None))
    return tuple(found)


def verdict(reached: Estimate, target: float) -> Verdict:
    if reached.low >= target:
        return "met"
    return "not met" if reached.high < target else "straddles"


def against(cells: Mapping[str, Cell], baseline: str, measure: str, half: Half) -> dict[str, Change]:
    """Every system of one set against a baseline of the same set: the system less the baseline."""
    if baseline not in cells:
        return {}
    pairs = [(name, baseline) for name in cells if name != baseline]
    return {change.system: change for change in _changes(cells, pairs, measure, half)}


def effects(cells: Mapping[str, Cell], measure: str, half: Half) -> dict[str, Change]:
    """What the product has gained by each thing that it could do otherwise or without: the product less that
    variant, by the variant's name."""
    pairs = [(PRODUCT, name) for name in cells if name.startswith(f"{PRODUCT}-")] if PRODUCT in cells else []
    return {change.against: change for change in _changes(cells, pairs, measure, half)}


def _changes(
    cells: Mapping[str, Cell], pairs: Sequence[tuple[str, str]], measure: str, half: Half
) -> tuple[Change, ...]:
    drawn: list[tuple[str, str, Difference, dict[str, float]]] = []
    for name, other in pairs:
        cell, base = cells[name], cells[other]
        asked = [q for q in _asked(cell, measure, half) if q in base.scores.get(measure, {})]
        if not asked:
            continue
        clusters = [cell.clusters[q] for q in asked]
        a, b = ([one.scores[measure][q] for q in asked] for one in (base, cell))
        sums: Counter[str] = Counter()
        for cluster, x, y in zip(clusters, a, b, strict=True):
            sums[cluster] += y - x  # type: ignore[assignment]
        drawn.append((name, other, paired(a, b, clusters), dict(sums)))
    corrected = step_down([sums for *_, sums in drawn]) if drawn else ()
    return tuple(
        Change(name, other, difference, p) for (name, other, difference, _), p in zip(drawn, corrected, strict=True)
    )


def _asked(cell: Cell, measure: str, half: Half) -> list[str]:
    return [q for q in cell.scores.get(measure, {}) if cell.halves[q] == half]

"""Runs against each other: the same questions only, each with itself.

The differences are tested together, and their p values corrected together (`statistics.step_down`: all measures,
scopes and runs that are shown). One run is called better only where the interval leaves out zero and the
corrected p is below .05; all else is "no difference shown", which is no proof that there is none. Milliseconds
are shown and not tested: they differ between runs of one program, and questions say nothing of that.

A measure that applies to one of the two answers only (the citations of a refusal) is left out of that
question's pair; the number of pairs is shown. Figures of a whole set (areas, curves) are not compared here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Literal

from corpus.errors import BadInput
from eval.measures.base import Measure
from eval.measures.table import MEASURES
from eval.questions import GoldQuestion
from eval.runs import Row, Run
from eval.statistics import Difference, paired, step_down

if TYPE_CHECKING:
    from rich.console import Console

ALPHA = 0.05
CHANGED = 8  # questions that are listed
# What a question's scores depend on.
_ASKED = {"question", "lang", "type", "answerable", "nuggets", "vital", "evidence", "history"}
Verdict = Literal["b", "a", "none", "same", "untested"]
VERDICTS: dict[Verdict, tuple[str, str]] = {
    "b": ("B better", "B 较优"),
    "a": ("A better", "A 较优"),
    "none": ("no difference shown", "未见差异"),
    "same": ("the same", "相同"),
    "untested": ("not tested", "不作检验"),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure over the questions of a scope: both means, and what may be said of their difference.
    `corrected` is the p corrected
    for all that is shown, and `test` the sum of differences in each document; None where nothing was tested."""

    measure: Measure
    scope: str
    a: float
    b: float
    difference: Difference
    verdict: Verdict
    corrected: float | None = None
    test: dict[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A question that both were asked: by how much B did better (mean over the tested shares, −1 to 1), and
    the measures that differ most, each with both scores."""

    id: str
    question: str
    better: float
    scores: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Run `b` against run `a`. `only_a` and `only_b` are the questions that only one was asked."""

    a: str
    b: str
    questions: int
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    notes: tuple[str, ...]
    compared: tuple[Compared, ...]
    changed: tuple[Changed, ...]


def compare(runs: Sequence[Run], measures: Sequence[Measure] = MEASURES) -> tuple[Comparison, ...]:
    """Every other run against the first. Raises `BadInput` for fewer than two, for runs without a question
    in common, and where one id stands for different questions."""
    if len(runs) < 2:
        raise BadInput("name two runs or more to compare", "请给出至少两次评测结果以作比较")
    drafts = [_compared(runs[0], other, measures) for other in runs[1:]]
    corrected = iter(step_down([c.test for draft in drafts for c in draft.compared if c.test]))
    return tuple(
        replace(draft, compared=tuple(_judged(c, next(corrected)) if c.test else c for c in draft.compared))
        for draft in drafts
    )


def fingerprint(gold: GoldQuestion) -> str:
    """A digest of what a question's scores depend on: 12 hexadecimal digits."""
    return hashlib.sha256(gold.model_dump_json(include=_ASKED).encode()).hexdigest()[:12]


def _compared(first: Run, second: Run, measures: Sequence[Measure]) -> Comparison:
    a, b = ({row.gold.id: row for row in run.rows} for run in (first, second))
    pairs = [(a[key], b[key]) for key in a if key in b]
    _check(first, second, pairs)
    names = (first.name, second.name)
    if names[0] == names[1]:
        names = (str(first.folder), str(second.folder))
    notes = [f"{name} was not finished" for name, run in zip(names, (first, second), strict=True) if _torn(run)]
    judges = {first.manifest.support, second.manifest.support}
    if len(judges) > 1:
        notes.append(f"grounding was judged by {first.manifest.support} in A and {second.manifest.support} in B")
    return Comparison(
        a=names[0],
        b=names[1],
        questions=len(pairs),
        only_a=tuple(key for key in a if key not in b),
        only_b=tuple(key for key in b if key not in a),
        notes=tuple(notes),
        compared=tuple(_measured(pairs, measures, one_judge=len(judges) == 1)),
        changed=_changed(pairs, [m for m in measures if m.better and m.unit == "share"]),
    )


def _check(first: Run, second: Run, pairs: Sequence[tuple[Row, Row]]) -> None:
    if not pairs:
        raise BadInput(
            f"{first.folder} and {second.folder} have no question in common; compare runs of one set",
            f"{first.folder} 与 {second.folder} 没有相同的问题；请比较同一评测集的结果",
        )
    if first.manifest.set_sha256 == second.manifest.set_sha256:
        return
    differing = [x.gold.id for x, y in pairs if fingerprint(x.gold) != fingerprint(y.gold)]
    if differing:
        some = ", ".join(differing[:5]) + (" …" if len(differing) > 5 else "")
        raise BadInput(
            f"{first.folder} and {second.folder} are of different sets, in which {len(differing)} questions have "
            f"one id and another wording or answer ({some}); run both on one set",
            f"{first.folder} 与 {second.folder} 的评测集不同，有 {len(differing)} 个问题编号相同而内容不同"
            f"（{some}）；请在同一评测集上评测",
        )


def _torn(run: Run) -> bool:
    return run.manifest.finished is None


def _measured(pairs: Sequence[tuple[Row, Row]], measures: Sequence[Measure], *, one_judge: bool) -> Iterator[Compared]:
    languages = sorted({x.gold.lang for x, _ in pairs}, reverse=True)
    for scope in ("all", *(languages if len(languages) > 1 else ())):
        within = [pair for pair in pairs if scope in ("all", pair[0].gold.lang)]
        for measure in measures:
            both = [(row, other) for row, other in within if _both(row, other, measure)]
            if both:
                yield _one(both, measure, scope, testable=one_judge or measure.group != "grounding")


def _both(row: Row, other: Row, measure: Measure) -> bool:
    return row.scores.get(measure.key) is not None and other.scores.get(measure.key) is not None


def _one(both: Sequence[tuple[Row, Row]], measure: Measure, scope: str, *, testable: bool) -> Compared:
    x, y = ([pair[side].scores[measure.key] or 0.0 for pair in both] for side in (0, 1))
    clusters = [row.gold.cluster for row, _ in both]
    difference = paired(x, y, clusters)
    verdict: Verdict = "none" if measure.better and measure.unit != "ms" and testable else "untested"
    if verdict == "none" and x == y:
        verdict = "same"
    test: dict[str, float] | None = None
    if verdict == "none":
        test = {}
        for (row, _), name, before, after in zip(both, clusters, x, y, strict=True):
            unit = name if len(set(clusters)) > 1 else row.gold.id
            test[unit] = test.get(unit, 0.0) + after - before
    return Compared(measure, scope, sum(x) / len(x), sum(y) / len(y), difference, verdict, test=test)


def _judged(compared: Compared, corrected: float) -> Compared:
    if corrected >= ALPHA or not compared.difference.shown:
        return replace(compared, corrected=corrected)
    up = compared.difference.value > 0
    return replace(compared, corrected=corrected, verdict="b" if up == (compared.measure.better == "higher") else "a")


def _changed(pairs: Sequence[tuple[Row, Row]], measures: Sequence[Measure]) -> tuple[Changed, ...]:
    changed = []
    for row, other in pairs:
        both = [
            (m, x, y)
            for m in measures
            if (x := row.scores.get(m.key)) is not None and (y := other.scores.get(m.key)) is not None
        ]
        if any(x != y for _, x, y in both):
            gains = [(y - x) if m.better == "higher" else (x - y) for m, x, y in both]
            most = sorted((p for p in both if p[1] != p[2]), key=lambda p: -abs(p[2] - p[1]))[:3]
            scores = tuple((m.key, x, y) for m, x, y in most)
            changed.append(Changed(row.gold.id, row.gold.question, sum(gains) / len(gains), scores))
    return tuple(sorted(changed, key=lambda c: (-abs(c.better), c.id))[:CHANGED])


def to_json(comparison: Comparison) -> dict[str, object]:
    """A comparison as JSON: measures by their keys."""
    rows = [
        {
            "measure": c.measure.key,
            "scope": c.scope,
            "a": c.a,
            "b": c.b,
            "difference": asdict(c.difference),
            "corrected": c.corrected,
            "verdict": c.verdict,
        }
        for c in comparison.compared
    ]
    whole = asdict(replace(comparison, compared=()))
    return {**whole, "compared": rows}


def print_comparison(comparison: Comparison, console: Console, language: str = "en") -> None:
    """A comparison as a table, what was left out, and the questions that changed most."""
    from rich.table import Table
    from rich.text import Text

    def line(text: str) -> None:
        console.print(text, markup=False, highlight=False)

    zh = language == "zh"
    line(f"A  {comparison.a}\nB  {comparison.b}")
    line(
        f"两者都问过的问题 {comparison.questions} 个"
        if zh
        else f"{comparison.questions} questions that both were asked"
    )
    for name, only in (("A", comparison.only_a), ("B", comparison.only_b)):
        if only:
            named = ", ".join(only[:5]) + " …" * (len(only) > 5)
            said = f"only {name} was asked {len(only)}, which are left out: {named}"
            line(f"仅 {name} 问过的 {len(only)} 个未计入：{named}" if zh else said)
    for note in comparison.notes:
        line(f"note: {note}")
    table = Table(box=None, pad_edge=False)
    for name in ("", "A", "B", "B − A", "95 % 区间" if zh else "95 % interval", "p", "n", ""):
        table.add_column(name, overflow="fold")
    scope = ""
    for c in comparison.compared:
        if c.verdict == "same":
            continue
        if c.scope != scope:
            scope = c.scope
            table.add_row(Text(scope, "bold"))
        table.add_row(*_cells(c, zh))
    console.print(table)
    line(
        "p：配对置换检验，已就全部比较作校正"
        if zh
        else "p: paired permutation test, corrected for all that is compared"
    )
    for scope in dict.fromkeys(c.scope for c in comparison.compared):
        same = [c.measure.key for c in comparison.compared if c.scope == scope and c.verdict == "same"]
        if same:
            line(f"{'每题都相同' if zh else 'the same on every question'} ({scope}): {', '.join(same)}")
    if comparison.changed:
        line("变化最大的问题（B 相对 A）：" if zh else "changed most (B against A):")
    for each in comparison.changed:
        scores = ", ".join(f"{key} {x:.2f} → {y:.2f}" for key, x, y in each.scores)
        console.print(Text(f"  {each.better:+.2f}  {each.id}  {each.question}  ({scores})"))


def _cells(c: Compared, zh: bool) -> Iterator[str]:
    d, digits = c.difference, 3 if c.measure.unit == "share" else 1
    yield from (
        f"  {c.measure.zh if zh else c.measure.en}",
        f"{c.a:.{digits}f}",
        f"{c.b:.{digits}f}",
        f"{d.value:+.{digits}f}",
    )
    yield f"{d.low:+.{digits}f} to {d.high:+.{digits}f}"
    yield f"{c.corrected:.4f}" if c.corrected is not None else ""
    yield from (str(d.n), VERDICTS[c.verdict][zh])

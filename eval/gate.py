"""The gate: whether a run is worse than a stored baseline, as an exit code for CI.

A baseline is small enough to be committed: figures, and per question an id, a digest and the scores, no texts.
A measure fails where the mean loss on the same questions is larger than the tolerance and its 95 % interval
leaves out zero, uncorrected: a gate that is asked on every change should rather look once too often. A smaller
loss is said and passes. Milliseconds are not looked at, for they are the machine's; questions that changed
since are left out, and said.

Two promises hold whatever the baseline says: every citation resolves, and no statement is without one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import ValidationError

from assistant.answers import Frozen
from corpus.errors import BadInput
from eval.compare import fingerprint
from eval.measures.base import Measure
from eval.measures.table import MEASURES
from eval.runs import Row, Run, commit, now, read_run
from eval.statistics import estimate, paired

if TYPE_CHECKING:
    from rich.console import Console

TOLERANCE = 0.01
# What each answer must have on these measures.
PROMISES: dict[str, float] = {"resolves": 1.0, "uncited": 0.0}
_SHOWN = 5  # questions named in a line


class Kept(Frozen):
    """A question's scores, in the order of `Baseline.measures`, and a digest of the question."""

    id: str
    digest: str
    scores: tuple[float | None, ...]


class Baseline(Frozen):
    """What a run is held against. `figures` are for people who read the file: value, low and high."""

    made: str
    commit: str
    set_name: str
    support: str
    figures: dict[str, tuple[float, float, float]]
    measures: tuple[str, ...]
    questions: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the gate saw. Only "worse" and "promise" close it."""

    kind: Literal["worse", "promise", "within", "note"]
    measure: str | None
    en: str
    zh: str

    @property
    def closes(self) -> bool:
        return self.kind in ("worse", "promise")


def baseline_of(run: Run, measures: Sequence[Measure] = MEASURES) -> Baseline:
    """What is kept of a run. Raises `BadInput` where it was not finished."""
    if run.manifest.finished is None:
        raise BadInput(
            f"{run.folder} was not finished; run it again with --out to go on with it",
            f"{run.folder} 尚未完成；请以 --out 指定该文件夹继续评测",
        )
    held = [m for m in measures if is_held(m) and any(r.scores.get(m.key) is not None for r in run.rows)]
    return Baseline(
        made=now(),
        commit=commit(),
        set_name=run.manifest.set_name,
        support=run.manifest.support,
        figures={m.key: figure(run.rows, m) for m in held},
        measures=tuple(m.key for m in held),
        questions=tuple(
            Kept(
                id=row.gold.id,
                digest=fingerprint(row.gold),
                scores=tuple(None if (v := row.scores.get(m.key)) is None else round(v, 4) for m in held),
            )
            for row in run.rows
        ),
    )


def save_baseline(baseline: Baseline, file: Path) -> None:
    """Writes a baseline, one question a line so that changes of it can be read. Raises `BadInput`."""
    whole = baseline.model_dump(mode="json")
    figures = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in whole["figures"].items())
    lines = ",\n".join("  " + kept.model_dump_json() for kept in baseline.questions)
    parts = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in whole.items()][:4]
    parts.append(f'"figures": {{\n{figures}\n }}')
    parts.append(f'"measures": {json.dumps(whole["measures"])}')
    parts.append(f'"questions": [\n{lines}\n ]')
    try:
        file.write_text("{\n " + ",\n ".join(parts) + "\n}\n", "utf-8")
    except OSError as error:
        raise BadInput(f"{file} can't be written: {error.strerror}", f"无法写入 {file}：{error.strerror}") from error


def read_baseline(place: Path) -> Baseline:
    """A stored baseline, or that of a run's folder. Raises `BadInput`."""
    if place.is_dir():
        return baseline_of(read_run(place))
    try:
        baseline = Baseline.model_validate_json(place.read_bytes())
    except (OSError, ValidationError) as error:
        raise BadInput(
            f"{place} is no baseline ({type(error).__name__}); make one with: yiju eval gate RUN --save {place}",
            f"{place} 不是基线文件（{type(error).__name__}）；请用 yiju eval gate RUN --save {place} 生成",
        ) from error
    if any(len(kept.scores) != len(baseline.measures) for kept in baseline.questions):
        raise BadInput(
            f"{place} has questions with too many or too few scores; make it again with --save",
            f"{place} 中有问题的分数个数不符；请用 --save 重新生成",
        )
    return baseline


def gate(
    run: Run, baseline: Baseline, tolerance: float = TOLERANCE, measures: Sequence[Measure] = MEASURES
) -> tuple[Finding, ...]:
    """What is worse, and what is to be known beside it. The gate is open where no finding closes it. Raises
    `BadInput` where no question of the baseline is in the run as it was."""
    return (*_promises(run.rows), *_notes(run, baseline), *_worse(run, baseline, tolerance, measures))


def is_held(measure: Measure) -> bool:
    """Whether a measure is one that a build can be worse on: a share of which more or less is better."""
    return measure.better is not None and measure.unit == "share"


def figure(rows: Sequence[Row], measure: Measure) -> tuple[float, float, float]:
    """A measure over all questions that have it: value, low and high, to four digits."""
    scored = [(v, row.gold.cluster) for row in rows if (v := row.scores.get(measure.key)) is not None]
    made = estimate([v for v, _ in scored], [c for _, c in scored])
    return round(made.value, 4), round(made.low, 4), round(made.high, 4)


def _promises(rows: Sequence[Row]) -> Iterator[Finding]:
    for key, promised in PROMISES.items():
        broken = [row.gold.id for row in rows if (v := row.scores.get(key)) is not None and v != promised]
        if broken:
            yield Finding(
                "promise",
                key,
                f"{key} must be {promised:g} for every answer, and is not for {len(broken)}: {_some(broken)}",
                f"{key} 对每个回答都必须为 {promised:g}，有 {len(broken)} 个不是：{_some(broken)}",
            )


def _notes(run: Run, baseline: Baseline) -> Iterator[Finding]:
    now_ = {row.gold.id: fingerprint(row.gold) for row in run.rows}
    kept = {q.id: q.digest for q in baseline.questions}
    for ids, en, zh in (
        ([i for i in kept if i not in now_], "of the baseline's questions were not asked", "个基线问题未被提问"),
        ([i for i in now_ if i not in kept], "questions are not in the baseline", "个问题不在基线中"),
        (
            [i for i in kept if i in now_ and kept[i] != now_[i]],
            "questions changed since the baseline and are left out",
            "个问题在基线之后有改动，未作比较",
        ),
    ):
        if ids:
            yield Finding("note", None, f"{len(ids)} {en}: {_some(ids)}", f"{len(ids)} {zh}：{_some(ids)}")
    if run.manifest.finished is None:
        yield Finding("note", None, "the run was not finished", "本次评测尚未完成")
    if run.manifest.support != baseline.support:
        yield Finding(
            "note",
            None,
            f"grounding is left out: {run.manifest.support} judged it here, {baseline.support} in the baseline",
            f"未比较引用依据：本次由 {run.manifest.support} 判定，基线由 {baseline.support} 判定",
        )


def _worse(run: Run, baseline: Baseline, tolerance: float, measures: Sequence[Measure]) -> Iterator[Finding]:
    rows = {row.gold.id: row for row in run.rows}
    pairs = [(q, rows[q.id]) for q in baseline.questions if q.id in rows and fingerprint(rows[q.id].gold) == q.digest]
    if not pairs:
        raise BadInput(
            "no question of the baseline is in this run as it was; store a new baseline with --save",
            "本次评测中没有与基线相同的问题；请用 --save 重新保存基线",
        )
    for measure in measures:
        left_out = measure.group == "grounding" and run.manifest.support != baseline.support
        if is_held(measure) and measure.key in baseline.measures and not left_out:
            at = baseline.measures.index(measure.key)
            yield from _held(measure, [(kept.scores[at], row) for kept, row in pairs], tolerance)


def _held(measure: Measure, pairs: Sequence[tuple[float | None, Row]], tolerance: float) -> Iterator[Finding]:
    both = [(a, b, row) for a, row in pairs if a is not None and (b := row.scores.get(measure.key)) is not None]
    if not both:
        if any(a is not None for a, _ in pairs):
            en, zh = f"{measure.key} applies to no answer any more", f"{measure.key} 不再适用于任何回答"
            yield Finding("note", measure.key, en, zh)
        return
    before, after = [a for a, _, _ in both], [round(b, 4) for _, b, _ in both]
    better, worse = (before, after) if measure.better == "lower" else (after, before)
    loss = paired(better, worse, [row.gold.cluster for _, _, row in both])
    if loss.value <= 0:
        return
    losses = {row.gold.id: w - b for (_, _, row), b, w in zip(both, better, worse, strict=True)}
    ids = _some(sorted((key for key in losses if losses[key] > 0), key=lambda key: -losses[key]))
    means = f"{sum(before) / len(both):.3f} → {sum(after) / len(both):.3f}"
    closes = loss.value > tolerance and loss.low > 0
    verdict_en = "worse" if closes else "a little worse, within noise or tolerance"
    verdict_zh = "变差" if closes else "略差，但在误差或容差之内"
    span = f"{loss.value:.3f} [{loss.low:.3f}, {loss.high:.3f}]"
    yield Finding(
        "worse" if closes else "within",
        measure.key,
        f"{measure.key} is {verdict_en}: {means}, loss {span}, n {len(both)}: {ids}",
        f"{measure.key} {verdict_zh}：{means}，损失 {span}，n {len(both)}：{ids}",
    )


def _some(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_SHOWN]) + (" …" if len(ids) > _SHOWN else "")


def print_findings(findings: Sequence[Finding], console: Console, language: str = "en") -> None:
    """A line for each finding, those that close the gate first, and whether it is open."""
    for finding in sorted(findings, key=lambda f: not f.closes):
        said = finding.zh if language == "zh" else finding.en
        console.print(f"{finding.kind:<8} {said}", markup=False, highlight=False)
    closed = sum(f.closes for f in findings)
    zh, en = (f"未通过：{closed} 项", f"gate: closed by {closed}") if closed else ("通过", "gate: open")
    console.print(zh if language == "zh" else en, markup=False, highlight=False)

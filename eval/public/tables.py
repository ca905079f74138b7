"""Results of `eval.public.retrieval`: read again, compared with earlier ones, and laid out as tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from corpus.errors import BadInput
from eval.measures.retrieval import RANKED
from eval.public.retrieval import FALSE_ANSWER, FALSE_REFUSAL, Bench, SetResult
from eval.statistics import LEVEL, Difference, holm, paired

_TITLES = {**{key: key for key in RANKED}, FALSE_ANSWER: "false answers", FALSE_REFUSAL: "false refusals"}
_TITLES |= {"ndcg@10": "nDCG@10", "mrr@10": "MRR@10"}


@dataclass(frozen=True, slots=True)
class Change:
    """One measure of one set, now less before, with its p corrected over all that were compared."""

    set_name: str
    measure: str
    before: float
    after: float
    difference: Difference
    corrected: float

    @property
    def shown(self) -> bool:
        """Whether there is a difference beyond noise."""
        return self.corrected < 1 - LEVEL and not self.difference.low <= 0 <= self.difference.high


def check_writable(path: Path) -> None:
    """Raises `BadInput` where no results can be written, before hours are spent on them."""
    try:
        path.open("a").close()
    except OSError as error:
        raise BadInput(
            f"{path} can't be written ({error.strerror}); name a file in a folder that exists and is yours with --out",
            f"无法写入 {path}（{error.strerror}）；请用 --out 指定可写文件夹中的文件",
        ) from error


def read_bench(path: Path) -> Bench:
    """The results in a file. Raises `BadInput`."""
    try:
        return Bench.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise BadInput(
            f"{path} holds no results of `yiju eval retrieval` ({type(error).__name__}); name a file that --out wrote",
            f"{path} 中没有 yiju eval retrieval 的结果（{type(error).__name__}）；请指定 --out 写出的文件",
        ) from error


def compare(before: Bench, after: Bench) -> tuple[Change, ...]:
    """Every measure of the sets that both searched, on the queries that both did. Raises `BadInput` where
    they have no set in common."""
    earlier = {(one.name, one.sha256): one for one in before.sets}
    both = [(earlier[one.name, one.sha256], one) for one in after.sets if (one.name, one.sha256) in earlier]
    if not both:
        raise BadInput(
            "the two results have no set in common; compare results of the same files",
            "两次结果没有相同的评测集；请比较同一批文件的结果",
        )
    rows = [(now.name, key, *_both(old, now, key)) for old, now in both for key in now.scores if _common(old, now, key)]
    differences = [paired(a, b, clusters) for *_, a, b, clusters in rows]
    return tuple(
        Change(name, key, sum(a) / len(a), sum(b) / len(b), difference, corrected)
        for (name, key, a, b, _), difference, corrected in zip(
            rows, differences, holm([d.p for d in differences]), strict=True
        )
    )


def _common(old: SetResult, new: SetResult, key: str) -> list[str]:
    return [query for query in new.scores.get(key, {}) if query in old.scores.get(key, {})]


def _both(old: SetResult, new: SetResult, key: str) -> tuple[list[float], list[float], list[str]]:
    queries = _common(old, new, key)
    return (
        [old.scores[key][q] for q in queries],
        [new.scores[key][q] for q in queries],
        [new.clusters[q] for q in queries],
    )


def figures_table(sets: Sequence[SetResult]) -> Table:
    """The measures of every set, each with its interval."""
    table = _table("set", "measure", "value", "95 % interval", "n", "clusters")
    for one in sets:
        for key, title in _TITLES.items():
            if key in one.figures:
                e = one.figures[key]
                interval = f"{e.low:.3f}–{e.high:.3f}"
                table.add_row(one.name, title, f"{e.value:.3f}", interval, str(e.n), str(e.clusters))
    return table


def costs_table(sets: Sequence[SetResult]) -> Table:
    """What searching every set cost."""
    columns = ("docs", "passages", "index s", "asked", "/s", "p50 ms", "p95 ms", "CPU ms", "MiB")
    table = _table("set", *columns)
    for one in sets:
        s, m = one.speed, one.memory
        memory = f"{m.warm_mib:.0f}→{m.end_mib:.0f}" if m else "–"
        counts = (str(one.documents), str(one.passages), f"{one.index_seconds:.1f}", str(s.searches))
        times = (f"{s.per_second:.0f}", f"{s.p50_ms.value:.1f}", f"{s.p95_ms.value:.1f}", f"{s.cpu_ms:.1f}")
        table.add_row(one.name, *counts, *times, memory)
    return table


def changes_table(changes: Sequence[Change]) -> Table:
    """What differs from earlier results, with Holm's p; better or worse is said only of what noise does not
    explain."""
    columns = ("set", "measure", "was", "now", "change", "95 % interval", "p", "")
    table = _table(*columns)
    for c in changes:
        d = c.difference
        values = (f"{c.before:.3f}", f"{c.after:.3f}", f"{d.value:+.3f}", f"{d.low:+.3f}…{d.high:+.3f}")
        table.add_row(c.set_name, _TITLES.get(c.measure, c.measure), *values, f"{c.corrected:.3f}", _verdict(c))
    return table


def notes(sets: Sequence[SetResult]) -> Iterator[str]:
    """What a reader of the figures has to know of how the documents were read."""
    for one in sets:
        if one.unread:
            yield f"{one.name}: {one.unread} of {one.documents} documents could not be indexed 未能索引"
        if one.altered:
            yield f"{one.name}: {one.altered} of {one.documents} texts were not read exactly as given 与原文不完全一致"


def _table(*columns: str) -> Table:
    """An empty table that breaks what is too wide for a terminal, and never cuts it off."""
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _verdict(change: Change) -> str:
    if not change.shown:
        return "not shown"
    lower_is_better = change.measure in (FALSE_ANSWER, FALSE_REFUSAL)
    return "better" if (change.difference.value < 0) == lower_is_better else "worse"


def print_bench(console: Console, found: Bench, before: Bench | None, *, as_json: bool) -> None:
    """Prints results, and how they differ from earlier ones; as JSON without what every query scored."""
    changes = compare(before, found) if before else ()
    if as_json:
        result = found.model_dump(mode="json", exclude={"sets": {"__all__": {"scores", "clusters"}}})
        result["changes"] = [{**asdict(change), "shown": change.shown} for change in changes]
        console.out(json.dumps(result, ensure_ascii=False), highlight=False)
        return
    for table in (figures_table(found.sets), costs_table(found.sets), *([changes_table(changes)] if changes else [])):
        console.print(table, "")
    for note in notes(found.sets):
        console.print(note, markup=False, highlight=False)
    console.print(f"{found.program}, commit {found.commit}; {found.machine}; embedder {found.conditions['embedder']}")

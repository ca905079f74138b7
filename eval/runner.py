"""Answers a set of questions and scores the answers. Offline, deterministic, nothing trained on the set.

Each figure is a mean over questions with a 95 % bootstrap interval (percentile method, 2,000 resamples
of questions, seed 0). A question that fails counts as wrong and stays in.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.answers import Answer
from assistant.core import Assistant, Question
from assistant.settings import Settings
from assistant.wiring import Workplace
from corpus.errors import BadInput
from eval.questions import SAMPLES, GoldQuestion, load_set, normal
from indexing.ingest import find_files, ingest

# Hits count as far as a reader, or a model's context, gets: their first characters together.
EVIDENCE_LENGTH = 3600
_RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Scored:
    """One question's results; a measure that does not apply to it is None."""

    id: str
    lang: str
    type: str
    evidence: float | None
    nuggets: float | None
    refused: bool
    answerable: bool
    resolves: float | None
    length: int
    milliseconds: float
    text: str


def main(name: str, corpus: Path | None, as_json: bool) -> None:
    """`yiju eval run`: over the samples, or over `corpus` in a folder of its own that is then removed."""
    questions = load_set(name)
    if corpus is None and name != SAMPLES:
        raise BadInput(
            "say which documents the set is about: --corpus FOLDER", "请用 --corpus 指定评测集所针对的文件夹"
        )
    with tempfile.TemporaryDirectory(prefix="yiju-eval-") as folder:
        settings = Settings(data=Path(folder), samples="auto" if corpus is None else "never")
        workplace = Workplace(settings)
        try:
            _fill(workplace, corpus)
            asked = track(questions, "asking", console=Console(stderr=True), disable=as_json)
            results = [score(workplace.assistant, question) for question in asked]
        finally:
            workplace.close()
    if as_json:
        typer.echo(
            json.dumps({"figures": figures(results), "questions": [_row(r) for r in results]}, ensure_ascii=False)
        )
    else:
        _print(results)


def _fill(workplace: Workplace, corpus: Path | None) -> None:
    if corpus is None:
        workplace.add_samples()
        return
    for result in ingest(find_files([corpus]), workplace.ingester(), workplace.settings.max_file_mb * 2**20):
        if result.reason is not None:
            raise BadInput(f"{result.source}: {result.reason.en}", f"{result.source}：{result.reason.zh}")


def score(assistant: Assistant, gold: GoldQuestion) -> Scored:
    """Asks one question and compares the answer with what is known of it."""
    began = time.perf_counter()
    answer = assistant.ask(Question(gold.question))
    milliseconds = (time.perf_counter() - began) * 1000
    return Scored(
        id=gold.id,
        lang=gold.lang,
        type=gold.type,
        evidence=_evidence(gold, answer) if gold.answerable and gold.evidence else None,
        nuggets=_nuggets(gold, answer) if gold.answerable else None,
        refused=not answer.answered,
        answerable=gold.answerable,
        resolves=_resolves(assistant, answer) if answer.citations else None,
        length=len(answer.text),
        milliseconds=milliseconds,
        text=answer.text,
    )


def _evidence(gold: GoldQuestion, answer: Answer) -> float:
    """The share of gold quotes inside the hits' first characters."""
    found = normal("\n".join(hit.text for hit in answer.hits)[:EVIDENCE_LENGTH])
    quotes = [quote for evidence in gold.evidence for quote in evidence.quotes]
    return sum(normal(quote) in found for quote in quotes) / len(quotes)


def _nuggets(gold: GoldQuestion, answer: Answer) -> float:
    """The share of nuggets of which an alternative is in the answer; a refusal has none."""
    said = normal(answer.text) if answer.answered else ""
    return sum(any(normal(a) in said for a in nugget) for nugget in gold.nuggets) / len(gold.nuggets)


def _resolves(assistant: Assistant, answer: Answer) -> float:
    """The share of citations whose quote is exactly what stands at their place."""
    good = sum(assistant.document(c.document_id).quote(c.start, c.end) == c.quote for c in answer.citations)
    return good / len(answer.citations)


def figures(results: Sequence[Scored]) -> dict[str, dict[str, float | int]]:
    """Every measure, for all questions and by language: mean, interval, number of questions."""
    measures: tuple[tuple[str, Callable[[Scored], float | None]], ...] = (
        ("evidence in the hits", lambda r: r.evidence),
        ("nuggets in the answer", lambda r: r.nuggets),
        ("refused, unanswerable", lambda r: None if r.answerable else float(r.refused)),
        ("refused, answerable", lambda r: float(r.refused) if r.answerable else None),
        ("citations that resolve", lambda r: r.resolves),
    )
    table: dict[str, dict[str, float | int]] = {}
    for scope in ("all", *sorted({r.lang for r in results})):
        within = [r for r in results if scope in ("all", r.lang)]
        for name, measure in measures:
            values = [v for v in map(measure, within) if v is not None]
            if values:
                low, high = interval(values)
                mean = sum(values) / len(values)
                table[f"{name} ({scope})"] = {"mean": mean, "low": low, "high": high, "n": len(values)}
    return table


def interval(values: Sequence[float]) -> tuple[float, float]:
    """A 95 % bootstrap interval of the mean (Efron & Tibshirani 1993, percentile method)."""
    draw = random.Random(0)
    means = sorted(sum(draw.choices(values, k=len(values))) / len(values) for _ in range(_RESAMPLES))
    return means[int(0.025 * _RESAMPLES)], means[int(0.975 * _RESAMPLES) - 1]


def _row(result: Scored) -> dict[str, object]:
    return {name: getattr(result, name) for name in Scored.__slots__}


def _print(results: Sequence[Scored]) -> None:
    table = Table("measure", "mean", "95 % interval", "n", box=None, pad_edge=False)
    for name, f in figures(results).items():
        table.add_row(name, f"{f['mean']:.3f}", f"{f['low']:.3f}–{f['high']:.3f}", str(f["n"]))
    lengths, times = sorted(r.length for r in results), sorted(r.milliseconds for r in results)
    console = Console(width=100)
    console.print(table)
    middle = len(results) // 2
    console.print(f"median answer {lengths[middle]} characters, {times[middle]:.1f} ms; {len(results)} questions")

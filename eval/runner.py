"""Asks a system the questions of a set, scores what it says, and keeps every result. Offline, deterministic,
nothing trained on the set. A question that fails counts as wrong and stays in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import typer

from assistant.settings import Settings
from assistant.terminal import terminal_language
from assistant.wiring import Workplace
from corpus.errors import BadInput
from eval.measures.base import Measure, Support
from eval.measures.table import MEASURES
from eval.questions import GoldQuestion, GoldSet
from eval.runs import Manifest, Recorder, Row, Run, commit, machine, now, program
from eval.systems.base import System
from indexing.ingest import find_files, ingest

Advance = Callable[[str, int | None], None]


def score(gold: GoldQuestion, system: System, support: Support, measures: tuple[Measure, ...] = MEASURES) -> Row:
    """Asks one question and scores the response on every measure that applies."""
    response = system.ask(gold)
    return Row(gold=gold, response=response, scores={m.key: m.of(gold, response, support) for m in measures})


def run_set(
    questions: GoldSet,
    system: System,
    support: Support,
    folder: Path,
    *,
    corpus: str,
    conditions: Mapping[str, str | int | float | bool | None],
    index: Mapping[str, int],
    advance: Advance,
) -> Run:
    """Runs a set, or goes on with the run that was interrupted in `folder`. `corpus` says in words what was
    searched, `index` how large it is. Raises `BadInput` where `folder` holds another run, `Unavailable`
    where the system is out of reach (run again to go on)."""
    manifest = Manifest(
        name=folder.name,
        set_name=questions.name,
        set_sha256=questions.sha256,
        questions=len(questions.questions),
        corpus=corpus,
        system=system.name,
        support=support.name,
        conditions=dict(conditions),
        commit=commit(),
        program=program(),
        machine=machine(),
        began=now(),
    )
    recorder = Recorder(folder, manifest)
    try:
        for gold in questions.questions:
            if gold.id not in recorder.done:
                recorder.add(score(gold, system, support))
            advance(gold.id, len(questions.questions))
        return recorder.finish(index)
    finally:
        recorder.close()


@contextmanager
def indexed(corpus: Path | None, folder: Path, settings: Settings, advance: Advance) -> Iterator[Workplace]:
    """A workplace in `folder` with the documents of `corpus` indexed, or with the samples; what is there is
    not indexed again. `settings` give the models; the engine is the built-in one, whatever they say, so that no
    server's collection is written to. What can't be read is told on standard error and left out; raises `BadInput`
    where nothing can."""
    samples = "always" if corpus is None else "never"
    workplace = Workplace(settings.model_copy(update={"data": folder, "samples": samples, "qdrant_url": None}))
    try:
        if corpus is None:
            workplace.add_samples(advance)
        else:
            _fill(workplace, corpus, advance)
        yield workplace
    finally:
        workplace.close()


def index_size(workplace: Workplace) -> dict[str, int]:
    """How much is searched: documents, passages, and bytes on disk (the catalogue with its texts included)."""
    documents = workplace.catalogue.summaries()
    files = (path for path in workplace.settings.data.rglob("*") if path.is_file())
    return {
        "documents": len(documents),
        "passages": sum(document.passages for document in documents),
        "bytes": sum(path.stat().st_blocks * 512 for path in files),
    }


def _fill(workplace: Workplace, corpus: Path, advance: Advance) -> None:
    files, language, failed = find_files([corpus]), terminal_language(), 0
    for result in ingest(files, workplace.ingester(), workplace.settings.max_file_mb * 2**20):
        if result.reason is not None:
            failed += 1
            typer.secho(f"{result.source}: {result.reason.text(language)}", fg="yellow", err=True)
        advance(result.source, len(files))
    if failed == len(files):
        raise BadInput(
            f"{corpus} holds no document that can be read; name the folder of the documents that the set is about",
            f"{corpus} 中没有可读取的文件；请指定评测集所针对的文件夹",
        )

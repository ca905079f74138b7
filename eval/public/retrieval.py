"""How well, how fast, and in how much memory the product searches a public retrieval set.

Every document of a set becomes a text file (a line with its title, a blank one, its text), is indexed like a
person's own, and every query is searched as `yiju search` would. Passages count for their document, which is
ranked by its best one. Where a set says which documents to withhold, a second index lacks them: questions
that only they answer should be refused then, the others answered.

A withheld document may not have been the only one with the answer, since nobody judged every other, so the
false-answer rate is an upper bound. Figures of answers are not made here: see `eval.runner`.
"""

from __future__ import annotations

import itertools
import os
import random
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.core import MOST_HITS, Assistant, Question
from assistant.settings import Settings
from assistant.wiring import Workplace
from corpus.errors import BadInput
from eval.measures.retrieval import RANKED, calculate
from eval.public.sets import PublicDocument, PublicQuery, RetrievalSet
from eval.questions import normal
from eval.records import Record
from eval.runner import Advance
from eval.runs import commit, machine, now, program
from eval.statistics import Estimate, estimate, quantile
from indexing.ingest import find_files, ingest

Bar = Callable[[str], AbstractContextManager[Advance]]
FALSE_ANSWER, FALSE_REFUSAL = "false_answer", "false_refusal"


class Speed(Record):
    """What searching as the product does by default cost: queries a second in one process, milliseconds a
    query, and those of them that the processor worked, which others on the machine change less."""

    searches: int
    per_second: float
    p50_ms: Estimate
    p95_ms: Estimate
    cpu_ms: float


class Memory(Record):
    """Resident memory in MiB when every query was searched once, and after all searches that were timed."""

    warm_mib: float
    end_mib: float


class SetResult(Record):
    """One set's figures, and what every query scored. `unread` documents could not be indexed (a query about
    one can't be answered); of `altered` ones the text as it was read is not all of the text as it was given.
    `scores` has, by measure and query, every value that the figures are made of."""

    name: str
    sha256: str
    documents: int
    unread: int
    altered: int
    passages: int
    queries: int
    index_seconds: float
    figures: dict[str, Estimate]
    scores: dict[str, dict[str, float]]
    clusters: dict[str, str]
    speed: Speed
    memory: Memory | None


class Bench(Record):
    """Some sets' results, and what they depend on."""

    commit: str
    program: str
    machine: str
    began: str
    conditions: dict[str, str | int]
    sets: tuple[SetResult, ...]


@dataclass(frozen=True, slots=True)
class Indexed:
    """An index of a set: `names` are the documents' ids by the names of their files, `seconds` what indexing took
    once the models were loaded."""

    assistant: Assistant
    names: Mapping[str, str]
    unread: int
    seconds: float


def bench(sets: Sequence[RetrievalSet], settings: Settings, *, searches: int, ask: int, seed: int, bar: Bar) -> Bench:
    """Searches every query of the sets, then again and again, timed, `searches` times in each at least; and
    asks up to `ask` questions of either kind where documents are withheld (0: none), drawn with `seed`.
    `settings` give the models; `bar` makes a progress bar with a title."""
    began = now()
    conditions = {"embedder": settings.embedder, "passage_tokens": settings.passage_tokens, "llm": settings.llm_model}
    results = tuple(_bench(one, settings, searches, ask, seed, bar) for one in sets)
    return Bench(
        commit=commit(),
        program=program(),
        machine=machine(),
        began=began,
        conditions=conditions | {"ask": ask, "seed": seed},
        sets=results,
    )


def _bench(one: RetrievalSet, settings: Settings, searches: int, ask: int, seed: int, bar: Bar) -> SetResult:
    clusters = one.clusters()
    with indexed(one, settings, bar) as index:
        with bar(f"{one.name}: searching") as advance:
            rankings = _rank(index, one.judged(), advance)
        with bar(f"{one.name}: timing") as advance:
            speed, memory = _time(index, one.judged(), searches, clusters, advance)
        altered, passages = _altered(index, one.documents), sum(d.passages for d in index.assistant.documents())
    each = calculate({query: one.qrels[query] for query in clusters}, rankings)
    scores = {key: {query: its[key] for query, its in each.items()} for key in RANKED}
    if one.withheld and ask:
        with indexed(one, settings, bar, without=one.withheld) as rest, bar(f"{one.name}: asking") as advance:
            scores |= _refusals(rest.assistant, one, ask, seed, advance)
    return SetResult(
        name=one.name,
        sha256=one.sha256,
        documents=len(one.documents),
        unread=index.unread,
        altered=altered,
        passages=passages,
        queries=len(clusters),
        index_seconds=index.seconds,
        figures={key: estimate(list(v.values()), [clusters[q] for q in v]) for key, v in scores.items() if v},
        scores=scores,
        clusters=clusters,
        speed=speed,
        memory=memory,
    )


@contextmanager
def indexed(
    one: RetrievalSet, settings: Settings, bar: Bar, without: Collection[str] = frozenset()
) -> Iterator[Indexed]:
    """An index of a set's documents in a temporary folder, all but those `without`."""
    with tempfile.TemporaryDirectory(prefix="yiju-bench-") as temporary:
        files, data = Path(temporary) / "files", Path(temporary) / "data"
        names = write_files([d for d in one.documents if d.id not in without], files)
        workplace = Workplace(settings.model_copy(update={"data": data, "samples": "never"}))
        began = time.perf_counter()
        try:
            with bar(f"{one.name}: indexing") as advance:
                unread = 0
                for result in ingest(find_files([files]), workplace.ingester(), settings.max_file_mb * 2**20):
                    unread += result.reason is not None
                    advance(names.get(result.source, result.source), len(names))
            yield Indexed(workplace.assistant, names, unread, time.perf_counter() - began)
        finally:
            workplace.close()


def write_files(documents: Sequence[PublicDocument], folder: Path) -> dict[str, str]:
    """Writes each document to a text file, its title in a line of its own; ids by file name."""
    folder.mkdir()
    names: dict[str, str] = {}
    for number, document in enumerate(documents):
        name = f"{number:07}.txt"
        (folder / name).write_text(f"{document.title}\n\n{document.text}" if document.title else document.text, "utf-8")
        names[name] = document.id
    return names


def _rank(index: Indexed, queries: Sequence[PublicQuery], advance: Advance) -> dict[str, list[str]]:
    """Each query's documents, best first."""
    rankings: dict[str, list[str]] = {}
    for query in queries:
        rankings[query.id] = _search(index, query.text, MOST_HITS)
        advance(query.id, len(queries))
    return rankings


def _time(
    index: Indexed, queries: Sequence[PublicQuery], searches: int, clusters: Mapping[str, str], advance: Advance
) -> tuple[Speed, Memory | None]:
    """Searches as the product makes them, the queries in turn. All was searched once by then, so nothing has
    to be loaded, and memory should not grow."""
    total = max(searches, len(queries))
    milliseconds: list[float] = []
    names: list[str] = []
    warm, worked = resident_mib(), 0.0
    for query in itertools.islice(itertools.cycle(queries), total):
        began, before = time.perf_counter(), time.process_time()
        _search(index, query.text, Question("").top_k)
        milliseconds.append((time.perf_counter() - began) * 1000)
        worked += time.process_time() - before
        names.append(clusters[query.id])
        advance(query.id, total)
    end = resident_mib()
    speed = Speed(
        searches=total,
        per_second=1000 * total / sum(milliseconds),
        p50_ms=quantile(milliseconds, names, 0.5),
        p95_ms=quantile(milliseconds, names, 0.95),
        cpu_ms=1000 * worked / total,
    )
    return speed, None if warm is None or end is None else Memory(warm_mib=warm, end_mib=end)


def _search(index: Indexed, text: str, k: int) -> list[str]:
    """The ids of the documents of the best `k` passages, ordered by their best ones. A text that can't be asked finds
    nothing."""
    try:
        hits = index.assistant.search(text, top_k=k)
    except BadInput:
        return []
    return list(dict.fromkeys(index.names[hit.source] for hit in hits))


def _altered(index: Indexed, documents: Sequence[PublicDocument]) -> int:
    """How many texts came out of the reader otherwise than they went in, white space and case apart."""
    texts = {document.id: normal(document.text) for document in documents}
    read = ((index.names[d.source], index.assistant.document(d.id).text) for d in index.assistant.documents())
    return sum(texts[name] not in normal(text) for name, text in read)


def _refusals(
    assistant: Assistant, one: RetrievalSet, ask: int, seed: int, advance: Advance
) -> dict[str, dict[str, float]]:
    """By question, whether it was answered although what answers it is withheld, and whether it was refused
    although some of that is there."""
    gone = [query for query in one.judged() if one.withheld.issuperset(one.relevant(query.id))]
    there = [query for query in one.judged() if not one.withheld.issuperset(one.relevant(query.id))]
    draw = random.Random(seed)
    drawn = [draw.sample(some, min(ask, len(some))) for some in (gone, there)]
    scores: dict[str, dict[str, float]] = {FALSE_ANSWER: {}, FALSE_REFUSAL: {}}
    for key, queries in zip(scores, drawn, strict=True):
        for query in queries:
            scores[key][query.id] = float(_answered(assistant, query.text) == (key == FALSE_ANSWER))
            advance(query.id, sum(map(len, drawn)))
    return scores


def _answered(assistant: Assistant, text: str) -> bool:
    try:
        return assistant.ask(Question(text)).answered
    except BadInput:
        return False


def resident_mib() -> float | None:
    """This process's resident memory; None where the system does not say (it does on Linux)."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

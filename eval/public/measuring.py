"""Measures systems on sets: one index serves the sets with the same documents and the systems with the same model.

Searching is the product's own (`assistant.answering.finding.Finder` over an index that the product made), so that
only the recipe differs between its variants. Ranks are of documents, each at its best passage, as in
`eval.public.retrieval`.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np

from assistant.answering.finding import Finder
from assistant.core import MOST_HITS, Question
from assistant.wiring import Workplace
from corpus.errors import BadInput
from eval.measures.retrieval import MEASURES, RANKED, calculate
from eval.public.baselines import Bm25, windows
from eval.public.cells import Book, Cell, Costs, fingerprint
from eval.public.retrieval import Bar, indexed
from eval.public.sets import RetrievalSet
from eval.public.suite import Half, corpus_key, half, of_half
from eval.public.systems import Bm25System, ProductSystem, System, by_embedder, default_settings
from eval.questions import GoldQuestion, GoldSet
from eval.runner import Advance
from eval.runner import indexed as indexed_folder
from eval.runs import commit, machine, now
from eval.support.verifier import Verifier
from eval.systems.base import Found, Response, found_of
from indexing.index import Index
from indexing.store import Scope

# Searches that are timed in each set.
_TIMED = 200
_TOP = Question("").top_k
# Characters of a window, and measures that are looked at, where questions bring gold evidence.
_WINDOW = 400
_EVIDENCE = tuple(measure for measure in MEASURES if measure.key in ("evidence@8", "ndcg@10"))
# A question and how many passages are wanted, to these, best first.
_Search = Callable[[str, int], list[Found]]
_OWN = ("own",)


@dataclass(frozen=True, slots=True)
class ReferenceSet:
    """Questions in one language with gold evidence in a folder of documents."""

    name: str
    sha256: str
    questions: tuple[GoldQuestion, ...]
    corpus: Path


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be measured. `halves` are those that are looked at, `models` the embedders' names@revisions by
    their settings; a system whose model is not among them is left out."""

    systems: tuple[System, ...]
    sets: tuple[RetrievalSet, ...] = ()
    references: tuple[ReferenceSet, ...] = ()
    halves: tuple[Half, ...] = ("dev", "test")
    models: Mapping[str, str] = field(default_factory=dict)

    @property
    def present(self) -> tuple[System, ...]:
        return tuple(s for s in self.systems if isinstance(s, Bm25System) or s.embedder in self.models)

    def key(self, one: RetrievalSet | ReferenceSet, system: System) -> str:
        model = self.models[system.embedder] if isinstance(system, ProductSystem) else ""
        return fingerprint(system, model, one.sha256, "both" if len(self.halves) > 1 else self.halves[0])


def measure(plan: Plan, book: Book, bar: Bar) -> Iterator[Cell]:
    """Every cell of a plan: those that the book has, and the others measured and kept in it."""
    groups: dict[str, list[RetrievalSet]] = {}
    for one in plan.sets:
        groups.setdefault(corpus_key(one), []).append(one)
    for alike in groups.values():
        for embedder, systems in by_embedder(plan.present):
            todo = [(one, s) for one in alike for s in systems if book.cell(plan.key(one, s)) is None]
            if todo and embedder is None:
                _measure_bm25(plan, todo, book, bar)
            elif todo and embedder is not None:
                _measure_product(plan, embedder, todo, book, bar)
    for reference in plan.references:
        for embedder, systems in by_embedder(plan.present):
            missing = [s for s in systems if book.cell(plan.key(reference, s)) is None]
            if missing:
                _measure_reference(plan, reference, embedder, missing, book, bar)
    both: tuple[RetrievalSet | ReferenceSet, ...] = (*plan.sets, *plan.references)
    for each in both:
        for system in plan.present:
            found = book.cell(plan.key(each, system))
            assert found is not None
            # Two systems may be one thing under two names, as the product and a model given beside it.
            yield found.model_copy(update={"system": system.name, "set_name": each.name})


def _measure_bm25(plan: Plan, todo: Sequence[tuple[RetrievalSet, System]], book: Book, bar: Bar) -> None:
    documents = todo[0][0].documents
    texts = [f"{document.title}\n{document.text}" for document in documents]
    for one, system in todo:
        assert isinstance(system, Bm25System)
        began = time.perf_counter()
        bm25 = Bm25(texts, system.k1, system.b)
        spent = time.perf_counter() - began
        search = _ids_of(bm25, [document.id for document in documents])
        size = (len(documents), len(documents), spent)
        book.add(_cell(plan, one, system, search, size, bar))


def _ids_of(bm25: Bm25, ids: Sequence[str]) -> Callable[[str, int], list[str]]:
    return lambda text, k: [ids[place] for place in bm25.rank(text, k)]


def _measure_product(
    plan: Plan, embedder: str, todo: Sequence[tuple[RetrievalSet, System]], book: Book, bar: Bar
) -> None:
    with tempfile.TemporaryDirectory(prefix="yiju-bench-") as folder:
        settings = default_settings(embedder, Path(folder))
        with indexed(todo[0][0], settings, bar) as index:
            listed = index.assistant.documents()
            size = (len(listed), sum(document.passages for document in listed), index.seconds)
            for one, system in todo:
                search = _documents(_searcher(index.assistant.index, system), index.names)
                book.add(_cell(plan, one, system, search, size, bar))


def _documents(search: _Search, names: Mapping[str, str]) -> Callable[[str, int], list[str]]:
    """Passages to the documents that hold them, each at its best one."""
    return lambda text, k: list(
        dict.fromkeys(names[source] for found in search(text, k) for source in (found.source, *found.also))
    )


def _searcher(index: Index, system: System) -> _Search:
    assert isinstance(system, ProductSystem)
    finder = Finder(index, recipe=system.recipe)

    def search(text: str, k: int) -> list[Found]:
        try:
            return list(found_of(finder.find(text, k, Scope(origins=_OWN), _OWN).search.hits))
        except BadInput:  # a text that can't be asked finds nothing
            return []

    return search


def _cell(
    plan: Plan,
    one: RetrievalSet,
    system: System,
    search: Callable[[str, int], list[str]],
    size: tuple[int, int, float],
    bar: Bar,
) -> Cell:
    queries = [query for wanted in plan.halves for query in of_half(one, wanted)]
    clusters = one.clusters()
    rankings: dict[str, list[str]] = {}
    with bar(f"{one.name}: {system.name}") as advance:
        for query in queries:
            rankings[query.id] = search(query.text, MOST_HITS)
            advance(query.id, len(queries))
    each = calculate({query.id: one.qrels[query.id] for query in queries}, rankings)
    return _filled(
        plan,
        one,
        system,
        scores={key: {query: its[key] for query, its in each.items()} for key in RANKED},
        clusters={query.id: clusters[query.id] for query in queries},
        halves={query.id: half(clusters[query.id]) for query in queries},
        costs=_timed(search, [query.text for query in queries], size),
    )


def _filled(
    plan: Plan,
    one: RetrievalSet | ReferenceSet,
    system: System,
    scores: dict[str, dict[str, float]],
    clusters: dict[str, str],
    halves: dict[str, Half],
    costs: Costs | None,
) -> Cell:
    """The cell of what was measured, with all that says of what and by what."""
    return Cell(
        set_name=one.name,
        sha256=one.sha256,
        system=system.name,
        fingerprint=plan.key(one, system),
        model=plan.models[system.embedder] if isinstance(system, ProductSystem) else "",
        scores=scores,
        clusters=clusters,
        halves=halves,
        costs=costs,
        commit=commit(),
        machine=machine(),
        made=now(),
    )


def _timed(
    search: Callable[[str, int], Sequence[object]], texts: Sequence[str], size: tuple[int, int, float]
) -> Costs | None:
    """All was searched once by then, so nothing has to be loaded."""
    milliseconds: list[float] = []
    for text in islice(texts, _TIMED):
        began = time.perf_counter()
        search(text, _TOP)
        milliseconds.append((time.perf_counter() - began) * 1000)
    if not milliseconds:
        return None
    p50, p95 = np.quantile(milliseconds, (0.5, 0.95))
    documents, passages, seconds = size
    return Costs(
        documents=documents,
        passages=passages,
        index_seconds=seconds,
        searches=len(milliseconds),
        p50_ms=float(p50),
        p95_ms=float(p95),
    )


# Questions with gold evidence


def references(questions: GoldSet, corpus: Path) -> tuple[ReferenceSet, ...]:
    """A set's answerable questions by language. Raises `BadInput` where none has gold evidence."""
    asked = [question for question in questions.questions if question.answerable and question.quotes]
    if not asked:
        raise BadInput(
            f"no question of {questions.name} has evidence; name a set with gold evidence",
            f"{questions.name} 中没有带证据的问题；请指定带标准证据的评测集",
        )
    stem = questions.name.removesuffix(".zh").removesuffix(".en")
    languages = sorted({question.lang for question in asked}, reverse=True)
    return tuple(
        ReferenceSet(
            name=f"{stem}.{language}",
            sha256=f"{questions.sha256} {language}",
            questions=tuple(question for question in asked if question.lang == language),
            corpus=corpus,
        )
        for language in languages
    )


def half_of(question: GoldQuestion) -> Half:
    """What the set says, else by the question's document."""
    return question.split or half(question.cluster)


def _measure_reference(
    plan: Plan, one: ReferenceSet, embedder: str | None, systems: Sequence[System], book: Book, bar: Bar
) -> None:
    with _folder_index(one, embedder, bar) as (workplace, seconds):
        listed = workplace.catalogue.summaries()
        for system in systems:
            if isinstance(system, Bm25System):
                search, size = _windowed(workplace, system)
            else:
                search = _searcher(workplace.index, system)
                size = (len(listed), sum(document.passages for document in listed), seconds)
            with bar(f"{one.name}: {system.name}") as advance:
                book.add(_reference_cell(plan, one, system, search, size, advance))


@contextmanager
def _folder_index(one: ReferenceSet, embedder: str | None, bar: Bar) -> Iterator[tuple[Workplace, float]]:
    with tempfile.TemporaryDirectory(prefix="yiju-bench-") as folder:
        settings = default_settings(embedder or "none", Path(folder))
        began = time.perf_counter()
        with bar(f"{one.name}: indexing") as advance, indexed_folder(one.corpus, Path(folder), settings, advance) as it:
            yield it, time.perf_counter() - began


def _windowed(workplace: Workplace, system: Bm25System) -> tuple[_Search, tuple[int, int, float]]:
    """BM25 over windows of the same texts, as the reader gave them."""
    documents = [workplace.catalogue.document(summary.id) for summary in workplace.catalogue.summaries()]
    cut = [Found(source=d.source, text=window) for d in documents for window in windows(d.text, _WINDOW)]
    began = time.perf_counter()
    bm25 = Bm25([window.text for window in cut], system.k1, system.b)
    spent = time.perf_counter() - began
    return lambda text, k: [cut[place] for place in bm25.rank(text, k)], (len(documents), len(cut), spent)


def _reference_cell(
    plan: Plan, one: ReferenceSet, system: System, search: _Search, size: tuple[int, int, float], advance: Advance
) -> Cell:
    asked = [question for question in one.questions if half_of(question) in plan.halves]
    scores: dict[str, dict[str, float]] = {measure.key: {} for measure in _EVIDENCE}
    for question in asked:
        response = Response(answered=True, text="", found=tuple(search(question.question, 2 * _TOP)))
        for measure_ in _EVIDENCE:
            value = measure_.of(question, response, Verifier())
            assert value is not None
            scores[measure_.key][question.id] = value
        advance(question.id, len(asked))
    return _filled(
        plan,
        one,
        system,
        scores=scores,
        clusters={question.id: question.cluster for question in asked},
        halves={question.id: half_of(question) for question in asked},
        costs=_timed(search, [question.question for question in asked], size),
    )

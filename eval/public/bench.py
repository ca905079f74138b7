"""`python -m eval.public.bench`: retrieval sets and systems side by side, with intervals, tests and targets.

What was measured is kept in the folder `--out` and used again by the next run, so that an interrupted one goes on
where it was. docs/retrieval.md says what the figures are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.errors import BadInput

if TYPE_CHECKING:
    from eval.public.cells import Book
    from eval.public.costs import ModelCost
    from eval.public.retrieval import Bar
    from eval.public.sets import RetrievalSet
    from eval.public.systems import System

BENCH = Path("../shared/data/bench")
OUT = Path("build/bench-retrieval")
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def run_bench(
    sets: Annotated[list[Path] | None, typer.Argument(help="Retrieval sets, or folders of sets.")] = None,
    embedder: Annotated[
        str | None, typer.Option(help="The product's embedder, in all variants; else the one that it ships with.")
    ] = None,
    model: Annotated[list[str] | None, typer.Option(help="Another embedder beside it (name or folder).")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Systems to measure: names, * for anything.")] = None,
    baseline: Annotated[str, typer.Option(help="System that the others are compared with.")] = "bm25-0.9-0.4",
    reference: Annotated[list[Path] | None, typer.Option(help="Set of questions with gold evidence.")] = None,
    corpus: Annotated[Path | None, typer.Option(help="Folder of the documents of --reference.")] = None,
    queries: Annotated[int, typer.Option(min=0, help="Most questions of each retrieval set; 0: all.")] = 0,
    tuning: Annotated[bool, typer.Option("--tuning", help="Only the half that parameters may be chosen on.")] = False,
    out_: Annotated[Path, typer.Option("--out", help="Folder for what was measured, and for results.json.")] = OUT,
    again: Annotated[bool, typer.Option("--again", help="Measure everything anew.")] = False,
    write: Annotated[Path | None, typer.Option(help="Page to put the tables into: docs/retrieval.md.")] = None,
) -> None:
    """Measure systems on retrieval sets and say what is reached, what each part gains and what it costs."""
    from eval.cli import out, progress
    from eval.public.cells import Book
    from eval.public.comparisons import read_targets
    from eval.public.measuring import Plan, measure, references
    from eval.public.page import Results, print_results, write_page
    from eval.public.suite import read_sets
    from eval.public.systems import all_systems, shipped_embedder
    from eval.questions import load_set
    from eval.runs import commit, machine, now, program

    began, targets, read = now(), read_targets(), read_sets(_given(sets, reference), queries)
    if reference and corpus is None:
        raise BadInput(
            "say where the documents of --reference are: --corpus FOLDER", "请用 --corpus 指定文件所在文件夹"
        )
    asked = [one for file in reference or () if corpus for one in references(load_set(str(file), corpus), corpus)]
    systems = all_systems(embedder or shipped_embedder(), model or (), (*only, baseline) if only else ())
    if baseline not in {system.name for system in systems}:
        raise BadInput(f"no system is named {baseline} (--baseline)", f"没有名为 {baseline} 的系统（--baseline）")
    book = Book(out_ / "cells.jsonl", again=again)
    models, costs, left_out = _embedders(systems, read, book, progress)
    plan = Plan(systems, read, tuple(asked), ("dev",) if tuning else ("dev", "test"), models)
    results = Results(
        commit=commit(),
        program=program(),
        machine=machine(),
        began=began,
        baseline=baseline,
        cells=tuple(measure(plan, book, progress)),
        models=costs,
        left_out=left_out,
    )
    (out_ / "results.json").write_text(results.model_dump_json(), "utf-8")
    print_results(out, results, targets)
    if write:
        write_page(write, results, targets)


def _given(sets: Sequence[Path] | None, reference: Sequence[Path] | None) -> Sequence[Path]:
    if sets or reference:
        return sets or ()
    if BENCH.is_dir():
        return (BENCH,)
    raise BadInput(
        "name the retrieval sets, or a folder of them; docs/retrieval.md says which are used and where they are from",
        "请给出检索评测集或其所在文件夹；所用评测集及其来源见 docs/retrieval.md",
    )


def _embedders(
    systems: Sequence[System], sets: Sequence[RetrievalSet], book: Book, bar: Bar
) -> tuple[dict[str, str], tuple[ModelCost, ...], dict[str, tuple[str, str]]]:
    """Every embedder's name@revision by its setting, what each costs, and why those that can't be had can't."""
    from eval.public.cells import digest_of
    from eval.public.costs import measure_model, try_embedder
    from eval.public.systems import by_embedder
    from eval.runs import machine
    from indexing.embedders import NONE

    names: dict[str, str] = {}
    costs: list[ModelCost] = []
    left_out: dict[str, tuple[str, str]] = {}
    questions = [query.text for one in sets for query in one.judged()]
    passages = [document.text for one in sets for document in one.documents]
    for setting, _ in by_embedder(systems):
        if setting is None:
            continue
        loaded, why = try_embedder(setting)
        if why is not None:
            left_out[setting] = (why.en, why.zh)
            continue
        names[setting] = loaded.name if loaded else NONE
        if loaded and passages:
            key = digest_of("embedder", loaded.name, machine())
            known = book.model(key)
            if known is None:
                with bar(f"{Path(setting).name}: timing") as advance:
                    known = measure_model(setting, loaded, questions, passages, key, machine())
                    advance(setting, 1)
                book.add(known)
            costs.append(known)
    return names, tuple(costs), left_out


if __name__ == "__main__":
    from eval.cli import run_alone

    run_alone(app)

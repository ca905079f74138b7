"""`yiju eval …`: the grounding benchmark on the command line."""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from assistant.terminal import progress_on, terminal_language
from corpus.errors import BadInput, YijuError

if TYPE_CHECKING:
    from eval.runner import Advance

app = typer.Typer(no_args_is_help=True, help="The grounding benchmark.")
# A file or a pipe has no width: tables are as wide there as they need to be.
_WIDTH = None if sys.stdout.isatty() else 160
out, err = Console(soft_wrap=True, width=_WIDTH), Console(stderr=True, soft_wrap=True)

Data = Annotated[Path | None, typer.Option("--data", help="Folder that holds all that is stored.", metavar="DIR")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SupportName = Annotated[
    str,
    typer.Option(help="What says whether words support a claim: verifier, nli:MODEL, or judge:URL#MODEL."),
]


def progress(title: str) -> AbstractContextManager[Advance]:
    return progress_on(err, title)


def run_alone(command: typer.Typer) -> None:
    """Runs a command that is no part of `yiju eval`; an error for a person is one line in each language."""
    try:
        command()
    except YijuError as error:
        err.print(f"{error.en}\n{error.zh}", style="red", markup=False, highlight=False)
        sys.exit(1)


@app.command("run")
def run(
    set_: Annotated[str, typer.Option("--set", help="samples, or a JSON Lines file of questions.")] = "samples",
    corpus: Annotated[Path | None, typer.Option(help="Folder of the documents that the questions are about.")] = None,
    out_: Annotated[
        Path | None, typer.Option("--out", help="Folder for the results; an interrupted run there is gone on with.")
    ] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="Passages to look at.")] = 8,
    support: SupportName = "verifier",
    target: Annotated[
        str | None,
        typer.Option(
            help="System to ask instead of Yiju with --corpus: http://HOST:PORT (a Yiju server), openai:URL#MODEL, "
            "rag:URL#MODEL, file:ANSWERS.jsonl, ADAPTER.py."
        ),
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Answer a set of questions and score the answers."""
    from assistant.settings import read_settings, revealed
    from eval.printing import figure_row, print_figures
    from eval.questions import SAMPLES, load_set
    from eval.runner import run_set
    from eval.summary import figures
    from eval.support.verifier import load_support
    from eval.systems.targets import opened, print_failures

    questions = load_set(set_, corpus)
    settings = read_settings({"data": data})
    folder = out_ or _new_folder(settings.data / "runs", questions.name)
    with (
        tempfile.TemporaryDirectory(prefix="yiju-eval-") as temporary,
        progress("indexing") as indexing,
        opened(
            target,
            questions,
            corpus,
            Path(temporary),
            settings,
            samples=set_ == SAMPLES,
            top_k=k,
            advance=indexing,
        ) as asked,
        progress("asking") as asking,
    ):
        result = run_set(
            questions,
            asked.system,
            load_support(support, api_key=revealed(settings.llm_api_key), timeout=settings.llm_timeout),
            folder,
            corpus=asked.corpus,
            conditions=asked.conditions,
            index=asked.index,
            advance=asking,
        )
    print_failures(result.rows, err)
    if as_json:
        shown = [figure_row(f) for f in figures(result.rows)]
        typer.echo(json.dumps({"run": str(folder), "figures": shown}, ensure_ascii=False))
    else:
        print_figures(figures(result.rows), result.rows, out, terminal_language())
        out.print(f"{folder}", markup=False, highlight=False)


def _new_folder(runs: Path, name: str) -> Path:
    from eval.runs import now

    return runs / f"{name}-{now().replace(':', '')}"


@app.command("judges")
def judges(
    data: Annotated[Path, typer.Option("--data", help="Folder with the labels that people gave.", metavar="DIR")],
    support: Annotated[
        list[str] | None,
        typer.Option(help="verifier, nli:MODEL, or judge:URL#MODEL; several may be given."),
    ] = None,
    half: Annotated[Literal["test", "dev"], typer.Option(help="Which half of the sources to judge.")] = "test",
    as_json: AsJson = False,
) -> None:
    """Score the support functions themselves against labels that people gave."""
    from assistant.settings import read_settings, revealed
    from eval.support.judging import agreement, load_labels, print_agreements
    from eval.support.verifier import load_support

    labels, settings = load_labels(data), read_settings({})
    with progress("judging") as advance:
        found = [
            agreement(one, each, half, advance)
            for name in support or ["verifier"]
            for one in [load_support(name, api_key=revealed(settings.llm_api_key), timeout=settings.llm_timeout)]
            for each in labels
            if each.rows
        ]
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False))
    else:
        print_agreements(found, labels, out)


@app.command("planted")
def planted(
    corpus: Annotated[Path | None, typer.Option(help="Folder of documents, or one; else the samples.")] = None,
    half: Annotated[Literal["test", "dev"], typer.Option(help="Which half of the sentences.")] = "test",
    as_json: AsJson = False,
) -> None:
    """Plant errors in sentences of documents, and count how many the verifier notices, and false alarms."""
    from assistant.checking.support_models import load_verifier
    from assistant.settings import read_settings, revealed
    from eval.planted.measure import check_all, documents_of, figures, print_planted, to_json
    from eval.planted.measure import planted as errors

    settings = read_settings({})
    model = load_verifier(settings.verifier, revealed(settings.llm_api_key), settings.llm_timeout)
    with progress("reading") as reading:
        documents = documents_of(corpus, reading)
    with progress("checking") as checking:
        checked = check_all(errors(documents, half), model, checking)
    found = figures(checked)
    if as_json:
        typer.echo(json.dumps(to_json(found, checked, half), ensure_ascii=False))
    else:
        print_planted(found, half, out)


@app.command("calibrate")
def calibrate(
    to: Annotated[Path, typer.Option("--out", help="File to write: the setting YIJU_ABSTENTION names it.")],
    sets: Annotated[list[str] | None, typer.Option("--set", help="samples, or a JSON Lines file of questions.")] = None,
    corpora: Annotated[
        list[Path] | None, typer.Option("--corpus", help="Documents of each --set but samples, in the same order.")
    ] = None,
    benches: Annotated[
        list[Path] | None, typer.Option("--bench", help="Folder of a retrieval set with withheld.json.")
    ] = None,
    target: Annotated[
        float, typer.Option("--target-false-answers", min=0, max=1, help="Share of unanswerable that may be answered.")
    ] = 0.15,
    held_out: Annotated[
        float, typer.Option(min=0, max=0.9, help="Share of each --bench that is not fitted on but reported on.")
    ] = 0.5,
    most: Annotated[int, typer.Option(min=1, help="Questions of each --bench.")] = 800,
    strange: Annotated[
        int, typer.Option(min=0, help="Questions of each --bench that are asked of the documents of each --set, too.")
    ] = 0,
    refusals: Annotated[
        float | None,
        typer.Option(
            "--most-false-refusals", min=0, max=0.9, help="Instead: share of each --set's answerable that is refused."
        ),
    ] = None,
    earlier_rule: Annotated[
        bool, typer.Option("--earlier-rule", help="Let the fixed share of coverage decide; fit its confidence only.")
    ] = False,
    data: Data = None,
) -> None:
    """Fit when to refuse, and say what that costs."""
    from assistant.settings import read_settings
    from eval.calibration.calibrate import fit, show, write
    from eval.calibration.cases import collect

    settings = read_settings({"data": data})
    with progress("searching") as advance:
        sources = collect(sets or (), corpora or (), benches or (), most, settings, advance, strange)
    made = fit(
        sources,
        target=target,
        embedder=settings.embedder,
        held_out=held_out,
        earlier_rule=earlier_rule,
        refusals=refusals,
    )
    show(made, out)
    write(made.calibration, to)
    out.print(f"{to}", markup=False, highlight=False)


@app.command("retrieval")
def retrieval(
    sets: Annotated[list[Path], typer.Argument(help="Folders in BEIR's or TREC's form, or files in SQuAD's.")],
    split: Annotated[str | None, typer.Option(help="Which judgements, where a folder has several.")] = None,
    queries: Annotated[int, typer.Option("--queries", min=0, help="Search at least so often in each set.")] = 0,
    ask: Annotated[int, typer.Option(min=0, help="Questions of either kind asked where documents are withheld.")] = 300,
    seed: Annotated[int, typer.Option(help="Which questions are drawn for that.")] = 0,
    compare: Annotated[Path | None, typer.Option(help="Earlier results to compare with (a file of --out).")] = None,
    out_: Annotated[Path | None, typer.Option("--out", help="File for the results, each query's among them.")] = None,
    as_json: AsJson = False,
) -> None:
    """Search public retrieval sets: nDCG, recall, MRR, refusals, speed and memory."""
    from assistant.settings import read_settings
    from eval.public.files import read_retrieval
    from eval.public.retrieval import bench
    from eval.public.tables import check_writable, print_bench, read_bench

    if out_:
        check_writable(out_)
    before = read_bench(compare) if compare else None
    given = [read_retrieval(path, split) for path in sets]
    found = bench(given, read_settings({}), searches=queries, ask=ask, seed=seed, bar=progress)
    if out_:
        out_.write_text(found.model_dump_json(), "utf-8")
    print_bench(out, found, before, as_json=as_json)


@app.command("compare")
def compare(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs; each is compared with the first.")],
    as_json: AsJson = False,
) -> None:
    """Compare runs on the questions that both were asked."""
    from eval.compare import compare as compared
    from eval.compare import print_comparison, to_json
    from eval.runs import read_run

    found = compared([read_run(folder) for folder in runs])
    if as_json:
        typer.echo(json.dumps([to_json(each) for each in found], ensure_ascii=False))
        return
    for each in found:
        print_comparison(each, out, terminal_language())


@app.command("gate")
def gate(
    run: Annotated[Path, typer.Argument(help="Folder of the run.")],
    baseline: Annotated[Path | None, typer.Option(help="A stored baseline, or the folder of an earlier run.")] = None,
    save: Annotated[Path | None, typer.Option(help="File to store this run in as a baseline.")] = None,
    tolerance: Annotated[float, typer.Option(min=0, max=1, help="Loss of a measure that is let pass.")] = 0.01,
    as_json: AsJson = False,
) -> None:
    """Exit with 1 where a run is worse than a baseline beyond noise and tolerance, or breaks a promise."""
    from eval.gate import baseline_of, print_findings, read_baseline, save_baseline
    from eval.gate import gate as held
    from eval.runs import read_run

    if baseline is None and save is None:
        raise BadInput("say what to hold the run against: --baseline FILE", "请用 --baseline 指定对照的基线")
    given = read_run(run)
    findings = held(given, read_baseline(baseline), tolerance) if baseline else ()
    if save:
        save_baseline(baseline_of(given), save)
    if as_json:
        typer.echo(json.dumps([{**asdict(f), "closes": f.closes} for f in findings], ensure_ascii=False))
    elif baseline:
        print_findings(findings, out, terminal_language())
    if any(f.closes for f in findings):
        raise typer.Exit(1)


@app.command("lint")
def lint(
    set_: Annotated[str, typer.Option("--set", help="samples, or a JSON Lines file of questions.")] = "samples",
    corpus: Annotated[
        Path | None, typer.Option(help="Folder of the documents that the set is about; else the samples.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a set of questions; exit with 1 where something would make its figures wrong."""
    from eval.linting.lint import lint_set, print_findings, to_json

    questions, findings = lint_set(set_, corpus)
    if as_json:
        typer.echo(json.dumps(to_json(questions, findings), ensure_ascii=False))
    else:
        print_findings(questions, findings, out)
    if any(finding.severity == "error" for finding in findings):
        raise typer.Exit(1)


@app.command("followups")
def followups(
    set_: Annotated[str, typer.Option("--set", help="samples, or a JSON Lines file of questions.")] = "samples",
    corpus: Annotated[Path | None, typer.Option(help="Folder of the documents that the questions are about.")] = None,
    split: Annotated[Literal["dev", "test"] | None, typer.Option(help="Only the questions of this split.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="Passages to look at.")] = 8,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Say how often a follow-up finds what its hand-written standalone question finds."""
    from assistant.settings import read_settings
    from eval.followups import agreement, print_agreement, to_json
    from eval.questions import SAMPLES, load_set
    from eval.runner import indexed

    questions = [q for q in load_set(set_, corpus).questions if split in (None, q.split)]
    if corpus is None and set_ != SAMPLES:
        raise BadInput(
            "say which documents the set is about: --corpus FOLDER", "请用 --corpus 指定评测集所针对的文件夹"
        )
    with (
        tempfile.TemporaryDirectory(prefix="yiju-eval-") as temporary,
        progress("indexing") as indexing,
        indexed(corpus, Path(temporary), read_settings({"data": data}), indexing) as workplace,
        progress("asking") as asking,
    ):
        found = agreement(questions, workplace.assistant.ask, top_k=k, advance=lambda id_: asking(id_, None))
    if as_json:
        typer.echo(json.dumps(to_json(found), ensure_ascii=False))
    else:
        print_agreement(found, out, terminal_language())


@app.command("make")
def make(
    corpus: Annotated[Path, typer.Option(help="Folder of documents, or one document.")],
    out_: Annotated[Path, typer.Option("--out", help="File for the proposed questions, as JSON Lines.")],
    limit: Annotated[int, typer.Option(min=1, help="Most questions.")] = 100,
    seed: Annotated[int, typer.Option(help="The same seed draws the same questions.")] = 0,
    llm: Annotated[bool, typer.Option("--llm", help="Have the language model of the settings reword them.")] = False,
    as_json: AsJson = False,
) -> None:
    """Propose questions about your documents, for a person to accept (see annotate)."""
    from assistant.settings import read_settings
    from eval.making.maker import propose, read_corpus, show, to_json, write
    from eval.making.reword import completer, reworded

    complete = completer(read_settings({})) if llm else None
    with progress("reading") as reading:
        documents, unread = read_corpus(corpus, reading)
    proposals = propose(documents, limit=limit, seed=seed)
    if complete:
        with progress("rewording") as rewording:
            proposals = reworded(proposals, complete, rewording)
    write(proposals, out_)
    if as_json:
        typer.echo(json.dumps(to_json(proposals, unread), ensure_ascii=False))
    else:
        show(proposals, unread, out_, out, err)


@app.command("annotate")
def annotate(
    file: Annotated[Path, typer.Argument(help="Proposals of make, a question a line, or feedback as JSON Lines.")],
    out_: Annotated[Path, typer.Option("--out", help="The set that accepted records are added to.", metavar="SET")],
    corpus: Annotated[Path | None, typer.Option(help="Folder of documents to answer plain questions from.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Accept everything, without asking.")] = False,
    data: Data = None,
) -> None:
    """Turn proposals, questions and feedback into records of a set; a person confirms each."""
    from eval.making.session import annotate_file

    annotate_file(file, out_, corpus=corpus, data=data, yes=yes, console=out, indexing=progress)


@app.command("feedback")
def feedback(
    out_: Annotated[Path, typer.Option("--out", help="File for the proposals, as JSON Lines.", metavar="FILE")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Turn what people said of answers into proposals, for a person to accept (see annotate)."""
    from assistant.settings import read_settings
    from eval.feedback import proposed, read_feedback, show, write

    made = proposed(read_feedback(read_settings({"data": data}).data))
    write(made, out_)
    if as_json:
        typer.echo(json.dumps({"out": str(out_), "records": made.records, "questions": made.questions}))
    else:
        show(made, out_, out, terminal_language())


@app.command("report")
def report(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs, side by side.")],
    out_: Annotated[
        Path | None, typer.Option("--out", help="The page; else report.html in the first folder.", metavar="FILE")
    ] = None,
) -> None:
    """Write one HTML page with the figures, plots, and every answer beside its gold evidence."""
    from eval.report.page import write_report
    from eval.runs import read_run

    file = out_ or runs[0] / "report.html"
    write_report([read_run(folder, torn=True) for folder in runs], file)
    out.print(f"{file}", markup=False, highlight=False)


@app.command("robustness")
def robustness(
    set_: Annotated[str, typer.Option("--set", help="samples, or a JSON Lines file of questions.")] = "samples",
    corpus: Annotated[Path | None, typer.Option(help="Folder of the documents that the questions are about.")] = None,
    out_: Annotated[Path | None, typer.Option("--out", help="File for the results, each answer among them.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="Passages to look at.")] = 8,
    distractors: Annotated[
        int | None, typer.Option(min=0, max=10_000, help="Documents put beside; else four each, at most 200.")
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Ask under noise, without the evidence, with changed values, in other words and the other language."""
    from assistant.settings import read_settings
    from eval.public.tables import check_writable
    from eval.questions import SAMPLES, load_set
    from eval.robustness.abilities import assess
    from eval.robustness.results import print_robustness
    from eval.runner import indexed

    questions = load_set(set_, corpus)
    if corpus is None and set_ != SAMPLES:
        raise BadInput(
            "say which documents the set is about: --corpus FOLDER", "请用 --corpus 指定评测集所针对的文件夹"
        )
    settings = read_settings({"data": data})
    runs = settings.data / "runs"
    file = out_ or runs / f"{_new_folder(runs, f'robustness-{questions.name}').name}.json"
    if out_ is None:
        runs.mkdir(parents=True, exist_ok=True)
    check_writable(file)
    with (
        tempfile.TemporaryDirectory(prefix="yiju-eval-") as temporary,
        progress("indexing") as indexing,
        indexed(corpus, Path(temporary), settings, indexing) as workplace,
        progress("asking") as asking,
    ):
        found = assess(questions, workplace, corpus, top_k=k, distractors=distractors, advance=asking)
    file.write_text(found.model_dump_json(), "utf-8")
    if as_json:
        typer.echo(found.model_dump_json(exclude={"asked"}))
    else:
        print_robustness(found, out, terminal_language())
        out.print(f"{file}", markup=False, highlight=False)

"""The command line, and the composition root: the only place that knows the whole program.

It reads the settings, puts the parts together and prints. While a server holds the data folder, the
other commands go through it. Every error for a person becomes one line here, and exit code 1.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import unquote, urlsplit

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from assistant.settings import Settings, read_settings
from corpus.errors import Held, NotFound, YijuError

if TYPE_CHECKING:
    from assistant.core import Assistant
    from assistant.remote import Remote
    from indexing.ingest import Result

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Yiju 依据: answers from your documents, each sentence with the exact words it rests on.",
)
documents_app = typer.Typer(invoke_without_command=True, help="The catalogue: list, show, remove.")
eval_app = typer.Typer(no_args_is_help=True, help="The grounding benchmark.")
app.add_typer(documents_app, name="documents")
app.add_typer(eval_app, name="eval")

Data = Annotated[Path | None, typer.Option("--data", help="Folder that holds all that is stored.", metavar="DIR")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)


def main() -> None:
    """Runs a command; an error for a person is one line."""
    try:
        app()
    except YijuError as error:
        err.print(f"yiju: {error.text(_language())}", style="red", markup=False, highlight=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _language() -> str:
    """The terminal's language, by the usual variables."""
    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if said.lower().startswith("zh") else "en"


def _say(en: str, zh: str) -> str:
    return zh if _language() == "zh" else en


class Local:
    """The assistant in this process, as a command uses it. `Remote` has the same methods."""

    def __init__(self, settings: Settings) -> None:
        from assistant.wiring import Workplace

        self.workplace = Workplace(settings)
        self._assistant: Assistant = self.workplace.assistant
        self.ask, self.search = self._assistant.ask, self._assistant.search
        self.documents, self.remove = self._assistant.documents, self.workplace.index.remove
        self.add = self.workplace.ingester().add
        self.close = self.workplace.close

    def show(self, document_id: str) -> dict[str, Any]:
        from assistant.api import describe

        return describe(self._assistant.document(document_id)).model_dump(mode="json")


@contextmanager
def _service(settings: Settings, *, samples: bool = False) -> Iterator[Local | Remote]:
    """This process's assistant, or that of the server that holds the folder."""
    service: Local | Remote
    try:
        service = Local(settings)
        if samples:
            with _progress(_say("indexing the samples", "正在索引样例")) as advance:
                service.workplace.add_samples(advance)
    except Held:
        from assistant.folder import read_holder
        from assistant.remote import Remote

        holder = read_holder(settings.data)
        if holder is None or holder.address is None:
            raise
        key = settings.api_key.get_secret_value() if settings.api_key else None
        service = Remote(holder.address, key, _language())
    try:
        yield service
    finally:
        service.close()


@contextmanager
def _progress(title: str, total: int | None = None) -> Iterator[Any]:
    """A bar that appears with the first step; calling it with a name makes a step."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[name]}"),
    )
    with Progress(*columns, console=err, transient=False, disable=not err.is_terminal) as progress:
        task: list[Any] = []

        def advance(name: str, of: int | None = total) -> None:
            if not task:
                task.append(progress.add_task(title, total=of, name=""))
            progress.update(task[0], advance=1, total=of, name=name)

        yield advance


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    data: Data = None,
) -> None:
    """The page and the API. Indexes the samples on the first start."""
    from assistant.server import run
    from ui.page import mount

    settings = read_settings({"host": host, "port": port, "data": data})
    with _progress(_say("indexing the samples", "正在索引样例")) as advance:
        run(settings, mount, err, _language(), advance)


@app.command()
def ingest(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files and folders.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on and index what changes, until Ctrl-C.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove documents whose files are gone.")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build the index again from the catalogue first.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Index files and folders; what is indexed already is left alone."""
    settings = read_settings({"data": data})
    if not paths and not rebuild:
        raise typer.BadParameter(_say("give files or folders, or --rebuild", "请给出文件或文件夹，或使用 --rebuild"))
    if rebuild:
        _rebuild(settings)
    if not paths:
        return
    with _service(settings) as service:
        results = _ingest(service, paths, settings)
        _report(results, as_json)
        if prune:
            _prune(service, paths)
        while watch:
            time.sleep(2)
            changed = [r for r in _ingest(service, paths, settings, quiet=True) if r.outcome in ("added", "replaced")]
            if changed:
                _report(changed, as_json)
    if any(result.outcome == "failed" for result in results):
        raise typer.Exit(1)


def _rebuild(settings: Settings) -> None:
    from assistant.wiring import Workplace

    with _progress(_say("building the index", "正在重建索引")) as advance:
        Workplace(settings, again=True, progress=advance).close()
    err.print(_say("The index is built again.", "索引已重建。"))


def _ingest(service: Local | Remote, paths: Sequence[Path], settings: Settings, quiet: bool = False) -> list[Result]:
    from indexing.ingest import find_files
    from indexing.ingest import ingest as run

    files = find_files(paths)
    results = []
    with _progress(_say("indexing", "正在索引"), len(files)) as advance:
        for result in run(files, service, settings.max_file_mb * 2**20):
            results.append(result)
            if not quiet:
                advance(result.source)
    return results


def _prune(service: Local | Remote, paths: Sequence[Path]) -> None:
    """Removes the documents that came from these paths and whose files are there no longer."""
    places = [path.absolute().as_uri() for path in paths]
    for document in service.documents():
        within = any(document.uri == place or document.uri.startswith(f"{place}/") for place in places)
        if within and not Path(unquote(urlsplit(document.uri).path)).exists():
            service.remove(document.id)
            err.print(_say(f"removed {document.source}", f"已移除 {document.source}"), markup=False, highlight=False)


def _report(results: Sequence[Result], as_json: bool) -> None:
    language = _language()
    if as_json:
        rows = [
            {
                "source": r.source,
                "outcome": r.outcome,
                "document_id": r.document_id,
                "reason": r.reason.text(language) if r.reason else None,
            }
            for r in results
        ]
        typer.echo(json.dumps({"results": rows}, ensure_ascii=False))
        return
    for r in results:
        if r.reason is not None:
            name = r.source.encode("unicode_escape").decode() if not r.source.isprintable() else r.source
            err.print(f"{name}: {r.reason.text(language)}", style="red", markup=False, highlight=False)
    counts = {o: sum(r.outcome == o for r in results) for o in ("added", "replaced", "unchanged", "failed")}
    if language == "zh":
        out.print("新增 {added}，更新 {replaced}，未变 {unchanged}，失败 {failed}".format(**counts), highlight=False)
    else:
        out.print(
            "added {added}, replaced {replaced}, unchanged {unchanged}, failed {failed}".format(**counts),
            highlight=False,
        )


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="Passages to look at.")] = 8,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question, every sentence with its source."""
    from assistant.core import Question
    from assistant.printing import print_answer
    from assistant.texts import answer_language

    with _service(read_settings({"data": data}), samples=True) as service:
        answer = service.ask(Question(question, top_k=k))
    if as_json:
        typer.echo(answer.model_dump_json(indent=2))
    else:
        print_answer(out, answer, answer_language(question, "auto"))


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="How many hits.")] = 8,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Show the passages that a question finds, best first."""
    from assistant.printing import print_hits

    with _service(read_settings({"data": data}), samples=True) as service:
        hits = service.search(question, top_k=k)
    if as_json:
        typer.echo(json.dumps({"hits": [asdict(hit) for hit in hits]}, ensure_ascii=False, indent=2))
    else:
        print_hits(out, hits)


@documents_app.callback()
def documents(context: typer.Context, data: Data = None, as_json: AsJson = False) -> None:
    """The catalogue: list, show, remove."""
    if context.invoked_subcommand is None:
        list_documents(data, as_json)


@documents_app.command("list")
def list_documents(data: Data = None, as_json: AsJson = False) -> None:
    """List the documents."""
    from assistant.printing import print_documents

    with _service(read_settings({"data": data})) as service:
        rows = service.documents()
    if as_json:
        typer.echo(json.dumps({"documents": [asdict(row) for row in rows]}, ensure_ascii=False, indent=2))
    else:
        print_documents(out, rows, _language())


@documents_app.command("show")
def show_document(document_id: str, data: Data = None, as_json: AsJson = False) -> None:
    """Show what is known of a document, and its headings."""
    with _service(read_settings({"data": data})) as service:
        shown = service.show(document_id)
    if as_json:
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    headings = shown.pop("headings")
    for name, value in {**shown, **shown.pop("metadata")}.items():
        if name != "metadata" and value not in (None, [], ""):
            out.print(f"{name}: {value}", markup=False, highlight=False)
    for heading in headings:
        out.print("  " * heading["level"] + heading["text"], markup=False, highlight=False)


@documents_app.command("remove")
def remove_document(document_ids: list[str], data: Data = None) -> None:
    """Remove documents and all that is stored of them."""
    missing = False
    with _service(read_settings({"data": data})) as service:
        for document_id in document_ids:
            try:
                service.remove(document_id)
                out.print(_say(f"removed {document_id}", f"已移除 {document_id}"), markup=False, highlight=False)
            except NotFound as error:
                missing = True
                err.print(error.text(_language()), style="red", markup=False, highlight=False)
    if missing:
        raise typer.Exit(1)


@app.command()
def doctor(data: Data = None) -> None:
    """Say what is configured, reachable and indexed, and what to do about what is not."""
    from assistant.doctor import examine

    failed = False
    for check in examine(read_settings({"data": data}), _language()):
        failed = failed or check.ok is False
        sign = {True: "[green]✓[/]", False: "[red]✗[/]", None: "[dim]·[/]"}[check.ok]
        out.print(sign, end=" ")
        out.print(check.text, markup=False, highlight=False)
    if failed:
        raise typer.Exit(1)


@eval_app.command("run")
def eval_run(
    set_: Annotated[str, typer.Option("--set", help="samples, or a JSON Lines file of questions.")] = "samples",
    corpus: Annotated[Path | None, typer.Option(help="Folder of the documents that the questions are about.")] = None,
    as_json: AsJson = False,
) -> None:
    """Answer a set of questions and score the answers."""
    from eval.runner import main as run

    run(set_, corpus, as_json)

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
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import unquote_to_bytes, urlsplit

import typer
from rich.console import Console

from assistant.settings import PREFIX, Settings, read_settings, revealed
from assistant.terminal import Advance, one_line, progress_on, terminal_language
from corpus.errors import BadInput, Held, NotFound, YijuError
from eval.cli import app as eval_app

if TYPE_CHECKING:
    from assistant.core import Assistant, DocumentSummary
    from assistant.remote import Remote
    from indexing.ingest import Found, Result

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Yiju 依据: answers from your documents, each sentence with the exact words it rests on.",
)
documents_app = typer.Typer(invoke_without_command=True, help="The catalogue: list, show, set, remove.")
app.add_typer(documents_app, name="documents")
app.add_typer(eval_app, name="eval")

# Kinds of skipped files that are named.
_KINDS = 5
# Seconds between two questions after a job of the server.
_POLL = 0.5
Stamp = tuple[tuple[int, int], ...]
Data = Annotated[Path | None, typer.Option("--data", help="Folder that holds all that is stored.", metavar="DIR")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)


def main() -> None:
    """Runs a command; an error for a person is one line."""
    try:
        app()
    except YijuError as error:
        err.print(f"yiju: {error.text(terminal_language())}", style="red", markup=False, highlight=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _say(en: str, zh: str) -> str:
    return zh if terminal_language() == "zh" else en


class Local:
    """The assistant in this process, as a command uses it. `Remote` has the same methods."""

    def __init__(self, settings: Settings) -> None:
        from assistant.wiring import Workplace

        self.workplace = Workplace(settings)
        self._assistant: Assistant = self.workplace.assistant
        self.ask, self.search = self._assistant.ask, self._assistant.search
        self.explain = self._assistant.explain
        self.documents, self.remove = self._assistant.documents, self.workplace.index.remove
        self.set_fields, self.similar = self._assistant.set_fields, self._assistant.similar
        self.ingester = self.workplace.ingester()
        self.close = self.workplace.close

    def show(self, document_id: str) -> dict[str, Any]:
        from assistant.api.document_routes import describe

        return describe(self._assistant, document_id).model_dump(mode="json")


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
        remote = _server_of(settings)
        if remote is None:
            raise
        service = remote
    try:
        yield service
    finally:
        service.close()


def _server_of(settings: Settings) -> Remote | None:
    """The server that holds the data folder; None where it is held by something else."""
    from assistant.folder import read_holder
    from assistant.remote import Remote

    holder = read_holder(settings.data)
    if holder is None or holder.address is None:
        return None
    return Remote(holder.address, revealed(settings.api_key), terminal_language())


def _progress(title: str, total: int | None = None) -> AbstractContextManager[Advance]:
    return progress_on(err, title, total)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    data: Data = None,
) -> None:
    """The page and the API. Indexes the samples on the first start."""
    from assistant.api.server import run
    from ui.page import mount

    settings = read_settings({"host": host, "port": port, "data": data})
    with _progress(_say("indexing the samples", "正在索引样例")) as advance:
        run(settings, mount, err, terminal_language(), advance)


@app.command()
def ingest(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="PATH...", help="Files, folders, and addresses of allowed hosts.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on and index what changes, until Ctrl-C.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove documents whose files are gone.")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build the index again from the catalogue first.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Index files, folders and web addresses; what is indexed already is left alone."""
    from indexing.urls import is_url

    settings = read_settings({"data": data})
    if not sources and not rebuild:
        raise typer.BadParameter(_say("give files or folders, or --rebuild", "请给出文件或文件夹，或使用 --rebuild"))
    if rebuild:
        _rebuild(settings)
    if not sources:
        return
    urls = [source for source in sources if is_url(source)]
    paths = [Path(source) for source in sources if not is_url(source)]
    seen: dict[Path, Stamp] = {}
    with _service(settings) as service:
        results, found = _ingest(service, paths, settings, seen)
        results += _fetch(service, urls, settings)
        _report(results, as_json, _prune(service, paths) if prune else [], found)
        while watch:
            time.sleep(2)
            before = set(seen)
            changed, _ = _ingest(service, paths, settings, seen, quiet=True)
            changed = [r for r in changed if r.outcome != "unchanged"]
            removed = _prune(service, paths) if prune and before - set(seen) else []
            if changed or removed:
                _report(changed, as_json, removed)
    if any(result.outcome == "failed" for result in results):
        raise typer.Exit(1)


def _rebuild(settings: Settings) -> None:
    """Builds the index again: here, or in the server that holds the folder, which goes on answering."""
    from assistant.wiring import Workplace

    said = _say("The index is built again.", "索引已重建。")
    with _progress(_say("building the index", "正在重建索引")) as advance:
        try:
            Workplace(settings, again=True, progress=advance).close()
        except Held:
            remote = _server_of(settings)
            if remote is None:
                raise
            with closing(remote):
                asked = _rebuild_there(remote, settings, advance)
            said = _say("The index is built again and in use.", "索引已重建并投入使用。")
            if asked:
                named = " ".join(f"{PREFIX}{name.upper()}={value}" for name, value in asked.items())
                said += _say(f" Start the server with {named} from now on.", f"今后启动服务时请设置 {named}。")
    err.print(said, markup=False, highlight=False)


def _rebuild_there(remote: Remote, settings: Settings, advance: Advance) -> dict[str, object]:
    """Follows the server's job to its end; returns what was asked for. Raises what it failed with."""
    from assistant.rebuilding import asked_settings

    asked = asked_settings(settings)
    embedder = asked.get("embedder")
    if isinstance(embedder, str) and Path(embedder).is_dir():  # the server may stand in another folder
        asked["embedder"] = str(Path(embedder).resolve())
    job, shown = remote.rebuild(asked), 0
    while True:
        for _ in range(job["done"] - shown):
            advance(job["source"], job["total"])
        shown = job["done"]
        if job["state"] == "done":
            return asked
        if job["state"] != "running":
            stopped = _say("the server stopped before the index was built", "服务在索引建成之前已停止")
            raise BadInput(job["error"] or stopped, job["error"] or stopped)
        time.sleep(_POLL)
        job = remote.job(job["id"])


@app.command()
def migrate(
    to: Annotated[str, typer.Option("--to", metavar="URL", help="The Qdrant server, such as http://localhost:6333.")],
    api_key: Annotated[str | None, typer.Option(help="Its key; else YIJU_QDRANT_API_KEY.")] = None,
    data: Data = None,
) -> None:
    """Move the embedded index to a Qdrant server, with the same vectors, and compare both. Deletes nothing."""
    from assistant.migration import migrate as move

    settings = read_settings({"data": data})
    pages = 0
    with _progress(_say("copying", "正在复制")) as advance:

        def progress(done: int, total: int) -> None:
            nonlocal pages
            pages += 1
            advance(f"{done:,}", -(-pages * total // done))

        moved = move(settings, to, api_key or revealed(settings.qdrant_api_key), progress)
    out.print(
        _say(
            f"{moved.passages:,} passages are in {moved.collection}, the same as here ({moved.digest[:12]}). "
            f"From now on set YIJU_QDRANT_URL={to}; the embedded index was left as it is.",
            f"{moved.passages:,} 个段落已在 {moved.collection} 中，与本地一致（{moved.digest[:12]}）。"
            f"今后请设置 YIJU_QDRANT_URL={to}；内置索引保持原样。",
        ),
        markup=False,
        highlight=False,
    )


def _ingest(
    service: Local | Remote,
    paths: Sequence[Path],
    settings: Settings,
    seen: dict[Path, Stamp],
    quiet: bool = False,
) -> tuple[list[Result], Found]:
    """Indexes what is not as it was `seen`, which is brought up to date; says which files there are."""
    from indexing.ingest import find_files
    from indexing.ingest import ingest as run

    found = find_files(paths)
    now = {path: _stamp(path) for path in found}
    files = [path for path in found if path not in seen or seen[path] != now[path]]
    seen.clear()
    seen.update(now)
    results = []
    with _progress(_say("indexing", "正在索引"), len(files)) as advance:
        destination = service.ingester if isinstance(service, Local) else service
        for result in run(files, destination, settings.max_file_mb * 2**20):
            results.append(result)
            if not quiet:
                advance(result.source)
    return results, found


def _fetch(service: Local | Remote, urls: Sequence[str], settings: Settings) -> list[Result]:
    """Indexes what is at these addresses, each by itself."""
    from corpus.errors import TooLarge, UnreadableFile
    from indexing.ingest import Result
    from indexing.urls import fetch

    destination = service.ingester if isinstance(service, Local) else service
    results: list[Result] = []
    with _progress(_say("fetching", "正在获取"), len(urls)) as advance:
        for url in urls:
            try:
                hosts, most = settings.url_hosts.split(","), settings.max_file_mb * 2**20
                fetched = fetch(url, hosts, most, private=settings.url_private)
                results.append(destination.add(fetched.data, uri=url, source=fetched.name))
            except (UnreadableFile, TooLarge) as error:
                results.append(Result(url, "failed", reason=error))
            advance(url)
    return results


def _stamp(path: Path) -> Stamp:
    """What changes when a file or its sidecar does; where it can't be had, reading will say why."""
    from corpus.sidecar import sidecar_names

    stamps = []
    for place in (path, *(path.with_name(name) for name in sidecar_names(path.name))):
        try:
            found = place.stat()
            stamps.append((found.st_mtime_ns, found.st_ctime_ns))
        except OSError:
            stamps.append((-1, -1))
    return tuple(stamps)


def _prune(service: Local | Remote, paths: Sequence[Path]) -> list[DocumentSummary]:
    """Removes the documents that came from these paths and whose files are there no longer; returns them. Of a
    folder that is gone itself all are kept: it may be on a disk that is not there today."""
    from indexing.ingest import place_of

    places = [place_of(path) for path in paths]
    folders = tuple(place.as_uri().rstrip("/") + "/" for place in places if not _gone(place))
    named = {place.as_uri() for place in places}
    removed = []
    for document in service.documents():
        within = document.uri in named or document.uri.startswith(folders)
        if within and _gone(Path(os.fsdecode(unquote_to_bytes(urlsplit(document.uri).path)))):
            service.remove(document.id)
            removed.append(document)
    return removed


def _gone(path: Path) -> bool:
    """Whether a file is not there; one that can't be looked at counts as there."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _report(
    results: Sequence[Result], as_json: bool, removed: Sequence[DocumentSummary] = (), found: Found | None = None
) -> None:
    language, skipped = terminal_language(), found.skipped if found is not None else 0
    if as_json:
        rows = [
            {
                "source": r.source,
                "outcome": r.outcome,
                "document_id": r.document_id,
                "reason": r.reason.text(language) if r.reason else None,
                "duplicate_of": r.duplicate_of,
                "notes": [note.text(language) for note in r.notes],
            }
            for r in results
        ]
        gone = [{"source": d.source, "document_id": d.id} for d in removed]
        typer.echo(json.dumps({"results": rows, "skipped": skipped, "removed": gone}, ensure_ascii=False))
        return
    for r in results:
        if r.reason is not None:
            err.print(f"{one_line(r.source)}: {r.reason.text(language)}", style="red", markup=False, highlight=False)
        elif r.duplicate_of is not None:
            said = _say(f"the same bytes as {r.duplicate_of}", f"与 {r.duplicate_of} 内容相同")
            err.print(f"{one_line(r.source)}: {said}", style="dim", markup=False, highlight=False)
        for note in r.notes:
            err.print(f"{one_line(r.source)}: {note.text(language)}", style="yellow", markup=False, highlight=False)
    for d in removed:
        said = _say(f"removed {one_line(d.source)}", f"已移除 {one_line(d.source)}")
        err.print(said, markup=False, highlight=False)
    counts = {o: sum(r.outcome == o for r in results) for o in ("added", "replaced", "updated", "unchanged", "failed")}
    said = _say(
        "added {added}, replaced {replaced}, unchanged {unchanged}, failed {failed}",
        "新增 {added}，更新 {replaced}，未变 {unchanged}，失败 {failed}",
    ).format(**counts)
    if counts["updated"]:
        said += _say(f", new metadata {counts['updated']}", f"，元数据更新 {counts['updated']}")
    if removed:
        said += _say(f", removed {len(removed)}", f"，移除 {len(removed)}")
    if found is not None and skipped:
        kinds = ", ".join(f"{_kind(kind)} {count}" for kind, count in found.left_out[:_KINDS])
        kinds += ", …" if len(found.left_out) > _KINDS else ""
        said += _say(f", skipped {skipped} that can't be read ({kinds})", f"，跳过 {skipped} 个不能读取的（{kinds}）")
    out.print(said, highlight=False, markup=False)


def _kind(kind: str) -> str:
    from indexing.ingest import LINK

    return _say("links out of the folder", "指向文件夹之外的链接") if kind == LINK else one_line(kind)


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
    explain: Annotated[bool, typer.Option("--explain", help="Say why each hit is where it is.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Show the passages that a question finds, best first."""
    from assistant.printing import print_explained, print_hits

    explained = None
    with _service(read_settings({"data": data}), samples=True) as service:
        if explain:
            hits, explained = service.explain(question, top_k=k)
        else:
            hits = service.search(question, top_k=k)
    if as_json:
        said = {"hits": [asdict(hit) for hit in hits]} | ({"explanation": asdict(explained)} if explained else {})
        typer.echo(json.dumps(said, ensure_ascii=False, indent=2))
    elif explained is not None:
        print_explained(out, hits, explained, terminal_language())
    else:
        print_hits(out, hits, terminal_language())


@documents_app.callback()
def documents(context: typer.Context, data: Data = None, as_json: AsJson = False) -> None:
    """The catalogue: list, show, set, remove."""
    if context.invoked_subcommand is None:
        list_documents(data=data, as_json=as_json)


@documents_app.command("list")
def list_documents(
    versions: Annotated[bool, typer.Option("--versions", help="Earlier versions too.")] = False,
    similar: Annotated[bool, typer.Option("--similar", help="Pairs with nearly the same text instead.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List the documents."""
    from assistant.printing import print_documents, print_pairs

    with _service(read_settings({"data": data})) as service:
        rows = service.documents(versions=versions)
        pairs = service.similar() if similar else ()
    if similar and as_json:
        typer.echo(json.dumps({"pairs": [asdict(pair) for pair in pairs]}, ensure_ascii=False, indent=2))
    elif similar:
        print_pairs(out, pairs, rows, terminal_language())
    elif as_json:
        typer.echo(json.dumps({"documents": [asdict(row) for row in rows]}, ensure_ascii=False, indent=2))
    else:
        print_documents(out, rows, terminal_language())


@documents_app.command("show")
def show_document(document_id: str, data: Data = None, as_json: AsJson = False) -> None:
    """Show what is known of a document and where it was read, its tables and its headings."""
    from assistant.printing import print_document

    with _service(read_settings({"data": data})) as service:
        shown = service.show(document_id)
    if as_json:
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        print_document(out, shown, terminal_language())


@documents_app.command("set")
def set_fields(
    document_id: str,
    fields: Annotated[list[str], typer.Argument(help="field=value; an empty value gives back what was read.")],
    data: Data = None,
) -> None:
    """Set fields of a document by hand: title, number, date, status, supersedes and others."""
    given = dict(_field(said) for said in fields)
    with _service(read_settings({"data": data})) as service:
        service.set_fields(document_id, given)
    out.print(_say(f"set {', '.join(given)}", f"已设置 {'、'.join(given)}"), markup=False, highlight=False)


def _field(said: str) -> tuple[str, str]:
    name, sign, value = said.partition("=")
    if not sign:
        raise BadInput(
            f"{said!r} sets nothing; write field=value, such as status=trial",
            f"{said!r} 未设置任何内容；请写成 字段=值，如 status=trial",
        )
    return name.strip(), value.strip()


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
                err.print(error.text(terminal_language()), style="red", markup=False, highlight=False)
    if missing:
        raise typer.Exit(1)


@app.command()
def doctor(data: Data = None) -> None:
    """Say what is configured, reachable and indexed, and what to do about what is not."""
    from assistant.doctor import examine

    failed = False
    for check in examine(read_settings({"data": data}), terminal_language()):
        failed = failed or check.ok is False
        sign = {True: "[green]✓[/]", False: "[red]✗[/]", None: "[dim]·[/]"}[check.ok]
        out.print(sign, end=" ")
        out.print(check.text, markup=False, highlight=False)
    if failed:
        raise typer.Exit(1)

"""How fast files become passages on this machine, beside two other readers on the same files: `make bench-ingest`.

The others live in an environment of their own (`eval/rivals.txt`), since their pins differ from ours.
Each reader runs in a process of its own over each folder, so that its peak memory is its own and nothing
is warm. All of them cut what they read: ours into its passages, the others with llama-index's sentence
splitter. A page is 1,800 characters of text as our reader gives them. Speeds are for one core.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from eval.generated import FORMATS, Content, as_html, made_up

PAGE = 1800
BUDGET = 300
# Documents of about four pages, and of one where there are many: those show whether memory grows.
_SECTIONS, _SECTIONS_OF_MANY = 8, 1
_PRINT = "nav{display:none} body{margin:20mm;line-height:1.7} td,th{border:1px solid} table{border-collapse:collapse}"
READERS = ("yiju", "markitdown", "llama-index")


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints a table; `--json` writes its rows to a file as well."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--documents", type=int, nargs="+", default=[100, 2000], help="sizes of the corpora")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    parser.add_argument("--rivals", type=Path, help="the Python that has the other readers")
    parser.add_argument("--reader", choices=READERS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.reader:
        sys.stdout.write(json.dumps(_measure(options.reader, options.folder)))
        return
    pythons = {name: str(options.rivals or sys.executable) for name in READERS} | {"yiju": sys.executable}
    with tempfile.TemporaryDirectory() as scratch:
        rows = list(_compare(options.documents, Path(scratch), pythons))
    sys.stdout.write(_table(rows))
    if options.json:
        options.json.write_text(json.dumps({"machine": platform.platform(), "rows": rows}, indent=1))


def _compare(sizes: Sequence[int], scratch: Path, pythons: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    """Every format by itself with the smallest size, and all of them mixed with each size."""
    small = min(sizes)
    # llama-index's reader of e-books needs a library under the AGPL, so mixed folders hold none.
    mixed = [name for name in FORMATS if name != "epub"]
    plans = [(name, [name], small) for name in FORMATS] + [("mixed", mixed, size) for size in sizes]
    for title, formats, size in plans:
        folder = scratch / f"{title}-{size}"
        _write(folder, formats, size, _SECTIONS if size == small else _SECTIONS_OF_MANY)
        pages = 0.0
        for reader in READERS:
            sys.stderr.write(f"{title}, {size} documents, {reader}\n")
            found = _run(reader, pythons[reader], folder)
            pages = pages or found.get("characters", 0) / PAGE
            yield {"format": title, "documents": size, "reader": reader, "pages": pages, **found}


def _write(folder: Path, formats: Sequence[str], size: int, sections: int) -> None:
    folder.mkdir(parents=True)
    with _printer() as printed:
        for n in range(size):
            name = formats[n % len(formats)]
            made = printed if name == "pdf" and printed else FORMATS[name]
            (folder / f"{n:05}.{name}").write_bytes(made(made_up(n, sections)))


@contextmanager
def _printer() -> Iterator[Callable[[Content], bytes] | None]:
    """Prints documents to PDF as a browser does, which most PDF files are like: with their fonts in them.
    None where there is no Chromium; the files then name their fonts only."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        yield None
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()

        def printed(content: Content) -> bytes:
            page.set_content(as_html(content).decode().replace("</head>", f"<style>{_PRINT}</style></head>"))
            return page.pdf(format="A4")

        yield printed
        browser.close()


def _run(reader: str, python: str, folder: Path) -> dict[str, Any]:
    command = [python, "-m", "eval.bench_ingest", "--reader", reader, "--folder", str(folder)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["?"])[-1][:120]}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _measure(reader: str, folder: Path) -> dict[str, Any]:
    """Reads and cuts every file of a folder in this process. Imports and set-up are not timed: each
    reader first reads one file of each format."""
    read = {"yiju": _yiju, "markitdown": _markitdown, "llama-index": _llama_index}[reader]()
    files = sorted(folder.iterdir())
    for first in {file.suffix: file for file in files}.values():
        read(first)
    characters = 0
    start = time.perf_counter()
    for file in files:
        characters += read(file)
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "characters": characters,
        "bytes": sum(file.stat().st_size for file in files),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _yiju() -> Callable[[Path], int]:
    from corpus.readers import read
    from indexing.passages import cut
    from indexing.tokens import count_tokens

    def run(file: Path) -> int:
        document = read(file.read_bytes(), uri=file.as_uri(), source=file.name)
        cut(document, BUDGET, count_tokens)
        return len(document.text)

    return run


def _markitdown() -> Callable[[Path], int]:
    from llama_index.core.node_parser import SentenceSplitter
    from markitdown import MarkItDown

    converter, splitter = MarkItDown(), SentenceSplitter(chunk_size=BUDGET, chunk_overlap=0)

    def run(file: Path) -> int:
        text = converter.convert(file).text_content
        return sum(map(len, splitter.split_text(text)))

    return run


def _llama_index() -> Callable[[Path], int]:
    from llama_index.core import SimpleDirectoryReader
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.readers.file import HTMLTagReader

    # Without it pages are taken as they are, tags and all.
    extractors = {".html": HTMLTagReader(tag="main")}
    splitter = SentenceSplitter(chunk_size=BUDGET, chunk_overlap=0)

    def run(file: Path) -> int:
        documents = SimpleDirectoryReader(
            input_files=[str(file)], file_extractor=extractors, raise_on_error=True
        ).load_data()
        return sum(len(node.get_content()) for node in splitter.get_nodes_from_documents(documents))

    return run


def _table(rows: Sequence[dict[str, Any]]) -> str:
    lines = [
        "| format | documents | reader | pages/s | MB/s | peak MiB | time, ours = 1 |",
        "|---|---:|---|---:|---:|---:|---:|",
    ]
    ours: dict[tuple[str, int], float] = {}
    for row in rows:
        place = f"| {row['format']} | {row['documents']} | {row['reader']} "
        if "error" in row:
            lines.append(f"{place}| {row['error']} | | | |")
            continue
        seconds = row["seconds"]
        own = ours.setdefault((row["format"], row["documents"]), seconds)
        speeds = f"| {row['pages'] / seconds:,.0f} | {row['bytes'] / 1e6 / seconds:.2f} | {row['peak_mib']:,.0f} "
        lines.append(f"{place}{speeds}| {seconds / own:.2f} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()

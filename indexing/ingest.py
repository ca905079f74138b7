"""Files and folders to an index: finds the files, reads them, reports on each.

One bad file never stops the others: it is reported with its reason. Running again over the same files
finishes what an interrupted run left, because what is indexed already is skipped by its hash, unread.
Files are read some way ahead of the one that is being indexed, and indexed some at a time.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePath
from typing import Literal, Protocol

from corpus.document import Document, Note, document_id
from corpus.errors import TooLarge, UnreadableFile, YijuError
from corpus.fields import SIDECAR, Value
from corpus.readers import READER, READERS, read, readable, reader_for
from corpus.sidecar import MOST_BYTES, is_sidecar, read_sidecar, sidecar_names
from indexing.index import Index, Outcome
from indexing.workers import ReaderPool

# How links out of the folder are counted among what was left out.
LINK = "link"
# Files of the system, and those that Office keeps beside a document that is open.
_HIDDEN = (".", "~$")
# A text up to this many bytes is read in less time than it takes to start a process for it.
_SMALL = 64 * 1024
# Files that are read ahead, for each process that reads.
_AHEAD = 4
# What is indexed in one step: at most this many documents, characters, and seconds of waiting for them.
_BATCH_DOCUMENTS, _BATCH_CHARACTERS, _BATCH_SECONDS = 64, 2_000_000, 1.0
# How long the documents at hand wait for the next one.
_PATIENCE = 0.1


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file. `reason` is given, in both languages, where it failed; `duplicate_of` is
    an earlier document of another source with the same bytes, `notes` what was left unread. "updated":
    what its sidecar says is new."""

    source: str
    outcome: Literal["added", "replaced", "updated", "unchanged", "failed"]
    document_id: str | None = None
    reason: YijuError | None = None
    duplicate_of: str | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The files under some paths, in order, each once, and how many others were left out: by their ending,
    `LINK` for links out of the folder."""

    files: tuple[Path, ...]
    left_out: tuple[tuple[str, int], ...] = ()

    @property
    def skipped(self) -> int:
        return sum(count for _, count in self.left_out)

    def __iter__(self) -> Iterator[Path]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)


class Destination(Protocol):
    """Where documents go: an index in this process, or a server that holds it."""

    def add(
        self, data: bytes, *, uri: str, source: str, sidecar: bytes | None = None, sidecar_name: str = ""
    ) -> Result: ...


class Ingester:
    """Adds files to an index. `most_bytes` bounds a file; with a `pool` all but small texts are read in
    its processes. May be called from any thread."""

    def __init__(self, index: Index, most_bytes: int, origin: str = "own", pool: ReaderPool | None = None) -> None:
        self._index = index
        self._most_bytes = most_bytes
        self._origin = origin
        self._pool = pool

    def add(
        self, data: bytes, *, uri: str, source: str, sidecar: bytes | None = None, sidecar_name: str = ""
    ) -> Result:
        """Indexes one file's bytes, with those of its sidecar. An empty sidecar says nothing any more; with
        None what one said before stays. Raises `UnreadableFile` and `TooLarge`."""
        said = None if sidecar is None else read_sidecar(sidecar, sidecar_name)
        return self._finish([self._prepare(data, uri, source, said)])[0]

    def add_files(self, files: Iterable[Path]) -> Iterator[Result]:
        """Indexes files, each named once; results come in their order. A file that is reported as added is safe."""
        batch: list[Document | Result] = []
        began = time.monotonic()
        for ready in self._read_ahead(files):
            if not batch:
                began = time.monotonic()
            if ready is not None:
                batch.append(ready)
            if ready is None or _full(batch) or time.monotonic() - began > _BATCH_SECONDS:
                yield from self._finish(batch)
                batch = []
        yield from self._finish(batch)

    def _read_ahead(self, files: Iterable[Path]) -> Iterator[Document | Result | None]:
        """What `_prepare_file` makes of each file, in order; None where the next one takes a while."""
        if self._pool is None:
            yield from map(self._prepare_file, files)
            return
        executor = ThreadPoolExecutor(self._pool.size, "reading")
        rest = iter(files)
        waiting: deque[Future[Document | Result]] = deque()
        try:
            while True:
                room = _AHEAD * self._pool.size - len(waiting)
                waiting.extend(executor.submit(self._prepare_file, path) for path in islice(rest, room))
                if not waiting:
                    return
                while not wait([waiting[0]], _PATIENCE).done:
                    yield None
                yield waiting.popleft().result()
        finally:  # without waiting: who stops the run need not wait for the slowest file
            executor.shutdown(wait=False, cancel_futures=True)

    def _prepare_file(self, path: Path) -> Document | Result:
        try:
            data, (name, sidecar) = read_bytes(path, self._most_bytes), read_beside(path)
            said = read_sidecar(sidecar or b"", name)
            return self._prepare(data, place_of(path).as_uri(), _shown(path.name), said)
        except (UnreadableFile, TooLarge) as error:
            return _failed(path, error)

    def _prepare(self, data: bytes, uri: str, source: str, said: Mapping[str, Value] | None) -> Document | Result:
        """The document to be indexed, or what there is to say where this very version is there already."""
        if len(data) > self._most_bytes:
            raise too_large(len(data), self._most_bytes)
        _check_kind(source)
        digest = hashlib.sha256(data).hexdigest()
        version = document_id(uri, digest, READER)
        if self._index.catalogue.current(uri) == version:
            self._keep(source, data, digest)
            self._settle(digest)
            return Result(source, "updated" if self._say(uri, said) else "unchanged", version)
        reader = read if self._pool is None or _is_cheap(data, source) else self._pool.read
        document = reader(data, uri=uri, source=source, origin=self._origin)
        self._say(uri, said)
        self._keep(source, data, digest)
        return document

    def _keep(self, source: str, data: bytes, digest: str) -> None:
        if self._index.originals is not None:
            self._index.originals.keep(source, data, digest)

    def _settle(self, digest: str) -> None:
        if self._index.originals is not None:
            self._index.originals.settle(digest)

    def _say(self, uri: str, said: Mapping[str, Value] | None) -> bool:
        return said is not None and self._index.say(uri, SIDECAR, said)

    def _finish(self, batch: Sequence[Document | Result]) -> list[Result]:
        """Indexes the documents among these in one step; the results of all, in order."""
        documents = [ready for ready in batch if isinstance(ready, Document)]
        try:
            outcomes = iter(self._index.add_many(documents)) if documents else iter(())
        finally:
            for document in documents:
                self._settle(document.sha256)
        return [ready if isinstance(ready, Result) else self._result(ready, *next(outcomes)) for ready in batch]

    def _result(self, document: Document, outcome: Outcome, document_id: str) -> Result:
        twin = self._index.catalogue.earlier_twin(document_id) if outcome == "added" else None
        return Result(document.source, outcome, document_id, duplicate_of=twin, notes=document.notes)


def ingest(files: Iterable[Path], destination: Destination, most_bytes: int) -> Iterator[Result]:
    """Adds each file; a file that can't be read or indexed is reported and the run goes on."""
    if isinstance(destination, Ingester):
        yield from destination.add_files(files)
        return
    for path in files:
        try:
            data, (name, sidecar) = read_bytes(path, most_bytes), read_beside(path)
            uri, source = place_of(path).as_uri(), _shown(path.name)
            yield destination.add(data, uri=uri, source=source, sidecar=sidecar or b"", sidecar_name=name)
        except (UnreadableFile, TooLarge) as error:
            yield _failed(path, error)


def find_files(paths: Iterable[Path]) -> Found:
    """The files under the paths. Of a folder those that there is a reader for: hidden ones are passed
    over like sidecars, other kinds and links that lead out of it are counted as left out. What is named is
    taken as it is, and a folder that can't be listed is taken too: reading it will say why."""
    found: dict[Path, None] = {}
    left_out: Counter[str] = Counter()
    for path in map(place_of, paths):
        if not os.path.isdir(path):  # noqa: PTH112 - unlike Path.is_dir, this raises nothing
            found[path] = None
            continue
        closed: list[OSError] = []
        root = path.resolve()
        for folder, folders, names in os.walk(path, onerror=closed.append):
            folders[:] = sorted(name for name in folders if not name.startswith(_HIDDEN))
            left_out[LINK] += sum(not _within(Path(folder, name), root) for name in folders)
            for name in sorted(name for name in names if not name.startswith(_HIDDEN)):
                file = Path(folder, name)
                if is_sidecar(name):
                    continue
                if not readable(name):
                    left_out[file.suffix.lower() or name] += 1
                elif _within(file, root):
                    found[file] = None
                else:
                    left_out[LINK] += 1
        found.update((Path(os.fsdecode(error.filename)), None) for error in closed)
    return Found(tuple(found), tuple(sorted((+left_out).items(), key=lambda kind: (-kind[1], kind[0]))))


def place_of(path: Path) -> Path:
    """A path from the root on and without "..", so that a file has one name from wherever it is named."""
    if ".." not in path.parts:
        return path.absolute()
    try:
        return path.resolve() if path.name == ".." else path.parent.resolve() / path.name
    except (OSError, RuntimeError):
        return path.absolute()


def read_bytes(path: Path, most_bytes: int) -> bytes:
    """A file's bytes. Raises `UnreadableFile` with the reason, `TooLarge` before reading all of it."""
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            next(path.iterdir(), None)
            raise UnreadableFile("this is a folder", "这是文件夹")
        _check_kind(path.name)
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableFile("this is no ordinary file", "这不是普通文件")
        if found.st_size > most_bytes:
            raise too_large(found.st_size, most_bytes)
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UnreadableFile("there is no such file; check the path", "没有这个文件；请检查路径") from error
    except PermissionError as error:
        raise UnreadableFile("you may not read this; change its permissions", "没有读取权限；请修改权限") from error
    except OSError as error:
        raise UnreadableFile(f"it can't be read: {error.strerror}", f"无法读取：{error.strerror}") from error
    if len(data) > most_bytes:  # it has grown meanwhile
        raise too_large(len(data), most_bytes)
    return data


def read_beside(path: Path) -> tuple[str, bytes | None]:
    """The name and the bytes of a file's sidecar, None where it has none. Raises `UnreadableFile`."""
    for name in sidecar_names(path.name):
        try:
            if path.with_name(name).is_file():
                with path.with_name(name).open("rb") as file:
                    return _shown(name), file.read(MOST_BYTES + 1)
        except FileNotFoundError:
            continue
        except OSError as error:
            said = f"{_shown(name)}: {error.strerror}"
            raise UnreadableFile(f"its sidecar can't be read: {said}", f"无法读取附属说明文件：{said}") from error
    return "", None


def too_large(size: int, most: int) -> TooLarge:
    return TooLarge(
        f"it has {size / 2**20:.1f} MiB, and at most {most / 2**20:.0f} MiB are read; "
        "raise YIJU_MAX_FILE_MB or split it",
        f"大小为 {size / 2**20:.1f} MiB，上限为 {most / 2**20:.0f} MiB；请调大 YIJU_MAX_FILE_MB 或拆分文件",
    )


def _full(batch: Sequence[Document | Result]) -> bool:
    characters = sum(len(ready.text) for ready in batch if isinstance(ready, Document))
    return len(batch) >= _BATCH_DOCUMENTS or characters >= _BATCH_CHARACTERS


def _is_cheap(data: bytes, source: str) -> bool:
    """Whether a file may be read in this process: its reader is our own, and bounded by the file's size."""
    module, _ = READERS[PurePath(source).suffix.lower()]
    return module == "text" and len(data) <= _SMALL


def _check_kind(name: str) -> None:
    """Raises `UnsupportedType` for a kind of files without a reader; loads none."""
    if not readable(name):
        reader_for(name)


def _within(file: Path, root: Path) -> bool:
    """Whether a file lies in the folder, links resolved; a link that leads nowhere is reported later."""
    try:
        return not file.is_symlink() or file.resolve().is_relative_to(root)
    except (OSError, RuntimeError):
        return True


def _failed(path: Path, error: YijuError) -> Result:
    return Result(_shown(str(path)), "failed", reason=error)


def _shown(name: str) -> str:
    """A file's name as text; bytes that are no UTF-8 are shown as such."""
    return os.fsencode(name).decode("utf-8", "replace")

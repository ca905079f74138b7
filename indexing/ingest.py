"""Files and folders to an index: finds the files, reads them, reports on each.

One bad file never stops the others: it is reported with its reason. Running again over the same files
finishes what an interrupted run left, because what is indexed already is skipped by its hash.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from corpus.errors import TooLarge, UnreadableFile, YijuError
from corpus.readers import read, reader_for
from indexing.index import Index


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file. `reason` is given, in both languages, where it failed."""

    source: str
    outcome: Literal["added", "replaced", "unchanged", "failed"]
    document_id: str | None = None
    reason: YijuError | None = None


class Destination(Protocol):
    """Where documents go: an index in this process, or a server that holds it."""

    def add(self, data: bytes, *, uri: str, source: str) -> Result: ...


class Ingester:
    """Adds the bytes of files to an index. `most_bytes` bounds a file."""

    def __init__(self, index: Index, most_bytes: int, origin: str = "own") -> None:
        self._index = index
        self._most_bytes = most_bytes
        self._origin = origin

    def add(self, data: bytes, *, uri: str, source: str) -> Result:
        """Indexes one file's bytes. Raises `UnreadableFile` and `TooLarge`."""
        if len(data) > self._most_bytes:
            raise too_large(len(data), self._most_bytes)
        document = read(data, uri=uri, source=source, origin=self._origin)
        outcome, document_id = self._index.add(document)
        return Result(source, outcome, document_id)


def ingest(files: Iterable[Path], destination: Destination, most_bytes: int) -> Iterator[Result]:
    """Adds each file; a file that can't be read or indexed is reported and the run goes on."""
    for path in files:
        try:
            data = read_bytes(path, most_bytes)
            yield destination.add(data, uri=path.absolute().as_uri(), source=_name(path))
        except (UnreadableFile, TooLarge) as error:
            yield Result(str(path), "failed", reason=error)


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files under the paths, in order, each once. In a folder only readable formats, hidden files
    and links that lead out of it left out; a file that is named is taken as it is."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            root = path.resolve()
            for folder, folders, names in os.walk(path):
                folders[:] = sorted(name for name in folders if not name.startswith("."))
                for name in sorted(names):
                    file = Path(folder, name)
                    if not name.startswith(".") and _within(file, root):
                        found[file.absolute()] = None
        else:
            found[path.absolute()] = None
    return list(found)


def _within(file: Path, root: Path) -> bool:
    """Whether a file lies in the folder, links resolved; a link that leads nowhere is reported later."""
    try:
        return not file.is_symlink() or file.resolve().is_relative_to(root)
    except (OSError, RuntimeError):
        return True


def _name(path: Path) -> str:
    """A file's name as text; bytes that are no UTF-8 are shown as such."""
    return os.fsencode(path.name).decode("utf-8", "replace")


def read_bytes(path: Path, most_bytes: int) -> bytes:
    """A file's bytes. Raises `UnreadableFile` with the reason, `TooLarge` before reading it."""
    reader_for(path.name)
    try:
        found = path.stat()
        size = found.st_size
        if not stat.S_ISREG(found.st_mode) and not path.is_dir():
            raise UnreadableFile("this is no ordinary file", "这不是普通文件")
        if size > most_bytes:
            raise too_large(size, most_bytes)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UnreadableFile("there is no such file; check the path", "没有这个文件；请检查路径") from error
    except IsADirectoryError as error:
        raise UnreadableFile("this is a folder", "这是文件夹") from error
    except PermissionError as error:
        raise UnreadableFile(
            "you may not read this file; change its permissions", "没有读取该文件的权限；请修改权限"
        ) from error
    except OSError as error:
        raise UnreadableFile(f"it can't be read: {error.strerror}", f"无法读取：{error.strerror}") from error


def too_large(size: int, most: int) -> TooLarge:
    return TooLarge(
        f"it has {size / 2**20:.1f} MiB, and at most {most / 2**20:.0f} MiB are read; "
        "raise YIJU_MAX_FILE_MB or split it",
        f"大小为 {size / 2**20:.1f} MiB，上限为 {most / 2**20:.0f} MiB；请调大 YIJU_MAX_FILE_MB 或拆分文件",
    )

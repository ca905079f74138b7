"""The bytes of the files that documents were read from, for those whose pages can be shown as pictures.

Each is one file named by its sha256, so that documents with the same bytes share it. It is written under
another name, made durable and then renamed: what is there is whole. Which documents use it is the
catalogue's to know; whoever removes the last of them says so with `forget`, and what a crash left behind is
found with `digests`. Between `keep` and `settle` a file stays, whatever is removed meanwhile.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePath

from corpus.errors import Unavailable

# The formats whose pages can be drawn.
WITH_PAGES = frozenset({".pdf"})
_DIGEST = re.compile(r"[0-9a-f]{64}$")
_UNFINISHED = ".new"


def has_pages(source: str) -> bool:
    """Whether a file of this name has pages that can be drawn."""
    return PurePath(source).suffix.lower() in WITH_PAGES


class Originals:
    """Files in `folder`, which is made when the first is kept. With `keeps` False no more are kept, while
    those that are there stay until they are forgotten. May be used from any thread, by one process."""

    def __init__(self, folder: Path, *, keeps: bool = True) -> None:
        self._folder = folder
        self._keeps = keeps
        self._lock = threading.Lock()
        self._awaited: Counter[str] = Counter()

    def keep(self, source: str, data: bytes, sha256: str) -> None:
        """Keeps the bytes of a file whose document is about to be stored, durably, where its pages can be
        drawn. `settle` must follow. Raises `Unavailable` where there is no room."""
        if not self._keeps or not has_pages(source):
            return
        with self._lock:
            self._awaited[sha256] += 1
            try:
                if not self._is_whole(sha256, len(data)):
                    self._write(sha256, data)
            except OSError as error:
                self._unpin(sha256)
                raise Unavailable(
                    f"{source} can't be kept in {self._folder} ({error.strerror}); make room there, or set "
                    "YIJU_ORIGINALS=none to have no page images, and try again",
                    f"无法在 {self._folder} 中保存 {source}（{error.strerror}）；请腾出空间后重试，"
                    "或设置 YIJU_ORIGINALS=none（不提供页面图像）",
                ) from error

    def settle(self, sha256: str) -> None:
        """Says that the document with these bytes is stored now, or will not be."""
        with self._lock:
            self._unpin(sha256)

    def path(self, sha256: str) -> Path | None:
        """Where the file with this hash is, None where it was not kept."""
        path = self._folder / sha256
        return path if _DIGEST.match(sha256) and path.is_file() else None

    def digests(self) -> frozenset[str]:
        """The hashes of all that is kept. Removes what was being written when the program was killed."""
        with self._lock:
            if not self._folder.is_dir():
                return frozenset()
            for unfinished in self._folder.glob(f"*{_UNFINISHED}"):
                unfinished.unlink(missing_ok=True)
            return frozenset(path.name for path in self._folder.iterdir() if _DIGEST.match(path.name))

    def forget(self, digests: Iterable[str]) -> None:
        """Removes files that no document uses any more, but for those that one is about to use."""
        with self._lock:
            for sha256 in digests:
                if not self._awaited[sha256] and _DIGEST.match(sha256):
                    (self._folder / sha256).unlink(missing_ok=True)

    def _unpin(self, sha256: str) -> None:
        self._awaited[sha256] -= 1
        if self._awaited[sha256] <= 0:
            del self._awaited[sha256]

    def _is_whole(self, sha256: str, size: int) -> bool:
        path = self._folder / sha256
        return path.is_file() and path.stat().st_size == size

    def _write(self, sha256: str, data: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        new = self._folder / f"{sha256}{_UNFINISHED}"
        with new.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._folder / sha256)
        # Windows has no way to open a folder, and needs none.
        with contextlib.suppress(PermissionError):
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

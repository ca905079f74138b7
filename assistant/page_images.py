"""Pages of documents as pictures, and where on them the words of a span stand.

A picture is drawn from the file that was kept when the document was ingested, in a reading process with limits
where there is one, and remembered as far as there is room; that a page could not be drawn is remembered, too.
Who may see a document is decided before: this gets the document itself.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from corpus.document import Block, Box, Document
from corpus.errors import BadInput, NotFound, Unavailable, UnreadableFile, YijuError
from corpus.originals import Originals, has_pages
from indexing.workers import ReaderPool

if TYPE_CHECKING:
    from corpus.readers.pdf_images import PagePlaces
    from corpus.readers.pdf_places import Wanted

# The width of a picture in pixels.
NARROWEST, USUAL, WIDEST = 100, 1000, 2000
# The most characters of a span whose words are boxed, and pages and blocks that are looked at for it.
MOST_CHARACTERS, _MOST_PAGES, _MOST_BLOCKS = 20_000, 20, 400
# What is remembered at most, in bytes of pictures and in pictures.
_ROOM, _MOST_REMEMBERED = 32 * 2**20, 400
# So many may wait for a page at a time: each holds one of the server's threads.
_MOST_WAITING = 8

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")
_Key = tuple[str, int, int, tuple[Box, ...]]


class PageImages:
    """Draws pages of the files in `originals`, in a process of `pool`, or in this one without. Any thread."""

    def __init__(self, originals: Originals, pool: ReaderPool | None) -> None:
        self._originals = originals
        self._pool = pool
        self._waiting = threading.BoundedSemaphore(_MOST_WAITING)
        self._drawn = _Remembered()

    def picture(self, document: Document, number: int, width: int = USUAL, boxes: tuple[Box, ...] = ()) -> bytes:
        """Page `number` (from 1) as a PNG `width` pixels wide, with boxes drawn on it. Raises `NotFound` where
        there is no such page, where the file was not kept and where the page can't be drawn, and `Unavailable`
        while too many pages are asked for."""
        path = self._path(document)
        key = (document.sha256, number, width, tuple(box for box in boxes if box.page == number))
        known = self._drawn.get(key)
        if known is None:
            known = self._draw(path, document, key)
            self._drawn.put(key, known)
        if isinstance(known, YijuError):
            raise NotFound(known.en, known.zh)
        return known

    def places(self, document: Document, start: int, end: int) -> tuple[PagePlaces, ...]:
        """Where the characters `start` to `end` of a document stand, page by page. Raises as `picture` does, and
        `BadInput` for a span that is empty, outside of the document or too long."""
        from corpus.readers.pdf_images import find_places

        check_span(document, start, end)
        path = self._path(document)
        wanted = _wanted(document, start, end)
        try:
            return self._run(find_places, str(path), wanted)
        except UnreadableFile as error:
            raise _undrawable(document, error) from error

    def _path(self, document: Document) -> Path:
        path = self._originals.path(document.sha256)
        if path is not None and has_pages(document.source):
            return path
        text = f"/documents/{document.id}/text"
        if not has_pages(document.source):
            raise NotFound(
                f"{document.source} is of a format without pages to show; its text is at {text}",
                f"{document.source} 的格式没有可显示的页面；其正文见 {text}",
            )
        raise NotFound(
            f"the file {document.source} was not kept, so its pages can't be shown; ingest it again with "
            f"YIJU_ORIGINALS=pdf (the default); its text is at {text}",
            f"未保存文件 {document.source}，无法显示其页面；请在 YIJU_ORIGINALS=pdf（默认值）下重新导入该文件；"
            f"其正文见 {text}",
        )

    def _draw(self, path: Path, document: Document, key: _Key) -> bytes | NotFound:
        from corpus.readers.pdf_images import draw_page

        _, number, width, boxes = key
        try:
            drawn = self._run(draw_page, str(path), number, width, boxes)
        except UnreadableFile as error:
            return _undrawable(document, error)
        if drawn.png:
            return drawn.png
        return NotFound(
            f"{document.source} has no page {number}; it has pages 1–{drawn.pages}",
            f"{document.source} 没有第 {number} 页；共有 {drawn.pages} 页",
        )

    def _run(self, work: Callable[_Given, _Made], *arguments: _Given.args, **named: _Given.kwargs) -> _Made:
        with self._place_to_wait():
            return work(*arguments, **named) if self._pool is None else self._pool.run(work, *arguments, **named)

    @contextmanager
    def _place_to_wait(self) -> Iterator[None]:
        if not self._waiting.acquire(blocking=False):
            raise Unavailable(
                "many pages are being drawn at the moment; ask again in a few seconds",
                "当前正在绘制的页面较多；请几秒后重试",
            )
        try:
            yield
        finally:
            self._waiting.release()


class _Remembered:
    """The pictures that were asked for last, and the reasons why there are none. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, bytes | NotFound] = OrderedDict()
        self._size = 0

    def get(self, key: _Key) -> bytes | NotFound | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: _Key, made: bytes | NotFound) -> None:
        with self._lock:
            self._size += _weight(made) - _weight(self._kept.pop(key, b""))
            self._kept[key] = made
            while self._size > _ROOM or len(self._kept) > _MOST_REMEMBERED:
                self._size -= _weight(self._kept.popitem(last=False)[1])


def _weight(made: bytes | NotFound) -> int:
    return len(made) if isinstance(made, bytes) else 0


def check_span(document: Document, start: int, end: int) -> None:
    """Raises `BadInput` for a span whose words can't be boxed."""
    if not 0 <= start < end <= len(document.text):
        raise BadInput(
            f"the span {start}–{end} is empty or outside the document; it has characters 0–{len(document.text)}",
            f"区间 {start}–{end} 为空或超出文件范围；该文件的字符范围为 0–{len(document.text)}",
        )
    if end - start > MOST_CHARACTERS:
        raise BadInput(
            f"the span has {end - start:,} characters, and the words of at most {MOST_CHARACTERS:,} are boxed; "
            "ask for a shorter one",
            f"区间有 {end - start:,} 个字符，最多标出 {MOST_CHARACTERS:,} 个字符；请缩短区间",
        )


def _wanted(document: Document, start: int, end: int) -> tuple[Wanted, ...]:
    """The parts of a span that stand in blocks, as far as there are not too many."""
    from corpus.readers.pdf_places import Wanted

    found: list[Wanted] = []
    numbers: set[int] = set()
    for block in document.blocks:
        if block.start < end and start < block.end and len(found) < _MOST_BLOCKS:
            pages = _pages(block)
            numbers.update(pages)
            first, last = max(start, block.start) - block.start, min(end, block.end) - block.start
            text = document.quote(block.start, block.end)
            found.append(Wanted(text, first, last, pages, block.boxes))
    shown = frozenset(sorted(numbers)[:_MOST_PAGES])
    return tuple(
        Wanted(w.text, w.start, w.end, tuple(p for p in w.pages if p in shown), _on(w.boxes, shown)) for w in found
    )


def _pages(block: Block) -> tuple[int, ...]:
    if block.boxes:
        return tuple(sorted({box.page for box in block.boxes}))
    return () if block.page is None else tuple(range(block.page, block.page + len(block.turns) + 1))


def _on(boxes: tuple[Box, ...], pages: frozenset[int]) -> tuple[Box, ...]:
    return tuple(box for box in boxes if box.page in pages)


def _undrawable(document: Document, error: UnreadableFile) -> NotFound:
    text = f"/documents/{document.id}/text"
    return NotFound(
        f"the pages of {document.source} can't be shown: {error.en}; its text is at {text}",
        f"无法显示 {document.source} 的页面：{error.zh}；其正文见 {text}",
    )

"""A PDF's pages as pictures, and the places of words on them. Made to run in a reading process: plain values
go in and out. Of documents and where their files are kept it knows nothing.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pypdfium2 as pdfium

from corpus.document import Box
from corpus.errors import UnreadableFile
from corpus.readers.pdf import PDFIUM
from corpus.readers.pdf_places import Mark, Wanted, marks_on, place

# The most pixels that a picture is high: pages may be of any shape.
_HIGHEST = 6000
# How words are marked: a light fill and a firm edge, in red, green, blue and opacity.
_FILL, _EDGE = (255, 200, 0, 80), (190, 90, 0, 255)


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as a PNG, empty where the file has no such page, and how many pages it has."""

    png: bytes
    pages: int


@dataclass(frozen=True, slots=True)
class PagePlaces:
    """Boxes on a page of this size, in points from its top left corner; `exact` where they are those of the
    words, and not of the blocks in which these stand."""

    page: int
    width: float
    height: float
    boxes: tuple[Box, ...]
    exact: bool


def draw_page(path: str, number: int, width: int, boxes: Sequence[Box] = ()) -> Picture:
    """The page with this number, from 1, in a picture `width` pixels wide, or narrower where the page is
    very high; the boxes on this page are marked. Raises `UnreadableFile`."""
    from PIL import Image, ImageDraw

    with _opened(path) as pdf:
        if not 1 <= number <= len(pdf):
            return Picture(b"", len(pdf))
        pdf.init_forms()
        page = pdf[number - 1]
        across, down = page.get_size()
        scale = min(width / max(across, 1e-3), _HIGHEST / max(down, 1e-3))
        bitmap = page.render(scale=scale)
        picture = bitmap.to_pil().convert("RGB")
        if boxes:
            layer = Image.new("RGBA", picture.size)
            pen = ImageDraw.Draw(layer)
            for box in boxes:
                corners = (box.left, box.top, box.right, box.bottom)
                if box.page == number and corners[0] <= corners[2] and corners[1] <= corners[3]:
                    pen.rectangle([v * scale for v in corners], _FILL, _EDGE, max(1, round(scale)))
            picture = Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB")
        file = io.BytesIO()
        picture.save(file, "PNG")
        return Picture(file.getvalue(), len(pdf))


def find_places(path: str, wanted: Sequence[Wanted]) -> tuple[PagePlaces, ...]:
    """Where spans of blocks stand, page by page. Raises `UnreadableFile`."""
    with _opened(path) as pdf:
        numbers = {n for one in wanted for n in (*one.pages, *(b.page for b in one.boxes)) if 1 <= n <= len(pdf)}
        marks: dict[int, list[Mark]] = {}
        sizes: dict[int, tuple[float, float]] = {}
        for number in sorted(numbers):
            page = pdf[number - 1]
            marks[number], sizes[number] = marks_on(page, number), page.get_size()
            page.close()
        placed: dict[int, list[Box]] = {}
        inexact: set[int] = set()
        for one in wanted:
            pages = sorted({*one.pages, *(box.page for box in one.boxes)} & numbers)
            boxes, exact = place(one, [mark for number in pages for mark in marks[number]])
            inexact |= set() if exact else {box.page for box in boxes} or set(one.pages)
            for box in boxes:
                placed.setdefault(box.page, []).append(box)
    return tuple(
        PagePlaces(number, *sizes[number], tuple(placed.get(number, ())), number not in inexact)
        for number in sorted((placed.keys() | inexact) & numbers)
    )


@contextmanager
def _opened(path: str) -> Iterator[pdfium.PdfDocument]:
    """The file, while no other thread uses PDFium. What PDFium refuses is an `UnreadableFile`."""
    with PDFIUM:
        try:
            pdf = pdfium.PdfDocument(path)
        except (pdfium.PdfiumError, OSError) as error:
            raise _undrawable() from error
        try:
            yield pdf
        except (pdfium.PdfiumError, ValueError) as error:
            raise _undrawable() from error
        finally:
            pdf.close()


def _undrawable() -> UnreadableFile:
    return UnreadableFile(
        "the page is damaged; save the file again and ingest it",
        "页面已损坏；请重新保存文件后再导入",
    )

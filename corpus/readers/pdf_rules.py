"""What is drawn on a PDF's page besides text: ruling lines, and how much of it pictures cover."""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

# More objects than that are a drawing, not the lines of tables.
_OBJECT_LIMIT = 20_000
_THIN = 2.5


@dataclass(frozen=True, slots=True)
class Rule:
    """A ruling line: at `at` across its direction, from `start` to `end` along it."""

    level: bool
    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Frame:
    """How a page's own coordinates, with y upwards, become those of the page as it is shown."""

    box: tuple[float, float, float, float]
    quarters: int

    def point(self, x: float, y: float) -> tuple[float, float]:
        left, bottom, right, top = self.box
        match self.quarters:
            case 0:
                return x - left, top - y
            case 1:
                return y - bottom, x - left
            case 2:
                return right - x, y - bottom
            case _:
                return top - y, right - x

    def direction(self, a: float, b: float) -> tuple[float, float]:
        return ((a, -b), (b, a), (-a, b), (-b, -a))[self.quarters]


_Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: _Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The ruling lines of a page, the area that its pictures cover, and how many paths it has."""

    rules: tuple[Rule, ...]
    pictured: float
    paths: int


def drawn(page: pdfium.PdfPage, frame: Frame) -> Drawing:
    rules: list[Rule] = []
    pictured, paths = 0.0, 0
    for number, (item, outer) in enumerate(_walk(page)):
        if number > _OBJECT_LIMIT:
            return Drawing((), pictured, paths)
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            a, b, c, d, *_ = _product(_matrix(item), outer)
            pictured += abs(a * d - b * c)
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            paths += 1
            rules += _rules(item, _product(_matrix(item), outer), frame)
    return Drawing(tuple(rules), pictured, paths)


def _walk(page: pdfium.PdfPage) -> Iterator[tuple[object, _Matrix]]:
    """The objects on a page and in its forms, with the matrix of the form that they are in."""
    waiting: list[tuple[object, _Matrix, int]] = [
        (raw.FPDFPage_GetObject(page, i), _IDENTITY, 0) for i in range(raw.FPDFPage_CountObjects(page))
    ][::-1]
    while waiting:
        item, outer, depth = waiting.pop()
        if raw.FPDFPageObj_GetType(item) == raw.FPDF_PAGEOBJ_FORM and depth < 6:
            inner = _product(_matrix(item), outer)
            count = raw.FPDFFormObj_CountObjects(item)
            waiting += [(raw.FPDFFormObj_GetObject(item, i), inner, depth + 1) for i in range(count)][::-1]
        else:
            yield item, outer


def _matrix(item: object) -> _Matrix:
    m = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, m):
        return _IDENTITY
    return (m.a, m.b, m.c, m.d, m.e, m.f)


def _product(m: _Matrix, n: _Matrix) -> _Matrix:
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def _rules(path: object, matrix: _Matrix, frame: Frame) -> Iterator[Rule]:
    """The straight lines along the page's sides that a path draws; a thin filled bar is one too."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, fill, stroke)
    if not fill.value and not stroke.value:
        return
    for points in _outlines(path, matrix, frame):
        xs, ys = [x for x, _ in points], [y for _, y in points]
        width, height = max(xs) - min(xs), max(ys) - min(ys)
        if min(width, height) <= _THIN:
            if width > height and width > 2 * _THIN:
                yield Rule(True, (min(ys) + max(ys)) / 2, min(xs), max(xs))
            elif height > 2 * _THIN:
                yield Rule(False, (min(xs) + max(xs)) / 2, min(ys), max(ys))
        elif stroke.value:
            for (x, y), (u, v) in itertools.pairwise(points):
                if abs(y - v) < 0.5 < abs(x - u):
                    yield Rule(True, y, min(x, u), max(x, u))
                elif abs(x - u) < 0.5 < abs(y - v):
                    yield Rule(False, x, min(y, v), max(y, v))


def _outlines(path: object, matrix: _Matrix, frame: Frame) -> Iterator[list[tuple[float, float]]]:
    """The corners of each of a path's straight outlines; one with curves is left out."""
    a, b, c, d, e, f = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    straight = True
    for i in range(min(raw.FPDFPath_CountSegments(path), _OBJECT_LIMIT)):
        segment = raw.FPDFPath_GetPathSegment(path, i)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if straight and len(points) > 1:
                yield points
            points, straight = [], True
        straight = straight and kind != raw.FPDF_SEGMENT_BEZIERTO
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        points.append(frame.point(a * x.value + c * y.value + e, b * x.value + d * y.value + f))
        if raw.FPDFPathSegment_GetClose(segment) and points:
            points.append(points[0])
    if straight and len(points) > 1:
        yield points

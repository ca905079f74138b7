"""Tables that lost their lines: one cell after another, a line or more each, as text is taken out of a page.

What is left to go by is the header (whose first name says that the rows are numbered, and which comes
again after each page break), the numbers that count upwards, and the last column, which holds prose.
The cells between a row's number and its prose belong to the columns before the prose, counted from the
right; a row without prose shares that of the row above.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus import structure
from corpus.readers.parts import Cell, Grid, Merged

_FIRST_NAMES = ("序号", "编号", "项次")
_PROSE = re.compile(r"[，。；：]|、.*、")
_PROSE_LENGTH = 24
_NUMBERED = re.compile(r"(\d{1,4})(?:\s+(.*))?$")
# Between two Chinese characters a single blank parts two cells; beside a Latin letter or a digit it may be mere style.
_BETWEEN = re.compile(r"(?<=[一-鿿）)”])\s(?=[一-鿿（(“])")
_HEADER_LINES = 16


@dataclass(frozen=True, slots=True)
class Flattened:
    """A table found in lines `start` to `end` (exclusive)."""

    start: int
    end: int
    grid: Grid


def ends_are_marked(lines: Sequence[str]) -> bool:
    """Whether a blank at a line's end marks the end of a paragraph or cell, as in text that was taken
    out of pages made by a word processor: whole sentences have it, lines cut at the width have none."""
    written = [line for line in lines if line.strip()]
    closing = [line for line in written if re.search(r"[。！？]\s*$", line)]
    marked = sum(line[-1] in " \u00a0" for line in closing)
    all_marked = sum(line[-1] in " \u00a0" for line in written)
    return len(closing) >= 8 and marked >= 0.8 * len(closing) and 0.1 <= all_marked / len(written) <= 0.9


def find_flattened(lines: Sequence[str], marked: bool) -> list[Flattened]:
    """The flattened tables in a text; `marked` as `ends_are_marked` tells."""
    found: list[Flattened] = []
    i = 0
    while i < len(lines):
        header = _header(lines, i) if lines[i].strip().startswith(_FIRST_NAMES) else None
        if header is None:
            i += 1
            continue
        columns, body = header
        table = _Rows(columns, marked, [line.strip() for line in lines[i:body] if line.strip()]).read(lines, body)
        if table is None:
            i += 1
            continue
        rows, pages, end = table
        found.append(Flattened(i, end, Grid((tuple(columns), *rows), exact=True, pages=pages)))
        i = end
    return found


def _header(lines: Sequence[str], start: int) -> tuple[list[str], int] | None:
    """The column names and the line where the rows begin, if these lines are a header: short words down
    to the row numbered 1."""
    pieces: list[str] = []
    open_piece = False
    for i in range(start, min(start + _HEADER_LINES, len(lines))):
        text = lines[i].strip()
        if not text:
            continue
        if "\t" in lines[i] or "|" in text or len(text) > 40 or structure.ends_sentence(text):
            return None
        if (number := _NUMBERED.match(text)) and number[1] == "1":
            return (pieces, i) if len(pieces) >= 3 else None
        names = text.split()
        if open_piece and pieces[-1] not in _FIRST_NAMES:
            pieces[-1] += names.pop(0)
        pieces += names
        open_piece = not lines[i][-1].isspace() and len(names) <= 1
    return None


@dataclass(slots=True)
class _Row:
    number: str
    cells: list[str] = field(default_factory=list)
    prose: str = ""
    # Whether an empty line that stands for an empty cell precedes the last cell.
    blank_before: bool = False


class _Rows:
    """Reads the rows under a header: one pass, one row and one cell open at a time."""

    def __init__(self, columns: list[str], marked: bool, header: list[str]) -> None:
        self._columns = columns
        self._marked = marked
        self._header = header
        self._rows: list[_Row] = []
        self._whole = True
        self._blank = False

    def read(self, lines: Sequence[str], start: int) -> tuple[list[tuple[Cell, ...]], tuple[int, ...], int] | None:
        """The rows, and the line after the last; None where fewer than three rows are found."""
        i = end = start
        while i < len(lines):
            text = lines[i].strip()
            if not text:
                self._blank = self._blank or bool(lines[i])
                i += 1
                continue
            skip = self._repeated(lines, i)
            if skip:
                i, self._blank = skip, False
                continue
            if not self._take(lines[i], text):
                break
            i += 1
            end = i
        if len(self._rows) < 3:
            return None
        return self._cells(), (), end

    def _repeated(self, lines: Sequence[str], i: int) -> int:
        """The line after a header that comes again here, else 0."""
        expected = list(self._header)
        while expected and i < len(lines):
            text = lines[i].strip()
            if text and text != expected.pop(0):
                return 0
            i += 1
        return 0 if expected else i

    def _take(self, line: str, text: str) -> bool:
        """Adds a line to the open row or begins the next one. False where the table is over."""
        number = _NUMBERED.match(text)
        following = int(self._rows[-1].number) + 1 if self._rows else 1
        if number and int(number[1]) == following and (self._whole or not _is_prose(_first_piece(number[2]))):
            self._rows.append(_Row(number[1]))
            self._whole, self._blank = True, False
            text = number[2] or ""
            if not text:
                return True
        elif not self._rows or self._over(text):
            return False
        self._add(line, text)
        return True

    def _over(self, text: str) -> bool:
        """Whether a line that begins no row stands below the table: the row is complete, or overfull."""
        row = self._rows[-1]
        if not self._whole:
            return False
        complete = bool(row.prose) and structure.ends_sentence(row.prose)
        return complete or len(row.cells) > len(self._columns) + 3 or structure.document_title(text)

    def _add(self, line: str, text: str) -> None:
        row = self._rows[-1]
        for piece in [text] if row.prose else _pieces(line, text):
            if row.prose:
                row.prose += piece
            elif not self._whole and row.cells:
                row.cells[-1] += piece
            else:
                row.blank_before = self._blank and bool(row.cells)
                row.cells.append(piece)
            self._whole, self._blank = True, False
            if not row.prose and _is_prose(row.cells[-1]):
                row.prose = row.cells.pop()
                row.cells += [""] * row.blank_before
        self._whole = line[-1].isspace() if self._marked else self._ended(row)

    def _ended(self, row: _Row) -> bool:
        return structure.ends_sentence(row.prose) if row.prose else True

    def _cells(self) -> list[tuple[Cell, ...]]:
        """Each row's cells under their columns; a place that a cell above covers is said to be so."""
        groups = len(self._columns) - 2
        self._mend_prose()
        opening = _common_opening([row.prose for row in self._rows])
        for row, following in zip(self._rows, [*self._rows[1:], _Row("")], strict=True):
            _part_latin(row, opening)
            # Rows that share this one's prose fill its last column of groups, so it is not empty here.
            if row.cells and not row.cells[-1] and following.cells and not following.prose:
                row.cells.pop()
        rows: list[tuple[Cell, ...]] = []
        for row in self._rows:
            cells = _fit(row.cells, groups)
            missing = groups - len(cells)
            covered: list[Cell] = [Merged.ABOVE] * missing
            rows.append((row.number, *covered, *cells, row.prose or Merged.ABOVE))
        return rows

    def _mend_prose(self) -> None:
        """A sentence that a page break has cut goes on in the next row that has prose."""
        cut: _Row | None = None
        for row in self._rows:
            if cut is not None and row.prose:
                cut.prose, row.prose = cut.prose + row.prose, ""
            if row.prose:
                cut = None
            if row.prose and not structure.ends_sentence(row.prose):
                cut = row
            elif cut is not None and structure.ends_sentence(cut.prose):
                cut = None


def _pieces(line: str, text: str) -> list[str]:
    """The cells in a line: parted by blanks, an empty one where two blanks stand together."""
    pieces: list[str] = []
    for part in re.split(r"(?<=\S)(\s{2,})(?=\S)", text):
        if part.isspace():
            pieces.append("")
        else:
            pieces += _BETWEEN.split(part, maxsplit=3)
    if re.search(r"\S\s{2,}$", line):
        pieces.append("")
    return pieces


def _first_piece(text: str | None) -> str:
    return _BETWEEN.split(text or "", maxsplit=1)[0]


def _is_prose(cell: str) -> bool:
    return bool(_PROSE.search(cell)) or len(cell) > _PROSE_LENGTH


def _common_opening(prose: Sequence[str]) -> str:
    """The two characters with which nearly every cell of the last column begins, else ""."""
    openings = [text[:2] for text in prose if text]
    first = max(set(openings), key=openings.count, default="")
    return first if len(openings) >= 3 and openings.count(first) >= 0.7 * len(openings) else ""


def _part_latin(row: _Row, opening: str) -> None:
    """A short Latin cell that stands before its row's prose, parted from it by a mere blank."""
    match = re.match(r"([A-Za-z0-9+/.-]{1,12}) (?=\S)", row.prose)
    if match and opening and row.prose[match.end() :].startswith(opening):
        row.cells.append(match[1])
        row.prose = row.prose[match.end() :]


def _fit(cells: list[str], places: int) -> list[str]:
    """At most `places` cells: where there are more, one was cut in its narrow column, and the two
    shortest neighbours belong together."""
    cells = list(cells)
    while len(cells) > places:
        sizes = [len(a) + len(b) for a, b in itertools.pairwise(cells)]
        shortest = sizes.index(min(sizes))
        cells[shortest : shortest + 2] = [cells[shortest] + cells[shortest + 1]]
    return cells

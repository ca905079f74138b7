"""Reads workbooks (XLSX) and delimited text (CSV, TSV): each sheet's titles, tables and notes.

A sheet is rows of cells; where one has empty rows in it, what they part are tables of their own. Rows
with a single cell above a table are its title, those below are notes. Values are given as they are
shown: dates in ISO form, percentages as such; a formula by the value that was saved with it.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

from corpus.decode import decode
from corpus.document import Kind
from corpus.errors import UnreadableFile
from corpus.readers.assemble import assemble
from corpus.readers.parts import Cell, Grid, Line, Merged, Part, Reading
from corpus.readers.zipped import open_zip

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_USUAL_NAMES = ("sheet", "工作表", "表格")
_HEADER_ROWS = 4


def read_xlsx(data: bytes) -> Reading:
    """Reads a workbook's bytes. Raises `UnreadableFile`."""
    from openpyxl import load_workbook

    open_zip(data, "xlsx").close()
    try:
        # Not read-only: merged cells are known only so.
        book = load_workbook(BytesIO(data), data_only=True)
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        IndexError,
        AttributeError,
        SyntaxError,
        EOFError,
    ) as error:
        raise UnreadableFile(
            f"the workbook is damaged ({type(error).__name__}); open it in its program and save it again",
            f"工作簿已损坏（{type(error).__name__}）；请用原程序打开后另存再导入",
        ) from error
    parts: list[Part] = []
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    for sheet in shown:
        named = len(shown) > 1 or not sheet.title.lower().startswith(_USUAL_NAMES)
        rows = _rows(sheet)
        if named and rows:
            parts.append(Line(sheet.title, kind=Kind.HEADING, level=1))
        parts += _tables(rows)
    title = (book.properties.title or "").strip()
    return assemble(parts, properties={"title": title} if title else {})


def read_csv(data: bytes) -> Reading:
    """Reads delimited text: commas, semicolons, tabs or bars. Raises `UnreadableFile`."""
    text = decode(data)
    try:
        dialect: Any = csv.Sniffer().sniff(text[:8192], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    limit = csv.field_size_limit(len(text) + 1)
    try:
        rows: list[tuple[Cell, ...]] = [
            tuple(cell.strip() for cell in row) for row in csv.reader(StringIO(text), dialect)
        ]
    except csv.Error as error:
        raise UnreadableFile(
            f"the rows can't be told apart ({error}); save the file as CSV in UTF-8 again",
            f"无法区分各行（{error}）；请另存为 UTF-8 编码的 CSV 再导入",
        ) from error
    finally:
        csv.field_size_limit(limit)
    return assemble(list(_tables(rows)))


def _rows(sheet: Worksheet) -> list[tuple[Cell, ...]]:
    """A sheet's cells as text; places that a merged cell covers say so. Empty margins are left out."""
    covered: dict[tuple[int, int], Merged] = {}
    for area in sheet.merged_cells.ranges:
        for row in range(area.min_row, area.max_row + 1):
            for column in range(area.min_col, area.max_col + 1):
                if (row, column) != (area.min_row, area.min_col):
                    covered[row, column] = Merged.LEFT if column > area.min_col else Merged.ABOVE
    hidden = {n for n, dimension in sheet.row_dimensions.items() if dimension.hidden}
    rows: list[tuple[Cell, ...]] = []
    for n, row_cells in enumerate(sheet.iter_rows(), 1):
        if n not in hidden:
            rows.append(tuple(covered.get((n, c), _shown(cell)) for c, cell in enumerate(row_cells, 1)))
    return _without_margins(rows)


def _shown(cell: Any) -> str:
    """A cell's value as a person sees it."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        return f"{value * 100:.6g}%" if "%" in (cell.number_format or "") else f"{value:.15g}"
    return str(value).strip()


def _without_margins(rows: Sequence[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    """The rows without the empty columns at their sides."""
    used = [c for row in rows for c, cell in enumerate(row) if cell]
    if not used:
        return []
    return [row[min(used) : max(used) + 1] for row in rows]


def _tables(rows: Sequence[tuple[Cell, ...]]) -> Iterator[Part]:
    """Titles, tables and notes in order."""
    block: list[tuple[Cell, ...]] = []
    for row in [*rows, ()]:
        if any(row):
            block.append(row)
            continue
        if block:
            yield from _table(block)
        block = []


def _table(rows: list[tuple[Cell, ...]]) -> Iterator[Part]:
    """One table with the lines above and below it; rows of one cell are lines."""
    first, last = 0, len(rows)
    while first < last and _single(rows[first]):
        first += 1
    while last > first and _single(rows[last - 1]) and rows[last - 1][0]:
        last -= 1
    if len(rows) - last > last - first:  # so many are no notes, but the rows of a sparse table
        last = len(rows)
    above = [text for row in rows[:first] for text in _words(row)]
    yield from (Line(text, kind=None) for text in above)
    if last - first > 1:
        body = _without_margins(rows[first:last])
        yield Grid(tuple(body), header=_header_rows(body), title=above[-1] if above and len(above[-1]) <= 60 else "")
    else:
        yield from (Line("\t".join(_words(row))) for row in rows[first:last])
    yield from (Line(text) for row in rows[last:] for text in _words(row))


def _header_rows(rows: Sequence[tuple[Cell, ...]]) -> int:
    """How many rows name the columns: those that merged cells of the first row reach into, and as many
    as it takes to name what stands below a cell that is merged over several columns."""
    depth = 1
    while depth < min(_HEADER_ROWS, len(rows) - 1):
        wide = any(cell is Merged.LEFT for cell in rows[depth - 1])
        reached = any(cell is Merged.ABOVE for cell in rows[depth])
        if not (reached or wide):
            break
        depth += 1
    return depth


def _single(row: tuple[Cell, ...]) -> bool:
    """Whether a row has one cell only: a title or a note, often merged over the table's width."""
    return len(_words(row)) <= 1 and not any(cell is Merged.ABOVE for cell in row)


def _words(row: tuple[Cell, ...]) -> list[str]:
    return [cell for cell in row if isinstance(cell, str) and cell]

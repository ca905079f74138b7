"""Workbooks and delimited text, made here and read back."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from corpus.document import Kind, Table
from corpus.errors import UnreadableFile
from corpus.readers.parts import Reading
from corpus.readers.sheets import read_csv, read_xlsx


def saved(book: Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def plan() -> Workbook:
    """A title over a table with merged groups, a note below it, and another table further down."""
    book = Workbook()
    sheet = book.active
    sheet.title = "计划表"
    for row in [
        ["某市标准研制计划"],
        ["序号", "类别", "名称", "完成比例"],
        [1, "基础", "术语", 0.25],
        [2, None, "测试", 1],
        [3, "应用", "接口", 0.5],
        ["注：比例按季度更新。"],
        [],
        ["地区", "启动日期"],
        ["甲市", date(2025, 3, 1)],
    ]:
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("B3:B4")
    for n in (3, 4, 5):
        sheet.cell(n, 4).number_format = "0%"
    return book


def rows(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows]


def kinds(reading: Reading, kind: Kind) -> list[str]:
    return [reading.text[b.start : b.end] for b in reading.blocks if b.kind is kind]


def test_a_sheet_gives_its_tables_with_titles_merged_groups_and_values_as_they_are_shown() -> None:
    reading = read_xlsx(saved(plan()))
    first, second = reading.tables
    assert (first.title, first.columns) == ("某市标准研制计划", ("序号", "类别", "名称", "完成比例"))
    assert rows(first) == [("1", "基础", "术语", "25%"), ("2", "基础", "测试", "100%"), ("3", "应用", "接口", "50%")]
    assert rows(second) == [("甲市", "2025-03-01")]
    assert kinds(reading, Kind.HEADING) == ["计划表"]
    assert "注：比例按季度更新。" in kinds(reading, Kind.PARAGRAPH)


def test_a_header_of_two_rows_is_found_by_its_merged_cells() -> None:
    book = Workbook()
    for row in [["地区", "目标", None], [None, "国家标准", "行业标准"], ["甲市", 3, 5], ["乙市", 4, 6]]:
        book.active.append(row)
    book.active.merge_cells("A1:A2")
    book.active.merge_cells("B1:C1")
    (table,) = read_xlsx(saved(book)).tables
    assert table.columns == ("地区", "目标/国家标准", "目标/行业标准")
    assert rows(table) == [("甲市", "3", "5"), ("乙市", "4", "6")]


def test_hidden_sheets_and_rows_are_not_read() -> None:
    book = plan()
    book.create_sheet("内部").append(["机密", "内容"])
    book["内部"].sheet_state = "hidden"
    book.active.row_dimensions[5].hidden = True
    text = read_xlsx(saved(book)).text
    assert "机密" not in text
    assert "接口" not in text
    assert "测试" in text


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_delimited_text_is_a_table(mark: str, encoding: str) -> None:
    lines = [["地区", "标准名称", "数量"], ["甲市", "数据质量要求", "3"], ["乙市", "服务接口规范", "5"]]
    (table,) = read_csv("\n".join(mark.join(row) for row in lines).encode(encoding)).tables
    assert table.columns == ("地区", "标准名称", "数量")
    assert rows(table) == [("甲市", "数据质量要求", "3"), ("乙市", "服务接口规范", "5")]


def test_a_quoted_cell_may_hold_commas_and_line_ends() -> None:
    (table,) = read_csv(b'name,scope\nalpha,"first, second\nand third"\nbeta,other\n').tables
    assert rows(table) == [("alpha", "first, second and third"), ("beta", "other")]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no zip", saved(plan())[:900]])
def test_what_is_no_workbook_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_xlsx(data)
    assert "请" in caught.value.zh


BOOK = saved(plan())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(BOOK) - 1), st.binary(min_size=1, max_size=40))
def test_no_damage_makes_the_reader_crash(place: int, noise: bytes) -> None:
    with suppress(UnreadableFile):
        read_xlsx(BOOK[:place] + noise + BOOK[place + len(noise) :])


@settings(max_examples=100, deadline=None)
@given(st.text(min_size=1, max_size=200))
def test_no_text_makes_the_reader_of_delimited_text_crash(text: str) -> None:
    with suppress(UnreadableFile):
        read_csv(text.encode("utf-8", "replace"))

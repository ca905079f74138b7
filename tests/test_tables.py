"""Tables to rows and records, on small ones of our own that are damaged the way real ones are."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Kind
from corpus.readers.parts import Cell, Grid, Merged, Reading
from corpus.readers.tables import read_table
from corpus.readers.text import read_string

ABOVE, LEFT = Merged.ABOVE, Merged.LEFT


def records(text: str) -> list[tuple[str, ...]]:
    """The rows of the only table in a text."""
    (table,) = read_string(text).tables
    return [row.cells for row in table.rows]


def cells(*rows: tuple[Cell, ...], header: int = 1, exact: bool = False) -> list[list[str]]:
    _, found = read_table(Grid(rows, header=header, exact=exact))
    return [row.cells for row in found if not row.header]


def test_a_record_has_the_span_of_its_row_and_the_table_s_title_and_columns() -> None:
    reading = read_string("表1 目标\n\n| 地区 | 数量 |\n|---|---|\n| 甲市 | 30项 |\n| 乙市 | 50项 |\n")
    (table,) = reading.tables
    assert (table.title, table.columns) == ("表1 目标", ("地区", "数量"))
    assert [reading.text[r.start : r.end] for r in table.rows] == ["甲市 | 30项", "乙市 | 50项"]
    assert table.rows[1].cells == ("乙市", "50项")


def test_a_row_cut_by_a_page_break_is_one_row_and_its_group_is_whole_for_those_below() -> None:
    text = "序号\t类别\t名称\n1\tA 基\t术语标\n\n序号\t类别\t名称\n\t础\t准\n2\t\t框架标准\n"
    assert records(text) == [("1", "A 基础", "术语标准"), ("2", "A 基础", "框架标准")]


def test_a_cell_in_the_wrong_column_goes_back_by_the_pattern_of_the_columns() -> None:
    text = (
        "序号\t类别\t名称\t程度\n1\tA 基础\t甲标准\t★★\n2\tB 应用\t乙标准\t★\n3\t丙标准\t★★★\t\n4\tC 安全\t丁标准\t★\n"
    )
    assert records(text)[2] == ("3", "B 应用", "丙标准", "★★★")


def test_a_cell_that_serves_several_rows_is_given_to_each_where_another_took_its_place() -> None:
    text = "序号\t类别\t名称\t程度\n1\tA 基础\t甲标准\t★★\n2\t\t\t乙标准\n3\tB 应用\t丙标准\t★\n"
    assert records(text)[1] == ("2", "A 基础", "乙标准", "★★")


def test_a_group_follows_the_row_s_code_and_not_what_stands_above() -> None:
    text = "序号\t一级\t二级\t名称\n1\tA 基础\tAA 术语\t甲\n2\t\tAB 测试\t乙\n3\tB 应用\tBA 城市\t丙\n4\t\tCA 安全\t丁\n5\tC 保障\tCB 治理\t戊\n"
    assert [row[1] for row in records(text)] == ["A 基础", "A 基础", "B 应用", "C 保障", "C 保障"]


def test_an_empty_cell_behind_others_stays_empty() -> None:
    text = "| 地区 | 数量 | 备注 |\n|---|---|---|\n| 甲市 | 30项 | 试点 |\n| 乙市 | 50项 | |\n"
    assert records(text)[1] == ("乙市", "50项", "")


def test_blanks_that_a_narrow_column_put_between_characters_are_gone_and_others_stay() -> None:
    assert cells(("名称", "说明"), ("智能传感 器", "AI 芯片 接口")) == [["智能传感器", "AI 芯片接口"]]


def test_merged_cells_that_the_format_knows_are_filled_and_its_empty_ones_are_not() -> None:
    rows = (("组", "名", "数"), ("甲", "一", "1"), (ABOVE, "二", ""), ("", "三", "3"), ("共", LEFT, "4"))
    assert cells(*rows, exact=True) == [["甲", "一", "1"], ["甲", "二", ""], ["", "三", "3"], ["共", "共", "4"]]


def test_a_header_of_two_rows_names_each_column_by_both() -> None:
    columns, _ = read_table(
        Grid((("地区", "目标", LEFT), (ABOVE, "国家标准", "行业标准"), ("甲市", "3", "5")), header=2)
    )
    assert columns == ("地区", "目标/国家标准", "目标/行业标准")


def test_each_item_of_a_list_in_a_cell_is_a_row() -> None:
    text = '工作组\t焦点组\n<ul style="x"> WG 1: 基础组 WG 2: 数据组 \t<ul> FG-AN: 网络组 \n'
    assert records(text) == [("WG 1: 基础组", ""), ("WG 2: 数据组", ""), ("", "FG-AN: 网络组")]
    assert records("名称\t内容\n甲\t<ul><li>其一</li><li>其二</li></ul>\n") == [("甲", "其一"), ("甲", "其二")]


# ◂ stands for a blank at a line's end.
FLATTENED = """本表列出各项任务。◂

序号◂
一级

类别◂
二级类别 名称 任务范围◂

1◂

基础

共性◂

术语 基本词汇 规范领域内常用词语的含义、写法
和用法等。◂

2 测试◂

能力测试◂

规范测试的方法、指标和流程，包括基
本要求等。◂

3 性能测试◂



序号◂
一级

类别◂
二级类别 名称 任务范围◂

4◂

产品

与服

务◂

智能◂

终端◂

手持设备◂
规范手持设备的接口、性能等，保证互
联互

5 车载设备 通互操作。◂

6 云服务◂

RPA 规范流程自动化的接口、安全等。◂

下一段文字与表格无关，说明后续的安排。◂

以上各项由各单位负责。◂

请按期完成。◂

各有关单位应当做好衔接工作，确保不遗漏。◂

以此为准。◂

完成后报送。◂

特此说明。◂
""".replace("◂", " ")


def test_a_table_that_lost_its_lines_is_read_row_by_row() -> None:
    reading = read_string(FLATTENED)
    (table,) = reading.tables
    assert table.columns == ("序号", "一级类别", "二级类别", "名称", "任务范围")
    terms, tests = "规范领域内常用词语的含义、写法和用法等。", "规范测试的方法、指标和流程，包括基本要求等。"
    devices = "规范手持设备的接口、性能等，保证互联互通互操作。"
    assert [row.cells for row in table.rows] == [
        ("1", "基础共性", "术语", "基本词汇", terms),
        ("2", "基础共性", "测试", "能力测试", tests),
        ("3", "基础共性", "测试", "性能测试", tests),
        ("4", "产品与服务", "智能终端", "手持设备", devices),
        ("5", "产品与服务", "智能终端", "车载设备", devices),
        ("6", "产品与服务", "云服务", "RPA", "规范流程自动化的接口、安全等。"),
    ]
    after = [b for b in reading.blocks if b.kind is Kind.PARAGRAPH]
    assert reading.text[after[1].start : after[1].end] == "下一段文字与表格无关，说明后续的安排。"


def test_a_numbered_list_under_the_word_number_is_no_table() -> None:
    assert read_string("编号 名称\n\n1. 第一件事是准备材料。\n2. 第二件事是提交。\n").tables == ()


CELL = st.one_of(
    st.sampled_from([*Merged]),
    st.sampled_from(["", "", "1", "2", "3", "甲", "AB 测试", "A 基础", "★★", "长 一些的 文字", "序号"]),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(CELL, max_size=5).map(tuple), max_size=8).map(tuple), st.integers(0, 3), st.booleans())
def test_no_grid_makes_it_fail_and_every_record_has_a_cell_for_each_column(
    rows: tuple[tuple[Cell, ...], ...], header: int, exact: bool
) -> None:
    columns, found = read_table(Grid(rows, header=header, exact=exact))
    assert all(len(row.cells) == len(columns) for row in found if not row.header)
    numbers = [n for row in found for n in row.source]
    assert len(numbers) == len(set(numbers))


TOKENS = st.sampled_from(["序号 ", "类别 ", "名称 ", "说明 ", "1 ", "2 ", "3 ", "4 ", "甲 ", "乙乙", "规范甲的要求，包括乙。 ", " ", "", "2 丙 ", "3 丁  ", "完。 "])  # fmt: skip


def rows_of(reading: Reading) -> list[str]:
    return [reading.text[b.start : b.end] for b in reading.blocks if b.kind is Kind.TABLE_ROW]


@settings(max_examples=200, deadline=None)
@given(st.lists(TOKENS, max_size=40))
def test_no_sequence_of_lines_makes_the_reader_of_flattened_tables_fail(lines: list[str]) -> None:
    reading = read_string("序号 \n类别 \n名称 \n1 \n" + "\n".join(lines))
    assert all(reading.text.count(row.split("\n")[0]) >= 1 for row in rows_of(reading))

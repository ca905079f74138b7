"""The PDF reader, on PDF files that the tests make themselves."""

import io
import itertools
import re
from collections.abc import Callable

import pypdfium2 as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from corpus.document import Kind
from corpus.errors import UnreadableFile
from corpus.readers import ocr, read
from corpus.readers.parts import Reading
from corpus.readers.pdf import read_pdf

WIDTH, HEIGHT = 595, 842
LEFT = 90
SENTENCE = "各单位应当按照统一规划分级负责的原则开展数据管理工作并定期报送进展情况"


class Page:
    """Draws on one page after the other, with places from the top left corner."""

    def __init__(self, **options: object) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        self._file = io.BytesIO()
        self.canvas = Canvas(self._file, pagesize=(WIDTH, HEIGHT), **options)  # type: ignore[arg-type]

    def text(self, x: float, y: float, words: str, size: float = 12, font: str = "STSong-Light") -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, HEIGHT - y, words)

    def paragraph(self, y: float, words: str, *, indent: bool = True, leading: float = 20, last: float = 780) -> float:
        """Chinese text in lines of 35 characters, the first indented by two; gives the place below."""
        first = 33 if indent else 35
        lines = [words[:first], *(words[i : i + 35] for i in range(first, len(words), 35))]
        for i, line in enumerate(lines):
            if y > last:
                self.turn()
                y = 80
            self.text(LEFT + (24 if indent and i == 0 else 0), y, line)
            y += leading
        return y

    def grid(self, top: float, xs: list[int], rows: list[list[str]], *, height: int = 20) -> float:
        """A table with its lines; a cell that says ^ is one with the cell above."""
        for r, row in enumerate(rows):
            y = top + r * height
            for c, words in enumerate(row):
                merged = words == "^"
                if not merged:
                    self.line(xs[c], y, xs[c + 1], y)
                    self.text(xs[c] + 3, y + 14, words, 10)
        bottom = top + len(rows) * height
        self.line(xs[0], bottom, xs[-1], bottom)
        for x in xs:
            self.line(x, top, x, bottom)
        return bottom

    def columns(self, y: float, xs: list[int], rows: list[list[str]], *, height: int = 20) -> float:
        """Rows that only stand in columns; gives the place below."""
        for row in rows:
            for x, words in zip(xs, row, strict=True):
                self.text(x, y, words, 10)
            y += height
        return y

    def three_lines(self, y: float, xs: list[int], rows: list[list[str]]) -> float:
        """A table with a line above, one below its header and one below itself."""
        for at in (y, y + 20, y + 20 * len(rows)):
            self.line(xs[0] - 4, at, 510, at)
        return self.columns(y + 14, xs, rows) + 10

    def line(self, x: float, y: float, u: float, v: float) -> None:
        self.canvas.line(x, HEIGHT - y, u, HEIGHT - v)

    def turn(self) -> None:
        self.canvas.showPage()

    def bytes(self) -> bytes:
        self.canvas.save()
        return self._file.getvalue()


def made(draw: Callable[[Page], object]) -> Reading:
    page = Page()
    draw(page)
    return read_pdf(page.bytes())


def texts(reading: Reading, *kinds: Kind) -> list[str]:
    return [reading.text[b.start : b.end] for b in reading.blocks if not kinds or b.kind in kinds]


PROSE = (Kind.PARAGRAPH, Kind.MASTHEAD, Kind.CREDITS, Kind.LIST_ITEM)


def test_lines_of_a_paragraph_are_joined_and_paragraphs_kept_apart() -> None:
    first, second = SENTENCE * 3 + "。", "另一段" + SENTENCE * 2 + "。"

    def draw(page: Page) -> None:
        page.paragraph(page.paragraph(100, first), second)

    assert texts(made(draw)) == [first, second]


def test_a_sentence_cut_by_a_page_break_goes_on_and_knows_where_the_page_turns() -> None:
    words = SENTENCE * 6 + "。"
    reading = made(lambda page: page.paragraph(740, words))
    assert texts(reading) == [words]
    (block,) = reading.blocks
    assert block.page == 1
    assert len(block.turns) == 1
    assert [box.page for box in block.boxes] == [1, 2]
    assert words[block.turns[0] :] == words[33 + 2 * 35 :]


def test_a_full_line_that_ends_a_sentence_ends_the_paragraph_only_where_the_next_is_indented() -> None:
    first, second = SENTENCE[:32] + "。", "其二" + SENTENCE * 2 + "。"
    reading = made(lambda page: page.paragraph(page.paragraph(100, first), second))
    assert texts(reading) == [first, second]


def test_running_headers_and_page_numbers_are_chrome_at_the_end_and_cut_no_sentence() -> None:
    words = [f"第{n}页的内容" + SENTENCE * 2 for n in "甲乙丙丁"]

    def draw(page: Page) -> None:
        for n, text in enumerate(words, 1):
            page.text(240, 40, "某市公报", 9)
            page.text(LEFT, 700, text[:35])
            page.text(LEFT, 720, text[35:70])
            page.text(285, 810, f"- {n} -", 9)
            page.turn()

    reading = made(draw)
    body = [b for b in reading.blocks if b.kind is not Kind.CHROME]
    assert len(body) == 1
    assert "公报" not in reading.text[: body[0].end]
    chrome = [b for b in reading.blocks if b.kind is Kind.CHROME]
    assert chrome[0].start > body[0].end
    assert "\n".join(texts(reading, Kind.CHROME)).split() == ["某市公报", *"- 1 - - 2 - - 3 - - 4 -".split()]


@pytest.mark.parametrize("number", ["第 3 页", "3/12", "- 3 -", "第3页 共12页", "Page 3 of 12"])
def test_a_page_number_is_known_on_a_single_page_too(number: str) -> None:
    def draw(page: Page) -> None:
        page.text(LEFT, 100, "本页只有一句话。")
        page.text(270, 815, number, 9)

    assert texts(made(draw), Kind.CHROME) == [number]


def test_text_that_only_stands_at_a_page_s_edge_is_no_chrome() -> None:
    def draw(page: Page) -> None:
        for words in ("第一页从这里开始。", "第二页说的是别的事。", "第三页讲结论。"):
            page.text(LEFT, 60, words)
            page.turn()

    assert texts(made(draw), Kind.CHROME) == []


def test_the_last_line_of_a_text_is_no_footer_though_it_is_the_same_on_many_pages() -> None:
    def draw(page: Page) -> None:
        for n in "甲乙丙":
            page.paragraph(730, f"{n}方" + SENTENCE * 2 + "。")
            page.turn()

    assert texts(made(draw)) == [f"{n}方" + SENTENCE * 2 + "。" for n in "甲乙丙"]


def test_annexes_that_begin_pages_are_no_running_headers() -> None:
    def draw(page: Page) -> None:
        for n in range(1, 5):
            page.text(LEFT, 60, f"附件{n}")
            page.paragraph(100, SENTENCE * 2 + "。")
            page.turn()

    assert texts(made(draw), Kind.HEADING) == ["附件1", "附件2", "附件3", "附件4"]


def test_a_figure_s_caption_comes_after_the_sentence_that_it_cuts() -> None:
    words = SENTENCE * 4 + "。"

    def draw(page: Page) -> None:
        page.paragraph(100, SENTENCE * 3 + "。")
        page.text(LEFT, 300, words[:35])
        page.text(LEFT, 320, words[35:70])
        page.text(240, 500, "图1 工作流程")
        page.paragraph(540, words[70:], indent=False)

    assert texts(made(draw))[1:] == [words, "图1 工作流程"]


def test_a_footnote_comes_after_the_paragraph_that_it_interrupts() -> None:
    words = SENTENCE * 4 + "。"

    def draw(page: Page) -> None:
        page.paragraph(100, SENTENCE * 5 + "。")
        for y, piece in ((700, words[:35]), (720, words[35:70])):
            page.text(LEFT, y, piece)
        page.text(LEFT, 760, "1", 5)
        page.text(LEFT + 4, 763, "某机构：《年度报告》，2024年，第12页。", 8)
        page.turn()
        page.paragraph(80, words[70:], indent=False)

    reading = made(draw)
    assert texts(reading)[-2:] == [words, "¹ 某机构：《年度报告》，2024年，第12页。"]
    assert reading.blocks[-1].kind is Kind.FOOTNOTE
    assert reading.blocks[-1].page == 1


def test_larger_lines_are_headings_and_rank_among_the_numbered_ones() -> None:
    def draw(page: Page) -> None:
        page.text(200, 80, "数据管理办法解读", 22)
        page.text(LEFT, 130, "一、总体要求", 16)
        page.text(LEFT, 160, "背景", 14)
        y = page.paragraph(190, SENTENCE * 2 + "。")
        page.text(LEFT, y + 10, "二、主要内容", 16)
        page.paragraph(y + 40, "另有规定的从其规定。" + SENTENCE * 2 + "。")

    reading = made(draw)
    headings = [(reading.text[b.start : b.end], b.level) for b in reading.blocks if b.kind is Kind.HEADING]
    assert headings == [("数据管理办法解读", 1), ("一、总体要求", 2), ("背景", 3), ("二、主要内容", 2)]


def test_a_larger_question_is_a_heading_with_a_number_or_without() -> None:
    def draw(page: Page) -> None:
        for i, title in enumerate(("办法适用于谁？", "1.2. 什么是公共数据？")):
            page.text(LEFT, 100 + 200 * i, title, 16)
            page.paragraph(140 + 200 * i, SENTENCE * 3 + "。")

    assert texts(made(draw), Kind.HEADING) == ["办法适用于谁？", "1.2. 什么是公共数据？"]


def test_a_running_title_with_the_page_number_beside_it_is_chrome() -> None:
    def draw(page: Page) -> None:
        for n in range(1, 5):
            page.text(LEFT, 50, "第二章 总体要求", 9)
            page.text(500, 50, str(n), 9)
            page.paragraph(100, f"第{n}页。" + SENTENCE * 2 + "。")
            page.turn()

    reading = made(draw)
    assert texts(reading, Kind.HEADING) == []
    assert "第二章 总体要求 1" in "".join(texts(reading, Kind.CHROME))


def test_a_heading_on_two_lines_is_one() -> None:
    def draw(page: Page) -> None:
        page.text(165, 80, "关于推进全市公共数据资源", 22)
        page.text(198, 110, "开发利用的若干意见", 22)
        page.paragraph(160, SENTENCE * 3 + "。")

    assert texts(made(draw), Kind.HEADING) == ["关于推进全市公共数据资源开发利用的若干意见"]


def test_a_numbered_item_that_wraps_is_no_heading() -> None:
    item = "（一）" + SENTENCE * 2 + "。"
    reading = made(lambda page: page.paragraph(page.paragraph(100, item), "（二）" + SENTENCE + "。"))
    assert texts(reading, Kind.HEADING) == []
    assert texts(reading, Kind.LIST_ITEM) == [item, "（二）" + SENTENCE + "。"]


def test_a_table_gives_rows_with_merged_cells_and_no_line_twice() -> None:
    rows = [["序号", "类别", "名称"], ["1", "基础", "术语"], ["2", "^", "架构"], ["3", "应用", "接口"]]

    def draw(page: Page) -> None:
        page.text(LEFT, 90, "表1 标准清单")
        page.grid(110, [90, 150, 250, 450], rows)
        page.text(LEFT, 220, "以上标准按期完成。")

    reading = made(draw)
    (table,) = reading.tables
    assert table.title == "表1 标准清单"
    assert table.columns == ("序号", "类别", "名称")
    assert [row.cells for row in table.rows] == [("1", "基础", "术语"), ("2", "基础", "架构"), ("3", "应用", "接口")]
    assert reading.text.count("架构") == 1
    assert texts(reading)[-1] == "以上标准按期完成。"


def test_a_table_that_goes_on_on_the_next_page_is_one_table_with_pages_and_boxes() -> None:
    xs = [90, 150, 250, 450]
    head = ["序号", "类别", "名称"]

    def draw(page: Page) -> None:
        page.text(LEFT, 90, "年度计划如下。")
        page.grid(740, xs, [head, ["1", "基础", "术语"], ["2", "", "测试方法的评"]])
        page.text(285, 820, "- 1 -", 9)
        page.turn()
        page.grid(60, xs, [head, ["", "", "价规范"], ["3", "应用", "接口"]])
        page.text(285, 820, "- 2 -", 9)

    reading = made(draw)
    (table,) = reading.tables
    assert [row.cells for row in table.rows] == [
        ("1", "基础", "术语"),
        ("2", "", "测试方法的评价规范"),
        ("3", "应用", "接口"),
    ]
    rows = [b for b in reading.blocks if b.kind is Kind.TABLE_ROW]
    assert [b.page for b in rows] == [1, 1, 2]
    assert [[box.page for box in b.boxes] for b in rows] == [[1], [1, 2], [2]]
    assert (rows[0].boxes[0].left, rows[0].boxes[0].top) == (90, 760)


def test_a_frame_around_text_is_no_table() -> None:
    def draw(page: Page) -> None:
        page.canvas.rect(80, 600, 440, 160)
        page.paragraph(120, "框内的话。" + SENTENCE * 2 + "。")

    reading = made(draw)
    assert reading.tables == ()
    assert texts(reading) == ["框内的话。" + SENTENCE * 2 + "。"]


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [f"左栏第{n}行文字写满了整整一栏的宽度" for n in "一二三四五六七八"]
    right = [f"右栏第{n}行文字写满了整整一栏的宽度" for n in "一二三四五六七八"]

    def draw(page: Page) -> None:
        for i in range(8):
            page.text(60, 100 + 20 * i, left[i])
            page.text(320, 100 + 20 * i, right[i])

    assert "".join(texts(made(draw))) == "".join(left + right)


def test_english_words_are_joined_with_blanks_and_a_hyphen_goes_only_where_the_word_is_known() -> None:
    def draw(page: Page) -> None:
        lines = [
            "The committee reviews each regulation before it is published in the regu-",
            "lation register, and every well-known standard is listed in the well-",
            "known annex that follows the regulation on the last page of the text.",
        ]
        for i, line in enumerate(lines):
            page.text(LEFT, 100 + 15 * i, line, 12, "Times-Roman")

    (text,) = texts(made(draw))
    assert "in the regulation register" in text
    assert "the well-known annex that" in text
    assert "\n" not in text


def test_letters_set_apart_are_words_and_chinese_set_apart_is_not_torn() -> None:
    def draw(page: Page) -> None:
        page.canvas.setFont("STSong-Light", 12)
        for i, letter in enumerate("中华人民共和国标准化法实施条例"):
            page.text(LEFT + i * 16, 100, letter)
        page.text(LEFT, 140, "本条例自 2025 年起施行。")

    assert texts(made(draw)) == ["中华人民共和国标准化法实施条例", "本条例自 2025 年起施行。"]


def test_slanted_watermarks_do_not_stand_in_the_text() -> None:
    def draw(page: Page) -> None:
        page.paragraph(100, SENTENCE * 3 + "。")
        page.canvas.saveState()
        page.canvas.translate(200, 650)
        page.canvas.rotate(45)
        page.canvas.setFont("Helvetica", 40)
        page.canvas.drawString(0, 0, "DRAFT")
        page.canvas.restoreState()

    reading = made(draw)
    assert texts(reading, Kind.PARAGRAPH) == [SENTENCE * 3 + "。"]
    assert texts(reading, Kind.CHROME) == ["DRAFT"]


def test_a_turned_page_is_read_as_it_is_shown() -> None:
    def draw(page: Page) -> None:
        page.canvas.setPageRotation(90)
        page.canvas.rotate(90)
        page.canvas.translate(0, -WIDTH)
        page.canvas.setFont("STSong-Light", 12)
        page.canvas.drawString(100, WIDTH - 100, "横向页面上的文字。")

    reading = made(draw)
    assert texts(reading) == ["横向页面上的文字。"]
    (box,) = reading.blocks[0].boxes
    assert abs(box.left - 100) < 1
    assert 85 < box.top < 100 < box.bottom < 105


def test_properties_are_given_where_people_wrote_them() -> None:
    page = Page()
    page.canvas.setTitle("数据管理办法")
    page.canvas.setAuthor("Administrator")
    page.text(LEFT, 100, "全文如下。")
    properties = read_pdf(page.bytes()).properties
    assert properties["title"] == "数据管理办法"
    assert "author" not in properties
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", properties["date"])


def test_text_drawn_twice_to_look_bold_is_read_once() -> None:
    def draw(page: Page) -> None:
        page.text(LEFT, 100, "重要事项说明。")
        page.text(LEFT + 0.3, 100, "重要事项说明。")

    assert texts(made(draw)) == ["重要事项说明。"]


def test_the_title_that_a_program_made_up_is_none() -> None:
    page = Page()
    page.canvas.setTitle("Microsoft Word - 草稿3.doc")
    page.text(LEFT, 100, "全文如下。")
    assert "title" not in read_pdf(page.bytes()).properties


def records(reading: Reading) -> list[tuple[str, ...]]:
    return [row.cells for table in reading.tables for row in table.rows]


def test_a_table_of_three_lines_is_one_and_the_prose_around_it_is_none() -> None:
    xs = [94, 160, 300, 420]
    rows = [["编号", "指标", "单位", "数值"], ["A1", "存量", "个", "12"], ["A2", "增量", "", "7"]]

    def draw(page: Page) -> None:
        y = page.paragraph(80, SENTENCE * 2 + "。")
        page.text(250, y, "表1 主要指标")
        y = page.three_lines(y + 10, xs, rows)
        page.text(94, y, "注：数值四舍五入。", 9)
        page.paragraph(y + 30, SENTENCE * 2 + "。")

    reading = made(draw)
    (table,) = reading.tables
    assert (table.title, table.columns) == ("表1 主要指标", ("编号", "指标", "单位", "数值"))
    assert records(reading) == [("A1", "存量", "个", "12"), ("A2", "增量", "", "7")]
    assert texts(reading)[-2:] == ["注：数值四舍五入。", SENTENCE * 2 + "。"]
    assert reading.text.count("存量") == 1


def test_cells_on_several_lines_are_whole_where_rows_stand_further_apart() -> None:
    def draw(page: Page) -> None:
        for y in (100, 120, 200):
            page.line(90, y, 510, y)
        page.columns(114, [94, 160, 300], [["编号", "名称", "说明"]])
        page.columns(140, [94, 160], [["A1", "目录"]])
        page.columns(134, [300], [["规定了目录怎样编制，"], ["以及怎样更新。"]], height=13)
        page.columns(177, [94, 160], [["A2", "接口"]])
        page.columns(171, [300], [["规定了接口怎样命名，"], ["以及怎样调用。"]], height=13)

    assert records(made(draw)) == [
        ("A1", "目录", "规定了目录怎样编制，以及怎样更新。"),
        ("A2", "接口", "规定了接口怎样命名，以及怎样调用。"),
    ]


def test_names_over_several_columns_are_part_of_the_names_of_each() -> None:
    def draw(page: Page) -> None:
        for y in (100, 140, 200):
            page.line(90, y, 510, y)
        page.text(240, 114, "二〇二二年数量", 10)
        page.columns(134, [94, 220, 300], [["地区", "国内", "国外"]])
        page.columns(154, [94, 220, 300], [["东部", "120", "40"], ["西部", "90", "30"]])

    (table,) = made(draw).tables
    assert table.columns == ("地区", "二〇二二年数量/国内", "二〇二二年数量/国外")
    assert [row.cells for row in table.rows] == [("东部", "120", "40"), ("西部", "90", "30")]


def test_a_name_in_the_middle_of_its_rows_is_given_to_each_of_them() -> None:
    rows = [["类别", "指标", "权重"], ["", "准确", "20"], ["", "完整", "30"], ["", "及时", "25"], ["", "稳定", "25"]]

    def draw(page: Page) -> None:
        y = page.three_lines(100, [94, 200, 350], rows)
        assert y == 224
        page.columns(144, [94], [["质量"], ["时效"]], height=40)

    assert [row[:2] for row in records(made(draw))] == [
        ("质量", "准确"),
        ("质量", "完整"),
        ("时效", "及时"),
        ("时效", "稳定"),
    ]


def test_a_table_under_its_shaded_header_with_a_line_below_each_row() -> None:
    rows = [["Standard", "Title", "Year"], ["X 1", "Vocabulary", "2021"], ["X 2", "Interfaces", "2022"]]

    def draw(page: Page) -> None:
        page.canvas.setFillGray(0.85)
        page.canvas.rect(90, HEIGHT - 120, 420, 20, stroke=0, fill=1)
        page.canvas.setFillGray(0)
        page.columns(114, [94, 200, 400], rows)
        for y in (120, 140, 160):
            page.line(90, y, 510, y)

    (table,) = made(draw).tables
    assert table.columns == ("Standard", "Title", "Year")
    assert [row.cells for row in table.rows] == [("X 1", "Vocabulary", "2021"), ("X 2", "Interfaces", "2022")]


@pytest.mark.parametrize("header", [True, False])
def test_a_table_without_upright_lines_goes_on_on_the_next_page(header: bool) -> None:
    xs, head = [94, 160, 420], ["序号", "项目", "金额"]
    rows = [[str(n), f"第{n}个项目", f"{n}0.5"] for n in range(1, 9)]

    def draw(page: Page) -> None:
        page.paragraph(80, SENTENCE * 2 + "。")
        page.text(250, 680, "表1 项目")
        page.line(90, 690, 510, 690)
        page.line(90, 710, 510, 710)
        page.columns(704, xs, [head, *rows[:3]])
        page.text(285, 815, "- 1 -", 9)
        page.turn()
        page.columns(80, xs, [*([head] if header else []), *rows[3:]])
        page.text(285, 815, "- 2 -", 9)

    reading = made(draw)
    (table,) = reading.tables
    assert [row.cells for row in table.rows] == [tuple(row) for row in rows]
    assert {b.page for b in reading.blocks if b.kind is Kind.TABLE_ROW} == {1, 2}


@pytest.mark.parametrize(
    "rows",
    [
        [["序号", "任务", "牵头单位"], ["1", "编制目录", "示例处"], ["2", "组织培训", "示例室"]],
        [["项目", "金额", "占比"], ["硬件", "12.5", "40%"], ["软件", "8.3", "30%"], ["合计", "20.8", "70%"]],
    ],
)
def test_columns_under_a_header_are_a_table_where_rows_are_counted_or_have_figures(rows: list[list[str]]) -> None:
    def draw(page: Page) -> None:
        y = page.columns(page.paragraph(80, SENTENCE * 2 + "。") + 20, [94, 200, 400], rows)
        page.paragraph(y + 10, SENTENCE * 2 + "。")

    reading = made(draw)
    assert [table.columns for table in reading.tables] == [tuple(rows[0])]
    assert records(reading) == [tuple(row) for row in rows[1:]]


@pytest.mark.parametrize(
    "rows",
    [
        [["会议时间", "五月六日上午"], ["会议地点", "三层会议室"], ["会议议程", "学习文件"]],
        [["姓名：", "____"], ["单位：", "____"], ["电话：", "____"]],
        [["甲方（盖章）：", "乙方（盖章）："], ["代表人：", "代表人："], ["2024年5月1日", "2024年5月1日"]],
        [["第一部分 总体情况", "1"], ["第二部分 主要工作", "5"], ["附录", "12"]],
        [["内容", "页码"], ["总体情况", "1"], ["主要工作", "5"], ["下一步打算", "12"], ["附录", "20"]],
        [["张三", "李四"], ["王五", "赵六"], ["钱七", "孙八"], ["周九", "吴十"]],
        [["1.", "建立台账"], ["2.", "定期更新"], ["3.", "开展评估"], ["4.", "组织培训"]],
        [["API", "接口"], ["CPU", "处理器"], ["GPU", "图形处理器"]],
    ],
)
def test_forms_contents_signatures_and_lists_in_columns_are_no_tables(rows: list[list[str]]) -> None:
    assert made(lambda page: page.columns(100, [94, 300], rows)).tables == ()


def test_the_lines_around_those_who_get_copies_are_no_table() -> None:
    def draw(page: Page) -> None:
        page.columns(94, [130, 350], [["2024年5月6日", "2024年5月6日"]])
        for y in (100, 120, 140):
            page.line(90, y, 510, y)
        page.text(94, 114, "抄送：各有关部门。", 10)
        page.columns(134, [94, 400], [["示例办公室", "2024年5月7日印发"]])

    assert made(draw).tables == ()


def test_a_numbered_list_of_rows_is_not_read_as_two_columns_of_prose() -> None:
    rows = [[str(n), f"第{n}个建设工程项目的名称", f"第{n}科", f"{n}0.5"] for n in range(1, 21)]
    reading = made(lambda page: page.columns(100, [94, 120, 330, 430], rows))
    assert texts(reading)[2] == "3\t第3个建设工程项目的名称\t第3科\t30.5"


def test_the_last_page_of_a_text_in_two_columns_has_them_too_and_a_line_over_both_is_whole() -> None:
    def draw(page: Page) -> None:
        page.text(231, 80, "作者甲", 12)
        page.text(310, 80, "作者乙", 12)
        for i in range(12):
            page.text(60, 120 + 20 * i, "左栏的一行文字写满了整整一栏宽度了")
            page.text(340, 120 + 20 * i, "右栏的一行文字写满了整整一栏宽度了")
        page.turn()
        for i, words in enumerate("甲乙"):
            page.text(60, 80 + 20 * i, f"左{words}行文字写满了整整一栏的宽度为止")
            page.text(340, 80 + 20 * i, f"右{words}行文字写满了整整一栏的宽度为止")

    words = texts(made(draw))
    assert words[0].split() == ["作者甲", "作者乙"]
    assert "左乙行文字写满了整整一栏的宽度为止右甲行" in "".join(words)


def test_an_upright_watermark_over_the_text_stands_in_no_line_of_it_on_any_page() -> None:
    def draw(page: Page) -> None:
        for lines in (6, 2):
            page.text(150, 180, "征求意见稿", 48)
            page.paragraph(100, (SENTENCE * lines)[: 35 * lines - 3] + "。")
            page.turn()

    reading = made(draw)
    assert texts(reading, Kind.PARAGRAPH, Kind.HEADING) == [
        (SENTENCE * 6)[:207] + "。",
        (SENTENCE * 2)[:67] + "。",
    ]
    assert texts(reading, Kind.CHROME) == ["征求意见稿"]


def test_an_item_whose_number_stands_far_in_front_is_whole() -> None:
    def draw(page: Page) -> None:
        for n, y in ((1, 100), (2, 160)):
            page.text(LEFT, y, f"({n})", 12, "Times-Roman")
            page.text(
                LEFT + 48, y, "The secretary shall keep a register of all bodies that were named and", 12, "Times-Roman"
            )
            page.text(LEFT + 48, y + 15, f"shall publish it once a year in part {n}.", 12, "Times-Roman")

    assert texts(made(draw), Kind.HEADING) == []
    assert texts(made(draw), Kind.LIST_ITEM) == [
        f"({n}) The secretary shall keep a register of all bodies that were named and shall publish it once a year"
        f" in part {n}."
        for n in (1, 2)
    ]


def test_blanks_at_quotation_marks_and_dashes_between_latin_words_are_kept() -> None:
    def draw(page: Page) -> None:
        x = float(LEFT)
        for word in ("A", "“body”", "means", "—", "Part", "1", "—", "a", "person."):
            page.text(x, 100, word, 12, "Times-Roman")
            x += pdfmetrics.stringWidth(word, "Times-Roman", 12) + 3

    assert texts(made(draw)) == ["A “body” means — Part 1 — a person."]


def test_a_raised_number_is_a_note_s_mark_though_it_is_nearly_as_large_as_the_text() -> None:
    def draw(page: Page) -> None:
        page.text(LEFT, 100, "总量达到226个")
        page.text(LEFT + 12 * 7, 96, "2", 10)

    assert texts(made(draw)) == ["总量达到226个²"]


def test_the_letterhead_is_not_the_title_and_a_title_on_two_lines_is_one() -> None:
    def draw(page: Page) -> None:
        page.text(150, 80, "示例省数据局文件", 32)
        page.text(240, 130, "示数发〔2024〕15号")
        page.text(180, 190, "关于编制公共数据目录", 22)
        page.text(213, 222, "有关工作的通知", 22)
        page.paragraph(280, SENTENCE * 3 + "。")

    assert texts(made(draw), Kind.HEADING) == ["关于编制公共数据目录有关工作的通知"]


def test_a_signature_and_its_date_end_before_what_begins_at_the_margin() -> None:
    def draw(page: Page) -> None:
        page.paragraph(100, SENTENCE * 4 + "。")
        page.text(400, 300, "示例省数据局")
        page.text(404, 320, "2024年3月8日于某市")
        page.text(LEFT + 24, 340, "（联系人：张三）")

    assert texts(made(draw))[-3:] == ["示例省数据局", "2024年3月8日于某市", "（联系人：张三）"]


def test_the_longest_line_of_a_slide_does_not_take_in_the_next_point() -> None:
    def draw(page: Page) -> None:
        page.canvas.setPageSize((HEIGHT, WIDTH))
        for i, words in enumerate(("完成目录编制", "建成平台一个，覆盖各个行业的业务系统", "下一步计划", "扩大范围")):
            page.canvas.setFont("STSong-Light", 20)
            page.canvas.drawString(60, 400 - 40 * i, words)

    assert texts(made(draw)) == ["完成目录编制", "建成平台一个，覆盖各个行业的业务系统", "下一步计划", "扩大范围"]


def scanned(words: str) -> bytes:
    """A PDF whose page is a picture of text."""
    page = Page()
    page.text(LEFT, 100, words, 20)
    picture = pdfium.PdfDocument(page.bytes())[0].render(scale=2).to_pil()
    out = io.BytesIO()
    picture.save(out, "PDF", resolution=144)
    return out.getvalue()


def test_pictures_without_ocr_are_refused_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    with pytest.raises(UnreadableFile, match="make ocr") as caught:
        read_pdf(scanned("图片中的文字"))
    assert "make ocr" in caught.value.zh


def test_a_picture_among_pages_of_text_is_noted_where_there_is_no_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    pages = pdfium.PdfDocument.new()
    written = Page()
    written.text(LEFT, 100, "第一页有文字，可以检索。")
    for data in (written.bytes(), scanned("图片中的文字")):
        pages.import_pages(pdfium.PdfDocument(data))
    out = io.BytesIO()
    pages.save(out)
    reading = read_pdf(out.getvalue())
    assert texts(reading) == ["第一页有文字，可以检索。"]
    (note,) = reading.notes
    assert "1 of its pages are pictures and were not read (2)" in note.en
    assert "make ocr" in note.zh
    monkeypatch.setattr(ocr, "available", lambda: True)
    monkeypatch.setattr(ocr, "read_picture", lambda _: [])
    assert read_pdf(out.getvalue()).notes == ()


def test_pictures_are_read_by_ocr_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    scale = 200 / 72
    seen = [ocr.Words("图片中的文字", 90 * scale, 82 * scale, 210 * scale, 102 * scale)]
    monkeypatch.setattr(ocr, "available", lambda: True)
    monkeypatch.setattr(ocr, "read_picture", lambda picture: seen if picture.ndim == 3 else [])
    reading = read_pdf(scanned("图片中的文字"))
    assert texts(reading) == ["图片中的文字"]
    (box,) = reading.blocks[0].boxes
    assert abs(box.left - 90) < 1
    assert abs(box.right - 210) < 1
    assert 78 < box.top < 90 < box.bottom < 106


def test_a_real_ocr_engine_reads_a_line() -> None:
    if not ocr.available():
        pytest.skip("OCR is not installed")
    assert "数据管理办法" in "".join(texts(read_pdf(scanned("数据管理办法"))))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"PK\x03\x04 a zip file", "no PDF"),
        (b"%PDF-1.7\nnothing more", "damaged"),
        (b"%PDF-1.7\n%%EOF\n", "damaged"),
    ],
)
def test_what_is_no_pdf_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read_pdf(data)


def test_a_file_cut_short_is_refused() -> None:
    page = Page()
    for _ in range(3):
        page.paragraph(100, SENTENCE * 3)
        page.turn()
    data = page.bytes()
    for share in (0.3, 0.6, 0.95):
        with pytest.raises(UnreadableFile, match="damaged or incomplete"):
            read_pdf(data[: int(len(data) * share)])


def test_a_file_with_a_password_is_refused() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    page = Page(encrypt=StandardEncryption("open sesame", ownerPassword="owner"))
    page.text(LEFT, 100, "不公开的文字。")
    with pytest.raises(UnreadableFile, match="password") as caught:
        read_pdf(page.bytes())
    assert "密码" in caught.value.zh


def test_a_file_that_anyone_may_open_is_read_though_it_is_encrypted() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    page = Page(encrypt=StandardEncryption("", ownerPassword="owner", canCopy=0))
    page.text(LEFT, 100, "可以阅读的文字。")
    assert texts(read_pdf(page.bytes())) == ["可以阅读的文字。"]


def test_a_pdf_without_any_text_is_refused_by_name() -> None:
    page = Page()
    page.turn()
    with pytest.raises(UnreadableFile, match="no text"):
        read(page.bytes(), uri="test:a.pdf", source="a.pdf")


def whole() -> bytes:
    page = Page()
    page.text(200, 60, "年度报告", 20)
    page.grid(100, [90, 200, 400], [["甲", "乙"], ["丙", "丁"]])
    page.paragraph(200, SENTENCE * 3 + "。")
    return page.bytes()


WHOLE = whole()


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=12))
def test_a_damaged_file_is_read_or_refused_and_never_a_fault(changes: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for place, byte in changes:
        data[place] = byte
    try:
        reading = read_pdf(bytes(data))
    except UnreadableFile:
        return
    assert all(0 <= b.start < b.end <= len(reading.text) for b in reading.blocks)
    assert all(a.end <= b.start for a, b in itertools.pairwise(reading.blocks))

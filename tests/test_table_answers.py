"""Questions about the rows of tables: several cells at once, in the other language, the most, ratings; and questions
that ask nothing of rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from assistant.answering.table_groups import cells_said
from assistant.answering.table_words import shortened, words_of
from assistant.core import Assistant, Question
from assistant.settings import Settings
from assistant.wiring import Workplace
from conftest import add, checked
from corpus.document import Row, Table

GARDENS = """---
title: 青川省园林标准指南
region: 青川省
---

# 青川省园林标准指南

## 概况

公园管理面临资金不足、人员短缺等风险。全省园林企业有320家。

表2 青川省园林工作小组

| 养护组 | 宣传组 |
|---|---|
| YH1: 树木与草坪 | |
| YH2: 湖泊和水质 | |
| YH3: 道路、照明和长椅 | |
| | XC1: 园林工作报 |
| | XC2: 园林工作广播 |
| | XC3: 学校讲座 |

## 附录 《园林体系》清单

表1 《园林体系》清单

| 序号 | 一级类型 | 二级类型 | 标准名称 | 缓急程度 |
|---|---|---|---|---|
| 1 | 公园 | 城市公园 | 湖面养护规范 | ★★★ |
| 2 | 公园 | 城市公园 | 步道照明规范 | ★ |
| 3 | 公园 | 城市公园 | 长椅维修规范 | ★ |
| 4 | 公园 | 社区公园 | 沙坑清洁规范 | ★★ |
| 5 | 教育 | 智能教育 | 植物课堂规范 | ★★ |
| 6 | 教育 | 智能教育 | 花卉图谱规范 | ★★★ |
| 7 | 教育 | 学校苗圃 | 苗圃灌溉规范 | ★ |
"""


@pytest.fixture(scope="module")  # questions change nothing
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with closing(Workplace(Settings(data=tmp_path_factory.mktemp("tables") / "data", samples="never"))) as place:
        add(place, GARDENS, "gardens.md")
        yield place.assistant


@pytest.mark.parametrize(
    ("question", "said", "rows"),
    [
        ("青川清单里城市公园和智能教育各有几项标准？", ["城市公园共 3 项", "智能教育共 2 项"], 5),
        (
            "青川清单里城市公园和智能教育谁的标准多？",
            ["城市公园共 3 项", "智能教育共 2 项", "最多的是城市公园：3 项"],
            5,
        ),
        ("青川清单里智能教育和社区公园加起来一共多少项？", ["智能教育共 2 项", "社区公园共 1 项", "合计 3 项"], 3),
        ("青川清单里一颗星和两颗星的标准各有几项？", ["★共 3 项", "★★共 2 项"], 5),
        ("青川急办标准清单中标了一颗星的有哪几项？", ["★共 3 项"], 3),
        ("青川清单里哪个二级类型的标准最多？", ["城市公园最多，共 3 项"], 3),
        ("青川清单里哪一类的标准最多？", ["中公园最多，共 4 项"], 4),
        ("青川清单教育里哪一类列的标准最多，几项？", ["智能教育、教育最多，共 2 项"], 2),
    ],
)
def test_each_of_several_cells_is_counted_and_its_rows_cited(
    assistant: Assistant, question: str, said: list[str], rows: int
) -> None:
    answer = checked(assistant, question)
    assert all(piece in answer.text for piece in said), answer.text
    assert len(answer.citations) == rows


@pytest.mark.parametrize(
    ("question", "said", "rows"),
    [
        ("How many standards are there for city parks in the list?", ["has 3 standards for 城市公园"], 3),
        ("City parks or smart education: which has more standards in the list?", ["has 2 entries for 智能教育", "Most: 城市公园 (3)"], 5),
        ("Which standards in the list carry only one star?", ["has 3 entries for ★:"], 3),
        ("Which class of the list has the most standards?", ["has the most, 4 entries for 公园"], 4),
        ("Which titles in Qingchuan's annex are rated one star, i.e. the lowest grade?", ["has 3 entries for ★:"], 3),
        ("In the annex: list every standard filed under city parks.", ["has 3 entries for 城市公园:"], 3),
        ("How many second-level types does education have in the table?", ["智能教育; 学校苗圃"], 3),
    ],
)  # fmt: skip
def test_an_english_question_counts_the_rows_of_a_chinese_table(
    assistant: Assistant, question: str, said: list[str], rows: int
) -> None:
    answer = checked(assistant, question)
    assert all(piece in answer.text for piece in said), answer.text
    assert len(answer.citations) == rows


def test_who_asks_for_a_rating_gets_the_row_and_no_count(assistant: Assistant) -> None:
    answer = checked(assistant, "湖面养护规范在青川清单里几颗星？")
    assert "缓急程度：★★★" in answer.text
    assert "共" not in answer.text


@pytest.mark.parametrize(
    ("question", "said", "rows"),
    [
        ("跟照明或长椅有关的，青川清单里有哪几条？", "照明、长椅共 2 条：", ["步道照明规范", "长椅维修规范"]),
        ("青川清单里涉及苗圃的标准有几项？", "苗圃共 1 项：", ["苗圃灌溉规范"]),
        ("Which entries in the list are about flowers?", "has 1 entry for flowers:", ["花卉图谱规范"]),
    ],
)
def test_who_asks_for_rows_about_something_gets_all_whose_names_say_it(
    assistant: Assistant, question: str, said: str, rows: list[str]
) -> None:
    answer = checked(assistant, question)
    assert said in answer.text
    assert [name for statement in answer.statements for name in statement.text.split("；")] == rows
    assert len(answer.citations) == len(rows)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("青川管水污染的是哪个养护组？", "YH2"),
        ("照明归第几养护组？", "YH3"),
        ("Which maintenance group deals with lakes?", "YH2"),
    ],
)
def test_a_code_is_found_by_what_it_stands_for(assistant: Assistant, question: str, said: str) -> None:
    (statement,) = checked(assistant, question).statements
    assert said in statement.text


def test_what_all_rows_are_about_tells_none_of_them_apart(assistant: Assistant) -> None:
    assert "共 3 个" in checked(assistant, "青川省园林工作小组的宣传组有几个？").text


def test_a_row_that_is_all_that_was_asked_for_is_told_whole(assistant: Assistant) -> None:
    text = checked(assistant, "青川清单里花卉图谱规范有几项？").text
    assert "二级类型：智能教育" in text


def test_a_title_with_marks_of_its_own_stands_in_the_right_marks(assistant: Assistant) -> None:
    text = checked(assistant, "青川清单里社区公园有几项标准？").text
    assert "《表1 〈园林体系〉清单》中社区公园共 1 项" in text or "《〈园林体系〉清单》中社区公园共 1 项" in text


@pytest.mark.parametrize(
    "question",
    [
        "公园管理有哪些风险？",
        "花卉图谱规范有几个部分？",
        "青川省有多少家园林企业？",
        "公园和教育有多少家企业参与？",
        "清单里城市公园和智能教育有多少家企业参与？",
        "在青川省的园林体系清单里，公园当中哪一类的企业最多？",
        "青川省公园里哪一类的标准最多？",
        "What risks does the management of parks face?",
        "How many companies are there in Qingchuan's gardens?",
        "Which companies in the annex are rated one star?",
    ],
)
def test_who_asks_nothing_of_rows_is_told_no_count_of_them(assistant: Assistant, question: str) -> None:
    text = assistant.ask(Question(question)).text
    assert "清单》中" not in text
    assert "清单” has" not in text


def test_words_of_the_other_language_say_a_cell_only_where_they_stand_together() -> None:
    assert words_of("standards for smart cities").says("智慧城市")
    assert not words_of("smart people who live outside of all these cities").says("智慧城市")
    assert not words_of("Which does the table list under smart parks?").says("智慧生产"), "a list is no product"
    assert not words_of("second-level types").says("三级类型")
    assert words_of("third-level types").says("三级类型")


def test_a_shortened_cell_says_more_than_one_that_is_a_part_of_it() -> None:
    boats = Table("", ("类型", "标准"), (Row(0, 1, ("太阳能", "甲规范")), Row(2, 3, ("太阳能汽艇", "乙规范"))))
    assert cells_said(words_of("太阳能艇下面排了哪些标准"), boats)[0] == {0: ["太阳能汽艇"]}
    assert cells_said(words_of("太阳能下面排了哪些标准"), boats)[0] == {0: ["太阳能"]}


def test_a_short_form_that_may_be_of_several_names_says_none() -> None:
    assert shortened("湖面船舶", ["湖面上船舶", "湖面大船舶"]) == {}
    assert shortened("湖船", ["湖面上船"]) == {}

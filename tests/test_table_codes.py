"""Coded items of tables and lists, such as JWG 4: …: told one by one and counted by their family, and by their code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assistant.core import Assistant, Question
from assistant.settings import Settings
from assistant.wiring import Workplace
from conftest import add, checked

HARBOURS = """# 港口协作年报

## 组织

海港协会（HA）设航道分会和货运分会，各分会下设小组（见表3）。海港协会现有成员单位42家。

表3 海港协会内部设置

| 航道分会 (DV 1) | 货运分会 (DV 2) |
|---|---|
| TG 1: 潮汐观测小组 | |
| TG 2: 浮标维护小组 | |
| JTG 1: 疏浚船舶联合小组 | |
| JTG 3: 冰情通报联合小组 | |
| JTG 4: 引航员培训联合小组 | |
| | TG 1: 集装箱堆放小组 |
| | JTG 2: 冷藏货物联合小组 |
| | TG 5: 危险品申报小组 |

## 试点

各地设下列试点。

- PL-N: 北岸试点
- PL-S: 南岸试点
- PL-W: 西岛试点

## 问答

- Q1: 夜间可以进港吗？
- Q2: 大雾可以进港吗？

## 规程

- AB 1: 系泊标准
- AB 2: 拖带标准
"""

LAKES = """# Yearbook of the lake board

## Bodies

The board works through panels and teams (see Table 2).

Table 2 Bodies of the lake board

| Study panels (SP) | Field teams (FT) |
|---|---|
| SP 1: Water levels; SP 2: Fish stocks; SP 3: Ferries | FT-E: East shore; FT-W: West shore |
"""


@pytest.fixture(scope="module")  # questions change nothing
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with closing(Workplace(Settings(data=tmp_path_factory.mktemp("codes") / "data", samples="never"))) as place:
        add(place, HARBOURS, "harbours.md")
        add(place, LAKES, "lakes.md")
        yield place.assistant


@pytest.mark.parametrize(
    ("question", "said", "rows"),
    [
        ("DV 1有哪些联合小组？", ["航道分会 (DV 1)、JTG共 3 项：", "JTG 3: 冰情通报联合小组"], 3),
        ("航道分会的JTG一共几个？", ["JTG共 3 个：", "JTG 4: 引航员培训联合小组"], 3),
        ("DV 1的小组连联合小组一起总共几个？", ["航道分会 (DV 1)共 5 个：", "TG 2: 浮标维护小组", "JTG 4: 引航员培训联合小组"], 5),
        ("DV 1有几个普通小组、几个联合小组？", ["TG共 2 个：", "JTG共 3 个："], 5),
        ("航道分会和货运分会谁的小组更多？", ["航道分会 (DV 1)共 5 ", "货运分会 (DV 2)共 3 ", "最多的是航道分会 (DV 1)"], 8),
        ("各地试点（PL）有哪些？", ["共 3 项：", "PL-W: 西岛试点"], 3),
    ],
)  # fmt: skip
def test_the_items_of_a_family_are_told_counted_and_cited(
    assistant: Assistant, question: str, said: list[str], rows: int
) -> None:
    answer = checked(assistant, question)
    assert all(piece in answer.text for piece in said), answer.text
    assert len(answer.citations) == rows


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How many study panels does the lake board have?", ["has 3 study panels", "SP 1: Water levels; SP 2: Fish stocks; SP 3: Ferries"]),
        ("Which field teams does the lake board have?", ["has 2 entries for Field teams (FT):", "FT-E: East shore; FT-W: West shore"]),
        ("How many TGs and JTGs does DV 1 have in total?", ["has 5 TGs and JTGs for 航道分会 (DV 1):"]),
        ("What are the JTGs of DV 1?", ["has 3 JTG for 航道分会 (DV 1):", "JTG 1: 疏浚船舶联合小组"]),
    ],
)  # fmt: skip
def test_an_english_question_asks_for_a_family_as_well(assistant: Assistant, question: str, said: list[str]) -> None:
    answer = checked(assistant, question)
    assert all(piece in answer.text for piece in said), answer.text


def test_a_code_in_two_columns_is_read_in_the_one_that_is_named(assistant: Assistant) -> None:
    (statement,) = checked(assistant, "DV 2的TG 1是做什么的？").statements
    assert "集装箱堆放小组" in statement.text


@pytest.mark.parametrize(
    "question",
    [
        "海港协会有多少家成员单位？",
        "夜间进港有几个要求吗？",
        "有哪些标准？",
        "DV 1的联合小组有多少名专家？",
        "湖区协会有几个联合小组？",
        "航道分会的小组每年开几次会？",
        "How many experts sit on the study panels of the lake board?",
        "How many study panels does the river board of Norway have?",
    ],
)
def test_what_a_table_does_not_say_of_a_family_is_no_count_of_it(assistant: Assistant, question: str) -> None:
    text = assistant.ask(Question(question)).text
    assert "共 " not in text
    assert "” has" not in text


def test_a_number_that_the_text_says_itself_is_quoted_and_not_counted(tmp_path: Path) -> None:
    text = HARBOURS.replace("各分会下设小组", "各分会共下设5个联合小组和3个小组")
    with closing(Workplace(Settings(data=tmp_path / "data", samples="never"))) as place:
        add(place, text, "harbours.md")
        assert "5个联合小组" in checked(place.assistant, "海港协会各分会下设多少个联合小组？").statements[0].text

"""Questions how many classes a section has: by a sentence that lists them, by the headings under it, by its items."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from assistant.core import Assistant, Question
from assistant.settings import Settings
from assistant.wiring import Workplace
from conftest import add, checked

ORCHARDS = """---
title: 青川省果园标准指南
region: 青川省
---

# 青川省果园标准指南

## 一、总体要求

果园标准体系由栽培技术、采收管理、果品安全、加工应用等4个部分组成。

## 二、栽培技术标准

栽培技术标准主要包括嫁接、修剪、灌溉、施肥、疏果、套袋等标准。

1. 嫁接标准。规范砧木、接穗、刀具的要求。
2. 修剪标准。规范冬剪、夏剪、拉枝的时间。
3. 灌溉标准。规范滴灌、喷灌、沟灌的水量。
4. 施肥标准。规范有机肥的用量。
5. 疏果标准。规范留果的距离。
6. 套袋标准。规范纸袋的层数。

## 三、采收管理标准

规范梨、桃、李、杏等果品的采收。

1. 采摘标准。规范采摘的工具。
2. 分级标准。规范分级的尺寸。

## 四、果品安全标准

果品安全标准覆盖农药、重金属、微生物三个领域。

## 五、野果保护

### （一）工作范围

1. 野梨保护。登记百年的野梨树。
2. 野蜂保护。禁止开花时喷药。
3. 水源保护。清理果园的溪沟。

### （二）今年任务

今年建立名录。

## 六、果园旅游

### （一）工作范围

1. 采摘体验。开放成熟的果园。
2. 赏花路线。连接相邻的果园。

### （二）今年任务

今年设计路线。

## 七、江源果园

- 江源果园在青川省北面的山谷里，占地三百亩，种梨和桃两种果树。
- 江源果园每年十月开放给游客参观，门票由县里统一印制。

## 八、附录：各县的果园案例

### （一）老园改造增产

长溪县嫁接老树，产量翻番。

### （二）滴灌节约用水

白水县改用滴灌，用水减半。
"""


@pytest.fixture(scope="module")  # questions change nothing
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with closing(Workplace(Settings(data=tmp_path_factory.mktemp("sections") / "data", samples="never"))) as place:
        add(place, ORCHARDS, "orchards.md")
        yield place.assistant


@pytest.mark.parametrize("question", ["青川指南的栽培技术一章列了多少类？", "青川指南的栽培技术标准一共有几类？"])
def test_a_sentence_that_lists_the_classes_of_a_section_is_quoted_and_counted(
    assistant: Assistant, question: str
) -> None:
    answer = checked(assistant, question)
    assert [s.text for s in answer.statements] == ["栽培技术标准主要包括嫁接、修剪、灌溉、施肥、疏果、套袋等标准。"]
    assert "（共列出 6 类）" in answer.text


def test_an_english_question_counts_the_classes_of_a_chinese_section(assistant: Assistant) -> None:
    assert "(6 are listed)" in checked(assistant, "How many kinds of cultivation technology standards are there?").text


def test_a_sentence_that_says_the_number_itself_is_not_counted(assistant: Assistant) -> None:
    answer = checked(assistant, "青川指南的果品安全标准分几个领域？")
    assert [s.text for s in answer.statements] == ["果品安全标准覆盖农药、重金属、微生物三个领域。"]
    assert "共列出" not in answer.text


def test_items_are_counted_where_the_sentence_above_them_lists_something_else(assistant: Assistant) -> None:
    answer = checked(assistant, "青川指南的采收管理标准分为几类？")
    assert "“采收管理标准”下共 2 类：" in answer.text
    assert [s.text for s in answer.statements] == ["采摘标准。", "分级标准。"]


def test_the_headings_under_a_section_are_its_classes(assistant: Assistant) -> None:
    answer = checked(assistant, "青川指南的附录把案例分成几个主题？")
    assert "下共 2 个：" in answer.text
    assert [s.text for s in answer.statements] == ["老园改造增产", "滴灌节约用水"]


def test_headings_that_each_section_beside_it_has_as_well_are_no_classes(assistant: Assistant) -> None:
    answer = checked(assistant, "青川指南的野果保护分为几个方面？")
    assert "“野果保护”下共 3 个：" in answer.text
    assert [s.text for s in answer.statements] == ["野梨保护。", "野蜂保护。", "水源保护。"]


def test_classes_of_several_sections_are_summed_up(assistant: Assistant) -> None:
    text = checked(assistant, "青川指南的栽培技术标准和采收管理标准加起来一共多少类？").text
    assert "（共列出 6 类）" in text
    assert "合计 8 类。" in text


@pytest.mark.parametrize(
    "question",
    [
        "青川指南的栽培技术标准涉及几类拖拉机？",
        "青川指南的附录里长溪县产量翻了几番？",
        "青川指南的江源果园分成几块？",
    ],
)
def test_who_asks_for_something_else_is_not_told_how_many_classes_a_section_has(
    assistant: Assistant, question: str
) -> None:
    text = assistant.ask(Question(question)).text
    assert "共列出" not in text
    assert "下共" not in text

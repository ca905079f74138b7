"""Questions how many classes a section has: by a sentence that lists them, by the headings under it, by its items."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

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

## 九、管理规定

### （一）园地管理

#### 1. 地方法规

《青川省果园条例》（省令第 8 号）

《青川省林地办法》（省令第 11 号）

《青川省溪水条例》

#### 2. 国家标准文件

《梨的分级》

GB/T 90001-2020《苹果的贮藏》

### （二）管理原则

先种后收、量力而行。以果园的现有人手为准，逐年扩大面积，不求一年完成。

保水护土、不施农药。山坡上的果园留草，溪边的果园种树，冬天不翻地。春天再补种豆类，每年检查一次。

### （三）丰收经验助力山区农户增收案例

江源果园把梨做成果干。果干卖到三个省，农户每亩多收八百元，又请了二十个邻居。

白水合作社开办采摘节。采摘节连开四天，来了两千个客人，住满了村里的旅店。

石桥村给老树编号。每棵老树有一块木牌，写着品种和年龄，学生常来抄写，还画了图。县里后来也照着做。

### （四）应用行业标准

规范果品在各行业的应用。

开展果酱、果醋、果酒、果干等行业标准研究。
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
    "question", ["青川指南的丰收经验一节讲了几家果园的案例？", "青川指南“丰收经验”里的案例有哪些？"]
)
def test_cases_are_the_sentences_that_lead_the_paragraphs_of_a_section(assistant: Assistant, question: str) -> None:
    answer = checked(assistant, question)
    assert "下共 3 个：" in answer.text
    assert [s.text for s in answer.statements] == [
        "江源果园把梨做成果干。",
        "白水合作社开办采摘节。",
        "石桥村给老树编号。",
    ]


def test_the_headings_of_an_appendix_of_cases_are_its_cases(assistant: Assistant) -> None:
    answer = checked(assistant, "青川指南的附录里一共有多少个案例？")
    assert "下共 2 个：" in answer.text
    assert [s.text for s in answer.statements] == ["老园改造增产", "滴灌节约用水"]


def test_an_english_question_finds_the_cases_of_a_chinese_section(assistant: Assistant) -> None:
    answer = checked(assistant, "How many cases does the section on harvest experience have?")
    assert "has 3 cases:" in answer.text
    assert len(answer.statements) == 3


def test_principles_are_the_sentences_that_lead_the_paragraphs_of_a_section(assistant: Assistant) -> None:
    answer = checked(assistant, "青川指南的管理原则有哪几条？")
    assert [s.text for s in answer.statements] == ["先种后收、量力而行。", "保水护土、不施农药。"]


def test_documents_are_the_titles_that_the_paragraphs_of_several_sections_begin_with(assistant: Assistant) -> None:
    answer = checked(assistant, "青川指南的园地管理，地方法规、国家标准各列了几份？")
    assert "“地方法规”下共 3 份：" in answer.text
    assert "“国家标准文件”下共 2 份：" in answer.text


def test_the_section_with_more_classes_is_told(assistant: Assistant) -> None:
    text = checked(assistant, "青川指南中栽培技术和采收管理，哪个细分的标准种类多？各有多少").text
    assert "（共列出 6 种）" in text
    assert "最多的是栽培技术标准：6 种。" in text


def test_the_sectors_that_a_sentence_lists_are_counted(assistant: Assistant) -> None:
    answer = checked(assistant, "青川指南的应用行业标准点了几个行业？")
    assert [s.text for s in answer.statements] == ["开展果酱、果醋、果酒、果干等行业标准研究。"]
    assert "（共列出 4 个）" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "青川指南的野果保护有哪些案例？",
        "青川指南的管理原则讲了几家果园的案例？",
        "青川指南的地方法规列了几份合同？",
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


def test_what_is_counted_is_in_the_hits_also_where_other_passages_say_more_of_the_question(tmp_path: Path) -> None:
    told = "".join(f"第{n}年的报告又谈起管理原则有哪几条，谈到管理原则时各县意见不一。" for n in range(1, 30))
    rules = "\n\n".join(
        f"{rule}。{'各县每年春天照此安排修枝和浇水，并且记录在册。' * 12}"
        for rule in ("先种后收", "保水护土", "按时浇灌")
    )
    text = f"# 青川省果园章程\n\n## 管理原则\n\n{rules}\n\n## 往年讨论\n\n{told}\n"
    with closing(Workplace(Settings(data=tmp_path / "data", samples="never"))) as place:
        add(place, text, "orchards.md")
        answer = place.assistant.ask(Question("青川章程的管理原则有哪几条？", top_k=3))
    cited = [answer.citations[statement.citations[0] - 1] for statement in answer.statements]
    assert [one.quote for one in cited] == ["先种后收。", "保水护土。", "按时浇灌。"]
    assert len(answer.hits) == 3
    assert all(any(hit.holds(one.document_id, one.start, one.end) for hit in answer.hits) for one in cited)

"""Answers from tables, fields and several documents, and the sentences that are chosen by more than their words."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from assistant.answers import Message
from assistant.core import Assistant, Question
from assistant.wiring import Workplace
from conftest import add, checked

PROVINCE = """---
title: 青川省河道治理指南
issuers: [青川省水利厅]
region: 青川省
---

# 青川省河道治理指南

青川省水利厅

青水〔2023〕17号

2023年4月12日

## 目标

到2027年，全省治理河道36条，覆盖率达到85%。

## 分级

★★★（优先级）：河道已出现险情，应立即治理。

★（一般级）：河道尚处于观察阶段，定期巡查即可。

## 河道清单

| 序号 | 流域 | 河道 | 等级 |
|---|---|---|---|
| 1 | 北流域 | 长溪 | ★★★ |
| 2 | 北流域 | 白水 | ★ |
| 3 | 南流域 | 石涧 | ★★★ |
| 4 | 南流域 | 柳河 | ★★ |
| 5 | 南流域 | 东渠 | ★★★ |

## 类别

治理工作主要包括堤防、清淤、绿化、监测等类别。

1. 生态类。恢复河岸植被，保护鱼类洄游通道。
2. 防洪类。加高堤防，疏浚淤积的河段，配备应急抢险设备和物资。
"""
CITY = """---
title: 临江市河道管理意见
region: 临江市
---

# 临江市河道管理意见

## 目标

到2026年，全市治理河道9条，培养巡河员200名。

本意见不涉及水库。
"""


@pytest.fixture
def assistant(workplace: Callable[..., Workplace]) -> Assistant:
    place = workplace()
    add(place, PROVINCE, "province.md")
    add(place, CITY, "city.md")
    return place.assistant


@pytest.mark.parametrize(
    ("question", "said", "rows"),
    [
        ("青川清单里三颗星的河道有几条？", ["3 条", "长溪", "石涧", "东渠"], 3),
        ("青川清单里南流域列了哪些河道？", ["石涧", "柳河", "东渠"], 3),
        ("青川清单一共列了多少条河道？", ["5 条"], 5),
        ("How many rivers with three stars are in the list?", ["3", "长溪"], 3),
    ],
)
def test_rows_are_counted_and_listed_and_each_is_cited(
    assistant: Assistant, question: str, said: list[str], rows: int
) -> None:
    answer = checked(assistant, question)
    assert all(piece in answer.text for piece in said)
    assert len(answer.citations) == rows
    assert answer.hits[0].document_id == answer.citations[0].document_id


def test_two_stars_are_not_found_in_three(assistant: Assistant) -> None:
    answer = checked(assistant, "青川清单里两星的河道有几条？")
    assert "1 条" in answer.text
    assert "柳河" in answer.text
    assert "长溪" not in answer.text


def test_a_row_is_found_by_its_number_and_read_under_its_columns(assistant: Assistant) -> None:
    answer = checked(assistant, "青川清单第4号是哪条河？")
    assert "河道：柳河" in answer.text
    assert "流域：南流域" in answer.text
    assert any("柳河" in citation.quote for citation in answer.citations)
    assert any("流域" in citation.quote and "等级" in citation.quote for citation in answer.citations)


def test_a_rating_is_defined_by_the_line_with_as_many_stars(assistant: Assistant) -> None:
    answer = checked(assistant, "青川指南里一颗星代表什么？")
    assert "观察阶段" in answer.text
    assert "立即治理" not in answer.text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("青川指南的文号是多少？", "青水〔2023〕17号"),
        ("青川指南是哪一天印发的？", "2023年4月12日"),
    ],
)
def test_what_is_known_of_a_document_is_quoted_from_it(assistant: Assistant, question: str, said: str) -> None:
    assert [s.text for s in checked(assistant, question).statements] == [said]


NOTICE = """---
region: 青川省
---

# 青川省水利厅关于印发河堤巡查办法的通知

青水〔2021〕8号

各市水利局：

河堤巡查由各市水利局负责，每周巡查一次，参照《清淤工作规程》（国水函〔2019〕6号）执行。

青川省水利厅

2021年3月5日
"""


@pytest.mark.parametrize(
    "question",
    [
        "青川的通知是哪个部门推出的？",
        "青川的通知出自哪里的哪个单位？",
        "青川的通知是省教育厅发的吧？",
        "青水8号文是谁发布的？",
    ],
)
def test_who_issued_a_document_is_quoted_from_it_whatever_the_asker_takes_for_granted(
    workplace: Callable[..., Workplace], question: str
) -> None:
    place = workplace()
    add(place, NOTICE, "notice.md")
    add(place, CITY, "city.md")
    assert [s.text for s in checked(place.assistant, question).statements] == ["青川省水利厅"]


def test_a_year_that_is_taken_for_granted_is_answered_with_the_date(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    add(place, NOTICE, "notice.md")
    assert [s.text for s in checked(place.assistant, "青川的通知是2024年才印发的吧？").statements] == ["2021年3月5日"]


def test_a_document_number_said_in_passing_is_found_as_it_is_written(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    add(place, NOTICE, "notice.md")
    (said,) = checked(place.assistant, "国水函2019年6号文是什么文件？").statements
    assert "清淤工作规程" in said.text
    assert place.assistant.ask(Question("国水函2019年7号文是什么文件？")).reason == "not_in_documents"


def test_each_document_says_the_year_that_it_is_asked_for(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    about = "\n\n## 总则\n\n治理目标要定得切合实际，各级目标分别落实到河段，目标责任要写明。\n"
    add(place, PROVINCE + about, "province.md")
    add(place, CITY + about, "city.md")
    answer = checked(place.assistant, "青川的指南和临江的意见，目标年份分别是哪年？")
    assert [("2027年" in s.text, "2026年" in s.text) for s in answer.statements] == [(True, False), (False, True)]


def test_of_things_that_a_question_joins_each_has_its_own_sentence(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    rivers = "# 河流志\n\n东河长达36公里，是本地最长的河流。\n\n西河流经三个镇，比东河的水量大。\n\n西河长12公里，河道狭窄。\n"
    add(place, rivers, "rivers.md")
    answer = checked(place.assistant, "东河和西河各长多少公里？")
    assert [s.text for s in answer.statements] == ["东河长达36公里，是本地最长的河流。", "西河长12公里，河道狭窄。"]


def test_a_body_that_is_named_may_be_meant_itself(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    add(place, PROVINCE, "province.md")
    add(place, "# 水利年鉴\n\n青川省水利厅于1958年成立，设有12个处室。\n\n临江市于1990年设市。", "yearbook.md")
    (said,) = checked(place.assistant, "青川省水利厅是哪一年成立的？").statements
    assert said.text == "青川省水利厅于1958年成立，设有12个处室。"
    assert "85%" in checked(place.assistant, "青川省水利厅定的覆盖率是多少？").text


def test_a_body_may_be_named_by_an_acronym_that_a_document_spells_out(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    add(place, PROVINCE, "province.md")
    add(place, CITY, "city.md")
    add(place, "# 水利年鉴\n\n青川省水利厅（QC/WR1）于1958年成立。\n\n该年鉴由水利学会编印。", "yearbook.md")
    answer = checked(place.assistant, "QC/WR1和临江各自要治理多少条河道？")
    assert [("36条" in s.text, "9条" in s.text) for s in answer.statements if "条" in s.text] == [
        (True, False),
        (False, True),
    ]


def test_of_documents_that_are_compared_each_says_its_own(assistant: Assistant) -> None:
    answer = checked(assistant, "青川和临江各自要治理多少条河道？")
    assert "36条" in answer.text
    assert "9条" in answer.text
    assert {citation.source for citation in answer.citations} == {"province.md", "city.md"}
    assert all(f"《{title}》" in answer.text for title in ("青川省河道治理指南", "临江市河道管理意见"))


def test_of_documents_whose_dates_are_asked_for_each_says_its_own(
    workplace: Callable[..., Workplace],
) -> None:
    place = workplace()
    add(place, PROVINCE, "province.md")
    add(place, CITY.replace("# 临江市河道管理意见\n", "# 临江市河道管理意见\n\n2022年1月5日\n", 1), "city.md")
    answer = checked(place.assistant, "青川省的指南和临江市的意见分别是哪天印发的？")
    assert [(s.lead, s.text) for s in answer.statements] == [
        ("《青川省河道治理指南》：", "2023年4月12日"),
        ("《临江市河道管理意见》：", "2022年1月5日"),
    ]


@pytest.mark.parametrize(
    "question",
    [
        "青川的指南和临江的意见哪个出得早？各是什么时候？",
        "Which is older, the 青川 guide or the 临江 opinion?",
        "青川和临江的文件，谁先出来的？",
    ],
)
def test_which_of_two_documents_came_first_is_answered_by_the_date_of_each(
    workplace: Callable[..., Workplace], question: str
) -> None:
    place = workplace()
    add(place, PROVINCE, "province.md")
    add(place, CITY.replace("# 临江市河道管理意见\n", "# 临江市河道管理意见\n\n2022年1月5日\n", 1), "city.md")
    assert {s.text for s in checked(place.assistant, question).statements} == {"2023年4月12日", "2022年1月5日"}


def test_documents_that_are_each_asked_something_else_each_answer_that(assistant: Assistant) -> None:
    answer = checked(assistant, "青川的覆盖率要达到多少，临江要治理几条河道？")
    assert [s.text for s in answer.statements] == [
        "到2027年，全省治理河道36条，覆盖率达到85%。",
        "到2026年，全市治理河道9条，培养巡河员200名。",
    ]


def test_the_classes_of_a_section_are_told_of_each_document(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    for name, kinds in (("青川", "堤防、清淤和绿化"), ("临江", "泵站和水闸")):
        items = "\n\n".join(f"### {kind}\n\n{kind}的要求另行规定。" for kind in re.split("[、和]", kinds))
        add(place, f"# {name}河道指南\n\n## 安全标准\n\n{items}\n\n## 附则\n\n本指南由{name}解释。", f"{name}.md")
    answer = checked(place.assistant, "青川河道指南和临江河道指南的安全标准分成哪几类？")
    assert "共 3 类" in answer.text
    assert "共 2 类" in answer.text
    assert [s.text for s in answer.statements] == ["堤防", "清淤", "绿化", "泵站", "水闸"]


def test_what_one_document_spells_out_is_found_in_another_by_its_acronym(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    add(place, PROVINCE.replace("## 类别", "## 监测\n\n建设水情即时告知（SQJ）平台。\n\n## 类别"), "province.md")
    add(place, CITY + "\n\n## 平台\n\n水情即时告知平台每日更新三次，由防汛中心维护。\n", "city.md")
    assert "每日更新三次" in checked(place.assistant, "临江的意见里，SQJ平台多久更新一次？").text


def test_a_sentence_that_tells_of_both_things_that_are_compared_is_said(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    ones = "\n\n".join(f"关于WG 1的分工，第{n}次会议作了说明。" for n in "一二三四五六")
    both = "WG 1起草各项术语，WG 2承担测试。"
    add(place, f"# 工作组\n\n{ones}\n\n{both}\n", "groups.md")
    assert both in checked(place.assistant, "WG 1和WG 2怎么分工？").text


def test_more_is_said_where_no_sentence_surely_answers(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    ferries = "西渡口的木船每天过河八次。\n\n东渡口停着三条木船。\n\n南渡口的木船运送粮食。\n\n北渡口的木船夜里点灯。\n"
    add(place, f"# 渡口志\n\n{ferries}\n中渡口的木船卖早点。\n\n河上的桥通火车。\n", "ferries.md")
    (sure,) = checked(place.assistant, "西渡口的木船每天过河几次？").statements
    assert sure.text == "西渡口的木船每天过河八次。"
    assert len(checked(place.assistant, "木船有什么用？").statements) > 3


def test_items_that_are_asked_the_number_of_are_counted(assistant: Assistant) -> None:
    assert "（共列出 4 类）" in checked(assistant, "青川指南的治理工作包括几类？").text


def test_an_item_of_a_class_is_said_with_the_class(assistant: Assistant) -> None:
    assert "生态类" in checked(assistant, "保护鱼类洄游通道，青川指南归在哪一类？").text


def test_the_named_document_comes_before_others_that_say_more_of_the_words(assistant: Assistant) -> None:
    answer = checked(assistant, "临江打算培养多少名巡河员？")
    assert "200名" in answer.text
    assert {citation.source for citation in answer.citations} == {"city.md"}


def test_an_english_question_is_told_that_the_quotes_are_chinese(assistant: Assistant) -> None:
    answer = checked(assistant, "What coverage is to be reached by 2027?")
    assert "85%" in answer.text
    assert answer.text.startswith("The documents are in Chinese.")
    assert "The documents are in Chinese." not in "".join(s.text for s in answer.statements)


@pytest.mark.parametrize(
    "question",
    ["青川指南给每条河道补助多少钱？", "浙江省的河道治理指南什么时候发布？", "印度治理了多少条河道？"],
)
def test_an_amount_or_a_place_that_is_not_there_is_not_in_the_documents(assistant: Assistant, question: str) -> None:
    assert assistant.ask(Question(question)).reason == "not_in_documents"


MORE = """---
region: 青川省
---

# 青川省渡口安全办法

## 救生衣

乘客上船应当穿救生衣。救生衣每年检验一次。救生衣由渡口保管，放在上船的栈桥旁。破损的救生衣当天更换。

## 票务

票价由县里统一规定，老人和学生半价。
"""


def test_who_asks_for_more_is_told_what_was_not_said(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    add(place, MORE, "ferries.md")
    history: list[Message] = []
    told: list[str] = []
    for question in ("青川渡口对救生衣有什么规定？", *["还有呢？"] * 6):
        answer = place.assistant.ask(Question(question, history=tuple(history)))
        history += [Message(role="user", content=question), Message(role="assistant", content=answer.text)]
        if not answer.answered:
            break
        told += [statement.text for statement in answer.statements]
    assert len(told) == len(set(told)) > 1
    assert all(sentence in told for sentence in ("乘客上船应当穿救生衣。", "救生衣每年检验一次。"))
    assert not answer.answered
    assert answer.text.startswith("除前面引用的以外")
    assert answer.reason == "not_in_documents"


def test_a_list_that_was_told_whole_has_no_more(assistant: Assistant) -> None:
    question = "青川清单里三颗星的河道有几条？"
    before = checked(assistant, question).text
    history = (Message(role="user", content=question), Message(role="assistant", content=before))
    assert not assistant.ask(Question("还有吗？", history=history)).answered
    english = assistant.ask(Question("anything else?", history=history, language="en"))
    assert english.text.startswith("Nothing more was found")

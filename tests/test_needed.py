"""What no answer to a question can do without."""

from __future__ import annotations

import pytest

from assistant.answering.needed import given


@pytest.mark.parametrize(
    ("question", "lacking", "giving"),
    [
        ("检修一般要几周？", "检修分为三个阶段。", "检修一般要两周。"),
        ("报告最多写几页？", "报告分为三个部分。", "报告不超过10页。"),
        ("船员每年培训多少学时？", "船员每年培训3次。", "船员每年培训24学时。"),
        ("两年之间隔了几年？", "2020年开航。", "2020年开航，2023年停航。"),
        ("How many pages may the report have?", "The report has three parts.", "At most 10 pages are allowed."),
        ("How many years does the permit last?", "The permit was renewed.", "It lasts for five years."),
        ("渡轮公司的主任委员是谁？", "渡轮公司召开了全体会议。", "会议由主任委员甲主持。"),
        (
            "Who chairs the harbour council?",
            "The harbour council has nine seats.",
            "The council is chaired by the mayor.",
        ),
        ("Who is the director of the harbour?", "港口隶属于交通局。", "港口主任由交通局任命。"),
        ("是哪四个城市？", "四个城市参加了演练。", "甲市、乙市、丙市和丁市参加了演练。"),
        ("入选的十家企业，名单里都有谁？", "选出10家企业。", "甲、乙、丙、丁、戊、己、庚、辛、壬、癸公司入选。"),
        (
            "Which four states take part?",
            "Four states take part.",
            "Avalon、Belmar、Corin、Dunmore and others take part.",
        ),
        ("那六个小组各叫什么？", "港口设六个小组。", "六个小组是甲、乙、丙、丁、戊、己。"),
        ("ISO 900这项标准转化后，GB/T编号是多少？", "依据ISO 900和IEC 800制定。", "转化为GB/T 700。"),
        ("航行规则3.0版改了什么？", "航行规则2.0版已发布。", "航行规则3.0版增加了夜航。"),
        ("渡轮支持 Falcon 导航吗？", "渡轮支持多种导航。", "渡轮支持falcon导航。"),
        (
            "上海市港口标准化技术委员会设在哪里？",
            "江苏省港口标准化技术委员会设在南京。",
            "上海市港口标准化技术委员会设在外滩。",
        ),
    ],
)
def test_a_question_is_answered_by_what_has_what_it_needs(question: str, lacking: str, giving: str) -> None:
    assert not given(question, [lacking], [lacking])
    assert given(question, [lacking, giving], [lacking, giving])


@pytest.mark.parametrize(
    "question",
    [
        "渡轮有几个船舱？",
        "渡轮由谁管理？",
        "有哪些大类？",
        "Which parts does it have?",
        "江苏标委会设在哪里？",
        "AI 是什么？",
        "港口的email是多少？",
    ],
)
def test_what_no_rule_knows_needs_nothing(question: str) -> None:
    assert given(question, ["渡轮已经开航。"], ["渡轮已经开航。"])

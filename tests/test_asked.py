"""What kind of answer a question asks for, and whether a sentence has its shape."""

from __future__ import annotations

import pytest

from assistant.answering.asked import asked, counts, each_asked, listed


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("到2026年要制定多少项标准？", {"number", "count"}),
        ("罚款最高多少钱？", {"money"}),
        ("覆盖率要达到百分之几？", {"share"}),
        ("通知是哪一天印发的？", {"when"}),
        ("这份办法由谁起草？", {"who"}),
        ("应急预案包括哪些内容？", {"list"}),
        ("什么是数据沙箱？", {"definition"}),
        ("废旧电池回收归在哪一类？", {"class"}),
        ("两省各自培育多少家企业？", {"compare", "number", "count"}),
        ("通知的文号是什么？", {"identifier", "definition"}),
        ("How many pilot sites are planned?", {"number", "count"}),
        ("When was the notice issued?", {"when"}),
        ("What does it cost to apply?", {"money", "definition"}),
        ("试点设在哪几个城市？", {"place"}),
        ("In which countries is it sold?", {"place"}),
        ("Tell me about drainage.", set()),
    ],
)
def test_the_kinds_of_answer_are_read_from_the_question(question: str, kinds: set[str]) -> None:
    found = set(asked(question).kinds)
    assert kinds <= found
    assert bool(kinds) == bool(found)


@pytest.mark.parametrize(
    ("question", "fits", "misfits"),
    [
        ("要建多少个试点？", "全省建设12个试点。", "试点工作稳步推进。"),
        ("要建多少个试点？", "首批建设十二个试点。", "2025年启动试点。"),
        ("通知是哪一天印发的？", "2024年6月5日印发。", "2024年印发。"),
        ("要花多少钱？", "每家补助20万元。", "每家给予补助。"),
        ("覆盖率是多少比例？", "覆盖率达到85%。", "覆盖率明显提高。"),
        ("由谁负责？", "由市应急管理局负责。", "按职责分工落实。"),
        ("包括哪些设备？", "包括水泵、闸门和传感器。", "设备应当定期检修。"),
        ("什么是数据沙箱？", "数据沙箱是指隔离的试验环境。", "应当建设数据沙箱。"),
        ("What is meant by a data sandbox?", "数据沙箱是指隔离的试验环境。", "应当建设数据沙箱。"),
        ("试点设在哪几个城市？", "首批试点设在无锡、杭州。", "首批试点设在三个城市。"),
        ("In which cities are the pilots?", "首批试点设在无锡、杭州。", "首批试点设在三个城市。"),
    ],
)
def test_a_sentence_with_the_shape_that_is_asked_for_fits_better(question: str, fits: str, misfits: str) -> None:
    wanted = asked(question)
    assert wanted.fits(fits)[0] > wanted.fits(misfits)[0]


def test_a_question_that_asks_for_nothing_in_particular_fits_everything_alike() -> None:
    assert asked("Tell me about drainage.").fits("Any sentence.") == (0.0, 0.0)


def test_figures_that_count_nothing_are_no_number() -> None:
    wanted = asked("一共有多少？")
    assert wanted.fits("依据 GB/T 1234-2020 于2024年实施。")[0] == 0
    assert wanted.fits("共有 34 所。")[0] == 1


@pytest.mark.parametrize(
    ("question", "lacking", "giving"),
    [
        ("每家补助多少钱？", "每家给予补助。", "每家补助20万元。"),
        ("女职工占比多少？", "女职工很多。", "女职工占四成以上。"),
        ("哪天开馆？", "2024年开馆。", "2024年5月3日开馆。"),
        ("石桥建于何时？", "石桥很老。", "石桥建于宋代，约1057年。"),
        ("多久检修一次？", "设备要检修。", "每季度检修一次。"),
        ("投诉电话是什么？", "可以打电话投诉。", "投诉请拨010-12345678。"),
        ("How often is it checked?", "It is checked.", "It is checked every month."),
        ("What is the e-mail address of the desk?", "Write to the desk.", "Write to desk@harbour.example."),
    ],
)
def test_what_can_be_told_by_its_shape_is_missed_where_it_is_asked_for(
    question: str, lacking: str, giving: str
) -> None:
    assert not asked(question).given_by([lacking])
    assert asked(question).given_by([lacking, giving])
    assert asked("谁给补助？").given_by([lacking])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("主要包括水务、供电、燃气等类别。", 3),
        ("包括水务、供电、燃气和通信等四类。", 4),
        ("水务和供电。", 0),
    ],
)
def test_items_told_one_by_one_are_counted(text: str, number: int) -> None:
    assert listed(text) == number


def test_a_text_that_gives_a_count_is_told_from_one_that_does_not() -> None:
    assert counts("分为七个部分")
    assert not counts("分为若干部分")


def test_a_goal_is_set_for_the_end_of_a_time() -> None:
    goal = asked("目标年份是哪一年？")
    assert goal.lacks("到2030年，河道全部治理。") < goal.lacks("2021年发生洪水。") < goal.lacks("河道全部治理。")
    assert goal.lacks("印发《河道指南（2024版）》。") == 1
    assert asked("What first target year does each set?").lacks("by 2030 all rivers are clean") == 0


def test_of_each_of_several_a_figure_is_asked_and_no_list() -> None:
    assert asked("分别是哪年？").of_each().kinds == {"when"}
    assert asked("文号分别是多少？").of_each().kinds == {"identifier"}
    assert asked("分别有哪些要求？").of_each() == asked("分别有哪些要求？")


def test_what_is_asked_of_each_thing_is_a_question_of_its_own() -> None:
    assert each_asked("在册的东河、西河和南渠各有多长？") == {
        "东河": "在册的东河各有多长?",
        "西河": "在册的西河各有多长?",
        "南渠": "在册的南渠各有多长?",
    }
    assert each_asked("东河和西河各有什么特点？") == {}
    assert each_asked("东河有多长？") == {}


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("PCA, HSA, River Union - when did each sign?", ["pca", "hsa", "river union"]),
        ("PCA versus TC 7: how many rules has each issued?", ["pca", "tc 7"]),
        ("How many ferries do the north and the south each run?", ["north", "the south"]),
        ("How many ferries does the harbour run?", []),
    ],
)
def test_things_are_joined_in_english_as_well(question: str, things: list[str]) -> None:
    assert list(each_asked(question)) == things


def test_what_english_counts_is_counted_in_chinese_by_its_measure_word() -> None:
    wanted = asked("How many companies does the city support?")
    assert wanted.fits("扶持企业30家。")[0] > wanted.fits("扶持项目30项。")[0]
    assert wanted.fits("30 companies are supported.") == wanted.fits("30 rules are supported.")

"""The figure that no answer to a question can do without."""

from __future__ import annotations

import pytest

from assistant.answering.answer_figures import figures_given


@pytest.mark.parametrize(
    ("question", "lacking", "giving"),
    [
        ("一年要办几场讲座？", "2024年起组织讲座，邀请2名船长。", "一年办四场讲座。"),
        ("灯塔有多高？", "1. 灯塔。2024年建成，见图2（3）。", "灯塔高30米。"),
        ("准点率要到多少才算合格？", "按《GB 12345》统计准点率。", "准点率达到85%为合格。"),
        ("100条船里，客船占几条、货船占几条？", "2024年新造船100条。", "其中客船40条，货船60条。"),
        ("What pass mark does the exam set?", "三是考试分为笔试和面试。", "考试60分及格。"),
        ("How many people work at the port?", "三是港口人员培训6次。", "港口有30名职工。"),
        ("How many companies use the port?", "港口分为六大区域。", "港口入驻企业30家。"),
        ("How many ferries does the BPA run?", "The NPA runs 15 ferries.", "The BPA runs 15 ferries."),
        ("BPA 开了多少条航线？", "截至2024年，NPA 开了15条航线。", "它开了15条航线。"),
        ("What did it cost in dollars?", "It cost 30 francs.", "It cost $30."),
    ],
)
def test_the_figure_asked_for_has_to_be_said(question: str, lacking: str, giving: str) -> None:
    assert not figures_given(question, [lacking])
    assert figures_given(question, [lacking, giving])


@pytest.mark.parametrize(
    "question",
    ["渡轮有几个船舱？", "What causes the temperature to fall?", "培训多长时间？", "What does the port do?"],
)
def test_what_no_rule_knows_needs_no_figure(question: str) -> None:
    assert figures_given(question, ["渡轮已经开航。"])


def test_english_texts_may_count_people_in_any_words() -> None:
    assert figures_given("How many people work at the port?", ["The port has a staff of thirty."])

"""Figures of one sentence that are asked for together."""

from __future__ import annotations

import pytest

from assistant.answering.sums import sum_of

FERRIES = "渡轮协会称，东港（362艘）、西港（268艘）和北部渔港（88艘）的渡轮不足。"
COUNTRIES = "截至去年，中国（1,200个）、印度（268个）、非洲大陆（23个）设有渡口。"


@pytest.mark.parametrize(
    ("question", "text", "language", "told"),
    [
        ("中国、印度、非洲加起来有多少个渡口？", COUNTRIES, "zh", "（1200 + 268 + 23 = 1,491 个）"),
        ("How many have China and India combined? And Brazil?", COUNTRIES, "en", "(1200 + 268 = 1,468)"),
        ("甲市和乙市合计几家？", "甲市3家，乙市5家。", "zh", "（3 + 5 = 8 家）"),
        ("甲市和乙市各几家？", "甲市3家，乙市5家。", "zh", ""),
        ("甲市、乙市和丙市合计几家？", "甲市3家，乙市5家。", "zh", ""),
        ("甲市和乙市合计几家？", "甲市3家以上，乙市5家。", "zh", ""),
        ("甲市和乙市合计多少？", "甲市3家，乙市5人。", "zh", ""),
    ],
)
def test_figures_of_things_that_are_named_are_added_up(question: str, text: str, language: str, told: str) -> None:
    assert sum_of(question, text, language) == told

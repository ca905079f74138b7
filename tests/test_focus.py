"""The words of a question that say what is asked for."""

from __future__ import annotations

import pytest

from assistant.answering.focus import focus
from assistant.answering.weighing import builtin


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("渡轮有多少个座位？", "座位"),
        ("渡轮公司有多少亿负债？", "负债"),
        ("码头的管理员是谁？", "管理员"),
        ("这项工程由哪家单位验收？", "验收"),
        ("理事长由谁担任？", "理事长"),
        ("渡轮要交哪个税种？", "税种"),
        ("这个系统有多少成员单位？", "成员"),
        ("How many lifeboats does the ferry have?", "lifeboats"),
        ("How many countries attended the meeting?", "attended"),
        ("What is the licence of the ferry?", "licence"),
        ("Under which flag does it sail?", "flag"),
    ],
)
def test_what_is_asked_for_stands_beside_the_asking_word(question: str, words: str) -> None:
    assert words in focus(question)


@pytest.mark.parametrize(
    "question",
    [
        "分为哪几个部分？",
        "文件的落款日期是哪天？",
        "这是什么意思？",
        "比例是多少？",
        "一共有多少家企业？",
        "Which part is it?",
        "What is the date of the notice?",
        "How many companies are there?",
        "渡轮从哪里出发？",
        "",
    ],
)
def test_what_any_answer_may_be_called_is_no_focus(question: str) -> None:
    assert not focus(question)


def test_nearness_is_that_of_the_nearest_words_in_either_language() -> None:
    near = builtin().nearest
    assert near("预算", ["The budget is three million."]) > 0.5 > near("预算", ["渡轮周一停航。"])
    assert near("预算", []) == near("", ["渡轮"]) == 0.0


def test_the_word_that_is_said_least_tells_how_much_is_unsaid() -> None:
    unsaid = builtin().unsaid
    assert unsaid("渡轮的保险", ["渡轮每天开行，已办保险。"]) < unsaid("渡轮的保险", ["渡轮每天开行。"])
    assert unsaid("", ["渡轮"]) == 0.0

"""Acronyms, as the documents spell them out."""

from __future__ import annotations

import pytest

from assistant.answering.acronyms import acronyms, last_name, spelled_out


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What does PCB/TC7 plan for ferries?", ("PCB/TC7",)),
        ("港口那个TC 7有几个工作组", ("TC 7",)),
        ("Did HSA meet the PDF deadline?", ("HSA",)),
        ("PaaS平台有哪些要求？", ("PaaS",)),
        ("Which ferries sail in 2026?", ()),
        ("What is A2A, and what is GB/T 1234.5-2020?", ()),
    ],
)
def test_the_acronyms_of_a_question_are_found(question: str, found: tuple[str, ...]) -> None:
    assert acronyms(question) == found


@pytest.mark.parametrize("acronym", ["PCB/TC7", "TC7", "TC 7"])
def test_an_acronym_is_what_stands_before_it_in_brackets(acronym: str) -> None:
    texts = ["TC7召开了会议。", "会议由港口标准化技术委员会（PCB/TC7）召集，另有渡轮协会（TC71）。"]
    assert str(spelled_out(acronym, texts)).endswith("港口标准化技术委员会")


def test_what_no_text_spells_out_stays() -> None:
    assert spelled_out("TC9", ["渡轮协会（TC99）", "TC9召开了会议。"]) is None


def test_of_several_names_that_are_joined_an_acronym_is_the_last() -> None:
    assert last_name("渡轮调度及平台即服务") == "平台即服务"
    assert last_name("港口和航道局") == "港口和航道局"

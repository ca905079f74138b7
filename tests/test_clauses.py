"""What is asked of each of several names in a clause of its own."""

from __future__ import annotations

import re

import pytest

from assistant.answering.clauses import clauses


def asked(question: str, *names: str) -> tuple[str, ...]:
    return clauses(question, [re.search(re.escape(name), question).span() for name in names])  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("question", "of_each"),
    [
        ("青川要治理几条河，临江要建几座泵站？", ("要治理几条河", "要建几座泵站？")),
        (
            "Dykes: how many does 青川 clear, and which pumps does 临江 build?",
            ("Dykes: how many does   clear", "Dykes: and which pumps does   build?"),
        ),
        (
            "Is there a pump for floods in 青川, and which gates does 临江 build?",
            ("Is there a pump for floods in", "and which gates does   build?"),
        ),
        ("青川有没有泵站，临江有几座？", ("有没有泵站", "有几座？")),
        (
            "what 青川 spends on dykes compared with which pumps 临江 builds",
            ("what   spends on dykes compared with", "which pumps   builds"),
        ),
    ],
)
def test_each_is_asked_in_a_clause_of_its_own(question: str, of_each: tuple[str, ...]) -> None:
    assert asked(question, "青川", "临江") == of_each


@pytest.mark.parametrize(
    "question",
    [
        "青川和临江各要治理几条河？",
        "青川要治理几条河，临江呢？",
        "How do 青川 and 临江 differ in what they build?",
        "Which pumps does 青川 build, and which of their parts does 临江 make?",
    ],
)
def test_what_is_asked_of_all_or_by_what_was_said_before_is_one_question(question: str) -> None:
    assert asked(question, "青川", "临江") == ()

"""Documents in Chinese that a question in English describes."""

from __future__ import annotations

import pytest

from assistant.answering.document_names import Name, named

NAMES = (
    Name(
        "nation",
        "国家排水标准建设指南（2024版）",
        "工信部〔2024〕7号",
        ("工业和信息化部", "国家标准化管理委员会"),
        "国家",
    ),
    Name(
        "committee",
        "工业和信息化部排水标准化技术委员会2025年指南",
        None,
        ("工业和信息化部排水标准化技术委员会",),
        "国家",
    ),
    Name("shanghai", "关于推进本市排水的指导意见", "沪水〔2021〕5号", ("上海市水务局",), "上海市"),
    Name("jiangsu", "江苏省排水指南（2025版）", None, ("江苏省排水标准化技术委员会",), "江苏省"),
    Name("report", "全球排水发展报告", None, ("世界互联网大会",), "international"),
)


@pytest.mark.parametrize(
    ("question", "documents", "rest"),
    [
        ("What does the MIIT committee's 2025 guide say of pumps?", {"committee"}, "say of pumps?"),
        ("In the committee guide (MIIT, 2025), what is said of pumps?", {"committee"}, "what is said of pumps?"),
        ("What does the work guide of the ministry's committee plan?", {"committee"}, "plan?"),
        ("What does the 2024 national guide say of pumps?", {"nation"}, "say of pumps?"),
        ("Which pumps does Shanghai's 2021 opinion name?", {"shanghai"}, "name?"),
        ("Which towns does the WIC report on drains name?", {"report"}, "on drains name?"),
        ("How many pumps does Jiangsu want by 2027?", {"jiangsu"}, "want by 2027?"),
        ("What does the two-agency blueprint say of pumps?", {"nation"}, "say of pumps?"),
        ("What does the national blueprint say of pumps?", {"nation"}, "say of pumps?"),
        ("What does the worldwide report say of pumps?", {"report"}, "say of pumps?"),
        ("What do the five ministries' guides say of pumps?", set(), "say of pumps?"),
    ],
)
def test_a_description_means_the_document_of_which_most_is_true(question: str, documents: set[str], rest: str) -> None:
    found = named(question, NAMES)
    assert found.documents == documents
    assert found.rest.endswith(rest)
    left = ("MIIT", "committee", "guide", "blueprint", "2021", "2024", "2025")
    assert not documents or all(word not in found.rest for word in left)


def test_descriptions_that_are_joined_mean_each_a_document() -> None:
    found = named("How do the MIIT committee's guide and the national guide of 2024 treat pumps?", NAMES)
    assert found.groups == (frozenset({"committee"}), frozenset({"nation"}))


@pytest.mark.parametrize("question", ["Which standards are drafted?", "What is a report?", "Who sits on a committee?"])
def test_words_that_any_document_is_called_by_describe_none(question: str) -> None:
    assert not named(question, NAMES).documents

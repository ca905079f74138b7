"""Which documents a question names, and what is left of it."""

from __future__ import annotations

import pytest

from assistant.answering.document_names import Name, named, speaks_of

NAMES = (
    Name("nation", "国家排水防涝设施建设指南（2024版）", "住建部城〔2024〕11号", ("住房和城乡建设部",), "国家"),
    Name("shanghai", "关于推进排水设施数字化的指导意见", "沪水务〔2021〕53号", ("上海市水务局",), "上海市"),
    Name("jiangsu", "江苏省排水设施建设指南（征求意见稿）", None, ("江苏省水利厅",), "江苏省"),
    Name("report", "全球城市排水发展报告", None, ("世界水务大会",), "international"),
)


@pytest.mark.parametrize(
    ("question", "documents", "rest"),
    [
        ("国家指南要求新建多少座泵站？", {"nation"}, "要求新建多少座泵站?"),
        ("国家那份排水指南里泵站归哪类？", {"nation"}, "泵站归哪类?"),
        ("住建部的泵站要求是什么？", {"nation"}, "泵站要求是什么?"),
        ("上海打算建几座泵站？", {"shanghai"}, "建几座泵站?"),
        ("江苏这份指南是谁编的？", {"jiangsu"}, "是谁编的?"),
        ("报告里提到多少个城市？", {"report"}, "提到多少个城市?"),
        ("《全球城市排水发展报告》是谁写的？", {"report"}, None),
        ("江苏那份，报告最晚哪天交？", {"jiangsu"}, None),
        ("沪水务〔2021〕53号第三条讲什么？", {"shanghai"}, None),
        ("How many pumps does Shanghai want?", {"shanghai"}, None),
        ("What is the number of the national guide?", {"nation"}, None),
        ("What does the report say of Asia?", {"report"}, None),
        ("What is required at the national level?", {"nation"}, None),
        ("What does Shanghai Nokia make?", set(), None),
        ("排水设施应当多久检查一次？", set(), "排水设施应当多久检查一次？"),
    ],
)
def test_documents_are_named_by_less_than_their_titles(question: str, documents: set[str], rest: str | None) -> None:
    found = named(question, NAMES)
    assert found.documents == documents
    assert rest is None or found.rest == rest


@pytest.mark.parametrize(
    ("question", "body"),
    [
        ("住建部有多少个司局？", "住房和城乡建设部"),
        ("世界水务大会是哪年成立的？", "世界水务大会"),
        ("住建部的指南要求建几座泵站？", ""),
        ("上海打算建几座泵站？", ""),
        ("《全球城市排水发展报告》是谁写的？", ""),
    ],
)
def test_an_issuer_that_is_named_alone_may_be_the_body_itself(question: str, body: str) -> None:
    found = named(question, NAMES)
    assert found.documents
    assert found.body == body
    assert found.is_of_body("住房和城乡建设部下设若干司局。") == (body == "住房和城乡建设部")


def test_what_only_joins_two_names_is_no_part_of_what_is_asked() -> None:
    assert named("上海和江苏各建几座泵站？", NAMES).rest == "各建几座泵站?"
    assert named("上海的意见和江苏指南各建几座泵站？", NAMES).rest == "各建几座泵站?"


def test_a_body_within_an_identifier_is_not_named() -> None:
    forum = Name("forum", "Water report", None, ("World Internet Conference", "工业和信息化部"), None)
    assert named("How many members does MIIT have?", (*NAMES, forum)).documents == {"forum"}
    assert named("How many members does MIIT/TC1 have?", (*NAMES, forum)).documents == set()


@pytest.mark.parametrize("said", ["住建部2024年11号文", "建城11号文", "住建部城〔2024〕11号"])
def test_a_document_number_names_its_document_in_loose_form(said: str) -> None:
    assert named(f"{said}讲什么？", NAMES).documents == ({"nation"} if said != "建城11号文" else set())


def test_the_nation_is_named_beside_a_region_wherever_it_stands() -> None:
    assert named("泵站在国家和上海的体系里归哪类？", NAMES).documents == {"nation", "shanghai"}
    assert named("要制定国家和行业标准多少项？", NAMES).documents == set()


def test_each_document_that_is_compared_is_a_name_of_its_own() -> None:
    found = named("上海和江苏各建几座泵站？", NAMES)
    assert found.groups == (frozenset({"shanghai"}), frozenset({"jiangsu"}))
    among = named("国家、上海的要求有什么不同？", NAMES)
    assert among.groups == (frozenset({"nation"}), frozenset({"shanghai"}))


COMMITTEE = Name(
    "committee",
    "住房和城乡建设部排水标准化技术委员会2025年工作指南",
    None,
    ("住房和城乡建设部排水标准化技术委员会",),
    "国家",
)


@pytest.mark.parametrize(
    "question",
    [
        "国家指南和住建部2025年的指南各提到几座泵站？",
        "How many pumps do the national guide and 住建部 each name?",
    ],
)
def test_names_that_are_joined_mean_each_another_document(question: str) -> None:
    assert named(question, (*NAMES, COMMITTEE)).groups == (frozenset({"nation"}), frozenset({"committee"}))


def test_two_names_of_one_document_are_one() -> None:
    assert named("江苏省水利厅的江苏指南说了什么？", NAMES).groups == (frozenset({"jiangsu"}),)


def test_a_name_that_nearly_every_document_has_is_none() -> None:
    many = tuple(Name(str(i), f"上海{i}号文件", None, ("上海市水务局",), "上海市") for i in range(5))
    assert named("上海有几座泵站？", many).groups == ()


def test_what_is_left_keeps_its_capitals() -> None:
    assert "SC 42" in named("国家指南怎么说 SC 42？", NAMES).rest


def test_the_document_of_a_region_that_there_is_none_of_is_absent() -> None:
    assert named("浙江的排水指南什么时候发？", NAMES).absent == ("浙江",)
    assert named("When did Zhejiang publish its guide?", NAMES).absent == ("浙江",)
    assert named("江苏的排水指南什么时候发？", NAMES).absent == ()
    assert named("浙江有多少座泵站？", NAMES).absent == ()


def test_a_text_may_speak_of_a_document_that_is_not_on_file() -> None:
    assert speaks_of("浙江", "参照浙江省排水指南执行。")
    assert not speaks_of("浙江", "浙江某公司参与了编写。")


@pytest.mark.parametrize(
    ("question", "documents"),
    [
        ("河管委今年管几条河？", {"guide"}),
        ("按蓝皮本要管几条河？", {"guide"}),
        ("临江河管委管几条河？", set()),
        ("What does the committee's guide cover?", {"guide"}),
    ],
)
def test_a_document_is_named_by_its_short_names(question: str, documents: set[str]) -> None:
    guide = Name("guide", "河道工作指南", None, ("青川省河道管理委员会",), "青川省", ("河管委", "蓝皮本", "专业委员会"))
    assert named(question, (*NAMES, guide)).documents == documents


def test_the_nation_s_own_version_is_named() -> None:
    assert "nation" in named("国家版跟上海的比一比，泵站各几座？", NAMES).documents


def test_a_document_is_named_by_how_many_bodies_issued_it() -> None:
    three = Name("three", "雨水管理办法", None, ("水利部", "住房和城乡建设部", "财政部"), "国家")
    names = (three, Name("one", "井盖管理办法", None, ("水利部",), "国家"), *NAMES)
    assert named("三部门印发的办法要求建几座泵站？", names).documents == {"three"}
    assert named("水利部等三部委的那份办法要求建几座泵站？", names).documents == {"three"}
    assert not named("四部门的办法要求建几座泵站？", names).documents
    assert not named("泵站由哪三部门的办法规定？", names).documents

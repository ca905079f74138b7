"""The words that no answer to a question can do without."""

from __future__ import annotations

import pytest

from assistant.answering.answer_words import spoken_of


@pytest.mark.parametrize(
    ("question", "lacking", "giving"),
    [
        ("船票优惠到哪一天为止？", "船票优惠于6月1日公布。", "船票优惠至9月1日结束。"),
        ("港口委员会的秘书处设在哪个单位？", "港口委员会归口管理航线。", "秘书处设在港务局。"),
        ("航标标准由哪家单位起草？", "拟制定航标标准。", "航标标准由港务局编制。"),
        ("表决时有没有人弃权？", "会议通过了方案。", "表决时无人反对。"),
        ("不遵守航行规则会怎么样？", "航行规则分三章。", "违反规则的，责令停航。"),
        ("对停航决定有异议怎么办？", "决定由港务局作出。", "可以向交通局申请复议。"),
        ("小船能不能豁免检验？", "检验每年一次。", "小船不适用检验规定。"),
        ("怎么申请船员证，要交哪些材料？", "船员须持证上岗。", "向港务局提交身份证明。"),
        ("租一条小船每月多少钱？", "造一条小船两万元。", "小船月租两千元。"),
        ("港口2024年营收是多少？", "港口有三座码头。", "港口2024年收入3亿元。"),
        ("准点率怎么计算出来的？", "准点率达到85%。", "准点率按准点班次除以总班次核定。"),
        ("博览会在哪个城市举办？", "博览会由两家公司承办。", "博览会在海州举行。"),
        ("由哪些大学开课？", "由三所高校开课。", "由海港大学开课。"),
        ("What happens to a shipping company that ignores the rules?", "The rules have three parts.", "It is fined."),
        ("Is there an appeal procedure?", "The port decides on permits.", "Owners may object within a week."),
        ("Must a boat register with the port?", "The port lies in the bay.", "Boats are registered each spring."),
        ("On what conditions may guests draft rules?", "Guests drafted two rules.", "Guests need a permit."),
        ("Where can I download the map?", "The map shows the bay.", "The map is on the web site www.port.example."),
        ("How often must captains report?", "Captains report to the port.", "Captains report weekly."),
        ("How many patents does the yard hold?", "The yard has 30 docks.", "The yard holds 30 patents."),
        ("In which city was the fair held?", "第一届博览会邀请了船长。", "博览会于海州召开。"),
    ],
)
def test_what_is_asked_for_has_to_be_spoken_of(question: str, lacking: str, giving: str) -> None:
    assert not spoken_of(question, [lacking])
    assert spoken_of(question, [lacking, giving])


@pytest.mark.parametrize(
    "question",
    [
        "渡轮有几个船舱？",
        "鼓励在哪些领域造船？",
        "Which court case opened the port?",
        "Who abstains from wine?",
        "Why?",
    ],
)
def test_what_the_table_does_not_know_needs_no_words(question: str) -> None:
    assert spoken_of(question, ["渡轮已经开航。"])


def test_a_name_taken_out_of_a_question_leaves_it_the_same_question() -> None:
    assert not spoken_of("What happens to a   company that ignores the rules?", ["The rules have three parts."])

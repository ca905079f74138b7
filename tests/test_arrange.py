"""Hits in order for a reader: the same words once, neighbours in one piece, documents in turn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corpus.document import Block, Document, Kind, Metadata
from indexing.arrange import Ranked, arrange, asks_several, take_turns
from indexing.store import Match

CLAUSE = "申请人应当在三十个工作日内提交材料，逾期未提交的，视为放弃申请，主管部门应当书面告知申请人并说明理由。"
LONG = (
    CLAUSE + "主管部门收到材料后组织专家评审，评审意见在门户网站公示，公示期间有异议的，由监督机构复核并答复。"
    "通过评审的单位签订协议，按季度报送进展，遇到重大变化及时说明。年度检查采取现场查看与资料核对相结合的方式，"
    "检查结果作为后续支持的依据。项目完成后整理归档，总结经验，向同行推广。相关费用按照财务规定列支，接受审计监督。"
    "各单位要加强组织领导，明确责任分工，做好宣传引导，营造良好氛围，确保工作落到实处、取得成效。"
)


def document(name: str, *texts: str, headings: tuple[str, ...] = ("一、甲",), **about: object) -> Document:
    blocks, text = [], ""
    for each in texts:
        kind = Kind.TABLE_ROW if " | " in each else Kind.PARAGRAPH
        blocks.append(Block(kind, len(text), len(text) + len(each), headings))
        text += each + "\n"
    metadata = Metadata(**{"title": name, "language": "zh", **about})  # type: ignore[arg-type]
    return Document(name, f"test:{name}", f"{name}.md", "0" * 64, text, metadata, tuple(blocks))


def passages(*documents: Document) -> list[Ranked]:
    """Every block as a passage, each scored a little less than the one before."""
    places = [(d, n, b) for d in documents for n, b in enumerate(d.blocks)]
    scores = (1 - i / 100 for i in range(len(places)))
    return [Ranked(Match(d.id, n, b.start, b.end, s), s, s) for (d, n, b), s in zip(places, scores, strict=True)]


def shown(*documents: Document, k: int = 8, late: str = "") -> list[tuple[str, tuple[str, ...]]]:
    """What is shown, each with the documents that say the same."""
    known = {d.id: d for d in documents}
    arranged = arrange(passages(*documents), k, known.__getitem__, lambda d: d != late, join=False)
    return [(a.parts[0].match.document_id, tuple(s.match.document_id for s in a.same)) for a in arranged]


@pytest.mark.parametrize(
    "reprint", [CLAUSE, CLAUSE.replace("，", ", "), CLAUSE.replace("应当在", "应当\n在"), CLAUSE.replace("说", "說")]
)
def test_the_same_words_in_two_documents_are_shown_once_with_both_places(reprint: str) -> None:
    assert shown(document("a", CLAUSE), document("b", reprint), document("c", CLAUSE)) == [("a", ("b", "c"))]


def test_nearly_the_same_words_are_one_only_where_one_issuer_says_them() -> None:
    other = LONG.replace("现场查看", "现场察看", 1)
    assert shown(document("a", LONG), document("b", other)) == [("a", ("b",))]
    assert len(shown(document("a", LONG, issuers=("甲局",)), document("b", other, issuers=("乙局",)))) == 2
    assert len(shown(document("a", LONG, region="东省"), document("b", other, region="西省"))) == 2


@pytest.mark.parametrize(
    ("said", "otherwise"),
    [
        ("三十个", "二十个"),
        ("应当在", "不应当在"),
        ("应当书面", "可以书面"),
        ("三十个", "30个"),
        ("主管部门应当", "SC 42 应当"),
        ("申请人应当", "申请人依据GB/T 1-2020应当"),
    ],
)
def test_what_differs_in_a_figure_an_identifier_or_a_duty_is_never_one(said: str, otherwise: str) -> None:
    assert said in LONG
    assert len(shown(document("a", LONG), document("b", LONG.replace(said, otherwise, 1)))) == 2


def test_a_year_of_a_standard_keeps_two_passages_apart() -> None:
    text = LONG + "本条依据 GB/T 13016-{} 制定。"
    assert len(shown(document("a", text.format(2018)), document("b", text.format(2024)))) == 2


def test_names_and_rows_of_other_tables_are_not_the_same() -> None:
    assert len(shown(document("a", "附则"), document("b", "附则"))) == 2
    row = "东部地区检测机构 | 12 | 已完成备案登记"
    assert len(shown(document("2023年统计", row), document("2024年统计", row))) == 2


def test_words_repeated_within_one_document_stay_apart() -> None:
    assert len(shown(document("a", CLAUSE, CLAUSE))) == 2


def test_of_the_same_words_those_in_force_are_shown_at_the_better_place() -> None:
    assert shown(document("old", CLAUSE), document("new", CLAUSE), late="old") == [("new", ("old",))]
    arranged = arrange(
        passages(old := document("old", CLAUSE), new := document("new", CLAUSE)),
        8,
        {"old": old, "new": new}.__getitem__,
        lambda d: d == "new",
    )
    assert arranged[0].score == 1


def test_a_twin_beyond_the_last_hit_is_still_told() -> None:
    texts = [f"第{i}个不同的段落，讲的是第{i}件不相干的事情。" for i in range(4)]
    assert shown(document("a", CLAUSE, *texts), document("b", CLAUSE), k=2) == [("a", ("b",)), ("a", ())]


def test_no_more_is_compared_than_can_matter_unless_hits_are_missing() -> None:
    first = document("a", CLAUSE, *(f"第{i}个不同的段落，讲的是第{i}件不相干的事情。" for i in range(20)))
    assert shown(first, document("b", CLAUSE), k=5) == [("a", ())] * 5, "the twin stands too far down"
    many = [document(f"d{i:02}", CLAUSE) for i in range(30)]
    found = shown(*many, document("e", LONG), k=2)
    assert [(name, len(others)) for name, others in found] == [("d00", 29), ("e", 0)]


def joined(found: list[Ranked], *documents: Document, k: int = 8) -> list[tuple[int, ...]]:
    known = {d.id: d for d in documents}
    arranged = arrange(found, k, known.__getitem__, lambda _: True)
    for each in arranged:
        text = known[each.parts[0].match.document_id].text[each.start : each.end]
        assert all(p.match.start >= each.start and p.match.end <= each.end for p in each.parts)
        assert len(text) == each.end - each.start
    return [tuple(p.match.number for p in each.parts) for each in arranged]


def test_neighbours_are_one_hit_at_the_place_and_with_the_score_of_the_best() -> None:
    one = document("a", "甲段的文字。", "乙段的文字。", "丙段的文字。", "丁段的文字。")
    first, second, third, fourth = passages(one)
    assert joined([second, fourth, first], one) == [(0, 1), (3,)]
    assert joined([first, third, second], one) == [(0, 1, 2)], "what lies between joins both"
    assert joined([fourth, second, third], one) == [(1, 2, 3)]
    arranged = arrange([replace(second, score=0.9), replace(first, score=0.4)], 8, lambda _: one, lambda _: True)
    assert arranged[0].score == 0.9


def test_neighbours_of_two_sections_or_documents_or_too_long_together_stay_apart() -> None:
    one = document("a", "甲段的文字。", "乙段的文字。")
    apart = replace(one, blocks=(one.blocks[0], replace(one.blocks[1], headings=("二、乙",))))
    assert joined(passages(apart), apart) == [(0,), (1,)]
    two = document("b", "丙段。", "丁段。")
    assert joined([passages(one)[0], passages(two)[1]], one, two) == [(0,), (1,)]
    long = document("c", "长" * 500, "短" * 500)
    assert joined(passages(long), long) == [(0,), (1,)]


def test_what_is_joined_makes_room_for_others() -> None:
    one = document("a", "甲段的文字。", "乙段的文字。", "丙段的文字。", "丁段的文字。", "戊段的文字。")
    first, second, _, fourth, _ = passages(one)
    assert joined([first, second, fourth], one, k=2) == [(0, 1), (3,)]
    assert joined([first, fourth, second], one, k=2) == [(0,), (3,)], "the third was no hit"


def test_documents_take_turns_above_a_floor() -> None:
    a, b = document("a", "一", "二", "三"), document("b", "四", "五")
    found = passages(a, b)
    assert [r.match.document_id for r in take_turns(found)] == ["a", "b", "a", "b", "a"]
    low = [*found[:3], *(replace(r, score=0.3) for r in found[3:])]
    assert [r.match.document_id for r in take_turns(low)] == ["a", "a", "a", "b", "b"]
    assert take_turns([]) == []


GUIDES = (
    document("东海市港口指南", region="东海市", number="东港〔2021〕5号"),
    document("西山省矿区指南", region="西山省"),
    document("全国港口指南", region="国家"),
)


@pytest.mark.parametrize(
    "question",
    [
        "各文件怎么规定？",
        "哪些指南提到了夜航？",
        "两份通知有什么不同？",
        "东海和西山的要求有何不同？",
        "东海市港口指南比西山省矿区指南多了什么？",
        "东港[2021]5号与全国港口指南相比如何？",
        "Which documents mention night sailing?",
        "What do the two guides have in common?",
    ],
)
def test_a_question_about_several_documents_is_known_by_its_words_or_their_names(question: str) -> None:
    assert asks_several(question, GUIDES)


@pytest.mark.parametrize(
    "question",
    [
        "夜航和日航有什么区别？",
        "东海有哪些国家标准？",
        "东海市港口指南对东海的夜航怎么规定？",
        "东港〔2021〕5号《东海市港口指南》讲什么？",
        "How do ferries and trams differ?",
        "",
    ],
)
def test_a_comparison_within_one_document_is_none_of_documents(question: str) -> None:
    assert not asks_several(question, GUIDES)

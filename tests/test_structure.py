"""The marks by which a line shows what it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import structure


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ("第一章 总则", "第一节 范围"),
        ("第一节 范围", "一、目标"),
        ("一、目标", "（一）总体目标"),
        ("（一）总体目标", "1. 数量目标"),
        ("1. 数量目标", "1.1 国家标准"),
        ("1.1 国家标准", "（1）基础类"),
        ("（1）基础类", "①术语"),
    ],
)
def test_official_numbering_is_ordered_from_chapter_to_circled_number(outer: str, inner: str) -> None:
    above, below = structure.numbered(outer), structure.numbered(inner)
    assert above is not None
    assert below is not None
    assert 0 < above.rank < below.rank


@pytest.mark.parametrize("line", ["（一）范围", "(一)范围", "（一)范围", "(一）范围"])
def test_brackets_of_either_width_and_mixed_ones_are_the_same_mark(line: str) -> None:
    mark = structure.numbered(line)
    assert mark is not None
    assert mark.rank == 30


@pytest.mark.parametrize(
    "line",
    [
        "1. 本条规定了术语。",
        "（1）先登记；再申报。",
        "2、收集意见，汇总后上报",
        "1. This item is a sentence. It has two.",
        "3. " + "很长的条目" * 12,
    ],
)
def test_a_numbered_line_that_is_no_title_is_an_item(line: str) -> None:
    mark = structure.numbered(line)
    assert mark is not None
    assert mark.rank == 0


@pytest.mark.parametrize("line", ["2026年目标", "50项标准", "100. 太大的数", "十二项任务", "正文"])
def test_a_number_that_counts_or_measures_is_no_mark(line: str) -> None:
    mark = structure.numbered(line)
    assert mark is None or mark.rank == 0


@pytest.mark.parametrize("line", ["前 言", "前言", "目 次", "参考文献", "Foreword", "附件", "附录 A", "附件1：清单"])
def test_named_parts_are_headings_with_or_without_blanks(line: str) -> None:
    mark = structure.numbered(line)
    assert mark is not None
    assert mark.rank > 0


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("上 海 市", "上海市"),
        ("前　言", "前言"),
        ("AI 标 准", "AI 标 准"),
        ("两个词 一行", "两个词 一行"),
        ("甲", "甲"),
    ],
)
def test_only_a_line_that_is_letter_spaced_throughout_is_closed_up(line: str, expected: str) -> None:
    assert structure.squeeze(line) == expected


def test_markdown_headings_have_six_levels_and_need_a_blank() -> None:
    ranks = [mark.rank for n in range(1, 7) if (mark := structure.markdown_heading("#" * n + " 标题")) is not None]
    assert ranks == [1, 2, 3, 4, 5, 6]
    assert structure.markdown_heading("#标签") is None
    assert structure.markdown_heading("####### 七级") is None
    assert structure.markdown_heading("# ") is None


@pytest.mark.parametrize("line", ["前言......1", "一、现状……………3", "二、目标 . . . . . 12", "附录····9"])
def test_dot_leaders_are_seen(line: str) -> None:
    assert structure.dot_leader(line)


@pytest.mark.parametrize("line", ["等等……", "详见第3页", "版本 1.2.3", "共有 12 项"])
def test_ordinary_lines_are_no_dot_leaders(line: str) -> None:
    assert not structure.dot_leader(line)


@pytest.mark.parametrize("line", ["¹ 某机构，2024年。", "¹² 注", "[3] 某报告", "[^4]: note"])
def test_footnotes_begin_with_a_raised_number_or_one_in_square_brackets(line: str) -> None:
    assert structure.footnote(line)


@pytest.mark.parametrize("line", ["1 某机构", "[甲] 某报告", "¹", "（1）条目"])
def test_other_lines_are_no_footnotes(line: str) -> None:
    assert not structure.footnote(line)


def test_a_caption_is_short_and_no_sentence() -> None:
    assert structure.caption("图1 总体框架")
    assert structure.caption("Table 2: Results")
    assert not structure.caption("图1给出了总体框架。其余见下文")
    assert not structure.caption("表示方法")


@pytest.mark.parametrize("text", ["（未完", "(half", "《书名", "见《甲（乙》", "“引"])
def test_an_open_bracket_is_noticed(text: str) -> None:
    assert structure.open_bracket(text)


@pytest.mark.parametrize("text", ["（完）", "(mixed）", "（mixed)", "《书名》", "没有"])
def test_a_bracket_of_the_other_width_closes(text: str) -> None:
    assert not structure.open_bracket(text)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 60), st.text("甲乙丙", min_size=1, max_size=3)), max_size=20))
def test_a_heading_stands_under_open_headings_of_smaller_rank_only(entered: list[tuple[int, str]]) -> None:
    headings = structure.Headings()
    open_: list[tuple[int, str]] = []
    for rank, title in entered:
        open_ = [(r, t) for r, t in open_ if r < rank]
        path, level = headings.enter(rank, title)
        assert path == tuple(t for _, t in open_)
        assert level == len(path) + 1
        open_.append((rank, title))
        assert headings.path == (*path, title)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_no_line_makes_a_mark_fail_and_a_mark_lies_within_its_line(line: str) -> None:
    for mark in (structure.numbered(line), structure.markdown_heading(line)):
        assert mark is None or 0 <= mark.length <= len(line)
    assert set(structure.squeeze(line)) <= set(line)
    for test in (structure.footnote, structure.caption, structure.bullet, structure.page_at_end):
        assert test(line) in (True, False)

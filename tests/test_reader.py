"""The reader, on small texts of our own that show what official documents do."""

import itertools
import re
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Block, Document, Kind
from corpus.readers import read
from corpus.readers.text import read_string


def read_text(text: str) -> tuple[str, tuple[Block, ...]]:
    reading = read_string(text)
    return reading.text, reading.blocks


def document(text: str, name: str = "note.md") -> Document:
    return read(text.encode(), uri=f"test:{name}", source=name)


def blocks(text: str, *kinds: Kind) -> list[str]:
    canonical, found = read_text(text)
    return [canonical[b.start : b.end] for b in found if not kinds or b.kind in kinds]


def path_of(text: str, words: str) -> tuple[str, ...]:
    canonical, found = read_text(text)
    return next(b.headings for b in found if words in canonical[b.start : b.end] and b.kind is not Kind.HEADING)


def test_official_numbering_gives_the_heading_path() -> None:
    text = "第一章 总则\n\n一、目标\n\n（一）总体目标\n\n1. 数量目标\n\n1.1 国家标准\n\n新增标准若干项。\n\n二、措施\n\n加强组织。\n"
    assert path_of(text, "新增") == ("第一章 总则", "一、目标", "（一）总体目标", "1. 数量目标", "1.1 国家标准")
    assert path_of(text, "加强") == ("第一章 总则", "二、措施")


def test_mixed_brackets_and_bold_marks_do_not_hide_a_heading() -> None:
    text = "**一、现状**\n\n**(一）产业**\n\n产业持续增长。\n\n(二) 人才\n\n人才不断增加。\n"
    assert path_of(text, "产业持续") == ("一、现状", "(一）产业")
    assert path_of(text, "人才不断") == ("一、现状", "(二) 人才")


def test_a_numbered_sentence_is_an_item_and_a_numbered_title_a_heading() -> None:
    text = "1. 术语。规定常用词语的含义。\n\n2. 测试评估\n\n给出测试方法。\n"
    assert blocks(text, Kind.LIST_ITEM) == ["1. 术语。规定常用词语的含义。"]
    assert blocks(text, Kind.HEADING) == ["2. 测试评估"]


def test_a_decimal_or_a_count_at_a_line_s_beginning_is_no_heading() -> None:
    assert blocks("规模达到\n\n3.6万亿元的水平。\n", Kind.HEADING) == []


def test_lines_cut_at_the_page_s_width_are_joined() -> None:
    line = "为了加快推进标准体系的建设各单位应当结合实际情况制定年度工作计划并"
    text = "\n\n".join([line[:30]] * 14) + "\n\n按时报送。\n\n二、附则\n\n本通知自印发之日起执行。\n"
    assert blocks(text, Kind.PARAGRAPH)[0] == line[:30] * 14 + "按时报送。"


def test_a_sentence_broken_by_a_page_goes_on() -> None:
    text = "各地应当建立覆盖研究、制定、实施全过程的标准化工作机制，并对重点领域的业务\n\n服务接口加以规范。\n"
    assert len(blocks(text, Kind.PARAGRAPH)) == 1


def test_an_open_bracket_is_never_left_at_a_line_s_end() -> None:
    assert blocks("《某市数据条例》（市政府令第 12\n号）\n") == ["《某市数据条例》（市政府令第 12号）"]


def test_a_footnote_in_a_sentence_comes_after_its_paragraph() -> None:
    text = "该机制由三个部分组成，其中第一部分负责收集各方面的意见和建议¹并且\n\n¹ 某机构. 年度报告[R]. 2024.\n\n向社会公布。\n"
    assert blocks(text, Kind.PARAGRAPH) == [
        "该机制由三个部分组成，其中第一部分负责收集各方面的意见和建议¹并且向社会公布。"
    ]
    assert blocks(text, Kind.FOOTNOTE) == ["¹ 某机构. 年度报告[R]. 2024."]


def test_contents_pages_are_kept_out_of_the_search() -> None:
    text = "目 录\n\n前 言.....\t1\n一、现状.....\t2\n二、目标\t3\n（一）总目标\t3\n\n前 言\n\n本指南说明工作安排。\n"
    canonical, found = read_text(text)
    contents = [b for b in found if b.kind is Kind.CONTENTS]
    assert len(contents) == 1
    assert "二、目标\t3" in canonical[contents[0].start : contents[0].end]
    assert not contents[0].kind.searchable
    assert path_of(text, "本指南说明") == ("前言",)


def test_web_page_furniture_is_kept_out_of_the_search() -> None:
    text = "# 通知\n\n请各单位遵照执行。\n\n原文来源：某网站\n\n微信扫一扫\n关注该公众号\n\n赞\n在看\n分享\n"
    assert blocks(text, Kind.CHROME) == ["微信扫一扫\n关注该公众号\n赞\n在看\n分享"]


def test_page_numbers_and_running_headers_do_not_cut_a_sentence_and_are_not_searched() -> None:
    bodies = [f"{who}应当建立覆盖研究、制定和实施全过程的工作机制，明确每一个环节的" for who in "甲乙丙"]
    pages = [f"某市标准化工作指南\n\n{body}\n\n- {n} -\n" for n, body in enumerate(bodies, 1)]
    text = "\n".join(pages) + "\n某市标准化工作指南\n\n责任人。\n"
    assert blocks(text, Kind.PARAGRAPH) == ["".join(bodies) + "责任人。"]
    assert "- 2 -" in "".join(blocks(text, Kind.CHROME))
    assert blocks("比例为\n\n3/4\n\n的部分归甲方所有。\n", Kind.CHROME) == []


def test_lines_of_a_title_page_and_contributors_are_told_from_the_body() -> None:
    text = (
        "某协会\n\n年度报告\n\n编写组\n\n甲单位\n\n赵某、钱某\n\n# 前言\n\n本报告说明一年来的工作情况和下一步安排。\n"
    )
    assert blocks(text, Kind.MASTHEAD) == ["某协会", "年度报告"]
    assert blocks(text, Kind.CREDITS) == ["编写组", "甲单位", "赵某、钱某"]


def test_an_annex_that_is_only_named_is_no_heading_and_an_annex_s_title_is_one() -> None:
    text = (
        "各单位：\n\n现将意见印发给你们，请认真贯彻执行。\n\n附件：关于推进工作的意见\n\n某市某局\n\n2024年3月1日\n\n"
        "附件\n\n关于推进工作的意见\n\n一、目标\n\n全面推进各项工作的开展。\n\n附录\n\n任务说明表\n\n各项任务见下文的逐条说明。\n"
    )
    assert path_of(text, "全面推进") == ("附件", "关于推进工作的意见", "一、目标")
    assert path_of(text, "各项任务见")[-2:] == ("附录", "任务说明表")
    assert "附件：关于推进工作的意见" in blocks(text, Kind.PARAGRAPH)


def test_an_english_subtitle_is_not_joined_to_the_chinese_title_below_it() -> None:
    text = "Annual Report on the Work of the Association and its Members\n\n某协会年度工作报告\n\n本报告说明一年来的工作。\n"
    assert blocks(text)[1] == "某协会年度工作报告"


def test_a_pipe_table_gives_rows_that_carry_their_columns() -> None:
    text = "表1 目标汇总\n\n| 地区 | 年份 | 数量 |\n|---|---:|---|\n| 甲市 | 2026 | 30项 |\n| | 2027 | 50项 |\n"
    canonical, found = read_text(text)
    rows = [b for b in found if b.kind is Kind.TABLE_ROW]
    assert [canonical[b.start : b.end] for b in rows] == ["甲市 | 2026 | 30项", "| 2027 | 50项"]
    assert rows[1].context == "表1 目标汇总；地区：甲市；年份：2027；数量：50项"
    assert blocks(text, Kind.TABLE_HEADER) == ["地区 | 年份 | 数量"]


def test_a_tab_table_survives_a_page_break_and_a_row_cut_in_two() -> None:
    text = "序号\t类别\t名称\n1\tA 基础\t术语\n2\t\t测试方法的评\n\n序号\t类别\t名称\n\t\t价规范\n3\tB 应用\t接口\n"
    canonical, found = read_text(text)
    rows = [b for b in found if b.kind is Kind.TABLE_ROW]
    assert [canonical[b.start : b.end] for b in rows] == [
        "1\tA 基础\t术语",
        "2\t\t测试方法的评\n价规范",
        "3\tB 应用\t接口",
    ]
    assert "类别：A 基础" in rows[1].context
    assert "名称：测试方法的评价规范" in rows[1].context


def test_markdown_s_marks_are_gone_and_its_words_remain() -> None:
    text = "# 手册\n\n用 `yiju ingest` 添加**文件**，见[说明](https://example.org/a_(b))。![图](x.png)\n"
    assert blocks(text, Kind.PARAGRAPH) == ["用 yiju ingest 添加文件，见说明。"]


def test_code_is_kept_as_it_is() -> None:
    assert blocks("说明：\n\n```\n一、不是标题\n  x | y\n```\n", Kind.PARAGRAPH)[1] == "一、不是标题\n  x | y"


def test_front_matter_gives_metadata_and_is_not_searched() -> None:
    found = document(
        "---\ntitle: 甲指南\nlanguage: zh\ndate: 2025-03-01\ntags: [a, b]\n---\n\n# 甲指南\n\n一、目标\n\n实现目标。\n"
    )
    assert found.metadata.title == "甲指南"
    assert found.metadata.tags == ("a", "b")
    assert str(found.metadata.date) == "2025-03-01"
    assert next(b.kind for b in found.blocks) is Kind.CHROME
    assert found.blocks[-1].headings == ("一、目标",)


def test_metadata_is_read_from_the_document_s_own_lines() -> None:
    text = "某市经济局\n\n甲经〔2023〕7号\n\n关于推进标准化工作的指导意见\n\n各有关单位：\n\n请遵照执行。\n\n某市经济局\n\n2023年5月6日\n"
    metadata = document(text, "x.txt").metadata
    assert metadata.title == "关于推进标准化工作的指导意见"
    assert metadata.number == "甲经〔2023〕7号"
    assert str(metadata.date) == "2023-05-06"
    assert metadata.language == "zh"


def test_english_is_read_too() -> None:
    text = "# Guide\n\n## Scope\n\nThis guide covers tests that are\nrun every day. It does not cover\nothers.\n\n- first item\n- second item\n"
    assert blocks(text, Kind.PARAGRAPH) == ["This guide covers tests that are run every day. It does not cover others."]
    assert blocks(text, Kind.LIST_ITEM) == ["- first item", "- second item"]
    assert document(text).metadata.language == "en"


PIECES = st.sampled_from(
    [
        "# 标题", "## 二级", "一、总则", "（一）范围", "1. 目标", "1.1 小节", "（1）条目说明。", "第三章 附则", "附件：清单",
        "本段说明有关事项。", "未完的一行，", "接着写完。", "接着写完。", "- 列表项", "——要点。", "| 甲 | 乙 |", "|---|---|",
        "| 1 | 2 |", "序号\t名称", "1\t甲项", "\t续行", "¹ 注释. 2024.", "图1 框架图", "目录", "前言.....1", "微信扫一扫",
        "A plain English line that goes on for quite a while", "ends here.", "```", "**粗体标题**", "![图](a.png)",
        "\u3000\u3000缩进段落。", "「引号", "《未闭合", "\u202e反向", "\ufeff", "", "", "", " ", "---",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=40).map("\n".join))
def test_every_character_lies_in_one_block_and_none_is_invented(text: str) -> None:
    canonical, found = read_text(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert all(0 <= b.start < b.end <= len(canonical) for b in found)
    inside = "".join(canonical[b.start : b.end] for b in found)
    assert re.sub(r"\s", "", inside) == re.sub(r"\s", "", canonical)
    assert not set(re.sub(r"\s", "", canonical)) - set(text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    read_text(text)


PLAIN = st.sampled_from(
    [
        "第一章 总则", "一、总则", "（一）范围", "1. 目标", "1.1 小节", "（1）条目说明。", "附件：清单", "前 言", "目录", "前言.....1",
        "本段说明有关事项。", "未完的一行，", "接着写完。", "接着写完。", "为了推进各项工作而写得相当长的一行文字它没有结束", "并在这里结束。",
        "序号\t名称\t数量", "1\t甲项\t3", "\t\t续行", "¹ 某机构. 2024.", "图1 框架图", "表2 汇总", "· 要点", "——要点。",
        "A plain English line that goes on", "and ends here.", "\u3000\u3000缩进段落。", "「引号", "《未闭合", "微信扫一扫", "在看", "",
        "\u202e反向", "e\u0301组合", "😀表情", "\u200b零宽", "𠀀扩展字。",
    ]
)  # fmt: skip


def letters(text: str) -> Counter[str]:
    return Counter(re.sub(r"\s", "", text))


@settings(max_examples=100, deadline=None)
@given(st.lists(PLAIN, max_size=40).map("\n".join))
def test_of_a_text_without_markdown_no_character_is_lost_or_doubled(text: str) -> None:
    assert letters(read_text(text)[0]) == letters(text)


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=40).map("\n".join))
def test_no_character_occurs_more_often_than_in_the_source(text: str) -> None:
    assert letters(read_text(text)[0]) <= letters(text)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=30).map("\n".join))
def test_reading_is_the_same_every_time_and_a_heading_path_names_headings_above(text: str) -> None:
    canonical, found = read_text(text)
    assert read_text(text) == (canonical, found)
    above = {""}
    for block in found:
        assert all(re.sub(r"\s", "", title) in above for title in block.headings)
        if block.kind is Kind.HEADING:
            above.add(re.sub(r"\s", "", canonical[block.start : block.end]))

"""The reader, on small texts of our own that show what official documents do."""

import itertools
import re
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Block, Document, Kind
from corpus.readers import read
from corpus.readers.text import read_string
from cpu_time import proportional


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


LAW = (
    "某市渡口条例\n\n第一编 总则\n\n第一章 一般规定\n\n第一条　渡口的设立应当经过批准。\n\n前款的批准由市政府作出。\n\n"
    "第二条管理渡口的，依照本条例\n第一条规定的原则进行：\n（一）安全；\n（二）便民\n\n"
    "第二条之一 【罚则】违反规定的，处以罚款。\n\n第二章 附则\n\n第三条 本条例自2023年5月1日起施行。\n"
)


def test_each_article_of_a_law_is_a_heading_of_its_own_with_its_paragraphs_below() -> None:
    above = ("第一编 总则", "第一章 一般规定")
    assert path_of(LAW, "渡口的设立") == path_of(LAW, "前款的批准") == (*above, "第一条")
    assert path_of(LAW, "（二）便民") == (*above, "第二条")
    assert path_of(LAW, "处以罚款") == (*above, "第二条之一 【罚则】")
    assert path_of(LAW, "本条例自") == ("第一编 总则", "第二章 附则", "第三条")


def test_an_article_that_is_only_referred_to_at_a_line_s_beginning_is_none() -> None:
    assert not [h for h in blocks(LAW, Kind.HEADING) if "规定的原则" in h]


def test_an_article_that_is_cut_at_the_width_is_read_whole() -> None:
    text = "第一章 总则\n\n　　第一条　本市行政区域内渡口的规划建设和日常管\n理活动，适用本条例。\n　　法律另有规定的，从其规定。\n"
    assert blocks(text, Kind.PARAGRAPH) == [
        "本市行政区域内渡口的规划建设和日常管理活动，适用本条例。",
        "法律另有规定的，从其规定。",
    ]
    cut = "（二）渡口设施的保护原则、目标\n和任务；\n".replace("（二）", "　　（二）")
    assert blocks(cut) == ["（二）渡口设施的保护原则、目标和任务；"]


def test_articles_are_found_in_traditional_chinese_and_in_english() -> None:
    assert path_of("第 一 章 總則\n\n第 3-1 條\n渡口由主管機關公告之。\n", "公告") == ("第 一 章 總則", "第 3-1 條")
    text = "CHAPTER I\nGENERAL PROVISIONS\n\nArticle 1\nScope of the rules\n\n1. These rules apply to:\n(a) ferries;\n(b) boats.\n"
    path = ("CHAPTER I", "GENERAL PROVISIONS", "Article 1", "Scope of the rules")
    assert path_of(text, "(b) boats") == path
    assert blocks(text, Kind.LIST_ITEM)[1:] == ["(a) ferries;", "(b) boats."]
    assert blocks("It applies to any part of the harbour.\nPart of the harbour is closed\n", Kind.HEADING) == []


STANDARD = (
    "前 言\n\n本文件由某协会提出。\n\n1 范围\n\n本文件规定了标识的要求。\n\n2 规范性引用文件\n\nGB/T 1111 标识 术语\n"
    "GB/T 2222—2002 颜色的分类与编码方法的基本原则\n\n3 术语和定义\n\n3.1\n标识 sign\n传达信息的图形。\n\n"
    "4 要求\n\n4.1 图形\n\n4.1.1 尺寸\n\n图形的边长不小于30 cm。\n\n附 录 A\n（规范性）\n测量方法\n\nA.1 概述\n\n用直尺测量。\n\n"
    "参 考 文 献\n\n[1] GB/T 3333 渡口\n"
)


def test_a_standard_s_clauses_terms_and_annexes_are_headings() -> None:
    assert path_of(STANDARD, "本文件规定了") == ("1 范围",)
    assert path_of(STANDARD, "传达信息") == ("3 术语和定义", "3.1", "标识 sign")
    assert path_of(STANDARD, "边长") == ("4 要求", "4.1 图形", "4.1.1 尺寸")
    assert path_of(STANDARD, "直尺") == ("附 录 A", "测量方法", "A.1 概述")
    assert path_of(STANDARD, "[1]") == ("参考文献",)
    assert "GB/T 1111 标识 术语" in blocks(STANDARD, Kind.PARAGRAPH)


def test_what_a_letter_encloses_is_named_and_no_heading() -> None:
    text = "三、督导检查\n\n请认真落实各项工作。\n\n附件：1. 检查清单\n　　　2. 工作台账\n　　　3. 评估办法\n\n某市某局\n\n2024年3月1日\n"
    assert blocks(text, Kind.HEADING) == ["三、督导检查"]
    assert blocks(text.replace("附件：", "附件：\n"), Kind.HEADING) == ["三、督导检查"]


def test_the_chapters_of_an_enclosure_stand_below_it() -> None:
    text = "附件1\n\n某市渡口规则\n\n第一章 总则\n\n渡口应当登记。\n\n附件2\n\n登记表\n\n表格由某局印制。\n"
    assert path_of(text, "应当登记") == ("附件1", "某市渡口规则", "第一章 总则")
    assert path_of(text, "印制") == ("附件2", "登记表")


def test_numbered_titles_with_nothing_between_them_are_a_list() -> None:
    text = "2. Principles\n\nFollow these:\n\n1. Plan early.\n2. Second point\n3. Third point\n\n3. Retention\n\nKeep them.\n"
    assert blocks(text, Kind.HEADING) == ["2. Principles", "3. Retention"]
    assert blocks("一、农业\n1. 甲规程\n2. 乙规程\n二、工业\n1. 丙规程\n2. 丁规程\n", Kind.HEADING) == [
        "一、农业",
        "二、工业",
    ]


def test_headings_may_be_long_ask_or_end_with_a_colon() -> None:
    long = "一、" + "优化审批流程并推动" * 6 + "公开透明"
    assert blocks(f"{long}\n\n推进改革。\n\n二、活动时间：\n\n3月1日\n", Kind.HEADING) == [long, "二、活动时间："]
    text = "1. 问：怎样申请？\n答：到窗口申请。\n\nQ2: Who pays?\nA: The owner pays.\n"
    assert path_of(text, "窗口") == ("1. 问：怎样申请？",)
    assert path_of(text, "The owner") == ("Q2: Who pays?",)


def test_a_contents_page_without_page_numbers_is_kept_out_of_the_search() -> None:
    text = "目　　录\n\n第一章　总则\n第二章　附则\n\n第一章　总　则\n\n第一条 为了安全。\n\n第二章　附　则\n\n第二条 由某局解释。\n"
    assert blocks(text, Kind.CONTENTS) == ["目　　录\n第一章　总则\n第二章　附则"]
    assert len(blocks(text, Kind.HEADING)) == 4


def test_titles_numbers_and_labels_are_not_run_together() -> None:
    lines = ["某市住房和城乡建设局关于商请提供地下管网数据的函", "某建函〔2024〕102号", "市水务集团、市燃气集团："]
    assert blocks("\n\n".join(lines) + "\n") == lines
    lines = ["Minutes of the 14th Meeting of the Harbour Advisory Board", "Date: 12 June 2024"]
    assert blocks("\n".join(lines) + "\n\nThe meeting opened at ten.\n")[:2] == lines


def test_a_speech_of_several_paragraphs_does_not_swallow_what_follows() -> None:
    text = "一、增加一条：“鼓励屋顶绿化。\n\n“标准由某局制定。”\n\n二、删去第二十条。\n"
    assert blocks(text) == ["一、增加一条：“鼓励屋顶绿化。", "“标准由某局制定。”", "二、删去第二十条。"]


def test_a_line_that_begins_with_the_rest_of_a_number_or_a_mark_goes_on() -> None:
    assert blocks("规模达到50亿元，增长\n22.5%，创新高。\n") == ["规模达到50亿元，增长22.5%，创新高。"]


def test_a_scan_with_a_blank_after_each_character_is_closed_up() -> None:
    text = "某 市 气 象 局\n\n第 一 条 预 警 分 为 四 级 ， 自 2 0 2 3 年 起 发 布 。\n\n第 二 条 由 某 局 解 释 。\n"
    assert blocks(text)[-4:] == ["第一条", "预警分为四级，自2023年起发布。", "第二条", "由某局解释。"]


def test_a_table_whose_cells_only_pipes_part_gives_rows() -> None:
    text = (
        "变更记录如下。\n\nVersion | Date | Change\n2.0 | 2023-01-01 | New limits\n2.1 | 2024-03-01 | Hotels\n\n完。\n"
    )
    assert blocks(text, Kind.TABLE_ROW) == ["2.0 | 2023-01-01 | New limits", "2.1 | 2024-03-01 | Hotels"]


def test_many_contents_titles_take_time_in_proportion() -> None:
    proportional(lambda times: read_string("目录\n\n第一章 总则\n第二章 附则\n" * times), 1_000)


PIECES = st.sampled_from(
    [
        "# 标题", "## 二级", "一、总则", "（一）范围", "1. 目标", "1.1 小节", "（1）条目说明。", "第三章 附则", "附件：清单",
        "第一条 为了安全。", "第二条应当登记", "1 范围", "2 术语和定义", "2.1", "附件：1. 甲", "2. 乙", "Article 1", "问：何时？", "a | b | c",
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
        "第一章 总则", "一、总则", "（一）范围", "1. 目标", "1.1 小节", "（1）条目说明。", "附件：清单", "前 言", "目录",
        "第一条：为了安全。", "第二条应当登记", "1 范围", "2 术语和定义", "2.1", "附件：1. 甲", "Article 1", "a | b | c", "第 一 条 甲 。", "前言.....1",
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

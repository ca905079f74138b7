"""What a document says of itself, and nothing that it does not say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import dates
from corpus.document import Block, Kind, Metadata, Status
from corpus.errors import UnreadableFile
from corpus.fields import FIELDS, number_of
from corpus.metadata import language, read_metadata
from corpus.official import read_official
from corpus.readers import read
from corpus.readers.text import read_string
from cpu_time import proportional


def metadata(text: str, name: str = "file-name.md") -> Metadata:
    return read(text.encode(), uri=f"test:{name}", source=name).metadata


def with_front(*lines: str) -> Metadata:
    return metadata("---\n" + "\n".join(lines) + "\n---\n\n# 正文标题\n\n正文一句。\n")


def test_front_matter_says_everything_that_it_can() -> None:
    found = with_front(
        "title: 甲省数据办法",
        "language: zh",
        "issuers: [甲局, 乙局]",
        "number: 甲数〔2024〕8号",
        "date: 2024-05-06",
        "edition: 第二版",
        "status: 现行",
        "url: https://example.org/a",
        "tags: [数据, 2024]",
    )
    assert dict(found.read_from).pop("language") == "front matter"
    assert replace(found, read_from=()) == Metadata(
        title="甲省数据办法",
        language="zh",
        issuers=("甲局", "乙局"),
        number="甲数〔2024〕8号",
        date=date(2024, 5, 6),
        edition="第二版",
        status=Status.CURRENT,
        url="https://example.org/a",
        tags=("数据", "2024"),
    )


def test_a_single_tag_or_issuer_needs_no_list() -> None:
    found = with_front("tags: 数据", "issuers: 甲局")
    assert (found.tags, found.issuers) == (("数据",), ("甲局",))


def test_the_day_on_which_a_page_was_saved_is_not_the_document_s_date() -> None:
    assert with_front("date: 2024-05-06", "fetch_date: 2024-05-07").date is None


@pytest.mark.parametrize(
    "front", ["title: [", "title: a: b", "title: {", "a: *nobody", "title: !!python/name:os.system"]
)
def test_front_matter_that_is_no_yaml_is_refused_in_both_languages(front: str) -> None:
    with pytest.raises(UnreadableFile, match="YAML") as caught:
        with_front(front)
    assert "YAML" in caught.value.zh


@pytest.mark.parametrize("front", ["title:", "title: []", "title: {a: b}", "title: ''"])
def test_a_title_that_is_no_text_is_taken_from_the_document(front: str) -> None:
    assert with_front(front).title == "正文标题"


def test_a_rule_at_the_beginning_is_no_front_matter() -> None:
    found = metadata("---\n\n# 标题\n\n第一段。\n\n---\n\n第二段。\n")
    assert found.title == "标题"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# 甲手册\n\n内容。\n", "甲手册"),
        ("某市\n\n关于开展检测工作的通知\n\n各单位：\n\n请照办。\n", "关于开展检测工作的通知"),
        ("数 据 管 理 办 法\n\n一、总则\n\n内容。\n", "数据管理办法"),
        ("A Plain Title\n\nThis is the first sentence.\n", "A Plain Title"),
        ("这里只有一句话。\n", "file-name"),
        ("一、总则\n\n内容一句。\n", "file-name"),
    ],
)
def test_the_title_is_the_document_s_own_or_else_the_file_s_name(text: str, title: str) -> None:
    assert metadata(text).title == title


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2023年5月6日", date(2023, 5, 6)),
        ("2023 年 5 月 6 日", date(2023, 5, 6)),
        ("2023年5月", date(2023, 5, 1)),
        ("2023年13月6日", None),
        ("2023年2月30日", None),
        ("自2023年5月6日起施行。", None),
        ("第2023号", None),
    ],
)
def test_only_a_line_that_is_nothing_but_a_date_dates_a_document(line: str, expected: date | None) -> None:
    assert metadata(f"# 标题\n\n正文一句。\n\n{line}\n").date == expected


def test_a_document_s_number_is_the_line_that_is_nothing_else() -> None:
    assert metadata("# 标题\n\n甲经信〔2023〕7号\n\n正文。\n").number == "甲经信〔2023〕7号"
    assert metadata("# 标题\n\n根据甲经信〔2023〕7号的要求，正文。\n").number is None


NOTICE = """某市数据管理局
某市档案局
文件

某数发„2023‟12 号

某市数据管理局 某市档案局关于印发《某市公共数据归档办法（试行）》的通知

各区数据管理部门：

现将《某市公共数据归档办法（试行）》印发给你们，请遵照执行。

某市数据管理局

某市档案局

2023年4月3日

某市数据管理局办公室 2023年4月5日印发

某市公共数据归档办法（试行）

第一条 为了规范归档工作，制定本办法。

第二条 本办法自2023年6月1日起施行，有效期2年。《某市电子数据归档规定》（某数发〔2015〕7号）同时废止。
"""
PAGE = """---
title: 重磅！某省三部门联合发布《某省算力设施建设指南（2024版）》
url: https://example.org/news/1
date: 2024-09-30
fetch_date: 2024-10-01
---

# 重磅！某省三部门联合发布《某省算力设施建设指南（2024版）》

某新闻网

**关于印发某省算力设施建设指南（2024版）的通知**

某工信〔2024〕66号

各市有关部门：

现印发给你们，请抓好落实。

某省工业和信息化厅

某省数据局

2024年9月1日

**某省算力设施建设指南**

**（2024版）**

为了加快建设，特制定本指南。
"""
COVER = """国际测绘学会联盟
Federation of Surveyors


全球测绘技术
发展报告

国际测绘学会联盟数据委员会

2024年8月

目 录

前 言.....1
一、现状.....2
二、展望.....9

前 言

本报告介绍测绘技术。2019年3月1日发布的章程另有说明。
"""
DRAFT = """湖滨市共享单车停放导则

（2025 年版）（征求意见稿）

湖滨市城市管理局

湖滨市交通运输局

一、总则

为了规范停放，2021年5月1日起实施的旧标准不再适用。
"""
ORDER = """湖滨市人民政府令

第 18 号

《湖滨市渡口管理规定》已经2022年1月10日市政府第3次常务会议通过，现予公布，自2022年3月1日起施行。

市长 某某

二〇二二年一月十六日

湖滨市渡口管理规定

第一条 为了保障安全，制定本规定。
"""
LAW = """湖滨市绿化条例

（2018年5月30日湖滨市人民代表大会常务委员会第九次会议通过 2021年9月28日修正）

第一章 总则

第一条 为了发展绿化，制定本条例。

第二十条 本条例自2018年10月1日起施行。
"""
WEB_TABLE = """发文机关：湖滨市水务局

发文字号：湖水规[2020]4号

成文日期：2020年11月02日

有效性：已废止

# 湖滨市节水管理细则

一、为了节水，制定本细则。
"""
STANDARD = """DB99/T 1234—2022

渡口安全标识规范

2022-03-15 发布    2022-06-15 实施

湖滨市市场监督管理局

1 范围

本文件规定了渡口安全标识的要求。
"""
CALL = """湖滨市数据局关于公开征求《湖滨市数据登记规则（征求意见稿）》意见的公告

为了规范登记，现公开征求意见，期限至2024年5月31日。

湖滨市数据局

2024年5月1日

湖滨市数据登记规则（征求意见稿）

第一条 为了规范登记，制定本规则。
"""
ENGLISH = """# Draft for comment: Guidelines on Ferry Signage

Issued by: Harbour Safety Authority

Document No.: HSA/2024/07

Date: 6 May 2024

Version: 2.1

These guidelines take effect on 1 January 2025 and expire on 31 December 2027. The act of 3 March 1999 is older.
"""
ENGLISH_FORCE = """Ferry Tariff Rules

Department of Inland Ferries

March 2023

These rules enter into force on 1 July 2023.
"""
EXAMPLES: list[tuple[str, dict[str, object]]] = [
    (NOTICE, {
        "title": "某市公共数据归档办法（试行）", "issuers": ("某市数据管理局", "某市档案局"), "number": "某数发〔2023〕12号",
        "date": date(2023, 4, 3), "effective": date(2023, 6, 1), "expires": date(2025, 5, 31), "status": Status.TRIAL,
        "region": "某市", "supersedes": "某数发〔2015〕7号", "edition": None,
    }),
    (PAGE, {
        "title": "某省算力设施建设指南（2024版）", "issuers": ("某省工业和信息化厅", "某省数据局"), "number": "某工信〔2024〕66号",
        "date": date(2024, 9, 1), "edition": "2024版", "status": Status.CURRENT, "region": "某省",
        "url": "https://example.org/news/1", "effective": None, "supersedes": None,
    }),
    (COVER, {
        "title": "全球测绘技术发展报告", "issuers": ("国际测绘学会联盟", "国际测绘学会联盟数据委员会"), "number": None,
        "date": date(2024, 8, 1), "effective": None, "status": None, "region": "international",
    }),
    (DRAFT, {
        "title": "湖滨市共享单车停放导则（2025 年版）", "issuers": ("湖滨市城市管理局", "湖滨市交通运输局"), "edition": "2025年版",
        "status": Status.COMMENT, "date": None, "effective": None, "number": None, "region": "湖滨市",
    }),
    (ORDER, {
        "title": "湖滨市渡口管理规定", "issuers": ("湖滨市人民政府",), "number": "湖滨市人民政府令第18号",
        "date": date(2022, 1, 16), "effective": date(2022, 3, 1), "status": Status.CURRENT, "region": "湖滨市",
    }),
    (LAW, {
        "title": "湖滨市绿化条例", "date": date(2021, 9, 28), "effective": date(2018, 10, 1), "status": Status.CURRENT,
        "number": None, "region": "湖滨市",
    }),
    (WEB_TABLE, {
        "title": "湖滨市节水管理细则", "issuers": ("湖滨市水务局",), "number": "湖水规〔2020〕4号", "date": date(2020, 11, 2),
        "status": Status.WITHDRAWN, "region": "湖滨市",
    }),
    (STANDARD, {
        "title": "渡口安全标识规范", "number": "DB99/T 1234—2022", "date": date(2022, 3, 15), "effective": date(2022, 6, 15),
        "issuers": ("湖滨市市场监督管理局",),
    }),
    (CALL, {
        "title": "湖滨市数据登记规则", "status": Status.COMMENT, "date": date(2024, 5, 1), "issuers": ("湖滨市数据局",),
        "expires": None, "effective": None,
    }),
    ("甲委员会2024年工作要点\n\n一、目标\n\n完成年度任务。\n", {
        "title": "甲委员会2024年工作要点", "issuers": ("甲委员会",), "date": None, "status": None, "region": None,
    }),
    (ENGLISH, {
        "title": "Guidelines on Ferry Signage", "issuers": ("Harbour Safety Authority",), "number": "HSA/2024/07",
        "date": date(2024, 5, 6), "edition": "2.1", "status": Status.COMMENT, "effective": date(2025, 1, 1),
        "expires": date(2027, 12, 31), "language": "en", "region": None,
    }),
    (ENGLISH_FORCE, {
        "title": "Ferry Tariff Rules", "issuers": ("Department of Inland Ferries",), "date": date(2023, 3, 1),
        "effective": date(2023, 7, 1), "status": Status.CURRENT, "number": None,
    }),
    ("某市市场监督管理局公告\n\n2024年 第8号\n\n关于批准发布《公园规范》等3项标准的公告\n\n现予以公告。\n", {
        "title": "关于批准发布《公园规范》等3项标准的公告", "number": "某市市场监督管理局公告2024年第8号",
    }),
    ("中华人民共和国国家标准\n\nGB/T 99001—2023\n代替 GB/T 99001—2015\n\n渡口标识 通用要求\n\n2023-05-23 发布    2023-12-01 实施\n\n"
     "国家渡口管理委员会    发 布\n\n1 范围\n\n本文件规定了要求。\n", {
        "title": "渡口标识通用要求", "supersedes": "GB/T 99001—2015", "date": date(2023, 5, 23), "effective": date(2023, 12, 1),
        "issuers": ("国家渡口管理委员会",), "number": "GB/T 99001—2023",
    }),
    ("中共某市委 某市人民政府\n关于推进渡口建设的若干意见\n（2024年5月10日）\n\n为了推进建设，提出意见。\n", {
        "title": "关于推进渡口建设的若干意见", "date": date(2024, 5, 10), "region": "某市",
    }),
    ("某区人民政府办公室\n关于印发某区渡口建设行动方案\n（2024—2026年）的通知\n\n各单位：\n\n请组织实施。\n\n某区渡口建设行动方案\n（2024—2026年）\n\n"
     "为了建设，制定本方案。\n", {"title": "某区渡口建设行动方案（2024—2026年）"}),
    ("某 市 人 民 政 府\n专 题 会 议 纪 要\n\n关于推进渡口改造工作的会议纪要\n\n会议研究了改造工作。\n", {
        "title": "关于推进渡口改造工作的会议纪要",
    }),
    ("首页 > 新闻中心\n\n某市召开标准化工作推进会\n\n发布时间：2024-03-15 10:20　来源：某局\n\n会议提出了要求。\n", {
        "title": "某市召开标准化工作推进会", "issuers": (), "date": date(2024, 3, 15),
    }),
    ("《某省渡口条例》政策解读\n\n近日，某省通过《某省渡口条例》，自2024年7月1日起施行。\n", {"effective": None, "status": None}),
    ("法規名稱：渡口管理辦法\n修正日期：民國 112 年 08 月 15 日\n\n第 1 條\n渡口應登記。\n", {
        "title": "渡口管理辦法", "date": date(2023, 8, 15),
    }),
    ("INTERNATIONAL STANDARD\n\nXYZ 12345-2:2021(E)\n\nSecond edition\n2021-06\n\nWidgets — Test methods\n\n1 Scope\n\nIt covers tests.\n", {
        "title": "Widgets — Test methods",
    }),
    ("ACME CORPORATION\nTRAVEL POLICY\n\nVersion\tDate\n\nIt sets out rules.\n", {"title": "TRAVEL POLICY", "edition": None}),
    ("Guidelines on Ferry Data\n\nPublished by the Office of Ferries\n\nThey apply to all.\n", {
        "title": "Guidelines on Ferry Data", "issuers": ("Office of Ferries",),
    }),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"), EXAMPLES, ids=[str(e.get("title", n)) for n, (_, e) in enumerate(EXAMPLES)]
)
def test_an_official_document_s_metadata_are_those_that_a_clerk_would_write_down(
    text: str, expected: dict[str, object]
) -> None:
    found = metadata(text)
    assert {field: getattr(found, field) for field in expected} == expected


@pytest.mark.parametrize("text", [text for text, _ in EXAMPLES])
def test_each_field_names_the_place_where_it_stands(text: str) -> None:
    document = read(text.encode(), uri="test:a", source="a.md")
    places = dict(document.metadata.read_from)
    known = {name for name in FIELDS if getattr(document.metadata, name)}
    assert set(places) == known
    start, end = map(int, places["title"].removeprefix("text ").split("–"))
    words = "".join(document.text[start:end].split())
    assert "".join(document.metadata.title.split())[:6] in words


UNKNOWN = ("issuers", "number", "date", "effective", "expires", "edition", "status", "region", "url", "supersedes")


@pytest.mark.parametrize(
    "text",
    [
        "根据《甲省数据条例》（甲发〔2020〕3号），自2021年1月1日起施行的制度有效期至2025年12月31日。\n",
        "证书有效期3年。《乙办法》自2020年1月1日起施行，《丙办法》同时废止。\n",
        "The act of 6 May 2020 entered into force on 1 July 2020. Its status is a draft.\n",
        "智慧城市建设的经验\n\n本报告所称试行，是指2020年以前的做法。关于印发的通知很多。\n",
        "各地应当在2025年12月31日前完成征求意见工作，现行标准共30项。\n",
    ],
)
def test_what_a_text_says_of_others_is_not_said_of_itself(text: str) -> None:
    found = metadata(text)
    assert {field: getattr(found, field) or None for field in UNKNOWN} == dict.fromkeys(UNKNOWN)


def test_file_properties_count_only_where_the_text_says_nothing() -> None:
    properties = {"title": "内部资料", "date": "2022-02-03", "author": "某人", "url": "not said"}
    plain = read_metadata("", "没有标题的一句话。", (), "name", properties)
    assert (plain.title, plain.date, plain.issuers) == ("内部资料", date(2022, 2, 3), ())
    assert dict(plain.read_from)["title"] == "file properties"
    reading = read_string(NOTICE)
    own = read_metadata("", reading.text, reading.blocks, "name", properties)
    assert (own.title, own.date) == ("某市公共数据归档办法（试行）", date(2023, 4, 3))


def test_headings_that_only_name_the_document_are_in_no_path() -> None:
    body = "\n**一、布局**\n\n统筹布局。\n"
    document = read((PAGE + body).encode(), uri="test:a", source="a.md")
    assert document.metadata.title == "某省算力设施建设指南（2024版）"
    assert next(b.headings for b in document.blocks if "统筹" in document.text[b.start : b.end]) == ("一、布局",)


def test_a_page_without_an_official_document_keeps_its_front_matter() -> None:
    found = metadata("---\ntitle: 随笔\nurl: https://example.org/b\ndate: 2024-02-03\n---\n\n今天天气很好。\n")
    assert (found.title, found.date, found.url) == ("随笔", date(2024, 2, 3), "https://example.org/b")


@pytest.mark.parametrize(
    "piece", ["发文机关： ", "（2024", "现将", "自 ", "《甲》", "A Committee ", "本", "2024年1月 "]
)
def test_long_lines_take_time_in_proportion(piece: str) -> None:
    def read_line(times: int) -> None:
        line = piece * times
        read_official(line, (Block(Kind.PARAGRAPH, 0, len(line)),))

    proportional(read_line, 5_000)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([line for text, _ in EXAMPLES for line in text.split("\n") if line]), max_size=15))
def test_no_order_of_lines_makes_it_fail_and_every_place_is_in_the_text(lines: list[str]) -> None:
    reading = read_string("\n\n".join(lines))
    for said in read_official(reading.text, reading.blocks).values():
        assert 0 <= said.start < said.end <= len(reading.text)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="年月日自起施行有效期至〔〕（）《》号第令12〇二十 \n版试印发关于的通知Date:May-", max_size=80))
def test_no_text_makes_the_reading_of_metadata_fail(text: str) -> None:
    reading = read_string(text)
    read_metadata("", reading.text, reading.blocks, "name")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("2024年5月6日", date(2024, 5, 6)),
        ("二〇二四年十二月三十一日", date(2024, 12, 31)),
        ("二○一九年十月二十日", date(2019, 10, 20)),
        ("2024-05-06", date(2024, 5, 6)),
        ("6th May 2024", date(2024, 5, 6)),
        ("Sept. 30, 2024", date(2024, 9, 30)),
        ("May 2024", date(2024, 5, 1)),
        ("2024年13月1日", None),
        ("31 February 2024", None),
        ("2024", None),
        ("", None),
    ],
)
def test_dates_are_read_in_all_their_forms(words: str, expected: date | None) -> None:
    assert dates.parse(words) == expected


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("甲经信„2021‟538 号", "甲经信〔2021〕538号"),
        ("甲 发 [2020] 第 003 号", "甲发〔2020〕3号"),
        ("甲市人民政府令 第 12 号", "甲市人民政府令第12号"),
        ("HSA/2024/07", "HSA/2024/07"),
    ],
)
def test_a_number_has_one_spelling(given_: str, expected: str) -> None:
    assert number_of(given_) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("规定了术语。", "zh"),
        ("A plain English sentence.", "en"),
        ("The term 标准 means a standard, and nothing else is meant by it here.", "en"),
        ("采用 ISO/IEC 42001 与 IEEE P7000 系列标准", "zh"),
        ("12345", "en"),
        ("", "en"),
    ],
)
def test_the_language_is_that_of_the_letters(text: str, expected: str) -> None:
    assert language(text) == expected


def test_the_same_bytes_from_elsewhere_are_another_document_and_again_the_same() -> None:
    data = "# 甲\n\n内容。\n".encode()
    one, again, other = (read(data, uri=uri, source="a.md") for uri in ("test:a", "test:a", "test:b"))
    assert one.id == again.id != other.id
    assert one.sha256 == other.sha256

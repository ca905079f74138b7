"""Web pages and e-books, on small pages of our own that show what official sites do."""

import base64
import io
import quopri
import re
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Kind
from corpus.errors import UnreadableFile
from corpus.readers import read
from corpus.readers.epub import read_epub
from corpus.readers.parts import Reading
from corpus.readers.web import read_html, read_mhtml
from cpu_time import cpu_within

SENTENCE = "各单位应当结合实际制定计划，明确职责分工，并按照规定的时间报送有关材料和工作进展情况。"


def page(body: str, head: str = "", language: str = "zh") -> Reading:
    return read_html(f'<!DOCTYPE html><html lang="{language}"><head>{head}</head><body>{body}</body></html>'.encode())


def texts(reading: Reading, *kinds: Kind) -> list[str]:
    return [reading.text[b.start : b.end] for b in reading.blocks if not kinds or b.kind in kinds]


def content(reading: Reading) -> str:
    return "\n".join(reading.text[b.start : b.end] for b in reading.blocks if b.kind.searchable)


def chrome(reading: Reading) -> str:
    return "\n".join(texts(reading, Kind.CHROME))


def test_headings_keep_their_levels_and_bold_numbered_lines_become_headings() -> None:
    found = page(
        f"<h1>甲市标准指南</h1><h2>范围</h2><p>{SENTENCE}</p><p><b>一、</b><strong>目标</strong></p><p>本段属于目标。</p>"
    )
    assert texts(found, Kind.HEADING) == ["甲市标准指南", "范围", "一、目标"]
    assert found.blocks[-1].headings == ("甲市标准指南", "范围", "一、目标")


def test_white_space_of_the_markup_is_none_of_the_text() -> None:
    found = page(
        "<p>为了推进\n    标准\u200b体系的<span>建设</span>，</p>\n<p>现通知&nbsp;如下。</p><p>It covers\n  every <b>day</b>.</p>"
    )
    assert texts(found) == ["为了推进标准体系的建设，现通知 如下。", "It covers every day."]


def test_an_indented_line_after_a_break_begins_a_paragraph_and_a_cut_line_goes_on() -> None:
    found = page(
        "<div>　　第一项说明有关事项。<br>　　第二项说明有关事项。<br><br>第三项说明有关事项。<br>"
        "为了加快推进标准体系的建设各单位应当结合实际情况制定<br>年度工作计划。</div>"
    )
    assert texts(found) == [
        "第一项说明有关事项。",
        "第二项说明有关事项。",
        "第三项说明有关事项。",
        "为了加快推进标准体系的建设各单位应当结合实际情况制定年度工作计划。",
    ]


def test_list_items_carry_the_numbers_that_a_reader_sees() -> None:
    found = page(
        "<ul><li>要点</li></ul><ol start='3'><li>甲项</li><li><p>乙项</p><p>说明。</p></li></ol>"
        "<ol type='a'><li>丙项</li></ol><ol type='I'><li value='4'>丁项</li><li>1. 已有编号</li></ol>"
    )
    assert texts(found, Kind.LIST_ITEM) == ["要点", "3. 甲项", "4. 乙项", "a. 丙项", "IV. 丁项", "1. 已有编号"]
    assert texts(found, Kind.PARAGRAPH) == ["说明。"]


def test_footnote_marks_stay_and_notes_are_footnotes() -> None:
    found = page(
        "<p>该机制由三个部分组成<sup><a href='#n1'>1</a></sup>，面积为5m<sup>2</sup>。</p>"
        "<section role='doc-endnotes'><ol><li id='n1'>某机构年度报告。</li></ol></section>"
    )
    assert texts(found, Kind.PARAGRAPH) == ["该机制由三个部分组成¹，面积为5m²。"]
    assert texts(found, Kind.FOOTNOTE) == ["1. 某机构年度报告。"]


def test_a_table_of_contents_is_told_by_its_links_or_its_name() -> None:
    found = page(
        "<p class='MsoToc1'>一、目标 1</p><ul><li><a href='#a'>目标</a></li><li><a href='#b'>措施</a></li><li><a href='#c'>附则</a></li></ul>"
        f"<h2 id=a>一、目标</h2><p>{SENTENCE}</p>"
    )
    assert texts(found, Kind.CONTENTS) == ["一、目标 1\n目标\n措施\n附则"]
    assert texts(found, Kind.HEADING) == ["一、目标"]


def test_preformatted_text_keeps_its_lines() -> None:
    assert texts(page("<p>示例：</p><pre>a:\n  b  c\n</pre>")) == ["示例：", "a:\n  b  c"]


def test_what_is_hidden_is_out_and_its_neighbours_are_not() -> None:
    found = page(
        "<p>看得见<span hidden>甲</span><span style='display : none'>乙</span><i aria-hidden='true'>丙</i><script>丁</script>"
        "<svg><text>戊</text></svg><select><option>己</select>的字。</p><style>庚</style><template>辛</template><noscript>壬</noscript>"
    )
    assert found.text == "看得见的字。"


def test_a_table_s_header_and_merged_cells_reach_every_row() -> None:
    found = page(
        "<table><caption>表1 任务</caption><tr><td rowspan=2>序号</td><td colspan=2>任务</td></tr><tr><td>名称</td><td>时间</td></tr>"
        "<tr><td>1</td><td rowspan=2>研制<br>标准</td><td>6月</td></tr><tr><td>2</td><td>9月</td></tr></table>"
    )
    (table,) = found.tables
    assert table.title == "表1 任务"
    assert table.columns == ("序号", "任务/名称", "任务/时间")
    assert [row.cells for row in table.rows] == [("1", "研制标准", "6月"), ("2", "研制标准", "9月")]
    assert texts(found, Kind.PARAGRAPH) == ["表1 任务"]


def test_a_table_head_is_counted_and_a_title_row_is_a_title() -> None:
    head = page("<table><thead><tr><th>a<th>b<tr><th>c<th>d</thead><tbody><tr><td>1<td>2<tr><td>3<td>4</table>").tables[
        0
    ]
    assert (head.columns, len(head.rows)) == (("a/c", "b/d"), 2)
    titled = page("<table><tr><td colspan=2>甲市目标</td></tr><tr><td>年份<td>数量<tr><td>2026<td>30</table>").tables[0]
    assert (titled.title, titled.columns, titled.rows[0].cells) == ("甲市目标", ("年份", "数量"), ("2026", "30"))


def test_layout_tables_are_read_as_blocks_and_the_data_table_within_as_a_table() -> None:
    found = page(
        f"<table><tr><td><table><tr><td><p>一、目标</p>{SENTENCE}<table><tr><td>项目<td>数量<tr><td>抽检<td>20</table></td></tr></table>"
        "</td></tr></table><table><tr><td>单独一格</td></tr></table>"
    )
    assert texts(found, Kind.HEADING) == ["一、目标"]
    assert [t.columns for t in found.tables] == [("项目", "数量")]
    assert "单独一格" in texts(found, Kind.PARAGRAPH)


def test_no_word_of_a_broken_table_is_lost() -> None:
    found = page("<table>散落的字<tr><td>甲<td>乙<tr><td>丙<td>丁</table>")
    assert "".join(found.text.split()) == "散落的字甲乙丙丁"


GOVERNMENT = f"""<div class="header"><ul class="nav"><li><a href="/">首页</a></li><li><a href="/a">政务公开</a></li></ul></div>
<div class="mbx">当前位置：<a href="/">首页</a> &gt; <a href="/x">通知公告</a></div><div class="con">
<h1>关于开展试点工作的通知</h1><div class="info"><span>发布时间：2024-03-05</span><span>来源：某市工业局</span>
<span>字号：[<a href="#">大</a> <a href="#">小</a>]</span> <a href="#">打印本页</a></div>
<div class="TRS_Editor"><p>各有关单位：</p><p>{SENTENCE}</p><p>附件：<a href="a.pdf">任务分工表</a></p></div>
<p>上一篇：<a href="1">旧通知</a></p></div>
<div class="links"><a href="1">甲网</a><a href="2">乙网</a><a href="3">丙网</a></div><div class="footer">版权所有：某局</div>"""


def test_an_official_page_s_article_is_searched_and_its_furniture_kept() -> None:
    found = page(GOVERNMENT, "<title>关于开展试点工作的通知_通知公告_某市工业局</title>")
    assert texts(found, Kind.HEADING)[0] == "关于开展试点工作的通知"
    assert found.properties["title"] == "关于开展试点工作的通知"
    for words in ("各有关单位：", SENTENCE, "任务分工表", "发布时间：2024-03-05 来源：某市工业局"):
        assert words in content(found)
    for words in ("政务公开", "当前位置", "字号", "打印本页", "旧通知", "甲网", "版权所有"):
        assert words in chrome(found)
        assert words not in content(found)


def test_an_information_box_gives_a_line_for_each_label() -> None:
    found = page(
        "<div class='box'><table><tr><td>索 引 号：</td><td>0-1</td><td>发文机关：</td><td>甲市政府</td></tr>"
        "<tr><td>发文字号：</td><td>甲政发〔2024〕1号</td><td>成文日期：</td><td>2024年1月2日</td></tr></table></div>"
        f"<div id='UCAP-CONTENT'><p>{SENTENCE}</p></div>"
    )
    lines = content(found).split("\n")
    assert lines == [
        "索 引 号：0-1",
        "发文机关：甲市政府",
        "发文字号：甲政发〔2024〕1号",
        "成文日期：2024年1月2日",
        SENTENCE,
    ]


def test_a_saved_wechat_page_gives_its_article() -> None:
    found = page(
        "<div id='js_article'><h1 id='activity-name'>甲市印发指南</h1><div id='meta_content'><span>甲市标准化</span></div>"
        f"<div id='js_content' style='visibility: hidden; opacity: 0'><section><p><strong>一、目标</strong></p><p>{SENTENCE}</p></section></div>"
        "</div><div>预览时标签不可点</div><div id='js_pc_qr_code'><p>微信扫一扫<br>关注该公众号</p></div><script>var ct = \"1720051200\";</script>",
        "<title></title><meta property='og:title' content='甲市印发指南'><meta property='og:url' content='http://mp.weixin.qq.com/s?mid=1'>",
    )
    assert texts(found, Kind.HEADING) == ["甲市印发指南", "一、目标"]
    assert content(found).split("\n") == ["甲市印发指南", "甲市标准化", "一、目标", SENTENCE]
    assert "关注该公众号" in chrome(found)
    assert found.properties["date"] == "2024-07-04"
    assert found.properties["url"] == "http://mp.weixin.qq.com/s?mid=1"


def test_an_english_page_gives_its_main_content() -> None:
    found = page(
        "<div class='cookie-banner'><p>We use cookies to improve this site.</p></div><header><a href='/'>Home</a></header>"
        "<main><h1>Guide</h1><p>Published 3 June 2024</p><nav><a href='#a'>Scope</a> <a href='#b'>Method</a></nav>"
        "<p>This guide covers tests that are run every day.</p><aside>Related pages</aside></main><footer>Crown copyright</footer>",
        "<title>Guide - Office of Tests</title>",
        "en",
    )
    assert content(found) == "Guide\nPublished 3 June 2024\nThis guide covers tests that are run every day."
    assert texts(found, Kind.CONTENTS) == ["Scope Method"]
    assert chrome(found).split("\n") == [
        "We use cookies to improve this site.",
        "Home",
        "Related pages",
        "Crown copyright",
    ]


def test_a_page_that_is_a_list_of_links_is_still_content() -> None:
    found = page(
        "<ul><li><a href=1>关于甲的通知</a></li><li><a href=2>关于乙的通知</a></li><li><a href=3>关于丙的通知</a></li></ul>"
    )
    assert len(texts(found, Kind.LIST_ITEM)) == 3


def test_where_the_rules_leave_little_a_second_opinion_decides() -> None:
    body = "".join(f"<p>第{n}项工作，{SENTENCE}</p>" for n in range(8))
    found = page(f"<div role='dialog'><h2>办理说明</h2>{body}</div><div role='search'>检索入口</div>")
    assert texts(found, Kind.PARAGRAPH) == [f"第{n}项工作，{SENTENCE}" for n in range(8)]
    assert texts(found, Kind.HEADING) == ["办理说明"]
    assert chrome(found) == "检索入口"


def test_a_page_says_its_title_date_source_address_and_language() -> None:
    found = page(
        f"<p>{SENTENCE}</p>",
        "<meta name='ArticleTitle' content='甲指南'><meta name='PubDate' content='2024-3-5 10:20'><meta name='ContentSource' content='甲局'>"
        "<link rel='canonical' href='https://www.example.org/a/b.html'>",
        "zh-CN",
    )
    assert found.properties == {
        "title": "甲指南",
        "author": "甲局",
        "date": "2024-03-05",
        "url": "https://www.example.org/a/b.html",
        "language": "zh-CN",
    }


def test_rubbish_in_a_page_s_head_is_left_out() -> None:
    found = page(
        "<p>正文。</p>",
        "<title>无标题文档</title><meta name='date' content='2024-13-45'><link rel=canonical href='/'>",
        "",
    )
    assert found.properties == {}


PAGE = (
    "<html><head><meta http-equiv='Content-Type' content='text/html; charset={}'></head><body><p>{}</p></body></html>"
)


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("gb2312", "gb18030"), ("GBK", "gbk"), ("utf-8", "utf-8"), ("x-none", "gb18030"),
        # declarations that are wrong
        ("gb2312", "utf-8"), ("utf-8", "gb18030"), ("iso-8859-1", "gb18030"), ("utf-8", "utf-16"),
    ],
)  # fmt: skip
def test_a_declared_character_set_counts_unless_the_bytes_disprove_it(declared: str, encoding: str) -> None:
    text = "镕基二字在较早的字符集中没有收录。" + SENTENCE
    assert read_html(PAGE.format(declared, text).encode(encoding)).text == text


def test_traditional_and_western_pages_are_decoded_as_declared() -> None:
    assert read_html(PAGE.format("big5", "關於標準化工作的說明").encode("big5hkscs")).text == "關於標準化工作的說明"
    assert read_html(PAGE.format("windows-1252", "café – naïve").encode("cp1252")).text == "café – naïve"


def test_a_damaged_byte_does_not_make_a_page_unreadable() -> None:
    data = PAGE.format("utf-8", SENTENCE * 20).encode().replace("材料".encode(), "材".encode() + b"\xe6", 1)
    assert SENTENCE in read_html(data).text


def mhtml(html: bytes, charset: str, transfer: str = "8bit") -> bytes:
    return (
        b"From: <Saved>\r\nSnapshot-Content-Location: https://www.example.org/a.html\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; type="text/html"; boundary="--B"\r\n\r\n----B\r\n'
        + f"Content-Type: text/html; charset={charset}\r\nContent-Transfer-Encoding: {transfer}\r\n\r\n".encode()
        + html
        + b"\r\n----B\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0=\r\n----B--\r\n"
    )


def test_an_mhtml_archive_gives_its_page_and_address() -> None:
    html = "<html><body><p>甲市标准指南。</p></body></html>"
    for archive in (
        mhtml(html.encode("gb18030"), "gbk"),
        mhtml(base64.encodebytes(html.encode()), "utf-8", "base64"),
        mhtml(quopri.encodestring(html.encode()), "utf-8", "quoted-printable"),
    ):
        found = read_mhtml(archive)
        assert found.text == "甲市标准指南。"
        assert found.properties["url"] == "https://www.example.org/a.html"


CONTAINER = '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/content.opf"/></rootfiles></container>'
PACKAGE = """<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>
<dc:title>甲市标准手册</dc:title><dc:creator>甲局</dc:creator><dc:language>zh-CN</dc:language><dc:date>2024-03-05T00:00:00Z</dc:date></metadata>
<manifest><item id="b" href="text/two%20b.xhtml" media-type="application/xhtml+xml"/><item id="a" href="text/one.xhtml" media-type="application/xhtml+xml"/>
<item id="n" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/><item id="p" href="c.png" media-type="image/png"/></manifest>
<spine><itemref idref="n"/><itemref idref="a"/><itemref idref="p"/><itemref idref="b"/></spine></package>"""
CHAPTER = '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "x.dtd"><html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head><title/><script src="x"/></head><body>{}</body></html>'


def book(**changes: str) -> bytes:
    members = {
        "META-INF/container.xml": CONTAINER,
        "OEBPS/content.opf": PACKAGE,
        "OEBPS/nav.xhtml": CHAPTER.format(
            "<nav epub:type='toc'><ol><li><a href='text/one.xhtml'>第一章</a></li></ol></nav>"
        ),
        "OEBPS/text/one.xhtml": CHAPTER.format(
            "<h1>第一章 总则</h1><p>第一段&nbsp;说明<a epub:type='noteref' href='#x'>1</a>。</p><div class='nav'/><aside epub:type='footnote'>1 某报告。</aside>"
        ),
        "OEBPS/text/two b.xhtml": CHAPTER.format("<h1>第二章 附则</h1><h2>施行</h2><p>自公布之日起施行。</p>"),
    }
    members |= {name.replace("__", "/").replace("_xml", ".xml"): text for name, text in changes.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            if text:
                archive.writestr(name, text)
    return buffer.getvalue()


def test_a_book_is_read_in_the_order_of_its_spine() -> None:
    found = read_epub(book())
    assert texts(found, Kind.HEADING) == ["第一章 总则", "第二章 附则", "施行"]
    assert texts(found, Kind.CONTENTS) == ["第一章"]
    assert texts(found, Kind.PARAGRAPH) == ["第一段 说明¹。", "自公布之日起施行。"]
    assert texts(found, Kind.FOOTNOTE) == ["1 某报告。"]
    assert found.blocks[-1].headings == ("第二章 附则", "施行")
    assert found.properties == {"title": "甲市标准手册", "author": "甲局", "language": "zh-CN", "date": "2024-03-05"}


def test_a_book_with_missing_or_protected_pages_is_refused() -> None:
    protected = '<encryption><CipherReference URI="OEBPS/text/one.xhtml"/></encryption>'
    entities = CHAPTER.replace('"x.dtd">', '"x.dtd" [<!ENTITY a "bb">]>').format("<p>&a;</p>")
    for broken in (
        book(**{"OEBPS/text/one.xhtml": ""}),
        book(**{"META-INF/container.xml": ""}),
        book(**{"OEBPS/content.opf": ""}),
        book(**{"OEBPS/content.opf": "<package><spine/></package>"}),
        book(**{"OEBPS/content.opf": "<package"}),
        book(**{"META-INF/encryption.xml": protected}),
        book(**{"OEBPS/text/one.xhtml": entities}),
        book()[:300],
        b"PK\x03\x04",
        b"",
    ):
        with pytest.raises(UnreadableFile) as caught:
            read_epub(broken)
        assert caught.value.en
        assert caught.value.zh


def test_a_book_that_unpacks_to_far_more_than_it_is_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OEBPS/big.xhtml", b" " * (40 << 20))
    with pytest.raises(UnreadableFile):
        read_epub(buffer.getvalue())


@pytest.mark.parametrize("data", [b"", b" \n", b"\x00\x01\x02", b"\xff\xfe", b"<!-- only a comment"])
def test_what_is_no_page_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_html(data)


@pytest.mark.parametrize(
    "data",
    [b"", b"From: x\n\nno page", b"Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: image/png\n\nx"],
)
def test_an_archive_without_a_page_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_mhtml(data)


def test_a_truncated_page_gives_what_is_there() -> None:
    whole = PAGE.format("utf-8", f"</p><table><tr><td>甲<td>乙<tr><td>丙<td>丁</table><p>{SENTENCE}").encode()
    for end in range(whole.index(b"<p>") + 3, len(whole), 7):
        try:
            found = read_html(whole[:end]).text
        except UnreadableFile:
            continue
        assert not set(re.sub(r"\s|\ufffd", "", found)) - set(whole.decode())
    assert SENTENCE in read_html(whole[:-16]).text


@pytest.mark.parametrize(
    "markup",
    [
        "<div>甲" * 10_000 + "</div>" * 10_000,
        "<p>甲<font>" * 10_000,
        "<ul><li>甲" * 10_000,
        '<html xmlns="http://www.w3.org/1999/xhtml"><body>' + "<div>甲" * 10_000 + "</div>" * 10_000 + "</body></html>",
    ],
    ids=["div", "font", "list", "xhtml"],
)
def test_deep_nesting_loses_no_words_and_takes_no_time(markup: str) -> None:
    with cpu_within(10):
        assert read_html(markup.encode()).text.count("甲") == 10_000


def test_nesting_that_can_t_be_undone_is_refused() -> None:
    with pytest.raises(UnreadableFile):
        read_html("<table><tr><td>甲".encode() * 10_000)


def test_spans_without_measure_make_no_giant_table() -> None:
    sent = b"<table>" + b"<tr><td colspan=99999999 rowspan=65534>a<td colspan=1000>b" * 2_000 + b"</table>"
    with cpu_within(10):
        assert read_html(sent).text.count("a") == 2_000


def test_entities_of_a_page_s_own_are_never_expanded(tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("secret") / "secret.txt"
    secret.write_text("秘密")
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    markup = (
        f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY e0 "笑"><!ENTITY x SYSTEM "{secret.as_uri()}">{entities}]>'
        '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>开始&e11;&x;结束。</p></body></html>'
    )
    assert read_html(markup.encode()).text == "开始&e11;&x;结束。"


def test_pages_archives_and_books_are_read_by_their_names() -> None:
    html = PAGE.format("utf-8", SENTENCE).encode()
    for name, data in {
        "a.html": html,
        "a.HTM": html,
        "a.xhtml": html,
        "a.mhtml": mhtml(html, "utf-8"),
        "a.mht": mhtml(html, "utf-8"),
        "a.epub": book(),
    }.items():
        assert read(data, uri=f"test:{name}", source=name).text


SOUP = st.sampled_from(
    [
        "<div>", "</div>", "<p>", "</p>", "<table>", "</table>", "<tr>", "<td rowspan=3>", "<th colspan='-1'>", "</td>", "<ol start=x>", "<li value=9>",
        "</ol>", "<h1>", "</h1>", "<br>", "<pre>", "</pre>", "<sup>", "</sup>", "<b>", "</b>", "<a href=#x>", "</a>", "<nav>", "</nav>", "<main>",
        "<article id=zoom>", "<aside>", "<footer class=footer>", "<div hidden>", "<script>", "</script>", "<svg>", "<math>", "<![CDATA[", "]]>", "<!--",
        "-->", "<!DOCTYPE", "<?xml", "&amp;", "&#0;", "&#xD800;", "&bogus;", "<", ">", "一、总则", "甲", "来源：甲局", "上一篇", "1", "。", "\n", "　　", "\u202e",
        "<caption>", "<thead>", "<title>", "<html xmlns='http://www.w3.org/1999/xhtml'>", "<li style='list-style:none'>", "<dt>", "<form>", "<x:y>",
    ]
)  # fmt: skip


def reads_or_refuses(read_: object, data: bytes) -> None:
    assert callable(read_)
    try:
        found = read_(data)
    except UnreadableFile:
        return
    assert all(0 <= b.start < b.end <= len(found.text) for b in found.blocks)
    found.text.encode()


@settings(max_examples=60, deadline=None)
@given(st.lists(SOUP, max_size=40).map("".join))
def test_tag_soup_is_read_or_refused(markup: str) -> None:
    reads_or_refuses(read_html, markup.encode())


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_bytes_are_read_or_refused(data: bytes) -> None:
    reads_or_refuses(read_html, data)
    reads_or_refuses(read_mhtml, b"Content-Type: text/html\n" + data)
    reads_or_refuses(read_mhtml, mhtml(data, "utf-8", "base64"))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 4000), st.binary(min_size=1, max_size=4), st.booleans())
def test_damaged_books_are_read_or_refused(place: int, bytes_: bytes, cut: bool) -> None:
    whole = book()
    place = min(place, len(whole) - 1)
    reads_or_refuses(read_epub, whole[:place] if cut else whole[:place] + bytes_ + whole[place + len(bytes_) :])

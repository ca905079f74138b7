"""Word and PowerPoint files, written here in the words of their own formats."""

import contextlib
import io
import random
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Kind
from corpus.errors import UnreadableFile
from corpus.readers import reader_for
from corpus.readers.parts import Reading
from corpus.readers.slides import read_pptx
from corpus.readers.word import read_docx
from corpus.readers.word_lists import format_number
from corpus.readers.zipped import open_zip, read_member
from cpu_time import cpu_within

OFFICE = "http://schemas.openxmlformats.org"
SPACES = (
    f'xmlns:w="{OFFICE}/wordprocessingml/2006/main" xmlns:a="{OFFICE}/drawingml/2006/main" '
    f'xmlns:p="{OFFICE}/presentationml/2006/main" xmlns:r="{OFFICE}/officeDocument/2006/relationships" '
    f'xmlns:c="{OFFICE}/drawingml/2006/chart" xmlns:m="{OFFICE}/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
)
STYLES = (
    '<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="own"><w:name w:val="章标题"/><w:basedOn w:val="H1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="zh2"><w:name w:val="标题 2"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="c1"><w:name w:val="toc 1"/></w:style>'
)


def zipped(members: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def relations(*entries: tuple[str, str, str]) -> str:
    inside = "".join(f'<Relationship Id="{i}" Type="{OFFICE}/x/{kind}" Target="{to}"/>' for i, kind, to in entries)
    return f'<Relationships xmlns="{OFFICE}/package/2006/relationships">{inside}</Relationships>'


def docx(body: str, core: str = "", pages: int = 0, **parts: str) -> bytes:
    """A Word file. `parts` are the insides of styles, numbering, footnotes, endnotes, settings, header, footer."""
    roots = {"header": "hdr", "footer": "ftr"}
    members: dict[str, str | bytes] = {
        "_rels/.rels": relations(
            ("a", "officeDocument", "word/document.xml"),
            ("b", "core-properties", "docProps/core.xml"),
            ("c", "extended-properties", "docProps/app.xml"),
        ),
        "docProps/core.xml": f"<core {SPACES}>{core}</core>",
        "docProps/app.xml": f"<Properties><Pages>{pages}</Pages></Properties>",
        "word/document.xml": f"<w:document {SPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations(*((name, name, f"{name}.xml") for name in ("styles", *parts))),
    }
    for name, inside in {"styles": STYLES, **parts}.items():
        root = roots.get(name, name)
        members[f"word/{name}.xml"] = f"<w:{root} {SPACES}>{inside}</w:{root}>"
    return zipped(members)


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def para(*inside: str, properties: str = "") -> str:
    runs = (run(piece) if not piece.startswith("<") else piece for piece in inside)
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def styled(style: str, *inside: str) -> str:
    return para(*inside, properties=f'<w:pStyle w:val="{style}"/>')


def listed(depth: int, text: str, number: int = 1) -> str:
    numbers = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    return para(text, properties=numbers)


def level(depth: int, form: str, text: str, inside: str = "") -> str:
    return f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{inside}<w:lvlText w:val="{text}"/></w:lvl>'


def numbering(*levels: str, nums: str = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>') -> str:
    return f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>{nums}'


def cell(*inside: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(i if i.startswith('<') else para(i) for i in inside)}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    inside = "".join(c if c.startswith("<") else cell(c) for c in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inside}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def field(code: str, result: str) -> str:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    return f"{mark('begin')}<w:r><w:instrText>{code}</w:instrText></w:r>{mark('separate')}{result}{mark('end')}"


def blocks(reading: Reading, *kinds: Kind) -> list[str]:
    return [reading.text[b.start : b.end] for b in reading.blocks if not kinds or b.kind in kinds]


def texts(body: str, **parts: str) -> list[str]:
    return blocks(read_docx(docx(body, **parts)))


# Word


def test_headings_are_known_by_their_styles_in_both_languages_and_by_what_these_are_based_on() -> None:
    body = styled("T", "工作指南") + styled("H1", "总则") + styled("zh2", "范围") + para("适用于各单位。")
    reading = read_docx(docx(body + styled("own", "附则") + para("自印发之日起施行。")))
    assert blocks(reading, Kind.HEADING) == ["工作指南", "总则", "范围", "附则"]
    assert reading.blocks[3].headings == ("工作指南", "总则", "范围")
    assert reading.blocks[-1].headings == ("工作指南", "附则")


def test_an_outline_level_of_the_paragraph_s_own_makes_a_heading_and_unmakes_one() -> None:
    lifted = para("单独设定的标题", properties='<w:outlineLvl w:val="0"/>')
    lowered = para("降为正文的一行。", properties='<w:pStyle w:val="H1"/><w:outlineLvl w:val="9"/>')
    assert blocks(read_docx(docx(lifted + lowered)), Kind.HEADING) == ["单独设定的标题"]


def test_numbers_that_word_writes_are_in_the_text_and_show_the_structure() -> None:
    numbers = numbering(
        level(0, "chineseCountingThousand", "第%1章"),
        level(1, "chineseCounting", "（%2）"),
        level(2, "decimal", "%1.%3", "<w:isLgl/>"),
    )
    body = listed(0, "总则") + listed(1, "目标") + listed(1, "任务") + listed(2, "完成全部清单。") + listed(0, "附则")
    reading = read_docx(docx(body + listed(1, "解释"), numbering=numbers))
    assert blocks(reading) == [
        "第一章 总则",
        "（一）目标",
        "（二）任务",
        "1.1 完成全部清单。",
        "第二章 附则",
        "（一）解释",
    ]
    assert reading.blocks[3].headings == ("第一章 总则", "（二）任务")


def test_a_list_that_starts_again_counts_anew_and_one_that_shares_its_levels_goes_on() -> None:
    nums = "".join(
        f'<w:num w:numId="{n}"><w:abstractNumId w:val="0"/>{extra}</w:num>'
        for n, extra in (
            (1, ""),
            (2, ""),
            (3, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'),
        )
    )
    numbers = numbering(level(0, "lowerLetter", "%1)"), nums=nums)
    body = listed(0, "甲。") + listed(0, "乙。", 2) + listed(0, "丙。", 3) + listed(0, "丁。", 3)
    assert texts(body, numbering=numbers) == ["a) 甲。", "b) 乙。", "a) 丙。", "b) 丁。"]


def test_bullets_of_symbol_fonts_become_bullets() -> None:
    numbers = numbering(level(0, "bullet", "\uf0b7"), level(1, "bullet", "o"), level(2, "bullet", "-"))
    body = listed(0, "甲") + listed(1, "乙") + listed(2, "丙")
    reading = read_docx(docx(body, numbering=numbers))
    assert blocks(reading, Kind.LIST_ITEM) == ["• 甲", "• 乙", "- 丙"]


@pytest.mark.parametrize(
    ("kind", "n", "text"),
    [
        ("chineseCounting", 10, "十"), ("chineseCounting", 25, "二十五"), ("chineseCounting", 103, "一〇三"),
        ("chineseCountingThousand", 103, "一百零三"), ("chineseCountingThousand", 1010, "一千零一十"),
        ("chineseLegalSimplified", 12, "壹拾贰"), ("upperRoman", 14, "XIV"), ("lowerLetter", 28, "bb"),
        ("decimalZero", 7, "07"), ("decimalEnclosedCircleChinese", 3, "③"), ("decimalEnclosedCircle", 99, "99"),
        ("ideographTraditional", 2, "乙"), ("something else", 4, "4"), ("none", 4, ""), ("upperRoman", 10**9, str(10**9)),
    ],
)  # fmt: skip
def test_numbers_are_written_as_word_writes_them(kind: str, n: int, text: str) -> None:
    assert format_number(n, kind) == text


def test_a_footnote_s_mark_is_in_the_sentence_and_its_text_after_the_paragraph() -> None:
    notes = "".join(
        f'<w:footnote w:id="{n}">{para("<w:r><w:footnoteRef/></w:r>", text)}</w:footnote>'
        for n, text in (("7", " 统计口径见附表。"), ("2", "某机构年报。"))
    )
    body = para(
        "规模持续扩大",
        '<w:r><w:footnoteReference w:id="7"/></w:r>',
        "，结构不断优化",
        '<w:r><w:footnoteReference w:id="2"/></w:r>',
        "。",
    )
    reading = read_docx(docx(body + para("后文。"), footnotes=notes))
    assert blocks(reading) == ["规模持续扩大¹，结构不断优化²。", "¹ 统计口径见附表。", "² 某机构年报。", "后文。"]
    assert [b.kind for b in reading.blocks][1:3] == [Kind.FOOTNOTE, Kind.FOOTNOTE]


def test_endnotes_count_by_themselves_in_the_document_s_own_kind_of_number() -> None:
    notes = f'<w:endnote w:id="1">{para("来源说明。")}</w:endnote>'
    settings_ = '<w:endnotePr><w:numFmt w:val="decimalEnclosedCircleChinese"/></w:endnotePr>'
    body = para("见说明", '<w:r><w:endnoteReference w:id="1"/></w:r>', "。")
    assert texts(body, endnotes=notes) == ["见说明ⁱ。", "ⁱ 来源说明。"]
    assert texts(body, endnotes=notes, settings=settings_) == ["见说明①。", "① 来源说明。"]


def test_merged_cells_and_header_rows_name_the_records() -> None:
    down, across = '<w:vMerge w:val="restart"/>', '<w:gridSpan w:val="2"/>'
    covered = cell("", properties="<w:vMerge/>")
    body = table(
        row(cell("地区", properties=down), cell("目标", properties=across)),
        row(covered, "2026年", "2027年"),
        row(cell("甲市", properties=down), "3", "4"),
        row(covered, "5", "6"),
    )
    reading = read_docx(docx(body))
    assert reading.tables[0].columns == ("地区", "目标/2026年", "目标/2027年")
    assert [r.cells for r in reading.tables[0].rows] == [("甲市", "3", "4"), ("甲市", "5", "6")]
    assert blocks(reading, Kind.TABLE_ROW) == ["甲市\t3\t4", "5\t6"]


def test_a_table_s_first_row_across_all_columns_is_its_title() -> None:
    title = row(cell("附表 任务清单", properties='<w:gridSpan w:val="2"/>'))
    reading = read_docx(docx(table(title, row("序号", "任务"), row("1", "编制目录"))))
    assert reading.tables[0].title == "附表 任务清单"
    assert reading.tables[0].columns == ("序号", "任务")


def test_a_nested_table_is_part_of_its_cell_and_a_frame_of_one_cell_is_text() -> None:
    nested = row("类别", "明细") + row("甲类", cell("包括：", table(row("子项一", "子项二"))))
    assert texts(table(nested)) == ["类别\t明细", "甲类\t包括： 子项一 子项二"]
    reading = read_docx(docx(table(row(cell("专栏1 重点工程", "建设若干平台。")))))
    assert blocks(reading) == ["专栏1 重点工程", "建设若干平台。"]
    assert not reading.tables


def test_inserted_text_is_read_and_deleted_text_is_not() -> None:
    deleted = "<w:del><w:r><w:delText>九十</w:delText></w:r></w:del>"
    moved = f"<w:moveFrom>{run('移走')}</w:moveFrom><w:moveTo>{run('移来')}</w:moveTo>"
    body = para("期限为", deleted, f"<w:ins>{run('六十')}</w:ins>", "日", moved, "。")
    assert texts(body) == ["期限为六十日移来。"]
    gone = table(row("名称", "数量"), row("甲", "1"), row("乙", "2", properties="<w:del/>"), row("丙", "3"))
    assert texts(gone) == ["名称\t数量", "甲\t1", "丙\t3"]


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next() -> None:
    assert texts(para("前半句", properties="<w:rPr><w:del/></w:rPr>") + para("后半句。")) == ["前半句后半句。"]


def test_hidden_text_comments_prompts_and_field_codes_stay_out() -> None:
    prompt = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('单击此处输入')}</w:sdtContent></w:sdt>"
    comment = '<w:r><w:commentReference w:id="0"/></w:r>'
    body = para(
        "公开",
        run("内部", "<w:vanish/>"),
        comment,
        prompt,
        field(" REF _x ", run("第三条")),
        run("文本", '<w:vanish w:val="0"/>'),
    )
    assert texts(body) == ["公开第三条文本"]


def test_a_table_of_contents_is_kept_out_of_the_search_and_ends_at_the_next_heading() -> None:
    entries = para(
        *[f'<w:r><w:fldChar w:fldCharType="{k}"/></w:r>' for k in ("begin",)],
        "<w:r><w:instrText>TOC \\o</w:instrText></w:r>",
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>',
        "总则 1",
    ) + para("附则 2")
    reading = read_docx(docx(styled("c1", "前言 1") + entries + styled("H1", "总则") + para("适用于各单位。")))
    assert [b.kind for b in reading.blocks] == [Kind.CONTENTS, Kind.HEADING, Kind.PARAGRAPH]
    assert blocks(reading)[0] == "前言 1\n总则 1\n附则 2"


def test_a_text_box_is_read_once_though_the_file_holds_it_twice() -> None:
    box = f"<w:txbxContent>{para('框内说明。')}</w:txbxContent>"
    both = f"<w:r><mc:AlternateContent><mc:Choice><w:drawing><a:x>{box}</a:x></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    assert texts(para("正文", both, "继续。")) == ["正文继续。", "框内说明。"]


def test_headers_and_footers_come_last_once_and_page_numbers_not_at_all() -> None:
    reading = read_docx(
        docx(
            para("正文。"), header=para("某市文件") + para("某市文件"), footer=para("— ", field("PAGE", run("1")), " —")
        )
    )
    assert blocks(reading) == ["正文。", "某市文件"]
    assert reading.blocks[-1].kind is Kind.CHROME


def test_pages_are_those_that_word_last_saw() -> None:
    turn = "<w:r><w:lastRenderedPageBreak/></w:r>"
    body = (
        para("第一页。")
        + para("这一段从第一页写到", turn, "第二页。")
        + para(turn, "第三页。")
        + table(row("甲", "乙"), row(cell(para(turn, "左")), cell(para(turn, "右"))))
    )
    reading = read_docx(docx(body))
    assert [b.page for b in reading.blocks] == [1, 1, 3, 3, 4]
    assert blocks(reading)[1] == "这一段从第一页写到第二页。"
    assert [reading.text[t:][:3] for t in reading.blocks[1].turns] == ["第二页"]


def test_an_author_s_page_breaks_count_only_where_there_are_no_other_pages() -> None:
    body = para("甲。") + para('<w:r><w:br w:type="page"/></w:r>', "乙。")
    assert [b.page for b in read_docx(docx(body, pages=2)).blocks] == [1, 2]
    assert [b.page for b in read_docx(docx(body, pages=9)).blocks] == [None, None]


def test_a_broken_line_goes_on_and_a_finished_one_does_not() -> None:
    br = "<w:r><w:br/></w:r>"
    assert texts(para("关于推进工作的", br, "若干意见")) == ["关于推进工作的若干意见"]
    assert texts(para("各单位：", br, "现印发给你们。", br, "一、目标")) == ["各单位：", "现印发给你们。", "一、目标"]


def test_a_bold_line_is_a_heading_and_a_bold_word_is_none() -> None:
    bold = "<w:b/>"
    reading = read_docx(docx(para(run("重点任务", bold)) + para(run("其中", bold), "有若干项。")))
    assert blocks(reading, Kind.HEADING) == ["重点任务"]


def test_raised_figures_and_formulas_keep_their_meaning() -> None:
    power = run("8", '<w:vertAlign w:val="superscript"/>')
    fraction = (
        "<m:oMath><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>"
    )
    assert texts(para("共10", power, "元，按", fraction, "计。")) == ["共10⁸元，按(a+b)/2计。"]


def test_properties_are_what_the_author_wrote_and_not_what_programs_fill_in() -> None:
    core = "<dc:title>{}</dc:title><dc:creator>{}</dc:creator><dcterms:created>2024-05-06T07:08:09Z</dcterms:created>"
    assert read_docx(docx(para("文。"), core=core.format("工作指南", "某市经济局"))).properties == {
        "title": "工作指南",
        "author": "某市经济局",
        "date": "2024-05-06",
    }
    assert read_docx(docx(para("文。"), core=core.format("Word Document", "Administrator"))).properties == {
        "date": "2024-05-06"
    }


def test_the_strict_form_of_the_standard_is_read_too() -> None:
    with zipfile.ZipFile(io.BytesIO(docx(styled("H1", "总则") + para("正文。")))) as archive:
        strict = {
            name: archive.read(name).replace(
                f"{OFFICE}/wordprocessingml/2006/".encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/"
            )
            for name in archive.namelist()
        }
    assert b"purl.oclc.org" in strict["word/document.xml"]
    assert blocks(read_docx(zipped(dict(strict))), Kind.HEADING) == ["总则"]


def test_a_document_that_python_docx_writes_is_read() -> None:
    import docx as library

    made = library.Document()
    made.add_heading("Guide", 0)
    made.add_heading("Scope", 1)
    made.add_paragraph("first", style="List Number")
    made.add_paragraph("second", style="List Number")
    grid = made.add_table(2, 2)
    for n, text in enumerate(("Name", "Count", "apples", "3")):
        grid.cell(n // 2, n % 2).text = text
    buffer = io.BytesIO()
    made.save(buffer)
    reading = read_docx(buffer.getvalue())
    assert blocks(reading) == ["Guide", "Scope", "1. first", "2. second", "Name\tCount", "apples\t3"]
    assert reading.properties == {}


# PowerPoint


def shape(*paragraphs: str, at: tuple[int, int] | None = None, ph: str = "") -> str:
    place = "" if at is None else f'<a:xfrm><a:off x="{at[0] * 1_000_000}" y="{at[1] * 1_000_000}"/></a:xfrm>'
    inside = "".join(p if p.startswith("<") else f"<a:p><a:r><a:t>{p}</a:t></a:r></a:p>" for p in paragraphs)
    return (
        f"<p:sp><p:nvSpPr><p:nvPr>{ph}</p:nvPr></p:nvSpPr><p:spPr>{place}</p:spPr><p:txBody>{inside}</p:txBody></p:sp>"
    )


TITLE, BODY, NOTES = '<p:ph type="title"/>', '<p:ph idx="1"/>', '<p:ph type="body"/>'


def pptx(*slides: str, notes: str = "", hidden: int = -1) -> bytes:
    entries = "".join(f'<p:sldId r:id="s{n}"/>' for n in range(len(slides)))
    members: dict[str, str | bytes] = {
        "_rels/.rels": relations(("a", "officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f"<p:presentation {SPACES}><p:sldIdLst>{entries}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(
            *((f"s{n}", "slide", f"slides/{n}.xml") for n in range(len(slides)))
        ),
        "ppt/layouts/1.xml": f"<p:sldLayout {SPACES}>{shape('单击此处', at=(1, 2), ph=BODY)}{shape('x', at=(1, 0), ph=TITLE)}</p:sldLayout>",
        "ppt/notes/0.xml": f"<p:notes {SPACES}>{shape(notes, ph=NOTES)}</p:notes>",
    }
    for n, inside in enumerate(slides):
        show = ' show="0"' if n == hidden else ""
        members[f"ppt/slides/{n}.xml"] = f"<p:sld {SPACES}{show}><p:cSld><p:spTree>{inside}</p:spTree></p:cSld></p:sld>"
        entries_ = [("l", "slideLayout", "../layouts/1.xml")] + (
            [("n", "notesSlide", "../notes/0.xml")] if notes and not n else []
        )
        members[f"ppt/slides/_rels/{n}.xml.rels"] = relations(*entries_)
    return zipped(members)


def test_slides_are_read_from_top_to_bottom_under_their_titles() -> None:
    low, left, right = shape("底部说明。", at=(0, 5)), shape("左栏。", at=(0, 1)), shape("右栏。", at=(5, 1))
    reading = read_pptx(
        pptx(
            low + right + left + shape("占位内容。", ph=BODY) + shape("年度汇报", ph=TITLE),
            shape("下一页标题", ph=TITLE) + shape("收尾。"),
        )
    )
    assert blocks(reading) == ["年度汇报", "左栏。", "右栏。", "占位内容。", "底部说明。", "下一页标题", "收尾。"]
    assert [b.page for b in reading.blocks] == [1, 1, 1, 1, 1, 2, 2]
    assert reading.blocks[-1].headings == ("下一页标题",)


def test_a_slide_without_a_title_does_not_belong_to_the_one_before() -> None:
    reading = read_pptx(
        pptx(shape("首页", ph=TITLE) + shape("开场。"), shape("进展情况", at=(0, 0)) + shape("已完成。", at=(0, 2)))
    )
    assert reading.blocks[-1].headings == ("进展情况",)


def test_items_are_numbered_as_powerpoint_numbers_them() -> None:
    numbered = [
        f'<a:p><a:pPr lvl="{lvl}"><a:buAutoNum type="{kind}"/></a:pPr><a:r><a:t>{t}</a:t></a:r></a:p>'
        for lvl, kind, t in (
            (0, "arabicPeriod", "甲"),
            (1, "alphaLcParenR", "子"),
            (0, "arabicPeriod", "乙"),
            (0, "ea1ChsPlain", "丙"),
        )
    ]
    reading = read_pptx(pptx(shape("清单", ph=TITLE) + shape(*numbered)))
    assert blocks(reading, Kind.LIST_ITEM) == ["1. 甲", "a) 子", "2. 乙", "三 丙"]


def test_tables_groups_notes_and_hidden_slides() -> None:
    rows = "".join(
        f"<a:tr>{''.join(f'<a:tc><a:txBody><a:p><a:r><a:t>{c}</a:t></a:r></a:p></a:txBody></a:tc>' for c in r)}</a:tr>"
        for r in (("名称", "数量"), ("甲", "3"))
    )
    frame = f'<p:graphicFrame><p:xfrm><a:off x="0" y="9000000"/></p:xfrm><a:graphic><a:graphicData><a:tbl>{rows}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>'
    group = f'<p:grpSp><p:grpSpPr><a:xfrm><a:off x="0" y="3000000"/></a:xfrm></p:grpSpPr>{shape("组内。", at=(0, 0))}</p:grpSp>'
    reading = read_pptx(
        pptx(
            frame + group + shape("汇总", ph=TITLE) + shape("1", ph='<p:ph type="sldNum"/>'),
            shape("备用页。"),
            notes="讲稿内容。",
            hidden=1,
        )
    )
    assert blocks(reading) == ["汇总", "组内。", "名称\t数量", "甲\t3", "讲稿内容。"]
    assert reading.tables[0].title == "汇总"


def test_a_presentation_that_python_pptx_writes_is_read_with_its_chart() -> None:
    import pptx as library
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    made = library.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[1])
    slide.shapes.title.text = "Targets"
    slide.placeholders[1].text = "Both years."
    data = CategoryChartData()
    data.categories = ["2024", "2025"]
    data.add_series("Items", (3, 5))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 5_000_000, 3_000_000, 1_000_000, data)
    buffer = io.BytesIO()
    made.save(buffer)
    reading = read_pptx(buffer.getvalue())
    assert blocks(reading) == ["Targets", "Both years.", "Items", "2024\t3", "2025\t5"]
    assert reading.properties == {}


# What can be wrong with a file

Read = Callable[[bytes], Reading]
GOOD: list[tuple[Read, bytes]] = [
    (
        read_docx,
        docx(
            styled("H1", "总则") + listed(0, "目标") + table(row("甲", "乙"), row("1", "2")),
            numbering=numbering(level(0, "decimal", "%1.")),
        ),
    ),
    (read_pptx, pptx(shape("标题", ph=TITLE) + shape("甲", "乙", ph=BODY), notes="讲稿")),
]
BOTH = pytest.mark.parametrize(("read", "data"), GOOD, ids=["docx", "pptx"])


def refusal(read: Read, data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(data)
    assert any("\u4e00" <= c <= "\u9fff" for c in caught.value.zh)
    return caught.value.en


def altered(data: bytes, part: str, content: bytes | None) -> bytes:
    """The file with another content of a part, or without it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    assert part in members
    members.pop(part) if content is None else members.update({part: content})
    return zipped(members)


def main_part(data: bytes) -> str:
    return "word/document.xml" if b"word/document.xml" in data else "ppt/presentation.xml"


def test_the_readers_are_chosen_by_the_file_s_name() -> None:
    assert reader_for("通知.DOCX") is read_docx
    assert reader_for("a.pptx") is read_pptx


@BOTH
def test_empty_and_cut_off_files_are_refused(read: Read, data: bytes) -> None:
    assert "empty" in refusal(read, b"")
    for size in (1, 30, len(data) // 2, len(data) - 10):
        assert "damaged" in refusal(read, data[:size])
    assert "damaged" in refusal(read, b"no zip at all")


@BOTH
def test_a_file_with_a_password_or_of_the_old_kind_is_refused_with_the_way_out(read: Read, data: bytes) -> None:
    assert "password" in refusal(read, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + data)
    encrypted = bytearray(data)
    encrypted[data.index(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in refusal(read, bytes(encrypted))


def test_a_file_with_another_kind_s_name_is_refused_with_its_right_name() -> None:
    assert ".pptx" in refusal(read_docx, GOOD[1][1])
    assert ".docx" in refusal(read_pptx, GOOD[0][1])


@BOTH
def test_bombs_are_refused_quickly(read: Read, data: bytes) -> None:
    with cpu_within(10):
        assert "unpacks" in refusal(read, altered(data, main_part(data), b"<a>" + b" " * (60 << 20) + b"</a>"))
        many = zipped({"word/document.xml": "", "ppt/presentation.xml": "", **{f"x{n}": "" for n in range(10_001)}})
        assert "unpacks" in refusal(read, many)
        bomb = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
        for encoding in ("utf-8", "utf-16"):
            assert "document type" in refusal(read, altered(data, main_part(data), bomb.encode(encoding)))


def test_a_container_that_understates_its_size_is_refused() -> None:
    data = bytearray(zipped({"word/document.xml": " " * 100_000}))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (50).to_bytes(4, "little")
    assert "damaged" in refusal(read_docx, bytes(data))


@BOTH
def test_missing_and_broken_parts_are_refused(read: Read, data: bytes) -> None:
    part = main_part(data)
    # The folder is still there, so that the kind is known.
    folder = part.split("/", maxsplit=1)[0]
    assert "missing" in refusal(
        read, altered(altered(data, part, None), f"{folder}/_rels/{part.split('/')[1]}.rels", b"<x/>")
    )
    assert "damaged" in refusal(read, altered(data, part, b"<w:document"))
    assert "damaged" in refusal(read, altered(data, part, b"<a>" * 1000 + b"</a>" * 1000))


def test_an_absent_slide_is_told() -> None:
    assert "slide 1" in refusal(read_pptx, altered(GOOD[1][1], "ppt/slides/0.xml", None))


def test_a_book_s_pages_may_have_a_document_type_but_no_entities() -> None:
    book = {"META-INF/container.xml": "<c/>", "a.xhtml": "<!DOCTYPE html><html/>"}
    assert read_member(open_zip(zipped(dict(book)), "epub"), "a.xhtml").startswith(b"<!DOCTYPE")
    with pytest.raises(UnreadableFile):
        open_zip(zipped({**book, "b.xhtml": '<!DOCTYPE a [<!ENTITY b "c">]><a/>'}), "epub")


def test_deep_nesting_of_what_may_be_nested_does_no_harm() -> None:
    deep = para("里")
    for _ in range(75):
        deep = table(row(cell("外"), cell(deep)))
    assert "里" in read_docx(docx(deep)).text
    inline = run("里")
    for _ in range(200):
        inline = f"<w:ins>{inline}</w:ins>"
    assert texts(para(inline)) == ["里"]


def test_styles_and_notes_that_refer_to_themselves_end() -> None:
    loop = (
        '<w:style w:styleId="A"><w:basedOn w:val="B"/></w:style><w:style w:styleId="B"><w:basedOn w:val="A"/></w:style>'
    )
    mark = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    note = f'<w:footnote w:id="1">{para("自引", mark)}</w:footnote>'
    body = styled("A", "正文", mark, "。")
    assert texts(body, styles=loop, footnotes=note) == ["正文¹。", "¹ 自引²"]


def test_a_long_document_is_read_quickly() -> None:
    data = docx("".join(styled("H1", f"标题{n}") + para(f"第{n}段说明有关事项。") for n in range(500)))
    with cpu_within(3):
        assert len(read_docx(data).blocks) == 1000


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(GOOD))
def test_damaged_bytes_are_read_or_refused(seed: int, good: tuple[Read, bytes]) -> None:
    read, data = good
    rng = random.Random(seed)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = rng.choice(archive.namelist())
        inside = bytearray(archive.read(part))
    broken = bytearray(data) if rng.random() < 0.3 else inside
    # In half of the cases the XML stays well formed.
    places = [n for n, byte in enumerate(broken) if byte in b"0123456789"] if rng.random() < 0.5 else range(len(broken))
    for _ in range(rng.randint(1, 8) if places else 0):
        broken[rng.choice(places)] = rng.choice(b"0189-" if isinstance(places, list) else b'<>"/=az\x00\xff')
    whole = altered(data, part, bytes(broken)) if broken is inside else bytes(broken)
    if rng.random() < 0.2:
        whole = whole[: rng.randrange(len(whole))]
    with contextlib.suppress(UnreadableFile):
        assert isinstance(read(whole), Reading)

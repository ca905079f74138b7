"""Made-up official documents, and the same content in every format that is read.

What is compared across formats or timed against other readers must hold the same words everywhere; so
one `Content` is written as text, Markdown, HTML, DOCX, PPTX, XLSX, CSV, EPUB and PDF. The words are
chosen at random from small lists, the same for the same seed.
"""

from __future__ import annotations

import csv
import html
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any

_THINGS = (
    "数据质量 服务接口 测试方法 运行维护 安全要求 信息标识 设备管理 能力评估 业务协同 档案管理 风险监测 人员培训"
).split()
_PLACES = "甲市 乙市 丙县 丁区 戊省 己州".split()
_VERBS = "规范 完善 明确 统一 落实 加强 细化 公布".split()
_REASONS = "便于各单位遵照执行 保证结果可以比较 减少重复填报 方便公众查阅 衔接上级规定 适应业务变化".split()


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Rows:
    """A table. In the columns `merged` a cell is merged over the rows that repeat it."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    merged: tuple[int, ...] = (0,)


Content = tuple[Heading | Paragraph | Rows, ...]


def made_up(seed: int, sections: int = 5) -> Content:
    """A document of about `sections` pages: a title, numbered headings of two levels, paragraphs, a table."""
    chance = random.Random(seed)
    number = iter(range(1, 1000))
    content: list[Heading | Paragraph | Rows] = [Heading(0, f"{chance.choice(_PLACES)}{_THINGS[seed % 12]}指南")]
    for section in range(sections):
        content.append(Heading(1, f"{'一二三四五六七八九十'[section % 10]}、{chance.choice(_THINGS)}"))
        for part in range(2):
            content.append(Heading(2, f"（{'一二'[part]}）{chance.choice(_THINGS)}"))
            content += [Paragraph(_paragraph(chance, number)) for _ in range(3)]
    rows = []
    for group in chance.sample(_PLACES, 3):
        rows += [(group, f"{thing}规范", str(chance.randrange(2, 90))) for thing in chance.sample(_THINGS, 4)]
    content.append(Rows("各地标准数量表", ("地区", "标准名称", "数量"), tuple(rows)))
    return tuple(content)


def _paragraph(chance: random.Random, number: Any) -> str:
    return "".join(
        f"第{next(number)}项要求{chance.choice(_VERBS)}{chance.choice(_THINGS)}与{chance.choice(_THINGS)}，"
        f"在{chance.choice(_PLACES)}先行试点，{chance.choice(_REASONS)}。"
        for _ in range(4)
    )


def as_text(content: Content) -> bytes:
    lines: list[str] = []
    for part in content:
        if isinstance(part, Rows):
            grid = [part.columns, *_merged(part)]
            lines += [*_titled(part), "\n".join("\t".join(row) for row in grid), ""]
        else:
            lines += [part.text, ""]
    return "\n".join(lines).encode()


def as_markdown(content: Content) -> bytes:
    lines: list[str] = []
    for part in content:
        if isinstance(part, Heading):
            lines += [f"{'#' * (part.level + 1)} {part.text}", ""]
        elif isinstance(part, Paragraph):
            lines += [part.text, ""]
        else:
            grid = [part.columns, ("---",) * len(part.columns), *_merged(part)]
            lines += [*_titled(part), *(f"| {' | '.join(row)} |" for row in grid), ""]
    return "\n".join(lines).encode()


def as_html(content: Content) -> bytes:
    body = "\n".join(_html_part(part) for part in content)
    title = html.escape(_title(content))
    return (
        f'<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>{title}</title></head>'
        f'<body><nav><a href="/">首页</a> <a href="/list">列表</a></nav><main>{body}</main></body></html>'
    ).encode()


def _html_part(part: Heading | Paragraph | Rows) -> str:
    if isinstance(part, Heading):
        mark = f"h{min(6, part.level + 1)}"
        return f"<{mark}>{html.escape(part.text)}</{mark}>"
    if isinstance(part, Paragraph):
        return f"<p>{html.escape(part.text)}</p>"
    head = "".join(f"<th>{html.escape(name)}</th>" for name in part.columns)
    rows = []
    for row, spans in zip(part.rows, _spans(part), strict=True):
        cells = zip(row, spans, strict=True)
        rows.append("<tr>" + "".join(f'<td rowspan="{n}">{html.escape(c)}</td>' for c, n in cells if n) + "</tr>")
    title = f"<p>{html.escape(part.title)}</p>" if part.title else ""
    return f"{title}<table><tr>{head}</tr>{''.join(rows)}</table>"


def as_docx(content: Content) -> bytes:
    from docx import Document

    document = Document()
    for part in content:
        if isinstance(part, Heading):
            document.add_heading(part.text, part.level)
        elif isinstance(part, Paragraph):
            document.add_paragraph(part.text)
        else:
            if part.title:
                document.add_paragraph(part.title)
            table = document.add_table(rows=0, cols=len(part.columns))
            for row in [part.columns, *_merged(part)]:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
            for r, c, span in _areas(part):
                table.cell(r + 1, c).merge(table.cell(r + span, c))
    return _saved(document)


def as_pptx(content: Content) -> bytes:
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    slide: Any = None
    for part in content:
        if isinstance(part, Heading) and part.level < 2:
            slide = deck.slides.add_slide(deck.slide_layouts[1])
            slide.shapes.title.text = part.text
        elif isinstance(part, Rows):
            slide = deck.slides.add_slide(deck.slide_layouts[5])
            slide.shapes.title.text = part.title
            size = len(part.rows) + 1, len(part.columns)
            table = slide.shapes.add_table(*size, Inches(1), Inches(2), Inches(8), Inches(4)).table
            for r, row in enumerate([part.columns, *_merged(part)]):
                for c, text in enumerate(row):
                    table.cell(r, c).text = text
            for r, c, span in _areas(part):
                table.cell(r + 1, c).merge(table.cell(r + span, c))
        else:
            frame = slide.placeholders[1].text_frame
            frame.text = f"{frame.text}\n{part.text}" if frame.text else part.text
    return _saved(deck)


def as_xlsx(content: Content) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet: Any = book.active
    for part in content:
        if not isinstance(part, Rows):
            sheet.append([part.text])
            continue
        sheet.append([])
        if part.title:
            sheet.append([part.title])
        sheet.append(part.columns)
        top = sheet.max_row + 1
        for row in _merged(part):
            sheet.append([cell or None for cell in row])
        for r, c, span in _areas(part):
            sheet.merge_cells(start_row=top + r, end_row=top + r + span - 1, start_column=c + 1, end_column=c + 1)
        sheet.append([])
    return _saved(book)


def as_csv(content: Content) -> bytes:
    """The tables only: delimited text holds nothing else."""
    text = StringIO()
    writer = csv.writer(text)
    for part in content:
        if isinstance(part, Rows):
            writer.writerows([part.columns, *part.rows])
    return text.getvalue().encode()


def as_epub(content: Content) -> bytes:
    page = as_html(content).decode().split("<main>")[1].split("</main>")[0]
    title = html.escape(_title(content))
    opf = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">made-up</dc:identifier>'
        f"<dc:title>{title}</dc:title><dc:language>zh</dc:language></metadata>"
        '<manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>'
    )
    container = (
        '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<rootfiles><rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    xhtml = f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>{title}</title></head><body>{page}</body></html>'
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        archive.writestr("META-INF/container.xml", container)
        archive.writestr("book.opf", opf)
        archive.writestr("a.xhtml", xhtml)
    return buffer.getvalue()


def as_pdf(content: Content) -> bytes:
    """Needs reportlab, a development dependency."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph as Flowing
    from reportlab.platypus import SimpleDocTemplate, Table

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    body = ParagraphStyle("body", fontName="STSong-Light", fontSize=11, leading=18, wordWrap="CJK", firstLineIndent=22)
    heads = [
        ParagraphStyle(f"h{n}", parent=body, fontSize=size, leading=size * 1.6, spaceBefore=8, firstLineIndent=0)
        for n, size in enumerate((20, 15, 13))
    ]
    flow: list[Any] = []
    for part in content:
        if isinstance(part, Rows):
            if part.title:
                flow.append(Flowing(html.escape(part.title), heads[2]))
            style: list[Any] = [
                ("GRID", (0, 0), (-1, -1), 0.5, "black"),
                ("FONT", (0, 0), (-1, -1), "STSong-Light", 10),
            ]
            style += [("SPAN", (c, r + 1), (c, r + span)) for r, c, span in _areas(part)]
            cell_style = ParagraphStyle("cell", parent=body, fontSize=9, leading=12, firstLineIndent=0)
            grid = [[Flowing(html.escape(cell), cell_style) for cell in row] for row in [part.columns, *_merged(part)]]
            flow.append(Table(grid, style=style, repeatRows=1, colWidths=_widths(part)))
        else:
            flow.append(
                Flowing(html.escape(part.text), heads[min(part.level, 2)] if isinstance(part, Heading) else body)
            )
    buffer = BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4, title=_title(content), invariant=1).build(flow)
    return buffer.getvalue()


FORMATS: dict[str, Callable[[Content], bytes]] = {
    "txt": as_text,
    "md": as_markdown,
    "html": as_html,
    "docx": as_docx,
    "pptx": as_pptx,
    "xlsx": as_xlsx,
    "csv": as_csv,
    "epub": as_epub,
    "pdf": as_pdf,
}


def _titled(table: Rows) -> list[str]:
    return [table.title, ""] if table.title else []


def _title(content: Content) -> str:
    return next(part.text for part in content if isinstance(part, Heading))


def _spans(table: Rows) -> list[tuple[int, ...]]:
    """For each row and column, over how many rows the cell is merged; 0 where the cell above covers it."""
    spans = [[1] * len(table.columns) for _ in table.rows]
    for c in table.merged:
        for r in range(len(table.rows) - 1, 0, -1):
            if table.rows[r][c] == table.rows[r - 1][c] and table.rows[r][c]:
                spans[r - 1][c] += spans[r][c]
                spans[r][c] = 0
    return [tuple(row) for row in spans]


def _areas(table: Rows) -> list[tuple[int, int, int]]:
    """The merged cells: row, column, and how many rows they cover."""
    return [(r, c, span) for r, spans in enumerate(_spans(table)) for c, span in enumerate(spans) if span > 1]


def _merged(table: Rows) -> list[tuple[str, ...]]:
    """The rows as merged cells leave them: what is merged is written once, and empty in the rows below."""
    return [
        tuple(cell if span else "" for cell, span in zip(row, spans, strict=True))
        for row, spans in zip(table.rows, _spans(table), strict=True)
    ]


def _widths(table: Rows) -> list[float]:
    """The columns' widths on a page of 450 points, by their longest cells."""
    longest = [max(len(row[c]) for row in [table.columns, *table.rows]) for c in range(len(table.columns))]
    wanted = [min(20, max(3, length)) for length in longest]
    return [450 * width / sum(wanted) for width in wanted]


def _saved(document: Any) -> bytes:
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()

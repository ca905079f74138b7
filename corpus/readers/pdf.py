"""Reads PDF files: their text where they have one, else what OCR sees on their pages.

Text and ruling lines come from PDFium. Tables are found by their ruling lines, all other structure by
where the lines stand and how large they are.
"""

from __future__ import annotations

import contextlib
import ctypes
import re
import statistics
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from corpus.document import Note
from corpus.errors import UnreadableFile
from corpus.readers import ocr
from corpus.readers.assemble import assemble
from corpus.readers.parts import Reading
from corpus.readers.pdf_edges import EDGE, Leaf
from corpus.readers.pdf_flow import parts_of
from corpus.readers.pdf_lines import lines_of, page_lines, runs_of
from corpus.readers.pdf_open import open_tables
from corpus.readers.pdf_overlaid import without_watermarks
from corpus.readers.pdf_page import Glyph, Sheet, read_sheet
from corpus.readers.pdf_tables import PageTable, free_rules, tables_of

# PDFium must not be used by two threads at a time.
PDFIUM = threading.Lock()
# The resolution at which pages are given to OCR, in dots per point, and how many dots a side may have.
_SCALE = 200 / 72
_PIXELS = 6000
# Pages without text that a note names.
_PAGES_NAMED = 12
# So many paths on a page without text are letters that were turned into outlines.
_OUTLINES = 150
_RUBBISH = re.compile(
    r"untitled|unspecified|anonymous|unknown|none|microsoft (?:word|powerpoint|excel)\b.*|about:blank|.*\.\w{2,5}"
    r"|(?:windows )?(?:user|admin|administrator|用户)|微软用户|lenovo|dell|hp|asus|pc"
    r"|未命名.*|无标题.*|文档\d*|document ?\d*|[\W\d]*",
    re.I,
)


def read_pdf(data: bytes) -> Reading:
    """Reads a PDF file's bytes. Raises `UnreadableFile`."""
    start = data.find(b"%PDF-", 0, 1024)
    if start < 0:
        raise _unreadable(data)
    with PDFIUM:
        pdf = _open(data)
        try:
            sheets = without_watermarks(_sheets(pdf))
            properties = _properties(pdf)
            leaves, notes = _leaves(pdf, sheets)
        finally:
            pdf.close()
    return replace(assemble(parts_of(leaves), properties=properties), notes=notes)


def _unreadable(data: bytes) -> UnreadableFile:
    if not data.strip():
        return UnreadableFile("the file is empty; check that it was saved", "文件为空；请确认文件已保存")
    return UnreadableFile(
        "this is no PDF file, whatever its name says; open it in the program it comes from and save it as PDF",
        "这不是 PDF 文件，与扩展名不符；请用原来的程序打开并另存为 PDF",
    )


def _open(data: bytes) -> pdfium.PdfDocument:
    damaged = UnreadableFile(
        "the PDF file is damaged or incomplete; download or save it again",
        "PDF 文件已损坏或不完整；请重新下载或另存后再导入",
    )
    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise UnreadableFile(
                "the PDF file is protected by a password; save a copy without the password and ingest that",
                "PDF 文件有密码保护；请另存一份不带密码的副本后再导入",
            ) from error
        raise damaged from error
    # PDFium repairs what it can; a file without its end would lose its last pages without a word.
    if b"%%EOF" not in data[-4096:]:
        pdf.close()
        raise damaged
    return pdf


def _sheets(pdf: pdfium.PdfDocument) -> list[Sheet]:
    sheets: list[Sheet] = []
    for index in range(len(pdf)):
        try:
            sheets.append(read_sheet(pdf, index))
        except pdfium.PdfiumError as error:
            raise _damaged_page(index + 1) from error
    return sheets


def _damaged_page(number: int) -> UnreadableFile:
    return UnreadableFile(
        f"page {number} of the PDF file is damaged; download or save it again",
        f"PDF 文件第 {number} 页已损坏；请重新下载或另存后再导入",
    )


def _leaves(pdf: pdfium.PdfDocument, sheets: list[Sheet]) -> tuple[list[Leaf], tuple[Note, ...]]:
    """The lines and tables of each page; pages that are pictures go through OCR where it is installed, and
    are noted where it is not."""
    pictures = [sheet for sheet in sheets if _is_picture(sheet)]
    readable = any(sheet.glyphs for sheet in sheets if not _is_picture(sheet))
    if pictures and not readable and not ocr.available():
        raise UnreadableFile(
            "the pages are pictures without text; to have them read, run: make ocr (or pip install '.[ocr]')",
            "文件的页面是图片，没有文字；要识别其中的文字，请运行：make ocr（或 pip install '.[ocr]'）",
        )
    seen = {sheet.number for sheet in pictures} if ocr.available() else set()
    leaves: list[Leaf] = []
    for sheet in sheets:
        # What the page before shows tells how the columns and the table at its end go on.
        before = leaves[-1] if leaves and leaves[-1].width == sheet.width else None
        leaves.append(_scanned(pdf, sheet) if sheet.number in seen else _leaf(sheet, before))
    unread = [sheet.number for sheet in pictures if sheet.number not in seen]
    return leaves, (_unread(unread),) if unread else ()


def _unread(pages: list[int]) -> Note:
    named = ", ".join(map(str, pages[:_PAGES_NAMED])) + (", …" if len(pages) > _PAGES_NAMED else "")
    return Note(
        f"{len(pages)} of its pages are pictures and were not read ({named}); "
        "to have them read, run: make ocr (or pip install '.[ocr]'), remove the document and add it again",
        f"其中 {len(pages)} 页是图片，未读取（第 {named} 页）；"
        "要识别其中的文字，请运行：make ocr（或 pip install '.[ocr]'），然后移除并重新添加该文件",
    )


def _is_picture(sheet: Sheet) -> bool:
    """Whether there is no text to read, or only codes that mean no characters, but something to see."""
    lost = sum(1 for glyph in sheet.glyphs if not glyph.known)
    if lost > 0.5 * len(sheet.glyphs):
        return True
    return len(sheet.glyphs) < 12 and (sheet.pictured > 0.3 or sheet.paths > _OUTLINES)


def _leaf(sheet: Sheet, before: Leaf | None) -> Leaf:
    tables, rest = tables_of(sheet)
    runs = runs_of(rest)
    bare, taken = open_tables(runs, free_rules(sheet.rules), sheet.number, _cut_table(before))
    if taken:
        tables = sorted([*tables, *bare], key=lambda t: (t.ys[0], t.xs[0]))
        runs = runs_of([glyph for glyph in rest if id(glyph) not in taken])
    lines, gutter = page_lines(runs, sheet.number, before.gutter if before else None)
    return Leaf(
        sheet.number,
        sheet.width,
        sheet.height,
        tuple(lines),
        tuple(tables),
        aside=sheet.slanted,
        placed=not sheet.turned,
        gutter=gutter,
    )


def _cut_table(leaf: Leaf | None) -> PageTable | None:
    """The table without upright lines with which a page ends, but for what stands at its lower edge."""
    if leaf is None or not leaf.tables or not leaf.tables[-1].open:
        return None
    end = leaf.tables[-1].ys[-1]
    return None if any(end < line.bottom < (1 - EDGE) * leaf.height for line in leaf.lines) else leaf.tables[-1]


def _scanned(pdf: pdfium.PdfDocument, sheet: Sheet) -> Leaf:
    """A page as OCR reads it: each piece of text stands where it was seen."""
    scale = min(_SCALE, _PIXELS / max(sheet.width, sheet.height, 1))
    page = pdf[sheet.number - 1]
    try:
        picture = page.render(scale=scale).to_numpy()
    except pdfium.PdfiumError as error:
        raise _damaged_page(sheet.number) from error
    finally:
        page.close()
    width, height = picture.shape[1] / scale, picture.shape[0] / scale
    glyphs = tuple(_seen(ocr.read_picture(picture), scale))
    return Leaf(sheet.number, width, height, tuple(lines_of(glyphs, sheet.number)), scanned=True)


def _seen(words: list[ocr.Words], scale: float) -> Iterator[Glyph]:
    """What OCR saw as characters are placed. Its heights vary with the ink; near the usual one they are that."""
    heights = [(found.bottom - found.top) / scale * 0.8 for found in words]
    usual = statistics.median(heights) if heights else 0.0
    for found, height in zip(words, heights, strict=True):
        size = usual if abs(height - usual) < 0.45 * usual else height
        baseline = (found.top + found.bottom) / 2 / scale + 0.38 * size
        yield Glyph(found.text, found.left / scale, found.right / scale, baseline, round(size, 1))


def _properties(pdf: pdfium.PdfDocument) -> dict[str, str]:
    """What the file says of itself, without what programs write where people wrote nothing."""
    given = pdf.get_metadata_dict()
    found = {key: " ".join(given.get(name, "").split()) for key, name in (("title", "Title"), ("author", "Author"))}
    found = {key: value for key, value in found.items() if not _RUBBISH.fullmatch(value)}
    created = re.match(r"(?:D:)?(\d{4})(\d\d)(\d\d)", given.get("CreationDate", ""))
    if created:
        with contextlib.suppress(ValueError):
            found["date"] = date(int(created[1]), int(created[2]), int(created[3])).isoformat()
    language = _language(pdf)
    return found | {"language": language} if language else found


def _language(pdf: pdfium.PdfDocument) -> str:
    length = raw.FPDFCatalog_GetLanguage(pdf, None, 0)
    buffer = (ctypes.c_ushort * max(1, length // 2))()
    raw.FPDFCatalog_GetLanguage(pdf, buffer, length)
    tag = bytes(buffer).decode("utf-16-le", "replace").rstrip("\0").strip()
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*", tag) else ""

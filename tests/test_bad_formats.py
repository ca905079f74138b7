"""Bad files of every format in one folder: each fails alone, with its reason, and the good ones are indexed."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from assistant.wiring import Workplace
from cpu_time import cpu_within
from eval.generated import FORMATS, Heading, Paragraph, made_up
from indexing.ingest import find_files, ingest

GOOD = {name: make(made_up(7, 1)) for name, make in FORMATS.items()}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def with_member(archive: bytes, name: str, content: bytes) -> bytes:
    """A container with one member replaced or added."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info, old.read(info))
        new.writestr(name, content)
    return out.getvalue()


def encrypted_pdf() -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(72, 720, "Nobody reads this without the password.")
    canvas.save()
    return out.getvalue()


def picture_pdf() -> bytes:
    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (600, 800), "white").save(out, "PDF")
    return out.getvalue()


BOMB = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><w>&b;</w>'
ZEROS = bytes(300 * 2**20)

# Name, content, and words of the reason.
BAD: list[tuple[str, Callable[[], bytes], str]] = [
    *[(f"empty.{name}", lambda: b"", "empty") for name in FORMATS],
    ("truncated.pdf", lambda: GOOD["pdf"][:4000], "damaged or incomplete"),
    ("truncated.docx", lambda: GOOD["docx"][:9000], "damaged"),
    ("truncated.pptx", lambda: GOOD["pptx"][:9000], "damaged"),
    ("truncated.xlsx", lambda: GOOD["xlsx"][:3000], "damaged"),
    ("truncated.epub", lambda: GOOD["epub"][:1000], "damaged"),
    ("locked.pdf", encrypted_pdf, "protected by a password"),
    ("locked.docx", lambda: OLE, "password-protected or in the old Office format"),
    ("locked.xlsx", lambda: OLE, "password-protected or in the old Office format"),
    ("bomb.docx", lambda: with_member(GOOD["docx"], "word/zeros.xml", ZEROS), "far more than a document holds"),
    ("bomb.xlsx", lambda: with_member(GOOD["xlsx"], "xl/zeros.xml", ZEROS), "far more than a document holds"),
    ("bomb.epub", lambda: with_member(GOOD["epub"], "zeros.xhtml", ZEROS), "far more than a document holds"),
    ("entities.docx", lambda: with_member(GOOD["docx"], "word/document.xml", BOMB), "a document type"),
    ("entities.xlsx", lambda: with_member(GOOD["xlsx"], "xl/workbook.xml", BOMB), "a document type"),
    ("entities.epub", lambda: with_member(GOOD["epub"], "a.xhtml", BOMB), "a document type"),
    ("pictures.pdf", picture_pdf, "no text"),
    ("word.pdf", lambda: GOOD["docx"], "no PDF file"),
    ("sheet.docx", lambda: GOOD["xlsx"], "rename it to end in .xlsx"),
    ("book.pptx", lambda: GOOD["epub"], "rename it to end in .epub"),
    ("page.xlsx", lambda: GOOD["html"], "not an Excel workbook"),
    ("word.txt", lambda: GOOD["docx"], "binary file"),
    ("pdf.csv", lambda: GOOD["pdf"], "neither UTF-8 nor GB18030"),
    ("rubbish.html", lambda: bytes(range(256)) * 20, "binary file"),
    ("nothing.mhtml", lambda: b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nhello", "no web page"),
]


def test_each_bad_file_fails_alone_with_its_reason(workplace: Callable[..., Workplace], tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for name, data in GOOD.items():
        (folder / f"good.{name}").write_bytes(data)
    for name, make, _ in BAD:
        (folder / name).write_bytes(make())
    results = {r.source.rsplit("/", 1)[-1]: r for r in ingest(find_files([folder]), workplace().ingester(), 2**25)}
    assert {name for name, r in results.items() if r.outcome == "added"} == {f"good.{name}" for name in GOOD}
    for name, _, words in BAD:
        reason = results[name].reason
        assert reason is not None, name
        assert words in reason.en, (name, reason.en)
        assert any("一" <= c <= "鿿" for c in reason.zh), name


@pytest.mark.parametrize("name", ["pdf", "docx"])
def test_a_document_of_hundreds_of_pages_is_read_in_time(name: str) -> None:
    from corpus.readers import read

    chapters = [[part for part in made_up(n, 1) if isinstance(part, Paragraph)] for n in range(170)]
    content = (
        Heading(0, "长篇资料汇编"),
        *(p for n, c in enumerate(chapters, 1) for p in (Heading(1, f"第{n}章 资料"), *c)),
    )
    data = FORMATS[name](content)
    with cpu_within(100):
        document = read(data, uri="test:long", source=f"long.{name}")
    assert sum(document.text[b.start : b.end].startswith("第") for b in document.blocks if b.level) == 170
    if name == "pdf":
        assert max(block.page or 0 for block in document.blocks) > 100

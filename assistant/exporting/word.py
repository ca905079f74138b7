"""An export as a Word document. python-docx stays here: it is what writes the paragraphs; the AIGC label is a
custom property of the file (`docProps/custom.xml`, ECMA-376 part 1, 22.3), which python-docx has no words for."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from assistant.answers import Language
from assistant.exporting.exports import Export, ExportedStatement, ExportedTurn, Reference, mark_of, place_of
from assistant.exporting.words import WORDS, one_line, shown

if TYPE_CHECKING:
    from docx.document import Document

_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
# The same for every property that an application of its own adds.
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
# What a core property may hold, in characters.
_LONGEST = 255


def docx(export: Export) -> bytes:
    """The export, with the AIGC label in its properties and the notice above everything else."""
    import docx as library

    document = library.Document()
    _set_fonts(document)
    _describe(document, export)
    _label(document, export.AIGC.model_dump_json())
    words = WORDS[export.language]
    document.add_heading(one_line(export.title), 0)
    notice = " ".join((words.generated, *map(one_line, export.notices)))
    document.add_paragraph(notice, "Intense Quote")
    when = f"{words.exported} {export.exported:%Y-%m-%d %H:%M} UTC · {one_line(export.AIGC.ContentProducer)}"
    document.add_paragraph(when, "Caption")
    for number, turn in enumerate(export.turns, 1):
        _turn(document, turn, number)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _turn(document: Document, turn: ExportedTurn, number: int) -> None:
    words = WORDS[turn.language]
    document.add_heading(f"{number}. {one_line(turn.question)}", 1)
    if one_line(turn.standalone_question) != one_line(turn.question):
        document.add_paragraph(f"{words.searched}: {one_line(turn.standalone_question)}", "Caption")
    if not turn.answered:
        document.add_paragraph().add_run(words.unanswered).bold = True
    if turn.text:
        document.add_paragraph(_lines(turn.text))
    if turn.interrupted:
        document.add_paragraph().add_run(f"⚠ {one_line(turn.interrupted)}").bold = True
    for statement in turn.statements:
        _say(document, statement, turn.language)
    for heading, references in ((words.references, turn.references), (words.nearest, turn.nearest)):
        if references:
            document.add_heading(heading, 2)
        for reference in references:
            _refer(document, reference, turn.language)


def _say(document: Document, statement: ExportedStatement, language: Language) -> None:
    if statement.lead:
        document.add_paragraph(_lines(statement.lead))
    paragraph = document.add_paragraph(_lines(statement.text))
    paragraph.add_run("".join(f" [{n}]" for n in statement.references)).font.superscript = True
    if mark := mark_of(statement, language):
        paragraph.add_run(f" ⚠ {mark}").bold = True


def _refer(document: Document, reference: Reference, language: Language) -> None:
    document.add_paragraph(f"[{reference.number}] {place_of(reference, language)}")
    if reference.quote is not None:
        document.add_paragraph(_lines(reference.quote), "Quote")


def _lines(text: str) -> str:
    """Text with its lines; python-docx makes breaks of their ends."""
    return "\n".join(each for each in shown(text).split("\n") if each.strip())


def _set_fonts(document: Document) -> None:
    """Without this Word sets Chinese in the template's Japanese font."""
    from docx.oxml.ns import qn

    for style in document.styles.element.iter(qn("w:rPr")):
        fonts: Any = style.find(qn("w:rFonts"))
        if fonts is not None:
            fonts.attrib.pop(qn("w:eastAsiaTheme"), None)
            fonts.set(qn("w:eastAsia"), "SimSun")


def _describe(document: Document, export: Export) -> None:
    about, naive = document.core_properties, export.exported.replace(tzinfo=None)
    about.title, about.author = one_line(export.title)[:_LONGEST], one_line(export.AIGC.ContentProducer)[:_LONGEST]
    about.language = "zh-CN" if export.language == "zh" else "en"
    about.comments = " ".join((WORDS[export.language].generated, *map(one_line, export.notices)))[:_LONGEST]
    about.identifier, about.last_modified_by = one_line(export.AIGC.ProduceID)[:_LONGEST], about.author
    about.created = about.modified = naive


def _label(document: Document, label: str) -> None:
    """Adds the custom property `AIGC`, a string of JSON."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from lxml import etree

    root = etree.Element(f"{{{_PROPERTIES}}}Properties", nsmap={None: _PROPERTIES, "vt": _TYPES})
    held = etree.SubElement(root, f"{{{_PROPERTIES}}}property", fmtid=_FORMAT, pid="2", name="AIGC")
    etree.SubElement(held, f"{{{_TYPES}}}lpwstr").text = label
    xml = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    package = document.part.package
    package.relate_to(Part(PackURI("/docProps/custom.xml"), _MEDIA_TYPE, xml, package), _RELATION)

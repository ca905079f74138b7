"""Files to documents: one module per format, chosen by the file's extension."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import PurePath

from corpus.document import Block, Document, document_id
from corpus.errors import UnreadableFile, UnsupportedType
from corpus.metadata import read_metadata
from corpus.readers.parts import Reading
from corpus.titles import names

Reader = Callable[[bytes], Reading]

# Part of a version's identity: raise it when the same bytes are read differently.
READER = "readers/4"

# Extension to module and function. A format's libraries are imported when a file of it is read.
READERS: dict[str, tuple[str, str]] = {
    ".txt": ("text", "read_text"),
    ".text": ("text", "read_text"),
    ".md": ("text", "read_text"),
    ".markdown": ("text", "read_text"),
    ".docx": ("word", "read_docx"),
    ".pptx": ("slides", "read_pptx"),
    ".xlsx": ("sheets", "read_xlsx"),
    ".xlsm": ("sheets", "read_xlsx"),
    ".csv": ("sheets", "read_csv"),
    ".tsv": ("sheets", "read_csv"),
    ".html": ("web", "read_html"),
    ".htm": ("web", "read_html"),
    ".xhtml": ("web", "read_html"),
    ".mhtml": ("web", "read_mhtml"),
    ".mht": ("web", "read_mhtml"),
    ".epub": ("epub", "read_epub"),
    ".pdf": ("pdf", "read_pdf"),
}


def reader_for(name: str) -> Reader:
    """The reader for a file of this name. Raises `UnsupportedType`."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in READERS:
        kinds = " ".join(sorted(READERS))
        raise UnsupportedType(
            f"files of type {suffix or 'without extension'} can't be read; these can: {kinds}",
            f"不支持 {suffix or '无扩展名'} 类型的文件；支持：{kinds}",
        )
    module, function = READERS[suffix]
    reader: Reader = getattr(import_module(f"corpus.readers.{module}"), function)
    return reader


def readable(name: str) -> bool:
    """Whether there is a reader for a file of this name."""
    return PurePath(name).suffix.lower() in READERS


def read(data: bytes, *, uri: str, source: str, origin: str = "own") -> Document:
    """The document in a file's bytes.

    `uri` identifies the source over its versions, `source` is the name that people see. Raises
    `UnreadableFile` with a reason.
    """
    reading = reader_for(source)(data)
    if not any(block.kind.searchable for block in reading.blocks):
        raise UnreadableFile("there is no text to search in the file", "文件中没有可检索的正文")
    properties = {"url": uri, **reading.properties} if uri.startswith(("http://", "https://")) else reading.properties
    metadata = read_metadata(reading.front, reading.text, reading.blocks, PurePath(source).stem, properties)
    sha256 = hashlib.sha256(data).hexdigest()
    return Document(
        id=document_id(uri, sha256, READER),
        uri=uri,
        source=source,
        sha256=sha256,
        text=reading.text,
        metadata=metadata,
        blocks=_below_title(reading.blocks, metadata.title),
        tables=reading.tables,
        notes=reading.notes,
        origin=origin,
    )


def _below_title(blocks: Sequence[Block], title: str) -> tuple[Block, ...]:
    """The blocks with heading paths without the document's title, which every citation carries already."""
    named = {heading for heading in {h for b in blocks for h in b.headings[:2]} if names(heading, title)}
    return tuple(
        replace(b, headings=(*(h for h in b.headings[:2] if h not in named), *b.headings[2:]))
        if not named.isdisjoint(b.headings[:2])
        else b
        for b in blocks
    )

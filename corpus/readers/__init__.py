"""Files to documents: one module per format, chosen by the file's extension."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath

from corpus.decode import decode
from corpus.document import Block, Document, document_id
from corpus.errors import UnreadableFile, UnsupportedType
from corpus.metadata import read_metadata
from corpus.readers.text import READER, read_text

Reader = Callable[[str], tuple[str, tuple[Block, ...], str]]

READERS: dict[str, Reader] = {".txt": read_text, ".text": read_text, ".md": read_text, ".markdown": read_text}


def reader_for(name: str) -> Reader:
    """The reader for a file of this name. Raises `UnsupportedType`."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in READERS:
        kinds = " ".join(sorted(READERS))
        raise UnsupportedType(
            f"files of type {suffix or 'without extension'} can't be read yet; these can: {kinds}",
            f"暂不支持 {suffix or '无扩展名'} 类型的文件；目前支持：{kinds}",
        )
    return READERS[suffix]


def read(data: bytes, *, uri: str, source: str, origin: str = "own") -> Document:
    """The document in a file's bytes.

    `uri` identifies the source over its versions, `source` is the name that people see. Raises
    `UnreadableFile` with a reason.
    """
    text, blocks, front = reader_for(source)(decode(data))
    if not any(block.kind.searchable for block in blocks):
        raise UnreadableFile("there is no text to search in the file", "文件中没有可检索的正文")
    metadata = read_metadata(front, text, blocks, PurePath(source).stem)
    sha256 = hashlib.sha256(data).hexdigest()
    return Document(
        id=document_id(uri, sha256, READER),
        uri=uri,
        source=source,
        sha256=sha256,
        text=text,
        metadata=metadata,
        blocks=tuple(_below_title(block, metadata.title) for block in blocks),
        origin=origin,
    )


def _below_title(block: Block, title: str) -> Block:
    """A heading path without the document's title, which every citation carries already."""
    if block.headings and block.headings[0] == title:
        return replace(block, headings=block.headings[1:])
    return block

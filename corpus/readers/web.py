"""Reads web pages: HTML files, and MHTML archives that browsers save.

The article of a page becomes the document. What stands around it is kept as furniture, which is not
searched; where little or nothing is left of a page in this way, trafilatura decides what its article is.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from email.message import Message

from corpus import structure
from corpus.document import Kind
from corpus.errors import UnreadableFile
from corpus.readers.assemble import assemble, wrap_width
from corpus.readers.markup import decode_markup, parse
from corpus.readers.parts import Line, Part, Reading
from corpus.readers.webfacts import page_facts
from corpus.readers.webpage import Page
from corpus.readers.webwalk import walk

# The share of a page's words below which its article, as found here, is doubted.
_DOUBTFUL = 0.2
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_ITEM_NUMBER = re.compile(r"^(?:\d{1,6}|[a-zA-Z]|[ivxlcIVXLC]+)\. ")


def read_html(data: bytes) -> Reading:
    """Reads the bytes of an HTML or XHTML page. Raises `UnreadableFile`."""
    return _read_page(decode_markup(data))


def read_mhtml(data: bytes) -> Reading:
    """Reads the page in an MHTML archive, without its pictures and frames. Raises `UnreadableFile`."""
    if not data.strip():
        raise UnreadableFile("the file is empty; save the page again", "文件为空；请重新保存网页")
    try:
        message = email.message_from_bytes(data)
        part = next((p for p in message.walk() if p.get_content_type() in _HTML_TYPES and not p.is_multipart()), None)
    except RecursionError:
        part = None
    payload = part.get_payload(decode=True) if part is not None else None
    if part is None or not isinstance(payload, bytes):
        raise UnreadableFile(
            "the archive holds no web page; save the page again, as MHTML or HTML",
            "该存档中没有网页；请重新保存为 MHTML 或 HTML",
        )
    url = _header(part, "Content-Location") or _header(message, "Snapshot-Content-Location")
    return _read_page(decode_markup(payload, part.get_content_charset()), url)


def _header(message: Message, name: str) -> str:
    return "".join(str(message.get(name) or "").split())


def _read_page(markup: str, url: str = "") -> Reading:
    root = parse(markup)
    facts = page_facts(root, markup, url)
    parts = _with_second_opinion(walk(root, Page(root)), markup)
    parts = with_title(parts, facts.get("title", ""))
    return assemble_page(parts, facts)


def assemble_page(parts: Sequence[Part], facts: dict[str, str]) -> Reading:
    """The reading of a page's parts. Where its paragraphs are lines of one width, they were cut there,
    as they are in pages made from PDF files, and their ends mean nothing."""
    wrap = wrap_width([part.text for part in parts if isinstance(part, Line) and part.kind is None])
    if wrap is not None:
        parts = [replace(part, ends=None) if isinstance(part, Line) else part for part in parts]
    return assemble(parts, wrap=wrap, properties=facts)


def with_title(parts: Sequence[Part], title: str) -> list[Part]:
    """The parts with the line that is the page's title as a heading, even if it stands in the furniture."""
    found = list(parts)
    if not title:
        return found
    same = [i for i, part in enumerate(found) if isinstance(part, Line) and _letters(part.text) == _letters(title)]
    same.sort(key=lambda i: _is_furniture(found[i]))
    for i in same[:1]:
        line = found[i]
        if isinstance(line, Line) and line.kind is not Kind.HEADING and structure.numbered(line.text) is None:
            found[i] = replace(line, kind=Kind.HEADING, level=1)
    return found


def _with_second_opinion(parts: list[Part], markup: str) -> list[Part]:
    """The parts as they are, unless trafilatura finds several times as many words of an article."""
    ours = sum(_weight(part) for part in parts if not _is_furniture(part))
    if ours >= _DOUBTFUL * sum(map(_weight, parts)):
        return parts  # what it could find is no more than all

    import trafilatura

    found = _letters(trafilatura.extract(markup, include_comments=False, include_tables=True, fast=True) or "")
    if ours >= _DOUBTFUL * len(found):
        return parts
    return list(reversed([*_as_found(reversed(parts), found)]))


def _as_found(backwards: Iterable[Part], found: str) -> Iterator[Part]:
    """The parts, with furniture taken for content where it was found, as are the headings right above it."""
    below = False
    for part in backwards:
        if not isinstance(part, Line) or part.kind is not Kind.CHROME:
            below = False
        elif _letters(_ITEM_NUMBER.sub("", part.text)) in found or (below and part.level):
            yield replace(part, kind=Kind.HEADING if part.level else None)
            below = True
            continue
        else:
            below = False
        yield part


def _is_furniture(part: Part) -> bool:
    return isinstance(part, Line) and part.kind in (Kind.CHROME, Kind.CONTENTS)


def _weight(part: Part) -> int:
    if isinstance(part, Line):
        return len(_letters(part.text))
    return sum(len(_letters(cell)) for row in part.rows for cell in row if isinstance(cell, str))


def _letters(text: str) -> str:
    return "".join(text.split())

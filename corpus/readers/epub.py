"""Reads EPUB books: their pages in the order of the spine, their title, author, date and language."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from zipfile import ZipFile

from lxml import etree

from corpus.errors import UnreadableFile
from corpus.readers.markup import decode_markup, parse, squash, tag
from corpus.readers.parts import Part, Reading
from corpus.readers.web import assemble_page
from corpus.readers.webfacts import iso_date
from corpus.readers.webpage import Zone
from corpus.readers.webwalk import walk
from corpus.readers.zipped import open_zip, read_member

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = ("application/xhtml+xml", "text/html", "text/x-oeb1-document")


@dataclass(frozen=True, slots=True)
class _Item:
    """A file of the book, by its path in the container."""

    path: str
    media: str
    is_contents: bool


def read_epub(data: bytes) -> Reading:
    """Reads an EPUB book's bytes. Raises `UnreadableFile`."""
    with open_zip(data, "epub") as archive:
        path = _package_path(archive)
        package = _xml(archive, path)
        pages = _spine(package, posixpath.dirname(path))
        _refuse_protected(archive, pages)
        parts: list[Part] = []
        for page in pages:
            zone = Zone.CONTENTS if page.is_contents else Zone.CONTENT
            content = read_member(archive, _member(archive, page.path))
            if content.strip():
                parts += walk(parse(decode_markup(content)), zone=zone)
    return assemble_page(parts, _facts(package))


def _package_path(archive: ZipFile) -> str:
    for element in _xml(archive, _CONTAINER).iter():
        if tag(element) == "rootfile" and element.get("full-path"):
            return _member(archive, posixpath.normpath(element.get("full-path") or ""))
    raise _damaged(_CONTAINER)


def _xml(archive: ZipFile, name: str) -> etree._Element:
    """A part of the book's own description. Its document type, if any, is not looked at."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        return etree.fromstring(read_member(archive, name), parser)
    except etree.XMLSyntaxError as error:
        raise _damaged(name) from error


def _spine(package: etree._Element, folder: str) -> list[_Item]:
    """The pages in the order in which they are read."""
    items: dict[str, _Item] = {}
    for element in package.iter():
        if tag(element) == "item" and element.get("href"):
            path = posixpath.normpath(posixpath.join(folder, unquote(urlsplit(element.get("href") or "").path)))
            is_contents = "nav" in (element.get("properties") or "").split()
            items[element.get("id") or ""] = _Item(path, (element.get("media-type") or "").lower(), is_contents)
    references = (e.get("idref") or "" for e in package.iter() if tag(e) == "itemref")
    pages = [items[name] for name in references if name in items and items[name].media in _PAGES]
    if not pages:
        raise _damaged("spine")
    return pages


def _member(archive: ZipFile, path: str) -> str:
    """The container's own spelling of a path: systems that ignore case make books that need it."""
    names = archive.namelist()
    return path if path in names else next((name for name in names if name.lower() == path.lower()), path)


def _refuse_protected(archive: ZipFile, pages: list[_Item]) -> None:
    """A protected book names its pages as encrypted; books with protected fonts only can be read."""
    if _ENCRYPTION not in archive.namelist():
        return
    locked = {unquote(e.get("URI") or "") for e in _xml(archive, _ENCRYPTION).iter() if tag(e) == "cipherreference"}
    if any(page.path in locked for page in pages):
        raise UnreadableFile(
            "the book is copy-protected; get it without protection, or as PDF",
            "该电子书有版权保护（DRM）；请获取无保护的版本或 PDF",
        )


def _facts(package: etree._Element) -> dict[str, str]:
    """What the book says of itself; the first title, author, date and language count."""
    facts: dict[str, str] = {}
    names = {"title": "title", "creator": "author", "language": "language", "date": "date", "source": "url"}
    for element in package.iter():
        name = names.get(tag(element), "")
        value = squash("".join(element.itertext())) if name else ""
        if name == "date":
            value = iso_date(value)
        if name == "url" and not value.startswith(("http://", "https://")):
            continue
        if value:
            facts.setdefault(name, value)
    return facts


def _damaged(part: str) -> UnreadableFile:
    return UnreadableFile(
        f"the book is damaged or incomplete ({part}); download it again",
        f"电子书已损坏或不完整（{part}）；请重新下载",
    )

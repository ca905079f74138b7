"""The list of sources that servers send beside an answer, in the forms in which they do.

The first of the fields `citations`, `sources`, `context`, `contexts`, `references`, `reference`, `documents`
that holds a list is taken, looked for in the reply, in its first choice, and in that choice's message. The list
may stand one level deeper, under one of these names, `chunks` or `hits`. An item is a text, an address (http…),
or an object with

- its words in `text`, `quote`, `content`, `page_content`, `snippet` or `document`,
- what they are from in `source`, `title`, `document_name`, `filename`, `filepath`, `file`, `url`, `uri` or `name`
  (or in an object under `source` or `metadata` that has one of these),
- the number that the answer's marks use in `number`, `n`, `index` or `id` where that is a number above 0, else
  its place in the list, counted from 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eval.systems.base import Cited

_LISTS = ("citations", "sources", "context", "contexts", "references", "reference", "documents")
_DEEPER = (*_LISTS, "chunks", "hits")
_WORDS = ("text", "quote", "content", "page_content", "snippet", "document")
_NAMES = ("source", "title", "document_name", "filename", "filepath", "file", "url", "uri", "name")
_NUMBERS = ("number", "n", "index", "id")


def listed_sources(reply: dict[str, Any]) -> list[Cited]:
    """What a reply lists, each item with its number; without a list none. An item without words has an empty
    quote: a citation of it supports nothing."""
    for place in _places(reply):
        for name in _LISTS:
            items = _items(place.get(name))
            if items:
                return _numbered(items)
    return []


def _places(reply: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield reply
    choices = reply.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    if isinstance(first, dict):
        yield first
        if isinstance(first.get("message"), dict):
            yield first["message"]


def _items(given: object) -> list[Any]:
    """The list that is meant; one by keys, such as RAGFlow's chunks, counts in their order."""
    if isinstance(given, list):
        return given
    if not isinstance(given, dict):
        return []
    for name in _DEEPER:
        inner = given.get(name)
        if isinstance(inner, list) and inner:
            return inner
        if isinstance(inner, dict) and inner and all(isinstance(value, dict) for value in inner.values()):
            return list(inner.values())
    return []


def _numbered(items: list[Any]) -> list[Cited]:
    numbers = [_number(item) for item in items]
    if None in numbers or len(set(numbers)) < len(numbers):
        numbers = list(range(1, len(items) + 1))
    return [
        Cited(number=number or 0, source=_name(item), quote=_words(item))
        for number, item in zip(numbers, items, strict=True)
    ]


def _number(item: object) -> int | None:
    if not isinstance(item, dict):
        return None
    for key in _NUMBERS:
        given = item.get(key)
        if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) <= 3:
            given = int(given)
        if isinstance(given, int) and not isinstance(given, bool) and given > 0:
            return given
    return None


def _words(item: object) -> str:
    if isinstance(item, str):
        return "" if _is_address(item) else item
    if not isinstance(item, dict):
        return ""
    for key in _WORDS:
        given = item.get(key)
        if isinstance(given, list):
            given = "\n".join(part for part in given if isinstance(part, str))
        if isinstance(given, str) and given.strip():
            return given
    return ""


def _name(item: object) -> str:
    if isinstance(item, str):
        return item if _is_address(item) else ""
    if not isinstance(item, dict):
        return ""
    for key in _NAMES:
        given = item.get(key)
        if isinstance(given, str) and given.strip():
            return given
    for key in ("source", "metadata"):
        if isinstance(item.get(key), dict):
            return _name(item[key])
    return ""


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://")) and not any(character.isspace() for character in text)

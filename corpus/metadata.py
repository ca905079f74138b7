"""What is known about a document as a whole, and from where: the sources in their order of trust.

The front matter ranks first, then the document's own lines, then what the file says of itself, then its
name; what people say of a document (`fields.py`) ranks above all. The front matter of a saved web page is about the
page: where the page holds an official document, its title and its date are the document's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from corpus import dates, fields
from corpus.document import Block, Metadata
from corpus.errors import BadInput, UnreadableFile
from corpus.fields import FIELDS, Value, language_of
from corpus.official import Said, read_official
from corpus.short_names import short_names

_FRONT, _PROPERTIES, _NAME = "front matter", "file properties", "file name"
_PROPERTY_FIELDS = ("title", "date", "url", "language")


def read_metadata(
    front: str,
    text: str,
    blocks: tuple[Block, ...],
    name: str,
    properties: Mapping[str, str] | None = None,
) -> Metadata:
    """The metadata of a document. `name` is the title of last resort (the file's name); `properties`
    are the file's own. What people say of the document comes later and ranks above all of this.

    Raises `UnreadableFile` where the front matter is no YAML mapping, because a wrong title would be
    worse than none.
    """
    official = read_official(text, blocks)
    given = _front_fields(_front_matter(front), official)
    own = _known(properties or {}, _PROPERTY_FIELDS)
    found: dict[str, Any] = {"title": name, "language": language(text)}
    read_from = {"title": _NAME, "language": "text"}
    for field in FIELDS:
        if field in given:
            found[field], read_from[field] = given[field], _FRONT
        elif field in official:
            said = official[field]
            found[field], read_from[field] = said.value, f"text {said.start}–{said.end}"
        elif field in own:
            found[field], read_from[field] = own[field], _PROPERTIES
    if "called" not in found and (names := list(short_names(text, found["title"], found.get("issuers", ())))):
        found["called"] = tuple(dict.fromkeys(name for name, _, _ in names))
        read_from["called"] = f"text {names[0][1]}–{names[0][2]}"
    return Metadata(**found, read_from=tuple(sorted(read_from.items())))


_LETTERS, _CHINESE = re.compile(r"[^\W\d_]+"), re.compile("[一-鿿]+")


def language(text: str) -> str:
    """ "zh" where at least a tenth of the letters are Chinese characters, else "en"."""
    letters, chinese = (sum(map(len, run.findall(text))) for run in (_LETTERS, _CHINESE))
    return "zh" if letters and chinese * 10 >= letters else "en"


def _front_matter(front: str) -> dict[str, Any]:
    if not front:
        return {}
    try:
        given = yaml.safe_load(front)
        refuse_surrogates(given)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 2
        raise UnreadableFile(
            f"the front matter is not valid YAML (line {line}); correct it or remove the --- lines",
            f"文件头的 YAML 有误（第 {line} 行）；请改正，或删去 --- 之间的内容",
        ) from error
    return given if isinstance(given, dict) else {}


def refuse_surrogates(given: Any) -> None:
    """YAML can spell characters that are none; they could not be stored. Raises `ValueError`."""
    for value in given.values() if isinstance(given, dict) else ():
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, str):
                item.encode()


def _front_fields(given: dict[str, Any], official: Mapping[str, Said]) -> dict[str, Value]:
    """The front matter's fields, those of a saved page left out that the document says better."""
    said = _known(given, tuple(FIELDS))
    saved = "fetch_date" in given or str(given.get("url", "")).startswith(("http://", "https://"))
    title = official.get("title")
    if saved and title is not None and title.firm and "date" in official:
        said.pop("title", None)
        said.pop("date", None)
    if "fetch_date" in given:
        said.pop("date", None)
    return said


def _known(given: Mapping[str, Any], wanted: tuple[str, ...]) -> dict[str, Value]:
    """Those of the given values that a field can have; a file that says something else says nothing."""
    found: dict[str, Value] = {}
    for field in wanted:
        value = given.get(field)
        if field == "language" and isinstance(value, str):
            value = language_of(value.strip())
        if field == "date" and not isinstance(value, str):
            value = dates.of(value)
        try:
            checked = fields.check(field, value)
        except BadInput:
            continue
        if checked is not None:
            found[field] = checked
    return found

"""The fields of a document's metadata as people and files write them: their names, forms and checks.

The sidecar beside a file, the command line and the API all say fields through this module, so a value
that one of them takes the others take too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Literal

from corpus import dates
from corpus.document import Metadata, Status
from corpus.errors import BadInput

Form = Literal["words", "many", "date", "status", "language", "number"]
Value = str | tuple[str, ...] | date | Status
FIELDS: dict[str, Form] = {
    "title": "words",
    "language": "language",
    "issuers": "many",
    "called": "many",
    "number": "number",
    "date": "date",
    "effective": "date",
    "expires": "date",
    "edition": "words",
    "status": "status",
    "region": "words",
    "url": "words",
    "tags": "many",
    "supersedes": "words",
}
BY_HAND, SIDECAR = "set by hand", "sidecar"
_MOST = 1000
_STATUS_WORDS = (
    (Status.WITHDRAWN, r"废止|失效|withdrawn|repealed|revoked|superseded"),
    (Status.COMMENT, r"征求意见|for (?:public )?(?:comments?|consultation)|consultation draft|public consultation"),
    (Status.DRAFT, r"草案|草稿|送审稿|讨论稿|报批稿|审议稿|\bdraft\b"),
    (Status.TRIAL, r"试行|\btrial\b"),
    (Status.CURRENT, r"现行|有效|in force|\bcurrent\b"),
)
_NUMBER = re.compile(
    r"([一-鿿][一-鿿\s]{1,20}?)\s*[〔［\[（(„﹝【]\s*((?:19|20)\d\d)\s*[〕］\])）‟”﹞】]\s*第?\s*(\d{1,5})\s*号"
)
_ORDER = re.compile(
    r"([一-鿿]{2,30}(?:令|公告|公报))\s*(?:((?:19|20)\d\d)\s*年)?\s*第\s*([\d一二三四五六七八九十百]{1,6})\s*号"
)


def check(field: str, given: object) -> Value | None:
    """A field's value in its proper form; None for an empty one. Raises `BadInput` for a field that is
    none and for a value that it can't have."""
    form = FIELDS.get(field)
    if form is None:
        names = ", ".join(FIELDS)
        raise BadInput(f"there is no field {field!r}; there are: {names}", f"没有字段 {field!r}；可用字段：{names}")
    if given is None or given in ("", [], ()):
        return None
    if form == "many":
        return _many(field, given)
    if form == "date":
        found = dates.of(given)
        if found is None:
            raise _wrong(field, given, "a date such as 2025-01-31", "形如 2025-01-31 的日期")
        return found
    if not isinstance(given, str | int | float) or isinstance(given, bool) or len(str(given)) > _MOST:
        raise _wrong(field, given, f"words, at most {_MOST} characters", f"文字，不超过 {_MOST} 字")
    words = " ".join(str(given).split())
    if not is_text(words):
        raise _wrong(field, words.encode("ascii", "backslashreplace").decode(), "text", "文字")
    if form == "status":
        status = status_of(words)
        if status is None:
            raise _wrong(field, given, "one of " + ", ".join(Status), "以下之一：" + "、".join(Status))
        return status
    if form == "language":
        if (code := language_of(words)) is None:
            raise _wrong(field, given, "zh or en", "zh 或 en")
        return code
    return (number_of(words) if form == "number" else words) or None


def is_text(words: str) -> bool:
    """Whether characters are text that can be stored and sent: half a surrogate pair is not."""
    try:
        words.encode()
    except UnicodeEncodeError:
        return False
    return True


def status_of(words: str) -> Status | None:
    """The status that words name, in its own spelling, in Chinese or in English."""
    if words in set(Status):
        return Status(words)
    return next((status for status, pattern in _STATUS_WORDS if re.search(pattern, words, re.I)), None)


def number_of(words: str) -> str:
    """A document number as it should be written: 甲发〔2024〕3号, whatever its brackets and blanks."""
    match = _NUMBER.fullmatch(words.strip())
    if match:
        return f"{''.join(match[1].split())}〔{match[2]}〕{int(match[3])}号"
    match = _ORDER.fullmatch(words.strip())
    if match:
        return f"{match[1]}{match[2] + '年' if match[2] else ''}第{match[3]}号"
    return words.strip()


def is_number(words: str) -> bool:
    """Whether words are the number of an official document and nothing else."""
    return bool(_NUMBER.fullmatch(words.strip()) or _ORDER.fullmatch(words.strip()))


def language_of(tag: str) -> str | None:
    """ "zh" or "en" of a tag such as zh-CN; other languages are not known here."""
    tag = tag.lower()
    return next((code for code in ("zh", "en") if tag == code or tag.startswith((f"{code}-", f"{code}_"))), None)


def overridden(metadata: Metadata, said: Mapping[str, Value], by: str = BY_HAND) -> Metadata:
    """Metadata with what was said of it in place of what was read."""
    if not said:
        return metadata
    read_from = {**dict(metadata.read_from), **dict.fromkeys(said, by)}
    values: dict[str, Any] = dict(said)
    return replace(metadata, **values, read_from=tuple(sorted(read_from.items())))


def to_json(metadata: Metadata) -> str:
    """Metadata as the catalogue stores it."""
    fields = {name: _plain(getattr(metadata, name)) for name in FIELDS}
    return json.dumps({**fields, "read_from": dict(metadata.read_from)}, ensure_ascii=False)


def from_json(stored: str) -> Metadata:
    """Metadata as it was stored, by earlier versions of the program too."""
    said = json.loads(stored)
    values: dict[str, Any] = {name: typed(name, said.get(name)) for name in FIELDS}
    values |= {name: values[name] or () for name, form in FIELDS.items() if form == "many"}
    read_from = tuple(sorted((said.get("read_from") or {}).items()))
    return Metadata(**values, read_from=read_from)


def typed(field: str, stored: object) -> Value | None:
    """A stored value in its type; a status that earlier versions took as it stood may be none."""
    if stored is None:
        return None
    if isinstance(stored, list):
        return tuple(stored)
    form = FIELDS[field]
    if form == "date":
        return date.fromisoformat(str(stored))
    return status_of(str(stored)) if form == "status" else str(stored)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def plain(said: Mapping[str, Value]) -> dict[str, object]:
    """Values as JSON knows them."""
    return {field: _plain(value) for field, value in said.items()}


def _many(field: str, given: object) -> tuple[str, ...] | None:
    if isinstance(given, str):
        given = re.split(r"[,，;；、]", given)
    if isinstance(given, int | float) and not isinstance(given, bool):
        given = [given]
    if not isinstance(given, list | tuple) or not all(
        isinstance(item, str | int | float) and len(str(item)) <= _MOST for item in given
    ):
        raise _wrong(field, given, "a word or a list of words", "一个词语或词语的列表")
    if not all(is_text(str(item)) for item in given):
        raise _wrong(field, "\\ud…", "text", "文字")
    return tuple(dict.fromkeys(str(item).strip() for item in given if str(item).strip())) or None


def _wrong(field: str, given: object, en: str, zh: str) -> BadInput:
    shown = str(given)[:60]
    return BadInput(f"{field} can't be {shown!r}; it must be {en}", f"字段 {field} 不能为 {shown!r}；应为{zh}")

"""What a document says about itself: title, language, date, number. Unknown stays unknown."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import yaml

from corpus import structure
from corpus.document import Block, Kind, Metadata
from corpus.errors import UnreadableFile

_DATE_LINE = re.compile(r"(20\d\d|19\d\d)\s*年\s*(\d{1,2})\s*月(?:\s*(\d{1,2})\s*日)?$")
_NUMBER = re.compile(r"[一-鿿]{2,12}[〔\[（(„]\s*(?:19|20)\d\d\s*[〕\])）‟]\s*(?:第)?\d{1,5}\s*号")
_OPENING = 40


def read_metadata(front: str, text: str, blocks: tuple[Block, ...], name: str) -> Metadata:
    """Metadata from the front matter where it says so, else from the document's first lines.

    `name` is the title of last resort (the file's name). Raises `UnreadableFile` where the front
    matter is no YAML mapping, because a wrong title would be worse than none.
    """
    given = _front_matter(front)
    opening = [text[b.start : b.end] for b in blocks if b.kind.searchable][:_OPENING]
    return Metadata(
        title=_string(given, "title") or _title(text, blocks, opening) or name,
        language=_given_language(given) or language(text),
        issuers=_strings(given, "issuers"),
        number=_string(given, "number") or _number(opening),
        date=_front_date(given) or _signature_date(opening),
        edition=_string(given, "edition"),
        status=_string(given, "status"),
        url=_string(given, "url"),
        tags=_strings(given, "tags"),
    )


def language(text: str) -> str:
    """ "zh" where at least a tenth of the letters are Chinese characters, else "en"."""
    letters = sum(1 for c in text if c.isalpha())
    chinese = sum(1 for c in text if "一" <= c <= "鿿")
    return "zh" if letters and chinese * 10 >= letters else "en"


def _front_matter(front: str) -> dict[str, Any]:
    if not front:
        return {}
    try:
        given = yaml.safe_load(front)
        _refuse_surrogates(given)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 2
        raise UnreadableFile(
            f"the front matter is not valid YAML (line {line}); correct it or remove the --- lines",
            f"文件头的 YAML 有误（第 {line} 行）；请改正，或删去 --- 之间的内容",
        ) from error
    return given if isinstance(given, dict) else {}


def _refuse_surrogates(given: Any) -> None:
    """YAML can spell characters that are none; they could not be stored. Raises `ValueError`."""
    for value in given.values() if isinstance(given, dict) else ():
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, str):
                item.encode()


def _given_language(given: dict[str, Any]) -> str | None:
    """ "zh" or "en" of a tag such as zh-CN; other languages are not known here."""
    tag = (_string(given, "language") or "").lower()
    return next((code for code in ("zh", "en") if tag == code or tag.startswith((f"{code}-", f"{code}_"))), None)


def _string(given: dict[str, Any], key: str) -> str | None:
    value = given.get(key)
    return str(value).strip() or None if isinstance(value, (str, int, float)) else None


def _strings(given: dict[str, Any], key: str) -> tuple[str, ...]:
    value = given.get(key, ())
    return tuple(str(v) for v in value) if isinstance(value, list) else ((str(value),) if value else ())


def _front_date(given: dict[str, Any]) -> date | None:
    """The front matter's date, but not that of a saved web page: there it is the page's own."""
    value = given.get("date")
    if "fetch_date" in given:
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _title(text: str, blocks: tuple[Block, ...], opening: list[str]) -> str | None:
    first_heading = next((text[b.start : b.end] for b in blocks if b.kind is Kind.HEADING and b.level == 1), None)
    for line in opening[:8]:
        if structure.document_title(line) and len(line) > 6:
            return structure.squeeze(line)
    if first_heading and structure.numbered(first_heading) is None:
        return first_heading
    plain = (line for line in opening[:3] if len(line) <= 80 and not structure.ends_sentence(line))
    return next((structure.squeeze(line) for line in plain if structure.numbered(line) is None), None)


def _number(opening: list[str]) -> str | None:
    return next((line for line in opening[:12] if _NUMBER.fullmatch(line)), None)


def _signature_date(opening: list[str]) -> date | None:
    """The first line that is nothing but a date; a month alone counts from its first day."""
    for line in opening:
        match = _DATE_LINE.match(line)
        if match:
            try:
                return date(int(match[1]), int(match[2]), int(match[3] or 1))
            except ValueError:
                continue
    return None

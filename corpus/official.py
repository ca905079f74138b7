"""Reads what an official document says of itself from its own lines: letterhead, title, number,
signature, the sentence that puts it in force.

Every rule is a way in which such documents are written, and looks at whole lines in the place where
they stand; a date or a number in the middle of the text is about something else. What is found has its
place in the text. Whatever is not said is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from corpus import dates, fields, regions, structure
from corpus.document import Block, Kind, Status
from corpus.fields import Value
from corpus.labels import labelled
from corpus.organisations import organisations
from corpus.titles import Title, find_title

_OPENING, _CLOSING, _COVER = 60, 10, 16
# Longer lines are no line of a letterhead or a signature.
_LINE = 160
_LETTERHEAD = re.compile(r"(?:文\s*件|（\s*通\s*知\s*）|\(\s*通\s*知\s*\)|令|公\s*告)$")
# What a line that ends in a date can end in; most lines are told from such by it alone.
_DATE_ENDS = frozenset("日月0123456789")
_DATED = re.compile(rf"(.*?)\s*({dates.DATE})")
_PRINTED = re.compile(rf"(.*?)\s*({dates.DATE})\s*印发$")
_ADOPTED = re.compile(rf"[（(]\s*({dates.DATE})\D.*(?:通过|公布|发布|印发|修订|修正)")
_RELEASED = re.compile(rf"({dates.DATE})\s*(?:发布|公布|印发)$|({dates.DATE})\s*发布\s+(?:{dates.DATE})\s*实施$")
_IMPLEMENTED = re.compile(rf"(?:.*\s)?({dates.DATE})\s*(?:实施|施行)$")
_STANDARD = re.compile(r"(?:GB|DB\d{0,2}|YD|SJ|T)(?:/[TZA-Z]{1,8})?\s*[\d.]{1,10}\s*[—–‐−-]\s*(?:19|20)\d\d$")
_REFERENCE = re.compile(r"(?:ISO|IEC|IEEE|ITU-T)[/ A-Z]{0,12}\s?[A-Z]?[\d.-]{2,12}(?::(?:19|20)\d\d)?$")
_SIGNER = re.compile(r"\s+签发人\s*[:：].*$|\s+签发\s*[:：].*$")
_FORCE = re.compile(
    rf"自\s*({dates.DATE}|本?(?:印发|发布|公布|通过|颁布)之日)\s*起\s*"
    r"(?:正式|开始)?\s*(?:施行|实施|执行|生效|试行)(?!的)"
)
_ITS_OWN = re.compile(
    r"(?:^|[，,；;]\s*)(?:现予(?:以)?(?:公布|发布|印发)|本[一-鿿（）()]{1,14}|特此[一-鿿]{2})?\s*[，,]?\s*$"
)
_ORDINAL = re.compile(r"\s*(?:第[一二三四五六七八九十百零〇\d]+条|[（(]?[一二三四五六七八九十\d]+[)）、.．])\s*")
_ITS_OWN_EN = re.compile(r"\s*(?:This|These|The present)\b")
_FORCE_EN = re.compile(
    rf"\b(?:takes? effect|comes? into (?:force|effect)|enters? into force|(?:is|are|becomes?|shall be) effective)"
    rf"\s+(?:on|from|as of)\s+({dates.DATE})",
    re.I,
)
_UNTIL = re.compile(rf"有效期\s*(?:限)?\s*(?:至|到|截至|截止到?|为?自.{{1,24}}?至)\s*({dates.DATE})")
_YEARS = re.compile(r"有效期\s*(?:限)?\s*(?:为|是)?\s*([1-9]\d?|[一二两三四五六七八九十])\s*年")
_UNTIL_EN = re.compile(rf"\b(?:expires? on|(?:is|are|remains?) (?:valid|in force) until)\s+({dates.DATE})", re.I)
_ISSUES = re.compile(r"现(?:予以?|将[^。]{2,80}?)?(?:印发|公布|发布)(?:给你们|实施|施行|如下)?(?=[，,。；]|$)")
_REPEALS = re.compile(r"《([^《》]{3,80})》\s*(?:[（(]([^（）()]{2,40}号)[)）])?\s*同时废止")
_REPLACES = re.compile(r"代替\s*([A-Z][A-Z/]{0,10}\s?[\d.]{1,10}[—–-](?:19|20)\d\d)$")
# What such documents say is said of another one.
_ABOUT_ANOTHER = re.compile(r"解读|问答|答记者问|编制说明|起草说明")
_SENTENCE = re.compile(r"[^。；！？\n]*")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A line of a document with its place in the text."""

    text: str
    start: int
    end: int
    body: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What a document says of itself, and where; `firm` is a title that can only be this document's."""

    value: Value
    start: int
    end: int
    firm: bool = False


def read_official(text: str, blocks: Sequence[Block]) -> dict[str, Said]:
    """The fields that the document's own lines give."""
    lines = tuple(_lines(text, blocks))
    headings = {b.start for b in blocks if b.kind is Kind.HEADING and b.level == 1}
    title = find_title([(line.text, line.start in headings) for line in lines[:_OPENING]])
    found: dict[str, Said] = {}
    if title is not None:
        found |= _titled(title, lines)
    for rule in (_labels, _signature, _masthead, _dates, _number, _force, _owner):
        for field, said in rule(lines, found).items():
            found.setdefault(field, said)
    _status(lines, found)
    _region(found)
    return found


def _lines(text: str, blocks: Sequence[Block]) -> Iterator[Stretch]:
    for block in blocks:
        if not block.kind.searchable:
            continue
        start = block.start
        for line in text[block.start : block.end].split("\n"):
            bare = line.strip()
            if bare:
                lead = start + len(line) - len(line.lstrip())
                body = block.kind in (Kind.FOOTNOTE, Kind.TABLE_ROW) or structure.ends_sentence(bare)
                yield Stretch(bare, lead, lead + len(bare), body)
            start += len(line) + 1


def _titled(title: Title, lines: Sequence[Stretch]) -> dict[str, Said]:
    first, last = lines[title.first], lines[title.last]
    found = {"title": Said(title.text, first.start, last.end, title.firm)}
    if title.edition:
        found["edition"] = Said(title.edition, first.start, last.end)
    if title.status:
        found["status"] = Said(title.status, first.start, last.end)
    return found


def _labels(lines: Sequence[Stretch], _found: Mapping[str, Said]) -> dict[str, Said]:
    """What stands beside a name of its own: 发文机关：…, Date: …."""
    found: dict[str, Said] = {}
    for line in (*lines[:_OPENING], *lines[_OPENING:][-_CLOSING:]):
        for field, value, start, end in labelled(line.text):
            found.setdefault(field, Said(value, line.start + start, line.start + end))
    return found


def _signature(lines: Sequence[Stretch], _found: Mapping[str, Said]) -> dict[str, Said]:
    """The first date with issuers above it: who signed, and when."""
    for i, line in enumerate(lines):
        may_be = len(line.text) <= _LINE and line.text[-1] in _DATE_ENDS
        match = _DATED.fullmatch(line.text) if may_be else None
        signed = match and dates.exact(match[2]) and dates.parse(match[2])
        if not match or not signed:
            continue
        last = organisations(match[1])
        names = [Said(name, line.start, line.end) for name in last]
        if match[1] and not last:
            continue
        for above in reversed(lines[max(0, i - 8) : i]):
            found = organisations(above.text)
            if not found:
                break
            names[:0] = [Said(name, above.start, above.end) for name in found]
        if names:
            start = line.end - len(match[2])
            return {"date": Said(signed, start, line.end), "issuers": _joined(names)}
    return {}


def _masthead(lines: Sequence[Stretch], _found: Mapping[str, Said]) -> dict[str, Said]:
    """The organisations above and below the title, before the document's first sentence."""
    names: list[Said] = []
    for line in lines[:_COVER]:
        if line.body or structure.numbered(line.text) or (names and dates.parse(line.text)):
            break
        bare = _LETTERHEAD.sub("", structure.squeeze(line.text)).strip()
        names += [Said(name, line.start, line.end) for name in organisations(bare)]
    chinese = [said for said in names if re.search(r"[一-鿿]", str(said.value))]
    return {"issuers": _joined(chinese or names)} if names else {}


def _dates(lines: Sequence[Stretch], _found: Mapping[str, Said]) -> dict[str, Said]:
    """The day of issue where no signature says it: of the adoption, on the cover, of the release."""
    opening, closing = lines[:_OPENING], lines[_OPENING:][-_CLOSING:]
    for line in opening[:_COVER]:
        match = _ADOPTED.match(line.text)
        if match:
            every = [d for d in map(dates.parse, re.findall(dates.DATE, line.text.split("自")[0])) if d]
            if every:
                return {"date": Said(max(every), line.start, line.end)}
    for line in (*opening, *closing):
        day = dates.parse(line.text.strip("（）() "))
        if day and (dates.exact(line.text) or line in opening):
            return {"date": Said(day, line.start, line.end)}
    for line in opening:
        match = _RELEASED.match(line.text)
        day = dates.parse(match[1] or match[2]) if match else None
        if day:
            return {"date": Said(day, line.start, line.end)}
    for line in lines:
        match = _PRINTED.fullmatch(line.text) if "印发" in line.text and len(line.text) <= _LINE else None
        day = dates.parse(match[2]) if match else None
        if day:
            return {"date": Said(day, line.start, line.end)}
    return {}


def _number(lines: Sequence[Stretch], _found: Mapping[str, Said]) -> dict[str, Said]:
    """A line that is a number and nothing else; an order's stands on two lines at times."""
    opening = lines[:_OPENING]
    for i, line in enumerate(opening):
        bare = _SIGNER.sub("", line.text).strip()
        above = structure.squeeze(opening[i - 1].text) if i else ""
        if fields.is_number(bare):
            return {"number": Said(fields.number_of(bare), line.start, line.start + len(bare))}
        if above.endswith(("令", "公告")) and bare[0] in "第12" and fields.is_number(above + bare):
            return {"number": Said(fields.number_of(above + bare), opening[i - 1].start, line.end)}
        if i < _COVER and (_STANDARD.match(bare) or _REFERENCE.match(bare)):
            return {"number": Said(bare, line.start, line.end)}
    return {}


def _force(lines: Sequence[Stretch], found: Mapping[str, Said]) -> dict[str, Said]:
    """From when until when it is in force, and what it replaces, in a sentence about itself."""
    issued, title = found.get("date"), found.get("title")
    if title is not None and _ABOUT_ANOTHER.search(str(title.value)):
        return {}
    replaced: dict[str, Said] = {}
    for line in lines[:_COVER]:
        if match := _REPLACES.match(line.text):
            replaced = {"supersedes": Said(match[1], line.start + match.start(1), line.end)}
    for line in lines[:_COVER]:
        match = _IMPLEMENTED.match(line.text) if len(line.text) <= _LINE else None
        day = dates.parse(match[1]) if match else None
        if match and day:
            return {"effective": Said(day, line.start + match.start(1), line.end), **replaced}
    for line in lines:
        for sentence in _SENTENCE.finditer(line.text):
            match = _FORCE.search(sentence[0])
            if match and _ITS_OWN.search(_ORDINAL.sub("", sentence[0][: match.start()], count=1)):
                start = dates.parse(match[1]) or (issued.value if issued else None)
            elif (match := _FORCE_EN.search(sentence[0])) and _ITS_OWN_EN.match(sentence[0]):
                start = dates.parse(match[1])
            else:
                continue
            place = line.start + sentence.start(), line.start + sentence.end()
            given = {"effective": start, "expires": _expiry(line.text, start), "supersedes": _repealed(line.text)}
            told = {field: Said(value, *place) for field, value in given.items() if value}
            return told or {"status": Said(Status.CURRENT, *place)}
    for line in lines:
        if re.match(r"本[一-鿿]{2,10}有效期|(?:This|These)\b", line.text) and (end := _expiry(line.text, None)):
            return {"expires": Said(end, line.start, line.end)}
    return replaced


def _expiry(text: str, start: Value | None) -> date | None:
    match = _UNTIL.search(text) or _UNTIL_EN.search(text)
    if match:
        return dates.parse(match[1])
    match = _YEARS.search(text)
    if match is None or not isinstance(start, date):
        return None
    years = int(match[1]) if match[1].isdigit() else "一二三四五六七八九十".find(match[1].replace("两", "二")) + 1
    try:
        return start.replace(year=start.year + years) - timedelta(days=1)
    except ValueError:
        return date(start.year + years, 2, 28)


def _repealed(text: str) -> str | None:
    match = _REPEALS.search(text)
    return (fields.number_of(match[2]) if match[2] else match[1]) if match else None


def _owner(_lines: Sequence[Stretch], found: Mapping[str, Said]) -> dict[str, Said]:
    """The organisations that a title begins with: 甲市数据局关于…, 乙委员会2025年…."""
    title = found.get("title")
    if title is None or "issuers" in found:
        return {}
    match = re.match(r"(.{3,60}?)(?:关于|\s*(?:19|20)\d\d\s*年)", str(title.value))
    names = organisations(match[1]) if match else ()
    return {"issuers": Said(names, title.start, title.end)} if names else {}


def _status(lines: Sequence[Stretch], found: dict[str, Said]) -> None:
    """In force is what says so: from a day on, or by the sentence that issues it."""
    if "status" in found:
        return
    force = found.get("effective")
    if force is not None:
        found["status"] = Said(Status.CURRENT, force.start, force.end)
        return
    for line in lines[:_OPENING]:
        match = _ISSUES.search(line.text)
        if match and ("number" in found or "date" in found):
            found["status"] = Said(Status.CURRENT, line.start + match.start(), line.start + match.end())
            return


def _region(found: dict[str, Said]) -> None:
    for field in ("issuers", "title", "number"):
        said = found.get(field)
        if said is None:
            continue
        if isinstance(said.value, tuple):
            region = next(filter(None, map(regions.of_organisation, said.value)), None)
        else:
            region = (regions.of_title if field == "title" else regions.of_number)(str(said.value))
        if region:
            found["region"] = Said(region, said.start, said.end)
            return


def _joined(names: Sequence[Said]) -> Said:
    values = tuple(dict.fromkeys(str(said.value) for said in names))
    return Said(values, min(said.start for said in names), max(said.end for said in names))

"""Fields that a document names itself: the lines "发文机关：…" of government pages, "Date: …" of reports."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus import dates, fields
from corpus.errors import BadInput
from corpus.fields import Value

_LABELS = {
    "issuers": "发文机关|发布机构|发布机关|发布单位|制定机关|印发机关|发文单位"
    "|issued by|published by|publisher|issuing authority",
    "number": "发文字号|文号|文件编号|合同编号|document (?:no\\.?|number)|doc\\.? no\\.?|reference(?: number| no\\.?)?",
    "date": "成文日期|发文日期|签署日期|发布日期|公布日期|印发日期|发布时间|成文时间|發布日期|修正日期"
    "|date of issue|issue date|date issued|issued(?: on)?"
    "|publication date|published(?: on)?|date",
    "effective": "生效日期|施行日期|实施日期|effective date|effective from|in force from",
    "expires": "失效日期|有效期至|有效期截止|expiry date|expires(?: on)?|valid until",
    "status": "有效性|时效性|效力状态|status",
    "edition": "版本号?|version|edition",
}
_ONE = {field: re.compile(rf"(?:{names})", re.I) for field, names in _LABELS.items()}
_PAIR = re.compile(
    rf"(?:^|(?<=[\s|\[【]))({'|'.join(_LABELS.values())})\s*[\]】]?\s*[:：|\t]\s*"
    r"(\S[^\t|]{0,80}?)(?=\s{2,}|\s*\t|\s*\||$)",
    re.I,
)
_SAID = re.compile(rf"((?:issued|published|adopted)(?: on)?)\s+({dates.DATE})$", re.I)


def labelled(line: str) -> Iterator[tuple[str, Value, int, int]]:
    """The fields that a line gives under their names, each with its place in the line."""
    if len(line) > 400:
        return
    said = _SAID.match(line)
    if said and (day := dates.parse(said[2])):
        yield "date", day, said.start(2), said.end(2)
    for pair in _PAIR.finditer(line):
        if any(pattern.fullmatch(pair[2].strip()) for pattern in _ONE.values()):
            continue  # the next column's name
        field = next(name for name, pattern in _ONE.items() if pattern.fullmatch(pair[1]))
        try:
            value = fields.check(field, pair[2].strip())
        except BadInput:
            continue
        if value is not None:
            yield field, value, pair.start(2), pair.end(2)

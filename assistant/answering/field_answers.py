"""Answers from what is known of a document itself: when it was issued, its number, who issued it.

What was read in the document's text is quoted where it was read; what people said of it (a file name, a sidecar) has no
words to quote and answers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from assistant.answering.asked import Asked
from assistant.answering.finding import Found
from assistant.answers import Draft
from corpus.document import Document
from indexing.retrieval import Hit, Search

_READ_IN_TEXT = re.compile(r"text (\d+)–(\d+)")
# What asks for a field of the document, and for nothing that it is about.
_FIELDS = (
    ("number", re.compile(r"文号|发文字号|document number|reference number|what number", re.I)),
    (
        "date",
        re.compile(
            r"(?:落款|印发|发布|公布|出台|下发|发出|签发|成文|什么时候发|何时发|哪[一]?[年天日]发|哪年出|什么时候出)|"
            r"\b(?:issued|published|signed|dated|released|come out|printed)\b",
            re.I,
        ),
    ),
    (
        "issuers",
        re.compile(
            r"谁(?:发布?|印发|出|编|写|制定|起草|动手)|(?:哪些?|哪几|什么)个?(?:部门|单位|机构)(?:联合)?(?:发布?|印发|出|编|制定)|"
            r"\bwho (?:is|was|are|were) behind\b|\bwho (?:wrote|issued|published|made|released|drafted|prepared)\b|"
            r"which (?:bodies|body|ministr\w+) (?:issued|published)",
            re.I,
        ),
    ),
    (
        "title",
        re.compile(r"(?:讲|说|写|关于)的?(?:是|了)?什么|主要内容|是什么文件|what is .* about|\babout what\b", re.I),
    ),
    ("effective", re.compile(r"生效|施行|实施日期|enter into force|take effect|effective", re.I)),
)
# What may stand beside that and asks for nothing more.
_WHAT_IS_LEFT = re.compile(
    r"讲的?是?什么|主要内容|文号|发文字号|落款|印发|发布|公布|出台|下发|签发|成文|日期|时间|什么时候|何时|哪一?[年月天日]|哪[些几]?个?"
    r"|各自?|分别|[一二三四五六七八九十]部[门委]|部门|单位|机构|联合|谁|动手|[编写制定起草发出]|[和与跟及都啥了呢吧]"
    r"|通知|文件|标准|指南|意见|人工智能|ai|是|的|在|多少|什么|那|这|份"
    r"|\b(?:what|when|who|which|is|was|were|are|the|of|on|in|and|did|by|it|that|each|both|respectively|about|behind|come|"
    r"out|off|sent|made|public|day|notice|circular|document|reference|number|issued|published|signed|dated|released|"
    r"printed|distributed|wrote|drafted|guide|opinion|national|ai|standards?|standardi[sz]ation|\d{4})\b|['’]s|[\s\W]",
    re.I,
)
_NUMBER = re.compile(
    r"[（(][^（）()]{0,12}\d+\s*号[）)]|[一-鿿]{2,10}\s*[〔\[(（„]\s*\d{4}\s*[〕\])）‟]\s*第?\d{1,5}\s*号"
)
_PRINTED = re.compile(r"[^\n]*(?:19|20)\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日\s*印发[^\n]*")
_ASKS_PRINTED = re.compile(r"印发|printed", re.I)
_DRAFTED = re.compile(r"[^。；\n]*(?:组织编制|编制单位|起草单位|负责起草|牵头编制)[^。；\n]*[。；]?")
_ASKS_DRAFTED = re.compile(r"编|写|起草|wrote|drafted|prepared", re.I)


def draft(found: Found, documents: Mapping[str, Document], asked: Asked) -> Iterator[Draft]:
    """What is asked of the one document that the question names: its date, number or issuers; nothing where it asks
    for anything else."""
    if len(found.each) == 1 and len(found.named.documents) == 1:
        yield from of_one(found.named.rest, found.each[0], documents, asked)


def of_one(question: str, search: Search, documents: Mapping[str, Document], asked: Asked) -> Iterator[Draft]:
    """The same for a search within one document; `question` is without the names of documents."""
    rest = _without_numbers(question)
    if len(_WHAT_IS_LEFT.sub("", rest)) > 1 or not search.hits:
        return
    field = next((field for field, pattern in _FIELDS if pattern.search(rest)), None)
    if field is None or (field == "date" and "when" not in asked.kinds):
        return
    hit = search.hits[0]
    document = documents[hit.document_id]
    for start, end in _spans(document, field, rest):
        yield _line(document, hit, start, end)


def _without_numbers(question: str) -> str:
    """A question without the document number by which it names a document."""
    return _NUMBER.sub(" ", question)


def _spans(document: Document, field: str, rest: str) -> Iterator[tuple[int, int]]:
    """Where the document says it."""
    if field == "date" and _ASKS_PRINTED.search(rest) and (printed := _PRINTED.search(document.text)):
        yield printed.span()
    if field == "issuers" and _ASKS_DRAFTED.search(rest) and (drafted := _DRAFTED.search(document.text)):
        yield drafted.span()
        return
    read = dict(document.metadata.read_from).get(field, "")
    if place := _READ_IN_TEXT.search(read):
        yield int(place[1]), int(place[2])


def _line(document: Document, hit: Hit, start: int, end: int) -> Draft:
    while start < end and document.text[start].isspace():
        start += 1
    while end > start and document.text[end - 1].isspace():
        end -= 1
    return Draft(document.quote(start, end), ((hit, start, end),), 1.0)

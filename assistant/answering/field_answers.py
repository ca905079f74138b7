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
# Who issues a document, as it is asked for, and what that body does.
_BODY = "(?:谁|(?:哪[些几个家一两]*|什么|几)个?(?:部门|单位|机构|部委|机关))"
_ISSUES = "发布|发文|发|印发|下发|公布|出台|推出|出|制定|拟定|编制|编写|编|起草|写|动手|弄|搞"
_ENGLISH_BODY = (
    r"(?:which|what) (?:\w+ )?(?:bod(?:y|ies)|ministr(?:y|ies)|departments?|agenc(?:y|ies)|authorit(?:y|ies)|offices?"
    r"|organi[sz]ations?)"
)
_ENGLISH_ISSUES = "wrote|issued|published|made|released|drafted|prepared|produced|put out|brought out"
# A question that says itself which body issued a document, or when, and asks whether that is so.
_CONFIRMS = re.compile(
    r"吧|[对是]吗|是不是|对不对|没错|\b(?:did|was|is|were|does)n['’]t (?:it|they)\b|\b(?:right|correct|true)\b", re.I
)
_CLAIMED_DATE = re.compile(
    rf"(?:19|20)\d\d\s*年(?:\s*\d{{1,2}}\s*月)?(?:\s*\d{{1,2}}\s*[日号])?[才就]?(?={_ISSUES})"
    rf"|\b(?:(?:{_ENGLISH_ISSUES}) (?:in|on)|came out (?:in|on)) (?:[\w,]+ ){{0,3}}(?:19|20)\d\d\b",
    re.I,
)
_CLAIMED_BODY = re.compile(
    rf"(?:由|出自|来自)?[一-鿿]{{1,12}}(?:委员会|委|局|部|厅|院|署|办公室|办)(?=(?:联合|共同|牵头)*(?:{_ISSUES}|的?吧))"
    r"|(?<=出自)[一-鿿]{2,12}|(?<=来自)[一-鿿]{2,12}"
    rf"|\b(?:(?:{_ENGLISH_ISSUES}) by|came from|comes from|come from) (?:[\w&-]+ ){{0,5}}(?:commission|ministry|bureau"
    r"|department|administration|office|committee|government|council|agency|authority)\b"
    r"(?: (?:of|for)(?: [\w&-]+){1,5})?",
    re.I,
)
_CLAIMS = (("issuers", _CLAIMED_BODY), ("date", _CLAIMED_DATE))
# Which of several documents came first: that is answered by the date of each.
_CAME_FIRST = re.compile(
    r"(?:谁|哪一?[个份部边]?)(?:文件|时间|日期|比较|要|的|[发出]得|发布|印发|出台|公布)*"
    r"(?:更?(?:早|晚|新|旧)(?:一?[些点])?|[先后](?:发布|印发|出台|公布|出来|[发出]))"
    r"|[发出]得更?[早晚]"
    r"|\b(?:came|was) (?:out )?(?:issued |published |released )?(?:first|earlier|later)\b"
    r"|\b(?:is|was) (?:the )?(?:older|newer|earlier|later|more recent)\b|\b(?:older|newer|earlier) (?:one|document)\b",
    re.I,
)
# What asks for a field of the document, and for nothing that it is about.
_FIELDS = (
    ("number", re.compile(r"文号|发文字号|document number|reference number|what number", re.I)),
    (
        "date",
        re.compile(
            r"(?:落款|印发|发布|公布|出台|下发|发出|签发|成文|什么时候发|何时发|哪[一]?[年天日]发|几[月号]|哪年出|什么时候出)|"
            r"\b(?:issued|published|signed|dated|released|come out|printed)\b",
            re.I,
        ),
    ),
    (
        "issuers",
        re.compile(
            rf"{_BODY}(?:联合|共同|一起|牵头|负责|来)*(?:{_ISSUES})|(?:出自|来自)(?:{_BODY}|哪)|{_BODY}(?:的手笔|挑头|牵头)"
            rf"|(?:{_ISSUES})(?:单位|机构|部门|机关|主体)"
            r"|\bwho (?:(?:is|was|are|were|stands?|stood) )?behind\b"
            rf"|\b(?:who|{_ENGLISH_BODY}) (?:\w+ )?(?:{_ENGLISH_ISSUES})\b"
            rf"|\b(?:{_ENGLISH_ISSUES}) by (?:whom|{_ENGLISH_BODY})|{_ENGLISH_BODY}.*\b(?:behind|from)\b"
            r"|\bissuing (?:body|bodies|authorit(?:y|ies))|\bissuers?\b",
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
    r"讲的?是?什么|主要内容|弄出来|搞出来|几[月号]|家|出自|来自|推出|共同|牵头|挑头|手笔|机关|报告|规划|清单|方案|办法|具体|到底|究竟|两"
    r"|文号|发文字号|落款|印发|发布|公布|出台|下发|签发|成文|日期|时间|什么时候|何时|哪一?[年月天日]|哪[些几]?个?"
    r"|各自?|分别|[一二三四五六七八九十]部[门委]|部门|单位|机构|联合|谁|动手|还是|[编写制定起草发出]|[和与跟及都啥了呢吧]"
    r"|通知|文件|标准|指南|意见|人工智能|ai|是|的|在|多少|什么|那|这|份"
    rf"|{_ENGLISH_BODY}|\b(?:{_ENGLISH_ISSUES})\b"
    r"|\b(?:or|put|brought|from|came|comes|they|documents|two|three|issuers?|issuing|body|bodies|authority|authorities|whom|report|list|one|paper|draft|name|give|stands?|stood)\b"
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
    fields = [field for field, pattern in _FIELDS if _asks(field, pattern, rest, asked)]
    if _CONFIRMS.search(rest):
        fields = [field for field, claim in _CLAIMS if claim.search(rest)] or fields
        rest = _CONFIRMS.sub(" ", rest)
        for _, claim in _CLAIMS:
            rest = claim.sub(" ", rest)
    if not fields or len(_WHAT_IS_LEFT.sub("", _CAME_FIRST.sub(" ", rest))) > 1 or not search.hits:
        return
    hit = search.hits[0]
    document = documents[hit.document_id]
    both = {"date", "issuers"}.issuperset(fields)  # 什么时候由谁发的
    for field in fields if both else fields[:1]:
        for start, end in _spans(document, field, rest):
            yield _line(document, hit, start, end)


def _asks(field: str, pattern: re.Pattern[str], rest: str, asked: Asked) -> bool:
    if field == "date":
        return bool(_CAME_FIRST.search(rest) or ("when" in asked.kinds and pattern.search(rest)))
    return bool(pattern.search(rest))


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

"""Which documents a question names, and what is left of the question without their names.

People call a document by less than its title: 国家指南 for 国家…建设指南, 江苏 for what Jiangsu issued, 工信部 for what
that ministry did, "the national guide". A name is a title, a part of one that ends in what kind of document it is, an
issuer or what its name is shortened to, a short name that the document gives itself, a document number, or a region.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from assistant.answering.clauses import clauses
from assistant.answering.english_names import KINDS, described, descriptions
from assistant.checking.numerals import FEW_CHINESE, value_of
from corpus.english import ISSUERS
from corpus.places import REGIONS
from indexing.tokeniser import fold, fold_width, identifier_forms


@dataclass(frozen=True, slots=True)
class Name:
    """A document and what it may be called by."""

    document_id: str
    title: str
    number: str | None
    issuers: tuple[str, ...]
    region: str | None
    called: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """What a question names: for each name the documents that it may mean, in the question's order. `rest` is the
    question without the names, or all of it where nothing else is left. `absent` are the regions whose documents it
    names and that no document is of. `body` is the issuer where an issuer is all that it names: 工信部标委会 may mean
    what the committee issued, or the committee. `parts` are what it asks of each of several documents, where it asks
    each something of its own."""

    groups: tuple[frozenset[str], ...]
    rest: str
    absent: tuple[str, ...] = ()
    body: str = ""
    parts: tuple[str, ...] = ()

    @property
    def asked_of_each(self) -> tuple[str, ...]:
        """What is asked of each of the groups."""
        return self.parts or (self.rest,) * len(self.groups)

    def is_of_body(self, text: str) -> bool:
        """Whether a text speaks of the body that is named."""
        return bool(self.body) and fold(self.body) in fold(text)

    @property
    def documents(self) -> frozenset[str]:
        return frozenset().union(*self.groups)


# A place in a question that may be a name, with the documents that it may mean.
_Mention = tuple[int, int, frozenset[str]]

_KINDS = (
    "实施细则|指导意见|实施意见|白皮书|工作方案|行动计划|指南|报告|意见|办法|规定|通知|规范|方案|规划|条例|制度|细则|手册|计划"
    "|清单|章程|公告|公报|纲要|文件"
)
_KIND = re.compile(_KINDS)
_NATIONAL = re.compile(
    rf"\b(?:national|china's)(?: [\w-]+){{0,3}} ({'|'.join(KINDS)})s?\b|\b(?:at|on) (?:the )?national level\b"
)
# What is handed in is no document of the archive: 意见要在哪天之前交.
_HANDED_IN = re.compile(
    r"(?:要|得|该|应当?|最[晚迟]|截[止至]|什么时候|何时|怎么|如何|往|向|可以)?(?:[^，,。？?]{0,6}(?:交|寄|递|反馈|提给|发给|发到))"
)
_THE_KIND = re.compile(rf"\bthe ({'|'.join(KINDS)})\b")
# The nation's document as one of several: 国家和上海的….
_AMONG = re.compile(
    r"国家(?:版|文件|那[个份本])|(?:^|(?<=[，,、和与跟及 ]))国家(?=[、和与跟及各])|(?<=[、和与跟及])国家(?=的|各|两|三)"
    rf"|国家(?=[、和与跟及同](?:{'|'.join(REGIONS)}))"
)
# A document by how many bodies issued it: 四部门的指南, 四部委联合印发的文件.
_SEVERAL = re.compile(
    rf"(?<![哪几第十百\d])([{FEW_CHINESE}])个?(?:部[门委]|单位|机关)(?:联合)?(?:印发|发布|下发|出台|发)?"
    rf"(?=的?(?:那[份个])?[^，,。？?的]{{0,8}}(?:{_KINDS}))"
)
# A region that begins another name: Shanghai Nokia Bell, but not the Shanghai Opinion.
_BEGINS_A_NAME = re.compile(
    r" (?!AI\b|Provinc|City|Municipal|Draft|Guid|Opinion|Report|Notice|List|Plan|System|Framework|Standard)[A-Z][a-z]"
)
_BY_ENGLISH = {english: place for place, english in REGIONS.items()}
_OF_A_REGION = re.compile(
    rf"({'|'.join(REGIONS)})[省市]?[^，。？、和与]{{0,14}}(?:{_KINDS}|规划|体系)"
    rf"|\b({'|'.join(_BY_ENGLISH)})\b(?:'s)?(?: [\w'-]+){{0,5}} (?:{'|'.join(KINDS)})"
)
# What says that an issuer's document is meant and not the issuer.
_ITS_DOCUMENT = re.compile(
    rf"[^，,。？?、：:]{{0,12}}(?:{_KINDS}|体系)|(?:'s)?(?: [\w'-]+){{0,3}} (?:{'|'.join(KINDS)})\b"
)
_MINISTRY = re.compile(r"[一-鿿]{4,}?(?:部|委|局|厅)(?=[一-鿿a-z]*委员会)")
# What joins two names, and what does nothing else.
_JOINED = re.compile(r"[、,，;；:：/]|[和与跟及]|还是|对比|相比|\b(?:and|or|vs|versus|against)\b")
_ONLY_JOINS = re.compile(r"[\s、，,;；/和与跟及]*(?:还是|\b(?:and|or|vs\.?|versus)\b(?: the)?)?\s*", re.I)
# What may stand inside a name and is no part of it.
_NOT_PLAIN = re.compile(rf"人工智能|的?[那这][份个部]|(?<=[一-鿿])的(?=[一-鿿]{{0,12}}(?:{_KINDS}))")
# What may follow a name and says nothing more.
_AFTER = re.compile(
    r"^(?:的?[那这]份|的)?(?:指导意见|实施意见|版|文件|指南|意见|通知|规划|清单|报告|里面|里(?!程)|中(?![国央心小])|上(?![海市报面])|想(?![象法])|要(?![求点素])"
    r"|打算|计划(?!书))*的?"
)
_EDITION = re.compile(r"[（(][^（）()]*[）)]|\d{4}\s*年?|[\s《》]+")
_RUN = re.compile(r"[一-鿿a-z]+")
_NUMBER = re.compile(r"([一-鿿]+)\s*\D\s*(\d{4})\s*\D\s*第?(\d{1,5})\s*号")
_WORD = re.compile(r"[一-鿿a-zA-Z0-9]")
_PLACE_ENDING = re.compile(r"(?:特别行政区|(?:壮族|回族|维吾尔)?自治区|省|市)$")
# What may stand before a short name.
_BEGINS = r"(?<![一-鿿a-z])|(?<=[的在和与跟及把从对按据这那该由用将比里中，、])"
# The fewest characters of a shortened issuer's name, and of a shortened title; the most of either.
_SHORT_ISSUER, _SHORT_TITLE, _LONGEST = 3, 4, 16
# Where more documents than this share of all are meant by a name, it tells nothing.
_TELLING = 0.7


def named(question: str, names: Sequence[Name]) -> Named:
    """What a question names among the documents of these names."""
    whole = fold_width(question)
    text, places = _plain_places(whole.lower())
    found: list[_Mention] = []
    for start, end, documents in sorted(_mentions(text, names), key=lambda m: (m[0] - m[1], m[0])):
        if _BEGINS_A_NAME.match(whole, places[end]) and text[start:end] in _BY_ENGLISH:
            continue
        telling = len(names) == 1 or len(documents) <= max(1.0, _TELLING * len(names))
        if telling and all(end <= a or start >= b for a, b, _ in found):
            found.append((start, end, documents))
    found.sort(key=lambda mention: mention[:2])
    absent = tuple(_absent(text, names))
    if not found:
        return Named((), question, absent)
    rest, at = "", 0
    for start, end, _ in found:
        between = whole[at : places[start]]
        rest, at = f"{rest}{'' if at and _ONLY_JOINS.fullmatch(between) else between} ", places[end]
        if end > start and (after := _AFTER.match(whole[at:])):
            at += after.end()
    rest = (rest + whole[at:]).strip(" ，,的")
    groups = _groups(found, text)
    body = _body(found, text, names) if len(groups) == 1 else ""
    spans = [(places[start], places[end]) for start, end, _ in found]
    own = len(groups) > 1 and len(found) == len(groups) and all(start < end for start, end in spans)
    parts = clauses(whole, spans) if own else ()
    return Named(groups, rest if _WORD.search(rest) else question, absent, body, parts)


def _body(found: Sequence[_Mention], text: str, names: Sequence[Name]) -> str:
    """The issuer that all these names are of; "" where one is of another kind, or a kind of document follows it."""
    bodies = set[str]()
    for start, end, documents in found:
        words = text[start:end]
        issuers = {issuer for name in names if name.document_id in documents for issuer in name.issuers}
        of = [issuer for issuer in issuers if _is_called(words, issuer)]
        if not of or _ITS_DOCUMENT.match(text, end):
            return ""
        bodies.update(of)
    return min(bodies, key=len, default="")


def _is_called(words: str, issuer: str) -> bool:
    plain = _plain(issuer)
    if ISSUERS.get(words, words) in (plain, fold(issuer)) or _issuer(words, plain) == len(words):
        return True
    body = next((one for one in descriptions(words) if not one.of_a_document), None)
    return body is not None and all(sort != "issuer" or ISSUERS[word] in issuer for sort, word in body.said)


def _plain_places(text: str) -> tuple[str, list[int]]:
    """A question as it is compared with names, and where each of its characters stood, its end included."""
    plain, places, at = "", list[int](), 0
    for match in _NOT_PLAIN.finditer(text):
        plain += text[at : match.start()]
        places += range(at, match.start())
        if match[0] == "人工智能":
            plain += "ai"
            places += (match.start(), match.start())
        at = match.end()
    return plain + text[at:], [*places, *range(at, len(text) + 1)]


def _absent(text: str, names: Sequence[Name]) -> Iterator[str]:
    """The regions whose documents a question names, and no document is of."""
    for place in _regions_with_documents(text):
        if not any(place in (name.region or "") or place in name.title for name in names):
            yield place


def speaks_of(place: str, text: str) -> bool:
    """Whether a text speaks of a document of a region."""
    return place in _regions_with_documents(fold(text).replace("人工智能", "ai"))


def _regions_with_documents(text: str) -> list[str]:
    return [_BY_ENGLISH.get(match[2] or "", match[1] or "") for match in _OF_A_REGION.finditer(text)]


def _groups(found: Sequence[_Mention], text: str) -> tuple[frozenset[str], ...]:
    """Names that together mean fewer documents are one: 江苏 and 指南. Where something joins them they mean each
    another document, as far as they can: 国家指南和工信部的指南."""
    groups: list[frozenset[str]] = []
    before = 0
    for start, end, documents in found:
        place = next((i for i, other in enumerate(groups) if documents & other), None)
        others = documents.difference(*groups)
        if place is None:
            groups.append(documents)
        elif others and _JOINED.search(text, before, start):
            groups.append(others)
        elif groups[place] & documents:
            groups[place] &= documents
        before = max(before, end)
    return tuple(groups)


def _mentions(text: str, names: Sequence[Name]) -> Iterator[_Mention]:
    by_phrase: dict[str, set[str]] = defaultdict(set)
    for name in names:
        for phrase in _phrases(name):
            by_phrase[phrase].add(name.document_id)
    for phrase, documents in by_phrase.items():
        if phrase in text:
            # MIIT is no name in MIIT/TC1, which is a body of its own.
            pattern = rf"(?<![\w/-]){re.escape(phrase)}(?![/-]?\w)" if phrase.isascii() else re.escape(phrase)
            yield from ((m.start(), m.end(), frozenset(documents)) for m in re.finditer(pattern, text))
    yield from _called(text, names)
    yield from _numbers(text, names)
    yield from _shortened(text, names)
    yield from _kinds(text, names)
    yield from described(text, names)


def _phrases(name: Name) -> Iterator[str]:
    """What stands in a question as it stands in the document's fields."""
    if len(title := _bare(name.title)) >= _SHORT_TITLE:
        yield title
    for issuer in name.issuers:
        yield _plain(issuer)
        yield from (english for english, chinese in ISSUERS.items() if chinese in issuer)
    if name.region and name.region not in ("国家", "international"):
        short = _PLACE_ENDING.sub("", name.region)
        if len(short) > 1:
            yield short
        if english := REGIONS.get(short):
            yield from (english, f"{english}'s")


def _called(text: str, names: Sequence[Name]) -> Iterator[_Mention]:
    """Short names, where no other name goes on: 标委会 is none in 江苏标委会. Of a name that several documents have
    each is meant."""
    by_short: dict[str, set[str]] = defaultdict(set)
    for name in names:
        for short in name.called:
            by_short[_plain(short)].add(name.document_id)
    for short, documents in by_short.items():
        if len(short) >= _SHORT_ISSUER:
            pattern = rf"(?<![\w/-]){re.escape(short)}(?!\w)" if short.isascii() else f"(?:{_BEGINS}){re.escape(short)}"
            yield from ((m.start(), m.end(), frozenset(documents)) for m in re.finditer(pattern, text))


def _numbers(text: str, names: Sequence[Name]) -> Iterator[_Mention]:
    """Document numbers; they stay in the question, for a text that gives one is asked for as well."""
    if "号" not in text:
        return
    asked = {form for forms in identifier_forms(text) for form in forms}
    for name in names:
        if name.number and any(asked & set(forms) for forms in identifier_forms(name.number)):
            yield 0, 0, frozenset({name.document_id})
        elif said := _said_loosely(name.number or "", text):
            yield *said.span(), frozenset({name.document_id})


def _said_loosely(number: str, text: str) -> re.Match[str] | None:
    """Where a text gives a document number by its year or by its issuer's mark alone: 2024年113号, 联科113号."""
    parts = _NUMBER.search(number)
    if parts is None:
        return None
    mark, year, serial = parts.groups()
    return re.search(rf"(?:(?<!\d){year}\s*年?\s*第?|[{mark}]*{mark[-2:]}\s*第?){serial}\s*号文?", text)


def _shortened(text: str, names: Sequence[Name]) -> Iterator[_Mention]:
    """The longest shortened issuers and titles that begin at each character."""
    issuers, titles = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for name in names:
        titles[_bare(name.title)].add(name.document_id)
        for issuer in name.issuers:
            issuers[_plain(issuer)].add(name.document_id)
            if of := _MINISTRY.match(_plain(issuer)):  # a ministry's committee
                issuers[of[0]].add(name.document_id)
    for run in _RUN.finditer(text):
        for start in range(len(run[0])):
            words = run[0][start : start + _LONGEST]
            lengths = [(_issuer(words, issuer), documents) for issuer, documents in issuers.items()]
            lengths += [(_title(words, title), documents) for title, documents in titles.items()]
            longest = max((length for length, _ in lengths), default=0)
            if longest:
                place = run.start() + start
                meant = frozenset[str]().union(*(documents for length, documents in lengths if length == longest))
                yield place, place + longest, meant


def _kinds(text: str, names: Sequence[Name]) -> Iterator[_Mention]:
    """The nation's document of a kind; the kind by itself, where one document is of that kind: 报告, "the report"."""
    for match in _NATIONAL.finditer(text):
        kind = KINDS.get(match[1] or "", "")
        of_nation = [name for name in names if name.region == "国家" and kind in name.title]
        called_so = [name for name in of_nation if name.title.startswith("国家")]
        if meant := frozenset(name.document_id for name in called_so or of_nation):
            yield match.start(), match.end(), meant
    for match in _SEVERAL.finditer(text):
        if meant := frozenset(name.document_id for name in names if len(name.issuers) == value_of(match[1])):
            yield match.start(), match.end(), meant
    for match in _AMONG.finditer(text):
        if meant := frozenset(name.document_id for name in names if name.title.startswith("国家")):
            yield match.start(), match.end(), meant
    if len(names) < 2:
        return
    alone = (m for m in _KIND.finditer(text) if m.start() == 0 or text[m.start() - 1] in " ，,。这那该本")
    places = [(m, m[0]) for m in alone if not _HANDED_IN.match(text, m.end())]
    places += [(match, KINDS[match[1]]) for match in _THE_KIND.finditer(text)]
    for match, kind in places:
        meant = frozenset(name.document_id for name in names if kind in name.title)
        if len(meant) == 1:
            yield match.start(), match.end(), meant


def _issuer(words: str, issuer: str) -> int:
    """How many of the first characters of `words` shorten an issuer's name: they stand in it in this order, and
    the last of them ends it, as 工信部 in 工业和信息化部. A piece of the name (技术委员会) is a kind of body. English
    names are shortened by words."""
    if issuer.isascii():
        return 0
    longest, at = 0, -1
    for length, character in enumerate(words, 1):
        at = issuer.find(character, at + 1)
        if at < 0:
            break
        if length >= _SHORT_ISSUER and issuer.endswith(character) and words[:length] not in issuer:
            longest = length
    return longest


def _title(words: str, title: str) -> int:
    """How many of the first characters of `words` shorten a title: pieces of two characters or more that stand in
    it in this order, up to the kind of document that it ends in."""
    kinds = _KIND.findall(title)
    length, at = 0, 0
    while kinds and length < len(words):
        sizes = range(len(words) - length, 1, -1)
        size = next((n for n in sizes if title.find(words[length : length + n], at) >= 0), 0)
        if not size:
            break
        at = title.find(words[length : length + size], at) + size
        length += size
    while length >= _SHORT_TITLE and not words[:length].endswith(tuple(kinds)):
        length -= 1
    return length if length >= _SHORT_TITLE and not _KIND.match(words[:length]) else 0


@cache
def _plain(issuer: str) -> str:
    return fold(issuer).replace("人工智能", "ai")


@cache
def _bare(title: str) -> str:
    return _EDITION.sub("", fold(title)).replace("人工智能", "ai")

"""Answers from the sections of documents: how many classes a section has, and which.

A question asks for them where it names a section by its heading, asks how many kinds or parts of something there are,
and says little else that the section does not. The section says them by a sentence that lists them, by the headings
under it, or by its items. What is counted is told after what is quoted. Nothing here knows tables.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from assistant.answering import coverage
from assistant.answering.asked import Asked, counts, listed
from assistant.answering.finding import Found
from assistant.answering.table_answers import entries, summed
from assistant.answering.table_questions import compared
from assistant.answering.table_words import Words, bare, words_of
from assistant.answers import Draft
from corpus.document import Block, Document, Kind
from corpus.sentences import sentences
from corpus.structure import numbered
from indexing.retrieval import Hit, Search
from indexing.tokeniser import terms

# By these words a question asks for the classes of a section, and not for what it says.
_CLASSES = re.compile(
    r"(?:几|多少|哪些)[大小]?(?:[类种块章节步层]|个?(?:主题|方面|部分|方向|领域|类别|种类|类型|板块|模块|环节|阶段|[大小子]类))"
    r"|[分拆](?:成|为|出)|下设"
    r"|(?:how many|which|what) (?:[\w-]+ ){0,3}"
    r"(?:kinds|types|class\w*|categor\w+|parts|areas|fields|themes|topics|aspects|sections)",
    re.I,
)
# What a section is called, and what is said of how it is divided: no word of what it is about.
_OF_SECTIONS = re.compile(
    r"[一这那本该]?[章节篇]|[个类种项条块]|附录|附件|正文|各自?|分别|[列分划拆](?:了|成|为|出|(?=[几多]))|下设|加起来|方面|主题|领域|板块|模块|部分|标准"
    r"|\b(?:chapters?|sections?|parts?|annex|appendix|divided|classes|kinds|types|categories|themes|topics|standards?)\b",
    re.I,
)
_WHICH = re.compile(r"哪些[大小]?([类种块章节步层])")
_LISTS = re.compile(r"包括|包含|分为|涵盖|覆盖|组成|如下|等|\binclud\w+|\bconsists?\b|\bcomprises?\b", re.I)
_COMPARES = re.compile(r"最[多少]|更[多少]|超过|不到|\b(?:most|more|fewest|fewer|less|least)\b", re.I)
_BULLET = re.compile(r"[-*+•·●▪◦■◆]\s+|——\s*")
_PLACE = re.compile(r"^\d{1,2}\s+")
_ASIDE = re.compile(r"[（(][^（()）]*[)）]")
_CHINESE = re.compile("[一-鿿]")
_NO_WORD = re.compile(r"[^\w]|_")
# How much of a question has to be said by the section's title, heading and items.
_ENOUGH = 0.7
_LEAST, _MOST = 2, 40
# How long what several headings end with may be.
_TAILS = (4, 3, 2)
# The most sections that are counted at once, and characters of items that are said.
_SECTIONS, _LENGTH = 4, 900
# A class is said by the label that its item begins with, where that is as short as this.
_LABEL = 24
# The characters by which items begin differently.
_BEGINNING = 4


@dataclass(frozen=True, slots=True)
class Section:
    """A section by its heading's name, and the spans that say its classes: one sentence, or each class by itself.
    `size` is how many there are; `told` says that the sentence says so itself."""

    name: str
    spans: tuple[tuple[int, int], ...]
    size: int
    told: bool = False


def draft(found: Found, documents: Mapping[str, Document], asked: Asked, language: str) -> list[Draft]:
    """The classes of the sections that a question names and asks for, or for the number of; empty where it does not."""
    names = found.named.documents
    hits = {hit.document_id: hit for hit in reversed(found.search.hits) if not names or hit.document_id in names}
    return of_hits(found.named.rest, found.search, hits.values(), documents, asked, language)


def of_hits(
    about: str,
    search: Search,
    hits: Iterable[Hit],
    documents: Mapping[str, Document],
    asked: Asked,
    language: str,
) -> list[Draft]:
    """The same, from the first of the hits' documents that has such a section."""
    if asked.kinds.isdisjoint(("count", "list")) or not _CLASSES.search(about):
        return []
    words = words_of(about)
    for hit in sorted(hits, key=lambda hit: hit.rank):
        document = documents[hit.document_id]
        sections, taken = _sections(words, document)
        if sections and _asks_for(about, asked, search, document, sections, taken, chinese=words.chinese):
            return list(_drafts(about, hit, document, sections, _measure(about, asked) if language == "zh" else ""))
    return []


def _measure(about: str, asked: Asked) -> str:
    which = _WHICH.search(about)
    return which[1] if which and not asked.measures else asked.measure


def _asks_for(
    about: str,
    asked: Asked,
    search: Search,
    document: Document,
    sections: Sequence[Section],
    taken: str,
    *,
    chinese: bool,
) -> bool:
    """Whether it is the classes of these sections that a question asks for, and no more than they say."""
    if len(sections) < 2 and _COMPARES.search(about):
        return False
    # A sentence that says a number has to say that of what is asked: 7个部分 says nothing of 几类.
    if any(one.told and not counts(document.quote(*one.spans[0]), asked.measures) for one in sections):
        return False
    said = {term for section in sections for term in _said(document, section)}
    said |= set(terms(f"{document.metadata.title} {taken}"))
    lexical = search.question
    enough = coverage.share(about, lexical, said, _OF_SECTIONS) >= _ENOUGH
    return enough and coverage.can_be(about, lexical, said, chinese=chinese)


def _drafts(about: str, hit: Hit, document: Document, sections: Sequence[Section], measure: str) -> Iterator[Draft]:
    for section in sections:
        one = len(section.spans) == 1
        if not one:
            size = (
                f"下共 {section.size} {measure}："
                if measure
                else f" has {entries(section.size, coverage.counted(about))}:"
            )
            yield Draft(f"“{section.name}”{size}", (), 1.0)
        room = _LENGTH
        for span in section.spans:
            room -= span[1] - span[0]
            if room < 0:
                break
            yield Draft(document.quote(*span), ((hit, *span),), 1.0)
        if one and not section.told:
            yield Draft(listing(section.size, measure), (), 1.0)
    if len(sections) > 1:
        yield from summed(compared(about), [(section.name, section.size) for section in sections], measure)


def listing(size: int, measure: str) -> str:
    """What is said of how many items a sentence lists, in Chinese with a measure word, else in English."""
    return f"（共列出 {size} {measure}）" if measure else f"({size} are listed)"


def _said(document: Document, section: Section) -> list[str]:
    return terms("\n".join((section.name, *(document.quote(*span) for span in section.spans))))


def _sections(words: Words, document: Document) -> tuple[list[Section], str]:
    """The sections that a question names, in its order, and the words in another language that name them: what says
    most goes first, so that a part of it is not said as well. Of several with one name the one that lists most."""
    places = _places(document)
    left = _squeezed(words)
    strengths = sorted(((left.says(name), name) for name in places), key=lambda pair: -pair[0])
    found: list[tuple[int, Section]] = []
    for strength, name in strengths:
        if not strength or not left.says(name):
            continue
        several = [one for place in places[name] if (one := _section(document, place)) is not None]
        if several:
            found.append((len(_squeezed(words).before(name)), max(several, key=lambda one: one.size)))
            left = left.without(name)
    return [section for _, section in sorted(found, key=lambda pair: pair[0])][:_SECTIONS], " ".join(left.taken)


def _squeezed(words: Words) -> Words:
    return Words(_NO_WORD.sub("", words.text), words.words, words.taken) if words.chinese else words


def _places(document: Document) -> dict[str, list[int]]:
    """The places of the headings by what their sections may be called: the whole heading, without what others beside
    it end with as well, and what stands before a colon."""
    titles = {
        place: _title(document, block) for place, block in enumerate(document.blocks) if block.kind is Kind.HEADING
    }
    tails = Counter(
        (_parent(document.blocks[place]), title[-size:]) for place, title in titles.items() for size in _TAILS
    )
    places: dict[str, list[int]] = {}
    for place, title in titles.items():
        parent = _parent(document.blocks[place])
        # 标准 in 基础支撑标准 and 关键技术标准 and a third
        tail = next((title[-n:] for n in _TAILS if n + 1 < len(title) and tails[parent, title[-n:]] > 2), "")
        for name in {_bared(one) for one in (title, title.removesuffix(tail), re.split("[:：]", title)[0])}:
            if len(name) > 1:
                places.setdefault(name, []).append(place)
    return places


def _bared(name: str) -> str:
    said = bare(_ASIDE.sub("", name))
    return _NO_WORD.sub("", said) if _CHINESE.search(said) else said


def _parent(heading: Block) -> tuple[tuple[str, ...], int]:
    return heading.headings, heading.level


def _title(document: Document, heading: Block) -> str:
    start = after_mark(document.text, heading.start, heading.end)
    return _PLACE.sub("", document.quote(start, heading.end)).strip()


def _section(document: Document, place: int) -> Section | None:
    """What a section says its classes by; None where it has no more than one."""
    heading = document.blocks[place]
    below = list(
        takewhile(
            lambda block: not (block.kind is Kind.HEADING and block.level <= heading.level),
            document.blocks[place + 1 :],
        )
    )
    name = _title(document, heading)
    headings = [block for block in below if block.kind is Kind.HEADING and block.level == heading.level + 1]
    first = next((i for i, block in enumerate(below) if block.kind in (Kind.HEADING, Kind.LIST_ITEM)), len(below))
    items = [b for b in below[first:] if b.kind is Kind.LIST_ITEM and b.headings == below[first].headings]
    if headings and _recur(document, headings):  # other sections have as many by the same names
        under = (_section(document, document.blocks.index(block)) for block in headings)
        return next((replace(one, name=name) for one in under if one is not None), None)
    classes = headings or (items if _are_classes(document, items) else [])
    own = [block for block in below[:first] if block.kind is Kind.PARAGRAPH]
    if (span := _listing(document, own, len(classes))) is not None:
        said = document.quote(*span)
        return Section(name, (span,), listed(said), counts(said))
    if _LEAST <= len(classes) <= _MOST:
        return Section(name, tuple(_class(document, block) for block in classes), len(classes))
    return None


def _recur(document: Document, headings: Sequence[Block]) -> bool:
    """Whether each of these headings stands elsewhere as well, such as 工作范围: they name no classes."""
    titles = Counter(_title(document, block) for block in document.blocks if block.kind is Kind.HEADING)
    return all(titles[_title(document, block)] > 1 for block in headings)


def _listing(document: Document, blocks: Sequence[Block], classes: int) -> tuple[int, int] | None:
    """The sentence at the beginning of a section that lists its classes: as many as there are headings or items under
    it, or where there are none, the longest enumeration."""
    spans = [span for block in blocks for span in sentences(document.text, block.start, block.end)]
    lists = [span for span in spans if listed(document.quote(*span)) >= _LEAST and _LISTS.search(document.quote(*span))]
    if classes >= _LEAST:
        lists = [span for span in lists if listed(document.quote(*span)) == classes]
    return max(lists, key=lambda span: (listed(document.quote(*span)), -span[0]), default=None)


def _are_classes(document: Document, items: Sequence[Block]) -> bool:
    """Whether each item has a name: a label, or a beginning of its own. Remarks on one thing begin with its name."""
    spans = [_class(document, item) for item in items]
    begins = {document.quote(start, end)[:_BEGINNING] for start, end in spans}
    return len(begins) == len(items) or all(end - start <= _LABEL for start, end in spans)


def _class(document: Document, block: Block) -> tuple[int, int]:
    """What a class is said by: its heading, or the label or the first sentence of its item."""
    start = after_mark(document.text, block.start, block.end)
    first = next(iter(sentences(document.text, start, block.end)), (start, block.end))
    return (start, block.end) if block.kind is Kind.HEADING else first


def after_mark(text: str, start: int, end: int) -> int:
    """Where an item's or a heading's words begin: the dash or number before them is not said."""
    bullet, mark = _BULLET.match(text, start, end), numbered(text[start:end])
    begin = bullet.end() if bullet else start + (mark.length if mark else 0)
    while begin < end and text[begin].isspace():
        begin += 1
    return begin

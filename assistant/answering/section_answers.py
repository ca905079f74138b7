"""Answers from the sections of documents: how many classes a section has, and which.

A question asks for them where it names a section by its heading, asks how many kinds or parts of something there are,
and says little else that the section does not. The section says them by a sentence that lists them, by the headings
under it, or by its items. What is counted is told after what is quoted. Nothing here knows tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from assistant.answering import coverage
from assistant.answering.asked import Asked, counts
from assistant.answering.finding import Found
from assistant.answering.section_items import Items, Section, section_at
from assistant.answering.section_names import places_of, squeezed
from assistant.answering.table_answers import entries, summed
from assistant.answering.table_questions import compared
from assistant.answering.table_words import Words, words_of
from assistant.answers import Draft
from corpus.document import Document
from indexing.retrieval import Hit, Search
from indexing.tokeniser import terms

# By these words a question asks for the classes of a section, and not for what it says.
_CLASSES = re.compile(
    r"(?:几|多少|哪些)[大小]?(?:[类种块章节步层]|个?(?:主题|方面|部分|方向|领域|行业|类别|种类|类型|板块|模块|环节|阶段|[大小子]类))"
    r"|[分拆](?:成|为|出)|下设|细分|种类[最更]?[多少]|(?:行业|领域)有?(?:几|多少)个(?![一-鿿])"
    r"|(?:how many|which|what) (?:[\w-]+ ){0,3}"
    r"(?:kinds|types|class\w*|categor\w+|parts|areas|fields|sectors|industries|themes|topics|aspects|sections)",
    re.I,
)
# What a section is called, and what is said of how it is divided: no word of what it is about.
_OF_SECTIONS = re.compile(
    r"[一这那本该]?[章节篇]|[个类种项条块]|附录|附件|正文|各自?|分别|[列分划拆](?:了|成|为|出|(?=[几多]))|下设|加起来|细分|种类|方面|主题|领域|板块|模块|部分|标准"
    r"|\b(?:chapters?|sections?|parts?|annex|appendix|divided|named|listed|sectors|industries|fields|classes|kinds|types|categories|themes|topics|standards?)\b",
    re.I,
)
# What is said of a section's items, and of what they are called: 讲了哪几家公司的案例.
_OF_ITEMS = re.compile(
    rf"{_OF_SECTIONS.pattern}|[讲列举写收介绍]+了|[里中家份部件]|公司|企业|单位|机构|文件|法规|法律|政策"
    r"|\b(?:documents|laws|regulations|polic(?:y|ies)|compan\w+|does|have|has|themes?|cases?|stud(?:y|ies)|principles?|examples?)\b",
    re.I,
)
_WHICH = re.compile(r"哪些[大小]?([类种块章节步层])|([类种])[类别]?[最更]?[多少]")
_COMPARES = re.compile(r"最[多少]|更[多少]|超过|不到|\b(?:most|more|fewest|fewer|less|least)\b", re.I)
# By these words the sizes of several sections are asked for: 哪个种类多？各有多少.
_SIZES = re.compile(r"各自?有?(?:多少|几)|[谁哪][^，。？?]{0,12}[多少](?![少个])|\bhow many\b|\b(?:more|fewer)\b", re.I)
# What the paragraphs of a section may be, where it says so itself: as a question asks for them, and as it says so.
_NOUNS = (
    ("案例|实例|事例", r"case stud(?:y|ies)|cases?|examples?"),
    ("原则", r"principles?"),
)
_HOW_MANY = "(?:几|多少|哪些)"
_DOCUMENTS = re.compile(
    r"(?:几|多少|哪几)(?:份(?!额)|部(?!分|门)|件)|(?:哪些|哪几[份部个项件])(?:文件|法规|法律|政策)"
    r"|\b(?:how many|which|what) (?:[\w-]+ ){0,3}(?:documents|laws|regulations|polic(?:y|ies))\b",
    re.I,
)
_A_DOCUMENT = re.compile("文件|法规|法律|政策|规划")
# Who asks the number of sectors is told that of a sentence that calls so what it lists.
_SECTORS = re.compile(
    r"(?:几|多少|哪些)个?(?:领域|行业)|(?:领域|行业)有?(?:几|多少)个(?![一-鿿])|\b(?:sectors|industries|fields)\b", re.I
)
_OF_SECTORS = re.compile(r"领域|行业|\b(?:sectors|industries|fields)\b", re.I)
# How much of a question has to be said by the section's title, heading and items.
_ENOUGH = 0.7
# The most sections that are counted at once, and characters of items that are said.
_SECTIONS, _LENGTH = 4, 900


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
    classes = _CLASSES.search(about)
    items = None if classes else _items(about)
    if not classes and items is None:
        return []
    compares = asked.kinds.isdisjoint(("count", "list"))
    if compares and not _SIZES.search(about):
        return []
    words = words_of(about)
    for hit in sorted(hits, key=lambda hit: hit.rank):
        document = documents[hit.document_id]
        sections, taken = _sections(words, document, items)
        if compares and len(sections) < 2:
            continue
        if sections and _asks_for(about, asked, search, document, sections, taken, items, chinese=words.chinese):
            measure = _measure(about, asked, items) if language == "zh" else ""
            return list(_drafts(about, hit, document, sections, measure))
    return []


def _items(about: str) -> Items | None:
    """What a question asks for that a section's paragraphs may be; None where it asks for classes."""
    if _DOCUMENTS.search(about):
        return Items(documents=True)
    for zh, en in _NOUNS:
        asks = rf"{_HOW_MANY}[^，,。？?]{{0,6}}(?:{zh})|(?:{zh})[^，,。？?]{{0,4}}{_HOW_MANY}"
        if re.search(rf"{asks}|\b(?:how many|which|what|list) (?:[\w-]+ ){{0,3}}(?:{en})\b", about, re.I):
            return Items(re.compile(rf"{zh}|\b(?:{en})\b", re.I))
    return None


def _measure(about: str, asked: Asked, items: Items | None) -> str:
    if items is not None and items.noun is not None:  # 哪几家公司的案例 counts no 家
        return "条" if "条" in asked.measures else "个"
    which = _WHICH.search(about)
    return which[1] or which[2] if which and not asked.measures else asked.measure


def _asks_for(
    about: str,
    asked: Asked,
    search: Search,
    document: Document,
    sections: Sequence[Section],
    taken: str,
    items: Items | None,
    *,
    chinese: bool,
) -> bool:
    """Whether it is the classes of these sections that a question asks for, and no more than they say."""
    if len(sections) < 2 and _COMPARES.search(about):
        return False
    # A sentence that says a number has to say that of what is asked: 7个部分 says nothing of 几类.
    if any(one.told and not counts(document.quote(*one.spans[0]), asked.measures) for one in sections):
        return False
    said = {term for one in sections for term in _said(document, one)}
    said |= set(terms(f"{document.metadata.title} {taken}"))
    lexical = search.question
    if coverage.share(about, lexical, said, _OF_SECTIONS if items is None else _OF_ITEMS) < _ENOUGH:
        return False
    if items is not None and (items.noun is not None or _A_DOCUMENT.search(about)):
        return True
    if _SECTORS.search(about) and all(_OF_SECTORS.search(document.quote(*one.spans[0])) for one in sections):
        return True
    return coverage.can_be(about, lexical, said, chinese=chinese)


def _drafts(about: str, hit: Hit, document: Document, sections: Sequence[Section], measure: str) -> Iterator[Draft]:
    for section in sections:
        whole = len(section.spans) == 1
        if not whole:
            counted = entries(section.size, coverage.counted(about))
            size = f"下共 {section.size} {measure}：" if measure else f" has {counted}:"
            yield Draft(f"“{section.name}”{size}", (), 1.0)
        room = _LENGTH
        for span in section.spans:
            room -= span[1] - span[0]
            if room < 0:
                break
            yield Draft(document.quote(*span), ((hit, *span),), 1.0)
        if whole and not section.told:
            yield Draft(listing(section.size, measure), (), 1.0)
    if len(sections) > 1:
        yield from summed(compared(about), [(section.name, section.size) for section in sections], measure)


def listing(size: int, measure: str) -> str:
    """What is said of how many items a sentence lists, in Chinese with a measure word, else in English."""
    return f"（共列出 {size} {measure}）" if measure else f"({size} are listed)"


def _said(document: Document, section: Section) -> list[str]:
    return terms("\n".join((section.name, *section.above, *(document.quote(*span) for span in section.spans))))


def _sections(words: Words, document: Document, items: Items | None) -> tuple[list[Section], str]:
    """The sections that a question names, in its order, and the words in another language that name them: what says
    most goes first, so that a part of it is not said as well. Of several with one name the one that lists most."""
    places = places_of(document, words, begun=items is not None)
    left = squeezed(words)
    strengths = sorted(((left.says(name), name) for name in places), key=lambda pair: -pair[0])
    found: list[tuple[int, Section]] = []
    for strength, name in strengths:
        if not strength or not left.says(name):
            continue
        several = [one for place in places[name] if (one := section_at(document, place, items)) is not None]
        if several:
            found.append((len(squeezed(words).before(name)), max(several, key=lambda one: one.size)))
            left = left.without(name)
    sections = [one for _, one in sorted(found, key=lambda pair: pair[0])]
    # 附录 is where the section stands that is asked about.
    inner = [
        one for one in sections if not any(above.endswith(one.name) for other in sections for above in other.above)
    ]
    return inner[:_SECTIONS], " ".join(left.taken)

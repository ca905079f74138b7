"""Questions about documents as wholes: their number, issuers and date, what their sections are divided into and
in how many, like-named sections of two side by side, and facts that no document has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from corpus.document import Block, Document, Kind
from corpus.structure import document_title
from eval.making.chinese import date_ways
from eval.making.listing import counted
from eval.making.proposals import LONGEST_QUOTE, Corpus, Proposal, Span, bare, language, mark, masked
from eval.questions import normal

_FEWEST, _MOST = 3, 8
# Of how many documents a number is asked for that they do not have.
_MOST_LACKING = 3
_LONGEST_PART = {"zh": 26, "en": 70}
_GENERIC = re.compile(
    r"附[件录表]?.{0,2}|前言|引言|目录|正文|说明|其他|Annex.{0,3}|Introduction|Foreword|Contents|Notes?|Other", re.I
)
_PLACE = re.compile(r"text (\d+)–(\d+)")
_NUMBER = re.compile(r"〔(?:19|20)\d\d〕\s*\d{1,5}\s*号|[\[（(](?:19|20)\d\d[\])）]\s*\d{1,5}\s*号")
_YEAR = re.compile(r"(?<![（(〔\d自从])(?:(?<=by )|(?<=in )|(?<=until )|(?<![a-z] ))((?:19|20)\d\d)(?![\d版）)〕-])")


def from_documents(corpus: Corpus) -> Iterator[Proposal]:
    """All that can be asked of the corpus's documents and their sections."""
    lacking = 0
    sections = [section for document in corpus.documents for section in _sections(document)]
    for document in corpus.documents:
        if corpus.title(document) is not None:
            facts = list(_facts(document, corpus))
            lacking += (lacks := any(f.type == "unanswerable" and f.place[1] == 0 for f in facts))
            yield from (f for f in facts if f.place[1] or not lacks or lacking <= _MOST_LACKING)
    for section in sections:
        yield from _parts(section, corpus)
    yield from _alike(sections, corpus)


def swapped_year(proposal: Proposal, corpus: Corpus) -> Proposal | None:
    """The question of a number with its one year swapped for a later one that no document names; None where it
    has no year, or several."""
    years = list(_YEAR.finditer(masked(proposal.question)))
    if proposal.type != "number" or len(years) != 1:
        return None
    first, last = years[0].span(1)
    for later in range(int(years[0][1]) + 2, int(years[0][1]) + 20):
        if str(later) not in corpus.years:
            asked = f"{proposal.question[:first]}{later}{proposal.question[last:]}"
            return replace(proposal, type="unanswerable", question=asked, nuggets=(), spans=())
    return None


def _facts(document: Document, corpus: Corpus) -> Iterator[Proposal]:
    """The number, the issuers and the day of issue, where they were read in the text."""
    title, lang, said = corpus.title(document), language(document), document.metadata
    read = {field: _place(document, where) for field, where in said.read_from}
    zh = lang == "zh"

    def fact(type_: str, asked: str, nuggets: tuple[tuple[str, ...], ...], span: Span) -> Proposal:
        return Proposal(type_, lang, asked, nuggets, (span,), (document.id, span.start))

    if said.number and (span := read.get("number")):
        asked = f"{title}的文号是什么？" if zh else f"What is the number of {title}?"
        yield fact("fact", asked, (tuple(dict.fromkeys((span.quote.strip(), said.number))),), span)
        yield from _other_number(document, said.number, corpus)
    elif not said.number and _lacks_number(document, corpus):
        asked = f"{title}的文号是什么？" if zh else f"What is the document number of {title}?"
        yield Proposal("unanswerable", lang, asked, (), (), (document.id, 0))
    if said.date and (span := read.get("date")):
        asked = f"{title}是什么时候发布的？" if zh else f"When was {title} issued?"
        yield fact("temporal", asked, (date_ways(span.quote.strip()),), span)
    if said.issuers and (span := read.get("issuers")):
        asked = f"{title}由哪些单位发布？" if len(said.issuers) > 1 else f"{title}由哪个单位发布？"
        found = [(document.text.find(issuer, span.start, span.end), issuer) for issuer in said.issuers]
        spans = tuple(Span(document, at, at + len(issuer)) for at, issuer in found if at >= 0)
        nuggets = tuple((issuer,) for issuer in said.issuers)
        asked = asked if zh else f"Who issued {title}?"
        if len(spans) == len(nuggets):
            yield Proposal("fact", lang, asked, nuggets, spans, (document.id, span.start))


def _lacks_number(document: Document, corpus: Corpus) -> bool:
    """Whether an official document gives no number of its own, nor does another that names it."""
    if not document_title(document.metadata.title) or _NUMBER.search(document.text[:3000]):
        return False
    title = normal(document.metadata.title)
    return not any(_NUMBER.search(said.words) for said in corpus.sayings if title in said.words)


def _place(document: Document, where: str) -> Span | None:
    match = _PLACE.fullmatch(where)
    return Span(document, int(match[1]), int(match[2])) if match else None


def _other_number(document: Document, number: str, corpus: Corpus) -> Iterator[Proposal]:
    """The document number after this one, or the next that no document names."""
    match = re.search(r"(\d+)(?=号)", number)
    if match is None or language(document) != "zh":
        return
    for other in range(int(match[1]) + 1, int(match[1]) + 50):
        swapped = f"{number[: match.start()]}{other}{number[match.end() :]}"
        if normal(swapped) not in corpus.text:
            yield Proposal("unanswerable", "zh", f"{swapped}是关于什么的文件？", (), (), (document.id, 1))
            return


class _Section:
    """A heading and what it is divided into: headings one level down, or the names of its list items."""

    def __init__(self, document: Document, heading: Block, parts: Sequence[Span]) -> None:
        self.document, self.heading, self.parts = document, heading, tuple(parts)
        self.name = bare(document.text[heading.start : heading.end])

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(part.quote for part in self.parts)


def _sections(document: Document) -> Iterator[_Section]:
    """The sections that are divided into some parts with short names, no two alike."""
    lang = language(document)
    for index, heading in enumerate(document.blocks):
        if heading.kind is not Kind.HEADING:
            continue
        below = []
        for block in document.blocks[index + 1 :]:
            if block.kind is Kind.HEADING and block.level <= heading.level:
                break
            below.append(block)
        headings = [b for b in below if b.kind is Kind.HEADING and b.level == heading.level + 1]
        items = [b for b in below if b.kind is Kind.LIST_ITEM and len(b.headings) == len(below[0].headings)]
        chosen = headings if headings else items if not any(b.kind is Kind.TABLE_ROW for b in below) else []
        parts = [_part(document, block) for block in chosen]
        section = _Section(document, heading, [part for part in parts if part])
        whole = len(section.parts) == len(parts) and len({normal(n) for n in section.names}) == len(parts)
        short = all(2 <= len(name) <= _LONGEST_PART[lang] for name in section.names)
        generic = any(_GENERIC.fullmatch(bare(name)) for name in (section.name, *section.names))
        generic = generic or normal(section.name) in normal(document.metadata.title) or len(heading.headings) > 5
        if (
            _FEWEST <= len(parts) <= 12
            and whole
            and short
            and not generic
            and _LONGEST_PART[lang] >= len(section.name) > 1
        ):
            yield section


def _part(document: Document, block: Block) -> Span | None:
    """The name of a part: a heading without its number, or what a list item says before its first full stop or
    colon, where more follows."""
    text = document.text[block.start : block.end]
    begin = mark(text)
    begin += len(text[begin:]) - len(text[begin:].lstrip())
    if block.kind is Kind.HEADING:
        end = len(text.rstrip())
    else:
        stop = re.search(r"[。：:](?=.)|\.\s(?=.)|——", text[begin:])
        if stop is None or re.search(r"[，；,;]", text[begin : begin + stop.start()]):
            return None
        end = begin + stop.start()
    return Span(document, block.start + begin, block.start + end) if begin < end <= begin + LONGEST_QUOTE else None


def _parts(section: _Section, corpus: Corpus) -> Iterator[Proposal]:
    """What a section is divided into, and into how many."""
    title, lang = corpus.title(section.document), language(section.document)
    same = sum(normal(section.name) == normal(bare(b)) for b in _headings(section.document))
    if title is None or same != 1:
        return
    where = f"{title}的“{section.name}”部分" if lang == "zh" else f"“{section.name}” in {title}"
    place = (section.document.id, section.heading.start)
    nuggets = tuple((name,) for name in section.names)
    if len(section.parts) <= _MOST:
        asked = f"{where}讲了哪些方面？" if lang == "zh" else f"Which parts does the section {where} have?"
        yield Proposal("list", lang, asked, nuggets, section.parts, place)
    if ways := counted(len(section.parts), lang):
        asked = f"{where}共分多少项？" if lang == "zh" else f"How many parts does the section {where} have?"
        yield Proposal("aggregate", lang, asked, (ways,), section.parts, place)


def _headings(document: Document) -> Iterator[str]:
    return (document.text[b.start : b.end] for b in document.blocks if b.kind is Kind.HEADING)


def _alike(sections: Sequence[_Section], corpus: Corpus) -> Iterator[Proposal]:
    """Sections of the same name in two documents, with what each is divided into."""
    for one, other in combinations(sections, 2):
        titles = corpus.title(one.document), corpus.title(other.document)
        lang = language(one.document)
        both = one.document.id != other.document.id and language(other.document) == lang and None not in titles
        if not both or normal(one.name) != normal(other.name) or max(len(one.parts), len(other.parts)) > _MOST:
            continue
        if {normal(n) for n in one.names} == {normal(n) for n in other.names}:
            continue
        asked = (
            f"{titles[0]}和{titles[1]}的“{one.name}”部分各讲了哪些方面？"
            if lang == "zh"
            else f"Which parts does the section “{one.name}” have in {titles[0]}, and which in {titles[1]}?"
        )
        names = dict.fromkeys((*one.names, *other.names))
        yield Proposal(
            "compare", lang, asked, tuple((name,) for name in names), (*one.parts, *other.parts),
            (one.document.id, one.heading.start),
        )  # fmt: skip

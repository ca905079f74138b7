"""What the sections of documents say their classes by: a sentence that lists them, the headings under them, their
items; and where a question asks for cases, principles or documents, the sentences that lead its paragraphs, or the
titles that its paragraphs begin with. What they are called is for `assistant.answering.section_names`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from assistant.answering.asked import counts, listed
from assistant.answering.section_names import after_mark, title_of
from corpus.document import Block, Document, Kind
from corpus.sentences import sentences

_LISTS = re.compile(r"包括|包含|分为|涵盖|覆盖|组成|如下|等|\binclud\w+|\bconsists?\b|\bcomprises?\b", re.I)
_LEAST, _MOST = 2, 40
# A class is said by the label that its item begins with, where that is as short as this.
_LABEL = 24
# The characters by which items begin differently.
_BEGINNING = 4
# How long a sentence may be that leads a paragraph, and what of the paragraph it may be.
_LEAD, _OF_PARAGRAPH = 70, 0.5
# A document's title, as a paragraph begins with it, after its number.
_TITLE = re.compile(r"(?:[A-Z]+(?:/[A-Z]+)?\s*[\d.:—–-]+\s*)?《")


@dataclass(frozen=True, slots=True)
class Section:
    """A section by its heading's name, and the spans that say its classes: one sentence, or each class by itself.
    `size` is how many there are; `told` says that the sentence says so itself, and `above` are the headings over it."""

    name: str
    spans: tuple[tuple[int, int], ...]
    size: int
    told: bool = False
    above: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Items:
    """What a section's paragraphs are asked for as: `documents` by their titles, else what `noun` says, which a heading
    has to say too: 案例."""

    noun: re.Pattern[str] | None = None
    documents: bool = False


def section_at(document: Document, place: int, items: Items | None = None) -> Section | None:
    """What a section says its classes, or what is asked for, by; None where it has no more than one."""
    if items is None:
        return _classes(document, place)
    heading = document.blocks[place]
    below = _below(document, place)
    above = (*heading.headings, title_of(document, heading))
    spans = _titles(document, below) if items.documents else _leads(document, below)
    if items.noun is not None and not any(map(items.noun.search, above)):
        return None
    if _LEAST <= len(spans) <= _MOST:
        return Section(above[-1], tuple(spans), len(spans), above=heading.headings)
    under = _classes(document, place) if items.noun is not None and not spans else None
    return under if under is not None and len(under.spans) > 1 else None  # a sentence lists something else


def _below(document: Document, place: int) -> list[Block]:
    level = document.blocks[place].level
    return list(takewhile(lambda b: not (b.kind is Kind.HEADING and b.level <= level), document.blocks[place + 1 :]))


def _titles(document: Document, below: Sequence[Block]) -> list[tuple[int, int]]:
    """The paragraphs or items of a section without headings, where each begins with the title of a document."""
    said = [(after_mark(document.text, block.start, block.end), block.end) for block in below]
    kinds = {block.kind for block in below}
    alike = kinds <= {Kind.PARAGRAPH, Kind.LIST_ITEM}
    return said if alike and all(_TITLE.match(document.text, *span) for span in said) else []


def _leads(document: Document, below: Sequence[Block]) -> list[tuple[int, int]]:
    """The first sentences of a section's paragraphs, where each paragraph begins with a short one. Of a section with
    headings only where most of these have several."""
    headings = sum(block.kind is Kind.HEADING for block in below)
    spans: list[tuple[int, int]] = []
    for block in below:
        if block.kind is Kind.LIST_ITEM:
            return []
        if block.kind is Kind.PARAGRAPH:
            start, end = next(iter(sentences(document.text, block.start, block.end)), (block.start, block.end))
            if end - start > min(_LEAD, _OF_PARAGRAPH * (block.end - block.start)):
                return []
            spans.append((start, end))
    return spans if len(spans) >= 2 * headings else []


def _classes(document: Document, place: int) -> Section | None:
    """What a section says its classes by; None where it has no more than one."""
    heading = document.blocks[place]
    below = _below(document, place)
    name = title_of(document, heading)
    headings = [block for block in below if block.kind is Kind.HEADING and block.level == heading.level + 1]
    first = next((i for i, block in enumerate(below) if block.kind in (Kind.HEADING, Kind.LIST_ITEM)), len(below))
    items = [b for b in below[first:] if b.kind is Kind.LIST_ITEM and b.headings == below[first].headings]
    if headings and _recur(document, headings):  # other sections have as many by the same names
        under = (_classes(document, document.blocks.index(block)) for block in headings)
        return next((replace(one, name=name, above=heading.headings) for one in under if one is not None), None)
    classes = headings or (items if _are_classes(document, items) else [])
    own = [block for block in below[:first] if block.kind is Kind.PARAGRAPH]
    if (span := _listing(document, own, len(classes))) is not None:
        said = document.quote(*span)
        return Section(name, (span,), listed(said), counts(said), heading.headings)
    if _LEAST <= len(classes) <= _MOST:
        spans = tuple(_class_span(document, block) for block in classes)
        return Section(name, spans, len(classes), above=heading.headings)
    return None


def _recur(document: Document, headings: Sequence[Block]) -> bool:
    """Whether each of these headings stands elsewhere as well, such as 工作范围: they name no classes."""
    titles = Counter(title_of(document, block) for block in document.blocks if block.kind is Kind.HEADING)
    return all(titles[title_of(document, block)] > 1 for block in headings)


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
    spans = [_class_span(document, item) for item in items]
    begins = {document.quote(start, end)[:_BEGINNING] for start, end in spans}
    return len(begins) == len(items) or all(end - start <= _LABEL for start, end in spans)


def _class_span(document: Document, block: Block) -> tuple[int, int]:
    """What a class is said by: its heading, or the label or the first sentence of its item."""
    start = after_mark(document.text, block.start, block.end)
    first = next(iter(sentences(document.text, start, block.end)), (start, block.end))
    return (start, block.end) if block.kind is Kind.HEADING else first

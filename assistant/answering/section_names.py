"""What the sections of a document may be called: by their headings, by less than a whole heading, and which of them a
question names. What a section says is for `assistant.answering.section_items`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from assistant.answering.table_words import Words, bare, shortened
from corpus.document import Block, Document, Kind
from corpus.structure import numbered

_BULLET = re.compile(r"[-*+•·●▪◦■◆]\s+|——\s*")
_PLACE = re.compile(r"^\d{1,2}\s+")
_ASIDE = re.compile(r"[（(][^（()]*[)）]")
_CHINESE = re.compile("[一-鿿]")
_NO_WORD = re.compile(r"[^\w]|_")
# How long what several headings end with may be.
_TAILS = (4, 3, 2)
# A question names a section by the beginning of its heading where that stands alone: between marks and joining words.
_BEGINNING = 4
_MARK = r"[^\w\s]|[和与及跟或]"
_ALONE = re.compile(rf"(?:^|{_MARK}|[的里中在])\s*(?=([一-鿿]{{{_BEGINNING},}}))")
_AFTER = re.compile(rf"{_MARK}|$|[各里中下的有分列共讲]|[一这那]?[章节篇]")


def places_of(document: Document, words: Words, *, begun: bool = False) -> dict[str, list[int]]:
    """The places of the headings by what their sections may be called: the whole heading, without what others beside
    it end with as well, what stands before a colon, and what a question calls them in fewer words; in
    another language also what they have `begun` with."""
    titles = {place: title_of(document, block) for place, block in enumerate(document.blocks) if _is_heading(block)}
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
    if words.chinese:
        for short, names in _in_fewer_words(words.text, places).items():
            places.setdefault(short, [place for name in names for place in places[name]])
    elif begun:
        for name in [name for name in places if _CHINESE.match(name) and len(name) > _BEGINNING]:
            places.setdefault(name[:_BEGINNING], []).extend(places[name])
    return places


def squeezed(words: Words) -> Words:
    """A Chinese question without its marks, as its sections are named."""
    return Words(_NO_WORD.sub("", words.text), words.words, words.taken) if words.chinese else words


def title_of(document: Document, heading: Block) -> str:
    """A heading without its number."""
    start = after_mark(document.text, heading.start, heading.end)
    return _PLACE.sub("", document.quote(start, heading.end)).strip()


def after_mark(text: str, start: int, end: int) -> int:
    """Where an item's or a heading's words begin: the dash or number before them is not said."""
    bullet, mark = _BULLET.match(text, start, end), numbered(text[start:end])
    begin = bullet.end() if bullet else start + (mark.length if mark else 0)
    while begin < end and text[begin].isspace():
        begin += 1
    return begin


def _in_fewer_words(text: str, names: Iterable[str]) -> dict[str, list[str]]:
    """What a Chinese question calls headings by: such as leave out a character within them, and beginnings of one."""
    names = frozenset(names)
    called = {short: [whole] for short, whole in shortened(text, names).items()}
    for match in _ALONE.finditer(text):
        said = match[1]
        size = max((_common(said, name) for name in names), default=0)
        begun = sorted(name for name in names if _common(said, name) == size)
        # One heading has several names, of which each begins the longest.
        one = all(max(begun, key=len).startswith(name) for name in begun)
        if size >= _BEGINNING and one and said[:size] not in names and _AFTER.match(text, match.start(1) + size):
            called[said[:size]] = begun
    return called


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _bared(name: str) -> str:
    said = bare(_ASIDE.sub("", name))
    return _NO_WORD.sub("", said) if _CHINESE.search(said) else said


def _is_heading(block: Block) -> bool:
    return block.kind is Kind.HEADING


def _parent(heading: Block) -> tuple[tuple[str, ...], int]:
    return heading.headings, heading.level

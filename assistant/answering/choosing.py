"""Which sentences, rows and items of what was found answer a question best.

Each candidate is a sentence, or a table row or list item that is kept whole, weighed by
`assistant.answering.weighing` and by its passage's rank. The best is chosen, and what is nearly as good, more of it
where the best may well not be the one; in the order of the document, the document that says it best first. Where a
definition is asked for and there is one, nothing else is chosen; a list is chosen whole. Places that say the same in
the same words are one; what says it with another figure or another word is another statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import NamedTuple

from assistant.answering import coverage
from assistant.answering.asked import Asked, asked, each_asked, listed
from assistant.answering.finding import Found
from assistant.answering.section_names import after_mark
from assistant.answering.weighing import FIRST, MISSHAPEN, PASSAGE, Unit, beside_passage, builtin
from assistant.checking.verification import values
from corpus.document import Block, Document, Kind
from indexing.retrieval import Hit, Search
from indexing.tokeniser import fold, identifiers, terms

# What a candidate loses where its document is a draft or no longer in force: it comes after one that says as much.
_NOT_IN_FORCE = 0.3
# What it loses where the question names documents and it is from another.
_NOT_NAMED = 3.0
# What lacks this much of the shape that is asked for says nothing of it.
_LACKING = 0.5
# What a sentence gains that begins by telling the parts of the thing whose parts are asked for.
_TELLS_PARTS = 2.0
# What a row gains where the question speaks of a table or a list.
_IS_ROW = 1.5
# What a sentence gains that tells of all of several things that the question calls by their identifiers.
_TELLS_OF_ALL = 1.5
# What a sentence gains that tells of a year that is asked about.
_TELLS_OF_YEAR = 1.0
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# It is asked what one list has and another has not; how many items a list has at least.
_LISTS_DIFFER = re.compile(
    r"[列提]了?而|没[列提]|没有的|差在|[多少]了(?:什么|哪)|漏"
    r"|\b(?:le(?:ft|ave) out|new in|missing|omits?|does not (?:list|have))\b",
    re.I,
)
_LIST = 4
_LENGTH_IN_LIST = 900
# A best sentence of less weight than this may well not be the one that answers.
_UNSURE = 6.0
_SAME = 0.85
# What two sentences may differ in and still say the same: punctuation, blanks, and words without a meaning.
_WITHOUT_MEANING = re.compile(r"[\s,.;:!?，。、；：！？“”‘’\"'（）()]+|[的了等]|\b(?:the|an?)\b")
# A heading answers a list question by the headings under it when it says this share of the question.
_ENOUGH_OF_A_HEADING, _MOST_HEADINGS = 0.7, 24


class _Room(NamedTuple):
    """How many sentences may be said, of how many characters together, and how far below the best one's weight."""

    most: int
    length: int
    near: float


_ROOM, _ROOM_UNSURE, _ROOM_OF_LIST = _Room(3, 320, 2.5), _Room(5, 600, 3.5), _Room(8, _LENGTH_IN_LIST, 3.0)
# The same for who asks for more than was said.
_ROOM_OF_MORE = _Room(4, 500, 9.0)


@dataclass(frozen=True, slots=True)
class Extract:
    """A verbatim span chosen to be said, and the places in other documents that say the same."""

    hit: Hit
    start: int
    end: int
    text: str
    score: float
    block: Block
    same: tuple[Extract, ...] = ()


@dataclass(frozen=True, slots=True)
class _Likes:
    """What of a question makes it like some candidates better: the identifiers and the years that it has, that it asks
    what one list has and another has not, that it asks about a table."""

    wanted: Asked
    numbers: Set[str]
    years: Set[str]
    of_lists: bool
    of_rows: bool

    @classmethod
    def of(cls, about: str, wanted: Asked) -> _Likes:
        of_rows = "definition" not in wanted.kinds and bool(coverage.TABLE.search(about))
        years = frozenset(_YEAR.findall(about))
        return cls(wanted, identifiers(about), years, bool(_LISTS_DIFFER.search(about)), of_rows)

    def gain(self, candidate: Extract) -> float:
        """What is added to a candidate's weight."""
        text = candidate.text
        parts = self.wanted.tells_parts(text) or (self.of_lists and listed(text) >= _LIST)
        of_all = len(self.numbers) > 1 and self.numbers <= identifiers(text)
        of_year = not self.years.isdisjoint(_YEAR.findall(text))
        row = self.of_rows and candidate.block.kind is Kind.TABLE_ROW
        return _TELLS_PARTS * parts + _TELLS_OF_ALL * of_all + _TELLS_OF_YEAR * of_year + _IS_ROW * row


def of_each_thing(found: Found, documents: Mapping[str, Document], not_in_force: Container[str]) -> tuple[Extract, ...]:
    """The first span of each of the things that a question joins and asks a figure or a date of, which names it; empty
    where it joins none, or one has none."""
    about = found.named.rest
    things, wanted = set(each_asked(about)), asked(about).of_each()
    if not things:
        return ()
    every = _candidates(about, wanted, found.search, documents, not_in_force, found.strange, MISSHAPEN)
    best: dict[str, Extract] = {}
    for candidate in sorted(every, key=lambda c: (-c.score, c.hit.rank, c.start)):
        said = {thing for thing in things if thing in fold(candidate.text)}
        if wanted.lacks(candidate.text) < _LACKING and (len(said) == 1 or said == things):
            for thing in said:
                first = best.setdefault(thing, candidate)
                # What names it alone tells of it; what names all of them may be of how they differ.
                if (
                    len(said) == 1 < sum(each in fold(first.text) for each in things)
                    and candidate.score > first.score - _ROOM.near
                ):
                    best[thing] = candidate
    return tuple(dict.fromkeys(best[thing] for thing in each_asked(about))) if best.keys() == things else ()


def chosen(
    about: str,
    wanted: Asked,
    search: Search,
    documents: Mapping[str, Document],
    not_in_force: Container[str],
    strange: Callable[[Hit], bool] = lambda _: False,
    most: int | None = None,
    misshapen: float = 0.0,
    said: str = "",
) -> tuple[Extract, ...]:
    """The spans that answer what a question asks of what was found, in the order to be said; empty where nothing was.
    `strange` are hits of documents that the question does not name. At most `most`, where that is given; `misshapen` is
    what a span loses that has not the shape asked for. What was `said` before (`bare`) is not said again, and more of
    what is nearly as good is."""
    found = _candidates(about, wanted, search, documents, not_in_force, strange, misshapen)
    likes = _Likes.of(about, wanted)
    candidates = sorted(
        (replace(c, score=c.score + likes.gain(c)) for c in found), key=lambda c: (-c.score, c.hit.rank, c.start)
    )
    if not candidates:
        return ()
    candidates = [c for c in candidates if wanted.subject and wanted.defined(c.text)] or candidates
    if "definition" in wanted.kinds and likes.numbers:
        candidates = [c for c in candidates if likes.numbers & identifiers(c.text)] or candidates
    wants_list = "list" in wanted.kinds
    if wants_list and (outline := _outline(search, documents, candidates[0])):
        return tuple(item for item in outline if not is_said(item.text, said))
    best = _choose(candidates, wants_list, most, said)
    announcing = next((e for e in best if e.text[-1] in ":："), None)
    if announcing is not None:
        best = [e for e in best if e.score >= announcing.score]
        best += _announced(announcing, documents)
    strength = {e.hit.document_id: max(x.score for x in best if x.hit.document_id == e.hit.document_id) for e in best}
    return tuple(sorted(best, key=lambda e: (-strength[e.hit.document_id], e.hit.document_id, e.start)))


def _choose(candidates: Sequence[Extract], wants_list: bool, at_most: int | None, said: str) -> list[Extract]:
    best = candidates[0].score
    unsure = best - PASSAGE - FIRST < _UNSURE and not at_most
    room = _ROOM_OF_LIST if wants_list else _ROOM_UNSURE if unsure else _ROOM
    most, length, near = _ROOM_OF_MORE if said else room
    most = at_most or most
    chosen: list[Extract] = []
    for candidate in candidates:
        if candidate.score < best - near:
            break
        if is_said(candidate.text, said):
            continue
        twin = next((i for i, c in enumerate(chosen) if _repeats(candidate, c)), None)
        if twin is not None:
            kept = chosen[twin]
            if candidate.hit.document_id != kept.hit.document_id:
                chosen[twin] = replace(kept, same=(*kept.same, candidate))
        elif not chosen or (len(chosen) < most and sum(len(c.text) for c in chosen) + len(candidate.text) <= length):
            chosen.append(candidate)
    return chosen


def _candidates(
    about: str,
    wanted: Asked,
    search: Search,
    documents: Mapping[str, Document],
    not_in_force: Container[str],
    strange: Callable[[Hit], bool],
    misshapen: float,
) -> Iterator[Extract]:
    """Every sentence, row and item of the hits, and of the places that say the same, with its weight."""
    top = search.hits[0].score if search.hits else 1.0
    passages = [(documents[hit.document_id], hit.start, hit.end) for hit in search.hits]
    for place, unit, weight in builtin().weigh(about, search.question, wanted, passages):
        hit = search.hits[place]
        score = beside_passage(weight, hit, top)
        late = _NOT_IN_FORCE if hit.document_id in not_in_force else 0.0
        late += _NOT_NAMED if strange(hit) else 0.0
        start = after_mark(unit.document.text, unit.start, unit.end) if _is_item(unit) else unit.start
        text = unit.document.quote(start, unit.end)
        if text:
            late += misshapen * wanted.lacks(text)
            yield Extract(hit, start, unit.end, text, score - late, unit.block)


def _is_item(unit: Unit) -> bool:
    return unit.block.kind is Kind.LIST_ITEM and unit.start == unit.block.start


def _outline(search: Search, documents: Mapping[str, Document], best: Extract) -> tuple[Extract, ...]:
    """The headings under the heading that says what a list question asks for; empty where no heading,
    with its document's title, says as much of the question as the best sentence does."""
    most = max(_ENOUGH_OF_A_HEADING, search.question.coverage(set(terms(best.text))))
    found: tuple[Extract, ...] = ()
    for hit in {hit.document_id: hit for hit in reversed(search.hits)}.values():
        document = documents[hit.document_id]
        for place, block in enumerate(document.blocks):
            said = search.question.coverage(set(terms(f"{document.quote(block.start, block.end)}\n{hit.title}")))
            if block.kind is not Kind.HEADING or said < most or (found and said == most):
                continue
            below = _until(document.blocks[place + 1 :], lambda b, top=block: 0 < b.level <= top.level)  # type: ignore[misc]
            items = [b for b in below if b.level == block.level + 1]
            if 2 <= len(items) <= _MOST_HEADINGS:
                most, found = said, tuple(_item(hit, document, b, said) for b in items)
    return found


def _item(hit: Hit, document: Document, block: Block, score: float) -> Extract:
    start = after_mark(document.text, block.start, block.end)
    return Extract(hit, start, block.end, document.quote(start, block.end), score, block)


def _announced(best: Extract, documents: Mapping[str, Document]) -> list[Extract]:
    """The list that an extract announces with a colon: the items that follow it, or the headings."""
    document = documents[best.hit.document_id]
    following = [b for b in document.blocks if b.start >= best.end and b.kind.searchable]
    if not following:
        return []
    first = following[0]
    if first.kind is Kind.HEADING:
        under = [b for b in following if b.kind is Kind.HEADING or b.headings[: len(first.headings)] == first.headings]
        items = [
            b
            for b in _until(under, lambda b: b.kind is Kind.HEADING and b.level < first.level)
            if b.level == first.level
        ]
    elif first.kind in (Kind.LIST_ITEM, Kind.TABLE_ROW):
        items = _until(following, lambda b: b.kind is not first.kind)
    else:
        return []
    extracts: list[Extract] = []
    room = _LENGTH_IN_LIST
    for block in items:
        room -= block.end - block.start
        if room < 0:
            break
        extracts.append(_item(best.hit, document, block, best.score))
    return extracts


def _until(blocks: Sequence[Block], ends: Callable[[Block], bool]) -> list[Block]:
    return list(takewhile(lambda block: not ends(block), blocks))


def _repeats(one: Extract, other: Extract) -> bool:
    """Whether a candidate need not be said after another: it says the same, or in the same document nearly
    the same with the same figures."""
    if values(one.text) != values(other.text):
        return False
    if bare(one.text) == bare(other.text):
        return True
    if one.hit.document_id != other.hit.document_id:
        return False
    a, b = set(terms(one.text)), set(terms(other.text))
    return bool(a and b) and len(a & b) >= _SAME * len(a | b)


def is_said(text: str, said: str) -> bool:
    """Whether a text was said before, word for word; a row, all of its cells. `said` is `bare`."""
    return bool(said) and all(bare(cell) in said for cell in re.split(r"[\t|]", text) if cell.strip())


def bare(text: str) -> str:
    """What two sentences that say the same have in common; of what has no words the text itself."""
    return _WITHOUT_MEANING.sub("", fold(text)) or text

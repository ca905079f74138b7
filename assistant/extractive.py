"""The answerer without a model: the sentences of the documents that say it, word for word.

Each candidate is a sentence, or a table row or list item that is kept whole. It scores by the share
of the question's terms (weighted by rarity) that it says itself, that its headings and title say for
it, by its passage's rank, and by whether it holds the kind of thing asked for; where a definition is
asked for and there is one, nothing else is said. What is chosen is said in the order of the document,
the document that says it best first. Places that say the same in the same words are cited together; what
says it with another figure or another word is said by itself, for it is another statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from assistant.answers import Draft
from assistant.verification import values
from corpus.document import Block, Document, Kind
from corpus.sentences import sentences
from corpus.structure import ends_sentence, numbered
from indexing.retrieval import Hit, Search
from indexing.tokeniser import fold, terms, without_asking

NAME = "extractive/1"

# What a candidate's own words, its headings, its passage and its shape count.
_OWN, _HEADINGS, _PASSAGE, _SHAPE = 1.0, 0.35, 0.5, 0.12
# What a candidate loses where its document is a draft or no longer in force: it comes after one that says as much.
_NOT_IN_FORCE = 0.05
# A further sentence is said when it scores at least this share of the best one.
_NEAR = 0.72
_MOST, _MOST_IN_LIST = 3, 8
_LENGTH, _LENGTH_IN_LIST = 320, 900
# A list item longer than this is said by its sentences.
_WHOLE_ITEM = 260
_SAME = 0.85
# What two sentences may differ in and still say the same: punctuation, blanks, and words without a meaning.
_WITHOUT_MEANING = re.compile(r"[\s,.;:!?，。、；：！？“”‘’\"'（）()]+|[的了等]|\b(?:the|an?)\b")
# A heading answers a list question by the headings under it when it says this share of the question.
_ENOUGH_OF_A_HEADING, _MOST_HEADINGS = 0.7, 24

_ASKS_NUMBER = re.compile(
    r"多少|几[项个类家种条年]|百分之|占比|规模|how (?:many|much|long|large)|number of|percentage", re.I
)
_ASKS_WHEN = re.compile(r"什么时候|何时|哪一?年|哪个月|几月|日期|when|what (?:year|date)|which year", re.I)
_ASKS_LIST = re.compile(
    r"哪些|哪几|列出|包括什么|包含什么|分别|有几|清单|"
    r"which|what are|list|name the|what (?:\w+ ){0,3}(?:parts|categories)",
    re.I,
)
_BULLET = re.compile(r"[-*+•·●▪◦■◆]\s+|——\s*")
_NUMBER = re.compile(r"\d|[一二三四五六七八九十百千万亿]+[项个类家种条次倍年]")
_DATE = re.compile(r"(?:19|20)\d\d|\d{1,2}\s*月")
_ASKS_DEFINITION = re.compile(
    r"什么是|是什么|指什么|什么意思|何谓|定义|含义|what (?:is|are|does)|meaning of|define", re.I
)
_DEFINES = re.compile(r"\W{0,4}(?:是|指|即|为|：|:|（|\(|is\b|are\b|means\b|refers\b)", re.I)
_ENUMERATION = re.compile(r"、[^、。]+、|包括|分为|一是|, [^,.]+, ")


@dataclass(frozen=True, slots=True)
class Extract:
    """A verbatim span chosen to be said, and the places in other documents that say the same."""

    hit: Hit
    start: int
    end: int
    text: str
    score: float
    same: tuple[Extract, ...] = ()


def draft(
    question: str, search: Search, documents: Mapping[str, Document], not_in_force: Container[str] = ()
) -> Iterator[Draft]:
    """The sentences that answer a question best, word for word, in the order to be said.

    `documents` holds the document of every hit; what those `not_in_force` say comes after what
    others say as well.
    """
    for chosen in extract(question, search, documents, not_in_force):
        places = (chosen, *chosen.same)
        yield Draft(chosen.text, tuple((place.hit, place.start, place.end) for place in places), 1.0)


def extract(
    question: str, search: Search, documents: Mapping[str, Document], not_in_force: Container[str] = ()
) -> tuple[Extract, ...]:
    """The spans that answer a question best, in the order to be said; empty where nothing fits.
    `text == document.text[start:end]` for each."""
    candidates = list(_candidates(question, search, documents, not_in_force))
    if not candidates:
        return ()
    subject = _subject(question)
    candidates = [c for c in candidates if subject and _defines(subject, c.text)] or candidates
    candidates.sort(key=lambda c: (-c.score, c.hit.rank, c.start))
    wants_list = bool(_ASKS_LIST.search(question))
    if wants_list and (outline := _outline(search, documents, candidates[0])):
        return outline
    chosen = _choose(candidates, wants_list)
    announcing = next((e for e in chosen if e.text[-1] in ":："), None)
    if announcing is not None:
        chosen = [e for e in chosen if e.score >= announcing.score]
        chosen += _announced(announcing, documents)
    strength = {
        e.hit.document_id: max(x.score for x in chosen if x.hit.document_id == e.hit.document_id) for e in chosen
    }
    return tuple(sorted(chosen, key=lambda e: (-strength[e.hit.document_id], e.hit.document_id, e.start)))


def _choose(candidates: Sequence[Extract], wants_list: bool) -> list[Extract]:
    most, length = (_MOST_IN_LIST, _LENGTH_IN_LIST) if wants_list else (_MOST, _LENGTH)
    best = candidates[0].score
    chosen: list[Extract] = []
    for candidate in candidates:
        if candidate.score < _NEAR * best:
            break
        twin = next((i for i, c in enumerate(chosen) if _repeats(candidate, c)), None)
        if twin is not None:
            kept = chosen[twin]
            if candidate.hit.document_id != kept.hit.document_id:
                chosen[twin] = replace(kept, same=(*kept.same, candidate))
        elif not chosen or (len(chosen) < most and sum(len(c.text) for c in chosen) + len(candidate.text) <= length):
            chosen.append(candidate)
    return chosen


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
    start = _after_mark(document.text, block.start, block.end)
    return Extract(hit, start, block.end, document.quote(start, block.end), score)


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


def _candidates(
    question: str, search: Search, documents: Mapping[str, Document], not_in_force: Container[str]
) -> Iterator[Extract]:
    top = search.hits[0].score if search.hits else 1.0
    for hit in search.hits:
        document = documents[hit.document_id]
        around = set(terms("\n".join((hit.title, *hit.headings, _context(document, hit)))))
        passage = hit.score / top if top else 0.0
        for start, end in _units(document, hit):
            text = document.quote(start, end)
            own = set(terms(text))
            said = search.question.coverage(own)
            helped = search.question.coverage(own | around) - said
            score = _OWN * said + _HEADINGS * helped + _PASSAGE * passage + _shape(question, text)
            late = _NOT_IN_FORCE if hit.document_id in not_in_force else 0.0
            yield Extract(hit, start, end, text, score * _completeness(text) - late)


def _units(document: Document, hit: Hit) -> Iterator[tuple[int, int]]:
    """The spans of a passage that can be said by themselves."""
    for block in document.blocks:
        start, end = max(block.start, hit.start), min(block.end, hit.end)
        if start >= end or block.kind is Kind.HEADING or not block.kind.searchable:
            continue
        whole = block.kind is Kind.TABLE_ROW or (block.kind is Kind.LIST_ITEM and end - start <= _WHOLE_ITEM)
        if block.kind is Kind.LIST_ITEM and start == block.start:
            start = _after_mark(document.text, start, end)
        if whole:
            yield start, end
        else:
            yield from sentences(document.text, start, end)


def _after_mark(text: str, start: int, end: int) -> int:
    """Where an item's or a heading's words begin: the dash or number before them is not said."""
    bullet, mark = _BULLET.match(text, start, end), numbered(text[start:end])
    begin = bullet.end() if bullet else start + (mark.length if mark else 0)
    while begin < end and text[begin].isspace():
        begin += 1
    return begin


def _context(document: Document, hit: Hit) -> str:
    return "\n".join(b.context for b in document.blocks if b.context and b.start < hit.end and b.end > hit.start)


def _shape(question: str, text: str) -> float:
    asked = ((_ASKS_NUMBER, _NUMBER), (_ASKS_WHEN, _DATE), (_ASKS_LIST, _ENUMERATION))
    return _SHAPE * sum(1 for wants, has in asked if wants.search(question) and has.search(text))


def _subject(question: str) -> str:
    """What a question asks the meaning of; "" where it asks something else."""
    if not _ASKS_DEFINITION.search(question):
        return ""
    words = re.sub(
        r"(?i)what (?:is|are|does)|\b(?:mean|meaning of|define|the|an?)\b|定义|含义|意思|何谓|[是指的？?。“”\"]",
        " ",
        without_asking(question),
    )
    return re.sub(r"\s+", " ", words).strip().lower()


def _defines(subject: str, text: str) -> bool:
    """Whether a sentence begins by saying what the subject is."""
    folded = fold(text)
    at = folded.find(subject)
    return 0 <= at <= 8 and bool(_DEFINES.match(folded, at + len(subject)))


def _completeness(text: str) -> float:
    """What a candidate loses for being no statement: a question, a few characters, or a line that is no
    sentence, row or item, such as a name on a title page."""
    if "？" in text or "?" in text:
        return 0.4
    whole = ends_sentence(text) or "|" in text or "\t" in text or numbered(text) is not None
    return min(1.0, 0.5 + len(text) / 24) * (1.0 if whole or len(text) > 40 else 0.7)


def _repeats(one: Extract, other: Extract) -> bool:
    """Whether a candidate need not be said after another: it says the same, or in the same document nearly
    the same with the same figures."""
    if values(one.text) != values(other.text):
        return False
    if _bare(one.text) == _bare(other.text):
        return True
    if one.hit.document_id != other.hit.document_id:
        return False
    a, b = set(terms(one.text)), set(terms(other.text))
    return bool(a and b) and len(a & b) >= _SAME * len(a | b)


def _bare(text: str) -> str:
    """What two sentences that say the same have in common; of what has no words the text itself."""
    return _WITHOUT_MEANING.sub("", fold(text)) or text

"""What a search shows of whether its question is answered in the documents: figures, and rules that refuse.

Identifiers, years and places that are asked about must be where the answer would be read, what is asked for must be
said there, in its shape, and nothing may lack that no answer can do without. What the figures together mean is judged
in `assistant.answering.abstention`.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean
from typing import Literal, get_args

from assistant.answering.answer_words import spoken_of
from assistant.answering.asked import Asked, asked
from assistant.answering.document_names import speaks_of
from assistant.answering.finding import Found
from assistant.answering.focus import focus
from assistant.answering.needed import given
from assistant.answering.weighing import WEIGHTS, beside_passage, builtin, term_set, weighed
from assistant.checking.names import missing_places
from assistant.texts import answer_language
from corpus.document import Document
from corpus.sentences import sentences
from indexing.retrieval import Hit, Search
from indexing.tokeniser import fold, fold_width, identifiers, terms, without_asking_words

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# A name in Latin letters: GeoGPT, vivo beside Chinese, OECD; no word of English at the beginning of a question.
_ENTITY = re.compile(
    r"[A-Za-z]*[a-z][A-Z][A-Za-z]*|\b[A-Z]{2,}\d*\b|(?<=[一-鿿])[A-Za-z]{3,}|\b[A-Za-z]{3,}(?=[一-鿿])"
    r"|(?<=[a-z] )[A-Z][a-z]{2,}"
)
# How many of the first hits have to name what is asked about.
_FIRST = 3
# A question that asks whether what it says is so may be wrong about a year.
_CONFIRMS = re.compile(r"吧|对吗|是吗|是不是|对不对|没错|\bright\?|\bcorrect\?|isn't|wasn't|\bwhy\b|为什么|为何", re.I)
# How many sentences count as what would be said, and how near what is asked for has to be to a word of theirs.
_SAID, _FOCUSED = 4, 0.45
# How near it has to be to a word of another language, in which words are farther from each other.
_FOCUSED_ABROAD = 0.3
# How many of these, with what stands over them, have to name the places asked about.
_PLACED = 2
# The best passages of one question are often those of the next.
_terms = lru_cache(maxsize=256)(term_set)
# How many hits after the first one its lead is measured over.
_FOLLOWERS = 5

SignalName = Literal[
    "coverage", "words", "sentence", "lead", "score", "answer", "near", "fits", "entities", "foreign", "unsaid"
]
EVERY: tuple[SignalName, ...] = get_args(SignalName)


@dataclass(frozen=True, slots=True)
class Signals:
    """What a search shows of whether its question is answered in the documents.

    - `coverage`: the share of the question (0 to 1, weighted by rarity) that the best passage says, with its
      headings, its title and its table's columns.
    - `words`: the same with every word and character counting the same, so that one that no document has (an
      asker's own word for a thing) weighs no more than another.
    - `sentence`: the coverage of the best sentence, with what stands over it.
    - `lead`: by how much the best hit's score is over the mean of the next ones', as a share of it; None
      where fewer than two follow.
    - `score`: the best hit's score.
    - `answer`: how well the best sentence answers it, as `assistant.answering.weighing` weighs it; `near`: how near
      its words are in meaning; `fits`: how far it has the shape of what is asked for.
    - `unsaid`: how much the word of the question counts that the first hits say least of all
      (`assistant.answering.weighing.Weigher.unsaid`).
    - `foreign`: the share of the first hits that are in another language than the question.
    - `entities`: the share of the names in Latin letters that occur in what was found; 1 where there are none.
    - `years`, `identifiers`: whether all years asked about occur in one passage, and an identifier asked about in
      any; true where none is. `places`: whether the places asked about are named where the answer would be read, and a
      document of the region whose document is asked for is. `shaped`: whether what would be said has an amount, a
      share, a date, a span of time or an address where one is asked for, and what else no answer can do without
      (`assistant.answering.needed`, `assistant.answering.answer_words`); `focused`: whether what is asked for (`focus`)
      is said there or above it, in its own words or in near ones. The last two are true of a question to
      several documents.

    `words` and `sentence`, which take time, are None where they are not wanted.
    """

    coverage: float
    words: float | None
    sentence: float | None
    lead: float | None
    score: float
    years: bool
    identifiers: bool
    places: bool = True
    shaped: bool = True
    focused: bool = True
    answer: float = 0.0
    near: float = 0.0
    fits: float = 0.0
    entities: float = 1.0
    foreign: float = 0.0
    unsaid: float = 0.0

    @property
    def elsewhere(self) -> bool:
        """Whether it asks about a year, an identifier or a place that was not found."""
        return not (self.years and self.identifiers and self.places)

    @property
    def ruled_out(self) -> bool:
        return self.elsewhere or not (self.shaped and self.focused)


NOTHING_FOUND = Signals(0.0, 0.0, 0.0, None, 0.0, years=True, identifiers=False)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A sentence that would be said, and the same with what stands over it and its document's region."""

    text: str
    whole: str


def signals_of(found: Found, documents: Mapping[str, Document], wanted: Container[SignalName] = EVERY) -> Signals:
    """The signals of a question and what was found for it; `documents` holds the document of every hit."""
    question, search = found.named.rest, found.search
    if not search.hits or not search.question.weights:
        return NOTHING_FOUND
    searched = [(hit, _searched(hit, documents)) for hit in search.hits]
    covering = sorted(
        ((search.question.coverage(_terms(text)), text, hit) for hit, text in searched),
        key=lambda found: found[:2],
        reverse=True,
    )
    coverage, best, _ = covering[0]
    texts = [text for _, text in searched]
    wants = asked(question)
    whole = "\n".join(texts[:_FIRST])
    several = len(found.each) > 1
    apart = several or "compare" in wants.kinds  # 2023年和2030年的目标有何不同
    (answer, near, fits), readings = _best_answer(found, wants, documents)
    said = [reading.text for reading in readings]
    foreign = _foreign(question, [documents[hit.document_id] for hit, _ in searched[:_FIRST]])
    above = ["\n".join(_above(hit, documents)) for hit, _ in searched[:_FIRST]]
    titles = "\n".join(d.metadata.title for known, d in documents.items() if known in found.named.documents)
    ids, years = identifiers(question), set(_YEAR.findall(fold(question))) - set(_YEAR.findall(fold(titles)))
    return Signals(
        coverage=coverage,
        words=_words(search, best) if "words" in wanted else None,
        sentence=_best_sentence(search, [(share, hit) for share, _, hit in covering], documents)
        if "sentence" in wanted
        else None,
        lead=_lead([hit.score for hit in search.hits]),
        score=search.hits[0].score,
        answer=answer,
        near=near,
        fits=fits,
        entities=_entities(question, whole),
        unsaid=round(builtin().unsaid(without_asking_words(question), texts[:_FIRST]), 4),
        foreign=foreign,
        years=not years
        or bool(_CONFIRMS.search(question))
        or any(years <= set(_YEAR.findall(fold(text))) for text in (["\n".join(texts)] if apart else texts)),
        identifiers=not ids or any(_names_one(ids, identifiers(text)) for text in texts),
        places=all(speaks_of(place, whole) for place in found.named.absent)
        and not missing_places(
            question, whole if several else "\n".join((titles, *(r.whole for r in readings[:_PLACED])))
        ),
        shaped=several
        or (
            (wants.given_by(said) or ("compare" in wants.kinds and wants.given_by(whole.split("\n"))))
            and given(question, said, texts)
            and spoken_of(question, [reading.whole for reading in readings])
        ),
        focused=several or _focused(question, [*said, *above], _FOCUSED_ABROAD if foreign > 0.5 else _FOCUSED),
    )


def _best_answer(
    found: Found, wants: Asked, documents: Mapping[str, Document]
) -> tuple[tuple[float, float, float], list[_Reading]]:
    """The weight of the best sentence, the nearness of the nearest, and how far the best has the shape asked for; and
    the sentences that would be said, or nearly so: where documents are named, of these."""
    question, search = found.named.rest, found.search
    passages = [(documents[hit.document_id], hit.start, hit.end) for hit in search.hits]
    units, features = builtin().features(question, search.question, wants, passages)
    if not units:
        return (0.0, 0.0, 0.0), []
    weights = weighed(features)
    best = int(weights.argmax())
    names = list(WEIGHTS)
    top = search.hits[0].score
    ranks = [
        beside_passage(weight, search.hits[place], top)
        for weight, (place, _) in zip(weights.tolist(), units, strict=True)
    ]
    named = () if found.named.body else found.named.documents
    inside = [i for i, (place, _) in enumerate(units) if search.hits[place].document_id in named]
    said = sorted(inside or range(len(units)), key=lambda i: -ranks[i])[:_SAID]
    return (
        round(float(weights[best]), 4),
        round(float(features[:, names.index("near")].max()), 4),
        round(float(features[best, names.index("fits")]), 4),
    ), [_reading(units[i][1].text, search.hits[units[i][0]], documents) for i in said]


def _reading(text: str, hit: Hit, documents: Mapping[str, Document]) -> _Reading:
    region = documents[hit.document_id].metadata.region or ""
    return _Reading(text, "\n".join((text, *_above(hit, documents), region)))


def _names_one(asked: set[str], found: set[str]) -> bool:
    """Whether one of some identifiers was found, if only as the last part of a longer one: TC1, and MIIT/TC1."""
    return not asked.isdisjoint(found) or any(other.endswith(f"/{one}") for one in asked for other in found)


def _focused(question: str, texts: Sequence[str], near: float) -> bool:
    whole = fold("\n".join(texts))
    return all(words in whole or builtin().nearest(words, texts) >= near for words in focus(question))


def _foreign(question: str, found: Sequence[Document]) -> float:
    asked_in = answer_language(question, "auto")
    return sum(document.metadata.language != asked_in for document in found) / len(found)


def _entities(question: str, text: str) -> float:
    """The share of a question's names in Latin letters that occur in a text."""
    names = {match[0].lower() for match in _ENTITY.finditer(fold_width(question))}
    if not names:
        return 1.0
    whole = text.lower()
    return sum(name in whole for name in names) / len(names)


def _words(search: Search, text: str) -> float:
    found = _terms(text)
    said = [not found.isdisjoint(unit) for unit, _ in search.question.units]
    return sum(said) / len(said) if said else 0.0


def _best_sentence(search: Search, covering: list[tuple[float, Hit]], documents: Mapping[str, Document]) -> float:
    best = 0.0
    for most, hit in covering:  # no sentence says more than its passage
        if most <= best:
            break
        above = set(terms("\n".join(_above(hit, documents))))
        shares = (search.question.coverage(above | set(terms(hit.text[a:b]))) for a, b in sentences(hit.text))
        best = max(best, max(shares, default=0.0))
    return best


def _lead(scores: list[float]) -> float | None:
    followers = scores[1 : 1 + _FOLLOWERS]
    if len(followers) < 2 or scores[0] <= 0:
        return None
    return 1 - fmean(followers) / scores[0]


def _searched(hit: Hit, documents: Mapping[str, Document]) -> str:
    """All that is searched of a hit: its text, its headings and title, and its table's columns."""
    return "\n".join((hit.text, *_above(hit, documents)))


def _above(hit: Hit, documents: Mapping[str, Document]) -> list[str]:
    blocks = documents[hit.document_id].blocks
    return [
        *hit.headings,
        hit.title,
        *(b.context for b in blocks if b.context and b.start < hit.end and b.end > hit.start),
    ]

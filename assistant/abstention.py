"""When to say "the documents do not say".

Two rules refuse by themselves: an identifier that is asked about must occur in what was found, and the
years asked about in its best passage. What is left is judged by a logistic model of a few signals of the
search: how much of the question the best passage and the best sentence say, and how far the best hit is
ahead of the next. Its coefficients, its threshold and how well it was calibrated are data, made by
`yiju eval calibrate` and read from a file; nothing here knows a figure.

Words are all that it looks at: a question in another language than the documents', or in quite other
words, looks as if they did not say it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from statistics import fmean
from typing import Literal, get_args

from pydantic import Field, ValidationError, model_validator

from assistant.answers import Frozen
from corpus.document import Document
from corpus.errors import BadSetting
from corpus.sentences import sentences
from indexing.retrieval import Hit, Search
from indexing.tokeniser import fold, identifiers, terms

FORMAT = "abstention/1"
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# How many hits after the first one its lead is measured over.
_FOLLOWERS = 5

SignalName = Literal["coverage", "words", "sentence", "lead", "score"]
EVERY: tuple[SignalName, ...] = get_args(SignalName)
# Signals that are made from hits' scores, which mean something else with another embedder.
_OF_SCORES: frozenset[SignalName] = frozenset({"lead", "score"})


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
    - `years`, `identifiers`: whether all years asked about occur in the best passage, and an identifier
      asked about in any; true where none is.

    `words` and `sentence`, which take time, are None where they are not wanted.
    """

    coverage: float
    words: float | None
    sentence: float | None
    lead: float | None
    score: float
    years: bool
    identifiers: bool

    @property
    def ruled_out(self) -> bool:
        return not (self.years and self.identifiers)


NOTHING_FOUND = Signals(0.0, 0.0, 0.0, None, 0.0, years=True, identifiers=False)


@dataclass(frozen=True, slots=True)
class Judgement:
    """How sure it is that the documents answer a question (0 to 1), and whether that is enough to answer."""

    confidence: float
    answerable: bool


UNANSWERABLE = Judgement(0.0, answerable=False)


class Term(Frozen):
    """One signal's part in the model: `weight × (signal − mean) / scale`."""

    signal: SignalName
    mean: float = Field(allow_inf_nan=False)
    scale: float = Field(gt=0, allow_inf_nan=False)
    weight: float = Field(allow_inf_nan=False)


class Fitted(Frozen):
    """Where a calibration comes from: the questions of each set, the program's commit, the day."""

    sets: tuple[tuple[str, str, int, int], ...] = Field(
        description="name, SHA-256, answerable and unanswerable questions"
    )
    commit: str
    date: str
    target_false_answers: float | None = Field(
        description="the share that the threshold was chosen for; null where it was given"
    )


class Calibration(Frozen):
    """The model. `confidence` is the share of answerable questions among those that look like it, when every
    set counts the same and half of a set's questions are answerable; `reliability` shows how far that
    holds on questions that the fit did not see: mean confidence, share answerable, number of questions."""

    format: Literal["abstention/1"]
    embedder: str
    intercept: float = Field(allow_inf_nan=False)
    terms: tuple[Term, ...] = Field(min_length=1)
    threshold: float = Field(ge=0, le=1)
    ruled_out: float = Field(ge=0, le=1, description="the confidence of what a rule refuses")
    reliability: tuple[tuple[float, float, int], ...]
    fitted: Fitted

    @model_validator(mode="after")
    def _whole(self) -> Calibration:
        if self.ruled_out >= self.threshold:
            raise ValueError("ruled_out must be below the threshold")
        if len({term.signal for term in self.terms}) != len(self.terms):
            raise ValueError("a signal has two terms")
        return self

    @property
    def signals(self) -> frozenset[SignalName]:
        """The signals that it looks at."""
        return frozenset(term.signal for term in self.terms)

    def judge(self, signals: Signals, embedder: str) -> Judgement:
        """The judgement on a question. With another embedder than the model was fitted with, the signals made
        from scores count as usual ones; so does a lead over nothing."""
        if signals.ruled_out:
            return Judgement(self.ruled_out, answerable=False)
        known = [term for term in self.terms if embedder == self.embedder or term.signal not in _OF_SCORES]
        logit = self.intercept + sum(
            term.weight * (value - term.mean) / term.scale
            for term in known
            if (value := getattr(signals, term.signal)) is not None
        )
        confidence = round(1 / (1 + math.exp(-max(-500.0, min(500.0, logit)))), 4)
        return Judgement(confidence, confidence >= self.threshold)


def signals_of(
    question: str, search: Search, documents: Mapping[str, Document], wanted: Container[SignalName] = EVERY
) -> Signals:
    """The signals of a question and what was found for it; `documents` holds the document of every hit."""
    if not search.hits or not search.question.weights:
        return NOTHING_FOUND
    searched = [(hit, _searched(hit, documents)) for hit in search.hits]
    covering = sorted(
        ((search.question.coverage(set(terms(text))), text, hit) for hit, text in searched),
        key=lambda found: found[:2],
        reverse=True,
    )
    coverage, best, _ = covering[0]
    asked = identifiers(question)
    return Signals(
        coverage=coverage,
        words=_words(search, best) if "words" in wanted else None,
        sentence=_best_sentence(search, [(share, hit) for share, _, hit in covering], documents)
        if "sentence" in wanted
        else None,
        lead=_lead([hit.score for hit in search.hits]),
        score=search.hits[0].score,
        years=set(_YEAR.findall(fold(question))) <= set(_YEAR.findall(fold(best))),
        identifiers=not asked or any(asked & identifiers(text) for _, text in searched),
    )


def _words(search: Search, text: str) -> float:
    found = set(terms(text))
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


@cache
def shipped() -> Calibration:
    """The calibration that comes with the program: of the signals it has coverage only, for no other model was
    shown to do better (docs/evaluation.md)."""
    return Calibration.model_validate_json((files("assistant") / "abstention.json").read_bytes())


def read_calibration(path: Path) -> Calibration:
    """The calibration in a file. Raises `BadSetting` that says what is wrong with it."""
    try:
        return Calibration.model_validate_json(path.read_bytes())
    except OSError as error:
        what = error.strerror or type(error).__name__
    except ValidationError as error:
        first = error.errors()[0]
        what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}".removeprefix(": ")
    raise BadSetting(
        f"the file {path} (YIJU_ABSTENTION) is no calibration ({what}); make one with: yiju eval calibrate --out FILE",
        f"文件 {path}（YIJU_ABSTENTION）不是有效的校准结果（{what}）；可用 yiju eval calibrate --out FILE 生成",
    )

"""What a report shows of one question: what the systems answered, beside the gold evidence.

Texts stay texts here: the template escapes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.questions import GoldQuestion, normal
from eval.report.highlight import Piece, excerpt, pieces
from eval.report.plots import Both
from eval.runs import Row, Run
from eval.systems.base import Cited, Found, Response

# How much of a quote and of a passage is shown, in characters; of passages without gold evidence less.
_QUOTE, _PASSAGE, _OTHER = 420, 120, 48

OUTCOMES: dict[str, tuple[str, Both]] = {
    "right": ("✓", Both("right", "正确")),
    "partly": ("◐", Both("partly right", "部分正确")),
    "wrong": ("✗", Both("wrong", "错误")),
    "refused-rightly": ("⊘", Both("refused rightly", "正确拒答")),
    "refused-wrongly": ("⊖", Both("refused wrongly", "错误拒答")),
    "answered-wrongly": ("⊗", Both("answered, should refuse", "应拒答却作答")),
    "unscored": ("–", Both("answered, no nuggets", "已答，无要点可评")),
    "error": ("!", Both("error", "出错")),
}
"""What can become of a question, with a sign for those who see no colours."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What stands behind a number of an answer, gold words marked."""

    number: int
    source: str
    pieces: tuple[Piece, ...]
    resolves: bool | None


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage the system worked from, as far as it is shown; whether a gold quote is in all of it."""

    rank: int
    source: str
    score: float | None
    pieces: tuple[Piece, ...]
    gold: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """What one run has for a question; None of it where the run did not ask it."""

    nth: int
    outcome: str
    response: Response
    said: tuple[tuple[tuple[Piece, ...], tuple[int, ...]], ...]
    quotes: tuple[Quote, ...]
    passages: tuple[Passage, ...]
    nuggets: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what each run has for it."""

    gold: GoldQuestion
    vital: tuple[bool, ...]
    runs: tuple[Answered, ...]


def outcome(row: Row) -> str:
    """What became of a question. An answerable one is right where every vital nugget is said, partly right
    where some are; an unanswerable one where it was refused."""
    response, gold = row.response, row.gold
    if response.error is not None:
        return "error"
    if not response.answered:
        return "refused-wrongly" if gold.answerable else "refused-rightly"
    if not gold.answerable:
        return "answered-wrongly"
    said = row.scores.get("nuggets_vital")
    said = row.scores.get("nuggets") if said is None else said
    if said is None:
        return "unscored"
    return "right" if said >= 1 else "partly" if said > 0 else "wrong"


def asked(runs: Sequence[Run]) -> tuple[Asked, ...]:
    """Every question of the runs, in the order of the first; what a run did not ask it has nothing for."""
    golds = {row.gold.id: row.gold for run in reversed(runs) for row in run.rows}
    by_id = [{row.gold.id: row for row in run.rows} for run in runs]
    order = dict.fromkeys(row.gold.id for run in runs for row in run.rows)
    return tuple(
        Asked(
            gold=golds[id_],
            vital=golds[id_].vital or (True,) * len(golds[id_].nuggets),
            runs=tuple(_answered(nth, rows[id_]) for nth, rows in enumerate(by_id) if id_ in rows),
        )
        for id_ in order
    )


def _answered(nth: int, row: Row) -> Answered:
    gold, response = row.gold, row.response
    alternatives = [alternative for nugget in gold.nuggets for alternative in nugget]
    said = [(s.text, s.citations) for s in response.said] or ([(response.text, ())] if response.text else [])
    everything = normal("\n".join(text for text, _ in said)) if response.answered else ""
    return Answered(
        nth=nth,
        outcome=outcome(row),
        response=response,
        said=tuple((pieces(text, (), alternatives), citations) for text, citations in said),
        quotes=tuple(_quote(cited, gold, alternatives) for cited in response.cited),
        passages=tuple(_passage(rank, found, gold) for rank, found in enumerate(response.found, 1)),
        nuggets=tuple(any(normal(a) in everything for a in nugget) for nugget in gold.nuggets),
    )


def _quote(cited: Cited, gold: GoldQuestion, alternatives: Sequence[str]) -> Quote:
    shown = excerpt(cited.quote, gold.quotes, _QUOTE)
    return Quote(cited.number, cited.source, pieces(shown, gold.quotes, alternatives), cited.resolves)


def _passage(rank: int, found: Found, gold: GoldQuestion) -> Passage:
    whole = normal(found.text)
    holds = any(normal(quote) in whole for quote in gold.quotes)
    shown = excerpt(found.text, gold.quotes, _PASSAGE if holds else _OTHER)
    return Passage(rank, found.source, found.score, pieces(" ".join(shown.split()), gold.quotes), holds)

"""What is looked at of answers to one question under several conditions, or to several questions that mean the
same. Pure functions of questions and responses; `eval.robustness.abilities` makes the conditions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from eval.measures.answer import nugget_recall
from eval.measures.retrieval import same_source
from eval.questions import GoldQuestion, normal
from eval.support.verifier import Verifier
from eval.systems.base import Response

if TYPE_CHECKING:
    from eval.runs import Row

_NO_SUPPORT = Verifier()


@dataclass(frozen=True, slots=True)
class Change:
    """A value that was replaced in the documents of a question, in every form: `new` in the place of `old`."""

    old: tuple[str, ...]
    new: tuple[str, ...]


def recall(row: Row) -> float:
    """The share of nuggets said; without nuggets, whether it was answered."""
    known = nugget_recall(row.gold, row.response, _NO_SUPPORT)
    return float(row.response.answered) if known is None else known


def refused(response: Response) -> float:
    """Whether a response is a refusal; a failure is none."""
    return float(not response.answered and response.error is None)


def documents_cited(gold: GoldQuestion, response: Response) -> float:
    """The share of the documents with evidence that the answer's sentences cite."""
    wanted = {evidence.source for evidence in gold.evidence}
    used = [cited.source for said in response.said for cited in response.cited_by(said)] if response.answered else []
    return sum(any(name and same_source(name, source) for name in used) for source in wanted) / len(wanted)


def follows(response: Response, change: Change) -> dict[str, float]:
    """Of an answer from changed documents: whether it says the new value (`said`), whether a sentence that says
    it cites words that do (`cited`), whether it says the old one (`old`), and whether all is well (`right`)."""
    sentences = [s for s in response.said if _holds(s.text, change.new)] if response.answered else []
    cited = any(_holds(c.quote, change.new) for said in sentences for c in response.cited_by(said))
    everything = "\n".join(said.text for said in response.said)
    old = response.answered and _holds(everything, change.old)
    said = bool(sentences)
    return {"said": float(said), "cited": float(cited), "old": float(old), "right": float(said and cited and not old)}


def _holds(text: str, forms: Sequence[str]) -> bool:
    return any(holds(normal(text), form) for form in forms)


def holds(text: str, form: str) -> bool:
    """Whether a text, in its normal form, says something; a number in it is a whole number: 12 is not in 2012."""
    wanted = normal(form)
    if wanted not in text:
        return False
    before = r"(?<!\d)(?<!\d[.,])" if wanted[0].isdigit() else ""
    after = r"(?!\d)(?![.,]\d)" if wanted[-1].isdigit() else ""
    return re.search(before + re.escape(wanted) + after, text) is not None


def alike(a: Row, b: Row) -> bool:
    """Whether two questions that mean the same got the same: both refused, or both answered with the same nuggets.
    A failure is like nothing. Nuggets are compared one by one where both have as many, else their share."""
    if a.response.error is not None or b.response.error is not None or a.response.answered != b.response.answered:
        return False
    if len(a.gold.nuggets) == len(b.gold.nuggets):
        return _said(a) == _said(b)
    return recall(a) == recall(b)


def _said(row: Row) -> tuple[float | None, ...]:
    each = (row.gold.model_copy(update={"nuggets": (nugget,)}) for nugget in row.gold.nuggets)
    return tuple(nugget_recall(gold, row.response, _NO_SUPPORT) for gold in each)


def right(row: Row) -> float:
    """The share of nuggets said of an answerable question; of another one whether it was refused."""
    return recall(row) if row.gold.answerable else refused(row.response)


@dataclass(frozen=True, slots=True)
class Alike:
    """How alike questions of one meaning were answered: the share of pairs that were, and the worst answer."""

    cluster: str
    pairs: float
    worst: float


def paraphrases(rows: Sequence[Row]) -> list[Alike]:
    """Questions of one meaning and one language, where there are two or more."""
    found = []
    for group in _groups(rows):
        for language in ("zh", "en"):
            same = [row for row in group if row.gold.lang == language]
            if len(same) > 1:
                found.append(_alike(same, list(combinations(same, 2))))
    return found


def translations(rows: Sequence[Row]) -> list[Alike]:
    """Questions of one meaning in both languages: every pair of one Chinese and one English question."""
    found = []
    for group in _groups(rows):
        pairs = [(a, b) for a in group for b in group if (a.gold.lang, b.gold.lang) == ("zh", "en")]
        if pairs:
            found.append(_alike(group, pairs))
    return found


def _alike(group: Sequence[Row], pairs: Sequence[tuple[Row, Row]]) -> Alike:
    share = sum(alike(a, b) for a, b in pairs) / len(pairs)
    return Alike(group[0].gold.cluster, share, min(map(right, group)))


def _groups(rows: Sequence[Row]) -> list[list[Row]]:
    by: dict[str, list[Row]] = {}
    for row in rows:
        if row.gold.meaning:
            by.setdefault(row.gold.meaning, []).append(row)
    return list(by.values())

"""What a measure is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from assistant.checking.judgement import Judgement
from eval.questions import GoldQuestion
from eval.systems.base import Response

__all__ = ["VERIFIER", "Group", "Judgement", "Measure", "Scorer", "Support", "Unit"]

Group = Literal["retrieval", "answer", "grounding", "abstention", "cost"]
Unit = Literal["share", "characters", "ms", "tokens"]


class Support(Protocol):
    """A support function: whether a premise supports a claim. Deterministic for the same pair."""

    @property
    def name(self) -> str: ...

    def __call__(self, premise: str, claim: str) -> Judgement: ...


# The name of the support function that needs no model.
VERIFIER = "verifier"
Scorer = Callable[[GoldQuestion, Response, Support], float | None]


@dataclass(frozen=True, slots=True)
class Measure:
    """A named figure of one answer. `of` gives None where it does not apply to a question; a response
    with an error gets the worst value, never None, wherever its question has one. `better` is "higher",
    "lower", or None where neither is. `key` is what runs store."""

    key: str
    group: Group
    en: str
    zh: str
    better: Literal["higher", "lower"] | None
    of: Scorer
    unit: Unit = "share"

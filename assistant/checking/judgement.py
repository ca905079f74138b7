"""What a support function says of some words and a claim."""

from __future__ import annotations

from dataclasses import dataclass

# From this score of a model on, a claim counts as supported, or as contradicted.
ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Judgement:
    """How far some words support a claim (0 to 1), whether that is enough, and whether they deny it."""

    score: float
    supported: bool
    contradicts: bool = False

"""All measures, in the order in which they are shown."""

from __future__ import annotations

from eval.measures import abstention, answer, cost, grounding, retrieval
from eval.measures.base import Measure

MEASURES: tuple[Measure, ...] = (
    *retrieval.MEASURES,
    *answer.MEASURES,
    *grounding.MEASURES,
    *abstention.MEASURES,
    *cost.MEASURES,
)

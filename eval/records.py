"""The base of what the benchmark reads and writes as JSON."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Immutable. Fields that are not known here are somebody else's, or a later version's, and left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")

"""When to say "the documents do not say".

A few rules refuse by themselves (`assistant.answering.signals`). What is left is judged by a logistic model of a few
signals of the search: how well the best sentence answers, how much of the question the best passage says, how little
the word that is said least of all, and whether it is in another language. Its coefficients, its threshold and how well
it was calibrated are data, made by `yiju eval calibrate` and read from a file; nothing here knows a figure.

A question that is nearly answered, about something else of what the documents are about, looks like one that is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from assistant.answering.signals import SignalName, Signals
from assistant.answers import Frozen
from corpus.errors import BadSetting

FORMAT = "abstention/1"
# Signals that are made from hits' scores, which mean something else with another embedder.
_OF_SCORES: frozenset[SignalName] = frozenset({"lead", "score"})


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
        same = embedder.split("@", maxsplit=1)[0] == self.embedder.split("@")[0]  # whatever the revision
        known = [term for term in self.terms if same or term.signal not in _OF_SCORES]
        logit = self.intercept + sum(
            term.weight * (value - term.mean) / term.scale
            for term in known
            if (value := getattr(signals, term.signal)) is not None
        )
        confidence = round(1 / (1 + math.exp(-max(-500.0, min(500.0, logit)))), 4)
        return Judgement(confidence, confidence >= self.threshold)


@cache
def shipped() -> Calibration:
    """The calibration that comes with the program: of the signals it has coverage only, for no other model was
    shown to do better (docs/evaluation.md)."""
    return Calibration.model_validate_json((files("assistant.answering") / "abstention.json").read_bytes())


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

"""Support by a model: natural-language inference. A cross-encoder says how likely a premise entails a claim.

A premise longer than the model's window is read in windows of whole sentences that overlap by one; what
any window entails is entailed (as the best sentence counts in SummaC, Laban et al. 2022, arXiv:2111.09525).
Evidence that lies in two windows is not put together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from assistant.checking.judgement import ENOUGH, Judgement
from corpus.errors import BadSetting
from corpus.sentences import sentences

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

# Tokens of a window that are the model's own marks, at most.
_MARKS = 4


class CrossEncoder(Protocol):
    """What is asked of a model."""

    @property
    def labels(self) -> Sequence[str]:
        """The names of its classes, in the order of its probabilities."""

    @property
    def window(self) -> int:
        """Tokens that it reads at once, premise and claim together."""

    def count(self, text: str) -> int:
        """The tokens of a text."""

    def probabilities(self, pairs: Sequence[tuple[str, str]]) -> npt.NDArray[np.float32]:
        """A probability for each class, for each pair of premise and claim: shape (pairs, classes)."""


class Entailment:
    """A model by hub name or folder. Raises `BadSetting` where it can't be had or is no NLI model."""

    def __init__(self, name: str, model: CrossEncoder | None = None) -> None:
        if model is None:
            from indexing.embed_sentence_transformers import SentenceTransformersCrossEncoder

            model = SentenceTransformersCrossEncoder(name)
        self.name = f"nli:{name}"
        self._model = model
        labels = [label.lower() for label in model.labels]
        self._entails = next((i for i, label in enumerate(labels) if label.startswith("entail")), -1)
        self._denies = next((i for i, label in enumerate(labels) if label.startswith("contradict")), None)
        if self._entails < 0:
            raise BadSetting(
                f"the model {name} has no class for entailment ({', '.join(model.labels)}); name a cross-encoder "
                "trained for natural-language inference",
                f"模型 {name} 没有“蕴含”类别（{', '.join(model.labels)}）；请指定自然语言推理（NLI）交叉编码器",
            )

    def __call__(self, premise: str, claim: str) -> Judgement:
        found = self._model.probabilities([(window, claim) for window in self._windows(premise, claim)]).max(axis=0)
        entailed = float(found[self._entails])
        denied = float(found[self._denies]) if self._denies is not None else 0.0
        return Judgement(entailed, entailed >= ENOUGH, entailed < ENOUGH <= denied)

    def _windows(self, premise: str, claim: str) -> list[str]:
        room = max(self._model.window // 4, self._model.window - self._model.count(claim) - _MARKS)
        if self._model.count(premise) <= room:
            return [premise]
        windows: list[str] = []
        current: list[str] = []
        for start, end in sentences(premise):
            sentence = premise[start:end]
            if current and self._model.count("\n".join((*current, sentence))) > room:
                windows.append("\n".join(current))
                current = current[-1:] if len(current) > 1 else []
            current.append(sentence)
        return [*windows, "\n".join(current)]

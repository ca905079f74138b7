"""Support functions: whether some words bear out a claim. The default is the product's own verifier; models
are loaded from their own modules, where they are asked for.
"""

from __future__ import annotations

from functools import lru_cache

from assistant.checking.support_models import support_model
from assistant.checking.verification import verify
from corpus.errors import BadInput
from eval.measures.base import VERIFIER, Judgement, Support

# Judgements kept; each statement is looked at by several measures, one after the other.
_KEPT = 2048


class Verifier:
    """The product's own deterministic verifier. Its score is the share of the claim's words that the premise says, 0
    where a value is missing or another's or the claim is denied."""

    name = VERIFIER

    def __call__(self, premise: str, claim: str) -> Judgement:
        verdict = verify(claim, premise)
        score = 0.0 if verdict.missing or verdict.denied or verdict.swapped else verdict.support
        return Judgement(score, verdict.supported, verdict.denied)


class Remembering:
    """A support function that is asked once for what it was asked before."""

    def __init__(self, support: Support) -> None:
        self.name = support.name
        self._ask = lru_cache(_KEPT)(support)

    def __call__(self, premise: str, claim: str) -> Judgement:
        return self._ask(premise, claim)


def load_support(name: str, *, api_key: str | None = None, timeout: float = 60) -> Support:
    """The support function of a name.

    - "verifier": the product's own, without a model.
    - "nli:MODEL": a cross-encoder for natural-language inference, by hub name or folder.
    - "judge:URL#MODEL": a language model at an OpenAI-compatible endpoint, with `api_key`, waited for
      `timeout` seconds.

    Raises `BadInput` for another name, `BadSetting` where the model can't be had. The endpoint is not
    asked before the first claim.
    """
    if name == VERIFIER:
        return Remembering(Verifier())
    if model := support_model(name, api_key, timeout):
        return Remembering(model)
    raise BadInput(
        f"there is no support function {name!r}; give verifier, nli:MODEL (a hub name or folder), or "
        "judge:URL#MODEL such as judge:http://127.0.0.1:11434/v1#qwen3",
        f"没有名为 {name!r} 的支持度函数；可用 verifier、nli:模型（模型名或目录），或 judge:地址#模型，"
        "例如 judge:http://127.0.0.1:11434/v1#qwen3",
    )

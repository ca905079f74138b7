"""The models that may judge beside the verifier's own rules, by the names that a setting or a command gives them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from corpus.errors import BadSetting

if TYPE_CHECKING:
    from assistant.checking.entailment import Entailment
    from assistant.checking.judge import Judge
    from assistant.checking.verification import Model

BUILTIN = "builtin"
_NAME = re.compile(r"nli:(?P<nli>.+)|judge:(?P<url>https?://.+)#(?P<model>[^#]+)")


def support_model(name: str, api_key: str | None = None, timeout: float = 60) -> Entailment | Judge | None:
    """The model of a name; None where the name is neither of these.

    - "nli:MODEL": a cross-encoder for natural-language inference, by hub name or folder.
    - "judge:URL#MODEL": a language model at an OpenAI-compatible endpoint, with `api_key`, waited for `timeout`
      seconds.

    Raises `BadSetting` where the model can't be had. An endpoint is not asked before the first claim.
    """
    match = _NAME.fullmatch(name)
    if not match:
        return None
    if match["nli"]:
        from assistant.checking.entailment import Entailment

        return Entailment(match["nli"])
    from assistant.checking.judge import Judge

    return Judge(match["url"], match["model"], api_key=api_key, timeout=timeout)


def load_verifier(name: str, api_key: str | None = None, timeout: float = 60) -> Model | None:
    """The model that the setting YIJU_VERIFIER names, to be given to `assistant.checking.verification.verify`; None for
    "builtin", the rules alone. It is loaded when the first sentence is checked, and may then raise. Raises
    `BadSetting` for another name."""
    if name == BUILTIN:
        return None
    if not _NAME.fullmatch(name):
        raise BadSetting(
            f"YIJU_VERIFIER can't be {name!r}; give builtin, nli:MODEL (a hub name or folder), or judge:URL#MODEL",
            f"YIJU_VERIFIER 不能为 {name!r}；可用 builtin、nli:模型（模型名或目录）或 judge:地址#模型",
        )

    @cache
    def model() -> Entailment | Judge:
        found = support_model(name, api_key, timeout)
        assert found is not None
        return found

    return lambda premise, claim: model()(premise, claim)  # noqa: PLW0108

"""What an answer costs: milliseconds as its asker waited them, by stage where the system says so, and tokens
as a language model would read and write them (counted by `tiktoken`; passages and answer together).
"""

from __future__ import annotations

from eval.measures.base import Measure, Scorer, Support
from eval.questions import GoldQuestion
from eval.systems.base import Response


def _stage(name: str) -> Scorer:
    def spent(_gold: GoldQuestion, response: Response, _: Support) -> float | None:
        return response.milliseconds.get(name)

    return spent


def tokens(_gold: GoldQuestion, response: Response, _: Support) -> float | None:
    """What the system says it used, else what it read and wrote."""
    from indexing.tokens import count_tokens

    if response.tokens is not None:
        return float(response.tokens)
    if response.error is not None:
        return None
    return float(sum(count_tokens(passage.text) for passage in response.found) + count_tokens(response.text))


MEASURES = (
    Measure("ms", "cost", "milliseconds an answer", "单次回答毫秒数", "lower", _stage("total"), "ms"),
    Measure("ms_retrieve", "cost", "milliseconds of it searching", "其中检索毫秒数", "lower", _stage("retrieve"), "ms"),
    Measure("ms_answer", "cost", "milliseconds of it answering", "其中作答毫秒数", "lower", _stage("answer"), "ms"),
    Measure("tokens", "cost", "tokens read and written", "读写的词元数", "lower", tokens, "tokens"),
)

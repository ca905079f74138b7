"""Support by a language model at an OpenAI-compatible endpoint, asked with temperature 0 for one of three
words. Its score is 0 or 1: a model's own figure for how sure it is would mean nothing.
"""

from __future__ import annotations

import re

from assistant.checking.judgement import Judgement
from assistant.texts import answer_language
from corpus.errors import Unavailable
from prompts import render

_VERDICT = re.compile(r"\W*(SUPPORTED|UNSUPPORTED|CONTRADICTED)\W*", re.I)
_THOUGHT = re.compile(r"\s*<think>.*?</think>", re.S)
# Replies asked for, all in all, until one is a verdict. A model that thinks aloud first needs the room.
_REPLIES, _TOKENS = 3, 2048
_AGAIN = {
    "zh": "请只回答一个词：SUPPORTED、UNSUPPORTED 或 CONTRADICTED。",
    "en": "Answer with one word only: SUPPORTED, UNSUPPORTED or CONTRADICTED.",
}


class Judge:
    """A model at an endpoint. Asking raises `Unavailable` where it does not answer, or not with a verdict."""

    def __init__(self, url: str, model: str, *, api_key: str | None = None, timeout: float = 60) -> None:
        import openai

        self.name = f"judge:{model}"
        self._where, self._model = url, model
        # The library tries again by itself where the connection, the model's load or its server fails.
        self._client = openai.OpenAI(base_url=url, api_key=api_key or "none", timeout=timeout, max_retries=2)

    def __call__(self, premise: str, claim: str) -> Judgement:
        language = answer_language(claim, "auto")
        messages = [("user", render("judge", language, premise=_fenced(premise), claim=_fenced(claim)))]
        for _ in range(_REPLIES):
            reply = self._ask(messages)
            if verdict := read_verdict(reply):
                return verdict
            messages += [("assistant", reply or "?"), ("user", _AGAIN[language])]
        said = reply.strip()[:80]
        raise Unavailable(
            f"the judge {self._model} at {self._where} gives no verdict (it says {said!r}); "
            "name a model that follows instructions in judge:URL#MODEL (YIJU_VERIFIER, or --support)",
            f"{self._where} 的评判模型 {self._model} 没有给出判定（回答为 {said!r}）；"
            "请在 judge:地址#模型（YIJU_VERIFIER 或 --support）中换用能遵循指令的模型",
        )

    def _ask(self, messages: list[tuple[str, str]]) -> str:
        import openai

        try:
            completion = self._client.chat.completions.create(
                model=self._model,
                messages=[{"role": role, "content": content} for role, content in messages],  # type: ignore[misc]
                temperature=0.0,
                max_tokens=_TOKENS,
            )
        except openai.OpenAIError as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
            raise Unavailable(
                f"the judge {self._model} at {self._where} does not answer ({reason}); check the address and the "
                "model in judge:URL#MODEL (YIJU_VERIFIER, or --support), and YIJU_LLM_API_KEY",
                f"{self._where} 的评判模型 {self._model} 没有正常应答（{reason}）；请检查 "
                "judge:地址#模型（YIJU_VERIFIER 或 --support）与 YIJU_LLM_API_KEY",
            ) from error
        return (completion.choices[0].message.content or "") if completion.choices else ""


def read_verdict(reply: str) -> Judgement | None:
    """The verdict that a reply consists of, its thoughts before it apart; None where it says anything else."""
    match = _VERDICT.fullmatch(_THOUGHT.sub("", reply))
    if not match:
        return None
    word = match[1].upper()
    return Judgement(float(word == "SUPPORTED"), word == "SUPPORTED", word == "CONTRADICTED")


def _fenced(text: str) -> str:
    """Text that can't close the marks it stands between."""
    return text.replace("<", "‹").replace(">", "›")

"""A follow-up made a question of its own by a language model, and by rules (`followup.py`) where there is none, where
it fails, or where what it says can't be meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from assistant.answers import Message
from assistant.conversation.followup import is_courtesy, standalone
from corpus.errors import Unavailable
from indexing.tokens import count_tokens
from prompts import render

# What of a conversation a follow-up is read with, in tokens.
HISTORY_TOKENS = 1500
# Words, and the runs of signs that tables have, make tokens of no more characters on average.
_LONGEST_TOKEN = 16
# A rewritten question is no essay: so many times the question and the longest before, and some words.
_TIMES, _MORE = 3, 60
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_VALUE = re.compile(r"\d+(?:\.\d+)?")
_ROLES = {"zh": {"user": "问", "assistant": "答"}, "en": {"user": "Asked", "assistant": "Answered"}}


def condensed(question: str, history: Sequence[Message], complete: Callable[[str], str] | None = None) -> str:
    """The question as it would be asked without what was said before. `complete` gives a language model's answer to
    a prompt; what it raises as `Unavailable` is no error here, the rules do as well."""
    if not history or is_courtesy(question):
        return question
    by_rule = standalone(question, history)
    if complete is None:
        return by_rule
    given, language = newest(history), "zh" if _CHINESE.search(question) else "en"
    try:
        said = complete(render("standalone", language, history=_told(given, language), question=_data(question)))
    except Unavailable:
        return by_rule
    said = said.strip().strip("\"“”'").strip()
    return said if _credible(said, question, given) else by_rule


def newest(history: Sequence[Message], tokens: int = HISTORY_TOKENS) -> tuple[Message, ...]:
    """The newest messages that fit a budget together, in their order; of the first that does not, its beginning."""
    kept: list[Message] = []
    for message in reversed(history):
        # To count the tokens of what is far too long takes long itself.
        beginning = message.content[: _LONGEST_TOKEN * tokens]
        need = count_tokens(beginning)
        if need > tokens or len(beginning) < len(message.content):
            if not kept:
                kept.append(message.model_copy(update={"content": beginning[: tokens // 2]}))
            break
        tokens -= need
        kept.append(message)
    return tuple(reversed(kept))


def _told(history: Sequence[Message], language: str) -> str:
    return "\n".join(f"{_ROLES[language][message.role]}: {_data(message.content)}" for message in history)


def _data(text: str) -> str:
    """What was said can't close the marks that it is given between."""
    return text.replace("<", "‹").replace(">", "›")


def _credible(said: str, question: str, history: Sequence[Message]) -> bool:
    """Whether a model's question can be what was meant: one line, not too long, in a script that was used, and with no
    figure that was not said."""
    known = "\n".join((question, *(message.content for message in history)))
    if not said or "\n" in said:
        return False
    asked = [message.content for message in history if message.role == "user"]
    if len(said) > _TIMES * max(map(len, (question, *asked))) + _MORE:
        return False
    if bool(_CHINESE.search(said)) != bool(_CHINESE.search(question)) and not _CHINESE.search(known):
        return False
    if _CHINESE.search(question) and not _CHINESE.search(said):
        return False
    return _values(said) <= _values(known)


def _values(text: str) -> set[str]:
    return set(_VALUE.findall(unicodedata.normalize("NFKC", text)))

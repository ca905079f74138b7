"""An answer while it comes, drawn from its text as it will be drawn from its statements when it is there, so that
nothing moves or is worded otherwise in the end. Every text from outside is escaped here."""

from __future__ import annotations

import re
from html import escape
from itertools import product

from assistant.answers import Outcome
from assistant.texts import unsupported
from ui.texts import WORDS, Language

_MARKS = re.compile(r"((?:\[\d+\])+)(?=\s|$)")


def partial(text: str, language: Language) -> str:
    """What has been said so far, each sentence with its marks where they will be."""
    lines = []
    for line in text.splitlines():
        said, outcome, reason = _doubted(line)
        pieces = _MARKS.split(said)
        for i in range(1, len(pieces), 2):
            numbers = re.findall(r"\d+", pieces[i])
            pieces[i] = "".join(f'<span class="yj-cite">{n}</span>' for n in numbers)
        pieces[::2] = map(escape, pieces[::2])
        if outcome == "supported":
            lines.append(f'<p class="yj-statement">{"".join(pieces)}</p>')
            continue
        pieces[0] = f'<span class="yj-doubted">{pieces[0]}</span>'
        lines.append(f'<p class="yj-statement yj-{outcome}">{"".join(pieces)}{why(outcome, reason, language)}</p>')
    return "".join(lines)


def _doubted(line: str) -> tuple[str, Outcome, str]:
    """A line of an answer's text without the mark of a sentence that is not supported, and what the mark said."""
    outcomes: tuple[Outcome, ...] = ("partly", "not")
    for language, outcome in product(WORDS, outcomes):
        before, _, after = unsupported(outcome, "\0", language).partition("\0")
        said, found, reason = line.rpartition(f" {before}")
        if found and reason.endswith(after):
            return said, outcome, reason.removesuffix(after)
    return line, "supported", ""


def why(outcome: Outcome, reason: str | None, language: Language) -> str:
    """Why a sentence is not supported, as it stands below it."""
    words = WORDS[language]
    said = (words.partly if outcome == "partly" else words.unsupported) + (f": {reason}" if reason else "")
    return f'<span class="yj-reason">{escape(said)}</span>'

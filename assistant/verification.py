"""Checks a sentence that a language model wrote against the words it cites. Deterministic, no model.

Three tests, all in the cited text only: every value of the sentence (number, identifier, title in 《》)
must occur there, enough of its terms, weighted equally, must be said there, and what is said most like it
there must not deny it (`assistant.denial`). A sentence in another language than what it cites fails the
second test: nothing here can vouch for a translation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.answers import Outcome
from assistant.denial import denies
from assistant.numerals import CHINESE_NUMBER, value_of
from indexing.tokeniser import fold, identifier_forms, identifiers, terms

# The share of a sentence's terms that what it cites must say.
SUPPORT = 0.6
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*%?")
_TITLE = re.compile(r"《([^《》]{2,80})》")


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the cited words support a sentence (0 to 1), which of its values they lack, and whether they
    deny it."""

    support: float
    missing: tuple[str, ...]
    denied: bool = False

    @property
    def supported(self) -> bool:
        return self.outcome == "supported"

    @property
    def outcome(self) -> Outcome:
        """What a reader is told: "not" where a value is lacking, or the words deny it or say next to none of it."""
        if not self.missing and not self.denied and self.support >= SUPPORT:
            return "supported"
        return "not" if self.missing or self.denied or self.support < SUPPORT / 2 else "partly"

    def reason(self, language: str) -> str | None:
        """Why the sentence is not supported, for a reader; None where it is."""
        if self.supported:
            return None
        zh = language == "zh"
        if self.missing:
            said = "、".join(self.missing) if zh else ", ".join(self.missing)
            return f"所引原文中没有：{said}" if zh else f"not in the words cited: {said}"
        if self.denied:
            return "所引原文的说法与此相反" if zh else "the words cited say otherwise"
        return "所引原文没有说到这句话的大部分内容" if zh else "the words cited do not say most of this"


def verify(sentence: str, cited: str) -> Verdict:
    """Compares a sentence with the text of everything it cites."""
    said = values(cited)
    known = identifiers(cited)
    unknown = {forms[0] for forms in identifier_forms(sentence) if known.isdisjoint(forms)}
    missing = tuple(sorted((values(sentence) - said) | unknown))
    wanted = {term for term in terms(sentence) if len(term) > 1}
    found = set(terms(cited))
    support = len(wanted & found) / len(wanted) if wanted else float(not missing)
    return Verdict(round(support, 4), missing, denies(cited, sentence))


def values(text: str) -> set[str]:
    """The values in a text, in one form each: numbers in digits, titles folded."""
    folded = fold(text)
    found = {match[0].replace(",", "") for match in _NUMBER.finditer(folded)}
    found |= {str(value_of(match[0])) for match in CHINESE_NUMBER.finditer(folded)}
    found |= {fold(match[1]).replace(" ", "") for match in _TITLE.finditer(text)}
    return found

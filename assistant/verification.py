"""Checks a sentence that a language model wrote against the words it cites. Deterministic, no model.

Two tests, both in the cited text only: every value of the sentence (number, identifier, title in 《》)
must occur there, and enough of its terms, weighted equally, must be said there. A sentence in another
language than what it cites fails the second test: nothing here can vouch for a translation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexing.tokeniser import fold, identifier_forms, identifiers, terms

# The share of a sentence's terms that what it cites must say.
SUPPORT = 0.6
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*%?")
_TITLE = re.compile(r"《([^《》]{2,80})》")
_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_CHINESE_NUMBER = re.compile(r"[零〇一二两三四五六七八九十百千]+(?=[项个家类种条部份次年月日倍人名大])")


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the cited words support a sentence (0 to 1), and which of its values they lack."""

    support: float
    missing: tuple[str, ...]

    @property
    def supported(self) -> bool:
        return not self.missing and self.support >= SUPPORT


def verify(sentence: str, cited: str) -> Verdict:
    """Compares a sentence with the text of everything it cites."""
    said = values(cited)
    known = identifiers(cited)
    unknown = {forms[0] for forms in identifier_forms(sentence) if known.isdisjoint(forms)}
    missing = tuple(sorted((values(sentence) - said) | unknown))
    wanted = {term for term in terms(sentence) if len(term) > 1}
    found = set(terms(cited))
    support = len(wanted & found) / len(wanted) if wanted else float(not missing)
    return Verdict(round(support, 4), missing)


def values(text: str) -> set[str]:
    """The values in a text, in one form each: numbers in digits, titles folded."""
    folded = fold(text)
    found = {match[0].replace(",", "") for match in _NUMBER.finditer(folded)}
    found |= {str(_number(match[0])) for match in _CHINESE_NUMBER.finditer(folded)}
    found |= {fold(match[1]).replace(" ", "") for match in _TITLE.finditer(text)}
    return found


def _number(chinese: str) -> int:
    """The value of a number below ten thousand in Chinese characters: 五十 is 50, 二〇二六 is 2026."""
    if not any(c in _UNITS for c in chinese):
        return int("".join(str(_DIGITS[c]) for c in chinese))
    total, digit = 0, 0
    for c in chinese:
        if c in _UNITS:
            total += (digit or 1) * _UNITS[c]
            digit = 0
        else:
            digit = _DIGITS[c]
    return total + digit

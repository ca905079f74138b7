"""Checks a sentence that a language model wrote against the words it cites. Deterministic, no model by default.

In the cited text, and for names and dates in its title and headings too: every value of the sentence
(`assistant.checking.values`: a number with its unit and bound, a date, a code; an identifier; a title in 《》) and
every name (`assistant.checking.names`) must occur; a value must be said there of what the sentence says it of
(`assistant.checking.rows`); what is said most like the sentence must not deny it (`assistant.checking.denial`); and
enough of its words must be said. A sentence in another language than what it cites is held against translated words
(`assistant.checking.translation`) and is never more than partly supported. A model, where one is given, judges the
words in place of the last test: it can take away support, and it can't make up for a value that is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from assistant.answers import Outcome
from assistant.checking.denial import NEGATION, denies, negates
from assistant.checking.judgement import ENOUGH, Judgement
from assistant.checking.names import Text, in_chinese, missing_names, text_of
from assistant.checking.rows import swapped, values_in, words_in
from assistant.checking.translation import likeness, other_language
from assistant.checking.values import Value, held
from indexing.tokeniser import fold, identifier_forms, identifiers

# The share of a sentence's words that what it cites must say.
SUPPORT = 0.6
# The likeness from which on words in another language support a sentence partly.
TRANSLATED = 0.5
# Stands for a line's end while text is folded.
_LINE = "⏎"
# What a number goes on after.
_INSIDE = frozenset(".,-/%")
_NAMED_YEAR = re.compile(r"([a-z\u4e00-\u9fff]{2,16})\(((?:19|20)\d\d)(?!\d)")
# What a model says of a premise and a claim.
Model = Callable[[str, str], Judgement]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the cited words support a sentence (0 to 1), which of its values and names they lack, whether they
    deny it, which of its values they say of something else, and whether they are in another language. `enough`
    is the support from which on it counts."""

    support: float
    missing: tuple[str, ...]
    denied: bool = False
    swapped: tuple[str, ...] = ()
    translated: bool = False
    enough: float = SUPPORT

    @property
    def supported(self) -> bool:
        return self.outcome == "supported"

    @property
    def outcome(self) -> Outcome:
        """What a reader is told: "not" where a value is lacking or another's, or the words deny it or say next to
        none of it."""
        if self.missing or self.denied or self.swapped:
            return "not"
        if self.translated:
            return "partly" if self.support >= self.enough else "not"
        if self.support >= self.enough:
            return "supported"
        return "not" if self.support < self.enough / 2 else "partly"

    def reason(self, language: str) -> str | None:
        """Why the sentence is not supported, for a reader; None where it is."""
        if self.supported:
            return None
        zh = language == "zh"
        if self.missing:
            said = "、".join(self.missing) if zh else ", ".join(self.missing)
            return f"所引原文中没有：{said}" if zh else f"not in the words cited: {said}"
        if self.swapped:
            said = "、".join(self.swapped) if zh else ", ".join(self.swapped)
            return f"所引原文中，{said} 说的是另一事项" if zh else f"the words cited say this of something else: {said}"
        if self.denied:
            return "所引原文的说法与此相反" if zh else "the words cited say otherwise"
        if self.translated and self.outcome == "partly":
            return (
                "所引原文为另一种语言，仅核对了数值、名称和译词"
                if zh
                else "the words cited are in another language; only values, names and translated words were checked"
            )
        return "所引原文没有说到这句话的大部分内容" if zh else "the words cited do not say most of this"


def verify(sentence: str, cited: str, around: str = "", model: Model | None = None) -> Verdict:
    """Compares a sentence with the text of everything it cites. `around` is what stands over it, titles and
    headings: a document's name and year may be from there, its figures may not. Raises what `model` raises."""
    if _verbatim(sentence, cited):
        return Verdict(1.0, ())
    missing = lacking(sentence, cited, around)
    said = _share(sentence, cited, around)
    verdict = _compared(sentence, cited, around, said, missing)
    if model is None or verdict.missing or verdict.denied or verdict.swapped:
        return verdict
    opinion = model(f"{around}\n{cited}".strip(), sentence)
    return Verdict(round(opinion.score, 4), (), opinion.contradicts, enough=ENOUGH)


def favourable(sentence: str, cited: str, around: str = "", least: float = SUPPORT / 2) -> Verdict | None:
    """The verdict that `verify` gives without a model, where it is not "not" and at least so many of the sentence's
    words are said, or translated; None, and sooner, where it is otherwise."""
    if _verbatim(sentence, cited):
        return Verdict(1.0, ())
    said = _share(sentence, cited, around)
    if said < least and not other_language(sentence, cited):
        return None
    if lacking(sentence, cited, around):
        return None
    verdict = _compared(sentence, cited, around, said, ())
    return None if verdict.outcome == "not" else verdict


def _compared(sentence: str, cited: str, around: str, said: float, missing: tuple[str, ...]) -> Verdict:
    """The verdict on a sentence of whose words the share `said` is said, and whose values and names `missing` are
    not."""
    if said < SUPPORT and other_language(sentence, cited):
        support = likeness(sentence, f"{around}\n{cited}")
        return Verdict(support, missing, translated=True, enough=TRANSLATED)
    own, known, above = (_read(text).text.folded for text in (sentence, cited, around))
    return Verdict(said, missing, denies(known, own, above), swapped(own, known, above))


def _verbatim(sentence: str, cited: str) -> bool:
    """Whether the cited words have the sentence as it stands, from one pause to another."""
    words, known = _read(sentence).text.squeezed.rstrip("。.;；"), _read(cited).text.squeezed
    at = known.find(words)
    while words and at >= 0:
        after = known[at + len(words) : at + len(words) + 1]
        if (
            _pause(known[at - 1 : at] if at else "")
            and _pause(after)
            and not (words[-1].isdigit() and after in _INSIDE)
        ):
            return True
        at = known.find(words, at + 1)
    return False


def _pause(character: str) -> bool:
    return not character.isalnum() and character != "《"


def lacking(sentence: str, cited: str, around: str = "") -> tuple[str, ...]:
    """The values, identifiers and names of a sentence that what it cites does not say, in one form each."""
    said, known, above = _read(sentence), _read(cited), _read(around)
    missing = [_shown(value) for value in said.values if not _said(value, known, above)]
    if identified := identifier_forms(sentence):
        there = _identifiers(cited) | _identifiers(around)
        missing += [forms[0] for forms in identified if there.isdisjoint(forms)]
    missing += _editions(said.text.squeezed, f"{known.text.squeezed}\n{above.text.squeezed}")
    if negates(said.text.folded) and not NEGATION.search(f"{known.text.folded}\n{above.text.folded}"):
        missing.append("不" if in_chinese(sentence) else "not")
    missing += missing_names(said.text, _read(f"{cited}\n{around}").text)
    return tuple(dict.fromkeys(missing))


def values(text: str) -> set[str]:
    """The values in a text, in one form each: numbers in digits, dates as 2025-11-06, titles folded."""
    return {value.form for value in _read(text).values}


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text as it is compared, with its values."""

    text: Text

    @property
    def values(self) -> tuple[Value, ...]:
        return values_in(self.text.folded)


@lru_cache(maxsize=256)
def _read(text: str) -> _Reading:
    folded = fold(text.replace("\n", _LINE)).replace(_LINE, "\n")  # blanks between Chinese characters go
    return _Reading(text_of(text, folded))


@lru_cache(maxsize=256)
def _identifiers(text: str) -> frozenset[str]:
    return frozenset(identifiers(text))


def _said(value: Value, known: _Reading, above: _Reading) -> bool:
    if value.kind == "title":
        return value.form in known.text.squeezed or value.form in above.text.squeezed
    return held(value, known.values) or (value.kind in ("date", "code") and held(value, above.values))


def _editions(said: str, known: str) -> list[str]:
    """The years in brackets behind a name that is only known with another year: 国家指南(2021版) for (2024版)."""
    wrong = []
    for match in _NAMED_YEAR.finditer(said):
        name = next((tail for n in range(len(match[1])) if f"{(tail := match[1][n:])}(" in known), "")
        dated = re.search(rf"{re.escape(name)}\((?:19|20)\d\d", known)
        if len(name) > 1 and dated and f"{name}({match[2]}" not in known:
            wrong.append(f"{name}({match[2]})")
    return wrong


def _shown(value: Value) -> str:
    return value.said if value.kind in ("title", "quantity") else value.form.lstrip("-")


def _share(sentence: str, cited: str, around: str) -> float:
    """The share of a sentence's words and values that are said, as far as values are not missing."""
    own, known, above = (_read(text).text.folded for text in (sentence, cited, around))
    wanted, held_values = words_in(own), len(values_in(own))
    found = len(wanted & words_in(known) | wanted & words_in(above))
    return round((found + held_values) / (len(wanted) + held_values or 1), 4)

"""Documents in Chinese that a question in English describes: "the MIIT committee's 2025 guide", "the work guide of the
ministry's AI committee", "the national guidelines (2024)".

A description is a run of words that say whose the document is, of which kind and of which year, with words between them
that any such document is called by. It means the documents of which most of that is true. Rules over words; no text of
a document is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.checking.numerals import FEW, english_value
from corpus.english import ISSUERS
from corpus.places import REGIONS

KINDS = {
    "guide": "指南", "guideline": "指南", "report": "报告", "opinion": "意见", "notice": "通知", "list": "清单",
    "plan": "规划", "rule": "规定", "measures": "办法", "handbook": "手册", "framework": "体系", "system": "体系",
}  # fmt: skip
# Kinds that end a description; a list, a plan or a system may be what the document has.
_ENDING = ("guide", "guideline", "report", "opinion", "notice", "handbook", "document", "paper", "blueprint")
_REGIONS = {english: place for place, english in REGIONS.items()}
_COMMITTEE, _MINISTRY = "committee", "ministry"
_NO_ONE = frozenset({"committee", "kind", "year"})
_BODY_OF_EXPERTS = re.compile("技术委员会|标委会|专业委员会")
_YEAR = r"(?:19|20)\d\d"
_FILLING = (
    "the|its|their|own|official|draft|trial|pilot|working|work|guiding|general|chinese|ai|annual|yearly|joint|new|latest"
    "|artificial intelligence|technical|standards?|standardi[sz]ation|construction|development"
    "|provincial|municipal|province|city|special|expert"
)
# How many bodies issued a document together, and documents about the whole world.
_BODIES = r"ministr(?:y|ies)|agenc(?:y|ies)|departments?|authorit(?:y|ies)|bod(?:y|ies)|commissions?"
_WORLD = "global|worldwide|world-wide|world|international"
_OF_THE_WORLD = re.compile("全球|国际|世界|global|international|world", re.I)


def _any(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_TELLING = (
    rf"(?P<several>(?:{FEW})[ -](?:{_BODIES}))|(?P<world>{_WORLD})"
    rf"|(?P<issuer>{_any(list(ISSUERS))})|(?P<region>{_any(list(_REGIONS))})|(?P<nation>national|china['’]s)"
    rf"|(?P<committee>committee|commission|tc)|(?P<ministry>ministr(?:y|ies))|(?P<kind>(?:{_any(_ENDING)})s?)|(?P<year>{_YEAR})"
)
_WORD = re.compile(rf"(?:{_TELLING}|(?P<filling>{_FILLING}))\b(?![/-]\w)")
# What may stand between two words of a description.
_BETWEEN = re.compile(
    rf"(?:['’]s)? ?\(|, ?(?={_YEAR}\))|\) (?=(?:{_any(_ENDING)}))|(?:['’]s?)? (?:(?:of|from|by) )?(?=[\w])"
)
_START = re.compile(r"(?<![\w/-])(?=[a-z\d])")


class Described(Protocol):
    """What is known of a document."""

    @property
    def document_id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def number(self) -> str | None: ...
    @property
    def issuers(self) -> tuple[str, ...]: ...
    @property
    def region(self) -> str | None: ...
    @property
    def called(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Description:
    """A run of words, and what they say, by kind: `("issuer", "miit")`."""

    start: int
    end: int
    said: tuple[tuple[str, str], ...]

    @property
    def of_a_document(self) -> bool:
        """Whether it says a kind of document, and does not only name a body."""
        return any(sort == "kind" for sort, _ in self.said)

    @property
    def names_whose(self) -> bool:
        """Whether it says whose the document is: "the committee" is one that some document calls so."""
        return not {sort for sort, _ in self.said} <= _NO_ONE


def described(text: str, names: Sequence[Described]) -> Iterator[tuple[int, int, frozenset[str]]]:
    """The documents that a question in lower case describes: where, and which."""
    for description in descriptions(text):
        if meant := _meant(description, names):
            yield description.start, description.end, meant


def descriptions(text: str) -> Iterator[Description]:
    """The descriptions of a text that say more than one thing, and not only a kind and a year. A year without a kind of
    document is when something is to be: Shanghai by 2027."""
    at = 0
    while start := _START.search(text, at):
        words = list(_run(text, start.start()))
        at = words[-1].end() if words else start.start() + 1
        of_kind = any(word.lastgroup == "kind" for word in words)
        telling = [w for w in words if w.lastgroup != "filling" and (of_kind or w.lastgroup != "year")]
        said = tuple((str(word.lastgroup), word[0]) for word in telling)
        sorts = {sort for sort, _ in said}
        if len(sorts) > 1 and sorts - {"kind", "year"}:
            yield Description(telling[0].start(), telling[-1].end(), said)


def _run(text: str, at: int) -> Iterator[re.Match[str]]:
    word = _WORD.match(text, at)
    while word:
        yield word
        between = _BETWEEN.match(text, word.end())
        word = _WORD.match(text, between.end()) if between else None


def _meant(description: Description, names: Sequence[Described]) -> frozenset[str]:
    """The documents of which most of a description is true, and whose body, region or nation it is."""
    points = {name.document_id: _points(description, name) for name in names}
    most = max(points.values(), default=0)
    return frozenset(document for document, found in points.items() if found == most and most > 0)


def _points(description: Description, name: Described) -> int:
    """How much of a description is true of a document; 0 where it is another body's, region's or kind."""
    points = 0
    bodies = " ".join(name.issuers if description.names_whose else name.called)
    for sort, word in description.said:
        true = _true(sort, word, name, bodies)
        if not true and sort not in ("year", "kind"):
            return 0
        points += true
    return points


def _true(sort: str, word: str, name: Described, issuers: str) -> int:
    if sort == "issuer":
        return ISSUERS[word] in issuers
    if sort == "region":
        return _REGIONS[word] in f"{name.region or ''} {name.title}"
    if sort == "several":
        return len(name.issuers) == english_value(word)
    if sort == "world":
        return name.region == "international" or bool(_OF_THE_WORLD.search(name.title))
    if sort == "nation":  # 国家…指南 is called so itself
        return (name.region == "国家") * (1 + name.title.startswith("国家"))
    if sort == "committee":
        return bool(_BODY_OF_EXPERTS.search(issuers))
    if sort == "ministry":
        return "部" in issuers
    if sort == "year":
        return word in f"{name.title} {name.number or ''}"
    return KINDS.get(word.rstrip("s"), "") in name.title

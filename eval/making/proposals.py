"""What the set maker proposes, and what it knows of a corpus: its documents, what each sentence and row says,
and whether a question could be answered in two ways. It knows no templates.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from corpus.document import Block, Document, Kind
from corpus.sentences import sentences
from corpus.structure import bullet, numbered, squeeze
from eval.questions import Evidence, GoldQuestion, normal
from indexing.tokeniser import question_terms, terms

Lang = Literal["zh", "en"]
PROPOSED = "proposed"
# What the linter takes for a sentence rather than a quote, in characters.
LONGEST_QUOTE = 120
LONGEST_QUESTION = {"zh": 90, "en": 220}
# A sentence that says this share of a question's terms speaks of the same thing.
_SAME_SUBJECT = 0.75
_GAP = re.compile(r"(?<=[\u3400-\u9fff，。、；：（）《》])\s+|\s+(?=[\u3400-\u9fff，。、；：（）《》])")
_BODY = (Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.TABLE_ROW, Kind.FOOTNOTE, Kind.HEADING, Kind.MASTHEAD)
_CAPTION = re.compile(r"^(?:表|图|Table|Figure|Fig\.)\s*\d+(?:[.-]\d+)?[\s:：.]*")


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a document: `document.text[start:end]`."""

    document: Document
    start: int
    end: int

    @property
    def quote(self) -> str:
        return self.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question with its gold spans, before a person has seen it. `place` is the document and the offset that
    it was made from: a place is asked about once. Without nuggets and spans it is unanswerable."""

    type: str
    lang: Lang
    question: str
    nuggets: tuple[tuple[str, ...], ...]
    spans: tuple[Span, ...]
    place: tuple[str, int]

    @property
    def answerable(self) -> bool:
        return self.type != "unanswerable"

    @property
    def id(self) -> str:
        """The same question with the same place has the same id in every run."""
        told = f"{normal(self.question)}\0{self.place[0]}\0{self.type}"
        return "p" + hashlib.sha256(told.encode()).hexdigest()[:10]

    def record(self) -> GoldQuestion:
        """The proposal as a question record. `source` is the file's name."""
        quotes: dict[str, dict[str, None]] = {}
        for span in self.spans:
            quotes.setdefault(span.document.source, {})[span.quote] = None
        return GoldQuestion(
            id=self.id,
            question=self.question,
            lang=self.lang,
            type=self.type,
            answerable=self.answerable,
            nuggets=self.nuggets,
            evidence=tuple(Evidence(source=source, quotes=tuple(of)) for source, of in quotes.items()),
            note=PROPOSED,
        )

    def sound(self) -> bool:
        """Whether the record holds by itself, by the linter's rules: nuggets and quotes are there exactly where
        it is answerable, quotes are short, each nugget stands in a quote (a count is worked out, and stands
        nowhere), and the question gives no nugget away."""
        asked = normal(self.question)
        if len(self.question) > LONGEST_QUESTION[self.lang]:
            return False
        if not self.answerable:
            return not self.nuggets and not self.spans
        if not self.nuggets or not self.spans or any(len(span.quote) > LONGEST_QUOTE for span in self.spans):
            return False
        quoted = [normal(span.quote) for span in self.spans]
        given_away = any(normal(a) in asked for nugget in self.nuggets for a in nugget)
        stands = self.type == "aggregate" or all(
            any(normal(a) in quote for a in nugget for quote in quoted) for nugget in self.nuggets
        )
        return stands and not given_away


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence, item or row. `words` is it in the normal form, with a row's columns and table."""

    document: Document
    start: int
    end: int
    words: str


class Corpus:
    """The documents that questions are made from."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = tuple(documents)
        self._spoken: dict[str, tuple[frozenset[str], ...]] = {}
        self._titles = Counter(normal(d.metadata.title) for d in documents)

    def title(self, document: Document) -> str | None:
        """The document's title in quotation marks, None where another has the same."""
        title = _GAP.sub("", document.metadata.title).strip()
        if self._titles[normal(title)] > 1:
            return None
        if language(document) == "en":
            return f"“{title}”"
        return title if title.startswith("《") else f"“{title}”" if "《" in title else f"《{title}》"

    @cached_property
    def sayings(self) -> tuple[Saying, ...]:
        """All that the documents say, in order."""
        return tuple(said for document in self.documents for said in _sayings(document))

    @cached_property
    def years(self) -> frozenset[str]:
        """Every year that occurs anywhere."""
        return frozenset(year for d in self.documents for year in re.findall(r"(?:19|20)\d\d", d.text))

    @cached_property
    def text(self) -> str:
        """All documents in the normal form."""
        return "\n".join(normal(document.text) for document in self.documents)

    def says(self, *parts: str) -> bool:
        """Whether one sentence or row holds all parts, in the normal form."""
        wanted = [normal(part) for part in parts]
        return any(all(part in said.words for part in wanted) for said in self.sayings)

    def spoken(self, document: Document) -> tuple[frozenset[str], ...]:
        """The terms of each sentence and row of a document."""
        if document.id not in self._spoken:
            self._spoken[document.id] = tuple(frozenset(terms(_text(said))) for said in _sayings(document))
        return self._spoken[document.id]

    def contradicts(self, proposal: Proposal, value: re.Pattern[str]) -> bool:
        """Whether a sentence elsewhere speaks of what is asked and gives a `value` that is none of the
        proposal's. Then the question has two answers, and is none to ask. Where it names its document, what
        others say is no answer."""
        document = proposal.spans[0].document
        title = self.title(document) or ""
        within_document = bool(title) and title in proposal.question
        rest = proposal.question.replace(title, " ") if title else proposal.question
        asked = {term for term in question_terms(rest) if len(term) > 1}
        known = {normal(a) for nugget in proposal.nuggets for a in nugget}
        counts = Counter(place for term in asked for place in self._places.get(term, ()))
        own = {(span.document.id, span.start) for span in proposal.spans}
        for place, count in counts.items():
            said = self.sayings[place]
            here = any(said.document.id == id_ and said.start <= start < said.end for id_, start in own)
            elsewhere = within_document and said.document.id != document.id
            if count < _SAME_SUBJECT * len(asked) or here or elsewhere or any(n in said.words for n in known):
                continue
            if value.search(said.document.text[said.start : said.end]):
                return True
        return False

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Where each term is said, as indices of `sayings`."""
        places: dict[str, list[int]] = {}
        for index, said in enumerate(self.sayings):
            for term in set(terms(said.words if language(said.document) == "zh" else _text(said))):
                if len(term) > 1:
                    places.setdefault(term, []).append(index)
        return places


def json_line(value: dict[str, object]) -> str:
    """A value as one line of JSON, whatever takes a line's end to be: U+2028 and its like are escaped."""
    written = json.dumps(value, ensure_ascii=False)
    return re.sub("[\x85\u2028\u2029]", lambda match: f"\\u{ord(match[0]):04x}", written)


def language(document: Document) -> Lang:
    """The language to ask about a document in: its own, Chinese where that is neither."""
    return "en" if document.metadata.language == get_args(Lang)[1] else "zh"


def prose(document: Document) -> Iterator[tuple[Block, int, int]]:
    """The sentences of a document's paragraphs and list items, without an item's mark."""
    for block in document.blocks:
        if block.kind in (Kind.PARAGRAPH, Kind.LIST_ITEM):
            begin = block.start + mark(document.text[block.start : block.end])
            yield from ((block, start, end) for start, end in sentences(document.text, begin, block.end))


def mark(line: str) -> int:
    """The length of the number or bullet that a line begins with."""
    if found := numbered(line):
        return found.length
    if bullet(line):
        return len(re.match(r"\W{1,3}\s*|[a-z][).）．]\s*|[（(]\w{1,5}[)）]\s*", line)[0])  # type: ignore[index]
    return 0


def bare(title: str) -> str:
    """A heading or a table's title without its number and without blanks inside Chinese."""
    title = title.strip()
    title = title[mark(title) :]
    title = _CAPTION.sub("", re.sub(r"^\d{1,2}(?=\s?[\u3400-\u9fff])", "", title))
    return _GAP.sub("", squeeze(title)).strip(" :：　.。—-")


def masked(text: str) -> str:
    """The text with what stands in brackets and quotation marks blotted out, each character by one."""
    pattern = r"《[^《》]*》|（[^（）]*）|\([^()]*\)|“[^“”]*”|〔[^〔〕]*〕|「[^「」]*」|\[[^\[\]]*\]"
    while (blotted := re.sub(pattern, lambda m: "□" * len(m[0]), text)) != text:
        text = blotted
    return text


def gold_spans(
    document: Document, start: int, text: str, nuggets: Sequence[tuple[str, ...]], clause: tuple[int, int]
) -> tuple[Span, ...]:
    """The words that answer, in the sentence `text` that begins at `start`: its clause, or where that is too long
    to be a quote each nugget's first wording in it."""
    first, last = clause
    places: tuple[tuple[int, int], ...] = (clause,)
    if last - first > LONGEST_QUOTE:
        found = [(text.find(nugget[0], first), len(nugget[0])) for nugget in nuggets]
        places = tuple((at, at + length) for at, length in found if at >= 0)
    return tuple(Span(document, start + a, start + b) for a, b in places)


def within(text: str, start: int, end: int) -> tuple[int, int]:
    """The clause around `text[start:end]`: from one comma, semicolon, colon or full stop to the next."""
    stop = r"[，；。：！？\n]|[,;:.!?](?=\s|$)"
    before = [match.end() for match in re.finditer(stop, text[:start])]
    after = re.search(stop, text[end:])
    return (before[-1] if before else 0), end + after.start() if after else len(text)


def _sayings(document: Document) -> Iterator[Saying]:
    for block in document.blocks:
        if block.kind not in _BODY:
            continue
        if block.kind in (Kind.TABLE_ROW, Kind.HEADING, Kind.MASTHEAD):
            words = normal(f"{block.context}\n{document.text[block.start : block.end]}")
            yield Saying(document, block.start, block.end, words)
            continue
        for start, end in sentences(document.text, block.start, block.end):
            yield Saying(document, start, end, normal(document.text[start:end]))


def _text(said: Saying) -> str:
    return said.document.text[said.start : said.end]

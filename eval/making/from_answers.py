"""Records from questions that people asked: what the assistant now answers becomes a proposal, its citations the
evidence and its statements' values the nuggets. A refusal proposes an unanswerable question. It knows nothing
of whether the answer is right: a person says so.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from assistant.answers import Answer, Citation
from assistant.core import Assistant, Question
from assistant.texts import answer_language
from corpus import dates
from corpus.sentences import sentences
from eval.making import chinese, english
from eval.making.listing import listed
from eval.making.proposals import LONGEST_QUOTE, PROPOSED, masked
from eval.questions import Evidence, GoldQuestion, normal

_AROUND = 80
_DATE = re.compile(dates.DATE, re.I)
# A figure in English with the word that it counts; years stand for themselves.
_COUNT = re.compile(rf"{english.QUANTITY.pattern}\s+[a-z][\w-]+", re.I)
_TYPES = (
    (
        "definition",
        re.compile(r"什么是|是指|指什么|什么意思|含义|定义|what does .* mean|definition|^what is an? ", re.I),
    ),
    ("temporal", re.compile(r"什么时候|何时|哪一?[年天日]|日期|几月|\bwhen\b|what (?:date|year)|which year", re.I)),
    ("number", re.compile(r"多少|几[个项家类种条年天]|how (?:many|much|long)|percentage", re.I)),
    ("list", re.compile(r"哪些|哪几|列出|分别|\bwhich\b|what are|\blist\b", re.I)),
)


@dataclass(frozen=True, slots=True)
class Context:
    """A quote with the text around it."""

    source: str
    before: str
    quote: str
    after: str


def question_id(question: str) -> str:
    """The id of a question that somebody asked: the same question has the same."""
    return "q" + hashlib.sha256(normal(question).encode()).hexdigest()[:10]


def from_question(text: str, assistant: Assistant) -> tuple[GoldQuestion, tuple[Context, ...], str]:
    """The proposed record, the text around its quotes, and what the assistant answered. Raises `BadInput` for
    what is no question."""
    answer = assistant.ask(Question(text, answerer="extractive"))
    record, kept = from_answer(text, answer)
    return record, tuple(_context(assistant, c, quote) for c, quote in kept), answer.text


def from_answer(text: str, answer: Answer) -> tuple[GoldQuestion, tuple[tuple[Citation, str], ...]]:
    """The record that an answer to the question `text` proposes, and which words of which citation it quotes."""
    lang, kind = answer_language(text, "auto"), _type(text)
    parts = [(c, *_evidence(answer, c, kind)) for c in answer.citations] if answer.answered else []
    told = [part for part in parts if part[2]] or [(c, quote, (quote,)) for c, quote, _ in parts]
    kept = [part for part in told[:1] if all(normal(n) not in normal(text) for n in part[2])]
    record = GoldQuestion(
        id=question_id(text),
        question=text,
        lang=lang,
        type=kind if kept else "unanswerable",
        answerable=bool(kept),
        nuggets=tuple((nugget,) for _, _, nuggets in kept for nugget in nuggets),
        evidence=tuple(Evidence(source=c.source, quotes=(quote,)) for c, quote, _ in kept),
        note=PROPOSED,
    )
    return record, tuple((c, quote) for c, quote, _ in kept)


def _type(question: str) -> str:
    return next((kind for kind, pattern in _TYPES if pattern.search(question)), "fact")


def _evidence(answer: Answer, citation: Citation, kind: str) -> tuple[str, tuple[str, ...]]:
    """The part of a citation to quote, and what it says of the kind that was asked for: values of its
    statements, or the items of a list; of other kinds nothing is told from the rest."""
    said = " ".join(s.text for s in answer.statements if citation.number in s.citations)
    quote = _short(citation.quote, said)
    if kind == "list":
        items = re.sub(r"^.*?(?:包括|包含|分为|涵盖|是|：|:|includes?|are)\s*", "", quote).rstrip("。.")
        return quote, listed(items, answer_language(quote, "auto"))
    if kind not in ("number", "temporal"):
        return quote, ()
    return quote, tuple(v for v in _values(quote, answer.question, kind) if normal(v) in normal(said))


def _short(quote: str, said: str) -> str:
    """The quote where it is short, else its sentence that says most of what was said, cut at a word where that is
    long."""
    if len(quote) <= LONGEST_QUOTE:
        return quote.strip()
    spans = sentences(quote)
    pairs = {said[i : i + 2] for i in range(len(said) - 1)}
    start, end = max(spans, key=lambda s: len(pairs & {quote[i : i + 2] for i in range(s[0], s[1] - 1)}))
    if end - start > LONGEST_QUOTE:
        cut = max(quote.rfind(mark, start, start + LONGEST_QUOTE) for mark in "，、；, ")
        end = cut if cut > start else start + LONGEST_QUOTE
    return quote[start:end].strip()


def _values(text: str, question: str, kind: str) -> tuple[str, ...]:
    """The dates or the quantities that a text gives outside brackets, none that the question has."""
    plain = masked(text)
    dates_there = [match.span() for match in _DATE.finditer(plain)]
    if kind == "temporal":
        spans = dates_there
    else:
        found = [*chinese.QUANTITY.finditer(plain), *_COUNT.finditer(plain)]
        spans = [m.span() for m in found if not any(m.start() < end and m.end() > start for start, end in dates_there)]
    values = dict.fromkeys(text[start:end].strip() for start, end in spans)
    return tuple(value for value in values if normal(value) not in normal(question))


def _context(assistant: Assistant, citation: Citation, quote: str) -> Context:
    text = assistant.document(citation.document_id).text
    start = text.find(quote, citation.start)
    end = start + len(quote)
    return Context(citation.source, text[max(0, start - _AROUND) : start], quote, text[end : end + _AROUND])

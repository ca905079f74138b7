"""The systems that can be evaluated, and what is looked at of their answers.

A `Response` is what any system that cites can be asked for: the sentences it said, which numbers each
cites, the words behind each number, and the passages it worked from. Nothing else of a system is known
to the measures, so that they treat ours and others alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Protocol

from pydantic import Field

from assistant.answers import Answer, Citation, Filters, Hit
from assistant.core import NO_FILTERS, Assistant, Question
from corpus.errors import BadInput
from eval.questions import GoldQuestion
from eval.records import Record


class Said(Record):
    """One sentence of an answer and the numbers of what it cites."""

    text: str
    citations: tuple[int, ...] = ()


class Cited(Record):
    """What stands behind a number. `context` is what a reader sees around the quote (title, headings, a
    table's columns). `resolves`: whether the quote is exactly what stands at its place in the document;
    None where that can't be known."""

    number: int
    source: str
    quote: str
    context: str = ""
    resolves: bool | None = None


class Found(Record):
    """A passage that the system worked from, best first. `also` are other documents that say the same, which the
    system showed with it."""

    source: str
    text: str
    score: float | None = None
    also: tuple[str, ...] = ()


class Response(Record):
    """What a system did with a question. `error` says why there is no answer; such a response counts as a
    wrong one. `confidence` (0 to 1, or None) is how sure the system was that it can answer."""

    answered: bool
    text: str
    reason: str | None = None
    said: tuple[Said, ...] = ()
    cited: tuple[Cited, ...] = ()
    found: tuple[Found, ...] = ()
    confidence: float | None = None
    milliseconds: dict[str, float] = Field(default_factory=dict)
    tokens: int | None = None
    models: dict[str, str | None] = Field(default_factory=dict)
    error: str | None = None

    def cited_by(self, said: Said) -> tuple[Cited, ...]:
        """What a sentence cites, in order; numbers that stand for nothing are left out."""
        known = {cited.number: cited for cited in self.cited}
        return tuple(known[number] for number in said.citations if number in known)


class System(Protocol):
    """Something that answers questions."""

    @property
    def name(self) -> str: ...

    def ask(self, gold: GoldQuestion) -> Response:
        """The response; a question that can't be answered gives one with `error`, never an exception,
        except where the system as a whole is out of reach (`Unavailable`)."""

    def close(self) -> None: ...


class Failed(Exception):
    """A system gave no answer to one question that can be used; the message says why, for the run's record."""


def failed(why: object, milliseconds: float | None = None) -> Response:
    """The response to a question that failed."""
    said = " ".join(str(why).split())[:500] or "no answer"
    return Response(
        answered=False, text="", error=said, milliseconds={} if milliseconds is None else {"total": milliseconds}
    )


class LocalSystem:
    """The assistant in this process."""

    name = "yiju"

    def __init__(self, assistant: Assistant, *, top_k: int = 8, filters: Filters = NO_FILTERS) -> None:
        self._assistant = assistant
        self._top_k = top_k
        self._filters = filters

    def ask(self, gold: GoldQuestion) -> Response:
        question = Question(gold.question, history=gold.history, filters=self._filters, top_k=self._top_k)
        began = time.perf_counter()
        try:
            answer = self._assistant.ask(question)
        except BadInput as error:
            return Response(answered=False, text="", error=error.en)
        spent = (time.perf_counter() - began) * 1000
        return response_of(answer, spent, self._resolves)

    def _resolves(self, citation: Citation) -> bool:
        document = self._assistant.document(citation.document_id)
        return document.quote(citation.start, citation.end) == citation.quote

    def close(self) -> None:
        """Nothing to close: the assistant is its owner's."""


def found_of(hits: Iterable[Hit]) -> tuple[Found, ...]:
    """The passages of our own search."""
    return tuple(
        Found(source=hit.source, text=hit.text, score=hit.score, also=tuple(place.source for place in hit.also))
        for hit in hits
    )


def response_of(answer: Answer, milliseconds: float, resolves: Callable[[Citation], bool | None]) -> Response:
    """What is looked at of an `Answer`; `milliseconds` is how long its asker waited."""
    return Response(
        answered=answer.answered,
        text=answer.text,
        reason=answer.reason,
        said=tuple(Said(text=s.text, citations=s.citations) for s in answer.statements),
        cited=tuple(
            Cited(
                number=c.number,
                source=c.source,
                quote=c.quote,
                context="\n".join((c.title, *c.headings)),
                resolves=resolves(c),
            )
            for c in answer.citations
        ),
        found=found_of(answer.hits),
        confidence=answer.confidence,
        milliseconds={**answer.timings_ms.model_dump(), "total": milliseconds},
        models=answer.models.model_dump(),
    )

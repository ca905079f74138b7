"""The words of an answer. One `Answer` is what the CLI prints, the API returns, the stream ends with,
the page draws and the evaluation reads; there is no second form of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from corpus.document import Status
from indexing.retrieval import Hit

__all__ = ["Answer", "Citation", "Draft", "Filters", "Hit", "Label", "Message", "Models", "Statement", "Timings"]

Language = Literal["zh", "en"]
Reason = Literal["not_in_documents", "too_vague", "no_documents", "not_allowed"]


class Frozen(BaseModel):
    """The base of every word here: immutable, and a field that is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _several(given: object) -> object:
    """One value where several may stand counts as the only one."""
    return (given,) if isinstance(given, str) else given


Words = Annotated[tuple[str, ...], BeforeValidator(_several)]
Statuses = Annotated[tuple[Status, ...], BeforeValidator(_several)]


class Filters(Frozen):
    """Which documents may be searched; an empty filter leaves out nothing."""

    documents: tuple[str, ...] = Field((), max_length=1000, description="document ids")
    language: Language | None = Field(None, description="language of the documents")
    tags: tuple[str, ...] = Field((), max_length=100, description="any of these tags")
    as_of: date | None = Field(
        None,
        description="only documents in force on this day: effective, or where that is not known issued, on or "
        "before it, and neither expired nor superseded before it. Documents without a date stay in.",
    )
    status: Statuses = Field(
        (),
        max_length=5,
        description="any of these; superseded documents count as withdrawn, and those that say "
        "nothing of their status are left out",
    )
    region: Words = Field((), max_length=100, description="any of these: 国家, international, 江苏省 …")
    issuer: Words = Field((), max_length=100, description="issued by any of these, in full")
    number: Words = Field((), max_length=100, description="any of these document numbers, in any spelling")


class Message(Frozen):
    """One earlier message of the conversation, as the caller remembers it."""

    role: Literal["user", "assistant"]
    content: str = Field(max_length=20_000)


class Citation(Frozen):
    """The exact words that a statement rests on: `document.text[start:end] == quote`."""

    number: int
    document_id: str
    title: str
    source: str
    headings: tuple[str, ...]
    page: int | None
    start: int
    end: int
    quote: str
    score: float


class Statement(Frozen):
    """One sentence of the answer, the numbers of its citations, and how far they support it (0 to 1)."""

    text: str
    citations: tuple[int, ...]
    support: float = Field(ge=0, le=1)
    supported: bool


class Models(Frozen):
    """What wrote this answer, as name@revision where there is a revision."""

    embedder: str
    answerer: str
    reranker: str | None = None


class Timings(Frozen):
    """Milliseconds of wall time."""

    retrieve: float
    answer: float
    verify: float
    total: float


class Label(Frozen):
    """What a reader must be told about where the text comes from."""

    ai_generated: bool
    notice: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement as an answerer makes it, before its citations have numbers: the spans (hit, start,
    end) that it rests on, and how far they support it."""

    text: str
    spans: tuple[tuple[Hit, int, int], ...]
    support: float


class Answer(Frozen):
    """The whole result of one question."""

    id: str
    conversation_id: str
    question: str
    standalone_question: str
    answered: bool
    reason: Reason | None
    text: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    models: Models
    timings_ms: Timings
    label: Label

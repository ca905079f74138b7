"""The words of an answer. One `Answer` is what the CLI prints, the API returns, the stream ends with,
the page draws and the evaluation reads; there is no second form of it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from corpus.dates import of
from corpus.document import Status
from corpus.fields import status_of
from corpus.standing import Life
from indexing.retrieval import Hit

__all__ = [
    "Aigc",
    "Answer",
    "Citation",
    "Draft",
    "Filters",
    "Hit",
    "Label",
    "Message",
    "Models",
    "Outcome",
    "Statement",
    "Timings",
]

Language = Literal["zh", "en"]
Reason = Literal["not_in_documents", "too_vague", "no_documents", "not_allowed"]
# What came of checking a sentence against what it cites.
Outcome = Literal["supported", "partly", "not"]


class Frozen(BaseModel):
    """The base of every word here: immutable, and a field that is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _several(given: object) -> object:
    """One value where several may stand counts as the only one, and blanks count as none."""
    if given is None:
        return ()
    said = (given,) if isinstance(given, str) else given
    if not isinstance(said, list | tuple):
        return said
    stripped = (item.strip() if isinstance(item, str) else item for item in said)
    return tuple(item for item in stripped if item != "")


def _statuses(given: object) -> object:
    """Statuses as people call them, too: 试行 is "trial"."""
    said = _several(given)
    if not isinstance(said, tuple):
        return said
    return tuple((isinstance(item, str) and status_of(item)) or item for item in said)


def _day(given: object) -> object:
    """A day as people write it; a bare number is no day."""
    if given is None or isinstance(given, date):
        return given
    if (day := of(given)) is None:
        raise PydanticCustomError("no_date", "it must be a date such as 2025-01-31")
    return day


Words = Annotated[tuple[str, ...], BeforeValidator(_several)]
Statuses = Annotated[tuple[Status, ...], BeforeValidator(_statuses)]


class Filters(Frozen):
    """Which documents may be searched; an empty filter leaves out nothing."""

    documents: Words = Field((), max_length=1000, description="document ids")
    language: Language | None = Field(None, description="language of the documents")
    tags: Words = Field((), max_length=100, description="any of these tags")
    as_of: Annotated[date | None, BeforeValidator(_day)] = Field(
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
    """The exact words that a statement rests on: `document.text[start:end] == quote`. The last three fields
    say whether the document still holds."""

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
    status: Status | None = Field(None, description="as filters see it: a superseded document is withdrawn")
    until: date | None = Field(None, description="the last day on which the document is in force")
    superseded_by: str | None = Field(None, description="the document in its place")

    @property
    def life(self) -> Life:
        return Life(self.status, self.until, self.superseded_by)


class Statement(Frozen):
    """One sentence of the answer, the numbers of its citations, and how far they support it (0 to 1)."""

    text: str
    citations: tuple[int, ...]
    support: float = Field(ge=0, le=1)
    supported: bool
    outcome: Outcome = "supported"
    reason: str | None = Field(None, description="why it is not supported, in the answer's language")
    lead: str = Field("", description="what the program says before it: a document's title, how many rows were counted")


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


class Aigc(Frozen):
    """The label of GB 45438-2025 (网络安全技术 人工智能生成合成内容标识方法) for metadata, under the standard's names.

    `Label` is "1" for what is generated or composed by a machine, "2" for what may be and "3" for what is suspected
    to be. `ContentProducer` is the name or code of who provides the service, and `ProduceID` its number for the
    content. `ReservedCode1` is the producer's own, for integrity: here "sha256:" and the digest of the text in
    UTF-8. Who passes the content on fills in the last three.
    """

    Label: Literal["1", "2", "3"] = "1"
    ContentProducer: str
    ProduceID: str
    ReservedCode1: str = ""
    ContentPropagator: str = ""
    PropagateID: str = ""
    ReservedCode2: str = ""

    @classmethod
    def of(cls, producer: str, number: str, text: str) -> Aigc:
        """The label of a text that a machine has put together, whose number at the producer this is."""
        digest = hashlib.sha256(text.encode()).hexdigest()
        return cls(ContentProducer=producer, ProduceID=number, ReservedCode1=f"sha256:{digest}")


class Label(Frozen):
    """What a reader must be told about where the text comes from, and what files of it carry."""

    ai_generated: bool
    notice: str
    aigc: Aigc | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement as an answerer makes it, before its citations have numbers: the spans (hit, start,
    end) that it rests on, how far they support it, and why not where they do not. `translated`: it is in another
    language than they are."""

    text: str
    spans: tuple[tuple[Hit, int, int], ...]
    support: float
    outcome: Outcome = "supported"
    reason: str | None = None
    translated: bool = False


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
    interrupted: str | None = Field(
        None,
        description="why the language model did not write the answer, or not to its end, in the answer's language. "
        "What it had written by then and was checked is kept, and the documents' own sentences follow.",
    )
    confidence: float | None = Field(
        None,
        ge=0,
        le=1,
        description="how sure it is, before answering, that the documents answer the question: the share of "
        "answerable ones among questions that look like it. It says nothing of whether the answer is right.",
    )

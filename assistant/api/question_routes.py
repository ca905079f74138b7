"""The routes that ask and search."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Literal

from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from assistant import texts
from assistant.answers import Answer, Filters, Frozen, Hit, Message
from assistant.api import problems
from assistant.api.sent import Sent
from assistant.core import MOST_HITS, Assistant, Delta, Question, Sources
from assistant.recording import Recorder
from corpus.errors import YijuError
from indexing.explain import Explained


def _known_filters(given: object) -> object:
    """Refuses a filter that there is not, naming those that there are."""
    unknown = [str(name)[:60] for name in given if name not in Filters.model_fields] if isinstance(given, dict) else []
    if unknown:
        said = {"unknown": ", ".join(unknown[:5]), "known": ", ".join(Filters.model_fields)}
        raise PydanticCustomError("unknown_filter", "there is no filter {unknown}; there are {known}", said)
    return given


KnownFilters = Annotated[Filters, BeforeValidator(_known_filters)]


class AskRequest(Sent):
    """A question to be answered."""

    question: str
    conversation_id: str | None = Field(None, max_length=200)
    history: tuple[Message, ...] = Field((), max_length=1000)
    filters: KnownFilters = Filters()
    top_k: int = Field(8, ge=1, le=MOST_HITS)
    answerer: Literal["auto", "extractive", "generative"] = "auto"
    language: Literal["auto", "zh", "en"] = "auto"
    stream: bool = False


class SearchRequest(Sent):
    """A question to be searched for only."""

    question: str
    top_k: int = Field(8, ge=1, le=MOST_HITS)
    filters: KnownFilters = Filters()
    explain: bool = Field(False, description="also say why each hit is where it is")


class SearchResponse(Frozen):
    hits: tuple[Hit, ...]


class ExplainedResponse(SearchResponse):
    """Hits, and why each is where it is; `explanation.hits` are in their order."""

    explanation: Explained


def install(app: FastAPI, assistant: Assistant, recorder: Recorder) -> None:
    @app.post("/ask", response_model=Answer, tags=["questions"])
    def ask(request: AskRequest, caller: Request) -> Response | Answer:
        """The answer, every statement with its citations. `stream: true` gives server-sent events:
        `sources`, `delta`, and the whole answer last, or `error`."""
        reads = problems.language_of(caller)
        # "？" and "🙂" are in no language: who asks is answered in the one that they read.
        unsaid = request.language == "auto" and not texts.has_words(request.question)
        question = Question(
            text=request.question,
            conversation_id=request.conversation_id,
            history=request.history,
            filters=request.filters,
            top_k=request.top_k,
            answerer=request.answerer,
            language=reads if unsaid else request.language,
        )
        if not request.stream:
            return recorder.ask(question)
        events = recorder.stream(question)
        # The first event is made before the response begins, so that bad input still gets its status.
        first = next(events)
        return StreamingResponse(_events(first, events, reads), media_type="text/event-stream")

    @app.post("/search", tags=["questions"])
    def search(request: SearchRequest) -> ExplainedResponse | SearchResponse:
        """The passages that the answer to a question would be looked for in. `explain: true` adds why."""
        if not request.explain:
            return SearchResponse(hits=assistant.search(request.question, top_k=request.top_k, filters=request.filters))
        hits, explained = assistant.explain(request.question, top_k=request.top_k, filters=request.filters)
        return ExplainedResponse(hits=hits, explanation=explained)


def _events(first: Sources | Delta | Answer, rest: Iterator[Sources | Delta | Answer], language: str) -> Iterator[str]:
    yield _event(first)
    try:
        for event in rest:
            yield _event(event)
    except YijuError as error:
        yield _sse("error", json.dumps(problems.problem_body(error.status, error.text(language)), ensure_ascii=False))


def _event(event: Sources | Delta | Answer) -> str:
    if isinstance(event, Sources):
        return _sse("sources", SearchResponse(hits=event.hits).model_dump_json())
    if isinstance(event, Delta):
        return _sse("delta", json.dumps({"text": event.text}, ensure_ascii=False))
    return _sse("answer", event.model_dump_json())


def _sse(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"

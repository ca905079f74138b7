"""The HTTP API (DESIGN section 6). It turns requests into calls of the assistant and says nothing of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal

from fastapi import Body, FastAPI, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from fastapi_offline import FastAPIOffline
from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant import api_conversations, api_exports, api_feedback, api_pages, problems
from assistant.access import AccessLayer
from assistant.answers import Answer, Filters, Frozen, Hit, Message
from assistant.conversations import Conversations
from assistant.core import MOST_HITS, Assistant, Delta, DocumentSummary, Question, Sources
from assistant.feedback import FeedbackStore
from assistant.page_images import PageImages
from assistant.rebuilding import Job, Rebuilder
from assistant.recording import Recorder
from corpus.document import Document, Note, Status
from corpus.errors import BadInput, Unavailable, YijuError
from corpus.fields import FIELDS, is_text
from corpus.similarity import Pair
from corpus.standing import status
from indexing.explain import Explained
from indexing.ingest import Ingester
from indexing.store import Scope as SearchScope

_CURLS_DEFAULT = "application/x-www-form-urlencoded"
FieldValues = Annotated[
    dict[str, str | tuple[str, ...] | None],
    Body(examples=[{"status": "trial", "effective": "2025-01-01", "issuers": ["甲局", "乙局"], "title": None}]),
]
_DESCRIPTION = "Answers from your documents, each sentence with the exact words it rests on. 有据可查的文件问答。"


def _known_filters(given: object) -> object:
    """Refuses a filter that there is not, naming those that there are."""
    unknown = [str(name)[:60] for name in given if name not in Filters.model_fields] if isinstance(given, dict) else []
    if unknown:
        said = {"unknown": ", ".join(unknown[:5]), "known": ", ".join(Filters.model_fields)}
        raise PydanticCustomError("unknown_filter", "there is no filter {unknown}; there are {known}", said)
    return given


KnownFilters = Annotated[Filters, BeforeValidator(_known_filters)]


class Sent(Frozen):
    """What a caller sends. Half a surrogate pair, which JSON can write and no text has, is refused."""

    @model_validator(mode="before")
    @classmethod
    def _is_text(cls, given: object) -> object:
        if not is_text(json.dumps(given, ensure_ascii=False)):
            raise ValueError("it has characters that are none (half a surrogate pair)")
        return given


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


class DocumentList(Frozen):
    documents: tuple[DocumentSummary, ...]


class Added(Frozen):
    """What became of a file."""

    document_id: str
    source: str
    outcome: Literal["added", "replaced", "updated", "unchanged"]
    duplicate_of: str | None = Field(None, description="a document of another source with the same bytes")
    notes: tuple[Note, ...] = Field((), description="what was left unread, in English and Chinese")


class SimilarList(Frozen):
    pairs: tuple[Pair, ...]


class RebuildRequest(Sent):
    """What the index is to be built with: settings by their names, those that are to be others than now."""

    settings: dict[str, str | int | float | bool] = Field(
        {}, max_length=20, examples=[{"embedder": "BAAI/bge-m3", "passage_tokens": 300}]
    )


class JobState(Frozen):
    """How far a job is: `done` of `total` documents, the last of them `source`."""

    id: str
    state: Literal["running", "done", "failed", "stopped"]
    done: int
    total: int | None
    source: str
    error: str | None = Field(None, description="why it failed and what to do, in the caller's language")


class Heading(Frozen):
    level: int
    text: str
    start: int


class TableInfo(Frozen):
    title: str
    columns: tuple[str, ...]
    rows: int


class Record(Frozen):
    """A row of a table: its cells in the order of the columns, and its place in the text."""

    cells: tuple[str, ...]
    start: int
    end: int


class TableRecords(Frozen):
    title: str
    columns: tuple[str, ...]
    rows: tuple[Record, ...]


class LeftOut(Frozen):
    """A block that is no passage's: a contents page, page furniture, a table's header (its rows carry it)."""

    kind: str
    start: int
    end: int
    page: int | None


class TableList(Frozen):
    document_id: str
    tables: tuple[TableRecords, ...]


class DocumentDetail(Frozen):
    """A document without its text, which `/documents/{id}/text` gives. `metadata.read_from` says of each
    field where it was read; `status` is that which filters see. `supersedes` is the version before this one,
    `superseded_by` the version after it or the document in its place."""

    id: str
    uri: str
    source: str
    sha256: str
    origin: str
    characters: int
    supersedes: str | None
    superseded_by: str | None
    status: Status | None
    duplicates: tuple[str, ...]
    metadata: dict[str, object]
    notes: tuple[Note, ...]
    tables: tuple[TableInfo, ...]
    headings: tuple[Heading, ...]
    left_out: tuple[LeftOut, ...]


class TextSpan(Frozen):
    document_id: str
    start: int
    end: int
    characters: int
    text: str


def describe(assistant: Assistant, document_id: str) -> DocumentDetail:
    """What is known of a document, its text left out."""
    document, catalogue = assistant.document(document_id), assistant.index.catalogue
    metadata, standing = document.metadata, catalogue.standing(document_id)
    return DocumentDetail(
        id=document.id,
        uri=document.uri,
        source=document.source,
        sha256=document.sha256,
        origin=document.origin,
        characters=len(document.text),
        supersedes=document.supersedes,
        superseded_by=standing.superseded_by,
        status=status(metadata, standing),
        duplicates=catalogue.twins(document_id),
        metadata={**{name: getattr(metadata, name) for name in FIELDS}, "read_from": dict(metadata.read_from)},
        notes=document.notes,
        tables=tuple(TableInfo(title=t.title, columns=t.columns, rows=len(t.rows)) for t in document.tables),
        headings=tuple(
            Heading(level=b.level, text=document.quote(b.start, b.end), start=b.start)
            for b in document.blocks
            if b.level
        ),
        left_out=tuple(
            LeftOut(kind=b.kind, start=b.start, end=b.end, page=b.page)
            for b in document.blocks
            if not b.kind.searchable
        ),
    )


def table_list(document: Document) -> TableList:
    """A document's tables as records."""
    return TableList(
        document_id=document.id,
        tables=tuple(
            TableRecords(
                title=t.title,
                columns=t.columns,
                rows=tuple(Record(cells=r.cells, start=r.start, end=r.end) for r in t.rows),
            )
            for t in document.tables
        ),
    )


def build_app(
    assistant: Assistant,
    ingester: Ingester,
    *,
    api_key: str | None,
    most_bytes: int,
    local_only: bool = False,
    rebuilder: Rebuilder | None = None,
    images: PageImages | None = None,
    feedback: FeedbackStore | None = None,
    conversations: Conversations | None = None,
) -> FastAPI:
    """The API as an app, with the page still to be mounted on it; see `AccessLayer` for the settings. Without a
    `rebuilder` it has no jobs, without `images` no pages, without `feedback` it takes none, and without
    `conversations` it keeps none."""
    # The usual documentation page fetches its parts from outside; this one brings them along.
    app = FastAPIOffline(title="Yiju 依据", version=version("yiju"), description=_DESCRIPTION, redoc_url=None)
    app.add_middleware(JsonByDefault)
    app.add_middleware(AccessLayer, key=api_key, upload_limit=most_bytes, local_only=local_only)
    problems.install(app)
    _add_questions(app, assistant, Recorder(assistant, conversations))
    _add_documents(app, assistant, ingester)
    api_pages.install(app, assistant, images)
    if rebuilder is not None:
        _add_jobs(app, rebuilder)
    api_exports.install(app, assistant, conversations)
    if feedback is not None:
        api_feedback.install(app, assistant, feedback, conversations)
    api_conversations.install(app, conversations)
    _add_health(app, assistant)
    return app


class JsonByDefault:
    """Takes the body of a question for JSON where the caller says nothing better: `curl -d` calls
    everything a form. Requests from other web sites, which could misuse this, were refused before."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in ("/ask", "/search"):
            headers = MutableHeaders(scope=scope)
            if headers.get("content-type", _CURLS_DEFAULT).startswith(_CURLS_DEFAULT):
                headers["content-type"] = "application/json"
        await self._app(scope, receive, send)


def _add_questions(app: FastAPI, assistant: Assistant, recorder: Recorder) -> None:
    @app.post("/ask", response_model=Answer, tags=["questions"])
    def ask(request: AskRequest) -> Response | Answer:
        """The answer, every statement with its citations. `stream: true` gives server-sent events:
        `sources`, `delta`, and the whole answer last, or `error`."""
        question = Question(
            text=request.question,
            conversation_id=request.conversation_id,
            history=request.history,
            filters=request.filters,
            top_k=request.top_k,
            answerer=request.answerer,
            language=request.language,
        )
        if not request.stream:
            return recorder.ask(question)
        events = recorder.stream(question)
        # The first event is made before the response begins, so that bad input still gets its status.
        first = next(events)
        return StreamingResponse(_events(first, events), media_type="text/event-stream")

    @app.post("/search", tags=["questions"])
    def search(request: SearchRequest) -> ExplainedResponse | SearchResponse:
        """The passages that the answer to a question would be looked for in. `explain: true` adds why."""
        if not request.explain:
            return SearchResponse(hits=assistant.search(request.question, top_k=request.top_k, filters=request.filters))
        hits, explained = assistant.explain(request.question, top_k=request.top_k, filters=request.filters)
        return ExplainedResponse(hits=hits, explanation=explained)


def _events(first: Sources | Delta | Answer, rest: Iterator[Sources | Delta | Answer]) -> Iterator[str]:
    yield _event(first)
    try:
        for event in rest:
            yield _event(event)
    except YijuError as error:
        yield _sse("error", json.dumps(problems.problem_body(error.status, error.en)))


def _event(event: Sources | Delta | Answer) -> str:
    if isinstance(event, Sources):
        return _sse("sources", SearchResponse(hits=event.hits).model_dump_json())
    if isinstance(event, Delta):
        return _sse("delta", json.dumps({"text": event.text}, ensure_ascii=False))
    return _sse("answer", event.model_dump_json())


def _sse(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"


def _add_documents(app: FastAPI, assistant: Assistant, ingester: Ingester) -> None:
    @app.get("/documents", tags=["documents"])
    def list_documents(
        versions: Annotated[
            bool, Query(description="earlier versions too, each after the one that replaced it")
        ] = False,
    ) -> DocumentList:
        """The current documents."""
        return DocumentList(documents=assistant.documents(versions=versions))

    @app.get("/documents/similar", tags=["documents"])
    def similar_documents() -> SimilarList:
        """The pairs of current documents with nearly the same text, by an estimate of their similarity."""
        return SimilarList(pairs=assistant.similar())

    @app.post("/documents", status_code=201, tags=["documents"])
    def add_document(
        response: Response,
        file: Annotated[UploadFile, File(description="one file, in its original form")],
        uri: Annotated[
            str | None, Form(max_length=4000, description="where it is from; tells its versions apart")
        ] = None,
        sidecar: Annotated[
            UploadFile | None, File(description="YAML: what the document is, in place of what is read from it")
        ] = None,
        name: Annotated[
            str | None, Form(max_length=1000, description="the file's name, where the form can't carry it as it is")
        ] = None,
    ) -> Added:
        """Adds a document, or a new version of one that has the same uri. It is safe once this returns.
        "updated" is one whose sidecar alone is another than before."""
        name = Path(name or file.filename or "").name
        if not name:
            raise BadInput("the file has no name; send one as filename", "文件没有名称；请在 filename 中提供")
        beside = sidecar.file.read() if sidecar is not None else None
        beside_name = (sidecar.filename or "") if sidecar is not None else ""
        result = ingester.add(
            file.file.read(), uri=uri or f"upload:{name}", source=name, sidecar=beside, sidecar_name=beside_name
        )
        assert result.document_id is not None
        assert result.outcome != "failed"
        response.status_code = 201 if result.outcome == "added" else 200
        return Added(
            document_id=result.document_id,
            source=name,
            outcome=result.outcome,
            duplicate_of=result.duplicate_of,
            notes=result.notes,
        )

    @app.get("/documents/{document_id}", tags=["documents"])
    def show_document(document_id: str) -> DocumentDetail:
        """A document's metadata, tables and headings; replaced versions can be shown too."""
        return describe(assistant, document_id)

    @app.patch("/documents/{document_id}", tags=["documents"])
    def set_fields(document_id: str, fields: FieldValues) -> DocumentDetail:
        """Sets fields of a document by hand, for its later versions too. An empty value or null gives back
        what was read. `supersedes` names another document, which then counts as withdrawn."""
        assistant.set_fields(document_id, fields)
        return describe(assistant, document_id)

    @app.get("/documents/{document_id}/tables", tags=["documents"])
    def document_tables(document_id: str) -> TableList:
        """The document's tables as records, what a merged cell says given to every row that it covers."""
        return table_list(assistant.document(document_id))

    @app.get("/documents/{document_id}/text", tags=["documents"])
    def document_text(
        document_id: str,
        start: Annotated[int, Query(ge=0)] = 0,
        end: Annotated[int | None, Query(ge=0)] = None,
    ) -> TextSpan:
        """The exact text of a span, in characters: what a citation's `start` and `end` point at."""
        document = assistant.document(document_id)
        last = len(document.text) if end is None else end
        if not start <= last <= len(document.text):
            raise BadInput(
                f"the span {start}–{last} is outside the document; it has characters 0–{len(document.text)}",
                f"区间 {start}–{last} 超出文件范围；该文件的字符范围为 0–{len(document.text)}",
            )
        return TextSpan(
            document_id=document.id,
            start=start,
            end=last,
            characters=len(document.text),
            text=document.quote(start, last),
        )

    @app.delete("/documents/{document_id}", status_code=204, tags=["documents"])
    def remove_document(document_id: str) -> None:
        """Removes a document and all that is stored of it."""
        assistant.index.remove(document_id)


def _add_jobs(app: FastAPI, rebuilder: Rebuilder) -> None:
    @app.post("/rebuild", status_code=202, tags=["jobs"])
    def rebuild(asked: RebuildRequest, request: Request) -> JobState:
        """Builds the index again, with another embedder for instance. The old index answers until the new one is
        complete; documents may be added and removed meanwhile. 409 while another rebuild runs."""
        return _state(rebuilder.start(asked.settings), request)

    @app.get("/jobs/{job_id}", tags=["jobs"])
    def show_job(job_id: str, request: Request) -> JobState:
        """How far a job is."""
        return _state(rebuilder.job(job_id), request)


def _state(job: Job, request: Request) -> JobState:
    error = job.error.text(problems.language_of(request)) if job.error else None
    return JobState(id=job.id, state=job.state, done=job.done, total=job.total, source=job.source, error=error)


def _add_health(app: FastAPI, assistant: Assistant) -> None:
    @app.get("/health/live", tags=["health"])
    def live() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @app.get("/health/ready", tags=["health"])
    def ready() -> dict[str, object]:
        """The catalogue and the index answer, and agree."""
        with assistant.index.reading() as generation:
            stored, known = generation.store.count(SearchScope()), assistant.index.catalogue.passages()
        if stored < known:
            raise Unavailable(
                f"the index holds {stored} of {known} passages; stop the server and run: yiju ingest --rebuild",
                f"索引中有 {stored} 个段落，应有 {known} 个；请停止服务并运行：yiju ingest --rebuild",
            )
        return {"status": "ok", "passages": known}

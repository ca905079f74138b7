"""The routes of the documents: adding, listing, describing and removing them, and their texts and tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from fastapi import Body, FastAPI, File, Form, Query, Response, UploadFile
from pydantic import Field

from assistant.answers import Frozen
from assistant.core import Assistant, DocumentSummary
from corpus.document import Document, Note, Status
from corpus.errors import BadInput
from corpus.fields import FIELDS
from corpus.similarity import Pair
from corpus.standing import status
from indexing.ingest import Ingester

FieldValues = Annotated[
    dict[str, str | tuple[str, ...] | None],
    Body(examples=[{"status": "trial", "effective": "2025-01-01", "issuers": ["甲局", "乙局"], "title": None}]),
]


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


def install(app: FastAPI, assistant: Assistant, ingester: Ingester) -> None:
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

"""One question's journey: question → scope → hits → abstain or answer → citations → Answer.

This is the file to read first. It knows neither HTTP nor pages nor files, and holds no state of a
user: what a conversation needs comes in with the question and goes out with the answer.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from assistant import extractive, texts
from assistant.abstention import UNANSWERABLE, Calibration, Signals, shipped, signals_of
from assistant.answers import (
    Answer,
    Citation,
    Draft,
    Filters,
    Label,
    Language,
    Message,
    Models,
    Reason,
    Statement,
    Timings,
)
from corpus.document import Document
from corpus.errors import BadInput, Unavailable
from corpus.fields import is_text, number_of
from corpus.similarity import Pair
from corpus.standing import Life, life
from indexing.explain import Explained
from indexing.index import Index
from indexing.rerank import Reranker
from indexing.retrieval import RERANK_TOP, Hit, Retriever, Search, headings_at
from indexing.store import Scope

if TYPE_CHECKING:
    from assistant.generative import Writer

SamplePolicy = Literal["auto", "always", "never"]
MOST_HITS = 50
# What is left of a question that asks for nothing in particular.
_FUNCTION_CHARACTERS = frozenset("的地得了着过是在和与及或有也都就不这那之其把被让")
NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, of which documents, and how the answer is wanted."""

    text: str
    conversation_id: str | None = None
    history: tuple[Message, ...] = ()
    filters: Filters = NO_FILTERS
    top_k: int = 8
    answerer: Literal["auto", "extractive", "generative"] = "auto"
    language: Literal["auto", "zh", "en"] = "auto"


@dataclass(frozen=True, slots=True)
class Sources:
    """The first event of a stream: what was found."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of the answer's text, in order."""

    text: str


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document as a list shows it; `searched` is false for samples that have stepped aside, and for
    versions that are not `current`. `date` is that of issue; `status` is "withdrawn" where another document
    supersedes it."""

    id: str
    title: str
    source: str
    uri: str
    language: str
    origin: str
    passages: int
    characters: int
    added: str
    searched: bool
    number: str | None = None
    date: str | None = None
    status: str | None = None
    current: bool = True
    supersedes: str | None = None
    superseded_by: str | None = None


class Assistant:
    """Answers questions about the documents of one index."""

    def __init__(
        self,
        index: Index,
        *,
        writer: Writer | None = None,
        samples: SamplePolicy = "auto",
        max_question: int = 2000,
        calibration: Calibration | None = None,
        reranker: Reranker | None = None,
        rerank_top: int = RERANK_TOP,
    ) -> None:
        self.index = index
        self.calibration = calibration or shipped()
        self._writer = writer
        self.max_question = max_question
        self._samples = samples
        self._reranker = reranker
        self._retriever = Retriever(index, reranker=reranker, rerank_top=rerank_top)

    def ask(self, question: Question) -> Answer:
        """The answer to a question. Raises `BadInput` for a question that can't be one."""
        *_, answer = self.stream(question)
        assert isinstance(answer, Answer)
        return answer

    def stream(self, question: Question) -> Iterator[Sources | Delta | Answer]:
        """The answer as it comes into being: `Sources`, then `Delta`s, the whole `Answer` always last."""
        began = time.perf_counter()
        text = self._checked(question)
        language = texts.answer_language(text, question.language)
        search, refusal = self._find(text, question)
        retrieved = time.perf_counter()
        yield Sources(search.hits)
        documents = self._documents_of(search)
        judgement = UNANSWERABLE
        embedder = self.index.embedder.name if self.index.embedder else "none"
        if refusal is None:
            signals = signals_of(text, _judged(search), documents, self.calibration.signals)
            judgement = self.calibration.judge(signals, embedder)
            refusal = None if judgement.answerable else "not_in_documents"
        lives = {found: self._life(document) for found, document in documents.items()}
        cited = _Cited(documents, lives)
        answerer = extractive.NAME
        if refusal is None:
            late = frozenset(known for known, life_ in lives.items() if not life_.in_force())
            for answerer, draft in self._drafts(question, text, search, documents, late, language):  # noqa: B007
                yield Delta(cited.say(draft))
            refusal = None if cited.statements else "not_in_documents"
        if refusal is not None:
            cited.text = self._refusal(refusal, language, search, question.filters)
            yield Delta(cited.text)
        yield Answer(
            id=uuid.uuid4().hex,
            conversation_id=question.conversation_id or uuid.uuid4().hex,
            question=question.text,
            standalone_question=text,
            answered=refusal is None,
            reason=refusal,
            confidence=judgement.confidence,
            text=cited.text,
            statements=tuple(cited.statements),
            citations=tuple(cited.citations),
            hits=search.hits,
            models=Models(
                embedder=embedder, answerer=answerer, reranker=self._reranker.name if self._reranker else None
            ),
            timings_ms=_timings(began, retrieved, time.perf_counter()),
            label=Label(ai_generated=True, notice=texts.notice(language, written=answerer != extractive.NAME)),
        )

    def _drafts(
        self,
        question: Question,
        text: str,
        search: Search,
        documents: Mapping[str, Document],
        not_in_force: frozenset[str],
        language: Language,
    ) -> Iterator[tuple[str, Draft]]:
        """What is to be said, with the name of the answerer that says it. Where the language model fails
        or nothing that it writes is supported, the documents' own words are the answer."""
        if self._writer is not None and question.answerer != "extractive":
            written = False
            try:
                for draft in self._writer.write(text, search.hits, documents, language):
                    written = True
                    yield self._writer.name, draft
            except Unavailable:
                if question.answerer == "generative":
                    raise
            if written:
                return
        for draft in extractive.draft(text, _every_place(search, documents), documents, not_in_force):
            yield extractive.NAME, draft

    def search(self, question: str, *, top_k: int = 8, filters: Filters = NO_FILTERS) -> tuple[Hit, ...]:
        """The best hits for a question, without an answer."""
        asked = Question(question, top_k=top_k, filters=filters)
        search, _ = self._find(self._checked(asked), asked)
        return search.hits

    def explain(
        self, question: str, *, top_k: int = 8, filters: Filters = NO_FILTERS
    ) -> tuple[tuple[Hit, ...], Explained]:
        """The best hits for a question, and why each is where it is."""
        asked = Question(question, top_k=top_k, filters=filters)
        search, _ = self._find(self._checked(asked), asked, explain=True)
        assert search.explained is not None
        return search.hits, search.explained

    def signals(self, question: Question) -> Signals | None:
        """What it is judged by whether the documents answer a question; None where nothing is searched or asked."""
        text = self._checked(question)
        search, refusal = self._find(text, question)
        return signals_of(text, _judged(search), self._documents_of(search)) if refusal is None else None

    def document(self, document_id: str) -> Document:
        """A document by its id, replaced versions included. Raises `NotFound`."""
        return self.index.catalogue.document(document_id)

    def documents(self, *, versions: bool = False) -> tuple[DocumentSummary, ...]:
        """The current documents, with `versions` each followed by those that it replaced."""
        origins, catalogue = self._origins(), self.index.catalogue
        return tuple(
            DocumentSummary(
                id=s.id,
                title=s.title,
                source=s.source,
                uri=s.uri,
                language=s.language,
                origin=s.origin,
                passages=s.passages,
                characters=s.characters,
                added=s.added,
                searched=s.current and s.origin in origins,
                number=s.number,
                date=s.date.isoformat() if s.date else None,
                status=str(s.status) if s.status else None,
                current=s.current,
                supersedes=s.supersedes,
                superseded_by=s.superseded_by,
            )
            for s in (catalogue.versions() if versions else catalogue.summaries())
        )

    def life(self, document_id: str) -> Life:
        """Whether a document still holds, and what is in its place. Raises `NotFound`."""
        return self._life(self.document(document_id))

    def _life(self, document: Document) -> Life:
        return life(document.metadata, self.index.catalogue.standing(document.id))

    def set_fields(self, document_id: str, fields: Mapping[str, object]) -> None:
        """Sets fields of a document by hand. Raises `NotFound` and `BadInput`."""
        self.index.set_fields(document_id, fields)

    def similar(self) -> tuple[Pair, ...]:
        """The pairs of current documents with nearly the same text."""
        return self.index.catalogue.similar()

    def _checked(self, question: Question) -> str:
        text = question.text.strip()
        if not text:
            raise BadInput("the question is empty; write what you want to know", "问题为空；请写明您想了解的内容")
        if not is_text(text):
            raise BadInput(
                "the question has characters that are none; write it again in UTF-8",
                "问题含有无效字符；请以 UTF-8 重新输入",
            )
        if len(text) > self.max_question:
            raise BadInput(
                f"the question has {len(text):,} characters, and at most {self.max_question:,} are read; shorten it",
                f"问题共 {len(text):,} 字，最多 {self.max_question:,} 字；请缩短后再问",
            )
        if question.answerer == "generative" and self._writer is None:
            raise BadInput(
                "no language model is configured; use answerer auto or extractive, or set YIJU_LLM",
                "尚未配置语言模型；请将 answerer 设为 auto 或 extractive，或设置 YIJU_LLM",
            )
        return text

    def _origins(self) -> tuple[str, ...]:
        """Samples step aside as soon as there is a document of the user's own."""
        if self._samples == "always":
            return ("own", "sample")
        if self._samples == "never" or self.index.catalogue.has_own():
            return ("own",)
        return ("own", "sample")

    def _documents_of(self, search: Search) -> dict[str, Document]:
        """The documents of all hits, and of the places that say the same."""
        found = {hit.document_id for hit in (*search.hits, *search.by_fusion)}
        found |= {place.document_id for hit in search.hits for place in hit.also}
        return {document_id: self.document(document_id) for document_id in found}

    def _find(self, text: str, question: Question, *, explain: bool = False) -> tuple[Search, Reason | None]:
        origins = self._origins()
        scope = _scope(question.filters, origins)
        search = self._retriever.search(text, question.top_k, scope, origins, explain=explain)
        if not search.passages:
            return search, "no_documents"
        if all(term in _FUNCTION_CHARACTERS for term in search.question.weights):
            return search, "too_vague"
        return search, None

    def _refusal(self, reason: Reason, language: Language, search: Search, filters: Filters) -> str:
        if reason == "no_documents":
            return texts.NO_DOCUMENTS[language]
        if reason == "too_vague":
            return texts.TOO_VAGUE[language]
        if not search.hits and filters != NO_FILTERS:
            return texts.NO_MATCHING_DOCUMENTS[language]
        said = texts.NOT_IN_DOCUMENTS[language]
        searched = {d.language for d in self.documents() if d.searched}
        if searched and language not in searched:
            said += "\n" + texts.OTHER_LANGUAGE[language]
        return said


def _scope(filters: Filters, origins: Sequence[str]) -> Scope:
    return Scope(
        documents=filters.documents or None,
        origins=tuple(origins),
        language=filters.language,
        tags=filters.tags or None,
        as_of=int(filters.as_of.strftime("%Y%m%d")) if filters.as_of else None,
        statuses=tuple(map(str, filters.status)) or None,
        regions=filters.region or None,
        issuers=filters.issuer or None,
        document_numbers=tuple(map(number_of, filters.number)) or None,
    )


def _judged(search: Search) -> Search:
    """A search as it is judged whether the documents answer its question: a calibration is of single passages and
    of the scores of fusion, whatever a reranker says."""
    return replace(search, hits=search.by_fusion)


def _every_place(search: Search, documents: Mapping[str, Document]) -> Search:
    """A search with a hit for every place that says the same, so that all can be cited."""
    hits: list[Hit] = []
    for hit in search.hits:
        hits.append(hit)
        for place in hit.also:
            document = documents[place.document_id]
            hits.append(
                replace(
                    hit,
                    document_id=place.document_id,
                    title=place.title,
                    source=place.source,
                    headings=headings_at(document, place.start, place.end),
                    page=document.page_at(place.start),
                    start=place.start,
                    end=place.end,
                    text=document.quote(place.start, place.end),
                    also=(),
                )
            )
    return replace(search, hits=tuple(hits))


class _Cited:
    """An answer's text while it is being said: statements, and citations numbered as they come."""

    def __init__(self, documents: Mapping[str, Document], lives: Mapping[str, Life]) -> None:
        self.text = ""
        self.statements: list[Statement] = []
        self.citations: list[Citation] = []
        self._documents = documents
        self._lives = lives

    def say(self, draft: Draft) -> str:
        """Adds a statement; returns what it adds to the text."""
        numbers = tuple(dict.fromkeys(self._number(*span) for span in draft.spans))
        self.statements.append(
            Statement(
                text=draft.text,
                citations=numbers,
                support=draft.support,
                supported=draft.outcome == "supported",
                outcome=draft.outcome,
                reason=draft.reason,
            )
        )
        added = ("\n" if self.text else "") + f"{draft.text} {''.join(f'[{n}]' for n in numbers)}"
        self.text += added
        return added

    def _number(self, hit: Hit, start: int, end: int) -> int:
        for known in self.citations:
            if (known.document_id, known.start, known.end) == (hit.document_id, start, end):
                return known.number
        document, life_ = self._documents[hit.document_id], self._lives[hit.document_id]
        citation = Citation(
            number=len(self.citations) + 1,
            document_id=document.id,
            title=document.metadata.title,
            source=document.source,
            headings=headings_at(document, start, end),
            page=document.page_at(start),
            start=start,
            end=end,
            quote=document.quote(start, end),
            score=hit.score,
            status=life_.status,
            until=life_.until,
            superseded_by=life_.superseded_by,
        )
        self.citations.append(citation)
        return citation.number


def _timings(began: float, retrieved: float, finished: float) -> Timings:
    retrieve, answer = (retrieved - began) * 1000, (finished - retrieved) * 1000
    return Timings(retrieve=round(retrieve, 2), answer=round(answer, 2), verify=0.0, total=round(retrieve + answer, 2))

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

from assistant import texts
from assistant.answering import extractive
from assistant.answering.abstention import UNANSWERABLE, Calibration, Judgement, shipped
from assistant.answering.cited import Cited
from assistant.answering.finding import Finder, Found
from assistant.answering.signals import Signals, signals_of
from assistant.answers import (
    Aigc,
    Answer,
    Filters,
    Label,
    Language,
    Message,
    Models,
    Reason,
    Timings,
)
from assistant.conversation.condensing import condensed
from assistant.conversation.followup import asks_for_more, is_courtesy
from corpus.document import Document
from corpus.errors import BadInput, Unavailable
from corpus.fields import is_text, number_of
from corpus.similarity import Pair
from corpus.standing import Life, life
from indexing.explain import Explained
from indexing.index import Index
from indexing.rerank import Reranker
from indexing.retrieval import RERANK_TOP, Hit, Search, hit_at
from indexing.store import Scope

if TYPE_CHECKING:
    from assistant.generating.generative import Writer

SamplePolicy = Literal["auto", "always", "never"]
MOST_HITS = 50
# A number of fewer digits names nothing by itself.
_LEAST_DIGITS = 3
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
    issuers: tuple[str, ...] = ()
    region: str | None = None
    tags: tuple[str, ...] = ()


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
        producer: str = "yiju",
    ) -> None:
        self.index = index
        self.producer = producer
        self.calibration = calibration or shipped()
        self._writer = writer
        self.max_question = max_question
        self._samples = samples
        self._reranker = reranker
        self._finder = Finder(index, reranker, rerank_top)

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
        text = self._standalone(text, question)
        found, refusal = self._find(text, question)
        search = found.search
        retrieved = time.perf_counter()
        yield Sources(search.hits)
        documents = self._documents_of(search, *found.each)
        judgement, said = UNANSWERABLE, _said_before(question)
        embedder = self.index.embedder.name if self.index.embedder else "none"
        if refusal is None:
            signals = signals_of(_judged(found), documents, self.calibration.signals)
            judgement = self.calibration.judge(signals, embedder)
            # What is on record is there, however little of the question it says.
            refused = not judgement.answerable and not signals.elsewhere
            if refused and extractive.known(found, documents, language):
                judgement = Judgement(self.calibration.threshold, answerable=True)
            refusal = None if judgement.answerable else "not_in_documents"
        lives = {known: self._life(document) for known, document in documents.items()}
        cited = Cited(documents, lives, language)
        if refusal is None:
            late = frozenset(known for known, life_ in lives.items() if not life_.in_force())
            yield from map(Delta, self._say(cited, question, text, found, late, said))
            refusal = None if cited.statements else "not_in_documents"
        if refusal is not None:
            if judgement.answerable and said:
                cited.text = texts.NO_MORE[language]
            else:
                cited.text = self._refusal(refusal, text, language, search, question.filters)
            yield Delta(cited.text)
        answer_id = uuid.uuid4().hex
        yield Answer(
            id=answer_id,
            conversation_id=question.conversation_id or uuid.uuid4().hex,
            question=question.text,
            standalone_question=text,
            answered=refusal is None,
            reason=refusal,
            confidence=judgement.confidence,
            text=cited.text,
            statements=tuple(cited.statements),
            citations=tuple(cited.citations),
            hits=cited.among(search.hits, question.top_k),
            interrupted=cited.interrupted,
            models=Models(
                embedder=embedder, answerer=cited.answerer, reranker=self._reranker.name if self._reranker else None
            ),
            timings_ms=_timings(began, retrieved, time.perf_counter(), cited.verifying.seconds),
            label=Label(
                ai_generated=True,
                notice=cited.notice(),
                aigc=Aigc.of(self.producer, answer_id, cited.text),
            ),
        )

    def _say(
        self, cited: Cited, question: Question, text: str, found: Found, not_in_force: frozenset[str], said: str
    ) -> Iterator[str]:
        """Says the answer, and yields its text as it grows. Where nothing that the language model writes is supported,
        the documents' own words are the answer; where it fails, they follow what it had said. They are not what was
        `said` before."""
        if self._writer is not None and question.answerer != "extractive":
            try:
                for draft in self._writer.write(
                    text, found.search.hits, cited.documents, cited.language, cited.verifying
                ):
                    yield cited.say(draft, self._writer.name)
            except Unavailable as error:
                if question.answerer == "generative" and not cited.statements:
                    raise
                cited.interrupted = error.text(cited.language)
            if cited.interrupted is None and any(statement.outcome != "not" for statement in cited.statements):
                return
        every = replace(found, search=_every_place(found.search, cited.documents))
        for draft in extractive.draft(every, cited.documents, not_in_force, language=cited.language, said=said):
            if not draft.spans:
                yield cited.note(draft.text)
                continue
            quoted = cited.documents[draft.spans[0][0].document_id].metadata.language
            if quoted != cited.language and not cited.statements:
                yield cited.note(texts.QUOTED_AS_WRITTEN[cited.language])
            yield cited.say(draft, extractive.NAME)

    def search(self, question: str, *, top_k: int = 8, filters: Filters = NO_FILTERS) -> tuple[Hit, ...]:
        """The best hits for a question, without an answer."""
        asked = Question(question, top_k=top_k, filters=filters)
        return self._find(self._checked(asked), asked)[0].search.hits

    def explain(
        self, question: str, *, top_k: int = 8, filters: Filters = NO_FILTERS
    ) -> tuple[tuple[Hit, ...], Explained]:
        """The best hits for a question, and why each is where it is."""
        asked = Question(question, top_k=top_k, filters=filters)
        search = self._find(self._checked(asked), asked, explain=True)[0].search
        assert search.explained is not None
        return search.hits, search.explained

    def signals(self, question: Question) -> Signals | None:
        """What it is judged by whether the documents answer a question; None where nothing is searched or asked."""
        text = self._standalone(self._checked(question), question)
        found, refusal = self._find(text, question)
        return signals_of(_judged(found), self._documents_of(found.search)) if refusal is None else None

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
                issuers=s.issuers,
                region=s.region,
                tags=s.tags,
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

    def _standalone(self, text: str, question: Question) -> str:
        """The question as it would be asked without what was said before: what is searched."""
        asks_model = self._writer is not None and question.answerer != "extractive"
        return condensed(text, question.history, self._writer.complete if self._writer and asks_model else None)

    def _origins(self) -> tuple[str, ...]:
        """Samples step aside as soon as there is a document of the user's own."""
        if self._samples == "always":
            return ("own", "sample")
        if self._samples == "never" or self.index.catalogue.has_own():
            return ("own",)
        return ("own", "sample")

    def _documents_of(self, *searches: Search) -> dict[str, Document]:
        """The documents of all hits, and of the places that say the same."""
        found = {hit.document_id for search in searches for hit in (*search.hits, *search.by_fusion)}
        found |= {place.document_id for search in searches for hit in search.hits for place in hit.also}
        return self.index.catalogue.documents(found)

    def _find(self, text: str, question: Question, *, explain: bool = False) -> tuple[Found, Reason | None]:
        origins = self._origins()
        scope = _scope(question.filters, origins)
        found = self._finder.find(text, question.top_k, scope, origins, explain=explain)
        if not found.search.passages:
            return found, "no_documents"
        if is_courtesy(text) or all(_says_nothing(term) for term in found.search.question.weights):
            return found, "too_vague"
        return found, None

    def _refusal(self, reason: Reason, text: str, language: Language, search: Search, filters: Filters) -> str:
        if reason == "no_documents":
            return texts.NO_DOCUMENTS[language]
        if reason == "too_vague":
            unread = not search.question.weights and texts.has_words(text)
            return "\n".join((texts.TOO_VAGUE[language], *([texts.NEITHER_LANGUAGE[language]] if unread else ())))
        if not search.hits and filters != NO_FILTERS:
            return texts.NO_MATCHING_DOCUMENTS[language]
        said = texts.NOT_IN_DOCUMENTS[language]
        searched = {d.language for d in self.documents() if d.searched}
        if searched and language not in searched:
            said += "\n" + texts.OTHER_LANGUAGE[language]
        return said


def _says_nothing(term: str) -> bool:
    """Whether a term by itself is nothing to search for: 的, 1."""
    return term in _FUNCTION_CHARACTERS or (term.isdecimal() and len(term) < _LEAST_DIGITS)


def _said_before(question: Question) -> str:
    """What was answered before, where more is asked for; else nothing."""
    if not asks_for_more(question.text):
        return ""
    return "\n".join(message.content for message in question.history if message.role == "assistant")


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


def _judged(found: Found) -> Found:
    """What was found as it is judged whether the documents answer the question: a calibration is of single passages
    and of the scores of fusion, whatever a reranker says."""
    return replace(found, search=replace(found.search, hits=found.search.by_fusion))


def _every_place(search: Search, documents: Mapping[str, Document]) -> Search:
    """A search with a hit for every place that says the same, so that all can be cited."""
    hits: list[Hit] = []
    for hit in search.hits:
        hits.append(hit)
        hits += (hit_at(hit, documents[place.document_id], place.start, place.end) for place in hit.also)
    return replace(search, hits=tuple(hits))


def _timings(began: float, retrieved: float, finished: float, verifying: float) -> Timings:
    """The parts of a question's time, all `time.perf_counter`'s seconds; verifying is no part of answering."""
    parts = {"retrieve": retrieved - began, "answer": finished - retrieved - verifying, "verify": verifying}
    rounded = {name: round(seconds * 1000, 2) for name, seconds in parts.items()}
    return Timings(**rounded, total=round((finished - began) * 1000, 2))

"""Answers to be taken away: as Markdown, as DOCX and as JSON, each with its references, notice and label.

`export_of` makes one `Export` of one answer or of a conversation's; the forms only write it down. Every citation
is looked up again: a quote is shown where it stands, and nowhere else. It knows no store of conversations.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

from assistant.answers import Aigc, Answer, Citation, Frozen, Language, Outcome, Statement
from assistant.exporting.rechecking import rechecked
from assistant.exporting.words import WORDS, Form, one_line, titled
from assistant.texts import answer_language, caution, status_word
from corpus.document import Day, Document, Status
from corpus.errors import NotFound, Unresolved
from corpus.standing import Life
from indexing.retrieval import Hit, headings_at

MEDIA_TYPES: dict[Form, str] = {
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
}
# How many passages are listed where there is no answer.
_NEAREST = 3


class Library(Protocol):
    """Where documents are looked up, by who is asking; `Assistant` is one."""

    def document(self, document_id: str) -> Document:
        """Raises `NotFound`."""
        ...

    def life(self, document_id: str) -> Life:
        """Raises `NotFound`."""
        ...


class Reference(Frozen):
    """A citation as a list of references has it, with what is known of its document on the day of the export.
    `quote` is None where the document is not here any more; then nothing but its id is said."""

    number: int
    document_id: str
    title: str | None = None
    document_number: str | None = None
    date: Day | None = None
    status: Status | None = None
    standing: str = ""
    source: str | None = None
    headings: tuple[str, ...] = ()
    page: int | None = None
    start: int
    end: int
    quote: str | None = None


class ExportedStatement(Frozen):
    """A sentence with the numbers of its references, and what came of checking it. `text` is empty where a
    document that it rested on is not here any more."""

    text: str
    references: tuple[int, ...]
    outcome: Outcome
    reason: str | None = None
    lead: str = ""


class ExportedTurn(Frozen):
    """A question and what was said to it. `text` is the answer where it has no statements: that there is none, and
    then `nearest` are the best hits."""

    id: str
    question: str
    standalone_question: str
    language: Language
    answered: bool
    reason: str | None
    text: str
    interrupted: str | None
    statements: tuple[ExportedStatement, ...]
    references: tuple[Reference, ...]
    nearest: tuple[Reference, ...]
    answerer: str


class Export(Frozen):
    """What is taken away. `AIGC` is the label for metadata, `notices` are the words for the reader."""

    title: str
    language: Language
    exported: datetime
    notices: tuple[str, ...]
    AIGC: Aigc
    turns: tuple[ExportedTurn, ...]


def export_of(
    title: str, answers: Sequence[Answer], library: Library, *, producer: str, number: str, strict: bool = False
) -> Export:
    """One export of these answers, in their order; `number` is the producer's for them all.

    With `strict`, for an answer that somebody sends, a citation that does not resolve raises `Unresolved`, and every
    sentence is checked again. Without, what rested on a document that is gone since is left out and marked: so it is
    with conversations that were kept.
    """
    if strict:
        for answer in answers:
            check(answer, library)
        answers = [rechecked(answer, library) for answer in answers]
    turns = tuple(_turn(answer, library) for answer in answers)
    language = turns[0].language if turns else "zh"
    notices = dict.fromkeys(answer.label.notice for answer in answers)
    said = "\n".join(line for turn in turns for line in (turn.text, *(s.text for s in turn.statements)) if line)
    return Export(
        title=one_line(title) or WORDS[language].question,
        language=language,
        exported=datetime.now(UTC).replace(microsecond=0),
        notices=tuple(notice for notice in notices if notice),
        AIGC=Aigc.of(producer, number, said),
        turns=turns,
    )


def check(answer: Answer, library: Library) -> None:
    """Raises `Unresolved` unless each citation's words stand where it says and each statement's citations are
    among the answer's."""
    for citation in answer.citations:
        if not _resolves(citation, library):
            place = f"{citation.document_id[:40]!r} {citation.start}–{citation.end}"
            raise Unresolved(
                f"citation {citation.number} does not resolve: its words do not stand in any document here at {place}; "
                "ask again, and send the answer as it comes",
                f"引用 {citation.number} 无法核实：库中文件 {place} 处没有这段文字；请重新提问，并原样发送所得回答",
            )
    numbers = [citation.number for citation in answer.citations]
    cited = {number for statement in answer.statements for number in statement.citations}
    if len(set(numbers)) < len(numbers) or not cited <= set(numbers):
        raise Unresolved(
            "the answer's statements cite numbers that its citations do not have, or have twice; "
            "ask again, and send the answer as it comes",
            "回答的语句引用了不存在或重复的引用编号；请重新提问，并原样发送所得回答",
        )


def _resolves(place: Citation | Hit, library: Library) -> bool:
    said = place.text if isinstance(place, Hit) else place.quote
    try:
        text = library.document(place.document_id).text
    except NotFound:
        return False
    return 0 <= place.start < place.end <= len(text) and text[place.start : place.end] == said


def _turn(answer: Answer, library: Library) -> ExportedTurn:
    language = answer_language(answer.label.notice or answer.question, "auto")
    references = tuple(_reference(citation, library, language) for citation in answer.citations)
    known = {reference.number: reference for reference in references}
    near = () if answer.answered else (_reference(hit, library, language) for hit in answer.hits[:_NEAREST])
    return ExportedTurn(
        id=answer.id,
        question=answer.question,
        standalone_question=answer.standalone_question,
        language=language,
        answered=answer.answered,
        reason=answer.reason,
        text="" if answer.statements else answer.text,
        interrupted=answer.interrupted,
        statements=tuple(_statement(statement, known) for statement in answer.statements),
        references=references,
        nearest=tuple(reference for reference in near if reference.quote is not None),
        answerer=answer.models.answerer,
    )


def _statement(statement: Statement, known: dict[int, Reference]) -> ExportedStatement:
    """A sentence without its grounds is not shown: it may be those words."""
    held = all(n in known and known[n].quote is not None for n in statement.citations)
    return ExportedStatement(
        text=statement.text if held else "",
        references=statement.citations,
        outcome=statement.outcome if held else "not",
        reason=statement.reason if held else None,
        lead=statement.lead,
    )


def _reference(place: Citation | Hit, library: Library, language: Language) -> Reference:
    """Nothing but the place is taken from what is given; the rest is the document's own."""
    number = place.rank if isinstance(place, Hit) else place.number
    bare = Reference(number=number, document_id=place.document_id, start=place.start, end=place.end)
    if not _resolves(place, library):
        return bare
    document, life = library.document(place.document_id), library.life(place.document_id)
    metadata = document.metadata
    warning = caution(life, language, successor=_successor(life, library, language))
    known = {
        "title": metadata.title,
        "document_number": metadata.number,
        "date": metadata.date,
        "status": life.status,
        "standing": warning or status_word(life.status, language),
        "source": document.source,
        "headings": headings_at(document, place.start, place.end),
        "page": document.page_at(place.start),
        "quote": document.quote(place.start, place.end),
    }
    return bare.model_copy(update=known)


def _successor(life: Life, library: Library, language: Language) -> str:
    if not life.superseded_by:
        return ""
    try:
        return titled(library.document(life.superseded_by).metadata.title, language)
    except NotFound:
        return ""


def place_of(reference: Reference, language: Language) -> str:
    """Where the words of a reference stand, on one line: title, number, date, standing, headings, page."""
    words = WORDS[language]
    if reference.title is None:
        return words.missing
    facts = [titled(one_line(reference.title), language), reference.document_number or ""]
    facts += [reference.date.isoformat() if reference.date else "", reference.standing]
    facts += [" › ".join(map(one_line, reference.headings))]
    facts += [words.page.format(reference.page) if reference.page is not None else ""]
    return ("，" if language == "zh" else ", ").join(fact for fact in facts if fact)


def mark_of(statement: ExportedStatement, language: Language) -> str:
    """What a reader must know of a sentence that is not supported; "" of one that is."""
    words = WORDS[language]
    if not statement.text:
        return words.withheld
    if statement.outcome == "supported":
        return ""
    said = words.partly if statement.outcome == "partly" else words.unsupported
    return said + ((": " if language == "en" else "：") + one_line(statement.reason) if statement.reason else "")


def written(export: Export, form: Form) -> bytes:
    """The file of an export, in this form."""
    if form == "docx":
        from assistant.exporting.word import docx

        return docx(export)
    if form == "md":
        from assistant.exporting.markdown import markdown

        return markdown(export).encode()
    return export.model_dump_json(indent=2).encode()

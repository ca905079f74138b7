"""An answer while it is being said: what its statements rest on, numbered as it comes."""

from __future__ import annotations

from collections.abc import Mapping

from assistant import texts
from assistant.answering import extractive
from assistant.answers import Citation, Draft, Language, Statement
from assistant.stopwatch import Stopwatch
from corpus.document import Document
from corpus.standing import Life
from indexing.retrieval import Hit, headings_at


class Cited:
    """An answer's text while it is being said: statements, and citations numbered as they come. `interrupted` is
    why a language model did not write it to its end."""

    def __init__(self, documents: Mapping[str, Document], lives: Mapping[str, Life], language: Language) -> None:
        self.text = ""
        self.statements: list[Statement] = []
        self.citations: list[Citation] = []
        self.documents = documents
        self.language = language
        self.interrupted: str | None = None
        self.verifying = Stopwatch()
        self._lead = ""
        self._lives = lives
        self._answerers: list[str] = []

    @property
    def answerer(self) -> str:
        """Who said it, in order; more than one where one had to take over."""
        return " + ".join(self._answerers) or extractive.NAME

    def notice(self) -> str:
        """What a reader is told about where the text comes from."""
        marked = any(statement.outcome != "supported" for statement in self.statements)
        return texts.notice(self.language, written=self.answerer != extractive.NAME, marked=marked)

    def note(self, text: str) -> str:
        """Adds what the program says before a statement, which rests on nothing; returns what it adds to the text."""
        added = ("\n" if self.text else "") + text
        self.text += added
        self._lead = "\n".join(filter(None, (self._lead, text)))
        return added

    def say(self, draft: Draft, answerer: str = extractive.NAME) -> str:
        """Adds a statement of an answerer; returns what it adds to the text."""
        added = "\n" if self.text else ""
        if answerer not in self._answerers:
            if answerer == extractive.NAME and self.interrupted:
                added += texts.OWN_WORDS_FOLLOW[self.language] + "\n"
            self._answerers.append(answerer)
        numbers = tuple(dict.fromkeys(self._number(*span) for span in draft.spans))
        self.statements.append(
            Statement(
                text=draft.text,
                citations=numbers,
                support=draft.support,
                supported=draft.outcome == "supported",
                outcome=draft.outcome,
                reason=draft.reason,
                lead=self._lead,
            )
        )
        self._lead = ""
        marks = "".join(f"[{n}]" for n in numbers), texts.unsupported(draft.outcome, draft.reason, self.language)
        added += " ".join((draft.text, *filter(None, marks)))
        self.text += added
        return added

    def _number(self, hit: Hit, start: int, end: int) -> int:
        for known in self.citations:
            if (known.document_id, known.start, known.end) == (hit.document_id, start, end):
                return known.number
        document, life_ = self.documents[hit.document_id], self._lives[hit.document_id]
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

"""An answer that somebody sends to be exported, checked again: what is not ours is refused, replaced or marked.

Its citations were looked up before (`assistant.exporting.exports.check`). Here every sentence is held against the
words that it cites, by the rules alone, and never counts for more than it did; what the program says around the
sentences is the program's, or marked. Whether we ever gave this answer is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from assistant import texts
from assistant.answers import Answer, Language, Outcome, Statement
from assistant.checking.verification import verify
from assistant.exporting.words import WORDS
from corpus.document import Document
from corpus.errors import Unresolved
from indexing.retrieval import headings_at

_RANK: dict[Outcome, int] = {"supported": 0, "partly": 1, "not": 2}
# All that is said where there is no answer.
_REFUSALS = (
    texts.NOT_IN_DOCUMENTS,
    texts.OTHER_LANGUAGE,
    texts.TOO_VAGUE,
    texts.NEITHER_LANGUAGE,
    texts.NO_DOCUMENTS,
    texts.NO_MATCHING_DOCUMENTS,
)


class Shelf(Protocol):
    """Where documents are looked up, by who is asking."""

    def document(self, document_id: str) -> Document:
        """Raises `NotFound`."""
        ...


def rechecked(answer: Answer, shelf: Shelf) -> Answer:
    """The answer with its sentences, notice and notes as we stand by them. Every citation of it resolves. Raises
    `Unresolved` where it has sentences and says that it has none, or the other way round, and where its refusal is
    not in our words."""
    if answer.answered != bool(answer.statements) or not (answer.answered or _our_refusal(answer.text)):
        raise Unresolved(
            "this is not an answer as it was given here: ask again, and send the answer as it comes",
            "这不是此处给出的原样回答；请重新提问，并原样发送所得回答",
        )
    language = texts.answer_language(answer.label.notice or answer.question, "auto")
    words = {citation.number: _grounds(answer, citation.number, shelf) for citation in answer.citations}
    statements = tuple(_rechecked(statement, words, language) for statement in answer.statements)
    written = not answer.models.answerer.startswith("extractive")
    marked = any(statement.outcome != "supported" for statement in statements)
    notice = texts.notice(language, written=written or marked, marked=marked)
    return answer.model_copy(
        update={
            "statements": statements,
            "label": answer.label.model_copy(update={"notice": notice}),
            "interrupted": texts.OWN_WORDS_FOLLOW[language] if answer.interrupted else None,
        }
    )


def _our_refusal(text: str) -> bool:
    ours = {line for said in _REFUSALS for line in said.values()}
    return all(line in ours for line in text.splitlines())


def _grounds(answer: Answer, number: int, shelf: Shelf) -> tuple[str, str]:
    """The words of a citation, and what stands over them: the document's own, not what was sent."""
    citation = next(one for one in answer.citations if one.number == number)
    document = shelf.document(citation.document_id)
    above = (document.metadata.title, *headings_at(document, citation.start, citation.end))
    return document.quote(citation.start, citation.end), "\n".join(above)


def _rechecked(statement: Statement, words: Mapping[int, tuple[str, str]], language: Language) -> Statement:
    cited = [words[number] for number in statement.citations]
    quotes, above = "\n".join(quote for quote, _ in cited), "\n".join(dict.fromkeys(over for _, over in cited))
    lead = "\n".join(_lead(line, f"{quotes}\n{above}", language) for line in statement.lead.splitlines())
    verdict = verify(statement.text, quotes, above) if cited else None
    found: Outcome = verdict.outcome if verdict else "not"
    given: Outcome = "not" if statement.outcome == "supported" and not statement.supported else statement.outcome
    outcome = max(found, given, key=_RANK.__getitem__)
    reason = verdict.reason(language) if verdict else texts.UNCITED[language]
    changed = {"lead": lead, "outcome": outcome, "supported": outcome == "supported", "reason": reason}
    return statement.model_copy(update=changed)


def _lead(line: str, known: str, language: Language) -> str:
    """What the program says before a sentence, marked where it is more than the title of what is cited: what it had
    counted is not counted again here."""
    ours = (*texts.QUOTED_AS_WRITTEN.values(), *texts.OWN_WORDS_FOLLOW.values())
    if line in ours or verify(line.rstrip("：:"), known).supported:
        return line
    return f"{line} {WORDS[language].unchecked}"

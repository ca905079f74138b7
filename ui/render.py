"""Answers and documents as HTML. Pure functions; every text from outside is escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from assistant.answers import Answer, Citation, Hit
from assistant.core import DocumentSummary
from assistant.texts import caution, status_word
from corpus.document import Document, Status
from corpus.standing import Life
from indexing.ingest import Result
from ui.texts import EXAMPLES, WORDS, Language, Words

AROUND = 600
_SHOWN_DOCUMENTS = 12
_SNIPPET = 140
UNKNOWN_LIFE = Life(None)


@dataclass(frozen=True, slots=True)
class Turn:
    """One question on the page: being answered (`partial`), answered, or failed (`error`)."""

    question: str
    answer: Answer | None = None
    partial: str = ""
    error: str = ""


def header(language: Language) -> str:
    words = WORDS[language]
    buttons = "".join(
        f'<button type="button" class="yj-lang" data-language="{code}" lang="{code}"'
        f' aria-pressed="{"true" if code == language else "false"}">{name}</button>'
        for code, name in (("zh", "中文"), ("en", "English"))
    )
    return (
        f'<div class="yj-header"><div><span class="yj-brand">Yiju <b lang="zh">依据</b></span>'
        f'<span class="yj-promise">{escape(words.promise)}</span></div>'
        f'<div class="yj-languages" role="group" aria-label="语言 Language">{buttons}</div></div>'
    )


def footer(language: Language) -> str:
    return f'<p class="yj-footer">{escape(WORDS[language].footer)}</p>'


def conversation(turns: Sequence[Turn], documents: Sequence[DocumentSummary], language: Language) -> str:
    """The whole conversation, or what to do where there is none yet."""
    if not turns:
        return welcome(documents, language)
    inner = "".join(_turn(turn, number, language) for number, turn in enumerate(turns))
    return f'<div class="yj-conversation" role="log" aria-live="polite">{inner}</div>'


def welcome(documents: Sequence[DocumentSummary], language: Language) -> str:
    """What is on file and what could be asked; with nothing on file, how to add something."""
    words = WORDS[language]
    searched = [d for d in documents if d.searched]
    if not searched:
        return (
            f'<div class="yj-welcome yj-nothing"><h2>{escape(words.nothing_title)}</h2>'
            f"<p>{escape(words.nothing_text)}</p><pre>yiju ingest PATH</pre></div>"
        )
    only_samples = all(d.origin == "sample" for d in searched)
    said = (words.samples_on_file if only_samples else words.on_file).format(len(searched))
    command = "<pre>yiju ingest PATH</pre>" if only_samples else ""
    examples = ""
    if only_samples:
        buttons = "".join(
            f'<button type="button" class="yj-example" data-question="{escape(q)}">{escape(q)}</button>'
            for q in EXAMPLES[language]
        )
        examples = f'<h3>{escape(words.try_one)}</h3><div class="yj-examples">{buttons}</div>'
    listed = sorted(searched, key=lambda d: d.language != language)
    rows = "".join(f"<li>{escape(d.title)}</li>" for d in listed[:_SHOWN_DOCUMENTS])
    more = f"<li>{escape(words.show_all.format(len(listed)))}</li>" if len(listed) > _SHOWN_DOCUMENTS else ""
    return (
        f'<div class="yj-welcome"><h2>{escape(words.welcome)}</h2>{examples}'
        f'<p class="yj-onfile">{escape(said)}</p>{command}<ul class="yj-documents">{rows}{more}</ul></div>'
    )


def _turn(turn: Turn, number: int, language: Language) -> str:
    words = WORDS[language]
    question = f'<div class="yj-question"><span>{escape(words.you)}</span><p>{escape(turn.question)}</p></div>'
    if turn.error:
        body = (
            f'<div class="yj-error" role="alert"><strong>{escape(words.error)}</strong>'
            f"<p>{escape(turn.error)}</p></div>"
        )
    elif turn.answer is None:
        partial = f'<p class="yj-statement">{escape(turn.partial)}</p>' if turn.partial else ""
        body = f'<div class="yj-answer yj-pending">{partial}<p class="yj-working">{escape(words.working)}</p></div>'
    elif turn.answer.answered:
        body = _answer(turn.answer, number, language)
    else:
        body = _refusal(turn.answer, number, words)
    return f'<section class="yj-turn">{question}{body}</section>'


def _answer(answer: Answer, turn: int, language: Language) -> str:
    words = WORDS[language]
    quotes = {citation.number: citation for citation in answer.citations}
    parts = []
    for statement in answer.statements:
        marks = "".join(_mark(quotes[n], turn, words) for n in statement.citations)
        unsupported = "" if statement.supported else " yj-unsupported"
        parts.append(f'<p class="yj-statement{unsupported}">{escape(statement.text)} {marks}</p>')
    notice = f'<p class="yj-notice">{escape(answer.label.notice)}</p>'
    return f'<div class="yj-answer">{"".join(parts)}{_cautions(answer.citations, language)}{notice}</div>'


def _cautions(citations: Sequence[Citation], language: Language) -> str:
    """Which of the cited documents are drafts or hold no longer, each with the numbers of its citations."""
    said: dict[str, list[Citation]] = {}
    for citation in citations:
        if caution(citation.life, language):
            said.setdefault(citation.document_id, []).append(citation)
    rows = (
        f"<li>{''.join(f'[{c.number}]' for c in cited)} {escape(cited[0].title)} — "
        f"<b>{escape(caution(cited[0].life, language))}</b></li>"
        for cited in said.values()
    )
    return f'<ul class="yj-cautions">{"".join(rows)}</ul>' if said else ""


def _mark(citation: Citation, turn: int, words: Words) -> str:
    label = escape(words.open_source.format(citation.number))
    hint = escape(_short(citation.quote) + " — " + citation.title)
    return (
        f'<button type="button" class="yj-cite" data-turn="{turn}" data-citation="{citation.number}"'
        f' aria-label="{label}" title="{hint}">{citation.number}</button>'
    )


def _refusal(answer: Answer, turn: int, words: Words) -> str:
    said = "".join(f"<p>{escape(line)}</p>" for line in answer.text.splitlines())
    hits = "".join(_hit(hit, turn, words) for hit in answer.hits[:3])
    nearest = f'<h4>{escape(words.nearest)}</h4><div class="yj-hits">{hits}</div>' if hits else ""
    return f'<div class="yj-refusal"><strong>{escape(words.refusal)}</strong>{said}{nearest}</div>'


def _hit(hit: Hit, turn: int, words: Words) -> str:
    place = " › ".join((hit.title, *hit.headings))
    others = " · ".join(dict.fromkeys(other.title for other in hit.also))
    also = f'<span class="yj-also">{escape(words.also.format(others))}</span>' if others else ""
    return (
        f'<button type="button" class="yj-hit" data-turn="{turn}" data-hit="{hit.rank}">'
        f"<b>{escape(place)}</b><span>{escape(_short(hit.text))}</span>{also}</button>"
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SNIPPET else line[:_SNIPPET] + "…"


def no_source(language: Language) -> str:
    words = WORDS[language]
    return (
        f'<aside class="yj-source" aria-label="{escape(words.source_title)}">'
        f'<p class="yj-source-empty">{escape(words.source_empty)}</p></aside>'
    )


def missing_source(reason: str) -> str:
    """The panel for a document that has been removed since."""
    return f'<aside class="yj-source"><p class="yj-source-empty">{escape(reason)}</p></aside>'


def source(
    document: Document,
    place: Citation | Hit,
    language: Language,
    *,
    turn: int = 0,
    number: int | None = None,
    of: int = 0,
    life: Life = UNKNOWN_LIFE,
    successor: str = "",
) -> str:
    """A cited span highlighted inside the text around it. `number` of `of` citations can be stepped
    through; a hit has no number. The highlighted text is exactly the document's. `successor` is the title of
    the document in its place."""
    words = WORDS[language]
    text, start, end = document.text, place.start, place.end
    first, last = _window(text, start, end)
    before = ("…" if first else "") + escape(text[first:start])
    after = escape(text[end:last]) + ("…" if last < len(text) else "")
    headings = "".join(f"<li>{escape(heading)}</li>" for heading in place.headings)
    path = f'<ol class="yj-path">{headings}</ol>' if headings else ""
    steps = _steps(turn, number, of, words) if number is not None else ""
    warning = caution(life, language, successor=_titled(successor, language))
    warned = f'<p class="yj-caution" role="note">{escape(warning)}</p>' if warning else ""
    return (
        f'<aside class="yj-source" aria-label="{escape(words.source_title)}">{steps}'
        f"<h3>{escape(document.metadata.title)}</h3>"
        f'<p class="yj-facts">{escape(_facts(document, place, life, language))}</p>{warned}{path}'
        f'<div class="yj-text" tabindex="0">{before}<mark class="yj-quote">{escape(text[start:end])}</mark>'
        f"{after}</div>"
        "</aside>"
    )


def added(results: Sequence[Result], language: Language, next_file: tuple[int, int, str] | None = None) -> str:
    """What became of the files that were added; `next_file` is the number, count and name of the one at
    work."""
    words = WORDS[language]
    rows = []
    for result in results:
        reason = f": {result.reason.text(language)}" if result.reason else ""
        notes = "".join(f"; {note.text(language)}" for note in result.notes)
        said = escape(getattr(words, result.outcome) + reason + notes)
        rows.append(f'<li class="yj-{result.outcome}"><b>{escape(result.source)}</b> {said}</li>')
    if next_file is not None:
        n, count, name = next_file
        rows.append(f'<li class="yj-adding">{escape(words.adding.format(name, n + 1, count))}</li>')
    return f'<ul class="yj-added" role="status">{"".join(rows)}</ul>' if rows else ""


def _titled(title: str, language: Language) -> str:
    return (f"《{title.strip('《》')}》" if language == "zh" else f"“{title}”") if title else ""


def _facts(document: Document, place: Citation | Hit, life: Life, language: Language) -> str:
    words = WORDS[language]
    metadata = document.metadata
    facts = [document.source]
    if place.page is not None:
        facts.append(words.page.format(place.page))
    if metadata.number:
        facts.append(metadata.number)
    if metadata.date:
        facts.append(f"{words.dated} {metadata.date.isoformat()}")
    if metadata.effective and life.status not in (Status.DRAFT, Status.COMMENT):
        facts.append(words.effective.format(metadata.effective.isoformat()))
    if life.until:
        facts.append(words.until.format(life.until.isoformat()))
    status = life.status or metadata.status
    if status and (status is not Status.CURRENT or life.in_force()):
        facts.append(status_word(status, language))
    return "  ·  ".join(facts)


def _steps(turn: int, number: int, of: int, words: Words) -> str:
    def step(to: int, sign: str, label: str) -> str:
        off = "" if 1 <= to <= of else " disabled"
        return (
            f'<button type="button" class="yj-step" data-turn="{turn}" data-citation="{to}"'
            f' aria-label="{escape(label)}" title="{escape(label)}"{off}>{sign}</button>'
        )

    return (
        f'<div class="yj-steps"><span>{escape(words.cited)} {number} / {of}</span>'
        f"{step(number - 1, '‹', words.previous)}{step(number + 1, '›', words.next)}</div>"
    )


def _window(text: str, start: int, end: int) -> tuple[int, int]:
    """The part of a document to show around a span, begun and ended at line ends where one is near."""
    first, last = max(0, start - AROUND), min(len(text), end + AROUND)
    if first:
        line = text.find("\n", first, start)
        first = line + 1 if line != -1 else first
    if last < len(text):
        line = text.rfind("\n", end, last)
        last = line if line != -1 else last
    return first, last

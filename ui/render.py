"""Questions and answers as HTML. Pure functions; every text from outside is escaped here.

A button that does something names its event in `data-event`, and what it is about in the other data attributes;
`assets/page.js` passes them on, and `ui/session.py` looks up what they name.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.answers import Answer, Citation, Hit, Outcome, Statement
from assistant.core import DocumentSummary
from assistant.exporting.words import titled
from assistant.feedback import Why
from assistant.texts import caution
from ui import files, streaming
from ui.session import Grid, Turn
from ui.texts import WHY, WORDS, Language, Words

_SHOWN_DOCUMENTS = 12
_SNIPPET = 140
# How many sentences a cell of a comparison shows, and after how many characters it shows no further one.
_CELL, _LONG_CELL = 3, 60
_LONGEST_COMMENT = 2000
# Drawn, as not every machine has a font with thumbs; the one that is down is turned by the style sheet.
_THUMB = (
    '<svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true" fill="none" stroke="currentColor" '
    'stroke-width="1.6" stroke-linejoin="round"><path d="M3 9h3v8H3zM6 9l4-6.5c1.6 0 2.4 1.2 2 2.7L11.2 8H16c1.2 0 '
    '2 1 1.7 2.2l-1.3 5.3c-.2.9-1 1.5-1.9 1.5H6"/></svg>'
)


def header(language: Language) -> str:
    words = WORDS[language]
    buttons = "".join(
        f'<button type="button" class="yj-lang" data-event="input" data-language="{code}" lang="{code}"'
        f' aria-pressed="{"true" if code == language else "false"}">{name}</button>'
        for code, name in (("zh", "中文"), ("en", "English"))
    )
    return (
        f'<div class="yj-header" data-lang="{"zh-CN" if language == "zh" else "en"}">'
        f'<button type="button" class="yj-icon yj-side-button" aria-controls="yj-side"'
        f' aria-label="{escape(words.side)}" title="{escape(words.side)}">☰</button>'
        f'<h1 class="yj-brand">Yiju <b lang="zh">依据</b></h1><p class="yj-promise">{escape(words.promise)}</p>'
        f'<button type="button" class="yj-icon yj-theme" aria-label="{escape(words.theme)}"'
        f' title="{escape(words.theme)}">◐</button>'
        f'<div class="yj-languages" role="group" aria-label="语言 Language">{buttons}</div></div>'
    )


def footer(language: Language) -> str:
    return f'<p class="yj-footer">{escape(WORDS[language].footer)}</p>'


def conversation(
    turns: Sequence[Turn],
    documents: Sequence[DocumentSummary],
    language: Language,
    *,
    examples: Sequence[str] = (),
    thread: str | None = None,
) -> str:
    """The whole conversation, whose address is `thread` where it is kept, or what to do where there is none yet."""
    if not turns:
        return welcome(documents, language, examples)
    inner = "".join(_turn(turn, number, language) for number, turn in enumerate(turns))
    kept = f' data-thread="{escape(thread)}"' if thread else ""
    named = f' aria-label="{escape(WORDS[language].current)}"'
    return f'<div class="yj-conversation" role="log" tabindex="0"{named}{kept}>{inner}</div>'


def welcome(documents: Sequence[DocumentSummary], language: Language, examples: Sequence[str] = ()) -> str:
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
    buttons = "".join(
        f'<button type="button" class="yj-example" data-event="submit" data-question="{escape(q)}">{escape(q)}</button>'
        for q in examples
    )
    tried = f'<h3>{escape(words.try_one)}</h3><div class="yj-examples">{buttons}</div>' if buttons else ""
    listed = sorted(searched, key=lambda d: d.language != language)
    rows = "".join(_on_file(d, words) for d in listed[:_SHOWN_DOCUMENTS])
    more = f"<li>{escape(words.show_all.format(len(listed)))}</li>" if len(listed) > _SHOWN_DOCUMENTS else ""
    return (
        f'<div class="yj-welcome" data-thread=""><h2>{escape(words.welcome)}</h2>{tried}'
        f'<h3 class="yj-onfile">{escape(said)}</h3><ul class="yj-documents">{rows}{more}</ul></div>'
    )


def _on_file(document: DocumentSummary, words: Words) -> str:
    facts = " · ".join(filter(None, (document.number, document.date)))
    said = f"<span>{escape(facts)}</span>" if facts else ""
    return (
        f'<li><button type="button" class="yj-inside" data-event="apply" data-document="{escape(document.id)}"'
        f' title="{escape(words.ask_inside)}">{escape(document.title)}</button>{said}</li>'
    )


def _turn(turn: Turn, number: int, language: Language) -> str:
    words = WORDS[language]
    edit = "" if turn.pending else _button("edit", words.edit, turn=number)
    question = (
        f'<div class="yj-question"><span>{escape(words.you)}</span><h2>{escape(turn.question)}</h2>{edit}</div>'
        f"{_searched(turn, number, words)}"
    )
    partial = streaming.partial(turn.partial, language)
    if turn.error:
        body = (
            f'<div class="yj-error" role="alert"><strong>{escape(words.error)}</strong>'
            f"<p>{escape(turn.error)}</p>{_actions(turn, number, language)}</div>"
        )
    elif turn.stopped:
        body = (
            f'<div class="yj-answer yj-stopped">{partial}<p class="yj-working">{escape(words.stopped)}</p>'
            f"{_actions(turn, number, language)}</div>"
        )
    elif turn.answer is None:
        working = f'<p class="yj-working">{escape(words.working)}</p>'
        body = f'<div class="yj-answer yj-pending" aria-busy="true">{partial}{working}</div>'
    elif turn.answer.answered:
        body = _answer(turn.answer, turn, number, language)
    else:
        body = _refusal(turn.answer, turn, number, language)
    return f'<section class="yj-turn" aria-label="{escape(words.you)} {number + 1}">{question}{body}</section>'


def _searched(turn: Turn, number: int, words: Words) -> str:
    """The question that was searched, where it is another than was asked."""
    if turn.answer is None or turn.answer.standalone_question.strip() == turn.question.strip():
        return ""
    edit = _button("edit", words.edit_searched, turn=number, searched=1)
    searched = escape(turn.answer.standalone_question)
    return f'<p class="yj-searched"><span>{escape(words.searched)}</span> {searched} {edit}</p>'


def _answer(answer: Answer, turn: Turn, number: int, language: Language) -> str:
    parts = [statement(s, answer, language, turn=number) for s in answer.statements]
    if answer.interrupted:
        said = f"{WORDS[language].interrupted}: {answer.interrupted}"
        parts.append(f'<p class="yj-reason" role="note">{escape(said)}</p>')
    notice = f'<p class="yj-notice">{escape(answer.label.notice)}</p>'
    cautions = _cautions(answer.citations, language)
    return f'<div class="yj-answer">{"".join(parts)}{cautions}{notice}{_actions(turn, number, language)}</div>'


def statement(said: Statement, answer: Answer, language: Language, **where: int) -> str:
    """A sentence with its citation marks, and why it is not supported where it is not."""
    words = WORDS[language]
    quotes = {citation.number: citation for citation in answer.citations}
    marks = "".join(_mark(quotes[n], words, where) for n in said.citations)
    outcome: Outcome = said.outcome if said.outcome != "supported" or said.supported else "not"
    lead = "".join(f'<p class="yj-lead">{escape(line)}</p>' for line in said.lead.splitlines())
    if outcome == "supported":
        return f'{lead}<p class="yj-statement">{escape(said.text)} {marks}</p>'
    return (
        f'{lead}<p class="yj-statement yj-{outcome}"><span class="yj-doubted">{escape(said.text)}</span> {marks}'
        f"{streaming.why(outcome, said.reason, language)}</p>"
    )


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


def _mark(citation: Citation, words: Words, where: dict[str, int]) -> str:
    label = escape(words.open_source.format(citation.number))
    place = " › ".join((citation.title, *citation.headings))
    return (
        f'<button type="button" class="yj-cite" data-event="select"{_data(where)} data-citation="{citation.number}"'
        f' aria-label="{label}" data-quote="{escape(_short(citation.quote, 400))}"'
        f' data-place="{escape(_short(place))}">'
        f"{citation.number}</button>"
    )


def _refusal(answer: Answer, turn: Turn, number: int, language: Language) -> str:
    words = WORDS[language]
    said = "".join(f"<p>{escape(line)}</p>" for line in answer.text.splitlines())
    hits = "".join(_hit(hit, number, words) for hit in answer.hits[:3])
    nearest = f'<h3>{escape(words.nearest)}</h3><div class="yj-hits">{hits}</div>' if hits else ""
    return (
        f'<div class="yj-refusal"><strong>{escape(words.refusal)}</strong>{said}{nearest}'
        f"{_actions(turn, number, language)}</div>"
    )


def _hit(hit: Hit, turn: int, words: Words) -> str:
    place = " › ".join((hit.title, *hit.headings))
    others = " · ".join(dict.fromkeys(other.title for other in hit.also))
    also = f'<span class="yj-also">{escape(words.also.format(others))}</span>' if others else ""
    return (
        f'<button type="button" class="yj-hit" data-event="select" data-turn="{turn}" data-hit="{hit.rank}">'
        f"<b>{escape(place)}</b><span>{escape(_short(hit.text))}</span>{also}</button>"
    )


def _actions(turn: Turn, number: int, language: Language) -> str:
    """What can be done with an answer: copy it with its sources, take it away, ask again, rate it."""
    words = WORDS[language]
    again = _button("retry", words.retry, turn=number)
    if turn.answer is None:
        return f'<div class="yj-actions">{again}</div>'
    copy = (
        f'<button type="button" class="yj-act yj-copy" data-copy="{escape(_plain(turn.answer, language))}"'
        f' data-done="{escape(words.copied)}">{escape(words.copy)}</button>'
    )
    return (
        f'<div class="yj-actions">{copy}{files.menu(number, language)}{again}{verdict(turn, number, 0, language)}</div>'
    )


def verdict(turn: Turn, number: int, citation: int, language: Language) -> str:
    """The thumbs for an answer (`citation` 0) or one of its citations, and the reasons of a thumb that is down."""
    words = WORDS[language]
    said = dict(turn.said).get(citation)
    where = {"turn": number} | ({"citation": citation} if citation else {})
    about = f"{words.this_citation}: " if citation else ""

    def thumb(way: str, sign: str, label: str) -> str:
        does = 'data-event="like" data-verdict="up"' if way == "up" else 'data-opens="yj-say" aria-expanded="false"'
        pressed = f' aria-pressed="{"true" if said == way else "false"}"'
        return (
            f'<button type="button" class="yj-act yj-thumb yj-{way}" {does}{_data(where)}{pressed}'
            f' aria-label="{escape(about + label)}" title="{escape(about + label)}">{sign}</button>'
        )

    name = f"why-{number}-{citation}"
    reasons = "".join(
        f'<label><input type="radio" name="{name}" value="{why}"'
        f"{' checked' if why == 'wrong' else ''}> {escape(text)}</label>"
        for why, text in WHY[language].items()
        if not (citation and _of_answer(why))
    )
    thanks = f'<span class="yj-thanks" role="status">{escape(words.thanks)}</span>' if said else ""
    return (
        f'<div class="yj-verdict">{thumb("up", _THUMB, words.good)}{thumb("down", _THUMB, words.bad)}{thanks}'
        f'<form class="yj-say" data-event="like" data-verdict="down"{_data(where)} hidden>'
        f"<fieldset><legend>{escape(about + words.what_was_wrong)}</legend>{reasons}</fieldset>"
        f'<input type="text" name="comment" maxlength="{_LONGEST_COMMENT}" aria-label="{escape(words.comment)}"'
        f' placeholder="{escape(words.comment)}"><button type="submit" class="yj-act">{escape(words.send)}</button>'
        "</form></div>"
    )


def _of_answer(why: Why) -> bool:
    return why in ("incomplete", "refused_wrongly")


def _plain(answer: Answer, language: Language) -> str:
    """An answer as it is pasted into a memo: its text, and where each number points."""
    lines = [answer.text, ""]
    for c in answer.citations:
        place = " › ".join(c.headings) + (f" · {WORDS[language].page.format(c.page)}" if c.page is not None else "")
        lines.append(f"[{c.number}] {titled(c.title, language)} {place}".rstrip() + f"\n    {_short(c.quote, 400)}")
    return "\n".join((*lines, "", answer.label.notice)) if answer.citations else answer.text


def editing(turn: int | None, language: Language) -> str:
    """That the question in the box takes the place of an earlier one."""
    if turn is None:
        return ""
    words = WORDS[language]
    said = escape(words.editing.format(turn + 1))
    return f'<p class="yj-editing" role="status">{said} {_button("clear", words.cancel)}</p>'


def intro(language: Language) -> str:
    words = WORDS[language]
    return f'<div class="yj-intro"><h2>{escape(words.compare_title)}</h2><p>{escape(words.compare_hint)}</p></div>'


def grid(compared: Grid | None, language: Language) -> str:
    """Documents beside each other: a row for an aspect, a column for a document."""
    if compared is None:
        return ""
    words = WORDS[language]
    heads = "".join(f'<th scope="col">{escape(title)}</th>' for _, title in compared.documents)
    rows = []
    for row, aspect in enumerate(compared.aspects):
        cells = []
        for column, cell in enumerate(compared.cells[row]):
            if cell is None:
                inner = '<span class="yj-working">…</span>'
            elif cell.error:
                inner = f'<span class="yj-reason">{escape(cell.error)}</span>'
            elif cell.answer is None or not cell.answer.answered:
                inner = f'<span class="yj-silent">{escape(words.not_mentioned)}</span>'
            else:
                answer = cell.answer
                inner = "".join(statement(s, answer, language, row=row, column=column) for s in _enough(answer))
            cells.append(f"<td>{inner}</td>")
        rows.append(f'<tr><th scope="row">{escape(aspect)}</th>{"".join(cells)}</tr>')
    return (
        f'<div class="yj-grid" tabindex="0" role="region" aria-label="{escape(words.compare_title)}"><table><thead><tr>'
        f'<th scope="col">{escape(words.aspect)}</th>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def _enough(answer: Answer) -> tuple[Statement, ...]:
    """The first sentences of an answer, as many as a cell has room for."""
    shown, length = 0, 0
    for said in answer.statements[:_CELL]:
        if length > _LONG_CELL:
            break
        shown, length = shown + 1, length + len(said.text)
    return answer.statements[:shown]


def _button(event: str, text: str, **data: int) -> str:
    return f'<button type="button" class="yj-act" data-event="{event}"{_data(data)}>{escape(text)}</button>'


def _data(values: dict[str, int]) -> str:
    return "".join(f' data-{name}="{value}"' for name, value in values.items())


def _short(text: str, most: int = _SNIPPET) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[:most] + "…"

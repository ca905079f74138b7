"""The conversations of a browser: listed, searched, opened, renamed and deleted.

A browser keeps the numbers of its own conversations, which nobody can guess, and the page lists those and no others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

from assistant.answers import Answer
from assistant.conversation.conversations import Conversations, ConversationSummary
from assistant.core import Assistant
from assistant.exporting.words import WORDS as EXPORT_WORDS
from assistant.texts import answer_language
from corpus.errors import NotFound
from ui.files import FORMS
from ui.session import Services, Session, Turn
from ui.texts import WORDS, Language, Words

# How many a browser remembers; the oldest are forgotten by it, and kept by the server.
MOST = 200
_LISTED = 50


def opened(services: Services, session: Session, thread: str) -> Session:
    """The session with another conversation in it, an empty one where there is none of this number."""
    blank = Session(session.language, begun=True)
    if services.conversations is None or not thread:
        return blank
    try:
        answers = services.conversations.turns(thread)
    except NotFound:
        return blank
    turns = tuple(Turn(answer.question, _readable(answer, services.assistant)) for answer in answers)
    return replace(blank, conversation_id=thread, turns=turns)


def _readable(answer: Answer, assistant: Assistant) -> Answer:
    """An answer without the words of documents that were removed since: who may not read them now does not."""
    gone = {c.document_id for c in answer.citations if not _there(assistant, c.document_id)}
    hits = tuple(hit for hit in answer.hits if _there(assistant, hit.document_id))
    if not gone:
        return answer.model_copy(update={"hits": hits})
    language = answer_language(answer.label.notice or answer.question, "auto")
    withheld = EXPORT_WORDS[language].withheld
    lost = {c.number for c in answer.citations if c.document_id in gone}
    statements = tuple(
        s.model_copy(update={"text": withheld}) if lost & set(s.citations) else s for s in answer.statements
    )
    citations = tuple(c.model_copy(update={"quote": ""}) if c.number in lost else c for c in answer.citations)
    text = "\n".join(s.text for s in statements)
    return answer.model_copy(update={"statements": statements, "citations": citations, "hits": hits, "text": text})


def _there(assistant: Assistant, document_id: str) -> bool:
    try:
        assistant.document(document_id)
    except NotFound:
        return False
    return True


def remembered(mine: object, thread: str | None = None) -> list[str]:
    """The numbers that a browser has sent, which may be anything, with one more."""
    known = [one for one in mine if isinstance(one, str)] if isinstance(mine, list) else []
    if thread:
        known = [thread, *(one for one in known if one != thread)]
    return known[:MOST]


def listed(store: Conversations | None, mine: Sequence[str], find: str, current: str | None, language: Language) -> str:
    """A browser's conversations that hold a text, that in which something was said last first, as HTML."""
    words = WORDS[language]
    if store is None:
        return f'<p class="yj-quiet">{escape(words.not_kept)}</p>'
    found, _ = store.page(find[:1000], among=mine, limit=_LISTED)
    found = tuple(one for one in found if one.turns)
    if not found:
        return f'<p class="yj-quiet">{escape(words.nothing_found if find.strip() else words.no_history)}</p>'
    rows = "".join(_row(one, one.id == current, words) for one in found)
    return f'<ul class="yj-threads" aria-label="{escape(words.history)}">{rows}</ul>'


def _row(one: ConversationSummary, here: bool, words: Words) -> str:
    number, title = escape(one.id), escape(one.title)
    when = one.updated.astimezone().strftime("%m-%d %H:%M")
    links = "".join(
        f'<a href="/conversations/{number}/export?format={form}" download>{escape(words.export)} {name}</a>'
        for form, name in FORMS.items()
    )
    return (
        f'<li{" class=yj-here" if here else ""}><button type="button" class="yj-thread" data-event="select"'
        f' data-thread="{number}"{" aria-current=true" if here else ""}><b>{title}</b><span>{when}</span></button>'
        f'<details class="yj-menu"><summary aria-label="{escape(words.more)}: {title}"'
        f' title="{escape(words.more)}">⋯</summary>'
        f'<div><form data-event="edit" data-thread="{number}"><input type="text" name="title"'
        f' maxlength="200" value="{title}" aria-label="{escape(words.rename)}">'
        f'<button type="submit">{escape(words.save)}</button></form>'
        f'<a href="/shared/{number}" target="_blank" rel="noopener" title="{escape(words.share_hint)}">'
        f"{escape(words.share)}</a>"
        f"{links}"
        f'<button type="button" class="yj-bad" data-event="delete" data-thread="{number}"'
        f' data-sure="{escape(words.really)}">{escape(words.delete)}</button></div></details></li>'
    )

"""A conversation as a page to be read and no more: no script, nothing to type, and every quote looked up again.

Who may open it is decided where it is for every other address (`assistant/access.py`).
"""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse

from assistant.api.problems import language_of
from assistant.exporting.exports import Export, ExportedStatement, ExportedTurn, export_of, mark_of, place_of
from assistant.exporting.words import WORDS as EXPORT_WORDS
from corpus.errors import NotFound
from ui.session import Services
from ui.texts import WORDS, Language

if TYPE_CHECKING:
    from fastapi import FastAPI

# Nothing runs and nothing is fetched, whatever a document or a model wrote.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
}


def install(app: FastAPI, services: Services) -> None:
    """Adds the address `/shared/{conversation}`; where no conversations are kept there is nothing to share."""
    store = services.conversations
    if store is None:
        return

    def shared(conversation_id: str, request: Request) -> HTMLResponse:
        language: Language = "zh" if language_of(request) == "zh" else "en"
        try:
            answers, title = store.turns(conversation_id), store.title(conversation_id)
        except NotFound as error:
            return HTMLResponse(_page(error.text(language), "", language), 404, _HEADERS)
        export = export_of(
            title, answers, services.assistant, producer=services.assistant.producer, number=conversation_id
        )
        return HTMLResponse(read_only(export, language), headers=_HEADERS)

    app.add_api_route("/shared/{conversation_id:path}", shared, response_class=HTMLResponse, include_in_schema=False)


def read_only(export: Export, language: Language) -> str:
    """The page of an export, in the language of whoever reads it."""
    turns = "".join(_turn(turn, number, language) for number, turn in enumerate(export.turns, 1))
    notices = "".join(f"<p>{escape(notice)}</p>" for notice in export.notices)
    return _page(export.title, f"{turns}<footer>{notices}</footer>", language)


def _turn(turn: ExportedTurn, number: int, language: Language) -> str:
    words = WORDS[language]
    searched = (
        f'<p class="quiet">{escape(words.searched)}: {escape(turn.standalone_question)}</p>'
        if turn.standalone_question.strip() != turn.question.strip()
        else ""
    )
    said = "".join(_statement(s, number, turn.language) for s in turn.statements)
    said += "".join(f"<p>{escape(line)}</p>" for line in turn.text.splitlines())
    rows = "".join(
        f'<li id="r{number}-{r.number}" value="{r.number}">{escape(place_of(r, turn.language))}'
        f"<blockquote>{escape(r.quote or '')}</blockquote></li>"
        for r in (turn.references or turn.nearest)
    )
    head = words.references if turn.references else EXPORT_WORDS[language].nearest
    references = f"<h3>{escape(head)}</h3><ol>{rows}</ol>" if rows else ""
    kind = "" if turn.answered else ' class="refused"'
    return f"<article{kind}><h2>{escape(turn.question)}</h2>{searched}{said}{references}</article>"


def _statement(statement: ExportedStatement, turn: int, language: Language) -> str:
    marks = "".join(f'<a href="#r{turn}-{n}">[{n}]</a>' for n in statement.references)
    doubt = mark_of(statement, language)
    marked = f'<span class="doubt">{escape(doubt)}</span>' if doubt else ""
    lead = f'<p class="quiet">{escape(statement.lead)}</p>' if statement.lead else ""
    return f"{lead}<p>{escape(statement.text)} {marks} {marked}</p>"


def _page(title: str, inner: str, language: Language) -> str:
    style = (files("ui") / "assets" / "shared.css").read_text("utf-8")
    return (
        f'<!doctype html><html lang="{"zh-CN" if language == "zh" else "en"}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · Yiju 依据</title>"
        f"<style>{style}</style></head><body><header><span>Yiju <b>依据</b></span>"
        f"<span>{escape(WORDS[language].read_only)}</span></header><main><h1>{escape(title)}</h1>{inner}</main>"
        "</body></html>"
    )

"""Documents beside each other: each aspect is asked inside each document, and a document that is silent says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from assistant.answers import Filters
from assistant.core import Assistant, Question
from corpus.errors import BadInput, YijuError
from ui import narrowing, render
from ui.session import Cell, Grid, Session
from ui.texts import WORDS, Language

FEWEST, MOST, _ASPECTS, _LONGEST = 2, 5, 8, 200


def grids(assistant: Assistant, ids: Sequence[str], text: str, language: Language) -> Iterator[Grid]:
    """The comparison as it is filled, cell by cell. Raises `BadInput` for what can't be compared."""
    titles = {d.id: d.title for d in assistant.documents()}
    chosen = tuple((one, titles[one]) for one in dict.fromkeys(ids) if one in titles)
    aspects = tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if not FEWEST <= len(chosen) <= MOST:
        raise BadInput(WORDS["en"].choose_documents, WORDS["zh"].choose_documents)
    if not 1 <= len(aspects) <= _ASPECTS or max(map(len, aspects)) > _LONGEST:
        raise BadInput(WORDS["en"].choose_aspects, WORDS["zh"].choose_aspects)
    rows: list[list[Cell | None]] = [[None] * len(chosen) for _ in aspects]
    grid = Grid(chosen, aspects, tuple(map(tuple, rows)))
    yield grid
    for row, aspect in enumerate(aspects):
        for column, (document_id, _) in enumerate(chosen):
            rows[row][column] = _cell(assistant, document_id, aspect, language)
            yield (grid := replace(grid, cells=tuple(map(tuple, rows))))


def _cell(assistant: Assistant, document_id: str, aspect: str, language: Language) -> Cell:
    try:
        return Cell(assistant.ask(Question(aspect, filters=Filters(documents=(document_id,)))))
    except YijuError as error:
        return Cell(error=error.text(language))


def refreshed(assistant: Assistant, language: Language) -> tuple[Any, ...]:
    """The components (documents, aspects, button) with the words of a language and what there is to choose."""
    words = WORDS[language]
    choices = [(narrowing.named(d), d.id) for d in assistant.documents() if d.searched]
    return (
        gr.Dropdown(choices=choices, label=words.compared),
        gr.Textbox(label=words.aspects, placeholder=words.aspects_hint),
        gr.Button(words.compare),
    )


def shown(session: Session) -> str:
    return render.grid(session.grid, session.language)

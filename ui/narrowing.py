"""Where to search: the filters of the page, as components give them and as the assistant takes them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import gradio as gr
from pydantic import ValidationError

from assistant.answers import Filters
from assistant.core import Assistant, DocumentSummary
from assistant.texts import status_word
from corpus.dates import of as day_of
from corpus.errors import BadInput
from ui.texts import WORDS, Language

# How many there are, in the order of `build`.
COUNT = 7
_LONGEST_NAME = 30


def build() -> list[Any]:
    """The components, still without words and choices."""
    several = [
        gr.Dropdown([], value=[], multiselect=True, elem_id=f"yj-by-{name}")
        for name in ("document", "issuer", "region", "status", "tag")
    ]
    language = gr.Dropdown([("", "")], value="", elem_id="yj-by-language")
    return [*several, language, gr.Textbox("", max_lines=1, elem_id="yj-by-day")]


def refreshed(assistant: Assistant, language: Language) -> tuple[Any, ...]:
    """The components with the words of a language and what there is to choose among the documents."""
    words, searched = WORDS[language], [d for d in assistant.documents() if d.searched]
    statuses = _found(d.status for d in searched)
    return (
        gr.Dropdown(choices=[(named(d), d.id) for d in searched], label=words.documents),
        gr.Dropdown(choices=_found(i for d in searched for i in d.issuers), label=words.issuer),
        gr.Dropdown(choices=_found(d.region for d in searched), label=words.region),
        gr.Dropdown(choices=[(status_word(s, language), s) for s in statuses], label=words.status),
        gr.Dropdown(choices=_found(t for d in searched for t in d.tags), label=words.tags),
        gr.Dropdown(choices=[(words.any_language, ""), ("中文", "zh"), ("English", "en")], label=words.text_language),
        gr.Textbox(label=words.as_of, placeholder=words.as_of_hint),
    )


def cleared() -> tuple[Any, ...]:
    return (*([[]] * (COUNT - 2)), "", "")


def inside(document_id: str) -> tuple[Any, ...]:
    """The components, so that one document alone is searched."""
    return ([document_id], *([[]] * (COUNT - 3)), "", "")


def named(document: DocumentSummary) -> str:
    """A document's title; its source with it where that says more."""
    return f"{document.title} ({document.number})" if document.number else document.title


def filters_of(values: Sequence[Any]) -> Filters:
    """What the components say. Raises `BadInput` for a day that is none."""
    documents, issuers, regions, statuses, tags, language, day = values
    if (day or "").strip() and day_of(day) is None:
        shown = day.strip()[:_LONGEST_NAME]
        raise BadInput(
            f"{shown!r} is no date; write one such as 2025-12-31, or leave it empty",
            f"“{shown}”不是日期；请写成 2025-12-31 的形式，或留空",
        )
    try:
        return Filters(
            documents=documents or (),
            issuer=issuers or (),
            region=regions or (),
            status=statuses or (),
            tags=tags or (),
            language=language or None,
            as_of=(day or "").strip() or None,
        )
    except ValidationError as error:  # what no component sends
        raise BadInput(
            "these filters can't be; clear them and choose again", "检索条件有误；请清除后重新选择"
        ) from error


def said(assistant: Assistant, values: Sequence[Any], language: Language) -> str:
    """One line that says what will be searched, as HTML; empty where everything is."""
    words = WORDS[language]
    documents, issuers, regions, statuses, tags, spoken, day = values
    titles = {d.id: d.title for d in assistant.documents()} if documents else {}
    parts = [titles.get(d, d) for d in documents or ()]
    parts += [*(issuers or ()), *(regions or ()), *(status_word(s, language) for s in statuses or ()), *(tags or ())]
    parts += [{"zh": "中文", "en": "English"}[spoken]] if spoken in ("zh", "en") else []
    parts += [f"{words.as_of} {day.strip()}"] if (day or "").strip() else []
    if not parts:
        return ""
    shown = " · ".join(part if len(part) <= _LONGEST_NAME else part[:_LONGEST_NAME] + "…" for part in parts)
    clear = f'<button type="button" class="yj-act" data-event="clear">{escape(words.clear)}</button>'
    return f'<p class="yj-within" role="status">{escape(words.within.format(shown))} {clear}</p>'


def _found(values: Any) -> list[str]:
    return sorted({value for value in values if value})

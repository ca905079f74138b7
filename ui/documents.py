"""The corpus page: documents are added, found, looked at, described and removed here.

`build` only lays out; `Corpus` answers the events. Files go from the browser to the API's `POST /documents` one by
one (`assets/documents.js`), so that each has its own progress and its own reason where it fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from assistant.core import Assistant
from corpus.errors import NotFound, YijuError
from corpus.fields import FIELDS
from corpus.readers import READERS
from ui import source
from ui.document_views import SORTS, Opened, View, details, drop_zone, listing, search_box, value_of
from ui.events import asset, data_of, whole
from ui.session import Session
from ui.source import Span
from ui.texts import Language
from ui.texts_more import CORPUS

# What the handlers give back: the view, its HTML, whether the list's tools are shown, and the source beside.
Shown = tuple[View, str, Any, Any, str]


def may_change() -> bool:
    """Whether the visitor may add, describe and remove documents: whoever has the page may, as one key opens both.
    This is where rights will be asked; the API asks for itself."""
    return True


@dataclass(frozen=True)
class Part:
    """The corpus page as it was laid out. `zone.submit` is when files were added."""

    corpus: Corpus
    session: gr.State
    view: gr.State
    outputs: tuple[Any, ...]
    zone: gr.HTML
    body: gr.HTML

    def show_on(self, *events: Callable[..., Any]) -> None:
        """Draws the page in the session's language on each of these events, such as `tab.select`."""
        for event in events:
            event(
                self.corpus.show_all,
                [self.session, self.view],
                [*self.outputs, self.zone],
                show_progress="hidden",
            )


def build(assistant: Assistant, session: gr.State, most_bytes: int) -> Part:
    """Lays the corpus page out within the block that is open. `session` holds a `Session`."""
    corpus = Corpus(assistant, most_bytes)
    view = gr.State(View())
    with gr.Row(elem_classes="yj-corpus-page", equal_height=False):
        with gr.Column(scale=6, min_width=320):
            with gr.Column() as tools:
                zone = gr.HTML("", apply_default_css=False, js_on_load=asset("documents.js"), elem_id="yj-drop")
            body = gr.HTML("", apply_default_css=False, js_on_load=asset("parts.js"), elem_id="yj-corpus")
        with gr.Column(scale=5, min_width=320, visible=False, elem_classes="yj-beside-it") as beside:
            panel = gr.HTML("", apply_default_css=False, js_on_load=asset("source.js"), elem_id="yj-corpus-source")
    outputs = (view, body, tools, beside, panel)
    quiet: dict[str, Any] = {"show_progress": "hidden"}
    zone.input(corpus.find, [session, view], outputs, trigger_mode="always_last", **quiet)
    zone.submit(corpus.show, [session, view], outputs, **quiet)
    body.select(corpus.act, [session, view], outputs, **quiet)
    body.submit(corpus.save, [session, view], outputs, **quiet)
    return Part(corpus, session, view, outputs, zone, body)


@dataclass(frozen=True)
class Corpus:
    """What answers the page's events. It holds the assistant, and nothing of any visitor."""

    assistant: Assistant
    most_bytes: int

    def show(self, session: Session, view: View) -> Shown:
        """The page as it is, in the session's language."""
        return self._shown(view, session.language)

    def show_all(self, session: Session, view: View) -> tuple[Any, ...]:
        """The page as it is, and where files are dropped and documents are looked for."""
        language = session.language
        zone = drop_zone(language, sorted(READERS), self.most_bytes) if may_change() else ""
        return *self._shown(view, language), zone + search_box(view.query, language)

    def find(self, session: Session, view: View, event: gr.EventData) -> Shown:
        """The documents that match a query."""
        query = str(data_of(event).get("query", ""))[:200]
        return self._shown(replace(view, query=query, first=0, said=""), session.language)

    def act(self, session: Session, view: View, event: gr.EventData) -> Shown:
        """What a button of the page asks for."""
        data, language, view = data_of(event), session.language, replace(view, said="", wrong=False)
        match data.get("act"):
            case "open":
                view = replace(view, document=str(data.get("id", "")), passages=0)
            case "back":
                view = replace(view, document=None)
            case "page":
                view = replace(view, first=whole(data.get("first")) or 0)
            case "passages":
                view = replace(view, passages=whole(data.get("first")) or 0)
            case "sort":
                view = _sorted(view, str(data.get("by")))
            case "show":
                return self._beside(view, whole(data.get("start")), whole(data.get("end")), language)
            case "remove":
                view = self._remove(view, language)
        return self._shown(view, language)

    def save(self, session: Session, view: View, event: gr.EventData) -> Shown:
        """Sets the fields of the document that were changed in the form."""
        given, language = data_of(event), session.language
        words = CORPUS[language]
        if view.document is None or not may_change():
            return self._shown(view, language)
        try:
            metadata = self.assistant.document(view.document).metadata
            changed = {f: str(given[f]) for f in FIELDS if f in given and str(given[f]) != value_of(metadata, f)}
            if changed:
                self.assistant.set_fields(view.document, changed)
            said, wrong = words.saved if changed else words.nothing_changed, False
        except YijuError as error:
            said, wrong = error.text(language), True
        return self._shown(replace(view, said=said, wrong=wrong), language)

    def _remove(self, view: View, language: Language) -> View:
        """Removes the document and the versions before it, the oldest first: what fails leaves the newest."""
        if view.document is None or not may_change():
            return view
        try:
            document = self.assistant.document(view.document)
            for version in reversed(self._versions(document.uri)):
                self.assistant.index.remove(version)
        except YijuError as error:
            return replace(view, said=error.text(language), wrong=True)
        said = CORPUS[language].removed.format(document.metadata.title.strip("《》"))
        return replace(view, document=None, said=said)

    def _versions(self, uri: str) -> list[str]:
        return [v.id for v in self.assistant.documents(versions=True) if v.uri == uri]

    def _shown(self, view: View, language: Language) -> Shown:
        if view.document is not None:
            try:
                html = details(self._open(view.document, language), view, language, may_change=may_change())
                return view, html, gr.Column(visible=False), gr.Column(visible=True), source.to_choose(language)
            except NotFound as error:
                view = replace(view, document=None, said=error.text(language), wrong=True)
        html = listing(self.assistant.documents(), view, language)
        return view, html, gr.Column(visible=True), gr.Column(visible=False), ""

    def _open(self, document_id: str, language: Language) -> Opened:
        document = self.assistant.document(document_id)
        return Opened(
            document=document,
            life=self.assistant.life(document_id),
            successor=source.successor(self.assistant, document_id, language),
            versions=tuple(v for v in self.assistant.documents(versions=True) if v.uri == document.uri),
            passages=self.assistant.index.passages(document),
        )

    def _beside(self, view: View, start: int | None, end: int | None, language: Language) -> Shown:
        """A span of the document in the source panel; the rest stays as it is."""
        try:
            document = self.assistant.document(view.document or "")
        except NotFound:
            return self._shown(view, language)
        if start is None or end is None or not start < end <= len(document.text):
            return view, gr.skip(), gr.skip(), gr.skip(), source.to_choose(language)
        shown = source.panel(self.assistant, Span.of(document, start, end), language, may_ask=False)
        return view, gr.skip(), gr.skip(), gr.skip(), shown


def _sorted(view: View, by: str) -> View:
    if by not in SORTS:
        return view
    return replace(view, sort=by, descending=view.sort == by and not view.descending, first=0)

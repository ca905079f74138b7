"""The map of the field: a document's structure as a treemap, and how it corresponds to another's.

`build` only lays out; `FieldMap` answers the events. Every node opens its passage in the source panel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import gradio as gr

from assistant.core import Assistant, DocumentSummary
from corpus.document import Document
from corpus.errors import NotFound, YijuError
from ui import source
from ui.correspondence import Link, Part, links, parts
from ui.events import asset, data_of, whole
from ui.field_tree import Node, heading_tree, main_part, table_tree
from ui.session import Session
from ui.source import Span
from ui.texts import Language
from ui.texts_more import MAP, MapWords
from ui.treemap import Path, node_at, path_of, treemap

# The documents among which the one with the richest structure is shown first.
_LOOKED_AT = 20
# The height of a part in the columns of a correspondence, in pixels; the style sheet has the same.
_LINE = 44
_HEADINGS = "headings"


@dataclass(frozen=True, slots=True)
class MapView:
    """What one visitor looks at: a document drawn by its headings or by a table, from `path` down, and another."""

    document: str = ""
    drawn_by: str = _HEADINGS
    path: Path = ()
    beside: str = ""


@dataclass(frozen=True)
class MapPart:
    """The map as it was laid out."""

    field_map: FieldMap
    session: gr.State
    view: gr.State
    outputs: tuple[Any, ...]

    def show_on(self, *events: Callable[..., Any]) -> None:
        """Draws the map in the session's language on each of these events, such as `tab.select`."""
        for event in events:
            event(self.field_map.show, [self.session, self.view], list(self.outputs), show_progress="hidden")


def build(assistant: Assistant, session: gr.State) -> MapPart:
    """Lays the map out within the block that is open. `session` holds a `Session`."""
    field_map = FieldMap(assistant)
    view = gr.State(MapView())
    with gr.Row(elem_classes="yj-map-choices"):
        document = gr.Dropdown(choices=[], scale=3, min_width=220, elem_id="yj-map-document")
        drawn_by = gr.Dropdown(choices=[], scale=2, min_width=180, elem_id="yj-map-by")
        beside = gr.Dropdown(choices=[], scale=3, min_width=220, elem_id="yj-map-beside")
    with gr.Row(equal_height=False):
        with gr.Column(scale=7, min_width=320):
            body = gr.HTML(
                "", apply_default_css=False, js_on_load=asset("parts.js") + asset("map.js"), elem_id="yj-map"
            )
        with gr.Column(scale=4, min_width=300, elem_classes="yj-beside-it"):
            panel = gr.HTML("", apply_default_css=False, js_on_load=asset("source.js"), elem_id="yj-map-source")
    outputs = (view, document, drawn_by, beside, body, panel)
    for box, handler in (
        (document, field_map.choose_document),
        (drawn_by, field_map.choose_table),
        (beside, field_map.choose_other),
    ):
        box.input(handler, [session, view, box], list(outputs), show_progress="hidden")
    body.select(field_map.act, [session, view], list(outputs), show_progress="hidden")
    return MapPart(field_map, session, view, outputs)


@dataclass(frozen=True)
class FieldMap:
    """What answers the map's events. It holds the assistant, and nothing of any visitor."""

    assistant: Assistant

    def show(self, session: Session, view: MapView) -> tuple[Any, ...]:
        """The map as it is, in the session's language; at first of the document with the richest structure."""
        language = session.language
        known = self._documents()
        ids = {document.id for document in known}
        if view.document not in ids:
            view = MapView(self._richest(known, language))
        if view.beside not in ids:
            view = replace(view, beside="")
        return self._drawn(view, known, language)

    def choose_document(self, session: Session, view: MapView, chosen: str | None) -> tuple[Any, ...]:
        return self.show(session, MapView(chosen or "", beside=view.beside))

    def choose_table(self, session: Session, view: MapView, chosen: str | None) -> tuple[Any, ...]:
        return self.show(session, replace(view, drawn_by=chosen or _HEADINGS, path=()))

    def choose_other(self, session: Session, view: MapView, chosen: str | None) -> tuple[Any, ...]:
        return self.show(session, replace(view, beside=chosen or ""))

    def act(self, session: Session, view: MapView, event: gr.EventData) -> tuple[Any, ...]:
        """Opens the passage of a node, or shows a part alone."""
        data = data_of(event)
        if data.get("act") == "zoom":
            return self.show(session, replace(view, path=path_of(str(data.get("partOf", "")))))
        which = view.beside if data.get("side") == "right" else view.document
        shown = self._passage(which, whole(data.get("start")), whole(data.get("end")), session.language)
        return view, *(gr.skip() for _ in range(4)), shown

    def _passage(self, document_id: str, start: int | None, end: int | None, language: Language) -> str:
        try:
            document = self.assistant.document(document_id)
        except NotFound as error:
            return source.message(error.text(language), language)
        if start is None or end is None or not start < end <= len(document.text):
            return source.to_choose(language)
        return source.panel(self.assistant, Span.of(document, start, end), language, may_ask=False)

    def _documents(self) -> list[DocumentSummary]:
        return [document for document in self.assistant.documents() if document.searched]

    def _richest(self, known: Sequence[DocumentSummary], language: Language) -> str:
        near = sorted(known, key=lambda d: (d.language != language, -d.passages))[:_LOOKED_AT]
        counts = {d.id: (d.language == language, sum(1 for _ in self._tree(d.id, _HEADINGS).walk())) for d in near}
        return max(counts, key=lambda key: counts[key], default="")

    def _tree(self, document_id: str, drawn_by: str) -> Node:
        document = self.assistant.document(document_id)
        number = whole(drawn_by)
        if number is not None and number < len(document.tables):
            return table_tree(document.tables[number])
        return main_part(heading_tree(document, items=True))

    def _drawn(self, view: MapView, known: Sequence[DocumentSummary], language: Language) -> tuple[Any, ...]:
        words = MAP[language]
        titles = [(document.title, document.id) for document in known]
        if not view.document:
            body = f'<p class="yj-none">{escape(words.no_documents)}</p>'
            boxes = (gr.Dropdown(choices=[], value=None, label=label) for label in _labels(words))
            return view, *boxes, body, source.to_choose(language)
        document = self.assistant.document(view.document)
        root = self._tree(view.document, view.drawn_by)
        body = _structure(root, document, view, words)
        if view.beside and view.beside != view.document:
            try:
                body += self._beside(document, root, self.assistant.document(view.beside), words)
            except YijuError as error:  # an embedding model that does not answer
                body += f'<p class="yj-wrong" role="alert">{escape(error.text(language))}</p>'
        label, by, other = _labels(words)
        return (
            view,
            gr.Dropdown(choices=titles, value=view.document, label=label),
            gr.Dropdown(choices=_ways(document, words), value=view.drawn_by, label=by),
            gr.Dropdown(
                choices=[(words.nothing_beside, ""), *(t for t in titles if t[1] != view.document)],
                value=view.beside if view.beside != view.document else "",
                label=other,
            ),
            body,
            source.to_choose(language),
        )

    def _beside(self, document: Document, root: Node, other: Document, words: MapWords) -> str:
        left, right = parts(root), parts(self._tree(other.id, _HEADINGS))
        with self.assistant.index.reading() as generation:
            found = links((document, left), (other, right), generation.embedder)
        return correspondence((document, left), (other, right), found, words)


def _labels(words: MapWords) -> tuple[str, str, str]:
    return words.document, words.drawn_by, words.beside


def _ways(document: Document, words: MapWords) -> list[tuple[str, str]]:
    tables = [
        (words.by_table.format(table.title or " · ".join(table.columns)[:60]), str(number))
        for number, table in enumerate(document.tables)
        if len(table.rows) > 1
    ]
    return [(words.by_headings, _HEADINGS), *tables]


def _structure(root: Node, document: Document, view: MapView, words: MapWords) -> str:
    above = node_at(root, view.path)
    node = above[-1]
    if not node.children:
        return f'<p class="yj-none">{escape(words.flat)}</p>'
    path = view.path[: len(above) - 1]
    crumbs = "".join(
        f'<li><button type="button" data-act="zoom" data-part-of="{".".join(map(str, path[:n]))}"'
        f"{' disabled' if n == len(above) - 1 else ''}>{escape(each.label if n else words.whole)}</button></li>"
        for n, each in enumerate(above)
    )
    trail = f'<nav aria-label="{escape(words.path)}"><ol class="yj-crumbs">{crumbs}</ol></nav>' if path else ""
    label = words.map_of.format(document.metadata.title.strip("《》"))
    return f'{trail}{treemap(node, path, words, label)}<p class="yj-hint">{escape(words.legend)}</p>'


Side = tuple[Document, Sequence[Part]]


def correspondence(left: Side, right: Side, found: Sequence[Link], words: MapWords) -> str:
    """Two columns of parts with lines between those that correspond, and the same as a table."""
    titles = [side[0].metadata.title.strip("《》") for side in (left, right)]
    head = (
        f'<section class="yj-beside"><h2>{escape(words.correspond.format(*titles))}</h2>'
        f'<p class="yj-hint">{escape(words.method)}</p>'
    )
    if not found:
        return f'{head}<p class="yj-none">{escape(words.no_links)}</p></section>'
    ours = sorted({link.left for link in found})
    theirs = sorted({link.right for link in found})
    rows = "".join(_pair(left, right, link, words) for link in sorted(found, key=lambda link: link.left))
    return (
        f'{head}<div class="yj-links"><div class="yj-column"><h3>{escape(titles[0])}</h3>'
        f"{''.join(_part(left, n, 'left') for n in ours)}</div>{_lines(ours, theirs, found, words)}"
        f'<div class="yj-column"><h3>{escape(titles[1])}</h3>{"".join(_part(right, n, "right") for n in theirs)}</div>'
        f"</div>{_key(words)}<details><summary>{escape(words.as_table)} · {escape(words.links.format(len(found)))}"
        f'</summary><div class="yj-scroll" tabindex="0"><table class="yj-table"><thead><tr>'
        f'<th scope="col">{escape(titles[0])}</th><th scope="col">{escape(titles[1])}</th>'
        f'<th scope="col">{escape(words.sureness)}</th></tr></thead><tbody>{rows}</tbody></table></div></details>'
        f"{_alone(left, ours, 'left', words)}{_alone(right, theirs, 'right', words)}</section>"
    )


def _part(side: Side, number: int, where: str) -> str:
    node = side[1][number].node
    return (
        f'<button type="button" class="yj-part" data-act="show" data-side="{where}" data-part="{where}-{number}"'
        f' data-start="{node.start}" data-end="{node.end}" title="{escape(node.label)}">'
        f"<span>{escape(node.label)}</span></button>"
    )


def _lines(ours: Sequence[int], theirs: Sequence[int], found: Sequence[Link], words: MapWords) -> str:
    height = _LINE * max(len(ours), len(theirs))
    drawn = []
    for link in reversed(found):
        a, b = (_LINE * (side.index(n) + 0.5) for side, n in ((ours, link.left), (theirs, link.right)))
        said = f"{getattr(words, link.sureness)} {link.score:.0%}"
        drawn.append(
            f'<path class="yj-line yj-{link.sureness}" data-left="left-{link.left}" data-right="right-{link.right}"'
            f' d="M0 {a:.0f} C45 {a:.0f} 55 {b:.0f} 100 {b:.0f}"><title>{escape(said)}</title></path>'
        )
    return (
        f'<svg class="yj-lines" viewBox="0 0 100 {height}" preserveAspectRatio="none" style="height:{height}px"'
        f' aria-hidden="true">{"".join(drawn)}</svg>'
    )


def _key(words: MapWords) -> str:
    shown = "".join(
        f'<span class="yj-key yj-{name}">{escape(getattr(words, name))}</span>'
        for name in ("same", "alike", "possible")
    )
    return f'<p class="yj-keys">{shown}</p>'


def _pair(left: Side, right: Side, link: Link, words: MapWords) -> str:
    said = f"{getattr(words, link.sureness)} ({link.score:.0%})"
    return (
        f"<tr><td>{_part(left, link.left, 'left')}</td><td>{_part(right, link.right, 'right')}</td>"
        f"<td>{escape(said)}</td></tr>"
    )


def _alone(side: Side, linked: Sequence[int], where: str, words: MapWords) -> str:
    """The parts of a document without a counterpart."""
    alone = [n for n in range(len(side[1])) if n not in set(linked)]
    if not alone:
        return ""
    title = f"{side[0].metadata.title.strip('《》')} · {words.unlinked.format(len(alone))}"
    inner = "".join(_part(side, n, where) for n in alone)
    return f'<details><summary>{escape(title)}</summary><div class="yj-alone">{inner}</div></details>'

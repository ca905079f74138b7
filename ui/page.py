"""The page's layout, mounted on the API: which component is where, and which handler answers which event.

What belongs to one person lives in the session's `gr.State`, never on the page or a module, so two
browsers never see each other's questions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.recording import Recorder
from corpus.errors import BadInput
from ui import comparing, documents, field_map, narrowing, quality, render, shared, source
from ui.asking import SHOWN, Asking, tell
from ui.events import asset, data_of
from ui.first_paint import FirstPaint
from ui.session import Services, Session
from ui.texts import WORDS, Language, language_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

    from assistant.wiring import Workplace

_FONTS = ["system-ui", "-apple-system", "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"]
_STYLES = ("page.css", "source.css", "documents.css", "map.css")
# Events of each kind that are answered at a time; those beyond wait for their turn.
_AT_ONCE = 40
# The number of the conversation is in the page's address, so that it is there after the page is loaded again.
_ADDRESS = "(...given) => [...given.slice(0, -1), new URLSearchParams(location.search).get('c') ?? '']"


def mount(app: FastAPI, workplace: Workplace) -> FastAPI:
    """Puts the page at `/` of the API, and conversations to be read at `/shared/`. It asks nothing of the outside:
    system fonts, no analytics."""
    assistant, most_bytes = workplace.assistant, workplace.settings.max_file_mb * 2**20
    services = Services(
        assistant=assistant,
        recorder=Recorder(assistant, workplace.conversations),
        conversations=workplace.conversations,
        feedback=workplace.feedback,
    )
    shared.install(app, services)
    app.add_middleware(FirstPaint)
    asking = Asking(services)
    asking.examples.prepare()
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        build(services, asking, workplace.settings.data / "runs", most_bytes),
        path="/",
        max_file_size=most_bytes,
        theme=_theme(),
        css="".join(map(asset, _STYLES)),
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
    )
    return mounted


def _theme() -> gr.themes.Base:
    """Gradio's own components in the colours of `assets/page.css`, which follow light and dark."""
    colours = {
        "block_background_fill": "transparent",
        "input_background_fill": "var(--yj-card)",
        "input_border_color": "var(--yj-edge)",
        "border_color_primary": "var(--yj-line)",
        "body_background_fill": "var(--yj-ground)",
        "background_fill_primary": "var(--yj-card)",
        "background_fill_secondary": "var(--yj-ground)",
    }
    theme = gr.themes.Base(
        primary_hue="teal", neutral_hue="slate", font=_FONTS, font_mono=["ui-monospace", "monospace"]
    )
    dark = {f"{name}_dark": value for name, value in colours.items()}
    return theme.set(
        **colours, **dark, input_border_width="1px", block_border_width="0px", block_label_text_size="13px"
    )


@dataclass(frozen=True)
class Parts:
    """The components by name."""

    session: Any
    remembered: Any
    thread: Any
    mine: Any
    header: Any
    footer: Any
    tabs: tuple[Any, ...]
    ask: AskTab
    compare: CompareTab

    @property
    def here(self) -> list[Any]:
        """What every event brings along (`Asking.here`)."""
        return [self.session, self.remembered, self.thread, self.mine]

    @property
    def shown(self) -> list[Any]:
        """What events of asking change (`ui.asking.SHOWN`)."""
        ask = self.ask
        named = {"session": self.session, "thread": self.thread, "mine": self.mine, "log": ask.log}
        named |= {"beside": ask.beside, "question": ask.question, "editing": ask.editing, "ask": ask.send}
        named |= {"stop": ask.stop, "threads": ask.threads}
        return [named[name] for name in SHOWN]

    @property
    def worded(self) -> list[Any]:
        """What a language changes beside the conversation (`Page.words`)."""
        ask, compare = self.ask, self.compare
        given = [ask.question, ask.send, ask.stop, ask.new, ask.find, ask.narrow_title, *ask.narrow]
        return [self.header, self.footer, *self.tabs, *given, compare.intro, *compare.asked, compare.table]


@dataclass(frozen=True)
class AskTab:
    """The conversation, what is beside it, and where to search."""

    new: Any
    find: Any
    threads: Any
    narrow_title: Any
    narrow: list[Any]
    log: Any
    within: Any
    editing: Any
    question: Any
    send: Any
    stop: Any
    file: Any
    beside: Any


@dataclass(frozen=True)
class CompareTab:
    """Documents beside each other."""

    intro: Any
    asked: tuple[Any, Any, Any]
    table: Any
    beside: Any


def build(services: Services, asking: Asking, runs: Path, most_bytes: int) -> gr.Blocks:
    """The page's layout, and which handler answers which event. `runs` is the folder of evaluations, `most_bytes`
    the size of the largest file that is taken."""
    page: gr.Blocks
    with gr.Blocks(title="Yiju 依据", analytics_enabled=False, fill_width=True) as page:
        session = gr.State(Session())
        remembered = gr.BrowserState("", storage_key="yiju-language", secret="yiju")
        mine = gr.BrowserState([], storage_key="yiju-conversations", secret="yiju")
        thread = gr.Textbox("", visible="hidden")
        header = _html(render.header("en"), elem_id="yj-header")
        with gr.Tabs(elem_id="yj-tabs"):
            with gr.Tab("Ask", elem_id="yj-tab-ask") as ask_tab:
                ask = _ask_tab()
            with gr.Tab("Compare", elem_id="yj-tab-compare") as compare_tab:
                compare = _compare_tab()
            with gr.Tab("Documents", elem_id="yj-tab-documents") as documents_tab:
                corpus = documents.build(services.assistant, session, most_bytes)
            with gr.Tab("Map", elem_id="yj-tab-map") as map_tab:
                structure = field_map.build(services.assistant, session)
            with gr.Tab("Quality", elem_id="yj-tab-quality") as quality_tab:
                report = quality.build(runs, session)
        footer = gr.HTML(render.footer("en"), apply_default_css=False)
        tabs = (ask_tab, compare_tab, documents_tab, map_tab, quality_tab)
        parts = Parts(session, remembered, thread, mine, header, footer, tabs, ask, compare)
        handlers = Page(services, asking)
        switched = _wire_page(page, parts, handlers)
        for part, tab in ((corpus, documents_tab), (structure, map_tab), (report, quality_tab)):
            part.show_on(tab.select, switched.then)
        _wire_asking(parts, handlers.asking)
        _wire_threads(parts, handlers.asking)
        _wire_narrowing(parts, handlers)
        _wire_comparing(parts, handlers)
    page.queue(default_concurrency_limit=_AT_ONCE)
    for event in page.fns.values():  # the API is ours; Gradio's description of these would be half of the page
        event.api_visibility = "private"
    return page


def _html(value: str = "", *, script: str = "", **more: Any) -> gr.HTML:
    """HTML of ours with the page's script on it."""
    return gr.HTML(value, js_on_load=asset("page.js") + script, apply_default_css=False, **more)


def _beside(elem_id: str) -> gr.HTML:
    return _html(source.empty("en"), script=asset("source.js"), elem_id=elem_id)


def _ask_tab() -> AskTab:
    with gr.Row(elem_id="yj-main", equal_height=False):
        with gr.Column(scale=3, min_width=230, elem_id="yj-side"):
            new = gr.Button(size="sm", variant="secondary", elem_id="yj-new")
            find = gr.Textbox(show_label=False, container=False, max_lines=1, elem_id="yj-find")
            threads = _html(elem_id="yj-threads")
            with gr.Accordion(open=False, elem_id="yj-narrow") as narrow_title:
                narrow = narrowing.build()
        with gr.Column(scale=7, min_width=320, elem_id="yj-left"):
            log = _html(elem_id="yj-log")
            within, editing = _html(elem_id="yj-within"), _html(elem_id="yj-editing")
            file = gr.HTML(js_on_load=asset("file.js"), apply_default_css=False, elem_id="yj-file")
            with gr.Row(elem_id="yj-asking"):
                question = gr.Textbox(
                    show_label=False,
                    container=False,
                    lines=1,
                    max_lines=6,
                    scale=8,
                    autofocus=True,
                    elem_id="yj-question",
                )
                send = gr.Button(variant="primary", scale=1, min_width=88, elem_id="yj-ask")
                stop = gr.Button(variant="stop", scale=1, min_width=88, visible=False, elem_id="yj-stop")
        with gr.Column(scale=6, min_width=320, elem_id="yj-right"):
            beside = _beside("yj-panel")
    return AskTab(new, find, threads, narrow_title, narrow, log, within, editing, question, send, stop, file, beside)


def _compare_tab() -> CompareTab:
    with gr.Row(elem_id="yj-compare", equal_height=False):
        with gr.Column(scale=8, min_width=320):
            intro = gr.HTML(apply_default_css=False)
            with gr.Row():
                documents = gr.Dropdown(
                    [], value=[], multiselect=True, max_choices=comparing.MOST, elem_id="yj-compared"
                )
                aspects = gr.Textbox(lines=3, max_lines=8, elem_id="yj-aspects")
            button = gr.Button(variant="primary", elem_id="yj-do-compare")
            table = _html(elem_id="yj-table")
        with gr.Column(scale=5, min_width=320):
            beside = _beside("yj-compare-panel")
    return CompareTab(intro, (documents, aspects, button), table, beside)


def _wire_page(page: gr.Blocks, parts: Parts, handlers: Page) -> Any:
    """Gives back the event of the language having been switched."""
    given = [parts.session, parts.remembered, parts.mine, parts.thread]
    page.load(
        handlers.open_page, given, [parts.remembered, *parts.shown, *parts.worded], js=_ADDRESS, show_progress="hidden"
    )
    for tab in parts.tabs[:2]:  # what is on file may have changed meanwhile
        tab.select(handlers.refresh, parts.here, [parts.ask.log, *parts.worded], show_progress="hidden")
    return parts.header.input(
        handlers.switch_language,
        parts.here,
        [parts.remembered, *parts.shown, *parts.worded],
        show_progress="hidden",
    )


def _wire_asking(parts: Parts, asking: Asking) -> None:
    # A question that was stopped counts as one that goes on, to the browser: it is here that a second one waits.
    ask, quiet = parts.ask, {"show_progress": "hidden", "trigger_mode": "multiple"}
    asked = [
        event(asking.ask_question, [*parts.here, ask.question, *ask.narrow], parts.shown, **quiet)
        for event in (ask.question.submit, ask.send.click)
    ]
    asked.append(ask.log.submit(asking.ask_example, [*parts.here, *ask.narrow], parts.shown, **quiet))
    asked.append(ask.log.retry(asking.retry, [*parts.here, *ask.narrow], parts.shown, **quiet))
    ask.stop.click(asking.stop, parts.here, parts.shown, cancels=asked, **quiet)
    ask.log.edit(asking.edit, parts.here, parts.shown, **quiet)
    ask.log.download(asking.export, parts.here, [ask.file], **quiet)
    ask.editing.clear(asking.stop_editing, [parts.session], parts.shown, **quiet)
    for panel in (ask.log, ask.beside):
        panel.select(asking.open_source, parts.here, [ask.beside], **quiet)
        panel.like(asking.rate, parts.here, [parts.session, ask.log, ask.beside], **quiet)


def _wire_threads(parts: Parts, asking: Asking) -> None:
    ask, quiet = parts.ask, {"show_progress": "hidden"}
    known, listing = [parts.session, parts.remembered, parts.mine], [parts.session, parts.mine, ask.find]
    ask.new.click(asking.start_anew, known, parts.shown, **quiet)
    ask.find.change(asking.find, listing, [ask.threads], trigger_mode="always_last", **quiet)
    ask.threads.select(asking.open_thread, known, parts.shown, **quiet)
    ask.threads.edit(asking.rename, listing, [ask.threads], **quiet)
    ask.threads.delete(asking.delete, parts.here, parts.shown, **quiet)


def _wire_narrowing(parts: Parts, handlers: Page) -> None:
    ask, quiet = parts.ask, {"show_progress": "hidden"}
    for component in ask.narrow:
        component.change(
            handlers.narrowed, [parts.session, *ask.narrow], [ask.within], trigger_mode="always_last", **quiet
        )
    ask.within.clear(narrowing.cleared, None, ask.narrow, **quiet)
    for panel in (ask.log, ask.beside):
        panel.apply(handlers.ask_inside, None, ask.narrow, **quiet)


def _wire_comparing(parts: Parts, handlers: Page) -> None:
    compare, quiet = parts.compare, {"show_progress": "hidden"}
    documents, aspects, button = compare.asked
    button.click(
        handlers.compare,
        [parts.session, documents, aspects],
        [parts.session, compare.table],
        **quiet,
    )
    for panel in (compare.table, compare.beside):
        panel.select(handlers.asking.open_source, parts.here, [compare.beside], **quiet)


@dataclass(frozen=True)
class Page:
    """What answers the events of the page as a whole. It holds what answers, and nothing of any visitor."""

    services: Services
    asking: Asking

    def open_page(
        self, session: Session, remembered: str, mine: Any, thread: str, request: gr.Request
    ) -> tuple[Any, ...]:
        """The page as a visitor first sees it, in the language chosen last, else the browser's; with a conversation
        in it where its number is in the address and this browser's. What was typed meanwhile stays."""
        read = request.headers.get("accept-language", "")
        language: Language = "zh" if remembered == "zh" else "en" if remembered == "en" else language_of(read)
        here = self.asking.here(replace(session, language=language, begun=True), "", thread, mine)
        return language, *self.asking.show(here.session, here.mine, gr.skip()), *self.words(here.session)

    def switch_language(
        self, event: gr.EventData, session: Session, remembered: str, thread: str, mine: Any
    ) -> tuple[Any, ...]:
        """The same page and conversation in the other language."""
        language: Language = "zh" if data_of(event).get("language") == "zh" else "en"
        here = self.asking.here(session, remembered, thread, mine)
        session = replace(here.session, language=language)
        return language, *self.asking.show(session, here.mine, gr.skip()), *self.words(session)

    def refresh(self, session: Session, remembered: str, thread: str, mine: Any) -> tuple[Any, ...]:
        """What there is to choose and to ask now."""
        if not session.begun:  # the first tab is selected before the page is opened
            return tuple(gr.skip() for _ in range(1 + len(self.words(session))))
        session = self.asking.here(session, remembered, thread, mine).session
        return self.asking.log(session), *self.words(session)

    def words(self, session: Session) -> tuple[Any, ...]:
        """The components of `Parts.worded` with the words of a language."""
        language, assistant = session.language, self.services.assistant
        words = WORDS[language]
        return (
            render.header(language),
            render.footer(language),
            gr.Tab(label=words.tab_ask),
            gr.Tab(label=words.tab_compare),
            gr.Tab(label=words.tab_documents),
            gr.Tab(label=words.tab_map),
            gr.Tab(label=words.tab_quality),
            gr.Textbox(placeholder=words.ask_placeholder, label=words.you),
            gr.Button(words.ask),
            gr.Button(words.stop),
            gr.Button(words.new),
            gr.Textbox(placeholder=words.find, label=words.find),
            gr.Accordion(label=words.narrow),
            *narrowing.refreshed(assistant, language),
            render.intro(language),
            *comparing.refreshed(assistant, language),
            comparing.shown(session),
        )

    def narrowed(self, session: Session, *narrow: Any) -> str:
        """What will be searched, on one line."""
        return narrowing.said(self.services.assistant, narrow, session.language)

    def ask_inside(self, event: gr.EventData) -> tuple[Any, ...]:
        """The filters, so that one document alone is searched."""
        return narrowing.inside(str(data_of(event).get("document", "")))

    def compare(self, session: Session, documents: list[str] | None, aspects: str) -> Iterator[tuple[Any, Any]]:
        """The comparison as it is filled."""
        try:
            for grid in comparing.grids(self.services.assistant, documents or (), aspects, session.language):
                session = replace(session, grid=grid)
                yield session, comparing.shown(session)
        except BadInput as error:
            tell(error.text(session.language))
            yield gr.skip(), gr.skip()

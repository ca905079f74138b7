"""The page: a conversation on the left, the cited source on the right, mounted on the API.

What belongs to one person lives in the session's `gr.State`, never on the page or a module, so two
browsers never see each other's questions. `build` only lays out; `Handlers` answers the events.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.answers import Answer, Citation, Hit, Message
from assistant.core import Assistant, Delta, Question
from corpus.errors import NotFound, YijuError
from corpus.readers import READERS
from indexing.ingest import Destination, Result
from ui import render
from ui.render import Turn
from ui.texts import WORDS, Language, language_of

if TYPE_CHECKING:
    from fastapi import FastAPI

# How many earlier messages go along with a question.
_REMEMBERED = 10


@dataclass(frozen=True, slots=True)
class Session:
    """What one person's page holds."""

    language: Language = "en"
    conversation_id: str | None = None
    turns: tuple[Turn, ...] = ()


def mount(app: FastAPI, assistant: Assistant, destination: Destination, most_bytes: int) -> FastAPI:
    """Puts the page at `/` of the API; files that are added there go to `destination`, each of at most
    `most_bytes`. It asks nothing of the outside: system fonts, no analytics."""
    fonts = [
        "system-ui",
        "-apple-system",
        "Segoe UI",
        "PingFang SC",
        "Microsoft YaHei",
        "Noto Sans CJK SC",
        "sans-serif",
    ]
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        build(assistant, destination),
        path="/",
        max_file_size=most_bytes,
        theme=gr.themes.Base(
            primary_hue="teal", neutral_hue="slate", font=fonts, font_mono=["ui-monospace", "monospace"]
        ),
        css=_asset("page.css"),
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
    )
    return mounted


def build(assistant: Assistant, destination: Destination) -> gr.Blocks:
    """The page's layout, and which handler answers which event."""
    handlers, script = Handlers(assistant, destination), _asset("page.js")
    page: gr.Blocks
    with gr.Blocks(title="Yiju 依据", analytics_enabled=False, fill_width=True) as page:
        session = gr.State(Session())
        remembered = gr.BrowserState("", storage_key="yiju-language", secret="yiju")
        header = gr.HTML(render.header("en"), js_on_load=script, elem_id="yj-header")
        with gr.Row(elem_id="yj-main", equal_height=False):
            with gr.Column(scale=6, min_width=320, elem_id="yj-left"):
                conversation = gr.HTML("", js_on_load=script, elem_id="yj-log")
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
                    ask = gr.Button(variant="primary", scale=1, min_width=88, elem_id="yj-ask")
                with gr.Row(elem_id="yj-tools"):
                    new = gr.Button(size="sm", variant="secondary", elem_id="yj-new")
                    upload = gr.UploadButton(
                        size="sm",
                        variant="secondary",
                        file_count="multiple",
                        file_types=sorted(READERS),
                        elem_id="yj-add",
                    )
                added = gr.HTML("", elem_id="yj-added")
            with gr.Column(scale=5, min_width=320, elem_id="yj-right"):
                source = gr.HTML(render.no_source("en"), js_on_load=script, elem_id="yj-panel")
        footer = gr.HTML(render.footer("en"))

        words = [header, question, ask, new, upload, footer]
        shown = [session, conversation, source, question]
        page.load(handlers.open_page, [session, remembered], [session, conversation, source, *words])
        header.input(
            handlers.switch_language,
            [session],
            [session, remembered, conversation, source, *words],
            show_progress="hidden",
        )
        for event in (question.submit, ask.click):
            event(handlers.ask_question, [session, question], shown, show_progress="hidden")
        conversation.submit(handlers.ask_example, [session], shown, show_progress="hidden")
        for panel in (conversation, source):
            panel.select(handlers.open_source, [session], [source], show_progress="hidden")
        upload.upload(handlers.add_files, [session, upload], [added, conversation], show_progress="hidden")
        new.click(handlers.start_anew, [session], shown, show_progress="hidden")
    return page


def _asset(name: str) -> str:
    return (files("ui") / "assets" / name).read_text("utf-8")


@dataclass(frozen=True)
class Handlers:
    """What answers the page's events. It holds the assistant, and nothing of any visitor."""

    assistant: Assistant
    destination: Destination

    def open_page(self, session: Session, remembered: str, request: gr.Request) -> tuple[Any, ...]:
        """The page as a visitor first sees it, in the language chosen last, else the browser's."""
        header = request.headers.get("accept-language", "")
        language: Language = "zh" if remembered == "zh" else "en" if remembered == "en" else language_of(header)
        session = replace(session, language=language)
        return session, _conversation(self.assistant, session), render.no_source(language), *_words(language)

    def switch_language(self, session: Session, event: gr.EventData) -> tuple[Any, ...]:
        """The same page and conversation in the other language."""
        language: Language = "zh" if _data(event).get("language") == "zh" else "en"
        session = replace(session, language=language)
        panel = _latest_source(self.assistant, session)
        return session, language, _conversation(self.assistant, session), panel, *_words(language)

    def ask_example(self, session: Session, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        """Asks one of the example questions."""
        yield from self.ask_question(session, str(_data(event).get("question", "")))

    def ask_question(self, session: Session, text: str) -> Iterator[tuple[Any, ...]]:
        """Asks, shows the answer as it comes, and opens its first citation. An error becomes a card."""
        words = WORDS[session.language]
        text = text.strip()
        if not text or len(text) > self.assistant.max_question:
            said = words.too_long.format(len(text), self.assistant.max_question) if text else words.blank
            gr.Info(said)
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip()
            return
        earlier = session.turns
        turn = Turn(text)
        session = replace(session, turns=(*earlier, turn))
        yield session, _conversation(self.assistant, session), render.no_source(session.language), ""
        asked = Question(text, conversation_id=session.conversation_id, history=_history(earlier))
        try:
            for event in self.assistant.stream(asked):
                if isinstance(event, Delta):
                    turn = replace(turn, partial=turn.partial + event.text)
                elif isinstance(event, Answer):
                    turn = replace(turn, answer=event, partial="")
                    session = replace(session, conversation_id=event.conversation_id)
                else:
                    continue
                session = replace(session, turns=(*earlier, turn))
                yield session, _conversation(self.assistant, session), gr.skip(), gr.skip()
        except YijuError as error:
            session = replace(session, turns=(*earlier, replace(turn, error=error.text(session.language))))
        yield session, _conversation(self.assistant, session), _latest_source(self.assistant, session), gr.skip()

    def open_source(self, session: Session, event: gr.EventData) -> Any:
        """Shows the source of a citation, or of one of the nearest passages, in the panel."""
        data = _data(event)
        turn, citation, rank = (_integer(data.get(key)) for key in ("turn", "citation", "hit"))
        return _source(self.assistant, session, turn, citation, rank) or gr.skip()

    def add_files(self, session: Session, paths: Sequence[str] | None) -> Iterator[tuple[Any, ...]]:
        """Adds the files that a visitor has chosen, one after the other, and says what became of each."""
        results: list[Result] = []
        for n, path in enumerate(map(Path, paths or ())):
            yield render.added(results, session.language, (n, len(paths or ()), path.name)), gr.skip()
            try:
                results.append(self.destination.add(path.read_bytes(), uri=f"upload:{path.name}", source=path.name))
            except YijuError as error:
                results.append(Result(path.name, "failed", reason=error))
            path.unlink(missing_ok=True)
        yield render.added(results, session.language), _conversation(self.assistant, session)

    def start_anew(self, session: Session) -> tuple[Any, ...]:
        """An empty conversation, in the same language."""
        session = Session(language=session.language)
        return session, _conversation(self.assistant, session), render.no_source(session.language), ""


def _conversation(assistant: Assistant, session: Session) -> str:
    documents = () if session.turns else assistant.documents()
    return render.conversation(session.turns, documents, session.language)


def _latest_source(assistant: Assistant, session: Session) -> str:
    return _source(assistant, session, len(session.turns) - 1, 1, None) or render.no_source(session.language)


def _source(
    assistant: Assistant, session: Session, turn: int | None, citation: int | None, rank: int | None
) -> str | None:
    """The panel for a place, or None where the session has no such place."""
    if turn is None or not 0 <= turn < len(session.turns):
        return None
    answer = session.turns[turn].answer
    if answer is None:
        return None
    try:
        if citation is not None and 1 <= citation <= len(answer.citations):
            place = answer.citations[citation - 1]
            where = {"turn": turn, "number": citation, "of": len(answer.citations)}
            return _panel(assistant, place, session.language, **where)
        if rank is not None and 1 <= rank <= len(answer.hits):
            return _panel(assistant, answer.hits[rank - 1], session.language)
    except NotFound as error:
        return render.missing_source(error.text(session.language))
    return None


def _panel(assistant: Assistant, place: Citation | Hit, language: Language, **where: int) -> str:
    """A place in its document as it stands today: what was in force when it was cited may not be any more."""
    document, life, successor = assistant.document(place.document_id), assistant.life(place.document_id), ""
    if life.superseded_by:
        with suppress(NotFound):
            successor = assistant.document(life.superseded_by).metadata.title
    return render.source(document, place, language, life=life, successor=successor, **where)


def _words(language: Language) -> tuple[Any, ...]:
    words = WORDS[language]
    return (
        render.header(language),
        gr.Textbox(placeholder=words.ask_placeholder),
        gr.Button(words.ask),
        gr.Button(words.new),
        gr.UploadButton(words.add),
        render.footer(language),
    )


def _history(turns: tuple[Turn, ...]) -> tuple[Message, ...]:
    messages: list[Message] = []
    for turn in turns:
        if turn.answer is not None:
            messages.append(Message(role="user", content=turn.question))
            messages.append(Message(role="assistant", content=turn.answer.text[:20_000]))
    return tuple(messages[-_REMEMBERED:])


def _data(event: gr.EventData) -> dict[str, Any]:
    """What the page's script sent with an event; anything else than an object is nothing."""
    data = event._data
    return data if isinstance(data, dict) else {}


def _integer(value: object) -> int | None:
    text = str(value)
    return int(text) if text.isdecimal() and len(text) < 6 else None

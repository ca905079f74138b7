"""What happens when somebody asks: the answer as it comes, and stop, retry, and a question put anew.

Nothing here is kept between two events but in the visitor's `Session`. After a restart of the server that is
empty, so each event brings along what the browser knows: its language, and the number of its conversation.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any, get_args

import gradio as gr

from assistant.answers import Answer, Filters
from assistant.core import Delta, Question
from assistant.feedback import Verdict, Why
from corpus.errors import YijuError
from ui import files, history, narrowing, render, source
from ui.events import data_of, whole
from ui.examples import Examples
from ui.session import Services, Session, Spot, Turn, spot
from ui.texts import WORDS, Language

# The components that events of asking change, in this order.
SHOWN = ("session", "thread", "mine", "log", "beside", "question", "editing", "ask", "stop", "threads")
Shown = tuple[Any, ...]
_LONGEST_COMMENT = 2000


@dataclass(frozen=True)
class Here:
    """What an event brings along: the session as it stands, and the browser's conversations."""

    session: Session
    mine: list[str]


def shown(**values: Any) -> Shown:
    """The outputs of an event: what it does not name stays as it is."""
    assert set(values) <= set(SHOWN)
    return tuple(values.get(name, gr.skip()) for name in SHOWN)


def tell(text: str) -> None:
    """Says something in passing. What Gradio shows so it takes for HTML."""
    gr.Info(escape(text))


@dataclass(frozen=True)
class Asking:
    """The handlers. They hold what answers, and nothing of any visitor."""

    services: Services
    examples: Examples = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "examples", Examples(self.services.assistant))

    def here(self, session: Session, remembered: object, thread: object, mine: object) -> Here:
        """The session, looked up again where the server has forgotten it."""
        if remembered in ("zh", "en") and not session.turns:
            language: Language = "zh" if remembered == "zh" else "en"
            session = replace(session, language=language)
        known = history.remembered(mine)
        if isinstance(thread, str) and thread in known and session.conversation_id != thread:
            session = replace(history.opened(self.services, session, thread), grid=session.grid)
        return Here(session, known)

    def ask_question(
        self, session: Session, remembered: str, thread: str, mine: Any, text: str, *narrow: Any
    ) -> Iterator[Shown]:
        """Asks what is in the box; where a question is being edited it takes that one's place."""
        here = self.here(session, remembered, thread, mine)
        yield from self._ask(here, text, narrow, here.session.editing)

    def ask_example(
        self, event: gr.EventData, session: Session, remembered: str, thread: str, mine: Any, *narrow: Any
    ) -> Iterator[Shown]:
        """Asks one of the example questions."""
        here = self.here(session, remembered, thread, mine)
        yield from self._ask(here, str(data_of(event).get("question", "")), narrow, None)

    def retry(
        self, event: gr.EventData, session: Session, remembered: str, thread: str, mine: Any, *narrow: Any
    ) -> Iterator[Shown]:
        """Asks a question again, and what followed it is gone."""
        here = self.here(session, remembered, thread, mine)
        if (turn := _turn_of(here.session, event)) is None:
            yield shown()
            return
        yield from self._ask(here, here.session.turns[turn].question, narrow, turn)

    def _ask(self, here: Here, text: str, narrow: Sequence[Any], instead_of: int | None) -> Iterator[Shown]:
        session, assistant = here.session, self.services.assistant
        words, text = WORDS[session.language], text.strip()
        if session.turns and session.turns[-1].pending:  # one question at a time
            yield shown()
            return
        if not text or len(text) > assistant.max_question:
            tell(words.too_long.format(len(text), assistant.max_question) if text else words.blank)
            yield shown()
            return
        try:
            filters = narrowing.filters_of(narrow)
            session = self._rewound(session, instead_of)
        except YijuError as error:
            tell(error.text(session.language))
            yield shown()
            return
        thread = session.conversation_id or uuid.uuid4().hex
        kept = self.services.conversations is not None
        mine = history.remembered(here.mine, thread if kept else None)
        earlier, turn = replace(session, conversation_id=thread, editing=None), Turn(text)
        session = replace(earlier, turns=(*earlier.turns, turn))
        yield shown(
            session=session,
            thread=thread,
            mine=mine,
            log=self.log(session),
            beside=source.empty(session.language),
            question="",
            editing="",
            ask=gr.Button(visible=False),
            stop=gr.Button(visible=True),
        )
        for now in self._answered(turn, earlier, filters):
            session = replace(earlier, turns=(*earlier.turns, now))
            if now.pending:
                yield shown(session=session, log=self.log(session))
        yield shown(
            session=session,
            log=self.log(session),
            beside=self.beside(session, len(session.turns) - 1),
            ask=gr.Button(visible=True),
            stop=gr.Button(visible=False),
            threads=self.threads(session, mine),
        )

    def _answered(self, turn: Turn, earlier: Session, filters: Filters) -> Iterator[Turn]:
        """The turn as its answer comes in. An error becomes a part of it."""
        said = () if self.services.conversations is not None else earlier.history()
        asked = Question(turn.question, conversation_id=earlier.conversation_id, history=said, filters=filters)
        try:
            for event in self.services.recorder.stream(asked):
                if isinstance(event, Delta):
                    turn = replace(turn, partial=turn.partial + event.text)
                elif isinstance(event, Answer):
                    turn = replace(turn, answer=event, partial="")
                yield turn
        except YijuError as error:
            yield replace(turn, error=error.text(earlier.language))

    def _rewound(self, session: Session, turn: int | None) -> Session:
        """The session as it was before a turn, here and where it is kept."""
        if turn is None or turn >= len(session.turns):
            return session
        before = session.turns[:turn]
        if self.services.conversations is not None and session.conversation_id:
            last = next((t.answer.id for t in reversed(before) if t.answer is not None), None)
            self.services.conversations.rewind(session.conversation_id, last)
        return replace(session, turns=before)

    def stop(self, session: Session, remembered: str, thread: str, mine: Any) -> Shown:
        """The answer is not waited for any more; what was said of it stays."""
        here = self.here(session, remembered, thread, mine)
        session = here.session
        if session.turns and session.turns[-1].pending:
            session = replace(session, turns=(*session.turns[:-1], replace(session.turns[-1], stopped=True)))
        return shown(
            session=session,
            log=self.log(session),
            ask=gr.Button(visible=True),
            stop=gr.Button(visible=False),
            threads=self.threads(session, here.mine),
        )

    def edit(self, event: gr.EventData, session: Session, remembered: str, thread: str, mine: Any) -> Shown:
        """Puts a question, or how it was searched, back into the box."""
        here = self.here(session, remembered, thread, mine)
        if (number := _turn_of(here.session, event)) is None:
            return shown()
        turn = here.session.turns[number]
        searched = turn.answer.standalone_question if turn.answer is not None else turn.question
        text = searched if data_of(event).get("searched") else turn.question
        session = replace(here.session, editing=number)
        return shown(session=session, question=text, editing=render.editing(number, session.language))

    def stop_editing(self, session: Session) -> Shown:
        """The question in the box is a new one after all."""
        return shown(session=replace(session, editing=None), question="", editing="")

    def start_anew(self, session: Session, remembered: str, mine: Any) -> Shown:
        """An empty conversation, in the same language."""
        here = self.here(session, remembered, "", mine)
        return self.show(Session(here.session.language, grid=session.grid, begun=True), here.mine)

    def open_thread(self, event: gr.EventData, session: Session, remembered: str, mine: Any) -> Shown:
        """Shows another of the browser's conversations."""
        here = self.here(session, remembered, str(data_of(event).get("thread", "")), mine)
        return self.show(here.session, here.mine)

    def rename(self, event: gr.EventData, session: Session, mine: Any, find: str) -> str:
        """Gives one of the browser's conversations another title."""
        data, store = data_of(event), self.services.conversations
        if store is not None and (number := str(data.get("thread"))) in history.remembered(mine):
            try:
                store.rename(number, str(data.get("title", "")))
            except YijuError as error:
                tell(error.text(session.language))
        return self.find(session, mine, find)

    def delete(self, event: gr.EventData, session: Session, remembered: str, thread: str, mine: Any) -> Shown:
        """Deletes one of the browser's conversations; where it is the one that is shown, an empty one follows."""
        number, store = str(data_of(event).get("thread")), self.services.conversations
        here = self.here(session, remembered, thread, mine)
        if store is None or number not in here.mine:
            return shown()
        try:
            store.delete(number)
        except YijuError as error:
            tell(error.text(session.language))
        left = [one for one in here.mine if one != number]
        if here.session.conversation_id == number:
            return self.show(Session(here.session.language, grid=session.grid, begun=True), left)
        return shown(mine=left, threads=self.threads(here.session, left))

    def find(self, session: Session, mine: Any, text: str) -> str:
        """The list of those of the browser's conversations that hold a text."""
        return history.listed(
            self.services.conversations, history.remembered(mine), text, session.conversation_id, session.language
        )

    def rate(
        self, event: gr.EventData, session: Session, remembered: str, thread: str, mine: Any
    ) -> tuple[Session, Any, Any]:
        """Keeps what somebody says of an answer or of a citation: session, conversation and source."""
        session, data = self.here(session, remembered, thread, mine).session, data_of(event)
        number, store = _turn_of(session, event), self.services.feedback
        answer = session.turns[number].answer if number is not None else None
        way: Verdict = "up" if data.get("verdict") == "up" else "down"
        if number is None or answer is None or store is None:
            return session, gr.skip(), gr.skip()
        about = spot(session, {**data, "hit": None})
        why: Why | None = data.get("why") if way == "down" and data.get("why") in get_args(Why) else None
        try:
            comment = str(data.get("comment", ""))[:_LONGEST_COMMENT]
            store.add(answer, way, why, comment, about.number if about else None)
        except YijuError as error:
            tell(error.text(session.language))
            return session, gr.skip(), gr.skip()
        citation, turn = about.number if about else 0, session.turns[number]
        turn = replace(turn, said=(*(one for one in turn.said if one[0] != citation), (citation, way)))
        session = replace(session, turns=(*session.turns[:number], turn, *session.turns[number + 1 :]))
        return session, self.log(session), self._panel(session, about) if about else gr.skip()

    def export(self, event: gr.EventData, session: Session, remembered: str, thread: str, mine: Any) -> str:
        """The answer of a turn as a file."""
        session = self.here(session, remembered, thread, mine).session
        number = _turn_of(session, event)
        answer = session.turns[number].answer if number is not None else None
        return files.link(answer, data_of(event).get("form"), self.services.assistant) if answer else ""

    def open_source(self, event: gr.EventData, session: Session, remembered: str, thread: str, mine: Any) -> Any:
        """Shows the source of a citation, or of one of the nearest passages, in the panel."""
        session = self.here(session, remembered, thread, mine).session
        found = spot(session, data_of(event))
        return gr.skip() if found is None else self._panel(session, found)

    def beside(self, session: Session, turn: int) -> str:
        """The panel with the first citation of a turn."""
        found = spot(session, {"turn": turn, "citation": 1})
        return source.empty(session.language) if found is None else self._panel(session, found)

    def _panel(self, session: Session, found: Spot) -> str:
        given = {"turn": found.turn, "row": found.row, "column": found.column}
        where = {name: value for name, value in given.items() if value is not None}
        cited = {"number": found.number, "of": found.of} if found.of else {}
        in_turn = found.turn is not None
        panel = source.panel(
            self.services.assistant, found.place, session.language, answer=where, may_ask=in_turn, **cited
        )
        data = "".join(f' data-{name}="{value}"' for name, value in where.items())
        thumbs = ""
        if found.turn is not None and found.of:
            thumbs = render.verdict(session.turns[found.turn], found.turn, found.number, session.language)
        words = WORDS[session.language]
        hint = f'<p class="yj-stepping">{words.keys}</p>' if found.of else ""
        hint += f'<button type="button" class="yj-act yj-back">{words.back}</button>'
        below = f'<div class="yj-below">{thumbs}{hint}</div>'
        return f'<div class="yj-opened"{data} data-number="{found.number}">{panel}{below}</div>'

    def show(self, session: Session, mine: list[str], question: Any = "") -> Shown:
        """A whole conversation, with this in the box."""
        last = len(session.turns) - 1
        return shown(
            session=session,
            thread=session.conversation_id or "",
            mine=mine,
            log=self.log(session),
            beside=self.beside(session, last) if last >= 0 else source.empty(session.language),
            question=question,
            editing=render.editing(session.editing, session.language),
            ask=gr.Button(visible=True),
            stop=gr.Button(visible=False),
            threads=self.threads(session, mine),
        )

    def threads(self, session: Session, mine: Sequence[str]) -> str:
        return history.listed(self.services.conversations, mine, "", session.conversation_id, session.language)

    def log(self, session: Session) -> str:
        """The conversation as HTML, or what a first visitor sees."""
        if session.turns:
            kept = session.conversation_id if self.services.conversations is not None else None
            return render.conversation(session.turns, (), session.language, thread=kept)
        examples = self.examples.of(session.language)
        return render.conversation((), self.services.assistant.documents(), session.language, examples=examples)


def _turn_of(session: Session, event: gr.EventData) -> int | None:
    """The number of the turn that an event is about, None where there is none."""
    number = whole(data_of(event).get("turn"))
    return number if number is not None and number < len(session.turns) else None

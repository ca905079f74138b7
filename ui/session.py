"""What one visitor's page holds, and what it is made with. It knows neither Gradio nor HTML."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answers import Answer, Citation, Hit, Message
from assistant.conversation.conversations import Conversations
from assistant.core import Assistant
from assistant.feedback import FeedbackStore, Verdict
from assistant.recording import Recorder
from ui.events import whole
from ui.texts import Language

# How many earlier messages go along with a question where no conversations are kept.
_REMEMBERED = 10
_LONGEST_MESSAGE = 20_000


@dataclass(frozen=True, slots=True)
class Turn:
    """One question on the page: being answered (`partial`), answered, stopped, or failed (`error`). `said` are the
    verdicts of this visitor: (0, …) on the answer, (n, …) on citation n."""

    question: str
    answer: Answer | None = None
    partial: str = ""
    error: str = ""
    stopped: bool = False
    said: tuple[tuple[int, Verdict], ...] = ()

    @property
    def pending(self) -> bool:
        return self.answer is None and not self.error and not self.stopped


@dataclass(frozen=True, slots=True)
class Cell:
    """What a document says of an aspect: an answer from inside that document, or why there is none."""

    answer: Answer | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """Documents (id, title) compared in their aspects; `cells[row][column]` is of an aspect and a document, None
    while it is being looked for."""

    documents: tuple[tuple[str, str], ...]
    aspects: tuple[str, ...]
    cells: tuple[tuple[Cell | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Session:
    """What one person's page holds. `editing` is the number of the turn whose question is being edited; `begun` is
    False until the page has been opened."""

    language: Language = "en"
    conversation_id: str | None = None
    turns: tuple[Turn, ...] = ()
    editing: int | None = None
    grid: Grid | None = None
    begun: bool = False

    def history(self) -> tuple[Message, ...]:
        """What was said so far, for a question that goes with it."""
        messages: list[Message] = []
        for turn in self.turns:
            if turn.answer is not None:
                messages.append(Message(role="user", content=turn.answer.standalone_question[:_LONGEST_MESSAGE]))
                messages.append(Message(role="assistant", content=turn.answer.text[:_LONGEST_MESSAGE]))
        return tuple(messages[-_REMEMBERED:])


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that can be opened: citation or hit `number` of an answer, which `of` there are. `turn` is where the
    answer stands in the conversation; in a comparison `row` and `column` say so."""

    place: Citation | Hit
    answer: Answer
    number: int
    of: int
    turn: int | None = None
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Services:
    """What answers, and where things are kept; nothing of any visitor. `conversations` and `feedback` are None where
    they are not kept."""

    assistant: Assistant
    recorder: Recorder
    conversations: Conversations | None = None
    feedback: FeedbackStore | None = None


def spot(session: Session, data: dict[str, object]) -> Spot | None:
    """The place that an event of the page names, or None where the session has no such place."""
    turn, row, column, citation, hit = (whole(data.get(k)) for k in ("turn", "row", "column", "citation", "hit"))
    answer: Answer | None = None
    if turn is not None and turn < len(session.turns):
        answer = session.turns[turn].answer
    elif session.grid is not None and row is not None and column is not None:
        cells = session.grid.cells
        cell = cells[row][column] if row < len(cells) and column < len(cells[row]) else None
        answer = cell.answer if cell else None
    if answer is None:
        return None
    where = {"turn": turn, "row": row, "column": column}
    if citation is not None and 1 <= citation <= len(answer.citations):
        return Spot(answer.citations[citation - 1], answer, citation, len(answer.citations), **where)
    if hit is not None and 1 <= hit <= len(answer.hits):
        return Spot(answer.hits[hit - 1], answer, hit, 0, **where)
    return None

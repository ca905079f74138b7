"""An assistant that remembers: what is asked in a conversation is read with what was said in it, and every answer is
recorded there, also where whoever asked has gone. It knows neither HTTP nor how answers are made or stored."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from queue import SimpleQueue

from assistant.answers import Answer
from assistant.conversation.conversations import Conversations
from assistant.core import Assistant, Delta, Question, Sources

Event = Sources | Delta | Answer
# Answers that are made at a time for those who read them as they come.
_AT_ONCE = 40


class Recorder:
    """Asks the assistant and records what it says; without `conversations` it only asks."""

    def __init__(self, assistant: Assistant, conversations: Conversations | None) -> None:
        self._assistant = assistant
        self._conversations = conversations
        self._threads = ThreadPoolExecutor(_AT_ONCE, "answer")

    def ask(self, question: Question) -> Answer:
        """The answer. Raises what the assistant raises, and `Unavailable` where the answer can't be recorded."""
        *_, answer = self._recorded(question)
        assert isinstance(answer, Answer)
        return answer

    def stream(self, question: Question) -> Iterator[Event]:
        """The answer as it comes into being. It is finished and recorded also where nobody reads it to its end."""
        if self._conversations is None:
            yield from self._assistant.stream(question)
            return
        said: SimpleQueue[Event | None] = SimpleQueue()

        def tell() -> None:
            try:
                for event in self._recorded(question):
                    said.put(event)
            finally:
                said.put(None)

        told = self._threads.submit(tell)
        while (event := said.get()) is not None:
            yield event
        told.result()  # raises what was raised there

    def _recorded(self, question: Question) -> Iterator[Event]:
        """The events, the answer after it has been recorded: who has it can look it up."""
        store, asked = self._conversations, datetime.now(UTC)
        if store is not None and question.conversation_id and not question.history:
            question = replace(question, history=store.history(question.conversation_id))
        for event in self._assistant.stream(question):
            if store is not None and isinstance(event, Answer):
                store.add(event, asked)
            yield event

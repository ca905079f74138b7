"""The routes by which conversations are listed, searched, read, renamed and deleted."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Query
from pydantic import Field

from assistant.answers import Frozen
from assistant.api.sent import Sent
from assistant.conversation.conversations import Conversation, Conversations, ConversationSummary
from corpus.errors import NotFound


class ConversationList(Frozen):
    """The newest first; `total` is how many match."""

    conversations: tuple[ConversationSummary, ...]
    total: int


class NewTitle(Sent):
    title: str = Field(max_length=2000)


def install(app: FastAPI, store: Conversations | None) -> None:
    """Adds the routes. Without a store each says that conversations are not kept."""

    def kept() -> Conversations:
        if store is None:
            raise NotFound(
                "conversations are not kept here; set YIJU_CONVERSATIONS=keep and start the server again",
                "此服务不保存对话；请设置 YIJU_CONVERSATIONS=keep 并重新启动",
            )
        return store

    @app.get("/conversations", tags=["conversations"])
    def list_conversations(
        q: Annotated[str, Query(max_length=1000, description="words of a title, a question or an answer")] = "",
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
    ) -> ConversationList:
        """The conversations, that in which something was said last first."""
        found, total = kept().page(q, limit=limit, offset=offset)
        return ConversationList(conversations=found, total=total)

    # An id is whatever its caller chose, a slash included.
    @app.get("/conversations/{conversation_id:path}", tags=["conversations"])
    def show_conversation(conversation_id: str) -> Conversation:
        """A conversation with its answers in full, the oldest first."""
        return kept().get(conversation_id)

    @app.patch("/conversations/{conversation_id:path}", tags=["conversations"])
    def rename_conversation(conversation_id: str, asked: NewTitle) -> ConversationSummary:
        """Gives it another title."""
        store = kept()
        store.rename(conversation_id, asked.title)
        return store.summary(conversation_id)

    @app.delete("/conversations/{conversation_id:path}", status_code=204, tags=["conversations"])
    def delete_conversation(conversation_id: str) -> None:
        """Deletes it with all that was said in it."""
        kept().delete(conversation_id)

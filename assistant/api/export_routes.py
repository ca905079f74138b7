"""The routes that answers and conversations are taken away by, as files (`assistant/exporting/exports.py`)."""

from __future__ import annotations

from typing import Annotated, Protocol
from urllib.parse import quote

from fastapi import FastAPI, Query, Response
from pydantic import BeforeValidator

from assistant.answers import Answer
from assistant.api.sent import text_only
from assistant.core import Assistant
from assistant.exporting.exports import MEDIA_TYPES, Export, export_of, written
from assistant.exporting.words import Form, file_name

# What takes a title longer than this for a name or a heading is not helped by it.
_LONGEST_TITLE = 120
AsFormat = Annotated[Form, Query(alias="format", description="md (Markdown), docx (Word) or json")]


# An answer as /ask gave it. Everything in it is data: its citations are looked up and its sentences checked again.
SentAnswer = Annotated[Answer, BeforeValidator(text_only)]


class Kept(Protocol):
    """A conversation's title and its answers, in their order."""

    def title(self, conversation_id: str) -> str:
        """Raises `NotFound`."""
        ...

    def turns(self, conversation_id: str) -> tuple[Answer, ...]:
        """Raises `NotFound`."""
        ...


def install(app: FastAPI, assistant: Assistant, conversations: Kept | None = None) -> None:
    """Adds the routes; without `conversations` that of one answer alone."""

    @app.post("/export", tags=["exports"], response_class=Response, responses=_FILES)
    def export_answer(answer: SentAnswer, form: AsFormat = "md") -> Response:
        """One answer as a file, with its references, notice and AIGC label. It is sent as /ask gave it; 409 where
        a citation's words do not stand where it says. Each sentence is checked again against the words it cites,
        and marked where they do not support it."""
        export = export_of(
            answer.question[:_LONGEST_TITLE],
            (answer,),
            assistant,
            producer=assistant.producer,
            number=answer.id,
            strict=True,
        )
        return _file(export, form)

    if conversations is None:
        return

    # An id is whatever its caller chose, a slash included.
    @app.get(
        "/conversations/{conversation_id:path}/export", tags=["exports"], response_class=Response, responses=_FILES
    )
    def export_conversation(conversation_id: str, form: AsFormat = "md") -> Response:
        """A conversation as a file. What rested on a document that has been removed since is left out and marked."""
        answers, title = conversations.turns(conversation_id), conversations.title(conversation_id)
        export = export_of(
            title[:_LONGEST_TITLE], answers, assistant, producer=assistant.producer, number=conversation_id
        )
        return _file(export, form)


_FILES: dict[int | str, dict[str, object]] = {
    200: {"description": "the file", "content": {media.partition(";")[0]: {} for media in MEDIA_TYPES.values()}}
}


def _file(export: Export, form: Form) -> Response:
    name = file_name(export.title, form)
    # RFC 6266: the name in UTF-8, and one in ASCII for who can't read that.
    disposition = f"attachment; filename=\"yiju.{form}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    return Response(written(export, form), media_type=MEDIA_TYPES[form], headers=headers)

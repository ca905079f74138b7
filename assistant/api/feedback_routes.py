"""The routes by which people say what was wrong with an answer, and evaluators read it."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Query
from pydantic import Field

from assistant.answers import Answer, Frozen
from assistant.api.export_routes import Kept
from assistant.api.sent import Sent
from assistant.core import Assistant
from assistant.exporting.exports import check
from assistant.feedback import Feedback, FeedbackStore, Said, Verdict, Why
from corpus.errors import BadInput, NotFound

LONGEST_COMMENT = 2000


class FeedbackRequest(Sent):
    """What somebody says of an answer, or of one of its citations. The answer is sent along, or found in its
    conversation where conversations are kept."""

    answer_id: str = Field(min_length=1, max_length=200)
    conversation_id: str | None = Field(None, max_length=200)
    citation: int | None = Field(None, ge=1, description="number of the citation; null: the whole answer")
    verdict: Verdict
    reason: Why | None = None
    comment: str = Field("", max_length=LONGEST_COMMENT)
    answer: Answer | None = Field(None, description="the answer as /ask gave it")


class FeedbackList(Frozen):
    """The newest first; `total` is how many the filter lets through."""

    feedback: tuple[Said, ...]
    total: int


def install(app: FastAPI, assistant: Assistant, store: FeedbackStore, conversations: Kept | None = None) -> None:
    """Adds the routes. Answers that are not sent along are looked up in `conversations`."""

    @app.post("/feedback", status_code=201, tags=["feedback"])
    def say(asked: FeedbackRequest) -> Said:
        """Keeps what was right or wrong with an answer. 409 where the answer that is sent cites words that do not
        stand where it says."""
        answer = _answer(asked, assistant, conversations)
        return _listed(store.add(answer, asked.verdict, asked.reason, asked.comment, asked.citation))

    @app.get("/feedback", tags=["feedback"])
    def list_feedback(
        verdict: Verdict | None = None,
        reason: Why | None = None,
        answer_id: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
    ) -> FeedbackList:
        """What people said, the newest first, without the answers themselves."""
        found, total = store.page(verdict=verdict, reason=reason, answer_id=answer_id, limit=limit, offset=offset)
        return FeedbackList(feedback=found, total=total)

    @app.get("/feedback/{feedback_id}", tags=["feedback"])
    def show_feedback(feedback_id: str) -> Feedback:
        """What somebody said, with the answer that it is about."""
        return store.get(feedback_id)

    @app.delete("/feedback/{feedback_id}", status_code=204, tags=["feedback"])
    def remove_feedback(feedback_id: str) -> None:
        """Removes what somebody said."""
        store.remove(feedback_id)


def _answer(asked: FeedbackRequest, assistant: Assistant, conversations: Kept | None) -> Answer:
    if asked.answer is not None:
        if asked.answer.id != asked.answer_id:
            raise BadInput(
                "the answer that was sent is another than answer_id names; send the one that is meant",
                "所附回答与 answer_id 不符；请附上所评价的回答",
            )
        check(asked.answer, assistant)
        return asked.answer
    if asked.conversation_id is not None and conversations is not None:
        found = [answer for answer in conversations.turns(asked.conversation_id) if answer.id == asked.answer_id]
        if found:
            return found[-1]
    raise NotFound(
        "the answer is not kept here; send it along as `answer`, as /ask gave it, or name its conversation_id",
        "此处没有保存该回答；请在 answer 中附上 /ask 所得的回答，或给出其 conversation_id",
    )


def _listed(said: Feedback) -> Said:
    return Said.model_validate(said.model_dump(exclude={"answer"}))

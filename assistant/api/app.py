"""The HTTP API (DESIGN section 6). It turns requests into calls of the assistant and says nothing of its own."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.access import AccessLayer
from assistant.api import (
    conversation_routes,
    document_routes,
    export_routes,
    feedback_routes,
    job_routes,
    page_routes,
    problems,
    question_routes,
)
from assistant.conversation.conversations import Conversations
from assistant.core import Assistant
from assistant.feedback import FeedbackStore
from assistant.page_images import PageImages
from assistant.rebuilding import Rebuilder
from assistant.recording import Recorder
from corpus.errors import Unavailable
from indexing.ingest import Ingester
from indexing.store import Scope as SearchScope

_CURLS_DEFAULT = "application/x-www-form-urlencoded"
_DESCRIPTION = "Answers from your documents, each sentence with the exact words it rests on. 有据可查的文件问答。"


def build_app(
    assistant: Assistant,
    ingester: Ingester,
    *,
    api_key: str | None,
    most_bytes: int,
    local_only: bool = False,
    rebuilder: Rebuilder | None = None,
    images: PageImages | None = None,
    feedback: FeedbackStore | None = None,
    conversations: Conversations | None = None,
) -> FastAPI:
    """The API as an app, with the page still to be mounted on it; see `AccessLayer` for the settings. Without a
    `rebuilder` it has no jobs, without `images` no pages, without `feedback` it takes none, and without
    `conversations` it keeps none."""
    # The usual documentation page fetches its parts from outside; this one brings them along.
    app = FastAPIOffline(title="Yiju 依据", version=version("yiju"), description=_DESCRIPTION, redoc_url=None)
    app.add_middleware(JsonByDefault)
    app.add_middleware(AccessLayer, key=api_key, upload_limit=most_bytes, local_only=local_only)
    problems.install(app)
    question_routes.install(app, assistant, Recorder(assistant, conversations))
    document_routes.install(app, assistant, ingester)
    page_routes.install(app, assistant, images)
    if rebuilder is not None:
        job_routes.install(app, rebuilder)
    export_routes.install(app, assistant, conversations)
    if feedback is not None:
        feedback_routes.install(app, assistant, feedback, conversations)
    conversation_routes.install(app, conversations)
    _add_health(app, assistant)
    return app


class JsonByDefault:
    """Takes the body of a question for JSON where the caller says nothing better: `curl -d` calls
    everything a form. Requests from other web sites, which could misuse this, were refused before."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in ("/ask", "/search"):
            headers = MutableHeaders(scope=scope)
            if headers.get("content-type", _CURLS_DEFAULT).startswith(_CURLS_DEFAULT):
                headers["content-type"] = "application/json"
        await self._app(scope, receive, send)


def _add_health(app: FastAPI, assistant: Assistant) -> None:
    @app.get("/health/live", tags=["health"])
    def live() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @app.get("/health/ready", tags=["health"])
    def ready() -> dict[str, object]:
        """The catalogue and the index answer, and agree."""
        with assistant.index.reading() as generation:
            stored, known = generation.store.count(SearchScope()), assistant.index.catalogue.passages()
        if stored < known:
            raise Unavailable(
                f"the index holds {stored} of {known} passages; stop the server and run: yiju ingest --rebuild",
                f"索引中有 {stored} 个段落，应有 {known} 个；请停止服务并运行：yiju ingest --rebuild",
            )
        return {"status": "ok", "passages": known}

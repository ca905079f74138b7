"""What a browser shows before Gradio's own scripts have run, and what it need not fetch again.

Gradio's page is empty until a hundred scripts are there. This layer puts the name into it, in the page's colours, and
says of the scripts, whose names are made of what is in them, that they never change. It knows nothing of what is asked.
"""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HASHED = re.compile(r"/assets/[\w.-]+-[\w-]{8,}\.(?:js|css)")
_FOREVER = "private, max-age=31536000, immutable"
_BODY = re.compile(rb"<body[^>]*>")


class FirstPaint:
    """Wraps the ASGI app that has the page at `/`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._shell = (files("ui") / "assets" / "shell.html").read_bytes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "http" and scope["method"] == "GET" and path == "/":
            await self._app(scope, receive, _Shown(send, self._shell))
        elif scope["type"] == "http" and _HASHED.fullmatch(path):
            await self._app(scope, receive, _kept(send))
        else:
            await self._app(scope, receive, send)


class _Shown:
    """Sends a page on with the shell at the beginning of its body; whatever else comes stays as it is."""

    def __init__(self, send: Send, shell: bytes) -> None:
        self._send, self._shell = send, shell
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is not None:
            body = message.get("body", b"")
            headers = MutableHeaders(raw=self._start["headers"])
            if (found := _BODY.search(body)) and not message.get("more_body") and "content-encoding" not in headers:
                body = body[: found.end()] + self._shell + body[found.end() :]
                headers["content-length"] = str(len(body))
                message = {**message, "body": body}
            await self._send(self._start)
            self._start = None
        await self._send(message)


def _kept(send: Send) -> Send:
    async def kept(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            MutableHeaders(raw=message["headers"])["cache-control"] = _FOREVER
        await send(message)

    return kept

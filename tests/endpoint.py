"""An HTTP server on loopback that says what a test tells it to, and keeps what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """A status and a body, written piece by piece."""

    status: int
    pieces: tuple[bytes, ...]
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    path: str
    body: dict[str, Any]
    authorization: str | None

    @property
    def prompt(self) -> str:
        """The first message of a conversation."""
        content: str = self.body["messages"][0]["content"]
        return content


class Endpoint:
    """Gives its replies one after the other, the last one for ever; a reply may depend on what was asked. `url` has
    no path."""

    def __init__(self) -> None:
        self.replies: list[Reply | Callable[[Asked], Reply]] = []
        self.asked: list[Asked] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None: ...

            def do_GET(self) -> None:
                self.answer({})

            def do_POST(self) -> None:
                self.answer(json.loads(self.rfile.read(int(self.headers["content-length"]))))

            def answer(self, body: dict[str, Any]) -> None:
                endpoint.asked.append(Asked(self.path, body, self.headers["authorization"]))
                said = endpoint.replies.pop(0) if len(endpoint.replies) > 1 else endpoint.replies[0]
                reply = said if isinstance(said, Reply) else said(endpoint.asked[-1])
                self.send_response(reply.status)
                self.send_header("content-type", reply.kind)
                for name, value in reply.headers:
                    self.send_header(name, value)
                self.send_header("content-length", str(sum(map(len, reply.pieces))))
                self.end_headers()
                for piece in reply.pieces:
                    self.wfile.write(piece)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def says(self, *texts: object, **more: object) -> None:
        """The next replies are chat completions with these texts; `more` is added to each."""
        self.replies = [completion(text, **more) for text in texts]

    def fails(self, *statuses: int) -> None:
        """The next replies are errors."""
        self.replies = [failure(status) for status in statuses]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def completion(text: object, **more: object) -> Reply:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    said = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    return Reply(200, (json.dumps({**said, "usage": {"total_tokens": 7}, **more}).encode(),))


def failure(status: int, body: bytes = b'{"error": {"message": "no"}}', **headers: str) -> Reply:
    """An error; an underscore in a header's name is a hyphen."""
    return Reply(status, (body,), headers=tuple((k.replace("_", "-"), v) for k, v in headers.items()))


def as_json(said: object) -> Reply:
    return Reply(200, (json.dumps(said).encode(),))

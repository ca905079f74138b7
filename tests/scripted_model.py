"""A language model of our own behind an OpenAI-compatible endpoint: it says what a test tells it to, as badly."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass(frozen=True)
class Script:
    """How a model behaves. `text` comes `size` characters a chunk, each chunk written `octets` bytes at a time with
    `pause` seconds between chunks; then the model stalls, drops the connection, or ends with `finish`."""

    text: str = ""
    size: int = 1
    octets: int = 0
    pause: float = 0.0
    stalls: bool = False
    drops: bool = False
    finish: str | None = "stop"
    status: int = 200
    error: str = "no"


class ScriptedModel:
    """Plays `script`; keeps the prompts and keys it was given, and when it wrote its last chunk."""

    def __init__(self) -> None:
        self.script = Script()
        self.prompts: list[str] = []
        self.keys: list[str | None] = []
        self.written = 0.0
        self._released = Event()
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None: ...

            def do_POST(self) -> None:
                asked: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["content-length"])))
                model.prompts.append(asked["messages"][0]["content"])
                model.keys.append(self.headers["authorization"])
                if model.script.status == 200:
                    model.speak(self)
                else:
                    model.refuse(self)
                self.close_connection = True

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def plays(self, text: str = "", **how: Any) -> None:
        """What it does from now on."""
        self.script = Script(text, **how)
        self.prompts.clear()
        self.keys.clear()

    def close(self) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def refuse(self, to: BaseHTTPRequestHandler) -> None:
        body = json.dumps({"error": {"message": self.script.error}}).encode()
        to.send_response(self.script.status)
        to.send_header("content-type", "application/json")
        to.send_header("content-length", str(len(body)))
        to.send_header("connection", "close")
        to.send_header("retry-after-ms", "1")  # so that a retry costs a test no time
        to.end_headers()
        to.wfile.write(body)

    def speak(self, to: BaseHTTPRequestHandler) -> None:
        script = self.script
        to.send_response(200)
        to.send_header("content-type", "text/event-stream")
        to.send_header("transfer-encoding", "chunked")
        to.send_header("connection", "close")
        to.end_headers()
        try:
            for event in self._events(script):
                step = script.octets or len(event)
                for start in range(0, len(event), step):
                    piece = event[start : start + step]
                    to.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                    to.wfile.flush()
                self.written = time.perf_counter()
                time.sleep(script.pause)
            if script.stalls:
                self._released.wait(10)
            if not script.drops:
                to.wfile.write(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            return  # whoever asked has heard enough

    @staticmethod
    def _events(script: Script) -> Iterator[bytes]:
        for start in range(0, len(script.text), script.size):
            yield _event({"content": script.text[start : start + script.size]}, None)
        if not (script.stalls or script.drops):
            yield _event({}, script.finish) + b"data: [DONE]\n\n"


def _event(delta: dict[str, str], finish: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    said = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(said, ensure_ascii=False).encode() + b"\n\n"

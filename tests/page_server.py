"""The real server for tests of the page, Chromium, and a visitor's page in it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from playwright.sync_api import TimeoutError

from page_parts import _outside
from test_server import free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

_COMMAND = [sys.executable, "-m", "assistant"]


class Server:
    """A server over a folder, which can be stopped and started again at the same address."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.environment = {**os.environ, "YIJU_DATA": str(folder / "data"), "LANG": "C.UTF-8", **settings}
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def ingest(self, *paths: Path) -> None:
        subprocess.run([*_COMMAND, "ingest", *map(str, paths)], env=self.environment, check=True, timeout=120)

    def start(self) -> None:
        self._process = subprocess.Popen(
            [*_COMMAND, "serve", "--port", str(self.port)], env=self.environment, stderr=subprocess.DEVNULL
        )
        for _ in range(600):
            try:
                httpx.get(f"{self.address}/health/ready", timeout=2)
                return
            except httpx.TransportError:
                time.sleep(0.1)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=30)


@contextmanager
def serving(folder: Path, files: dict[str, str | bytes], **settings: str) -> Iterator[Server]:
    """A server with these documents of our own."""
    server = Server(folder, **settings)
    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    server.ingest(*(folder / name for name in files))
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Visitors:
    """Opens pages, each as a visitor of its own, and sees what goes wrong on them: scripts that fail, dialogs, and
    anything asked of the outside."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self._address = browser, address
        self._contexts: list[BrowserContext] = []
        self.troubles: list[str] = []

    def __call__(self, language: str = "zh-CN", width: int = 1360, height: int = 860, **more: Any) -> Page:
        context = self._browser.new_context(locale=language, viewport={"width": width, "height": height}, **more)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("dialog", lambda dialog: self.troubles.append(dialog.message))
        page.on("request", lambda request: self.troubles.append(request.url) if _outside(request.url) else None)
        page.goto(self._address)
        try:
            page.wait_for_selector(".yj-welcome", timeout=15_000)
        except TimeoutError:  # seen once in some hundred loads on a busy machine, and never twice
            page.reload()
            page.wait_for_selector(".yj-welcome")
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        assert self.troubles == []


def ask(page: Page, question: str) -> None:
    page.fill("#yj-question textarea", question)
    page.press("#yj-question textarea", "Enter")


def answered(page: Page, turns: int = 1) -> None:
    """Waits until so many questions have been answered, or refused."""
    page.wait_for_function(
        "n => document.querySelectorAll('.yj-turn').length === n && !document.querySelector('.yj-pending')", arg=turns
    )

"""The real server for tests of the page, Chromium, and a visitor's page in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

import httpx
import pytest
from playwright.sync_api import TimeoutError

from test_server import free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
browser_test = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="Chromium is not installed"),
]
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
_COMMAND = [sys.executable, "-m", "assistant"]


class Server:
    """A server over a folder, which can be stopped and started again at the same address."""

    def __init__(self, folder: Path, **settings: str) -> None:
        given = {"YIJU_DATA": str(folder / "data"), "YIJU_SAMPLES": "never", "LANG": "C.UTF-8"} | settings
        self.environment = {**os.environ, **given}
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def add(self, name: str, content: str | bytes) -> None:
        sent = {"file": (name, content.encode() if isinstance(content, str) else content)}
        key = self.environment.get("YIJU_API_KEY")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        httpx.post(f"{self.address}/documents", files=sent, headers=headers, timeout=60).raise_for_status()

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
def serving(folder: Path, files: Mapping[str, str | bytes], **settings: str) -> Iterator[Server]:
    """A server with these documents of our own."""
    server = Server(folder, **settings)
    try:
        server.start()
        for name, content in files.items():
            server.add(name, content)
        yield server
    finally:
        server.stop()


@contextmanager
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Visitors:
    """Opens pages, each as a visitor of its own, and sees what goes wrong on them: scripts that fail, dialogs, and
    anything asked of the outside."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self._address = browser, address
        self._contexts: list[BrowserContext] = []
        self.troubles: list[str] = []

    def __call__(
        self, language: str = "zh-CN", width: int = 1360, height: int = 860, tab: str | None = None, **more: Any
    ) -> Page:
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
        if tab is not None:
            page.get_by_role("tab", name=tab).click()
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


def shows(page: Page, text: str, within: str = "body") -> None:
    """Waits until a text stands in a part of the page."""
    page.wait_for_function(
        "([where, text]) => document.querySelector(where)?.innerText.includes(text)", arg=[within, text]
    )


def _outside(url: str) -> bool:
    parts = urlparse(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1"

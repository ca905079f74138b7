"""The real server and a real browser, for tests of parts of the page."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlparse

import httpx
import pytest

from test_server import free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
browser_test = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="Chromium is not installed"),
]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@contextmanager
def served(data: Path, files: Mapping[str, bytes]) -> Iterator[str]:
    """The address of a server with these files as its documents."""
    port = free_port()
    environment = {**os.environ, "YIJU_DATA": str(data), "YIJU_SAMPLES": "never", "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "assistant", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                httpx.get(f"{address}/health/ready", timeout=2)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        for name, content in files.items():
            httpx.post(f"{address}/documents", files={"file": (name, content)}, timeout=60).raise_for_status()
        yield address
    finally:
        server.terminate()
        server.wait(timeout=15)


@contextmanager
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Browser, address: str, tab: str, *, language: str = "zh-CN", width: int = 1360) -> Iterator[Page]:
    """A visitor's page with a tab open. In the end: no script failed, no dialog was opened, nothing outside was
    asked."""
    context = browser.new_context(locale=language, viewport={"width": width, "height": 900})
    page, troubles = context.new_page(), []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", lambda dialog: troubles.append(dialog.message))
    page.on("request", lambda request: troubles.append(request.url) if _outside(request.url) else None)
    page.goto(address)
    page.get_by_role("tab", name=tab).click()
    yield page
    context.close()
    assert troubles == []


def _outside(url: str) -> bool:
    parts = urlparse(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1"

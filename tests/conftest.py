"""Shared fixtures. Nothing here or in any test reaches beyond this machine: see `no_outside`."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.answers import Answer
from assistant.core import Assistant, Question
from assistant.settings import Settings
from assistant.wiring import Workplace

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from page_server import Server, Visitors

_LOCAL = ("127.0.0.1", "::1", "localhost")


@pytest.fixture(autouse=True)
def no_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to any other machine fails the test, and no model hub is asked for anything."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family != socket.AF_UNIX and isinstance(address, tuple) and address[0] not in _LOCAL:
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings of whoever runs the tests play no part."""
    import os

    for name in os.environ:
        if name.startswith("YIJU_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def opened() -> Iterator[list[Workplace]]:
    """The workplaces that a test has open; all are closed in the end."""
    places: list[Workplace] = []
    yield places
    for place in places:
        place.close()


@pytest.fixture
def close_all(opened: list[Workplace]) -> Callable[[], None]:
    def close() -> None:
        while opened:
            opened.pop().close()

    return close


@pytest.fixture
def workplace(tmp_path: Path, opened: list[Workplace], close_all: Callable[[], None]) -> Callable[..., Workplace]:
    """Opens the workplace over `tmp_path/data` with the given settings, closing it first if it is open."""

    def open_(again: bool = False, **settings: object) -> Workplace:
        close_all()
        values = {"data": tmp_path / "data", "samples": "never", **settings}
        opened.append(Workplace(Settings(**values), again=again))  # type: ignore[arg-type]
        return opened[-1]

    return open_


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for the tests of a file."""
    from page_server import chromium

    with chromium() as one:
        yield one


@pytest.fixture
def open_page(browser: Browser, server: Server) -> Iterator[Visitors]:
    """Opens pages of the file's own `server`; in the end nothing must have gone wrong on them."""
    from page_server import Visitors

    visitors = Visitors(browser, server.address)
    yield visitors
    visitors.close()


def add(place: Workplace, text: str, name: str = "note.md", origin: str = "own") -> str:
    """Indexes a text under a name; returns the document's id."""
    result = place.ingester(origin).add(text.encode(), uri=f"test:{name}", source=name)
    assert result.document_id is not None
    return result.document_id


def checked(assistant: Assistant, question: str) -> Answer:
    """The answer to a question, every statement of which cites what is in a hit, and every quote of which stands where
    it says."""
    answer = assistant.ask(Question(question))
    assert answer.answered, answer.text
    for citation in answer.citations:
        assert assistant.document(citation.document_id).text[citation.start : citation.end] == citation.quote
    assert all(statement.citations for statement in answer.statements)
    assert [hit.rank for hit in answer.hits] == list(range(1, len(answer.hits) + 1))
    for statement in answer.statements:
        cited = answer.citations[statement.citations[0] - 1]
        assert any(hit.holds(cited.document_id, cited.start, cited.end) for hit in answer.hits), cited.quote
    return answer

"""The terminal that a command runs in: its language, and how far a long piece of work is."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, TypeAlias

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

# Makes a step: the name of what is done, and how many there are where that is known by now.
Advance: TypeAlias = Callable[..., None]


def terminal_language() -> Literal["zh", "en"]:
    """As the usual variables say it."""
    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if said.lower().startswith("zh") else "en"


def one_line(name: str) -> str:
    """A file's name as it can be printed."""
    return name if name.isprintable() else name.encode("unicode_escape").decode()


@contextmanager
def progress_on(console: Console, title: str, total: int | None = None) -> Iterator[Advance]:
    """A bar that appears with the first step; calling it with a name makes a step."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[name]}", markup=False),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task: list[TaskID] = []

        def advance(name: str, of: int | None = total) -> None:
            if not task:
                task.append(bar.add_task(title, total=of, name=""))
            bar.update(task[0], advance=1, total=of, name=one_line(name))

        yield advance

"""`yiju eval annotate` from a file to a set: opens what is needed, has items decided, says what came of it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.settings import read_settings
from assistant.terminal import terminal_language
from assistant.wiring import Workplace
from corpus.errors import BadInput
from eval.making.annotate import Answering, Decided, Item, accept, annotate, read_items
from eval.making.from_answers import from_question
from eval.making.terminal import Terminal
from eval.runner import Advance, indexed

if TYPE_CHECKING:
    from rich.console import Console

Indexing = Callable[[str], AbstractContextManager[Advance]]


def annotate_file(
    file: Path, out: Path, *, corpus: Path | None, data: Path | None, yes: bool, console: Console, indexing: Indexing
) -> None:
    """Has what stands in `file` decided, and adds what is accepted to the set `out`. Questions without a record
    are answered from `corpus`, or from the data folder. Raises `BadInput` without a terminal and without `yes`."""
    if not yes and not sys.stdin.isatty():
        raise BadInput(
            "there is no terminal to ask on; run this in one, or accept everything with --yes",
            "没有可交互的终端；请在终端中运行，或用 --yes 全部接受",
        )
    items, decided = read_items(file), Decided(out)
    terminal = Terminal(console, partial(console.input, markup=False), terminal_language())
    decide = accept if yes else terminal.decide
    with _answering([i for i in items if i.id not in decided.ids], corpus, data, indexing) as answering:
        tally = annotate(items, decided, decide, answering)
    said = f"{tally.accepted} accepted, {tally.skipped} skipped, {tally.left} left: {out}"
    zh = f"接受 {tally.accepted}，跳过 {tally.skipped}，剩余 {tally.left}：{out}"
    console.print(zh if terminal_language() == "zh" else said, markup=False, highlight=False)


@contextmanager
def _answering(
    waiting: Sequence[Item], corpus: Path | None, data: Path | None, indexing: Indexing
) -> Iterator[Answering | None]:
    """What answers questions that have no record, where there are such."""
    if all(item.record for item in waiting):
        yield None
        return
    settings = read_settings({"data": data})
    with ExitStack() as opened:
        if corpus is not None:
            folder = opened.enter_context(tempfile.TemporaryDirectory(prefix="yiju-eval-"))
            with indexing("indexing") as advance:
                workplace = opened.enter_context(indexed(corpus, Path(folder), settings, advance))
        else:
            workplace = opened.enter_context(closing(Workplace(settings)))
            with indexing("indexing") as advance:
                workplace.add_samples(advance)
        assistant = workplace.assistant
        yield lambda question: from_question(question, assistant)

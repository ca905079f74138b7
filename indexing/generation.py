"""What an index is read from, and how it is replaced under those who are reading. Knows no engine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexing.store import Store

if TYPE_CHECKING:
    from indexing.embedders import Embedder


@dataclass(frozen=True, slots=True)
class Generation:
    """A store and what its passages were made with: the embedder, and the most tokens of a passage (`budget`)."""

    store: Store
    embedder: Embedder | None
    budget: int


@dataclass(slots=True)
class _Served:
    generation: Generation
    readers: int = 0
    retire: Callable[[], None] | None = None


class Serving:
    """The generation in use. Who reads keeps the one that it began with, even where another takes its place."""

    def __init__(self, generation: Generation) -> None:
        self._lock = threading.RLock()
        self._served = _Served(generation)

    @property
    def current(self) -> Generation:
        return self._served.generation

    @contextmanager
    def reading(self) -> Iterator[Generation]:
        """A generation whose store stays open until the block ends."""
        with self._lock:
            served = self._served
            served.readers += 1
        try:
            yield served.generation
        finally:
            with self._lock:
                served.readers -= 1
                retire = served.retire if not served.readers else None
            if retire is not None:
                retire()

    @contextmanager
    def replacing(self, new: Generation, retire: Callable[[], None]) -> Iterator[None]:
        """Puts `new` in place when the block ends without an error; until then nobody begins to read.
        `retire` is called when the last reader of the old one is done, which may be at once."""
        with self._lock:
            yield
            old, self._served = self._served, _Served(new)
            old.retire = retire
            idle = not old.readers
        if idle:
            retire()

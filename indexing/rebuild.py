"""A new generation of an index, built from the catalogue's texts while the old one stays in use.

Nothing is valid before the one transaction that switches over: what was half built before that is of no use, and
whoever opens the index next removes it. Knows neither engines nor folders.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.catalogue import Catalogue
from corpus.errors import NotFound
from indexing.generation import Generation
from indexing.index import Identity, Index, entries
from indexing.passages import cut
from indexing.statistics import Statistics
from indexing.store import Entry, Scope
from indexing.tokens import count_tokens

if TYPE_CHECKING:
    import sqlalchemy as sa

Progress = Callable[[str, int], None]
Switch = Callable[["sa.Connection"], None]
# Passages in one step: a step holds the interpreter for some milliseconds, and others wait for it.
_STEP = 32
# How often what changed meanwhile is caught up with before writers are made to wait for the rest of it.
_ROUNDS = 5


class Stopped(Exception):
    """The building was told to stop."""


@dataclass(frozen=True, slots=True)
class _Built:
    """How many passages a document has in the new store, and whose document it is."""

    passages: int
    origin: str


class Builder:
    """A generation in the making. `stop` ends it between two steps: then `Stopped` is raised."""

    def __init__(self, catalogue: Catalogue, generation: Generation, stop: threading.Event | None = None) -> None:
        self.generation = generation
        self._catalogue = catalogue
        self._statistics = Statistics(catalogue)
        self._stop = stop
        self._built: dict[str, _Built] = {}
        self._counted: dict[str, Counter[int]] = {}

    def add_all(self, progress: Progress) -> None:
        """Adds all current documents. `progress` gets each one's source, and how many there are."""
        summaries = self._catalogue.summaries()
        for summary in summaries:
            self.follow([summary.id])
            progress(summary.source, len(summaries))
        self.generation.store.flush()

    def follow(self, document_ids: Iterable[str]) -> None:
        """Brings these documents up to what the catalogue says of them now."""
        for document_id in document_ids:
            self._drop(document_id)
            if self._catalogue.current_among([document_id]):
                try:
                    self._add(document_id)
                except NotFound:  # it was removed this moment, and so will be followed again
                    self._drop(document_id)

    def _add(self, document_id: str) -> None:
        document, store = self._catalogue.document(document_id), self.generation.store
        standing = self._catalogue.standing(document_id)
        passages = cut(document, self.generation.budget, count_tokens)
        self._built[document_id] = _Built(len(passages), document.origin)
        for start in range(0, len(passages), _STEP):
            if self._stop is not None and self._stop.is_set():
                raise Stopped
            step = entries(document, passages[start : start + _STEP], self.generation.embedder, standing)
            store.upsert(step)
            self._count(document.origin, step, 1)

    def _drop(self, document_id: str) -> None:
        built = self._built.pop(document_id, None)
        if built is None:
            return
        # The document itself may be gone from the catalogue: what its passages held is read from the store.
        for page in self.generation.store.scroll(Scope(documents=(document_id,))):
            self._count(built.origin, page, -1)
        self.generation.store.delete(document_id)

    def _count(self, origin: str, step: list[Entry], sign: int) -> None:
        tally, counted = self._statistics.tally([e.lexical.indices for e in step]), self._counted
        if sign > 0:
            counted.setdefault(origin, Counter()).update(tally)
        else:
            counted[origin].subtract(tally)

    def record(self, connection: sa.Connection) -> None:
        """Writes what the catalogue must know of the new generation, in the transaction that makes it valid."""
        self._statistics.clear(connection)
        for origin, tally in self._counted.items():
            self._statistics.write(connection, origin, +tally)
        for document_id, built in self._built.items():
            self._catalogue.set_passages(connection, document_id, built.passages)
        identity = Identity.of(self.generation.embedder, self.generation.budget)
        self._catalogue.set_about(connection, "identity", identity.json())


def rebuild(catalogue: Catalogue, generation: Generation, switch: Switch, progress: Progress) -> None:
    """Builds an index that nobody has open in an empty store. `switch` is called in the one transaction that
    makes the new one valid."""
    builder = Builder(catalogue, generation)
    builder.add_all(progress)
    with catalogue.transaction() as connection:
        builder.record(connection)
        switch(connection)


def rebuild_serving(
    index: Index,
    generation: Generation,
    switch: Switch,
    retire: Callable[[], None],
    progress: Progress,
    stop: threading.Event,
) -> None:
    """Builds an index that goes on answering and being written to, and puts the new one in its place. Writers
    wait only for what changed in the last moment and for the transaction; `retire` is called when nobody reads
    the old one any more. Raises `Stopped`."""
    builder = Builder(index.catalogue, generation, stop)
    with index.watched() as changed:
        builder.add_all(progress)
        for _ in range(_ROUNDS):
            recent = changed()
            if not recent:
                break
            builder.follow(recent)
        generation.store.flush()

        def settle(recent: frozenset[str]) -> None:
            builder.follow(recent)
            generation.store.flush()

        def record(connection: sa.Connection) -> None:
            builder.record(connection)
            switch(connection)

        index.switch(generation, settle, record, retire)

"""One index: documents in the catalogue, their passages in a store, and both always in step.

The order of writing is what makes an accepted document safe. A version is written to the catalogue
("writing"), its passages to the store, and only then, in one transaction, it becomes current and its
terms are counted. Opening the index mends what a crash left in between. The store can always be built
again from the catalogue, which holds the texts.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Literal

from corpus.catalogue import GOING, LEAVING, RETURNING, WRITING, Catalogue
from corpus.document import Document
from corpus.errors import BadSetting, Corrupt
from indexing import lexical
from indexing.passages import CUT, Passage, cut
from indexing.statistics import Statistics
from indexing.store import Entry, Scope, Store
from indexing.tokeniser import TOKENISER
from indexing.tokens import ENCODING, count_tokens

if TYPE_CHECKING:
    import sqlalchemy as sa

    from indexing.embedders import Embedder

Outcome = Literal["added", "replaced", "unchanged"]
_EMBED_BATCH = 64


@dataclass(frozen=True, slots=True)
class Identity:
    """What an index was built with. A question asked with other settings would get wrong results."""

    embedder: str
    dimension: int | None
    tokeniser: str
    cut: str
    budget: int

    @classmethod
    def of(cls, embedder: Embedder | None, budget: int) -> Identity:
        name, dimension = (embedder.name, embedder.dimension) if embedder else ("none", None)
        weights = f"{lexical.HEADING_WEIGHT}/{lexical.TITLE_WEIGHT}/{lexical.USUAL_LENGTH}/{lexical.K1}/{lexical.B}"
        return cls(name, dimension, f"{TOKENISER} {weights}", f"{CUT} {ENCODING}", budget)

    def json(self) -> str:
        return json.dumps(asdict(self))


def check_identity(catalogue: Catalogue, embedder: Embedder | None, budget: int) -> None:
    """Compares these settings with those that the index was built with; a new index takes them.

    To be called before the store is opened, which can't be with another dimension. Raises `BadSetting`.
    """
    here, stored = Identity.of(embedder, budget), catalogue.about("identity")
    if stored is None:
        with catalogue.transaction() as connection:
            catalogue.set_about(connection, "identity", here.json())
        return
    built = json.loads(stored)
    differing = [f"{key}: {built.get(key)!r} → {new!r}" for key, new in asdict(here).items() if built.get(key) != new]
    if differing:
        raise BadSetting(
            f"the index was built with other settings than these ({'; '.join(differing)}); "
            "set them back, or build it again with: yiju ingest --rebuild",
            f"索引是用其他设置建立的（{'；'.join(differing)}）；请恢复原设置，或重建索引：yiju ingest --rebuild",
        )


class Index:
    """Adds, replaces and removes documents. Reading is in `retrieval.py`.

    `budget` is the size of a passage in tokens. The settings are those that `check_identity` has seen.
    Raises `Corrupt` where passages are missing from the store.
    """

    def __init__(self, catalogue: Catalogue, store: Store, embedder: Embedder | None, budget: int) -> None:
        self.catalogue = catalogue
        self.store = store
        self.embedder = embedder
        self.statistics = Statistics(catalogue)
        self._budget = budget
        self._writing = threading.Lock()
        self._recover()

    def _recover(self) -> None:
        """Mends what a crash left half done. Running it again is safe."""
        self._recover_writing()
        for document_id in self.catalogue.in_state(LEAVING):
            self._forget(document_id)
        for document_id in self.catalogue.in_state(GOING):
            self._drop(document_id)
        stored, known = self.store.count(Scope()), self.catalogue.passages()
        if stored != known:
            raise Corrupt(
                f"the index holds {stored:,} passages and the catalogue knows {known:,}; "
                "build the index again with: yiju ingest --rebuild",
                f"索引中有 {stored:,} 个段落，而目录库记有 {known:,} 个；请重建索引：yiju ingest --rebuild",
            )

    def add(self, document: Document) -> tuple[Outcome, str]:
        """Indexes a version of a source; what is there already is left alone. Returns the outcome and
        the id of the version that is current now. When this returns, the document is safe."""
        with self._writing:
            before = self.catalogue.current(document.uri)
            if before == document.id:
                return "unchanged", document.id
            document = replace(document, supersedes=before)
            self.catalogue.write(document)
            try:
                written = self._entries(document)
                self.store.upsert(written)
                self.store.flush()
                with self.catalogue.transaction() as connection:
                    self.catalogue.activate(connection, document.id, document.uri, len(written))
                    self.statistics.add(connection, document.origin, [e.lexical.indices for e in written])
                    if before is not None:
                        self._discount(connection, before)
            except BaseException:
                self._recover_writing()
                raise
            if before is not None:
                self._forget(before)
            return ("added" if before is None else "replaced"), document.id

    def remove(self, document_id: str) -> None:
        """Removes a document and all that was stored of it. Raises `NotFound`."""
        with self._writing:
            self.catalogue.document(document_id)
            with self.catalogue.transaction() as connection:
                if self.catalogue.current_among([document_id]):
                    self._discount(connection, document_id)
                self.catalogue.let_go(connection, document_id)
            self._drop(document_id)

    def passages(self, document: Document) -> tuple[Passage, ...]:
        """The passages of a document as this index cuts them."""
        return cut(document, self._budget, count_tokens)

    def _recover_writing(self) -> None:
        """Takes back what was being written: a new version goes, a returning one is replaced as before."""
        for document_id in self.catalogue.in_state(WRITING):
            self._drop(document_id)
        for document_id in self.catalogue.in_state(RETURNING):
            self._forget(document_id)

    def _drop(self, document_id: str) -> None:
        """Takes a version out of the store, and then out of the catalogue."""
        self.store.delete(document_id)
        self.store.flush()
        with self.catalogue.transaction() as connection:
            self.catalogue.delete(connection, document_id)

    def _forget(self, document_id: str) -> None:
        """Takes a replaced version out of the store; its text stays in the catalogue."""
        self.store.delete(document_id)
        self.store.flush()
        self.catalogue.left(document_id)

    def _discount(self, connection: sa.Connection, document_id: str) -> None:
        document = self.catalogue.document(document_id)
        vectors = [_lexical(document, passage).indices for passage in self.passages(document)]
        self.statistics.add(connection, document.origin, vectors, sign=-1)

    def _entries(self, document: Document) -> list[Entry]:
        return entries(document, self.passages(document), self.embedder)


def rebuild(
    catalogue: Catalogue,
    store: Store,
    embedder: Embedder | None,
    budget: int,
    switch: Callable[[sa.Connection], None],
    progress: Callable[[str, int], None],
) -> None:
    """Builds the index of all current documents in an empty store, from the catalogue's texts.

    Until everything is written the old index stays the one in use: `switch` is called in the one
    transaction that makes the new one valid. `progress` gets each document's source and its passages.
    """
    statistics = Statistics(catalogue)
    sizes: dict[str, int] = {}
    counted: dict[str, Counter[int]] = {}
    for summary in catalogue.summaries():
        document = catalogue.document(summary.id)
        written = entries(document, cut(document, budget, count_tokens), embedder)
        store.upsert(written)
        sizes[document.id] = len(written)
        tally = counted.setdefault(document.origin, Counter())
        tally += statistics.tally([e.lexical.indices for e in written])
        progress(document.source, len(written))
    store.flush()
    with catalogue.transaction() as connection:
        statistics.clear(connection)
        for origin, tally in counted.items():
            statistics.write(connection, origin, tally)
        for document_id, size in sizes.items():
            catalogue.set_passages(connection, document_id, size)
        catalogue.set_about(connection, "identity", Identity.of(embedder, budget).json())
        switch(connection)


def entries(document: Document, passages: Sequence[Passage], embedder: Embedder | None) -> list[Entry]:
    """A document's passages with their vectors, as a store takes them."""
    dense = _dense(document, passages, embedder)
    date = document.metadata.date
    return [
        Entry(
            document_id=document.id,
            number=passage.number,
            start=passage.start,
            end=passage.end,
            origin=document.origin,
            language=document.metadata.language,
            tags=document.metadata.tags,
            date=int(date.strftime("%Y%m%d")) if date else 0,
            lexical=_lexical(document, passage),
            dense=vector,
        )
        for passage, vector in zip(passages, dense, strict=True)
    ]


def _dense(
    document: Document, passages: Sequence[Passage], embedder: Embedder | None
) -> list[tuple[float, ...] | None]:
    if embedder is None:
        return [None] * len(passages)
    texts = [" ".join((document.metadata.title, *p.headings, p.context, p.text)) for p in passages]
    vectors: list[tuple[float, ...] | None] = []
    for i in range(0, len(texts), _EMBED_BATCH):
        vectors += [tuple(map(float, row)) for row in embedder.embed_passages(texts[i : i + _EMBED_BATCH])]
    return vectors


def _lexical(document: Document, passage: Passage) -> lexical.Sparse:
    headings = "\n".join(passage.headings)
    return lexical.passage_vector(passage.text, passage.context, headings, document.metadata.title)

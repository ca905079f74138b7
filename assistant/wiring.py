"""Puts the parts together as the settings say. Called by the CLI only."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.abstention import read_calibration
from assistant.core import Assistant
from assistant.folder import DataFolder
from assistant.settings import Settings, revealed
from corpus.catalogue import Catalogue
from corpus.errors import BadSetting
from indexing.embedders import Embedder, load_embedder
from indexing.index import Index, check_identity, rebuild
from indexing.ingest import Ingester
from indexing.store import Store
from indexing.workers import Limits, ReaderPool

if TYPE_CHECKING:
    from assistant.generative import Writer


def _silent(_name: str, _of: int | None = None) -> None:
    """Progress that nobody watches."""


class Workplace:
    """A data folder that this process holds, with its index open. Close it when done.

    With `again` the index is built again, with the settings as they are now, before it is opened;
    the old one stays in use until the new one is complete. `progress` gets the name of each document.
    """

    def __init__(self, settings: Settings, *, again: bool = False, progress: Callable[[str], None] = _silent) -> None:
        self.settings = settings
        self.folder = DataFolder(settings.data)
        self._open: list[Callable[[], None]] = [self.folder.release]
        try:
            self.catalogue = Catalogue(settings.data / "catalogue.sqlite")
            self._open.append(self.catalogue.close)
            self.embedder: Embedder | None = load_embedder(settings.embedder)
            generation = int(self.catalogue.about("generation") or 1)
            if again:
                generation = self._rebuild(generation, progress)
            check_identity(self.catalogue, self.embedder, settings.passage_tokens)
            self.store = self._store(generation)
            self._open.append(self.store.close)
            self.index = Index(self.catalogue, self.store, self.embedder, settings.passage_tokens)
            self.readers = _readers(settings)
            if self.readers is not None:
                self._open.append(self.readers.close)
        except BaseException:
            self.close()
            raise

    @property
    def assistant(self) -> Assistant:
        settings = self.settings
        return Assistant(
            self.index,
            writer=_writer(settings),
            samples=settings.samples,
            max_question=settings.max_question,
            calibration=read_calibration(settings.abstention) if settings.abstention else None,
        )

    def ingester(self, origin: str = "own") -> Ingester:
        return Ingester(self.index, self.settings.max_file_mb * 2**20, origin, self.readers)

    def add_samples(self, progress: Callable[[str, int], None] = _silent) -> int:
        """Indexes the samples where they would be searched and are not indexed yet, or came with
        another version of the program; returns how many. `progress` gets each name and how many."""
        samples = sample_files()
        digest = hashlib.sha256(b"".join(data for _, data in samples)).hexdigest()
        wanted = self.settings.samples == "always" or (self.settings.samples == "auto" and not self.catalogue.has_own())
        if not wanted or self.catalogue.about("samples") == digest:
            return 0
        ingester = self.ingester("sample")
        for name, data in samples:
            ingester.add(data, uri=f"sample:{name}", source=name)
            progress(name, len(samples))
        with self.catalogue.transaction() as connection:
            self.catalogue.set_about(connection, "samples", digest)
        return len(samples)

    def close(self) -> None:
        """Closes what is open, in the opposite order."""
        while self._open:
            self._open.pop()()

    def _store(self, generation: int) -> Store:
        dimension = self.embedder.dimension if self.embedder else None
        if self.settings.qdrant_url:
            from indexing.store_server import connect

            return connect(self.settings.qdrant_url, self._qdrant_key, self._collection(generation), dimension)
        from indexing.store_edge import EdgeStore

        return EdgeStore(self._index_folder(generation), dimension)

    def _rebuild(self, before: int, progress: Callable[[str], None]) -> int:
        generation = before + 1
        self._discard(generation)
        store = self._store(generation)
        try:
            rebuild(
                self.catalogue,
                store,
                self.embedder,
                self.settings.passage_tokens,
                switch=lambda connection: self.catalogue.set_about(connection, "generation", str(generation)),
                progress=lambda source, _: progress(source),
            )
        finally:
            store.close()
        self._discard(before)
        return generation

    def _discard(self, generation: int) -> None:
        """Removes an index that is not in use: an old one, or what an interrupted rebuild left."""
        if self.settings.qdrant_url:
            from indexing.store_server import drop

            drop(self.settings.qdrant_url, self._qdrant_key, self._collection(generation))
        else:
            shutil.rmtree(self._index_folder(generation), ignore_errors=True)

    def _index_folder(self, generation: int) -> Path:
        return self.settings.data / f"index-{generation}"

    def _collection(self, generation: int) -> str:
        return f"{self.settings.qdrant_collection}-{generation}"

    @property
    def _qdrant_key(self) -> str | None:
        return revealed(self.settings.qdrant_api_key)


def _readers(settings: Settings) -> ReaderPool | None:
    limits = Limits(settings.read_seconds, settings.read_mb)
    return ReaderPool(settings.readers, limits) if settings.readers else None


def _writer(settings: Settings) -> Writer | None:
    if settings.llm == "none":
        return None
    if not settings.llm_model:
        raise BadSetting(
            "YIJU_LLM is set and YIJU_LLM_MODEL is not; name the model at YIJU_LLM_URL",
            "已设置 YIJU_LLM 但未设置 YIJU_LLM_MODEL；请给出 YIJU_LLM_URL 上的模型名称",
        )
    from assistant.generative import load_writer

    key = revealed(settings.llm_api_key)
    return load_writer(settings.llm_url, settings.llm_model, key, settings.llm_context, settings.llm_timeout)


def sample_files() -> list[tuple[str, bytes]]:
    """The names and bytes of the samples that come with the program."""
    with as_file(files("corpus") / "samples") as folder:
        return [(path.name, path.read_bytes()) for path in sorted(Path(folder).glob("*.md"))]

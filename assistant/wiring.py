"""Puts the parts together as the settings say. Called by the CLI only."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from functools import cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answering.abstention import read_calibration
from assistant.conversation.conversations import FILE as CONVERSATIONS
from assistant.conversation.conversations import Conversations
from assistant.core import Assistant
from assistant.feedback import FILE as FEEDBACK
from assistant.feedback import FeedbackStore
from assistant.folder import DataFolder
from assistant.page_images import PageImages
from assistant.rebuilding import Rebuilder
from assistant.settings import Settings, revealed
from corpus.catalogue import Catalogue
from corpus.errors import BadSetting, YijuError
from corpus.originals import Originals
from indexing.embedders import Embedder, EmbedderOptions, load_embedder
from indexing.generation import Generation
from indexing.index import Index, check_identity
from indexing.ingest import Ingester
from indexing.rebuild import Progress, rebuild, rebuild_serving
from indexing.rerank import NONE, DeferredReranker, Reranker, load_reranker
from indexing.store import Store
from indexing.workers import Limits, ReaderPool

if TYPE_CHECKING:
    import threading

    import sqlalchemy as sa

    from assistant.generating.generative import Writer
    from assistant.generating.language_model import LanguageModel

# Whoever asks for a page waits: drawing it may take no longer than that.
_DRAWING_SECONDS = 20.0


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
            self.embedder = _embedder(settings)
            self.generation = int(self.catalogue.about("generation") or 1)
            if again:
                self._rebuild(progress)
            check_identity(self.catalogue, self.embedder, settings.passage_tokens)
            self.store = self._store(self.generation, self.embedder)
            self._open.append(self._close_store)
            self.originals = Originals(settings.data / "originals", keeps=settings.originals == "pdf")
            self.index = Index(self.catalogue, self.store, self.embedder, settings.passage_tokens, self.originals)
            self._point()
            if leftover := self.catalogue.about("leftover"):  # of a run that was killed, or has just ended
                self._forget(int(leftover))
            self.readers = _readers(settings)
            if self.readers is not None:
                self._open.append(self.readers.close)
            self.images = self._images()
            self.reranker = _reranker(settings)
            self.rebuilder = Rebuilder(self)
            self._open.append(self.rebuilder.close)
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
            reranker=self.reranker,
            rerank_top=settings.reranker_top,
            producer=settings.producer,
        )

    @cached_property
    def feedback(self) -> FeedbackStore:
        """What people said of answers; opened where it is asked for. Raises `Corrupt`."""
        store = FeedbackStore(self.settings.data / FEEDBACK)
        self._open.append(store.close)
        return store

    @cached_property
    def conversations(self) -> Conversations | None:
        """What was asked and answered; opened where it is asked for. None where it is not kept. Raises `Corrupt`."""
        if self.settings.conversations == "none":
            return None
        store = Conversations(self.settings.data / CONVERSATIONS)
        self._open.append(store.close)
        return store

    def ingester(self, origin: str = "own") -> Ingester:
        return Ingester(self.index, self.settings.max_file_mb * 2**20, origin, self.readers)

    def _images(self) -> PageImages:
        """Pages are drawn in a process of their own, which does not wait for files that are being read."""
        if self.readers is None:
            return PageImages(self.originals, None)
        limits = Limits(min(self.settings.read_seconds, _DRAWING_SECONDS), self.settings.read_mb)
        pool = ReaderPool(1, limits)
        self._open.append(pool.close)
        return PageImages(self.originals, pool)

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

    def replace_index(self, settings: Settings, progress: Progress, stop: threading.Event) -> None:
        """Builds the index with these settings while this one goes on answering, and puts it in its place.

        Raises `Stopped` and the errors of an embedder or a store; then this index stays in use.
        """
        embedder, before = _embedder(settings), self.store
        number, store = self._begin(embedder)

        def retire() -> None:
            before.close()
            try:
                self._forget(number - 1)
            except YijuError:  # a server that does not answer now: the next start will remove it
                return

        new = Generation(store, embedder, settings.passage_tokens)
        try:
            rebuild_serving(self.index, new, self._record, retire, progress, stop)
        finally:
            if self.index.store is store:
                self.settings, self.embedder, self.store, self.generation = settings, embedder, store, number
            else:
                store.close()
                self._forget(number)
        self._point()

    def _rebuild(self, progress: Callable[[str], None]) -> None:
        number, store = self._begin(self.embedder)
        try:
            new = Generation(store, self.embedder, self.settings.passage_tokens)
            rebuild(self.catalogue, new, self._record, lambda source, _: progress(source))
        finally:
            store.close()
        self.generation = number

    def _begin(self, embedder: Embedder | None) -> tuple[int, Store]:
        """The next generation's number and its empty store. What is not in use is on record from now on, so that
        it is removed even after a crash."""
        number = self.generation + 1
        self._discard(number)
        with self.catalogue.transaction() as connection:
            self.catalogue.set_about(connection, "leftover", str(number))
        return number, self._store(number, embedder)

    def _record(self, connection: sa.Connection) -> None:
        """Makes the next generation the one in use, and this one what is left."""
        self.catalogue.set_about(connection, "generation", str(self.generation + 1))
        self.catalogue.set_about(connection, "leftover", str(self.generation))

    def _forget(self, generation: int) -> None:
        """Removes an index that is not in use: half built, or replaced."""
        self._discard(generation)
        if self.catalogue.about("leftover") == str(generation):
            with self.catalogue.transaction() as connection:
                self.catalogue.set_about(connection, "leftover", "")

    def _store(self, generation: int, embedder: Embedder | None) -> Store:
        dimension = embedder.dimension if embedder else None
        if self.settings.qdrant_url:
            from indexing.store_server import connect

            return connect(
                self.settings.qdrant_url, self._qdrant_key, collection_name(self.settings, generation), dimension
            )
        from indexing.store_edge import EdgeStore

        return EdgeStore(index_folder(self.settings.data, generation), dimension)

    def _point(self) -> None:
        """Makes the collection that is in use known on the server by its alias."""
        if self.settings.qdrant_url:
            from indexing.store_server import ServerStore

            assert isinstance(self.store, ServerStore)
            self.store.point(self.settings.qdrant_collection)

    def _discard(self, generation: int) -> None:
        if self.settings.qdrant_url:
            from indexing.store_server import drop

            drop(self.settings.qdrant_url, self._qdrant_key, collection_name(self.settings, generation))
        else:
            shutil.rmtree(index_folder(self.settings.data, generation), ignore_errors=True)

    def _close_store(self) -> None:
        """The store that is in use now, which may be another than was opened."""
        self.store.close()

    @property
    def _qdrant_key(self) -> str | None:
        return revealed(self.settings.qdrant_api_key)


def index_folder(data: Path, generation: int) -> Path:
    """Where the embedded engine keeps a generation."""
    return data / f"index-{generation}"


def collection_name(settings: Settings, generation: int) -> str:
    """The collection in which a server keeps a generation."""
    return f"{settings.qdrant_collection}-{generation}"


def _embedder(settings: Settings) -> Embedder | None:
    options = EmbedderOptions(
        dimension=settings.embedder_dimension,
        backend=settings.embedder_backend,
        batch=settings.embedder_batch,
        url=settings.embedder_url,
        api_key=revealed(settings.embedder_api_key),
        window=settings.embedder_window,
    )
    return load_embedder(settings.embedder, options)


def _reranker(settings: Settings) -> DeferredReranker | None:
    """The reranker, not loaded yet."""
    if settings.reranker == NONE:
        return None

    def load() -> Reranker:
        found = load_reranker(settings.reranker, settings.reranker_url, revealed(settings.reranker_api_key))
        assert found is not None
        return found

    return DeferredReranker(load)


def _readers(settings: Settings) -> ReaderPool | None:
    limits = Limits(settings.read_seconds, settings.read_mb)
    return ReaderPool(settings.readers, limits) if settings.readers else None


def _writer(settings: Settings) -> Writer | None:
    if settings.llm == "none":
        return None
    from assistant.checking.support_models import load_verifier
    from assistant.generating.generative import Writer

    return Writer(
        language_model(settings),
        keep_unsupported=settings.on_unsupported == "mark",
        verifier=load_verifier(settings.verifier, revealed(settings.llm_api_key), settings.llm_timeout),
    )


def language_model(settings: Settings, tokens: int | None = None) -> LanguageModel:
    """The language model of the settings, which writes `tokens` at most. Raises `BadSetting`."""
    if not settings.llm_model:
        raise BadSetting(
            "YIJU_LLM is set and YIJU_LLM_MODEL is not; name the model at YIJU_LLM_URL",
            "已设置 YIJU_LLM 但未设置 YIJU_LLM_MODEL；请给出 YIJU_LLM_URL 上的模型名称",
        )
    from assistant.generating.language_model import ModelOptions, load_language_model

    return load_language_model(
        ModelOptions(
            integration=settings.llm,
            model=settings.llm_model,
            url=settings.llm_url,
            api_key=revealed(settings.llm_api_key),
            context=settings.llm_context,
            tokens=tokens or settings.llm_tokens,
            timeout=settings.llm_timeout,
        )
    )


def sample_files() -> list[tuple[str, bytes]]:
    """The names and bytes of the samples that come with the program."""
    with as_file(files("corpus") / "samples") as folder:
        return [(path.name, path.read_bytes()) for path in sorted(Path(folder).glob("*.md"))]

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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from corpus.catalogue import Catalogue, said_of
from corpus.document import Document
from corpus.errors import BadInput, BadSetting, Corrupt
from corpus.fields import BY_HAND, Value, check
from corpus.originals import Originals
from corpus.schema import GOING, LEAVING, RETURNING, WRITING
from corpus.standing import NO_STANDING, Standing, status
from indexing import lexical
from indexing.embed_static import PACKED, StaticEmbedder
from indexing.generation import Generation, Serving
from indexing.passages import CUT, Passage, cut
from indexing.statistics import Statistics
from indexing.store import OPEN_END, Entry, Scope, Store, facts
from indexing.tokeniser import TOKENISER
from indexing.tokens import ENCODING, count_tokens

if TYPE_CHECKING:
    import sqlalchemy as sa

    from indexing.embedders import Embedder

Outcome = Literal["added", "replaced", "unchanged"]
_EMBED_BATCH = 64


@dataclass(frozen=True, slots=True)
class Identity:
    """What an index was built with. A question asked with other settings would get wrong results. `tokens` is the
    form in which those of a static model are kept."""

    embedder: str
    dimension: int | None
    tokeniser: str
    cut: str
    budget: int
    tokens: str | None

    @classmethod
    def of(cls, embedder: Embedder | None, budget: int) -> Identity:
        name, dimension = (embedder.name, embedder.dimension) if embedder else ("none", None)
        weights = f"{lexical.HEADING_WEIGHT}/{lexical.TITLE_WEIGHT}/{lexical.USUAL_LENGTH}/{lexical.K1}/{lexical.B}"
        tokens = PACKED if isinstance(embedder, StaticEmbedder) else None
        return cls(name, dimension, f"{TOKENISER} {weights}", f"{CUT} {ENCODING}", budget, tokens)

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
            f"the index was built with other settings than these (built with → now: {'; '.join(differing)}); "
            "set them back, or build it again with: yiju ingest --rebuild",
            f"索引是用其他设置建立的（建立时 → 现在：{'；'.join(differing)}）；"
            "请恢复原设置，或重建索引：yiju ingest --rebuild",
        )


class Index:
    """Adds, replaces and removes documents. Reading is in `retrieval.py`.

    `budget` is the size of a passage in tokens. The settings are those that `check_identity` has seen.
    `originals` holds files of documents, and is told when the last one of a file is gone.
    Raises `Corrupt` where passages are missing from the store.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        store: Store,
        embedder: Embedder | None,
        budget: int,
        originals: Originals | None = None,
    ) -> None:
        self.catalogue = catalogue
        self.originals = originals
        self.statistics = Statistics(catalogue)
        self._serving = Serving(Generation(store, embedder, budget))
        self._writing = threading.Lock()
        self._changed: set[str] | None = None
        self._recover()

    @property
    def store(self) -> Store:
        return self._serving.current.store

    @property
    def embedder(self) -> Embedder | None:
        return self._serving.current.embedder

    def reading(self) -> AbstractContextManager[Generation]:
        """The store and the embedder that belong together, kept until the block ends. Whoever uses both must
        take them from here: another generation may take their place at any moment."""
        return self._serving.reading()

    @contextmanager
    def watched(self) -> Iterator[Callable[[], frozenset[str]]]:
        """Within the block the call that this gives returns the documents that were added, changed, replaced or
        removed since it was called last."""
        with self._writing:
            self._changed = set()
        try:
            yield self._take_changed
        finally:
            with self._writing:
                self._changed = None

    def _take_changed(self) -> frozenset[str]:
        with self._writing:
            taken, self._changed = frozenset(self._changed or ()), set()
        return taken

    def _note(self, document_ids: Iterable[str]) -> None:
        if self._changed is not None:
            self._changed.update(document_ids)

    def switch(
        self,
        new: Generation,
        settle: Callable[[frozenset[str]], None],
        record: Callable[[sa.Connection], None],
        retire: Callable[[], None],
    ) -> None:
        """Puts a new generation in place of this one while nobody writes, within `watched`. `settle` gets the
        documents that changed last, `record` writes to the catalogue in the transaction that makes the new one
        valid, and `retire` is called when nobody reads the old one any more."""
        with self._writing, ExitStack() as held:
            settle(frozenset(self._changed or ()))
            with self.catalogue.transaction() as connection:
                record(connection)
                # From before the commit until after it nobody begins to read.
                held.enter_context(self._serving.replacing(new, retire))

    def _recover(self) -> None:
        """Mends what a crash left half done. Running it again is safe."""
        self._recover_writing()
        self._forget(self.catalogue.in_state(LEAVING))
        self._drop(self.catalogue.in_state(GOING))
        if self.originals is not None:
            self._forget_files(self.originals.digests())
        stored, known = self.store.count(Scope()), self.catalogue.passages()
        if stored != known:
            raise Corrupt(
                f"the index holds {stored:,} passages and the catalogue knows {known:,}; "
                "build the index again with: yiju ingest --rebuild",
                f"索引中有 {stored:,} 个段落，而目录库记有 {known:,} 个；请重建索引：yiju ingest --rebuild",
            )
        self._refresh()

    def add(self, document: Document) -> tuple[Outcome, str]:
        """Indexes a version of a source; see `add_many`."""
        return self.add_many((document,))[0]

    def add_many(self, documents: Sequence[Document]) -> list[tuple[Outcome, str]]:
        """Indexes versions of different sources in one step, which costs little more than one of them
        does; what is there already is left alone. Returns each one's outcome and the id of the version
        that is current now. When this returns, all are safe; when it raises, none was added."""
        with self._writing:
            before = {document.uri: self.catalogue.current(document.uri) for document in documents}
            if len(before) < len(documents):
                raise ValueError("two versions of one source can't be added in one step")
            new = [replace(d, supersedes=before[d.uri]) for d in documents if before[d.uri] != d.id]
            if new:
                self._write(new)
            return [(_outcome(before[document.uri], document.id), document.id) for document in documents]

    def _write(self, documents: Sequence[Document]) -> None:
        replaced = [document.supersedes for document in documents if document.supersedes is not None]
        try:
            documents = [self.catalogue.write(document) for document in documents]
            written = [self._entries(document) for document in documents]
            self.store.upsert([entry for its in written for entry in its])
            self.store.flush()
            with self.catalogue.transaction() as connection:
                tallies: dict[str, Counter[int]] = {}
                for document, its in zip(documents, written, strict=True):
                    self.catalogue.activate(connection, document.id, document.uri, len(its))
                    tally = self.statistics.tally([entry.lexical.indices for entry in its])
                    tallies.setdefault(document.origin, Counter()).update(tally)
                for origin, tally in tallies.items():
                    self.statistics.write(connection, origin, tally)
                for document_id in replaced:
                    self._discount(connection, document_id)
                self.catalogue.relate(connection)
        except BaseException:
            self._recover_writing()
            raise
        self._note([*replaced, *(document.id for document in documents)])
        self._forget(replaced)
        self._refresh()

    def remove(self, document_id: str) -> None:
        """Removes a document and all that was stored of it. Raises `NotFound`."""
        with self._writing:
            self.catalogue.document(document_id)
            with self.catalogue.transaction() as connection:
                if self.catalogue.current_among([document_id]):
                    self._discount(connection, document_id)
                self.catalogue.let_go(connection, document_id)
                self.catalogue.relate(connection)
            self._note([document_id])
            self._drop([document_id])
            self._refresh()

    def say(self, uri: str, by: str, said: Mapping[str, Value]) -> bool:
        """Takes what people say of a source in one way ("sidecar"), in place of what they said in it
        before. Returns whether its current version has other metadata now; its text and citations stay."""
        with self._writing:
            return self._say(uri, by, said)

    def set_fields(self, document_id: str, given: Mapping[str, object]) -> None:
        """Sets fields of a document's source by hand; an empty value gives back what was read. Raises
        `NotFound` and `BadInput`."""
        checked = {field: check(field, value) for field, value in given.items()}
        with self._writing:
            document = self.catalogue.document(document_id)
            current = self.catalogue.current(document.uri)
            if current != document_id:
                raise BadInput(
                    f"{document_id} is an earlier version; set fields of the current one, {current}",
                    f"{document_id} 是旧版本；请修改现行版本 {current}",
                )
            if checked.get("supersedes"):
                self._check_reference(document, str(checked["supersedes"]))
            before = self.catalogue.said(document.uri).get(BY_HAND, {})
            after = {field: value for field, value in {**before, **checked}.items() if value is not None}
            self._say(document.uri, BY_HAND, after)

    def _check_reference(self, document: Document, reference: str) -> None:
        """A reference set by hand must name a document that is here, and not one that follows this one."""
        with self.catalogue.reading() as connection:
            named = self.catalogue.named(connection, document.id, reference)
        if not named:
            raise BadInput(
                f"no other document here has the id, number, title or source name {reference!r}; "
                "`yiju documents list` shows those there are",
                f"没有其他文件的编号、文号、标题或文件名为 {reference!r}；可用 yiju documents list 查看",
            )
        follower = self.catalogue.standing(document.id).superseded_by
        if follower in named:
            raise BadInput(
                f"{follower} supersedes this document already; it can't be the other way round as well",
                f"该文件已被 {follower} 取代，不能再反过来取代它",
            )

    def _say(self, uri: str, by: str, said: Mapping[str, Value]) -> bool:
        known = self.catalogue.said(uri)
        if known.get(by, {}) == said:
            return False
        current = self.catalogue.current(uri)
        with self.catalogue.transaction() as connection:
            self.catalogue.say(connection, uri, by, said)
            if current is not None:
                self._revise(connection, current, {**known, by: said})
        self.catalogue.forget_cached()
        self._refresh()
        return current is not None

    def _revise(self, connection: sa.Connection, document_id: str, said: Mapping[str, Mapping[str, Value]]) -> None:
        """Gives a document the metadata that follow from what is said; a title's words are counted anew."""
        before = self.catalogue.document(document_id)
        after = replace(before, metadata=said_of(self.catalogue.as_read(document_id), said))
        retitled = after.metadata.title != before.metadata.title
        if retitled:
            for document, sign in ((before, -1), (after, 1)):
                vectors = [_lexical(document, passage).indices for passage in self.passages(document)]
                self.statistics.add(connection, document.origin, vectors, sign=sign)
        self.catalogue.revise(connection, document_id, after.metadata, retitled)
        self.catalogue.relate(connection)

    def _refresh(self) -> None:
        """Brings the passages up to what the catalogue says of their documents. Running it again is safe."""
        stale = self.catalogue.stale()
        for document_id, retitled in stale:
            document, standing = self.catalogue.document(document_id), self.catalogue.standing(document_id)
            if retitled:
                self.store.upsert(entries(document, self.passages(document), self.embedder, standing))
            else:
                self.store.mark(document_id, facts(_bare_entry(document, standing)))
        if stale:
            self._note(document_id for document_id, _ in stale)
            self.store.flush()
            self.catalogue.refreshed(document_id for document_id, _ in stale)

    def passages(self, document: Document) -> tuple[Passage, ...]:
        """The passages of a document as this index cuts them."""
        return cut(document, self._serving.current.budget, count_tokens)

    def _recover_writing(self) -> None:
        """Takes back what was being written: a new version goes, a returning one is replaced as before."""
        self._drop(self.catalogue.in_state(WRITING))
        self._forget(self.catalogue.in_state(RETURNING))

    def _drop(self, document_ids: Sequence[str]) -> None:
        """Takes versions out of the store, and then out of the catalogue."""
        self._delete(document_ids)
        digests = frozenset(self.catalogue.document(document_id).sha256 for document_id in document_ids)
        with self.catalogue.transaction() as connection:
            for document_id in document_ids:
                self.catalogue.delete(connection, document_id)
        self._forget_files(digests)

    def _forget_files(self, digests: frozenset[str]) -> None:
        """Removes the kept files that no version has any more. Opening the index does it again."""
        if self.originals is not None and digests:
            self.originals.forget(digests - self.catalogue.with_bytes(digests))

    def _forget(self, document_ids: Sequence[str]) -> None:
        """Takes replaced versions out of the store; their texts stay in the catalogue."""
        self._delete(document_ids)
        for document_id in document_ids:
            self.catalogue.left(document_id)

    def _delete(self, document_ids: Sequence[str]) -> None:
        for document_id in document_ids:
            self.store.delete(document_id)
        if document_ids:
            self.store.flush()

    def _discount(self, connection: sa.Connection, document_id: str) -> None:
        document = self.catalogue.document(document_id)
        vectors = [_lexical(document, passage).indices for passage in self.passages(document)]
        self.statistics.add(connection, document.origin, vectors, sign=-1)

    def _entries(self, document: Document) -> list[Entry]:
        return entries(document, self.passages(document), self.embedder)


def _outcome(before: str | None, now: str) -> Outcome:
    if before is None:
        return "added"
    return "unchanged" if before == now else "replaced"


def entries(
    document: Document, passages: Sequence[Passage], embedder: Embedder | None, standing: Standing = NO_STANDING
) -> list[Entry]:
    """A document's passages with their vectors, as a store takes them."""
    dense = _dense(document, passages, embedder)
    about = _about(document, standing)
    return [
        Entry(
            document_id=document.id,
            number=passage.number,
            start=passage.start,
            end=passage.end,
            lexical=_lexical(document, passage),
            dense=vector,
            tokens=tokens,
            **about,
        )
        for passage, (vector, tokens) in zip(passages, dense, strict=True)
    ]


def _about(document: Document, standing: Standing) -> dict[str, Any]:
    """What filters need of a document, by the names of an entry's fields."""
    metadata = document.metadata
    last = min((day for day in (metadata.expires, standing.ended) if day), default=None)
    return {
        "origin": document.origin,
        "language": metadata.language,
        "tags": metadata.tags,
        "date": _number(metadata.effective or metadata.date, 0),
        "until": _number(last, OPEN_END),
        "status": str(status(metadata, standing) or ""),
        "region": metadata.region or "",
        "issuers": metadata.issuers,
        "document_number": metadata.number or "",
    }


def _bare_entry(document: Document, standing: Standing) -> Entry:
    return Entry(document.id, 0, 0, 0, lexical=lexical.Sparse((), ()), **_about(document, standing))


def _number(day: date | None, unknown: int) -> int:
    return int(day.strftime("%Y%m%d")) if day else unknown


def _dense(
    document: Document, passages: Sequence[Passage], embedder: Embedder | None
) -> list[tuple[tuple[float, ...] | None, str]]:
    """Each passage's vector, and its tokens where a static model made it."""
    if embedder is None:
        return [(None, "")] * len(passages)
    texts = [" ".join((document.metadata.title, *p.headings, p.context, p.text)) for p in passages]
    found: list[tuple[tuple[float, ...] | None, str]] = []
    for i in range(0, len(texts), _EMBED_BATCH):
        batch = texts[i : i + _EMBED_BATCH]
        if isinstance(embedder, StaticEmbedder):
            tokens = embedder.tokens(batch)
            vectors, packed = embedder.of_tokens(tokens), [embedder.packed(one) for one in tokens]
        else:
            vectors, packed = embedder.embed_passages(batch), [""] * len(batch)
        found += zip((tuple(row) for row in vectors.tolist()), packed, strict=True)
    return found


def _lexical(document: Document, passage: Passage) -> lexical.Sparse:
    headings = "\n".join(passage.headings)
    return lexical.passage_vector(passage.text, passage.context, headings, document.metadata.title)

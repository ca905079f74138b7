"""The catalogue: every version of every document, on SQLite, and which of them is current.

A version is written in two steps, so that a crash leaves nothing half done: `write` stores it as
"writing", `activate` makes it current in one transaction, together with what others must record at
the same moment. What a crash left half done is found again by `in_state`. The text of a replaced version
stays, because citations point at it.

What people say of a source is kept beside what was read of it, so that it outlives the source's next
version. What search needs of a document besides its passages ("facts") is written here first; a document
whose passages do not show it yet is "stale".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from corpus.document import Day, Document, Metadata, Status
from corpus.errors import NotFound
from corpus.fields import BY_HAND, SIDECAR, Value, from_json, overridden, plain, to_json, typed
from corpus.recent import Recent
from corpus.schema import CURRENT, FRESH, GOING, LEAVING, REPLACED, RETITLED, RETURNING, STALE, WRITING, open_engine
from corpus.schema import IS_CURRENT as _IS_CURRENT
from corpus.schema import about as _about
from corpus.schema import documents as _documents
from corpus.schema import facts as _facts
from corpus.schema import said as _said
from corpus.schema import sketches as _sketches
from corpus.similarity import Pair, similar_pairs, sketch
from corpus.standing import NO_STANDING, Candidate, Standing, standings, status
from corpus.stored import characters, document_of, row_of

# Characters of the documents that are kept in memory once they were read.
_KEPT = 8_000_000
# One statement for any number of ids, which are given as JSON: a list in its place is written out anew each time.
_ASKED = sa.func.json_each(sa.bindparam("ids")).table_valued("value")
_AMONG = _documents.c.id.in_(sa.select(_ASKED.c.value))


@dataclass(frozen=True, slots=True)
class Summary:
    """A version as a list shows it; `passages` is how many the search holds of it. `supersedes` is the
    version before it, `superseded_by` the one after it or the document of another source in its place."""

    id: str
    title: str
    source: str
    uri: str
    language: str
    origin: str
    passages: int
    characters: int
    added: str
    number: str | None
    date: Day | None
    status: Status | None
    current: bool
    supersedes: str | None
    superseded_by: str | None
    issuers: tuple[str, ...]
    region: str | None
    tags: tuple[str, ...]
    called: tuple[str, ...]


class Catalogue:
    """The catalogue in the SQLite file `path`, created where there is none. Raises `Corrupt`."""

    def __init__(self, path: Path) -> None:
        # How often this process has written: what is made of the whole catalogue holds until the next time.
        self.changes = 0
        self._engine = open_engine(path)
        self._recent = Recent(_KEPT)
        self._standings: tuple[int, dict[str, Standing]] = (0, {})

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """One transaction: all of it is written when the block ends, or nothing."""
        with self._engine.begin() as connection:
            yield connection
        self.changes += 1

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that only reads, so that what is made of the whole catalogue still holds."""
        with self._engine.connect() as connection:
            yield connection

    def close(self) -> None:
        self._engine.dispose()

    # What is here

    def document(self, document_id: str) -> Document:
        """A version by its id, current or replaced. Raises `NotFound`."""
        return self.documents((document_id,))[document_id]

    def documents(self, document_ids: Iterable[str]) -> dict[str, Document]:
        """Versions by their ids, in the order of these; one query reads those that were not read lately. Raises
        `NotFound`."""
        wanted = list(dict.fromkeys(document_ids))
        age, found = self._recent.age, self._recent.among(wanted)
        missing = [key for key in wanted if key not in found]
        if missing:
            read = {key: (document_of(row), characters(row)) for key, row in self._rows(missing).items()}
            self._recent.keep(read, age)
            found |= {key: document for key, (document, _) in read.items()}
        return {key: found[key] for key in wanted}

    def current(self, uri: str) -> str | None:
        """The id of the current version of a source."""
        query = sa.select(_documents.c.id).where(_documents.c.uri == uri, _IS_CURRENT)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar()

    def summaries(self) -> tuple[Summary, ...]:
        """The current documents, by origin and title."""
        return self._summaries(_documents.c.state == CURRENT)

    def versions(self) -> tuple[Summary, ...]:
        """The current documents, and after each the versions that it replaced, newest first."""
        every = self._summaries(_documents.c.state.in_((CURRENT, LEAVING, REPLACED)))
        past = {summary.id: summary for summary in every if not summary.current}
        ordered: list[Summary] = []
        for summary in every:
            if summary.current:
                ordered.append(summary)
                while (older := past.pop(ordered[-1].supersedes or "", None)) is not None:
                    ordered.append(replace(older, superseded_by=ordered[-1].id))
        return tuple(ordered)

    def _summaries(self, which: sa.ColumnElement[bool]) -> tuple[Summary, ...]:
        c, f = _documents.c, _facts.c
        columns = (c.id, c.title, c.source, c.uri, c.language, c.origin, c.passages, sa.func.length(c.text), c.added)
        more = (c.state, c.supersedes, c.metadata, f.superseded_by, f.ended)
        query = sa.select(*columns, *more).join(_facts, f.id == c.id).where(which).order_by(c.origin, c.title, c.id)
        with self._engine.connect() as connection:
            return tuple(_summary(row) for row in connection.execute(query))

    def standing(self, document_id: str) -> Standing:
        """What became of a version: which document stands in its place, and until when it was in force."""
        changes = self.changes  # read before the rows: what is written meanwhile has another number
        if self._standings[0] != changes:
            self._standings = (changes, {})
        known = self._standings[1]
        if document_id not in known:
            known[document_id] = self._read_standing(document_id)
        return known[document_id]

    def _read_standing(self, document_id: str) -> Standing:
        query = sa.select(_facts.c.superseded_by, _facts.c.ended).where(_facts.c.id == document_id)
        c = _documents.c
        past = sa.select(c.id).where(c.id == document_id, c.state != CURRENT).exists()
        following = sa.select(c.id).where(c.supersedes == document_id, past).order_by(c.added.desc())
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
            after = connection.execute(following).scalar()
        standing = _standing(*row) if row else NO_STANDING
        return replace(standing, superseded_by=standing.superseded_by or after)

    def said(self, uri: str) -> dict[str, dict[str, Value]]:
        """What people say of a source, by the way in which they say it."""
        query = sa.select(_said.c.by, _said.c.fields).where(_said.c.uri == uri)
        with self._engine.connect() as connection:
            return {by: _fields(stored) for by, stored in connection.execute(query)}

    def as_read(self, document_id: str) -> Metadata:
        """A version's metadata without what people say of it."""
        query = sa.select(_facts.c.as_read).where(_facts.c.id == document_id)
        with self._engine.connect() as connection:
            return from_json(connection.execute(query).scalar_one())

    def twins(self, document_id: str) -> tuple[str, ...]:
        """The current documents of other sources with the same bytes, in the order in which they came."""
        c = _documents.c
        order: sa.ColumnElement[int] = sa.literal_column("documents.rowid")
        own = sa.select(c.sha256).where(c.id == document_id).scalar_subquery()
        query = sa.select(c.id).where(c.sha256 == own, _IS_CURRENT, c.id != document_id).order_by(order)
        with self._engine.connect() as connection:
            return tuple(connection.execute(query).scalars())

    def earlier_twin(self, document_id: str) -> str | None:
        """The current document of another source that had the same bytes before, if there is one."""
        c, other = _documents.c, _documents.alias("other")
        rows = sa.text("other.rowid < documents.rowid")
        query = sa.select(other.c.id).where(c.id == document_id, other.c.sha256 == c.sha256, rows)
        with self._engine.connect() as connection:
            return connection.execute(query.where(sa.func.likely(other.c.state == CURRENT)).limit(1)).scalar()

    def with_bytes(self, digests: Iterable[str]) -> frozenset[str]:
        """Those of these sha256 hashes that are of the bytes of some version, whatever its state."""
        c, wanted = _documents.c, sorted(digests)
        found: set[str] = set()
        with self._engine.connect() as connection:
            for i in range(0, len(wanted), 500):
                query = sa.select(c.sha256).where(c.sha256.in_(wanted[i : i + 500])).distinct()
                found.update(connection.execute(query).scalars())
        return frozenset(found)

    def similar(self) -> tuple[Pair, ...]:
        """The pairs of current documents with nearly the same text."""
        c = _documents.c
        query = sa.select(c.id, _sketches.c.sketch).outerjoin(_sketches, _sketches.c.id == c.id)
        with self._engine.connect() as connection:
            rows = connection.execute(query.where(c.state == CURRENT)).all()
        return similar_pairs({key: stored or sketch(self.document(key)) for key, stored in rows})

    def stale(self) -> tuple[tuple[str, bool], ...]:
        """The current documents whose passages do not show their facts yet, and whether their title is
        another as well."""
        query = sa.select(_facts.c.id, _facts.c.stale).join(_documents, _documents.c.id == _facts.c.id)
        with self._engine.connect() as connection:
            rows = connection.execute(query.where(_documents.c.state == CURRENT, _facts.c.stale != FRESH))
            return tuple((document_id, stale == RETITLED) for document_id, stale in rows)

    def current_among(self, document_ids: Iterable[str]) -> frozenset[str]:
        """Those of these versions that are current."""
        query = sa.select(_documents.c.id).where(_AMONG, _IS_CURRENT)
        with self._engine.connect() as connection:
            return frozenset(connection.execute(query, {"ids": json.dumps(sorted(set(document_ids)))}).scalars())

    def has_own(self) -> bool:
        """Whether any current document is the user's own."""
        query = sa.select(_documents.c.id).where(_documents.c.state == CURRENT, _documents.c.origin == "own").limit(1)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar() is not None

    def in_state(self, state: str) -> tuple[str, ...]:
        """The versions in a state."""
        query = sa.select(_documents.c.id).where(_documents.c.state == state)
        with self._engine.connect() as connection:
            return tuple(connection.execute(query).scalars())

    # What is written

    def write(self, document: Document) -> Document:
        """The first step: stores a version that is not yet found by anyone. Returns it with the metadata
        that people gave its source."""
        told = replace(document, metadata=said_of(document.metadata, self.said(document.uri)))
        values = {
            **row_of(told),
            "state": WRITING,
            "passages": 0,
            "added": datetime.now(UTC).isoformat("T", "seconds"),
        }
        facts = {"id": document.id, **_facts_of(told.metadata), "stale": FRESH, "as_read": to_json(document.metadata)}
        with self.transaction() as connection:
            again = {
                "state": RETURNING,
                **{key: values[key] for key in ("supersedes", "title", "language", "metadata")},
            }
            for table, row, update in (
                (_documents, values, again),
                (_facts, facts, {**facts, "superseded_by": None, "ended": None}),
                (_sketches, {"id": document.id, "sketch": sketch(document)}, {}),
            ):
                statement = insert(table).values(row)
                if update:
                    statement = statement.on_conflict_do_update(index_elements=["id"], set_=update)
                else:
                    statement = statement.on_conflict_do_nothing()
                connection.execute(statement)
        self._recent.forget()
        return told

    def say(self, connection: sa.Connection, uri: str, by: str, said: Mapping[str, Value]) -> None:
        """Keeps what people say of a source, in place of what they said in this way before."""
        connection.execute(sa.delete(_said).where(_said.c.uri == uri, _said.c.by == by))
        if said:
            fields = json.dumps(plain(said), ensure_ascii=False)
            connection.execute(insert(_said).values(uri=uri, by=by, fields=fields))

    def revise(self, connection: sa.Connection, document_id: str, metadata: Metadata, retitled: bool) -> None:
        """Gives a version other metadata. Its text stays, and every citation of it."""
        values = {"title": metadata.title, "language": metadata.language, "metadata": to_json(metadata)}
        connection.execute(sa.update(_documents).where(_documents.c.id == document_id).values(values))
        facts = {**_facts_of(metadata), "stale": RETITLED if retitled else STALE}
        connection.execute(sa.update(_facts).where(_facts.c.id == document_id).values(facts))

    def relate(self, connection: sa.Connection) -> None:
        """Finds anew which current documents others supersede; those for which that changes are stale."""
        c, f = _documents.c, _facts.c
        current = sa.select(f.id).join(_documents, c.id == f.id).where(c.state == CURRENT)
        if not connection.execute(current.where(f.refers.is_not(None) | f.superseded_by.is_not(None)).limit(1)).first():
            return
        found = standings(*self._candidates(connection))
        known = sa.select(f.id, f.superseded_by, f.ended, f.stale).join(_documents, c.id == f.id)
        for document_id, by, ended, stale in connection.execute(known.where(c.state == CURRENT)).all():
            standing = found.get(document_id, NO_STANDING)
            if standing != _standing(by, ended):
                last = standing.ended.isoformat() if standing.ended else None
                values = {"superseded_by": standing.superseded_by, "ended": last, "stale": max(stale, STALE)}
                connection.execute(sa.update(_facts).where(f.id == document_id).values(values))

    def named(self, connection: sa.Connection, document_id: str, reference: str) -> frozenset[str]:
        """The current documents of other sources that a document would supersede with this reference."""
        candidates, uri_of = self._candidates(connection)
        alone = [replace(c, refers=reference if c.id == document_id else None) for c in candidates]
        return frozenset(standings(alone, uri_of))

    def _candidates(self, connection: sa.Connection) -> tuple[list[Candidate], Callable[[str], str | None]]:
        c, f = _documents.c, _facts.c
        query = sa.select(c.id, c.uri, c.source, c.title, f.number, f.since, c.added, f.refers)
        rows = connection.execute(query.join(_facts, f.id == c.id).where(c.state == CURRENT)).all()

        def uri_of(document_id: str) -> str | None:
            return connection.execute(sa.select(c.uri).where(c.id == document_id)).scalar()

        return [
            Candidate(
                id=row.id,
                uri=row.uri,
                source=row.source,
                title=row.title,
                number=row.number,
                since=_day(row.since),
                added=date.fromisoformat(row.added[:10]),
                refers=row.refers,
            )
            for row in rows
        ], uri_of

    def refreshed(self, document_ids: Iterable[str]) -> None:
        """Says that the passages of these documents show their facts."""
        with self.transaction() as connection:
            connection.execute(sa.update(_facts).where(_facts.c.id.in_(list(document_ids))).values(stale=FRESH))

    def forget_cached(self) -> None:
        """To be called after a transaction that changed documents that may have been read before."""
        self._recent.forget()

    def activate(self, connection: sa.Connection, document_id: str, uri: str, passages: int) -> None:
        """The second step: makes a version current, and the one before it leave."""
        c = _documents.c
        connection.execute(
            sa.update(_documents).where(c.uri == uri, _IS_CURRENT, c.id != document_id).values(state=LEAVING)
        )
        connection.execute(sa.update(_documents).where(c.id == document_id).values(state=CURRENT, passages=passages))

    def let_go(self, connection: sa.Connection, document_id: str) -> None:
        """Marks a version for removal: nobody finds it from now on."""
        connection.execute(sa.update(_documents).where(_documents.c.id == document_id).values(state=GOING))

    def left(self, document_id: str) -> None:
        """Says that the store has forgotten a replaced version."""
        with self.transaction() as connection:
            connection.execute(sa.update(_documents).where(_documents.c.id == document_id).values(state=REPLACED))

    def delete(self, connection: sa.Connection, document_id: str) -> None:
        """Removes a version with its text, and with the last one of a source what was said of it."""
        uri = connection.execute(sa.select(_documents.c.uri).where(_documents.c.id == document_id)).scalar()
        for table in (_documents, _facts, _sketches):
            connection.execute(sa.delete(table).where(table.c.id == document_id))
        others = sa.select(_documents.c.id).where(_documents.c.uri == uri)
        if connection.execute(others.limit(1)).first() is None:
            connection.execute(sa.delete(_said).where(_said.c.uri == uri))
        self._recent.forget()

    def passages(self) -> int:
        """How many passages the current documents have together."""
        query = sa.select(sa.func.coalesce(sa.func.sum(_documents.c.passages), 0)).where(_documents.c.state == CURRENT)
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def set_passages(self, connection: sa.Connection, document_id: str, passages: int) -> None:
        """Says how many passages a document has in a new index."""
        connection.execute(sa.update(_documents).where(_documents.c.id == document_id).values(passages=passages))

    def about(self, key: str) -> str | None:
        """What this data folder says of itself."""
        with self._engine.connect() as connection:
            return connection.execute(sa.select(_about.c.value).where(_about.c.key == key)).scalar()

    def set_about(self, connection: sa.Connection, key: str, value: str) -> None:
        statement = insert(_about).values(key=key, value=value)
        connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))

    def _rows(self, document_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        query = sa.select(_documents).where(_AMONG)
        with self._engine.connect() as connection:
            found = connection.execute(query, {"ids": json.dumps(document_ids)}).mappings()
            rows = {row["id"]: dict(row) for row in found}
        missing = next((key for key in document_ids if key not in rows), None)
        if missing is not None:
            raise NotFound(
                f"there is no document {missing!r}; GET /documents or `yiju documents list` shows those there are",
                f"没有编号为 {missing!r} 的文件；可用 GET /documents 或 yiju documents list 查看已有文件",
            )
        return rows


def said_of(metadata: Metadata, said: Mapping[str, Mapping[str, Value]]) -> Metadata:
    """Metadata as read, with what people say of it: what is set by hand ranks above the sidecar."""
    for by in (SIDECAR, BY_HAND):
        metadata = overridden(metadata, said.get(by, {}), by)
    return metadata


def _fields(stored: str) -> dict[str, Value]:
    said = {field: typed(field, value) for field, value in json.loads(stored).items()}
    return {field: value for field, value in said.items() if value is not None}


def _facts_of(metadata: Metadata) -> dict[str, Any]:
    since = metadata.effective or metadata.date
    return {
        "number": metadata.number,
        "since": since.isoformat() if since else None,
        "refers": metadata.supersedes,
    }


def _summary(row: Sequence[Any]) -> Summary:
    state, supersedes, stored, by, ended = row[9:]
    metadata, standing = from_json(stored), _standing(by, ended)
    life = status(metadata, standing)
    more = (metadata.number, metadata.date, life, state == CURRENT, supersedes, standing.superseded_by)
    return Summary(*(*row[:9], *more, metadata.issuers, metadata.region, metadata.tags, metadata.called))


def _standing(superseded_by: str | None, ended: str | None) -> Standing:
    return Standing(superseded_by, _day(ended))


def _day(stored: str | None) -> date | None:
    return date.fromisoformat(stored) if stored else None

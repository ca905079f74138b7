"""The embedded engine: Qdrant Edge in this process. The only module that knows `qdrant_edge`.

Every call holds the interpreter for its whole length, so writes go in small batches and nothing here
ever builds a graph index (`optimize()` froze a process for seconds); searches scan, which takes a few
milliseconds up to some 50,000 passages. The data folder's lock is taken before this module touches
the folder: a second open would break the first holder's `flush()` for good.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import qdrant_edge as edge

from corpus.errors import Corrupt
from indexing.lexical import Sparse
from indexing.store import (
    DATE_FIELD,
    DENSE,
    KEYWORD_FIELDS,
    LEXICAL,
    NUMBER_FIELDS,
    UNTIL_FIELD,
    Entry,
    Match,
    Scope,
    check_dimension,
    entry,
    match,
    payload,
)

_BATCH = 64


class EdgeStore:
    """A store in the folder `path`, created where there is none.

    `dimension` is that of the dense vectors, None for a lexical store. Raises `Corrupt` where the
    engine can't open what is there, or it has another dimension.
    """

    def __init__(self, path: Path, dimension: int | None) -> None:
        self._lock = threading.Lock()
        self._path = path
        self._dimension = dimension
        self._shard = self._open()
        self._add_field_indexes()

    def _open(self) -> edge.EdgeShard:
        path, dimension = self._path, self._dimension
        fresh = not path.exists()
        if not fresh:
            _check_dimension(path, dimension)
        dense = {DENSE: edge.EdgeVectorParams(dimension, edge.Distance.Dot)} if dimension else None
        config = edge.EdgeConfig(
            vectors=dense, sparse_vectors={LEXICAL: edge.EdgeSparseVectorParams()}, wal_enabled=True
        )
        try:
            return (edge.EdgeShard.create if fresh else edge.EdgeShard.load)(str(path), config)
        except Exception as error:  # the engine raises nothing more precise
            raise Corrupt(
                f"the index in {path} can't be opened ({error}); run: yiju ingest --rebuild",
                f"无法打开索引 {path}（{error}）；请运行：yiju ingest --rebuild",
            ) from error

    def _add_field_indexes(self) -> None:
        """Those that are missing: in a new store all, in one of an earlier version the newer ones."""
        there = self._shard.info().payload_schema
        kinds = dict.fromkeys(KEYWORD_FIELDS, edge.PayloadSchemaType.Keyword)
        kinds |= dict.fromkeys(NUMBER_FIELDS, edge.PayloadSchemaType.Integer)
        for field, kind in kinds.items():
            if field not in there:
                self._update(edge.UpdateOperation.create_field_index(field, kind))

    def upsert(self, entries: Sequence[Entry]) -> None:
        for i in range(0, len(entries), _BATCH):
            points = [_point(entry) for entry in entries[i : i + _BATCH]]
            self._update(edge.UpdateOperation.upsert_points(points))

    def mark(self, document_id: str, facts: Mapping[str, object]) -> None:
        self._update(edge.UpdateOperation.set_payload_by_filter(_of(document_id), dict(facts)))

    def delete(self, document_id: str) -> None:
        self._update(edge.UpdateOperation.delete_points_by_filter(_of(document_id)))

    def search(
        self, lexical: Sparse | None, dense: Sequence[float] | None, scope: Scope, limit: int
    ) -> tuple[tuple[Match, ...], tuple[Match, ...]]:
        filter_ = _filter(scope)
        queries: list[edge.QueryRequest] = []
        if lexical is not None and lexical.indices:
            vector = edge.SparseVector(list(lexical.indices), list(lexical.values))
            queries.append(_request(edge.Query.Nearest(vector, using=LEXICAL), filter_, limit))
        if dense is not None:
            queries.append(_request(edge.Query.Nearest(list(dense), using=DENSE), filter_, limit))
        with self._lock:
            found = iter(self._shard.query_batch(edge.QueryBatchRequest(queries)) if queries else [])
        asked = (lexical is not None and bool(lexical.indices), dense is not None)
        first, second = (_matches(next(found)) if leg else () for leg in asked)
        return first, second

    def count(self, scope: Scope) -> int:
        with self._lock:
            return self._shard.count(edge.CountRequest(exact=True, filter=_filter(scope)))

    def scroll(self, scope: Scope, size: int = 256) -> Iterator[list[Entry]]:
        filter_, place = _filter(scope), None
        while True:
            request = edge.ScrollRequest(offset=place, limit=size, filter=filter_, with_payload=True, with_vector=True)
            with self._lock:
                records, place = self._shard.scroll(request)
            if records:
                yield [_entry(record) for record in records]
            if place is None:
                return

    def snapshot(self) -> str:
        """A copy of the folder beside it, made while nothing else is done with the engine. The engine itself
        can read a snapshot and not write one."""
        with self._lock:
            self._shard.flush()
            place = tempfile.mkdtemp(prefix="snapshot-", dir=self._path.parent)
            shutil.copytree(self._path, place, dirs_exist_ok=True)
        return place

    def restore(self, place: str) -> None:
        with self._lock:
            self._shard.close()
            shutil.rmtree(self._path)
            shutil.copytree(place, self._path)
            self._shard = self._open()

    def flush(self) -> None:
        with self._lock:
            self._shard.flush()

    def close(self) -> None:
        with self._lock:
            self._shard.close()

    def _update(self, operation: edge.UpdateOperation) -> None:
        with self._lock:
            self._shard.update(operation)


def _point(entry: Entry) -> edge.Point:
    lexical = edge.SparseVector(list(entry.lexical.indices), list(entry.lexical.values))
    vectors: dict[str, list[float] | edge.SparseVector | list[list[float]]]
    vectors = {LEXICAL: lexical} if entry.dense is None else {LEXICAL: lexical, DENSE: list(entry.dense)}
    return edge.Point(entry.id, vectors, payload(entry))


def _entry(record: edge.Record) -> Entry:
    vectors = cast("dict[str, Any]", record.vector)
    lexical = Sparse(tuple(vectors[LEXICAL].indices), tuple(vectors[LEXICAL].values))
    return entry(record.payload or {}, lexical, vectors.get(DENSE))


def _check_dimension(path: Path, wanted: int | None) -> None:
    """Reads what a folder says of itself, for the engine opens one that has vectors where none are wanted. Of a
    folder that says nothing, the engine will."""
    try:
        said = json.loads((path / "edge_config.json").read_text(encoding="utf-8"))
        dense = (said["vectors"] or {}).get(DENSE)
        found = dense["size"] if dense else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return
    check_dimension(path, found, wanted)


def _request(query: edge.Query, filter_: edge.Filter, limit: int) -> edge.QueryRequest:
    return edge.QueryRequest(limit=limit, query=query, filter=filter_, with_payload=True)


def _matches(points: Sequence[edge.ScoredPoint]) -> tuple[Match, ...]:
    return tuple(match(point.payload or {}, point.score) for point in points)


def _of(document_id: str) -> edge.Filter:
    return edge.Filter(must=[edge.FieldCondition("document_id", match=edge.MatchValue(document_id))])


def _filter(scope: Scope) -> edge.Filter:
    must = [edge.FieldCondition(field, match=edge.MatchAny(list(allowed))) for field, allowed in scope.allowed]
    if scope.as_of is None:
        return edge.Filter(must=list(must))
    day = float(scope.as_of)
    begun = edge.FieldCondition(DATE_FIELD, range=edge.RangeFloat(lte=day))
    ended = edge.FieldCondition(UNTIL_FIELD, range=edge.RangeFloat(lt=day))
    return edge.Filter(must=[*must, begun], must_not=[ended])

"""The server engine: a Qdrant server or cluster. The only module that knows `qdrant_client`.

The same collection, vectors and filters as the embedded engine, so an index can move between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from importlib.metadata import version
from itertools import islice
from typing import Any, cast
from urllib.parse import urlsplit

from qdrant_client import QdrantClient, models
from qdrant_client.common.client_exceptions import ResourceExhaustedResponse
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from corpus.errors import BadSetting, Unavailable
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

_BATCH = 256
_SECONDS = 30


def connect(url: str, api_key: str | None, collection: str, dimension: int | None) -> ServerStore:
    """A store on the server at `url`. Raises `Unavailable` where it does not answer or is too old, `BadSetting`
    for an address that is none, `Corrupt` where the collection has vectors of another dimension."""
    client = _client(url, api_key)
    try:
        with _reported(url):
            _check_version(url, client.info().version)
            store = ServerStore(client, collection, dimension, url, api_key)
            store.add_field_indexes()
            return store
    except BaseException:
        client.close()
        raise


def drop(url: str, api_key: str | None, collection: str) -> None:
    """Removes a collection; one that is not there is no error. Raises `Unavailable`."""
    with _reported(url), closing(_client(url, api_key)) as client:
        client.delete_collection(collection)


def _client(url: str, api_key: str | None) -> QdrantClient:
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("an address begins with http:// or https://")
        return QdrantClient(url=url, api_key=api_key, timeout=_SECONDS, check_compatibility=False)
    except ValueError as error:
        raise BadSetting(
            f"{url!r} is no address of a Qdrant server ({error}); write one such as http://localhost:6333",
            f"{url!r} 不是 Qdrant 服务的地址（{error}）；请写成 http://localhost:6333 的形式",
        ) from error


def _check_version(url: str, found: str) -> None:
    """A client works with servers of its own minor version and of the one before, as its makers say; a newer
    server is let be."""
    here = re.match(r"(\d+)\.(\d+)", version("qdrant-client"))
    there = re.match(r"(\d+)\.(\d+)", found)
    assert here is not None
    oldest = int(here[1]), max(int(here[2]) - 1, 0)
    if there is None or (int(there[1]), int(there[2])) < oldest:
        needed = f"{oldest[0]}.{oldest[1]}"
        raise Unavailable(
            f"the Qdrant server at {url} has version {found}, and {needed} or later is needed; update it, "
            "or unset YIJU_QDRANT_URL to use the embedded engine",
            f"Qdrant 服务 {url} 的版本为 {found}，需要 {needed} 或更高版本；请升级，"
            "或取消 YIJU_QDRANT_URL 以使用内置引擎",
        )


@contextmanager
def _reported(url: str) -> Iterator[None]:
    try:
        yield
    except (ResponseHandlingException, UnexpectedResponse, ResourceExhaustedResponse) as error:
        raise Unavailable(
            f"the Qdrant server at {url} does not answer as it should ({error}); check YIJU_QDRANT_URL "
            "and YIJU_QDRANT_API_KEY, or unset YIJU_QDRANT_URL to use the embedded engine",
            f"Qdrant 服务 {url} 无法正常应答（{error}）；请检查 YIJU_QDRANT_URL 与 YIJU_QDRANT_API_KEY，"
            "或取消 YIJU_QDRANT_URL 以使用内置引擎",
        ) from error


class ServerStore:
    """A store in one collection of a Qdrant client, created where there is none. Raises `Corrupt` where it has
    another dimension.

    It asks the collection and not the alias: a question that was embedded by the model before must not reach
    the collection of the next one. The alias is for others who read the server.
    """

    def __init__(
        self,
        client: QdrantClient,
        collection: str,
        dimension: int | None,
        url: str = "",
        api_key: str | None = None,
    ) -> None:
        self._client = client
        self._collection = collection
        self._url = url
        self._api_key = api_key
        with _reported(url):
            if not client.collection_exists(collection):
                self._create(dimension)
                self.add_field_indexes()
                return
            vectors = client.get_collection(collection).config.params.vectors
        dense = vectors.get(DENSE) if isinstance(vectors, dict) else vectors
        check_dimension(f"{url} {collection}".strip(), dense.size if dense else None, dimension)

    def _create(self, dimension: int | None) -> None:
        dense = {DENSE: models.VectorParams(size=dimension, distance=models.Distance.DOT)} if dimension else {}
        self._client.create_collection(
            self._collection,
            vectors_config=dense,
            sparse_vectors_config={LEXICAL: models.SparseVectorParams()},
        )

    def add_field_indexes(self) -> None:
        """Those that are missing: in a new collection all, in one of an earlier version the newer ones."""
        there = self._client.get_collection(self._collection).payload_schema
        kinds = dict.fromkeys(KEYWORD_FIELDS, models.PayloadSchemaType.KEYWORD)
        kinds |= dict.fromkeys(NUMBER_FIELDS, models.PayloadSchemaType.INTEGER)
        for field, kind in kinds.items():
            if field not in there:
                self._client.create_payload_index(self._collection, field, kind)

    def upsert(self, entries: Sequence[Entry]) -> None:
        remaining = iter(entries)
        while batch := list(islice(remaining, _BATCH)):
            with _reported(self._url):
                self._client.upsert(self._collection, [_point(entry) for entry in batch], wait=True)

    def mark(self, document_id: str, facts: Mapping[str, object]) -> None:
        with _reported(self._url):
            self._client.set_payload(self._collection, dict(facts), points=_of(document_id), wait=True)

    def delete(self, document_id: str) -> None:
        selector = models.FilterSelector(filter=_of(document_id))
        with _reported(self._url):
            self._client.delete(self._collection, selector, wait=True)

    def search(
        self, lexical: Sparse | None, dense: Sequence[float] | None, scope: Scope, limit: int
    ) -> tuple[tuple[Match, ...], tuple[Match, ...]]:
        filter_ = _filter(scope)
        requests: list[models.QueryRequest] = []
        if lexical is not None and lexical.indices:
            vector = models.SparseVector(indices=list(lexical.indices), values=list(lexical.values))
            requests.append(_request(vector, LEXICAL, filter_, limit))
        if dense is not None:
            requests.append(_request(list(dense), DENSE, filter_, limit))
        with _reported(self._url):
            found = iter(self._client.query_batch_points(self._collection, requests) if requests else [])
        asked = (lexical is not None and bool(lexical.indices), dense is not None)
        first, second = (_matches(next(found).points) if leg else () for leg in asked)
        return first, second

    def count(self, scope: Scope) -> int:
        with _reported(self._url):
            return self._client.count(self._collection, count_filter=_filter(scope), exact=True).count

    def scroll(self, scope: Scope, size: int = _BATCH) -> Iterator[list[Entry]]:
        place: models.ExtendedPointId | None = None
        while True:
            with _reported(self._url):
                records, place = self._client.scroll(
                    self._collection, _filter(scope), limit=size, offset=place, with_vectors=True
                )
            if records:
                yield [_entry(record) for record in records]
            if place is None:
                return

    def snapshot(self) -> str:
        """A snapshot that the server keeps with its own; its address."""
        with _reported(self._url):
            made = self._client.create_snapshot(self._collection, wait=True)
        assert made is not None
        return f"{self._url.rstrip('/')}/collections/{self._collection}/snapshots/{made.name}"

    def restore(self, place: str) -> None:
        with _reported(self._url):
            self._client.recover_snapshot(
                self._collection, place, api_key=self._api_key, priority=models.SnapshotPriority.SNAPSHOT, wait=True
            )

    def point(self, alias: str) -> None:
        """Makes `alias` a name of this collection, in one step if it was that of another one. Raises `BadSetting`
        where a collection has that name."""
        with _reported(self._url):
            if alias in {found.name for found in self._client.get_collections().collections}:
                raise BadSetting(
                    f"the Qdrant server at {self._url} has a collection {alias!r} already; "
                    "set YIJU_QDRANT_COLLECTION to another name",
                    f"Qdrant 服务 {self._url} 上已有名为 {alias!r} 的集合；请将 YIJU_QDRANT_COLLECTION 设为其他名称",
                )
            known = {found.alias_name: found.collection_name for found in self._client.get_aliases().aliases}
            if known.get(alias) == self._collection:
                return
            steps: list[models.CreateAliasOperation | models.DeleteAliasOperation | models.RenameAliasOperation] = []
            if alias in known:
                steps.append(models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=alias)))
            create = models.CreateAlias(collection_name=self._collection, alias_name=alias)
            self._client.update_collection_aliases([*steps, models.CreateAliasOperation(create_alias=create)])

    def flush(self) -> None:
        """Nothing to do: the server acknowledges only what its log holds."""

    def close(self) -> None:
        self._client.close()


def _point(entry: Entry) -> models.PointStruct:
    lexical = models.SparseVector(indices=list(entry.lexical.indices), values=list(entry.lexical.values))
    vectors: dict[str, models.Vector] = {LEXICAL: lexical}
    if entry.dense is not None:
        vectors[DENSE] = list(entry.dense)
    return models.PointStruct(id=entry.id, vector=vectors, payload=payload(entry))


def _entry(record: models.Record) -> Entry:
    vectors = cast("dict[str, Any]", record.vector)
    lexical = Sparse(tuple(vectors[LEXICAL].indices), tuple(vectors[LEXICAL].values))
    return entry(record.payload or {}, lexical, vectors.get(DENSE))


def _request(
    vector: models.SparseVector | list[float], using: str, filter_: models.Filter, limit: int
) -> models.QueryRequest:
    return models.QueryRequest(query=vector, using=using, filter=filter_, limit=limit, with_payload=True)


def _matches(points: Sequence[models.ScoredPoint]) -> tuple[Match, ...]:
    return tuple(match(point.payload or {}, point.score) for point in points)


def _of(document_id: str) -> models.Filter:
    condition = models.FieldCondition(key="document_id", match=models.MatchValue(value=document_id))
    return models.Filter(must=[condition])


def _filter(scope: Scope) -> models.Filter:
    must = [models.FieldCondition(key=key, match=models.MatchAny(any=list(allowed))) for key, allowed in scope.allowed]
    if scope.as_of is None:
        return models.Filter(must=list(must))
    day = float(scope.as_of)
    begun = models.FieldCondition(key=DATE_FIELD, range=models.Range(lte=day))
    ended = models.FieldCondition(key=UNTIL_FIELD, range=models.Range(lt=day))
    return models.Filter(must=[*must, begun], must_not=[ended])

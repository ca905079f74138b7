"""The server engine: a Qdrant server or cluster. The only module that knows `qdrant_client`.

The same collection, vectors and filters as the embedded engine, so an index can move between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice

from qdrant_client import QdrantClient, models
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from corpus.errors import Unavailable
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
    match,
    payload,
)

_BATCH = 256


def connect(url: str, api_key: str | None, collection: str, dimension: int | None) -> ServerStore:
    """A store on the server at `url`. Raises `Unavailable` where it does not answer."""
    with _reported(url):
        store = ServerStore(QdrantClient(url=url, api_key=api_key, timeout=30), collection, dimension, url)
        store.add_field_indexes()
        return store


def drop(url: str, api_key: str | None, collection: str) -> None:
    """Removes a collection; one that is not there is no error. Raises `Unavailable`."""
    with _reported(url):
        client = QdrantClient(url=url, api_key=api_key, timeout=30)
        client.delete_collection(collection)
        client.close()


@contextmanager
def _reported(url: str) -> Iterator[None]:
    try:
        yield
    except (ResponseHandlingException, UnexpectedResponse) as error:
        raise Unavailable(
            f"the Qdrant server at {url} does not answer as it should ({error}); check YIJU_QDRANT_URL "
            "and YIJU_QDRANT_API_KEY, or unset YIJU_QDRANT_URL to use the embedded engine",
            f"Qdrant 服务 {url} 无法正常应答（{error}）；请检查 YIJU_QDRANT_URL 与 YIJU_QDRANT_API_KEY，"
            "或取消 YIJU_QDRANT_URL 以使用内置引擎",
        ) from error


class ServerStore:
    """A store in one collection of a Qdrant client, created where there is none."""

    def __init__(self, client: QdrantClient, collection: str, dimension: int | None, url: str = "") -> None:
        self._client = client
        self._collection = collection
        self._url = url
        with _reported(url):
            if not client.collection_exists(collection):
                self._create(dimension)
                self.add_field_indexes()

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

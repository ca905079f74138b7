"""A double of a Qdrant server at the wire: its REST addresses that this program uses, over the in-memory client."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from typing import Any

from pydantic_core import to_jsonable_python
from qdrant_client import QdrantClient, models

Answer = Callable[[QdrantClient, str, Any], Any]


def _create(client: QdrantClient, name: str, body: Any) -> bool:
    asked = models.CreateCollection.model_validate(body)
    return client.create_collection(
        name,
        vectors_config=asked.vectors or {},
        sparse_vectors_config=asked.sparse_vectors,  # type: ignore[arg-type]
    )


def _alias(client: QdrantClient, _name: str, body: Any) -> bool:
    """Unlike the in-memory client, this one refuses to create an alias that is there and was not deleted."""
    actions = models.ChangeAliasesOperation.model_validate(body).actions
    taken = {found.alias_name for found in client.get_aliases().aliases}
    for action in actions:
        if isinstance(action, models.DeleteAliasOperation):
            taken.remove(action.delete_alias.alias_name)
        elif isinstance(action, models.CreateAliasOperation) and action.create_alias.alias_name in taken:
            raise ValueError(f"alias {action.create_alias.alias_name} exists")
    return client.update_collection_aliases(actions)


def _query(client: QdrantClient, name: str, body: Any) -> Any:
    return client.query_batch_points(name, models.QueryRequestBatch.model_validate(body).searches)


def _scroll(client: QdrantClient, name: str, body: Any) -> Any:
    asked = models.ScrollRequest.model_validate(body)
    points, after = client.scroll(name, asked.filter, limit=asked.limit or 10, offset=asked.offset, with_vectors=True)
    return {"points": points, "next_page_offset": after}


def _set_payload(client: QdrantClient, name: str, body: Any) -> Any:
    asked = models.SetPayload.model_validate(body)
    assert asked.filter is not None
    return client.set_payload(name, asked.payload, points=asked.filter)


ROUTES: dict[tuple[str, str], Answer] = {
    ("GET", r"/collections"): lambda client, _name, _body: client.get_collections(),
    ("POST", r"/collections/aliases"): _alias,
    ("GET", r"/aliases"): lambda client, _name, _body: client.get_aliases(),
    ("GET", r"/collections/([^/]+)/exists"): lambda client, name, _: {"exists": client.collection_exists(name)},
    ("GET", r"/collections/([^/]+)"): lambda client, name, _: client.get_collection(name),
    ("PUT", r"/collections/([^/]+)"): _create,
    ("DELETE", r"/collections/([^/]+)"): lambda client, name, _: client.delete_collection(name),
    ("PUT", r"/collections/([^/]+)/index"): lambda _client, _name, _: {"operation_id": 0, "status": "completed"},
    ("PUT", r"/collections/([^/]+)/points"): lambda client, name, body: client.upsert(
        name, models.PointsList.model_validate(body).points
    ),
    ("POST", r"/collections/([^/]+)/points/payload"): _set_payload,
    ("POST", r"/collections/([^/]+)/points/delete"): lambda client, name, body: client.delete(
        name, models.FilterSelector.model_validate(body)
    ),
    ("POST", r"/collections/([^/]+)/points/query/batch"): _query,
    ("POST", r"/collections/([^/]+)/points/scroll"): _scroll,
    ("POST", r"/collections/([^/]+)/points/count"): lambda client, name, body: client.count(
        name, models.CountRequest.model_validate(body).filter
    ),
}


class Double:
    """A server at `url`. From the `dies_at`-th upsert on it breaks every connection; `version` is what it says."""

    def __init__(self) -> None:
        self.client = QdrantClient(":memory:")
        self.version = version("qdrant-client")
        self.keys: set[str | None] = set()
        self.upserts = 0
        self.dies_at: int | None = None
        self.url = ""
        self._lock = threading.Lock()

    @property
    def dead(self) -> bool:
        return self.dies_at is not None and self.upserts >= self.dies_at

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if path == "/":
            return 200, {"title": "double", "version": self.version}
        for (its_method, pattern), answer in ROUTES.items():
            found = re.fullmatch(pattern, path)
            if its_method == method and found:
                self.upserts += method == "PUT" and path.endswith("/points")
                with self._lock:
                    try:
                        result = answer(self.client, found[1] if found.groups() else "", body)
                    except ValueError as error:
                        return 404, {"status": {"error": str(error)}, "time": 0}
                return 200, {"result": to_jsonable_python(result), "status": "ok", "time": 0}
        return 404, {"status": {"error": f"no {method} {path}"}, "time": 0}


@contextmanager
def running() -> Iterator[Double]:
    """A double that listens on a free port until the block ends."""
    double = Double()

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            double.keys.add(self.headers.get("api-key"))
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            status, said = double.answer(self.command, self.path.split("?")[0], body)
            if double.dead:
                self.close_connection = True
                return
            data = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_PUT = do_POST = do_DELETE = _do

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    double.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

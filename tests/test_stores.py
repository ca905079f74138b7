"""One contract for every store: the embedded engine, and the client of the server one."""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from qdrant_client import QdrantClient, models

from corpus.errors import BadSetting, Corrupt
from indexing.lexical import Sparse
from indexing.store import Entry, Scope, Store, facts
from indexing.store_edge import EdgeStore
from indexing.store_server import ServerStore

# The in-memory client, which stands in for a server here, says that it needs no payload indexes.
pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning")

OpenStore = Callable[[int | None], Store]


@pytest.fixture(params=["edge", "server"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenStore]:
    stores: list[Store] = []

    def open_(dimension: int | None) -> Store:
        if request.param == "edge":
            stores.append(EdgeStore(tmp_path / "index", dimension))
        else:
            stores.append(ServerStore(QdrantClient(":memory:"), "test", dimension))
        return stores[-1]

    yield open_
    for store in stores:
        store.close()


def entry(document: str, number: int = 0, terms: dict[int, float] | None = None, **fields: object) -> Entry:
    weights = sorted((terms or {1: 1.0}).items())
    values: dict[str, object] = {
        "origin": "own",
        "language": "zh",
        "tags": (),
        "date": 0,
        "lexical": Sparse(tuple(i for i, _ in weights), tuple(w for _, w in weights)),
        **fields,
    }
    return Entry(document_id=document, number=number, start=number * 10, end=number * 10 + 5, **values)  # type: ignore[arg-type]


def found(store: Store, term: int, scope: Scope = Scope(), limit: int = 10) -> list[tuple[str, int]]:  # noqa: B008
    matches, _ = store.search(Sparse((term,), (1.0,)), None, scope, limit)
    return [(m.document_id, m.number) for m in matches]


def test_what_is_written_is_found_best_first_with_its_place_and_score(open_store: OpenStore) -> None:
    store = open_store(None)
    store.upsert([entry("a", 3, {7: 1.5}), entry("b", 0, {7: 2.5, 8: 1.0}), entry("c", 0, {9: 1.0})])
    matches, dense = store.search(Sparse((7, 8), (2.0, 1.0)), None, Scope(), 10)
    assert [(m.document_id, m.number, m.start, m.end) for m in matches] == [("b", 0, 0, 5), ("a", 3, 30, 35)]
    assert [m.score for m in matches] == pytest.approx([6.0, 3.0], abs=1e-3)
    assert dense == ()


def test_writing_an_entry_again_replaces_it(open_store: OpenStore) -> None:
    store = open_store(None)
    store.upsert([entry("a", 0, {1: 1.0})])
    store.upsert([entry("a", 0, {2: 1.0})])
    assert store.count(Scope()) == 1
    assert (found(store, 1), found(store, 2)) == ([], [("a", 0)])


def test_a_document_is_deleted_whole_and_an_unknown_one_is_no_error(open_store: OpenStore) -> None:
    store = open_store(None)
    store.upsert([entry("a", n) for n in range(200)] + [entry("b")])
    store.delete("a")
    store.delete("nobody")
    assert (store.count(Scope()), found(store, 1)) == (1, [("b", 0)])


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(), {"a", "b", "c"}),
        (Scope(documents=("a", "c")), {"a", "c"}),
        (Scope(documents=()), set()),
        (Scope(origins=("sample",)), {"c"}),
        (Scope(language="en"), {"b"}),
        (Scope(tags=("x", "z")), {"a", "b"}),
        (Scope(as_of=20240101), {"a", "c"}),
        (Scope(documents=("a",), language="en"), set()),
    ],
)
def test_a_scope_bounds_search_and_count(open_store: OpenStore, scope: Scope, expected: set[str]) -> None:
    store = open_store(None)
    store.upsert(
        [
            entry("a", tags=("x", "y"), date=20230605),
            entry("b", tags=("z",), language="en", date=20250101),
            entry("c", origin="sample", date=0),
        ]
    )
    assert {document for document, _ in found(store, 1, scope)} == expected
    assert store.count(scope) == len(expected)


def test_both_legs_answer_in_one_search(open_store: OpenStore) -> None:
    store = open_store(4)
    store.upsert([entry("a", 0, {1: 1.0}, dense=(1.0, 0, 0, 0)), entry("b", 0, {2: 1.0}, dense=(0.6, 0.8, 0, 0))])
    lexical, dense = store.search(Sparse((2,), (1.0,)), (0.6, 0.8, 0.0, 0.0), Scope(), 5)
    assert [m.document_id for m in lexical] == ["b"]
    assert [(m.document_id, round(m.score, 3)) for m in dense] == [("b", 1.0), ("a", 0.6)]


def test_searching_for_nothing_finds_nothing(open_store: OpenStore) -> None:
    store = open_store(None)
    store.upsert([entry("a")])
    assert store.search(Sparse((), ()), None, Scope(), 5) == ((), ())
    assert store.search(None, None, Scope(), 5) == ((), ())


def test_the_limit_is_kept(open_store: OpenStore) -> None:
    store = open_store(None)
    store.upsert([entry("a", n) for n in range(30)])
    assert len(found(store, 1, limit=7)) == 7


def test_the_embedded_store_opens_again_with_all_it_held(tmp_path: Path) -> None:
    store = EdgeStore(tmp_path / "index", None)
    store.upsert([entry("a", n) for n in range(100)])
    store.close()
    again = EdgeStore(tmp_path / "index", None)
    assert again.count(Scope()) == 100
    again.close()


def test_the_embedded_store_is_read_while_it_is_written(tmp_path: Path) -> None:
    store = EdgeStore(tmp_path / "index", None)
    store.upsert([entry("a")])
    failures: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(150):
                assert found(store, 1)
        except BaseException as error:  # noqa: BLE001 - whatever a thread meets fails the test
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for n in range(20):
        store.upsert([entry(f"d{n}", i) for i in range(32)])
    for reader in readers:
        reader.join()
    assert failures == []
    assert store.count(Scope()) == 641
    store.close()


def test_a_folder_that_is_no_index_is_reported_with_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    folder.mkdir()
    (folder / "edge_config.json").write_text("garbage")
    with pytest.raises(Corrupt, match="yiju ingest --rebuild"):
        EdgeStore(folder, None)


def test_both_engines_give_the_same_hits_and_scores(tmp_path: Path) -> None:
    rng = random.Random(7)

    def unit() -> tuple[float, ...]:
        values = [rng.gauss(0, 1) for _ in range(8)]
        length = math.hypot(*values)
        return tuple(value / length for value in values)

    written = [
        entry(f"d{n % 9}", n, {t: rng.uniform(0.1, 2.2) for t in rng.sample(range(40), 6)}, dense=unit(), date=n)
        for n in range(150)
    ]
    stores: list[Store] = [EdgeStore(tmp_path / "index", 8), ServerStore(QdrantClient(":memory:"), "test", 8)]
    for store in stores:
        store.upsert(written)
        store.delete("d4")
    for scope in (Scope(), Scope(documents=("d1", "d2", "d4")), Scope(as_of=60)):
        asked = Sparse((1, 5, 17, 2**32 - 1), (2.0, 1.5, 0.7, 3.0)), unit()
        one, other = (store.search(*asked, scope, 12) for store in stores)
        assert stores[0].count(scope) == stores[1].count(scope)
        for left, right in zip(one, other, strict=True):
            assert [m.score for m in left] == pytest.approx([m.score for m in right], abs=1e-3)
            assert [(m.document_id, m.number) for m in left] == [(m.document_id, m.number) for m in right]
    for store in stores:
        store.close()


@pytest.mark.parametrize("field", ["documents", "origins", "tags"])
def test_an_empty_list_allows_nothing_in_either_leg(open_store: OpenStore, field: str) -> None:
    store = open_store(4)
    store.upsert([entry("a", tags=("x",), dense=(1.0, 0, 0, 0)), entry("b", dense=(0, 1.0, 0, 0))])
    nothing = Scope(**{field: ()})
    assert store.search(Sparse((1,), (1.0,)), (1.0, 0.0, 0.0, 0.0), nothing, 5) == ((), ())
    assert store.count(nothing) == 0


def test_only_the_legs_that_are_asked_answer(open_store: OpenStore) -> None:
    store = open_store(4)
    store.upsert([entry("a", dense=(1.0, 0, 0, 0))])
    lexical, dense = store.search(None, (1.0, 0.0, 0.0, 0.0), Scope(), 5)
    assert (lexical, [m.document_id for m in dense]) == ((), ["a"])
    lexical, dense = store.search(Sparse((1,), (1.0,)), None, Scope(), 5)
    assert ([m.document_id for m in lexical], dense) == (["a"], ())


def test_writing_and_deleting_nothing_changes_nothing(open_store: OpenStore) -> None:
    store = open_store(None)
    store.upsert([])
    store.delete("nobody")
    store.flush()
    assert (store.count(Scope()), found(store, 1)) == (0, [])


def test_filters_on_facts_of_the_document_and_marking_them_anew(open_store: OpenStore) -> None:
    store = open_store(4)
    dense = (1.0, 0.0, 0.0, 0.0)
    facts_ = {"status": "current", "region": "甲省", "issuers": ("甲局", "乙局"), "document_number": "甲发〔2020〕1号"}
    store.upsert([entry("a", n, dense=dense, date=20200101, until=20221231, **facts_) for n in range(70)])
    store.upsert([entry("b", dense=dense, date=20230101), entry("c", dense=dense)])

    def documents(**scope: object) -> set[str]:
        lexical, near = store.search(Sparse((1,), (1.0,)), dense, Scope(**scope), 100)  # type: ignore[arg-type]
        assert {m.document_id for m in lexical} == {m.document_id for m in near}
        return {m.document_id for m in lexical}

    assert documents(statuses=("current", "trial")) == documents(regions=("甲省",)) == {"a"}
    assert documents(issuers=("乙局",)) == documents(document_numbers=("甲发〔2020〕1号",)) == {"a"}
    assert documents(statuses=()) == documents(issuers=("丙局",)) == set()
    days = (20191231, 20200101, 20221231, 20230101)
    assert [documents(as_of=day) for day in days] == [{"c"}, {"a", "c"}, {"a", "c"}, {"b", "c"}]
    store.mark("a", facts(entry("a", until=20200601, status="withdrawn")))
    store.mark("nobody", facts(entry("nobody")))
    assert documents(statuses=("withdrawn",)) == {"a"}
    assert documents(regions=("甲省",)) == set()
    assert documents(as_of=20200701) == {"c"}
    assert store.count(Scope(statuses=("withdrawn",))) == 70


@pytest.mark.parametrize("dimension", [4, None])
def test_scrolling_gives_every_entry_as_it_was_written_by_id_in_pages(
    open_store: OpenStore, dimension: int | None
) -> None:
    store = open_store(dimension)
    assert list(store.scroll(Scope())) == []
    dense = (0.5, 0.5, 0.5, 0.5) if dimension else None
    facts_ = {"tags": ("甲", "乙"), "date": 20240131, "status": "trial", "issuers": ("甲局",), "region": "甲省"}
    written = [
        entry(f"d{n % 3}", n, {n: 0.5, 4_294_967_295: 1.25}, dense=dense, document_number="甲发〔2020〕1号", **facts_)
        for n in range(23)
    ]
    store.upsert(written)
    pages = list(store.scroll(Scope(), 5))
    assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
    assert [e for page in pages for e in page] == sorted(written, key=lambda e: e.id)
    some = [e for page in store.scroll(Scope(documents=("d1",)), 5) for e in page]
    assert {e.document_id for e in some} == {"d1"}
    assert len(some) == 8


def test_a_snapshot_brings_back_what_was_there(tmp_path: Path) -> None:
    store = EdgeStore(tmp_path / "index", 4)
    store.upsert([entry("a", n, dense=(1.0, 0, 0, 0)) for n in range(70)])
    place = store.snapshot()
    store.delete("a")
    store.upsert([entry("b", dense=(0, 1.0, 0, 0))])
    store.restore(place)
    assert (store.count(Scope()), store.count(Scope(documents=("b",)))) == (70, 0)
    store.upsert([entry("c", dense=(0, 1.0, 0, 0))])
    store.close()
    copied = EdgeStore(Path(place), 4)
    assert copied.count(Scope()) == 70
    copied.close()


def test_a_server_is_asked_for_its_own_snapshots(monkeypatch: pytest.MonkeyPatch) -> None:
    client, asked = QdrantClient(":memory:"), list[object]()
    made = models.SnapshotDescription(name="test-1.snapshot", size=1)
    monkeypatch.setattr(client, "create_snapshot", lambda name, **_: asked.append(name) or made)
    monkeypatch.setattr(client, "recover_snapshot", lambda *given, **more: asked.append((*given, more["api_key"])))
    store = ServerStore(client, "test", None, "http://localhost:6333/", "key")
    place = store.snapshot()
    store.restore(place)
    address = "http://localhost:6333/collections/test/snapshots/test-1.snapshot"
    assert asked == ["test", ("test", address, "key")]


def test_an_alias_is_moved_from_one_collection_to_the_next() -> None:
    client = QdrantClient(":memory:")
    old, new = ServerStore(client, "test-1", None), ServerStore(client, "test-2", None)
    new.upsert([entry("a")])
    old.point("test")
    assert client.count("test").count == 0
    new.point("test")
    new.point("test")
    assert client.count("test").count == 1
    assert [a.alias_name for a in client.get_aliases().aliases] == ["test"]
    with pytest.raises(BadSetting, match=r"test-1.*YIJU_QDRANT_COLLECTION"):
        new.point("test-1")


@pytest.mark.parametrize(("written", "wanted"), [(4, 8), (4, None), (None, 4)])
@pytest.mark.parametrize("engine", ["edge", "server"])
def test_a_store_of_another_dimension_is_refused_and_both_are_named(
    tmp_path: Path, engine: str, written: int | None, wanted: int | None
) -> None:
    client = QdrantClient(":memory:")

    def open_(dimension: int | None) -> Store:
        if engine == "edge":
            return EdgeStore(tmp_path / "index", dimension)
        return ServerStore(client, "test", dimension)

    dense = (1.0, 0.0, 0.0, 0.0) if written else None
    store = open_(written)
    store.upsert([entry("a", dense=dense)])
    if engine == "edge":
        store.close()
    said = f"dimension {written or 'none'}, and those wanted have {wanted or 'none'}; .*yiju ingest --rebuild"
    with pytest.raises(Corrupt, match=said):
        open_(wanted)
    again = open_(written)
    assert again.count(Scope()) == 1
    again.close()

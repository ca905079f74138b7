"""The embedded index on a server: the same passages and vectors, whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from assistant.api.app import build_app
from assistant.cli import app
from assistant.migration import Moved, migrate
from assistant.settings import Settings
from assistant.wiring import Workplace
from conftest import add
from corpus.errors import BadSetting, Corrupt, Held, Unavailable
from indexing.lexical import Sparse
from indexing.migrate import copy, verify
from indexing.store import Entry, Scope
from indexing.store_edge import EdgeStore
from indexing.store_server import ServerStore, connect
from qdrant_double import Double, running

pytestmark = pytest.mark.filterwarnings(
    "ignore:Payload indexes have no effect:UserWarning", "ignore:Api key is used with an insecure:UserWarning"
)

Open = Callable[..., Workplace]
CloseAll = Callable[[], None]
TEXT = "# 甲指南\n\n一、目标\n\n到二〇二六年建成滨海试验场{n}。\n"


@pytest.fixture
def server() -> Iterator[Double]:
    with running() as double:
        yield double


@pytest.fixture
def filled(workplace: Open, close_all: CloseAll, tmp_path: Path) -> Settings:
    place = workplace()
    for n in range(5):
        add(place, TEXT.replace("{n}", str(n)), f"{n}.md")
    close_all()
    return Settings(data=tmp_path / "data", samples="never")


def move(settings: Settings, url: str, key: str | None = None) -> Moved:
    return migrate(settings, url, key, lambda *_: None)


def entry(document: str, number: int, dense: tuple[float, ...] | None) -> Entry:
    lexical = Sparse((number, 4_000_000_000), (0.3, 1 / 3))
    return Entry(document, number, 0, 9, "own", "zh", ("标签",), 20240131, lexical, dense, issuers=("甲局",))


def test_an_index_on_a_server_answers_as_it_did_embedded(workplace: Open, filled: Settings, server: Double) -> None:
    before = workplace().assistant.search("滨海试验场3")
    workplace().close()
    moved = move(filled, server.url, "secret")
    assert (moved.passages, moved.collection) == (5, "yiju-1")
    place = workplace(qdrant_url=server.url, qdrant_api_key="secret")
    assert place.assistant.search("滨海试验场3") == before
    add(place, TEXT.replace("{n}", "新增"), "new.md")
    assert place.store.count(Scope()) == 6
    assert [(a.alias_name, a.collection_name) for a in server.client.get_aliases().aliases] == [("yiju", "yiju-1")]
    assert server.keys == {"secret"}
    assert (filled.data / "index-1").is_dir()


def test_vectors_facts_and_terms_are_copied_as_they_are(tmp_path: Path, server: Double) -> None:
    source, target = EdgeStore(tmp_path / "index", 3), connect(server.url, None, "c", 3)
    source.upsert([entry(f"d{n}", n, (0.6, 0.8 * (n % 2), 1 / 3)) for n in range(300)])
    steps: list[tuple[int, int]] = []
    copy(source, target, lambda done, total: steps.append((done, total)))
    assert (steps[0][0], steps[-1]) == (128, (300, 300))
    assert verify(source, target, "c")[0] == 300
    assert list(target.scroll(Scope(), 300)) == list(source.scroll(Scope(), 300))
    source.close()
    target.close()


@pytest.mark.parametrize(
    "changed", [entry("d1", 1, (0.6, 0.8, 0.001)), entry("d1", 1, None), entry("d1", 2, (0.6, 0.8, 0.0))]
)
def test_a_copy_that_differs_is_noticed(tmp_path: Path, server: Double, changed: Entry) -> None:
    source, target = EdgeStore(tmp_path / "index", 3), connect(server.url, None, "c", 3)
    source.upsert([entry("d1", 1, (0.6, 0.8, 0.0))])
    target.upsert([changed])
    with pytest.raises(Corrupt, match="not what the index holds"):
        verify(source, target, "c")
    source.close()
    target.close()


def test_a_copy_that_is_broken_off_is_finished_by_running_it_again(filled: Settings, server: Double) -> None:
    server.dies_at = 1
    with pytest.raises(Unavailable, match="run the same command again"):
        move(filled, server.url)
    server.dies_at = None
    first = move(filled, server.url)
    assert first.passages == 5
    assert move(filled, server.url) == first, "once more changes nothing"


def test_a_server_that_is_not_there_is_one_line(filled: Settings) -> None:
    with pytest.raises(Unavailable, match=r"http://127\.0\.0\.1:1 does not answer"):
        move(filled, "http://127.0.0.1:1")
    for wrong in ("localhost:6333", "", "http://", "http://a:b"):
        with pytest.raises(BadSetting, match="such as http://localhost:6333"):
            move(filled, wrong)


def test_an_older_server_is_refused_with_the_version_that_is_needed(filled: Settings, server: Double) -> None:
    server.version = "1.7.4"
    with pytest.raises(Unavailable, match=r"version 1\.7\.4, and 1\.\d+ or later is needed"):
        move(filled, server.url)
    server.version = "1.99.0"
    assert move(filled, server.url).passages == 5


def test_a_collection_of_another_model_or_another_index_is_left_alone(filled: Settings, server: Double) -> None:
    ServerStore(server.client, "yiju-1", 7)
    with pytest.raises(BadSetting, match=r"yiju-1 is there already.*dimension 7"):
        move(filled, server.url)
    server.client.delete_collection("yiju-1")
    ServerStore(server.client, "yiju-1", 256).upsert([entry("stranger", 0, (1.0, *[0.0] * 255))])
    with pytest.raises(BadSetting, match="document stranger"):
        move(filled, server.url)
    assert server.client.count("yiju-1").count == 1


def test_a_name_that_a_collection_has_is_not_taken_for_the_alias(filled: Settings, server: Double) -> None:
    ServerStore(server.client, "yiju", None)
    with pytest.raises(BadSetting, match="YIJU_QDRANT_COLLECTION"):
        move(filled, server.url)


def test_there_must_be_an_embedded_index_and_nobody_may_use_it(workplace: Open, tmp_path: Path, server: Double) -> None:
    with pytest.raises(BadSetting, match="no embedded index"):
        move(Settings(data=tmp_path / "empty"), server.url)
    add(workplace(), TEXT)
    with pytest.raises(Held):
        move(Settings(data=tmp_path / "data"), server.url)


def test_an_index_of_no_passages_can_be_moved(workplace: Open, close_all: CloseAll, server: Double) -> None:
    data = workplace().settings.data
    close_all()
    assert move(Settings(data=data), server.url).passages == 0


def test_the_command_says_which_setting_comes_next(filled: Settings, server: Double) -> None:
    run = CliRunner().invoke(app, ["migrate", "--to", server.url, "--data", str(filled.data)])
    assert run.exit_code == 0, run.output
    assert f"YIJU_QDRANT_URL={server.url}" in run.output
    assert "5 passages are in yiju-1" in run.output


def test_a_server_that_goes_in_mid_query_is_a_503_that_says_so(
    workplace: Open, filled: Settings, server: Double
) -> None:
    move(filled, server.url)
    place = workplace(qdrant_url=server.url)
    client = TestClient(build_app(place.assistant, place.ingester(), api_key=None, most_bytes=2**20))
    assert client.post("/search", json={"question": "滨海试验场"}).status_code == 200
    server.dies_at = 0
    for path, body in (("/search", {}), ("/ask", {}), ("/ask", {"stream": True})):
        response = client.post(path, json={"question": "滨海试验场", **body})
        assert response.status_code == 503
        assert "YIJU_QDRANT_URL" in response.json()["detail"]
    assert client.get("/health/ready").status_code == 503

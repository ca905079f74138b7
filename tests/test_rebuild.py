"""The index is built again while it answers and is written to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from assistant.api.app import build_app
from assistant.rebuilding import Job, asked_settings
from assistant.settings import Settings, read_settings
from assistant.wiring import Workplace
from conftest import add
from corpus.errors import BadInput, BadSetting, Held, NotFound, Unavailable
from indexing.store import Scope
from indexing.tokeniser import term_id
from qdrant_double import running

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning")

Open = Callable[..., Workplace]
TEXT = "# 渡轮办法{n}\n\n一、票务\n\n第{n}号船票自购买之日起30天内有效。\n"


class Characters:
    """An embedder by name: "characters-8" counts characters in 8 places. With a gate it waits there."""

    def __init__(self, name: str) -> None:
        self.name, self.dimension = f"{name}@1", int(name.rpartition("-")[2])
        self.gate: threading.Event | None = None
        self.reached = threading.Event()

    def embed_passages(self, texts: Sequence[str]) -> Any:
        self.reached.set()
        if self.gate is not None:
            assert self.gate.wait(60)
        return np.array([self.embed_question(text) for text in texts], np.float32)

    def embed_question(self, text: str) -> Any:
        vector = np.full(self.dimension, 1e-3, np.float32)
        for character in text:
            vector[zlib.crc32(character.encode()) % self.dimension] += 1
        return vector / np.linalg.norm(vector)


@pytest.fixture(autouse=True)
def embedders(monkeypatch: pytest.MonkeyPatch) -> dict[str, Characters]:
    known: dict[str, Characters] = {name: Characters(name) for name in ("characters-4", "characters-8")}

    def load(settings: Settings) -> Characters | None:
        if settings.embedder == "broken":
            raise BadSetting("there is no model 'broken'", "没有模型 broken")
        return None if settings.embedder == "none" else known[settings.embedder]

    monkeypatch.setattr("assistant.wiring._embedder", load)
    return known


@pytest.fixture
def place(workplace: Open) -> Workplace:
    place = workplace(embedder="characters-4")
    for n in range(6):
        add(place, TEXT.replace("{n}", str(n)), f"{n}.md")
    return place


def finished(job: Job) -> Job:
    deadline = time.monotonic() + 60
    while job.state == "running":
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return job


def rebuilt(place: Workplace, **asked: object) -> Job:
    job = finished(place.rebuilder.start(asked))
    assert (job.state, job.error) == ("done", None)
    return job


def in_step(place: Workplace) -> bool:
    """Whether store, catalogue and statistics agree, and no generation lies about but the one in use."""
    counted = place.index.statistics.counts([term_id("票务")], ["own"])[1]
    folders = [path.name for path in place.settings.data.glob("index-*")]
    stored = place.store.count(Scope())
    return stored == place.catalogue.passages() == counted and folders == [f"index-{place.generation}"]


def test_an_index_takes_another_model_without_being_closed(workplace: Open, place: Workplace) -> None:
    assistant = place.assistant
    before = {s.id for s in place.catalogue.summaries()}
    job = rebuilt(place, embedder="characters-8", passage_tokens=64)
    assert (job.done, job.total) == (6, 6)
    assert place.index.embedder is not None
    assert place.index.embedder.dimension == 8
    assert len(assistant.search("船票", top_k=3)) == 3, "who had the index already reads the new one"
    assert {s.id for s in place.catalogue.summaries()} == before
    assert in_step(place)
    place = workplace(embedder="characters-8", passage_tokens=64)
    assert in_step(place)
    with pytest.raises(BadSetting, match=r"characters-8@1.*characters-4@1.*--rebuild"):
        workplace(embedder="characters-4", passage_tokens=64)


def test_the_old_index_answers_and_takes_documents_until_the_new_one_is_complete(
    place: Workplace, embedders: dict[str, Characters]
) -> None:
    slow = embedders["characters-8"]
    slow.gate = threading.Event()
    documents = {s.source: s.id for s in place.catalogue.summaries()}
    job = place.rebuilder.start({"embedder": "characters-8"})
    assert slow.reached.wait(30)
    assert place.assistant.index.embedder is embedders["characters-4"]
    assert place.assistant.search("船票", top_k=2)
    added = add(place, TEXT.replace("{n}", "新增"), "new.md")
    place.index.remove(documents["5.md"])
    replaced = add(place, "# 渡轮办法0\n\n一、票务\n\n船票当日有效。\n", "0.md")
    place.index.set_fields(documents["3.md"], {"title": "摆渡船守则", "status": "withdrawn"})
    assert added in {hit.document_id for hit in place.assistant.search("新增号船票")}
    with pytest.raises(Held, match="already"):
        place.rebuilder.start({})
    slow.gate.set()
    assert finished(job).state == "done"
    assert in_step(place)
    current = {s.source: s.id for s in place.catalogue.summaries()}
    assert current == {**{k: v for k, v in documents.items() if k != "5.md"}, "new.md": added, "0.md": replaced}
    for document_id in current.values():
        assert place.store.count(Scope(documents=(document_id,))) == 1
    assert place.store.count(Scope(statuses=("withdrawn",))) == 1
    assert any(hit.document_id == documents["3.md"] for hit in place.assistant.search("摆渡船守则", top_k=1))


def test_what_a_rebuild_counts_is_what_adding_would_have_counted(place: Workplace) -> None:
    terms = [term_id(term) for term in ("船票", "票务", "当日")]
    add(place, "# 渡轮办法0\n\n一、票务\n\n船票当日有效。\n", "0.md")
    before = place.index.statistics.counts(terms, ["own"])
    rebuilt(place)
    assert place.index.statistics.counts(terms, ["own"]) == before


def test_questions_and_writers_go_on_through_a_switch(place: Workplace) -> None:
    stop, failures, asked = threading.Event(), list[BaseException](), list[int]()

    def ask() -> None:
        try:
            while not stop.is_set():
                asked.append(len(place.assistant.search("船票", top_k=3)))
        except BaseException as error:  # noqa: BLE001 - whatever a thread meets fails the test
            failures.append(error)

    readers = [threading.Thread(target=ask) for _ in range(2)]
    for reader in readers:
        reader.start()
    for name in ("characters-8", "characters-4", "characters-8"):
        job = place.rebuilder.start({"embedder": name})
        while job.state == "running":
            add(place, TEXT.replace("{n}", f"{time.monotonic_ns()}"), f"{time.monotonic_ns()}.md")
        assert job.state == "done"
    stop.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert set(asked) == {3}
    assert in_step(place)


def test_who_reads_keeps_the_old_store_until_done(place: Workplace) -> None:
    with place.index.reading() as old:
        rebuilt(place, embedder="characters-8")
        assert old.store.count(Scope()) == 6
        assert (place.settings.data / "index-1").is_dir()
    assert in_step(place)


def test_a_model_that_can_t_be_loaded_leaves_all_as_it_was(place: Workplace) -> None:
    job = finished(place.rebuilder.start({"embedder": "broken"}))
    assert job.state == "failed"
    assert isinstance(job.error, BadSetting)
    assert in_step(place)
    assert place.assistant.search("船票")


def test_a_rebuild_that_fails_on_its_way_leaves_nothing_behind(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_self: Characters, _texts: Sequence[str]) -> Any:
        raise Unavailable("the endpoint is gone", "端点没有应答")

    monkeypatch.setattr(Characters, "embed_passages", gone)
    job = finished(place.rebuilder.start({"embedder": "characters-8"}))
    assert (job.state, str(job.error)) == ("failed", "the endpoint is gone")
    assert in_step(place)


def test_closing_stops_a_rebuild(workplace: Open, place: Workplace, embedders: dict[str, Characters]) -> None:
    slow = embedders["characters-8"]
    slow.gate = threading.Event()
    job = place.rebuilder.start({"embedder": "characters-8"})
    assert slow.reached.wait(30)
    threading.Timer(0.2, slow.gate.set).start()
    place.close()
    assert job.state == "stopped"
    assert in_step(workplace(embedder="characters-4"))


@pytest.mark.parametrize("name", ["api_key", "data", "embedder_api_key", "colour"])
def test_only_what_an_index_is_built_with_can_be_asked_for(place: Workplace, name: str) -> None:
    with pytest.raises(BadInput, match=r"embedder.*passage_tokens"):
        place.rebuilder.start({name: "x"})
    with pytest.raises(BadSetting, match="passage_tokens"):
        place.rebuilder.start({"passage_tokens": 3})


def test_the_documents_can_t_be_sent_to_another_address(place: Workplace) -> None:
    with pytest.raises(BadSetting, match="YIJU_EMBEDDER_URL can't be changed while the server runs"):
        place.rebuilder.start({"embedder_url": "http://192.0.2.1"})


def test_a_command_asks_for_what_was_set_and_for_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked_settings(read_settings({})) == {}
    monkeypatch.setenv("YIJU_EMBEDDER_API_KEY", "secret")
    monkeypatch.setenv("YIJU_EMBEDDER", "characters-8")
    monkeypatch.setenv("YIJU_API_KEY", "secret")
    assert asked_settings(read_settings({})) == {"embedder": "characters-8"}


def test_the_api_starts_a_rebuild_for_who_has_the_key_and_says_how_far_it_is(place: Workplace) -> None:
    app = build_app(place.assistant, place.ingester(), api_key="k", most_bytes=2**20, rebuilder=place.rebuilder)
    client = TestClient(app, raise_server_exceptions=False)
    key = {"Authorization": "Bearer k"}
    assert client.post("/rebuild", json={}).status_code == 401
    wrong = client.post("/rebuild", json={"settings": {"colour": "red"}}, headers=key)
    assert (wrong.status_code, "passage_tokens" in wrong.json()["detail"]) == (400, True)
    started = client.post("/rebuild", json={"settings": {"embedder": "broken"}}, headers=key)
    assert started.status_code == 202
    finished(place.rebuilder.job(started.json()["id"]))
    said = client.get(f"/jobs/{started.json()['id']}", headers={**key, "Accept-Language": "zh"}).json()
    assert (said["state"], said["error"]) == ("failed", "没有模型 broken")
    assert client.get("/jobs/none", headers=key).status_code == 404
    with pytest.raises(NotFound):
        place.rebuilder.job("none")


def test_an_index_on_a_server_is_rebuilt_too_and_its_alias_follows(workplace: Open) -> None:
    with running() as server:
        place = workplace(embedder="characters-4", qdrant_url=server.url)
        add(place, TEXT, "a.md")
        rebuilt(place, embedder="characters-8")
        assert [(a.alias_name, a.collection_name) for a in server.client.get_aliases().aliases] == [("yiju", "yiju-2")]
        assert [c.name for c in server.client.get_collections().collections] == ["yiju-2"]
        assert place.assistant.search("船票")
        place.close()


def test_an_empty_index_and_one_of_a_single_passage_can_be_rebuilt(workplace: Open) -> None:
    place = workplace(embedder="characters-4")
    rebuilt(place, embedder="characters-8")
    assert place.assistant.search("船票") == ()
    add(place, TEXT, "a.md")
    rebuilt(place, embedder="characters-4")
    assert len(place.assistant.search("船票")) == 1
    assert in_step(place)


KILLED = """
import sys, threading, time
from pathlib import Path
from assistant.settings import Settings
from assistant.wiring import Workplace
place = Workplace(Settings(data=Path(sys.argv[1]), samples="never", embedder="none"))
import indexing.rebuild
entries = indexing.rebuild.entries
def slow(*given):
    made = entries(*given)
    print("built", flush=True)
    time.sleep(30)
    return made
indexing.rebuild.entries = slow
place.rebuilder.start({"passage_tokens": 64})
threading.Event().wait(60)
"""


def test_after_kill_9_the_old_index_is_in_use_and_the_half_built_one_is_removed(workplace: Open) -> None:
    place = workplace(embedder="none")
    for n in range(3):
        add(place, TEXT.replace("{n}", str(n)), f"{n}.md")
    data = place.settings.data
    place.close()
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(data)], stdout=subprocess.PIPE, text=True, env=env)
    assert child.stdout is not None
    assert child.stdout.readline() == "built\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert (data / "index-2").is_dir()
    place = workplace(embedder="none")
    assert (place.generation, in_step(place)) == (1, True)
    assert place.assistant.search("船票")

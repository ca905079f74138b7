"""Conversations are kept, read by follow-ups, and looked after over the API."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from assistant.api.app import build_app
from assistant.conversation.conversations import FILE, Conversations
from assistant.core import Question
from assistant.recording import Recorder
from assistant.wiring import Workplace
from conftest import add
from corpus.errors import Corrupt, NotFound
from cpu_time import cpu_within

TEXT = "# 渡轮办法\n\n北岸渡口每天开船20班。\n\n南岸渡口每天开船35班。\n"
FIRST, THEN, MEANT = "上海渡口每天开船多少班？", "那江苏呢？", "江苏渡口每天开船多少班？"


@pytest.fixture
def place(workplace: Callable[..., Workplace]) -> Workplace:
    place = workplace()
    add(place, TEXT, "ferry.md")
    return place


def client_of(place: Workplace, key: str | None = None) -> TestClient:
    app = build_app(place.assistant, place.ingester(), api_key=key, most_bytes=2**20, conversations=place.conversations)
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def client(place: Workplace) -> Iterator[TestClient]:
    with client_of(place) as client:
        yield client


def ask(client: TestClient, question: str, **more: object) -> dict[str, str]:
    answer: dict[str, str] = client.post("/ask", json={"question": question, **more}).json()
    return answer


def test_a_follow_up_in_a_conversation_is_read_with_what_was_said_there(client: TestClient) -> None:
    first = ask(client, FIRST)
    then = ask(client, THEN, conversation_id=first["conversation_id"])
    assert (then["question"], then["standalone_question"]) == (THEN, MEANT)
    assert ask(client, THEN)["standalone_question"] == THEN
    other = [{"role": "user", "content": "四川渡口在哪里？"}]
    told = ask(client, THEN, conversation_id=first["conversation_id"], history=other)
    assert told["standalone_question"] == "江苏渡口在哪里？"


def test_a_conversation_holds_its_answers_in_full_and_in_order(client: TestClient) -> None:
    answers = [ask(client, FIRST, conversation_id="甲/1"), ask(client, THEN, conversation_id="甲/1")]
    kept = client.get("/conversations/甲/1").json()
    assert [turn["answer"] for turn in kept["said"]] == answers
    assert [turn["standalone_question"] for turn in kept["said"]] == [FIRST, MEANT]
    assert (kept["title"], kept["turns"]) == (FIRST, 2)
    assert kept["created"] <= kept["said"][0]["answered"] <= kept["said"][1]["asked"] <= kept["updated"]


def test_conversations_are_listed_newest_first_by_pages_and_found_by_their_words(client: TestClient) -> None:
    ids = [ask(client, question)["conversation_id"] for question in (FIRST, "渡輪辦法 ABC？", "100% 的班次？")]
    ask(client, THEN, conversation_id=ids[0])
    listed = client.get("/conversations").json()
    assert [row["id"] for row in listed["conversations"]] == [ids[0], ids[2], ids[1]]
    page = client.get("/conversations", params={"limit": 1, "offset": 1}).json()
    assert ([row["id"] for row in page["conversations"]], page["total"]) == ([ids[2]], 3)
    for words, found in (
        ("渡轮办法 ａｂｃ", [ids[1]]),
        ("100%", [ids[2]]),
        ("江苏", [ids[0]]),
        ("_", []),
        ("没说过", []),
    ):
        rows = client.get("/conversations", params={"q": words}).json()["conversations"]
        assert [row["id"] for row in rows] == found


def test_a_conversation_is_renamed_and_deleted_with_all_that_was_said(client: TestClient) -> None:
    ident = ask(client, FIRST)["conversation_id"]
    assert client.patch(f"/conversations/{ident}", json={"title": " 渡口  ABC "}).json()["title"] == "渡口 ABC"
    assert client.get("/conversations", params={"q": "abc"}).json()["total"] == 1
    assert client.delete(f"/conversations/{ident}").status_code == 204
    assert client.get(f"/conversations/{ident}").status_code == 404
    assert client.get("/conversations").json() == {"conversations": [], "total": 0}
    assert ask(client, THEN, conversation_id=ident)["standalone_question"] == THEN


def test_bad_requests_are_problems(client: TestClient) -> None:
    for method, path, body, status in (
        ("GET", "/conversations/none", None, 404),
        ("DELETE", "/conversations/none", None, 404),
        ("PATCH", "/conversations/none", {"title": "甲"}, 404),
        ("PATCH", "/conversations/none", {"title": " "}, 400),
        ("PATCH", "/conversations/none", {"title": "甲" * 201}, 400),
        ("PATCH", "/conversations/none", {"title": "\ud800"}, 422),
        ("PATCH", "/conversations/none", {}, 422),
        ("GET", "/conversations?limit=0", None, 422),
        ("GET", "/conversations?offset=-1", None, 422),
    ):
        response = client.request(method, path, content=json.dumps(body), headers={"content-type": "application/json"})
        assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
        assert response.json()["detail"]


def test_a_wrong_role_is_named_and_two_messages_of_one_role_are_fine(client: TestClient) -> None:
    roles = ("user", "system")
    wrong = {"question": THEN, "history": [{"role": role, "content": "甲"} for role in roles]}
    response = client.post("/ask", json=wrong)
    assert response.status_code == 422
    assert "history.1.role ('system')" in response.json()["detail"]
    twice = [{"role": "user", "content": "您好"}, {"role": "user", "content": FIRST}]
    assert ask(client, THEN, history=twice)["standalone_question"] == MEANT


def test_a_history_of_500_turns_is_answered(client: TestClient) -> None:
    turn = [{"role": "user", "content": FIRST}, {"role": "assistant", "content": "20班。"}]
    with cpu_within(5):
        assert ask(client, THEN, history=turn * 500)["standalone_question"] == MEANT


def test_a_stream_is_recorded_also_where_its_reader_has_gone(place: Workplace) -> None:
    store = place.conversations
    assert store is not None
    recorder = Recorder(place.assistant, store)
    events = recorder.stream(Question(FIRST, conversation_id="gone"))
    next(events)
    events.close()  # type: ignore[attr-defined]
    deadline = time.monotonic() + 20
    while not store.history("gone") and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [m.role for m in store.history("gone")] == ["user", "assistant"]


def test_a_streamed_answer_can_be_looked_up_and_bad_input_keeps_its_status(client: TestClient) -> None:
    told = client.post("/ask", json={"question": FIRST, "stream": True}).text
    answer = json.loads(told.split("event: answer\ndata: ")[1])
    kept = client.get(f"/conversations/{answer['conversation_id']}").json()
    assert kept["said"][0]["answer"] == answer
    assert client.post("/ask", json={"question": " ", "stream": True}).status_code == 400


def test_conversations_outlive_a_restart(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    add(place, TEXT)
    with client_of(place) as client:
        ident = ask(client, FIRST)["conversation_id"]
    with client_of(workplace()) as client:
        assert ask(client, THEN, conversation_id=ident)["standalone_question"] == MEANT


def test_nothing_is_kept_where_that_is_set_and_the_routes_say_so(
    workplace: Callable[..., Workplace], tmp_path: Path
) -> None:
    place = workplace(conversations="none")
    add(place, TEXT)
    with client_of(place) as client:
        ident = ask(client, FIRST, conversation_id="c1")["conversation_id"]
        assert ident == "c1"
        assert ask(client, THEN, conversation_id=ident)["standalone_question"] == THEN
        for response in (client.get("/conversations"), client.get("/conversations/c1")):
            assert response.status_code == 404
            assert "YIJU_CONVERSATIONS=keep" in response.json()["detail"]
    assert not (tmp_path / "data" / FILE).exists()


def test_the_access_key_holds_for_conversations(place: Workplace) -> None:
    with client_of(place, key="secret") as client:
        assert client.get("/conversations").status_code == 401
        assert client.delete("/conversations/c1").status_code == 401
        assert client.get("/conversations", headers={"Authorization": "Bearer secret"}).status_code == 200


def test_many_turns_at_once_are_all_kept(place: Workplace) -> None:
    store = place.conversations
    assert store is not None
    recorder = Recorder(place.assistant, store)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(recorder.ask, [Question(FIRST, conversation_id="one")] * 24))
    assert store.summary("one").turns == 24
    assert len(store.turns("one")) == 24


def test_a_long_conversation_is_read_within_the_token_budget(place: Workplace) -> None:
    store = place.conversations
    assert store is not None
    for n in range(30):
        answer = place.assistant.ask(Question(FIRST, conversation_id="long"))
        store.add(answer.model_copy(update={"text": f"第{n}次 " + "班次" * 400}), datetime.now(UTC))
    history = store.history("long")
    assert 2 <= len(history) < 20
    assert history[-1].content.startswith("第29次")


def test_a_file_that_is_none_of_ours_is_refused_with_what_to_do(tmp_path: Path) -> None:
    junk = tmp_path / "junk.sqlite"
    junk.write_bytes(b"no database at all" * 100)
    with pytest.raises(Corrupt, match="move it away"):
        Conversations(junk)
    later = tmp_path / "later.sqlite"
    with sqlite3.connect(later) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(Corrupt, match="later version"):
        Conversations(later)
    store = Conversations(tmp_path / FILE)
    with pytest.raises(NotFound):
        store.get("c1")
    store.close()

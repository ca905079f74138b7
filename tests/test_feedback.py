"""What people say of answers is kept with the answer, listed, and made into evaluation records."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from assistant.api.app import build_app
from assistant.core import Question
from assistant.feedback import FILE, FeedbackStore
from assistant.wiring import Workplace
from conftest import add
from corpus.errors import BadInput, Corrupt
from eval.cli import app
from eval.feedback import proposed, read_feedback
from eval.making.annotate import Decided, accept, annotate, read_items
from eval.questions import load_set

TEXT = "# 灯塔章程\n\n一、数量\n\n北岸共有灯塔12座，由航标处管理。\n\n二、开放\n\n灯塔于2021年6月1日开放。\n"
QUESTION = "北岸共有多少座灯塔？"


@pytest.fixture
def place(workplace: Callable[..., Workplace]) -> Workplace:
    place = workplace()
    add(place, TEXT, "light.md")
    return place


@pytest.fixture
def client(place: Workplace) -> Iterator[TestClient]:
    app = build_app(place.assistant, place.ingester(), api_key=None, most_bytes=2**20, feedback=place.feedback)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def answer(client: TestClient) -> dict[str, Any]:
    answer: dict[str, Any] = client.post("/ask", json={"question": QUESTION}).json()
    assert answer["answered"]
    return answer


def say(client: TestClient, given: dict[str, Any], verdict: str = "down", **more: object) -> Any:
    return client.post("/feedback", json={"answer_id": given["id"], "verdict": verdict, "answer": given, **more})


def test_feedback_is_kept_with_its_answer_and_listed_newest_first(client: TestClient, answer: dict[str, Any]) -> None:
    first = say(client, answer, "up").json()
    second = say(client, answer, reason="incomplete", comment=" 还应有管理单位\n", citation=1).json()
    assert (second["citation"], second["comment"], second["question"]) == (1, "还应有管理单位", QUESTION)
    listed = client.get("/feedback").json()
    assert ([f["id"] for f in listed["feedback"]], listed["total"]) == ([second["id"], first["id"]], 2)
    assert client.get("/feedback", params={"reason": "incomplete"}).json()["total"] == 1
    page = client.get("/feedback", params={"limit": 1, "offset": 1, "answer_id": answer["id"]}).json()
    assert ([f["id"] for f in page["feedback"]], page["total"]) == ([first["id"]], 2)
    assert client.get(f"/feedback/{second['id']}").json()["answer"] == answer
    assert client.delete(f"/feedback/{second['id']}").status_code == 204
    assert [f["id"] for f in client.get("/feedback").json()["feedback"]] == [first["id"]]


def test_feedback_that_can_t_be_used_is_a_problem_that_says_why(client: TestClient, answer: dict[str, Any]) -> None:
    forged = {**answer, "citations": [{**answer["citations"][0], "quote": "北岸没有灯塔。"}]}
    cases = [
        (say(client, answer, "sideways"), 422, "verdict"),
        (say(client, answer, reason="ugly"), 422, "reason"),
        (say(client, answer, comment="x" * 2001), 422, "comment"),
        (say(client, answer, citation=99), 400, "99"),
        (say(client, answer, citation=0), 422, "citation"),
        (say(client, answer, answer=None), 404, "answer"),
        (say(client, answer, answer=None, conversation_id="c"), 404, "answer"),
        (say(client, answer, answer_id="other"), 400, "answer_id"),
        (say(client, answer, answer=forged), 409, "citation 1"),
        (say(client, answer, surprise=1), 422, "surprise"),
        (client.post("/feedback", content=b"{"), 422, ""),
        (client.get("/feedback?limit=0"), 422, "limit"),
        (client.get("/feedback/none"), 404, "none"),
        (client.delete("/feedback/none"), 404, "none"),
    ]
    for reply, status, said in cases:
        assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json"), reply.text
        assert said in reply.json()["detail"]
    half = json.dumps({"answer_id": answer["id"], "verdict": "up", "answer": answer, "comment": "\ud800"})
    headers = {"Content-Type": "application/json"}
    assert client.post("/feedback", content=half, headers=headers).status_code == 422
    assert client.get("/feedback").json()["total"] == 0


def test_feedback_outlives_a_restart(
    workplace: Callable[..., Workplace], client: TestClient, answer: dict[str, Any]
) -> None:
    kept = say(client, answer, "up").json()["id"]
    assert workplace().feedback.get(kept).answer.id == answer["id"]


@pytest.mark.parametrize("data", [b"no database at all" * 99, None])
def test_a_file_that_holds_no_feedback_of_this_program_is_said_to(tmp_path: Path, data: bytes | None) -> None:
    file = tmp_path / FILE
    if data is None:
        import sqlite3

        connection = sqlite3.connect(file)
        connection.execute("PRAGMA user_version = 99")
        connection.close()
    else:
        file.write_bytes(data)
    with pytest.raises(Corrupt, match=FILE):
        FeedbackStore(file)


def test_a_right_answer_proposes_its_record_and_a_wrong_one_a_question(place: Workplace, tmp_path: Path) -> None:
    right, wrong = (place.assistant.ask(Question(text)) for text in (QUESTION, "灯塔哪一年开放？"))
    refused = place.assistant.ask(Question("红烧肉怎么做？"))
    for answer in (right, refused):
        place.feedback.add(answer, "up")
    place.feedback.add(wrong, "up")
    place.feedback.add(wrong, "down", "outdated", "应为\n2022年", citation=1)
    made = proposed(read_feedback(place.settings.data))
    assert (made.records, made.questions) == (2, 1)
    record, unanswerable, question = map(json.loads, made.lines)
    assert record["nuggets"] == [["12座"]]
    assert record["evidence"][0]["source"] == "light.md"
    assert (unanswerable["answerable"], unanswerable["question"]) == (False, refused.question)
    assert (question["verdict"], question["reason"]) == ("down", "outdated — citation 1 (灯塔章程) — 应为 2022年")

    file = tmp_path / "feedback.jsonl"
    done = CliRunner().invoke(app, ["feedback", "--out", str(file), "--data", str(place.settings.data)])
    assert done.exit_code == 0, done.output
    items = read_items(file)
    assert [bool(item.record) for item in items] == [True, True, False]
    annotate(items[:2], Decided(tmp_path / "set.jsonl"), accept)
    assert [q.question for q in load_set(str(tmp_path / "set.jsonl")).questions] == [QUESTION, refused.question]


def test_without_feedback_there_is_nothing_to_make_records_of(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no feedback"):
        read_feedback(tmp_path)
    FeedbackStore(tmp_path / FILE).close()
    with pytest.raises(BadInput, match="no feedback"):
        read_feedback(tmp_path)

"""The HTTP contract (DESIGN section 6), on the app itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from assistant.api.app import build_app
from assistant.core import Question
from assistant.wiring import Workplace
from conftest import add

TEXT = "# 渡轮办法\n\n一、票务\n\n船票自购买之日起30天内有效。每人可免费携带一件行李。\n"
QUESTION = "船票购买后多少天内有效？"
KEYS = {
    "answer": "id conversation_id question standalone_question answered reason text statements citations hits "
    "interrupted models timings_ms label confidence",
    "statements": "text citations support supported outcome reason lead",
    "citations": "number document_id title source headings page start end quote score status until superseded_by",
    "hits": "document_id title source headings page start end text score rank also",
    "models": "embedder answerer reranker",
    "timings_ms": "retrieve answer verify total",
    "label": "ai_generated notice aigc",
}


@pytest.fixture
def place(workplace: Callable[..., Workplace]) -> Workplace:
    place = workplace(max_file_mb=1)
    add(place, TEXT, "ferry.md")
    return place


def client_of(place: Workplace, key: str | None = None) -> TestClient:
    app = build_app(place.assistant, place.ingester(), api_key=key, most_bytes=2**20)
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def client(place: Workplace) -> Iterator[TestClient]:
    with client_of(place) as client:
        yield client


def test_ask_returns_the_contract_s_object_and_its_citations_resolve(client: TestClient) -> None:
    answer = client.post("/ask", json={"question": QUESTION, "conversation_id": "c1"}).json()
    assert set(answer) == set(KEYS["answer"].split())
    for part in ("statements", "citations", "hits"):
        assert answer[part]
        assert all(set(row) == set(KEYS[part].split()) for row in answer[part])
    for part in ("models", "timings_ms", "label"):
        assert set(answer[part]) == set(KEYS[part].split())
    assert (answer["answered"], answer["reason"], answer["conversation_id"]) == (True, None, "c1")
    assert "30天" in answer["text"]
    for c in answer["citations"]:
        span = client.get(f"/documents/{c['document_id']}/text", params={"start": c["start"], "end": c["end"]}).json()
        assert span["text"] == c["quote"]


def test_a_question_from_curl_needs_no_content_type(client: TestClient) -> None:
    body = json.dumps({"question": QUESTION}).encode()
    for headers in ({"content-type": "application/x-www-form-urlencoded"}, {}):
        assert "30天" in client.post("/ask", content=body, headers=headers).json()["text"]


def test_a_refusal_has_a_reason_and_the_nearest_hits(client: TestClient) -> None:
    answer = client.post("/ask", json={"question": "船票办法是否规定机场安检？请列出机场安检的全部步骤"}).json()
    assert (answer["answered"], answer["reason"]) == (False, "not_in_documents")
    assert answer["hits"]


def test_the_stream_ends_with_the_same_answer(client: TestClient, place: Workplace) -> None:
    lines = client.post("/ask", json={"question": QUESTION, "stream": True}).text.split("\n\n")
    events = [(e.split("\n")[0][7:], json.loads(e.split("\n")[1][6:])) for e in lines if e]
    assert [name for name, _ in events] == ["sources", "delta", "answer"]
    whole = events[-1][1]
    assert "".join(data["text"] for name, data in events if name == "delta") == whole["text"]
    direct = json.loads(place.assistant.ask(Question(QUESTION)).model_dump_json())
    for answer in (whole, direct):
        assert answer["label"]["aigc"].pop("ProduceID") == answer.pop("id")
        for changing in ("conversation_id", "timings_ms"):
            answer.pop(changing)
    assert whole == direct


BAD: list[tuple[str, str, dict[str, object], int]] = [
    ("POST", "/ask", {"json": {"question": ""}}, 400),
    ("POST", "/ask", {"json": {"question": " \n "}}, 400),
    ("POST", "/ask", {"json": {"question": "长" * 34_000}}, 400),
    ("POST", "/ask", {"json": {"question": "", "stream": True}}, 400),
    ("POST", "/ask", {"content": b'{"question": "a"' + b" " * 2_000_000 + b"}"}, 413),
    ("POST", "/ask", {"content": b"{not json", "headers": {"content-type": "application/json"}}, 422),
    ("POST", "/ask", {"json": ["question"]}, 422),
    ("POST", "/ask", {"json": {}}, 422),
    ("POST", "/ask", {"json": {"question": None}}, 422),
    ("POST", "/ask", {"json": {"question": "a", "colour": "red"}}, 422),
    ("POST", "/ask", {"json": {"question": "a", "filters": {"colour": "red"}}}, 422),
    ("POST", "/ask", {"json": {"question": "a", "filters": {"as_of": "31.12.2025"}}}, 422),
    ("POST", "/ask", {"json": {"question": "a", "top_k": 0}}, 422),
    ("POST", "/ask", {"json": {"question": "a", "top_k": 10_000}}, 422),
    ("POST", "/ask", {"json": {"question": "a", "top_k": "many"}}, 422),
    ("POST", "/ask", {"json": {"question": "a", "answerer": "magic"}}, 422),
    ("POST", "/ask", {"json": {"question": "a", "answerer": "generative"}}, 400),
    ("POST", "/ask", {"json": {"question": "a", "history": [{"role": "system", "content": "x"}]}}, 422),
    ("POST", "/search", {"json": {"question": ""}}, 400),
    ("POST", "/ask", {"content": b'{"question": "\\ud800"}'}, 422),
    ("POST", "/ask", {"content": b'{"question": "a", "conversation_id": "\\ud800"}'}, 422),
    ("POST", "/search", {"content": b'{"question": "a", "filters": {"number": "\\ud800"}}'}, 422),
    ("POST", "/search", {"json": {"question": "a", "filters": {"as_of": 0}}}, 422),
    ("POST", "/search", {"json": {"question": "a", "filters": {"tags": 5}}}, 422),
    ("POST", "/ask", {"json": {"question": "a", "stream": "maybe"}}, 422),
    ("POST", "/search", {"json": {"question": "a", "top_k": 51}}, 422),
    ("GET", "/documents/nobody", {}, 404),
    ("GET", "/documents/nobody/text", {}, 404),
    ("DELETE", "/documents/nobody", {}, 404),
    ("POST", "/documents", {}, 422),
    ("POST", "/documents", {"files": {"file": ("a.exe", b"MZ")}}, 415),
    ("POST", "/documents", {"files": {"file": ("a.txt", b"")}}, 400),
    ("POST", "/documents", {"files": {"file": ("a.txt", b"\0\1\2")}}, 400),
    ("POST", "/documents", {"files": {"file": ("a.txt", "é".encode("latin-1") * 50)}}, 400),
    ("POST", "/documents", {"files": {"file": ("a.txt", b"a" * (2**20 + 9))}}, 413),
    ("GET", "/nowhere", {}, 404),
    ("GET", "/ask", {}, 405),
]


@pytest.mark.parametrize(("method", "path", "content", "status"), BAD)
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_bad_input_gets_a_problem_that_says_what_to_do(
    client: TestClient, method: str, path: str, content: dict[str, object], status: int, language: str
) -> None:
    headers = {**content.get("headers", {}), "Accept-Language": language}  # type: ignore[dict-item]
    response = client.request(method, path, **{**content, "headers": headers})  # type: ignore[arg-type]
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert len(problem["detail"]) > 8
    assert "Traceback" not in response.text
    assert any("一" <= c <= "鿿" for c in problem["detail"]) == (language == "zh-CN")


@pytest.mark.parametrize("span", [{"start": 5, "end": 2}, {"start": 0, "end": 10**6}, {"start": -1}])
def test_a_span_outside_the_document_is_refused(client: TestClient, place: Workplace, span: dict[str, int]) -> None:
    document = place.catalogue.summaries()[0].id
    assert client.get(f"/documents/{document}/text", params=span).status_code in (400, 422)


def test_a_body_that_does_not_say_its_length_is_bounded_too(client: TestClient) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 65_536

    assert client.post("/ask", content=endless()).status_code == 413


def test_a_document_s_life_over_http(client: TestClient) -> None:
    form = {"files": {"file": ("库.md", "# 仓库\n\n每周三盘点。\n".encode())}, "data": {"uri": "file:///库.md"}}
    added = client.post("/documents", **form)  # type: ignore[arg-type]
    assert (added.status_code, added.json()["outcome"]) == (201, "added")
    again = client.post("/documents", **form)  # type: ignore[arg-type]
    assert (again.status_code, again.json()["outcome"]) == (200, "unchanged")
    document = added.json()["document_id"]
    assert document in {d["id"] for d in client.get("/documents").json()["documents"]}
    assert client.get(f"/documents/{document}").json()["metadata"]["title"] == "仓库"
    assert client.get(f"/documents/{document}/text").json()["text"] == "仓库\n\n每周三盘点。"
    assert client.delete(f"/documents/{document}").status_code == 204
    assert client.get(f"/documents/{document}").status_code == 404
    found = client.post("/search", json={"question": "盘点"}).json()["hits"]
    assert document not in {hit["document_id"] for hit in found}


def test_health_and_documentation_answer_and_ask_nothing_of_the_outside(client: TestClient) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}
    assert client.get("/health/ready").json()["passages"] > 0
    page = client.get("/docs").text
    assert "https://" not in page.replace("https://fastapi.tiangolo.com/img/favicon.png", "")
    assert set(client.get("/openapi.json").json()["paths"]) >= {"/ask", "/search", "/documents", "/health/ready"}


def test_with_a_key_nothing_is_had_without_it(place: Workplace) -> None:
    key = "correct horse"
    with client_of(place, key) as client:
        assert client.get("/health/live").status_code == 200
        refused = client.post("/ask", json={"question": QUESTION})
        assert (refused.status_code, refused.headers["content-type"]) == (401, "application/problem+json")
        assert client.get("/documents", headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert client.get("/documents", headers={"Authorization": f"Bearer {key}"}).status_code == 200
        page = client.get("/docs", headers={"Accept": "text/html", "Accept-Language": "zh"})
        assert (page.status_code, "密钥" in page.text) == (401, True)
        wrong = client.post("/sign-in", data={"key": "guess"}, headers={"Accept": "text/html"})
        assert (wrong.status_code, key in wrong.text) == (401, False)
        signed = client.post("/sign-in", data={"key": key}, follow_redirects=False)
        cookie = signed.headers["set-cookie"].lower()
        assert (signed.status_code, "httponly" in cookie, "samesite=strict" in cookie) == (303, True, True)
        assert key not in signed.headers["set-cookie"]
        assert client.get("/documents").status_code == 200


def test_other_web_sites_can_neither_write_nor_read(place: Workplace) -> None:
    app = build_app(place.assistant, place.ingester(), api_key=None, most_bytes=2**20, local_only=True)
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        upload = {"files": {"file": ("a.md", "# 甲\n\n乙。\n".encode())}}
        assert client.post("/documents", **upload, headers={"Origin": "https://evil.example"}).status_code == 403  # type: ignore[arg-type]
        assert client.post("/documents", **upload, headers={"Origin": "http://127.0.0.1:8000"}).status_code == 201  # type: ignore[arg-type]
        assert client.get("/documents", headers={"Host": "evil.example"}).status_code == 403
        assert client.get("/documents", headers={"Host": "localhost:8000"}).status_code == 200


def test_a_file_s_name_that_a_form_can_t_carry_is_sent_by_itself(client: TestClient) -> None:
    form = {"files": {"file": ("x.md", "# 换行\n\n内容。\n".encode())}, "data": {"name": 'a\n"b".md', "uri": "test:x"}}
    assert client.post("/documents", **form).json()["source"] == 'a\n"b".md'  # type: ignore[arg-type]


def test_a_wrong_sidecar_is_named(client: TestClient) -> None:
    files = {"file": ("a.md", "# 甲\n\n乙。\n".encode()), "sidecar": ("a.meta.yaml", b"status: fine\n")}
    assert "of the sidecar a.meta.yaml:" in client.post("/documents", files=files).json()["detail"]

"""What a question that can't be answered as it is gets over HTTP, at once and streamed, in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from assistant.api.app import build_app
from assistant.core import Assistant
from assistant.generating.generative import Writer
from assistant.settings import Settings
from assistant.wiring import Workplace, language_model
from conftest import add
from scripted_model import ScriptedModel

TEXT = "---\nregion: 北岸市\nlanguage: zh\ndate: 2024-05-01\n---\n\n# 渡轮办法\n\n一、票务\n\n船票自购买之日起30天内有效。\n"
QUESTION = "船票购买后多少天内有效？"
OWN_WORDS = "船票自购买之日起30天内有效。"
NO_DOCUMENT = {"zh": "没有文件同时符合所选的全部条件", "en": "No document meets all the filters together"}
NOTHING_TO_SEARCH = {"zh": "没有可供检索的词语", "en": "nothing in this question to search for"}


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedModel]:
    served = ScriptedModel()
    yield served
    served.close()


@pytest.fixture(scope="module")
def place(model: ScriptedModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    data = tmp_path_factory.mktemp("questions")
    opened = Workplace(
        Settings(data=data, samples="never", llm="openai_like", llm_url=model.url, llm_model="scripted", llm_timeout=30)
    )
    add(opened, TEXT, "ferry.md")
    yield opened
    opened.close()


def client_of(place: Workplace, **changed: object) -> TestClient:
    settings = place.settings.model_copy(update=changed)
    assistant = Assistant(place.index, writer=Writer(language_model(settings)), samples="never")
    app = build_app(assistant, place.ingester(), api_key=None, most_bytes=2**20)
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def client(place: Workplace) -> Iterator[TestClient]:
    with client_of(place) as client:
        yield client


def told(client: TestClient, reads: str, **asked: object) -> tuple[int, dict[str, str]]:
    """The status and what is said, which is the same where it is streamed: there the status stands in the event."""
    body, headers = {"question": QUESTION, **asked}, {"accept-language": reads}
    response = client.post("/ask", json=body, headers=headers)
    said: dict[str, str] = response.json()
    streamed = client.post("/ask", json={**body, "stream": True}, headers=headers)
    if streamed.headers["content-type"].startswith("text/event-stream"):
        name, _, data = streamed.text.strip().rpartition("\n\n")[2].partition("\ndata: ")
        assert name == ("event: answer" if response.status_code == 200 else "event: error")
        last = json.loads(data)
        assert [last.get(key) for key in ("text", "detail")] == [said.get(key) for key in ("text", "detail")]
        assert last.get("status", 200) == response.status_code
    else:
        assert (streamed.status_code, streamed.json()) == (response.status_code, said)
    return response.status_code, said


@pytest.mark.parametrize("reads", ["zh", "en"])
@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ({"history": [{"role": "system", "content": "甲"}]}, ("history.0.role ('system')", "'user'", "'assistant'")),
        ({"history": [{"role": "user", "content": "甲"}] * 1001}, ("history", "1000")),
        ({"history": "甲"}, ("history", "列表|list")),
        ({"history": ["甲"]}, ("history.0", "JSON")),
        ({"top_k": 0}, ("top_k (0)", "1")),
        ({"top_k": 1.5}, ("top_k (1.5)", "整数|integer")),
        ({"answerer": "oracle"}, ("answerer ('oracle')", "'extractive'")),
        ({"filters": {"status": ["gone"]}}, ("filters.status.0 ('gone')", "'withdrawn'")),
        ({"filters": {"as_of": "2025-02-31"}}, ("filters.as_of", "2025-01-31")),
        ({"filters": {"region": "北岸市", "colour": "red"}}, ("colour", "region")),
        ({"conversation_id": "c" * 201}, ("conversation_id", "200")),
    ],
)
def test_what_can_t_be_read_is_refused_with_the_values_that_can(
    client: TestClient, asked: dict[str, object], allowed: tuple[str, ...], reads: str
) -> None:
    status, said = told(client, reads, **asked)
    assert status == 422
    for part in allowed:
        assert part.split("|")[reads == "en" and "|" in part] in said["detail"]
    assert ("请求有误" in said["detail"]) == (reads == "zh")
    assert "Input should" not in said["detail"] or reads == "en"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "filters",
    [
        {"documents": ["no-such-id"]},
        {"region": ["北岸市"], "language": "en"},
        {"region": ["北岸市"], "tags": ["no-such-tag"]},
        {"as_of": "1000-01-01"},
    ],
)
def test_filters_that_no_document_meets_are_named_as_the_reason(
    client: TestClient, filters: dict[str, object], language: str
) -> None:
    status, said = told(client, language, filters=filters, language=language, answerer="extractive")
    assert (status, said["answered"], said["reason"]) == (200, False, "not_in_documents")
    assert NO_DOCUMENT[language] in said["text"]
    assert not said["hits"]


@pytest.mark.parametrize("reads", ["zh", "en"])
@pytest.mark.parametrize("question", ["？？！！", "...", "🎉👨‍👩‍👧", "\u200b"])
def test_a_question_of_signs_is_answered_in_the_language_that_the_asker_reads(
    client: TestClient, model: ScriptedModel, question: str, reads: str
) -> None:
    model.plays(OWN_WORDS)
    status, said = told(client, reads, question=question)
    assert (status, said["reason"]) == (200, "too_vague")
    assert NOTHING_TO_SEARCH[reads] in said["text"]
    assert model.prompts == []


def test_a_question_in_a_script_that_is_not_read_is_told_the_languages_that_are(client: TestClient) -> None:
    for question in ("Сколько дней действует билет?", "표는 며칠 동안 유효합니까?", "كم يوما؟"):
        status, said = told(client, "en", question=question)
        assert (status, said["answered"]) == (200, False)
        assert "in Chinese and in English" in said["text"]
    _, said = told(client, "en", question="Combien de jours le billet est-il valable ?", answerer="extractive")
    assert not said["answered"]
    assert "asking in Chinese may find more" in said["text"]


def test_thanks_are_no_question_and_no_model_is_asked_about_them(client: TestClient, model: ScriptedModel) -> None:
    model.plays(QUESTION)
    history = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": OWN_WORDS}]
    for thanks in ("谢谢！", "好的，明白了", "OK, thanks a lot", "您好"):
        _, said = told(client, "zh", question=thanks, history=history)
        assert (said["reason"], said["standalone_question"]) == ("too_vague", thanks)
    assert model.prompts == []


FAILURES = [
    ({"status": 401, "error": "bad key"}, 502, "YIJU_LLM_API_KEY"),
    ({"status": 404, "error": "no such model"}, 502, "YIJU_LLM_MODEL"),
    ({"status": 429}, 503, "ask again later|请稍后再问"),
    ({"status": 500}, 502, "ask again later|请稍后再问"),
    ({"drops": True}, 503, "YIJU_LLM_URL"),
]


@pytest.mark.parametrize("reads", ["zh", "en"])
@pytest.mark.parametrize(("how", "status", "advice"), FAILURES)
def test_a_model_that_fails_is_a_problem_where_it_must_answer_and_else_an_interruption(
    client: TestClient, model: ScriptedModel, how: dict[str, object], status: int, advice: str, reads: str
) -> None:
    model.plays(**how)
    got, said = told(client, reads, answerer="generative")
    assert got == status
    assert advice.split("|")[reads == "zh" and "|" in advice] in said["detail"]
    assert ("语言模型 scripted" in said["detail"]) == (reads == "zh")
    got, said = told(client, reads)
    assert got == 200
    assert OWN_WORDS in said["text"]
    assert "语言模型 scripted" in said["interrupted"], "in the language of the question"


@pytest.mark.parametrize("reads", ["zh", "en"])
@pytest.mark.parametrize(
    ("changed", "status", "advice"),
    [
        ({"llm_url": "http://127.0.0.1:9/v1"}, 503, "YIJU_LLM_URL"),
        ({"llm_context": 2048, "llm_tokens": 2000}, 503, "YIJU_LLM_CONTEXT"),
        ({"llm_timeout": 0.3}, 504, "YIJU_LLM_TIMEOUT"),
    ],
    ids=["unreachable", "a window smaller than a passage", "silent"],
)
def test_a_model_that_can_t_be_asked_is_named_with_the_setting(
    place: Workplace, model: ScriptedModel, changed: dict[str, object], status: int, advice: str, reads: str
) -> None:
    model.plays(stalls=True)
    with client_of(place, **changed) as client:
        got, said = told(client, reads, answerer="generative")
    assert (got, said["title"]) == (status, {503: "Service Unavailable", 504: "Gateway Timeout"}[status])
    assert advice in said["detail"]
    assert ("语言模型" in said["detail"]) == (reads == "zh")

"""Answers taken away as files: what they say can be read back, and nothing in them runs."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import docx
import pytest
import yaml
from lxml import etree
from markdown_it import MarkdownIt
from starlette.testclient import TestClient

from assistant.answers import Answer, Statement
from assistant.api.app import build_app
from assistant.core import Assistant, Question
from assistant.exporting.exports import export_of, written
from assistant.exporting.markdown import line, paragraph
from assistant.exporting.words import Form, file_name
from assistant.wiring import Workplace
from conftest import add
from corpus.errors import Unresolved

TEXT = (
    "---\nnumber: 港〔2024〕7号\ndate: 2024-03-01\nstatus: trial\n---\n# 渡轮办法\n\n一、票务\n\n"
    "船票自购买之日起30天内有效。每人可免费携带一件行李。\n"
)
QUESTION = "船票购买后多少天内有效？"
NASTY = "# x\n<script>alert(1)</script> [a](javascript:b) ![i](http://e/x.png) https://e.org www.e.org `c` | d\n1. e"
FIELDS = ["Label", "ContentProducer", "ProduceID", "ReservedCode1", "ContentPropagator", "PropagateID", "ReservedCode2"]


@pytest.fixture
def place(workplace: Callable[..., Workplace]) -> Workplace:
    place = workplace(producer="港务局")
    add(place, TEXT, "ferry.md")
    return place


@pytest.fixture
def assistant(place: Workplace) -> Assistant:
    return place.assistant


@pytest.fixture
def answer(assistant: Assistant) -> Answer:
    answer = assistant.ask(Question(QUESTION))
    assert answer.answered
    return answer


@pytest.fixture
def client(place: Workplace, assistant: Assistant) -> Iterator[TestClient]:
    app = build_app(assistant, place.ingester(), api_key=None, most_bytes=2**20)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def file_of(assistant: Assistant, form: Form, *answers: Answer, title: str = "船票") -> bytes:
    return written(export_of(title, answers, assistant, producer="港务局", number="n1"), form)


def property_of(data: bytes) -> dict[str, str]:
    """The AIGC label of a Word file, from the file's own bytes."""
    root = etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("docProps/custom.xml"))
    (held,) = root.xpath("//*[local-name()='property'][@name='AIGC']/*/text()")
    label: dict[str, str] = json.loads(held)
    return label


def test_every_answer_has_the_label_of_gb_45438_with_the_digest_of_its_text(answer: Answer) -> None:
    assert answer.label.aigc is not None
    label = answer.label.aigc.model_dump()
    assert list(label) == FIELDS
    assert (label["Label"], label["ContentProducer"], label["ProduceID"]) == ("1", "港务局", answer.id)
    assert label["ReservedCode1"] == "sha256:" + hashlib.sha256(answer.text.encode()).hexdigest()


def test_markdown_has_the_label_the_notice_and_numbered_references(assistant: Assistant, answer: Answer) -> None:
    text = file_of(assistant, "md", answer).decode()
    front = yaml.safe_load(text.split("---\n")[1])
    assert (list(front["AIGC"]), front["AIGC"]["ContentProducer"], front["lang"]) == (FIELDS, "港务局", "zh")
    body = text.split("---\n", 2)[2]
    assert body.index(answer.label.notice) < body.index(QUESTION)
    assert f"{answer.statements[0].text} \\[1\\]" in body
    assert "\\[1\\] 《渡轮办法》，港〔2024〕7号，2024-03-01，试行" in body
    assert f"> {answer.citations[0].quote}" in body


def test_a_word_file_has_the_label_as_a_property_and_the_words_as_text(assistant: Assistant, answer: Answer) -> None:
    data = file_of(assistant, "docx", answer)
    assert list(label := property_of(data)) == FIELDS
    assert (label["ProduceID"], label["ContentProducer"]) == ("n1", "港务局")
    document = docx.Document(io.BytesIO(data))
    said = [paragraph.text for paragraph in document.paragraphs]
    assert answer.label.notice in said[1]
    assert f"{answer.statements[0].text} [1]" in said
    assert answer.citations[0].quote in said
    assert (document.core_properties.title, document.core_properties.language) == ("船票", "zh-CN")


def test_json_has_all_of_it(assistant: Assistant, answer: Answer) -> None:
    found = json.loads(file_of(assistant, "json", answer, answer))
    assert (list(found["AIGC"]), found["notices"], len(found["turns"])) == (FIELDS, [answer.label.notice], 2)
    (reference,) = [r for r in found["turns"][0]["references"] if r["number"] == 1]
    assert (reference["document_number"], reference["date"]) == ("港〔2024〕7号", "2024-03-01")
    assert reference["quote"] == answer.citations[0].quote


@pytest.mark.parametrize("form", ["md", "docx", "json"])
def test_what_is_not_supported_or_not_answered_says_so(assistant: Assistant, answer: Answer, form: Form) -> None:
    doubtful = Statement(
        text="船票60天内有效。", citations=(1,), support=0.1, supported=False, outcome="not", reason="60 不在原文中"
    )
    refused = assistant.ask(Question("火星上有几座灯塔？"))
    assert not refused.answered
    changed = answer.model_copy(update={"statements": (doubtful,), "interrupted": "模型中断"})
    data = file_of(assistant, form, changed, refused)
    if form == "docx":
        text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)
    else:
        text = data.decode()
    assert "60 不在原文中" in text
    assert "模型中断" in text
    for words in ('"outcome": "not"', '"answered": false') if form == "json" else ("所引原文未支持此句", "未作答"):
        assert words in text
    assert refused.text.split("\n")[0] in text


def test_an_english_answer_is_exported_in_english(place: Workplace) -> None:
    add(place, "# Ferry rules\n\nA ferry ticket is valid for 30 days after purchase.\n", "rules.md")
    answer = place.assistant.ask(Question("For how many days is a ferry ticket valid?"))
    text = file_of(place.assistant, "md", answer).decode()
    assert "AI-generated content." in text
    assert "### References" in text
    assert "“Ferry rules”" in text


def test_no_markup_of_a_document_a_question_or_a_model_is_left_to_run(place: Workplace) -> None:
    quote = "<img src=x onerror=alert(1)> 船票[甲](javascript:alert)有效30天 https://e.org。"
    add(place, f"# 票务\n\n```\n{quote}\n```\n", "票<b>.txt")
    answer = place.assistant.ask(Question("船票有效多少天？"))
    nasty = Statement(text=NASTY, citations=(), support=0, supported=False, outcome="not", reason=NASTY)
    changed = answer.model_copy(update={"question": NASTY, "statements": (*answer.statements, nasty)})
    text = file_of(place.assistant, "md", changed, title=NASTY).decode()
    html = MarkdownIt("commonmark", {"html": True}).render(text.split("---\n", 2)[2])
    assert set(re.findall(r"<(\w+)", html)) <= {"h1", "h2", "h3", "p", "em", "strong", "blockquote", "br"}
    assert "&lt;script&gt;" in html
    assert "https://" not in text.split("---\n", 2)[2]


@pytest.mark.parametrize("text", [NASTY, "1. a\n- b\n=== c\n> d", "a*b*_c_ ~~d~~ \\", "甲\u2028乙", "  5) x"])
def test_escaped_text_reads_as_it_was(text: str) -> None:
    html = MarkdownIt("commonmark").render(paragraph(text))
    seen = re.sub(r"<[^>]*>", "", html).replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    assert seen.split() == text.split()
    assert re.findall(r"<(\w+)", html.replace("<br", "")) == ["p"]
    assert "\n" not in line(text)


def test_characters_that_break_xml_or_turn_its_reading_are_left_out_of_a_word_file(
    assistant: Assistant, answer: Answer
) -> None:
    bad = "a\x00b\x0bc\u202ed\ufffee\u200bf" + "长" * 300
    data = file_of(assistant, "docx", answer.model_copy(update={"question": bad}), title=bad)
    said = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)
    assert "ab cdef" in said


def test_an_answer_is_exported_over_the_api_under_a_name_in_utf_8(client: TestClient) -> None:
    answer = client.post("/ask", json={"question": QUESTION}).json()
    for form, media in (("md", "text/markdown"), ("docx", "application/vnd."), ("json", "application/json")):
        reply = client.post("/export", params={"format": form}, json=answer)
        assert (reply.status_code, reply.headers["content-type"].startswith(media)) == (200, True)
        disposition = reply.headers["content-disposition"]
        assert disposition.startswith(f'attachment; filename="yiju.{form}"')
        assert unquote(disposition.rpartition("''")[2]) == f"船票购买后多少天内有效？.{form}"
    assert property_of(client.post("/export?format=docx", json=answer).content)["ContentProducer"] == "港务局"


def test_a_conversation_that_is_kept_is_exported_whole(place: Workplace) -> None:
    app = build_app(
        place.assistant, place.ingester(), api_key=None, most_bytes=2**20, conversations=place.conversations
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        for question in (QUESTION, "每人可免费携带几件行李？"):
            client.post("/ask", json={"question": question, "conversation_id": "甲/乙"})
        found = client.get("/conversations/甲/乙/export?format=json").json()
        assert [turn["question"] for turn in found["turns"]] == [QUESTION, "每人可免费携带几件行李？"]
        assert (found["title"], found["AIGC"]["ProduceID"]) == (QUESTION, "甲/乙")
        assert client.get("/conversations/none/export").status_code == 404


def test_where_nothing_is_answered_only_passages_that_stand_where_they_say_are_listed(assistant: Assistant) -> None:
    refused = assistant.ask(Question("火星上有几座灯塔，船票多少钱？", top_k=2))
    if refused.answered:
        refused = refused.model_copy(update={"answered": False, "statements": (), "citations": ()})
    hit = refused.hits[0]
    forged = replace(hit, text="船票永久有效。"), replace(hit, headings=("伪造",))
    (turn,) = export_of("t", (refused.model_copy(update={"hits": forged}),), assistant, producer="p", number="n").turns
    assert [(near.quote, near.headings) for near in turn.nearest] == [(hit.text, hit.headings)]


def test_an_answer_whose_words_are_not_in_the_documents_is_refused(client: TestClient) -> None:
    answer = client.post("/ask", json={"question": QUESTION}).json()
    first = answer["citations"][0]
    cases: list[tuple[dict[str, Any], int]] = [
        ({**answer, "citations": [{**first, "quote": "船票永久有效。"}]}, 409),
        ({**answer, "citations": [{**first, "start": -9, "end": 10**9}]}, 409),
        ({**answer, "citations": [{**first, "document_id": "f" * 16}]}, 409),
        ({**answer, "citations": []}, 409),
        ({**answer, "citations": [first, first]}, 409),
        ({**answer, "text": 5}, 422),
        ({"question": "x"}, 422),
    ]
    for sent, status in cases:
        reply = client.post("/export", json=sent)
        assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json"), sent
    assert client.post("/export?format=pdf", json=answer).status_code == 422
    half = json.dumps(answer).replace(json.dumps(QUESTION), '"\\ud800"')
    assert client.post("/export", content=half, headers={"Content-Type": "application/json"}).status_code == 422


def test_what_rested_on_a_removed_document_is_left_out_of_a_kept_conversation(
    place: Workplace, assistant: Assistant, answer: Answer
) -> None:
    place.index.remove(answer.citations[0].document_id)
    with pytest.raises(Unresolved):
        export_of("t", (answer,), assistant, producer="p", number="n", strict=True)
    text = file_of(assistant, "md", answer, title="t").decode()
    assert "30天" not in text
    assert "文件已不在库中" in text
    assert "30天" not in file_of(assistant, "json", answer, title="t").decode()


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("../../etc/passwd", "etc passwd.md"),
        ('a/b\\c:d*e?f"g<h>i|j\n\u202ek', "a b c d e f g h i j k.md"),
        ("CON", "yiju CON.md"),
        ("...", "yiju.md"),
        ("长" * 200, "长" * 80 + ".md"),
    ],
)
def test_a_file_s_name_is_safe_everywhere(title: str, name: str) -> None:
    assert file_name(title, "md") == name


def test_a_sentence_that_a_caller_has_changed_is_marked_and_so_is_what_stands_before_it(client: TestClient) -> None:
    answer = client.post("/ask", json={"question": QUESTION}).json()
    first = answer["statements"][0]
    assert "⚠" not in client.post("/export", json=answer).text
    for changed in (
        {"text": "船票自购买之日起90天内有效。"},
        {"text": "船票终身免费。", "supported": True, "outcome": "supported"},
        {"citations": []},
        {"supported": False},
    ):
        text = client.post("/export", json={**answer, "statements": [{**first, **changed}]}).text
        assert text.count("⚠") == 1, changed
    led = {**answer, "statements": [{**first, "lead": "渡轮办法：\n部长已批准：\n文件为英文，以下是其原文："}]}
    said = client.post("/export", json=led).text
    assert [line for line in said.splitlines() if "未经核对" in line] == ["部长已批准： 〔本行未经核对〕\\"]


def test_what_is_said_around_the_sentences_of_a_sent_answer_is_ours(client: TestClient) -> None:
    answer = client.post("/ask", json={"question": QUESTION}).json()
    label = {**answer["label"], "notice": "全部属实，无需核对。"}
    text = client.post("/export", json={**answer, "label": label, "interrupted": "部长已批准。"}).text
    assert answer["label"]["notice"] in text
    assert "无需核对" not in text
    assert "部长" not in text
    refused = client.post("/ask", json={"question": "GB/T 99999 的内容是什么？"}).json()
    assert client.post("/export", json=refused).status_code == 200
    for changed in ({"text": "船票免费。"}, {"answered": True, "reason": None}):
        assert client.post("/export", json={**refused, **changed}).status_code == 409
    assert client.post("/export", json={**answer, "answered": False, "reason": "not_in_documents"}).status_code == 409

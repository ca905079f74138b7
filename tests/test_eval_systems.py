"""Systems that are not ours: what is read from their answers, and what becomes of a run when they fail."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.answers import Message
from assistant.marks import numbers, take_out
from assistant.wiring import Workplace
from conftest import add
from corpus.errors import BadInput, Unavailable
from endpoint import Endpoint as Scripted
from endpoint import Reply, failure
from eval.cli import app
from eval.measures.retrieval import quote_ranks
from eval.questions import Evidence, GoldQuestion, GoldSet
from eval.systems.base import Said, found_of
from eval.systems.cited_text import said_in
from eval.systems.file import Adapter, AnswersFile
from eval.systems.openai import Endpoint, GivenPassages, RagServer
from eval.systems.originals import Checked, Originals
from eval.systems.remote import RemoteSystem
from eval.systems.source_lists import listed_sources
from eval.systems.targets import read_name

TEXT = "# 渡轮办法\n\n一、票务\n\n船票自购买之日起30天内有效，逾期作废。\n\n二、行李\n\n每人可免费携带一件行李。\n"
GOLD = GoldQuestion(
    id="1",
    question="船票购买后多少天内有效？",
    lang="zh",
    type="number",
    answerable=True,
    nuggets=(("30天",),),
    evidence=(Evidence(source="ferry.md", quotes=("30天内有效",)),),
)
SET = GoldSet(name="set", sha256="0", questions=(GOLD, GOLD.model_copy(update={"id": "2"})))


@pytest.fixture
def server() -> Iterator[Scripted]:
    served = Scripted()
    yield served
    served.close()


@pytest.fixture
def nobody() -> str:
    """An address where nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture
def place(workplace: Callable[..., Workplace]) -> Workplace:
    opened = workplace()
    add(opened, TEXT, "ferry.md")
    return opened


def endpoint(url: str) -> Endpoint:
    return Endpoint(url, "m", api_key=None, timeout=5, sleep=lambda _: None)


@pytest.fixture
def given(place: Workplace, server: Scripted) -> Iterator[GivenPassages]:
    system = GivenPassages(endpoint(server.url), place.assistant)
    yield system
    system.close()


@pytest.fixture
def rag(server: Scripted) -> Iterator[RagServer]:
    system = RagServer(endpoint(server.url))
    yield system
    system.close()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("船票30天内有效[1]。行李一件[2]。", [("船票30天内有效。", (1,)), ("行李一件。", (2,))]),
        ("船票30天内有效。[1] 行李一件。[2][3]", [("船票30天内有效。", (1,)), ("行李一件。", (2, 3))]),
        ("Valid for 30 days.[1]Bags are free [2, 4].", [("Valid for 30 days.", (1,)), ("Bags are free.", (2, 4))]),
        ("A【１】，B［2］。", [("A，B。", (1, 2))]),
        ("Both [1], [2] and [^3].", [("Both and.", (1, 2, 3))]),
        ("[1] 第一条。\n[2] 第二条。", [("第一条。", (1,)), ("第二条。", (2,))]),
        ("第一条。\n[2]\n第三条。", [("第一条。", (2,)), ("第三条。", ())]),
        ("- **30 days** [1-3]\n- one bag [citation:2]", [("30 days", (1, 2, 3)), ("one bag", (2,))]),
        ("〔2024〕113号[2024]有效。", [("〔2024〕113号[2024]有效。", ())]),
        ("<think>maybe [9]</think>30 days [1].\n\nReferences:\n[1] ferry.md", [("30 days.", (1,))]),
        ("文件中没有说明", []),
        ("The documents don’t say, so I don’t know.", []),
        ("30天[1]。其余文件中没有说明。", [("30天。", (1,))]),
        ("没有提及大模型[1]。", [("没有提及大模型。", (1,))]),
        ("[1]", []),
        ("", []),
    ],
)
def test_a_text_is_cut_into_sentences_with_what_each_cites(text: str, said: list[tuple[str, tuple[int, ...]]]) -> None:
    assert [(s.text, s.citations) for s in said_in(text)] == said


def test_marks_give_numbers_in_order_and_a_range_has_an_end() -> None:
    assert numbers("[3] [1、2] [1和2] [来源 5] [9-2]") == [3, 1, 2, 5]
    assert len(numbers("[1-999]")) == 21
    assert take_out("a [1]b")[0] == "a b"


def test_a_model_is_given_our_passages_and_its_numbers_stand_for_them(given: GivenPassages, server: Scripted) -> None:
    server.says("<think>let me see</think>30天内有效[1]，行李一件[7]。")
    response = given.ask(GOLD.model_copy(update={"history": (Message(role="user", content="你好"),)}))
    assert response.said == (Said(text="30天内有效，行李一件。", citations=(1, 7)),)
    (cited,) = response.cited
    assert cited.resolves
    assert "30天内有效" in cited.quote
    assert cited.quote == response.found[0].text
    assert (response.tokens, response.answered, response.error) == (7, True, None)
    path, body = server.asked[0].path, server.asked[0].body
    messages = body["messages"]
    assert isinstance(messages, list)
    assert path == "/chat/completions"
    assert [m["role"] for m in messages] == ["user", "user"]
    assert messages[0]["content"] == "你好"
    assert '<passage n="1">' in messages[1]["content"]


def test_a_text_without_marks_is_an_answer_that_cites_nothing(given: GivenPassages, server: Scripted) -> None:
    server.says("30天内有效。")
    response = given.ask(GOLD)
    assert response.answered
    assert (response.said[0].citations, response.cited) == ((), ())


def test_the_documented_sentence_is_a_refusal_in_either_language(given: GivenPassages, server: Scripted) -> None:
    for text in ("文件中没有说明。", "NOT IN THE DOCUMENTS"):
        server.says(text)
        response = given.ask(GOLD)
        assert (response.answered, response.said, response.error) == (False, (), None)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ((500, b"broken"), "HTTP 500"),
        ((400, b'{"error": "no such model"}'), "no such model"),
        ((200, b"<html>hello</html>"), "no JSON"),
        ((200, b"\xff\xfe\x00"), "no JSON"),
        ((200, b"[]"), "no object"),
        ((200, b""), "no JSON"),
        ((200, b'{"choices": []}'), "no chat completion"),
        ((200, b'{"choices": [{"message": {"content": null}}]}'), "no chat completion"),
        ((200, b'{"choices": [{"message": {"content": " "}}]}'), "empty"),
    ],
)
def test_a_question_that_fails_is_an_error_and_the_next_one_is_asked(
    rag: RagServer, server: Scripted, reply: tuple[int, bytes], why: str
) -> None:
    server.replies = [Reply(reply[0], (reply[1],))]
    response = rag.ask(GOLD)
    assert why in (response.error or "")
    assert not response.answered
    server.says("30天[1]。")
    assert rag.ask(GOLD).error is None


def test_a_busy_server_is_asked_again(rag: RagServer, server: Scripted) -> None:
    server.says("30天。")
    server.replies = [failure(429), failure(503), *server.replies]
    assert rag.ask(GOLD).error is None
    assert len(server.asked) == 3


def test_an_address_where_nothing_listens_is_out_of_reach(nobody: str) -> None:
    for system in (RagServer(endpoint(nobody)), RemoteSystem(nobody, sleep=lambda _: None)):
        with pytest.raises(Unavailable, match="--target"):
            system.ask(GOLD)
        system.close()


def test_a_wrong_key_is_said_at_once_and_later_is_one_question_s_failure(rag: RagServer, server: Scripted) -> None:
    server.replies = [failure(401)]
    with pytest.raises(Unavailable, match="YIJU_LLM_API_KEY"):
        rag.ask(GOLD)
    server.says("30天。")
    rag.ask(GOLD)
    server.replies = [failure(401)]
    assert "401" in (rag.ask(GOLD).error or "")


def test_a_rival_is_sent_the_conversation_only_and_its_list_is_read(rag: RagServer, server: Scripted) -> None:
    server.says("30天[2]。", sources=[{"content": "无关", "title": "a.md"}, {"content": "30天内有效", "title": "b.md"}])
    response = rag.ask(GOLD)
    assert server.asked[0].body["messages"] == [{"role": "user", "content": GOLD.question}]
    assert [(c.number, c.source, c.quote) for c in response.cited] == [(2, "b.md", "30天内有效")]
    assert [found.source for found in response.found] == ["a.md", "b.md"]


@pytest.mark.parametrize(
    ("reply", "listed"),
    [
        ({"citations": ["words", "https://example.org/a"]}, [(1, "", "words"), (2, "https://example.org/a", "")]),
        ({"citations": [], "context": [{"text": "w", "url": "u"}]}, [(1, "u", "w")]),
        (
            {"choices": [{"message": {"context": {"citations": [{"content": "w", "filepath": "f"}]}}}]},
            [(1, "f", "w")],
        ),
        ({"reference": {"chunks": {"9": {"content": "w", "document_name": "d"}}}}, [(1, "d", "w")]),
        ({"sources": [{"source": {"name": "s"}, "document": ["w", "x"]}]}, [(1, "s", "w\nx")]),
        ({"sources": [{"index": 4, "quote": "w"}, {"index": "2", "quote": "x"}]}, [(4, "", "w"), (2, "", "x")]),
        ({"sources": [{"index": 0, "quote": "w"}, {"index": 1, "quote": "x"}]}, [(1, "", "w"), (2, "", "x")]),
        ({"sources": "none", "choices": 3}, []),
        ({"sources": [None, 3]}, [(1, "", ""), (2, "", "")]),
    ],
)
def test_lists_of_sources_are_read_in_the_forms_that_servers_give_them(
    reply: dict[str, object], listed: list[tuple[int, str, str]]
) -> None:
    assert [(c.number, c.source, c.quote) for c in listed_sources(reply)] == listed


def answers(path: Path, *records: object) -> AnswersFile:
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in records), "utf-8")
    return AnswersFile(path, SET)


def test_answers_made_elsewhere_are_read_and_their_quotes_looked_up(tmp_path: Path, place: Workplace) -> None:
    record = {
        "id": 1,
        "text": "30天[1]，或60天[2][3]。",
        "citations": [
            {"number": 1, "source": "ferry.md", "quote": "30天内有效"},
            {"number": 2, "source": "ferry.md", "quote": "60天内有效"},
            {"number": 3, "source": "rail.md", "quote": "30天内有效"},
        ],
        "passages": [{"source": "ferry.md", "text": "30天内有效"}],
        "milliseconds": 12,
    }
    system = Checked(answers(tmp_path / "a.jsonl", record), Originals(place.assistant))
    response = system.ask(GOLD)
    assert response.said == (Said(text="30天，或60天。", citations=(1, 2, 3)),)
    assert [cited.resolves for cited in response.cited] == [True, False, False]
    assert response.milliseconds == {"total": 12}
    assert "no answer" in (system.ask(SET.questions[1]).error or "")


def test_a_document_may_be_named_by_path_and_by_title(place: Workplace) -> None:
    originals = Originals(place.assistant)
    assert all(originals.hold(name, "30天内有效") for name in ("docs/ferry.md", "渡轮办法", "《渡轮办法》", ""))
    assert not originals.hold("ferry.md", "")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('{"id": "9", "text": "x"}', "no question '9'"),
        ('{"id": "1", "text": "y"}', "already"),
        ('{"id": "2"}', "statements"),
        ('{"id": "2", "text": "x", "confidence": 7}', "confidence"),
        ('{"id": "2", "text": "x", "citations": [{"number": 1, "source": "a", "quote": "b"}, {"number": 1, "source": "a", "quote": "c"}]}', "same number"),
        ("nonsense", "JSON"),
    ],
)  # fmt: skip
def test_a_bad_line_of_answers_is_named(tmp_path: Path, line: str, what: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "1", "text": "x"}\n\n' + line, "utf-8")
    with pytest.raises(BadInput, match=f"line 3.*{what}") as error:
        AnswersFile(path, SET)
    assert "line 3" in error.value.zh


def adapter(path: Path, code: str) -> Adapter:
    path.write_text(code, "utf-8")
    return Adapter(path)


def test_an_adapter_is_asked_with_question_history_and_language(tmp_path: Path) -> None:
    code = """
def ask(question, history, lang):
    if not history:
        raise LookupError("no history")
    if lang == "en":
        return {"answer": question}
    return {"text": question + history[0]["content"] + lang, "confidence": 0.5}
"""
    system = adapter(tmp_path / "a.py", code)
    followup = GOLD.model_copy(update={"history": (Message(role="user", content="甲"),)})
    assert system.ask(followup).text == GOLD.question + "甲zh"
    assert system.ask(GOLD).error == "LookupError: no history"
    assert "text" in (system.ask(followup.model_copy(update={"lang": "en"})).error or "")
    system.close()


@pytest.mark.parametrize("code", ["x = 1", "raise SystemExit", "def ask(", "import no_such_module_of_ours"])
def test_a_file_that_is_no_adapter_is_said_to_be_none(tmp_path: Path, code: str) -> None:
    with pytest.raises(BadInput, match="no adapter"):
        adapter(tmp_path / "a.py", code)


@pytest.mark.parametrize(
    "target",
    ["", "yiju", "http://", "http://a:b", "http://u:p@host", "openai:http://a", "openai:#m", "rag:ftp://a#m", "file:", "ftp://a"],
)  # fmt: skip
def test_a_name_that_is_no_target_is_refused(target: str) -> None:
    with pytest.raises(BadInput, match="target"):
        read_name(target)


def test_our_own_server_is_asked_with_the_history_and_its_quotes_are_read_again(server: Scripted) -> None:
    citation = {
        "number": 1, "document_id": "0123456789abcdef", "title": "t", "source": "ferry.md", "headings": [], "page": None,
        "start": 0, "end": 5, "quote": "30天有效", "score": 1.0, "status": None, "until": None, "superseded_by": None,
    }  # fmt: skip
    answer = {
        "id": "a", "conversation_id": "c", "question": "q", "standalone_question": "q", "answered": True, "reason": None,
        "text": "30天有效 [1]", "statements": [{"text": "30天有效", "citations": [1], "support": 1, "supported": True}],
        "citations": [citation], "hits": [], "models": {"embedder": "none", "answerer": "x"},
        "timings_ms": {"retrieve": 1, "answer": 1, "verify": 0, "total": 2},
        "label": {"ai_generated": True, "notice": "n"},
    }  # fmt: skip
    said, text = (Reply(200, (json.dumps(body).encode(),)) for body in (answer, {"text": "30天有效"}))
    server.replies = [said, text, said, failure(404, b"{}"), said, failure(500)]
    system = RemoteSystem(server.url)
    followup = GOLD.model_copy(update={"history": (Message(role="user", content="甲"),)})
    assert [system.ask(followup).cited[0].resolves for _ in range(3)] == [True, False, None]
    assert server.asked[0].body["history"] == [{"role": "user", "content": "甲"}]
    server.replies = [failure(400, b'{"detail": "too long"}')]
    assert system.ask(GOLD).error == "too long"
    system.close()


def test_what_is_no_yiju_server_is_out_of_reach(server: Scripted) -> None:
    system = RemoteSystem(server.url)
    for reply in ((200, b'{"hello": 1}'), (404, b"?"), (401, b"?")):
        server.replies = [Reply(reply[0], (reply[1],))]
        with pytest.raises(Unavailable, match="--target"):
            system.ask(GOLD)
    system.close()


def test_a_run_over_a_file_needs_no_documents_and_keeps_what_failed(tmp_path: Path) -> None:
    questions = tmp_path / "set.jsonl"
    questions.write_text("\n".join(q.model_dump_json() for q in SET.questions), "utf-8")
    (tmp_path / "a.jsonl").write_text('{"id": "1", "text": "30天内有效[1]。"}', "utf-8")
    given = ["--set", str(questions), "--target", f"file:{tmp_path / 'a.jsonl'}", "--out", str(tmp_path / "run")]
    result = CliRunner().invoke(app, ["run", *given, "--json"])
    assert result.exit_code == 0, result.output
    rows = [json.loads(line) for line in (tmp_path / "run" / "results.jsonl").read_text("utf-8").splitlines()]
    assert [row["scores"]["nuggets"] for row in rows] == [1, 0]
    assert "1 of 2 questions failed" in result.stderr


CLAUSE = "申请人应当在三十个工作日内提交材料，逾期未提交的，视为放弃申请。"


def test_words_that_are_shown_once_count_as_found_in_every_document_that_has_them(
    workplace: Callable[..., Workplace],
) -> None:
    place = workplace()
    add(place, f"# 甲市办法\n\n{CLAUSE}\n", "first.md")
    add(place, f"# 乙市办法\n\n{CLAUSE}\n", "second.md")
    (found, *_) = found_of(place.assistant.search("申请人应当在几个工作日内提交材料？"))
    assert {found.source, *found.also} == {"first.md", "second.md"}
    evidence = tuple(Evidence(source=name, quotes=(CLAUSE,)) for name in ("first.md", "second.md", "third.md"))
    gold = GoldQuestion(
        id="q", question="?", lang="zh", type="fact", answerable=True, nuggets=(("三十",),), evidence=evidence
    )
    assert quote_ranks(gold, (found,)) == (1, 1, None)

"""Gold evidence as places in a document's file: what they are cut into, and what a wrong folder is told."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from pathlib import Path

import pytest
from typer.testing import CliRunner

import eval.linting.copying
from corpus.errors import BadInput
from eval.cli import app
from eval.linting.lint import lint_set
from eval.measures.retrieval import quote_ranks
from eval.questions import TYPES, Evidence, GoldQuestion, load_set, parse_question, set_texts
from eval.systems.base import Found

# Hard-wrapped, as text out of a PDF is, and with marks that the reader takes off.
POOL = "# 泳池规则\n\n成人票每张**25元**，\n\n儿童半价。泳池每周一闭馆换水。\n"
WORDS = "成人票每张**25元**，\n\n儿童半价"
CLOSED = "每周一闭馆"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def record(*spans: tuple[int, int], source: str = "pool.md", sha256: str = digest(POOL), **given: object) -> str:
    evidence = {"source": source, "sha256": sha256, "spans": spans}
    fields = {"id": "q1", "question": "泳池每周哪天闭馆？", "lang": "zh", "type": "fact", "answerable": True}
    return json.dumps({**fields, "nuggets": [["周一"]], "evidence": [evidence], **given}, ensure_ascii=False)


def place(words: str, text: str = POOL) -> tuple[int, int]:
    start = text.index(words)
    return start, start + len(words)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "pool.md").write_text(POOL, "utf-8", newline="\n")
    return folder


def a_set(tmp_path: Path, *lines: str) -> str:
    (tmp_path / "set.jsonl").write_text("\n".join(lines), "utf-8")
    return str(tmp_path / "set.jsonl")


def test_spans_become_the_words_that_stand_there(tmp_path: Path, corpus: Path) -> None:
    (gold,) = load_set(a_set(tmp_path, record(place(CLOSED), place("儿童半价"))), corpus).questions
    assert gold.quotes == (CLOSED, "儿童半价")
    assert gold.evidence[0] == Evidence(source="pool.md", quotes=gold.quotes)
    assert quote_ranks(gold, (Found(source="corpus/pool.md", text="泳池每周一闭馆换水。"),)) == (1, None)


def test_the_command_finds_the_passages_that_spans_are_in(tmp_path: Path, corpus: Path) -> None:
    name = a_set(tmp_path, record(place(CLOSED)))
    given = ["--set", name, "--corpus", str(corpus), "--data", str(tmp_path / "data"), "--json"]
    done = CliRunner().invoke(app, ["run", *given])
    assert done.exit_code == 0, done.output
    figures = {f["measure"]: f["value"] for f in json.loads(done.stdout)["figures"] if f["scope"] == "all"}
    assert figures["evidence@8"] == 1


def test_a_byte_order_mark_is_not_counted(tmp_path: Path, corpus: Path) -> None:
    data = POOL.encode("utf-8-sig")
    (corpus / "pool.md").write_bytes(data)
    line = record(place(CLOSED), sha256=hashlib.sha256(data).hexdigest()[:16])
    assert load_set(a_set(tmp_path, line), corpus).questions[0].quotes == (CLOSED,)


@pytest.mark.parametrize("change", [POOL + "\n", None], ids=["changed", "missing"])
def test_a_folder_without_the_very_file_is_told_so_in_both_languages(
    tmp_path: Path, corpus: Path, change: str | None
) -> None:
    if change is None:
        (corpus / "pool.md").unlink()
    else:
        (corpus / "pool.md").write_text(change, "utf-8")
    with pytest.raises(BadInput, match=r"pool\.md is not there, or not the UTF-8 text .* q1 .*--corpus") as caught:
        load_set(a_set(tmp_path, record(place(CLOSED))), corpus)
    assert "请取得该文件" in caught.value.zh
    assert digest(POOL) in caught.value.zh


def test_a_file_in_another_encoding_is_no_text_that_spans_count_in(tmp_path: Path, corpus: Path) -> None:
    data = POOL.encode("gb18030")
    (corpus / "pool.md").write_bytes(data)
    with pytest.raises(BadInput, match="not the UTF-8 text"):
        load_set(a_set(tmp_path, record((0, 3), sha256=hashlib.sha256(data).hexdigest()[:16])), corpus)


@pytest.mark.parametrize("span", [(3, 5000), (6, 8)], ids=["beyond", "blank"])
def test_a_span_without_words_is_named(tmp_path: Path, corpus: Path, span: tuple[int, int]) -> None:
    with pytest.raises(BadInput, match=rf"\[{span[0]}, {span[1]}\] of q1") as caught:
        load_set(a_set(tmp_path, record(span)), corpus)
    assert "请更正" in caught.value.zh


def test_spans_without_a_folder_ask_for_it(tmp_path: Path) -> None:
    name = a_set(tmp_path, record(place(CLOSED)))
    for read in (load_set, lambda name: lint_set(name, None)):
        with pytest.raises(BadInput, match="name their folder with --corpus") as caught:
            read(name)
        assert "--corpus" in caught.value.zh


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        ({"spans": [[0, 2]]}, "go together"),
        ({"sha256": digest(POOL), "quotes": ["a"]}, "go together"),
        ({"sha256": "short", "spans": [[0, 2]]}, "pattern"),
        ({"sha256": digest(POOL), "spans": [[5, 5]]}, "is empty"),
        ({"sha256": digest(POOL), "spans": [[-1, 5]]}, "greater than or equal to 0"),
        ({}, "neither quotes nor spans"),
    ],
)
def test_evidence_that_says_no_place_is_no_record(evidence: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        parse_question(record(evidence=[{"source": "pool.md", **evidence}]), "here")


def test_the_linter_cuts_first_and_names_the_questions_whose_files_are_others(tmp_path: Path, corpus: Path) -> None:
    right, wrong = record(place(CLOSED)), record((0, 2), id="q2", question="票价多少？", sha256="0" * 16)
    questions, findings = lint_set(a_set(tmp_path, right, wrong), corpus)
    assert [q.id for q in questions] == ["q1"]
    assert [(f.question, f.what) for f in findings if f.severity == "error"] == [("q2", "span")]


SENTENCE = "儿童半价。泳池每周一闭馆换水"
BEFORE = [{"role": "user", "content": "几点开门？"}]


@pytest.mark.parametrize(
    "given",
    [
        {"evidence": [{"source": "pool.md", "quotes": [SENTENCE]}]},
        {"question": f"{SENTENCE}，对吗？", "nuggets": [["闭馆换水"]]},
        {"history": [{"role": "user", "content": SENTENCE}]},
        {"history": BEFORE, "standalone": f"{SENTENCE}，对吗？"},
        {"nuggets": [[SENTENCE]]},
    ],
    ids=["quote", "question", "history", "standalone", "nugget"],
)
def test_more_than_a_term_copied_from_documents_that_only_places_are_given_of_is_found(
    tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, object]
) -> None:
    monkeypatch.setattr(eval.linting.copying, "LONGEST_TERM", 12)
    with_places = record(place(CLOSED), id="q0", question="泳池哪天换水？")
    _, findings = lint_set(a_set(tmp_path, with_places, record(place(CLOSED), **given)), corpus)
    assert [f.question for f in findings if f.what == "copied"] == ["q1"]


def test_a_title_may_be_named_at_any_length_and_documents_of_ones_own_be_quoted(
    tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eval.linting.copying, "LONGEST_TERM", 12)
    named = record(place(CLOSED), question=f"《{SENTENCE}》说的是哪天？")
    quoting = record(id="q2", evidence=[{"source": "pool.md", "quotes": [SENTENCE]}])
    for line in (named, quoting):
        _, findings = lint_set(a_set(tmp_path, line), corpus)
        assert [f.what for f in findings if f.what == "copied"] == []


def test_the_linter_says_where_the_reader_takes_words_off_that_a_span_holds(tmp_path: Path, corpus: Path) -> None:
    _, findings = lint_set(a_set(tmp_path, record(place(WORDS))), corpus)
    assert "quote" in {f.what for f in findings}


def test_spans_leave_no_trace_in_the_json_of_questions_without_them() -> None:
    gold = GoldQuestion.model_validate_json(record(evidence=[{"source": "pool.md", "quotes": [CLOSED]}]))
    assert gold.model_dump(mode="json")["evidence"] == [{"source": "pool.md", "quotes": [CLOSED]}]


@pytest.mark.parametrize(("lang", "answerable", "others"), [("zh", 420, 160), ("en", 240, 95)])
def test_the_reference_sets_hold_places_and_no_words_of_their_documents(
    lang: str, answerable: int, others: int
) -> None:
    ((where, text),) = set_texts(str(files("eval") / "sets" / f"reference.{lang}.jsonl"))
    asked = [parse_question(line, where) for line in text.splitlines()]
    assert sum(q.answerable for q in asked) >= answerable
    assert sum(not q.answerable for q in asked) >= others
    numbers = [int(q.id.removeprefix(f"r{lang[0]}")) for q in asked]
    assert numbers == sorted(set(numbers))
    assert all(e.spans and not e.quotes for q in asked for e in q.evidence)
    # A short fact is nobody's text; a sentence is.
    assert max(len(a) for q in asked for nugget in q.nuggets for a in nugget) <= 40
    # What was frozen and is looked at becomes development: there are more of those.
    assert sum(q.split == "test" for q in asked) >= 0.2 * len(asked)
    assert all(q.split in ("dev", "test") for q in asked)


def test_the_reference_sets_have_enough_of_every_type_in_both_splits() -> None:
    least = {"followup": 16, "false_premise": 12, "compare": 20, "aggregate": 20, "table_lookup": 25, "definition": 12}
    texts = (set_texts(str(files("eval") / "sets" / f"reference.{lang}.jsonl"))[0] for lang in ("zh", "en"))
    asked = [parse_question(line, where) for where, text in texts for line in text.splitlines()]
    assert {q.type for q in asked} == set(TYPES)
    for type_, number in least.items():
        of_type = [q for q in asked if q.type == type_]
        assert len(of_type) >= number
        assert 0.15 <= sum(q.split == "test" for q in of_type) / len(of_type) <= 0.5
    assert all(q.standalone for q in asked if q.type == "followup")

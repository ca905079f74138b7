"""The set linter: each kind of finding in a small set made up for it, and none in the sets that we ship."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

import eval.linting.question
from corpus.errors import BadInput
from eval.cli import app
from eval.linting.documents import Named, documents
from eval.linting.lint import balance, lint, lint_set, records
from eval.linting.pairs import ALIKE, near_duplicates
from eval.linting.question import LONGEST_QUOTE, NEAR, Finding
from eval.questions import SAMPLES, TYPES, GoldQuestion, normal

CANTEEN = "# 食堂规定\n\n午餐时间为11:30至13:00，每份12元。" + "食堂保持整洁。" * 80 + "\n\n意见请寄后勤处王老师。\n"
Given = str | bool | tuple[object, ...] | list[object]


def question(id_: str = "q1", asked: str = "午餐几点开始？", **given: Given) -> GoldQuestion:
    fields = {
        "id": id_,
        "question": asked,
        "lang": "zh",
        "type": "fact",
        "answerable": True,
        "nuggets": [["11:30"]],
        "evidence": [{"source": "canteen.md", "quotes": ["午餐时间为11:30"]}],
    }
    return GoldQuestion.model_validate({**fields, **given})


def quoting(*quotes: str, source: str = "canteen.md") -> list[object]:
    return [{"source": source, "quotes": quotes}]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "canteen.md").write_text(CANTEEN, "utf-8")
    return folder


def found(corpus: Path, *questions: GoldQuestion) -> list[Finding]:
    """What is found in the questions themselves: that types are missing says nothing in sets so small."""
    named = documents([e.source for q in questions for e in q.evidence], corpus)
    return [finding for finding in lint(questions, named) if finding.what != "balance"]


def kinds(corpus: Path, *questions: GoldQuestion) -> set[tuple[str, str]]:
    return {(finding.severity, finding.what) for finding in found(corpus, *questions)}


def test_the_shipped_sets_have_nothing_wrong() -> None:
    questions, findings = lint_set(SAMPLES, None)
    assert findings == ()
    assert len(questions) >= 75
    assert all(by["zh"] and by["en"] for by in balance(questions).values())


def test_a_sound_question_has_no_finding(corpus: Path) -> None:
    assert kinds(corpus, question()) == set()


@pytest.mark.parametrize(
    ("given", "finding"),
    [
        ({"evidence": quoting("午餐时间为12:30")}, ("error", "quote")),
        ({"evidence": quoting("11:30", source="menu.md")}, ("error", "source")),
        ({"evidence": quoting("午餐时间为11:30", "食堂保持整洁。" * 20)}, ("warning", "long_quote")),
        ({"nuggets": [["11:30"], ["后勤处"]]}, ("error", "far_nugget")),
        ({"nuggets": [["11:30"], ["午餐"]]}, ("error", "echo")),
        ({"nuggets": [["11:30"], ["12"]]}, ("warning", "loose_nugget")),
        ({"nuggets": []}, ("error", "answerable")),
        ({"evidence": []}, ("error", "answerable")),
        ({"answerable": False, "type": "unanswerable"}, ("error", "answerable")),
        ({"type": "unanswerable"}, ("error", "answerable")),
        ({"answerable": False, "nuggets": [], "evidence": []}, ("warning", "answerable")),
        ({"type": "how-to"}, ("error", "type")),
        ({"type": "followup"}, ("error", "history")),
        ({"standalone": "食堂午餐几点开始？"}, ("error", "standalone")),
    ],
)
def test_what_is_wrong_with_one_question_is_found(
    corpus: Path, given: dict[str, Given], finding: tuple[str, str]
) -> None:
    assert kinds(corpus, question(**given)) == {finding}


def test_a_nugget_may_be_far_where_it_is_worked_out(corpus: Path) -> None:
    far: dict[str, Given] = {"nuggets": [["11:30"], ["后勤处"]]}
    for given in ({"type": "aggregate"}, {"note": "derived: by hand"}):
        assert kinds(corpus, question(**far, **given)) == set()
    for type_ in ("compare", "false_premise"):
        assert kinds(corpus, question(type=type_, **far)) == {("error", "far_nugget")}


def test_a_nugget_is_near_up_to_the_last_character() -> None:
    given = question(nuggets=[["尾"]], evidence=quoting("头"))
    for gap, near in ((NEAR - 1, True), (NEAR, False)):
        findings = lint([given], {"canteen.md": Named(("头" + "中" * gap + "尾",))})
        assert ("far_nugget" not in {f.what for f in findings}) == near


def test_an_echo_of_an_earlier_question_earns_nothing_either(corpus: Path) -> None:
    history = [{"role": "user", "content": "11:30有饭吗？"}, {"role": "assistant", "content": "有。"}]
    assert kinds(corpus, question(asked="从什么时候起？", type="followup", history=history)) == {("error", "echo")}


def test_an_echo_of_the_standalone_question_earns_nothing_either(corpus: Path) -> None:
    history = [{"role": "user", "content": "午餐"}, {"role": "assistant", "content": "有的。"}]
    given = question(asked="几点？", type="followup", history=history, standalone="午餐是11:30吗？")
    assert kinds(corpus, given) == {("error", "echo")}


def test_a_gold_answer_without_full_marks_is_found(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eval.linting.question, "_SCORES", (("nuggets", lambda *_: 0.5),))
    assert kinds(corpus, question()) == {("error", "gold_answer")}


def test_the_same_question_twice_is_found_and_after_other_messages_it_is_another(corpus: Path) -> None:
    one, same = question("q1", asked="几点？"), question("q2", asked=" 几点? ")
    assert [(f.what, f.question) for f in found(corpus, one, same)] == [("duplicate", "q2")]
    after = [{"role": "user", "content": "午餐呢"}]
    assert kinds(corpus, one, question("q3", asked="几点？", type="followup", history=after)) == set()


def test_near_duplicates_are_told_unless_marked_or_about_other_numbers(corpus: Path) -> None:
    asked = "后勤处管理的职工食堂每天中午到底是从几点钟开始向全体职工供应热的午餐的呢"
    one, near = question("q1", asked=asked, meaning="start"), question("q2", asked=asked + "？")
    assert kinds(corpus, one, near) == {("warning", "near_duplicate")}
    assert kinds(corpus, one, near.model_copy(update={"meaning": "start"})) == set()
    years = [question(str(y), asked=f"{asked}，按后勤处在{y}年印发的那份规定来说") for y in (2024, 2025)]
    assert kinds(corpus, *years) == set()


def test_near_duplicates_are_all_found() -> None:
    dice = random.Random(7)
    words = ["".join(dice.choices("春夏秋冬东西南北", k=60)) for _ in range(20)]
    asked = [word[:i] + dice.choice("春夏") + word[i + 1 :] for word in words for i in (dice.randrange(60), 0, 59)]
    questions = [question(str(i), asked=text) for i, text in enumerate(dict.fromkeys(asked))]
    pieces = {q.id: {q.question[i : i + 2] for i in range(59)} for q in questions}
    alike = {
        (a.id, b.id)
        for at, a in enumerate(questions)
        for b in questions[at + 1 :]
        if len(pieces[a.id] & pieces[b.id]) >= ALIKE * len(pieces[a.id] | pieces[b.id])
    }
    assert alike
    assert {(a.id, b.id) for a, b in near_duplicates(questions)} == alike


def test_what_leaks_between_the_splits_is_found(corpus: Path) -> None:
    dev = question("q1", split="dev", meaning="start")
    test = question("q2", asked="中午啥时候能吃上饭", split="test", meaning="start")
    findings = found(corpus, dev, test)
    assert [(f.severity, f.what, f.question) for f in findings] == [("error", "leak", "q2")] * 2
    assert {f.en.split(" “")[0] for f in findings} == {"its meaning", "its quote"}
    assert kinds(corpus, dev, test.model_copy(update={"split": "dev"})) == set()
    assert kinds(corpus, dev.model_copy(update={"split": None}), test) == set()


def test_a_short_quote_in_both_splits_is_chance(corpus: Path) -> None:
    dev = question("q1", split="dev", evidence=quoting("11:30"))
    assert kinds(corpus, dev, question("q2", asked="午饭呢？", split="test", evidence=quoting("11:30"))) == set()


def test_missing_types_and_languages_are_told() -> None:
    named = {"canteen.md": Named((normal(CANTEEN),))}
    told = [f.en for f in lint([question()], named) if f.what == "balance"]
    assert "there is no question in en" in told
    assert {f"there is no question of type {type_}" for type_ in TYPES if type_ != "fact"} < set(told)
    assert len(told) == len(TYPES)


def test_lines_that_are_no_records_and_ids_given_twice_are_told_by_their_place() -> None:
    line = question().model_dump_json()
    questions, findings = records([("set.jsonl", f"{line}\n\n{{}}\n{line}\n")])
    assert [q.id for q in questions] == ["q1"]
    assert [f.what for f in findings] == ["record", "id"]
    assert findings[0].en.startswith("set.jsonl, line 3: ")
    assert findings[1].zh.startswith("set.jsonl, line 4：")


def test_documents_of_one_name_are_told_apart_by_their_folder(corpus: Path) -> None:
    (corpus / "old").mkdir()
    (corpus / "old" / "canteen.md").write_text("# 食堂\n\n午餐时间为12:00。\n", "utf-8")
    assert kinds(corpus, question()) == {("warning", "source")}
    elsewhere = question(evidence=quoting("午餐时间为11:30", source="old/canteen.md"))
    assert kinds(corpus, elsewhere) == {("error", "quote")}


def test_a_document_that_cannot_be_read_is_told_once_for_its_question(corpus: Path) -> None:
    (corpus / "scan.pdf").write_bytes(b"no pdf at all")
    findings = found(corpus, question(evidence=quoting("午餐", source="scan.pdf")))
    assert [f.what for f in findings] == ["source"]
    assert findings[0].en.startswith("scan.pdf can't be read: ")


def test_the_command_exits_with_1_on_an_error_only(corpus: Path, tmp_path: Path) -> None:
    path, run = tmp_path / "set.jsonl", CliRunner()
    for given, code in ((question(), 0), (question(nuggets=[["晚餐"]]), 1)):
        path.write_text(given.model_dump_json() + "\n", "utf-8")
        result = run.invoke(app, ["lint", "--set", str(path), "--corpus", str(corpus), "--json"])
        assert result.exit_code == code
        told = json.loads(result.output)
        assert (told["questions"], told["errors"]) == (1, code)
        assert told["balance"]["fact"] == {"zh": 1, "en": 0}
    shown = run.invoke(app, ["lint", "--set", str(path), "--corpus", str(corpus)])
    assert shown.exit_code == 1
    assert "far_nugget" in shown.output


def test_a_set_or_a_folder_that_is_not_there_is_said_in_both_languages(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n", "utf-8")
    for name, corpus in ((str(tmp_path / "none.jsonl"), None), (str(empty), None), (SAMPLES, tmp_path / "none")):
        with pytest.raises(BadInput) as caught:
            lint_set(name, corpus)
        assert caught.value.en.isascii()
        assert not caught.value.zh.isascii()


def test_a_quote_is_long_beyond_a_sentence(corpus: Path) -> None:
    assert kinds(corpus, question(evidence=quoting("午餐时间为11:30", CANTEEN[40 : 40 + LONGEST_QUOTE]))) == set()

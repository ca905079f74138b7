"""The set maker on small documents of our own: what it asks, what it must not ask, and that its gold holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpus.errors import BadInput, BadSetting, Unavailable
from corpus.readers import read
from endpoint import Endpoint
from eval.cli import app
from eval.making.from_documents import swapped_year
from eval.making.from_tables import from_tables
from eval.making.maker import propose, read_corpus, write
from eval.making.proposals import Corpus, Proposal, Span, bare
from eval.making.reword import completer, holds, reworded
from eval.questions import load_set, normal

FERRY = """# 渡轮管理办法

## 一、运营目标

渡口管理站提出到2031年新开通航线12条以上，培训船员300余人。渡口管理站于2019年3月成立。
渡轮票种包括单程票、往返票、月票和家庭票等票种。

## 二、用语

- 夜航（night crossing）：日落以后、日出以前的航行。

## 三、船舶一览

| 船名 | 母港 | 载客量 |
|---|---|---|
| 海鸥号 | 东港 | 120人 |
| 白鹭号 | 西港 | 85人 |
| 鸬鹚号 | 东港 | 60人 |
| 信天翁号 | 东港 | 150人 |

## 四、保障措施

### （一）加强维修

每年检查一次。

### （二）改进售票

逐步使用电子票。

### （三）培训人员

组织培训。
"""
BRIDGE = """# 桥梁管理办法

## 一、运营目标

桥梁养护所提出到2031年修复旧桥40座以上。

## 二、保障措施

### （一）落实经费

列入预算。

### （二）定期巡查

雨季前完成巡查。

### （三）公开信息

在网站公布结果。
"""
LIBRARY = """# Library rules

The City Library has 14 reading rooms. The City Library lends books, maps and records. A reader's card means a
card that bears a photograph and a number. The Reading Hall was opened in May 1998 by the mayor.

## Fees of the library

| Item | Fee in coins | Period |
|---|---|---|
| Overdue novel | 25 coins | per week |
| Lost card | 300 coins | once |
| Damaged map | 950 coins | once |
"""


def corpus(**texts: str) -> Corpus:
    return Corpus([read(t.encode(), uri=f"test:{n}", source=f"{n}.md") for n, t in texts.items()])


def made(**texts: str) -> tuple[Proposal, ...]:
    return propose(corpus(**texts), limit=200)


def of(proposals: tuple[Proposal, ...], type_: str) -> dict[str, tuple[str, ...]]:
    return {p.question: tuple(n[0] for n in p.nuggets) for p in proposals if p.type == type_}


def test_a_quantity_is_asked_for_without_being_said() -> None:
    numbers = of(made(ferry=FERRY), "number")
    assert numbers["渡口管理站提出到2031年新开通航线多少条？"] == ("12条以上",)


def test_a_date_gives_way_to_when() -> None:
    assert of(made(ferry=FERRY), "temporal")["渡口管理站于什么时候成立？"] == ("2019年3月",)
    assert of(made(library=LIBRARY), "temporal") == {"When was the Reading Hall opened by the mayor?": ("May 1998",)}


def test_lists_and_definitions_are_asked_for() -> None:
    proposals = made(ferry=FERRY)
    assert of(proposals, "list")["渡轮票种包括哪些票种？"] == ("单程票", "往返票", "月票", "家庭票")
    assert of(proposals, "definition") == {"“夜航”是什么意思？": ("日落以后、日出以前的航行",)}


def test_english_questions_move_the_asking_word_to_the_front() -> None:
    proposals = made(library=LIBRARY)
    assert of(proposals, "number") == {"How many reading rooms does the City Library have?": ("14 reading",)}
    assert "What does “reader's card” mean?" in of(proposals, "definition")


def test_a_table_is_asked_by_row_and_column_and_its_rows_are_counted() -> None:
    proposals = tuple(from_tables(corpus(ferry=FERRY)))
    assert of(proposals, "table_lookup")["“船舶一览”中，“白鹭号”的载客量是多少？"] == ("85人",)
    (count,) = (p for p in proposals if p.type == "aggregate" and "东港" in p.question)
    assert "3项" in count.nuggets[0]
    assert sorted(span.quote for span in count.spans) == ["信天翁号", "海鸥号", "鸬鹚号"]


def test_like_named_sections_of_two_documents_are_compared() -> None:
    compared = of(made(ferry=FERRY, bridge=BRIDGE), "compare")
    (nuggets,) = (names for question, names in compared.items() if "保障措施" in question)
    assert set(nuggets) == {"加强维修", "改进售票", "培训人员", "落实经费", "定期巡查", "公开信息"}


def test_what_is_unanswerable_occurs_nowhere() -> None:
    documents = corpus(ferry=FERRY, bridge=BRIDGE)
    proposals = propose(documents, limit=200)
    swapped = [p for p in proposals if p.type == "unanswerable"]
    assert swapped
    assert all(not p.nuggets and not p.spans for p in swapped)
    (number, *_) = (p for p in proposals if p.type == "number" and "2031" in p.question)
    other = swapped_year(number, documents)
    assert other is not None
    assert "2031" not in other.question
    assert not any(year in other.question for year in documents.years)


def test_a_question_with_two_answers_in_the_corpus_is_not_asked() -> None:
    other = FERRY.replace("每年检查一次。", "渡口管理站到2031年新开通航线9条。")
    asked = [p.question for p in made(ferry=other) if p.type == "number"]
    assert not any("新开通航线" in question for question in asked)


def test_what_another_document_says_is_no_second_answer_where_the_question_names_its_own() -> None:
    other = BRIDGE.replace("桥梁养护所提出到2031年修复旧桥40座以上。", "渡口管理站提出到2031年新开通航线9条以上。")
    numbers = of(made(ferry=FERRY, bridge=other), "number")
    assert numbers["根据《渡轮管理办法》，渡口管理站提出到2031年新开通航线多少条？"] == ("12条以上",)


def test_two_rows_of_one_name_are_not_asked_about() -> None:
    more = "| 信天翁号 | 东港 | 150人 |\n| 白鹭号 | 南港 | 40人 |\n| 银鸥号 | 南港 | 45人 |"
    doubled = FERRY.replace("| 信天翁号 | 东港 | 150人 |", more)
    asked = of(tuple(from_tables(corpus(ferry=doubled))), "table_lookup")
    assert any("银鸥号" in question for question in asked)
    assert not any("白鹭号" in question for question in asked)


def test_what_the_linter_would_refuse_is_not_sound() -> None:
    good = proposed()
    assert good.sound()
    assert not replace(good, question="新开通航线12条以上吗？").sound()
    assert not replace(good, nuggets=(("13条",),)).sound()
    assert not replace(good, spans=()).sound()
    whole = good.spans[0].document
    assert not replace(good, spans=(Span(whole, 0, 121),)).sound()


def test_every_record_holds_by_itself(tmp_path: Path) -> None:
    documents = corpus(ferry=FERRY, bridge=BRIDGE, library=LIBRARY)
    texts = {document.source: document.text for document in documents.documents}
    write(propose(documents, limit=200), tmp_path / "set.jsonl")
    questions = load_set(str(tmp_path / "set.jsonl")).questions
    assert {q.lang for q in questions} == {"zh", "en"}
    for gold in questions:
        assert gold.note == "proposed"
        assert all(quote in texts[e.source] and len(quote) <= 120 for e in gold.evidence for quote in e.quotes)
        assert not any(normal(a) in normal(gold.question) for nugget in gold.nuggets for a in nugget)
        assert gold.answerable == bool(gold.nuggets) == bool(gold.evidence)


def test_the_same_seed_draws_the_same_and_types_share_the_limit() -> None:
    documents = corpus(ferry=FERRY, bridge=BRIDGE, library=LIBRARY)
    first = propose(documents, limit=9, seed=4)
    assert first == propose(corpus(ferry=FERRY, bridge=BRIDGE, library=LIBRARY), limit=9, seed=4)
    assert len(first) == 9
    assert len({p.type for p in first}) > 5


def test_headings_lose_their_numbers() -> None:
    assert [bare(t) for t in ("（二）保障措施", "3.1 Fees", "01 现状", "表2 船舶 一览")] == [
        "保障措施",
        "Fees",
        "现状",
        "船舶一览",
    ]


def test_a_folder_without_documents_and_a_set_that_is_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no document could be read"):
        read_corpus(tmp_path, lambda _name, _of: None)
    (tmp_path / "set.jsonl").write_text("mine")
    with pytest.raises(BadInput, match="is there already"):
        write((), tmp_path / "set.jsonl")
    assert (tmp_path / "set.jsonl").read_text() == "mine"


def test_make_reads_a_folder_and_names_what_it_could_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "ferry.md").write_text(FERRY)
    (folder / "broken.pdf").write_bytes(b"no pdf")
    out = tmp_path / "set.jsonl"
    result = CliRunner().invoke(app, ["make", "--corpus", str(folder), "--out", str(out), "--limit", "5", "--json"])
    told = json.loads(result.stdout)
    assert told["questions"] == 5 == len(load_set(str(out)).questions)
    assert [u["source"] for u in told["unread"]] == ["broken.pdf"]


# --- a language model's wording


@pytest.fixture
def model() -> Iterator[Endpoint]:
    served = Endpoint()
    yield served
    served.close()


@pytest.fixture
def complete(model: Endpoint) -> Callable[[str], str]:
    from assistant.settings import Settings

    return completer(Settings(llm="openai_like", llm_url=f"{model.url}/v1", llm_model="m", llm_timeout=5))


def proposed() -> Proposal:
    (number,) = (p for p in made(ferry=FERRY) if p.type == "number" and "2031" in p.question)
    return number


def test_a_rewording_with_the_same_values_is_kept(model: Endpoint, complete: Callable[[str], str]) -> None:
    wording = "到2031年，渡口管理站打算新开多少条航线？"
    model.says(wording)
    (kept,) = reworded([proposed()], complete, lambda _name, _of: None)
    assert kept.question == wording
    assert kept.nuggets == proposed().nuggets


@pytest.mark.parametrize(
    "reply",
    [
        "到2035年，渡口管理站打算新开多少条航线？",
        "渡口管理站到2031年要新开通航线12条以上吗？",
        "渡口管理站到2031年新开通多少条航线",
        "到2031年新开多少条航线？好的，还有别的问题吗？",
        "How many routes will the ferry station open by 2031?",
        "",
    ],
)
def test_any_other_is_not(model: Endpoint, complete: Callable[[str], str], reply: str) -> None:
    model.says(reply)
    assert reworded([proposed()], complete, lambda _name, _of: None) == (proposed(),)


def test_a_name_in_quotation_marks_stays() -> None:
    (row,) = (p for p in from_tables(corpus(ferry=FERRY)) if p.question == "“船舶一览”中，“白鹭号”的载客量是多少？")
    assert holds(row, "查一下《船舶一览》，白鹭号能载多少客？")
    assert not holds(row, "《船舶一览》里的那艘船能载多少客？")


def test_a_model_that_is_missing_or_fails_is_said_so(model: Endpoint, complete: Callable[[str], str]) -> None:
    from assistant.settings import Settings

    with pytest.raises(BadSetting, match="YIJU_LLM_MODEL"):
        completer(Settings())
    model.fails(400)
    with pytest.raises(Unavailable, match="does not answer"):
        complete("?")

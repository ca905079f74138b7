"""The retrieval measures of a run, and the benchmark over retrieval sets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from math import log2
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.settings import Settings
from corpus.errors import BadInput
from eval.cli import app
from eval.measures.retrieval import MEASURES, calculate, quote_ranks, same_source
from eval.public.retrieval import Bench, bench
from eval.public.sets import PublicDocument, PublicQuery, RetrievalSet
from eval.public.tables import check_writable, compare, read_bench
from eval.questions import Evidence, GoldQuestion
from eval.runner import Advance
from eval.support.verifier import Verifier
from eval.systems.base import Found, Response


def gold(*quotes: str, source: str = "leave.md", answerable: bool = True) -> GoldQuestion:
    evidence = (Evidence(source=source, quotes=quotes),) if quotes else ()
    return GoldQuestion(
        id="1", question="?", lang="en", type="fact", answerable=answerable, nuggets=(("x",),), evidence=evidence
    )


def scores(question: GoldQuestion, *texts: str, source: str = "leave.md") -> dict[str, float | None]:
    found = tuple(Found(source=source, text=text) for text in texts)
    response = Response(answered=True, text="x", found=found)
    return {measure.key: measure.of(question, response, Verifier()) for measure in MEASURES}


def test_evidence_in_the_first_passage_is_worth_one_and_further_down_less() -> None:
    first = scores(gold("ten days"), "Staff get Ten  Days.", "nothing")
    assert set(first.values()) == {1.0}
    third = scores(gold("ten days"), "nothing", "nothing", "ten days")
    assert third["mrr@10"] == pytest.approx(1 / 3)
    assert third["ndcg@10"] == pytest.approx(1 / log2(4))
    assert (third["recall@1"], third["recall@5"], third["evidence@5"]) == (0, 1, 1)


def test_a_quote_that_no_passage_holds_is_a_relevant_one_not_retrieved() -> None:
    half = scores(gold("ten days", "in writing"), "ten days", "nothing")
    assert (half["recall@10"], half["evidence@8"], half["evidence"]) == (0.5, 0.5, 0.5)
    assert half["ndcg@10"] == pytest.approx(1 / (1 + 1 / log2(3)))


def test_the_same_words_again_earn_nothing() -> None:
    once = scores(gold("ten days", "in writing"), "ten days", "nothing", "in writing")
    again = scores(gold("ten days", "in writing"), "ten days", "ten days", "in writing")
    assert once == again


def test_two_quotes_in_one_passage_are_one_relevant_passage() -> None:
    both = scores(gold("ten days", "in writing"), "ten days, asked for in writing")
    assert (both["recall@1"], both["ndcg@10"], both["evidence@5"]) == (1, 1, 1)


def test_the_right_words_of_another_document_are_no_evidence() -> None:
    assert scores(gold("ten days"), "ten days", source="travel.md")["recall@5"] == 0
    assert quote_ranks(gold("ten days"), (Found(source="", text="ten days"),)) == (1,)


@pytest.mark.parametrize(
    ("found", "wanted", "same"),
    [
        ("leave.md", "leave.md", True),
        ("file:///srv/2024/leave%20rules.md", "leave rules.md", True),
        ("sample:leave.md", "leave.md", True),
        ("leave.md", "2024/leave.md", True),
        ("2023/leave.md", "2024/leave.md", False),
        ("sickleave.md", "leave.md", False),
    ],
)
def test_a_source_is_the_same_by_the_end_of_its_path(found: str, wanted: str, same: bool) -> None:
    assert same_source(found, wanted) is same


def test_no_passage_scores_zero_and_a_question_without_evidence_does_not_count() -> None:
    assert set(scores(gold("ten days")).values()) == {0.0}
    assert set(scores(gold(answerable=False), "ten days").values()) == {None}
    failed = Response(answered=False, text="", error="out of reach")
    assert {measure.of(gold("ten days"), failed, Verifier()) for measure in MEASURES} == {0.0}


def test_passages_beyond_the_tenth_count_for_recall_at_20_only() -> None:
    late = scores(gold("ten days"), *["nothing"] * 11, "ten days")
    assert (late["mrr@10"], late["ndcg@10"], late["recall@10"], late["recall@20"]) == (0, 0, 0, 1)
    assert (late["evidence@8"], late["evidence@20"]) == (0, 1)


def test_a_document_named_twice_counts_where_it_came_first_and_a_lost_query_counts_zero() -> None:
    figures = calculate({"a": {"x": 1}, "b": {"y": 1}}, {"a": ["z", "z", "x", "z", "x"]})
    assert figures["a"]["mrr@10"] == 0.5
    assert set(figures["b"].values()) == {0.0}


# The benchmark

DOCUMENTS = (
    PublicDocument(id="d1", title="年假规定", text="职工每年享受十天带薪年假，须提前一周书面申请。", group="a"),
    PublicDocument(id="d2", title="差旅规定", text="出差乘坐高铁可以报销二等座车票。", group="a"),
    PublicDocument(id="d3", title="会议室", text="三楼会议室可容纳四十人，由行政处登记。", group="b"),
    PublicDocument(id="d4", text=" "),
)
QUERIES = (
    PublicQuery(id="q1", text="带薪年假有几天？"),
    PublicQuery(id="q2", text="出差可以报销几等座？"),
    PublicQuery(id="q3", text="会议室容纳多少人？"),
    PublicQuery(id="q4", text=""),
)
SET = RetrievalSet(
    name="rules",
    documents=DOCUMENTS,
    queries=QUERIES,
    qrels={"q1": {"d1": 1, "d2": 0}, "q2": {"d2": 1}, "q3": {"d3": 1}, "q4": {"d3": 1}},
    withheld=frozenset({"d3", "d4"}),
)


@contextmanager
def no_bar(_title: str) -> Iterator[Advance]:
    yield lambda _name, _of=None: None


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    settings = Settings(data=tmp_path_factory.mktemp("data"), readers=0)
    return bench([SET], settings, searches=9, ask=10, seed=0, bar=no_bar)


def test_the_benchmark_finds_documents_by_the_products_own_search(found: Bench) -> None:
    (one,) = found.sets
    assert one.scores["recall@1"] == {"q1": 1, "q2": 1, "q3": 1, "q4": 0}
    assert one.figures["recall@1"].value == 0.75
    assert (one.unread, one.altered, one.documents, one.speed.searches) == (1, 0, 4, 9)
    assert one.clusters == {"q1": "a", "q2": "a", "q3": "b", "q4": "b"}


def test_the_benchmark_asks_what_withheld_documents_answer_and_what_others_do(found: Bench) -> None:
    (one,) = found.sets
    assert one.scores["false_answer"] == {"q3": 0, "q4": 0}
    assert set(one.scores["false_refusal"]) == {"q1", "q2"}


def test_memory_is_measured_where_the_system_says(found: Bench) -> None:
    memory = found.sets[0].memory
    if not Path("/proc/self/statm").exists():
        assert memory is None
        return
    assert memory is not None
    assert 10 < memory.warm_mib <= memory.end_mib + 50


def test_results_are_compared_query_by_query_and_equal_ones_show_no_difference(found: Bench) -> None:
    assert not any(change.shown or change.difference.value for change in compare(found, found))
    other = found.model_copy(update={"sets": (found.sets[0].model_copy(update={"sha256": "1"}),)})
    with pytest.raises(BadInput, match="no set in common"):
        compare(other, found)


@pytest.mark.parametrize(
    ("better", "queries", "shown"),
    [(30, 40, True), (2, 40, False), (4, 4, False)],
    ids=["most of forty", "two of forty", "four of four, which may be chance"],
)
def test_a_difference_is_shown_only_beyond_noise(found: Bench, better: int, queries: int, shown: bool) -> None:
    def with_scores(values: list[float]) -> Bench:
        names = [str(number) for number in range(queries)]
        scores = {"recall@1": dict(zip(names, values, strict=True))}
        update = {"scores": scores, "clusters": dict(zip(names, names, strict=True))}
        return found.model_copy(update={"sets": (found.sets[0].model_copy(update=update),)})

    after = with_scores([1.0] * better + [0.0] * (queries - better))
    assert [change.shown for change in compare(with_scores([0.0] * queries), after)] == [shown]


def test_the_command_prints_figures_keeps_results_and_compares_with_them(tmp_path: Path) -> None:
    folder, results = tmp_path / "rules", tmp_path / "results.json"
    folder.mkdir()
    files = {
        "corpus.jsonl": [d.model_dump(mode="json") for d in DOCUMENTS],
        "queries.jsonl": [q.model_dump(mode="json") for q in QUERIES[:2]],
    }
    for name, records in files.items():
        (folder / name).write_text("\n".join(map(json.dumps, records)), "utf-8")
    (folder / "qrels.tsv").write_text("q1\td1\t1\nq2\td2\t1\n", "utf-8")
    command = ["retrieval", str(folder), "--out", str(results)]
    printed = CliRunner().invoke(app, command, catch_exceptions=False)
    assert "nDCG@10" in printed.output
    assert read_bench(results).sets[0].figures["mrr@10"].value == 1
    again = CliRunner().invoke(app, [*command, "--compare", str(results), "--json"], catch_exceptions=False)
    changes = json.loads(again.stdout)["changes"]
    assert {change["difference"]["value"] for change in changes} == {0}


def test_results_that_are_none_and_places_that_cannot_be_written_are_said_in_both_languages(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}", "utf-8")
    for wrong in (lambda: read_bench(tmp_path / "x.json"), lambda: check_writable(tmp_path / "no" / "x.json")):
        with pytest.raises(BadInput) as error:
            wrong()
        assert "x.json" in error.value.en
        assert "x.json" in error.value.zh

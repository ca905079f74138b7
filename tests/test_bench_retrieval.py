"""The retrieval benchmark: systems side by side on tiny sets of our own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus.errors import BadInput
from eval.public import bench
from eval.public.baselines import Bm25, terms, windows
from eval.public.cells import Book, Cell
from eval.public.comparisons import Target, against, effects, figure, judge, read_targets, target_of, verdict
from eval.public.costs import _size
from eval.public.measuring import _documents
from eval.public.page import BEGIN, END, Results, write_page
from eval.public.sets import PublicDocument, PublicQuery, RetrievalSet
from eval.public.suite import Half, half, read_sets, simplified
from eval.public.systems import BASELINE, all_systems, variants
from eval.statistics import Estimate
from eval.systems.base import Found
from indexing.retrieval import SHIPPED

TEXTS = {
    "leave": "职工每年享受十天带薪年假，须提前一周书面申请。",
    "travel": "出差乘坐高铁可以报销二等座车票。",
    "room": "三楼会议室可容纳四十人，由行政处登记。",
    "depot": "The depot opens at six and closes at nine.",
}
ASKED = {
    "leave": "带薪年假有几天？",
    "travel": "高铁报销几等座？",
    "room": "会议室容纳多少人？",
    "depot": "When does the depot open?",
}


def write_set(folder: Path, queries: dict[str, str] = ASKED) -> Path:
    folder.mkdir(parents=True)
    corpus = [{"id": key, "text": text} for key, text in TEXTS.items()]
    asked = [{"id": f"q-{key}", "text": text} for key, text in queries.items()]
    for name, records in (("corpus", corpus), ("queries", asked)):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    (folder / "qrels.tsv").write_text("".join(f"q-{key}\t{key}\t1\n" for key in queries), "utf-8")
    return folder


def cell(system: str, values: Sequence[float], half_: Half = "test", name: str = "rules") -> Cell:
    names = [str(number) for number in range(len(values))]
    return Cell(
        set_name=name,
        sha256="1",
        system=system,
        fingerprint=f"{name} {system}",
        model="",
        scores={"ndcg@10": dict(zip(names, values, strict=True))},
        clusters=dict(zip(names, names, strict=True)),
        halves=dict.fromkeys(names, half_),
        costs=None,
        commit="c",
        machine="m",
        made="now",
    )


def run(*arguments: str | Path) -> None:
    bench.app([str(argument) for argument in arguments], standalone_mode=False)


def test_the_baselines_terms_are_pairs_of_characters_and_stems_and_traditional_stays_apart() -> None:
    assert list(terms("ＩＳＯ标准化 Standards 國")) == ["iso", "标准", "准化", "standard", "國"]
    assert windows("abcde", 2) == ["ab", "cd", "e"]


def test_the_baseline_ranks_rare_terms_and_short_texts_first_and_finds_nothing_for_unknown_words() -> None:
    bm25 = Bm25(["depot depot rules", "rules", "rules of the house and of the garden and the road"], 0.9, 0.4)
    assert bm25.rank("rules", 3) == [1, 0, 2]
    assert bm25.rank("depot rules", 1) == [0]
    assert bm25.rank("canteen", 3) == []
    assert Bm25([], 0.9, 0.4).rank("depot", 3) == []


def test_bm25_is_the_formula() -> None:
    bm25 = Bm25(["a b", "b"], 1.2, 0.75)
    import math

    first = math.log(1 + 1.5 / 1.5) * 1 / (1 + 1.2 * (0.25 + 0.75 * 2 / 1.5))
    assert bm25.scores("a")[0] == pytest.approx(first)


def test_a_cluster_is_in_one_half_and_the_halves_are_of_like_size() -> None:
    halves = [half(str(number)) for number in range(1000)]
    assert 450 < halves.count("test") < 550
    assert half("x00p0") == half("x00p0")


def test_questions_in_traditional_characters_are_asked_in_simplified_ones_too(tmp_path: Path) -> None:
    write_set(tmp_path / "sets" / "depot_zh")
    write_set(tmp_path / "sets" / "hall", {"room": "會議室容納多少人？"})
    sets = {one.name: one for one in read_sets([tmp_path / "sets"])}
    assert list(sets) == ["depot_zh", "hall", "hall_simplified"]
    assert sets["hall_simplified"].queries[0].text == "会议室容纳多少人？"
    assert sets["hall_simplified"].documents == sets["hall"].documents
    assert sets["hall_simplified"].sha256 != sets["hall"].sha256
    assert len(read_sets([tmp_path / "sets" / "depot_zh"], 2)[0].judged()) == 2


def test_two_sets_of_one_name_and_a_folder_without_sets_are_refused(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "rules")
    with pytest.raises(BadInput, match="two sets are named rules"):
        read_sets([folder, folder])
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="is no retrieval set"):
        read_sets([tmp_path / "empty"])


def test_the_product_is_measured_as_it_ships_by_leg_by_fusion_and_without_each_part() -> None:
    found = variants("some-model")
    assert found[""] == SHIPPED
    assert (found["-only-dense"].lexical, found["-only-dense"].dense) == (False, True)
    assert (found["-only-lexical"].lexical, found["-only-lexical"].dense) == (True, False)
    for alone in (found["-only-lexical"], found["-only-dense"]):
        assert not any((alone.late, alone.translate, alone.collapse, alone.join, alone.turns))
    assert not found["-without-late"].late
    assert not found["-without-translate"].translate
    assert found["-rrf"].fusion == "rrf"
    assert len(set(found.values())) == len(found)
    assert not any("dense" in name or "rrf" in name for name in variants("none"))


def test_systems_are_chosen_by_name_and_an_unknown_name_lists_those_there_are() -> None:
    assert [s.name for s in all_systems("none", (), ("bm25*",))] == ["bm25-0.9-0.4", "bm25-1.2-0.75"]
    with pytest.raises(BadInput, match=BASELINE):
        all_systems("none", (), ("bm26",))
    with pytest.raises(BadInput, match="two models are named a"):
        all_systems("none", ("x/a", "y/a"))


def test_a_half_is_judged_by_itself_and_one_without_questions_has_no_figure() -> None:
    one = cell("yiju", [1.0, 0.0])
    found = figure(one, "ndcg@10", "test")
    assert found is not None
    assert found.value == 0.5
    assert figure(one, "ndcg@10", "dev") is None
    (judged,) = judge([cell("yiju", [1.0] * 9, "dev")], [Target(set="rules", reach=0.5)])
    assert judged.verdict is None


@pytest.mark.parametrize(
    ("low", "high", "said"), [(0.9, 1, "met"), (0.85, 1, "straddles"), (0.5, 0.95, "straddles"), (0.5, 0.8, "not met")]
)
def test_a_target_is_met_where_the_whole_interval_is(low: float, high: float, said: str) -> None:
    assert verdict(Estimate((low + high) / 2, low, high, 9, 9), 0.9) == said


def test_the_targets_name_each_set_and_the_first_that_fits_counts(tmp_path: Path) -> None:
    targets = read_targets()
    reach = {name: target_of(name, targets) for name in ("drcd_dev", "drcd_dev_simplified", "reference.en", "other")}
    assert [t.reach if t else None for t in reach.values()] == [0.973, 0.968, 0.80, None]
    (tmp_path / "t.yaml").write_text("- {reach: 2}", "utf-8")
    with pytest.raises(BadInput, match=r"t\.yaml"):
        read_targets(tmp_path / "t.yaml")


def test_systems_are_compared_with_the_baseline_on_the_same_questions() -> None:
    its = {"base": cell("base", [0.0] * 20), "yiju": cell("yiju", [1.0] * 20), "same": cell("same", [0.0] * 20)}
    found = against(its, "base", "ndcg@10", "test")
    assert (found["yiju"].difference.value, found["same"].difference.value) == (1, 0)
    assert found["yiju"].corrected < 0.01
    assert found["same"].corrected == 1
    assert against(its, "absent", "ndcg@10", "test") == {}


def test_what_a_part_gains_is_the_product_less_the_variant_without_it() -> None:
    its = {"yiju": cell("yiju", [1.0] * 9), "yiju-without-x": cell("yiju-without-x", [0.75] * 9), "a": cell("a", [0.0])}
    assert {name: c.difference.value for name, c in effects(its, "ndcg@10", "test").items()} == {"yiju-without-x": 0.25}


def test_a_book_keeps_cells_over_an_interruption_and_drops_only_a_torn_last_line(tmp_path: Path) -> None:
    file = tmp_path / "new" / "cells.jsonl"
    Book(file).add(cell("yiju", [1.0]))
    with file.open("a", encoding="utf-8") as torn:
        torn.write('{"set_name": "ru')
    book = Book(file)
    assert book.cell("rules yiju") == cell("yiju", [1.0])
    book.add(cell("other", [1.0]))
    assert Book(file).cell("rules other") is not None
    assert Book(file, again=True).cell("rules yiju") is None
    file.write_text("nonsense\n{}\n", "utf-8")
    with pytest.raises(BadInput, match="line 1"):
        Book(file)


def test_the_command_measures_keeps_writes_the_page_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, to, page = write_set(tmp_path / "rules"), tmp_path / "out", tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")
    command = (folder, "--embedder", "none", "--only", "yiju", "--only", "bm25*", "--out", to, "--write", page)
    run(*command)
    results = Results.model_validate_json((to / "results.json").read_bytes())
    assert [(c.system, c.scores["ndcg@10"]) for c in results.cells] == [
        (name, dict.fromkeys((f"q-{key}" for key in ASKED), 1.0) | {})
        for name in ("bm25-0.9-0.4", "bm25-1.2-0.75", "yiju")
    ]
    assert {half(key) for key in TEXTS} == {"dev", "test"}
    text = page.read_text("utf-8")
    assert text.startswith("before")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "| yiju |" in text
    assert "rules" in capsys.readouterr().out
    monkeypatch.setattr("eval.public.measuring._measure_product", None)  # nothing is measured a second time
    run(*command)


def test_only_the_half_that_may_be_looked_at_is_searched_while_tuning(tmp_path: Path) -> None:
    run(write_set(tmp_path / "rules"), "--embedder", "none", "--only", "yiju", "--tuning", "--out", tmp_path / "out")
    results = Results.model_validate_json((tmp_path / "out" / "results.json").read_bytes())
    assert {value for c in results.cells for value in c.halves.values()} == {"dev"}


def test_a_model_that_cannot_be_had_is_left_out_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "no-model").mkdir()
    arguments = ("--embedder", "none", "--model", tmp_path / "no-model", "--only", "no-model-dense", "--only", "yiju")
    run(write_set(tmp_path / "rules"), *arguments, "--out", tmp_path / "out")
    said = capsys.readouterr().out
    assert "no-model" in said
    assert "can't be loaded" in said
    assert "无法" in said


def test_questions_with_gold_evidence_are_measured_by_language_with_evidence_in_the_first_eight(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, text in TEXTS.items():
        (corpus / f"{name}.md").write_text(f"# {name}\n\n{text}\n", "utf-8")
    gold = [
        {"id": name, "question": asked, "lang": "en" if name == "depot" else "zh", "type": "fact", "answerable": True}
        | {"nuggets": [["x"]], "evidence": [{"source": f"{name}.md", "quotes": [TEXTS[name][:9]]}], "split": "test"}
        for name, asked in ASKED.items()
    ]
    (tmp_path / "own.jsonl").write_text("\n".join(map(json.dumps, gold)), "utf-8")
    arguments = ("--reference", tmp_path / "own.jsonl", "--corpus", corpus, "--embedder", "none", "--only", "yiju")
    run(*arguments, "--out", tmp_path / "out")
    results = Results.model_validate_json((tmp_path / "out" / "results.json").read_bytes())
    assert {(c.set_name, c.system): set(c.scores["evidence@8"].values()) for c in results.cells} == {
        (name, system): {1.0} for name in ("own.zh", "own.en") for system in (BASELINE, "yiju")
    }


def test_a_reference_without_its_documents_and_a_page_without_marks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="--corpus"):
        run("--reference", tmp_path / "x.jsonl", "--out", tmp_path / "out")
    (tmp_path / "page.md").write_text("nothing", "utf-8")
    empty = Results(commit="", program="", machine="", began="", baseline="", cells=(), models=(), left_out={})
    with pytest.raises(BadInput, match="two marks"):
        write_page(tmp_path / "page.md", empty, ())


def test_the_model_that_comes_with_the_program_has_a_size_and_one_of_a_hub_has_none() -> None:
    size = _size("builtin")
    assert size is not None
    assert 0 < size <= 20 * 2**20
    assert _size("some/model") is None


def test_a_text_that_two_documents_have_is_found_in_both() -> None:
    found = [Found(source="a.txt", text="x", also=("b.txt",)), Found(source="c.txt", text="y")]
    names = {"a.txt": "a", "b.txt": "b", "c.txt": "c"}
    assert _documents(lambda _, k: found[:k], names)("asked", 2) == ["a", "b", "c"]


def test_simplified_questions_keep_their_judgements() -> None:
    one = RetrievalSet(
        name="hall",
        documents=(PublicDocument(id="d", text="會議室"),),
        queries=(PublicQuery(id="q", text="會議"),),
        qrels={"q": {"d": 1}},
    )
    assert simplified(one).clusters() == {"q": "d"}

"""Questions to hits, over an index of a few notes of our own."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter
from rich.console import Console

from assistant.answers import Filters
from assistant.api.app import build_app
from assistant.api.server import run
from assistant.core import Assistant, Question
from assistant.doctor import examine
from assistant.printing import print_explained
from assistant.settings import Settings
from assistant.wiring import Workplace
from conftest import add
from corpus.catalogue import Catalogue
from corpus.errors import BadSetting
from indexing.explain import Explained
from indexing.fusion import Recipe
from indexing.index import Index
from indexing.ingest import Ingester
from indexing.retrieval import Hit, Retriever, headings_at
from indexing.store import Scope
from indexing.store_edge import EdgeStore
from test_server import free_port

Open = Callable[..., Workplace]
NOTES = {
    "zh.md": """---
title: 甲省检测办法
date: 2023-06-05
tags: [检测]
---

# 甲省检测办法

一、依据

本办法参照 ISO/IEC 42001:2023 与 GB/T 13016-2018 制定。

二、编号

依据“工信部联科〔2024〕113号”的要求，检测接口采用 ITU-T F.748.46 的规定。

三、目标

到二〇二六年，检测机构达到三十家。

| 地区 | 家数 |
|---|---|
| 东区 | 12 |
| 西区 | 18 |
""",
    "en.md": """---
title: Harbour handbook
date: 2025-01-01
tags: [harbour, ferry]
---

# Harbour handbook

## Ferries

Ferries leave the northern pier every forty minutes.

## Animals

Dogs travel free of charge when they are kept on a lead.
""",
    "undated.md": "# 食堂须知\n\n一、时间\n\n午餐从十一点半开始供应。\n",
}


@pytest.fixture
def notes(workplace: Open) -> Workplace:
    place = workplace()
    for name, text in NOTES.items():
        add(place, text, name)
    return place


def search(place: Workplace, question: str, k: int = 5, scope: Scope = Scope()) -> tuple[Hit, ...]:  # noqa: B008
    return Retriever(place.index).search(question, k, scope, ("own",)).hits


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("ISO/IEC 42001:2023", "ISO/IEC 42001:2023"),
        ("iso/iec 42001", "ISO/IEC 42001:2023"),
        ("42001", "ISO/IEC 42001:2023"),
        ("ＩＳＯ／ＩＥＣ ４２００１：２０２３", "ISO/IEC 42001:2023"),
        ("GB/T 13016-2018", "GB/T 13016-2018"),
        ("GB/T13016", "GB/T 13016-2018"),
        ("13016", "GB/T 13016-2018"),
        ("ITU-T F.748.46", "ITU-T F.748.46"),
        ("F.748.46", "ITU-T F.748.46"),
        ("工信部联科〔2024〕113号", "工信部联科〔2024〕113号"),
        ("工信部联科[2024]113 号", "工信部联科〔2024〕113号"),
        ("工信部联科„2024‟113号", "工信部联科〔2024〕113号"),
        ("113号文", "工信部联科〔2024〕113号"),
    ],
)
def test_an_identifier_is_found_in_whatever_form_it_is_asked_for(notes: Workplace, question: str, words: str) -> None:
    assert words in search(notes, question)[0].text


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How often do ferries leave the pier?", "every forty minutes"),
        ("Do dogs travel free?", "Dogs travel free"),
        ("午餐什么时候开始供应？", "十一点半"),
        ("西区有多少家？", "西区 | 18"),
    ],
)
def test_a_question_in_its_own_words_is_answered_by_the_first_hit(notes: Workplace, question: str, words: str) -> None:
    assert words in search(notes, question)[0].text


@pytest.mark.parametrize(
    ("one", "other"),
    [("檢測機構達到多少家？", "检测机构达到多少家？"), ("ｆｅｒｒｉｅｓ", "FERRIES"), ("检 测 机 构", "检测机构")],
)
def test_forms_that_read_the_same_find_the_same(notes: Workplace, one: str, other: str) -> None:
    assert search(notes, one) == search(notes, other) != ()


@pytest.mark.parametrize("k", [1, 2, 3, 50])
def test_hits_are_ranked_from_one_scored_within_bounds_and_never_more_than_asked(notes: Workplace, k: int) -> None:
    hits = search(notes, "检测机构的时间、地区与 ferries", k)
    assert 1 <= len(hits) <= k
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert all(0 <= hit.score <= 1 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({(hit.document_id, hit.start) for hit in hits}) == len(hits)


def test_every_hit_resolves_and_says_where_it_stands(notes: Workplace) -> None:
    for hit in search(notes, "检测机构达到三十家，地区东区，ferries 午餐", 50):
        document = notes.catalogue.document(hit.document_id)
        assert document.text[hit.start : hit.end] == hit.text
        assert (hit.title, hit.source) == (document.metadata.title, document.source)
        assert hit.headings
        assert hit.headings == headings_at(document, hit.start, hit.end)


@pytest.mark.parametrize(
    ("scope", "sources"),
    [
        (Scope(language="en"), {"en.md"}),
        (Scope(language="zh"), {"zh.md", "undated.md"}),
        (Scope(tags=("ferry", "nothing")), {"en.md"}),
        (Scope(as_of=20231231), {"zh.md", "undated.md"}),
        (Scope(as_of=20250101), {"zh.md", "en.md", "undated.md"}),
        (Scope(documents=()), set()),
        (Scope(documents=("nobody",)), set()),
    ],
)
def test_a_scope_bounds_what_is_found(notes: Workplace, scope: Scope, sources: set[str]) -> None:
    assert {hit.source for hit in search(notes, "检测 ferries 午餐", 50, scope)} == sources


def test_one_document_can_be_asked_alone(notes: Workplace) -> None:
    wanted = next(s.id for s in notes.catalogue.summaries() if s.source == "en.md")
    assert {h.document_id for h in search(notes, "检测 ferries 午餐", 50, Scope(documents=(wanted,)))} == {wanted}


def test_only_the_origins_asked_for_are_counted(notes: Workplace) -> None:
    found = Retriever(notes.index).search("检测", 5, Scope(origins=("sample",)), ("sample",))
    assert (found.hits, found.passages) == ((), 0)


@pytest.mark.parametrize("question", ["", "   ", "？？？", "多少", "how many", "𓀀", "\0", "量子纠缠望远镜"])
def test_a_question_that_nothing_matches_has_no_hits_and_is_no_error(workplace: Open, question: str) -> None:
    place = workplace(embedder="none")
    add(place, NOTES["zh.md"])
    assert search(place, question) == ()


@pytest.mark.parametrize("question", ["", "   ", "？？？", "多少", "how many", "𓀀", "\0"])
def test_a_question_without_a_word_has_no_hits_by_meaning_either(notes: Workplace, question: str) -> None:
    assert search(notes, question) == ()


def test_the_same_question_has_the_same_hits_every_time(notes: Workplace) -> None:
    assert search(notes, "检测机构 ferries") == search(notes, "检测机构 ferries")


def test_a_replaced_version_is_never_a_hit(notes: Workplace) -> None:
    before = search(notes, "午餐开始供应")[0].document_id
    after = add(notes, NOTES["undated.md"].replace("十一点半", "十二点整"), "undated.md")
    hits = search(notes, "午餐十一点半开始供应", 50)
    assert {h.document_id for h in hits if h.source == "undated.md"} == {after} != {before}
    assert all("十一点半" not in h.text for h in hits)


def test_a_removed_document_is_never_a_hit(notes: Workplace) -> None:
    removed = search(notes, "午餐开始供应")[0].document_id
    notes.index.remove(removed)
    assert removed not in {hit.document_id for hit in search(notes, "午餐", 50)}


class Letters:
    """An embedder without a model: the shares of eight letters. Its cosines are easy to see."""

    name, dimension = "letters@1", 8

    def embed_question(self, text: str) -> npt.NDArray[np.float32]:
        counts = np.array([text.lower().count(c) for c in "etaoinsr"], dtype=np.float32) + np.float32(0.01)
        unit: npt.NDArray[np.float32] = counts / np.linalg.norm(counts)
        return unit

    def embed_passages(self, texts: list[str]) -> npt.NDArray[np.float32]:  # type: ignore[override]
        return np.stack([self.embed_question(text) for text in texts])


@pytest.fixture
def hybrid(tmp_path: Path) -> Iterator[Index]:
    catalogue, store = Catalogue(tmp_path / "catalogue.sqlite"), EdgeStore(tmp_path / "index", 8)
    index = Index(catalogue, store, Letters(), 300)
    for name, text in NOTES.items():
        Ingester(index, 2**20).add(text.encode(), uri=f"test:{name}", source=name)
    yield index
    store.close()
    catalogue.close()


def test_with_a_model_both_legs_count_and_scores_stay_within_bounds(hybrid: Index) -> None:
    apart = Retriever(hybrid, recipe=Recipe(join=False))
    asked = apart.search("Do dogs travel free of charge?", 50, Scope(), ("own",))
    assert "Dogs travel free" in asked.hits[0].text
    assert all(0 <= hit.score <= 1 for hit in asked.hits)
    assert len(asked.hits) == asked.passages, "by meaning everything is comparable"
    assert len({(hit.document_id, hit.start) for hit in asked.hits}) == len(asked.hits), "found by both is found once"


def test_with_a_model_a_scope_bounds_both_legs(hybrid: Index) -> None:
    assert {h.source for h in Retriever(hybrid).search("ferries", 50, Scope(language="en"), ("own",)).hits} == {"en.md"}
    assert Retriever(hybrid).search("ferries", 50, Scope(documents=()), ("own",)).hits == ()


def test_with_a_model_words_that_no_passage_has_are_still_compared_by_meaning(hybrid: Index) -> None:
    assert Retriever(hybrid).search("zzz", 3, Scope(), ("own",)).hits
    assert Retriever(hybrid).search("   ", 3, Scope(), ("own",)).hits == ()


RULES = """# {title}

一、期限

申请人应当在三十个工作日内提交材料，逾期未提交的，视为放弃申请，并由主管部门书面告知申请人。

| 地区 | 家数 |
|---|---|
| 东区 | 12 |
| 西区 | 18 |
"""


def test_a_clause_that_two_documents_have_is_one_hit_that_says_where_else_it_stands(workplace: Open) -> None:
    place = workplace(embedder="none")
    add(place, RULES.format(title="甲市许可办法"), "first.md")
    add(place, RULES.format(title="乙市许可办法"), "second.md")
    hit, *others = search(place, "申请人应当在几个工作日内提交材料？")
    assert all("工作日" not in other.text for other in others)
    (other,) = hit.also
    assert {hit.source, other.source} == {"first.md", "second.md"}
    document = place.catalogue.document(other.document_id)
    assert document.text[other.start : other.end] == hit.text.replace(hit.title, other.title)
    assert other.title == document.metadata.title


def test_what_two_documents_say_alike_is_cited_from_both(workplace: Open) -> None:
    place = workplace()
    add(place, RULES.format(title="甲市许可办法"), "first.md")
    add(place, RULES.format(title="乙市许可办法"), "second.md")
    answer = place.assistant.ask(Question("申请人应当在几个工作日内提交材料？"))
    assert {citation.source for citation in answer.citations} == {"first.md", "second.md"}
    assert all(
        place.catalogue.document(c.document_id).text[c.start : c.end] == c.quote and c.headings == ("一、期限",)
        for c in answer.citations
    )


def test_rows_of_a_table_that_are_both_found_are_one_hit(workplace: Open) -> None:
    place = workplace()
    document_id = add(place, RULES.format(title="甲市许可办法"))
    hits = search(place, "东区和西区各有多少家？")
    rows = next(hit for hit in hits if "东区 | 12" in hit.text)
    assert "西区 | 18" in rows.text
    assert place.catalogue.document(document_id).text[rows.start : rows.end] == rows.text


def test_a_question_about_several_documents_hears_each_of_them(workplace: Open) -> None:
    place = workplace()
    many = "".join(f"\n{n}、夜航{n}\n\n夜航规定：港口夜航应当遵守第{n}项要求。\n" for n in "一二三四五")
    add(place, f"# 东港办法\n{many}", "east.md")
    add(place, "# 西港办法\n\n一、夜间\n\n港口夜航另行规定。\n", "west.md")
    assert [hit.source for hit in search(place, "港口夜航的规定", 3)] == ["east.md"] * 3
    assert "west.md" in [hit.source for hit in search(place, "各办法对港口夜航的规定", 3)]


def test_an_explanation_adds_up(hybrid: Index) -> None:
    asked = Retriever(hybrid).search("Do dogs travel free of charge?", 5, Scope(language="en"), ("own",), explain=True)
    explained = asked.explained
    assert explained is not None
    assert [leg.name for leg in explained.legs] == ["lexical", "dense"]
    assert explained.filters == {"language": ("en",)}
    assert explained.passages == asked.passages
    assert [why.rank for why in explained.hits] == [hit.rank for hit in asked.hits]
    for hit, why in zip(asked.hits, explained.hits, strict=True):
        assert sum(leg.share for leg in why.legs) == pytest.approx(why.fused, abs=1e-3)
        assert why.fused == pytest.approx(hit.score, abs=1e-4)
        assert why.reranked is None
    first = explained.hits[0]
    assert {leg.name for leg in first.legs} == {"lexical", "dense"}
    assert first.legs[0].rank == 1
    assert {"dog", "free"} <= {term.text for term in first.terms} <= set(asked.question.weights)
    assert [t.weight for t in explained.terms] == sorted((t.weight for t in explained.terms), reverse=True)


def test_nothing_is_explained_where_nobody_asks(notes: Workplace) -> None:
    assert Retriever(notes.index).search("检测", 5, Scope(), ("own",)).explained is None
    nothing = Retriever(notes.index).search("？？？", 5, Scope(), ("own",), explain=True).explained
    assert nothing is not None
    assert nothing.hits == nothing.terms == ()


class Backwards:
    """A reranker that likes best what the search likes least."""

    name = "backwards@1"

    def __init__(self) -> None:
        self.read: list[str] = []

    def scores(self, _question: str, texts: Sequence[str]) -> list[float]:
        self.read = list(texts)
        return [(i + 1) / len(texts) for i in range(len(texts))]


def test_a_reranker_decides_the_order_and_fusion_what_is_judged(notes: Workplace) -> None:
    asked, model = "检测机构的目标与编号 ferries", Backwards()
    plain = Retriever(notes.index).search(asked, 3, Scope(), ("own",))
    again = Retriever(notes.index, reranker=model, rerank_top=4)
    found = again.search(asked, 3, Scope(), ("own",), explain=True)
    assert len(model.read) == 4
    assert found.hits[0].score == 1
    assert found.by_fusion == plain.by_fusion
    assert model.read[-1].splitlines()[-1] in found.hits[0].text
    assert "甲省检测办法" in "".join(model.read), "titles are read, too"
    assert found.explained is not None
    assert found.explained.reranker == "backwards@1"
    assert [why.reranked for why in found.explained.hits] == [hit.score for hit in found.hits]
    assert found.explained.hits[0].fused < plain.hits[0].score


def test_an_answer_names_its_reranker_and_is_refused_as_without_one(notes: Workplace) -> None:
    plain = Assistant(notes.index, samples="never")
    again = Assistant(notes.index, samples="never", reranker=Backwards())
    for asked in ("午餐什么时候开始供应？", "What is the capital of Peru?"):
        one, other = plain.ask(Question(asked)), again.ask(Question(asked))
        assert (one.answered, one.confidence) == (other.answered, other.confidence)
        assert plain.signals(Question(asked)) == again.signals(Question(asked))
        assert (one.models.reranker, other.models.reranker) == (None, "backwards@1")


def test_an_explanation_is_the_same_over_http_and_is_printed_in_both_languages(notes: Workplace) -> None:
    client = TestClient(build_app(notes.assistant, notes.ingester(), api_key=None, most_bytes=2**20))
    body = {"question": "西区有多少家？", "top_k": 3, "filters": {"language": "zh"}}
    assert set(client.post("/search", json=body).json()) == {"hits"}
    said = client.post("/search", json={**body, "explain": True}).json()
    hits, explained = notes.assistant.explain("西区有多少家？", top_k=3, filters=Filters(language="zh"))
    assert TypeAdapter(tuple[Hit, ...]).validate_python(said["hits"]) == hits
    assert TypeAdapter(Explained).validate_python(said["explanation"]) == explained
    for language, words in (("en", ("rank 1", "terms matched", "language = zh")), ("zh", ("第 1 名", "匹配的词"))):
        console = Console(width=200, record=True, file=io.StringIO())
        print_explained(console, hits, explained, language)
        printed = console.export_text()
        assert all(word in printed for word in words)


class Slow(Backwards):
    """A reranker that takes long to load; `loads` counts how often that was done."""

    loads = 0

    def __init__(self) -> None:
        super().__init__()
        Slow.loads += 1


def test_a_reranker_is_loaded_by_the_first_search_and_once(workplace: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.wiring.load_reranker", lambda *_: Slow())
    monkeypatch.setattr(Slow, "loads", 0)
    place = workplace(reranker="some/model")
    add(place, NOTES["zh.md"])
    assert place.assistant.documents()
    assert Slow.loads == 0
    for _ in range(2):
        assert place.assistant.ask(Question("检测机构的目标是多少家？")).models.reranker == "backwards@1"
    assert Slow.loads == 1


def test_a_reranker_that_cannot_be_had_is_told_by_the_doctor_and_where_the_server_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uvicorn.Server.run", lambda *_, **__: pytest.fail("it serves, and would for ever"))
    settings = Settings(data=tmp_path / "data", samples="never", reranker="endpoint", port=free_port())
    said = [check for check in examine(settings, "zh") if check.ok is False]
    assert ["YIJU_RERANKER_URL" in check.text for check in said] == [True]
    with pytest.raises(BadSetting, match="YIJU_RERANKER_URL"):
        run(settings, lambda app, *_: app, Console(file=io.StringIO()), "en", lambda *_: None)


def test_a_question_longer_than_the_model_s_window_finds_its_passage(notes: Workplace) -> None:
    asked = "Do dogs travel free of charge on a lead? " * 400
    hit = search(notes, asked)[0]
    assert "Dogs travel free" in hit.text
    assert 0 < hit.score <= 1


def test_a_language_that_no_document_has_finds_nothing(notes: Workplace) -> None:
    assert search(notes, "检测机构", scope=Scope(language="xx")) == ()


@pytest.mark.parametrize("question", ["检测机构", "Do dogs travel free?", "？"])
def test_an_empty_index_finds_nothing(workplace: Open, question: str) -> None:
    found = Retriever(workplace().index).search(question, 8, Scope(), ("own",), explain=True)
    assert (found.hits, found.by_fusion, found.passages) == ((), (), 0)


def test_a_corpus_of_one_passage_is_found_in_either_language(workplace: Open) -> None:
    place = workplace()
    add(place, NOTES["undated.md"], "undated.md")
    for asked in ("午餐什么时候开始供应？", "When is lunch served?"):
        (hit,) = search(place, asked)
        assert "十一点半" in hit.text
        assert 0 < hit.score <= 1


def test_each_document_is_read_once_a_search(notes: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    document = notes.catalogue.document
    monkeypatch.setattr(notes.catalogue, "document", lambda name: read.append(name) or document(name))
    assert len(search(notes, "检测机构 ferries 午餐", 8)) > 3
    assert len(read) == len(set(read)) == 3


def test_a_search_writes_nothing_so_what_was_made_of_the_catalogue_still_holds(notes: Workplace) -> None:
    before = notes.catalogue.changes
    search(notes, "检测机构 ferries 午餐")
    assert notes.catalogue.changes == before


def test_an_explanation_names_the_legs_of_the_built_in_model_and_adds_up(notes: Workplace) -> None:
    found = Retriever(notes.index).search("Do dogs travel free?", 5, Scope(), ("own",), explain=True)
    assert found.explained is not None
    assert [leg.name for leg in found.explained.legs] == ["lexical", "dense", "late"]
    for why in found.explained.hits:
        assert sum(leg.share for leg in why.legs) == pytest.approx(why.fused, abs=1e-3)

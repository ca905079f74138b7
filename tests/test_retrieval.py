"""Questions to hits, over an index of a few notes of our own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from assistant.wiring import Workplace
from conftest import add
from corpus.catalogue import Catalogue
from indexing.index import Index
from indexing.ingest import Ingester
from indexing.retrieval import Hit, Retriever, headings_at
from indexing.store import Scope
from indexing.store_edge import EdgeStore

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
def test_a_question_that_nothing_matches_has_no_hits_and_is_no_error(notes: Workplace, question: str) -> None:
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
    notes.index.remove(search(notes, "午餐开始供应")[0].document_id)
    assert search(notes, "午餐") == ()


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
    asked = Retriever(hybrid).search("Do dogs travel free of charge?", 50, Scope(), ("own",))
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

"""BM25 as a dot product, with a score whose greatest value is known."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexing.lexical import Sparse, passage_vector, question_vector
from indexing.tokeniser import Translation, term_id

WORDS = st.lists(
    st.sampled_from("甲项 乙项 标准 体系 数据 ISO/IEC 42001:2023 report ferry 2026 50".split()), max_size=30
)


def score(passage: Sparse, question: Sparse) -> float:
    weights = dict(zip(passage.indices, passage.values, strict=True))
    return sum(w * weights.get(i, 0.0) for i, w in zip(question.indices, question.values, strict=True))


def vector(text: str, context: str = "", headings: str = "", title: str = "") -> Sparse:
    return passage_vector(text, context, headings, title)


def weight(found: Sparse, term: str) -> float:
    return dict(zip(found.indices, found.values, strict=True)).get(term_id(term), 0.0)


def test_a_word_weighs_most_in_the_text_then_in_a_heading_then_in_the_title() -> None:
    text, heading, title = vector("ferry"), vector("", headings="ferry"), vector("", title="ferry")
    assert weight(text, "ferri") > weight(heading, "ferri") > weight(title, "ferri") > 0


def test_a_table_row_is_found_by_its_column_s_name() -> None:
    assert weight(vector("甲 | 3", context="地区：甲；数量：3"), "数量") > 0


def test_repeating_a_word_helps_less_every_time() -> None:
    once, twice, thrice = (weight(vector("ferry " * n), "ferri") for n in (1, 2, 3))
    assert once < twice < thrice
    assert twice - once > thrice - twice


def test_a_word_weighs_less_in_a_long_passage() -> None:
    assert weight(vector("ferry"), "ferri") > weight(vector("ferry " + "other words " * 100), "ferri")


def test_a_rare_word_weighs_more_than_a_common_one_and_an_unknown_one_most() -> None:
    counts = {term_id("ferri"): 90, term_id("harbour"): 2}
    weights = question_vector("ferry harbour zeppelin", counts, 100).weights
    assert 0 < weights["ferri"] < weights["harbour"] < weights["zeppelin"]


def test_a_word_that_every_passage_holds_never_weighs_less_than_nothing() -> None:
    assert question_vector("ferry", {term_id("ferri"): 10}, 10).weights["ferri"] > 0


def test_an_empty_question_has_no_vector_and_no_coverage() -> None:
    found = question_vector("？！", {}, 0)
    assert found.vector == Sparse((), ())
    assert found.ceiling == 0
    assert found.coverage({"anything"}) == 0


def test_coverage_is_the_share_of_the_question_that_is_said() -> None:
    question = question_vector("ferry harbour", {term_id("ferri"): 1, term_id("harbour"): 1}, 10)
    assert question.coverage(set()) == 0
    assert question.coverage({"ferri"}) == pytest.approx(0.5)
    assert question.coverage({"ferri", "harbour", "more"}) == pytest.approx(1)


@settings(max_examples=80, deadline=None)
@given(WORDS, WORDS, WORDS, st.integers(0, 50))
def test_no_passage_scores_above_the_ceiling(said: list[str], headed: list[str], asked: list[str], held: int) -> None:
    question = question_vector(" ".join(asked), {term_id("标准"): held, term_id("iso/iec42001"): held}, 50)
    reached = score(vector(" ".join(said), headings=" ".join(headed)), question.vector)
    assert 0 <= reached <= question.ceiling + 1e-9


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=200))
def test_a_vector_has_each_term_once_in_order_and_no_weight_below_zero(text: str) -> None:
    found = vector(text, text[:20], text[:10], text[:5])
    assert list(found.indices) == sorted(set(found.indices))
    assert len(found.indices) == len(found.values)
    assert all(0 <= i < 2**32 for i in found.indices)
    assert all(v > 0 for v in found.values)


def test_a_translation_adds_to_what_is_searched_and_never_moves_the_ceiling() -> None:
    counts = {term_id("轮渡"): 3, term_id("ferri"): 2}
    plain = question_vector("ferry", counts, 100)
    also = question_vector("ferry", counts, 100, [Translation("ferry", "轮渡", 0.5)])
    assert also.ceiling == plain.ceiling
    assert dict(also.weights) == dict(plain.weights)
    assert weight(also.vector, "ferri") == weight(plain.vector, "ferri")
    assert weight(also.vector, "轮渡") == pytest.approx(0.5 * question_vector("轮渡", counts, 100).weights["轮渡"])


def test_a_word_s_share_is_divided_among_the_pairs_of_its_translation() -> None:
    found = question_vector("library", {}, 100, [Translation("library", "图书馆", 1.0)]).vector
    rarity = question_vector("图书", {}, 100).weights["图书"]
    assert weight(found, "图书") == weight(found, "书馆") == pytest.approx(rarity / 2)
    assert weight(found, "图") == weight(found, "图书馆") == 0


def test_translations_into_what_the_corpus_lacks_leave_its_own_language_in_order() -> None:
    passages = [vector(text) for text in ("ferry ferry pier", "ferry harbour", "harbour office")]
    counts = {term_id("ferri"): 2, term_id("harbour"): 2}
    asked = "ferry at the harbour"
    plain = question_vector(asked, counts, 3).vector
    also = question_vector(asked, counts, 3, [Translation("ferry", "轮渡", 1.0)]).vector
    assert [score(p, also) for p in passages] == [score(p, plain) for p in passages]

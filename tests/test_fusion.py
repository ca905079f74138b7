"""How the legs' scores become one."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from indexing.arrange import Arranged, Ranked
from indexing.embed_static import StaticEmbedder
from indexing.explain import explanation
from indexing.fusion import SHIPPED, Asked, Recipe, fuse, legs
from indexing.lexical import question_vector
from indexing.store import Match
from test_embed_static import model

CEILING = 10.0


def match(name: str, score: float, tokens: str = "") -> Match:
    return Match(name, 0, 0, 5, score, tokens)


@pytest.fixture
def embedder(tmp_path: Path) -> StaticEmbedder:
    return StaticEmbedder(model(tmp_path / "m"))


def told(embedder: StaticEmbedder, name: str, text: str, score: float) -> Match:
    return match(name, score, embedder.packed(embedder.tokens((text,))[0]))


def test_without_a_static_model_there_are_two_legs_weighed_as_set() -> None:
    recipe = Recipe(share=0.7)
    asked = legs("dogs", [match("a", 5)], [match("a", 0.5), match("b", 0.9)], CEILING, None, recipe)
    assert [(leg.name, leg.weight) for leg in asked] == [
        ("lexical", pytest.approx(0.07)),
        ("dense", pytest.approx(0.3)),
    ]
    assert fuse(asked, "sum")[0][1] == pytest.approx(0.7 * 0.5 + 0.3 * 0.5)


@pytest.mark.parametrize("wanted", list(product((True, False), repeat=3)))
def test_the_weights_of_the_legs_that_are_asked_sum_to_one(
    embedder: StaticEmbedder, wanted: tuple[bool, bool, bool]
) -> None:
    lexical, dense, late = wanted
    recipe = replace(SHIPPED, lexical=lexical, dense=dense, late=late)
    found = [told(embedder, "a", "dogs", 5)]
    asked = legs("dogs", found if lexical else (), found, CEILING, embedder, recipe)
    assert {leg.name for leg in asked} == {n for n, on in zip(("lexical", "dense", "late"), wanted, strict=True) if on}
    scale = {"lexical": CEILING}
    assert sum(leg.weight * scale.get(leg.name, 1) for leg in asked) == pytest.approx(1 if any(wanted) else 0)


def test_what_one_leg_found_has_a_score_of_the_others_too(embedder: StaticEmbedder) -> None:
    by_word = told(embedder, "a", "pets", 8)
    by_meaning = told(embedder, "b", "dogs", 1)
    asked = legs("dogs", [by_word], [by_meaning], CEILING, embedder, SHIPPED)
    scores = {leg.name: {m.document_id: m.score for m in leg.matches} for leg in asked}
    cosine = float(embedder.embed_question("dogs") @ embedder.embed_question("pets"))
    assert scores["dense"] == pytest.approx({"a": cosine, "b": 1})
    assert set(scores["late"]) == {"a", "b"}
    assert scores["late"]["b"] > scores["late"]["a"] > 0


def test_a_question_without_a_known_word_is_searched_by_word_alone(embedder: StaticEmbedder) -> None:
    found = [told(embedder, "a", "dogs", 5)]
    (leg,) = legs("zeppelin", found, found, CEILING, embedder, SHIPPED)
    assert (leg.name, leg.weight) == ("lexical", 1 / CEILING)


def test_nothing_found_is_no_hit_and_a_question_without_words_divides_by_nothing() -> None:
    asked = legs("", (), (), 0.0, None, SHIPPED)
    assert [(leg.name, leg.weight) for leg in asked] == [("lexical", 0)]
    assert fuse(asked, "sum") == []


def test_ranks_give_one_where_all_legs_agree_and_less_elsewhere() -> None:
    asked = [Asked(name, [match("a", 9), match("b", 1)], 1.0) for name in ("lexical", "dense", "late")]
    assert [(m.document_id, score) for m, score in fuse(asked, "rrf")] == [
        ("a", pytest.approx(1)),
        ("b", pytest.approx(61 / 62)),
    ]


def test_the_greatest_score_or_the_sum_and_one_below_nothing_counts_as_none() -> None:
    asked = [Asked("lexical", [match("a", 5)], 0.1), Asked("dense", [match("a", 0.5), match("b", -0.5)], 0.5)]
    assert [score for _, score in fuse(asked, "max")] == pytest.approx([0.5, 0])
    assert [score for _, score in fuse(asked, "sum")] == pytest.approx([0.75, 0])


def test_equal_scores_have_an_order_of_their_own() -> None:
    asked = Asked("lexical", [match("b", 1), match("a", 1)], 1.0)
    assert [m.document_id for m, _ in fuse([asked], "sum")] == ["a", "b"]


def test_an_explanation_adds_up_over_all_three_legs(embedder: StaticEmbedder) -> None:
    found = [told(embedder, "a", "pets free", 8), told(embedder, "b", "dogs office", 3)]
    asked = legs("dogs free", found, found[1:], CEILING, embedder, SHIPPED)
    for one, score in fuse(asked, "sum"):
        arranged = Arranged((Ranked(one, score, score),), score, score)
        why = explanation(arranged, 1, asked, question_vector("dogs free", {}, 2), "", reranked=False)
        assert [leg.name for leg in why.legs] == ["lexical", "dense", "late"]
        assert sum(leg.share for leg in why.legs) == pytest.approx(score, abs=1e-3)

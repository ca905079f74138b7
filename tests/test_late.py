"""Late interaction, worked out by hand on vectors of two values."""

from __future__ import annotations

import math

import numpy as np
import pytest

from indexing.late import matched

# Places: 0 and 1 are what a question says, 2 means the same as 0, 3 is unlike both, 4 halves the angle, 5 is nothing.
VECTORS = np.array([[2, 0], [0, 1], [3, 0], [-1, -1], [1, 1], [0, 0]], np.float32)


def places(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.intp)


def test_each_word_counts_by_its_length_and_how_few_passages_have_its_like() -> None:
    scores = matched(places(0, 1), [places(2), places(3), places(4)], VECTORS)
    # The squared cosines of both words with each passage's nearest: (1, 0), (0, 0), (1/2, 1/2).
    holding = (1 + 1 / 4, 1 / 4)
    rarity = [math.log(1 + (3 - held + 0.5) / (held + 0.5)) for held in holding]
    first, second = 2 * rarity[0], 1 * rarity[1]
    expected = [first / (first + second), 0, 0.5]
    assert scores.tolist() == pytest.approx(expected, abs=1e-6)


def test_the_order_of_words_and_saying_one_twice_change_nothing() -> None:
    one = matched(places(0, 1), [places(2, 4, 3), places(3)], VECTORS)
    assert matched(places(1, 0, 0), [places(3, 2, 4, 4), places(3)], VECTORS) == pytest.approx(one)


def test_one_passage_alone_has_a_score_within_bounds() -> None:
    assert matched(places(0, 1), [places(0, 1)], VECTORS).tolist() == pytest.approx([1])
    assert matched(places(0), [places(3)], VECTORS).tolist() == [0]


def test_a_question_or_a_passage_of_unknown_words_matches_nothing() -> None:
    assert matched(places(), [places(2), places(3)], VECTORS).tolist() == [0, 0]
    assert matched(places(5), [places(2)], VECTORS).tolist() == [0]
    assert matched(places(0), [places(), places(5)], VECTORS).tolist() == [0, 0]
    assert matched(places(0), [], VECTORS).shape == (0,)

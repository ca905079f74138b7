"""Intervals and tests, held against scipy and against data whose truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from eval.statistics import Estimate, estimate, estimate_of, holm, paired, quantile, step_down

RANDOM = np.random.default_rng(7)


def simulated(documents: int, draw: np.random.Generator, effect: float = 0.0) -> tuple[list[float], list[str]]:
    """Values around `effect` in documents that differ by as much as questions do, 1 to 7 questions each."""
    values, names = [], []
    for document in range(documents):
        level = draw.normal()
        for _ in range(int(draw.integers(1, 8))):
            values.append(effect + level + draw.normal())
            names.append(f"d{document}")
    return values, names


@pytest.mark.parametrize("documents", [4, 7, 9, 25])
def test_an_interval_holds_the_truth_in_about_95_of_100_sets_few_documents_or_many(documents: int) -> None:
    draw, held, sets = np.random.default_rng(3), 0, 400
    for _ in range(sets):
        made = estimate(*simulated(documents, draw))
        held += made.low <= 0 <= made.high
    assert 0.91 <= held / sets <= 0.99


def test_counting_questions_of_one_document_as_independent_would_be_too_sure() -> None:
    draw, held, sets = np.random.default_rng(3), 0, 400
    for _ in range(sets):
        values, _ = simulated(12, draw)
        made = estimate(values, [str(i) for i in range(len(values))])
        held += made.low <= 0 <= made.high
    assert held / sets < 0.85


@pytest.mark.parametrize("documents", [8, 20])
def test_where_nothing_differs_the_paired_test_says_so_in_about_95_of_100_comparisons(documents: int) -> None:
    draw, wrong, sets = np.random.default_rng(5), 0, 300
    for _ in range(sets):
        values, names = simulated(documents, draw)
        wrong += paired([0.0] * len(values), values, names).p < 0.05
    assert 0.02 <= wrong / sets <= 0.08


def test_a_real_difference_is_found() -> None:
    values, names = simulated(25, np.random.default_rng(5), effect=2.0)
    made = paired([0.0] * len(values), values, names)
    assert made.shown
    assert made.p < 0.001
    assert paired(values, [0.0] * len(values), names).value == -made.value


def test_with_one_question_a_document_it_is_scipys_bootstrap() -> None:
    from scipy.stats import bootstrap, norm, t

    values = RANDOM.gamma(2, size=60)
    level = 1 - 2 * norm.cdf(-math.sqrt(60 / 59) * t.ppf(0.975, 59))
    theirs = bootstrap((values,), np.mean, confidence_level=level, n_resamples=9999, method="percentile", rng=1)
    ours = estimate(list(values), [str(i) for i in range(60)])
    assert ours.low == pytest.approx(theirs.confidence_interval.low, abs=0.03)
    assert ours.high == pytest.approx(theirs.confidence_interval.high, abs=0.03)


@pytest.mark.parametrize(("questions", "close"), [(9, 1e-12), (40, 0.02)])
def test_with_one_question_a_document_it_is_scipys_permutation_test(questions: int, close: float) -> None:
    from scipy.stats import permutation_test

    a, b = RANDOM.random(questions), RANDOM.random(questions) + 0.15
    theirs = permutation_test(
        (a, b),
        lambda x, y, axis: np.mean(y - x, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=20_000,
        rng=1,
    )
    assert paired(list(a), list(b), [str(i) for i in range(questions)]).p == pytest.approx(theirs.pvalue, abs=close)


def test_p_values_are_corrected_as_holm_does() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([0.9, 0.8]) == (1.0, 1.0)
    assert holm([]) == ()


def test_an_estimate_of_the_mean_is_the_estimate() -> None:
    for documents in (5, 12):
        values, names = simulated(documents, np.random.default_rng(2))
        x = np.array(values)
        other = estimate_of(lambda rows: float(x[rows].mean()), names)  # noqa: B023
        mean = estimate(values, names)
        assert other.value == pytest.approx(mean.value)
        assert (other.low, other.high) == pytest.approx((mean.low, mean.high), abs=0.05)


def test_all_right_is_not_certain_and_one_question_says_little() -> None:
    everything = estimate([1.0] * 24, [f"d{i % 6}" for i in range(24)])
    assert everything.value == everything.high == 1.0
    assert 0.7 < everything.low < 0.9
    assert estimate([1.0], ["a"]).low == pytest.approx(0.025)
    assert estimate([37.0], ["a"]) == Estimate(37.0, 37.0, 37.0, 1, 1)


def test_a_share_stays_between_0_and_1_with_three_documents() -> None:
    made = estimate([1, 1, 0, 0, 1, 0.5], ["a", "a", "b", "b", "c", "c"])
    assert (made.low, made.high, made.clusters) == (0.0, 1.0, 3)
    assert estimate_of(lambda rows: float(np.mean(rows < 5)), ["a", "a", "b", "b", "c", "c"]).high == 1.0


def test_questions_about_one_document_count_for_themselves() -> None:
    values = [float(i % 2) for i in range(30)]
    alone, many = estimate(values, ["a"] * 30), estimate(values, [str(i) for i in range(30)])
    assert (alone.low, alone.high, alone.clusters) == (many.low, many.high, 1)


def test_a_resample_without_a_value_counts_for_nothing_and_a_set_without_one_is_an_error() -> None:
    classes = np.array([1] + [0] * 9)

    def first(rows: np.ndarray) -> float:
        return 0.5 if classes[rows].any() else math.nan

    made = estimate_of(first, [str(i) for i in range(10)])
    assert (made.low, made.high) == (0.5, 0.5)
    with pytest.raises(ValueError, match="no value"):
        estimate_of(lambda _: math.nan, ["a", "b"])
    for values, clusters in (([], []), ([math.nan], ["a"]), ([1.0], ["a", "b"])):
        with pytest.raises(ValueError, match=r"values|finite"):
            estimate(values, clusters)


def test_the_95th_percentile_of_latencies_has_an_interval() -> None:
    made = quantile(list(range(1, 101)), [str(i) for i in range(100)], 0.95)
    assert made.value == pytest.approx(95.05)
    assert 88 <= made.low < made.value < made.high <= 100


def test_four_documents_that_all_agree_are_too_few_to_show_a_difference() -> None:
    assert paired([0.0] * 8, [1.0] * 8, list("aabbccdd")).p == 2 / 2**4
    assert paired([1.0] * 4, [1.0] * 4, list("abcd")).p == 1.0


def test_correcting_together_costs_nothing_for_one_measure_under_four_names() -> None:
    test = {f"d{i}": 1.0 + i / 7 for i in range(9)}
    assert step_down([test] * 4) == (2 / 2**9,) * 4
    assert step_down([test]) == (2 / 2**9,)
    assert step_down([]) == ()


def test_correcting_together_is_never_kinder_than_none_and_seldom_harsher_than_holm() -> None:
    draw = np.random.default_rng(4)
    tests = [{f"d{i}": float(draw.normal() + level) for i in range(11)} for level in (2, 1, 0.5, 0, 0, 0)]
    ps = [paired([0.0] * 11, list(test.values()), list(test)).p for test in tests]
    for p, together, alone in zip(ps, step_down(tests), holm(ps), strict=True):
        assert p <= together <= alone + 0.02


def test_among_ten_measures_that_do_not_differ_one_is_called_different_in_about_5_of_100_comparisons() -> None:
    draw, wrong, sets = np.random.default_rng(6), 0, 200
    for _ in range(sets):
        common = draw.normal(size=10)
        tests = [{f"d{i}": float(common[i] + draw.normal()) for i in range(10)} for _ in range(10)]
        wrong += min(step_down(tests)) < 0.05
    assert 0.01 <= wrong / sets <= 0.09

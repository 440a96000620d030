"""The metrics, on rankings whose values can be worked out by hand."""

from math import isnan, log2

import pytest

from benchmarks.matching.metrics import auc, estimate, ndcg, recall


def test_ndcg_is_one_for_the_best_order_and_falls_with_the_place_of_the_good() -> None:
    grades = [3, 0, 1]

    assert ndcg([9, 1, 5], grades) == pytest.approx(1)
    best = 7 + 1 / log2(3)
    assert ndcg([5, 9, 1], grades) == pytest.approx((7 / log2(3) + 1 / 2) / best)


def test_ndcg_sees_no_further_than_its_depth() -> None:
    assert ndcg([3, 2, 1], [0, 0, 3], depth=2) == 0
    assert ndcg([3, 2, 1], [0, 3, 0], depth=2) == pytest.approx(1 / log2(3))


def test_equal_scores_count_as_any_order_would_on_average() -> None:
    assert ndcg([1, 1], [3, 0]) == pytest.approx((1 + 1 / log2(3)) / 2)
    assert recall([1, 1, 1, 1], [True, False, False, False], depth=1) == pytest.approx(1 / 4)
    assert auc([1, 1], [True, False]) == pytest.approx(1 / 2)


def test_recall_is_the_part_that_was_found() -> None:
    assert recall([4, 3, 2, 1], [True, False, True, False], depth=2) == pytest.approx(1 / 2)
    assert recall([4, 3, 2, 1], [True, False, True, False], depth=3) == pytest.approx(1)


def test_auc_counts_the_pairs_in_the_right_order() -> None:
    assert auc([4, 3, 2, 1], [True, False, True, False]) == pytest.approx(3 / 4)
    assert auc([1, 2, 3], [True, False, False]) == 0


def test_without_anything_to_find_there_is_no_value() -> None:
    assert isnan(ndcg([1, 2], [0, 0]))
    assert isnan(recall([1, 2], [False, False]))
    assert isnan(auc([1, 2], [False, False]))
    assert isnan(auc([1, 2], [True, True]))


def test_an_interval_holds_the_mean_and_narrows_with_more_values() -> None:
    few, many = estimate([0.0, 1.0] * 10), estimate([0.0, 1.0] * 1000)

    assert few.mean == many.mean == pytest.approx(0.5)
    assert few.low < many.low < 0.5 < many.high < few.high


def test_a_difference_that_is_the_same_everywhere_is_certain() -> None:
    always = estimate([0.25] * 40)

    assert (always.low, always.mean, always.high) == pytest.approx((0.25, 0.25, 0.25))


def test_values_that_are_missing_do_not_count() -> None:
    assert estimate([1.0, float("nan"), 3.0]).mean == pytest.approx(2)
    assert isnan(estimate([float("nan")]).mean)

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.bench.measures import area_under_curve, correlation, edits, precision_recall_f1, rank_correlation

numbers = st.lists(st.floats(-10, 10).map(lambda x: round(x, 1)), min_size=1, max_size=30)


@given(numbers, numbers)
def test_the_area_under_the_curve_is_the_share_of_pairs_in_order(low, high):
    pairs = [1.0 if a < b else 0.5 if a == b else 0.0 for a in low for b in high]
    assert area_under_curve(low, high) == pytest.approx(np.mean(pairs))


@given(numbers)
def test_a_correlation_with_oneself_is_one_and_with_the_opposite_minus_one(values):
    expected = 1.0 if len(set(values)) > 1 else 0.0
    assert correlation(values, values) == pytest.approx(expected)
    assert correlation(values, [-v for v in values]) == pytest.approx(-expected)


@given(st.lists(st.integers(1, 4), max_size=8), st.lists(st.integers(1, 4), max_size=8))
def test_edits_are_the_levenshtein_distance(said, heard):
    from rapidfuzz.distance import Levenshtein

    assert edits([frozenset([phone]) for phone in said], heard) == Levenshtein.distance(said, heard)


def test_any_class_that_counts_as_the_phone_is_no_edit():
    assert edits([frozenset([1, 2]), frozenset([3])], [2, 3]) == 0


def test_what_may_be_left_out_costs_nothing():
    assert edits([frozenset([1]), frozenset([2])], [1], [False, True]) == 0
    assert edits([frozenset([1]), frozenset([2])], [1], [True, False]) == 1


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1))
def test_f1_lies_between_precision_and_recall(pairs):
    precision, recall, f1 = precision_recall_f1([f for f, _ in pairs], [w for _, w in pairs])
    assert min(precision, recall) - 1e-9 <= f1 <= max(precision, recall) + 1e-9


@given(st.lists(st.floats(-10, 10).map(lambda x: round(x, 1)), min_size=2, max_size=30, unique=True))
def test_ranks_do_not_change_with_the_scale(values):
    stretched = [np.exp(v) for v in values]
    assert rank_correlation(values, stretched) == pytest.approx(1)
    assert rank_correlation(values, [-v for v in stretched]) == pytest.approx(-1)


def test_ties_share_their_mean_rank():
    assert rank_correlation([1, 1, 2], [1, 1, 5]) == pytest.approx(1)
    assert rank_correlation([1, 2, 2, 3], [1, 3, 2, 4]) == pytest.approx(4.5 / np.sqrt(4.5 * 5))

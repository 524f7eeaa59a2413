"""Agreement of judges, against published examples and what must hold by definition."""

from math import nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.reports.agreement import agreement, alpha, disagreements, each_against_the_rest, kappa, proposed_mark

SCORES = st.lists(st.integers(0, 100).map(float), min_size=2, max_size=40)


def test_kappa_of_a_table_that_is_in_textbooks():
    """20 times both yes, 15 both no, 5 and 10 apart: .40."""
    one = [True] * 25 + [False] * 25
    other = [True] * 20 + [False] * 5 + [True] * 10 + [False] * 15
    assert kappa(one, other) == pytest.approx(0.4)


def test_alpha_of_krippendorffs_own_example():
    """Four observers, twelve units, some missing: .849 on an interval scale."""
    table = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, nan, nan, nan],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nan, 3],
        [nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nan],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nan],
    ]
    assert alpha(table) == pytest.approx(0.849, abs=0.001)


def test_without_a_call_that_two_have_rated_there_is_no_alpha():
    assert alpha([[50, nan], [nan, 60]]) is None


@given(SCORES)
def test_a_judge_agrees_with_himself(scores):
    found = agreement(scores, scores, 70)
    assert (found.difference, found.spread, found.kappa) == (0, 0, 1)
    assert alpha([scores, scores]) == pytest.approx(1)


@given(SCORES, st.floats(-30, 30))
def test_a_milder_judge_is_as_far_off_as_he_is_milder_and_correlates_all_the_same(scores, milder):
    found = agreement(scores, [score + milder for score in scores], 70)
    assert found.difference == pytest.approx(-milder)
    assert found.spearman == pytest.approx(1 if len(set(scores)) > 1 else 0)


def test_the_proposed_mark_parts_what_the_judge_passes_from_what_not():
    scores = [40, 50, 55, 60, 62, 75, 80, 85, 90, 95]
    assert proposed_mark(scores, [score > 65 for score in scores]) == pytest.approx(68.5, abs=6.5)
    assert proposed_mark(scores, [True] * 10) is None
    assert proposed_mark(scores[:5], [False, False, True, True, True]) is None  # too few


@given(
    st.lists(st.tuples(st.integers(0, 1000).map(lambda tenths: tenths / 10), st.booleans()), min_size=10, max_size=40)
)
def test_no_other_mark_agrees_better_than_the_proposed_one(rated):
    scores, passes = [score for score, _said in rated], [said for _score, said in rated]
    mark = proposed_mark(scores, passes)
    if mark is not None:
        best = max(kappa(np.asarray(scores) >= other, passes) for other in scores)
        assert kappa(np.asarray(scores) >= mark, passes) >= best - 1e-9


def test_the_furthest_apart_come_first():
    assert disagreements([90, 50, 70, 20], [80, 95, 70, 10])[0] == 1
    assert len(disagreements(range(30), [0] * 30)) == 10


def test_each_judge_is_held_against_the_mean_of_the_others():
    ratings = [[10, 20, 30, 40], [12, 18, 33, 39], [40, 30, 20, 10]]
    first, second, contrary = each_against_the_rest(ratings)
    assert contrary == pytest.approx(-1, abs=0.02)
    assert first > -0.5
    assert second > -0.5

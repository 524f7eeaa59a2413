"""Progress compares the same people with themselves, and says how sure that is."""

from datetime import date, timedelta
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.reports.change import paired, since_they_began, t_quantile, unpaired, week_by_week
from trainer.reports.figures import DayFigures, Tally

MONDAY = date(2026, 9, 7)


def drilled(who: str, week: int, *points: float) -> DayFigures:
    squares = sum(value**2 for value in points)
    return DayFigures(who, MONDAY + timedelta(weeks=week), Tally(len(points), sum(points), squares))


def test_who_comes_and_who_goes_changes_nothing():
    """Five on the first day and four others on the last are no progress."""
    weak = [drilled(f"weak-{n}", 0, 70, 75, 80) for n in range(5)]
    strong = [drilled(f"strong-{n}", 3, 90, 94, 98) for n in range(4)]
    assert since_they_began(weak + strong) is None
    same = [drilled("same", 0, 70, 70, 70, 70), drilled("same", 3, 80, 80, 80, 80)]
    change = since_they_began(weak + strong + same)
    assert (change.before, change.after) == (70, 80)


def test_a_week_with_an_answer_or_two_is_no_week():
    assert since_they_began([drilled("a", 0, 50, 50), drilled("a", 1, 90, 90, 90)]) is None


def test_calls_without_an_answer_are_no_scores():
    silent = Tally(attempts=48, missed=48)
    assert silent.mean_points is None
    assert (Tally(2, 160.0, 12800.0) + silent).mean_points == 80


def test_each_week_is_compared_with_the_one_before_for_those_in_both():
    days = [drilled("a", 0, 60, 60, 60), drilled("b", 0, 80, 80, 80)]
    days += [drilled("a", 1, 70, 70, 70), drilled("c", 1, 10, 10, 10)]
    (step,) = week_by_week(days)
    assert (step.monday, step.change.before, step.change.after) == (MONDAY + timedelta(weeks=1), 60, 70)


@pytest.mark.parametrize(
    ("freedom", "table"), [(3, 3.182), (4, 2.776), (10, 2.228), (30, 2.042), (1000, 1.962)]
)  # Student's, two-sided 95 %
def test_the_quantile_is_students(freedom, table):
    assert t_quantile(freedom) == pytest.approx(table, abs=0.02)


def test_an_interval_covers_the_truth_about_as_often_as_it_says():
    import random

    random.seed(1)
    covered = 0
    for _ in range(2000):
        pairs = [(before := random.gauss(70, 10), before + random.gauss(5, 8)) for _learner in range(8)]
        change = paired(pairs)
        covered += change.low <= 5 <= change.high
    assert 0.935 <= covered / 2000 <= 0.965


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=1, max_size=30))
def test_a_paired_change_is_the_mean_of_the_differences_inside_its_interval(pairs):
    change = paired(pairs)
    assert change.by == pytest.approx(fmean(after - before for before, after in pairs), abs=1e-9)
    if change.low is not None:
        assert change.low - 1e-9 <= change.by <= change.high + 1e-9
    else:
        assert len(pairs) < 4


def test_one_learners_change_is_sure_only_when_the_calls_say_so():
    def week(*points: float) -> Tally:
        return drilled("a", 0, *points).tally

    assert unpaired(week(60, 62, 64, 61), week(80, 82, 81, 83)).sure
    assert not unpaired(week(60, 90, 64, 85), week(70, 92, 61, 88)).sure
    assert not unpaired(week(60, 62, 64), week(80, 82, 81)).sure  # too few to say

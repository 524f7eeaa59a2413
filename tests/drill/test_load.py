"""Under load: who holds both tasks gets the points of both, who lets one go does not; each call is answered twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.drill.exercises import Exercise
from trainer.drill.load import BAND, END, MIDDLE, TICK, Answer, Other, Pair, Press, gauge, held, level, outcome, twice
from trainer.drill.plan import Reason, Turn

seeds, levels = st.integers(0, 10_000), st.floats(0, 1)
WHILE = 20.0


def steadied(other):
    """The presses of somebody who looks every fifth of a second."""
    presses = []
    for look in range(1, int(WHILE / 0.2)):
        at = other.began + look * 0.2
        away = gauge(other, presses, at)[-1] - MIDDLE
        if abs(away) > 4:
            presses.append(Press(at, "down" if away > 0 else "up"))
    return presses


@settings(max_examples=15, deadline=None)
@given(seeds, levels, st.floats(0, 300))
def test_a_gauge_that_is_watched_stays_in_its_band_and_one_that_is_not_runs_away(seed, hard, began):
    other = Other("gauge", hard, began, seed)
    until = began + WHILE
    assert held(other, steadied(other), began, until) > 95
    assert held(other, [], began, until) < 50
    assert all(0 <= value <= END for value in gauge(other, [], until))
    assert abs(gauge(other, [], until)[-1] - MIDDLE) > BAND


@given(seeds, levels, st.floats(0, 300), st.floats(0, 0.3))
def test_a_count_that_goes_on_evenly_is_whole_wherever_it_is_looked_at(seed, hard, began, uneven):
    other = Other("count", hard, began, seed)
    presses = [Press(began + (n + uneven * (n % 2)) * other.beat, "step") for n in range(1, 40)]
    until = presses[-1].at
    assert held(other, presses, began, until) == pytest.approx(100)
    assert held(other, presses, began + 3.3, began + 7.9) == pytest.approx(100)


@given(levels, st.integers(2, 8))
def test_a_count_that_stops_or_runs_loses_the_time(hard, kept):
    other = Other("count", hard, 0.0, 0)
    until = 20 * other.beat
    stopped = [Press(n * other.beat, "step") for n in range(1, kept + 1)]
    assert held(other, stopped, 0.0, until) == pytest.approx(100 * kept / 20)
    hurried = [Press(n * other.beat / 3, "step") for n in range(1, 60)]
    assert held(other, hurried, 0.0, until) < 10
    assert held(other, [], 0.0, until) == 0


def test_presses_of_another_stretch_do_not_count():
    before = [Press(1.0, "up"), Press(2.0, "step")]
    assert gauge(Other("gauge", 0.5, 10.0, 3), before, 15.0) == gauge(Other("gauge", 0.5, 10.0, 3), [], 15.0)
    assert len(gauge(Other("gauge", 0.5, 10.0, 3), before, 15.0)) == round(5 / TICK) + 1


@given(seeds, st.integers(1, 9))
def test_every_call_is_asked_twice_and_which_way_comes_first_changes(seed, count):
    turns = [Turn(None, (f"C-{n}",), "apollo", Reason("drawn")) for n in range(count)]
    asked = twice(turns, seed)
    assert [turn.answers[0] for turn, _loaded in asked] == [f"C-{n // 2}" for n in range(2 * count)]
    firsts = [loaded for _turn, loaded in asked[::2]]
    assert [loaded for _turn, loaded in asked[1::2]] == [not loaded for loaded in firsts]
    assert abs(sum(firsts) - count / 2) <= 0.5


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 100))
def test_nobody_gains_by_letting_a_task_go(readback, free, other):
    pair = Pair(Answer("A", readback, 1.0, other), Answer("A", free, 0.4, None), True)
    assert pair.points == min(readback, other)
    assert pair.loss == free - readback
    assert pair.slower == pytest.approx(0.6)
    found = outcome([pair, pair])
    assert (found.loss, found.held) == (pytest.approx(free - readback), pytest.approx(other))
    assert outcome([]) is None


@given(st.lists(st.floats(0, 100), max_size=30))
def test_it_gets_harder_where_both_were_held(points):
    at = datetime(2026, 3, 1, tzinfo=UTC)
    done = [
        Exercise(at + timedelta(minutes=n), "load", "ru", "RB", value, {"task": "count"})
        for n, value in enumerate(points)
    ]
    assert 0 <= level(done, "ru", "count") <= 1
    assert level(done, "ru", "gauge") == level(done, "en", "count") == 0
    good = Exercise(at, "load", "ru", "RB", 90.0, {"task": "count"})
    assert level([*done, good], "ru", "count") >= level(done, "ru", "count")
    near = [level([*done, replace(good, points=points)], "ru", "count") for points in (69.5, 70.5)]
    assert 0 <= near[1] - near[0] < 0.03

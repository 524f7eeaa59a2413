"""What a drill leaves to work on."""

import pytest

from trainer.drill.debrief import Summary, answers, failed, summary
from trainer.drill.session import Attempt, State


def attempt(turn, asked, points, seat="soyuz", **other):
    return Attempt(turn, seat, asked, asked if points else None, "scored", points, points, 0.0, float(turn), **other)


def test_points_are_compared_with_the_time_before_of_the_same_seat_and_call():
    said = [attempt(0, "A", 60), attempt(1, "B", 70), attempt(2, "A", 75), attempt(3, "A", 80, "apollo")]
    compared = answers(said, (), {("soyuz", "A"): 50.0, ("apollo", "B"): 10.0})
    assert [answer.change for answer in compared] == [10.0, None, 15.0, None]


def test_what_was_not_said_is_compared_with_nothing():
    compared = answers([attempt(0, "A", 0), attempt(1, "A", 60)], (), {("soyuz", "A"): 50.0})
    assert [answer.change for answer in compared] == [None, 10.0]


@pytest.mark.parametrize(
    "said, left",
    [([("A", 60), ("B", 80)], ["A"]), ([("A", 60), ("B", 0), ("A", 75)], ["B"]), ([("A", 90), ("A", 60)], ["A"]),
     ([("A", 72), ("A", 68)], []), ([("A", 66), ("A", 69)], ["A"]), ([("A", 72), ("A", 66), ("A", 64)], ["A"])],
)  # fmt: skip
def test_what_failed_is_what_was_not_good_enough_the_last_time_or_fell_clearly_from_where_it_had_passed(said, left):
    said = [attempt(turn, call, points) for turn, (call, points) in enumerate(said)]
    assert [call for _seat, call in failed(said, 70)] == left


def test_a_drill_is_summed_up_by_what_was_said_missed_and_left_out():
    tries = (attempt(0, "A", 80), attempt(1, "B", 40), attempt(2, "C", 0), attempt(3, "A", 90, "apollo"))
    state = State(attempts=tries, skipped=(("soyuz", "D"), ("soyuz", "A")))
    assert summary(state, "soyuz") == Summary(answers=2, passed=1, missed=1, left_out=1, mean=60.0)
    assert summary(state) == Summary(answers=3, passed=2, missed=1, left_out=1, mean=70.0)
    assert summary(State()).mean is None


def test_a_readback_with_a_wrong_figure_failed():
    assert failed([attempt(0, "A", 95, exact=False)], 70) == (("soyuz", "A"),)

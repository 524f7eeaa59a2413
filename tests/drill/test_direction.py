"""One law says when a turn begins, counts as missed and gives way: alone, without a screen, in pairs."""

from dataclasses import replace

import pytest
from crew import LEONOV, STAFFORD

from trainer.drill.direction import PATIENCE, TOO_LATE, Manner, awaited, counted_down, due, gathers, time_left
from trainer.drill.events import (
    Advanced,
    Cue,
    Held,
    Joined,
    KeyDown,
    KeyUp,
    Left,
    Line,
    Missed,
    Opened,
    Refused,
    Resumed,
)
from trainer.drill.plan import Plan, Reason, Turn
from trainer.drill.session import DIRECTOR, VOICE, fold

LINE = Line("DOC-01", "en", "We have capture", "soyuz")
REASON = Reason("in-order")
PLAN = Plan("s", "checklist", "docking", (LEONOV, STAFFORD), (Turn(None, ("DOC-01",), "soyuz", REASON),), "1975-07-17")

ALONE = Manner()
HEADLESS = Manner(tries=2, look=0.0)
PAIR = Manner(tries=3, look=10.0, patience=PATIENCE, at_hand="apollo")


def cue(at=1.0, within=None, seat="soyuz", answers=(LINE,)):
    return Cue(at=at, turn=0, seat=seat, prompt=LINE, shown=(), answers=answers, reason=REASON, within=within)


def after(*events):
    return fold([Opened(at=0.0, plan=PLAN), *events])


def test_a_turn_begins_when_none_is_on_and_goes_by_itself_where_nobody_answers():
    assert due(after(), 0.0, ALONE) == "cue"
    assert due(after(cue(seat=None, answers=())), 1.0, ALONE) == "advance"
    assert due(after(cue(), Missed(at=2, seat="soyuz", turn=0), Advanced(at=3, turn=0)), 3.0, ALONE) == "cue"


def test_while_somebody_speaks_or_the_drill_is_held_nothing_is_due():
    late = 1.0 + 6.0 + TOO_LATE + 1.0
    assert due(after(cue(within=6.0), KeyDown(at=2, seat=VOICE, line=LINE)), late, ALONE) == "wait"
    assert due(after(cue(within=6.0), Held(at=2, by="soyuz")), 99.0, PAIR) == "wait"


@pytest.mark.parametrize("manner", [ALONE, HEADLESS, PAIR])
def test_an_answer_is_missed_when_lateness_costs_no_more(manner):
    begun = after(cue(within=6.0), KeyDown(at=2, seat=VOICE, line=LINE), KeyUp(at=4, seat=VOICE))
    assert time_left(begun, 5.0) == pytest.approx(5.0)  # the time runs from the end of the prompt
    assert due(begun, 4.0 + 6.0 + TOO_LATE, manner) == "wait"
    assert due(begun, 4.0 + 6.0 + TOO_LATE + 0.1, manner) == "miss"


def test_whoever_had_the_key_down_in_time_is_scored_however_long_that_takes():
    spoken = after(cue(within=6.0), KeyDown(at=2, seat="soyuz"), KeyUp(at=5, seat="soyuz"))
    assert time_left(spoken, 50.0) is None
    assert due(spoken, 50.0, ALONE) == "wait"


def test_time_stands_still_while_the_drill_is_held():
    held = after(cue(within=6.0), Held(at=2, by="soyuz"), Resumed(at=102, by="soyuz"))
    assert due(held, 103.0, ALONE) == "wait"


def test_recordings_that_cannot_be_scored_are_counted_where_tries_are():
    once = after(cue(), Refused(at=2, seat="soyuz", turn=0, reason="silent"))
    twice = fold([Refused(at=3, seat="soyuz", turn=0, reason="silent")], once)
    assert due(once, 4.0, HEADLESS) == "wait"
    assert due(twice, 4.0, HEADLESS) == "miss"
    assert due(twice, 4.0, ALONE) == "wait"


def test_a_partner_is_not_waited_for_for_ever_but_whoever_leads_may_take_their_time():
    theirs, own = after(cue()), after(cue(seat="apollo"))
    assert due(theirs, 1.0 + PATIENCE, PAIR) == "wait"
    assert due(theirs, 1.1 + PATIENCE, PAIR) == "miss"
    assert due(own, 9999.0, PAIR) == "wait"
    assert due(theirs, 9999.0, ALONE) == "wait"


def test_a_score_is_looked_at_as_long_as_the_manner_says():
    over = after(cue(), Missed(at=5, seat="soyuz", turn=0))
    assert due(over, 5.0, HEADLESS) == "advance"
    assert due(over, 14.0, PAIR) == "wait"
    assert due(over, 15.0, PAIR) == "advance"
    assert due(over, 9999.0, ALONE) == "wait"


def test_where_recordings_answer_as_fast_as_they_can_nobody_is_late():
    begun = after(cue(within=6.0))
    assert due(begun, 1.0 + 6.0 + TOO_LATE + 1.0, replace(PAIR, hurried=False)) == "wait"
    assert due(begun, 1.1 + PATIENCE, replace(PAIR, hurried=False)) == "miss"


GATHERED = Manner(count=3.0)


def ready(at, seat):
    return Joined(at=at, place=seat, name=seat)


def test_a_drill_stands_still_until_all_are_ready_and_then_counts_down():
    assert due(after(), 0.0, GATHERED) == "hold"
    held = Held(at=0.0, by=DIRECTOR)
    one = after(held, ready(5.0, "soyuz"))
    assert due(one, 99.0, GATHERED) == "wait"
    assert counted_down(one, 99.0) is None
    assert awaited(one) == ("apollo",)  # not ready yet, which is not gone
    both = after(held, ready(5.0, "soyuz"), ready(40.0, "apollo"))
    assert counted_down(both, 41.0) == pytest.approx(2.0)
    assert due(both, 42.9, GATHERED) == "wait"
    assert due(both, 43.0, GATHERED) == "resume"
    begun = after(held, ready(5.0, "soyuz"), ready(40.0, "apollo"), Resumed(at=43.0, by=DIRECTOR))
    assert due(begun, 43.0, GATHERED) == "cue"
    assert begun.clock(43.0) == 0.0  # no second of the drill has gone by


def test_whoever_leaves_stops_the_drill_and_it_is_counted_down_again_when_they_are_back():
    gone = (ready(0.0, "soyuz"), ready(0.0, "apollo"), cue(within=6.0), Left(at=3.0, place="apollo", why="lost"))
    assert due(after(*gone), 5.0, GATHERED) == "hold"
    assert awaited(after(*gone)) == ()
    back = after(*gone, Held(at=5.0, by=DIRECTOR), ready(900.0, "apollo"))
    assert due(back, 901.0, GATHERED) == "wait"
    assert due(back, 903.0, GATHERED) == "resume"
    assert time_left(fold([Resumed(at=903.0, by=DIRECTOR)], back), 903.0) == pytest.approx(2.0)


def test_neither_a_learner_nor_an_instructor_who_holds_is_counted_out():
    here = (ready(0.0, "soyuz"), ready(0.0, "apollo"))
    assert due(after(*here, Held(at=1.0, by="soyuz")), 99.0, GATHERED) == "wait"
    assert counted_down(after(*here, Held(at=1.0, by="instructor")), 99.0) is None


def test_who_drills_by_the_clock_or_with_another_says_first_that_they_are_ready():
    alone = replace(PLAN, seats=(LEONOV,))
    assert gathers(PLAN)
    assert gathers(replace(alone, within=6.0))
    assert not gathers(alone)

"""One law says when a turn begins, counts as missed and gives way: alone, without a screen, in pairs."""

from dataclasses import replace

import pytest
from crew import LEONOV, STAFFORD

from trainer.drill.direction import PATIENCE, TOO_LATE, Manner, due, time_left
from trainer.drill.events import Advanced, Cue, Held, KeyDown, KeyUp, Line, Missed, Opened, Refused, Resumed
from trainer.drill.plan import Plan, Reason, Turn
from trainer.drill.session import VOICE, fold

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

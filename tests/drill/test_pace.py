"""How long there is to answer."""

import pytest
from crew import LEONOV, STAFFORD

from trainer.drill import agenda
from trainer.drill.events import KeyDown, Line, Opened
from trainer.drill.pace import time_to_answer
from trainer.drill.plan import Plan, Reason, Turn
from trainer.drill.session import fold
from trainer.phrasebook.load import load
from trainer.tui.call_view import BAR, countdown

book = load()


def plan(seat, within):
    return Plan("s", "checklist", None, (seat,), (), "2026-01-01T00:00:00+00:00", within=within)


@pytest.mark.parametrize("seat", [LEONOV, STAFFORD])
def test_a_longer_call_has_more_time_and_none_has_less_than_the_least(seat):
    times = {}
    for call in agenda.calls(book, "read", seat):
        asked = agenda.cue(book, plan(seat, 6.0), Turn(None, (call.id,), seat.id, Reason("new")), 0, 0.0)
        times[asked.answers[0].text] = asked.within
    assert min(times.values()) == 6.0
    assert times[max(times, key=len)] > 8.0
    assert max(times.values()) < 30.0


def test_the_time_is_a_breath_and_the_call_one_and_a_half_times():
    line = Line("X-1", "ru", "Стыковка выполнена. Давление в норме, открываем люк.", "apollo")  # 18 syllables
    assert time_to_answer(line, 6.0) == pytest.approx(3 + 1.5 * 18 / 4)
    assert time_to_answer(line, 20.0) == 20.0


def test_nobody_hurries_where_the_drill_sets_no_time():
    turn = Turn(None, ("DOC-09",), LEONOV.id, Reason("new"))
    assert agenda.cue(book, plan(LEONOV, None), turn, 0, 0.0).within is None


def test_the_bar_drains_as_time_goes_and_is_gone_once_it_is_late_or_the_key_is_down():
    asked = agenda.cue(book, plan(LEONOV, 6.0), Turn(None, ("DOC-09",), LEONOV.id, Reason("new")), 0, 0.0)
    state = fold([Opened(at=0.0, plan=plan(LEONOV, 6.0)), asked])
    assert asked.within is not None
    full, half, late = (countdown(state, asked.within * share) for share in (0.0, 0.5, 1.5))
    assert (full.count("▮"), half.count("▮"), half.count("▯")) == (BAR, BAR // 2, BAR // 2)
    assert not {"▮", "▯"} & set(late)
    assert countdown(fold([KeyDown(at=1.0, seat=LEONOV.id)], state), 2.0) is None

"""What a role may write: everybody passes over the same events, whoever sends what."""

import math
from dataclasses import replace

import pytest
from crew import LEONOV, STAFFORD
from hypothesis import given
from hypothesis import strategies as st

from trainer.drill.events import (
    Advanced,
    Cue,
    Ended,
    Heard,
    Held,
    Injected,
    Joined,
    KeyDown,
    KeyUp,
    Left,
    Missed,
    Opened,
    Refused,
    Resumed,
)
from trainer.drill.plan import Plan, Reason, Turn
from trainer.loop.admission import admitted, in_time

PLAN = Plan("s", "checklist", "docking", (LEONOV, STAFFORD), (), "2026-01-01T00:00:00+00:00")
TURN = Turn("EMG-01", (), None, Reason("inject"))
CUE = Cue(at=1, turn=0, seat="soyuz", prompt=None, shown=(), answers=(), reason=Reason("in-order"))

WRITERS = [
    (CUE, {"host"}),
    (Advanced(at=1, turn=0), {"host"}),
    (Missed(at=1, seat="apollo", turn=0), {"host"}),
    (Ended(at=1), {"host"}),
    (KeyDown(at=1, seat="soyuz"), {"host"}),
    (KeyUp(at=1, seat="voice"), {"host"}),
    (KeyUp(at=1, seat="apollo"), {"host", "guest"}),
    (KeyDown(at=1, seat="apollo"), {"guest"}),
    (Heard(at=1, seat="apollo", words=(), final=True, engine="x"), {"guest"}),
    (Refused(at=1, seat="apollo", turn=0, reason="silent"), {"guest"}),
    (Refused(at=1, seat="soyuz", turn=0, reason="silent"), {"host"}),
    (Joined(at=1, place="apollo", name="S"), {"guest"}),
    (Joined(at=1, place="instructor", name="I"), {"instructor"}),
    (Left(at=1, place="apollo"), {"guest", "host"}),
    (Left(at=1, place="soyuz"), {"host"}),
    (Held(at=1, by="instructor"), {"instructor"}),
    (Held(at=1, by="director"), {"host"}),
    (Held(at=1, by="soyuz"), {"host"}),
    (Resumed(at=1, by="apollo"), {"guest"}),
    (Injected(at=1, by="instructor", turn=TURN), {"instructor"}),
    (Injected(at=1, by="director", turn=TURN), set()),
]


@pytest.mark.parametrize("event, writers", WRITERS, ids=lambda value: getattr(value, "kind", None))
def test_every_event_has_its_writers_and_no_others(event, writers):
    assert {role for role in ("host", "guest", "instructor", "scorer") if admitted(event, role, PLAN)} == writers


@pytest.mark.parametrize("at", [math.nan, math.inf, -1.0])
def test_no_time_that_is_none(at):
    assert not admitted(KeyDown(at=at, seat="soyuz"), "host", PLAN)


@given(st.floats(0, 1e12), st.floats(0, 1e6))
def test_nothing_has_happened_later_than_it_was_kept(at, since):
    assert in_time(KeyDown(at=at, seat="soyuz"), since).at == min(at, since)


def test_only_the_host_opens_and_only_for_two():
    opened = Opened(at=0.0, plan=PLAN)
    assert admitted(opened, "host", None)
    assert not admitted(opened, "guest", None)
    assert not admitted(replace(opened, plan=replace(PLAN, seats=(LEONOV,))), "host", None)
    assert not admitted(CUE, "host", None)

"""Whatever is appended is there, as it was, on either database; attempts, sounds and memory follow from it."""

import math
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tests.drill.any_event  # noqa: F401, what is drawn for texts and sounds
from trainer.drill.events import Advanced, Ended, Event, Heard, KeyDown, KeyUp, Missed, Opened, to_json
from trainer.drill.session import fold
from trainer.errors import UserError
from trainer.records.store import Store
from trainer.scoring.assessment import Match

FINITE = st.floats(0, 100)
st.register_type_strategy(float, FINITE)
ANY_EVENT: st.SearchStrategy[Event] = st.one_of(
    *(st.from_type(kind) for kind in Event.__args__ if kind is not Opened)  # type: ignore[attr-defined]
)


@given(st.lists(ANY_EVENT, max_size=12))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_log_comes_back_as_it_was_and_attempts_are_those_of_the_fold(store, drill, log):
    plan = drill.new(store)
    for number, event in enumerate(log, 1):
        assert store.append(plan.session, event) == number
    kept = list(store.events(plan.session))
    assert [to_json(event) for event in kept] == [to_json(Opened(at=0.0, plan=plan)), *map(to_json, log)]
    attempts = [
        (a.turn, a.seat, a.asked, a.call, a.score, a.points, a.late) for a in store.attempts(session=plan.session)
    ]
    counted = fold(kept).attempts
    assert attempts == [(a.turn, a.seat, a.asked, a.call, a.score, a.points, a.late) for a in counted]


def test_an_attempt_holds_what_came_of_the_answer(store, drill):
    plan = drill.new(store)
    for event in (
        drill.cue(0, at=10.0, within=5.0), KeyDown(at=17.0, seat="soyuz"), KeyUp(at=19.0, seat="soyuz"),
        drill.scored(0, 90.0, at=20.0, clip="recordings/x.flac"), Advanced(at=21.0, turn=0),
        drill.cue(1, at=22.0), Missed(at=40.0, seat="soyuz", turn=1), Ended(at=41.0),
    ):  # fmt: skip
        store.append(plan.session, event)
    said, missed = store.attempts(assessments=True)
    assert (said.learner, said.mode, said.phase, said.language) == ("leonov", "read", "docking", "en")
    assert (said.score, said.late, said.points, said.latency) == (90.0, 2.0, 82.0, 0.1)
    assert (said.at, said.recording) == (datetime(2026, 1, 1, 0, 0, 20, tzinfo=UTC), "recordings/x.flac")
    assert said.assessment == drill.assessment(90.0)
    assert (missed.verdict, missed.call, missed.asked, missed.latency, missed.assessment) == (
        "missed", None, "DOC-09", None, None,
    )  # fmt: skip
    (session,) = store.sessions()
    assert (session.ended, session.attempts, session.points, session.events) == ("completed", 2, 82.0, 9)
    assert session.last - session.opened == timedelta(seconds=41)


def test_what_the_fold_does_not_count_is_no_attempt(store, drill):
    plan = drill.new(store)
    for event in (drill.cue(0), drill.scored(0), drill.scored(0), drill.scored(3)):
        store.append(plan.session, event)
    assert len(list(store.attempts())) == 1


def test_the_last_points_are_those_of_the_newest_session_before(store, drill):
    plans = []
    for month, score in ((1, 60.0), (2, 70.0), (3, 80.0)):
        plan = drill.new(store, opened=f"2026-0{month}-01T03:00:00+00:00")
        plans.append(plan.session)
        for event in (drill.cue(0), drill.scored(0, score), drill.cue(1), Missed(at=9.0, seat="soyuz", turn=1)):
            store.append(plan.session, event)
    assert store.last_points("leonov", "en", plans[2]) == {"DOC-09": 70.0}
    assert store.last_points("leonov", "en", plans[0]) == {}
    assert store.last_points("leonov", "ru", plans[2]) == {}


def test_attempts_are_found_by_what_they_are(store, drill):
    for mode, phase, month in (("read", "docking", 1), ("echo", None, 2)):
        plan = drill.new(store, mode=mode, phase=phase, opened=f"2026-0{month}-01T03:00:00+03:00")
        store.append(plan.session, drill.cue(0))
        store.append(plan.session, drill.scored(0))
    february = datetime(2026, 2, 1, tzinfo=UTC)
    assert [attempt.mode for attempt in store.attempts(since=february)] == ["echo"]
    assert [attempt.mode for attempt in store.attempts(until=february)] == ["read"]
    assert [attempt.phase for attempt in store.attempts(mode="read", phase="docking")] == ["docking"]
    assert len(list(store.attempts(learner="leonov", language="en", call="DOC-09"))) == 2
    assert not list(store.attempts(learner="stafford"))
    assert not list(store.attempts(language="ru"))


def test_sounds_are_summed_up_the_weakest_first(store, drill):
    plan = drill.new(store)
    for turn, score in enumerate((50.0, 90.0)):
        store.append(plan.session, drill.cue(turn))
        store.append(plan.session, drill.scored(turn, score))
        store.append(plan.session, Advanced(at=1.0, turn=turn))
    store.append(plan.session, drill.cue(2))
    other = replace(drill.assessment(1.0), verdict="other_phrase", said=Match("X", "en", "x"))
    store.append(plan.session, replace(drill.scored(2), assessment=other))  # says nothing of the sounds
    sounds = store.sounds("leonov", "en")
    assert {sound.phone: (sound.times, sound.score) for sound in sounds}["k"] == (2, 70.0)
    assert [sound.heard for sound in sounds if sound.phone == "k"] == [(("x", 2),)]
    assert not store.sounds("leonov", "ru")


def test_memory_is_kept_with_its_event_or_not_at_all(store, drill):
    plan = drill.new(store)
    store.append(plan.session, drill.cue(0), memories={("leonov", "en"): lambda _before: '{"a": 1}'})
    both = {
        ("leonov", "en"): lambda before: before.replace("1", "2"),
        ("stafford", "ru"): lambda before: f'["{before}"]',
    }
    store.append(plan.session, drill.scored(0), memories=both)
    assert store.memory("leonov", "en") == '{"a": 2}'
    assert store.memory("stafford", "ru") == '["None"]'
    assert store.memory("leonov", "ru") is None
    unknown = dict.fromkeys([("leonov", "en"), ("nobody", "en")], lambda _before: "{}")
    with pytest.raises(UserError, match="nobody"):
        store.append(plan.session, drill.scored(0), memories=unknown)
    assert store.memory("leonov", "en") == '{"a": 2}'
    assert len(list(store.events(plan.session))) == 3


def test_what_happens_together_is_kept_together(store, drill):
    plan = drill.new(store)
    store.append(plan.session, drill.cue(0))
    together = (KeyUp(at=1.0, seat="soyuz"), drill.scored(0))
    assert [store.append(plan.session, *together, seq=2) for _ in range(2)] == [3, 3]
    assert tuple(store.events(plan.session))[2:] == together
    assert len(list(store.attempts())) == 1
    with pytest.raises(UserError, match="holds what no event can hold"):
        store.append(plan.session, KeyUp(at=2.0, seat="soyuz"), KeyUp(at=math.nan, seat="soyuz"), seq=4)
    assert len(list(store.events(plan.session))) == 4
    # Of which the first is there already: the rest follows.
    assert store.append(plan.session, drill.scored(0), KeyUp(at=3.0, seat="soyuz"), seq=3) == 4
    assert len(list(store.attempts())) == 1


def test_an_append_can_be_repeated(store, drill):
    plan = drill.new(store)
    assert [store.append(plan.session, drill.cue(0), seq=1) for _ in range(2)] == [1, 1]
    assert store.create(plan) == Opened(at=0.0, plan=plan)
    with pytest.raises(UserError, match="goes on in another program"):
        store.append(plan.session, drill.cue(1), seq=1)
    with pytest.raises(ValueError, match="the next one is 2"):
        store.append(plan.session, drill.cue(1), seq=7)
    assert len(list(store.events(plan.session))) == 2


def test_a_session_goes_on_in_another_program(url, drill):
    with Store.open(url) as one, Store.open(url) as two:
        plan = drill.new(one)
        two.append(plan.session, drill.cue(0))
        one.append(plan.session, drill.scored(0))
        assert [attempt.turn for attempt in two.attempts()] == [0]


def test_several_threads_may_append(store, drill):
    plan = drill.new(store)
    heard = [Heard(at=float(i), seat="soyuz", words=(), final=False, engine="x") for i in range(40)]
    threads = [
        threading.Thread(target=lambda: [store.append(plan.session, event) for event in heard]) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(store.events(plan.session))) == 121


def test_learners_come_with_their_first_session_and_can_be_named(store, drill):
    drill.new(store)
    store.add_learner("leonov", "Алексей Леонов", "ru", "soyuz-19")
    store.add_learner("brand", "Vance Brand", "en")
    assert [(learner.key, learner.name, learner.crew) for learner in store.learners()] == [
        ("brand", "Vance Brand", None), ("leonov", "Алексей Леонов", "soyuz-19"), ("stafford", "Stafford", None),
    ]  # fmt: skip
    with pytest.raises(UserError, match=r"no learner gagarin.*brand, leonov, stafford"):
        store.learner("gagarin")


def test_a_session_that_is_not_there(store, drill):
    for use in (lambda: store.append("x", drill.cue(0)), lambda: list(store.events("x"))):
        with pytest.raises(UserError, match="session x is not in the records"):
            use()


def test_a_reader_of_nothing_finds_nothing_and_makes_nothing(data):
    with Store.open(read_only=True) as store:
        assert not store.sessions()
    assert not data.exists()

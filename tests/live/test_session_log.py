"""What happened is what is kept: several events that tell one thing are kept and told together, or none of them is."""

import gc
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from trainer.drill import agenda
from trainer.drill.events import Assessed, Cue, Heard, KeyDown, KeyUp, Missed, from_json, to_json
from trainer.errors import UserError
from trainer.live import planning
from trainer.live.learning import kept_log
from trainer.live.session_log import SessionLog
from trainer.live.transceiver import SoundClock
from trainer.phrasebook.load import load
from trainer.records.privacy import delete_learner
from trainer.records.store import Store


def test_events_that_tell_one_thing_are_kept_and_told_together_or_not_at_all(tmp_path):
    book, clock = load(), SoundClock()
    seat = planning.seat(book, "leonov")
    plan = planning.plan(book, "read", [seat], datetime(2026, 7, 17, tzinfo=UTC), seed=7, size=2)
    with Store.open(f"{tmp_path}/records.sqlite") as store:
        log = kept_log(store, plan.session, [store.create(plan)])
        told = []
        log.follow(lambda event, state: told.append((event, state.keyed)))
        log.append(agenda.cue(book, plan, plan.agenda[0], 0, clock.now()))
        log.append(KeyDown(at=1.0, seat=seat.id))
        heard = Heard(at=2.0, seat=seat.id, words=("go",), final=True, engine="x")
        log.append(KeyUp(at=2.0, seat=seat.id), heard, Missed(at=2.0, seat=seat.id, turn=0))
        assert [(event.kind, keyed) for event, keyed in told] == [
            ("cue", None), ("key_down", seat.id), ("key_up", None), ("heard", None), ("missed", None),
        ]  # fmt: skip
        assert tuple(store.events(plan.session)) == log.events
        assert len(list(store.attempts())) == len(log.state.attempts) == 1
        assert store.memory(seat.learner, seat.target)  # what the learner remembers from then on goes with it

        delete_learner(store, seat.learner)
        before = log.state
        with pytest.raises(UserError, match="deleted"):
            log.append(KeyDown(at=3.0, seat=seat.id), KeyUp(at=4.0, seat=seat.id))
        assert log.state is before
        assert len(told) == 5


def test_a_long_session_is_remembered_as_it_was_and_takes_little():
    lines = (Path(__file__).parents[1] / "tui" / "logs" / "pair.jsonl").read_text(encoding="utf-8").splitlines()
    happened = [from_json(line) for line in lines]
    assessed = next(event for event in happened if isinstance(event, Assessed))
    cue = next(event for event in happened if isinstance(event, Cue))
    line, log = to_json(assessed), SessionLog(events=happened)
    tracemalloc.start()
    for turn in range(200):
        log.append(replace(cue, turn=turn))
        log.append(replace(from_json(line), turn=turn))
    gc.collect()
    size, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size / 200 < len(line)  # as it is in memory it takes three times its text
    assert log.count == len(log.events) == len(happened) + 400
    answers = [event for event in log.events[len(happened) :] if isinstance(event, Assessed)]
    assert answers == [replace(assessed, turn=turn) for turn in range(200)]

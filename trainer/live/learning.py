"""What a drill leaves: a log that is kept with what its learners remember, and their recordings.

An instructor's points do not change what a learner is taken to remember: they judge a call, the memory adds up sounds
in the order of the answers, and later answers have been built on it by then. `desk rate --again` brings a call back.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from trainer.drill.events import Assessed, Event, Missed
from trainer.drill.plan import AIDED
from trainer.drill.session import State, apply, fold
from trainer.errors import UserError
from trainer.languages import Language
from trainer.live.session_log import SessionLog

if TYPE_CHECKING:
    from trainer.audio.recording import Recording
    from trainer.drill.memory import Memory
    from trainer.records.store import Store


def remembered(store: "Store", learner: str, language: Language) -> "Memory":
    """What the scheduler knows of a learner; nothing, where what was kept is no memory."""
    return _memory(store.memory(learner, language))


def _memory(kept: str | None) -> "Memory":
    from trainer.drill.memory import Memory, from_dict

    try:
        return from_dict(json.loads(kept)) if kept else Memory()
    except ValueError:  # no memory of ours: it came with somebody's file
        return Memory()


def kept_log(
    store: "Store", session: str, events: Iterable[Event] = (), now: Callable[[], datetime] | None = None
) -> SessionLog:  # fmt: skip
    """The log of a session in the records. Every score goes with what the learner remembers from then on, in one
    transaction. now: the clock that answers are dated by; without, the session's own."""
    events = list(events)
    state = fold(events)
    number = len(events)

    def keep(happened: Sequence[Event]) -> None:
        nonlocal state, number
        after, moment, changed = state, now() if now else None, {}
        for event in happened:
            before, after = after, apply(after, event)
            if len(after.attempts) > len(before.attempts) and isinstance(event, Assessed | Missed) and after.plan:
                learner = after.plan.seat(event.seat)
                changed[learner.learner, learner.target] = partial(_learnt, after, event, moment)
        store.append(session, *happened, seq=number, memories=changed, moment=moment)
        state, number = after, number + len(happened)

    return SessionLog(keep, events)


def relearn(store: "Store", learner: str, language: Language) -> None:
    """Make anew what the scheduler knows of a learner, from all answers in the records: where two records became one,
    each knew only its own."""
    from trainer.drill.memory import Memory

    memory = Memory()
    for session in reversed(store.sessions(learner=learner)):
        theirs = {seat for seat, who in session.seats if who == learner}
        moments = {one.seq: one.at for one in store.attempts(learner=learner, session=session.id)}
        state = State()
        for seq, event in enumerate(store.events(session.id)):
            after = apply(state, event)
            if len(after.attempts) > len(state.attempts) and isinstance(event, Assessed | Missed) and after.plan:
                seat = after.plan.seat(event.seat)
                if seat.id in theirs and seat.target == language:
                    memory = _reviewed(memory, after, event, moments.get(seq))
            state = after
    store.remember(learner, language, _json(memory))


def keeper(
    store: "Store | None", told: Callable[[str], None] = lambda trouble: None
) -> "Callable[[Recording, State], str | None]":
    """Keeps a recording where its learner agreed, and tells where. A full disk must not stop the drill: `told` hears of
    it, and the drill goes on without."""

    def keep(recording: "Recording", state: State) -> str | None:
        if store is None:
            return None
        from trainer.records import recordings

        assert state.plan is not None
        assert state.cue is not None
        try:
            return recordings.keep(store, state.plan.session, state.cue.seat or "", state.turn, recording)
        except (UserError, OSError) as error:
            told(str(error))
            return None

    return keep


def _learnt(state: State, event: Assessed | Missed, moment: datetime | None, kept: str | None) -> str:
    """What is kept of a memory after an answer. kept: before it."""
    return _json(_reviewed(_memory(kept), state, event, moment))


def _reviewed(memory: "Memory", state: State, event: Assessed | Missed, moment: datetime | None) -> "Memory":
    from trainer.drill.memory import missed, review

    assert state.plan is not None
    attempt = state.attempts[-1]
    at = moment or datetime.fromisoformat(state.plan.opened) + timedelta(seconds=event.at)
    if isinstance(event, Missed):
        return missed(memory, attempt.asked, state.plan.seat(event.seat).target, at)
    call = attempt.call or attempt.asked
    points = attempt.points if attempt.exact is not False else 0.0
    return review(memory, call, event.assessment, points, at, aided=state.plan.mode in AIDED or event.hints > 0)


def _json(memory: "Memory") -> str:
    from trainer.drill.memory import to_dict

    return json.dumps(to_dict(memory), ensure_ascii=False)

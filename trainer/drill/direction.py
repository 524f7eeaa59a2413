"""What a drill waits for: the one law of when it begins, and when a turn begins, counts as missed, and gives way to the
next.

Pure: whoever leads a drill (without a screen, at the console, as the host of a pair) asks it, and does what it says.
"""

from dataclasses import dataclass
from typing import Literal

from trainer.drill.plan import Plan
from trainer.drill.session import DIRECTOR, LATE_AT_MOST, LATE_COST, State

Due = Literal["hold", "resume", "cue", "miss", "advance", "wait"]

PATIENCE = 60.0  # s that a partner who is there may take to press the key, where the call sets no time
COUNT = 3.0  # s that are counted down once all are ready
TOO_LATE = LATE_AT_MOST / LATE_COST  # s after the time to answer: from then on lateness costs no more


@dataclass(frozen=True)
class Manner:
    """How a drill is led.

    Attributes:
        tries: recordings of a turn that cannot be scored until it counts as missed; None: as many as it takes.
        look: seconds to look at a score before the drill goes on by itself; None: it waits to be told.
        patience: seconds that a seat may take to press the key, where the call sets no time; None: for ever.
        at_hand: the seat of whoever leads, who needs no patience: they may take as long as they like.
        hurried: whether a call that is answered far too late is missed; not where recordings answer in no time.
        count: seconds that are counted down once all seats are taken, before the drill begins or goes on; while one is
            empty it stands still. None: nobody says that they are ready.
    """

    tries: int | None = None
    look: float | None = None
    patience: float | None = None
    at_hand: str | None = None
    hurried: bool = True
    count: float | None = None


def gathers(plan: Plan) -> bool:
    """Whether those who drill say first that they are ready: where the clock runs, or where there are two."""
    return plan.within is not None or len(plan.seats) > 1


def missing(state: State) -> tuple[str, ...]:
    """Seats whose holders are not there, or have not said that they are ready: who is ready takes the seat."""
    seats = state.plan.seats if state.plan else ()
    return tuple(seat.id for seat in seats if seat.id not in state.present)


def awaited(state: State) -> tuple[str, ...]:
    """Seats whose holders have not said yet that they are ready, before the first turn: nobody has gone."""
    return missing(state) if state.turn < 0 else ()


def counted_down(state: State, now: float, count: float = COUNT) -> float | None:
    """Seconds until the drill begins or goes on; None where it stands still for another reason, or runs."""
    if state.plan is None or state.ended is not None or state.held_by != DIRECTOR or missing(state):
        return None
    return max(0.0, count - (now - state.gathered))


def due(state: State, now: float, manner: Manner) -> Due:
    """What is to be done at a moment of session time (s): let the drill stand still, or go on; begin the next turn (or
    end the drill, where none is left), count this one as missed, go on from it; or wait for the key, for a score, for
    whoever holds the drill."""
    if manner.count is not None:
        if missing(state) and state.running:
            return "hold"
        if counted_down(state, now, manner.count) == 0:
            return "resume"
    cue = state.cue
    if not state.running or state.keyed:
        return "wait"
    if cue is None:
        return "cue"
    if state.done:
        listened = not cue.answers
        looked = manner.look is not None and state.clock(now) - state.over_at >= manner.look
        return "advance" if listened or looked else "wait"
    if cue.seat and (_out_of_tries(state, manner) or _out_of_time(state, now, manner)):
        return "miss"
    return "wait"


def time_left(state: State, now: float) -> float | None:
    """Seconds to key down, negative when it is late; None where nobody hurries, or the key was down already."""
    cue = state.cue
    if cue is None or cue.within is None or not state.running or state.done or state.keyed or state.late is not None:
        return None
    return cue.within - (state.clock(now) - state.cued)


def _out_of_tries(state: State, manner: Manner) -> bool:
    return manner.tries is not None and state.refusals >= manner.tries


def _out_of_time(state: State, now: float, manner: Manner) -> bool:
    assert state.cue is not None
    left = time_left(state, now)
    if manner.hurried and left is not None and -left > TOO_LATE:
        return True
    waits = manner.patience is not None and state.cue.seat != manner.at_hand
    return waits and state.clock(now) - state.cued > (manner.patience or 0.0)

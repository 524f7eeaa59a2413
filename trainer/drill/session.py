"""The state of a session: a fold over its events. Pure and total: the same log gives the same state, everywhere, and
an event that does not fit the state (a key-up without a key-down, a score for a turn that is over) changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Literal

from trainer.drill.events import (
    Advanced,
    Assessed,
    Cue,
    Ended,
    Event,
    Heard,
    Held,
    Injected,
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
from trainer.drill.hints import COST
from trainer.drill.plan import Plan, Reason, Seat, Turn
from trainer.scoring.points import PASS_MARK, doubtful, holds, of_a_part

Channel = Literal["clear", "transmit", "receive"]

VOICE = "voice"  # the seat of those who are heard but not there: the absent partner, the ground
LATE_COST = 4.0  # points lost for each second that the key went down too late
LATE_AT_MOST = 30.0  # points: a late answer is still worth more than none
DIRECTOR = "director"  # who begins the turns of the agenda
INJECTS = 20  # turns that may wait to be put in between
AGAIN_AFTER = 3  # turns, until a call that was not good enough comes back, once


@dataclass(frozen=True)
class Attempt:
    """What came of one answer, without the phones.

    Attributes:
        asked: id of the call that was asked for.
        call: id of the answer that fits best; None where nothing was said in time.
        score: of the pronunciation, 0-100.
        points: the score less what lateness and hints cost; of a call that was not said whole no more than is clearly
            below the mark.
        late: by so many seconds.
        at: session time, s.
        exact: whether every figure came back, where words were recognised.
        response: from the end of the prompt to the first sound, s.
        hints: steps of help.
        whole: whether no word was left out that is surely heard where it is said.
    """

    turn: int
    seat: str
    asked: str
    call: str | None
    verdict: str
    score: float
    points: float
    late: float
    at: float
    exact: bool | None = None
    response: float | None = None
    hints: int = 0
    whole: bool = True

    def passed(self, mark: float) -> bool:
        """Figures that came back wrong are no readback, however well they sounded."""
        return self.points >= mark and self.exact is not False

    def holds(self, mark: float) -> bool:
        """Whether a call that had passed before has passed still."""
        return holds(self.points, mark) and self.exact is not False

    def doubtful(self, mark: float) -> bool:
        """Whether chance decided on which side of the mark it lies."""
        return self.verdict == "scored" and self.exact is not False and doubtful(self.points, mark)


@dataclass(frozen=True)
class State:
    """Where a session stands.

    Attributes:
        plan: None before the session is opened.
        queue: what is still to come, the present turn first.
        at: session time of the newest event, s.
        turn: number of the present cue, from 0.
        cue: of the present turn; None between two turns.
        cued: drill time, s, from which the time to answer runs: that of the cue, or the end of its prompt.
        done: the turn has its score, or needs none.
        over_at: drill time of that, s.
        refusals: recordings of this turn that could not be scored.
        keyed: the seat that has the loop.
        keyed_at: session time since when, s.
        keyed_line: what it says, where known.
        late: seconds that the key went down too late in this turn; None while it has not.
        waited: seconds from the end of the prompt to the key.
        heard: the words so far of this turn's answer.
        attempts: what came of every answer.
        skipped: seat and call of every answer that was left out on purpose.
        last: the score of this turn.
        refused: why the newest recording of this turn could not be scored.
        held_by: who holds the drill.
        held_at: session time since when, s.
        paused: seconds that the session has stood still before.
        injected: turns that instructors put in between and that have not begun, each with who did.
        present: the places that are taken.
        instructor: the name under which the instructor was on the loop last.
        gathered: session time at which the last of the seats was taken, s.
        ended: why the session is over.
    """

    plan: Plan | None = None
    queue: tuple[Turn, ...] = ()
    at: float = 0.0
    turn: int = -1
    cue: Cue | None = None
    cued: float = 0.0
    done: bool = False
    over_at: float = 0.0
    refusals: int = 0
    keyed: str | None = None
    keyed_at: float = 0.0
    keyed_line: Line | None = None
    late: float | None = None
    waited: float | None = None
    heard: Heard | None = None
    attempts: tuple[Attempt, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    last: Assessed | None = None
    refused: str | None = None
    held_by: str | None = None
    held_at: float = 0.0
    paused: float = 0.0
    injected: tuple[tuple[str, Turn], ...] = ()
    present: tuple[str, ...] = ()
    instructor: str = ""
    gathered: float = 0.0
    ended: str | None = None

    @property
    def running(self) -> bool:
        return self.plan is not None and self.ended is None and self.held_by is None

    def channel(self, seat: str) -> Channel:
        """The state of the loop as a seat sees it."""
        if self.keyed is None:
            return "clear"
        return "transmit" if self.keyed == seat else "receive"

    def clock(self, at: float) -> float:
        """Seconds of drill time at a moment of session time: it stands still while the drill is held."""
        return (self.held_at if self.held_by is not None else at) - self.paused

    def get(self, at: float) -> float | None:
        """Ground elapsed time in seconds, where the drill runs on the mission clock."""
        if self.plan is None or self.plan.get is None:
            return None
        return self.plan.get + self.clock(at)

    def left_out(self, seat: str | None = None) -> int:
        """How many answers a seat (None: anybody) left out on purpose and gave at no other time."""
        given = {(attempt.seat, attempt.asked) for attempt in self.attempts}
        return sum(key not in given and seat in (None, key[0]) for key in set(self.skipped))

    @property
    def begun(self) -> tuple[str, ...]:
        """Calls that were answered, missed or left out at least once, each once: once more is no other."""
        asked = [*(attempt.asked for attempt in self.attempts), *(call for _seat, call in self.skipped)]
        return tuple(dict.fromkeys(asked))

    def of(self, seat: str) -> tuple[Attempt, ...]:
        return tuple(attempt for attempt in self.attempts if attempt.seat == seat)

    def seat(self) -> Seat | None:
        """Whose turn it is."""
        return self.plan.seat(self.cue.seat) if self.plan and self.cue and self.cue.seat else None


def fold(events: Iterable[Event], state: State | None = None) -> State:
    return reduce(apply, events, state or State())


def apply(state: State, event: Event) -> State:
    """The state after an event."""
    if isinstance(event, Opened):
        return State(plan=event.plan, queue=event.plan.agenda, at=event.at) if state.plan is None else state
    plan = state.plan
    if plan is None or state.ended is not None:
        return state
    state = replace(state, at=max(state.at, event.at))
    match event:
        case Resumed() if state.held_by is not None:
            return replace(state, held_by=None, paused=state.paused + max(0.0, event.at - state.held_at))
        case Ended():
            return replace(state, ended=event.why, keyed=None, keyed_line=None)
        case KeyUp() if event.seat == state.keyed:
            cued = state.cued if state.late is not None or event.seat != VOICE else state.clock(event.at)
            return replace(state, keyed=None, keyed_line=None, cued=cued)  # time to answer runs from the prompt's end
        case Assessed() if _of_this_turn(state, event):
            return _assessed(state, event)
        case Injected() if len(state.injected) < INJECTS and _known(plan, event.turn.seat):
            return replace(state, injected=(*state.injected, (event.by, event.turn)))
        case Joined():
            there = _present(state, event.place, (event.place,))
            if any(seat.id == event.place for seat in plan.seats):
                return replace(there, gathered=event.at)
            return replace(there, instructor=event.name)
        case Left():
            return _present(state, event.place, ())
        case _ if state.held_by is not None:
            return state
        case Held():
            return replace(state, held_by=event.by, held_at=event.at)
        case Cue() if state.cue is None and event.turn == state.turn + 1 and _known(plan, event.seat):
            return replace(
                state, turn=event.turn, cue=event, cued=state.clock(event.at), done=not event.answers, heard=None,
                last=None, refused=None, late=None, waited=None, over_at=state.clock(event.at), refusals=0,
                injected=state.injected if event.by == DIRECTOR else state.injected[1:],
            )  # fmt: skip
        case KeyDown() if state.keyed is None:
            return _key_down(state, event)
        case Heard() if state.cue and event.seat == state.cue.seat:
            return replace(state, heard=event)
        case Refused() if _of_this_turn(state, event):
            return replace(state, refused=event.reason, refusals=state.refusals + 1)
        case Missed() if _of_this_turn(state, event):
            return _missed(state, event)
        case Advanced() if state.cue and event.turn == state.turn:
            return replace(state, cue=None, done=False, queue=_rest(plan, state, event), skipped=_skipped(state, event))
        case _:
            return state


def points(score: float, late: float, hints: int = 0) -> float:
    """What an answer is worth: its score less the price of lateness (seconds) and of help (steps), never below 0."""
    return max(0.0, score - min(LATE_AT_MOST, LATE_COST * max(0.0, late)) - COST * hints)


def _known(plan: Plan, seat: str | None) -> bool:
    return seat is None or any(known.id == seat for known in plan.seats)


def _rest(plan: Plan, state: State, event: Advanced) -> tuple[Turn, ...]:
    """What is to come after this turn. What an instructor put in between takes nothing from the agenda."""
    if not state.queue or state.cue is None or state.cue.by != DIRECTOR or event.how == "again":
        return state.queue
    turn, *rest = state.queue
    tried = [attempt for attempt in state.attempts if attempt.turn == state.turn]
    failed = bool(tried) and not tried[-1].passed(plan.pass_mark)
    if failed and plan.mode != "checklist" and turn.reason.why != "again":
        rest.insert(AGAIN_AFTER, replace(turn, reason=Reason("again", turn.reason.sound)))
    return tuple(rest)


def _skipped(state: State, event: Advanced) -> tuple[tuple[str, str], ...]:
    cue = state.cue
    if event.how != "skip" or state.done or cue is None or cue.seat is None or not cue.answers:
        return state.skipped
    return (*state.skipped, (cue.seat, cue.answers[0].call))


def _present(state: State, place: str, now: tuple[str, ...]) -> State:
    """Whoever comes or goes has let go of the key."""
    present = (*(other for other in state.present if other != place), *now)
    if state.keyed == place:
        state = replace(state, keyed=None, keyed_line=None)
    return replace(state, present=present)


def _of_this_turn(state: State, event: Assessed | Refused | Missed) -> bool:
    return state.cue is not None and not state.done and event.turn == state.turn and event.seat == state.cue.seat


def _key_down(state: State, event: KeyDown) -> State:
    cue = state.cue
    answering = cue is not None and event.seat == cue.seat and not state.done
    late, waited = state.late, state.waited
    if cue and answering and late is None:
        waited = max(0.0, state.clock(event.at) - state.cued)
        late = max(0.0, waited - cue.within) if cue.within is not None else 0.0
    return replace(
        state, keyed=event.seat, keyed_at=event.at, keyed_line=event.line, late=late,
        waited=waited, heard=None if answering else state.heard, refused=None if answering else state.refused,
    )  # fmt: skip


def _assessed(state: State, event: Assessed) -> State:
    assert state.cue is not None
    late, mark = state.late or 0.0, state.plan.pass_mark if state.plan else PASS_MARK
    worth, whole = points(event.assessment.score, late, event.hints), event.assessment.whole
    attempt = Attempt(
        turn=event.turn,
        seat=event.seat,
        asked=state.cue.answers[0].call if state.cue.answers else event.line.call,
        call=event.line.call,
        verdict=event.assessment.verdict,
        score=event.assessment.score,
        points=worth if whole else of_a_part(worth, mark),
        late=late,
        at=event.at,
        exact=event.content.exact if event.content else None,
        response=None if state.waited is None else state.waited + event.assessment.fluency.onset_latency,
        hints=event.hints,
        whole=whole,
    )
    return replace(state, attempts=(*state.attempts, attempt), last=event, done=True, over_at=state.clock(event.at))


def _missed(state: State, event: Missed) -> State:
    assert state.cue is not None
    asked = state.cue.answers[0].call if state.cue.answers else ""
    attempt = Attempt(event.turn, event.seat, asked, None, "missed", 0.0, 0.0, 0.0, event.at)
    return replace(state, attempts=(*state.attempts, attempt), done=True, over_at=state.clock(event.at))

"""What there is to do today, and what was broken off: for whoever has just signed on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING

from trainer.drill.events import Event
from trainer.drill.memory import weak_sounds
from trainer.drill.session import fold

if TYPE_CHECKING:
    from trainer.drill.memory import Memory
    from trainer.drill.plan import Plan
    from trainer.languages import Language
    from trainer.live.board import PhaseRow
    from trainer.live.program import Drill, Program
    from trainer.records.queries import SessionSummary
    from trainer.records.store import Store

AT_ONE_GO = timedelta(hours=2)  # a session that lasted longer was left alone meanwhile: its pace says nothing
PACES = 10  # sessions whose pace is looked at


@dataclass(frozen=True)
class Unfinished:
    """A drill that was broken off: what happened in it so far.

    Attributes:
        answered: of its calls, how many were answered or left out.
    """

    plan: "Plan"
    events: tuple[Event, ...]
    answered: int


@dataclass(frozen=True)
class Today:
    """What there is to do.

    Attributes:
        due: calls that come again where nothing else is chosen: of this book, this seat, and phases that are open.
        weak: sounds that are weak.
        minutes: that the due calls take at the learner's own pace; None where it is not known.
        week: for each day of this week from Monday on, whether anything was drilled.
        unfinished: the newest drill that was broken off.
    """

    due: int
    weak: int
    minutes: int | None
    week: tuple[bool, ...]
    unfinished: Unfinished | None


def today(
    memory: "Memory", language: "Language", phases: "Iterable[PhaseRow]", store: "Store | None", learner: str,
    book: str | None, now: datetime,
) -> Today:  # fmt: skip
    """phases: of the board; book: where the calls are from, as a plan names it."""
    sessions = store.sessions(learner=learner) if store else []
    count = sum(phase.due for phase in phases if phase.reached)
    pace = _pace(sessions)
    return Today(
        due=count,
        weak=len(weak_sounds(memory, language)),
        minutes=max(1, round(count * pace / 60)) if count and pace else None,
        week=_week(sessions, now),
        unfinished=_unfinished(store, sessions, learner, book) if store else None,
    )


def _pace(sessions: "list[SessionSummary]") -> float | None:
    """Seconds that a call takes, from the newest sessions."""
    lasted = [
        (session.last - session.opened).total_seconds() / session.attempts
        for session in sessions
        if session.attempts and timedelta() < session.last - session.opened < AT_ONE_GO
    ]
    return median(lasted[:PACES]) if lasted else None


def _week(sessions: "list[SessionSummary]", now: datetime) -> tuple[bool, ...]:
    day = now.astimezone().date()
    monday = day - timedelta(days=day.weekday())
    drilled = {session.last.astimezone().date() for session in sessions if session.attempts}
    return tuple(monday + timedelta(days=number) in drilled for number in range(7))


def _unfinished(store: "Store", sessions: "list[SessionSummary]", learner: str, book: str | None) -> Unfinished | None:
    """Only one's own drill: a partner would have to be here, too."""
    for session in sessions:
        if session.ended is None and [who for _seat, who in session.seats] == [learner]:
            events = tuple(store.events(session.id))
            state = fold(events)
            if state.plan is not None and state.ended is None and state.plan.book == book:
                return Unfinished(state.plan, events, len(state.begun))
            return None
    return None


def taken_up(events: tuple[Event, ...], program: "Program", plan: "Plan") -> "Drill":
    """The drill, open again where its log ends."""
    from trainer.live.transceiver import take_up

    drill = program.open_drill(plan, events=events)
    take_up(drill.transceiver)
    return drill

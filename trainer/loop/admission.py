"""Which events are believed: pure, and the same on every side, so that all fold the same log to the same state.

The server vouches for the role that wrote an event, and for when it did, nothing more. What a role may not write is
passed over, and so is what comes after its share of the log is used up.
"""

import math
from dataclasses import replace

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
    Missed,
    Opened,
    Refused,
    Resumed,
)
from trainer.drill.plan import Plan
from trainer.drill.session import DIRECTOR, VOICE
from trainer.loop.roles import WRITERS, Role

INSTRUCTOR = "instructor"
SHARE = 16 * 1024 * 1024  # bytes of the log that a role may write; the host has the rest
LONGEST_NAME = 100
LONGEST = 64 * 1024  # characters of an event: an assessment of half a minute has about half of it


def in_time(event: Event, since: float) -> Event:
    """The event at the moment that its writer tells, but never before it was kept: a clock that is ahead bends nothing.

    since: seconds of server time since the session was opened."""
    return replace(event, at=since) if event.at > since else event


def admitted(event: Event, role: Role, plan: Plan | None) -> bool:
    """Whether a role may write an event."""
    if role not in WRITERS or not math.isfinite(event.at) or event.at < 0:
        return False
    if plan is None or isinstance(event, Opened):
        return role == "host" and isinstance(event, Opened) and len(event.plan.seats) == 2 and event.at == 0
    own = seat_of(plan, role)
    match event:
        case KeyDown():
            return event.seat == own or (role == "host" and event.seat == VOICE)
        case KeyUp():
            return event.seat == own or role == "host"  # who gives the floor takes it back
        case Heard() | Assessed() | Refused():
            return event.seat == own
        case Joined():
            return event.place == own and len(event.name) <= LONGEST_NAME
        case Left():
            return event.place == own or role == "host"
        case Held() | Resumed():
            return event.by == own or (role == "host" and event.by == DIRECTOR)
        case Injected():
            return role == "instructor" and event.by == INSTRUCTOR
        case Cue() | Missed() | Advanced() | Ended():
            return role == "host"
    return False


def seat_of(plan: Plan, role: Role) -> str:
    """The place that a role has: the host's seat is the plan's first."""
    return INSTRUCTOR if role not in ("host", "guest") else plan.seats[0 if role == "host" else 1].id

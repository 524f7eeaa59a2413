"""Which events are believed: pure, and the same on every side, so that all fold the same log to the same state.

The server vouches for the role that wrote an event, nothing more. What a role may not write is passed over.
"""

import math

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
AHEAD = 5.0  # s that an event may lie before the server's clock: clocks differ a little
LONGEST_NAME = 100
LONGEST = 64 * 1024  # characters of an event: an assessment of half a minute has about half of it


def admitted(event: Event, role: Role, plan: Plan | None, since: float | None) -> bool:
    """Whether a role may write an event. since: seconds of server time since the session was opened."""
    if (
        role not in WRITERS
        or not math.isfinite(event.at)
        or event.at < 0
        or (since is not None and event.at > since + AHEAD)
    ):
        return False
    if plan is None or isinstance(event, Opened):
        return role == "host" and isinstance(event, Opened) and len(event.plan.seats) == 2 and event.at == 0
    own = seat_of(plan, role)
    match event:
        case KeyDown() | KeyUp():
            return event.seat == own or (role == "host" and event.seat == VOICE)
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

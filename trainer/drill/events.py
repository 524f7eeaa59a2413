"""What happens in a drill session, in the order in which it happened. The log of these is the session.

`at` is in seconds since the session was opened, by the clock of whoever appended the event. Events carry all that the
fold needs (texts, too), so a log can be replayed without the phrasebook that it came from.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Literal

from trainer.drill.hints import Steps
from trainer.drill.plan import Plan, Reason, Turn
from trainer.languages import Language
from trainer.quantities import Seconds
from trainer.scoring.assessment import Assessment
from trainer.scoring.content import Content
from trainer.speakers import Speaker
from trainer.text_in import harmless_json

if TYPE_CHECKING:
    from pydantic import TypeAdapter

SCHEMA = "ruston.event/1"


@dataclass(frozen=True)
class Line:
    """A call as it is said on the loop: text with stress marks, its language, and whose call it is."""

    call: str
    language: Language
    text: str
    speaker: Speaker


@dataclass(frozen=True, kw_only=True)
class Opened:
    at: Seconds
    plan: Plan
    kind: Literal["opened"] = "opened"


@dataclass(frozen=True, kw_only=True)
class Cue:
    """A turn begins. `prompt` is heard, `shown` is read; any of `answers` is right, the first is the model answer; with
    none, and no seat, there is only something to listen to.

    Attributes:
        within: seconds to key down, from this event.
        values: the figures that a readback must repeat.
        by: "director", or who put the turn in between.
    """

    at: Seconds
    turn: int
    seat: str | None
    prompt: Line | None
    shown: tuple[Line, ...]
    answers: tuple[Line, ...]
    reason: Reason
    within: Seconds | None = None
    values: tuple[tuple[str, str], ...] = ()
    by: str = "director"
    kind: Literal["cue"] = "cue"


@dataclass(frozen=True, kw_only=True)
class KeyDown:
    """A seat, or the voice of somebody who is not there, takes the loop.

    Attributes:
        line: what will be said, where known.
    """

    at: Seconds
    seat: str
    line: Line | None = None
    kind: Literal["key_down"] = "key_down"


@dataclass(frozen=True, kw_only=True)
class KeyUp:
    at: Seconds
    seat: str
    kind: Literal["key_up"] = "key_up"


@dataclass(frozen=True, kw_only=True)
class Heard:
    """The words so far.

    Attributes:
        engine: which recogniser says so.
    """

    at: Seconds
    seat: str
    words: tuple[str, ...]
    final: bool
    engine: str
    kind: Literal["heard"] = "heard"


@dataclass(frozen=True, kw_only=True)
class Assessed:
    """A call was scored against the answer that it fits best.

    Attributes:
        latency: seconds from the end of the take to the score.
        content: which words were said, where a recogniser listened.
        recording: where the clip is kept.
        hints: the steps of help that were asked for before (see `drill.hints`).
    """

    at: Seconds
    seat: str
    turn: int
    line: Line
    assessment: Assessment
    latency: Seconds
    content: Content | None = None
    recording: str | None = None
    hints: Steps = 0
    kind: Literal["assessed"] = "assessed"


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A recording that cannot be scored honestly (silent, overdriven, cut off). The turn goes on."""

    at: Seconds
    seat: str
    turn: int
    reason: str
    kind: Literal["refused"] = "refused"


@dataclass(frozen=True, kw_only=True)
class Missed:
    """Nobody answered in time."""

    at: Seconds
    seat: str
    turn: int
    kind: Literal["missed"] = "missed"


@dataclass(frozen=True, kw_only=True)
class Advanced:
    """The turn is over. `again`: the same call comes once more, at once; `skip`: it was left unanswered on purpose."""

    at: Seconds
    turn: int
    how: Literal["next", "again", "skip"] = "next"
    kind: Literal["advanced"] = "advanced"


@dataclass(frozen=True, kw_only=True)
class Held:
    """The drill stands still, and its clock with it."""

    at: Seconds
    by: str
    kind: Literal["held"] = "held"


@dataclass(frozen=True, kw_only=True)
class Resumed:
    at: Seconds
    by: str
    kind: Literal["resumed"] = "resumed"


@dataclass(frozen=True, kw_only=True)
class Injected:
    """An instructor puts a turn in between: it comes next."""

    at: Seconds
    by: str
    turn: Turn
    kind: Literal["injected"] = "injected"


@dataclass(frozen=True, kw_only=True)
class Joined:
    """Somebody takes a place on the loop, for the first time or again.

    Attributes:
        place: a seat, or "instructor".
    """

    at: Seconds
    place: str
    name: str
    kind: Literal["joined"] = "joined"


@dataclass(frozen=True, kw_only=True)
class Left:
    """A place is empty: its holder said so, or is not heard of any more."""

    at: Seconds
    place: str
    why: Literal["left", "lost"] = "left"
    kind: Literal["left"] = "left"


@dataclass(frozen=True, kw_only=True)
class Ended:
    at: Seconds
    why: Literal["completed", "stopped", "lost"] = "completed"
    kind: Literal["ended"] = "ended"


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """Stands where an event was that cannot be read any more: what comes after keeps its number. Nobody appends it."""

    at: Seconds
    kind: Literal["unreadable"] = "unreadable"


Event = (
    Opened | Cue | KeyDown | KeyUp | Heard | Assessed | Refused | Missed | Advanced | Held | Resumed | Injected | Joined
    | Left | Ended | Unreadable
)  # fmt: skip


@cache
def _adapter() -> "TypeAdapter[Event]":
    from pydantic import Field, TypeAdapter

    return TypeAdapter(Annotated[Event, Field(discriminator="kind")])


def to_json(event: Event) -> str:
    """One line of JSON; `from_json` gives an equal event."""
    return _adapter().dump_json(event).decode()


def from_json(line: str | bytes) -> Event:
    """The texts are made harmless: events come from partners, and from stores of other versions.

    Raises pydantic.ValidationError for anything that is not an event."""
    return _adapter().validate_json(harmless_json(line))

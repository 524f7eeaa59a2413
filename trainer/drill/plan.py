"""What a session is set up with: who sits where, what is drilled, and in which order."""

from dataclasses import dataclass
from typing import Literal

from trainer.languages import Language, other
from trainer.quantities import Finite, Points, Seconds
from trainer.scoring.points import PASS_MARK
from trainer.speakers import Speaker

Mode = Literal["echo", "read", "relay", "respond", "readback", "checklist"]
MODES: tuple[Mode, ...] = ("echo", "read", "relay", "respond", "readback", "checklist")
AIDED: tuple[Mode, ...] = ("echo", "read", "checklist")  # the very words are heard or read before they are said
FOR_TWO: tuple[Mode, ...] = ("checklist", "readback", "respond")  # two have something to say to each other in these

Why = Literal["due", "weak-sound", "new", "again", "in-order", "drawn", "inject"]


@dataclass(frozen=True)
class Seat:
    """A place on the loop and the crew member in it. `learner` is the key of the records; `station` says whose calls
    of a checklist are theirs."""

    id: str
    learner: str
    name: str
    first: Language
    station: Speaker

    @property
    def target(self) -> Language:
        """The language that is drilled: each crew speaks the partner's."""
        return other(self.first)


@dataclass(frozen=True)
class Reason:
    """Why a call was chosen. `sound` is the weak one that it trains."""

    why: Why
    sound: str | None = None


@dataclass(frozen=True)
class Turn:
    """One step of the agenda.

    Attributes:
        prompt: the call that is heard before.
        answers: the calls any of which is right, none where there is only something to listen to.
        seat: who answers.
    """

    prompt: str | None
    answers: tuple[str, ...]
    seat: str | None
    reason: Reason


@dataclass(frozen=True)
class Plan:
    """What a session is set up with.

    Attributes:
        session: its id.
        phase: of the mission; None: of all of it.
        agenda: the turns, in order.
        opened: date and time (ISO 8601, UTC) of the first second of the session clock.
        seed: of whatever was drawn.
        get: mission time at that second, s, where the drill runs on the mission clock.
        pass_mark: points from which a call is done and need not come again.
        within: seconds to key down after a cue, at least; None where nobody hurries.
        book: the file of a phrasebook of one's own.
    """

    session: str
    mode: Mode
    phase: str | None
    seats: tuple[Seat, ...]
    agenda: tuple[Turn, ...]
    opened: str
    seed: int = 0
    get: Finite | None = None
    pass_mark: Points = PASS_MARK
    within: Seconds | None = None
    book: str | None = None

    def seat(self, seat_id: str) -> Seat:
        """Raises KeyError for a seat that is not of this plan."""
        for seat in self.seats:
            if seat.id == seat_id:
                return seat
        raise KeyError(seat_id)

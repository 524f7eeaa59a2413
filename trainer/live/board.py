"""What a learner has of the mission: the board of phases, and progress from day to day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import TYPE_CHECKING, Any

from trainer.drill.memory import weak_sounds
from trainer.drill.schedule import comes_again, mastery, open_phases
from trainer.languages import LANGUAGES, Language

if TYPE_CHECKING:
    from trainer.drill.memory import Memory, WeakSound
    from trainer.drill.plan import Seat
    from trainer.drill.schedule import Mastery
    from trainer.phrasebook.phrase import Phrasebook
    from trainer.records.queries import AttemptRecord


@dataclass(frozen=True)
class PhaseRow:
    """A phase as the board shows it.

    Attributes:
        id: of the phase.
        name: by language.
        summary: by language; empty where the book has none.
        get: ground elapsed time at which it begins, s.
        calls: how many this seat has to say.
        mastery: of them; None where there are none.
        due: calls that are due again, and were not just drilled.
        reached: whether the phase is open to the learner.
    """

    id: str
    name: dict[Language, str]
    summary: dict[Language, str]
    get: float | None
    calls: int
    mastery: "Mastery | None"
    due: int
    reached: bool


@dataclass(frozen=True)
class Progress:
    """How it went so far.

    Attributes:
        trend: per phase, the mean points of each day (date, points, answers).
        sounds: the weak ones.
        days: on which anything was drilled, oldest first.
        answers: how many.
        points: their mean, 0 to 100; None where there is none.
    """

    trend: dict[str, list[tuple[datetime, float, int]]]
    sounds: "tuple[WeakSound, ...]"
    days: list[datetime]
    answers: int
    points: float | None


def board(book: "Phrasebook", seat: "Seat", memory: "Memory", now: datetime) -> tuple[PhaseRow, ...]:
    """The phases by the mission's clock, with what the learner has of them. They open in the order of the book."""
    calls: dict[str, list[str]] = {phase.id: [] for phase in book.phases}
    for phrase in book.phrases:
        if phrase.speaker in (seat.station, "any") or seat.station == "any":
            calls[phrase.phase].append(phrase.id)
    reached = open_phases(memory, seat.target, {phase: own for phase, own in calls.items() if own}, now)
    rows = []
    for phase in book.phases:
        own = calls[phase.id]
        cards = [card for call in own if (card := memory.call(seat.target, call))]
        rows.append(
            PhaseRow(
                id=phase.id, name=_both(phase.name), summary=_both(phase.summary) if phase.summary else {},
                get=book.get(phase.start_event), calls=len(own),
                mastery=mastery(memory, seat.target, own, now) if own else None,
                due=sum(comes_again(card, now) for card in cards), reached=phase.id in reached,
            )
        )  # fmt: skip
    begin = _begin(book)
    return tuple(sorted(rows, key=lambda row: begin[row.id]))


def _begin(book: "Phrasebook") -> dict[str, float]:
    """When phases begin by the mission's clock, s; one of no time of its own stays behind the one before."""
    found: dict[str, float] = {}
    at = -inf
    for phase in book.phases:
        get = book.get(phase.start_event)
        at = found[phase.id] = at if get is None else get
    return found


def next_phase(rows: Iterable[PhaseRow]) -> PhaseRow | None:
    """The phase to run next as a whole: where most calls are due again; where none is, the first that is open and not
    known; the first of all where all are. None where nothing is this seat's to say."""
    own = [row for row in rows if row.mastery is not None]
    due_most = max(own, key=lambda row: row.due, default=None)
    if due_most is not None and not due_most.due:
        due_most = next((row for row in own if row.reached and not (row.mastery and row.mastery.opens)), due_most)
    return due_most


def progress(book: "Phrasebook", seat: "Seat", memory: "Memory", attempts: "Iterable[AttemptRecord]") -> Progress:
    days: dict[str, dict[datetime, list[float]]] = {}
    all_days: set[datetime] = set()
    points: list[float] = []
    for attempt in attempts:
        phrase = book.find(attempt.asked)
        phase = phrase.phase if phrase else attempt.phase or "numbers"
        day = attempt.at.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        days.setdefault(phase, {}).setdefault(day, []).append(attempt.counted)
        all_days.add(day)
        points.append(attempt.counted)
    return Progress(
        trend={
            phase: [(day, sum(of) / len(of), len(of)) for day, of in sorted(by_day.items())]
            for phase, by_day in days.items()
        },
        sounds=weak_sounds(memory, seat.target),
        days=sorted(all_days),
        answers=len(points),
        points=sum(points) / len(points) if points else None,
    )


def _both(text: Any) -> dict[Language, str]:
    return {language: text[language] for language in LANGUAGES}

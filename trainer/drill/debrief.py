"""What a drill leaves to work on: its answers, those that failed, and its sounds. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trainer.drill.events import Assessed, Event, Line
from trainer.drill.session import Attempt, State
from trainer.drill.verdict import Right, of_answer
from trainer.languages import Language
from trainer.phones.inventory import sound_of
from trainer.phrasebook.contrasts import of_sounds
from trainer.scoring.feedback import as_natives, heard_instead
from trainer.scoring.points import FLAGGED, PASS_MARK

MOST = 5  # sounds that are named
MOST_INSTEAD = 2  # sounds that are named of those that were heard in place of one


@dataclass(frozen=True)
class PoorSound:
    """A sound that was said poorly.

    Attributes:
        times: how often.
        heard: what was heard instead, the most frequent first, "" for nothing at all.
    """

    language: Language
    sound: str
    times: int
    heard: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """An attempt, with what was heard in it.

    Attributes:
        assessed: None where nothing was said in time.
        change: points more than the same seat had for the same call the time before, None where there is none.
    """

    attempt: Attempt
    assessed: Assessed | None
    change: float | None = None

    @property
    def line(self) -> Line | None:
        return self.assessed.line if self.assessed else None


@dataclass(frozen=True)
class Summary:
    """How a drill went.

    Attributes:
        answers: calls that were said.
        passed: of them, good enough.
        missed: calls that nobody answered in time.
        left_out: calls that were left out on purpose, and said at no other time.
        mean: points of what was said, 0-100; None where nothing was.
    """

    answers: int
    passed: int
    missed: int
    left_out: int
    mean: float | None


def summary(state: State, seat: str | None = None) -> Summary:
    """Of one seat, or (None) of all."""
    tries = state.attempts if seat is None else state.of(seat)
    said, mark = [one for one in tries if one.call is not None], state.plan.pass_mark if state.plan else PASS_MARK
    return Summary(
        answers=len(said), passed=sum(one.passed(mark) for one in said), missed=len(tries) - len(said),
        left_out=state.left_out(seat), mean=sum(one.points for one in said) / len(said) if said else None,
    )  # fmt: skip


def answers(
    attempts: Iterable[Attempt], events: Iterable[Event], before: Mapping[tuple[str, str], float]
) -> tuple[Answer, ...]:
    """before: points of a seat for a call, the last time before this drill. A call that came again in it is compared
    with the first time; what was not said is compared with nothing."""
    assessed = {(event.turn, event.at): event for event in events if isinstance(event, Assessed)}
    points = dict(before)
    found = []
    for attempt in attempts:
        key, change = (attempt.seat, attempt.asked), None
        if attempt.call is not None:
            change = attempt.points - points[key] if key in points else None
            points[key] = attempt.points
        found.append(Answer(attempt, assessed.get((attempt.turn, attempt.at)), change))
    return tuple(found)


def failed(attempts: Iterable[Attempt], pass_mark: float) -> tuple[tuple[str, str], ...]:
    """Seat and call of what was not good enough the last time it was asked for, in the order of the drill. A call that
    passed before has to be clearly worse to come again."""
    passed: dict[tuple[str, str], bool] = {}
    for attempt in attempts:
        key = (attempt.seat, attempt.asked)
        passed[key] = attempt.holds(pass_mark) if passed.get(key) else attempt.passed(pass_mark)
    return tuple(key for key, good in passed.items() if not good)


def poor_sounds(said: Sequence[Assessed]) -> tuple[PoorSound, ...]:
    """The most frequent first."""
    counts: Counter[tuple[Language, str]] = Counter()
    instead: defaultdict[tuple[Language, str], Counter[str]] = defaultdict(Counter)
    for result in (event.assessment for event in said):
        if result.verdict != "scored" or as_natives(result):
            continue
        for phone in (phone for word in result.words for phone in word.phones):
            if phone.score < FLAGGED:
                key = (result.language, sound_of(result.language, phone.phone))
                counts[key] += 1
                if (heard := heard_instead(result.language, phone)) is not None:
                    instead[key][heard] += 1
    return tuple(
        PoorSound(*key, times, tuple(heard for heard, _times in instead[key].most_common(MOST_INSTEAD)))
        for key, times in counts.most_common(MOST)
    )


def confused(poor: Sequence[PoorSound]) -> tuple[str, ...]:
    """Contrasts of what was said poorly with what was heard: who confuses two sounds may not hear them apart."""
    found = (of_sounds(one.language, one.sound, heard) for one in poor for heard in one.heard if heard)
    return tuple(dict.fromkeys(contrast.id for contrast in found if contrast))


def well_said(said: Sequence[Assessed], answers: int) -> bool:
    """Whether nothing at all was wrong. answers: how many were asked for, those that did not come included."""
    judged = [of_answer(event.assessment, event.content) for event in said]
    return bool(judged) and len(said) == answers and all(isinstance(verdict, Right) for verdict in judged)

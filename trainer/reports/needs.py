"""Who needs help, why, and what to do about it: the few lines that an instructor reads first. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from trainer.messages import gettext as _
from trainer.messages import interface_language, ngettext
from trainer.reports.figures import DayFigures, Tally
from trainer.reports.page import day_told

AT_MOST = 5  # lines
SILENT = 4  # calls of the newest day without one answer, from which the microphone is suspected
AWAY = timedelta(days=7)  # without a drill
LATELY = timedelta(days=14)  # the days by which a learner is judged
TRIED = 8  # answers in these, below which nothing is said of how they went
PASSING = 0.6  # share passed, below which a learner needs help


@dataclass(frozen=True)
class Person:
    """What is known of a learner.

    Attributes:
        since: on the roster since.
        days: the newest last.
        overdue: assignments past their day.
        weak: phones, the weakest first.
    """

    key: str
    label: str
    since: date
    days: tuple[DayFigures, ...]
    overdue: int = 0
    weak: tuple[str, ...] = ()


@dataclass(frozen=True)
class Silent:
    """Nobody answered.

    Attributes:
        missed: calls of that day, none of them answered.
    """

    missed: int
    day: date


@dataclass(frozen=True)
class Overdue:
    assignments: int


@dataclass(frozen=True)
class Failing:
    """Too little is passed.

    Attributes:
        passed: share, 0-1, of so many answers.
    """

    passed: float
    answers: int


@dataclass(frozen=True)
class Absent:
    """Nothing was drilled for long.

    Attributes:
        since: the last day with a drill, None for somebody who never had one.
    """

    since: date | None


Reason = Silent | Overdue | Failing | Absent


@dataclass(frozen=True)
class Need:
    """Who needs help, and why.

    Attributes:
        weight: without a unit: the more, the sooner.
    """

    person: Person
    reasons: tuple[Reason, ...]
    weight: float


def needs(people: Iterable[Person], today: date) -> tuple[Need, ...]:
    """Those who need help, the most urgent first."""
    everybody = tuple(people)
    somebody_drills = any(today - day.day < AWAY for person in everybody for day in person.days)
    found = []
    for person in everybody:
        weighed = list(_weighed(person, today, somebody_drills))
        if weighed:
            reasons = tuple(reason for _weight, reason in sorted(weighed, key=lambda pair: -pair[0]))
            found.append(Need(person, reasons, sum(weight for weight, _reason in weighed)))
    return tuple(sorted(found, key=lambda need: (-need.weight, need.person.label)))


def _weighed(person: Person, today: date, somebody_drills: bool) -> Iterable[tuple[float, Reason]]:
    newest = person.days[-1] if person.days else None
    if newest and newest.tally.missed == newest.tally.attempts >= SILENT:
        yield 4.0, Silent(newest.tally.missed, newest.day)
    if person.overdue:
        yield 2.0 + min(person.overdue, 4) / 4, Overdue(person.overdue)
    lately = sum((day.tally for day in person.days if newest and newest.day - day.day < LATELY), Tally())
    if lately.answers >= TRIED and lately.share_passed is not None and lately.share_passed < PASSING:
        yield 1.0 + 3 * (PASSING - lately.share_passed), Failing(lately.share_passed, lately.answers)
    if newest is None:
        if today - person.since >= AWAY:
            yield 2.0, Absent(None)
    elif today - newest.day >= AWAY and (somebody_drills or person.overdue):
        yield 1.5, Absent(newest.day)


def why(need: Need) -> str:
    return "; ".join(_why(reason) for reason in need.reasons)


def _why(reason: Reason) -> str:
    match reason:
        case Silent(missed, day):
            return ngettext(
                "no sound in {n} call of {day}", "no sound in any of {n} calls of {day}", missed
            ).format(n=missed, day=day_told(day))  # fmt: skip
        case Overdue(n):
            return ngettext("{n} assignment overdue", "{n} assignments overdue", n).format(n=n)
        case Failing(passed, answers):
            share = f"{100 * passed:.0f}" + ("\u00a0%" if interface_language() == "ru" else "%")
            return ngettext("passed {share} of {n} answer", "passed {share} of {n} answers", answers).format(
                share=share, n=answers
            )
        case Absent(since):
            return _("has not drilled since {day}").format(day=day_told(since)) if since else _("has not drilled yet")


def what_to_do(need: Need) -> str:
    """For the weightiest reason."""
    match need.reasons[0]:
        case Silent():
            return _("look at the microphone together: `ruston audio check`")
        case Overdue():
            return _("agree on a new day, or withdraw it")
        case Failing() if need.person.weak:
            sounds = " ".join(f"[{sound}]" for sound in need.person.weak)
            return _("begin with {sounds}: Echo, one phase, slowly").format(sounds=sounds)
        case Failing():
            return _("go back to Echo in the same phase")
        case Absent():
            return _("ask what keeps them")


def shown(all_needs: Sequence[Need]) -> tuple[Sequence[Need], int]:
    """The lines that are shown, and how many more there are."""
    return all_needs[:AT_MOST], max(0, len(all_needs) - AT_MOST)

"""The figures of a report, added up by the database: their number grows with the learners, calls and sounds, not with
the attempts.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Row, and_, case, distinct, extract, func, not_, or_, select

from trainer.drill.pace import AWAY
from trainer.drill.plan import Mode
from trainer.languages import Language
from trainer.local_time import local_day, moment
from trainer.phrasebook.phases import Phases
from trainer.records.counting import answered, counted, passes
from trainer.records.store import Store
from trainer.records.tables import attempts, deletions, learners, sessions, sounds
from trainer.reports.names import Names

QUARTER = 900  # s


@dataclass(frozen=True)
class Tally:
    """Sums that can be added to others. Attempts without an answer are no scores: points, their squares and passes are
    those of the others.

    Attributes:
        points, squares: sums of the points (0-100), and of their squares.
        missed: attempts without an answer.
        scored: attempts at the right call.
        score: sum of their scores (0-100).
        exact_known: readbacks at which a recogniser listened for figures.
        exact: of these, how many had every figure right.
        response: s, sum over `answered` attempts: those that somebody who sat there began.
        seconds: of recordings.
    """

    attempts: int = 0
    points: float = 0.0
    squares: float = 0.0
    passed: int = 0
    missed: int = 0
    scored: int = 0
    score: float = 0.0
    exact_known: int = 0
    exact: int = 0
    answered: int = 0
    response: float = 0.0
    seconds: float = 0.0

    def __add__(self, more: "Tally") -> "Tally":
        return Tally(*(getattr(self, name) + getattr(more, name) for name in TALLIED))

    @property
    def answers(self) -> int:
        return self.attempts - self.missed

    @property
    def mean_points(self) -> float | None:
        return self.points / self.answers if self.answers else None

    @property
    def variance(self) -> float:
        """Of the points of single answers, as a sample; 0 of fewer than two."""
        if self.answers < 2:
            return 0.0
        return max(0.0, (self.squares - self.points**2 / self.answers) / (self.answers - 1))

    @property
    def mean_score(self) -> float | None:
        return self.score / self.scored if self.scored else None

    @property
    def share_passed(self) -> float | None:
        return self.passed / self.answers if self.answers else None

    @property
    def share_exact(self) -> float | None:
        return self.exact / self.exact_known if self.exact_known else None

    @property
    def mean_response(self) -> float | None:
        return self.response / self.answered if self.answered else None


TALLIED = tuple(Tally.__dataclass_fields__)


@dataclass(frozen=True)
class LearnerFigures:
    """What a learner did.

    Attributes:
        key: in the records.
        label: what to call them here.
    """

    key: str
    label: str
    crew: str | None
    first: Language
    sessions: int
    began: datetime
    last: datetime
    tally: Tally


@dataclass(frozen=True)
class DayFigures:
    """What a learner did on one day.

    Attributes:
        day: by the clock here.
    """

    key: str
    day: date
    tally: Tally


@dataclass(frozen=True)
class CallFigures:
    key: str
    call: str
    language: Language | None
    phase: str | None
    mode: Mode
    tally: Tally


@dataclass(frozen=True)
class SoundFigures:
    """How an expected phone of a language went.

    Attributes:
        score: sum of the points, 0-100 each.
        heard: what came instead ("": nothing) and how often, most frequent first.
    """

    key: str
    language: Language
    phone: str
    times: int
    score: float
    heard: tuple[tuple[str, int], ...]

    @property
    def mean(self) -> float:
        return self.score / self.times


@dataclass(frozen=True)
class Figures:
    """What a report counts.

    Attributes:
        deleted: learners and attempts that were deleted on request, ever.
    """

    learners: tuple[LearnerFigures, ...]
    days: tuple[DayFigures, ...]
    calls: tuple[CallFigures, ...]
    sounds: tuple[SoundFigures, ...]
    deleted: tuple[int, int]

    @property
    def total(self) -> Tally:
        return sum((one.tally for one in self.learners), Tally())


def figures(store: Store, where: Sequence[ColumnElement[bool]], names: Names, phases: Phases) -> Figures:
    """where: as `selection.conditions` makes them."""
    with store.reading() as connection:
        return Figures(
            learners=_learners(connection, where, names),
            days=_days(connection, where),
            calls=_calls(connection, where, phases),
            sounds=_sounds(connection, where),
            deleted=_deleted(connection),
        )


def call_figures(store: Store, where: Sequence[ColumnElement[bool]], phases: Phases) -> tuple[CallFigures, ...]:
    """Only these: where nobody asks for days and sounds."""
    with store.reading() as connection:
        return _calls(connection, where, phases)


def day_figures(
    store: Store, where: Sequence[ColumnElement[bool]], names: Names
) -> tuple[tuple[LearnerFigures, ...], tuple[DayFigures, ...]]:  # fmt: skip
    """Only these: where nobody asks for calls, nor for sounds, of which there are twenty to an attempt."""
    with store.reading() as connection:
        return _learners(connection, where, names), _days(connection, where)


def sounds_lately(
    store: Store, where: Sequence[ColumnElement[bool]], days: Iterable[DayFigures], lately: timedelta
) -> tuple[SoundFigures, ...]:  # fmt: skip
    """Of each learner in `days`, in so long a time before the end of their newest day."""
    newest: dict[str, date] = {}
    for row in days:
        newest[row.key] = max(row.day, newest.get(row.key, row.day))
    found: list[SoundFigures] = []
    with store.reading() as connection:
        for key, day in newest.items():
            since = moment((day + timedelta(days=1)).isoformat()) - lately
            found += _sounds(connection, [*where, learners.c.key == key, attempts.c.at >= since])
    return tuple(found)


def _tallied() -> list[ColumnElement[Any]]:
    a = attempts.c
    right = or_(a.verdict == "scored", a.judged.is_not(None))
    score = func.coalesce(a.judged, a.score)
    there = a.response <= AWAY
    checked = and_(sessions.c.mode == "readback", a.exact.is_not(None))

    def times(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    return [
        func.count().label("attempts"),
        func.coalesce(func.sum(case((answered, counted), else_=0.0)), 0.0).label("points"),
        func.coalesce(func.sum(case((answered, counted * counted), else_=0.0)), 0.0).label("squares"),
        times(passes(sessions.c.pass_mark)).label("passed"),
        times(not_(answered)).label("missed"),
        times(right).label("scored"),
        func.coalesce(func.sum(case((right, score), else_=0.0)), 0.0).label("score"),
        times(checked).label("exact_known"),
        times(and_(checked, a.exact.is_(True))).label("exact"),
        times(there).label("answered"),
        func.coalesce(func.sum(case((there, a.response), else_=0.0)), 0.0).label("response"),
        func.coalesce(func.sum(a.seconds), 0.0).label("seconds"),
    ]


def _tally(row: Row[Any]) -> Tally:
    return Tally(*(getattr(row, name) for name in TALLIED))


_FROM = attempts.join(sessions, sessions.c.id == attempts.c.session).join(
    learners, learners.c.id == attempts.c.learner
)  # fmt: skip


def _learners(
    connection: Connection, where: Sequence[ColumnElement[bool]], names: Names
) -> tuple[LearnerFigures, ...]:  # fmt: skip
    who = (learners.c.key, learners.c.name, learners.c.crew, learners.c.first)
    wanted = (
        select(
            *who, func.count(distinct(attempts.c.session)).label("sessions"), func.min(attempts.c.at).label("began"),
            func.max(attempts.c.at).label("last"), *_tallied(),
        )
        .select_from(_FROM)
        .where(*where)
        .group_by(*who)
    )  # fmt: skip
    found = [
        LearnerFigures(
            row.key, row.name if names.real else names.learner(row.key), names.crew(row.crew), row.first, row.sessions,
            row.began, row.last, _tally(row),
        )
        for row in connection.execute(wanted)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.crew or "", one.label)))


def _days(connection: Connection, where: Sequence[ColumnElement[bool]]) -> tuple[DayFigures, ...]:
    """Added up by the quarters of an hour, at which the days of all zones begin; then by the days of this place."""
    if connection.dialect.name == "postgresql":
        quarter: ColumnElement[Any] = func.floor(extract("epoch", attempts.c.at) / QUARTER)
    else:
        quarter = func.strftime("%s", attempts.c.at).cast(Integer) / QUARTER  # kept in UTC
    quarter = quarter.cast(Integer)
    wanted = (
        select(learners.c.key, quarter.label("quarter"), *_tallied())
        .select_from(_FROM)
        .where(*where)
        .group_by(learners.c.key, quarter)
        .order_by(learners.c.key, quarter)
    )
    tallies: dict[tuple[str, date], Tally] = defaultdict(Tally)
    for row in connection.execute(wanted):
        began = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=QUARTER * row.quarter)
        tallies[row.key, local_day(began)] += _tally(row)
    return tuple(DayFigures(key, day, tally) for (key, day), tally in tallies.items())


def _calls(
    connection: Connection, where: Sequence[ColumnElement[bool]], phases: Phases
) -> tuple[CallFigures, ...]:  # fmt: skip
    which = (learners.c.key, attempts.c.asked, attempts.c.language, sessions.c.mode, sessions.c.phase)
    wanted = select(*which, *_tallied()).select_from(_FROM).where(*where).group_by(*which).order_by(*which)
    return tuple(
        CallFigures(row.key, row.asked, row.language, phases.phase(row.asked, row.phase), row.mode, _tally(row))
        for row in connection.execute(wanted)
    )


def _sounds(connection: Connection, where: Sequence[ColumnElement[bool]]) -> tuple[SoundFigures, ...]:
    which = (learners.c.key, attempts.c.language, sounds.c.phone, sounds.c.heard)
    wanted = (
        select(*which, func.count().label("times"), func.sum(sounds.c.score).label("score"))
        .select_from(_FROM.join(sounds, sounds.c.attempt == attempts.c.id))
        .where(*where)
        .group_by(*which)
    )
    rows: defaultdict[tuple[str, Language, str], list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(wanted):
        rows[row.key, row.language, row.phone].append(row)
    return tuple(SoundFigures(*which, *_added_up(found)) for which, found in sorted(rows.items()))


def _added_up(rows: Iterable[Row[Any]]) -> tuple[int, float, tuple[tuple[str, int], ...]]:
    rows = list(rows)
    instead = sorted(((row.heard, row.times) for row in rows if row.heard is not None), key=lambda x: (-x[1], x[0]))
    return sum(row.times for row in rows), float(sum(row.score for row in rows)), tuple(instead)


def _deleted(connection: Connection) -> tuple[int, int]:
    """What the log of deletions adds up to; it holds numbers only."""
    logged = [json.loads(what) for what in connection.execute(select(deletions.c.what)).scalars()]
    return sum(one.get("learners", 0) for one in logged), sum(one.get("attempts", 0) for one in logged)

"""What is asked of all sessions together: which there are, attempts, how sounds went."""

import json
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, LargeBinary, RowMapping, cast, func, select

from trainer.drill.events import Assessed, Unreadable
from trainer.drill.plan import Mode
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.records.counting import counted, mean_points
from trainer.records.database import Database, streamed
from trainer.records.packing import unpack
from trainer.records.problems import damaged
from trainer.records.sessions import read
from trainer.records.tables import attempts, body, events, learners, memories, recordings, seats, sessions, sounds
from trainer.scoring.assessment import Assessment


@dataclass(frozen=True)
class SessionSummary:
    """A session, without its events.

    Attributes:
        last: when the newest event happened.
        seats: seat and learner, None where the learner had everything deleted.
        points: mean of its answers, 0-100; None before the first one.
    """

    id: str
    mode: Mode
    phase: str | None
    opened: datetime
    last: datetime
    ended: str | None
    seats: tuple[tuple[str, str | None], ...]
    events: int
    attempts: int
    points: float | None


@dataclass(frozen=True)
class AttemptRecord:
    """An answer that was counted, or one that did not come (`call` is None).

    Attributes:
        score, points: 0-100.
        late, latency: s.
        at: date and time of the score.
        exact: whether the figures of a readback came back, None without figures.
        judged: points by an instructor, which count instead.
        assessment: only where it was asked for.
    """

    session: str
    seq: int
    turn: int
    seat: str
    learner: str
    mode: Mode
    phase: str | None
    asked: str
    call: str | None
    language: Language | None
    verdict: str
    score: float
    points: float
    late: float
    latency: float | None
    at: datetime
    recording: str | None
    exact: bool | None
    judged: float | None
    assessment: Assessment | None = None

    @property
    def counted(self) -> float:
        """The points that count."""
        return self.points if self.judged is None else self.judged

    @property
    def answered(self) -> bool:
        """Else it is no score, and in no mean."""
        return self.call is not None or self.judged is not None


@dataclass(frozen=True)
class SoundSummary:
    """How an expected phone went.

    Attributes:
        score: mean, 0-100.
        heard: what came instead, most frequent first; "" is a sound left out.
    """

    phone: str
    times: int
    score: float
    heard: tuple[tuple[str, int], ...]


class Queries(Database):
    def check(
        self, tracked: Callable[[Iterable[RowMapping], int], Iterable[RowMapping]] = lambda rows, _n: rows
    ) -> None:
        """Read every page and every body, and look for damage. tracked: passes on the rows of so many events, and may
        show how far it is. Raises BrokenStore."""
        self.check_pages()
        wanted = select(sessions.c.key, events.c.seq, events.c.at, body).join(sessions).order_by(*events.primary_key)
        with self.reading() as connection:
            total = connection.execute(select(func.count()).select_from(events)).scalar_one()
            with closing(streamed(connection, wanted)) as rows:
                for row in tracked(rows.mappings(), total):
                    if isinstance(read(row["body"], row["at"]), Unreadable):
                        where = _("event {seq} of session {session}").format(seq=row["seq"], session=row["key"])
                        raise damaged(self.target.place, where)
            for memory in connection.execute(select(cast(memories.c.body, LargeBinary))).scalars():
                try:
                    json.loads(unpack(memory))
                except ValueError as error:
                    raise damaged(self.target.place, _("what a learner remembers")) from error

    def sessions(self, *, learner: str | None = None, open_only: bool = False) -> list[SessionSummary]:
        """Newest first."""
        counts = (
            select(events.c.session, func.count().label("events"), func.max(events.c.at).label("last"))
            .group_by(events.c.session)
            .subquery()
        )
        tries = (
            select(attempts.c.session, func.count().label("attempts"), mean_points.label("points"))
            .group_by(attempts.c.session)
            .subquery()
        )
        wanted = (
            select(sessions, counts.c.events, counts.c.last, tries.c.attempts, tries.c.points)
            .outerjoin(counts, counts.c.session == sessions.c.id)
            .outerjoin(tries, tries.c.session == sessions.c.id)
            .order_by(sessions.c.opened.desc(), sessions.c.id.desc())
        )
        if open_only:
            wanted = wanted.where(sessions.c.why.is_(None))
        if learner is not None:
            theirs = select(seats.c.session).join(learners).where(learners.c.key == learner)
            wanted = wanted.where(sessions.c.id.in_(theirs))
        with self.reading() as connection:
            sat: dict[int, list[tuple[str, str | None]]] = {}
            for row in connection.execute(
                select(seats.c.session, seats.c.seat, learners.c.key).outerjoin(learners).order_by(seats.c.seat)
            ):
                sat.setdefault(row.session, []).append((row.seat, row.key))
            return [_summary(row, sat.get(row["id"], [])) for row in connection.execute(wanted).mappings()]

    def attempts(
        self, *, learner: str | None = None, session: str | None = None, language: Language | None = None,
        mode: Mode | None = None, phase: str | None = None, call: str | None = None, since: datetime | None = None,
        until: datetime | None = None, assessments: bool = False,
    ) -> Iterator[AttemptRecord]:  # fmt: skip
        """Attempts in the order in which they were kept, streamed: memory does not grow with their number.

        call: what was asked. since, until: date and time, the end not included. assessments: read these, too."""
        equal = {
            learners.c.key: learner, sessions.c.key: session, attempts.c.language: language, sessions.c.mode: mode,
            sessions.c.phase: phase, attempts.c.asked: call,
        }  # fmt: skip
        where = [column == value for column, value in equal.items() if value is not None]
        if since is not None:
            where.append(attempts.c.at >= since)
        if until is not None:
            where.append(attempts.c.at < until)
        with closing(self.attempt_rows(where, bodies=assessments)) as rows:
            for row in rows:
                yield _attempt(row)

    def attempt_rows(
        self, where: Sequence[ColumnElement[bool]] = (), *, bodies: bool = False
    ) -> Generator[RowMapping]:  # fmt: skip
        """Attempts with what is known of their session, learner and recording, in the order in which they were kept,
        streamed: memory does not grow with their number.

        where: conditions on attempts, sessions and learners. bodies: with kind and body of their event, which holds
        the assessment (a tenth of the speed)."""
        wanted = (
            select(
                *(column for column in attempts.columns if column.name not in ("session", "learner")),
                sessions.c.key.label("session"), sessions.c.mode, sessions.c.phase, sessions.c.pass_mark,
                learners.c.key.label("learner"), learners.c.name, learners.c.crew, learners.c.first,
                learners.c.recordings, learners.c.retention_days, recordings.c.path, recordings.c.kept,
            )
            .select_from(_ATTEMPTS.outerjoin(recordings, recordings.c.path == attempts.c.recording))
            .where(*where)
            .order_by(attempts.c.id)
        )  # fmt: skip
        if bodies:
            wanted = wanted.add_columns(body, events.c.kind).join(
                events, (events.c.session == attempts.c.session) & (events.c.seq == attempts.c.seq)
            )
        with self.reading() as connection, closing(streamed(connection, wanted)) as rows:
            yield from rows.mappings()

    def count_attempts(self, where: Sequence[ColumnElement[bool]]) -> int:
        with self.reading() as connection:
            wanted = select(func.count()).select_from(_ATTEMPTS).where(*where)
            return int(connection.execute(wanted).scalar_one())

    def last_points(self, learner: str, language: Language, session: str) -> dict[str, float]:
        """By call that was asked for: the points that counted for the newest answer in the sessions before this one.
        What was not said does not count."""
        before = select(sessions.c.opened).where(sessions.c.key == session).scalar_subquery()
        newest = (
            select(func.max(attempts.c.id))
            .select_from(_ATTEMPTS)
            .where(
                learners.c.key == learner, attempts.c.language == language, sessions.c.opened < before,
                attempts.c.call.is_not(None),
            )
            .group_by(attempts.c.asked)
        )  # fmt: skip
        with self.reading() as connection:
            rows = connection.execute(select(attempts.c.asked, counted).where(attempts.c.id.in_(newest)))
            return {row[0]: row[1] for row in rows}

    def sounds(self, learner: str, language: Language, since: datetime | None = None) -> list[SoundSummary]:
        """How a learner's sounds went, the weakest first."""
        wanted = (
            select(sounds.c.phone, sounds.c.heard, func.count().label("times"), func.sum(sounds.c.score).label("sum"))
            .select_from(sounds)
            .join(attempts)
            .join(learners)
            .where(learners.c.key == learner, attempts.c.language == language)
            .group_by(sounds.c.phone, sounds.c.heard)
        )
        if since is not None:
            wanted = wanted.where(attempts.c.at >= since)
        phones: dict[str, list[RowMapping]] = {}
        with self.reading() as connection:
            for row in connection.execute(wanted).mappings():
                phones.setdefault(row["phone"], []).append(row)
        summaries = [_sound(phone, rows) for phone, rows in phones.items()]
        return sorted(summaries, key=lambda sound: (sound.score, sound.phone))


_ATTEMPTS = attempts.join(sessions, sessions.c.id == attempts.c.session).join(
    learners, learners.c.id == attempts.c.learner
)


def _summary(row: RowMapping, sat: Iterable[tuple[str, str | None]]) -> SessionSummary:
    return SessionSummary(
        id=row["key"], mode=row["mode"], phase=row["phase"], opened=row["opened"],
        last=row["opened"] + timedelta(seconds=row["last"] or 0.0), ended=row["why"], seats=tuple(sat),
        events=row["events"] or 0, attempts=row["attempts"] or 0, points=row["points"],
    )  # fmt: skip


def _attempt(row: RowMapping) -> AttemptRecord:
    assessment = None
    if kept := row.get("body"):
        event = read(kept)
        assessment = event.assessment if isinstance(event, Assessed) else None
    plain = (name for name in AttemptRecord.__dataclass_fields__ if name != "assessment")
    return AttemptRecord(assessment=assessment, **{name: row[name] for name in plain})


def _sound(phone: str, rows: list[RowMapping]) -> SoundSummary:
    times = sum(row["times"] for row in rows)
    heard = sorted(((row["heard"], row["times"]) for row in rows if row["heard"] is not None), key=lambda x: -x[1])
    return SoundSummary(phone, times, sum(row["sum"] for row in rows) / times, tuple(heard))

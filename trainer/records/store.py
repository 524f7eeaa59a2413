"""The store: sessions as append-only event logs, and what is drawn from them as they grow.

An event, the attempt that it completes, its sounds and the scheduler's memory are written in one transaction; when
`append` returns, they are on the disk. Several programs may use one store at a time.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from sqlalchemy import Connection, Engine, RowMapping, Select, Table, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from trainer.drill.events import Assessed, Event, Opened, from_json, to_json
from trainer.drill.plan import Mode, Plan
from trainer.drill.session import Attempt, State, apply, fold
from trainer.errors import UserError
from trainer.identity import Person
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.records.connecting import WRITING, Target, connect, target
from trainer.records.migrations import NEWEST
from trainer.records.packing import pack, unpack
from trainer.records.problems import damaged, told
from trainer.records.tables import attempts, events, learners, memories, metadata, seats, sessions, sounds, stores
from trainer.scoring.assessment import Assessment

AT_ONCE = 500  # rows that are read in one go while streaming


@dataclass(frozen=True)
class Learner:
    """recordings: whether the learner allows to keep them, said at `consented`, for `retention_days`."""

    key: str
    name: str
    first: Language
    crew: str | None
    added: datetime
    recordings: bool = False
    consented: datetime | None = None
    retention_days: int | None = None


@dataclass(frozen=True)
class SessionSummary:
    """seats: seat and learner, None where the learner had everything deleted. last: when the newest event happened.
    points: the mean of its attempts, None before the first one."""

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
    """An answer that was counted, or one that did not come (`call` is None). at: date and time of the score. late and
    latency in seconds, score and points 0-100. exact: whether the figures of a readback came back, None without
    figures. assessment: only where it was asked for."""

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
    assessment: Assessment | None = None


@dataclass(frozen=True)
class SoundSummary:
    """How an expected phone went. score: the mean, 0-100. heard: what came instead, most frequent first; "" is a sound
    left out."""

    phone: str
    times: int
    score: float
    heard: tuple[tuple[str, int], ...]


class Store:
    """Open with `Store.open`, close with `close` or `with`. Safe to use from several threads."""

    def __init__(self, engine: Engine, store: Target) -> None:
        self.target = store
        self._engine = engine
        self._lock = threading.Lock()
        self._folds: dict[str, tuple[int, State]] = {}  # of the sessions that this program writes: last seq, state

    @classmethod
    def open(cls, url: str | None = None, *, read_only: bool = False) -> Self:
        """url: a file, or postgresql://...; None: RUSTON_RECORDS, else a file in the data folder. A new store is made,
        one of an earlier program migrated; a reader finds a missing one empty. Raises UserError."""
        found = target(url)
        return cls(connect(found, read_only), found)

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view of the store."""
        with told(self.target.place), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it is kept, or nothing."""
        with told(self.target.place), self._engine.execution_options(**{WRITING: True}).begin() as connection:
            yield connection

    @property
    def id(self) -> str:
        with self.reading() as connection:
            return str(connection.execute(select(stores.c.id)).scalar_one())

    def info(self) -> dict[str, int | str | None]:
        """The store's id, the revision of its tables, how many rows each has, and the bytes of the file."""
        with self.reading() as connection:
            numbers = {
                name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in metadata.tables.items()
                if table is not stores
            }
        path = self.target.path
        size = path.stat().st_size if path and path.exists() else None
        return {"tables": NEWEST, **numbers, "bytes": size}

    def check(self) -> None:
        """Read the whole file and look for damage (SQLite; a server looks after itself). Raises BrokenStore."""
        if self._engine.dialect.name != "sqlite":
            return
        with self.reading() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
        if found != "ok":
            raise damaged(self.target.place, found)

    def compact(self) -> bool:
        """Rewrite the store without the remains of what was deleted. False where that is not in our hands: another
        program has the file open just now, or the store is on a server."""
        with told(self.target.place):
            if self._engine.dialect.name != "sqlite":
                with self._engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                    connection.exec_driver_sql("VACUUM " + ", ".join(metadata.tables))
                return False
            pooled = self._engine.raw_connection()
            try:
                cursor = pooled.cursor()
                cursor.execute("VACUUM")
                # The write-ahead log holds old pages until it is cut to nothing.
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                busy, *_pages = cursor.fetchone() or (1,)
                return not busy
            finally:
                pooled.close()

    # Learners

    def add_learner(self, key: str, name: str, first: Language, crew: str | None = None) -> Learner:
        """Add a learner, or change what an added one is called. Recordings are not allowed until they say so."""
        with self.writing() as connection:
            values = {"name": name, "first": first, "crew": crew}
            number = _add_learner(connection, key, values)
            connection.execute(update(learners).where(learners.c.id == number).values(**values))
        return self.learner(key)

    def learner(self, key: str) -> Learner:
        """Raises UserError for one who is not known."""
        with self.reading() as connection:
            row = connection.execute(select(learners).where(learners.c.key == key)).mappings().first()
        if row is None:
            known = ", ".join(learner.key for learner in self.learners()) or "-"
            message = _("there is no learner {key} in the records. Known: {known}.")
            raise UserError(message.format(key=key, known=known))
        return _learner(row)

    def learners(self) -> list[Learner]:
        with self.reading() as connection:
            return [_learner(row) for row in connection.execute(select(learners).order_by(learners.c.key)).mappings()]

    def consent(self, key: str, recordings: bool, days: int | None = None) -> Learner:
        """Note that a learner allows, or no longer allows, to keep recordings, and for how many days. What was kept
        before is deleted by `recordings.purge`."""
        if recordings and (days is None or days < 1):
            raise UserError(_("say for how many days the recordings may be kept: --days N."))
        values = {"recordings": recordings, "consented": datetime.now(UTC), "retention_days": days}
        with self.writing() as connection:
            connection.execute(update(learners).where(learners.c.key == key).values(**values))
        return self.learner(key)

    # Writing sessions

    def create(self, plan: Plan) -> Opened:
        """Begin a session; its learners are added where they are new. Returns its first event (seq 0), kept."""
        first = Opened(at=0.0, plan=plan)
        self.append(plan.session, first, seq=0)
        return first

    def append(
        self, session: str, event: Event, *, seq: int | None = None,
        memories: Mapping[tuple[str, Language], str] | None = None,
    ) -> int:  # fmt: skip
        """Keep an event and all that follows from it; returns its number. When it returns, the event is on the disk.

        seq: the number that the event must get. One that is there already changes nothing if it is the same event (so
        an append whose outcome is unknown can simply be repeated), UserError otherwise; ValueError if it leaves a gap.
        memories: per learner and language, the scheduler's memory after this event, as JSON.
        Raises UserError (nothing kept) for trouble with the store, or where the session or the learner was deleted.
        """
        body = pack(to_json(event))
        with self._lock:
            try:
                return self._append(session, event, body, seq, memories or {})
            except IntegrityError:  # on a server, another program opened the same session in the same moment
                self._folds.pop(session, None)
                return self._append(session, event, body, seq, memories or {})

    def _append(
        self, session: str, event: Event, body: bytes, seq: int | None, memories: Mapping[tuple[str, Language], str]
    ) -> int:  # fmt: skip
        with self.writing() as connection:
            number, before, known = self._state(connection, session, event)
            if seq is not None and seq < number:
                return _repeated(connection, session, seq, body)
            if seq is not None and seq > number:
                raise ValueError(f"event {seq} of session {session}: the next one is {number}")
            state = apply(before, event)
            _write(connection, known, number, event, body, before, state)
            for (learner, language), memory in memories.items():
                _remember(connection, learner, language, memory)
        if state.ended is None:
            self._folds[session] = (number, state)
        else:
            self._folds.pop(session, None)
        return number

    def _state(self, connection: Connection, session: str, event: Event) -> tuple[int, State, int]:
        """The number of the next event, the state before it, the row of the session. Whatever another program has
        appended since is folded in."""
        row = connection.execute(_SESSION, {"session": session, "seat": getattr(event, "seat", None)}).first()
        if row is None and isinstance(event, Opened):
            return 0, State(), _add_session(connection, event.plan)
        if row is None or row.deleted:
            raise UserError(_gone(session))
        last, state = self._folds.get(session, (-1, State()))
        newest = connection.execute(select(func.max(events.c.seq)).where(events.c.session == row.id)).scalar()
        newest = -1 if newest is None else newest
        if newest != last:
            later = select(events.c.body).where(events.c.session == row.id, events.c.seq > last).order_by(events.c.seq)
            state = fold((from_json(unpack(body)) for body in connection.execute(later).scalars()), state)
        return newest + 1, state, row.id

    # Reading

    def events(self, session: str) -> Iterator[Event]:
        """The log of a session, in order, streamed. Raises UserError for one that is not there."""
        with self.reading() as connection:
            row = connection.execute(select(sessions.c.id).where(sessions.c.key == session)).first()
            if row is None:
                raise UserError(_gone(session))
            wanted = select(events.c.body).where(events.c.session == row.id).order_by(events.c.seq)
            for body in _streamed(connection, wanted).scalars():
                yield from_json(unpack(body))

    def sessions(self, *, learner: str | None = None, open_only: bool = False) -> list[SessionSummary]:
        """Newest first."""
        counts = (
            select(events.c.session, func.count().label("events"), func.max(events.c.at).label("last"))
            .group_by(events.c.session)
            .subquery()
        )
        tries = (
            select(attempts.c.session, func.count().label("attempts"), func.avg(attempts.c.points).label("points"))
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
        wanted = (
            select(
                attempts, sessions.c.key.label("session_key"), sessions.c.mode, sessions.c.phase,
                learners.c.key.label("learner_key"),
            )
            .join(sessions, sessions.c.id == attempts.c.session)
            .join(learners, learners.c.id == attempts.c.learner)
            .order_by(attempts.c.id)
        )  # fmt: skip
        if assessments:
            wanted = wanted.add_columns(events.c.body).join(
                events, (events.c.session == attempts.c.session) & (events.c.seq == attempts.c.seq)
            )
        equal = {
            learners.c.key: learner, sessions.c.key: session, attempts.c.language: language, sessions.c.mode: mode,
            sessions.c.phase: phase, attempts.c.asked: call,
        }  # fmt: skip
        wanted = wanted.where(*(column == value for column, value in equal.items() if value is not None))
        if since is not None:
            wanted = wanted.where(attempts.c.at >= since)
        if until is not None:
            wanted = wanted.where(attempts.c.at < until)
        with self.reading() as connection:
            for row in _streamed(connection, wanted).mappings():
                yield _attempt(row)

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

    def memory(self, learner: str, language: Language) -> str | None:
        """The scheduler's memory of a learner, as it was appended last; None before that."""
        wanted = select(memories.c.body).join(learners).where(learners.c.key == learner)
        with self.reading() as connection:
            body = connection.execute(wanted.where(memories.c.language == language)).scalar()
        return None if body is None else unpack(body)


# The row of a session, kept from others until the transaction ends; and whether a seat's learner was deleted.
_SESSION = (
    select(
        sessions.c.id,
        select(func.count())
        .where(seats.c.session == sessions.c.id, seats.c.seat == bindparam("seat"), seats.c.learner.is_(None))
        .scalar_subquery()
        .label("deleted"),
    )
    .where(sessions.c.key == bindparam("session"))
    .with_for_update()
)


def _add_learner(connection: Connection, key: str, values: Mapping[str, Any]) -> int:
    """The row of a learner, who is added where new."""
    row = {"key": key, **values, "added": datetime.now(UTC), "recordings": False}
    connection.execute(_or_else(connection, learners).values(**row).on_conflict_do_nothing())
    return int(connection.execute(select(learners.c.id).where(learners.c.key == key)).scalar_one())


def _add_session(connection: Connection, plan: Plan) -> int:
    row = {
        "key": plan.session, "mode": plan.mode, "phase": plan.phase, "opened": opened(plan),
        "pass_mark": plan.pass_mark,
    }  # fmt: skip
    number = int(connection.execute(insert(sessions).values(**row).returning(sessions.c.id)).scalar_one())
    for seat in plan.seats:
        learner = _add_learner(connection, seat.learner, {"name": seat.name, "first": seat.first})
        connection.execute(insert(seats), {"session": number, "seat": seat.id, "learner": learner})
    return number


def opened(plan: Plan) -> datetime:
    """Date and time of the first second of the session clock."""
    moment = datetime.fromisoformat(plan.opened)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _repeated(connection: Connection, session: str, seq: int, body: bytes) -> int:
    wanted = select(events.c.body).join(sessions).where(sessions.c.key == session, events.c.seq == seq)
    if unpack(connection.execute(wanted).scalar_one()) != unpack(body):
        message = _("session {session} goes on in another program. Stop one of the two.")
        raise UserError(message.format(session=session))
    return seq


def _write(
    connection: Connection, session: int, seq: int, event: Event, body: bytes, before: State, after: State
) -> None:  # fmt: skip
    row = {"session": session, "seq": seq, "at": event.at, "kind": event.kind, "body": body}
    connection.execute(insert(events), row)
    if len(after.attempts) > len(before.attempts) and after.plan is not None:
        _keep_attempt(connection, session, seq, event, after.plan, after, after.attempts[-1])
    if after.ended is not None and before.ended is None and after.plan is not None:
        moment = opened(after.plan) + timedelta(seconds=event.at)
        connection.execute(update(sessions).where(sessions.c.id == session).values(ended=moment, why=after.ended))


def _keep_attempt(
    connection: Connection, session: int, seq: int, event: Event, plan: Plan, state: State, attempt: Attempt
) -> None:  # fmt: skip
    wanted = select(seats.c.learner).where(seats.c.session == session, seats.c.seat == attempt.seat)
    learner = connection.execute(wanted).scalar()
    if learner is None:
        raise UserError(_gone(plan.session))
    answer = state.cue.answers[0] if state.cue and state.cue.answers else None
    row = {
        "session": session, "seq": seq, "learner": learner, "seat": attempt.seat, "turn": attempt.turn,
        "asked": attempt.asked, "call": attempt.call, "language": answer.language if answer else None,
        "verdict": attempt.verdict, "score": attempt.score, "points": attempt.points, "late": attempt.late,
        "latency": None, "at": opened(plan) + timedelta(seconds=attempt.at), "recording": None, "exact": attempt.exact,
        "response": attempt.response,
    }  # fmt: skip
    if isinstance(event, Assessed):
        heard = event.assessment
        row |= {
            "language": event.line.language, "latency": event.latency, "recording": event.recording,
            "seconds": heard.seconds, "completeness": heard.completeness, "rate": heard.fluency.articulation_rate,
        }  # fmt: skip
    number = connection.execute(insert(attempts).values(**row).returning(attempts.c.id)).scalar_one()
    if isinstance(event, Assessed) and (phones := _sounds(event.assessment)):
        connection.execute(insert(sounds), [{"attempt": number, **phone} for phone in phones])


def _sounds(assessment: Assessment) -> list[dict[str, Any]]:
    """The expected phones and how they went. Of another call than the one asked for they would say nothing."""
    if assessment.verdict != "scored":
        return []
    phones = (phone for word in assessment.words for phone in word.phones)
    return [
        {"position": i, "phone": phone.phone, "score": round(phone.score), "heard": phone.heard}
        for i, phone in enumerate(phones)
    ]


def _remember(connection: Connection, learner: str, language: Language, memory: str) -> None:
    number = connection.execute(select(learners.c.id).where(learners.c.key == learner)).scalar()
    if number is None:
        message = _("there is no learner {key} in the records. Known: {known}.")
        raise UserError(message.format(key=learner, known="-"))
    values = {"body": pack(memory), "at": datetime.now(UTC)}
    row = _or_else(connection, memories).values(learner=number, language=language, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["learner", "language"], set_=values))


def _or_else(connection: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """An insert that can say what else to do where the row is there already; both databases know how."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def _gone(session: str) -> str:
    return _("session {session} is not in the records, or was deleted. `ruston sessions` lists what there is.").format(
        session=session
    )


def _streamed(connection: Connection, wanted: Select[Any]) -> Any:
    return connection.execution_options(stream_results=True, yield_per=AT_ONCE).execute(wanted)


def person(learner: Learner) -> Person:
    return Person(learner.key, (learner.name,), learner.first)


def _learner(row: RowMapping) -> Learner:
    return Learner(**{name: row[name] for name in Learner.__dataclass_fields__})


def _summary(row: RowMapping, sat: Iterable[tuple[str, str | None]]) -> SessionSummary:
    return SessionSummary(
        id=row["key"], mode=row["mode"], phase=row["phase"], opened=row["opened"],
        last=row["opened"] + timedelta(seconds=row["last"] or 0.0), ended=row["why"], seats=tuple(sat),
        events=row["events"] or 0, attempts=row["attempts"] or 0, points=row["points"],
    )  # fmt: skip


def _attempt(row: RowMapping) -> AttemptRecord:
    assessment = None
    if body := row.get("body"):
        event = from_json(unpack(body))
        assessment = event.assessment if isinstance(event, Assessed) else None
    plain = (
        "seq", "turn", "seat", "mode", "phase", "asked", "call", "language", "verdict", "score", "points", "late",
        "latency", "at", "recording", "exact",
    )  # fmt: skip
    return AttemptRecord(
        session=row["session_key"],
        learner=row["learner_key"],
        assessment=assessment,
        **{name: row[name] for name in plain},
    )


def _sound(phone: str, rows: list[RowMapping]) -> SoundSummary:
    times = sum(row["times"] for row in rows)
    heard = sorted(((row["heard"], row["times"]) for row in rows if row["heard"] is not None), key=lambda x: -x[1])
    return SoundSummary(phone, times, sum(row["sum"] for row in rows) / times, tuple(heard))

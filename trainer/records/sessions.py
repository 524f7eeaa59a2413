"""Sessions as append-only event logs, and what is drawn from them as they grow.

Events that happen together, the attempt that they complete, its sounds and the scheduler's memory are written in one
transaction; when `append` returns, they are on the disk. Several programs may use one store at a time.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, LargeBinary, bindparam, cast, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from trainer.drill.events import Assessed, Event, Opened, Unreadable, from_json, to_json
from trainer.drill.plan import Plan
from trainer.drill.session import Attempt, State, apply, fold
from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.quantities import LONGEST
from trainer.records.connecting import Target
from trainer.records.database import Database, insert_or_else, streamed
from trainer.records.learners import row_of_learner
from trainer.records.packing import pack, unpack
from trainer.records.tables import attempts, body, events, learners, memories, seats, sessions, sounds
from trainer.scoring.assessment import Assessment

MANY = 5  # sessions that are named where several are meant

# By learner and language: the scheduler's memory after what is kept, as JSON, of the one before, where there is one.
Memories = Mapping[tuple[str, Language], Callable[[str | None], str]]


class Sessions(Database):
    def __init__(self, engine: Engine, store: Target, read_only: bool = False) -> None:
        super().__init__(engine, store, read_only)
        self._lock = threading.Lock()
        self._folds: dict[str, tuple[int, State]] = {}  # of the sessions that this program writes: last seq, state

    def create(self, plan: Plan) -> Opened:
        """Begin a session; its learners are added where they are new. Returns its first event (seq 0), kept."""
        first = Opened(at=0.0, plan=plan)
        self.append(plan.session, first, seq=0)
        return first

    def append(
        self, session: str, *happened: Event, seq: int | None = None, memories: Memories | None = None,
        moment: datetime | None = None,
    ) -> int:  # fmt: skip
        """Keep events of one seat and all that follows from them; returns the number of the last. When it returns, they
        are on the disk.

        seq: the number that the first must get. Those that are there already change nothing if they are the same (so an
        append whose outcome is unknown can simply be repeated), UserError otherwise; ValueError if it leaves a gap.
        moment: when they happened by the clock here; without, by the session's own, which stands still between a stop
        and what is resumed, and runs ahead where recordings are listened to faster than they sound.
        Raises UserError (nothing kept) for trouble with the store, or where the session or the learner was deleted.
        """
        packed = [(event, _body(event)) for event in happened]
        with self._lock:
            try:
                return self._append(session, packed, seq, memories or {}, moment)
            except IntegrityError:  # on a server, another program opened the same session in the same moment
                self._folds.pop(session, None)
                return self._append(session, packed, seq, memories or {}, moment)

    def _append(
        self, session: str, happened: Sequence[tuple[Event, bytes]], seq: int | None, memories: Memories,
        moment: datetime | None,
    ) -> int:  # fmt: skip
        with self.writing() as connection:
            number, state, known = self._state(connection, session, happened[0][0])
            first = number if seq is None else seq
            if first > number:
                raise ValueError(f"event {seq} of session {session}: the next one is {number}")
            there, new = happened[: number - first], happened[number - first :]
            for at, (_event, body) in enumerate(there, first):
                _repeated(connection, session, at, body)
            for at, (event, body) in enumerate(new, number):
                before, state = state, apply(state, event)
                _write(connection, known, at, event, body, before, state, moment)
            for (learner, language), after in memories.items() if new else ():
                _remember(connection, learner, language, after)
        last = first + len(happened) - 1
        if new and state.ended is None:
            self._folds[session] = (last, state)
        elif new:
            self._folds.pop(session, None)
        return last

    def _state(self, connection: Connection, session: str, event: Event) -> tuple[int, State, int]:
        """The number of the next event, the state before it, the row of the session. Whatever another program has
        appended since is folded in."""
        row = connection.execute(_SESSION, {"session": session, "seat": getattr(event, "seat", None)}).first()
        if row is None and isinstance(event, Opened):
            return 0, State(), _add_session(connection, event.plan)
        if row is None or row.deleted:
            raise UserError(_gone(session))
        last, state = self._folds.get(session, (-1, State()))
        newest = connection.execute(_NEWEST, {"session": row.id}).scalar()
        newest = -1 if newest is None else newest
        if newest != last:
            later = _LOG.where(events.c.session == row.id, events.c.seq > last)
            state = fold((read(kept.body, kept.at) for kept in connection.execute(later)), state)
        return newest + 1, state, row.id

    def session(self, beginning: str) -> str:
        """The id of the session that it is, or that begins so. Raises UserError where there is none, or several."""
        begins = sessions.c.key.startswith(beginning, autoescape=True)
        with self.reading() as connection:
            wanted = select(sessions.c.key).order_by(sessions.c.opened.desc())
            found = connection.execute(wanted.where(sessions.c.key == beginning)).scalars().all()
            if not found and beginning:
                found = connection.execute(wanted.where(begins).limit(MANY + 1)).scalars().all()
        if not found:
            raise UserError(_gone(beginning))
        if len(found) > 1:
            known = ", ".join(found[:MANY]) + (" …" if len(found) > MANY else "")
            message = _("{beginning} begins several sessions: {known}. Say more of it.")
            raise UserError(message.format(beginning=beginning, known=known))
        return str(found[0])

    def events(self, session: str) -> Iterator[Event]:
        """The log of a session, in order, streamed; `Unreadable` where an event is damaged. Raises UserError for a
        session that is not there."""
        with self.reading() as connection:
            row = connection.execute(select(sessions.c.id).where(sessions.c.key == session)).first()
            if row is None:
                raise UserError(_gone(session))
            for kept in streamed(connection, _LOG.where(events.c.session == row.id)):
                yield read(kept.body, kept.at)

    def remember(self, learner: str, language: Language, memory: str) -> None:
        """Keep what the scheduler remembers of a learner, as JSON. An answer does so by `append`."""
        with self.writing() as connection:
            _remember(connection, learner, language, lambda _before: memory)

    def memory(self, learner: str, language: Language) -> str | None:
        """The scheduler's memory of a learner, as it was appended last; None before that, and where it is damaged."""
        wanted = select(cast(memories.c.body, LargeBinary)).join(learners).where(learners.c.key == learner)
        with self.reading() as connection:
            body = connection.execute(wanted.where(memories.c.language == language)).scalar()
        return _readable(body)


def read(body: bytes, at: object = 0.0) -> Event:
    """An event from its body in the store. at: what its row says of the time."""
    try:
        return from_json(unpack(body))
    except ValueError:  # damaged; or kept by an earlier program, with numbers that nothing can have
        return Unreadable(at=float(at) if isinstance(at, int | float) and 0 <= at <= LONGEST else 0.0)


def _body(event: Event) -> bytes:
    """Nothing is kept that could not be read back."""
    text = to_json(event)
    try:
        from_json(text)
    except ValueError as error:
        message = _("an event holds what no event can hold, and is not kept: {reason}.")
        raise UserError(message.format(reason=" ".join(str(error).split())[:200])) from error
    return pack(text)


# What every event asks is put together once.
_LOG = select(body, events.c.at).order_by(events.c.seq)
_NEWEST = select(func.max(events.c.seq)).where(events.c.session == bindparam("session"))
_KEEP, _KEEP_SOUNDS, _KEEP_ATTEMPT = insert(events), insert(sounds), insert(attempts).returning(attempts.c.id)
_LEARNER = select(learners.c.id).where(learners.c.key == bindparam("learner"))
_SITS = select(seats.c.learner).where(seats.c.session == bindparam("session"), seats.c.seat == bindparam("seat"))
_MEMORY = select(cast(memories.c.body, LargeBinary)).where(
    memories.c.learner == bindparam("learner"), memories.c.language == bindparam("language")
)

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


def _add_session(connection: Connection, plan: Plan) -> int:
    row = {
        "key": plan.session, "mode": plan.mode, "phase": plan.phase, "opened": opened(plan),
        "pass_mark": plan.pass_mark,
    }  # fmt: skip
    number = int(connection.execute(insert(sessions).values(**row).returning(sessions.c.id)).scalar_one())
    for seat in plan.seats:
        learner = row_of_learner(connection, seat.learner, {"name": seat.name, "first": seat.first})
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
    connection: Connection, session: int, seq: int, event: Event, body: bytes, before: State, after: State,
    moment: datetime | None,
) -> None:  # fmt: skip
    row = {"session": session, "seq": seq, "at": event.at, "kind": event.kind, "body": body}
    connection.execute(_KEEP, row)
    if len(after.attempts) > len(before.attempts) and after.plan is not None:
        keep_attempt(connection, session, seq, event, after.plan, after, after.attempts[-1], moment)
    if after.ended is not None and before.ended is None and after.plan is not None:
        moment = moment or opened(after.plan) + timedelta(seconds=event.at)
        connection.execute(update(sessions).where(sessions.c.id == session).values(ended=moment, why=after.ended))


def keep_attempt(
    connection: Connection, session: int, seq: int, event: Event, plan: Plan, state: State, attempt: Attempt,
    moment: datetime | None = None,
) -> None:  # fmt: skip
    learner = connection.execute(_SITS, {"session": session, "seat": attempt.seat}).scalar()
    if learner is None:
        raise UserError(_gone(plan.session))
    answer = state.cue.answers[0] if state.cue and state.cue.answers else None
    row = {
        "session": session, "seq": seq, "learner": learner, "seat": attempt.seat, "turn": attempt.turn,
        "asked": attempt.asked, "call": attempt.call, "language": answer.language if answer else None,
        "verdict": attempt.verdict, "score": attempt.score, "points": attempt.points, "late": attempt.late,
        "latency": None, "at": moment or opened(plan) + timedelta(seconds=attempt.at), "recording": None,
        "exact": attempt.exact, "response": attempt.response,
    }  # fmt: skip
    if isinstance(event, Assessed):
        heard = event.assessment
        row |= {
            "language": event.line.language, "latency": event.latency, "recording": event.recording,
            "seconds": heard.seconds, "completeness": heard.completeness, "rate": heard.fluency.articulation_rate,
        }  # fmt: skip
    number = connection.execute(_KEEP_ATTEMPT, row).scalar_one()
    if isinstance(event, Assessed) and (phones := _sounds(event.assessment)):
        connection.execute(_KEEP_SOUNDS, [{"attempt": number, **phone} for phone in phones])


def _sounds(assessment: Assessment) -> list[dict[str, Any]]:
    """The expected phones and how they went. Of another call than the one asked for they would say nothing."""
    if assessment.verdict != "scored":
        return []
    phones = (phone for word in assessment.words for phone in word.phones)
    return [
        {"position": i, "phone": phone.phone, "score": round(phone.score), "heard": phone.heard}
        for i, phone in enumerate(phones)
    ]


def _remember(
    connection: Connection, learner: str, language: Language, after: Callable[[str | None], str]
) -> None:  # fmt: skip
    number = connection.execute(_LEARNER, {"learner": learner}).scalar()
    if number is None:
        message = _("there is no learner {key} in the records. Known: {known}.")
        raise UserError(message.format(key=learner, known="-"))
    before = connection.execute(_MEMORY, {"learner": number, "language": language}).scalar()
    values = {"body": pack(after(_readable(before))), "at": datetime.now(UTC)}
    row = insert_or_else(connection, memories).values(learner=number, language=language, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["learner", "language"], set_=values))


def _readable(memory: bytes | None) -> str | None:
    if memory is None:
        return None
    try:
        text = unpack(memory)
        json.loads(text)
    except ValueError:
        return None
    return text


def _gone(session: str) -> str:
    return _("session {session} is not in the records, or was deleted. `ruston sessions` lists what there is.").format(
        session=session
    )

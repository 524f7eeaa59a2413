"""What the records hold about a person: shown, handed over, deleted.

A session that two learners share keeps its log when one of them is deleted, without what that one was called, said and
scored; what is handed over to one learner holds nothing of the other either.
"""

import json
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, assert_never

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, select, update

from trainer.atomic_files import new_folder, writing
from trainer.data_folder import data_folder
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
    Unreadable,
    to_json,
)
from trainer.drill.exercises import SCHEMA as EXERCISE
from trainer.drill.plan import Reason
from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.records import recordings as files
from trainer.records.learners import Learner
from trainer.records.packing import pack
from trainer.records.queries import AttemptRecord
from trainer.records.sessions import read
from trainer.records.tables import (
    LOOK,
    assignments,
    attempts,
    body,
    deletions,
    events,
    exercises,
    instructors,
    learners,
    memories,
    ratings,
    recordings,
    seats,
    sessions,
    signoffs,
    sounds,
)

if TYPE_CHECKING:
    from trainer.records.store import Store

SCHEMA = "ruston.privacy/1"
DELETED = "deleted"
BY_NAME = ("joined", "held", "resumed", "injected")  # events that can name somebody who has no seat


@dataclass(frozen=True)
class Holdings:
    """All that is stored about a learner, in numbers.

    Attributes:
        recordings_here: of the files, those on this machine.
        elsewhere: the other machines that hold recordings, by name ("": not known), with their number.
        listed: the calls on their own list.
    """

    learner: Learner
    sessions: int
    events: int
    attempts: int
    sounds: int
    first: datetime | None
    last: datetime | None
    memories: tuple[str, ...]
    recordings: int
    recordings_here: int
    recordings_bytes: int
    assignments: int
    signoffs: int
    ratings: int
    elsewhere: tuple[tuple[str, int], ...] = ()
    exercises: int = 0
    listed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deleted:
    """What was deleted of a learner, in numbers.

    Attributes:
        sessions: deleted whole.
        shared: kept for the partner, without this learner.
        erased: the bytes have left the store's files, too.
        elsewhere: other machines that still hold recordings, with their number; these are deleted when such a machine
            opens the records next.
    """

    sessions: int
    shared: int
    attempts: int
    recordings: int
    erased: bool
    elsewhere: tuple[tuple[str, int], ...] = ()


def holdings(store: "Store", who: str) -> Holdings:
    """Raises UserError for a learner who is not known."""
    learner = store.learner(who)
    key = learner.key
    with store.reading() as connection:
        person = select(learners.c.id).where(learners.c.key == key).scalar_subquery()
        theirs = select(seats.c.session).where(seats.c.learner == person)
        number, first, last = connection.execute(
            select(func.count(), func.min(attempts.c.at), func.max(attempts.c.at))
            .select_from(attempts)
            .where(attempts.c.learner == person)
        ).one()  # fmt: skip
        paths = connection.execute(select(recordings.c.path).where(recordings.c.learner == person)).scalars().all()
        here = [data_folder() / path for path in paths if files.is_here(path)]

        def count(wanted: Any) -> int:
            return int(connection.execute(wanted).scalar_one())

        return Holdings(
            learner=learner,
            sessions=count(select(func.count()).select_from(seats).where(seats.c.learner == person)),
            events=count(select(func.count()).select_from(events).where(events.c.session.in_(theirs))),
            attempts=number,
            sounds=count(
                select(func.count()).select_from(sounds.join(attempts)).where(attempts.c.learner == person)
            ),
            first=first,
            last=last,
            memories=tuple(
                connection.execute(
                    select(memories.c.language).where(memories.c.learner == person).order_by(memories.c.language)
                ).scalars()
            ),
            recordings=len(paths),
            recordings_here=len(here),
            recordings_bytes=sum(path.stat().st_size for path in here),
            assignments=count(select(func.count()).select_from(assignments).where(assignments.c.learner == person)),
            signoffs=count(select(func.count()).select_from(signoffs).where(signoffs.c.learner == person)),
            ratings=count(
                select(func.count())
                .select_from(ratings.join(attempts))
                .where(attempts.c.learner == person, ratings.c.kind != LOOK)
            ),
            elsewhere=files.elsewhere(store, key),
            exercises=count(select(func.count()).select_from(exercises).where(exercises.c.learner == person)),
            listed=store.listed(key),
        )  # fmt: skip


def export(store: "Store", who: str, to: Path) -> int:
    """Write all that is stored about a learner into a new folder, or a zip file where `to` ends with .zip: whole or
    not at all. Returns the number of files. Raises UserError."""
    about = holdings(store, who)
    if to.exists():
        raise UserError(_("{path}: exists already. Name a new folder or zip file.").format(path=to))
    if to.suffix.lower() == ".zip":
        with (
            writing(to, private=True) as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        ):  # fmt: skip
            return _export(store, about, lambda name: archive.open(name, "w", force_zip64=True))
    with new_folder(to, private=True) as folder:
        return _export(store, about, lambda name: _new(folder / name))


def _new(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("wb")


def _export(store: "Store", about: Holdings, new: Callable[[str], IO[bytes]]) -> int:
    key = about.learner.key
    number = 2
    with new("learner.json") as file:
        file.write((json.dumps({"schema": SCHEMA, **asdict(about)}, ensure_ascii=False, default=str) + "\n").encode())
    if about.assignments or about.signoffs or about.ratings:
        with new("desk.jsonl") as file:
            for kind, row in _of_the_desk(store, key):
                content = {"schema": SCHEMA, "kind": kind, **row}
                file.write((json.dumps(content, ensure_ascii=False, default=str) + "\n").encode())
        number += 1
    with new("attempts.jsonl") as file:
        from pydantic import TypeAdapter

        adapter = TypeAdapter(AttemptRecord)
        for attempt in store.attempts(learner=key, assessments=True):
            file.write(adapter.dump_json(attempt) + b"\n")
    if about.exercises:
        with new("exercises.jsonl") as file:
            for _who, exercise in store.exercises(learner=key):
                content = {"schema": EXERCISE, **asdict(exercise)}
                file.write((json.dumps(content, ensure_ascii=False, default=str) + "\n").encode())
        number += 1
    for session in store.sessions(learner=key):
        others = {seat for seat, learner in session.seats if learner != key}
        names: set[str] = set()
        with new(f"sessions/{files.as_name(session.id)}.jsonl") as file:
            for event in store.events(session.id):
                if isinstance(event, Opened):
                    names = {
                        name for seat in event.plan.seats if seat.id in others for name in (seat.learner, seat.name)
                    }
                file.write(to_json(without(event, others, names)).encode() + b"\n")
        number += 1
    for language in about.memories:
        with new(f"memory/{language}.json") as file:
            file.write((store.memory(key, "ru" if language == "ru" else "en") or "").encode())
        number += 1
    with store.reading() as connection:
        paths = connection.execute(
            select(recordings.c.path).join(learners).where(learners.c.key == key).order_by(recordings.c.path)
        ).scalars().all()  # fmt: skip
    for path in paths:
        if files.is_here(path):
            # The name that the attempts give, without the store's own folder.
            with new("recordings/" + "/".join(Path(path).parts[2:])) as file:
                file.write((data_folder() / path).read_bytes())
            number += 1
    return number


def _of_the_desk(store: "Store", key: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What an instructor asked of a learner, and how they judged it and single attempts."""
    with store.reading() as connection:
        person = select(learners.c.id).where(learners.c.key == key).scalar_subquery()
        for table in (assignments, signoffs):
            columns = [column for column in table.columns if column.name not in ("learner", "session")]
            wanted = select(*columns).where(table.c.learner == person).order_by(table.c.id)
            if table is signoffs:
                wanted = wanted.add_columns(sessions.c.key.label("session")).select_from(signoffs.outerjoin(sessions))
            for row in connection.execute(wanted).mappings():
                yield table.name, dict(row)
        said = (
            select(*(column for column in ratings.columns if column.name not in ("id", "attempt")))
            .add_columns(sessions.c.key.label("session"), attempts.c.turn, attempts.c.asked)
            .select_from(ratings.join(attempts).join(sessions, sessions.c.id == attempts.c.session))
            .where(attempts.c.learner == person)
            .order_by(ratings.c.id)
        )
        for row in connection.execute(said).mappings():
            yield ratings.name, dict(row)


def without(event: Event, seat_ids: Collection[str], names: Collection[str]) -> Event:
    """The event with nothing left of the people in these seats; `names` are their keys and names. Their scored calls
    become calls that could not be scored: the turns of the others stay what they are."""

    def reason(seat: str | None, why: Reason) -> Reason:
        """What was chosen for them by what they cannot say yet is chosen for nobody."""
        return Reason(why.why) if seat in seat_ids else why

    def who(name: str) -> str:
        return DELETED if name in names else name

    match event:
        case Opened():
            plan = event.plan
            seats = (replace(seat, learner=DELETED, name="-") if seat.id in seat_ids else seat for seat in plan.seats)
            agenda = (replace(turn, reason=reason(turn.seat, turn.reason)) for turn in plan.agenda)
            book = None if plan.book and any(name in plan.book for name in names) else plan.book
            return replace(event, plan=replace(plan, seats=tuple(seats), agenda=tuple(agenda), book=book))
        case Cue():
            return replace(event, reason=reason(event.seat, event.reason), by=who(event.by))
        case Heard():
            return replace(event, words=()) if event.seat in seat_ids else event
        case Assessed() | Refused() | Missed():
            if event.seat not in seat_ids:
                return event
            return Refused(at=event.at, seat=event.seat, turn=event.turn, reason=DELETED)
        case Held() | Resumed():
            return replace(event, by=who(event.by))
        case Injected():
            turn = replace(event.turn, reason=reason(event.turn.seat, event.turn.reason))
            return replace(event, by=who(event.by), turn=turn)
        case Joined():
            return replace(event, name="-") if event.place in seat_ids or event.name in names else event
        case KeyDown() | KeyUp() | Advanced() | Left() | Ended() | Unreadable():
            return event  # calls of the book, seats and times
        case _:
            assert_never(event)


def delete_learner(store: "Store", who: str) -> Deleted:
    """Delete all that is stored about a learner, for good. That it was done is noted, without whom.

    The files go first, so that whatever stops this half-way leaves a learner who can be deleted again.
    """
    learner = store.learner(who)
    key = learner.key
    with store.reading() as connection:
        paths = connection.execute(_paths(key)).scalars().all()
    elsewhere = files.elsewhere(store, key)
    gone = files.forget(store, paths)
    with store.writing() as connection:
        number = connection.execute(select(learners.c.id).where(learners.c.key == key)).scalar_one()
        sat = connection.execute(select(seats.c.session).where(seats.c.learner == number)).scalars().all()
        shared = {session for session in sat if _is_shared(connection, session, number)}
        tries = connection.execute(select(func.count()).select_from(attempts).where(attempts.c.learner == number))
        done = Deleted(len(sat) - len(shared), len(shared), tries.scalar_one(), gone, False, elsewhere)
        for session in sat:
            if session in shared:
                _leave_out(connection, session, number, {key, learner.name})
            else:
                gone_whole = delete(sessions).where(sessions.c.id == session).returning(sessions.c.key)
                files.erase(connection, connection.execute(gone_whole).scalars().all())
        files.erase(
            connection,
            connection.execute(delete(exercises).where(exercises.c.learner == number).returning(exercises.c.key))
            .scalars().all(),
        )  # fmt: skip
        # Who watched the drills of others, or signed for them, had no seat there.
        _clear(connection, events.c.kind.in_(BY_NAME), (), {key, learner.name})
        connection.execute(delete(instructors).where(instructors.c.name.in_((key, learner.name))))
        for table in (signoffs, ratings):
            connection.execute(update(table).where(table.c.by.in_((key, learner.name))).values(by="-"))
        connection.execute(delete(learners).where(learners.c.id == number))
        what = {name: value for name, value in asdict(done).items() if name not in ("erased", "elsewhere")}
        connection.execute(insert(deletions), {"at": datetime.now(UTC), "what": json.dumps({"learners": 1, **what})})
    return replace(done, erased=store.compact())


def _paths(key: str) -> Select[str]:
    return select(recordings.c.path).join(learners).where(learners.c.key == key).order_by(recordings.c.path)


def _is_shared(connection: Connection, session: int, learner: int) -> bool:
    """Whether anybody else has an attempt, or a recording, in it: an empty seat keeps no session."""
    return any(
        connection.execute(
            select(table.c.learner).where(table.c.session == session, table.c.learner != learner).limit(1)
        ).first()
        for table in (attempts, recordings)
    )


def _leave_out(connection: Connection, session: int, learner: int, names: Collection[str]) -> None:
    mine = (seats.c.session == session) & (seats.c.learner == learner)
    sat = set(connection.execute(select(seats.c.seat).where(mine)).scalars())
    key = connection.execute(select(sessions.c.key).where(sessions.c.id == session)).scalar_one()
    files.erase(connection, [seat_named(key, seat) for seat in sat])
    connection.execute(delete(attempts).where(attempts.c.session == session, attempts.c.learner == learner))
    _clear(connection, (events.c.session == session), sat, names)


def seat_named(session: str, seat: str) -> str:
    """A seat that its learner has left for good, as `erased` remembers it."""
    return f"{session}\n{seat}"


def _clear(
    connection: Connection, which: ColumnElement[bool], seat_ids: Collection[str], names: Collection[str]
) -> None:  # fmt: skip
    """Write these events anew, without the people in these seats. Whatever an event holds that cannot be read goes."""
    rows = connection.execute(select(events.c.session, events.c.seq).where(which)).all()
    for session, seq in rows:
        this = (events.c.session == session) & (events.c.seq == seq)
        kept = connection.execute(select(body, events.c.at).where(this)).one()
        event = read(kept.body, kept.at)
        cleared = without(event, seat_ids, names)
        if cleared != event or isinstance(event, Unreadable):
            changed = {"kind": cleared.kind, "at": cleared.at, "body": pack(to_json(cleared))}
            connection.execute(update(events).where(this).values(**changed))

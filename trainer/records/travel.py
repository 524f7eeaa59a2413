"""Records that travel: copied to another database, merged into others, backed up with their recordings, handed in.

A backup and what is handed in are the same: a zip with `records.sqlite` and the recordings that lie on this machine.
Merging the same file twice changes nothing: a session is known by its key. What was deleted here does not come back.
"""

import json
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, Table, delete, func, insert, or_, select, text, update

from trainer.atomic_files import save, writing
from trainer.data_folder import data_folder
from trainer.drill.events import Event, Refused, from_json, to_json
from trainer.drill.session import State, apply
from trainer.errors import UserError
from trainer.identity import PARTNER, Person, Recognition, recognise, same
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.records import recordings as files
from trainer.records.database import streamed
from trainer.records.examining import foreign
from trainer.records.exercises import copy_exercises
from trainer.records.instructors import guarded
from trainer.records.learners import Learner, row_of_learner
from trainer.records.lists import copy_lists
from trainer.records.machines import note_machine, this_machine
from trainer.records.packing import pack
from trainer.records.privacy import DELETED, delete_learner, seat_named
from trainer.records.ratings import judge
from trainer.records.recovery import is_ours
from trainer.records.sessions import keep_attempt, read
from trainer.records.store import Store
from trainer.records.tables import (
    LOOK,
    assignments,
    attempts,
    body,
    deletions,
    erased,
    events,
    instructors,
    learners,
    machines,
    memories,
    metadata,
    ratings,
    recordings,
    seats,
    sessions,
    signoffs,
    sounds,
    stores,
)
from trainer.text_in import json_value

SCHEMA = "ruston.travel/1"
Kind = Literal["backup", "hand-in"]
Progress = Callable[[int, int], None]  # how many of how many rows or sessions are done
Relearn = Callable[[Store, str, Language], None]  # of a learner, in a language
AT_ONCE = 2_000  # rows that are written in one go
ABOUT, RECORDS = "about.json", "records.sqlite"
MOST_ABOUT = 1 << 16  # bytes
LARGEST = 50_000_000  # bytes of a recording: half a minute has a hundredth of it
BLANK: tuple[object, ...] = (DELETED, "-", None, [])  # what stands where somebody was left out


@dataclass(frozen=True)
class Judgements:
    """How many of what an instructor asked and judged."""

    assignments: int = 0
    signoffs: int = 0
    ratings: int = 0


@dataclass(frozen=True)
class Namesake:
    """A key that belongs to a name here, and to another one, with another first language, in what came."""

    key: str
    here: str
    came: str


@dataclass(frozen=True)
class Merged:
    """What came from a file of records, in numbers.

    Attributes:
        sessions: that were new.
        completed: that were there without one of their learners.
        skipped: that were there already, or had been deleted here.
        taken_over: judgements that were new.
        left_out: those that were new, too, but nobody answered for them with a PIN.
        namesakes: who may be two people, and is one here now.
        people: keys of those whose sessions came, as the file has them.
    """

    learners: int = 0
    sessions: int = 0
    completed: int = 0
    skipped: int = 0
    recordings: int = 0
    taken_over: Judgements = Judgements()
    left_out: Judgements = Judgements()
    namesakes: tuple[Namesake, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class Packed:
    """What went into a file of records, in numbers.

    Attributes:
        elsewhere: recordings that lie on other machines, and are not in the file.
    """

    sessions: int
    attempts: int
    recordings: int
    elsewhere: int


def no_progress(_done: int, _total: int) -> None:
    pass


def _nothing_known(_store: Store, _learner: str, _language: Language) -> None:
    """New records: nobody remembers anything there yet."""


def copy(source: Store, to: str, progress: Progress = no_progress) -> dict[str, int]:
    """Copy everything into new records, row by row, in one transaction. Returns how many rows each table has. Raises
    UserError where there are records already, nothing changed."""
    with Store.open(to, purging=False) as target:
        if target.target.url == source.target.url:
            raise UserError(_("{place}: these are the same records.").format(place=target.target.place))
        with source.snapshot() as old, target.writing() as new:
            if _is_used(new):
                message = _("{place}: there are records already. `ruston records merge` adds to them.")
                raise UserError(message.format(place=target.target.place))
            return _copy(old, new, progress)


def _is_used(connection: Connection) -> bool:
    return any(connection.execute(select(table).limit(1)).first() for table in (learners, sessions, instructors))


def _copy(old: Connection, new: Connection, progress: Progress) -> dict[str, int]:
    tables = metadata.sorted_tables
    numbers = {
        table.name: int(old.execute(select(func.count()).select_from(table)).scalar_one()) for table in tables
    }  # fmt: skip
    done, total = 0, sum(numbers.values())
    for table in tables:
        new.execute(delete(table))
        with closing(streamed(old, select(table).order_by(*table.primary_key))) as rows:
            for part in rows.mappings().partitions(AT_ONCE):
                new.execute(insert(table), [dict(row) for row in part])
                done += len(part)
                progress(done, total)
        if new.dialect.name == "postgresql" and "id" in table.columns and table is not stores and table is not machines:
            highest = f"(SELECT coalesce(max(id), 1) FROM {table.name})"
            new.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {highest})"))
    return numbers


def backup(store: Store, to: Path, progress: Progress = no_progress) -> Packed:
    """Write all records and the recordings of this machine into a zip. Raises UserError."""
    with TemporaryDirectory(prefix="ruston-") as work:
        path = Path(work) / RECORDS
        copy(store, str(path), progress)
        return _pack(path, to, "backup")


def hand_in(store: Store, learner: Learner, to: Path, progress: Progress = no_progress) -> Packed:
    """Write a learner's own sessions and recordings into a zip for an instructor, without what partners were called,
    said and scored. Raises UserError."""
    with TemporaryDirectory(prefix="ruston-") as work:
        path = Path(work) / RECORDS
        with Store.open(str(path), purging=False) as apart:
            _merge(store, apart, _Wanted(learner.key), progress, _nothing_known)
            for other in apart.learners():
                if other.key != learner.key:
                    delete_learner(apart, other.key)
            with apart.writing() as connection:
                for table in (erased, deletions):
                    connection.execute(delete(table))
            apart.compact()
        return _pack(path, to, "hand-in")


def _pack(path: Path, to: Path, kind: Kind) -> Packed:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")  # everything into the one file
        paths = [row[0] for row in connection.execute("SELECT path FROM recordings ORDER BY path")]
        counts = [connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("sessions", "attempts")]
    here = [name for name in paths if files.is_here(name)]
    about = {"schema": SCHEMA, "kind": kind, "made": datetime.now(UTC).isoformat(timespec="seconds")}
    with writing(to, private=True) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(ABOUT, json.dumps(about) + "\n")
        archive.write(path, RECORDS)
        for name in here:
            archive.write(data_folder() / name, name, zipfile.ZIP_STORED)  # FLAC does not get smaller
    return Packed(counts[0], counts[1], len(here), len(paths) - len(here))


def merge(
    store: Store, file: Path, relearn: Relearn, progress: Progress = no_progress, *, let_in: bool = False
) -> Merged:  # fmt: skip
    """Add what a backup, a file that was handed in, or other records (SQLite) hold. Each session is whole or not there,
    whatever stops this half-way. relearn: makes the scheduler's memory anew of a learner who had one on both sides.
    let_in: an instructor told their PIN; where the desk is guarded, nobody else brings judgements. Raises UserError."""
    with _unpacked(file) as (path, archive, kind), Store.open(str(path), purging=False) as source:
        if kind == "hand-in" and len(people := source.learners()) > 1:
            text = _(
                "{path}: handed in by one learner, it holds records of several ({people}). Nothing was taken over."
            )
            raise UserError(text.format(path=file, people=", ".join(one.key for one in people)))
        with source.snapshot() as old, store.writing() as new:
            restored = kind == "backup" and not _is_used(new)
            if restored:
                _copy(old, new, progress)
        if restored:
            with source.reading() as old:
                numbers = [
                    old.execute(select(func.count()).select_from(table)).scalar_one()
                    for table in (learners, sessions, assignments, signoffs, ratings)
                ]
            merged = Merged(learners=numbers[0], sessions=numbers[1], taken_over=Judgements(*numbers[2:]))
        else:
            merged = _merge(source, store, _Wanted(), progress, relearn, let_in)
        came = _unpack_recordings(store, archive) if archive else 0
        return replace(merged, recordings=came)


@contextmanager
def _unpacked(file: Path) -> Iterator[tuple[Path, zipfile.ZipFile | None, str]]:
    """A copy of the records in a file, which may be brought up to date; the archive and what it is, where it is one."""
    if not file.is_file():
        raise UserError(_("{path}: there is no such file.").format(path=file))
    with TemporaryDirectory(prefix="ruston-") as work:
        path = Path(work) / RECORDS
        if zipfile.is_zipfile(file):
            try:
                with zipfile.ZipFile(file) as archive, path.open("wb") as plain:
                    kind = str(json_value(archive.open(ABOUT).read(MOST_ABOUT).decode())["kind"])
                    if archive.getinfo(RECORDS).file_size > shutil.disk_usage(work).free // 2:  # as a bomb says, too
                        raise _no_records(file)
                    with archive.open(RECORDS) as packed:
                        shutil.copyfileobj(packed, plain)
            except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, EOFError) as error:
                raise _no_records(file) from error
            _examine(path, file)
            with zipfile.ZipFile(file) as archive:
                yield path, archive, kind
            return
        shutil.copyfile(file, path)
        with suppress(FileNotFoundError):
            shutil.copyfile(f"{file}-wal", f"{path}-wal")
        _examine(path, file)
        yield path, None, ""


def _examine(path: Path, file: Path) -> None:
    """Raises UserError for what cannot be records of ours."""
    if not is_ours(path):
        raise _no_records(file)
    try:
        place = foreign(path)
    except sqlite3.Error as error:
        raise UserError(_("{path}: damaged ({reason}).").format(path=file, reason=error)) from error
    if place:
        raise UserError(_("{path}: {place} holds what no records hold. Nothing was taken over.").format(
            path=file, place=place))  # fmt: skip


def _no_records(file: Path) -> UserError:
    return UserError(_("{path}: this is no backup, nothing that was handed in, and no records.").format(path=file))


def _unpack_recordings(store: Store, archive: zipfile.ZipFile) -> int:
    """Those that the store knows, where their learner still allows it."""
    there = {entry.filename: entry for entry in archive.infolist()}
    wanted = select(recordings.c.path, recordings.c.kept, learners.c.recordings, learners.c.retention_days)
    with store.reading() as connection:
        rows = connection.execute(wanted.join(learners)).all()
    now, came = datetime.now(UTC), []
    for row in rows:
        entry, path = there.get(row.path), data_folder() / row.path
        allowed = row.recordings and now < row.kept + timedelta(row.retention_days or 0)
        if (
            entry
            and allowed
            and entry.file_size <= LARGEST
            and files.RECORDING.fullmatch(row.path)
            and not path.exists()
        ):
            (data_folder() / files.FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                content = archive.read(entry)
            except (zipfile.BadZipFile, zlib.error, EOFError):
                continue  # the records know of it; the file itself is damaged
            save(path, content, private=True)
            came.append(row.path)
    if came:
        machine = this_machine()
        with store.writing() as connection:
            note_machine(connection, machine, None)
            for name in came:
                connection.execute(update(recordings).where(recordings.c.path == name).values(machine=machine.id))
    return len(came)


@dataclass(frozen=True)
class _Wanted:
    """learner: only the sessions of this one, and only what is theirs alone besides."""

    learner: str | None = None


def _merge(
    source: Store, target: Store, wanted: _Wanted, progress: Progress, relearn: Relearn, let_in: bool = False
) -> Merged:  # fmt: skip
    with source.reading() as old:
        people = {row["id"]: row for row in old.execute(select(learners)).mappings()}
        chosen = select(sessions).order_by(sessions.c.id)
        if wanted.learner is not None:
            theirs = select(seats.c.session).join(learners).where(learners.c.key == wanted.learner)
            chosen = chosen.where(sessions.c.id.in_(theirs))
        rows = old.execute(chosen).mappings().all()
        sat: dict[int, list[RowMapping]] = {}
        for row in old.execute(select(seats)).mappings():
            sat.setdefault(row["session"], []).append(row)
    with target.reading() as new:
        marks = set(new.execute(select(erased.c.mark)).scalars())
    left = {
        (row["id"], seat["seat"])
        for row in rows
        for seat in sat.get(row["id"], ())
        if files.mark(seat_named(row["key"], seat["seat"])) in marks
    }
    deleted = {row["id"] for row in rows if files.mark(row["key"]) in marks}
    # Whoever has no session left is somebody who was deleted here; whoever never had one is of the class.
    gone = {
        seat["learner"]
        for number, those in sat.items()
        for seat in those
        if number in deleted or (number, seat["seat"]) in left
    } - {
        seat["learner"]
        for row in rows
        if row["id"] not in deleted
        for seat in sat.get(row["id"], ())
        if (row["id"], seat["seat"]) not in left
    }
    sat = {number: [seat for seat in those if (number, seat["seat"]) not in left] for number, those in sat.items()}
    here, guarded_here = {learner.key: learner for learner in target.learners()}, guarded(target)
    numbers: dict[int, int] = {}
    with target.writing() as new:
        for row in people.values():
            sits = any(seat["learner"] == row["id"] for one in rows for seat in sat.get(one["id"], ()))
            if row["id"] not in gone and (wanted.learner in (None, row["key"]) or sits):
                believed = let_in or not guarded_here or len(people) == 1  # or they handed it in themselves
                numbers[row["id"]] = _merge_learner(new, row, believed=believed)
    counts = {"sessions": 0, "completed": 0, "skipped": 0}
    changed: set[int] = set()
    for done, row in enumerate(rows, 1):
        outcome = "skipped"
        if row["id"] not in deleted:
            outcome = _merge_session(source, target, row, sat.get(row["id"], []), numbers, people, wanted)
        if outcome != "skipped":
            changed |= {seat["learner"] for seat in sat.get(row["id"], ()) if seat["learner"]}
        counts[outcome] += 1
        progress(done, len(rows))
    own = [number for number in numbers if wanted.learner in (None, people[number]["key"])]
    with source.reading() as old, target.writing() as new:
        copy_exercises(old, new, {number: numbers[number] for number in own}, marks)
        copy_lists(old, new, {number: numbers[number] for number in own})
    _merge_memories(source, target, [number for number in own if number in changed], numbers, relearn)
    learned = len({learner.key for learner in target.learners()} - here.keys())
    namesakes = tuple(
        Namesake(known.key, known.name, people[number]["name"])
        for number in numbers
        if (known := here.get(people[number]["key"]))
        and known.first != people[number]["first"]
        and recognise(people[number]["name"], [Person("", (known.name,), known.first)]) == Recognition()
    )
    merged = Merged(
        learned, counts["sessions"], counts["completed"], counts["skipped"], namesakes=namesakes,
        people=tuple(sorted(people[number]["key"] for number in changed if number in people)),
    )  # fmt: skip
    if wanted.learner is not None:
        return merged
    if let_in or not guarded_here:
        return replace(merged, taken_over=_merge_desk(source, target, numbers, keep=True))
    return replace(merged, left_out=_merge_desk(source, target, numbers, keep=False))


def _merge_learner(new: Connection, row: RowMapping, *, believed: bool) -> int:
    """What somebody said of recordings last is what counts; the rest stays as it is here, or is filled in. believed:
    whether the file may say so for somebody who is known here."""
    known = new.execute(select(learners)).mappings().all()
    here = next((one for one in known if one["key"] == row["key"]), None) or next(
        (one for one in known if same(one["key"], row["key"])), None
    )
    if here is None:
        values = {name: row[name] for name in ("name", "first", "crew", "consented", "retention_days", "letters")}
        number = row_of_learner(new, row["key"], values)
        new.execute(update(learners).where(learners.c.id == number).values(recordings=row["recordings"]))
        return number
    values = {name: row[name] for name in ("crew", "letters") if here[name] in (None, "")}
    said = row["consented"] and min(row["consented"], datetime.now(UTC))  # whatever the clock there told
    if believed and said and (here["consented"] is None or said > here["consented"]):
        values |= {"recordings": row["recordings"], "consented": said, "retention_days": row["retention_days"]}
    if values:
        new.execute(update(learners).where(learners.c.id == here["id"]).values(**values))
    return int(here["id"])


def _merge_session(
    source: Store, target: Store, row: RowMapping, sat: list[RowMapping], numbers: dict[int, int],
    people: dict[int, RowMapping], wanted: _Wanted,
) -> str:  # fmt: skip
    with source.reading() as old, target.writing() as new:
        here = new.execute(select(sessions.c.id).where(sessions.c.key == row["key"])).scalar()
        if here is not None:
            # Nobody sits there; or a partner of whom the loop knew only what they said.
            vacant = or_(seats.c.learner.is_(None), learners.c.key.startswith(PARTNER))
            sitting = select(seats.c.seat).select_from(seats.outerjoin(learners)).where(seats.c.session == here, vacant)
            empty = set(new.execute(sitting).scalars())
            filled = {
                seat["seat"]: numbers[seat["learner"]]
                for seat in sat
                if seat["seat"] in empty and not _is_partner(people.get(seat["learner"]))
            }
            if not filled:
                return "skipped"
            _complete(old, new, row["id"], here, filled)
            outcome = "completed"
        else:
            here = new.execute(insert(sessions).values(**_but(row, "id")).returning(sessions.c.id)).scalar_one()
            filled = {seat["seat"]: numbers[seat["learner"]] for seat in sat if seat["learner"] in numbers}
            for seat in sat:
                values = {"session": here, "seat": seat["seat"], "learner": filled.get(seat["seat"])}
                new.execute(insert(seats), values)
            _copy_log(old, new, row["id"], here, numbers)
            outcome = "sessions"
        own = set(filled.values()) if wanted.learner is None else {
            numbers[number] for number in numbers if people[number]["key"] == wanted.learner
        }  # fmt: skip
        _copy_recordings(old, new, row["id"], here, numbers, own)
        return outcome


def _is_partner(person: RowMapping | None) -> bool:
    return person is None or person["key"].startswith(PARTNER)


def _but(row: RowMapping, *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _rows(old: Connection, table: Table, session: int) -> list[RowMapping]:
    wanted = select(table).where(table.c.session == session).order_by(*table.primary_key)
    return list(old.execute(wanted).mappings())


def _copy_log(old: Connection, new: Connection, session: int, here: int, numbers: dict[int, int]) -> None:
    for row in _rows(old, events, session):
        new.execute(insert(events), {**row, "session": here})
    for row in _rows(old, attempts, session):
        if row["learner"] not in numbers:
            continue
        # What counts instead of the machine's points is drawn from the ratings, which come by themselves.
        values = {**_but(row, "id"), "session": here, "learner": numbers[row["learner"]], "judged": None}
        number = new.execute(insert(attempts).values(**values).returning(attempts.c.id)).scalar_one()
        phones = old.execute(select(sounds).where(sounds.c.attempt == row["id"])).mappings().all()
        if phones:
            new.execute(insert(sounds), [{**phone, "attempt": number} for phone in phones])


def _copy_recordings(
    old: Connection, new: Connection, session: int, here: int, numbers: dict[int, int], own: set[int]
) -> None:  # fmt: skip
    """own: whose recordings are wanted."""
    known = {*new.execute(select(recordings.c.path)).scalars()}
    marks = {*new.execute(select(erased.c.mark)).scalars()}
    for row in _rows(old, recordings, session):
        path, learner = row["path"], numbers.get(row["learner"])
        if learner in own and path not in known and files.mark(path) not in marks and files.RECORDING.fullmatch(path):
            if row["machine"] is not None:
                machine = old.execute(select(machines).where(machines.c.id == row["machine"])).mappings().first()
                if machine and not new.execute(select(machines).where(machines.c.id == machine["id"])).first():
                    new.execute(insert(machines), dict(machine))
            new.execute(insert(recordings), {**row, "session": here, "learner": learner})


def _complete(old: Connection, new: Connection, session: int, here: int, filled: dict[str, int]) -> None:
    """Put the part of these seats into a session that is here without them."""
    logs: list[list[Event]] = []
    for connection, number in ((new, here), (old, session)):
        wanted = select(body, events.c.at).where(events.c.session == number).order_by(events.c.seq)
        logs.append([read(row.body, row.at) for row in connection.execute(wanted)])
    for seat, learner in filled.items():
        this = (seats.c.session == here) & (seats.c.seat == seat)
        new.execute(update(seats).where(this).values(learner=learner))
        new.execute(delete(attempts).where(attempts.c.session == here, attempts.c.seat == seat))
    state = State()
    for seq, event in enumerate(logs[0]):
        whole = _joined(event, logs[1][seq]) if seq < len(logs[1]) else event
        if whole != event:
            this = (events.c.session == here) & (events.c.seq == seq)
            new.execute(update(events).where(this).values(kind=whole.kind, body=pack(to_json(whole))))
        after = apply(state, whole)
        if len(after.attempts) > len(state.attempts) and after.attempts[-1].seat in filled and after.plan:
            keep_attempt(new, here, seq, whole, after.plan, after, after.attempts[-1])
        state = after


def _joined(here: Event, other: Event) -> Event:
    """One event out of two that each lack somebody."""
    if here == other or (isinstance(other, Refused) and other.reason == DELETED):
        return here
    if isinstance(here, Refused) and here.reason == DELETED:
        return other
    if here.kind != other.kind:
        return here
    return from_json(json.dumps(_filled(json.loads(to_json(here)), json.loads(to_json(other)))))


def _filled(here: Any, other: Any) -> Any:
    if here in BLANK or (isinstance(here, str) and here.startswith(PARTNER)):
        return other
    if isinstance(here, dict) and isinstance(other, dict):
        return {name: _filled(value, other.get(name)) for name, value in here.items()}
    if isinstance(here, list) and isinstance(other, list) and len(here) == len(other):
        return [_filled(*pair) for pair in zip(here, other, strict=True)]
    return here


def _merge_memories(
    source: Store, target: Store, changed: list[int], numbers: dict[int, int], relearn: Relearn
) -> None:  # fmt: skip
    """What a learner remembers: what came with them, or, where something was remembered here already, all of their
    answers once more in the order of time."""
    with source.reading() as old:
        rows = old.execute(select(memories).where(memories.c.learner.in_(changed))).mappings().all()
    again: set[tuple[int, str]] = set()
    with target.writing() as new:
        for row in rows:
            this = {"learner": numbers[row["learner"]], "language": row["language"]}
            where = (memories.c.learner == this["learner"]) & (memories.c.language == this["language"])
            if new.execute(select(memories.c.at).where(where)).first() is None:
                new.execute(insert(memories), {**row, **this})
            else:
                again.add((this["learner"], this["language"]))
    with target.reading() as new:
        keys = {row.id: row.key for row in new.execute(select(learners.c.id, learners.c.key))}
    for learner, language in sorted(again):
        relearn(target, keys[learner], "ru" if language == "ru" else "en")


def _merge_desk(source: Store, target: Store, numbers: dict[int, int], *, keep: bool) -> Judgements:
    """Assignments and sign-offs: known by learner and moment; ratings by attempt and moment. Returns how many are new;
    without keep they are counted only."""
    given = signed = 0
    with source.reading() as old, target.writing() as new:
        sat = {row.key: row.id for row in new.execute(select(sessions.c.key, sessions.c.id))}
        keys = {row.id: row.key for row in old.execute(select(sessions.c.key, sessions.c.id))}
        asked: dict[int | None, int | None] = {None: None}
        for row in old.execute(select(assignments)).mappings().all():
            if (learner := numbers.get(row["learner"])) is None:
                continue
            this = (assignments.c.learner == learner) & (assignments.c.given == row["given"])
            what = (assignments.c.phases == row["phases"]) & (assignments.c.call_ids == row["call_ids"])
            there = new.execute(select(assignments.c.id).where(this, what)).scalar()
            if there is None:
                given += 1
            if there is None and keep:
                values = {**_but(row, "id"), "learner": learner}
                there = new.execute(insert(assignments).values(**values).returning(assignments.c.id)).scalar_one()
            asked[row["id"]] = there
        for row in old.execute(select(signoffs)).mappings().all():
            learner = numbers.get(row["learner"])
            session = sat.get(keys.get(row["session"], "")) if row["session"] else None
            if learner is None or (row["session"] and session is None) or row["assignment"] not in asked:
                continue
            this = (signoffs.c.learner == learner) & (signoffs.c.at == row["at"])
            if new.execute(select(signoffs.c.id).where(this)).first() is not None:
                continue
            signed += 1
            if keep:
                assignment = asked[row["assignment"]]
                values = {**_but(row, "id"), "learner": learner, "assignment": assignment, "session": session}
                new.execute(insert(signoffs), values)
        return Judgements(given, signed, _merge_ratings(old, new, keep=keep))


def _merge_ratings(old: Connection, new: Connection, *, keep: bool) -> int:
    """Of the attempts that are here, too: known by session and event."""
    wanted = (
        select(ratings, sessions.c.key, attempts.c.seq)
        .select_from(ratings.join(attempts).join(sessions, sessions.c.id == attempts.c.session))
        .order_by(ratings.c.id)
    )
    rated, judged = 0, set()
    for row in old.execute(wanted).mappings().all():
        here = select(attempts.c.id).join(sessions, sessions.c.id == attempts.c.session)
        number = new.execute(here.where(sessions.c.key == row["key"], attempts.c.seq == row["seq"])).scalar()
        this = (ratings.c.attempt == number) & (ratings.c.at == row["at"]) & (ratings.c.by == row["by"])
        if number is None or new.execute(select(ratings.c.id).where(this)).first() is not None:
            continue
        rated += row["kind"] != LOOK
        if keep:
            new.execute(insert(ratings), {**_but(row, "id", "key", "seq"), "attempt": number})
            judged.add(number)
    judge(new, sorted(judged))
    return rated

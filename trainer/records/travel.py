"""Records that travel: copied to another database, merged into others, backed up with their recordings, handed in.

A backup and what is handed in are the same: a zip with `records.sqlite` and the recordings that lie on this machine.
Merging the same file twice changes nothing: a session is known by its key. What was deleted here does not come back.
"""

import json
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from sqlalchemy import Connection, delete, func, insert, select, text, update

from trainer.atomic_files import save, writing
from trainer.data_folder import data_folder
from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.records import recordings as files
from trainer.records.database import streamed
from trainer.records.examining import foreign
from trainer.records.learners import Learner
from trainer.records.machines import note_machine, this_machine
from trainer.records.merging import Judgements, Merged, Progress, Relearn, add, no_progress
from trainer.records.privacy import delete_learner
from trainer.records.recovery import MAGIC, is_ours
from trainer.records.store import Store
from trainer.records.tables import (
    assignments,
    deletions,
    erased,
    instructors,
    learners,
    machines,
    metadata,
    ratings,
    recordings,
    sessions,
    signoffs,
    stores,
)
from trainer.text_in import json_value

SCHEMA = "ruston.travel/1"
Kind = Literal["backup", "hand-in"]
AT_ONCE = 2_000  # rows that are written in one go
ABOUT, RECORDS = "about.json", "records.sqlite"
MOST_ABOUT = 1 << 16  # bytes
LARGEST = 50_000_000  # bytes of a recording: half a minute has a hundredth of it


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
            add(store, apart, progress, _nothing_known, learner=learner.key)
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
            merged = add(source, store, progress, relearn, let_in=let_in)
        came = _unpack_recordings(store, archive) if archive else 0
        return replace(merged, recordings=came)


@contextmanager
def _unpacked(file: Path) -> Iterator[tuple[Path, zipfile.ZipFile | None, str]]:
    """A copy of the records in a file, which may be brought up to date; the archive and what it is, where it is one."""
    if not file.exists():
        raise UserError(_("{path}: there is no such file.").format(path=file))
    if not file.is_file():
        raise UserError(_("{path}: this is no file. Name records or a backup of records.").format(path=file))
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
        with file.open("rb") as begun:  # before all of it is copied
            if begun.read(len(MAGIC)) != MAGIC:
                raise _no_records(file)
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

"""Recordings of attempts: kept only where the learner allows it, and not a day longer.

FLAC, so that a kept call scores the same again. The store knows every file before it is written, and the machine that
holds it. Where machines share a store, what one of them deletes goes from the others when they open the store next.
"""

import hashlib
import io
import re
from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, insert, select, update

from trainer.atomic_files import clear_unfinished, save
from trainer.data_folder import data_folder
from trainer.errors import UserError
from trainer.records.database import insert_or_else
from trainer.records.machines import NEVER, note_machine, this_machine
from trainer.records.tables import erased, learners, machines, recordings, seats, sessions

if TYPE_CHECKING:
    from trainer.audio.recording import Recording
    from trainer.records.store import Store

FOLDER = "recordings"
# What records say of a path is believed only so far: whoever made them, no other file is deleted or handed on.
RECORDING = re.compile(rf"{FOLDER}/[0-9a-f]{{32}}/[\w-]+/[\w-]+\.flac", re.ASCII)
SKEW = timedelta(days=1)  # by which the clocks of two machines may differ


def folder(store: "Store") -> Path:
    """Each store has its own, so that no store takes another's recordings for forgotten ones."""
    return data_folder() / FOLDER / store.id


def allowed_file(row: RowMapping, now: datetime) -> Path | None:
    """Of an attempt (`Queries.attempt_rows`): the file, where the learner allows it to be kept, its days are not over,
    and it is on this machine."""
    if row["path"] is None or not row["recordings"]:
        return None
    if now >= row["kept"] + timedelta(days=row["retention_days"] or 0):
        return None
    path = data_folder() / str(row["path"])
    return path if path.is_file() else None


def of_session(store: "Store", session: str, now: datetime) -> dict[str, Path]:
    """Recordings of a session that may be heard: what its events call them, and the files."""
    rows = store.attempt_rows([sessions.c.key == session])
    found = {str(row["recording"]): allowed_file(row, now) for row in rows if row["recording"]}
    return {name: path for name, path in found.items() if path}


# Who has a seat, and whether they agreed.
_SITS = (
    select(sessions.c.id.label("session"), learners.c.id.label("learner"), learners.c.recordings)
    .select_from(seats)
    .join(sessions)
    .join(learners)
    .where(sessions.c.key == bindparam("session"), seats.c.seat == bindparam("seat"))
)


def keep(store: "Store", session: str, seat: str, turn: int, recording: "Recording") -> str | None:
    """Keep the recording of a turn if its learner allows it: the path inside the data folder, for the event, or None.

    Raises UserError where it cannot be written; the drill can go on without.
    """
    import soundfile

    from trainer.audio.recording import SAMPLE_RATE

    with store.reading() as connection:
        row = connection.execute(_SITS, {"session": session, "seat": seat}).first()
    if row is None or not row.recordings:
        return None
    now = datetime.now(UTC)
    name = f"{as_name(session)}/{turn:03}-{now:%H%M%S%f}.flac"
    path = folder(store) / name
    inside = path.relative_to(data_folder()).as_posix()
    sound = io.BytesIO()
    soundfile.write(sound, recording.samples, SAMPLE_RATE, format="FLAC", subtype="PCM_16")
    with store.writing() as connection:
        connection.execute(
            insert(recordings),
            {
                "path": inside, "learner": row.learner, "session": row.session, "kept": now,
                "machine": note_machine(connection, this_machine(), None),
            },
        )  # fmt: skip
    try:
        (data_folder() / FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        save(path, sound.getvalue(), private=True)
    except (UserError, OSError):
        forget(store, [inside])
        raise
    return inside


def as_name(session: str) -> str:
    """A session's id as the name of a file."""
    return re.sub(r"[^0-9A-Za-z-]", "_", session)


def purge(store: "Store", now: datetime | None = None) -> int:
    """Do on this machine what the store asks, which every opening of a store does: delete what is past its days, what
    is no longer allowed, and what was deleted from another machine. Returns how many files went.

    A file of which the store says nothing stays: an older copy of the records knows less."""
    if not (data_folder() / FOLDER).is_dir():
        return 0
    now = now or datetime.now(UTC)
    machine = this_machine()
    with store.reading() as connection:
        last = connection.execute(select(machines.c.opened).where(machines.c.id == machine.id)).scalar()
        past = _past(connection, now)
        marks = set(
            connection.execute(select(erased.c.mark).where(erased.c.at >= (last - SKEW if last else NEVER))).scalars()
        )
        unclaimed = connection.execute(select(recordings.c.path).where(recordings.c.machine.is_(None))).scalars().all()
        newest = connection.execute(select(func.max(sessions.c.opened))).scalar()
    if last and not (past or marks or any(is_here(path) for path in unclaimed)):
        return 0
    if store.read_only:
        with type(store).open(str(store.target.path or store.target.url.render_as_string(hide_password=False))):
            return 0  # it has been done in opening it
    gone = forget(store, [path for path in past if is_here(path)])
    if marks or not last:
        gone += _obey(store, marks, newest if not last else None)
    with store.writing() as connection:
        for path in unclaimed:
            if is_here(path):
                connection.execute(update(recordings).where(recordings.c.path == path).values(machine=machine.id))
        note_machine(connection, machine, now)
    return gone


def _past(connection: Connection, now: datetime) -> list[str]:
    """The paths of recordings whose time is over, on any machine."""
    who = (learners.c.id, learners.c.recordings, learners.c.retention_days)
    oldest = select(*who, func.min(recordings.c.kept).label("kept")).join(recordings).group_by(*who)
    due = [row.id for row in connection.execute(oldest) if _is_past(row, now)]
    wanted = select(recordings.c.path, recordings.c.kept, *who).join(learners).where(learners.c.id.in_(due))
    return [row.path for row in connection.execute(wanted) if _is_past(row, now)] if due else []


def _is_past(row: Any, now: datetime) -> bool:
    return not row.recordings or now >= row.kept + timedelta(row.retention_days or 0)


def _obey(store: "Store", marks: Collection[str], newest: datetime | None) -> int:
    """Delete the files with these marks. newest: at a machine's first opening, when the newest session was opened: what
    is older and not known was deleted by a program that left no marks."""
    with store.reading() as connection:
        known = set(connection.execute(select(recordings.c.path)).scalars()) if newest else set()
    gone = 0
    for path in [path for path in (data_folder() / FOLDER).rglob("*") if path.is_file()]:
        inside = path.relative_to(data_folder()).as_posix()
        forgotten = (
            newest is not None and inside not in known and path.is_relative_to(folder(store))
            and path.stat().st_mtime < newest.timestamp() and path.suffix == ".flac"
        )  # fmt: skip
        if mark(inside) in marks or forgotten:
            path.unlink(missing_ok=True)
            gone += 1
    _sweep(data_folder() / FOLDER)
    return gone


def forget(store: "Store", paths: Collection[str]) -> int:
    """Delete these files, then what the store knows of them; marks tell every machine that has one of them to delete
    it, too. Returns how many files went here."""
    gone = 0
    for path in paths:
        if is_here(path):
            (data_folder() / path).unlink(missing_ok=True)
            gone += 1
    if paths:
        with store.writing() as connection:
            connection.execute(delete(recordings).where(recordings.c.path.in_(paths)))
            erase(connection, paths)
        _sweep(data_folder() / FOLDER)
    return gone


def elsewhere(store: "Store", key: str) -> tuple[tuple[str, int], ...]:
    """The other machines that still hold recordings of a learner, with their number; "" is one that is not known."""
    wanted = (
        select(recordings.c.path, machines.c.name)
        .select_from(recordings.join(learners).outerjoin(machines, machines.c.id == recordings.c.machine))
        .where(learners.c.key == key)
    )
    with store.reading() as connection:
        rows = connection.execute(wanted).all()
    return tuple(sorted(Counter(row.name or "" for row in rows if not is_here(row.path)).items()))


def mark(what: str) -> str:
    """What is remembered of something that was deleted: enough to know it again where a copy turns up."""
    return hashlib.sha256(what.encode()).hexdigest()


def erase(connection: Connection, what: Collection[str]) -> None:
    """Remember that these recordings (by their paths) or sessions (by their keys) were deleted."""
    rows = [{"mark": mark(one), "at": datetime.now(UTC)} for one in what]
    if rows:
        connection.execute(insert_or_else(connection, erased).on_conflict_do_nothing(), rows)


def is_here(path: str) -> bool:
    """Whether this machine holds a recording."""
    return RECORDING.fullmatch(path) is not None and (data_folder() / path).is_file()


def _sweep(top: Path) -> None:
    """Remove folders that are empty, and what killed programs have left in the others."""
    if not top.is_dir():
        return
    for path in [*sorted((path for path in top.rglob("*") if path.is_dir()), reverse=True), top]:
        clear_unfinished(path)
        if not any(path.iterdir()):
            path.rmdir()

"""Recordings of attempts: kept only where the learner allows it, and not a day longer.

FLAC, so that a kept call scores the same again. The store knows every file before it is written; a file that the store
no longer knows (deleted from another machine) goes at the next purge.
"""

import io
import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select

from trainer.atomic_files import save
from trainer.data_folder import data_folder
from trainer.errors import UserError
from trainer.records.tables import learners, recordings, seats, sessions

if TYPE_CHECKING:
    from trainer.audio.files import Recording
    from trainer.records.store import Store

UNFINISHED = 3600.0  # seconds after which a half-written file is one that a crash has left


def folder(store: "Store") -> Path:
    """Each store has its own, so that no store takes another's recordings for forgotten ones."""
    return data_folder() / "recordings" / store.id


def keep(store: "Store", session: str, seat: str, turn: int, recording: "Recording") -> str | None:
    """Keep the recording of a turn if its learner allows it: the path inside the data folder, for the event, or None.

    Raises UserError where it cannot be written; the drill can go on without.
    """
    import soundfile

    from trainer.audio.files import SAMPLE_RATE

    with store.reading() as connection:
        wanted = (
            select(sessions.c.id.label("session"), learners.c.id.label("learner"), learners.c.recordings)
            .select_from(seats)
            .join(sessions)
            .join(learners)
            .where(sessions.c.key == session, seats.c.seat == seat)
        )
        row = connection.execute(wanted).first()
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
            insert(recordings), {"path": inside, "learner": row.learner, "session": row.session, "kept": now}
        )
    try:
        (data_folder() / "recordings").mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        save(path, sound.getvalue())
    except (UserError, OSError):
        forget(store, [inside])
        raise
    return inside


def as_name(session: str) -> str:
    """A session's id as the name of a file."""
    return re.sub(r"[^0-9A-Za-z-]", "_", session)


def purge(store: "Store", now: datetime | None = None) -> int:
    """Delete what is past its days, what is no longer allowed, and what the store does not know. Returns how many
    files went."""
    now = now or datetime.now(UTC)
    # The files first: one that another program is just keeping would seem unknown otherwise.
    files = [path for path in folder(store).rglob("*") if path.is_file()]
    wanted = select(recordings.c.path, recordings.c.kept, learners.c.recordings, learners.c.retention_days)
    with store.reading() as connection:
        rows = connection.execute(wanted.join(learners)).all()
    past = [row.path for row in rows if not row.recordings or now >= row.kept + timedelta(row.retention_days or 0)]
    gone = forget(store, past)
    known = {data_folder() / row.path for row in rows}
    for path in files:
        if path not in known and not _being_written(path, now):
            path.unlink(missing_ok=True)
            gone += 1
    _sweep(folder(store))
    return gone


def forget(store: "Store", paths: Collection[str]) -> int:
    """Delete these files, then what the store knows of them. Returns how many files went."""
    gone = 0
    for path in paths:
        if (data_folder() / path).exists():
            (data_folder() / path).unlink()
            gone += 1
    if paths:
        with store.writing() as connection:
            connection.execute(
                delete(recordings).where(recordings.c.path.in_(bindparam("paths", expanding=True))),
                {"paths": list(paths)},
            )
    _sweep(folder(store))
    return gone


def _being_written(path: Path, now: datetime) -> bool:
    return path.suffix == ".tmp" and now.timestamp() - path.stat().st_mtime < UNFINISHED


def _sweep(top: Path) -> None:
    """Remove folders that are empty."""
    if not top.is_dir():
        return
    for path in [*sorted((path for path in top.rglob("*") if path.is_dir()), reverse=True), top]:
        if not any(path.iterdir()):
            path.rmdir()

"""What can be read of a damaged SQLite store goes into a new one. The damaged file is never written to: it is copied,
then moved aside.
"""

import json
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from trainer.drill.events import Opened, from_json
from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.records.connecting import target
from trainer.records.migrations import VERSION_TABLE
from trainer.records.packing import unpack
from trainer.records.sessions import opened
from trainer.records.store import Store
from trainer.records.tables import metadata

MAGIC = b"SQLite format 3\0"
SIGNS = re.compile(rb'CREATE TABLE "?(?:' + VERSION_TABLE.encode() + rb')"?|"kind":"(?:key_down|key_up|advanced)"')


@dataclass(frozen=True)
class Recovered:
    """What could be saved of damaged records.

    Attributes:
        damaged: where the damaged file is now; None where nothing was damaged, and nothing changed.
        saved: rows per table.
        complete: nothing was unreadable.
    """

    damaged: Path | None
    saved: dict[str, int]
    complete: bool


def recover(url: str | None = None) -> Recovered:
    """Raises UserError, nothing changed."""
    path = target(url).path
    if path is None:
        raise UserError(_("only SQLite files are recovered here; ask the server's administrator."))
    if not path.is_file():
        raise UserError(_("{path}: there is no such file.").format(path=path))
    if not is_ours(path):
        message = _(
            "{path}: nothing in it is of RUSTON, and nothing was changed. Move it away, and new records are made."
        )
        raise UserError(message.format(path=path))
    try:
        with tempfile.TemporaryDirectory(prefix=".recovering-", dir=path.parent) as work:
            copied, fresh = Path(work) / "damaged.sqlite", Path(work) / "fresh.sqlite"
            _copy(path, copied)
            Store.open(str(fresh)).close()
            with closing(sqlite3.connect(fresh)) as new:
                saved, complete = _save(copied, new)
                new.execute("PRAGMA journal_mode = DELETE")  # everything into the one file that is moved
            if complete and _whole(path):
                return Recovered(None, saved, complete)
            damaged = path.with_name(f"{path.name}.damaged-{datetime.now():%Y%m%d-%H%M%S}")
            for end in ("", "-wal", "-shm"):
                with suppress(FileNotFoundError):
                    Path(f"{path}{end}").rename(f"{damaged}{end}")
            fresh.rename(path)
    except OSError as error:
        message = _("{path}: cannot be recovered ({reason}). The damaged file is unchanged.")
        raise UserError(message.format(path=path, reason=error.strerror or error)) from error
    Store.open(str(path)).close()
    return Recovered(damaged, saved, complete)


def _whole(path: Path) -> bool:
    """Whether a store can be read to its last byte as it is."""
    try:
        with Store.open(str(path), read_only=True) as store:
            store.check()
    except UserError:
        return False
    return True


def is_ours(path: Path) -> bool:
    """Whether a file, however damaged, has once been a store: it speaks of our tables, or holds events."""
    with path.open("rb") as file:
        before = b""
        while chunk := file.read(1 << 20):
            if SIGNS.search(before + chunk):
                return True
            before = chunk[-100:]
    return False


def _copy(path: Path, to: Path) -> None:
    shutil.copyfile(path, to)
    with suppress(FileNotFoundError):
        shutil.copyfile(f"{path}-wal", f"{to}-wal")
    with to.open("r+b") as file:
        # SQLite opens no file that is shorter than its header says: blank pages in the place of those cut off.
        header = file.read(100)
        if header.startswith(MAGIC):
            page = int.from_bytes(header[16:18], "big")
            size = (65536 if page == 1 else page) * int.from_bytes(header[28:32], "big")
            if size > file.seek(0, 2):
                file.truncate(size)
            # What is the same in every store of ours, flipped bits or not: the versions of the format, the shares of a
            # page, the schema's format.
            for place, right in ((18, b"\2\2\0\x40\x20\x20"), (44, b"\0\0\0\4")):
                file.seek(place)
                file.write(right)


def _save(copied: Path, new: sqlite3.Connection) -> tuple[dict[str, int], bool]:
    complete = True
    with closing(sqlite3.connect(copied)) as old, new:
        old.row_factory = sqlite3.Row
        old.text_factory = lambda text: text.decode(errors="replace")
        new.execute("DELETE FROM stores")
        for table in metadata.sorted_tables:
            rowid = table.dialect_options["sqlite"]["with_rowid"]
            order = ["rowid"] if rowid else [column.name for column in table.primary_key]
            for row in _rows(old, table.name, order):
                if row is None or not _readable(table.name, row):
                    complete = False
                    continue
                names = [column.name for column in table.columns if column.name in row.keys()]  # noqa: SIM118
                places = ", ".join("?" * len(names))
                # What cannot be (a key that is there twice, nothing where something must be) is damage, too.
                command = f"INSERT OR IGNORE INTO {table.name} ({', '.join(names)}) VALUES ({places})"
                complete &= new.execute(command, [row[name] for name in names]).rowcount == 1
        complete &= not _mend(new)
        saved = {table.name: _number(new, f"SELECT count(*) FROM {table.name}") for table in metadata.sorted_tables}
    return saved, complete


def _rows(old: sqlite3.Connection, table: str, order: list[str]) -> Iterator[sqlite3.Row | None]:
    """The rows before the first page that cannot be read, and those after the last; None for what is between."""
    try:
        yield from old.execute(f"SELECT * FROM {table} ORDER BY {', '.join(order)}")
    except sqlite3.Error:
        yield None
        with suppress(sqlite3.Error):
            yield from old.execute(f"SELECT * FROM {table} ORDER BY {', '.join(f'{name} DESC' for name in order)}")


def _readable(table: str, row: sqlite3.Row) -> bool:
    if table not in ("events", "memories"):
        return True
    body = row["body"]
    try:
        text = unpack(body if isinstance(body, bytes) else str(body).encode())
        if table == "events":
            from_json(text)
        else:
            json.loads(text)
    except ValueError:
        return False
    return True


def _mend(new: sqlite3.Connection) -> bool:
    """Make up for lost rows that others point to, as far as these say what was there; drop the rest. True where
    anything was lost."""
    lost = False
    for number, body in new.execute(
        "SELECT session, body FROM events WHERE seq = 0 AND session NOT IN (SELECT id FROM sessions)"
    ).fetchall():
        event = from_json(unpack(body))
        if isinstance(event, Opened):
            plan, lost = event.plan, True
            moment = opened(plan).strftime("%Y-%m-%d %H:%M:%S.%f")
            new.execute(
                "INSERT OR IGNORE INTO sessions (id, key, mode, phase, opened) VALUES (?, ?, ?, ?, ?)",
                (number, plan.session, plan.mode, plan.phase, moment),
            )
    for name in ("seats", "attempts", "memories"):
        new.execute(
            "INSERT OR IGNORE INTO learners (id, key, name, first, added, recordings) "
            "SELECT DISTINCT learner, 'recovered-' || learner, 'recovered-' || learner, 'en', datetime('now'), 0 "
            f"FROM {name} WHERE learner NOT IN (SELECT id FROM learners)"
        )
        lost |= _number(new, "SELECT changes()") > 0
    for table in metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            here = ", ".join(key.column_keys)
            there = ", ".join(element.column.name for element in key.elements)
            known = f"SELECT {there} FROM {key.referred_table.name}"
            not_null = " AND ".join(f"{name} IS NOT NULL" for name in key.column_keys)
            lost |= new.execute(f"DELETE FROM {table.name} WHERE {not_null} AND ({here}) NOT IN ({known})").rowcount > 0
    if not _number(new, "SELECT count(*) FROM stores"):
        new.execute("INSERT INTO stores VALUES (lower(hex(randomblob(16))), datetime('now'))")
        lost = True
    return lost


def _number(new: sqlite3.Connection, query: str) -> int:
    return int(new.execute(query).fetchone()[0])

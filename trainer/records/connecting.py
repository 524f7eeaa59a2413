"""From a URL to an engine: which store, how it is opened, and that its tables are those of this program."""

import os
import sqlite3
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    QueuePool,
    StaticPool,
    create_engine,
    event,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError

from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.records.migrations import NEWEST, VERSION_TABLE
from trainer.records.place import place
from trainer.records.problems import told
from trainer.records.tables import metadata, stores

PATIENCE = 10.0  # seconds to wait for another program's transaction; ours last milliseconds
MIGRATION_LOCK = 0x525553544F4E  # "RUSTON": PostgreSQL's advisory locks are numbers
WRITING = "ruston_writing"


@dataclass(frozen=True)
class Target:
    """Where the records are.

    Attributes:
        path: the file, with SQLite.
    """

    url: URL
    path: Path | None

    @property
    def place(self) -> str:
        """How it is shown: never with a password."""
        if self.path:
            return str(self.path)
        secret = [name for name in self.url.query if "password" in name]
        return self.url.difference_update_query(secret).render_as_string(hide_password=True)


def target(wanted: str | None = None) -> Target:
    """The store that was asked for, as `place` has it. Raises UserError."""
    found = place(wanted)
    if isinstance(found, Path):
        return _file(found)
    try:
        url = make_url(found)
        kind = url.get_backend_name()
    except (ArgumentError, ValueError) as error:  # not shown: it may hold a password
        raise UserError(_needed()) from error
    if kind == "sqlite" and url.database and url.database != ":memory:":
        return _file(Path(url.database))
    if kind in ("postgresql", "postgres"):
        return Target(url.set(drivername="postgresql+psycopg"), None)
    raise UserError(_needed())


def _needed() -> str:
    return _("the records' address must be a file, or postgresql://USER@HOST/DATABASE (--records, RUSTON_RECORDS).")


def _file(path: Path) -> Target:
    return Target(URL.create("sqlite", database=str(path.absolute())), path.absolute())


def connect(store: Target, read_only: bool) -> Engine:
    """An engine whose tables are those of this program: made or migrated where they are not.

    Raises UserError for whatever stands in the way.
    """
    if store.path is None:
        return _server(store, read_only)
    if read_only and not store.path.exists():
        return nothing()
    if not read_only:
        try:
            store.path.parent.mkdir(parents=True, exist_ok=True)
            if not store.path.exists():
                store.path.touch(mode=0o600)  # nobody else's business; SQLite's log beside it gets the same
        except OSError as error:
            message = _("{place}: the records cannot be made there ({reason}). Name another place with --records.")
            raise UserError(message.format(place=store.place, reason=error.strerror)) from error
    engine = _sqlite(store.path, read_only)
    try:
        with told(store.place):
            if read_only and _revision(engine) != NEWEST:
                engine.dispose()
                connect(store, read_only=False).dispose()  # migrates
            return _current(engine, store)
    except BaseException:
        engine.dispose()
        raise


def nothing() -> Engine:
    """A store with nothing in it, in memory: what a reader sees before anything was recorded."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    metadata.create_all(engine)
    return engine


def _sqlite(path: Path, read_only: bool) -> Engine:
    mode = "?mode=ro" if read_only else ""
    if read_only and not os.access(path.parent, os.W_OK) and not Path(f"{path}-wal").exists():
        mode += "&immutable=1"  # nobody writes here, and SQLite must not try to make its lock file

    def opened() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{path.as_uri()}{mode}", uri=True, timeout=PATIENCE, check_same_thread=False, isolation_level=None
        )
        try:
            _set_up(connection, read_only)
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine("sqlite+pysqlite://", creator=opened, poolclass=QueuePool)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes its turn before it reads: a reader that wants to write later could only fail.
        writing = connection.get_execution_options().get(WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _set_up(connection: sqlite3.Connection, read_only: bool) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten with zeros
    # WAL: readers and one writer do not wait for each other. FULL: the log is on the disk before an event counts as
    # kept, so that neither kill -9 nor a power cut takes it away; NORMAL would lose the last ones in a power cut.
    connection.execute("PRAGMA synchronous = FULL")
    if not read_only:
        # Of a new file: two or three bodies to a page, and all table definitions on the first, where damage to others
        # leaves them readable.
        connection.execute("PRAGMA page_size = 8192")
        _write_ahead(connection)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """The journal mode stays with the file. While it changes SQLite does not wait for others, so we do."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if connection.execute("PRAGMA journal_mode").fetchone() == ("wal",):
                return
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > end:
                raise
        else:
            return
        time.sleep(0.02)


def _server(store: Target, read_only: bool) -> Engine:
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        message = _("records on a PostgreSQL server need one more package: pip install 'ruston[postgresql]'.")
        raise UserError(message) from error
    options: dict[str, Any] = {"connect_timeout": int(PATIENCE), "application_name": "ruston"}
    if not read_only:
        options["options"] = f"-c lock_timeout={int(PATIENCE * 1000)}"
    engine = create_engine(
        store.url, connect_args=options, pool_pre_ping=True, hide_parameters=True, pool_size=2, max_overflow=2
    )
    try:
        with told(store.place):
            return _current(engine, store)
    except BaseException:
        engine.dispose()
        raise


def _current(engine: Engine, store: Target) -> Engine:
    """Make or migrate the tables, one program at a time."""
    if _revision(engine) == NEWEST:
        return engine
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        _migrate(connection, store)
    return engine


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return _revision_in(connection)


def _revision_in(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    return found


def _migrate(connection: Connection, store: Target) -> None:
    found = _revision_in(connection)
    if found == NEWEST:
        return  # another program was faster
    if found is None and store.path and inspect(connection).get_table_names():
        message = _("{place}: this is another program's database. Name another file with --records.")
        raise UserError(message.format(place=store.place))
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "trainer.records:migrations")
    config.attributes["connection"] = connection
    if found and found not in {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}:
        message = _("{place}: these records are of a newer RUSTON (tables {found}). Install the newer program.")
        raise UserError(message.format(place=store.place, found=found))
    command.upgrade(config, "head")
    if connection.execute(select(stores.c.id)).first() is None:
        connection.execute(stores.insert(), {"id": uuid.uuid4().hex, "made": datetime.now(UTC)})

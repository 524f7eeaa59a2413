"""A store as a database: opened, read and written in transactions, checked, compacted."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from sqlalchemy import Connection, Engine, Result, Select, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

from trainer.records.connecting import WRITING, Target, connect, target
from trainer.records.migrations import NEWEST
from trainer.records.problems import damaged, told
from trainer.records.tables import metadata, stores

AT_ONCE = 500  # rows that are read in one go while streaming


class Database:
    """Open with `open`, close with `close` or `with`. Safe to use from several threads."""

    def __init__(self, engine: Engine, store: Target, read_only: bool = False) -> None:
        self.target = store
        self.read_only = read_only
        self._engine = engine
        self._writer = engine.execution_options(**{WRITING: True})

    @classmethod
    def open(cls, url: str | None = None, *, read_only: bool = False) -> Self:
        """url: a file, or postgresql://...; None: RUSTON_RECORDS, else a file in the data folder. A new store is made,
        one of an earlier program migrated; a reader finds a missing one empty. Raises UserError."""
        found = target(url)
        return cls(connect(found, read_only), found, read_only)

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
    def snapshot(self) -> Iterator[Connection]:
        """As `reading`, and nothing changes in it, however long it lasts."""
        with self.reading() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it is kept, or nothing."""
        with told(self.target.place), self._writer.begin() as connection:
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

    def check_pages(self) -> None:
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


def streamed(connection: Connection, wanted: Select[Any]) -> Result[Any]:
    """Rows that are read a few at a time, so that memory does not grow with their number."""
    return connection.execution_options(stream_results=True, yield_per=AT_ONCE).execute(wanted)


def insert_or_else(connection: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """An insert that can say what else to do where the row is there already; both databases know how."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)

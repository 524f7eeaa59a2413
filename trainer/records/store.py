"""The store: learners, their sessions as event logs, and what is asked of them. SQLite, or a PostgreSQL server."""

from contextlib import suppress
from typing import Self

from trainer.errors import UserError
from trainer.records import recordings
from trainer.records.exercises import Exercises
from trainer.records.learners import Learners
from trainer.records.lists import Lists
from trainer.records.queries import Queries
from trainer.records.sessions import Sessions


class Store(Learners, Sessions, Queries, Exercises, Lists):
    """Open with `Store.open`, close with `close` or `with`. Safe to use from several threads."""

    @classmethod
    def open(cls, url: str | None = None, *, read_only: bool = False, purging: bool = True) -> Self:
        """As `Database.open`; recordings of this machine whose time is over go. purging: False for records that are on
        their way to others, and have no say about the files here."""
        store = super().open(url, read_only=read_only)
        if purging and (not read_only or store.target.path is None or store.target.path.exists()):
            with suppress(UserError, OSError):  # what cannot be deleted now goes another time; the records are usable
                recordings.purge(store)
        return store

"""The store: learners, their sessions as event logs, and what is asked of them. SQLite, or a PostgreSQL server."""

from trainer.records.learners import Learners
from trainer.records.queries import Queries
from trainer.records.sessions import Sessions


class Store(Learners, Sessions, Queries):
    """Open with `Store.open`, close with `close` or `with`. Safe to use from several threads."""

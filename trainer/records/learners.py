"""Learners: who they are, and what they allow to keep."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select, update

from trainer.errors import UserError
from trainer.identity import Person
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.records.database import Database, insert_or_else
from trainer.records.tables import learners, seats, sessions


@dataclass(frozen=True)
class Learner:
    """Somebody who has records.

    Attributes:
        recordings: whether the learner allows to keep them, said at `consented`, for `retention_days`.
    """

    key: str
    name: str
    first: Language
    crew: str | None
    added: datetime
    recordings: bool = False
    consented: datetime | None = None
    retention_days: int | None = None


class Learners(Database):
    def add_learner(self, key: str, name: str, first: Language, crew: str | None = None) -> Learner:
        """Add a learner, or change what an added one is called. Recordings are not allowed until they say so."""
        with self.writing() as connection:
            values = {"name": name, "first": first, "crew": crew}
            number = row_of_learner(connection, key, values)
            connection.execute(update(learners).where(learners.c.id == number).values(**values))
        return self.learner(key)

    def learner(self, key: str) -> Learner:
        """Raises UserError for one who is not known."""
        with self.reading() as connection:
            row = connection.execute(select(learners).where(learners.c.key == key)).mappings().first()
        if row is None:
            known = ", ".join(learner.key for learner in self.learners()) or "-"
            message = _("there is no learner {key} in the records. Known: {known}.")
            raise UserError(message.format(key=key, known=known))
        return _learner(row)

    def learners(self) -> list[Learner]:
        with self.reading() as connection:
            return [_learner(row) for row in connection.execute(select(learners).order_by(learners.c.key)).mappings()]

    def acquaintances(self) -> list[tuple[Learner, datetime | None]]:
        """Everybody, with when they drilled last: the last one first, then those who never did, by name."""
        last = func.max(sessions.c.opened)
        wanted = (
            select(learners, last.label("last"))
            .outerjoin(seats, seats.c.learner == learners.c.id)
            .outerjoin(sessions, sessions.c.id == seats.c.session)
            .group_by(learners.c.id)
            .order_by(last.is_(None), last.desc(), learners.c.name)
        )
        with self.reading() as connection:
            return [(_learner(row), row["last"]) for row in connection.execute(wanted).mappings()]

    def consent(self, key: str, recordings: bool, days: int | None = None) -> Learner:
        """Note that a learner allows, or no longer allows, to keep recordings, and for how many days. What was kept
        before is deleted by `recordings.purge`."""
        if recordings and (days is None or days < 1):
            raise UserError(_("say for how many days the recordings may be kept: --days N."))
        values = {"recordings": recordings, "consented": datetime.now(UTC), "retention_days": days}
        with self.writing() as connection:
            connection.execute(update(learners).where(learners.c.key == key).values(**values))
        return self.learner(key)


def row_of_learner(connection: Connection, key: str, values: Mapping[str, Any]) -> int:
    """The row of a learner, who is added where new."""
    row = {"key": key, **values, "added": datetime.now(UTC), "recordings": False}
    connection.execute(insert_or_else(connection, learners).values(**row).on_conflict_do_nothing())
    return int(connection.execute(select(learners.c.id).where(learners.c.key == key)).scalar_one())


def person(learner: Learner) -> Person:
    return Person(learner.key, (learner.name,), learner.first)


def _learner(row: RowMapping) -> Learner:
    return Learner(**{name: row[name] for name in Learner.__dataclass_fields__})

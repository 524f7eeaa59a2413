"""Learners: who they are, and what they allow to keep."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select, update

from trainer.errors import UserError
from trainer.identity import PARTNER, Person, recognise, same
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.records.database import Database, insert_or_else
from trainer.records.tables import learners, seats, sessions


@dataclass(frozen=True)
class Learner:
    """Somebody who has records.

    Attributes:
        recordings: whether the learner allows to keep them, said at `consented`, for `retention_days`.
        letters: whether they see the other alphabet in letters of their own, too; None: they were never asked.
    """

    key: str
    name: str
    first: Language
    crew: str | None
    added: datetime
    recordings: bool = False
    consented: datetime | None = None
    retention_days: int | None = None
    letters: bool | None = None


class Learners(Database):
    def add_learner(self, key: str, name: str, first: Language, crew: str | None = None) -> Learner:
        """Add a learner, or change what an added one is called. Recordings are not allowed until they say so."""
        with self.writing() as connection:
            values = {"name": name, "first": first, "crew": crew}
            number = row_of_learner(connection, key, values)
            connection.execute(update(learners).where(learners.c.id == number).values(**values))
        return self.learner(key)

    def learner(self, who: str) -> Learner:
        """By key or name, however it is spelled. Raises UserError for one who is not known, and where it may be one or
        another."""
        if learner := self.known(who):
            return learner
        known = {learner.key: learner for learner in self.learners()}
        # Partners who sat elsewhere on a loop, and said themselves who they are, come after this desk's own people.
        for of_the_loop in (False, True):
            people = [person(one) for one in known.values() if one.key.startswith(PARTNER) == of_the_loop]
            found = recognise(who, people)
            if found.person:
                return known[found.person.key]
            if found.perhaps:
                names = ", ".join(f"{one.key} ({one.names[0]})" for one in found.perhaps)
                raise UserError(_("{who} may be {names}. Say which by the key.").format(who=who, names=names))
        message = _("there is no learner {key} in the records. Known: {known}.")
        raise UserError(message.format(key=who, known=", ".join(known) or "-"))

    def crews(self, wanted: Iterable[str]) -> frozenset[str]:
        """Crews as the records write them, each in all its spellings. Raises UserError for one that is not there."""
        known = {learner.crew for learner in self.learners() if learner.crew}
        spelled = {name: {crew for crew in known if crew == name or same(crew, name)} for name in wanted}
        for name, crews in spelled.items():
            if not crews:
                raise UserError(self._no_crew(name, sorted(known)))
        return frozenset().union(*spelled.values())

    def _no_crew(self, name: str, known: Iterable[str]) -> str:
        """Why there is no such crew: often a learner is meant."""
        try:
            key = self.learner(name).key
        except UserError:
            message = _("there is no crew {crew} in the records. Known: {known}.")
            return message.format(crew=name, known=", ".join(known) or "-")
        return _("{name} is no crew, but a learner: --learner {key}.").format(name=name, key=key)

    def known(self, key: str) -> Learner | None:
        with self.reading() as connection:
            row = connection.execute(select(learners).where(learners.c.key == key)).mappings().first()
        return _learner(row) if row is not None else None

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

    def show_letters(self, key: str, letters: bool) -> None:
        """Note whether a learner sees the other alphabet in letters of their own, too."""
        with self.writing() as connection:
            connection.execute(update(learners).where(learners.c.key == key).values(letters=letters))


def row_of_learner(connection: Connection, key: str, values: Mapping[str, Any]) -> int:
    """The row of a learner, who is added where new."""
    row = {"key": key, **values, "added": datetime.now(UTC), "recordings": False}
    connection.execute(insert_or_else(connection, learners).values(**row).on_conflict_do_nothing())
    return int(connection.execute(select(learners.c.id).where(learners.c.key == key)).scalar_one())


def person(learner: Learner) -> Person:
    return Person(learner.key, (learner.name,), learner.first)


def _learner(row: RowMapping) -> Learner:
    return Learner(**{name: row[name] for name in Learner.__dataclass_fields__})

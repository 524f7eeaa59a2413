"""Lists of one's own: calls that a learner has marked, to drill them by themselves."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, select

from trainer.records.database import Database, insert_or_else
from trainer.records.learners import row_of_learner
from trainer.records.tables import learners, listed

if TYPE_CHECKING:
    from trainer.drill.plan import Seat


class Lists(Database):
    def listed(self, learner: str) -> tuple[str, ...]:
        """The calls on a learner's own list, in the order in which they were put there."""
        wanted = select(listed.c.call).join(learners).where(learners.c.key == learner)
        with self.reading() as connection:
            return tuple(connection.execute(wanted.order_by(listed.c.at, listed.c.call)).scalars())

    def put_on_list(self, seat: "Seat", call: str) -> None:
        """A new learner is added."""
        with self.writing() as connection:
            number = row_of_learner(connection, seat.learner, {"name": seat.name, "first": seat.first, "crew": None})
            _put(connection, number, call, datetime.now(UTC))

    def take_off_list(self, learner: str, call: str) -> None:
        person = select(learners.c.id).where(learners.c.key == learner).scalar_subquery()
        with self.writing() as connection:
            connection.execute(delete(listed).where(listed.c.learner == person, listed.c.call == call))


def copy_lists(old: Connection, new: Connection, numbers: dict[int, int]) -> None:
    """What learners who are here, too, have put on theirs elsewhere."""
    for row in old.execute(select(listed)).mappings():
        if row["learner"] in numbers:
            _put(new, numbers[row["learner"]], row["call"], row["at"])


def _put(connection: Connection, learner: int, call: str, at: datetime) -> None:
    row = {"learner": learner, "call": call, "at": at}
    connection.execute(insert_or_else(connection, listed).values(**row).on_conflict_do_nothing())

"""Exercises in the records: what somebody trained beside calls, and how it went."""

import json
import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import Connection, RowMapping, insert, select

from trainer.drill.exercises import KINDS, Exercise, Kind
from trainer.languages import LANGUAGES, Language
from trainer.records.database import Database, streamed
from trainer.records.learners import row_of_learner
from trainer.records.recordings import mark
from trainer.records.tables import exercises, learners

if TYPE_CHECKING:
    from trainer.drill.plan import Seat


class Exercises(Database):
    def keep_exercise(self, seat: "Seat", exercise: Exercise) -> None:
        """When it returns, the exercise is on the disk. A new learner is added. Raises UserError."""
        with self.writing() as connection:
            learner = row_of_learner(connection, seat.learner, {"name": seat.name, "first": seat.first, "crew": None})
            values = {
                "key": secrets.token_hex(16), "learner": learner, "at": exercise.at, "kind": exercise.kind,
                "language": exercise.language, "item": exercise.item, "points": exercise.points,
                "details": json.dumps(dict(exercise.details), ensure_ascii=False),
            }  # fmt: skip
            connection.execute(insert(exercises), values)

    def exercises(
        self, learner: str | None = None, language: Language | None = None, kind: Kind | None = None
    ) -> Iterator[tuple[str, Exercise]]:
        """Learners' keys and what they did, in the order of time. What cannot be read is passed over."""
        wanted = select(exercises, learners.c.key.label("who")).join(learners)
        for column, value in ((learners.c.key, learner), (exercises.c.language, language), (exercises.c.kind, kind)):
            if value is not None:
                wanted = wanted.where(column == value)
        with self.reading() as connection:
            for row in streamed(connection, wanted.order_by(exercises.c.at, exercises.c.key)).mappings():
                if (exercise := _exercise(row)) is not None:
                    yield row["who"], exercise


def copy_exercises(old: Connection, new: Connection, numbers: dict[int, int], erased: set[str]) -> None:
    """Those of learners who are here, too, that are not here yet and were not deleted here. erased: their marks."""

    here = set(new.execute(select(exercises.c.key)).scalars())
    for row in old.execute(select(exercises).order_by(exercises.c.at)).mappings():
        if row["learner"] in numbers and row["key"] not in here and mark(row["key"]) not in erased:
            new.execute(insert(exercises), {**row, "learner": numbers[row["learner"]]})


def _exercise(row: RowMapping) -> Exercise | None:
    language = next((known for known in LANGUAGES if known == row["language"]), None)
    kind = next((known for known in KINDS if known == row["kind"]), None)
    try:
        details = json.loads(row["details"])
        points = float(row["points"])
    except (TypeError, ValueError):
        return None
    if language is None or kind is None or row["at"] is None or not isinstance(details, dict) or not 0 <= points <= 100:
        return None
    plain = {str(name): value for name, value in details.items() if isinstance(value, str | int | float)}
    return Exercise(row["at"], kind, language, str(row["item"]), points, plain)

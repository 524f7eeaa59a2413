"""Grades for a gradebook: a row per learner, a column per assignment, as Moodle and Canvas import them.

An assignment that was given to several learners is one column. The grade is the share of its calls that were passed,
0-100; the feedback is what the instructor said on signing it off.
"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Literal

from trainer.local_time import last_day
from trainer.messages import gettext as _
from trainer.messages import ngettext
from trainer.records.assignments import Assignment, Progress
from trainer.reports.names import cell

Gradebook = Literal["moodle", "canvas"]
POSSIBLE = 100  # points of every column


@dataclass(frozen=True)
class Column:
    """What was asked, the same of everybody who has a grade in it.

    Attributes:
        pass_mark: points, 0-100.
    """

    phases: tuple[str, ...]
    call_ids: tuple[str, ...]
    mode: str | None
    calls: int
    pass_mark: float
    due: date | None


@dataclass(frozen=True)
class Grade:
    """What a learner has in a column.

    Attributes:
        points: 0-100.
        feedback: the instructor's comment, "" without one.
    """

    points: float
    feedback: str


@dataclass(frozen=True)
class Row:
    """A learner: key, name and crew as in the records; a grade for each column that was asked of them."""

    key: str
    name: str
    crew: str | None
    grades: Mapping[Column, Grade]


def column_of(asked: Assignment) -> Column:
    due = last_day(asked.due) if asked.due else None
    return Column(asked.phases, asked.call_ids, asked.mode, asked.calls, asked.pass_mark, due)


def rows(progress: Iterable[Progress]) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    """Columns in the order in which they were given first, learners by name. Of one that was given twice, the better
    counts."""
    columns: dict[Column, None] = {}
    people: dict[str, tuple[str, str | None]] = {}
    grades: dict[str, dict[Column, Grade]] = {}
    for one in sorted(progress, key=lambda one: (one.assignment.given, one.assignment.id)):
        asked, column = one.assignment, column_of(one.assignment)
        columns[column] = None
        people[asked.learner] = asked.name, asked.crew
        grade = Grade(100 * one.done / asked.calls, one.signed.comment if one.signed else "")
        before = grades.setdefault(asked.learner, {}).get(column)
        if before is None or grade.points >= before.points:
            grades[asked.learner][column] = grade
    listed = (Row(key, name, crew, grades[key]) for key, (name, crew) in people.items())
    return tuple(columns), tuple(sorted(listed, key=lambda row: (row.name, row.key)))


def title(column: Column, phase_names: Mapping[str, str]) -> str:
    """Names of the phases, how many calls, the pass mark, and the last day: no two columns are called the same."""
    what = ", ".join(column.call_ids or (phase_names.get(phase, phase) for phase in column.phases)) or _("any phase")
    parts = [
        what, column.mode or "", ngettext("{n} call", "{n} calls", column.calls).format(n=column.calls),
        _("from {mark:g} points").format(mark=column.pass_mark), f"{column.due:%Y-%m-%d}" if column.due else "",
    ]  # fmt: skip
    return "; ".join(part for part in parts if part)


def write(
    progress: Iterable[Progress], file: IO[str], gradebook: Gradebook, phase_names: Mapping[str, str], *,
    delimiter: str = ",", decimal_comma: bool = False,
) -> int:  # fmt: skip
    """Returns how many learners. Raises nothing of its own; text that a spreadsheet takes for a formula is marked."""
    columns, people = rows(progress)
    titles = [cell(title(column, phase_names)) for column in columns]

    def points(value: float) -> str:
        text = f"{value:.2f}"
        return text.replace(".", ",") if decimal_comma else text

    table = {"moodle": _moodle, "canvas": _canvas}[gradebook]
    csv.writer(file, delimiter=delimiter).writerows(table(columns, titles, people, points))
    return len(people)


Table = Iterable[Sequence[str]]


def _moodle(
    columns: Sequence[Column], titles: Sequence[str], people: Sequence[Row], points: Callable[[float], str]
) -> Table:
    """Its import maps any column to a grade, and one named after it to the feedback; people by their ID number. A dash
    is no grade; in a column for a new item a blank would be taken for one."""
    yield ["ID number", "Full name", *(name for title in titles for name in (title, f"{title} (feedback)"))]
    for person in people:
        grades = [person.grades.get(column) for column in columns]
        told = ((points(grade.points), cell(grade.feedback)) if grade else ("-", "") for grade in grades)
        yield [cell(person.key), cell(person.name), *(text for pair in told for text in pair)]


def _canvas(
    columns: Sequence[Column], titles: Sequence[str], people: Sequence[Row], points: Callable[[float], str]
) -> Table:
    """Five columns say who it is; the second line says how many points there are."""
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *titles]
    yield ["    Points Possible", "", "", "", "", *(str(POSSIBLE) for _title in titles)]
    for person in people:
        grades = (person.grades.get(column) for column in columns)
        who = [cell(person.name), "", cell(person.key), cell(person.key), cell(person.crew or "")]
        yield [*who, *(points(grade.points) if grade else "" for grade in grades)]

"""Grades as gradebooks import them: by the rules that Moodle and Canvas document."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from trainer.messages import choose_language
from trainer.records.assignments import Assignment, Progress, SignOff
from trainer.reports.grades import column_of, title, write

GIVEN = datetime(2026, 9, 1, tzinfo=UTC)
NAMES = {"docking": "Docking", "transfer": "Transfer"}


def asked(number: int, learner: str, done: int, calls: int = 4, comment: str = "", **changed) -> Progress:
    given = {"phases": ("docking",), "mode": "echo", "calls": calls, "pass_mark": 70.0, "due": None, **changed}
    crews = {"anna": "Bravo", "ivan": None}
    assignment = Assignment(number, learner, learner.title(), crews[learner], GIVEN + timedelta(hours=number), **given)
    signed = SignOff(learner, learner.title(), number, None, GIVEN, "Shatalov", True, comment) if comment else None
    return Progress(assignment, done, done, 80.0, signed)


TERM = [
    asked(1, "ivan", 2), asked(2, "anna", 4, comment="=Soft л at last"), asked(3, "anna", 1, phases=("transfer",)),
    asked(4, "ivan", 3),
]  # fmt: skip


def table(gradebook: str, **settings) -> list[list[str]]:
    choose_language("en")
    file = io.StringIO()
    assert write(TERM, file, gradebook, NAMES, **settings) == 2
    return list(csv.reader(io.StringIO(file.getvalue()), delimiter=settings.get("delimiter", ",")))


DOCKING, TRANSFER = "Docking; echo; 4 calls; from 70 points", "Transfer; echo; 4 calls; from 70 points"


def test_moodle_gets_a_row_per_person_with_grades_from_0_to_100_and_feedback():
    head, anna, ivan = table("moodle")
    assert head == ["ID number", "Full name", DOCKING, f"{DOCKING} (feedback)", TRANSFER, f"{TRANSFER} (feedback)"]
    assert anna == ["anna", "Anna", "100.00", "'=Soft л at last", "25.00", ""]
    assert ivan == ["ivan", "Ivan", "75.00", "", "-", ""]  # the better of two; not asked: no grade, also of a new item


def test_canvas_gets_its_five_columns_and_the_points_possible():
    head, possible, anna, ivan = table("canvas")
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", DOCKING, TRANSFER]
    assert possible[0].strip() == "Points Possible"
    assert possible[5:] == ["100", "100"]
    assert anna == ["Anna", "", "anna", "anna", "Bravo", "100.00", "25.00"]
    assert ivan[5:] == ["75.00", ""]


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_canvas_sees_what_stands_between_the_cells(delimiter):
    """It takes the one that makes more fields, the same number of them in each of the first three lines."""
    choose_language("en")
    file = io.StringIO()
    write(TERM, file, "canvas", NAMES, delimiter=delimiter, decimal_comma=delimiter == ";")
    lines = file.getvalue().splitlines()[:3]
    fields = {mark: {len(next(csv.reader([line], delimiter=mark))) for line in lines} for mark in ",;"}
    consistent = {mark: numbers.pop() if len(numbers) == 1 else 0 for mark, numbers in fields.items()}
    assert max(consistent, key=consistent.get) == delimiter


def test_a_russian_spreadsheet_gets_semicolons_and_decimal_commas():
    _head, anna, _ivan = table("moodle", delimiter=";", decimal_comma=True)
    assert anna[2] == "100,00"


def test_no_two_columns_are_called_the_same():
    due = GIVEN + timedelta(days=9)
    every = [
        asked(1, "anna", 1),
        asked(2, "anna", 1, due=due),
        asked(3, "anna", 1, calls=5),
        asked(4, "anna", 1, mode=None),
    ]
    every.append(asked(5, "anna", 1, pass_mark=85.0))
    columns = [column_of(one.assignment) for one in every]
    assert len({title(column, NAMES) for column in columns}) == len(set(columns)) == 5

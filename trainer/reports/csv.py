"""CSV: a row for each attempt, word or phone. UTF-8, commas, CRLF (RFC 4180), times as ISO 8601.

Text that a spreadsheet would take for a formula gets an apostrophe in front.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import IO, Any, Literal

from trainer.reports.attempt import LEFT_OUT, Column, Exported, columns, number_column, phone_columns, word_columns
from trainer.reports.names import cell

Level = Literal["attempt", "word", "phone"]
LEVELS: tuple[Level, ...] = ("attempt", "word", "phone")

# Of the attempt, what a row of a word or phone repeats, so that it can be filtered without the other table.
REPEATED = ("learner", "name", "crew", "session", "turn", "mode", "phase", "asked", "language", "at")


def layout(level: Level) -> tuple[Column, ...]:
    """The columns of a table."""
    if level == "attempt":
        return (number_column(), *columns())
    repeated = tuple(column for column in columns() if column.name in REPEATED)
    return (number_column(), *repeated, *word_columns(), *(phone_columns() if level == "phone" else ()))


def write(
    attempts: Iterable[Exported], file: IO[str], level: Level = "attempt", *, decimal_comma: bool = False
) -> None:  # fmt: skip
    """decimal_comma: as spreadsheets of Russia and most of Europe want it, with semicolons between the columns.

    Words and phones need the attempts' assessments; attempts that were not scored have none."""
    out = csv.writer(file, delimiter=";" if decimal_comma else ",")
    out.writerow([column.name for column in layout(level)])
    for number, one in enumerate(attempts, 1):
        rows = _rows(one, number, level)
        out.writerows(map(_with_commas, rows) if decimal_comma else rows)


def _rows(one: Exported, number: int, level: Level) -> Iterator[list[Any]]:
    if level == "attempt":
        yield [number, *(_plain(value) for value in _values()(one.attempt))]
        return
    if one.assessment is None or one.assessment["verdict"] != "scored":
        return
    repeated = [_plain(getattr(one.attempt, name)) for name in _names(REPEATED)]
    for w, word in enumerate(one.assessment["words"], 1):
        of_word = [
            number, *repeated, w, cell(word["text"]), word["score"], _plain(word["missing"]), _plain(word["start"]),
            _plain(word["end"]), cell(" ".join(word["added"])),
        ]  # fmt: skip
        if level == "word":
            yield of_word
            continue
        for position, phone in enumerate(word["phones"], 1):
            heard = LEFT_OUT if phone["heard"] == "" else cell(phone["heard"] or "")
            yield [
                *of_word, position, cell(phone["phone"]), phone["score"], phone["gop"], phone["start"], phone["end"],
                heard,
            ]  # fmt: skip


def _with_commas(row: list[Any]) -> list[Any]:
    return [str(value).replace(".", ",") if isinstance(value, float) else value for value in row]


@cache
def _values() -> "attrgetter[tuple[Any, ...]]":
    return attrgetter(*(column.name for column in columns()))


def _names(wanted: tuple[str, ...]) -> list[str]:
    return [column.name for column in columns() if column.name in wanted]


def _plain(value: Any) -> Any:
    """Numbers as they are, all else as text."""
    written = WRITTEN.get(type(value))
    return value if written is None else written(value)


WRITTEN: dict[type, Callable[[Any], str]] = {
    type(None): lambda value: "",
    bool: lambda value: "true" if value else "false",
    datetime: lambda value: value.isoformat().replace("+00:00", "Z"),
    str: cell,
}

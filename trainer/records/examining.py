"""A look at records that come from elsewhere, before anything else reads them. SQLite keeps anything in any column, and
whoever made a file may have written anything there: only plain tables pass, with values such as ours.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import get_args

from sqlalchemy import Boolean, Column, Double, Integer, LargeBinary, Text

from trainer.drill.exercises import Kind as Exercise
from trainer.drill.plan import MODES
from trainer.languages import LANGUAGES
from trainer.records.ratings import KINDS
from trainer.records.tables import LOOK, Moment, metadata
from trainer.scoring.assessment import Verdict

LONGEST = 1_000_000  # characters of a text; bodies of events are no texts
FINITE = 1e9  # no number of ours is larger
MOST = 2**53  # nor any that counts
DAY, CLOCK = "[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]", "[0-2][0-9]:[0-5][0-9]:[0-5][0-9]"
MOMENTS = f"{DAY} {CLOCK}", f"{DAY} {CLOCK}.{'[0-9]' * 6}"
YEARS = "1970", "2200"  # any that a program will meet

WORDS: dict[str, tuple[str, ...]] = {
    "learners.first": LANGUAGES, "attempts.language": LANGUAGES, "memories.language": LANGUAGES,
    "exercises.language": LANGUAGES, "sessions.mode": MODES, "assignments.mode": MODES,
    "sessions.why": ("completed", "stopped", "lost"), "attempts.verdict": ("missed", *get_args(Verdict)),
    "exercises.kind": get_args(Exercise), "ratings.kind": (*KINDS, LOOK),
}  # fmt: skip
BETWEEN: dict[str, tuple[float, float]] = {
    "learners.retention_days": (1, 36_500), "assignments.calls": (1, MOST), "sounds.score": (0, 100),
    **dict.fromkeys(
        ("sessions.pass_mark", "assignments.pass_mark", "ratings.points", "attempts.judged", "attempts.score",
         "attempts.points"), (-0.001, 100.001)),
}  # fmt: skip


def foreign(path: Path) -> str | None:
    """The first place that holds what no records hold, as table.column; None where all is well. Tables and columns of
    other versions are passed over. Raises sqlite3.Error for a file that cannot be read."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        odd = "SELECT name FROM sqlite_master WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'"
        if found := connection.execute(odd).fetchone():
            return str(found[0])
        for table in metadata.sorted_tables:
            there = {row[1] for row in connection.execute(f"PRAGMA table_xinfo({table.name})")}
            tests = {column.name: _test(column) for column in table.columns if column.name in there}
            if not tests:
                continue
            faulty = " OR ".join(f"NOT coalesce({test}, 0)" for test in tests.values())
            if not connection.execute(f"SELECT 1 FROM {table.name} WHERE {faulty} LIMIT 1").fetchone():
                continue
            for name, test in tests.items():
                if connection.execute(f"SELECT 1 FROM {table.name} WHERE NOT coalesce({test}, 0) LIMIT 1").fetchone():
                    return f"{table.name}.{name}"
    return None


def _test(column: "Column[object]") -> str:
    """What is true of every value, in SQL."""
    name, place = f'"{column.name}"', str(column)
    match column.type:
        case Moment():
            shapes = " OR ".join(f"{name} GLOB '{shape}'" for shape in MOMENTS)
            right = f"({shapes}) AND date({name}, '+0 days') = substr({name}, 1, 10)"
            right += f" AND substr({name}, 1, 4) BETWEEN '{YEARS[0]}' AND '{YEARS[1]}'"
        case Boolean():
            right = f"typeof({name}) = 'integer' AND {name} IN (0, 1)"
        case Double():
            right = f"typeof({name}) IN ('real', 'integer') AND abs({name}) <= {FINITE}"
        case LargeBinary():
            right = f"typeof({name}) = 'blob'"
        case Integer():
            right = f"typeof({name}) = 'integer' AND {name} BETWEEN {-MOST} AND {MOST}"
        case Text():
            right = f"typeof({name}) = 'text' AND length({name}) <= {LONGEST}"
        case kind:
            raise AssertionError(kind)
    if words := WORDS.get(place):
        right += f" AND {name} IN ({', '.join(repr(word) for word in words)})"
    if between := BETWEEN.get(place):
        right += f" AND {name} BETWEEN {between[0]} AND {between[1]}"
    return f"({name} IS NULL OR ({right}))" if column.nullable else f"({right})"

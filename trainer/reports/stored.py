"""Attempts of a store on their way out, streamed: memory does not grow with their number."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic_core import from_json
from sqlalchemy import ColumnElement, RowMapping

from trainer.phrasebook.phases import Phases
from trainer.records.counting import passed, undecided
from trainer.records.packing import unpack
from trainer.records.recordings import allowed_file
from trainer.records.store import Store
from trainer.reports.attempt import Attempt, Exported
from trainer.reports.names import Names

_OF_ATTEMPTS = (
    "turn", "asked", "call", "language", "verdict", "score", "points", "judged", "exact", "late", "response", "latency",
    "seconds", "completeness", "rate", "at",
)  # fmt: skip


def exported(
    store: Store, where: Sequence[ColumnElement[bool]], names: Names, phases: Phases, *, assessments: bool = False,
    folder: Path | None = None,
) -> Iterator[Exported]:  # fmt: skip
    """In the order in which they were kept. assessments: read these, too (a tenth of the speed). folder: of recordings,
    where they came from one: each is named in it."""
    now = datetime.now(UTC)
    with closing(store.attempt_rows(where, bodies=assessments)) as rows:
        for row in rows:
            yield _exported(row, names, phases, now, assessments, folder)


def _exported(
    row: RowMapping, names: Names, phases: Phases, now: datetime, detailed: bool, folder: Path | None
) -> Exported:  # fmt: skip
    path = allowed_file(row, now)
    attempt = Attempt(
        learner=names.learner(row["learner"]),
        name=row["name"] if names.real else None,
        crew=names.crew(row["crew"]),
        first=row["first"],
        session=names.session(row["session"]),
        mode=row["mode"],
        phase=phases.phase(row["asked"], row["phase"]),
        pass_mark=row["pass_mark"],
        passed=passed(row["points"], row["judged"], row["exact"], row["pass_mark"], row["call"] is not None),
        doubtful=undecided(row["points"], row["judged"], row["exact"], row["pass_mark"], row["call"] is not None),
        recording=path is not None,
        clip=path.relative_to(folder.resolve()).as_posix() if path and folder else None,
        **{name: row[name] for name in _OF_ATTEMPTS},
    )
    return Exported(attempt, row["seq"], _assessment(row, names) if detailed else None, path)


def _assessment(row: RowMapping, names: Names) -> dict[str, Any] | None:
    """None where nothing was said, or the event cannot be read."""
    if row["kind"] != "assessed":
        return None
    try:
        found: dict[str, Any] = from_json(unpack(row["body"]))["assessment"]
    except (ValueError, KeyError, TypeError):
        return None
    # Where a file lay says more of its owner than anybody needs.
    found["clip"] = Path(found["clip"]).name if names.real and found["clip"] else None
    return found

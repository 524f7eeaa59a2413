"""Exercises as JSON lines: what was trained beside calls, one a line."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, Any

from trainer.drill.exercises import SCHEMA
from trainer.records.store import Store
from trainer.reports.names import Names


def rows(
    store: Store, names: Names, learners: Sequence[str] = (), since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """In the order of time. learners: keys; none: everybody."""
    for key, exercise in store.exercises():
        wanted = not learners or key in learners
        if wanted and (since is None or exercise.at >= since) and (until is None or exercise.at <= until):
            yield {
                "schema": SCHEMA, "learner": names.learner(key), "at": exercise.at.isoformat(),
                "kind": exercise.kind, "language": exercise.language, "item": exercise.item,
                "points": exercise.points, "details": dict(exercise.details),
            }  # fmt: skip


def write(found: Iterable[dict[str, Any]], file: IO[str]) -> None:
    for row in found:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")

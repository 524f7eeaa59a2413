"""Exercises, what was trained beside calls: chosen, and as JSON lines, joined to attempts by learner, call and time."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import IO

from trainer.drill.exercises import SCHEMA, Exercise
from trainer.records.learners import Learner
from trainer.records.store import Store
from trainer.reports.names import Names
from trainer.reports.selection import Selection, crew_names, learner_keys


def chosen(store: Store, selection: Selection, pseudonyms: Names) -> Iterator[tuple[Learner, Exercise]]:
    """In the order of time. Sessions and phases say nothing of exercises. Raises UserError for a learner or a crew that
    is not there."""
    known = {learner.key: learner for learner in store.learners()}
    if selection.learners:
        known = {key: known[key] for key in learner_keys(store, selection.learners, pseudonyms)}
    if selection.crews:
        crews = crew_names(store, selection.crews, pseudonyms)
        known = {key: learner for key, learner in known.items() if learner.crew in crews}
    since, until = selection.since, selection.until
    for key, exercise in store.exercises():
        if key in known and (since is None or exercise.at >= since) and (until is None or exercise.at < until):
            yield known[key], exercise


def write(found: Iterable[tuple[Learner, Exercise]], names: Names, file: IO[str]) -> None:
    for learner, exercise in found:
        row = {
            "schema": SCHEMA, "learner": names.learner(learner.key), "name": learner.name if names.real else None,
            "crew": names.crew(learner.crew), "first": learner.first, "at": exercise.at.astimezone(UTC).isoformat(),
            "kind": exercise.kind, "language": exercise.language, "item": exercise.item, "call": exercise.call,
            "points": exercise.points, "details": dict(exercise.details),
        }  # fmt: skip
        file.write(json.dumps(row, ensure_ascii=False) + "\n")

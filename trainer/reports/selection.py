"""Which attempts: by learner, crew, time, session and phase, as conditions for the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, not_, or_, select

from trainer.phrasebook.phases import Phases
from trainer.records.store import Store
from trainer.records.tables import attempts, learners, sessions
from trainer.reports.names import Names


@dataclass(frozen=True)
class Selection:
    """Empty: all of them.

    Attributes:
        learners, crews: keys, names or pseudonyms.
        sessions: their beginnings, or pseudonyms.
        until: not included.
    """

    learners: tuple[str, ...] = ()
    crews: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    sessions: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()


def conditions(store: Store, selection: Selection, phases: Phases, pseudonyms: Names) -> list[ColumnElement[bool]]:
    """For a query that joins attempts, sessions and learners. Raises UserError for a learner, crew or session that is
    not there."""
    found: list[ColumnElement[bool]] = []
    if selection.learners:
        found.append(learners.c.key.in_(learner_keys(store, selection.learners, pseudonyms)))
    if selection.crews:
        found.append(learners.c.crew.in_(crew_names(store, selection.crews, pseudonyms)))
    if selection.sessions:
        found.append(sessions.c.key.in_(_sessions(store, selection.sessions, pseudonyms)))
    if selection.since is not None:
        found.append(attempts.c.at >= selection.since)
    if selection.until is not None:
        found.append(attempts.c.at < selection.until)
    if selection.phases:
        found.append(_of_phases(selection.phases, phases))
    return found


def learner_keys(store: Store, wanted: tuple[str, ...], pseudonyms: Names) -> list[str]:
    """Raises UserError for one who is not there."""
    keys = {pseudonyms.learner(learner.key): learner.key for learner in store.learners()}
    return [store.learner(keys.get(name, name)).key for name in wanted]


def crew_names(store: Store, wanted: tuple[str, ...], pseudonyms: Names) -> frozenset[str]:
    """As the records write them. Raises UserError for one that is not there."""
    crews = {pseudonyms.crew(learner.crew): learner.crew for learner in store.learners() if learner.crew}
    return store.crews(crews.get(name, name) for name in wanted)


def _sessions(store: Store, wanted: tuple[str, ...], pseudonyms: Names) -> list[str]:
    with store.reading() as connection:
        there = connection.execute(select(sessions.c.key)).scalars().all()
    known = {pseudonyms.session(key): key for key in there}
    return [store.session(known.get(name, name)) for name in wanted]


def _of_phases(wanted: tuple[str, ...], phases: Phases) -> ColumnElement[bool]:
    asked = attempts.c.asked

    def drawn(templates: Any) -> list[ColumnElement[bool]]:
        return [asked.startswith(f"{template}.", autoescape=True) for template in templates]

    listed = or_(
        asked.in_([call for call, phase in phases.calls.items() if phase in wanted]),
        *drawn(template for template, phase in phases.templates.items() if phase in wanted),
    )
    foreign = and_(asked.not_in(list(phases.calls)), not_(or_(False, *drawn(phases.templates))))
    return or_(listed, and_(sessions.c.phase.in_(wanted), foreign))

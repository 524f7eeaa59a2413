"""Which attempts: by learner, crew, time, session and phase, as conditions for the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, not_, or_, select

from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.phrasebook.phases import Phases
from trainer.records.store import Store
from trainer.records.tables import attempts, learners, sessions
from trainer.reports.names import Names


@dataclass(frozen=True)
class Selection:
    """Empty: all of them.

    Attributes:
        learners, crews, sessions: keys or pseudonyms.
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
    known = store.learners()
    if selection.learners:
        keys = {name: learner.key for learner in known for name in (pseudonyms.learner(learner.key), learner.key)}
        for name in selection.learners:
            if name not in keys:
                store.learner(name)  # says who is known
        found.append(learners.c.key.in_([keys[name] for name in selection.learners]))
    if selection.crews:
        crews = {
            name: learner.crew
            for learner in known
            if learner.crew
            for name in (pseudonyms.crew(learner.crew), learner.crew)
        }
        if missing := [name for name in selection.crews if name not in crews]:
            message = _("there is no crew {crew} in the records. Known: {known}.")
            names = ", ".join(sorted({learner.crew for learner in known if learner.crew})) or "-"
            raise UserError(message.format(crew=missing[0], known=names))
        found.append(learners.c.crew.in_([crews[name] for name in selection.crews]))
    if selection.sessions:
        found.append(sessions.c.key.in_(_sessions(store, selection.sessions, pseudonyms)))
    if selection.since is not None:
        found.append(attempts.c.at >= selection.since)
    if selection.until is not None:
        found.append(attempts.c.at < selection.until)
    if selection.phases:
        found.append(_of_phases(selection.phases, phases))
    return found


def _sessions(store: Store, wanted: tuple[str, ...], pseudonyms: Names) -> list[str]:
    with store.reading() as connection:
        there = connection.execute(select(sessions.c.key)).scalars().all()
    known = {name: key for key in there for name in (pseudonyms.session(key), key)}
    for name in wanted:
        if name not in known:
            message = _(
                "session {session} is not in the records, or was deleted. `ruston sessions` lists what there is."
            )
            raise UserError(message.format(session=name))
    return [known[name] for name in wanted]


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

"""What reaches a learner from the desk: what is asked of them, and what was said of what they did."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import RowMapping, Select, func, literal, select, update

from trainer.phrasebook.phases import Phases
from trainer.records.assignments import Progress, progress
from trainer.records.store import Store
from trainer.records.tables import assignments, attempts, learners, ratings, sessions, signoffs


@dataclass(frozen=True)
class Comment:
    """What an instructor said: of an attempt (session, turn, asked), of a session, or of an assignment.

    Attributes:
        new: not shown to the learner before.
        points: of an attempt, the machine's.
        judged: and the instructor's, if any, 0-100.
        passed: the judgement of an assignment.
        opened: when the session was.
        mode, phases: of the drill or the assignment.
        call_ids: of the assignment.
    """

    at: datetime
    by: str
    text: str
    new: bool
    session: str | None = None
    turn: int | None = None
    asked: str | None = None
    points: float | None = None
    judged: float | None = None
    assignment: int | None = None
    passed: bool | None = None
    opened: datetime | None = None
    mode: str | None = None
    phases: tuple[str, ...] = ()
    call_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Inbox:
    """What instructors have for a learner.

    Attributes:
        assignments: those not done yet, the earliest due first, without a day last; `done`, `assignment.calls`, `.due`
            and `.pass_mark` say how far each is.
        comments: the new ones, the newest first.
    """

    assignments: tuple[Progress, ...]
    comments: tuple[Comment, ...]


def inbox(store: Store, phases: Phases, learner: str, now: datetime | None = None) -> Inbox:
    """For the board. learner: by key."""
    now = now or datetime.now(UTC)
    asked = (one for one in progress(store, phases, learner) if one.standing(now) in ("open", "overdue", "not_passed"))
    never = datetime.max.replace(tzinfo=UTC)
    ordered = sorted(asked, key=lambda one: (one.assignment.due or never, one.assignment.given, one.assignment.id))
    return Inbox(tuple(ordered), tuple(one for one in comments(store, learner) if one.new))


def comments(store: Store, learner: str, session: str | None = None) -> tuple[Comment, ...]:
    """All that was said to a learner, the newest first. session: only of this one and of its attempts, by key; for its
    debrief."""
    wanted: list[Select[tuple[object, ...]]] = [_of_attempts(), _of_sessions_and_assignments()]
    found = []
    with store.reading() as connection:
        for one in wanted:
            mine = one.where(learners.c.key == learner)
            if session is not None:
                mine = mine.where(sessions.c.key == session)
            found += [_comment(row) for row in connection.execute(mine).mappings()]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def show_comments(store: Store, learner: str) -> None:
    """Note that the learner has been shown all that was said so far: none of it is new."""
    now = datetime.now(UTC)
    person = select(learners.c.id).where(learners.c.key == learner).scalar_subquery()
    own = select(attempts.c.id).where(attempts.c.learner == person)
    with store.writing() as connection:
        connection.execute(update(ratings).where(ratings.c.attempt.in_(own), ratings.c.seen.is_(None)).values(seen=now))
        connection.execute(
            update(signoffs).where(signoffs.c.learner == person, signoffs.c.seen.is_(None)).values(seen=now)
        )


def _comment(row: RowMapping) -> Comment:
    lines = {name: tuple((row[name] or "").splitlines()) for name in ("phases", "call_ids")}
    return Comment(**(dict(row) | lines))


def _of_attempts() -> Select[tuple[object, ...]]:
    """A score without a word is told, too."""
    return (
        select(
            ratings.c.at, ratings.c.by, ratings.c.comment.label("text"), ratings.c.seen.is_(None).label("new"),
            sessions.c.key.label("session"), attempts.c.turn, attempts.c.asked, attempts.c.points, attempts.c.judged,
            sessions.c.opened, sessions.c.mode, sessions.c.phase.label("phases"), literal("").label("call_ids"),
        )
        .select_from(ratings.join(attempts).join(learners).join(sessions, sessions.c.id == attempts.c.session))
        .where((ratings.c.comment != "") | (ratings.c.kind == "score"), ratings.c.blind.is_(False))
    )  # fmt: skip


def _of_sessions_and_assignments() -> Select[tuple[object, ...]]:
    return select(
        signoffs.c.at, signoffs.c.by, signoffs.c.comment.label("text"), signoffs.c.seen.is_(None).label("new"),
        sessions.c.key.label("session"), signoffs.c.assignment, signoffs.c.passed, sessions.c.opened,
        func.coalesce(sessions.c.mode, assignments.c.mode).label("mode"),
        func.coalesce(sessions.c.phase, assignments.c.phases).label("phases"), assignments.c.call_ids,
    ).select_from(
        signoffs.join(learners, learners.c.id == signoffs.c.learner)
        .outerjoin(sessions, sessions.c.id == signoffs.c.session)
        .outerjoin(assignments, assignments.c.id == signoffs.c.assignment)
    )  # fmt: skip

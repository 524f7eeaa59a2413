"""What an instructor asks of a learner, how far the learner is with it, and the instructor's judgement."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, case, func, insert, select, update

from trainer.drill.plan import Mode
from trainer.errors import UserError
from trainer.local_time import last_day
from trainer.messages import gettext as _
from trainer.messages import ngettext
from trainer.phrasebook.phases import Phases
from trainer.records.counting import answered, answers, counted, in_partners_language, passes
from trainer.records.store import Store
from trainer.records.tables import assignments, attempts, learners, sessions, signoffs
from trainer.text_in import line

Standing = Literal["open", "overdue", "ready", "passed", "not_passed"]


@dataclass(frozen=True)
class Assignment:
    """What an instructor gave a learner to do.

    Attributes:
        calls: how many different calls of the phases (none named: of any), or of `call_ids` where there are some, are
            to be passed in the partner's language, in `mode` if there is one, each with at least `pass_mark` points and
            no figure wrong, after it was given.
        pass_mark: points, 0-100.
        due: not included.
    """

    id: int
    learner: str
    name: str
    crew: str | None
    given: datetime
    phases: tuple[str, ...]
    mode: Mode | None
    calls: int
    pass_mark: float
    due: datetime | None
    call_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class SignOff:
    """Of an assignment (its id) or a session (its key, when it was opened, its mode and phase)."""

    learner: str
    name: str
    assignment: int | None
    session: str | None
    at: datetime
    by: str
    passed: bool
    comment: str
    opened: datetime | None = None
    mode: Mode | None = None
    phase: str | None = None


@dataclass(frozen=True)
class Progress:
    """How far an assignment is.

    Attributes:
        done: different calls passed so far, at most as many as were asked for.
        tried: answers that counted.
        points: mean of these, 0-100.
        signed: the newest sign-off; where it says that more is needed, what came after it counts.
    """

    assignment: Assignment
    done: int
    tried: int
    points: float | None
    signed: SignOff | None

    @property
    def closed(self) -> bool:
        """It was signed off as passed: nothing more is asked."""
        return self.signed is not None and self.signed.passed

    def standing(self, now: datetime) -> Standing:
        if self.closed:
            return "passed"
        if self.done >= self.assignment.calls:
            return "ready"
        if self.signed is not None:
            return "not_passed"
        overdue = self.assignment.due is not None and now >= self.assignment.due
        return "overdue" if overdue else "open"


@dataclass(frozen=True)
class Given:
    """What was asked of a learner.

    Attributes:
        already: the very same was asked before, and still stands: nothing new was asked.
    """

    learner: str
    assignment: int
    already: bool = False


def assign(
    store: Store, who: Sequence[str], *, phases: Sequence[str] = (), calls: int, pass_mark: float,
    mode: Mode | None = None, due: datetime | None = None, call_ids: Sequence[str] = (), once: bool = True,
) -> tuple[Given, ...]:  # fmt: skip
    """Ask the same of several learners, by key or name. call_ids: these very calls. once: the same is not asked again
    until it is signed off as passed, or withdrawn. Raises UserError, nothing kept."""
    call_ids = tuple(dict.fromkeys(call_ids))
    if call_ids and calls > len(call_ids):
        text = ngettext("{n} call is named", "{n} calls are named", len(call_ids)).format(n=len(call_ids))
        raise UserError(_("{text}, fewer than the {calls} asked for.").format(text=text, calls=calls))
    if calls < 1 or not 0 <= pass_mark <= 100:
        raise UserError(_("an assignment needs at least one call and a pass mark from 0 to 100."))
    if due is not None and due <= datetime.now(UTC):
        raise UserError(_("{day} is past: give the assignment a day to come.").format(day=f"{last_day(due):%Y-%m-%d}"))
    keys = list(dict.fromkeys(store.learner(one).key for one in who))
    asked = {
        "phases": "\n".join(phases), "call_ids": "\n".join(call_ids), "mode": mode, "calls": calls,
        "pass_mark": pass_mark, "due": due,
    }  # fmt: skip
    given = []
    with store.writing() as connection:
        newest = {one.assignment: one for one in reversed(_signed(connection))}
        passed = {number for number, judgement in newest.items() if judgement.passed}
        for key in keys:
            row = {"learner": _learner(connection, key), **asked}
            there = _asked_already(connection, row, passed) if once else None
            if there is None:
                row["given"] = datetime.now(UTC)
                there = connection.execute(insert(assignments).values(**row).returning(assignments.c.id)).scalar_one()
                given.append(Given(key, int(there)))
            else:
                given.append(Given(key, there, already=True))
    return tuple(given)


def _asked_already(connection: Connection, row: Mapping[str, Any], passed: Container[int | None]) -> int | None:
    """The assignment that asks just this of a learner, and is neither withdrawn nor among those passed."""
    same = [assignments.c[name].is_not_distinct_from(value) for name, value in row.items()]
    wanted = select(assignments.c.id).where(*same, assignments.c.withdrawn.is_(None)).order_by(assignments.c.id)
    return next((number for number in connection.execute(wanted).scalars() if number not in passed), None)


def withdraw(store: Store, numbers: Sequence[int]) -> None:
    """They are asked no longer, and shown no longer. Raises UserError for one that is not there, and keeps all."""
    with store.writing() as connection:
        for number in numbers:
            _there(connection, number)
        gone = update(assignments).where(assignments.c.id.in_(numbers)).values(withdrawn=datetime.now(UTC))
        connection.execute(gone)


DRAWS = 10  # different readbacks of one template that may be asked of a learner; more is the same drill again


def check_calls(phases: Phases, wanted: Sequence[str], calls: int, mode: Mode | None) -> None:
    """Raises UserError where the phases (none: all of them) have fewer different calls than are asked for."""
    written = 0 if mode == "readback" else sum(not wanted or phase in wanted for phase in phases.calls.values())
    templates = sum(not wanted or phase in wanted for phase in phases.templates.values())
    drawn = DRAWS * templates if mode in ("readback", None) else 0
    if calls > written + drawn:
        text = _("{phases}: calls {written}, readbacks {drawn}; that is fewer than the {calls} asked for.")
        what = ", ".join(wanted) or _("any phase")
        raise UserError(text.format(phases=what, written=written, drawn=drawn, calls=calls))


def sign_off(
    store: Store, by: str, *, assignment: int | None = None, session: str | None = None, learner: str | None = None,
    passed: bool = True, comment: str = "",
) -> bool:  # fmt: skip
    """Judge an assignment, or a learner's session (by the beginning of its id). by: who signs. Judgements are added,
    none is changed; the same once more, with nothing drilled in between, adds nothing. Returns whether it was added.

    Raises UserError for what is not there."""
    if not line(by):
        raise UserError(_("say who signs: --by NAME."))
    learner = store.learner(learner).key if learner else None
    session = store.session(session) if session else None
    with store.writing() as connection:
        values: dict[str, Any] = {"by": line(by), "passed": passed, "comment": line(comment)}
        if assignment is not None:
            values |= {"learner": _there(connection, assignment), "assignment": assignment, "session": None}
        else:
            wanted = select(sessions.c.id, attempts.c.learner, learners.c.key).select_from(
                sessions.join(attempts, attempts.c.session == sessions.c.id).join(learners)
            )
            rows = connection.execute(wanted.where(sessions.c.key == session).distinct()).all()
            rows = [row for row in rows if learner in (None, row.key)]
            if not rows:
                message = _("there are no attempts of that learner in session {session}.")
                raise UserError(message.format(session=session))
            if len(rows) > 1:
                message = _("several learners took part in session {session}. Say whom you mean: --learner.")
                raise UserError(message.format(session=session))
            values |= {"session": rows[0].id, "learner": rows[0].learner, "assignment": None}
        if _repeated(connection, values):
            return False
        connection.execute(insert(signoffs), {**values, "at": datetime.now(UTC)})
        return True


def _repeated(connection: Connection, values: Mapping[str, Any]) -> bool:
    """Whether the newest judgement says just this, and the learner has answered nothing since."""
    of = [signoffs.c[name].is_not_distinct_from(values[name]) for name in ("learner", "assignment", "session")]
    newest = select(signoffs).where(*of).order_by(signoffs.c.at.desc(), signoffs.c.id.desc()).limit(1)
    before = connection.execute(newest).mappings().first()
    if before is None or any(before[name] != values[name] for name in ("by", "passed", "comment")):
        return False
    since = select(attempts.c.id).where(attempts.c.learner == values["learner"], attempts.c.at >= before["at"])
    return connection.execute(since.limit(1)).first() is None


def progress(store: Store, phases: Phases, learner: str | None = None) -> tuple[Progress, ...]:
    """Of the assignments that were not withdrawn, the newest first. learner: only theirs, by key."""
    wanted = (
        select(assignments, learners.c.key, learners.c.name, learners.c.crew)
        .join(learners)
        .where(assignments.c.withdrawn.is_(None))
        .order_by(assignments.c.given.desc(), assignments.c.id.desc())
    )
    if learner is not None:
        wanted = wanted.where(learners.c.key == learner)
    with store.reading() as connection:
        newest = {one.assignment: one for one in reversed(_signed(connection)) if one.assignment is not None}
        rows = connection.execute(wanted).mappings().all()
        return tuple(_progress(connection, row, phases, newest.get(row["id"])) for row in rows)


def signed(store: Store) -> tuple[SignOff, ...]:
    """All judgements, the newest first."""
    with store.reading() as connection:
        return tuple(_signed(connection))


def _signed(connection: Connection) -> list[SignOff]:
    wanted = (
        select(
            signoffs,
            learners.c.key,
            learners.c.name,
            sessions.c.key.label("session_key"),
            sessions.c.opened,
            sessions.c.mode,
            sessions.c.phase,
        )
        .select_from(signoffs.join(learners).outerjoin(sessions, sessions.c.id == signoffs.c.session))
        .order_by(signoffs.c.at.desc(), signoffs.c.id.desc())
    )
    return [
        SignOff(
            row["key"], row["name"], row["assignment"], row["session_key"], row["at"], row["by"], row["passed"],
            row["comment"], row["opened"], row["mode"], row["phase"],
        )
        for row in connection.execute(wanted).mappings()
    ]  # fmt: skip


def _progress(connection: Connection, row: RowMapping, phases: Phases, newest: SignOff | None) -> Progress:
    asked = Assignment(
        id=row["id"], learner=row["key"], name=row["name"], crew=row["crew"], given=row["given"],
        phases=tuple(row["phases"].split("\n")) if row["phases"] else (), mode=row["mode"], calls=row["calls"],
        pass_mark=row["pass_mark"], due=row["due"],
        call_ids=tuple(row["call_ids"].split("\n")) if row["call_ids"] else (),
    )  # fmt: skip
    passed = passes(asked.pass_mark)
    since = asked.given if newest is None or newest.passed else newest.at
    wanted = (
        select(
            attempts.c.asked, sessions.c.phase, answers.label("tried"),
            func.sum(case((answered, counted), else_=0.0)).label("points"),
            func.count().filter(passed).label("passed"),
        )
        .join(sessions, sessions.c.id == attempts.c.session)
        .join(learners, learners.c.id == attempts.c.learner)
        .where(attempts.c.learner == row["learner"], attempts.c.at >= since, in_partners_language)
        .group_by(attempts.c.asked, sessions.c.phase)
    )  # fmt: skip
    if asked.call_ids:
        wanted = wanted.where(attempts.c.asked.in_(asked.call_ids))
    if asked.mode is not None:
        wanted = wanted.where(sessions.c.mode == asked.mode)
    found = [
        one
        for one in connection.execute(wanted)
        if not asked.phases or phases.phase(one.asked, one.phase) in asked.phases
    ]
    tried = sum(one.tried for one in found)
    done = len({one.asked for one in found if one.passed})
    points = sum(one.points for one in found) / tried if tried else None
    return Progress(asked, min(done, asked.calls), tried, points, newest)


def _learner(connection: Connection, key: str) -> int:
    return int(connection.execute(select(learners.c.id).where(learners.c.key == key)).scalar_one())


def _there(connection: Connection, number: int) -> int:
    """The learner of an assignment, by row."""
    wanted = select(assignments.c.learner).where(assignments.c.id == number, assignments.c.withdrawn.is_(None))
    found = connection.execute(wanted).scalar()
    if found is None:
        message = _("there is no assignment {number}. `ruston desk` lists what there is.")
        raise UserError(message.format(number=number))
    return int(found)

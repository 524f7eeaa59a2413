"""What one record store holds is added to another: session by session, each whole or not at all.

A session is known by its key, so that adding the same twice changes nothing. What was deleted here does not come back.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, Table, delete, insert, or_, select, update

from trainer.drill.events import Event, Refused, from_json, to_json
from trainer.drill.session import State, apply
from trainer.identity import PARTNER, Person, Recognition, recognise, same
from trainer.languages import Language
from trainer.records import recordings as files
from trainer.records.exercises import copy_exercises
from trainer.records.instructors import guarded
from trainer.records.learners import Learner, row_of_learner
from trainer.records.lists import copy_lists
from trainer.records.packing import pack
from trainer.records.privacy import DELETED, seat_named
from trainer.records.ratings import judge
from trainer.records.sessions import keep_attempt, read
from trainer.records.store import Store
from trainer.records.tables import (
    LOOK,
    assignments,
    attempts,
    body,
    erased,
    events,
    learners,
    machines,
    memories,
    ratings,
    recordings,
    seats,
    sessions,
    signoffs,
    sounds,
)

Outcome = Literal["sessions", "completed", "skipped"]  # what became of one that came
Progress = Callable[[int, int], None]  # how many of how many rows or sessions are done
Relearn = Callable[[Store, str, Language], None]  # of a learner, in a language
BLANK: tuple[object, ...] = (DELETED, "-", None, [])  # what stands where somebody was left out


@dataclass(frozen=True)
class Judgements:
    """How many of what an instructor asked and judged."""

    assignments: int = 0
    signoffs: int = 0
    ratings: int = 0


@dataclass(frozen=True)
class Namesake:
    """A key that belongs to a name here, and to another one, with another first language, in what came."""

    key: str
    here: str
    came: str


@dataclass(frozen=True)
class Merged:
    """What came from a file of records, in numbers.

    Attributes:
        sessions: that were new.
        completed: that were there without one of their learners.
        skipped: that were there already, or had been deleted here.
        taken_over: judgements that were new.
        left_out: those that were new, too, but nobody answered for them with a PIN.
        namesakes: who may be two people, and is one here now.
        people: keys of those whose sessions came, as the file has them.
    """

    learners: int = 0
    sessions: int = 0
    completed: int = 0
    skipped: int = 0
    recordings: int = 0
    taken_over: Judgements = Judgements()
    left_out: Judgements = Judgements()
    namesakes: tuple[Namesake, ...] = ()
    people: tuple[str, ...] = ()


def no_progress(_done: int, _total: int) -> None:
    pass


@dataclass(frozen=True)
class _Coming:
    """What is to be added.

    Attributes:
        learner: whose sessions alone, and only what is theirs alone besides; None: all.
        people: rows of learners by their numbers there.
        sessions: their rows.
        seats: of each session, without those that were deleted here.
        deleted: numbers of sessions that were.
        gone: numbers of learners who were: who has no session left. Whoever never had one is of the class.
        marks: of all that was deleted here.
    """

    learner: str | None
    people: dict[int, RowMapping]
    sessions: Sequence[RowMapping]
    seats: dict[int, list[RowMapping]]
    deleted: set[int]
    gone: set[int | None]
    marks: set[str]

    def of(self, session: RowMapping) -> list[RowMapping]:
        return self.seats.get(session["id"], [])

    def sits(self, learner: int) -> bool:
        return any(seat["learner"] == learner for session in self.sessions for seat in self.of(session))

    def wants(self, learner: int) -> bool:
        """Whether more comes of somebody than the sessions of others in which they sat."""
        return self.learner in (None, self.people[learner]["key"])


def add(
    source: Store, target: Store, progress: Progress, relearn: Relearn, *, learner: str | None = None,
    let_in: bool = False,
) -> Merged:  # fmt: skip
    """learner: only the sessions of this one, and only what is theirs alone besides. relearn: makes the scheduler's
    memory anew of a learner who had one on both sides. let_in: an instructor told their PIN; where the desk is guarded,
    nobody else brings judgements."""
    coming = _coming(source, target, learner)
    here, guarded_here = {one.key: one for one in target.learners()}, guarded(target)
    numbers = _add_learners(target, coming, believed=let_in or not guarded_here or len(coming.people) == 1)
    counts: Counter[Outcome] = Counter()
    changed: set[int] = set()
    for done, row in enumerate(coming.sessions, 1):
        outcome = _add_session(source, target, row, coming, numbers)
        if outcome != "skipped":
            changed |= {seat["learner"] for seat in coming.of(row) if seat["learner"]}
        counts[outcome] += 1
        progress(done, len(coming.sessions))
    own = {number: numbers[number] for number in numbers if coming.wants(number)}
    with source.reading() as old, target.writing() as new:
        copy_exercises(old, new, own, coming.marks)
        copy_lists(old, new, own)
    _add_memories(source, target, [number for number in own if number in changed], numbers, relearn)
    merged = Merged(
        len({one.key for one in target.learners()} - here.keys()),
        counts["sessions"], counts["completed"], counts["skipped"],
        namesakes=_namesakes(here, [coming.people[number] for number in numbers]),
        people=tuple(sorted(coming.people[number]["key"] for number in changed if number in coming.people)),
    )  # fmt: skip
    if learner is not None:
        return merged
    if let_in or not guarded_here:
        return replace(merged, taken_over=_add_judgements(source, target, numbers, keep=True))
    return replace(merged, left_out=_add_judgements(source, target, numbers, keep=False))


def _coming(source: Store, target: Store, learner: str | None) -> _Coming:
    with source.reading() as old:
        people = {row["id"]: row for row in old.execute(select(learners)).mappings()}
        chosen = select(sessions).order_by(sessions.c.id)
        if learner is not None:
            theirs = select(seats.c.session).join(learners).where(learners.c.key == learner)
            chosen = chosen.where(sessions.c.id.in_(theirs))
        rows = old.execute(chosen).mappings().all()
        sat: dict[int, list[RowMapping]] = {}
        for row in old.execute(select(seats)).mappings():
            sat.setdefault(row["session"], []).append(row)
    with target.reading() as new:
        marks = set(new.execute(select(erased.c.mark)).scalars())
    names = {row["id"]: row["key"] for row in rows}
    deleted = {number for number, name in names.items() if files.mark(name) in marks}
    left = {
        (number, seat["seat"])
        for number, name in names.items()
        for seat in sat.get(number, ())
        if files.mark(seat_named(name, seat["seat"])) in marks
    }
    lost: set[int | None] = set()
    kept: set[int | None] = set()
    for number, those in sat.items():
        for seat in those:
            if number in deleted or (number, seat["seat"]) in left:
                lost.add(seat["learner"])
            elif number in names:
                kept.add(seat["learner"])
    remain = {number: [seat for seat in those if (number, seat["seat"]) not in left] for number, those in sat.items()}
    return _Coming(learner, people, rows, remain, deleted, lost - kept, marks)


def _add_learners(target: Store, coming: _Coming, *, believed: bool) -> dict[int, int]:
    """Their numbers here, by those there. believed: see `_add_learner`."""
    with target.writing() as new:
        return {
            number: _add_learner(new, row, believed=believed)
            for number, row in coming.people.items()
            if number not in coming.gone and (coming.wants(number) or coming.sits(number))
        }


def _namesakes(here: dict[str, Learner], came: Iterable[RowMapping]) -> tuple[Namesake, ...]:
    return tuple(
        Namesake(known.key, known.name, row["name"])
        for row in came
        if (known := here.get(row["key"]))
        and known.first != row["first"]
        and recognise(row["name"], [Person("", (known.name,), known.first)]) == Recognition()
    )


def _add_learner(new: Connection, row: RowMapping, *, believed: bool) -> int:
    """What somebody said of recordings last is what counts; the rest stays as it is here, or is filled in. believed:
    whether the file may say so for somebody who is known here."""
    known = new.execute(select(learners)).mappings().all()
    here = next((one for one in known if one["key"] == row["key"]), None) or next(
        (one for one in known if same(one["key"], row["key"])), None
    )
    if here is None:
        values = {name: row[name] for name in ("name", "first", "crew", "consented", "retention_days", "letters")}
        number = row_of_learner(new, row["key"], values)
        new.execute(update(learners).where(learners.c.id == number).values(recordings=row["recordings"]))
        return number
    values = {name: row[name] for name in ("crew", "letters") if here[name] in (None, "")}
    said = row["consented"] and min(row["consented"], datetime.now(UTC))  # whatever the clock there told
    if believed and said and (here["consented"] is None or said > here["consented"]):
        values |= {"recordings": row["recordings"], "consented": said, "retention_days": row["retention_days"]}
    if values:
        new.execute(update(learners).where(learners.c.id == here["id"]).values(**values))
    return int(here["id"])


def _add_session(
    source: Store, target: Store, row: RowMapping, coming: _Coming, numbers: dict[int, int]
) -> Outcome:  # fmt: skip
    if row["id"] in coming.deleted:
        return "skipped"
    sat, people = coming.of(row), coming.people
    outcome: Outcome
    with source.reading() as old, target.writing() as new:
        here = new.execute(select(sessions.c.id).where(sessions.c.key == row["key"])).scalar()
        if here is not None:
            # Nobody sits there; or a partner of whom the loop knew only what they said.
            vacant = or_(seats.c.learner.is_(None), learners.c.key.startswith(PARTNER))
            sitting = select(seats.c.seat).select_from(seats.outerjoin(learners)).where(seats.c.session == here, vacant)
            empty = set(new.execute(sitting).scalars())
            filled = {
                seat["seat"]: numbers[seat["learner"]]
                for seat in sat
                if seat["seat"] in empty and not _is_partner(people.get(seat["learner"]))
            }
            if not filled:
                return "skipped"
            _complete(old, new, row["id"], here, filled)
            outcome = "completed"
        else:
            here = new.execute(insert(sessions).values(**_but(row, "id")).returning(sessions.c.id)).scalar_one()
            filled = {seat["seat"]: numbers[seat["learner"]] for seat in sat if seat["learner"] in numbers}
            for seat in sat:
                values = {"session": here, "seat": seat["seat"], "learner": filled.get(seat["seat"])}
                new.execute(insert(seats), values)
            _copy_log(old, new, row["id"], here, numbers)
            outcome = "sessions"
        own = set(filled.values()) if coming.learner is None else {
            here_now for number, here_now in numbers.items() if coming.wants(number)
        }  # fmt: skip
        _copy_recordings(old, new, row["id"], here, numbers, own)
        return outcome


def _is_partner(person: RowMapping | None) -> bool:
    return person is None or person["key"].startswith(PARTNER)


def _but(row: RowMapping, *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _rows(old: Connection, table: Table, session: int) -> list[RowMapping]:
    wanted = select(table).where(table.c.session == session).order_by(*table.primary_key)
    return list(old.execute(wanted).mappings())


def _copy_log(old: Connection, new: Connection, session: int, here: int, numbers: dict[int, int]) -> None:
    for row in _rows(old, events, session):
        new.execute(insert(events), {**row, "session": here})
    for row in _rows(old, attempts, session):
        if row["learner"] not in numbers:
            continue
        # What counts instead of the machine's points is drawn from the ratings, which come by themselves.
        values = {**_but(row, "id"), "session": here, "learner": numbers[row["learner"]], "judged": None}
        number = new.execute(insert(attempts).values(**values).returning(attempts.c.id)).scalar_one()
        phones = old.execute(select(sounds).where(sounds.c.attempt == row["id"])).mappings().all()
        if phones:
            new.execute(insert(sounds), [{**phone, "attempt": number} for phone in phones])


def _copy_recordings(
    old: Connection, new: Connection, session: int, here: int, numbers: dict[int, int], own: set[int]
) -> None:  # fmt: skip
    """own: whose recordings are wanted."""
    known = {*new.execute(select(recordings.c.path)).scalars()}
    marks = {*new.execute(select(erased.c.mark)).scalars()}
    for row in _rows(old, recordings, session):
        path, learner = row["path"], numbers.get(row["learner"])
        if learner in own and path not in known and files.mark(path) not in marks and files.RECORDING.fullmatch(path):
            if row["machine"] is not None:
                machine = old.execute(select(machines).where(machines.c.id == row["machine"])).mappings().first()
                if machine and not new.execute(select(machines).where(machines.c.id == machine["id"])).first():
                    new.execute(insert(machines), dict(machine))
            new.execute(insert(recordings), {**row, "session": here, "learner": learner})


def _complete(old: Connection, new: Connection, session: int, here: int, filled: dict[str, int]) -> None:
    """Put the part of these seats into a session that is here without them, dated as those were who sat there."""
    when = {row["seq"]: row["at"] for row in _rows(old, attempts, session)}
    logs: list[list[Event]] = []
    for connection, number in ((new, here), (old, session)):
        wanted = select(body, events.c.at).where(events.c.session == number).order_by(events.c.seq)
        logs.append([read(row.body, row.at) for row in connection.execute(wanted)])
    for seat, learner in filled.items():
        this = (seats.c.session == here) & (seats.c.seat == seat)
        new.execute(update(seats).where(this).values(learner=learner))
        new.execute(delete(attempts).where(attempts.c.session == here, attempts.c.seat == seat))
    state = State()
    for seq, event in enumerate(logs[0]):
        whole = _joined(event, logs[1][seq]) if seq < len(logs[1]) else event
        if whole != event:
            this = (events.c.session == here) & (events.c.seq == seq)
            new.execute(update(events).where(this).values(kind=whole.kind, body=pack(to_json(whole))))
        after = apply(state, whole)
        if len(after.attempts) > len(state.attempts) and after.attempts[-1].seat in filled and after.plan:
            keep_attempt(new, here, seq, whole, after.plan, after, after.attempts[-1], when.get(seq))
        state = after


def _joined(here: Event, other: Event) -> Event:
    """One event out of two that each lack somebody."""
    if here == other or (isinstance(other, Refused) and other.reason == DELETED):
        return here
    if isinstance(here, Refused) and here.reason == DELETED:
        return other
    if here.kind != other.kind:
        return here
    return from_json(json.dumps(_filled(json.loads(to_json(here)), json.loads(to_json(other)))))


def _filled(here: Any, other: Any) -> Any:
    if here in BLANK or (isinstance(here, str) and here.startswith(PARTNER)):
        return other
    if isinstance(here, dict) and isinstance(other, dict):
        return {name: _filled(value, other.get(name)) for name, value in here.items()}
    if isinstance(here, list) and isinstance(other, list) and len(here) == len(other):
        return [_filled(*pair) for pair in zip(here, other, strict=True)]
    return here


def _add_memories(
    source: Store, target: Store, changed: list[int], numbers: dict[int, int], relearn: Relearn
) -> None:  # fmt: skip
    """What a learner remembers: what came with them, or, where something was remembered here already, all of their
    answers once more in the order of time."""
    with source.reading() as old:
        rows = old.execute(select(memories).where(memories.c.learner.in_(changed))).mappings().all()
    again: set[tuple[int, str]] = set()
    with target.writing() as new:
        for row in rows:
            this = {"learner": numbers[row["learner"]], "language": row["language"]}
            where = (memories.c.learner == this["learner"]) & (memories.c.language == this["language"])
            if new.execute(select(memories.c.at).where(where)).first() is None:
                new.execute(insert(memories), {**row, **this})
            else:
                again.add((this["learner"], this["language"]))
    with target.reading() as new:
        keys = {row.id: row.key for row in new.execute(select(learners.c.id, learners.c.key))}
    for learner, language in sorted(again):
        relearn(target, keys[learner], "ru" if language == "ru" else "en")


def _add_judgements(source: Store, target: Store, numbers: dict[int, int], *, keep: bool) -> Judgements:
    """Assignments and sign-offs: known by learner and moment; ratings by attempt and moment. Returns how many are new;
    without keep they are counted only."""
    given = signed = 0
    with source.reading() as old, target.writing() as new:
        sat = {row.key: row.id for row in new.execute(select(sessions.c.key, sessions.c.id))}
        keys = {row.id: row.key for row in old.execute(select(sessions.c.key, sessions.c.id))}
        asked: dict[int | None, int | None] = {None: None}
        for row in old.execute(select(assignments)).mappings().all():
            if (learner := numbers.get(row["learner"])) is None:
                continue
            this = (assignments.c.learner == learner) & (assignments.c.given == row["given"])
            what = (assignments.c.phases == row["phases"]) & (assignments.c.call_ids == row["call_ids"])
            there = new.execute(select(assignments.c.id).where(this, what)).scalar()
            if there is None:
                given += 1
            if there is None and keep:
                values = {**_but(row, "id"), "learner": learner}
                there = new.execute(insert(assignments).values(**values).returning(assignments.c.id)).scalar_one()
            asked[row["id"]] = there
        for row in old.execute(select(signoffs)).mappings().all():
            learner = numbers.get(row["learner"])
            session = sat.get(keys.get(row["session"], "")) if row["session"] else None
            if learner is None or (row["session"] and session is None) or row["assignment"] not in asked:
                continue
            this = (signoffs.c.learner == learner) & (signoffs.c.at == row["at"])
            if new.execute(select(signoffs.c.id).where(this)).first() is not None:
                continue
            signed += 1
            if keep:
                assignment = asked[row["assignment"]]
                values = {**_but(row, "id"), "learner": learner, "assignment": assignment, "session": session}
                new.execute(insert(signoffs), values)
        return Judgements(given, signed, _add_ratings(old, new, keep=keep))


def _add_ratings(old: Connection, new: Connection, *, keep: bool) -> int:
    """Of the attempts that are here, too: known by session and event."""
    wanted = (
        select(ratings, sessions.c.key, attempts.c.seq)
        .select_from(ratings.join(attempts).join(sessions, sessions.c.id == attempts.c.session))
        .order_by(ratings.c.id)
    )
    rated, judged = 0, set()
    for row in old.execute(wanted).mappings().all():
        here = select(attempts.c.id).join(sessions, sessions.c.id == attempts.c.session)
        number = new.execute(here.where(sessions.c.key == row["key"], attempts.c.seq == row["seq"])).scalar()
        this = (ratings.c.attempt == number) & (ratings.c.at == row["at"]) & (ratings.c.by == row["by"])
        if number is None or new.execute(select(ratings.c.id).where(this)).first() is not None:
            continue
        rated += row["kind"] != LOOK
        if keep:
            new.execute(insert(ratings), {**_but(row, "id", "key", "seq"), "attempt": number})
            judged.add(number)
    judge(new, sorted(judged))
    return rated

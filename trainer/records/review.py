"""What waits for an instructor's ear: recordings, those first of which the machine is least certain.

A blind sample is drawn evenly over the machine's scale, not over the class, so that agreement is that of the whole
scale; everybody who rates gets the same calls in the same order, those first that others have rated.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice, zip_longest
from math import erfc
from pathlib import Path

from sqlalchemy import ColumnElement, RowMapping, and_, exists, func, or_, select

from trainer.drill.events import Assessed
from trainer.errors import UserError
from trainer.languages import Language
from trainer.messages import gettext as _
from trainer.phrasebook.phases import Phases
from trainer.records.assignments import assign, progress
from trainer.records.ratings import Rating, rate, seen_by
from trainer.records.recordings import allowed_file
from trainer.records.sessions import read
from trainer.records.store import Store
from trainer.records.tables import attempts, learners, ratings, recordings, sessions
from trainer.scoring.assessment import Assessment
from trainer.scoring.points import PASS_MARK

LENGTH = 30  # of a queue
LOOKED_AT = 10  # candidates for each place in it whose margins are read
MARGIN = 8.0  # points that chance may move a score by where nobody reckoned it
BINS = (40.0, 55.0, 70.0, 80.0, 90.0)  # machine scores between which a blind sample takes the same number each
UNCLEAR = ("scored", "not_recognised")  # verdicts with a doubt of their own
OTHER = ("other_phrase", "other_language")  # no points, for something else was said: an ear may hear the call after all
OTHERS = 3  # one place in so many is theirs, so that they crowd nobody out


@dataclass(frozen=True)
class Waiting:
    """An attempt with a recording.

    Attributes:
        number: of the attempt, for `rate`.
        score, points: the machine's, 0-100.
        judged: an instructor's, 0-100.
        pass_mark: points, 0-100.
        doubt: how probable it is that pass and fail are the wrong way round, by the margin of the score; .5 at most.
        path: of the recording, where it is on this machine and may be heard.
    """

    number: int
    learner: str
    name: str
    crew: str | None
    first: Language
    session: str
    turn: int
    mode: str
    asked: str
    call: str | None
    language: Language
    at: datetime
    verdict: str
    score: float
    points: float
    judged: float | None
    exact: bool | None
    pass_mark: float
    doubt: float
    path: Path | None
    assessment: Assessment | None


def doubt(points: float, pass_mark: float, margin: float | None, verdict: str = "scored") -> float:
    """The share of a normal error of this size that lies on the other side of the mark; even without a score, for
    nothing says how sure that verdict is."""
    if verdict != "scored":
        return 0.5
    return 0.5 * erfc(abs(points - pass_mark) / max(1.0, MARGIN if margin is None else margin) / 2**0.5)


def queue(
    store: Store, by: str, where: Sequence[ColumnElement[bool]] = (), length: int = LENGTH
) -> tuple[Waiting, ...]:  # fmt: skip
    """What nobody has rated yet, the least certain first; among them the newest where something else was said, a third
    of the places or what is left. where: on attempts, sessions, learners. by: who listens; what they have commented on
    only is there still."""
    told = exists().where(ratings.c.attempt == attempts.c.id, ratings.c.kind.in_(("keep", "score")))
    far = func.abs(attempts.c.points - func.coalesce(sessions.c.pass_mark, PASS_MARK))
    order = [attempts.c.verdict == "scored", far, attempts.c.id.desc()]
    found = _heard(store, [~told, attempts.c.verdict.in_(UNCLEAR), *where], order, LOOKED_AT * length)
    found.sort(key=lambda one: -one.doubt)
    newest: list[ColumnElement[object]] = [attempts.c.id.desc()]
    others = _heard(store, [~told, attempts.c.verdict.in_(OTHER), *where], newest, LOOKED_AT * length)
    others = others[: max(length // OTHERS, length - len(found))]
    return tuple(sorted(found[: length - len(others)] + others, key=lambda one: -one.doubt))


def blind_sample(
    store: Store, by: str, length: int = LENGTH, where: Sequence[ColumnElement[bool]] = ()
) -> tuple[Waiting, ...]:  # fmt: skip
    """Scored calls of which this listener has said nothing, neither blind nor in sight of the score, as many of each
    stretch of the scale as there are."""
    mine = exists().where(ratings.c.attempt == attempts.c.id, or_(ratings.c.by == by, seen_by(by)))
    others = exists().where(ratings.c.attempt == attempts.c.id, ratings.c.blind).label("rated")
    wanted = (
        select(attempts.c.id, attempts.c.score, attempts.c.seq, sessions.c.key, others)
        .select_from(attempts.join(sessions, sessions.c.id == attempts.c.session).join(learners))
        .where(~mine, kept(), attempts.c.verdict == "scored", *where)
    )
    with store.reading() as connection:
        rows = connection.execute(wanted).all()
    drawn = sorted(rows, key=lambda row: hashlib.sha256(f"{row.key}.{row.seq}".encode()).digest())
    bins: defaultdict[int, list[int]] = defaultdict(list)
    for row in drawn:
        if not row.rated:
            bins[sum(row.score >= edge for edge in BINS)].append(row.id)
    evenly = (number for layer in zip_longest(*bins.values()) for number in layer if number is not None)
    chosen: list[Waiting] = []
    most = LOOKED_AT * length  # where recordings lie on other machines, the search ends
    for part in _parts(islice(chain((row.id for row in drawn if row.rated), evenly), most), length):
        heard = {one.number: one for one in _heard(store, [attempts.c.id.in_(part)], [attempts.c.id], len(part))}
        chosen += [heard[number] for number in part if number in heard]
        if len(chosen) >= length:
            break
    return tuple(chosen[:length])


def kept() -> ColumnElement[bool]:
    """Whether a recording was kept and may be heard, as far as the records know; some lie on other machines."""
    known = exists().where(recordings.c.path == attempts.c.recording)
    return and_(attempts.c.recording.is_not(None), learners.c.recordings, known)


def _parts(numbers: Iterable[int], size: int) -> Iterable[list[int]]:
    part: list[int] = []
    for number in numbers:
        part.append(number)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def attempt(store: Store, number: int) -> Waiting:
    """One attempt, with a recording or without. Raises UserError where it is not there."""
    rows = list(store.attempt_rows([attempts.c.id == number], bodies=True))
    if not rows:
        message = _("there is no attempt {number}. `ruston desk review` lists what there is to hear.")
        raise UserError(message.format(number=number))
    return _waiting(rows[0], datetime.now(UTC))


def say_again(store: Store, one: Waiting, by: str, comment: str = "") -> int:
    """Ask a learner for this very call once more; a comment goes with it. Returns the number of the assignment."""
    if comment:
        rate(store, Rating(one.number, by, "comment", comment=comment))
    for asked in progress(store, Phases({}, {}), one.learner):
        if asked.assignment.call_ids == (one.asked,) and not asked.closed and asked.done < asked.assignment.calls:
            return asked.assignment.id  # it waits to be said already
    (given,) = assign(store, [one.learner], calls=1, pass_mark=one.pass_mark, call_ids=[one.asked], once=False)
    return given.assignment


def _heard(
    store: Store, where: Sequence[ColumnElement[bool]], order: Sequence[ColumnElement[object]], most: int
) -> list[Waiting]:  # fmt: skip
    """Attempts with a recording that can be heard here, in this order."""
    wanted = (
        select(attempts.c.id)
        .select_from(attempts.join(sessions, sessions.c.id == attempts.c.session).join(learners))
        .where(kept(), *where)
        .order_by(*order)
        .limit(most)
    )
    now = datetime.now(UTC)
    with store.reading() as connection:
        numbers = connection.execute(wanted).scalars().all()
    with closing(store.attempt_rows([attempts.c.id.in_(numbers)], bodies=True)) as rows:
        found = {row["id"]: _waiting(row, now) for row in rows}
    return [found[number] for number in numbers if found[number].path]


def _waiting(row: RowMapping, now: datetime) -> Waiting:
    event = read(row["body"])
    heard = event.assessment if isinstance(event, Assessed) else None
    mark = PASS_MARK if row["pass_mark"] is None else float(row["pass_mark"])
    return Waiting(
        number=row["id"], pass_mark=mark, path=allowed_file(row, now), assessment=heard,
        doubt=doubt(row["points"], mark, heard.margin if heard else None, row["verdict"]),
        **{name: row[name] for name in OF_ROW},
    )  # fmt: skip


OF_ROW = tuple(
    name
    for name in Waiting.__dataclass_fields__
    if name not in ("number", "pass_mark", "doubt", "path", "assessment")
)  # fmt: skip

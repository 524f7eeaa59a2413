"""What instructors say of single attempts. Each is kept, none is changed; the machine's points stay beside them.

What counts is the newest score that was given in sight of the machine's, unless the machine's was kept after it. Blind
ratings measure how far machine and ear agree, and count for nobody.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Literal

from sqlalchemy import ColumnElement, Connection, and_, case, insert, or_, select, update

from trainer.errors import UserError
from trainer.messages import gettext as _
from trainer.quantities import Points
from trainer.records.database import streamed
from trainer.records.instructors import account
from trainer.records.store import Store
from trainer.records.tables import LOOK, attempts, learners, ratings, sessions
from trainer.text_in import line

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Kind = Literal["keep", "score", "comment"]
KINDS: tuple[Kind, ...] = ("keep", "score", "comment")
LONGEST_COMMENT = 2_000  # characters
OF_ATTEMPT = ("learner", "name", "session", "turn", "asked", "language", "verdict", "score")


@dataclass(frozen=True)
class Rating:
    """What an instructor says of an attempt's score.

    Attributes:
        attempt: its number in the records.
        kind: `keep`: the machine's points are right.
        points: of a score alone.
        comment: for the learner.
        blind: the machine's score was not in view.
    """

    attempt: int
    by: str
    kind: Kind
    points: Points | None = None
    comment: str = ""
    blind: bool = False


@dataclass(frozen=True)
class Rated:
    """A rating as it was kept, with its attempt.

    Attributes:
        asked: the call asked for.
        score, points: the machine's, 0-100.
    """

    id: int
    at: datetime
    rating: Rating
    learner: str
    name: str
    session: str
    turn: int
    asked: str
    language: str | None
    verdict: str
    score: float
    points: float


@cache
def _adapter() -> "TypeAdapter[Rating]":
    from pydantic import TypeAdapter

    return TypeAdapter(Rating)


def checked(rating: Rating) -> Rating:
    """With texts made harmless. Raises UserError for one that cannot be."""
    from pydantic import ValidationError

    rating = replace(rating, by=line(rating.by), comment=line(rating.comment))
    if not rating.by:
        raise UserError(_("say who rates: --by NAME."))
    try:
        _adapter().validate_python(rating.__dict__)
    except ValidationError as error:
        raise UserError(_("a rating has from 0 to 100 points.")) from error
    if (rating.points is not None) != (rating.kind == "score"):
        raise UserError(_("a rating has from 0 to 100 points."))
    if rating.kind == "comment" and not rating.comment:
        raise UserError(_("there is nothing to say: give points, keep the machine's, or write a comment."))
    if len(rating.comment) > LONGEST_COMMENT:
        raise UserError(_("a comment has at most {most} characters.").format(most=LONGEST_COMMENT))
    return rating


def rate(store: Store, *said: Rating) -> tuple[int, ...]:
    """Keep ratings, all or none; returns their numbers. Raises UserError for one that cannot be, whose attempt is not
    there, or that calls itself blind though its rater has seen the score."""
    wanted = [checked(rating) for rating in said]
    numbers = []
    with store.writing() as connection:
        for rating in wanted:
            if connection.execute(select(attempts.c.id).where(attempts.c.id == rating.attempt)).first() is None:
                message = _("there is no attempt {number}. `ruston desk review` lists what there is to hear.")
                raise UserError(message.format(number=rating.attempt))
            if rating.blind and _seen(connection, rating):
                message = _("{by} has seen the score of attempt {number}, so it cannot be rated blind.")
                raise UserError(message.format(by=rating.by, number=rating.attempt))
            row = {"at": datetime.now(UTC), **rating.__dict__}
            numbers.append(int(connection.execute(insert(ratings).values(**row).returning(ratings.c.id)).scalar_one()))
        judge(connection, [rating.attempt for rating in wanted])
    return tuple(numbers)


def look(store: Store, by: str, numbers: Sequence[int]) -> None:
    """Note that somebody sees the machine's scores of these attempts, once each: they rate them blind no more."""
    seen = select(ratings.c.attempt).where(ratings.c.by == by, ratings.c.blind.is_(False))
    row = {"at": datetime.now(UTC), "by": by, "kind": LOOK, "comment": "", "blind": False}
    with store.writing() as connection:
        before = set(connection.execute(seen.where(ratings.c.attempt.in_(numbers))).scalars())
        if new := [{"attempt": number, **row} for number in numbers if number not in before]:
            connection.execute(insert(ratings), new)


def seen_by(name: str) -> ColumnElement[bool]:
    """Of rows: that somebody, or the account here where nobody said who it was, has seen the machine's score."""
    return and_(
        ratings.c.blind.is_(False), or_(ratings.c.by == name, and_(ratings.c.kind == LOOK, ratings.c.by == account()))
    )


def _seen(connection: Connection, rating: Rating) -> bool:
    wanted = select(ratings.c.id).where(ratings.c.attempt == rating.attempt, seen_by(rating.by))
    return connection.execute(wanted).first() is not None


def judge(connection: Connection, numbers: Sequence[int]) -> None:
    """Note with these attempts which points count by their ratings."""
    newest = (
        select(case((ratings.c.kind == "score", ratings.c.points)))
        .where(ratings.c.attempt == attempts.c.id, ratings.c.kind.in_(("keep", "score")), ratings.c.blind.is_(False))
        .order_by(ratings.c.at.desc(), ratings.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    connection.execute(update(attempts).where(attempts.c.id.in_(numbers)).values(judged=newest))


def rated(store: Store, where: Sequence[ColumnElement[bool]] = ()) -> Iterator[Rated]:
    """All ratings in the order in which they were given, streamed; not who only looked. where: on ratings, attempts,
    learners, sessions."""
    columns = tuple(column for column in ratings.columns if column.name not in ("id", "at", "seen"))
    wanted = (
        select(
            *columns, ratings.c.id, ratings.c.at, learners.c.key.label("learner"), learners.c.name,
            sessions.c.key.label("session"), attempts.c.turn, attempts.c.asked, attempts.c.language, attempts.c.verdict,
            attempts.c.score, attempts.c.points.label("machine"),
        )
        .select_from(ratings.join(attempts).join(learners).join(sessions, sessions.c.id == attempts.c.session))
        .where(ratings.c.kind != LOOK, *where)
        .order_by(ratings.c.at, ratings.c.id)
    )  # fmt: skip
    with store.reading() as connection, closing(streamed(connection, wanted)) as rows:
        for row in rows.mappings():
            yield Rated(
                row["id"], row["at"], Rating(**{column.name: row[column.name] for column in columns}),
                points=row["machine"],
                **{name: row[name] for name in OF_ATTEMPT},
            )  # fmt: skip

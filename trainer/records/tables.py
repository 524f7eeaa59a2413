"""The tables of a store, as the newest migration leaves them (a test compares the two).

People's names are in `learners` alone, besides the event bodies (a session's plan names who sits where). An attempt
does not repeat its assessment: that is in its event, (session, seq).
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    cast,
)


class Moment(TypeDecorator[datetime]):
    """An aware date and time, kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if not isinstance(value, datetime):
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


# SQLite counts rows up by itself only in a column that is called INTEGER.
Number = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

stores = Table(
    "stores",
    metadata,
    Column("id", Text, primary_key=True),  # names this store's folder of recordings
    Column("made", Moment, nullable=False),
)

learners = Table(
    "learners",
    metadata,
    Column("id", Number, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("first", Text, nullable=False),
    Column("crew", Text),
    Column("added", Moment, nullable=False),
    Column("recordings", Boolean, nullable=False),
    Column("consented", Moment),  # when the learner last said yes or no to recordings
    Column("retention_days", Integer),
    Column("letters", Boolean),  # whether the other alphabet is shown in letters of theirs, too; NULL: never asked
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Number, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("mode", Text, nullable=False),
    Column("phase", Text),
    Column("opened", Moment, nullable=False, index=True),
    Column("ended", Moment),
    Column("why", Text),
    Column("pass_mark", Double),  # points from which a call is done
)

seats = Table(
    "seats",
    metadata,
    Column("session", Number, ForeignKey(sessions.c.id, ondelete="CASCADE"), primary_key=True),
    Column("seat", Text, primary_key=True),
    Column("learner", Number, ForeignKey(learners.c.id, ondelete="SET NULL"), index=True),  # NULL: deleted on request
)

events = Table(
    "events",
    metadata,
    Column("session", Number, ForeignKey(sessions.c.id, ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True),  # 0, 1, 2 ... without a gap
    Column("at", Double, nullable=False),  # seconds since the session was opened
    Column("kind", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),  # JSON, see packing.py
)

# As bytes, whatever a flipped bit may have made of it.
body = cast(events.c.body, LargeBinary).label("body")

attempts = Table(
    "attempts",
    metadata,
    Column("id", Number, primary_key=True),
    Column("session", Number, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("learner", Number, ForeignKey(learners.c.id, ondelete="CASCADE"), nullable=False),
    Column("seat", Text, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("asked", Text, nullable=False),
    Column("call", Text),  # NULL: nothing was said in time
    Column("language", Text),
    Column("verdict", Text, nullable=False),
    Column("score", Double, nullable=False),
    Column("points", Double, nullable=False),
    Column("late", Double, nullable=False),  # seconds
    Column("latency", Double),  # seconds from the end of speaking to the score
    Column("at", Moment, nullable=False),
    Column("recording", Text),
    Column("exact", Boolean),  # whether the figures of a readback came back; NULL: there were none
    Column("response", Double),  # seconds from the end of the prompt to the first sound
    Column("seconds", Double),  # length of the recording
    Column("completeness", Double),  # per cent of the words that were said
    Column("rate", Double),  # syllables a second, pauses left out
    Column("judged", Double),  # points by an instructor, which count instead; drawn from `ratings`
    UniqueConstraint("session", "seq"),
    ForeignKeyConstraint(["session", "seq"], [events.c.session, events.c.seq], ondelete="CASCADE"),
    Index(None, "learner", "language", "at"),
)

sounds = Table(
    "sounds",
    metadata,
    Column("attempt", Number, ForeignKey(attempts.c.id, ondelete="CASCADE"), primary_key=True),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    Column("phone", Text, nullable=False),
    Column("score", SmallInteger, nullable=False),  # 0-100; the exact one is in the event
    Column("heard", Text),  # NULL: as expected, "": left out
    sqlite_with_rowid=False,
)

memories = Table(
    "memories",
    metadata,
    Column("learner", Number, ForeignKey(learners.c.id, ondelete="CASCADE"), primary_key=True),
    Column("language", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),  # the scheduler's own JSON, see packing.py
    Column("at", Moment, nullable=False),
)

recordings = Table(
    "recordings",
    metadata,
    Column("path", Text, primary_key=True),  # inside the data folder
    Column("learner", Number, ForeignKey(learners.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("session", Number, ForeignKey(sessions.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("kept", Moment, nullable=False),
    Column("machine", Text),  # which one it lies on; NULL: kept by a program that did not note it
)

exercises = Table(
    "exercises",
    metadata,
    Column("key", Text, primary_key=True),  # random: known wherever it travels
    Column("learner", Number, ForeignKey(learners.c.id, ondelete="CASCADE"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("points", Double, nullable=False),
    Column("details", Text, nullable=False),  # JSON: numbers and short texts by name
    Index(None, "learner", "language", "at"),
)

listed = Table(  # calls that learners have put on lists of their own
    "listed",
    metadata,
    Column("learner", Number, ForeignKey(learners.c.id, ondelete="CASCADE"), primary_key=True),
    Column("call", Text, primary_key=True),
    Column("at", Moment, nullable=False),
)

machines = Table(
    "machines",
    metadata,
    Column("id", Text, primary_key=True),  # random, of the data folder
    Column("name", Text, nullable=False),
    Column("opened", Moment, nullable=False),  # when it last did what was asked of it
)

erased = Table(
    "erased",
    metadata,
    Column("mark", Text, primary_key=True),  # SHA-256 of a recording's path or a session's key, see recordings.py
    Column("at", Moment, nullable=False),
)

deletions = Table(
    "deletions",
    metadata,
    Column("id", Number, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("what", Text, nullable=False),  # JSON: numbers only, nothing of the person
)

assignments = Table(
    "assignments",
    metadata,
    Column("id", Number, primary_key=True),
    Column("learner", Number, ForeignKey(learners.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("given", Moment, nullable=False),
    Column("phases", Text, nullable=False),  # ids, a line each; none: any phase
    Column("call_ids", Text, nullable=False, server_default=""),  # a line each; none: any of the phases
    Column("mode", Text),
    Column("calls", Integer, nullable=False),  # how many different ones are to be passed
    Column("pass_mark", Double, nullable=False),
    Column("due", Moment),
    Column("withdrawn", Moment),
)

signoffs = Table(
    "signoffs",
    metadata,
    Column("id", Number, primary_key=True),
    Column("learner", Number, ForeignKey(learners.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("assignment", Number, ForeignKey(assignments.c.id, ondelete="CASCADE"), index=True),
    Column("session", Number, ForeignKey(sessions.c.id, ondelete="CASCADE"), index=True),
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("comment", Text, nullable=False),
    Column("seen", Moment),  # when the learner was shown the comment
)

LOOK = "look"  # says only that somebody has seen the machine's score

ratings = Table(
    "ratings",
    metadata,
    Column("id", Number, primary_key=True),
    Column("attempt", Number, ForeignKey(attempts.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Column("kind", Text, nullable=False),  # keep, score or comment; or LOOK
    Column("points", Double),  # of a score
    Column("comment", Text, nullable=False),
    Column("blind", Boolean, nullable=False),  # given without the machine's score in view
    Column("seen", Moment),  # when the learner was shown the comment
)

instructors = Table(
    "instructors",
    metadata,
    Column("id", Number, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("salt", LargeBinary, nullable=False),
    Column("mark", LargeBinary, nullable=False),  # scrypt of the PIN, see instructors.py
    Column("since", Moment, nullable=False),
)

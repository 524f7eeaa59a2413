"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "deletions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deletions"),
    )
    op.create_table(
        "learners",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("crew", sa.Text()),
        sa.Column("added", MOMENT, nullable=False),
        sa.Column("recordings", sa.Boolean(), nullable=False),
        sa.Column("consented", MOMENT),
        sa.Column("retention_days", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_learners"),
        sa.UniqueConstraint("key", name="uq_learners_key"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text()),
        sa.Column("opened", MOMENT, nullable=False),
        sa.Column("ended", MOMENT),
        sa.Column("why", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("key", name="uq_sessions_key"),
    )
    op.create_index("ix_sessions_opened", "sessions", ["opened"])
    op.create_table(
        "stores",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("made", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stores"),
    )
    op.create_table(
        "events",
        sa.Column("session", NUMBER, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name="fk_events_session", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("session", "seq", name="pk_events"),
    )
    op.create_table(
        "memories",
        sa.Column("learner", NUMBER, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["learner"], ["learners.id"], name="fk_memories_learner", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("learner", "language", name="pk_memories"),
    )
    op.create_table(
        "recordings",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("learner", NUMBER, nullable=False),
        sa.Column("session", NUMBER, nullable=False),
        sa.Column("kept", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["learner"], ["learners.id"], name="fk_recordings_learner", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name="fk_recordings_session", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("path", name="pk_recordings"),
    )
    op.create_index("ix_recordings_learner", "recordings", ["learner"])
    op.create_index("ix_recordings_session", "recordings", ["session"])
    op.create_table(
        "seats",
        sa.Column("session", NUMBER, nullable=False),
        sa.Column("seat", sa.Text(), nullable=False),
        sa.Column("learner", NUMBER),
        sa.ForeignKeyConstraint(["learner"], ["learners.id"], name="fk_seats_learner", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name="fk_seats_session", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("session", "seat", name="pk_seats"),
    )
    op.create_index("ix_seats_learner", "seats", ["learner"])
    op.create_table(
        "attempts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("session", NUMBER, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("learner", NUMBER, nullable=False),
        sa.Column("seat", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("call", sa.Text()),
        sa.Column("language", sa.Text()),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("late", sa.Double(), nullable=False),
        sa.Column("latency", sa.Double()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("recording", sa.Text()),
        sa.ForeignKeyConstraint(["learner"], ["learners.id"], name="fk_attempts_learner", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["session", "seq"], ["events.session", "events.seq"], name="fk_attempts_session_seq", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
        sa.UniqueConstraint("session", "seq", name="uq_attempts_session_seq"),
    )
    op.create_index("ix_attempts_learner_language_at", "attempts", ["learner", "language", "at"])
    op.create_table(
        "sounds",
        sa.Column("attempt", NUMBER, nullable=False, autoincrement=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("heard", sa.Text()),
        sa.ForeignKeyConstraint(["attempt"], ["attempts.id"], name="fk_sounds_attempt", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("attempt", "position", name="pk_sounds"),
        sqlite_with_rowid=False,
    )

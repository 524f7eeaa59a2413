"""What reports count without reading an assessment; an instructor's assignments and sign-offs."""

import json

import sqlalchemy as sa
from alembic import op

from trainer.records.packing import unpack

revision = "0003"
down_revision = "0002"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
ADDED: dict[str, sa.types.TypeEngine[float]] = {
    "response": sa.Double(),
    "seconds": sa.Double(),
    "completeness": sa.Double(),
    "rate": sa.Double(),
}


def upgrade() -> None:
    op.add_column("sessions", sa.Column("pass_mark", sa.Double()))
    for name, kind in ADDED.items():
        op.add_column("attempts", sa.Column(name, kind))
    op.create_table(
        "assignments",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("learner", NUMBER, nullable=False),
        sa.Column("given", MOMENT, nullable=False),
        sa.Column("phases", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text()),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("pass_mark", sa.Double(), nullable=False),
        sa.Column("due", MOMENT),
        sa.Column("withdrawn", MOMENT),
        sa.ForeignKeyConstraint(["learner"], ["learners.id"], name="fk_assignments_learner", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_assignments"),
    )
    op.create_index("ix_assignments_learner", "assignments", ["learner"])
    op.create_table(
        "signoffs",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("learner", NUMBER, nullable=False),
        sa.Column("assignment", NUMBER),
        sa.Column("session", NUMBER),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["learner"], ["learners.id"], name="fk_signoffs_learner", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["assignment"], ["assignments.id"], name="fk_signoffs_assignment", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name="fk_signoffs_session", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_signoffs"),
    )
    for column in ("assignment", "learner", "session"):
        op.create_index(f"ix_signoffs_{column}", "signoffs", [column])
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    """The new columns of what was recorded before, as far as the events tell; `response` stays unknown."""
    events = sa.table("events", *map(sa.column, ("session", "seq", "kind", "body")))
    sessions = sa.table("sessions", *map(sa.column, ("id", "pass_mark")))
    attempts = sa.table("attempts", *map(sa.column, ("session", "seq", *ADDED)))
    opened = sa.select(events).where(events.c.kind == "opened")
    for row in connection.execute(opened).all():
        mark = json.loads(unpack(row.body))["plan"]["pass_mark"]
        connection.execute(sa.update(sessions).where(sessions.c.id == row.session).values(pass_mark=mark))
    # Session by session, so that memory does not grow with the store.
    for session in connection.execute(sa.select(sessions.c.id)).scalars().all():
        assessed = sa.select(events).where(events.c.session == session, events.c.kind == "assessed")
        for row in connection.execute(assessed).all():
            heard = json.loads(unpack(row.body))["assessment"]
            connection.execute(
                sa.update(attempts)
                .where(attempts.c.session == session, attempts.c.seq == row.seq)
                .values(
                    seconds=heard["seconds"],
                    completeness=heard["completeness"],
                    rate=heard["fluency"]["articulation_rate"],
                )
            )

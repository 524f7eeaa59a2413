"""Which machine holds a recording, and what was deleted for good; numbers that nothing can have are kept no longer."""

import sqlalchemy as sa
from alembic import op

from trainer.drill.events import from_json
from trainer.records.packing import unpack

revision = "0004"
down_revision = "0003"

POSSIBLE = {"latency": 1e9, "response": 1e9, "seconds": 1e9, "completeness": 100.0, "rate": 1e6}
NEEDED = {"score": 100.0, "points": 100.0, "late": 1e9}


def upgrade() -> None:
    op.create_table(
        "machines",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("opened", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_machines"),
    )
    op.create_table(
        "erased",
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_erased"),
    )
    op.add_column("recordings", sa.Column("machine", sa.Text()))
    attempts = sa.table("attempts", *(sa.column(name, sa.Double()) for name in (*POSSIBLE, *NEEDED)))
    for name, most in {**POSSIBLE, **NEEDED}.items():
        column = attempts.c[name]
        wrong = sa.not_(column.between(0, most))
        right = sa.null() if name in POSSIBLE else sa.case((column > most, most), else_=0.0)
        op.execute(attempts.update().where(wrong).values({name: right}))
    _mark_unreadable()


def _mark_unreadable() -> None:
    """Assessments with such numbers are passed over by whoever reads many of them."""
    connection = op.get_bind()
    events = sa.table(
        "events", sa.column("session"), sa.column("seq"), sa.column("kind"), sa.column("body", sa.LargeBinary())
    )
    keys = connection.execute(sa.select(events.c.session, events.c.seq).where(events.c.kind == "assessed")).all()
    for session, seq in keys:
        this = sa.and_(events.c.session == session, events.c.seq == seq)
        body = connection.execute(sa.select(sa.cast(events.c.body, sa.LargeBinary)).where(this)).scalar_one()
        try:
            from_json(unpack(body))
        except ValueError:
            connection.execute(events.update().where(this).values(kind="unreadable"))

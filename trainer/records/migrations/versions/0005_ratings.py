"""What instructors say of single attempts; assignments of single calls; which comments a learner has seen."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("attempts", sa.Column("judged", sa.Double()))
    op.add_column("assignments", sa.Column("call_ids", sa.Text(), server_default="", nullable=False))
    op.add_column("signoffs", sa.Column("seen", sa.DateTime(timezone=True)))
    op.create_table(
        "ratings",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("attempt", NUMBER, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("points", sa.Double()),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["attempt"], ["attempts.id"], name="fk_ratings_attempt", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_ratings"),
    )
    op.create_index("ix_ratings_attempt", "ratings", ["attempt"])

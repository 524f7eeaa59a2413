"""Whether a learner sees the other alphabet in letters of their own, and which calls are on their own list."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("learners", sa.Column("letters", sa.Boolean()))
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "listed",
        sa.Column("learner", number, nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["learner"], ["learners.id"], name="fk_listed_learner", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("learner", "call", name="pk_listed"),
    )

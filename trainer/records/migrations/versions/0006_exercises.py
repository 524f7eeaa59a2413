"""What is trained beside calls: ear, mouth, melody."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "exercises",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("learner", NUMBER, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["learner"], ["learners.id"], name="fk_exercises_learner", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name="pk_exercises"),
    )
    op.create_index("ix_exercises_learner_language_at", "exercises", ["learner", "language", "at"])

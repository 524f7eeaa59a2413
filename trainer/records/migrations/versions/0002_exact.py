"""Whether the figures of a readback came back exactly."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("attempts", sa.Column("exact", sa.Boolean()))

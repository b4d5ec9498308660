"""What the operator was told already."""

import sqlalchemy as sa
from alembic import op

from newsletter.storage.column_types import Moment

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "alert",
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("told_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("publication", "digest", name=op.f("pk_alert")),
    )

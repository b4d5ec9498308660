"""What readers were given: the editions that were frozen, and the no-repeat ledger."""

import sqlalchemy as sa
from alembic import op

from newsletter.storage.column_types import Moment

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "frozen_edition",
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("edition", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("used_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("publication", "edition", name=op.f("pk_frozen_edition")),
    )
    op.create_table(
        "used",
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("edition", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("used_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("publication", "edition", "number", name=op.f("pk_used")),
    )

"""Who approved which message of an edition."""

import sqlalchemy as sa
from alembic import op

from newsletter.storage.column_types import BigId, Moment

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "approval",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("edition", sa.Date(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", Moment, nullable=False),
        sa.Column("withdrawn_at", Moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_index("ix_approval_edition", "approval", ["publication", "edition"])

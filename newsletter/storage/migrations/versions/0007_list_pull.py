"""How far the provider's suppression lists were read."""

import sqlalchemy as sa
from alembic import op

from newsletter.storage.column_types import Moment

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "list_pull",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("tried_at", Moment, nullable=True),
        sa.Column("read_until", Moment, nullable=True),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_list_pull")),
    )

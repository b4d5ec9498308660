"""A former address stays on its list, and points to whom it was of."""

import sqlalchemy as sa
from alembic import op

from newsletter.storage.column_types import BigId

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Add the column and its index."""
    op.add_column("subscriber", sa.Column("moved_to", BigId))
    moved = sa.text("moved_to IS NOT NULL")
    named = "ix_subscriber_moved_to", "subscriber", ["moved_to"]
    op.create_index(*named, sqlite_where=moved, postgresql_where=moved)

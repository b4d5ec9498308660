"""Batches in the order in which they are claimed, and by where they begin."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Change the tables."""
    op.drop_index("ix_batch_state", "batch")
    op.create_index("ix_batch_next", "batch", ["send_id", "state", "depth", "number"])
    op.create_index("ix_batch_first", "batch", ["send_id", "first"])

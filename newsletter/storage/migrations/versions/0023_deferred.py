"""Batches of people whom a mail server asked to try later have a moment of their own."""

import sqlalchemy as sa
from alembic import op

from newsletter.storage.column_types import Moment

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Change the tables."""
    op.add_column("batch", sa.Column("again_at", Moment(), nullable=True))
    op.add_column("batch", sa.Column("give_up_at", Moment(), nullable=True))
    tries = sa.Column("tries", sa.Integer(), nullable=False, server_default="0")
    op.add_column("batch", tries)
    has_moment = sa.text("give_up_at IS NOT NULL")
    op.create_index(
        op.f("ix_batch_give_up"),
        "batch",
        ["send_id", "give_up_at"],
        sqlite_where=has_moment,
        postgresql_where=has_moment,
    )

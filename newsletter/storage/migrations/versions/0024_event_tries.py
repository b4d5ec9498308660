"""How often a post of events was tried, so that one that fails never stops those behind it."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Change the tables."""
    op.add_column(
        "event_post", sa.Column("tries", sa.Integer(), nullable=False, server_default="0")
    )

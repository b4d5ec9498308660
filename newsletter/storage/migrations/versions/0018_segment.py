"""The segment a send was frozen for."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Change the tables."""
    op.add_column("send", sa.Column("segment", sa.Text, nullable=False, server_default=""))

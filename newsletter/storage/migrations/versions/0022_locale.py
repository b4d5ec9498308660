"""The language a subscriber reads, as a BCP 47 tag."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Change the tables."""
    op.add_column("subscriber", sa.Column("locale", sa.Text(), nullable=True))

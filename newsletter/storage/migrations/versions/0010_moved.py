"""How often in a row an address of the web led elsewhere for good."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Change the tables."""
    with op.batch_alter_table("fetched", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moved", sa.Integer(), server_default="0", nullable=False))

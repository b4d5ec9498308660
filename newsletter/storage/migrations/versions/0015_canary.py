"""A wave that goes first, and is judged before the others follow."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Change the tables."""
    with op.batch_alter_table("wave", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("canary", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

"""What is reported of a send may pause it, each kind once."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Change the tables."""
    with op.batch_alter_table("send", schema=None) as batch_op:
        batch_op.add_column(sa.Column("alarms", sa.Text(), server_default="", nullable=False))

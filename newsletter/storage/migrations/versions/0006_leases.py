"""A lease on each claimed batch: several senders may share a send."""

import sqlalchemy as sa
from alembic import op

from newsletter.storage.column_types import Moment

revision = "0006"
down_revision = "0004"


def upgrade() -> None:
    """Change the tables."""
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lease_until", Moment, nullable=True))

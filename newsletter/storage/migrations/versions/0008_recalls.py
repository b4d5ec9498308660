"""What is handed over ahead of its moment: when it goes, and by which id it is recalled."""

import sqlalchemy as sa
from alembic import op

from newsletter.storage.column_types import Moment

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Change the tables."""
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("went_at", Moment, nullable=True))
        batch_op.add_column(sa.Column("send_at", Moment, nullable=True))
        batch_op.add_column(sa.Column("recall_id", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("recall_asked_at", Moment, nullable=True))
        batch_op.add_column(sa.Column("recall_forgotten_at", Moment, nullable=True))
    asked = sa.text("recall_asked_at IS NOT NULL")
    op.create_index(
        "ix_attempt_recall", "attempt", ["send_at"], sqlite_where=asked, postgresql_where=asked
    )

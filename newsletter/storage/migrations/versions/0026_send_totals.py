"""What an audit needs of a send whose recipients are no longer kept."""

import sqlalchemy as sa
from alembic import op

from newsletter.storage.column_types import BigId, Moment

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "send_total",
        sa.Column("send_id", BigId, nullable=False),
        sa.Column("lowest", BigId, nullable=False),
        sa.Column("highest", BigId, nullable=False),
        sa.Column("removed", BigId, nullable=False),
        sa.Column("reported", sa.JSON(), nullable=False),
        sa.Column("feedback", sa.JSON(), nullable=False),
        sa.Column("begun_at", Moment, nullable=False),
        sa.Column("ended_at", Moment),
        sa.ForeignKeyConstraint(["send_id"], ["send.id"], name=op.f("fk_send_total_send")),
        sa.PrimaryKeyConstraint("send_id", name=op.f("pk_send_total")),
    )
    op.create_index(op.f("ix_event_received_at"), "event", ["received_at"])

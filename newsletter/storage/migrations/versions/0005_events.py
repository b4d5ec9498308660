"""The provider's events: posts as they came, events, and what they say of each recipient."""

import sqlalchemy as sa
from alembic import op

from newsletter.storage.column_types import BigId, Moment

revision = "0005"
down_revision = "0003"


def upgrade() -> None:
    """Change the tables."""
    op.add_column("attempt", sa.Column("proven_at", Moment, nullable=True))
    op.create_table(
        "event_post",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_post")),
    )
    op.create_table(
        "event",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("canonical", sa.Text(), nullable=True),
        sa.Column("attempt_id", sa.Text(), nullable=True),
        sa.Column("send_id", BigId, nullable=True),
        sa.Column("position", BigId, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("received_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_event")),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_event_id")),
    )
    op.create_index(op.f("ix_event_canonical"), "event", ["canonical"])
    op.create_table(
        "recipient_report",
        sa.Column("send_id", BigId, nullable=False),
        sa.Column("position", BigId, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["send_id"], ["send.id"], name=op.f("fk_recipient_report_send")),
        sa.PrimaryKeyConstraint("send_id", "position", name=op.f("pk_recipient_report")),
        sqlite_with_rowid=False,
    )

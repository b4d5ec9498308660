"""Corrections of a send: which message replaced which, when, and the note that says why."""

import sqlalchemy as sa
from alembic import op

from newsletter.storage.column_types import BigId, Moment

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "correction",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("send_id", BigId, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["message.digest"], name=op.f("fk_correction_message")),
        sa.ForeignKeyConstraint(["send_id"], ["send.id"], name=op.f("fk_correction_send")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_send_id"), "correction", ["send_id"])

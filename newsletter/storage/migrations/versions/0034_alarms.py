"""Alarms with their episodes in place of told sentences, heartbeats, and proofs by mail."""

import sqlalchemy as sa
from alembic import op

from newsletter.storage.column_types import Key, Moment

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Change the tables."""
    op.drop_table("alert")
    op.create_table(
        "alarm",
        sa.Column("publication", Key, nullable=False),
        sa.Column("kind", Key, nullable=False),
        sa.Column("key", Key, nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("begun_at", Moment, nullable=False),
        sa.Column("seen_at", Moment, nullable=False),
        sa.Column("told_at", Moment),
        sa.Column("tellings", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("solved_at", Moment),
        sa.Column("told_solved", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("publication", "kind", "key", name=op.f("pk_alarm")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("publication", Key, nullable=False),
        sa.Column("edition", sa.Date(), nullable=False),
        sa.Column("signal", sa.Text(), nullable=False),
        sa.Column("arrived", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("publication", "edition", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "proof_mail",
        sa.Column("publication", Key, nullable=False),
        sa.Column("edition", sa.Date(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("link", Key, nullable=False),
        sa.Column("mailed_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("publication", "edition", name=op.f("pk_proof_mail")),
        sa.UniqueConstraint("link", name=op.f("uq_proof_mail_link")),
    )

"""Mails to one person each, as they wait and as they went."""

import sqlalchemy as sa
from alembic import op

from newsletter.storage.column_types import BigId, Key, Moment

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "single_mail",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("publication", Key, nullable=False),
        sa.Column("kind", Key, nullable=False),
        sa.Column("key", Key, nullable=False),
        sa.Column("canonical", Key, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("greeting", sa.Text(), server_default="", nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("subscriber_id", BigId),
        sa.Column("send_id", BigId),
        sa.Column("digest", sa.Text()),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("again_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempt_id", sa.Text()),
        sa.Column("owner", sa.Text()),
        sa.Column("lease_until", Moment),
        sa.Column("provider_id", sa.Text()),
        sa.Column("status", sa.Integer()),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("ended_at", Moment),
        sa.Column("looked_up_at", Moment),
        sa.ForeignKeyConstraint(["send_id"], ["send.id"], name=op.f("fk_single_mail_send")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_single_mail")),
        sa.UniqueConstraint("publication", "kind", "key", name=op.f("uq_single_mail_publication")),
    )
    op.create_index(op.f("ix_single_mail_canonical"), "single_mail", ["canonical"])
    op.create_index("ix_single_mail_next", "single_mail", ["publication", "state"])
    partly = {
        "ix_single_mail_attempt": (["attempt_id"], "attempt_id IS NOT NULL"),
        "uq_single_mail_copy": (
            ["send_id", "subscriber_id"],
            "send_id IS NOT NULL AND state NOT IN ('skipped', 'refused', 'expired')",
        ),
    }
    for name, (columns, condition) in partly.items():
        where = sa.text(condition)
        op.create_index(
            name,
            "single_mail",
            columns,
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )
    op.create_table(
        "freeze_gate",
        sa.Column("publication", Key, nullable=False),
        sa.PrimaryKeyConstraint("publication", name=op.f("pk_freeze_gate")),
    )

"""The table of single mails: beside `tables`, and as tables of its own made by a migration."""

from __future__ import annotations

import sqlalchemy as sa

from newsletter.storage.column_types import BigId, Key, Moment
from newsletter.storage.tables import metadata

single_mail = sa.Table(
    "single_mail",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("publication", Key, nullable=False),
    sa.Column("kind", Key, nullable=False),
    sa.Column("key", Key, nullable=False),
    sa.Column("canonical", Key, nullable=False, index=True),
    sa.Column("address", sa.Text, nullable=False),
    # Gone once the mail has ended: nobody reads them any more, and they hold links.
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("html", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("greeting", sa.Text, nullable=False, server_default=""),
    sa.Column("headers", sa.JSON, nullable=False),
    sa.Column("subscriber_id", BigId),
    sa.Column("send_id", BigId, sa.ForeignKey("send.id")),  # whose message it carries
    sa.Column("digest", sa.Text),  # of that message, as it was handed over
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("again_at", Moment, nullable=False),  # not tried before
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("attempt_id", sa.Text),  # the latest attempt
    sa.Column("owner", sa.Text),  # who has it claimed, and until when that holds
    sa.Column("lease_until", Moment),
    sa.Column("provider_id", sa.Text),
    sa.Column("status", sa.Integer),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("ended_at", Moment),
    sa.Column("looked_up_at", Moment),  # when the provider was last asked about a doubt
    sa.UniqueConstraint("publication", "kind", "key"),
)
sa.Index("ix_single_mail_next", single_mail.c.publication, single_mail.c.state)
sa.Index(
    "ix_single_mail_attempt",
    single_mail.c.attempt_id,
    unique=True,
    sqlite_where=single_mail.c.attempt_id.is_not(None),
    postgresql_where=single_mail.c.attempt_id.is_not(None),
)
# Nobody has two copies of an edition, whatever led to them; one that never went is none.
COUNTS = single_mail.c.send_id.is_not(None) & single_mail.c.state.not_in(
    ("skipped", "refused", "expired")
)
sa.Index(
    "uq_single_mail_copy",
    single_mail.c.send_id,
    single_mail.c.subscriber_id,
    unique=True,
    sqlite_where=COUNTS,
    postgresql_where=COUNTS,
)

# Without rows. Who joins a list and who freezes an audience wait for each other at it, where a
# database lets two transactions write at once (`sends.joining`).
freeze_gate = sa.Table("freeze_gate", metadata, sa.Column("publication", Key, primary_key=True))

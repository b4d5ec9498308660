"""The tables, as SQLAlchemy Core. Migrations build them; a test holds the two together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite keeps it without its zone, in the same order."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse naive moments; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give an aware UTC moment back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key() -> sa.Column[Any]:
    return sa.Column("id", BigId, primary_key=True, autoincrement=True)


# --- subscribers -------------------------------------------------------------------------------

subscriber = sa.Table(
    "subscriber",
    metadata,
    _key(),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("canonical", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False, server_default=""),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("token", sa.Text, nullable=False, unique=True),
    sa.Column("zone", sa.Text),
    sa.Column("attributes", sa.JSON, nullable=False, server_default="{}"),
    sa.Column("import_id", BigId),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
)

state_change = sa.Table(
    "state_change",
    metadata,
    _key(),
    sa.Column("subscriber_id", BigId, sa.ForeignKey("subscriber.id"), nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("from_state", sa.Text),  # null: the subscriber was added
    sa.Column("to_state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
)

consent = sa.Table(
    "consent",
    metadata,
    _key(),
    sa.Column("subscriber_id", BigId, sa.ForeignKey("subscriber.id"), nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("how", sa.Text, nullable=False),  # "import", "operator", later "form"
    sa.Column("text", sa.Text, nullable=False),  # by which words, or from which file and line
)

suppression = sa.Table(
    "suppression",
    metadata,
    sa.Column("canonical", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

import_run = sa.Table(
    "import_run",
    metadata,
    _key(),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("counts", sa.JSON, nullable=False),
)

# --- delivery ----------------------------------------------------------------------------------

message = sa.Table(
    "message",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("preheader", sa.Text, nullable=False),
    sa.Column("html", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("fields", sa.JSON, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
)

send = sa.Table(
    "send",
    metadata,
    _key(),
    sa.Column("publication", sa.Text, nullable=False),
    sa.Column("edition", sa.Date, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, sa.ForeignKey("message.digest"), nullable=False),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("recipients", BigId, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("completed_at", Moment),
    sa.Column("owner", sa.Text),
    sa.Column("lease_until", Moment),
    sa.Column("paused_until", Moment),
)
# The edition is the key: cron twice, two hosts, a hand-run beside the daemon are one send.
sa.Index(
    "uq_send_edition",
    send.c.publication,
    send.c.edition,
    unique=True,
    sqlite_where=send.c.kind == "edition",
    postgresql_where=send.c.kind == "edition",
)

wave = sa.Table(
    "wave",
    metadata,
    sa.Column("send_id", BigId, sa.ForeignKey("send.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("due_at", Moment, nullable=False),
)

batch = sa.Table(
    "batch",
    metadata,
    sa.Column("send_id", BigId, sa.ForeignKey("send.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("wave", sa.Integer, nullable=False),
    sa.Column("first", BigId, nullable=False),  # positions, both ends included
    sa.Column("last", BigId, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("depth", sa.Integer, nullable=False, server_default="0"),  # how often it was halved
    sa.Column("attempt_id", sa.Text),  # the latest attempt
    sa.Column("owner", sa.Text),
)
sa.Index("ix_batch_state", batch.c.send_id, batch.c.state, batch.c.number)

attempt = sa.Table(
    "attempt",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("send_id", BigId, sa.ForeignKey("send.id"), nullable=False),
    sa.Column("batch", sa.Integer, nullable=False),
    sa.Column("digest", sa.Text, sa.ForeignKey("message.digest"), nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # claimed, submitted, uncertain, released, …
    sa.Column("provider_id", sa.Text),
    sa.Column("status", sa.Integer),
    sa.Column("reason", sa.Text),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
)
sa.Index("ix_attempt_batch", attempt.c.send_id, attempt.c.batch)

recipient = sa.Table(
    "recipient",
    metadata,
    sa.Column("send_id", BigId, sa.ForeignKey("send.id"), primary_key=True),
    sa.Column("position", BigId, primary_key=True),  # 1 … n without gaps
    sa.Column("subscriber_id", BigId, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    # Null: what its batch says. Else "skipped" or "refused", for good, with the reason.
    sa.Column("outcome", sa.Text),
    sa.Column("reason", sa.Text),
    sqlite_with_rowid=False,
)
sa.Index(
    "ix_recipient_outcome",
    recipient.c.send_id,
    recipient.c.outcome,
    sqlite_where=recipient.c.outcome.is_not(None),
    postgresql_where=recipient.c.outcome.is_not(None),
)

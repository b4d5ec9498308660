"""Recipients, reports and events in partitions on PostgreSQL; what is there becomes the first.

No row is copied, but for events of no moment or one that is still to come. Each table is read once
while it is attached, and the key of events is indexed anew, byte by byte.
"""

import sqlalchemy as sa
from alembic import op

from newsletter.storage.partitions import bounds, catalog

revision = "0040"
down_revision = "0039"

_LOWEST = "00000001"  # keys of events without a moment begin with zeros


def upgrade() -> None:
    """Change the tables; those of SQLite stay as they are."""
    if op.get_bind().dialect.name != "postgresql":
        return
    end = op.get_bind().scalar(sa.text("SELECT coalesce(max(id), 0) + 1 FROM send"))
    _set_apart("recipient", indexes=["ix_recipient_outcome"])
    _make("recipient", "send_id", "position")
    is_left_out = sa.text("outcome IS NOT NULL")
    named = "ix_recipient_outcome", "recipient", ["send_id", "outcome"]
    op.create_index(*named, postgresql_where=is_left_out)
    _attach("recipient", "MINVALUE", str(end))

    foreign = "fk_recipient_report_send"
    _set_apart("recipient_report", foreign)
    _make("recipient_report", "send_id", "position")
    op.create_foreign_key(foreign, "recipient_report", "send", ["send_id"], ["id"])
    _attach("recipient_report", "MINVALUE", str(end))

    indexes = ["ix_event_canonical", "ix_event_received_at"]
    _set_apart("event", "uq_event_event_id", indexes=indexes)
    op.execute('ALTER TABLE event_first ALTER COLUMN key TYPE text COLLATE "C"')
    _make("event", "key")
    op.create_index("ix_event_canonical", "event", ["canonical"])
    op.create_index("ix_event_received_at", "event", ["received_at"])
    op.execute("CREATE UNIQUE INDEX ON event_rest (event_id)")
    month = bounds.month_of(op.get_bind().scalar(sa.text("SELECT now()")))
    high = bounds.key_of(bounds.next_month(month))
    op.execute(
        f"WITH odd AS (DELETE FROM event_first WHERE key < '{_LOWEST}' OR key >= '{high}'"  # noqa: S608  # ours
        " RETURNING *) INSERT INTO event_rest SELECT * FROM odd"
    )
    _attach("event", f"'{_LOWEST}'", f"'{high}'")


def _set_apart(table: str, *constraints: str, indexes: list[str] | None = None) -> None:
    """Let a table's names free for the one it will be a part of."""
    first = f"{table}_first"
    op.rename_table(table, first)
    for name in constraints:
        op.execute(f"ALTER TABLE {first} RENAME CONSTRAINT {name} TO {name}_first")
    for name in indexes or []:
        op.execute(f"ALTER INDEX {name} RENAME TO {name}_first")
    op.execute(f"ALTER TABLE {first} RENAME CONSTRAINT pk_{table} TO {first}_pkey")


def _make(table: str, *keys: str) -> None:
    """Make the whole, with the rights of what was there, and a part for whatever else comes."""
    first, rest = f"{table}_first", f"{table}_rest"
    like = f"LIKE {first} INCLUDING DEFAULTS"
    op.execute(f"CREATE TABLE {table} ({like}) PARTITION BY RANGE ({keys[0]})")
    op.create_primary_key(f"pk_{table}", table, list(keys))
    op.execute(f"CREATE TABLE {rest} PARTITION OF {table} DEFAULT")
    for new in (table, rest):
        catalog.copy_rights(op.get_bind(), source=first, to=new)


def _attach(table: str, low: str, high: str) -> None:
    bound = f"FOR VALUES FROM ({low}) TO ({high})"
    op.execute(f"ALTER TABLE {table} ATTACH PARTITION {table}_first {bound}")

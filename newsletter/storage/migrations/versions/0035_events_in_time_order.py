"""Keys and ids of events begin with their second: those of a post lie together in the index."""

from alembic import op

revision = "0035"
down_revision = "0034"

# As the reader of SendGrid's events writes them, so that a report that comes again is known.
_SECONDS = {
    "sqlite": "printf('%08x', CAST(strftime('%s', at) AS INTEGER))",
    "postgresql": "lpad(to_hex(extract(epoch FROM at)::bigint), 8, '0')",
}


def upgrade() -> None:
    """Write the second in front of what is there."""
    second = _SECONDS[op.get_bind().dialect.name]
    key, event_id = f"{second} || substr(key, 1, 24)", f"{second} || '-' || event_id"
    op.execute(f"UPDATE event SET key = {key}, event_id = {event_id}")  # noqa: S608  # ours

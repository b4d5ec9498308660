"""A date has one send of each kind: its edition, and the digest of its week."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

_ONCE = sa.text("kind IN ('edition', 'weekly')")


def upgrade() -> None:
    """Change the tables."""
    op.drop_index("uq_send_edition", table_name="send")
    op.create_index(
        "uq_send_edition",
        "send",
        ["publication", "edition", "kind"],
        unique=True,
        sqlite_where=_ONCE,
        postgresql_where=_ONCE,
    )

"""Find who was suppressed since a moment without reading all suppressions."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Change the tables."""
    op.create_index(op.f("ix_suppression_at"), "suppression", ["at"])

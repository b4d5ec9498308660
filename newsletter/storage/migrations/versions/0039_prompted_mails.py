"""Mails that forms led to are found by their address, whatever else was written meanwhile."""

from alembic import op

revision = "0039"
down_revision = "0036"
_NAME, _TABLE = "ix_prompted_mail_canonical", "prompted_mail"


def upgrade() -> None:
    """Change the index."""
    op.drop_index(_NAME, _TABLE)
    # SQLite takes the index that more of a question's columns are in: it has to be this one, and
    # not the one by moment, where the mails of a whole flood are.
    op.create_index(_NAME, _TABLE, ["canonical", "publication", "purpose", "at"])

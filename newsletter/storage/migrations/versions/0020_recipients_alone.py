"""Recipients without a foreign key to their send, looked up for every one of them.

A freeze writes both in one transaction, and no send is ever deleted.
"""

import sqlalchemy as sa
from alembic import op

from newsletter.storage.column_types import BigId

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Change the tables."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("fk_recipient_send", "recipient", type_="foreignkey")
        return
    # SQLite drops no constraint: the table is written anew.
    op.drop_index("ix_recipient_outcome", "recipient")
    op.rename_table("recipient", "recipient_before")
    op.create_table(
        "recipient",
        sa.Column("send_id", BigId, nullable=False),
        sa.Column("position", BigId, nullable=False),
        sa.Column("subscriber_id", BigId, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("send_id", "position", name=op.f("pk_recipient")),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO recipient SELECT * FROM recipient_before ORDER BY send_id, position")
    op.drop_table("recipient_before")
    op.create_index(
        "ix_recipient_outcome",
        "recipient",
        ["send_id", "outcome"],
        sqlite_where=sa.text("outcome IS NOT NULL"),
    )

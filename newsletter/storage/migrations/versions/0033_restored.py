"""What a database knows of having been restored, and an operator's word for its editions."""

import sqlalchemy as sa
from alembic import op

from newsletter.storage.column_types import BigId, Key, Moment

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Change the tables; of a database that is being restored the first is there already."""
    if not sa.inspect(op.get_bind()).has_table("restoration"):
        op.create_table(
            "restoration",
            sa.Column("id", BigId, nullable=False, autoincrement=True),
            sa.Column("taken_at", Moment, nullable=False),
            sa.Column("restored_at", Moment),
            sa.Column("backup_id", Key, server_default="", nullable=False),
            sa.Column("folder_kept", sa.Boolean(), server_default=sa.false(), nullable=False),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_restoration")),
        )
    op.create_table(
        "edition_word",
        sa.Column("publication", Key, nullable=False),
        sa.Column("edition", sa.Date(), nullable=False),
        sa.Column("went_out", sa.Boolean(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("publication", "edition", name=op.f("pk_edition_word")),
    )

"""Imports in steps that can be undone; how often a subscriber wants the brief."""

import sqlalchemy as sa
from alembic import op

from newsletter.storage.column_types import BigId, Moment

revision = "0004"
down_revision = "0005"


def upgrade() -> None:
    """Change the tables."""
    op.add_column(
        "subscriber", sa.Column("frequency", sa.Text(), server_default="daily", nullable=False)
    )
    op.add_column("subscriber", sa.Column("paused_until", sa.Date(), nullable=True))
    op.add_column(
        "import_run", sa.Column("state", sa.Text(), server_default="done", nullable=False)
    )
    op.add_column("import_run", sa.Column("reached", BigId, server_default="0", nullable=False))
    op.add_column("import_run", sa.Column("options", sa.Text(), server_default="", nullable=False))
    op.add_column("import_run", sa.Column("finished_at", Moment, nullable=True))
    op.add_column("import_run", sa.Column("undone_at", Moment, nullable=True))
    op.create_table(
        "import_change",
        sa.Column("import_id", BigId, nullable=False),
        sa.Column("subscriber_id", BigId, nullable=False),
        sa.Column("line", BigId, nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import_run.id"], name=op.f("fk_import_change_import_run")
        ),
        sa.PrimaryKeyConstraint("import_id", "subscriber_id", name=op.f("pk_import_change")),
    )

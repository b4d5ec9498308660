"""The line of the file with which an import added a subscriber."""

import sqlalchemy as sa
from alembic import op

from newsletter.storage.column_types import BigId

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Change the tables."""
    op.add_column("subscriber", sa.Column("import_line", BigId, nullable=True))

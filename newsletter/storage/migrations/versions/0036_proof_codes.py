"""The code of a proof: used once, tried seldom, and known still when an edit replaced it."""

import sqlalchemy as sa
from alembic import op

from newsletter.storage.column_types import Moment

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Change the table."""
    op.add_column("proof_mail", sa.Column("used_at", Moment))
    op.add_column(
        "proof_mail", sa.Column("tries", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("proof_mail", sa.Column("tried_at", Moment))
    op.add_column("proof_mail", sa.Column("replaced", sa.Text(), nullable=False, server_default=""))

"""What an import says of everybody it adds is kept once, what it says of one person beside them.

Addresses and tokens are compared byte by byte on PostgreSQL: they are keys, not words of a
language, and comparing them by one's rules made each insert half as dear again.
"""

import sqlalchemy as sa
from alembic import op

from newsletter.storage.column_types import Moment

revision = "0021"
down_revision = "0020"

_CONSENT = {
    "sqlite": "json_extract(options, '$.consent')",
    "postgresql": "CAST(options AS json) ->> 'consent'",
}
_KEYS = (("subscriber", "canonical"), ("subscriber", "token"), ("suppression", "canonical"))


def upgrade() -> None:
    """Change the tables."""
    words = sa.Column("consent", sa.Text(), nullable=False, server_default="")
    op.add_column("import_run", words)
    op.add_column("subscriber", sa.Column("signed_up", Moment(), nullable=True))
    evidence = sa.Column("evidence", sa.Text(), nullable=False, server_default="")
    op.add_column("subscriber", evidence)
    dialect = op.get_bind().dialect.name
    # An import that was begun before goes on with the words it was begun with.
    words_before = f"coalesce({_CONSENT[dialect]}, '')"
    op.execute(f"UPDATE import_run SET consent = {words_before} WHERE options LIKE '{{%'")  # noqa: S608
    if dialect == "postgresql":
        for table, column in _KEYS:
            op.execute(f'ALTER TABLE {table} ALTER COLUMN {column} TYPE text COLLATE "C"')

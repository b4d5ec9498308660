"""The archive's table, and the index of its words, which each database keeps in its own way.

SQLite has the words in an FTS5 table, PostgreSQL in a table of vectors with a GIN index. Both are
called `archive_word` and are made by the migration alone: no table of SQLAlchemy's describes them.
"""

from __future__ import annotations

import sqlalchemy as sa

from newsletter.storage.column_types import BigId, Moment
from newsletter.storage.tables import metadata

archived = sa.Table(
    "archived",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("publication", sa.Text, nullable=False),
    sa.Column("edition", sa.Date, nullable=False),
    sa.Column("headline", sa.Text, nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
    sa.Column("picture", sa.JSON(none_as_null=True)),  # of the lead story: url, alt, width, height
    sa.Column("sent_at", Moment, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    # Everything below the headline, on one line; the longest stands last, past what lists read.
    sa.Column("text", sa.Text, nullable=False),
    sa.UniqueConstraint("publication", "edition"),
)

WORDS = "archive_word"
"""What the index is called; on SQLite its own tables begin with it too."""

word_of_sqlite = sa.table(WORDS, sa.column("rowid", sa.Integer), sa.column("words", sa.Text))
word_of_postgresql = sa.table(WORDS, sa.column("archived_id", BigId), sa.column("words"))

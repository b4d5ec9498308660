"""The archive's tables, and what writes them when an edition is frozen or corrected.

The words of an edition are kept as each database indexes them: in an FTS5 table of SQLite, in a
table of vectors with a GIN index of PostgreSQL. Both are called `archive_word` and are made by the
migration alone: no table of SQLAlchemy's describes them.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.content.archiving import entry_of
from newsletter.content.searching import index_of
from newsletter.core.model.archive import ArchiveEntry
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


def write(
    connection: Connection, publication: str, day: date, content: str, *, now: datetime
) -> None:
    """List an edition with the words of its file, for the first time or anew."""
    entry = entry_of(content)
    values = _values(entry) | {"changed_at": now}
    known = connection.scalar(
        sa.select(archived.c.id).where(
            archived.c.publication == publication, archived.c.edition == day
        )
    )
    if known is None:
        place = {"publication": publication, "edition": day, "sent_at": now}
        insert = sa.insert(archived).values(values | place).returning(archived.c.id)
        known = connection.scalar(insert)
    else:
        connection.execute(sa.update(archived).where(archived.c.id == known).values(values))
    _index(connection, known, entry)


def _values(entry: ArchiveEntry) -> dict[str, Any]:
    picture = asdict(entry.picture) if entry.picture else None
    return {
        "headline": entry.headline,
        "summary": entry.summary,
        "text": entry.text,
        "picture": picture,
    }


def _index(connection: Connection, archived_id: Any, entry: ArchiveEntry) -> None:
    """Replace the words an edition is found by."""
    words = index_of(f"{entry.headline} {entry.text}")
    if connection.dialect.name == "sqlite":
        table, key = word_of_sqlite, word_of_sqlite.c.rowid
        value: Any = words
    else:
        table, key = word_of_postgresql, word_of_postgresql.c.archived_id
        value = sa.func.to_tsvector(sa.literal_column("'simple'"), words)
    connection.execute(sa.delete(table).where(key == archived_id))
    connection.execute(sa.insert(table).values({key.name: archived_id, "words": value}))

"""The archive of what was sent, filled from the editions that were frozen, and its words."""

from dataclasses import asdict

import sqlalchemy as sa
from alembic import op

from newsletter.content.archiving import entry_of
from newsletter.content.searching import index_of
from newsletter.storage.column_types import BigId, Moment

revision = "0031"
down_revision = "0028"


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "archived",
        sa.Column("id", BigId, nullable=False, autoincrement=True),
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("edition", sa.Date(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("picture", sa.JSON(none_as_null=True)),
        sa.Column("sent_at", Moment, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archived")),
        sa.UniqueConstraint("publication", "edition", name=op.f("uq_archived_publication")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE archive_word USING fts5(words, tokenize = 'ascii')")
    else:
        op.execute(
            "CREATE TABLE archive_word (archived_id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)"
        )
        op.execute("CREATE INDEX ix_archive_word ON archive_word USING gin (words)")
    _fill()


def _fill() -> None:
    """List what was sent before there was an archive; later releases may list it otherwise."""
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    index = _WORDS_OF_SQLITE if is_sqlite else _WORDS_OF_POSTGRESQL
    for row in connection.execute(sa.select(_FROZEN).order_by(_FROZEN.c.edition)).all():
        entry = entry_of(row.content)
        values = {
            "publication": row.publication,
            "edition": row.edition,
            "headline": entry.headline,
            "summary": entry.summary,
            "text": entry.text,
            "picture": asdict(entry.picture) if entry.picture else None,
            "sent_at": row.used_at,
            "changed_at": row.used_at,
        }
        number = connection.scalar(sa.insert(_ARCHIVED).values(values).returning(_ARCHIVED.c.id))
        words = index_of(f"{entry.headline} {entry.text}")
        connection.execute(sa.text(index), {"id": number, "words": words})
    connection.execute(sa.text(_CORRECTED))


_FROZEN = sa.table(
    "frozen_edition",
    sa.column("publication", sa.Text),
    sa.column("edition", sa.Date),
    sa.column("content", sa.Text),
    sa.column("used_at", Moment),
)
_ARCHIVED = sa.table(
    "archived",
    sa.column("id", BigId),
    sa.column("publication", sa.Text),
    sa.column("edition", sa.Date),
    sa.column("headline", sa.Text),
    sa.column("summary", sa.Text),
    sa.column("text", sa.Text),
    sa.column("picture", sa.JSON(none_as_null=True)),
    sa.column("sent_at", Moment),
    sa.column("changed_at", Moment),
)
_WORDS_OF_SQLITE = "INSERT INTO archive_word (rowid, words) VALUES (:id, :words)"
_WORDS_OF_POSTGRESQL = (
    "INSERT INTO archive_word (archived_id, words) VALUES (:id, to_tsvector('simple', :words))"
)
_CORRECTED = """
UPDATE archived SET changed_at = (
    SELECT MAX(correction.at) FROM correction JOIN send ON send.id = correction.send_id
    WHERE send.publication = archived.publication AND send.edition = archived.edition
      AND send.kind = 'edition'
) WHERE EXISTS (
    SELECT 1 FROM correction JOIN send ON send.id = correction.send_id
    WHERE send.publication = archived.publication AND send.edition = archived.edition
      AND send.kind = 'edition'
)
"""

"""What readers do on the publication's own site."""

import sqlalchemy as sa
from alembic import op

from newsletter.storage.column_types import BigId, Key, Moment

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "site_key",
        sa.Column("publication", Key, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("publication", name=op.f("pk_site_key")),
    )
    op.create_table(
        "signup",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("publication", Key, nullable=False),
        sa.Column("canonical", Key, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("token", Key, nullable=False),
        sa.Column("digits", sa.Text, nullable=False),
        sa.Column("tries_left", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("frequency", sa.Text, nullable=False),
        sa.Column("locale", sa.Text, nullable=False),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("consent", sa.Text, nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signup")),
        sa.UniqueConstraint("token", name=op.f("uq_signup_token")),
        sa.UniqueConstraint("canonical", "publication", name=op.f("uq_signup_canonical")),
    )
    op.create_table(
        "prompted_mail",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("publication", Key, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("canonical", Key, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("confirmed_at", Moment),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompted_mail")),
    )
    op.create_index("ix_prompted_mail_canonical", "prompted_mail", ["canonical", "publication"])
    op.create_index("ix_prompted_mail_at", "prompted_mail", ["publication", "purpose", "at"])
    op.create_table(
        "departure",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("subscriber_id", BigId, nullable=False),
        sa.Column("publication", Key, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("edition", sa.Date),
        sa.Column("way", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("undo", Key, nullable=False),
        sa.Column("undone_at", Moment),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departure")),
        sa.UniqueConstraint("undo", name=op.f("uq_departure_undo")),
    )
    op.create_index(op.f("ix_departure_subscriber_id"), "departure", ["subscriber_id"])
    op.create_table(
        "fresh_link",
        sa.Column("token", Key, nullable=False),
        sa.Column("publication", Key, nullable=False),
        sa.Column("subscriber_id", BigId, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False, server_default=""),
        sa.Column("at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_fresh_link")),
    )
    op.create_index(op.f("ix_fresh_link_subscriber_id"), "fresh_link", ["subscriber_id"])
    _words()


def _words() -> None:
    op.create_table(
        "vote",
        sa.Column("publication", Key, nullable=False),
        sa.Column("edition", sa.Date, nullable=False),
        sa.Column("canonical", Key, nullable=False),
        sa.Column("stars", sa.Integer, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("publication", "edition", "canonical", name=op.f("pk_vote")),
    )
    op.create_table(
        "comment",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("publication", Key, nullable=False),
        sa.Column("edition", sa.Date, nullable=False),
        sa.Column("canonical", Key, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("stars", sa.Integer),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("token", Key),
        sa.Column("at", Moment, nullable=False),
        sa.Column("decided_at", Moment),
        sa.Column("decided_by", sa.Text, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint("token", name=op.f("uq_comment_token")),
    )
    op.create_index("ix_comment_edition", "comment", ["publication", "edition", "state"])
    op.create_index(op.f("ix_comment_canonical"), "comment", ["canonical"])
    op.create_table(
        "letter",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("publication", Key, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("edition", sa.Date),
        sa.Column("canonical", Key, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    op.create_index(op.f("ix_letter_canonical"), "letter", ["canonical"])

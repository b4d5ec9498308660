"""The tables of the publication's own site. Migrations 0027 and 0039 build them."""

from __future__ import annotations

import sqlalchemy as sa

from newsletter.storage.column_types import BigId, Key, Moment
from newsletter.storage.tables import metadata

# One key of a publication's site: signs what its forms and cookies say. Its row is also what
# joining takes in turn, so that the budget of mails is never overdrawn.
site_key = sa.Table(
    "site_key",
    metadata,
    sa.Column("publication", Key, primary_key=True),
    sa.Column("secret", sa.LargeBinary, nullable=False),
)

# Who asked to join and has not confirmed; one row an address, whoever asked how often.
signup = sa.Table(
    "signup",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("publication", Key, nullable=False),
    sa.Column("canonical", Key, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("token", Key, nullable=False, unique=True),  # of the link
    sa.Column("digits", sa.Text, nullable=False),
    sa.Column("tries_left", sa.Integer, nullable=False),  # at the digits
    sa.Column("kind", sa.Text, nullable=False),  # which mail they were written: `joining.Letter`
    sa.Column("frequency", sa.Text, nullable=False),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Column("network", sa.Text, nullable=False),
    sa.Column("consent", sa.Text, nullable=False),  # the text that was shown, and its version
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.UniqueConstraint("canonical", "publication"),
)

# Every mail that a form of the site led to: what limits them by address, and in all.
prompted_mail = sa.Table(
    "prompted_mail",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("publication", Key, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),  # "join", "answer", "link"
    sa.Column("canonical", Key, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("confirmed_at", Moment),
)
# SQLite takes the index with more of a question's columns: of one address's mails it is this one.
sa.Index(
    "ix_prompted_mail_canonical",
    prompted_mail.c.canonical,
    prompted_mail.c.publication,
    prompted_mail.c.purpose,
    prompted_mail.c.at,
)
sa.Index(
    "ix_prompted_mail_at",
    prompted_mail.c.publication,
    prompted_mail.c.purpose,
    prompted_mail.c.at,
)

# Who left by a link of a mail, from which edition, and what they said to it.
departure = sa.Table(
    "departure",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("subscriber_id", BigId, nullable=False, index=True),
    sa.Column("publication", Key, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("edition", sa.Date),  # null: a link without one
    sa.Column("way", sa.Text, nullable=False),  # "one-click", "page"
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("undo", Key, nullable=False, unique=True),
    sa.Column("undone_at", Moment),
)

# A link that was mailed to one person just now: an hour of what a forwarded mail must not do.
fresh_link = sa.Table(
    "fresh_link",
    metadata,
    sa.Column("token", Key, primary_key=True),
    sa.Column("publication", Key, nullable=False),
    sa.Column("subscriber_id", BigId, nullable=False, index=True),
    sa.Column("purpose", sa.Text, nullable=False),  # "open", "address"
    sa.Column("address", sa.Text, nullable=False, server_default=""),  # the new one
    sa.Column("at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
)

vote = sa.Table(
    "vote",
    metadata,
    sa.Column("publication", Key, primary_key=True),
    sa.Column("edition", sa.Date, primary_key=True),
    sa.Column("canonical", Key, primary_key=True),  # one a reader, whatever way it came
    sa.Column("stars", sa.Integer, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

# Whoever writes on the public page is written to once; until then nothing of it counts.
comment = sa.Table(
    "comment",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("publication", Key, nullable=False),
    sa.Column("edition", sa.Date, nullable=False),
    sa.Column("canonical", Key, nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),  # empty: only stars
    sa.Column("stars", sa.Integer),  # to be counted once it is confirmed
    sa.Column("state", sa.Text, nullable=False),  # unconfirmed, waiting, approved, refused
    sa.Column("token", Key, unique=True),  # of the link that confirms it
    sa.Column("at", Moment, nullable=False),
    sa.Column("decided_at", Moment),
    sa.Column("decided_by", sa.Text, nullable=False, server_default=""),
)
sa.Index("ix_comment_edition", comment.c.publication, comment.c.edition, comment.c.state)

letter = sa.Table(
    "letter",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("publication", Key, nullable=False),
    sa.Column("about", sa.Text, nullable=False),  # question, story, mistake, rating
    sa.Column("edition", sa.Date),
    sa.Column("canonical", Key, nullable=False, index=True),  # empty: none was given
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

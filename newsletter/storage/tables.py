"""The tables, as SQLAlchemy Core. Migrations build them; a test holds the two together."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from newsletter.storage.column_types import BigId, Key, Moment
from newsletter.storage.subscribers import profile

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def _key() -> sa.Column[Any]:
    return sa.Column("id", BigId, primary_key=True, autoincrement=True)


subscriber = sa.Table(
    "subscriber",
    metadata,
    _key(),
    # Whose list it is; empty: of nobody yet, and of the first publication that opens the database.
    sa.Column("publication", Key, nullable=False, server_default=""),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("canonical", Key, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("token", Key, nullable=False, unique=True),
    *profile.columns(),
    sa.Column("import_id", BigId),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    # Of whom an import added: the line of its file, and what that said of the consent.
    sa.Column("import_line", BigId),
    sa.Column("signed_up", Moment),
    sa.Column("evidence", sa.Text, nullable=False, server_default=""),
    sa.Column("moved_to", BigId),  # of a former address: who has another one now
    # The address leads: a bounce and an erasure concern every list, and no freeze may be led to
    # read a whole list by its addresses.
    sa.UniqueConstraint("canonical", "publication"),
)
_MOVED = subscriber.c.moved_to.is_not(None)  # so few that the index costs an import nothing
sa.Index(
    "ix_subscriber_moved_to", subscriber.c.moved_to, sqlite_where=_MOVED, postgresql_where=_MOVED
)

# Tokens in the mails of a publication from when the list was everybody's: another one's by now.
former_token = sa.Table(
    "former_token",
    metadata,
    sa.Column("token", Key, primary_key=True),
    sa.Column("subscriber_id", BigId, primary_key=True, autoincrement=False),
)

# How many of the list that was everybody's each publication was given; empty: for the first to
# open the database.
list_move = sa.Table(
    "list_move",
    metadata,
    sa.Column("publication", Key, primary_key=True),
    sa.Column("subscribers", BigId, nullable=False),
    sa.Column("told_at", Moment),
)

# Neither has a row for what an import said of somebody it added: `history` reads that from the
# import. An earlier release wrote one.
state_change = sa.Table(
    "state_change",
    metadata,
    _key(),
    sa.Column("subscriber_id", BigId, sa.ForeignKey("subscriber.id"), nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("from_state", sa.Text),  # null: the subscriber was added
    sa.Column("to_state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
)

consent = sa.Table(
    "consent",
    metadata,
    _key(),
    sa.Column("subscriber_id", BigId, sa.ForeignKey("subscriber.id"), nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("how", sa.Text, nullable=False),  # "import", "operator", "form"
    sa.Column("text", sa.Text, nullable=False),  # by which words, or from which file and line
)

# An address, a whole domain as "@example.org", or the keyed hash of an erased address. A choice is
# for one publication's list; empty: for all (a hard bounce, a complaint, an erasure).
suppression = sa.Table(
    "suppression",
    metadata,
    sa.Column("canonical", Key, primary_key=True),
    sa.Column("publication", Key, primary_key=True, server_default=""),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False, index=True),
)

import_run = sa.Table(
    "import_run",
    metadata,
    _key(),
    sa.Column("publication", Key, nullable=False, server_default=""),  # as of a subscriber
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("counts", sa.JSON, nullable=False),
    sa.Column("state", sa.Text, nullable=False, server_default="done"),
    sa.Column("reached", BigId, nullable=False, server_default="0"),  # the last line applied
    sa.Column("options", sa.Text, nullable=False, server_default=""),
    sa.Column("consent", sa.Text, nullable=False, server_default=""),  # of everybody it added
    sa.Column("finished_at", Moment),
    sa.Column("undone_at", Moment),
)

import_change = sa.Table(
    "import_change",
    metadata,
    sa.Column("import_id", BigId, sa.ForeignKey("import_run.id"), primary_key=True),
    sa.Column("subscriber_id", BigId, primary_key=True),
    sa.Column("line", BigId, nullable=False),
    sa.Column("before", sa.JSON, nullable=False),
    sa.Column("after", sa.JSON, nullable=False),
)

message = sa.Table(
    "message",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("preheader", sa.Text, nullable=False),
    sa.Column("html", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("fields", sa.JSON, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("trial", sa.JSON(none_as_null=True)),  # subject and share, where there is one
)

send = sa.Table(
    "send",
    metadata,
    _key(),
    sa.Column("publication", sa.Text, nullable=False),
    sa.Column("edition", sa.Date, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, sa.ForeignKey("message.digest"), nullable=False),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("recipients", BigId, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("completed_at", Moment),
    sa.Column("owner", sa.Text),
    sa.Column("lease_until", Moment),
    sa.Column("paused_until", Moment),
    sa.Column("alarms", sa.Text, nullable=False, server_default=""),  # words: what paused it
    sa.Column("segment", sa.Text, nullable=False, server_default=""),  # empty: everyone
)
# The edition is the key: cron twice, two hosts, a hand-run beside the daemon are one send.
_ONCE = send.c.kind.in_(("edition", "weekly"))
sa.Index(
    "uq_send_edition",
    *(send.c.publication, send.c.edition, send.c.kind),
    unique=True,
    sqlite_where=_ONCE,
    postgresql_where=_ONCE,
)

correction = sa.Table(
    "correction",
    metadata,
    _key(),
    sa.Column("send_id", BigId, sa.ForeignKey("send.id"), nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("before", sa.Text, nullable=False),  # the digest that was replaced
    sa.Column("digest", sa.Text, sa.ForeignKey("message.digest"), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)

wave = sa.Table(
    "wave",
    metadata,
    sa.Column("send_id", BigId, sa.ForeignKey("send.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("canary", sa.Boolean, nullable=False, server_default=sa.false()),
)

batch = sa.Table(
    "batch",
    metadata,
    sa.Column("send_id", BigId, sa.ForeignKey("send.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("wave", sa.Integer, nullable=False),
    sa.Column("first", BigId, nullable=False),  # positions, both ends included
    sa.Column("last", BigId, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("depth", sa.Integer, nullable=False, server_default="0"),  # how often it was halved
    sa.Column("attempt_id", sa.Text),  # the latest attempt
    sa.Column("owner", sa.Text),  # who has it claimed, and until when that holds unless renewed
    sa.Column("lease_until", Moment),
    # Of people whom a mail server asked to try later: when, until when, and how often it did.
    sa.Column("again_at", Moment),
    sa.Column("give_up_at", Moment),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
)
sa.Index("ix_batch_next", batch.c.send_id, batch.c.state, batch.c.depth, batch.c.number)
sa.Index("ix_batch_first", batch.c.send_id, batch.c.first)
sa.Index(
    "ix_batch_give_up",
    batch.c.send_id,
    batch.c.give_up_at,
    sqlite_where=batch.c.give_up_at.is_not(None),
    postgresql_where=batch.c.give_up_at.is_not(None),
)

attempt = sa.Table(
    "attempt",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("send_id", BigId, sa.ForeignKey("send.id"), nullable=False),
    sa.Column("batch", sa.Integer, nullable=False),
    sa.Column("digest", sa.Text, sa.ForeignKey("message.digest"), nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # claimed, submitted, uncertain, released, …
    sa.Column("provider_id", sa.Text),
    sa.Column("status", sa.Integer),
    sa.Column("reason", sa.Text),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("proven_at", Moment),  # since when an event of the provider's proves it was taken
    sa.Column("went_at", Moment),  # since when one proves that its mail went out
    # Of an attempt that is handed over ahead; before it has a `recall_id` nothing was handed over.
    sa.Column("send_at", Moment),
    sa.Column("recall_id", sa.Text),
    sa.Column("recall_asked_at", Moment),  # written before the provider is asked
    sa.Column("recall_forgotten_at", Moment),
)
sa.Index("ix_attempt_batch", attempt.c.send_id, attempt.c.batch)
sa.Index(
    "ix_attempt_recall",
    attempt.c.send_at,
    sqlite_where=attempt.c.recall_asked_at.is_not(None),
    postgresql_where=attempt.c.recall_asked_at.is_not(None),
)

recipient = sa.Table(
    "recipient",
    metadata,
    # Without a foreign key: it would be looked up for each of a million, and no send is deleted.
    sa.Column("send_id", BigId, primary_key=True, autoincrement=False),
    sa.Column("position", BigId, primary_key=True),  # 1 … n without gaps
    sa.Column("subscriber_id", BigId, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    # Null: what its batch says. Else "skipped", "refused" or "deferred", for good, with the reason.
    sa.Column("outcome", sa.Text),
    sa.Column("reason", sa.Text),
    sqlite_with_rowid=False,
)
sa.Index(
    "ix_recipient_outcome",
    recipient.c.send_id,
    recipient.c.outcome,
    sqlite_where=recipient.c.outcome.is_not(None),
    postgresql_where=recipient.c.outcome.is_not(None),
)

# Of a send whose recipients are kept no longer: what its audit adds up from (`retention`).
send_total = sa.Table(
    "send_total",
    metadata,
    sa.Column("send_id", BigId, sa.ForeignKey("send.id"), primary_key=True, autoincrement=False),
    sa.Column("lowest", BigId, nullable=False),  # positions, before the first row was taken off
    sa.Column("highest", BigId, nullable=False),
    sa.Column("removed", BigId, nullable=False),  # rows of the recipient table so far
    sa.Column("reported", sa.JSON, nullable=False),  # what events told last → people
    sa.Column("feedback", sa.JSON, nullable=False),
    sa.Column("begun_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
)

fetched = sa.Table(
    "fetched",
    metadata,
    sa.Column("url", sa.Text, primary_key=True),  # as it was asked for
    sa.Column("accept", sa.Text, primary_key=True),
    sa.Column("found_at", sa.Text, nullable=False),  # after redirects
    sa.Column("moved", sa.Integer, nullable=False, server_default="0"),  # times, permanently
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("headers", sa.JSON, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("at", Moment, nullable=False),  # of the body
    sa.Column("expires", Moment, nullable=False),  # not asked again before
    sa.Column("refusal", sa.Text),  # why it has no answer now
)

feed_item = sa.Table(
    "feed_item",
    metadata,
    sa.Column("feed", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("link", sa.Text, nullable=False),
    sa.Column("title_hash", sa.Text, nullable=False),
    sa.Column("first_seen", Moment, nullable=False),
    sa.Column("is_old", sa.Boolean, nullable=False),  # there before the feed was followed
)

frozen_edition = sa.Table(
    "frozen_edition",
    metadata,
    sa.Column("publication", sa.Text, primary_key=True),
    sa.Column("edition", sa.Date, primary_key=True),
    sa.Column("content", sa.Text, nullable=False),  # edition.toml as it was sent
    sa.Column("record", sa.Text, nullable=False),  # assembled.json: where each part came from
    sa.Column("used_at", Moment, nullable=False),
)

used = sa.Table(
    "used",
    metadata,
    sa.Column("publication", sa.Text, primary_key=True),
    sa.Column("edition", sa.Date, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("part", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),  # normalised, see `repeats`
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("used_at", Moment, nullable=False),
)

approval = sa.Table(
    "approval",
    metadata,
    _key(),
    sa.Column("publication", sa.Text, nullable=False),
    sa.Column("edition", sa.Date, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),  # of the message that was looked at
    sa.Column("approved_by", sa.Text, nullable=False),
    sa.Column("approved_at", Moment, nullable=False),
    sa.Column("withdrawn_at", Moment),
)
sa.Index("ix_approval_edition", approval.c.publication, approval.c.edition)

event_post = sa.Table(
    "event_post",
    metadata,
    _key(),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),  # as it came; gone once it is taken in
    sa.Column("problem", sa.Text),  # why it cannot be taken; it is set aside then
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),  # that failed
)

# On PostgreSQL in partitions, as are recipients and reports; each has its own index of ids there.
event = sa.Table(
    "event",
    metadata,
    sa.Column("key", Key, primary_key=True),
    sa.Column("event_id", sa.Text, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),  # the provider's own word
    sa.Column("at", Moment, nullable=False),
    sa.Column("canonical", sa.Text, index=True),
    sa.Column("attempt_id", sa.Text),  # may be one of somebody else's
    sa.Column("send_id", BigId),  # of the attempt, where it is ours
    sa.Column("position", BigId),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("received_at", Moment, nullable=False, index=True),
)

list_pull = sa.Table(
    "list_pull",
    metadata,
    sa.Column("provider", sa.Text, primary_key=True),
    sa.Column("tried_at", Moment),
    sa.Column("read_until", Moment),  # everything on its lists up to then is taken over
)

recipient_report = sa.Table(
    "recipient_report",
    metadata,
    sa.Column("send_id", BigId, sa.ForeignKey("send.id"), primary_key=True),
    sa.Column("position", BigId, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),  # only ever rises
    sa.Column("at", Moment, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)

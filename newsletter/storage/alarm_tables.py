"""The tables of alarms, heartbeats and proofs by mail; a migration of their own makes them."""

from __future__ import annotations

import sqlalchemy as sa

from newsletter.storage.column_types import Key, Moment
from newsletter.storage.tables import metadata

alarm = sa.Table(
    "alarm",
    metadata,
    sa.Column("publication", Key, primary_key=True),
    sa.Column("kind", Key, primary_key=True),
    sa.Column("key", Key, primary_key=True),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("begun_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("told_at", Moment),
    sa.Column("tellings", sa.Integer, nullable=False, server_default="0"),
    sa.Column("solved_at", Moment),
    sa.Column("told_solved", sa.Boolean, nullable=False, server_default=sa.false()),
)

# What the heartbeat's server was told of a date last, and what it is still to be told.
heartbeat = sa.Table(
    "heartbeat",
    metadata,
    sa.Column("publication", Key, primary_key=True),
    sa.Column("edition", sa.Date, primary_key=True),
    sa.Column("signal", sa.Text, nullable=False),
    sa.Column("arrived", sa.Boolean, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("tried_at", Moment, nullable=False),
)

# The proof of an edition that was mailed last: which message, and what approves it.
proof_mail = sa.Table(
    "proof_mail",
    metadata,
    sa.Column("publication", Key, primary_key=True),
    sa.Column("edition", sa.Date, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),  # of the edition's file
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("link", Key, nullable=False, unique=True),  # a hash of the link's last part
    sa.Column("mailed_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),  # of its code
    sa.Column("tried_at", Moment),  # the first of those tries
    sa.Column("replaced", sa.Text, nullable=False, server_default=""),  # hashes of codes before
)

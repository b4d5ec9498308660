"""Who joins a list while editions are frozen: which of them the reader is to have, and which not.

An edition is for whoever is active at its freeze. Who becomes active afterwards gets it in a
mail of their own, so the two must never overlook each other: on PostgreSQL they wait at a table,
on SQLite only one transaction writes at a time anyway. The caller owns the transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import Send, SendKind, SendStatus, SubscriberState
from newsletter.storage.sends import audiences, statements
from newsletter.storage.sends.audiences import Audience
from newsletter.storage.single_mail_table import COUNTS, freeze_gate, single_mail
from newsletter.storage.tables import send, state_change, subscriber, wave

_GOES = (SendStatus.OPEN, SendStatus.PAUSED, SendStatus.COMPLETE)


def begin_freeze(connection: Connection) -> None:
    """Wait until everybody who is just joining has; who joins from now on sees the new send.

    It must be the first thing a transaction does: what it sees is taken by its first question.
    """
    _wait(connection, "SHARE")


def begin_joining(connection: Connection) -> None:
    """Wait until a freeze that is under way is over, and let the next one wait for the caller."""
    _wait(connection, "ROW EXCLUSIVE")


def _wait(connection: Connection, mode: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"LOCK TABLE {freeze_gate.name} IN {mode} MODE")


def activation(connection: Connection, subscriber_id: int) -> int | None:
    """Return the change of state that made an active reader active last; None: not active."""
    change = state_change.c
    query = (
        sa.select(sa.func.max(change.id))
        .join(subscriber, subscriber.c.id == change.subscriber_id)
        .where(
            change.subscriber_id == subscriber_id,
            change.to_state == SubscriberState.ACTIVE,
            subscriber.c.state == SubscriberState.ACTIVE,
        )
    )
    found: int | None = connection.scalar(query)
    return found


def missed(
    connection: Connection, publication: str, subscriber_id: int, *, since: date, apart: bool
) -> Iterator[tuple[Send, datetime]]:
    """Yield the sends that are for a reader and were frozen before, the latest first.

    With the moment the last of their readers are due. Those of which the reader has a mail of
    their own, or is to get one, are not among them. `apart`: weekly readers have a digest.
    """
    ends = sa.func.max(wave.c.due_at)
    own = sa.exists().where(
        single_mail.c.send_id == send.c.id, single_mail.c.subscriber_id == subscriber_id, COUNTS
    )
    query: sa.Select[Any] = (
        sa.select(send, ends.label("ends"))
        .join(wave, wave.c.send_id == send.c.id)
        .where(
            send.c.publication == publication,
            send.c.kind.in_((SendKind.EDITION, SendKind.WEEKLY)),
            send.c.edition >= since,
            send.c.status.in_(_GOES),
            ~own,
        )
        .group_by(*send.c)
        .order_by(send.c.edition.desc(), send.c.id.desc())
    )
    for row in connection.execute(query).all():
        found = statements.as_send(row)
        if _is_for(connection, found, subscriber_id, apart=apart):
            yield found, row.ends


def _is_for(connection: Connection, one: Send, subscriber_id: int, *, apart: bool) -> bool:
    """Say whether a freeze would take the reader now; suppressions are looked at later."""
    audience = Audience(publication=one.publication, edition=one.edition, segment=one.segment)
    audience = replace(audience, kind=one.kind, weekly_apart=apart)
    return audiences.is_for(connection, audience, subscriber_id)

"""Single mails that carry an edition: may it still go to this reader, and with which message.

Asked when the mail is claimed, for by then a correction, a pause or a cancellation may have come,
or the send itself may have reached a reader who left and came back. The caller owns the
transaction.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import BatchState, People, SendStatus, SubscriberState
from newsletter.core.model.records import Joined
from newsletter.core.model.single_mails import CarriedEdition, MailKind, MailState
from newsletter.storage.sends import statements
from newsletter.storage.single_mail_table import single_mail
from newsletter.storage.tables import batch, recipient, send, state_change, subscriber

_LOOK_AGAIN = timedelta(minutes=1)
NOT_CARRIED = "the reader has this edition from its own send"
CANCELLED = "the edition was cancelled"


class Carries(StrEnum):
    """What becomes of a mail that was to carry an edition."""

    EDITION = "edition"
    WORDS = "words"  # a welcome goes without it
    WAIT = "wait"  # a sender is just deciding about this reader
    NOTHING = "nothing"  # the mail is of no use


def is_not_paused() -> sa.ColumnElement[bool]:
    """Match mails whose edition may go; those that carry none are among them."""
    paused = sa.exists().where(
        send.c.id == single_mail.c.send_id, send.c.status == SendStatus.PAUSED
    )
    return ~paused


def decide(connection: Connection, row: sa.Row[Any]) -> tuple[Carries, str]:
    """Say what a claimed mail with an edition carries now, and why not where it does not."""
    status = connection.scalar(sa.select(send.c.status).where(send.c.id == row.send_id))
    if status == SendStatus.CANCELLED:
        return _without(row), CANCELLED
    found = _in_send(connection, row)
    if found is None or found == BatchState.CANCELLED:
        return Carries.EDITION, ""
    return (Carries.WAIT, "") if found == BatchState.CLAIMED else (_without(row), NOT_CARRIED)


def _without(row: sa.Row[Any]) -> Carries:
    return Carries.WORDS if row.kind == MailKind.WELCOME else Carries.NOTHING


def _in_send(connection: Connection, row: sa.Row[Any]) -> BatchState | None:
    """Return the state of the batch in which the send reaches a reader; None: it does not.

    A planned one will: the reader is active, and a sender reads that after its claim. Recipients
    have no index by reader; whoever was never active before this mail was written is in no send.
    Nor is their address, but where somebody else had it before.
    """
    if not _was_active_before(connection, row.subscriber_id):
        return None
    in_batch = recipient.c.position.between(batch.c.first, batch.c.last)
    query = (
        sa.select(batch.c.state)
        .join(recipient, (recipient.c.send_id == batch.c.send_id) & in_batch)
        .where(
            batch.c.send_id == row.send_id,
            recipient.c.send_id == row.send_id,
            recipient.c.outcome.is_(None),
            (recipient.c.subscriber_id == row.subscriber_id)
            | (sa.func.lower(recipient.c.address) == row.canonical),
        )
    )
    state = connection.scalar(query.limit(1))
    return BatchState(state) if state else None


def _was_active_before(connection: Connection, subscriber_id: int) -> bool:
    """Say whether a reader was imported, became active more than once, or has a former address."""
    to_active = state_change.c.to_state == SubscriberState.ACTIVE
    times = sa.select(sa.func.count()).where(state_change.c.subscriber_id == subscriber_id)
    came_by = sa.select(sa.func.coalesce(subscriber.c.import_id, subscriber.c.moved_to))
    if connection.scalar(came_by.where(subscriber.c.id == subscriber_id)) is not None:
        return True
    return (connection.scalar(times.where(to_active)) or 0) > 1


def settle(
    connection: Connection, row: sa.Row[Any], carries: Carries, *, now: datetime
) -> CarriedEdition | None:
    """Write down what a claimed mail carries: the digest of the edition, or that it has none.

    One that is to wait is planned again.
    """
    this = sa.update(single_mail).where(single_mail.c.id == row.id)
    match carries:
        case Carries.EDITION:
            found = connection.execute(sa.select(send).where(send.c.id == row.send_id)).one()
            connection.execute(this.values(digest=found.digest))
            return CarriedEdition(send=statements.as_send(found), reader=_reader(connection, row))
        case Carries.WORDS:
            connection.execute(this.values(send_id=None))
        case Carries.WAIT:
            again = {"state": MailState.PLANNED, "owner": None, "again_at": now + _LOOK_AGAIN}
            connection.execute(this.values(again | {"tries": single_mail.c.tries - 1}))
        case Carries.NOTHING:
            pass
    return None


def joined(connection: Connection, send_id: int) -> Joined:
    """Count the copies of a send that went to people who joined after its freeze."""
    state = single_mail.c.state
    query = sa.select(state, sa.func.count()).where(single_mail.c.send_id == send_id)
    states = {row[0]: row[1] for row in connection.execute(query.group_by(state))}
    if not states:
        return Joined()
    theirs = sa.select(single_mail.c.subscriber_id).where(
        single_mail.c.send_id == send_id,
        single_mail.c.subscriber_id.is_not(None),
        state.in_((MailState.SUBMITTED, MailState.UNCERTAIN)),
    )
    in_batch = recipient.c.position.between(batch.c.first, batch.c.last)
    twice = (
        sa.select(sa.func.count())
        .select_from(recipient)
        .join(batch, (batch.c.send_id == recipient.c.send_id) & in_batch)
        .where(
            recipient.c.send_id == send_id,
            recipient.c.outcome.is_(None),
            batch.c.state.in_((BatchState.SUBMITTED, BatchState.UNCERTAIN)),
            recipient.c.subscriber_id.in_(theirs),
        )
    )
    return Joined(states=states, twice=connection.scalar(twice) or 0)


def _reader(connection: Connection, row: sa.Row[Any]) -> People:
    """Read a reader as a batch of one."""
    columns = (subscriber.c.name, subscriber.c.token, subscriber.c.attributes)
    query = sa.select(*columns).where(subscriber.c.id == row.subscriber_id)
    found = connection.execute(query).one()
    return People(
        positions=(row.id,),
        addresses=(row.address,),
        names=(found.name or "",),
        tokens=(found.token,),
        attributes=(json.dumps(found.attributes or {}),),
    )

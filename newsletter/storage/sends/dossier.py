"""Read what one person was mailed."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model.records import Copy, Dossier
from newsletter.storage.database import Database
from newsletter.storage.single_mail_table import single_mail
from newsletter.storage.subscribers.suppressions import holds_for
from newsletter.storage.tables import (
    attempt,
    batch,
    recipient,
    recipient_report,
    send,
    subscriber,
    suppression,
)


def read(database: Database, canonical: str, *, publication: str) -> Dossier:
    """Collect everything about one address and a publication, in one transaction.

    Looks through the recipients of every send: they have no index by address, which would cost
    each freeze more than this question is worth.
    """
    state = sa.select(subscriber.c.state).where(
        subscriber.c.canonical == canonical, subscriber.c.publication == publication
    )
    reason = (
        sa.select(suppression.c.reason)
        .where(suppression.c.canonical == canonical, holds_for(publication))
        .order_by(suppression.c.publication.desc())  # its own before what holds for all
    )
    with database.read() as connection:
        return Dossier(
            canonical=canonical,
            state=connection.scalar(state),
            suppressed=connection.scalar(reason),
            copies=_all_copies(connection, canonical, publication),
        )


def _all_copies(connection: Connection, canonical: str, publication: str) -> tuple[Copy, ...]:
    """Collect the copies of sends and those in mails of their own, the newest first."""
    sent = [_copy(row) for row in connection.execute(_copies(canonical, publication))]
    query = (
        sa.select(single_mail, send.c.edition, send.c.digest.label("current"))
        .join(send, send.c.id == single_mail.c.send_id)
        .where(single_mail.c.canonical == canonical, single_mail.c.publication == publication)
        .order_by(single_mail.c.id.desc())
    )
    own = [_own_copy(row) for row in connection.execute(query)]
    return tuple(sorted([*sent, *own], key=lambda one: (one.edition, one.send_id), reverse=True))


def _own_copy(row: sa.Row[Any]) -> Copy:
    """Read a single mail that carries an edition; it is in no batch."""
    return Copy(
        edition=row.edition,
        kind=row.kind,
        send_id=row.send_id,
        batch=0,
        state=row.state,
        reason=row.reason,
        digest=row.digest or row.current,
        attempt_id=row.attempt_id,
        attempt_at=row.ended_at,
        reported=None,
        reported_at=None,
    )


def _copies(canonical: str, publication: str) -> sa.Select[Any]:
    in_batch = recipient.c.position.between(batch.c.first, batch.c.last)
    told = recipient_report
    return (
        sa.select(
            send.c.edition,
            send.c.kind,
            send.c.id.label("send_id"),
            send.c.digest,
            recipient.c.outcome,
            recipient.c.reason,
            batch.c.number,
            batch.c.state,
            attempt.c.id.label("attempt_id"),
            attempt.c.digest.label("attempt_digest"),
            attempt.c.reason.label("attempt_reason"),
            attempt.c.started_at,
            told.c.kind.label("reported"),
            told.c.at.label("reported_at"),
        )
        .join(send, send.c.id == recipient.c.send_id)
        .join(batch, (batch.c.send_id == recipient.c.send_id) & in_batch)
        .outerjoin(attempt, attempt.c.id == batch.c.attempt_id)
        .outerjoin(
            told,
            (told.c.send_id == recipient.c.send_id) & (told.c.position == recipient.c.position),
        )
        .where(sa.func.lower(recipient.c.address) == canonical, send.c.publication == publication)
        .order_by(send.c.edition.desc(), send.c.id.desc())
    )


def _copy(row: sa.Row[Any]) -> Copy:
    tried = None if row.outcome else row.attempt_id  # who is left out was in no request
    return Copy(
        edition=row.edition,
        kind=row.kind,
        send_id=row.send_id,
        batch=row.number,
        state=row.outcome or row.state,
        reason=row.reason or row.attempt_reason or "",
        digest=(row.attempt_digest if tried else None) or row.digest,
        attempt_id=tried,
        attempt_at=row.started_at if tried else None,
        reported=row.reported,
        reported_at=row.reported_at,
    )

"""The statements about single mails that several transactions need; the caller owns those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model.single_mails import MailKind, MailRecord, MailState
from newsletter.storage import single_mail_editions as editions
from newsletter.storage.single_mail_table import single_mail
from newsletter.storage.tables import event

ERASED = "erased"
# Nobody reads the words of a mail that ended, and there are links in them.
WITHOUT_WORDS: Mapping[str, Any] = {
    **dict.fromkeys(("subject", "html", "text", "greeting"), ""),
    "headers": {},
}
NOBODY: Mapping[str, Any] = {"canonical": "erased", "address": "erased", "subscriber_id": None}
ENDED: Mapping[str, Any] = {**WITHOUT_WORDS, "owner": None, "lease_until": None}
_OPEN = (MailState.CLAIMED, MailState.UNCERTAIN)
UNSETTLED = (MailState.PLANNED, *_OPEN)


def of(publication: str | sa.BindParameter[str]) -> sa.ColumnElement[bool]:
    """Match the mails of a publication."""
    return single_mail.c.publication == publication


def due(
    publication: str | sa.BindParameter[str], now: datetime | sa.BindParameter[datetime]
) -> sa.ColumnElement[bool]:
    """Match the mails of a publication that may be handed over now."""
    return sa.and_(
        of(publication),
        single_mail.c.state == MailState.PLANNED,
        single_mail.c.again_at <= now,
        single_mail.c.expires_at > now,
        editions.is_not_paused(),
    )


def next_due(publication: str, now: datetime) -> sa.ScalarSelect[int]:
    """Select the oldest that is due; on PostgreSQL one that somebody claims is passed over."""
    query = sa.select(single_mail.c.id).where(due(publication, now))
    query = query.order_by(single_mail.c.tries, single_mail.c.id).limit(1)
    return query.with_for_update(skip_locked=True).scalar_subquery()


def orphan(publication: str, *, gone: Sequence[str], now: datetime) -> sa.Update:
    """Put in doubt what is claimed by owners in `gone` or under a lease that is over."""
    left = (single_mail.c.lease_until < now) | single_mail.c.owner.in_(gone)
    claimed = of(publication) & (single_mail.c.state == MailState.CLAIMED)
    doubted = {"state": MailState.UNCERTAIN, "owner": None, "ended_at": now}
    reason = "its sender ended without a word; it may be out"
    return sa.update(single_mail).where(claimed, left).values(**doubted, reason=reason)


def expire(publication: str, now: datetime) -> sa.Update:
    """End what nobody could take in time; what was last said of it stays."""
    late = of(publication) & (single_mail.c.state == MailState.PLANNED)
    late &= single_mail.c.expires_at <= now
    return sa.update(single_mail).where(late).values(state=MailState.EXPIRED, ended_at=now)


def prove(connection: Connection, taken: Mapping[str, str | None], *, now: datetime) -> int:
    """Record attempts that were certainly taken, with the provider's ids; count the doubts."""
    settled = 0
    for attempt_id, provider_id in sorted(taken.items()):
        this = single_mail.c.attempt_id == attempt_id
        state = connection.scalar(sa.select(single_mail.c.state).where(this))
        if state not in _OPEN:
            continue
        proven = {"state": MailState.SUBMITTED, "reason": "", "provider_id": provider_id}
        open_mail = this & single_mail.c.state.in_(_OPEN)
        change = sa.update(single_mail).where(open_mail).values(proven | {"ended_at": now})
        done = connection.execute(change.values(ENDED))
        settled += done.rowcount if state == MailState.UNCERTAIN else 0
    return settled


def readdress(connection: Connection, subscriber_id: int, *, address: str, canonical: str) -> None:
    """Let the mails of the list that wait for a reader go to their new address."""
    of_list = [kind for kind in MailKind if kind.is_for_the_list]
    waits = (single_mail.c.subscriber_id == subscriber_id) & single_mail.c.kind.in_(of_list)
    waits &= single_mail.c.state == MailState.PLANNED
    change = sa.update(single_mail).where(waits)
    connection.execute(change.values(address=address, canonical=canonical))


def forget(connection: Connection, canonical: str, *, now: datetime) -> int:
    """Take a person out of their mails, and end those that wait; count them.

    The rows stay, as those of the ledger do: that something went out is not forgotten.
    """
    theirs = single_mail.c.canonical == canonical
    gone = {
        **NOBODY,
        "reason": sa.case((single_mail.c.reason == "", ""), else_=ERASED),
    }
    waits = single_mail.c.state == MailState.PLANNED
    ended = {
        "state": sa.case((waits, MailState.SKIPPED), else_=single_mail.c.state),
        "ended_at": sa.func.coalesce(single_mail.c.ended_at, now),
    }
    change = sa.update(single_mail).where(theirs).values({**gone, **ended, **WITHOUT_WORDS})
    return connection.execute(change).rowcount


def take_off(connection: Connection, publication: str, *, before: datetime, limit: int) -> int:
    """Take off so many mails that ended before a moment; count them.

    Those that carried an edition stay for its audit, without whom they went to.
    """
    old = of(publication) & single_mail.c.state.not_in(UNSETTLED)
    old &= single_mail.c.ended_at < before
    alone = sa.select(single_mail.c.id).where(old, single_mail.c.send_id.is_(None)).limit(limit)
    gone = connection.execute(sa.delete(single_mail).where(single_mail.c.id.in_(alone))).rowcount
    named = sa.select(single_mail.c.id).where(old, single_mail.c.canonical != ERASED).limit(limit)
    unnamed = sa.update(single_mail).where(single_mail.c.id.in_(named))
    return gone + connection.execute(unnamed.values(NOBODY)).rowcount


def told() -> sa.Select[Any]:
    """Select what is told of mails, with what the provider reported last."""
    reported = (
        sa.select(event.c.kind)
        .where(event.c.canonical == single_mail.c.canonical)
        .where(event.c.attempt_id == single_mail.c.attempt_id)
        .order_by(event.c.at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return sa.select(single_mail, sa.func.coalesce(reported, "").label("reported"))


def record(row: sa.Row[Any]) -> MailRecord:
    """Read what is told of a mail."""
    return MailRecord(
        id=row.id,
        kind=MailKind(row.kind),
        key=row.key,
        to=row.address,
        state=MailState(row.state),
        created_at=row.created_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        tries=row.tries,
        provider_id=row.provider_id,
        reason=row.reason,
        reported=row.reported,
    )

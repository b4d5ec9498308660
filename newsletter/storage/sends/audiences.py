"""Who a send is for: the audience a freeze takes, and what is asked about it before and after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core import segments
from newsletter.core.model import Frequency, Send, SendKind, SubscriberState
from newsletter.storage import tokens
from newsletter.storage.subscribers.segments import attribute, belonging
from newsletter.storage.subscribers.suppressions import are_suppressed_now
from newsletter.storage.tables import recipient, send, subscriber

_ATTRIBUTE = "attributes."
_FRIDAY = 5


def taken(connection: Connection, audience: Audience) -> sa.ColumnElement[bool]:
    """Match the subscribers whom a freeze takes for an audience."""
    whom = mailable(connection, audience.publication, audience.segment)
    return whom & _wanting(connection, audience)


def mailable(connection: Connection, publication: str, segment: str = "") -> sa.ColumnElement[bool]:
    """Match who of a list may be mailed, whatever editions they want; in this transaction only.

    `subscriber.canonical` is unique in each list, so each address is in a send at most once.
    """
    on_list = (subscriber.c.publication == publication) & (
        subscriber.c.state == SubscriberState.ACTIVE
    )
    everyone = on_list & ~are_suppressed_now(connection, on_list, publication=publication)
    if not segment:
        return everyone
    return everyone & belonging(segments.parse(segment), dialect=connection.dialect.name)


def is_for(connection: Connection, audience: Audience, subscriber_id: int) -> bool:
    """Say whether an active reader wants what goes out on a date, and is in its segment."""
    whom = (subscriber.c.id == subscriber_id) & _wanting(connection, audience)
    if audience.segment:
        segment = segments.parse(audience.segment)
        whom &= belonging(segment, dialect=connection.dialect.name)
    return bool(connection.scalar(sa.select(sa.exists().where(whom))))


def capped(
    connection: Connection, among: sa.ColumnElement[bool], *, most: int | None
) -> sa.ColumnElement[bool]:
    """Match the first so many of an audience, by what is random in their tokens.

    That never changes: the same people come first each day, so that a circle which may grow keeps
    whoever is in it.
    """
    if most is None:
        return among
    chance = sa.func.substr(subscriber.c.token, tokens.LEAD + 1)
    first_beyond = connection.scalar(
        sa.select(chance).where(among).order_by(chance).offset(most).limit(1)
    )
    return among if first_beyond is None else among & (chance < first_beyond)


def _wanting(connection: Connection, audience: Audience) -> sa.ColumnElement[bool]:
    """Match who wants what goes out on a date, by frequency and pause."""
    paused = subscriber.c.paused_until
    not_paused = paused.is_(None) | (paused <= audience.edition)
    if audience.kind is SendKind.WEEKLY:
        return not_paused & (subscriber.c.frequency == Frequency.WEEKLY)
    wanted = [Frequency.DAILY]
    if audience.edition.isoweekday() <= _FRIDAY:
        wanted.append(Frequency.WEEKDAYS)
    if audience.weekly_apart:
        return not_paused & subscriber.c.frequency.in_(wanted)
    weekly = (subscriber.c.frequency == Frequency.WEEKLY) & _first_of_week(connection, audience)
    return not_paused & (subscriber.c.frequency.in_(wanted) | weekly)


def _first_of_week(connection: Connection, audience: Audience) -> sa.ColumnElement[bool]:
    """Match whom no earlier edition of the week was for, Monday to Sunday.

    One that went to everyone was for all weekly readers; one that went to a segment, for those
    who were in it.
    """
    monday = audience.edition - timedelta(days=audience.edition.weekday())
    earlier = sa.select(send.c.id, send.c.segment).where(
        send.c.publication == audience.publication,
        send.c.kind == SendKind.EDITION,
        send.c.edition >= monday,
        send.c.edition < audience.edition,
    )
    sends = {row.id: row.segment for row in connection.execute(earlier)}
    if not sends:
        return sa.true()
    if not all(sends.values()):
        return sa.false()
    # As a set: neither database has an index of recipients by subscriber to look into.
    reader = subscriber.alias()
    weekly = sa.select(reader.c.id).where(
        reader.c.publication == audience.publication, reader.c.frequency == Frequency.WEEKLY
    )
    had_one = sa.select(recipient.c.subscriber_id).where(recipient.c.send_id.in_(sends))
    return subscriber.c.id.in_(weekly.except_(had_one))


def count(connection: Connection, audience: Audience) -> int:
    """Count the subscribers a freeze would take at this moment."""
    query = sa.select(sa.func.count()).where(taken(connection, audience))
    return connection.scalar(query) or 0


def outside(connection: Connection, of: Send, *, weekly_apart: bool) -> int:
    """Count who wants the edition of a send at this moment, and is not in the send."""
    everyone = Audience(
        publication=of.publication, edition=of.edition, kind=of.kind, weekly_apart=weekly_apart
    )
    inside = (
        sa.select(sa.func.count())
        .select_from(recipient)
        .join(subscriber, subscriber.c.id == recipient.c.subscriber_id)
        .where(recipient.c.send_id == of.id, taken(connection, everyone))
    )
    return count(connection, everyone) - (connection.scalar(inside) or 0)


def lacking(
    connection: Connection, field: str, audience: Audience, *, limit: int
) -> tuple[int, tuple[str, ...]]:
    """Count who of an audience has no value for a merge field, and name the first."""
    value: sa.ColumnElement[Any] = subscriber.c.name
    if field.startswith(_ATTRIBUTE):
        value = attribute(field.removeprefix(_ATTRIBUTE))
    lacks = taken(connection, audience) & (value == "")
    people = connection.scalar(sa.select(sa.func.count()).where(lacks)) or 0
    first = sa.select(subscriber.c.address).where(lacks).order_by(subscriber.c.id)
    return people, tuple(connection.scalars(first.limit(limit)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whom a freeze takes: active, not suppressed, wanting the edition, and in the segment."""

    publication: str
    edition: date
    segment: str = ""  # see `segments`; empty: everyone
    kind: SendKind = SendKind.EDITION
    weekly_apart: bool = False  # weekly readers have a digest of their own

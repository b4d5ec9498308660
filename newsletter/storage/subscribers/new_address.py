"""A subscriber's new address; the former one stays on the list as one that left.

Else the next import of a file that has the former one would add it, and they would get each mail
twice. It points to whom it was of, and is erased with them. What is under way and not handed over
goes to the new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import Subscriber, SubscriberState
from newsletter.storage import single_mail_rows
from newsletter.storage.sends.recipients import readdress
from newsletter.storage.site import on_one_person as on_site
from newsletter.storage.subscribers import membership, suppressions
from newsletter.storage.subscribers.history import CONSENTING
from newsletter.storage.tables import consent, state_change, subscriber
from newsletter.storage.tokens import new_tokens
from newsletter.subscribers.model import Marker

_LEFT = "moved to another address"
_AGREED = "The reader asked for mail to this address, and confirmed it there."


def give(
    connection: Connection,
    reader: Subscriber,
    *,
    publication: str,
    address: str,
    canonical: str,
    marker: Marker | None,
    now: datetime,
) -> bool:
    """Give somebody another address; False: it is somebody else's, or must never be mailed.

    Somebody who left with the new address changes places with them: who confirmed both has it.
    """
    if canonical == reader.canonical:
        _set(connection, reader.id, address=address, changed_at=now)
        return True
    there = membership.person(connection, publication, canonical, for_update=True)
    if there is not None and there.state is not SubscriberState.UNSUBSCRIBED:
        return False
    if suppressions.is_listed(connection, canonical, marker, publication=publication):
        return False
    if there is not None:  # an address is once on a list, also between two statements
        _set(connection, there.id, canonical=f"{there.id} moves")
    new = {"address": address, "canonical": canonical, "changed_at": now}
    _set(connection, reader.id, **new, moved_to=None)  # so no two can be each other's former one
    old: dict[str, Any] = {"address": reader.address, "canonical": reader.canonical}
    old |= {"changed_at": now, "moved_to": reader.id}
    if there is None:
        _add(connection, publication, old, now=now)
    else:
        _set(connection, there.id, **old)
        on_site.take_over(connection, before=there.id, after=reader.id)
    on_site.move(connection, publication, before=reader.canonical, after=canonical)
    single_mail_rows.readdress(connection, reader.id, address=address, canonical=canonical)
    besides = there.id if there else None
    readdress(connection, publication, reader.id, address=address, besides=besides)
    agreed = {"subscriber_id": reader.id, "at": now, "how": "form", "text": _AGREED}
    connection.execute(sa.insert(consent).values(agreed))
    return True


def former(connection: Connection, people: Sequence[int]) -> Sequence[str]:
    """Return the former addresses of people, canonical, besides those that are mailed again."""
    other = subscriber.alias()
    again = sa.exists().where(
        other.c.canonical == subscriber.c.canonical, other.c.state.in_(CONSENTING)
    )
    query = sa.select(subscriber.c.canonical).where(subscriber.c.moved_to.in_(people), ~again)
    return connection.scalars(query.distinct().order_by(subscriber.c.canonical)).all()


def _set(connection: Connection, of: int, **values: Any) -> None:
    connection.execute(sa.update(subscriber).where(subscriber.c.id == of).values(values))


def _add(connection: Connection, publication: str, old: dict[str, Any], *, now: datetime) -> None:
    left = SubscriberState.UNSUBSCRIBED
    values = {"publication": publication, "token": next(new_tokens()), "created_at": now}
    added = sa.insert(subscriber).values({**old, **values, "state": left})
    new_id = connection.scalar(added.returning(subscriber.c.id))
    step = {"subscriber_id": new_id, "at": now, "from_state": None, "to_state": left}
    connection.execute(
        sa.insert(state_change).values(step | {"reason": _LEFT, "changed_by": "reader"})
    )

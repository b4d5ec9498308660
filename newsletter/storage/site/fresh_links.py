"""Links that were mailed just now, to one person: they open for an hour what others must not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from newsletter.core.errors import StorageCollision
from newsletter.core.model import Subscriber, SubscriberState
from newsletter.core.model.single_mails import SingleMail
from newsletter.storage.database import Database
from newsletter.storage.single_mails import SingleMails
from newsletter.storage.site import prompted
from newsletter.storage.site.tables import fresh_link
from newsletter.storage.subscribers import membership, new_address
from newsletter.storage.tables import subscriber
from newsletter.subscribers.model import Marker

Use = Literal["open", "address"]
LASTS = timedelta(hours=1)
MOST = 3  # links to one reader a day


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshLink:
    """Whose link it is, and what for."""

    token: str
    purpose: Use
    address: str  # the new one
    reader: Subscriber


class FreshLinks:
    """The fresh links of one publication."""

    def __init__(
        self, database: Database, publication: str, *, mails: SingleMails, marker: Marker | None
    ) -> None:
        self._database = database
        self._publication = publication
        self._mails = mails
        self._marker = marker

    def mail(
        self,
        reader: Subscriber | None,
        token: str,
        compose: Callable[[], SingleMail],
        *,
        address: str = "",
        now: datetime,
    ) -> bool:
        """Write a link, and the mail it goes in; False: there were enough of them today.

        Without a reader the same is done and taken back: no answer tells who is on the list.
        """
        canonical = reader.canonical if reader else ""
        with self._database.write() as connection:
            day = now - timedelta(days=1)
            told = prompted.written(connection, self._publication, "link", canonical, since=day)
            is_wanted = reader is not None and len(told) < MOST
            with connection.begin_nested() as attempted:
                values = {
                    "token": token,
                    "publication": self._publication,
                    "subscriber_id": reader.id if reader else 0,
                    "purpose": "address" if address else "open",
                    "address": address,
                    "at": now,
                    "expires_at": now + LASTS,
                }
                connection.execute(sa.insert(fresh_link).values(values))
                self._mails.put(connection, compose(), now=now)
                prompted.note(connection, self._publication, "link", canonical, now=now)
                if not is_wanted:
                    attempted.rollback()
        return is_wanted

    def find(self, token: str, *, now: datetime) -> FreshLink | None:
        """Look up a link; None: nobody's, or its hour is over."""
        mine = (fresh_link.c.token == token) & (fresh_link.c.publication == self._publication)
        query = sa.select(fresh_link).where(mine, fresh_link.c.expires_at > now)
        with self._database.read() as connection:
            row = connection.execute(query).first()
            who = row.subscriber_id if row else 0
            found = connection.execute(sa.select(subscriber).where(subscriber.c.id == who)).first()
        return _link(row, found) if row and found else None

    def spend(self, token: str) -> bool:
        """Take a link off once it has done what it was for; False: it was gone."""
        with self._database.write() as connection:
            gone = sa.delete(fresh_link).where(fresh_link.c.token == token)
            return connection.execute(gone).rowcount == 1

    def move(self, reader: Subscriber, *, address: str, canonical: str, now: datetime) -> bool:
        """Give a reader another address, as `new_address.give` does."""
        try:
            with self._database.write() as connection:
                return new_address.give(
                    connection,
                    reader,
                    publication=self._publication,
                    address=address,
                    canonical=canonical,
                    marker=self._marker,
                    now=now,
                )
        except StorageCollision:
            return False


def _link(row: sa.Row[Any], reader: sa.Row[Any]) -> FreshLink:
    purpose: Use = "address" if row.purpose == "address" else "open"
    return FreshLink(
        token=row.token,
        purpose=purpose,
        address=row.address,
        reader=membership.as_subscriber(reader),
    )


OPEN_STATES = (SubscriberState.ACTIVE, SubscriberState.UNSUBSCRIBED, SubscriberState.PENDING)
"""Whom a lost-link page writes to: not to who bounced or complained."""

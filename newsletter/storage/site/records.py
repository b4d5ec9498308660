"""Everything readers do on the site, opened together: who joins, leaves, chooses and answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from newsletter.storage.database import Database
from newsletter.storage.single_mails import SingleMails
from newsletter.storage.site import prompted
from newsletter.storage.site.answers import Answers
from newsletter.storage.site.departures import Departures
from newsletter.storage.site.fresh_links import FreshLinks
from newsletter.storage.site.signups import Signups
from newsletter.storage.subscribers import suppressions
from newsletter.subscribers.model import Marker


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The records of one publication's site."""

    database: Database
    publication: str
    signups: Signups
    departures: Departures
    links: FreshLinks
    answers: Answers

    @classmethod
    def of(
        cls, database: Database, publication: str, *, mails: SingleMails, marker: Marker | None
    ) -> Self:
        """Open them. Raises `Held` where erased addresses could not be recognised."""
        with database.read() as connection:
            suppressions.refuse_unknown(connection, marker)
        return cls(
            database=database,
            publication=publication,
            signups=Signups(database, publication, mails=mails, marker=marker),
            departures=Departures(database, publication, mails=mails),
            links=FreshLinks(database, publication, mails=mails, marker=marker),
            answers=Answers(database, publication, mails=mails, marker=marker),
        )

    def take_off(self, *, now: datetime) -> int:
        """Take off what nobody waits for any more; count rows."""
        with self.database.write() as connection:
            return prompted.take_off(connection, self.publication, now=now)

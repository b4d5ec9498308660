"""A publication whose readers come and go around the freezes of its editions."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path

import sqlalchemy as sa

from newsletter.core.config import settings
from newsletter.core.config.settings import Settings
from newsletter.core.model import Attempt, SubscriberState
from newsletter.delivery.single_mails import SingleMailDelivery
from newsletter.delivery.welcomes import Welcomes
from newsletter.storage.database import Database
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.single_mails import SingleMails
from newsletter.storage.subscribers import membership
from newsletter.storage.tables import state_change, subscriber

HOUSE = """\
[publication]
name = "The Brief"
url = "https://brief.example.org"
sender = { name = "The Brief", email = "editor@brief.example.org" }
postal_address = "1 Quay, Harbour"
"""


def house(folder: Path, more: str = "") -> Settings:
    """Read the settings of a publication called `main`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(HOUSE + more)
    return settings.load(folder, {})


class Door:
    """Lets readers in and out, as the pages of a site do."""

    def __init__(self, database: Database, read: Settings) -> None:
        self.database, self.settings = database, read
        self.mails = SingleMails(database, "main")
        self.welcomes = Welcomes(settings=read, mails=self.mails)

    def join(self, address: str, now: datetime, *, welcome: bool = True, **columns: object) -> int:
        """Make somebody active, whether they were here before or not, and welcome them."""
        with self.database.write() as connection:
            reader = membership.person(connection, "main", address)
            before = reader.state if reader else None
            if reader is None:
                values = {"publication": "main", "address": address, "canonical": address}
                values |= {"state": "active", "token": f"token-{address}", "attributes": {}}
                values |= {"created_at": now, "changed_at": now} | columns
                connection.execute(sa.insert(subscriber).values(values))
            reader = self._turn(connection, address, SubscriberState.ACTIVE, before, now)
            if welcome:
                self.welcomes.welcome(connection, reader, now=now)
            return reader.id

    def leave(self, address: str, now: datetime) -> None:
        """Let somebody leave."""
        with self.database.write() as connection:
            gone = SubscriberState.UNSUBSCRIBED
            self._turn(connection, address, gone, SubscriberState.ACTIVE, now)

    def delivery(self, provider, clock) -> SingleMailDelivery:
        """Make who hands the welcomes over."""
        return SingleMailDelivery(
            publication=self.settings.publication,
            mails=self.mails,
            ledger=Ledger(self.database),
            provider=lambda: provider,
            clock=clock,
            is_gone=lambda _owner: False,
        )

    @staticmethod
    def _turn(connection, address, state, before, now):
        person = membership.person(connection, "main", address)
        assert person is not None
        connection.execute(
            sa.update(subscriber).where(subscriber.c.id == person.id).values(state=state)
        )
        change = {"subscriber_id": person.id, "at": now, "from_state": before, "to_state": state}
        connection.execute(sa.insert(state_change).values(reason="", changed_by="test", **change))
        return membership.person(connection, "main", address)


def copies(attempts: list[Attempt]) -> Counter[tuple[str, date]]:
    """Count what each address got of each edition, whichever mail it came in."""
    return Counter(
        (address, attempt.envelope.edition)
        for attempt in attempts
        for address in attempt.recipients.addresses
        if attempt.envelope.single is None or attempt.envelope.single.is_of_list
    )

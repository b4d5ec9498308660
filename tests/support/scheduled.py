"""A send that is handed over ahead to the sandbox, both looking at one clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from newsletter.core.config.secrets import Secrets
from newsletter.core.model import Send
from newsletter.core.model.events import Event
from newsletter.core.model.records import SendView
from newsletter.delivery.audit.rules import Audit, audit
from newsletter.delivery.providers.sendgrid import provider as sendgrid_provider
from newsletter.delivery.scheduled import ScheduledDelivery
from newsletter.sandbox.faults import Rule
from newsletter.sandbox.server import Sandbox
from newsletter.storage.database import Database
from newsletter.storage.events import EventStore
from newsletter.storage.sends import audit_record
from newsletter.storage.sends.attempts import Attempts
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.sends.recalls import RecallRecords
from tests.support.edition import make_settings
from tests.support.events import entries, make_judgement
from tests.support.ledger import (
    MORNING,
    HastyClock,
    MovingClock,
    frozen_send,
    hand_over,
    make_ledger_message,
)
from tests.support.time import PATIENCE

LEAD = timedelta(minutes=30)
DUE = MORNING + LEAD
SETTLE = timedelta(seconds=30)
HELD = "/v3/user/scheduled_sends"


@dataclass(kw_only=True)
class Scene:
    """Everything of one send ahead of its moment."""

    database: Database
    ledger: Ledger
    records: RecallRecords

    @property
    def attempts(self) -> Attempts:
        return Attempts(self.database)

    send: Send
    sandbox: Sandbox
    clock: MovingClock
    provider: Any

    @property
    def scheduled(self) -> ScheduledDelivery:
        return ScheduledDelivery(
            recalls=self.provider,
            records=self.records,
            clock=self.clock,
            lead=LEAD,
            settle=SETTLE,
        )

    def deliver(self, *, owner: str = "me", **overrides: Any) -> SendView:
        values = {"owner": owner, "is_gone": lambda _owner: True, "scheduled": self.scheduled}
        values |= {"clock": self.clock, "parallel": 4}
        return hand_over(self.ledger, self.send, self.provider, **values | overrides)

    def arrived(self, at: datetime | None = None) -> Counter[str]:
        """Count the mails of each address that arrived by a moment; by default, in the end."""
        self.clock.moment = at or self.clock.moment + timedelta(days=1)
        return Counter(mail.recipient for mail in self.sandbox.mails())

    def report(self, *events: Event) -> None:
        """Take in what the provider reports."""
        EventStore(self.database).take_in(entries(*events), make_judgement(), now=self.clock.moment)

    def audit(self) -> Audit:
        digest = make_ledger_message().digest
        return audit(audit_record.record(self.database, self.send.id, message_digest=digest))

    def bodies(self) -> list[Any]:
        """Return the requests to mail/send that came whole, in order."""
        return [one.body for one in self.sandbox.requests if one.path == "/v3/mail/send"]

    def recalls(self, method: str = "POST") -> list[Any]:
        return [
            one
            for one in self.sandbox.requests
            if one.path.startswith(HELD) and one.method == method
        ]


@contextmanager
def scene(
    database: Database, folder: Path, *faults: Rule, people: int = 20, **freeze: Any
) -> Iterator[Scene]:
    """Freeze a send that is due in half an hour; its batches have ten recipients."""
    clock = HastyClock(least=30)
    ledger, send = frozen_send(
        database, people, **({"provider": "sendgrid", "due_at": DUE} | freeze)
    )

    def seconds() -> float:
        return clock.moment.timestamp()

    with Sandbox(folder / "mailbox", faults=faults, clock=seconds, store="index") as sandbox:
        settings = make_settings(
            folder, sendgrid={"base_url": sandbox.url}, delivery={"timeout": PATIENCE}
        )
        keyed = settings.model_copy(update={"secrets": Secrets({"SENDGRID_API_KEY": "SG.key"})})
        provider = sendgrid_provider.make(keyed, clock)
        try:
            yield Scene(
                database=database,
                ledger=ledger,
                records=RecallRecords(database),
                send=send,
                sandbox=sandbox,
                clock=clock,
                provider=provider,
            )
        finally:
            provider.close()


def everyone(people: int = 20) -> Counter[str]:
    return Counter(f"reader{number:04}@example.org" for number in range(1, people + 1))

"""Take in what the provider reports: keep it as it came, then draw the consequences, each once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, fields

from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.errors import ConfigError
from newsletter.core.model.events import Intake
from newsletter.delivery import opening
from newsletter.delivery.events import rules as judging
from newsletter.delivery.provider import EventParser
from newsletter.storage.database import Database
from newsletter.storage.events import EventStore, Judgement
from newsletter.subscribers import lifecycle

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class EventIntake:
    """The events of a publication's provider. Safe to use from several threads and processes."""

    provider: str
    parser: EventParser
    store: EventStore
    clock: Clock
    missing_key: str | None = None  # the variable to set, where no post can be told genuine

    def refuse_without_key(self) -> None:
        """Refuse to listen when every post would have to be refused. Raises `ConfigError`."""
        if self.missing_key:
            raise ConfigError(
                f"{self.missing_key} is not set, so every post would have to be refused.",
                hint="Copy the verification key from the provider's webhook settings into "
                f"{self.missing_key}, or name a file that holds it as {self.missing_key}_FILE.",
            )

    def receive(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Store a post that is genuine, durably and as it came; `work_off` reads it.

        Raises `InputError` for any other, and nothing is stored then.
        """
        now = self.clock.now()
        self.parser.verify(body, headers, now=now)
        self.store.keep(self.provider, body, now=now)

    def work_off(self) -> Intake:
        """Take in every post that waits, the oldest first, each in a transaction of its own."""
        total = Intake()
        while (one := self._take()) is not None:
            total = _sum(total, one)
        return total

    def ingest(self, body: bytes) -> Intake:
        """Take in a stored payload on the operator's word, without a signature.

        Raises `InputError` when it is no list of events.
        """
        now = self.clock.now()
        events = self.parser.parse(body, received_at=now)
        return self.store.take_in(events, self._judgement(), now=now)

    def _take(self) -> Intake | None:
        taken = self.store.take(self.provider, self._judgement(), now=self.clock.now())
        if taken is not None and taken.unreadable:
            log.warning(
                "A signed post of events cannot be read; it is kept.",
                extra={"event": "events.post.unreadable", "provider": self.provider},
            )
        return taken

    def _judgement(self) -> Judgement:
        return Judgement(
            parse=lambda body, received_at: self.parser.parse(body, received_at=received_at),
            effects=lambda events, sends, pasts: judging.effects(events, sends=sends, pasts=pasts),
            allows=lifecycle.allows,
        )


def open_intake(settings: Settings, database: Database, clock: Clock) -> EventIntake:
    """Open the intake of the configured provider.

    Raises `ConfigError` for a provider that reports nothing, and for a key that is none.
    """
    name = settings.delivery.provider
    opened = opening.open_parser(settings)
    if opened is None:
        raise ConfigError(
            f"The provider {name} reports no events.",
            hint="Events come from SendGrid; what is in doubt elsewhere is settled with "
            "`newsletter send resolve`.",
        )
    parser, missing = opened
    return EventIntake(
        provider=name, parser=parser, store=EventStore(database), clock=clock, missing_key=missing
    )


def _sum(one: Intake, other: Intake) -> Intake:
    names = [field.name for field in fields(Intake)]
    return Intake(**{name: getattr(one, name) + getattr(other, name) for name in names})

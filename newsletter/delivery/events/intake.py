"""Take in what the provider reports: keep it as it came, then draw the consequences, each once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.errors import ConfigError, InputError
from newsletter.core.model.events import Entry, Intake, SetAside
from newsletter.delivery import opening
from newsletter.delivery.events import payload
from newsletter.delivery.events import rules as judging
from newsletter.delivery.events.keeping import Post
from newsletter.delivery.provider import EventParser
from newsletter.delivery.readiness import loaded_aside
from newsletter.storage.database import Database
from newsletter.storage.events import EventStore, Judgement, summed
from newsletter.subscribers import lifecycle

_ALONE = 200  # posts that are taken one by one after some could not be taken together
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class EventIntake:
    """The events of a publication's provider. Safe to use from several threads and processes."""

    provider: str
    parser: EventParser
    store: EventStore
    clock: Clock
    # Threads of this process hand the database over; SQLite has them sleep and look again.
    turn: threading.Lock = field(default_factory=threading.Lock)
    missing_key: str | None = None  # the variable to set, where no post can be told genuine

    def refuse_without_key(self) -> None:
        """Refuse to listen when every post would have to be refused. Raises `ConfigError`."""
        if self.missing_key:
            raise ConfigError(
                f"{self.missing_key} is not set, so every post would have to be refused.",
                hint="Copy the verification key from the provider's webhook settings into "
                f"{self.missing_key}, or name a file that holds it as {self.missing_key}_FILE.",
            )

    def genuine(self, body: bytes, headers: Mapping[str, str]) -> Post:
        """Return a post and when it came. Raises `InputError` for one that is not genuine."""
        now = self.clock.now()
        self.parser.verify(body, headers, now=now)
        return body, now

    def keep(self, posts: Sequence[Post]) -> None:
        """Store genuine posts durably and as they came, all or none; `work_off` reads them."""
        with self.turn:
            self.store.keep_all(self.provider, posts)

    def receive(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Store a post that is genuine.

        Raises `InputError` for any other, and nothing is stored then.
        """
        self.keep([self.genuine(body, headers)])

    def work_off(self) -> Intake:
        """Take in every post that waits: small ones together, and each alone where that fails."""
        with loaded_aside():
            return self._work_off()

    def _work_off(self) -> Intake:
        total, alone = Intake(), 0
        while True:
            one = None if alone else self._take_together()
            if one is None:
                one, alone = self._take(), max(alone - 1, 0)
            elif not one.posts:
                alone = _ALONE
            if one is None:
                return total
            total = summed(total, one)

    def ingest(self, body: bytes) -> Intake:
        """Take in a stored payload on the operator's word, without a signature.

        What cannot be taken is counted as `aside` and stays in the payload alone. Raises
        `InputError`, which says what is wanted, for what holds no event.
        """
        now = self.clock.now()
        with loaded_aside():
            entries = self._entries(body, now)
            if entries and all(one.problem for one in entries):
                what = f"None of its entries can be taken ({len(entries):,}). {entries[0].problem}"
                raise InputError(what, hint=payload.WANTED)
            return self.store.take_in(entries, self._judgement(), now=now)

    def set_aside(self) -> tuple[SetAside, ...]:
        """List what could not be taken."""
        return self.store.set_aside(self.provider)

    def retry(self) -> Intake:
        """Take what was set aside once more, with whatever else waits."""
        self.store.retry(self.provider)
        return self.work_off()

    def _take_together(self) -> Intake | None:
        with self.turn:
            return self.store.take_together(self.provider, self._judgement(), now=self.clock.now())

    def _take(self) -> Intake | None:
        with self.turn:
            taken = self.store.take(self.provider, self._judgement(), now=self.clock.now())
        if taken is not None and (taken.unreadable or taken.aside):
            log.warning(
                "Set aside: %s posts and %s events that cannot be taken; see `newsletter events "
                "set-aside`.",
                taken.unreadable,
                taken.aside,
                extra={"event": "events.set_aside", "provider": self.provider},
            )
        return taken

    def _entries(self, body: bytes, received_at: datetime) -> Sequence[Entry]:
        return payload.entries_of(
            body, lambda found: self.parser.parse(found, received_at=received_at)
        )

    def _judgement(self) -> Judgement:
        return Judgement(
            parse=self._entries,
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
        provider=name,
        parser=parser,
        store=EventStore(database),
        clock=clock,
        missing_key=missing,
    )

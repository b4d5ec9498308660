"""A worker: hands over what is due of any open send, beside other senders, on any host."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar

from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.errors import ConfigError, NewsletterError, StorageError
from newsletter.core.logs import without_addresses
from newsletter.core.model import Send
from newsletter.delivery.sender import Sender
from newsletter.storage.sends.ledger import Ledger

_LOOK_EVERY = timedelta(seconds=1)
_SOON = timedelta(minutes=1)  # what rests no longer is waited for, even by a worker that is to end
_REST = timedelta(minutes=1)  # after trouble with a send
log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


@dataclass(kw_only=True)
class Shift:
    """What a worker did until it ended."""

    submitted: dict[date, int] = field(default_factory=dict)  # edition → batches, by this worker
    troubles: dict[date, NewsletterError] = field(default_factory=dict)  # edition → the latest


@dataclass(kw_only=True)
class Worker:
    """Shares the open sends of one publication. Call `run` once."""

    open_sends: Callable[[], tuple[Send, ...]]
    sender_for: Callable[[Send], Sender]
    clock: Clock
    wants_to_stop: Callable[[], bool]
    _shift: Shift = field(default_factory=Shift, init=False)
    _senders: dict[tuple[int, str], Sender] = field(default_factory=dict, init=False)
    _resting: dict[int, datetime] = field(default_factory=dict, init=False)

    def run(self, *, once: bool) -> Shift:
        """Work until asked to stop; with `once`, until nothing is to be done within a minute.

        Trouble with a send lets that send rest for a minute; the others go on. Raises
        `StorageError` with `once`; else the database is tried again until it answers. What was
        under way meanwhile is recorded then.
        """
        while not self.wants_to_stop():
            try:
                wakes = [self._visit(send) for send in self.open_sends()]
            except StorageError as error:
                if once:
                    raise
                log.warning("worker.no_database %s", error.what)
                self._senders.clear()
                wakes = []
            soon = self.clock.now() + _SOON
            if once and not any(wake and wake <= soon for wake in wakes):
                break
            self.clock.sleep(_LOOK_EVERY.total_seconds())
        return self._shift

    def _visit(self, send: Send) -> datetime | None:
        """Hand over what is due of a send; give the moment to come again, None: no need."""
        if self.clock.now() < self._resting.get(send.id, send.created_at):
            return None
        sender = self._sender(send)
        before = sender.submitted
        try:
            sender.run()
        except StorageError:
            raise
        except NewsletterError as error:
            self._let_rest(send, error)
            return None
        finally:
            self._count(send, sender.submitted - before)
        self._shift.troubles.pop(send.edition, None)
        return sender.resting_until

    def _sender(self, send: Send) -> Sender:
        """Return the loop of a send; it remembers its row of setbacks from visit to visit."""
        key = (send.id, send.digest)
        if key not in self._senders:
            self._senders[key] = self.sender_for(send)
        return self._senders[key]

    def _let_rest(self, send: Send, error: NewsletterError) -> None:
        self._senders.pop((send.id, send.digest))
        if self.wants_to_stop():
            return  # that is what the error says
        known = self._shift.troubles.get(send.edition)
        if known is None or known.what != error.what:
            told = without_addresses(f"{error.what} {error.hint}")
            log.warning("worker.trouble edition=%s %s", send.edition, told)
        self._shift.troubles[send.edition] = error
        self._resting[send.id] = self.clock.now() + _REST

    def _count(self, send: Send, batches: int) -> None:
        if batches:
            already = self._shift.submitted.get(send.edition, 0)
            self._shift.submitted[send.edition] = already + batches
            log.info("worker.submitted edition=%s batches=%s", send.edition, batches)


def refuse_to_work(settings: Settings, ledger: Ledger) -> None:
    """Refuse where workers cannot share, or not for this publication. Raises `ConfigError`."""
    if settings.database.is_sqlite:
        raise ConfigError(
            "Workers need PostgreSQL: an SQLite file lets one process write at a time, and must "
            "not be shared between machines.",
            hint="With SQLite `newsletter send` does it alone, over [delivery] parallel "
            'connections. For workers set [database] url = "postgresql+psycopg://user@host/name".',
        )
    own, found = settings.publication.id, ledger.publications()
    if found and own not in found:
        raise ConfigError(
            f"This config.toml is the publication {own}; the database holds the sends of "
            f"{', '.join(found)}.",
            hint="Give every host of a publication the same config.toml.",
        )


def for_a_minute(ask: Callable[[], Answer], clock: Clock) -> Callable[[], Answer]:
    """Make a question that is asked anew only when its last answer is a minute old."""
    kept: list[tuple[Answer, datetime]] = []

    def answer() -> Answer:
        now = clock.now()
        if not kept or now >= kept[0][1]:
            kept[:] = [(ask(), now + timedelta(minutes=1))]
        return kept[0][0]

    return answer

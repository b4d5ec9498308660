"""The pretended account: its settings, its batches and mail, and what it was asked so far."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from newsletter.core import private
from newsletter.sandbox.drafts import Draft, drafts, why_dropped
from newsletter.sandbox.events import Event, Kind, event, public_text
from newsletter.sandbox.exchange import Problem
from newsletter.sandbox.faults import FaultPlan
from newsletter.sandbox.mailbox import Mailbox, Store
from newsletter.sandbox.ratelimit import RateLimit
from newsletter.sandbox.schedule import Schedule
from newsletter.sandbox.setup import Setup
from newsletter.sandbox.shape import Object
from newsletter.sandbox.suppressions import Suppressions
from newsletter.sandbox.validate import Known
from newsletter.sandbox.webhook import Webhook, signing_key

LARGEST_REQUEST = 30_000_000  # bytes: 30 MB (sendgrid.md 1.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings:
    """What can be set about the account."""

    api_key: str | None = None  # None: any key that is not empty
    senders: frozenset[str] | None = None  # addresses that may stand in From; None: any
    strict: bool = True
    store: Store = "eml"
    webhook: str | None = None
    largest_request: int = LARGEST_REQUEST
    rate_limit: int = 10_000  # requests in a window
    rate_window: float = 60.0  # seconds
    setup: Setup = field(default_factory=Setup)
    keep_requests: int = 1_000  # the last ones stay in memory with their bodies


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRequest:
    """A request to /v3 and what became of it."""

    number: int  # counted per path, as fault rules count
    at: datetime  # UTC
    method: str
    path: str
    headers: Mapping[str, str]  # names in lower case; the key is replaced by stars
    raw: bytes  # the body, as far as it was read
    status: int | None = None  # of the answer; None: there was none
    accepted: bool = False  # whether mail was taken
    message_id: str | None = None
    fault: str | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def body(self) -> Any:
        """Return the body as parsed JSON, or None where it is none."""
        try:
            return orjson.loads(self.raw)
        except orjson.JSONDecodeError:
            return None


class Account:
    """Everything that changes while the sandbox runs. Used by one thread."""

    def __init__(
        self, folder: Path, settings: AccountSettings, *, clock: Callable[[], float]
    ) -> None:
        private.folder(folder)
        self.settings = settings
        self.now = clock
        self.mailbox = Mailbox(folder, settings.store)
        self.schedule = Schedule()
        self.suppressions = Suppressions()
        self.limit = RateLimit(settings.rate_limit, settings.rate_window)
        self.faults = FaultPlan()
        self.requests: deque[RecordedRequest] = deque(maxlen=settings.keep_requests)
        self.on_request: Callable[[RecordedRequest], None] = lambda _: None
        key = signing_key(folder)
        self.public_key = public_text(key)
        self.webhook = Webhook(settings.webhook, key) if settings.webhook else None

    def known(self) -> Known:
        """Return what validation has to know."""
        now = self.now()
        return Known(
            now=now,
            batch_ids=self.schedule.batch_ids(now=now),
            groups=self.settings.setup.groups,
            pools=self.settings.setup.pools,
            templates=self.settings.setup.templates,
        )

    def accept(self, body: Object, *, number: int) -> str:
        """Take the mail of a valid request; give its X-Message-Id.

        Mail that is due arrives in the mailbox before this returns, as index entries. Raises
        `OSError` when the folder could not be written to.
        """
        if self.mailbox.failure:
            raise self.mailbox.failure
        message_id = secrets.token_urlsafe(16)
        taken = drafts(body, message_id=message_id, request=number, now=self.now())
        self.schedule.add(taken)
        self._report("processed", taken)
        self.deliver_due()
        return message_id

    def deliver_due(self) -> None:
        """Let the mail arrive whose time has come; drop what the real one takes and drops."""
        now = self.now()
        due = self.schedule.due(now=now)
        going = tuple(draft for draft in due if not self._why_not(draft))
        if going:
            self.mailbox.add(going, now=now)
            self._report("delivered", going)
        if len(going) < len(due):
            self._report("dropped", tuple(draft for draft in due if self._why_not(draft)))

    def record(self, request: RecordedRequest) -> None:
        """Remember a request, and tell whoever watches."""
        self.requests.append(request)
        self.on_request(request)

    def close(self) -> None:
        """Write what has arrived, and stop reporting."""
        if self.webhook:
            self.webhook.close()
        self.mailbox.close()

    def _why_not(self, draft: Draft) -> str | None:
        return self.suppressions.why_not(draft.recipient) or why_dropped(draft)

    def _report(self, kind: Kind, about: tuple[Draft, ...]) -> None:
        if self.webhook:
            self.webhook.add(self._event(kind, draft) for draft in about)

    def _event(self, kind: Kind, draft: Draft) -> Event:
        reason = self._why_not(draft) if kind == "dropped" else None
        event_id = secrets.token_urlsafe(16)
        return event(kind, draft, at=self.now(), event_id=event_id, reason=reason)

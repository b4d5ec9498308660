"""What is handed over and to whom: message, subscriber, recipient, batch, attempt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from newsletter.core.model.message import Envelope, Message
from newsletter.core.model.recipients import Recipients

# --- delivery ----------------------------------------------------------------------------------


class BatchState(StrEnum):
    """What is known of a batch. There is no "sent": only the provider's events tell."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    SUBMITTED = "submitted"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"
    DEFERRED = "deferred"  # a mail server asked to try its people later; it has its own moment


class SendKind(StrEnum):
    """What a send is of; a test goes to addresses that were named."""

    EDITION = "edition"
    WEEKLY = "weekly"  # a digest of the week's editions
    TEST = "test"


class SendStatus(StrEnum):
    """Where a send stands, as its operator steered it or as its batches show."""

    OPEN = "open"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """One edition to one frozen audience."""

    id: int
    publication: str
    edition: date
    kind: SendKind
    status: SendStatus
    digest: str
    provider: str
    recipients: int
    created_at: datetime
    led_until: datetime | None  # until when a leader's lease lasts; None: nobody leads
    paused_until: datetime | None  # the provider's rate limit, for all workers
    segment: str = ""  # who of the audience it was frozen for; empty: everyone

    def is_led(self, now: datetime) -> bool:
        """Say whether a leader is at work."""
        return self.led_until is not None and self.led_until >= now


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A recipient who is left out of a batch, for good, with the reason."""

    position: int
    # skipped: opted out since; refused: cannot be mailed; deferred: asked to wait to the end
    outcome: Literal["skipped", "refused", "deferred"]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """When the provider is to let an attempt go, and the id by which it can be recalled."""

    recall_id: str  # SendGrid: batch_id; one attempt has it, never two
    send_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A batch that this process alone may now hand to the provider."""

    send_id: int
    batch: int
    attempt_id: str  # travels to the provider; evidence names the attempt by it
    due_at: datetime  # of its wave
    digest: str  # of the message it is to carry; a correction may have changed it
    first: int  # positions, both ends included
    last: int
    frozen_at: datetime
    tries: int = 0  # how often a mail server has asked to try its people later


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at a batch."""

    id: str
    send_id: int
    batch: int
    envelope: Envelope
    message: Message
    recipients: Recipients
    booking: Booking | None = None  # None: it goes at once, and cannot be recalled


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferral:
    """A recipient whom the mail server asked to try later; nothing of their copy was taken."""

    position: int
    reason: str  # in the server's words, without addresses
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Postponed:
    """When those of a batch who were deferred are to be tried again."""

    again_at: datetime
    give_up_at: datetime  # after that it is too late for them
    tries: int  # how often they were asked to wait by then


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """The provider took the attempt: all of it, or what the last five fields leave."""

    provider_id: str  # SendGrid: X-Message-Id, the prefix of every later sg_message_id
    status: int | None = None
    pause_until: datetime | None = None  # the provider's window is used up
    refused: tuple[SetAside, ...] = ()  # people it refused for good, while it took others
    doubt: int | None = None  # position of the one copy that may or may not be taken
    rest: int | None = None  # from this position on nobody's copy was handed over
    deferred: tuple[Deferral, ...] = ()  # people who are to be tried later, by their position
    taken: bool = True  # False: nobody's copy was taken, and some were deferred or are in doubt

    @property
    def is_whole(self) -> bool:
        """Say whether everybody's copy was taken who was not refused."""
        return self.taken and not self.deferred and self.doubt is None and self.rest is None

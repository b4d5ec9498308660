"""What the ledger says about one send: the sums a plan decides from, and an audit's evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from newsletter.core.feedback_loops import Feedback
from newsletter.core.model import BatchState, Send

# How an attempt may end besides as its batch does; it is kept as history then.
RELEASED = "released"  # nothing was taken
RECALLED = "recalled"  # what was taken, if anything, is stopped at the provider


@dataclass(frozen=True, slots=True)
class Tally:
    """Batches and recipients in one state."""

    batches: int = 0
    recipients: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SendView:
    """What the plan decides from: the ledger's sums, nothing per recipient."""

    send: Send
    batches: Mapping[BatchState, Tally]
    skipped: int
    refused: int
    next_due: datetime | None  # earliest moment a planned batch may be claimed; None: none planned
    given_up: int = 0  # recipients whom a mail server asked to wait until it was too late
    next_retry: datetime | None = None  # when the first of the deferred may be tried again

    def tally(self, state: BatchState) -> Tally:
        """Return the sums for one state, zero where there are none."""
        return self.batches.get(state, Tally())


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRecord:
    """A batch as it stands in the ledger."""

    number: int
    first: int
    last: int
    state: BatchState
    attempt_id: str | None
    left_out: Mapping[str, int]  # outcome → people of this range who have one of their own

    @property
    def size(self) -> int:
        """Count everyone of the range, left out or not."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRecord:
    """An attempt as it stands in the ledger."""

    id: str
    batch: int
    state: str
    digest: str
    provider_id: str | None
    status: int | None
    reason: str | None
    started_at: datetime
    ended_at: datetime | None
    proven_at: datetime | None = None  # since when an event proves that it was taken
    went_at: datetime | None = None  # since when one proves that its mail went out
    send_at: datetime | None = None  # the moment it was handed over for, ahead of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """An attempt that was handed over ahead of its moment, and may or may not be taken."""

    attempt_id: str
    batch: int
    recipients: int
    recall_id: str
    send_at: datetime
    since: datetime
    asked_at: datetime | None = None  # when its recall was asked for last
    taken: bool = False  # the provider said so: a doubt only once its recall is asked for
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledBack:
    """What became of an attempt that an operator wants to call back."""

    batch: int
    recipients: int
    send_at: datetime
    recalled: bool
    reason: str = ""  # why not


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What is reported of a send so far."""

    went: int  # recipients whose mail was handed over and due
    bounced: int = 0
    complained: int = 0
    blocked: int = 0
    # Of these, whose mailbox provider reports complaints; None: not counted yet.
    reporting: int | None = None
    told: frozenset[str] = frozenset()  # which of these paused the send before


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A message that replaced another one while a send was under way."""

    at: datetime
    before: str  # digests
    digest: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The copies of people who joined after a freeze, in mails of their own."""

    states: Mapping[str, int] = field(default_factory=dict)  # of `MailState` → people
    twice: int = 0  # of these, whom the send itself reaches too


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRecord:
    """Everything the ledger holds about one send."""

    send: Send
    rows: int  # rows of the recipient table
    lowest: int  # positions; 0 where there are none
    highest: int
    batches: tuple[BatchRecord, ...]  # by first position
    attempts: tuple[AttemptRecord, ...]  # by time
    left_out: tuple[tuple[str, str, int], ...]  # (outcome, reason, people)
    message_digest: str  # of the stored message, computed anew
    reported: Mapping[str, int] = field(default_factory=dict)  # what events told last → people
    corrections: tuple[Correction, ...] = ()
    feedback: Feedback | None = None  # of whom complaints would be heard
    joined: Joined = Joined()


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One edition as one person was to get it."""

    edition: date
    kind: str
    send_id: int
    batch: int
    state: str  # of its batch, or the person's own: skipped, refused
    reason: str
    digest: str  # of the message the latest attempt carried, or would
    attempt_id: str | None
    attempt_at: datetime | None
    reported: str | None  # what the provider's events told last
    reported_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What one person was mailed, and what became of it."""

    canonical: str
    state: str | None  # None: not in the list
    suppressed: str | None  # why, where the address is suppressed
    copies: tuple[Copy, ...]  # the newest first

"""Judge what a batch ended in, and make that durable: no answer is ever lost.

However long the ledger cannot be written, what was answered is written down when it can be.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from newsletter.core.clock import Clock
from newsletter.core.errors import (
    DeliveryError,
    NewsletterError,
    PluginError,
    StorageError,
    Throttled,
    Uncertain,
    Unreachable,
)
from newsletter.core.logs import without_addresses
from newsletter.core.model import Claim, Submission
from newsletter.core.sentences import said
from newsletter.delivery import outcomes
from newsletter.delivery.attempts import Tried
from newsletter.delivery.run import Pace
from newsletter.storage.sends.attempts import Attempts

_LONGEST_PAUSE = 30.0  # seconds between two tries at the ledger
log = logging.getLogger(__name__)
Kept = TypeVar("Kept")


def durably(write: Callable[[], Kept], *, clock: Clock) -> Kept:
    """Do it, and again while the database refuses: only this process knows of the answer.

    It ends with the process at the latest; then what was answered is in doubt.
    """
    pause = 1.0
    while True:
        try:
            return write()
        except StorageError as error:
            log.error(
                "An answer of the provider cannot be written down, and is kept; next try in "
                "%.0f s. Whoever ends this process now leaves what it was about in doubt. %s %s",
                pause,
                without_addresses(error.what),
                error.hint,
                extra={"event": "delivery.ledger.refused"},
            )
            clock.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """What one sender writes down of the answers it gets."""

    attempts: Attempts
    clock: Clock

    def durably(self, write: Callable[[], Kept]) -> Kept:
        """Do it, and again while the database refuses; see `durably`."""
        return durably(write, clock=self.clock)

    def remembered(
        self, claim: Claim, tried: Tried, history: outcomes.RunHistory
    ) -> outcomes.RunHistory:
        """Return the row of setbacks, with what earlier commands saw of a batch."""
        if tried.attempt is None or not isinstance(tried.end, Throttled | Unreachable):
            return history
        began, tries = self.durably(lambda: self.attempts.tried(claim))
        return outcomes.remembered(history, began=began, tries=tries)

    def record(self, claim: Claim, verdict: outcomes.Verdict) -> None:
        """Make a verdict durable: people and limits first, for then the batch is anybody's.

        Raises `StorageError`; it may be done again, whatever of it was done before.
        """
        now, attempts = self.clock.now(), self.attempts
        reason, status = verdict.reason, verdict.status
        attempts.set_aside(claim.send_id, verdict.aside)
        if verdict.pause_until:
            attempts.pause_until(claim.send_id, verdict.pause_until)
        match verdict.record:
            case "submitted":
                assert verdict.submission is not None
                postponed = verdict.postponed
                attempts.submitted(claim, verdict.submission, now=now, postponed=postponed)
            case "uncertain":
                attempts.uncertain(claim, reason=reason, status=status, now=now)
            case "split":
                attempts.split(claim, reason=reason, status=status, now=now)
            case "drop":
                attempts.drop(claim, reason=reason, now=now)
            case "release":
                attempts.release(claim, reason=reason, status=status, now=now)


def judge(
    claim: Claim,
    tried: Tried,
    *,
    history: outcomes.RunHistory,
    pace: Pace,
    provider: str,
    now: datetime,
) -> outcomes.Verdict:
    """Say what to record of a claim; a fault of the provider's code ends the run besides."""
    end, attempt = tried.end, tried.attempt
    if isinstance(end, Submission):
        again = outcomes.try_again(claim, window=pace.window, now=now)
        return outcomes.accepted(end, history, again)
    if attempt is None:
        return outcomes.not_begun(end, history)
    stop: NewsletterError | None = None
    if not isinstance(end, DeliveryError):
        # A fault of the provider's code: the request may be out. Record it, then end.
        told = said(
            "The provider %(provider)s failed: %(kind)s: %(why)s",
            provider=provider,
            kind=type(end).__name__,
            why=end,
        )
        stop = end if isinstance(end, PluginError) else NewsletterError(told)
        raised = end.__cause__ or end if isinstance(end, PluginError) else end
        end = Uncertain(said("%(name)s while submitting", name=type(raised).__name__))
    verdict = outcomes.failed(end, attempt, history=history, patience=pace.patience(), now=now)
    return replace(verdict, stop=stop or verdict.stop)


def tell(claim: Claim, verdict: outcomes.Verdict) -> None:
    """Log what was recorded."""
    log.info(
        "Batch %s of send %s: %s%s",
        claim.batch,
        claim.send_id,
        verdict.record,
        f" ({without_addresses(verdict.reason)})" if verdict.reason else "",
        extra={
            "event": f"delivery.batch.{verdict.record}",
            "send": claim.send_id,
            "batch": claim.batch,
            "attempt": claim.attempt_id,
        },
    )

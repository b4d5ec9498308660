"""The work of one batch, on a thread beside the sender's loop: build the attempt, hand it over.

Nothing is judged or recorded here but who is left out, which must be on record before anybody is
mailed. A request is written while the database reads the next people and makes the last answers
durable.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from newsletter.core.clock import Clock
from newsletter.core.errors import Unreachable
from newsletter.core.model import Attempt, Claim, People, Submission
from newsletter.delivery.ahead import Ahead
from newsletter.delivery.building import Content, build
from newsletter.delivery.outcomes import NotBegun
from newsletter.ports import Provider
from newsletter.storage.sends.attempts import Attempts


@dataclass(frozen=True, slots=True)
class Tried:
    """What the work of a batch ended in."""

    attempt: Attempt | None  # None: it ended before the provider was called
    end: Submission | NotBegun | Exception


def hand_over(
    claim: Claim,
    people: People,
    content: Content,
    *,
    until: datetime,
    attempts: Attempts,
    provider: Provider,
    clock: Clock,
    ahead: Ahead | None,
) -> Tried:
    """Do the work of a batch, whose claim holds until a moment; raise nothing.

    A process that stood still finds the moment past: others doubt its claim by then.
    """
    attempt: Attempt | None = None
    try:
        built = build(claim, people, content, provider)
        attempts.set_aside(claim.send_id, built.aside)
        if not built.attempt.recipients:
            return Tried(None, "empty")
        if len(built.attempt.recipients) > 1 and not provider.fits(built.attempt):
            return Tried(None, "too large")
        attempt = built.attempt
        booked = replace(attempt, booking=ahead.book(claim)) if ahead else attempt
        if clock.now() >= until:
            raise Unreachable("this process stood still for longer than its lease")
        return Tried(attempt, provider.submit(booked))
    except Exception as error:  # noqa: BLE001 - the loop judges it
        return Tried(attempt, error)

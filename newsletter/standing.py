"""Where the edition of a date stands, from nothing at all to handed over. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from newsletter.core.model import Send, SendStatus
from newsletter.core.model.content import Approval


class Standing(StrEnum):
    """Where an edition stands; the later ones win over the earlier ones."""

    FREE = "free"  # the calendar has no edition on this date, or its time has passed without one
    NONE = "none"  # there is to be one, and there is nothing yet
    ASSEMBLED = "assembled"
    HELD = "held"  # as it is it cannot go out: a person is needed
    MISSED = "missed"  # its time is over, and it did not go out
    APPROVED = "approved"
    CHANGED = "changed"  # since it was approved
    OPEN = "open"  # its send is under way
    PAUSED = "paused"
    CANCELLED = "cancelled"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one date."""

    is_due: bool = True  # by the calendar
    is_over: bool = False  # its catch-up window has closed
    has_edition: bool = False
    is_faulty: bool = False  # no lead story, a finding that holds it, or an unreadable file
    approval: Approval | None = None
    has_changed: bool = False  # since it was approved
    send: Send | None = None


_OF_SENDS = {
    SendStatus.OPEN: Standing.OPEN,
    SendStatus.PAUSED: Standing.PAUSED,
    SendStatus.CANCELLED: Standing.CANCELLED,
    SendStatus.COMPLETE: Standing.COMPLETE,
}


def standing_of(known: Known) -> Standing:
    """Say where an edition stands."""
    if known.send is not None:
        return _OF_SENDS[known.send.status]
    if not known.has_edition:
        return Standing.NONE if known.is_due and not known.is_over else Standing.FREE
    if known.is_over:
        return Standing.MISSED
    if known.is_faulty:
        return Standing.HELD
    if known.approval is None:
        return Standing.ASSEMBLED
    return Standing.CHANGED if known.has_changed else Standing.APPROVED

"""Put where an edition stands into words, and say what may be done about it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from newsletter.editions.status import Known, Standing, standing_of

LABELS: Mapping[Standing, str] = {
    Standing.FREE: "No edition",
    Standing.NONE: "Nothing yet",
    Standing.ASSEMBLED: "Assembled",
    Standing.HELD: "Held",
    Standing.MISSED: "Did not go out",
    Standing.APPROVED: "Approved",
    Standing.CHANGED: "Changed since approval",
    Standing.OPEN: "Going out",
    Standing.PAUSED: "Paused",
    Standing.CANCELLED: "Cancelled",
    Standing.COMPLETE: "Handed over",
}
_APPROVABLE = frozenset({Standing.ASSEMBLED, Standing.CHANGED})
_WITHDRAWABLE = frozenset({Standing.APPROVED, Standing.CHANGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a page shows of where an edition stands."""

    standing: Standing
    label: str
    sentence: str
    can_approve: bool
    can_withdraw: bool
    can_test: bool


def decision(known: Known, *, is_needed: bool, zone: str) -> Decision:
    """Describe one edition; `is_needed` says whether it only goes out approved."""
    standing = standing_of(known)
    return Decision(
        standing=standing,
        label=LABELS[standing],
        sentence=_sentence(standing, known, is_needed=is_needed, zone=zone),
        can_approve=standing in _APPROVABLE,
        can_withdraw=standing in _WITHDRAWABLE,
        can_test=known.has_edition,
    )


def moment(at: datetime, zone: str) -> str:
    """Write a moment as the publication's clocks show it: "14:02 on 3 March"."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%H:%M} on {local.day} {local:%B}"


def _sentence(standing: Standing, known: Known, *, is_needed: bool, zone: str) -> str:
    if known.send is not None:
        frozen_at = moment(known.send.created_at, zone)
        return f"{known.send.recipients:,} recipients, frozen at {frozen_at}."
    if standing is Standing.HELD:
        return "Mend what the checks found, or accept it with a reason."
    if standing is Standing.MISSED:
        return "Its time is over; newsletter send --late would still send it."
    if known.approval is not None:
        who, when = known.approval.by, moment(known.approval.at, zone)
        if standing is Standing.APPROVED:
            return f"{who} approved this very message at {when}."
        return f"This is not the message {who} approved at {when}."
    return "It only goes out approved." if is_needed else "It goes out without approval, too."

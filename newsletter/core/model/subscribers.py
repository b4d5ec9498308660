"""Subscribers: who they are, what they said of themselves, and how they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

# --- subscribers -------------------------------------------------------------------------------


class SubscriberState(StrEnum):
    """Only `active` subscribers are mailed."""

    PENDING = "pending"
    ACTIVE = "active"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


class Frequency(StrEnum):
    """Which editions a subscriber wants."""

    DAILY = "daily"  # every edition
    WEEKDAYS = "weekdays"  # those of Monday to Friday
    WEEKLY = "weekly"  # the first of each week


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What somebody said of themselves; its columns are those of `subscribers.profile`."""

    name: str
    zone: str | None
    attributes: Mapping[str, str]
    frequency: Frequency = Frequency.DAILY
    paused_until: date | None = None  # no edition before this date
    locale: str | None = None  # the language they read, as a BCP 47 tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber(Profile):
    """A person and their state."""

    id: int
    address: str  # as it is mailed: local part as given, domain in A-labels
    canonical: str  # for comparison only
    state: SubscriberState
    token: str  # 22 URL-safe characters, 120 random bits; opens the unsubscribe page
    created_at: datetime
    changed_at: datetime

"""What a provider reports later of the mail it took, and what follows from it. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from newsletter.core.model import SubscriberState


class EventKind(StrEnum):
    """What happened to one recipient's copy, in the house's words."""

    PROCESSED = "processed"
    DEFERRED = "deferred"
    DROPPED = "dropped"  # the provider took it and did not deliver it
    BLOCKED = "blocked"  # refused for now: the message or the moment, not the address
    DELIVERED = "delivered"
    OPENED = "opened"
    CLICKED = "clicked"
    BOUNCED = "bounced"  # refused for good: the address
    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"
    OTHER = "other"  # what this version does not know; kept under the provider's own word


class Event(NamedTuple):
    """One thing the provider reports; a tuple, which is made in a quarter of the time."""

    # Equal for two reports of one thing, whatever ids the provider gave them. Keys and ids that
    # begin with their moment lie together in the index.
    key: str
    event_id: str | None  # the provider's own id of the report; it may change on a retry
    kind: EventKind
    name: str  # the provider's own word
    at: datetime
    canonical: str | None  # the address it is about, for comparison
    attempt_id: str | None = None
    position: int | None = None  # of the recipient in the attempt's send
    provider_id: str | None = None
    reason: str = ""  # no address in it: it is kept, and may be printed
    cause: SubscriberState | None = None  # dropped because the provider knows this of the person


class Entry(NamedTuple):
    """One entry of a post: an event, or what is wrong with it."""

    found: Any  # as JSON knows it
    event: Event | None = None
    problem: str = ""  # a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """What of the provider's posts could not be taken, and waits for a person."""

    id: int
    received_at: datetime
    problem: str
    body: bytes
    tries: int


class Report(NamedTuple):
    """How far one recipient's copy has come; a tuple, of which a post makes a thousand."""

    send_id: int
    position: int
    kind: EventKind
    rank: int  # only a higher one replaces it, or a later one of the same
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A person who must not be mailed any more."""

    canonical: str
    state: SubscriberState
    at: datetime
    reason: str
    send_id: int | None = None  # a choice: only the list this was for; None: every list


@dataclass(frozen=True, slots=True)
class Taken:
    """An attempt that an event proves to be taken."""

    attempt_id: str
    provider_id: str | None
    went_out: bool  # not only taken: its mail was let go, so no recall was in force


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What follows from new events; each recipient, person and attempt stands in it once."""

    taken: tuple[Taken, ...] = ()
    reports: tuple[Report, ...] = ()
    leaving: tuple[Leaving, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """What was reported of one edition for a person."""

    send_id: int
    kind: EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What became of the posts that were looked at."""

    posts: int = 0
    events: int = 0  # new ones
    repeated: int = 0  # known already
    proven: int = 0  # batches that were in doubt, and are submitted now
    left: int = 0  # people who are mailed no more
    unreadable: int = 0  # posts that are no list of events; they are set aside as they came
    aside: int = 0  # events that could not be taken, set aside with the reason

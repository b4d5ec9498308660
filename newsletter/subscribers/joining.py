"""Who is written to when somebody asks to join, and when the form asks for mail instead. Pure.

Whoever fills in the form may be anybody: what it leads to is decided so that a stranger is written
to hardly ever, and that nobody learns from an answer who is on the list.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from newsletter.core.model import SubscriberState

PAUSE = timedelta(days=1)  # between two mails to an address
MOST_MAILS = 3  # to an address that never confirms
COUNTED = timedelta(days=30)  # so long mails to an address are counted
LINK_LASTS = timedelta(days=7)
TRIES = 5  # at the six digits of a mail
WINDOW = 100  # mails of the form that are looked at
MOST_UNCONFIRMED = 80  # of them: under a fifth confirmed is no crowd of readers
CRACK = timedelta(days=1)  # so long after a flood the form is open by a crack
MOST_IN_CRACK = 5  # mails without an answer, of that time
MOST_CHECKED = 300  # of a day in all, for who passed a captcha: a machine may pass one, too

CONSENT_VERSION = "2026-11"
"""Which text of the join form a consent was given to; changes with the text."""


class Letter(StrEnum):
    """What is written to an address that was typed into the form."""

    CONFIRM = "confirm"
    KNOWN = "known"  # to somebody who is on the list
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an address stands, at the moment somebody asks for it to join."""

    state: SubscriberState | None
    is_suppressed: bool
    # Of the mails that forms led to, within `COUNTED`: when the last was, and how many were never
    # confirmed.
    last_written: datetime | None = None
    unanswered: int = 0

    @property
    def is_barred(self) -> bool:
        """Say whether nothing may be written to it at all."""
        return self.is_suppressed or self.state is SubscriberState.COMPLAINED


def letter(standing: Standing, *, now: datetime) -> Letter:
    """Decide what is written to an address."""
    is_today = standing.last_written is not None and standing.last_written > now - PAUSE
    if standing.is_barred or is_today or standing.unanswered >= MOST_MAILS:
        return Letter.NONE
    return Letter.KNOWN if standing.state is SubscriberState.ACTIVE else Letter.CONFIRM


def mails_left(unconfirmed: int, *, of_day: int) -> int:
    """Return how many mails the form may lead to before machines are taken to fill it in.

    `unconfirmed` are those of the latest `WINDOW`. Those that are missing where there were fewer
    count as if they had been confirmed: a small publication whose first readers are slow is not
    closed. After a flood a few a day show whether it is over; readers who answer them open the
    form again, and a machine that waits for days has little of it.
    """
    return max(MOST_UNCONFIRMED + 1 - unconfirmed, MOST_IN_CRACK - of_day)


def checked_left(of_day: int) -> int:
    """Return how many mails who passed a captcha may lead to, by those of a day that wait."""
    return MOST_CHECKED - of_day


def is_renewed(asked_at: datetime | None, *, now: datetime) -> bool:
    """Say whether asking once more begins anew, with other digits and all tries.

    By the moment of the first question alone, which is the same for every address.
    """
    return asked_at is None or asked_at <= now - PAUSE


def digits_of(text: str) -> str:
    """Return what was typed as six digits, without what people and keyboards put between."""
    return "".join(str(int(sign)) for sign in text[:40] if sign.isdecimal())


def is_right(typed: str, digits: str) -> bool:
    """Compare digits in the same time whatever they are."""
    return hmac.compare_digest(typed.encode(), digits.encode())

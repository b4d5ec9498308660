"""Decide what became of a single mail by what its attempt ended in. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.core.errors import (
    AccountRefused,
    DeliveryError,
    Held,
    MessageRefused,
    NewsletterError,
    NotSubmitted,
    PluginError,
    RecipientRefused,
    Throttled,
    TooLarge,
)
from newsletter.core.model import Submission
from newsletter.core.model.single_mails import MailState
from newsletter.core.sentences import said

AGAIN = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What to record of a mail, and whether the others go on."""

    state: MailState
    reason: str = ""
    status: int | None = None
    provider_id: str | None = None
    again_at: datetime | None = None  # of one that is planned again
    is_trouble: bool = False  # after a few in a row the others are left for a later call
    stop: NewsletterError | None = None  # nothing else can go either


def judge(end: Submission | Exception, *, begun: bool, tries: int, now: datetime) -> Outcome:
    """Say what an attempt ended in; nothing that may be out is ever planned again.

    `begun`: the provider was called.
    """
    later = now + AGAIN[min(tries, len(AGAIN) - 1)]
    if isinstance(end, Submission):
        return _answered(end, again_at=later)
    if isinstance(end, TooLarge | RecipientRefused | MessageRefused):
        return Outcome(state=MailState.REFUSED, reason=end.what, status=end.status)
    if not begun:
        return _not_begun(end, again_at=later)
    if not isinstance(end, DeliveryError):
        return _fault(end)
    return _failed(end, again_at=later)


def _answered(told: Submission, *, again_at: datetime) -> Outcome:
    """Read an answer that may be about a part of the attempt, which had one person."""
    if told.doubt is not None:
        reason = "the answer for it was lost"
        return Outcome(state=MailState.UNCERTAIN, reason=reason, status=told.status)
    if told.deferred:
        one = told.deferred[0]
        return Outcome(
            state=MailState.PLANNED, reason=one.reason, status=one.status, again_at=again_at
        )
    if told.refused:
        return Outcome(state=MailState.REFUSED, reason=told.refused[0].reason, status=told.status)
    if told.rest is not None:
        reason = "the provider ended before its turn"
        return Outcome(state=MailState.PLANNED, reason=reason, again_at=again_at, is_trouble=True)
    return Outcome(state=MailState.SUBMITTED, status=told.status, provider_id=told.provider_id)


def _not_begun(error: Exception, *, again_at: datetime) -> Outcome:
    """Judge a mail that never reached the provider."""
    if not isinstance(error, NewsletterError):
        what = said("A single mail could not be made ready: %(kind)s.", kind=type(error).__name__)
        error = NewsletterError(what, hint=said("The fault is the program's; its log says more."))
    is_passing = isinstance(error, DeliveryError)
    return Outcome(
        state=MailState.PLANNED,
        reason=error.what,
        again_at=again_at,
        is_trouble=True,
        stop=None if is_passing else error,
    )


def _fault(error: Exception) -> Outcome:
    """Judge a fault of the provider's code: the request may be out."""
    told = NewsletterError(said("The provider failed: %(name)s.", name=type(error).__name__))
    stop = error if isinstance(error, PluginError) else told
    reason = f"{type(error.__cause__ or error).__name__} while submitting"
    return Outcome(state=MailState.UNCERTAIN, reason=reason, is_trouble=True, stop=stop)


def _failed(error: DeliveryError, *, again_at: datetime) -> Outcome:
    reason, status = error.what, error.status
    if not isinstance(error, NotSubmitted):
        return Outcome(state=MailState.UNCERTAIN, reason=reason, status=status, is_trouble=True)
    stop: NewsletterError | None = None
    if isinstance(error, AccountRefused):
        stop = Held(reason, hint=error.hint or "Mend it; the mails wait until they expire.")
    if isinstance(error, Throttled) and error.until is not None:
        again_at = max(again_at, error.until)
    return Outcome(
        state=MailState.PLANNED,
        reason=reason,
        status=status,
        again_at=again_at,
        is_trouble=True,
        stop=stop,
    )

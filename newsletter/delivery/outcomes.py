"""Decide what an attempt's answer means for its batch, for its people, and for the send. Pure.

The table of sendgrid.md section 2, in the words of the error tree; no provider is named here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from newsletter.core.errors import (
    AccountRefused,
    DeliveryError,
    Held,
    MessageRefused,
    NewsletterError,
    RecipientRefused,
    Throttled,
    TooLarge,
    TryLater,
    Uncertain,
)
from newsletter.core.model import Attempt, Claim, Postponed, SetAside, Submission
from newsletter.core.sentences import said

NotBegun = Literal["empty", "too large"]  # why the provider was not called
# So many refusals without one acceptance, spread over whole batches and halves, are the message.
REFUSALS_THAT_BLAME_THE_MESSAGE = 8
_FIRST_GAP = timedelta(seconds=1)
_LONGEST_GAP = timedelta(seconds=60)
# Greylisting lets a second try through after some minutes; a full mailbox takes longer.
_DEFERRED_FOR = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHistory:
    """What the sender has seen so far in this run."""

    proven: bool = False  # an attempt with this message was taken, now or in an earlier run
    refusals: int = 0  # of the message, without a culprit named
    setbacks: int = 0  # limits and broken connections in a row
    since: datetime | None = None  # when the row of setbacks began


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to record, and whether to go on."""

    record: Literal["submitted", "uncertain", "release", "split", "drop"]
    history: RunHistory
    reason: str = ""
    status: int | None = None
    submission: Submission | None = None
    aside: tuple[SetAside, ...] = ()
    pause_until: datetime | None = None  # for everyone
    postponed: Postponed | None = None  # when those who were deferred are tried again
    stop: NewsletterError | None = None

    @property
    def is_plain(self) -> bool:
        """Say whether there is nothing to record but that everybody's copy was taken."""
        if self.submission is None or self.aside or self.pause_until:
            return False
        return self.submission.is_whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a row of setbacks may last, and the share added to waits at random."""

    give_up_after: timedelta
    jitter: float = 0.0  # 0 … 1; only ever adds


def accepted(
    submission: Submission, history: RunHistory, postponed: Postponed | None = None
) -> Verdict:
    """Judge a taken attempt: the row of setbacks is over, and the message is proven.

    Neither is true where nobody's copy was taken. `postponed`: when those are tried again who
    were deferred; None: it is too late then.
    """
    if not submission.taken:
        return _none_taken(submission, history, postponed)
    return _taken(submission, RunHistory(proven=True, refusals=history.refusals), postponed)


def _taken(submission: Submission, history: RunHistory, postponed: Postponed | None) -> Verdict:
    too_late = () if postponed else submission.deferred
    given_up = [
        SetAside(position=one.position, outcome="deferred", reason=one.reason) for one in too_late
    ]
    left = submission.deferred if postponed else ()
    return Verdict(
        record="submitted",
        history=history,
        submission=replace(submission, deferred=left),
        status=submission.status,
        aside=(*submission.refused, *given_up),
        pause_until=submission.pause_until,
        postponed=postponed,
    )


def _none_taken(
    submission: Submission, history: RunHistory, postponed: Postponed | None
) -> Verdict:
    """Judge an attempt of which nothing was taken, and whose people know why."""
    counted = replace(history, refusals=history.refusals + len(submission.refused))
    if submission.refused and _blames_the_message(counted):
        reason = submission.refused[0].reason
        stop = _message_at_fault(MessageRefused(reason, status=submission.status))
        return Verdict(
            record="release", history=counted, reason=reason, status=submission.status, stop=stop
        )
    return _taken(submission, counted, postponed)


def try_again(claim: Claim, *, window: timedelta, now: datetime) -> Postponed | None:
    """Say when those of a batch who were deferred are tried again; None: it is too late then."""
    give_up_at = max(claim.due_at, claim.frozen_at) + window
    again_at = now + _DEFERRED_FOR[min(claim.tries, len(_DEFERRED_FOR) - 1)]
    if again_at > give_up_at:
        return None
    return Postponed(again_at=again_at, give_up_at=give_up_at, tries=claim.tries + 1)


def not_begun(end: NotBegun | Exception, history: RunHistory) -> Verdict:
    """Judge a batch that never reached the provider: nothing of it can have been taken."""
    match end:
        case "empty":
            return Verdict(record="drop", history=history, reason=said("nobody left to be mailed"))
        case "too large":
            reason = said("over the provider's size limit")
            return Verdict(record="split", history=history, reason=reason)
        case NewsletterError():
            return Verdict(record="release", history=history, reason=end.what, stop=end)
        case _:
            what = said(
                "A batch could not be made ready: %(name)s: %(why)s",
                name=type(end).__name__,
                why=end,
            )
            stop = NewsletterError(what)
            return Verdict(record="release", history=history, reason=what, stop=stop)


def failed(
    error: DeliveryError,
    attempt: Attempt,
    *,
    history: RunHistory,
    patience: Patience,
    now: datetime,
) -> Verdict:
    """Judge an attempt that ended in an error."""
    match error:
        case Uncertain():
            return _verdict("uncertain", error, history)
        case Throttled():
            return _setback(error, history, patience=patience, now=now, until=error.until)
        case RecipientRefused():
            return _set_aside_or_stop(error, attempt, history)
        case TooLarge() | MessageRefused() if len(attempt.recipients) > 1:
            return _halve(error, history)
        case TooLarge():
            return _refuse(error, attempt, history)
        case MessageRefused() if history.proven:
            return _refuse(error, attempt, history)
        case MessageRefused():
            return _verdict("release", error, history, stop=_message_at_fault(error))
        case AccountRefused():
            stop = Held(error.what, hint=error.hint or "Mend it, then run the same command again.")
            return _verdict("release", error, history, stop=stop)
        case _:
            return _setback(error, history, patience=patience, now=now, until=None)


def remembered(history: RunHistory, *, began: datetime, tries: int) -> RunHistory:
    """Add to a row of setbacks what earlier commands saw of a batch: since when, how often."""
    since = min(history.since or began, began)
    return replace(history, since=since, setbacks=max(history.setbacks, tries))


def _verdict(
    record: Literal["uncertain", "release", "split"],
    error: DeliveryError,
    history: RunHistory,
    *,
    aside: tuple[SetAside, ...] = (),
    stop: NewsletterError | None = None,
) -> Verdict:
    return Verdict(
        record=record,
        history=history,
        reason=error.what,
        status=error.status,
        aside=aside,
        stop=stop,
    )


def _halve(error: DeliveryError, history: RunHistory) -> Verdict:
    """Look for the culprit by halves, unless so many failed alike that it is the message."""
    if isinstance(error, TooLarge):
        return _verdict("split", error, history)
    counted = replace(history, refusals=history.refusals + 1)
    if _blames_the_message(counted):
        return _verdict("release", error, counted, stop=_message_at_fault(error))
    return _verdict("split", error, counted)


def _set_aside_or_stop(error: RecipientRefused, attempt: Attempt, history: RunHistory) -> Verdict:
    """Set the named person aside; a row of named people without one acceptance is no accident."""
    counted = replace(history, refusals=history.refusals + 1)
    if _blames_the_message(counted):
        return _verdict("release", error, counted, stop=_message_at_fault(error))
    return _refuse(error, attempt, counted, index=error.index)


def _blames_the_message(history: RunHistory) -> bool:
    return not history.proven and history.refusals >= REFUSALS_THAT_BLAME_THE_MESSAGE


def _refuse(
    error: DeliveryError, attempt: Attempt, history: RunHistory, *, index: int = 0
) -> Verdict:
    person = SetAside(
        position=attempt.recipients[index].position, outcome="refused", reason=error.what
    )
    return _verdict("release", error, history, aside=(person,))


def _message_at_fault(error: DeliveryError) -> Held:
    return Held(
        said("The provider refuses the message itself, not a recipient: %(what)s", what=error.what),
        hint="Nobody was mailed with it. Look at the edition with `newsletter check`; "
        "`newsletter audit` shows the attempts.",
    )


def _setback(
    error: DeliveryError,
    history: RunHistory,
    *,
    patience: Patience,
    now: datetime,
    until: datetime | None,
) -> Verdict:
    """Wait at least as long as asked, else with growing gaps; give up after a while."""
    since = history.since or now
    gap = min(_FIRST_GAP * 2 ** min(history.setbacks, 10), _LONGEST_GAP)
    resume = until if until is not None and until > now else now + gap
    resume += gap * patience.jitter
    counted = replace(history, setbacks=history.setbacks + 1, since=since)
    over = resume - since > patience.give_up_after
    return Verdict(
        record="release",
        history=counted,
        reason=error.what,
        status=error.status,
        pause_until=resume,
        stop=_gave_up(error, since=since, resume=resume) if over else None,
    )


def _gave_up(error: DeliveryError, *, since: datetime, resume: datetime) -> TryLater:
    return TryLater(
        said("Gave up for now: %(what)s", what=error.what),
        hint=said(
            "Trouble since %(since)s UTC, no try before %(resume)s UTC. Nothing is "
            "lost: the same command goes on where this one stopped.",
            since=f"{since:%H:%M:%S}",
            resume=f"{resume:%H:%M:%S}",
        ),
    )

"""Bring one edition to its audience: may it go now, is it in order, who leads, and the loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from newsletter.core import segments
from newsletter.core.calendar import Due
from newsletter.core.clock import Clock
from newsletter.core.errors import ConfigError, Held, NothingToDo, TryLater, UsageError
from newsletter.core.model import Envelope, Message, Send, SendStatus
from newsletter.core.model.records import SendView
from newsletter.delivery.ahead import Ahead
from newsletter.delivery.building import Content
from newsletter.delivery.outcomes import Patience
from newsletter.delivery.send import LEASE, Sender
from newsletter.delivery.watching import Watch
from newsletter.ports import Provider, Witness
from newsletter.recalling import Recalls
from newsletter.storage.sends.attempts import Attempts
from newsletter.storage.sends.audiences import Audience
from newsletter.storage.sends.ledger import Ledger

_KNOWN_AFTER = timedelta(minutes=5)  # so long a provider's own records may lag behind
_MOST_LOOKED_UP = 3  # at a time: SendGrid answers six such questions a minute


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the caller asks for."""

    day: date
    at_once: bool = False  # --now: without waiting for the due moment
    late: bool = False  # --late: although the date is past, or the catch-up window closed
    segment: str | None = None  # --segment; empty: everyone; None: what [delivery] says


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Where a send stands after a command."""

    send: Send
    view: SendView


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The surroundings of a send: who does it, and with what."""

    ledger: Ledger
    attempts: Attempts
    clock: Clock
    owner: str
    is_gone: Callable[[str], bool]  # says of an owner whether it certainly ended
    ahead: Ahead | None  # None: mode = "immediate"
    watch: Watch | None = None
    parallel: int
    give_up_after: timedelta
    unsubscribe_base: str
    jitter: Callable[[], float]
    wants_to_stop: Callable[[], bool]
    progress: Callable[[SendView], None]


def refuse_if_not_yet(wish: Wish, *, due: Due | None, today: date, now: datetime) -> None:
    """Refuse a send whose moment is not now; `due` is None on a day without an edition.

    Raises `UsageError` for a past date without `--late`, `TryLater` before the due moment, `Held`
    after the catch-up window.
    """
    if wish.day < today and not wish.late:
        raise UsageError(
            f"The edition of {wish.day} is in the past (today is {today}).",
            hint=f"If it really should go out now: newsletter send --date {wish.day} --late",
        )
    if wish.at_once or wish.late:
        return
    if due is None:
        raise NothingToDo(
            f"There is no edition on {wish.day}, by [schedule] days and skip.",
            hint=f"To send one all the same: newsletter send --date {wish.day} --now",
        )
    if now < due.begin:
        ahead = f", and handed over from {due.begin:%H:%M} on" if due.begin < due.at else ""
        raise TryLater(
            f"The edition of {wish.day} is due at {due.at:%Y-%m-%d %H:%M} UTC{ahead}.",
            hint="`newsletter run` and `newsletter schedule` send it then; --now sends it at once.",
        )
    if now > due.until:
        raise Held(
            f"The catch-up window of {wish.day} closed at {due.until:%Y-%m-%d %H:%M} UTC.",
            hint="If it should still go out: newsletter send --late",
        )


def refuse_other_segment(send: Send | None, wished: str | None, ledger: Ledger) -> None:
    """Refuse to send an edition to others than it was frozen for. Raises `UsageError`.

    `wished` is a segment, empty for everyone; None goes on with whatever was frozen.
    """
    if send is None or wished is None or segments.are_same(send.segment, wished):
        return
    raise UsageError(
        f"The edition of {send.edition} was frozen for {_whom(send)}, {send.recipients:,} "
        f"recipients, and an edition has one send.{_told_outside(send, ledger)}",
        hint=f"Without --segment the same command goes on with it: newsletter send --date "
        f"{send.edition}",
    )


def _whom(send: Send) -> str:
    return f"the segment {send.segment}" if send.segment else "everyone"


def _told_outside(send: Send, ledger: Ledger) -> str:
    """Tell how many who want the edition do not get it, and why."""
    outside = ledger.outside(send)
    if not outside:
        return ""
    why = "they were not in that segment or over its cap, or came"
    why = why if send.segment else "they were over the cap of that day, or came"
    return (
        f" {outside:,} active subscriber(s) who want it are not in it, because {why} after the "
        "freeze; they do not get it."
    )


def refuse_if_done(send: Send | None, ledger: Ledger) -> None:
    """Refuse to send an edition again, or one that an operator stopped.

    Raises `NothingToDo` with the numbers, `Held` for a send that is paused.
    """
    if send is not None and send.status is SendStatus.PAUSED:
        raise Held(
            f"The send of the edition of {send.edition} is paused.",
            hint=f"newsletter send resume --date {send.edition}",
        )
    if send is not None and send.status is SendStatus.CANCELLED:
        raise NothingToDo(
            f"The send of the edition of {send.edition} was cancelled.",
            hint=f"See who got it before: newsletter audit --date {send.edition}",
        )
    if send is None or send.status is not SendStatus.COMPLETE:
        return
    refused = ledger.view(send.id).refused
    left_out = f" {refused} could not be mailed; `newsletter audit` says why." if refused else ""
    others = f" It was for {_whom(send)}.{_told_outside(send, ledger)}" if send.segment else ""
    raise NothingToDo(
        f"The edition of {send.edition} went to its {send.recipients} recipients already "
        f"(send {send.id}); nobody gets it twice.{left_out}{others}",
        hint=f"See who got what: newsletter audit --date {send.edition}",
    )


def recalls_of(provider: Provider) -> Recalls:
    """Give the provider's hand that recalls; raises `ConfigError` where it has none."""
    if isinstance(provider, Recalls):
        return provider
    raise ConfigError(
        f'[delivery] mode = "scheduled" needs a provider that can recall mail; '
        f"{provider.name} cannot.",
        hint='Set mode = "immediate", or provider = "sendgrid".',
    )


def look_up_doubts(send: Send, provider: Provider, attempts: Attempts, *, now: datetime) -> None:
    """Ask a provider that can tell about the oldest doubts; only proof settles one."""
    if not isinstance(provider, Witness):
        return
    for attempt_id in attempts.doubtful(send.id, before=now - _KNOWN_AFTER)[:_MOST_LOOKED_UP]:
        provider_id = provider.look_up(attempt_id)
        if provider_id is not None:
            attempts.evidence(attempt_id, provider_id=provider_id, now=now)


def refuse_missing_values(message: Message, audience: Audience, ledger: Ledger) -> None:
    """Refuse a message that asks for a value which some of its readers lack. Raises `Held`."""
    for field in message.fields:
        if field.fallback is not None or field.name in {"address", "rating_url", "unsubscribe_url"}:
            continue
        count, first = ledger.lacking(field.name, audience, limit=10)
        if count:
            raise Held(
                f"The template asks for {field.name} without a fallback, and {count} of its "
                f"readers have none: {', '.join(first)}{' …' if count > len(first) else ''}",
                hint=f'Give a fallback in the template, merge("{field.name}", "…"), or fill it in.',
            )


def refuse_other_provider(send: Send, provider: Provider) -> None:
    """Refuse to go on with another provider than the send was begun with. Raises `Held`."""
    if send.provider != provider.name:
        raise Held(
            f"This send was begun with the provider {send.provider}, and {provider.name} is "
            "configured now.",
            hint=f'Set [delivery] provider = "{send.provider}" again until it is complete.',
        )


def deliver(send: Send, provider: Provider, envelope: Envelope, work: Work) -> SendView:
    """Lead a send and hand over what is planned; return where it stands then.

    Raises `TryLater` when another sender is at work, and what `Sender.run` raises.
    """
    _lead(send, work)
    try:
        # Looked at again now that nobody else leads: the rival may just have finished it.
        refuse_if_done(work.ledger.view(send.id).send, work.ledger)
        return make_sender(send, provider, envelope, work, leads=True).run()
    finally:
        work.attempts.step_down(send.id, owner=work.owner)


def make_sender(
    send: Send, provider: Provider, envelope: Envelope, work: Work, *, leads: bool
) -> Sender:
    """Make the loop that hands over what is planned of a send, as its leader or as a worker."""
    return Sender(
        ledger=work.ledger,
        attempts=work.attempts,
        provider=provider,
        clock=work.clock,
        send_id=send.id,
        owner=work.owner,
        content=Content(
            envelope=envelope,
            message=work.ledger.message(send.id),
            unsubscribe_base=work.unsubscribe_base,
        ),
        parallel=work.parallel,
        patience=Patience(give_up_after=work.give_up_after),
        leads=leads,
        ahead=work.ahead,
        watch=work.watch,
        is_gone=work.is_gone,
        wants_to_stop=work.wants_to_stop,
        progress=work.progress,
        jitter=work.jitter,
    )


def _lead(send: Send, work: Work) -> None:
    """Become the one sender; a rival that died on this machine is replaced at once."""
    rival = _try_to_lead(send, work)
    if rival is not None and work.is_gone(rival):
        work.attempts.step_down(send.id, owner=rival)
        rival = _try_to_lead(send, work)
    if rival is not None:
        raise TryLater(
            f"Another sender is at work on the edition of {send.edition} ({rival}).",
            hint="It mails everyone once. If it died on another machine, its lease ends within "
            f"{LEASE.total_seconds():.0f} seconds; then the same command goes on.",
        )


def _try_to_lead(send: Send, work: Work) -> str | None:
    return work.attempts.lead(send.id, owner=work.owner, now=work.clock.now(), lease=LEASE)

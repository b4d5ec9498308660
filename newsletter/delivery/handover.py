"""Bring one edition to its audience: may it go now, is it in order, who leads, and the loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.core.clock import Clock
from newsletter.core.errors import ConfigError, TryLater
from newsletter.core.model import Envelope, Send
from newsletter.core.model.records import SendView
from newsletter.delivery.attempts import Content
from newsletter.delivery.health import Watch
from newsletter.delivery.outcomes import Patience
from newsletter.delivery.preconditions import refuse_if_done
from newsletter.delivery.provider import Provider, Recalls, Witness
from newsletter.delivery.scheduled import ScheduledDelivery
from newsletter.delivery.sender import LEASE, Sender
from newsletter.storage.sends.attempts import Attempts
from newsletter.storage.sends.ledger import Ledger

_KNOWN_AFTER = timedelta(minutes=5)  # so long a provider's own records may lag behind
_MOST_LOOKED_UP = 3  # at a time: SendGrid answers six such questions a minute


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
    ahead: ScheduledDelivery | None  # None: mode = "immediate"
    watch: Watch | None = None
    parallel: int
    give_up_after: timedelta
    unsubscribe_base: str
    jitter: Callable[[], float]
    wants_to_stop: Callable[[], bool]
    progress: Callable[[SendView], None]


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

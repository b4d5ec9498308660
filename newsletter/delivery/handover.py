"""Bring one edition to its audience: may it go now, is it in order, who leads, and the loop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from newsletter.core.errors import ConfigError
from newsletter.core.model import Send
from newsletter.core.model.records import SendView
from newsletter.delivery.preconditions import refuse_if_done
from newsletter.delivery.provider import Provider, Recalls, Witness
from newsletter.delivery.sender import Sender
from newsletter.storage.sends.attempts import Attempts

_KNOWN_AFTER = timedelta(minutes=5)  # so long a provider's own records may lag behind
_MOST_LOOKED_UP = 3  # at a time: SendGrid answers six such questions a minute


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Where a send stands after a command."""

    send: Send
    view: SendView
    submitted: int = 0  # batches, by this command
    made_room: bool = False  # it ended because others were due; there is more to do for it


def recalls_of(provider: Provider) -> Recalls:
    """Return the provider's hand that recalls; raises `ConfigError` where it has none."""
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


def deliver(sender: Sender, edition: date) -> SendView:
    """Lead a send and hand over what is planned; return where it stands then.

    Raises `TryLater` when another sender is at work, and what `Sender.run` raises.
    """
    sender.lease.take(edition)
    try:
        # Looked at again now that nobody else leads: the rival may just have finished it.
        refuse_if_done(sender.ledger.view(sender.lease.send_id).send, sender.ledger)
        return sender.run()
    finally:
        sender.lease.give_up()

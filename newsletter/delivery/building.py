"""Build an attempt from a claim: who is left out now, and what each of the others gets. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from newsletter import merge
from newsletter.model import (
    Attempt,
    Claim,
    Envelope,
    FrozenRecipient,
    Message,
    Recipient,
    SetAside,
    SubscriberState,
)
from newsletter.ports import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What every attempt of a send has in common."""

    envelope: Envelope
    message: Message
    unsubscribe_base: str  # a reader's token is put behind it


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """An attempt ready for the provider, and who is not in it."""

    attempt: Attempt  # may have no recipients left
    aside: tuple[SetAside, ...]


def build(claim: Claim, content: Content, provider: Provider) -> Built:
    """Leave out who opted out since the freeze, and who the provider is sure to refuse."""
    aside: list[SetAside] = []
    recipients: list[Recipient] = []
    for person in claim.recipients:
        ready = _ready(person, content)
        if isinstance(ready, SetAside):
            aside.append(ready)
        else:
            recipients.append(ready)
    attempt = Attempt(
        id=claim.attempt_id,
        send_id=claim.send_id,
        batch=claim.batch,
        envelope=content.envelope,
        message=content.message,
        recipients=tuple(recipients),
    )
    refused = _refusals(attempt, provider)
    if not refused:
        return Built(attempt=attempt, aside=tuple(aside))
    left = tuple(one for one in recipients if one.position not in refused)
    return Built(attempt=replace(attempt, recipients=left), aside=(*aside, *refused.values()))


def unsubscribe_url(base: str, token: str) -> str:
    """Give a reader's own address for leaving; the header must stay within 77 bytes."""
    return f"{base}/u/{token}"


def _ready(person: FrozenRecipient, content: Content) -> Recipient | SetAside:
    reason = _reason_to_skip(person)
    if reason:
        return SetAside(position=person.position, outcome="skipped", reason=reason)
    url = unsubscribe_url(content.unsubscribe_base, person.token)
    values = {"name": person.name, "address": person.address, **merge.own_addresses(url)}
    if person.attributes:
        values |= {f"attributes.{key}": str(value) for key, value in person.attributes.items()}
    try:
        substitutions = merge.substitutions(content.message.fields, values)
    except KeyError as missing:
        return SetAside(
            position=person.position,
            outcome="refused",
            reason=f"no value for the merge field {missing.args[0]}, which has no fallback",
        )
    return Recipient(
        position=person.position,
        address=person.address,
        name=person.name,
        substitutions=substitutions,
        unsubscribe_url=url,
    )


def _reason_to_skip(person: FrozenRecipient) -> str | None:
    if person.state is None:
        return "no longer in the list"
    if person.suppressed:
        return "suppressed since the freeze"
    if person.state is not SubscriberState.ACTIVE:
        return f"{person.state} since the freeze"
    return None


def _refusals(attempt: Attempt, provider: Provider) -> dict[int, SetAside]:
    found: dict[int, SetAside] = {}
    for index, person in enumerate(attempt.recipients):
        problem = provider.problem_with(attempt, index)
        if problem:
            found[person.position] = SetAside(
                position=person.position, outcome="refused", reason=problem
            )
    return found

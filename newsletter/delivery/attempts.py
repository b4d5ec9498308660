"""Make an attempt from a claim and hand it over: who is left out now, what everybody else gets."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from newsletter.core.clock import Clock
from newsletter.core.errors import StorageError, Unreachable
from newsletter.core.model import (
    Attempt,
    Claim,
    Envelope,
    Message,
    People,
    Recipients,
    SetAside,
    Submission,
    SubscriberState,
)
from newsletter.core.model.recipients import wrapped
from newsletter.core.reader_links import around_token
from newsletter.core.sentences import said
from newsletter.delivery.outcomes import NotBegun
from newsletter.delivery.provider import Provider
from newsletter.delivery.scheduled import ScheduledDelivery
from newsletter.message import merge
from newsletter.storage.sends.attempts import Attempts


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


def build(claim: Claim, people: People, content: Content, provider: Provider) -> Built:
    """Leave out who opted out since the freeze, and who the provider is sure to refuse."""
    skipped = _skipped(people)
    everyone, lacking = ready(people.without(skipped), content)
    attempt = Attempt(
        id=claim.attempt_id,
        send_id=claim.send_id,
        batch=claim.batch,
        envelope=content.envelope,
        message=content.message,
        recipients=everyone.without(lacking),
    )
    built = screened(attempt, provider)
    aside = (
        *_aside("skipped", skipped, people.positions),
        *_aside("refused", lacking, everyone.positions),
    )
    return replace(built, aside=(*aside, *built.aside))


def screened(attempt: Attempt, provider: Provider) -> Built:
    """Leave out who the provider is sure to refuse."""
    problems = provider.problems(attempt)
    left = attempt.recipients.without(problems)
    aside = _aside("refused", problems, attempt.recipients.positions)
    return Built(attempt=replace(attempt, recipients=left), aside=tuple(aside))


def _skipped(people: People) -> dict[int, str]:
    """Find who is not to be mailed any more, with the reason."""
    reasons = map(_reason_to_skip, people.states, people.suppressed)
    return {index: reason for index, reason in enumerate(reasons) if reason}


def _reason_to_skip(state: str | None, suppressed: bool) -> str | None:  # noqa: FBT001 - a column's
    if state is None:
        return "no longer in the list"
    if suppressed:
        return "suppressed since the freeze"
    if state != SubscriberState.ACTIVE:
        return f"{state} since the freeze"
    return None


def ready(people: People, content: Content) -> tuple[Recipients, dict[int, str]]:
    """Put in everybody's values; say who lacks one that the message cannot do without."""
    fields = content.message.fields
    before, after = around_token(content.unsubscribe_base, content.envelope.edition)
    urls = wrapped(before, people.tokens, after)
    plain = merge.plain_values(
        fields, {field.name: _column(field.name, people, urls) for field in fields}
    )
    recipients = Recipients(
        positions=people.positions,
        addresses=people.addresses,
        names=people.names,
        unsubscribe_urls=urls,
        substitutions=merge.tag_values(fields, plain),
    )
    lacking = {
        index: f"no value for the merge field {field.name}, which has no fallback"
        for field in reversed(fields)  # of several the first is told
        for index in merge.lacks(field, plain[field.name])
    }
    return recipients, lacking


def _column(field: str, people: People, urls: Sequence[str]) -> Sequence[str]:
    """Return everybody's own value of a merge field, empty where there is none."""
    match field:
        case "name":
            return people.names
        case "address":
            return people.addresses
        case "unsubscribe_url":
            return urls  # the same column, so that what is done to it is done once
        case _ if field in merge.BEHIND_UNSUBSCRIBE:
            return wrapped("", urls, merge.BEHIND_UNSUBSCRIBE[field])
        case _:
            key = field.removeprefix("attributes.")
            return [str(one.get(key, "")) for one in _read(people.attributes)]


def _read(attributes: Sequence[str]) -> Sequence[Mapping[str, str]]:
    """Read everybody's attributes: JSON objects, read in one call as a list of them."""
    # By the standard library, which reads half characters too: a provider names them later.
    found: list[dict[str, str]] = json.loads(f"[{','.join(attributes)}]")
    return found


def _aside(
    outcome: Literal["skipped", "refused"], reasons: Mapping[int, str], positions: Sequence[int]
) -> Iterator[SetAside]:
    for index, reason in reasons.items():
        yield SetAside(position=positions[index], outcome=outcome, reason=reason)


@dataclass(frozen=True, slots=True)
class Tried:
    """What the work of a batch ended in."""

    attempt: Attempt | None  # None: it ended before the provider was called
    end: Submission | NotBegun | Exception


def hand_over(
    claim: Claim,
    people: People,
    content: Content,
    *,
    until: datetime,
    attempts: Attempts,
    provider: Provider,
    clock: Clock,
    scheduled: ScheduledDelivery | None,
) -> Tried:
    """Do the work of a batch, whose claim holds until a moment; raise nothing.

    A process that stood still finds the moment past: others doubt its claim by then.
    """
    attempt: Attempt | None = None
    try:
        built = build(claim, people, content, provider)
        attempts.set_aside(claim.send_id, built.aside)
        if not built.attempt.recipients:
            return Tried(None, "empty")
        if len(built.attempt.recipients) > 1 and not provider.fits(built.attempt):
            return Tried(None, "too large")
        attempt = built.attempt
        try:
            booked = replace(attempt, booking=scheduled.book(claim)) if scheduled else attempt
        except StorageError as error:  # what was not written down is not handed over
            return Tried(None, error)
        if clock.now() >= until:
            raise Unreachable(said("this process stood still for longer than its lease"))
        return Tried(attempt, provider.submit(booked))
    except Exception as error:  # noqa: BLE001 - the loop judges it
        return Tried(attempt, error)

"""Decide what follows from the provider's events. Pure.

A recipient's state only moves forward, by rank, and by time among equals: events come late, twice
and in any order. The rules for people are those of sendgrid.md 4.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile

from newsletter.core.model import SubscriberState
from newsletter.core.model.events import Effects, Event, EventKind, Leaving, Past, Report, Taken

SOFT_BOUNCES = 4  # editions in a row; "3 to 5" in sendgrid.md 4.4
# Lowest first. A bounce may follow a delivery (asynchronous), a complaint anything.
_ORDER = (
    EventKind.PROCESSED,
    EventKind.DEFERRED,
    EventKind.DROPPED,
    EventKind.BLOCKED,
    EventKind.DELIVERED,
    EventKind.OPENED,
    EventKind.CLICKED,
    EventKind.BOUNCED,
    EventKind.UNSUBSCRIBED,
    EventKind.COMPLAINED,
)
_RANKS = {kind: rank for rank, kind in enumerate(_ORDER, start=1)}
_LEAVES = {
    EventKind.BOUNCED: SubscriberState.BOUNCED,
    EventKind.UNSUBSCRIBED: SubscriberState.UNSUBSCRIBED,
    EventKind.COMPLAINED: SubscriberState.COMPLAINED,
}
_MAY_LEAVE = frozenset({*_LEAVES, EventKind.BLOCKED})
# A provider reports "processed" when it takes mail for later, and "dropped" when it keeps it.
_WENT_OUT = frozenset(_ORDER) - {EventKind.PROCESSED, EventKind.DROPPED}
_SOFT = frozenset({EventKind.BLOCKED, EventKind.DEFERRED})
_EVERYWHERE = 0  # ids of sends begin at 1
_GRAVITY = (SubscriberState.BOUNCED, SubscriberState.UNSUBSCRIBED, SubscriberState.COMPLAINED)


def rank(kind: EventKind) -> int:
    """Say how far along a kind is; 0 for one that says nothing of the recipient."""
    return _RANKS.get(kind, 0)


def effects(
    events: Sequence[Event],
    *,
    sends: Mapping[str, int],
    pasts: Mapping[str, Sequence[Past]],
) -> Effects:
    """Decide what follows from events that were not known before.

    `sends` has the send of each attempt of ours; `pasts` has, for each address a `blocked` event
    is about, what was reported of its editions so far, these events included.
    """
    return Effects(
        taken=_taken(events, sends),
        reports=_reports(events, sends),
        leaving=_leaving(events, sends, pasts),
    )


def soft_bounces(pasts: Sequence[Past]) -> int:
    """Count the latest editions in a row that ended with a soft bounce."""
    ended: dict[int, Past] = {}
    for past in pasts:
        known = ended.get(past.send_id)
        if known is None or rank(past.kind) > rank(known.kind):
            ended[past.send_id] = past
    latest_first = (ended[send_id].kind for send_id in sorted(ended, reverse=True))
    return sum(1 for _ in takewhile(_SOFT.__contains__, latest_first))


def _taken(events: Sequence[Event], sends: Mapping[str, int]) -> tuple[Taken, ...]:
    """Find the attempts that are proven; the first provider's id that is told stands for all."""
    ids: dict[str, str | None] = {}
    went_out: set[str] = set()
    for event in events:
        attempt_id = event.attempt_id
        if attempt_id is None or attempt_id not in sends:
            continue
        if not ids.get(attempt_id):
            ids[attempt_id] = event.provider_id
        if event.kind in _WENT_OUT:
            went_out.add(attempt_id)
    return tuple(Taken(one, ids[one] or None, went_out=one in went_out) for one in sorted(ids))


def _reports(events: Sequence[Event], sends: Mapping[str, int]) -> tuple[Report, ...]:
    best: dict[tuple[int, int], Report] = {}
    for event in events:
        send_id, position = sends.get(event.attempt_id or ""), event.position
        if send_id is None or position is None or event.kind not in _RANKS:
            continue
        kind, at, place = event.kind, event.at, (send_id, position)
        known = best.get(place)
        if known is None or (_RANKS[kind], at) > (known.rank, known.at):
            best[place] = Report(send_id, position, kind, _RANKS[kind], at, event.reason)
    return tuple([best[place] for place in sorted(best)])


def _leaving(
    events: Iterable[Event], sends: Mapping[str, int], pasts: Mapping[str, Sequence[Past]]
) -> tuple[Leaving, ...]:
    """Find who is mailed no more; the gravest reason stands for a person, everywhere or of a send.

    What ends everything comes first: a complaint that comes with an opt-out is not kept from the
    list it was about.
    """
    gravest: dict[tuple[str, int], Leaving] = {}
    for event in events:
        if event.kind not in _MAY_LEAVE and event.cause is None:
            continue
        one = _leaves(event, sends, pasts)
        if one is None:
            continue
        place = (one.canonical, one.send_id or _EVERYWHERE)
        known = gravest.get(place)
        if known is None or _GRAVITY.index(one.state) > _GRAVITY.index(known.state):
            gravest[place] = one
    return tuple(gravest[place] for place in sorted(gravest) if _counts(gravest[place], gravest))


def _counts(one: Leaving, gravest: Mapping[tuple[str, int], Leaving]) -> bool:
    """Say whether somebody's choice says more than what ends everything for them."""
    everywhere = gravest.get((one.canonical, _EVERYWHERE))
    if everywhere is None or everywhere is one:
        return True
    return _GRAVITY.index(one.state) > _GRAVITY.index(everywhere.state)


def _leaves(
    event: Event, sends: Mapping[str, int], pasts: Mapping[str, Sequence[Past]]
) -> Leaving | None:
    """Read who leaves by an event; an opt-out is a choice, and of the list its mail was for."""
    if event.canonical is None:
        return None
    state = event.cause or _LEAVES.get(event.kind)
    if state is None and event.kind is not EventKind.BLOCKED:
        return None
    reason = f"{event.name}: {event.reason}" if event.reason else event.name
    if state is None and event.kind is EventKind.BLOCKED:
        count = soft_bounces(pasts.get(event.canonical, ()))
        if count >= SOFT_BOUNCES:
            state = SubscriberState.BOUNCED
            reason = f"soft bounces in {count} editions in a row, the latest: {event.reason}"
    if state is None:
        return None
    chosen = state is SubscriberState.UNSUBSCRIBED
    return Leaving(
        canonical=event.canonical,
        state=state,
        at=event.at,
        reason=reason,
        send_id=sends.get(event.attempt_id or "") if chosen else None,
    )

"""A subscriber's life: which change of state is allowed, and what it takes.

    pending ──► active ──► unsubscribed ──► complained
       │           ├─────► bounced ───────► unsubscribed, complained
       │           └─────► complained
       └─────────► unsubscribed, bounced, complained

Nothing but a person's own words leads back: from `unsubscribed` and `bounced` with evidence, from
`complained` never. An import brings no evidence, so it revives nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from newsletter.core.errors import Held, NothingToDo
from newsletter.core.model import SubscriberState
from newsletter.core.sentences import said
from newsletter.subscribers.model import StateChange

_PENDING, _ACTIVE, _UNSUBSCRIBED, _BOUNCED, _COMPLAINED = SubscriberState

OPTED_OUT = frozenset({_UNSUBSCRIBED, _BOUNCED, _COMPLAINED})
"""The states that no import and no mere wish of a sender leads out of."""

WORST_LAST = (_ACTIVE, _PENDING, _UNSUBSCRIBED, _BOUNCED, _COMPLAINED)
"""Of several states that a file tells of somebody, the last of these counts."""

_FREE: Mapping[SubscriberState, frozenset[SubscriberState]] = {
    _PENDING: frozenset({_ACTIVE, _UNSUBSCRIBED, _BOUNCED, _COMPLAINED}),
    _ACTIVE: frozenset({_UNSUBSCRIBED, _BOUNCED, _COMPLAINED}),
    _UNSUBSCRIBED: frozenset({_COMPLAINED}),  # a complaint may arrive after the opt-out
    _BOUNCED: frozenset({_UNSUBSCRIBED, _COMPLAINED}),
    _COMPLAINED: frozenset(),
}
_WITH_EVIDENCE: Mapping[SubscriberState, frozenset[SubscriberState]] = {
    _UNSUBSCRIBED: frozenset({_PENDING, _ACTIVE}),
    _BOUNCED: frozenset({_PENDING, _ACTIVE}),
}


def allows(before: SubscriberState, after: SubscriberState, *, evidence: bool = False) -> bool:
    """Say whether a subscriber may go from one state to another."""
    if after in _FREE[before]:
        return True
    return evidence and after in _WITH_EVIDENCE.get(before, frozenset())


def change(
    before: SubscriberState,
    after: SubscriberState,
    *,
    at: datetime,
    reason: str,
    by: str,
    evidence: str = "",
) -> StateChange:
    """Decide a change of state.

    `evidence` is the person's own words and where they are kept. Raises `NothingToDo` when the
    state is reached already, `Held` when the change is not allowed.
    """
    if before == after:
        raise NothingToDo(said("The subscriber is %(after)s already.", after=after))
    if not allows(before, after, evidence=bool(evidence.strip())):
        raise Held(
            said(
                "A subscriber who is %(before)s does not become %(after)s just so.",
                before=before,
                after=after,
            ),
            hint=_way_back(before, after),
        )
    return StateChange(from_state=before, to_state=after, at=at, reason=reason, by=by)


def _way_back(before: SubscriberState, after: SubscriberState) -> str:
    if allows(before, after, evidence=True):
        return "If they asked for it themselves, say how and when with --consent TEXT."
    return said("They have to sign up again themselves.") if before is _COMPLAINED else ""

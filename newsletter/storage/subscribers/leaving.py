"""Who must not be mailed any more: suppressed at once, their state changed where it may be.

A choice is for the list it was made on. What concerns the address itself (it bounces, its owner
complained to the provider) is for every list of the database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import SubscriberState
from newsletter.core.model.events import Leaving
from newsletter.storage.subscribers import suppressions
from newsletter.storage.tables import send, state_change, subscriber

_PAGE = 500
_PEOPLE = (
    sa.select(*(subscriber.c[name] for name in ("id", "canonical", "publication", "state")))
    .where(subscriber.c.canonical.in_(sa.bindparam("whom", expanding=True)))
    .order_by(subscriber.c.id)
    .with_for_update()
)
_SET = (
    sa.update(subscriber)
    .where(subscriber.c.id == sa.bindparam("of"))
    .values(state=sa.bindparam("new_state"), changed_at=sa.bindparam("new_at"))
)
Allows = Callable[[SubscriberState, SubscriberState], bool]  # may a subscriber go there


def leave_all(
    connection: Connection,
    leaving: Sequence[Leaving],
    *,
    allows: Allows,
    by: str,
    now: datetime,
) -> int:
    """Suppress addresses and change their subscribers' states, one after the other.

    Return of how many anything was new. The caller owns the transaction.
    """
    new = 0
    for start in range(0, len(leaving), _PAGE):
        page = leaving[start : start + _PAGE]
        placed = [*zip(page, _publications(connection, page), strict=True)]
        suppressed = suppressions.suppress_each(
            connection, [(one.canonical, where, one.reason) for one, where in placed], now=now
        )
        changes = _changes(connection, placed, allows=allows)
        _write(connection, changes, by=by, now=now)
        changed = {id(one) for _, _, one in changes}
        new += sum(
            was_new or id(one) in changed for one, was_new in zip(page, suppressed, strict=True)
        )
    return new


def _publications(connection: Connection, leaving: Sequence[Leaving]) -> list[str]:
    """Return whose list each leaves; nobody knows whose a stranger's mail was: all of them."""
    sends = {one.send_id for one in leaving if one.send_id is not None}
    found: dict[int | None, str] = {}
    if sends:
        query = sa.select(send.c.id, send.c.publication).where(send.c.id.in_(sends))
        found = {row.id: row.publication for row in connection.execute(query)}
    return [found.get(one.send_id) or suppressions.EVERYWHERE for one in leaving]


def _changes(
    connection: Connection, placed: Sequence[tuple[Leaving, str]], *, allows: Allows
) -> list[tuple[int, SubscriberState, Leaving]]:
    """Decide whose state changes, from which one and by what; each sees what those before did."""
    whom = {"whom": sorted({one.canonical for one, _ in placed})}
    people = defaultdict[str, list[tuple[int, str]]](list)
    states: dict[int, SubscriberState] = {}
    for of, canonical, publication, state in connection.execute(_PEOPLE, whom):
        people[canonical].append((of, publication))
        states[of] = SubscriberState(state)
    changes = []
    for one, where in placed:
        for of, publication in people.get(one.canonical, ()):
            is_theirs = where in (suppressions.EVERYWHERE, publication)
            if is_theirs and allows(states[of], one.state):
                changes.append((of, states[of], one))
                states[of] = one.state
    return changes


def _write(
    connection: Connection,
    changes: Sequence[tuple[int, SubscriberState, Leaving]],
    *,
    by: str,
    now: datetime,
) -> None:
    if not changes:
        return
    steps = [
        {
            "subscriber_id": of,
            "from_state": before,
            "to_state": one.state,
            "at": one.at,
            "reason": one.reason,
            "changed_by": by,
        }
        for of, before, one in changes
    ]
    connection.execute(sa.insert(state_change), steps)
    after = {of: one.state for of, _, one in changes}
    new = [{"of": of, "new_state": state, "new_at": now} for of, state in after.items()]
    connection.execute(_SET, new)

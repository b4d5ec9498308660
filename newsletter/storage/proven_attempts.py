"""What an event proves of an attempt: that it was taken, and with it its batch and its send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import BatchState, SendStatus
from newsletter.core.model.events import Taken
from newsletter.storage.tables import attempt, batch, send

_ROWS = 500  # of one statement; SQLite takes 32,766 values
_OPEN = (BatchState.CLAIMED, BatchState.UNCERTAIN)
_RUNNING = (SendStatus.OPEN, SendStatus.PAUSED)
_UNSETTLED = (BatchState.PLANNED, *_OPEN)


class Known(NamedTuple):
    """An attempt as it stands before a post is taken in."""

    send_id: int
    status: str  # of the send
    state: str
    provider_id: str | None
    proven_at: datetime | None
    went_at: datetime | None

    @property
    def is_running(self) -> bool:
        """Say whether its send is not complete."""
        return self.status in _RUNNING

    def says(self, taken: Taken) -> bool:
        """Say whether all that an event proves is on record: an attempt never goes back."""
        return (
            self.proven_at is not None
            and (self.went_at is not None or not taken.went_out)
            and (self.provider_id is not None or taken.provider_id is None)
            and self.state not in _OPEN
        )


_ATTEMPTS = (
    sa.select(
        attempt.c.id,
        attempt.c.send_id,
        send.c.status,
        *(attempt.c[name] for name in ("state", "provider_id", "proven_at", "went_at")),
    )
    .join(send, send.c.id == attempt.c.send_id)
    .where(attempt.c.id.in_(sa.bindparam("names", expanding=True)))
)


def find(connection: Connection, names: Iterable[str]) -> dict[str, Known]:
    """Look up attempts; what is not in the answer is not ours."""
    found: dict[str, Known] = {}
    wanted = sorted(names)
    for start in range(0, len(wanted), _ROWS):
        rows = connection.execute(_ATTEMPTS, {"names": wanted[start : start + _ROWS]})
        found.update((row[0], Known(*row[1:])) for row in rows)
    return found


def prove_all(
    connection: Connection, taken: Sequence[Taken], known: Mapping[str, Known], *, now: datetime
) -> int:
    """Record what is proven and not on record yet; count the doubts that it settled."""
    new = [one for one in taken if not known[one.attempt_id].says(one)]
    return sum(_prove(connection, one, known[one.attempt_id], now=now) for one in new)


def _prove(connection: Connection, taken: Taken, known: Known, *, now: datetime) -> bool:
    """Record that an attempt was taken; say whether that settled a doubt.

    An attempt that was given up keeps its state: that its recipients may have two copies is
    then for the audit to tell. One whose recall was asked for is settled only by an event that
    shows that its mail went out: it may have been taken and stopped.
    """
    proof = {"of": taken.attempt_id, "now": now, "provider": taken.provider_id}
    connection.execute(_WENT if taken.went_out else _PROVEN, proof)
    if known.state not in _OPEN:  # an attempt never goes back
        return False
    stands = sa.true() if taken.went_out else attempt.c.recall_asked_at.is_(None)
    settled = {"state": BatchState.SUBMITTED, "reason": None, "ended_at": now}
    of_attempt = attempt.c.id == taken.attempt_id
    settle = sa.update(attempt).where(of_attempt, attempt.c.state.in_(_OPEN), stands)
    if not connection.execute(settle.values(settled)).rowcount:
        return False
    before = sa.select(batch.c.state).where(batch.c.attempt_id == taken.attempt_id)
    open_batch = (batch.c.attempt_id == taken.attempt_id) & batch.c.state.in_(_OPEN)
    doubted = connection.scalar(before) == BatchState.UNCERTAIN
    submitted = sa.update(batch).where(open_batch).values(state=BatchState.SUBMITTED, owner=None)
    return bool(connection.execute(submitted).rowcount) and doubted


def _first_known(*names: str) -> sa.Update:
    """Write a moment into columns of an attempt, and the provider's id, where there is none yet."""
    now = sa.bindparam("now", type_=attempt.c.proven_at.type)
    values = {name: sa.func.coalesce(attempt.c[name], now) for name in names}
    told = sa.bindparam("provider", type_=attempt.c.provider_id.type)
    known = {"provider_id": sa.func.coalesce(attempt.c.provider_id, told)}
    return sa.update(attempt).where(attempt.c.id == sa.bindparam("of")).values(values | known)


_PROVEN, _WENT = _first_known("proven_at"), _first_known("proven_at", "went_at")


def complete(connection: Connection, sends: Iterable[int], *, now: datetime) -> None:
    """Close the sends in which nothing is open any more."""
    open_batch = sa.exists().where(batch.c.send_id == send.c.id, batch.c.state.in_(_UNSETTLED))
    for send_id in sorted(sends):
        close = sa.update(send).where(
            send.c.id == send_id, send.c.status.in_(_RUNNING), ~open_batch
        )
        connection.execute(close.values(status=SendStatus.COMPLETE, completed_at=now))

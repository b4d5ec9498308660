"""The attempts at a send: who may make one, what is claimed, and what became of it.

Every change is durable before it returns. A claim is made by compare-and-set under a lease.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import sqlalchemy as sa

from newsletter.core.model import (
    BatchState,
    Claim,
    People,
    Postponed,
    SetAside,
    Submission,
)
from newsletter.core.model.records import RELEASED
from newsletter.storage.database import Database
from newsletter.storage.sends import (
    claims,
    deferrals,
    recalls,
    recipients,
    splits,
    statements,
)
from newsletter.storage.tables import (
    attempt,
    batch,
    send,
)


class Attempts:
    """What senders claim and record."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Attempts for which a batch may be claimed, while nobody knows: the database has not
        # answered, or broke off before it did. Until when one may still turn up.
        self._unanswered: dict[str, datetime] = {}
        self._together: list[str] | None = None  # those that the end of a transaction answers

    def lead(self, send_id: int, *, owner: str, now: datetime, lease: timedelta) -> str | None:
        """Make this process the leader of a send, or keep it so.

        Returns None on success, else the owner that leads. A leader whose lease is over is
        replaced. Leading only keeps a second `newsletter send` away; claims do not ask for it.
        """
        free = send.c.owner.is_(None) | (send.c.owner == owner) | (send.c.lease_until < now)
        claim = (
            sa.update(send)
            .where(send.c.id == send_id, free)
            .values(owner=owner, lease_until=now + lease)
        )
        with self._database.write() as connection:
            if connection.execute(claim).rowcount == 1:
                return None
            return connection.scalar(sa.select(send.c.owner).where(send.c.id == send_id))

    def step_down(self, send_id: int, *, owner: str) -> None:
        """Give up leadership; harmless when not the leader."""
        leave = sa.update(send).where(send.c.id == send_id, send.c.owner == owner)
        with self._database.write() as connection:
            connection.execute(leave.values(owner=None, lease_until=None))

    def renew(self, send_id: int, *, owner: str, now: datetime, lease: timedelta) -> None:
        """Prolong the leases of everything an owner has claimed of a send."""
        own = statements.claimed(send_id) & (batch.c.owner == owner)
        with self._database.write() as connection:
            connection.execute(sa.update(batch).where(own).values(lease_until=now + lease))

    def claimants(self, send_id: int) -> tuple[str, ...]:
        """Name the owners of what is claimed of a send."""
        owners = sa.select(batch.c.owner).where(statements.claimed(send_id)).distinct()
        with self._database.read() as connection:
            return tuple(owner for owner in connection.scalars(owners) if owner)

    def orphan(self, send_id: int, *, gone: Sequence[str], now: datetime) -> int:
        """Mark as uncertain what is claimed by owners in `gone` or under a lease that is over.

        Returns how many batches. A late answer still settles them.
        """
        with self._database.write() as connection:
            left = statements.orphan(connection, send_id, gone=gone, now=now)
            return left - recalls.release_unbooked(connection, send_id, now=now)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make the changes of a block, by this thread, durable at once: all when it ends, or none.

        Only `submitted` and a few `claim` after it belong into one, since other senders may wait
        for what it touches.
        """
        asked = self._together = list[str]()
        try:
            with self._database.together():
                yield
        finally:
            self._together = None
        for attempt_id in asked:
            del self._unanswered[attempt_id]

    def claim(
        self,
        send_id: int,
        *,
        owner: str,
        attempt_id: str,
        now: datetime,
        lease: timedelta,
        most: int | None = None,
        ahead: timedelta | None = None,
    ) -> Claim | None:
        """Claim the first planned batch that is due (compare-and-set).

        The claim is this owner's until the lease is over. `most`: none while so many batches of
        the send are claimed, by whomever. `ahead`: for mail that the provider holds, claimed so
        long before the batch is due, which has to be booked before it is handed over
        (`RecallRecords.book`). None: there is none.
        """
        found: Claim | None = None
        self._unanswered[attempt_id] = now + lease
        with self._database.write() as connection:
            if most is None or claims.has_room(connection, send_id, most=most):
                found = claims.claim(
                    connection,
                    send_id,
                    owner=owner,
                    attempt_id=attempt_id,
                    now=now,
                    lease=lease,
                    ahead=ahead,
                )
        if self._together is None:
            del self._unanswered[attempt_id]
        else:
            self._together.append(attempt_id)
        return found

    def put_back(self, *, now: datetime) -> None:
        """Plan again what turns out to be claimed though the database broke off before it said so.

        Nobody was told of such a claim, so nothing of it was handed over.
        """
        if not self._unanswered:
            return
        reason = "the database broke off before it answered; nothing was handed over"
        with self._database.write() as connection:
            for attempt_id, until in list(self._unanswered.items()):
                claim = claims.of_attempt(connection, attempt_id)
                if claim is not None:
                    claims.release(connection, claim, reason=reason, now=now)
                elif now <= until:
                    continue  # on its way, perhaps
                del self._unanswered[attempt_id]

    def people(self, claim: Claim, *, attributes: bool = True) -> People:
        """Read a claimed batch with each subscriber's state of this moment: an opt-out wins late.

        Who was set aside before is not in it. Attributes need not be read. In any order.
        """
        with self._database.read(alone=True) as connection:
            return recipients.read(connection, claim, attributes=attributes)

    def set_aside(self, send_id: int, aside: Sequence[SetAside]) -> None:
        """Record recipients who are left out for good, with the reason."""
        if not aside:
            return
        with self._database.write() as connection:
            statements.set_aside(connection, send_id, aside)

    def submitted(
        self,
        claim: Claim,
        submission: Submission,
        *,
        now: datetime,
        postponed: Postponed | None = None,
    ) -> None:
        """Record that the provider took an attempt, or what of it; evidence may come late.

        `postponed`: when those are tried again who were deferred.
        """
        with self._database.write() as connection:
            part = splits.whole(claim, submission)
            if not submission.is_whole:
                if recalls.is_asked(connection, claim.attempt_id):
                    return
                found = splits.carve(connection, claim, submission, postponed=postponed, now=now)
                part = found or part
            claims.settle(
                connection,
                claim,
                attempt_values=splits.attempt_values(part, now=now),
                batch_values={"state": part.state},
                unless_recalled=True,
            )

    def uncertain(self, claim: Claim, *, reason: str, status: int | None, now: datetime) -> None:
        """Record that the provider may have taken an attempt."""
        ended = statements.ended(BatchState.UNCERTAIN, reason=reason, status=status, now=now)
        with self._database.write() as connection:
            claims.settle(
                connection,
                claim,
                attempt_values=ended,
                batch_values={"state": BatchState.UNCERTAIN},
            )

    def release(self, claim: Claim, *, reason: str, status: int | None, now: datetime) -> None:
        """Put a batch back to planned: nothing was taken. The attempt is kept as history."""
        with self._database.write() as connection:
            claims.release(connection, claim, reason=reason, status=status, now=now)

    def split(self, claim: Claim, *, reason: str, status: int | None, now: datetime) -> None:
        """Put a batch back as two halves of its remaining recipients."""
        with self._database.write() as connection:
            number = statements.new_number(connection, claim.send_id)
            row = connection.execute(
                sa.select(batch).where(statements.one_batch(claim.send_id, claim.batch))
            ).one()
            middle = statements.middle_of(connection, claim.send_id, first=row.first, last=row.last)
            half = {"state": BatchState.PLANNED, "depth": row.depth + 1}
            settled = claims.settle(
                connection,
                claim,
                attempt_values=statements.ended(RELEASED, reason=reason, status=status, now=now),
                batch_values=half | {"last": middle - 1},
            )
            if not settled:
                return
            second = {"send_id": claim.send_id, "number": number, "wave": row.wave} | half
            connection.execute(sa.insert(batch).values(first=middle, last=row.last, **second))

    def drop(self, claim: Claim, *, reason: str, now: datetime) -> None:
        """Cancel a claimed batch in which nobody is left to be mailed."""
        with self._database.write() as connection:
            claims.settle(
                connection,
                claim,
                attempt_values=statements.ended(RELEASED, reason=reason, status=None, now=now),
                batch_values={"state": BatchState.CANCELLED},
            )

    def tried(self, claim: Claim) -> tuple[datetime, int]:
        """Say when a claimed batch was tried first, and how often before this time."""
        query = sa.select(sa.func.min(attempt.c.started_at), sa.func.count()).where(
            attempt.c.send_id == claim.send_id, attempt.c.batch == claim.batch
        )
        with self._database.read() as connection:
            began, tries = connection.execute(query).one()
        return began, tries - 1

    def wake(self, send_id: int, *, now: datetime) -> None:
        """Plan again who was deferred and may be tried by now; who waited for too long is listed.

        A send that was complete but for them is open again then.
        """
        with self._database.write() as connection:
            statements.lock(connection, send_id)
            deferrals.give_up(connection, send_id, now=now)
            deferrals.wake(connection, send_id, now=now)

    def doubtful(self, send_id: int, *, before: datetime) -> tuple[str, ...]:
        """List the attempts of a send that are in doubt since before a moment."""
        query = sa.select(attempt.c.id).where(
            attempt.c.send_id == send_id,
            attempt.c.state == BatchState.UNCERTAIN,
            attempt.c.ended_at < before,
        )
        with self._database.read() as connection:
            return tuple(connection.scalars(query.order_by(attempt.c.ended_at)))

    def evidence(self, attempt_id: str, *, provider_id: str, now: datetime) -> bool:
        """Record that an event of the provider's proves an attempt was taken.

        Any event that carries the attempt's id proves it. False: there is no such attempt.
        """
        with self._database.read() as connection:
            claim = claims.of_attempt(connection, attempt_id)
        if claim is None:
            return False
        self.submitted(claim, Submission(provider_id=provider_id), now=now)
        return True

    def pause_until(self, send_id: int, until: datetime) -> None:
        """Keep every sender from claiming before a moment; an earlier one never shortens it.

        It holds for all open sends of the same publication and provider.
        """
        with self._database.write() as connection:
            statements.pause(connection, send_id, until=until)

"""The ledger: what was promised, claimed and handed over, and to whom.

A send is frozen in one transaction; from then on everything is decided from here alone. Batches
are ranges of recipients' positions, so claiming and recording touch one batch row and one attempt
row, never a thousand recipients. Only people who are left out have an outcome of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from newsletter.core.model import (
    BatchState,
    Claim,
    MergeField,
    Message,
    People,
    Send,
    SendKind,
    SendStatus,
    SetAside,
    SubjectTrial,
    Submission,
)
from newsletter.core.model.records import RELEASED, Health, SendView
from newsletter.ports import Audience, Freeze
from newsletter.storage import (
    audiences,
    carving,
    claiming,
    correcting,
    freezing,
    health,
    people,
    recalls,
    statements,
    summing,
)
from newsletter.storage.database import Database
from newsletter.storage.tables import (
    attempt,
    batch,
    message,
    send,
)

_UNSETTLED = (BatchState.PLANNED, BatchState.CLAIMED, BatchState.UNCERTAIN)


class SqlLedger:
    """`ports.Ledger` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- freezing and reading ------------------------------------------------------------------

    def find(self, publication: str, edition: date) -> Send | None:
        """Look up the send of an edition."""
        with self._database.read() as connection:
            return statements.find_send(connection, publication, edition)

    def open_sends(self, publication: str) -> tuple[Send, ...]:
        """List the sends of editions that are open, oldest edition first."""
        with self._database.read() as connection:
            return statements.open_sends(connection, publication)

    def publications(self) -> tuple[str, ...]:
        """Name the publications that have sends."""
        query = sa.select(send.c.publication).distinct().order_by(send.c.publication)
        with self._database.read() as connection:
            return tuple(connection.scalars(query))

    def unfinished(self, publication: str, *, before: date) -> tuple[date, ...]:
        """List the editions of earlier dates whose send is still open, oldest first."""
        found = self.open_sends(publication)
        return tuple(one.edition for one in found if one.edition < before)

    def freeze(self, freeze: Freeze, *, now: datetime) -> Send:
        """Write send, message, wave, batches and recipients in one transaction."""
        try:
            # From a snapshot: whoever moves or leaves meanwhile is counted and filled in alike.
            with self._database.write(snapshot=True) as connection:
                # Looked up inside the write transaction: two freezes at once must not collide.
                found = statements.find_send(connection, freeze.publication, freeze.edition)
                if found is not None and freeze.kind is SendKind.EDITION:
                    return found
                return statements.as_send(freezing.write(connection, freeze, now=now))
        except sa.exc.IntegrityError:
            # PostgreSQL lets two transactions look before either writes; the index decides.
            found = self.find(freeze.publication, freeze.edition)
            if found is None:
                raise
            return found

    def message(self, send_id: int, *, digest: str | None = None) -> Message:
        """Give the message of a send, as it was frozen or corrected last, or one by its digest."""
        current = sa.select(send.c.digest).where(send.c.id == send_id).scalar_subquery()
        query = sa.select(message).where(message.c.digest == (digest or current))
        with self._database.read() as connection:
            row = connection.execute(query).one()
        return Message(
            subject=row.subject,
            preheader=row.preheader,
            html=row.html,
            text=row.text,
            fields=tuple(MergeField(**field) for field in row.fields),
            trial=SubjectTrial(**row.trial) if row.trial else None,
            digest=row.digest,
        )

    def view(self, send_id: int) -> SendView:
        """Sum up where a send stands."""
        with self._database.read() as connection:
            return summing.view(connection, send_id)

    def zones(self, segment: str = "") -> dict[str, int]:
        """Count who of a segment may be mailed, by zone; "" has those without one."""
        with self._database.read() as connection:
            return freezing.zones(connection, audiences.mailable(connection, segment))

    def audience(self, audience: Audience) -> int:
        """Count the subscribers a freeze would take at this moment."""
        with self._database.read() as connection:
            return audiences.count(connection, audience)

    def outside(self, send: Send) -> int:
        """Count who wants the edition of a send at this moment, and is not in the send."""
        with self._database.read() as connection:
            return audiences.outside(connection, send)

    def lacking(self, field: str, audience: Audience, *, limit: int) -> tuple[int, tuple[str, ...]]:
        """Count who of an audience has no value for a merge field, and name the first."""
        with self._database.read() as connection:
            return audiences.lacking(connection, field, audience, limit=limit)

    # --- leadership and leases -----------------------------------------------------------------

    def lead(self, send_id: int, *, owner: str, now: datetime, lease: timedelta) -> str | None:
        """Make this process the leader of a send, or keep it so; else name who is."""
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
        """Mark what senders left claimed as uncertain: those that are gone, and ended leases."""
        with self._database.write() as connection:
            left = statements.orphan(connection, send_id, gone=gone, now=now)
            return left - recalls.release_unbooked(connection, send_id, now=now)

    # --- one attempt ---------------------------------------------------------------------------

    def together(self) -> AbstractContextManager[None]:
        """Make the changes of a block durable at once, when it ends."""
        return self._database.together()

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
        """Claim the first planned batch that is due (compare-and-set)."""
        with self._database.write() as connection:
            if most is not None and not claiming.has_room(connection, send_id, most=most):
                return None
            return claiming.claim(
                connection,
                send_id,
                owner=owner,
                attempt_id=attempt_id,
                now=now,
                lease=lease,
                ahead=ahead,
            )

    def people(self, claim: Claim, *, attributes: bool = True) -> People:
        """Read a claimed batch with each subscriber's state of this moment."""
        with self._database.read() as connection:
            return people.read(connection, claim, attributes=attributes)

    def set_aside(self, send_id: int, aside: Sequence[SetAside]) -> None:
        """Record recipients who are left out for good, with the reason."""
        if not aside:
            return
        with self._database.write() as connection:
            statements.set_aside(connection, send_id, aside)

    def submitted(self, claim: Claim, submission: Submission, *, now: datetime) -> None:
        """Record that the provider took an attempt; evidence may come late, after a doubt."""
        with self._database.write() as connection:
            state = BatchState.SUBMITTED
            if submission.doubt is not None or submission.rest is not None:
                if recalls.is_asked(connection, claim.attempt_id):
                    return
                state = carving.carve(connection, claim, submission, now=now)
            claiming.settle(
                connection,
                claim,
                attempt_values={
                    "state": state,
                    "provider_id": submission.provider_id,
                    "status": submission.status,
                    "reason": None if state is BatchState.SUBMITTED else carving.DOUBT,
                    "ended_at": now,
                },
                batch_values={"state": state},
                unless_recalled=True,
            )

    def uncertain(self, claim: Claim, *, reason: str, status: int | None, now: datetime) -> None:
        """Record that the provider may have taken an attempt."""
        ended = statements.ended(BatchState.UNCERTAIN, reason=reason, status=status, now=now)
        with self._database.write() as connection:
            claiming.settle(
                connection,
                claim,
                attempt_values=ended,
                batch_values={"state": BatchState.UNCERTAIN},
            )

    def release(self, claim: Claim, *, reason: str, status: int | None, now: datetime) -> None:
        """Put a batch back to planned: nothing was taken. The attempt is kept as history."""
        planned = {"state": BatchState.PLANNED}
        with self._database.write() as connection:
            claiming.settle(
                connection,
                claim,
                attempt_values=statements.ended(RELEASED, reason=reason, status=status, now=now),
                batch_values=planned,
            )

    def split(self, claim: Claim, *, reason: str, status: int | None, now: datetime) -> None:
        """Put a batch back as two halves of its remaining recipients."""
        with self._database.write() as connection:
            number = statements.new_number(connection, claim.send_id)
            row = connection.execute(
                sa.select(batch).where(statements.one_batch(claim.send_id, claim.batch))
            ).one()
            middle = statements.middle_of(connection, claim.send_id, first=row.first, last=row.last)
            half = {"state": BatchState.PLANNED, "depth": row.depth + 1}
            settled = claiming.settle(
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
            claiming.settle(
                connection,
                claim,
                attempt_values=statements.ended(RELEASED, reason=reason, status=None, now=now),
                batch_values={"state": BatchState.CANCELLED},
            )

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
        """Record that an event of the provider's proves an attempt was taken."""
        with self._database.read() as connection:
            claim = claiming.of_attempt(connection, attempt_id)
        if claim is None:
            return False
        self.submitted(claim, Submission(provider_id=provider_id), now=now)
        return True

    # --- the whole send ------------------------------------------------------------------------

    def pause_until(self, send_id: int, until: datetime) -> None:
        """Keep every sender of the publication from claiming before a moment."""
        with self._database.write() as connection:
            statements.pause(connection, send_id, until=until)

    def steer(self, send_id: int, status: SendStatus) -> bool:
        """Pause a send, open it again, or cancel it with all that is planned in it."""
        with self._database.write() as connection:
            return statements.steer(connection, send_id, status)

    def correct(self, send_id: int, message: Message, *, note: str, now: datetime) -> bool:
        """Replace the message of a paused send; False when it has it already, or is not paused."""
        with self._database.write() as connection:
            return correcting.correct(connection, send_id, message, note=note, now=now)

    def health(self, send_id: int, *, now: datetime) -> Health:
        """Sum up what is reported of a send so far."""
        with self._database.read() as connection:
            return health.read(connection, send_id, now=now)

    def alarm(self, send_id: int, kind: str) -> bool:
        """Pause an open send because of what is reported of it, once for each kind."""
        with self._database.write() as connection:
            return health.alarm(connection, send_id, kind)

    def reopen(self, send_id: int) -> None:
        """Pause a send that is complete, because something of it may be called back."""
        is_complete = (send.c.id == send_id) & (send.c.status == SendStatus.COMPLETE)
        paused = {"status": SendStatus.PAUSED, "completed_at": None}
        with self._database.write() as connection:
            connection.execute(sa.update(send).where(is_complete).values(paused))

    def complete(self, send_id: int, *, now: datetime) -> None:
        """Close a send in which nothing is planned, claimed or uncertain; not a cancelled one."""
        unsettled = sa.exists().where(batch.c.send_id == send_id, batch.c.state.in_(_UNSETTLED))
        is_cancelled = send.c.status == SendStatus.CANCELLED
        close = sa.update(send).where(send.c.id == send_id, ~unsettled, ~is_cancelled)
        with self._database.write() as connection:
            connection.execute(close.values(status=SendStatus.COMPLETE, completed_at=now))

    def resolve(self, send_id: int, batch_number: int, *, accepted: bool, now: datetime) -> bool:
        """Settle an uncertain batch by a person's word: submitted, or planned again."""
        state = BatchState.SUBMITTED if accepted else BatchState.PLANNED
        word = "submitted" if accepted else "not submitted"
        of_batch = statements.one_batch(send_id, batch_number)
        doubtful = batch.c.state == BatchState.UNCERTAIN
        query = sa.select(batch.c.attempt_id).where(of_batch, doubtful)
        with self._database.write() as connection:
            attempt_id = connection.scalar(query)
            if attempt_id is None:
                return False
            connection.execute(
                sa.update(attempt)
                .where(attempt.c.id == attempt_id)
                .values(
                    state=BatchState.SUBMITTED if accepted else RELEASED,
                    reason=attempt.c.reason + f"; resolved by the operator as {word}",
                    ended_at=now,
                )
            )
            connection.execute(sa.update(batch).where(of_batch, doubtful).values(state=state))
            return True

"""The ledger: what was promised, claimed and handed over, and to whom.

A send is frozen in one transaction; from then on everything is decided from here alone. Batches
are ranges of recipients' positions, so claiming and recording touch one batch row and one attempt
row, never a thousand recipients. Only people who are left out have an outcome of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from newsletter.core.errors import StorageCollision
from newsletter.core.feedback_loops import Feedback
from newsletter.core.model import (
    BatchState,
    MergeField,
    Message,
    Send,
    SendKind,
    SendStatus,
    SubjectTrial,
)
from newsletter.core.model.content import FrozenEdition
from newsletter.core.model.records import RELEASED, Health, SendView
from newsletter.storage.database import Database
from newsletter.storage.partitions import making
from newsletter.storage.sends import (
    audiences,
    corrections,
    deferrals,
    feedback,
    freezing,
    health,
    joining,
    statements,
    summary,
)
from newsletter.storage.sends.audiences import Audience
from newsletter.storage.sends.freezing import Freeze
from newsletter.storage.tables import (
    attempt,
    batch,
    message,
    send,
)

_UNSETTLED = (BatchState.PLANNED, BatchState.CLAIMED, BatchState.UNCERTAIN)


class Ledger:
    """What was promised, claimed and handed over. Every change is durable before it returns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(
        self, publication: str, edition: date, kind: SendKind = SendKind.EDITION
    ) -> Send | None:
        """Look up the send of an edition, or of the digest of a date."""
        with self._database.read() as connection:
            return statements.find_send(connection, publication, edition, kind)

    def between(self, publication: str, first: date, last: date) -> Mapping[date, Send]:
        """Return the sends of editions, by date, both ends included."""
        query = sa.select(send).where(
            send.c.publication == publication,
            send.c.kind == SendKind.EDITION,
            send.c.edition.between(first, last),
        )
        with self._database.read() as connection:
            return {row.edition: statements.as_send(row) for row in connection.execute(query)}

    def open_sends(self, publication: str) -> tuple[Send, ...]:
        """List the sends of editions and digests that are open, oldest edition first."""
        with self._database.read() as connection:
            return statements.open_sends(connection, publication)

    def publications(self) -> tuple[str, ...]:
        """Name the publications that have sends."""
        query = sa.select(send.c.publication).distinct().order_by(send.c.publication)
        with self._database.read() as connection:
            return tuple(connection.scalars(query))

    def unfinished(
        self, publication: str, *, before: date, kind: SendKind = SendKind.EDITION
    ) -> tuple[date, ...]:
        """List the editions of earlier dates whose send is still open, oldest first."""
        found = (one for one in self.open_sends(publication) if one.kind is kind)
        return tuple(one.edition for one in found if one.edition < before)

    def waiting(self, publication: str, kind: SendKind = SendKind.EDITION) -> Mapping[date, int]:
        """Return the sends of which somebody waits to be tried again, by their edition."""
        with self._database.read() as connection:
            return dict(deferrals.waiting(connection, publication, kind))

    def freeze(self, freeze: Freeze, *, now: datetime) -> Send:
        """Write send, message, wave, batches and recipients in one transaction.

        The audience is that of the freeze, at this moment, each canonical address once. If
        the edition has a send already, that one is returned and nothing is written. Raises
        `NothingToDo` when there is nobody to send to; nothing is written then either.
        """
        audience = freeze.audience
        making.make_ahead(self._database, now=now)
        try:
            # From a snapshot: whoever moves or leaves meanwhile is counted and filled in alike.
            with self._database.write(snapshot=True) as connection:
                joining.begin_freeze(connection)
                # Looked up inside the write transaction: two freezes at once must not collide.
                place = audience.publication, audience.edition, freeze.kind
                found = statements.find_send(connection, *place)
                if found is not None and freeze.kind is not SendKind.TEST:
                    return found
                return statements.as_send(freezing.write(connection, freeze, now=now))
        except StorageCollision:
            # PostgreSQL lets two transactions look before either writes; the index decides.
            found = self.find(audience.publication, audience.edition, freeze.kind)
            if found is None:
                raise
            return found

    def message(self, send_id: int, *, digest: str | None = None) -> Message:
        """Return the message of a send as frozen or corrected last, or one by its digest."""
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
            return summary.view(connection, send_id)

    def zones(self, publication: str, segment: str = "") -> dict[str, int]:
        """Count who of a list may be mailed, by zone, known or not; "" has those without one."""
        with self._database.read() as connection:
            return freezing.zones(connection, audiences.mailable(connection, publication, segment))

    def audience(self, audience: Audience) -> int:
        """Count the subscribers a freeze would take at this moment."""
        with self._database.read() as connection:
            return audiences.count(connection, audience)

    def outside(self, send: Send, *, weekly_apart: bool = False) -> int:
        """Count who wants the edition of a send at this moment, and is not in the send."""
        with self._database.read() as connection:
            return audiences.outside(connection, send, weekly_apart=weekly_apart)

    def lacking(self, field: str, audience: Audience, *, limit: int) -> tuple[int, tuple[str, ...]]:
        """Count who of an audience has no value for a merge field, and name the first."""
        with self._database.read() as connection:
            return audiences.lacking(connection, field, audience, limit=limit)

    def steer(self, send_id: int, status: SendStatus) -> bool:
        """Pause a send, open it again, or cancel it with all that is planned in it.

        Senders at work hear it before their next batch. False: it is in no state that allows it.
        """
        with self._database.write() as connection:
            return statements.steer(connection, send_id, status)

    def bring_forward(self, send_id: int, *, due_at: datetime, behind_canary: timedelta) -> int:
        """Let the waves of an open send be due by a moment; say how many recipients waited.

        Behind a canary that is so long after the canary is due.
        """
        with self._database.write() as connection:
            return statements.bring_forward(
                connection, send_id, due_at=due_at, behind_canary=behind_canary
            )

    def correct(
        self, send_id: int, message: Message, content: FrozenEdition, *, note: str, now: datetime
    ) -> bool:
        """Replace the message of a paused send for all that is not handed over, on record.

        False: it has this message already, or is not paused.
        """
        with self._database.write() as connection:
            return corrections.correct(connection, send_id, message, content, note=note, now=now)

    def health(self, send_id: int, *, now: datetime) -> Health:
        """Sum up what is reported of a send so far."""
        with self._database.read() as connection:
            return health.read(connection, send_id, now=now)

    def feedback(self, send_id: int, *, now: datetime) -> Feedback:
        """Count of whom complaints would be heard; reads every recipient of the send."""
        with self._database.read() as connection:
            return feedback.read(connection, send_id, now=now)

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
        """Settle an uncertain batch by a person's word: submitted, or planned again.

        False: that batch is not uncertain.
        """
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

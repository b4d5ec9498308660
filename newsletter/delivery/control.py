"""Steer a send that was frozen: an operator's words, each written into the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from newsletter.core.clock import Clock
from newsletter.core.errors import NothingToDo
from newsletter.core.model import Send, SendKind, SendStatus
from newsletter.core.model.records import CalledBack, SendView
from newsletter.core.sentences import said
from newsletter.delivery import preconditions, recall
from newsletter.delivery.restored import RestoredGuard
from newsletter.delivery.scheduled import ScheduledDelivery
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.sends.recalls import RecallRecords


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """Where a send stands that was cancelled, and what became of each batch handed over ahead."""

    view: SendView
    called_back: tuple[CalledBack, ...]


@dataclass(frozen=True, kw_only=True)
class SendControl:
    """What an operator may say about the sends of one publication."""

    publication: str
    ledger: Ledger
    clock: Clock
    records: RecallRecords
    scheduled: Callable[[], ScheduledDelivery]  # made when something may be called back
    restored: RestoredGuard
    kind: SendKind = SendKind.EDITION

    def view(self, day: date) -> SendView:
        """Sum up where the send of an edition stands."""
        return self.ledger.view(self._find(day).id)

    def pause(self, day: date) -> SendView:
        """Let no further batch begin, in any process; what is under way is finished."""
        return self._steer(
            day, SendStatus.PAUSED, said("is not open, so there is nothing to pause")
        )

    def resume(self, day: date) -> SendView:
        """Open a paused send again; handing it over is the sender's.

        Raises `Held` for one that a restored database may not know the end of.
        """
        self.restored.refuse_resuming(day)
        return self._steer(day, SendStatus.OPEN, said("is not paused"))

    def cancel(self, day: date) -> Cancelled:
        """Cancel what is planned, and what was handed over as far as it can be called back."""
        send = self._find(day)
        handed_over = self.records.handed_over(send.id)
        now = self.clock.now()
        waiting = self.ledger.view(send.id).next_retry is not None
        if waiting or any(recall.in_time(one.send_at, now=now) for one in handed_over):
            self.ledger.reopen(send.id)
        view = self._steer(day, SendStatus.CANCELLED, said("is complete: everyone has it"))
        called_back = self.scheduled().call_back(view) if handed_over else ()
        self.ledger.steer(send.id, SendStatus.CANCELLED)  # what came back is planned now
        return Cancelled(view=self.ledger.view(send.id), called_back=called_back)

    def _steer(self, day: date, status: SendStatus, why_not: str) -> SendView:
        send = self._find(day)
        if not self.ledger.steer(send.id, status):
            raise NothingToDo(
                said(
                    "The send of %(named)s %(why_not)s.",
                    named=preconditions.named(send, begins=False),
                    why_not=why_not,
                ),
                hint=f"newsletter audit {preconditions.options(send)} shows where it stands.",
            )
        return self.ledger.view(send.id)

    def _find(self, day: date) -> Send:
        return preconditions.found_send(self.ledger.find(self.publication, day, self.kind), day)

    def resolve(self, day: date, batch: int, *, accepted: bool) -> None:
        """Settle an uncertain batch by the operator's word. Raises `NothingToDo` for any other."""
        send = self.ledger.find(self.publication, day, self.kind)
        settled = send is not None and self.ledger.resolve(
            send.id, batch, accepted=accepted, now=self.clock.now()
        )
        if not settled:
            raise NothingToDo(
                said(
                    "Batch %(batch)s of the edition of %(day)s is not uncertain.",
                    batch=batch,
                    day=day,
                ),
                hint=f"newsletter audit --date {day} lists the batches.",
            )
        if send is not None and send.status is SendStatus.CANCELLED:
            self.ledger.steer(send.id, SendStatus.CANCELLED)  # not taken: not to be planned again

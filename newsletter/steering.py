"""Steer a send that was frozen: an operator's words, each written into the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from newsletter.errors import NothingToDo
from newsletter.model import SendStatus
from newsletter.ports import Clock, Ledger
from newsletter.records import SendView


@dataclass(frozen=True, kw_only=True)
class Steering:
    """What an operator may say about the sends of one publication."""

    publication: str
    ledger: Ledger
    clock: Clock

    def pause(self, day: date) -> SendView:
        """Let no further batch begin, in any process; what is under way is finished."""
        return self._steer(day, SendStatus.PAUSED, "is not open, so there is nothing to pause")

    def resume(self, day: date) -> SendView:
        """Open a paused send again; handing it over is the sender's."""
        return self._steer(day, SendStatus.OPEN, "is not paused")

    def cancel(self, day: date) -> SendView:
        """Cancel what is planned; what was handed over cannot be called back."""
        return self._steer(day, SendStatus.CANCELLED, "is complete: everyone has it")

    def _steer(self, day: date, status: SendStatus, why_not: str) -> SendView:
        send = self.ledger.find(self.publication, day)
        if send is None:
            raise NothingToDo(f"The edition of {day} has no send yet.")
        if not self.ledger.steer(send.id, status):
            raise NothingToDo(
                f"The send of the edition of {day} {why_not}.",
                hint=f"newsletter audit --date {day} shows where it stands.",
            )
        return self.ledger.view(send.id)

    def resolve(self, day: date, batch: int, *, accepted: bool) -> None:
        """Settle an uncertain batch by the operator's word. Raises `NothingToDo` for any other."""
        send = self.ledger.find(self.publication, day)
        settled = send is not None and self.ledger.resolve(
            send.id, batch, accepted=accepted, now=self.clock.now()
        )
        if not settled:
            raise NothingToDo(
                f"Batch {batch} of the edition of {day} is not uncertain.",
                hint=f"newsletter audit --date {day} lists the batches.",
            )
        if send is not None and send.status is SendStatus.CANCELLED:
            self.ledger.steer(send.id, SendStatus.CANCELLED)  # not taken: not to be planned again

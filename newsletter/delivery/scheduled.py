"""Hand batches over ahead of their moment, so that what is in doubt can be recalled.

Everything that is decided is decided in `recall`. These calls take as long as the provider does;
the sender makes them on the threads beside its loop.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from newsletter.core.clock import Clock
from newsletter.core.errors import DeliveryError, Held, NotSubmitted, Unreachable
from newsletter.core.model import BatchState, Booking, Claim
from newsletter.core.model.records import CalledBack, Doubt, SendView
from newsletter.core.sentences import said
from newsletter.delivery import recall
from newsletter.delivery.provider import Recalls
from newsletter.storage.sends.recalls import RecallRecords

_AT_ONCE = timedelta()
_LONG_AGO = timedelta(hours=1)
_NO_PLACE_YET = "ten recalls are open; the same command again, when a place is free"
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ScheduledDelivery:
    """The surroundings of a hand-over ahead of time: who recalls, and who keeps the record."""

    recalls: Recalls
    records: RecallRecords
    clock: Clock
    lead: timedelta  # so long before a wave is due its batches may be handed over
    settle: timedelta  # so long a request that broke off may still be at work

    def book(self, claim: Claim) -> Booking:
        """Return a claimed batch its moment and its recall id, on record before it is used.

        Raises `NotSubmitted`: nothing was handed over yet.
        """
        recall_id = self.recalls.reserve()
        now = self.clock.now()
        booking = Booking(recall_id=recall_id, send_at=recall.moment_to_go(claim.due_at, now=now))
        unfit = recall.why_not(booking.send_at, now=now)
        if unfit:
            raise Unreachable(said("The batch was not handed over: %(unfit)s.", unfit=unfit))
        if not self.records.book(claim, booking):
            raise Unreachable(said("Others doubt this claim by now."))
        return booking

    def outlook(self, view: SendView) -> recall.Outlook:
        """Say what is to be done about a send's doubts; what is lost is noted for the operator."""
        doubtful = view.tally(BatchState.UNCERTAIN).batches > 0
        now = self.clock.now()
        found = recall.outlook(
            self.records.doubts(view.send.id) if doubtful else (),
            taken=self.records.taken(now=now),
            settle=self.settle,
            now=now,
        )
        for one in found.lost:
            self.records.lose(one.doubt, one.reason)
        return found

    def refuse_lost(self, view: SendView) -> None:
        """Tell the operator of doubts that cannot be recalled any more. Raises `Held`."""
        lost = self.outlook(view).lost
        if not lost:
            return
        told = "; ".join(
            f"batch {one.doubt.batch} ({one.doubt.recipients} recipients): {one.reason}"
            for one in lost
        )
        raise Held(
            said(
                "%(sum)s recipients of the edition of %(edition)s are in doubt, and not "
                "sent to again: %(told)s.",
                sum=sum(one.doubt.recipients for one in lost),
                edition=view.send.edition,
                told=told,
            ),
            hint="The provider's events settle it when the mail goes out; else look the attempt "
            f"up there, then: newsletter send resolve BATCH --date {view.send.edition} "
            "--accepted or --not-accepted.",
        )

    def recall(self, doubt: Doubt) -> None:
        """Recall an attempt and read that back; when it is in force in time, plan it again.

        Whatever the provider answers, only what is read back counts; else it is tried again.
        """
        if not self.records.ask(doubt, now=self.clock.now()):
            return
        answer = self._ask(doubt.recall_id)
        now = self.clock.now()
        if answer == "in force" and recall.in_time(doubt.send_at, now=now):
            self.records.recalled(doubt, now=now)
        log.info(
            "The recall of batch %s is %s.",
            doubt.batch,
            answer,
            extra={
                "event": "delivery.batch.recall",
                "batch": doubt.batch,
                "attempt": doubt.attempt_id,
            },
        )

    def call_back(self, view: SendView, *, settle: timedelta = _AT_ONCE) -> tuple[CalledBack, ...]:
        """Recall what was handed over as far as it can be, and plan it again; tell all of it."""
        handed_over = self.records.handed_over(view.send.id)
        now = self.clock.now()
        found = recall.outlook(
            handed_over, taken=self.records.taken(now=now), settle=settle, now=now
        )
        ready = {one.attempt_id for one in found.ready}
        reasons = {one.doubt.attempt_id: one.reason for one in found.lost}
        return tuple(
            self._call_back(one)
            if one.attempt_id in ready
            else _told(one, reasons.get(one.attempt_id, _NO_PLACE_YET))
            for one in handed_over
        )

    def _call_back(self, doubt: Doubt) -> CalledBack:
        if not self.records.ask(doubt, now=self.clock.now()):
            return _told(doubt, "its state changed meanwhile")
        answer = self._ask(doubt.recall_id)
        now = self.clock.now()
        if answer == "in force" and recall.in_time(doubt.send_at, now=now):
            self.records.recalled(doubt, now=now)
            return _told(doubt, "")
        if answer == "refused" and doubt.taken:
            self.records.restore(doubt)
            return _told(doubt, "the provider refused to recall it")
        return _told(doubt, "the provider does not say whether it is recalled")

    def tidy(self) -> None:
        """Give back the places of recalls whose mail was to go long ago."""
        now = self.clock.now()
        for recall_id in self.records.spent(before=now - _LONG_AGO):
            try:
                self.recalls.forget_recall(recall_id)
            except DeliveryError as error:
                log.info("recall.kept %s", error.what)
                return
            self.records.forget(recall_id, now=now)

    def _ask(self, recall_id: str) -> Literal["in force", "refused", "unknown"]:
        """Ask for a recall and read back whether it is in force; the latter has the last word."""
        answered = True
        try:
            self.recalls.recall(recall_id)
        except DeliveryError as error:
            answered = isinstance(error, NotSubmitted)
            log.info("recall.read_back %s", error.what)
        try:
            in_force = self.recalls.is_recalled(recall_id)
        except DeliveryError as error:
            log.info("recall.unknown %s", error.what)
            return "unknown"
        if in_force:
            return "in force"
        return "refused" if answered else "unknown"


def _told(doubt: Doubt, reason: str) -> CalledBack:
    return CalledBack(
        batch=doubt.batch,
        recipients=doubt.recipients,
        send_at=doubt.send_at,
        recalled=not reason,
        reason=reason,
    )

"""The seams of mail that is handed over ahead: who can recall it, and who keeps the record."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, runtime_checkable

from newsletter.core.model import Booking, Claim
from newsletter.core.model.records import Doubt


@runtime_checkable
class Recalls(Protocol):
    """What a provider can do besides that holds mail until a moment and calls it back on request.

    Such a provider heeds `Attempt.booking`. All of it may be called from several threads.
    """

    def reserve(self) -> str:
        """Give a fresh id for one booking; no mail goes out by that.

        Raises `NotSubmitted`, whatever happened: an id nobody uses does no harm.
        """
        ...

    def recall(self, recall_id: str) -> None:
        """Ask that nothing handed over under an id goes out; it may be asked again.

        Raises `DeliveryError` when that is not certain to be in force; `is_recalled` tells.
        """
        ...

    def is_recalled(self, recall_id: str) -> bool:
        """Say whether a recall is in force. Raises `DeliveryError` when there is no telling."""
        ...

    def forget_recall(self, recall_id: str) -> None:
        """Give a recall's place back. Only long after the moment its mail was to go.

        Raises `DeliveryError`; it may be asked again.
        """
        ...


class RecallRecords(Protocol):
    """What the ledger knows of attempts that were handed over ahead. All of it is durable."""

    def book(self, claim: Claim, booking: Booking) -> bool:
        """Write down an attempt's booking, before it is handed over.

        False: the claim is this sender's no more, and must not be handed over.
        """
        ...

    def doubts(self, send_id: int) -> tuple[Doubt, ...]:
        """List the attempts of a send that are in doubt and have a booking."""
        ...

    def handed_over(self, send_id: int) -> tuple[Doubt, ...]:
        """List the attempts of a send that have a booking and were taken, or are in doubt."""
        ...

    def taken(self, *, now: datetime) -> tuple[datetime, ...]:
        """Give the moments until which recalls keep their places, in all sends."""
        ...

    def ask(self, doubt: Doubt, *, now: datetime) -> bool:
        """Write down that a recall is asked for, before it is; False: it stands otherwise now.

        From then on the attempt is in doubt even if it was taken, and an answer that says so
        settles nothing: the mail may be stopped.
        """
        ...

    def restore(self, doubt: Doubt) -> None:
        """Record of an attempt that was taken that its recall was certainly refused."""
        ...

    def recalled(self, doubt: Doubt, *, now: datetime) -> bool:
        """Record that a recall is in force in time, and plan the batch again.

        False: something else has settled it meanwhile.
        """
        ...

    def lose(self, doubt: Doubt, reason: str) -> None:
        """Note why a doubt cannot be recalled any more, for the operator."""
        ...

    def spent(self, *, before: datetime) -> tuple[str, ...]:
        """List the recalls whose moment passed before, and which still keep their places."""
        ...

    def forget(self, recall_id: str, *, now: datetime) -> None:
        """Record that a recall's place was given back."""
        ...

"""The seams of mail that is handed over ahead: who can recall it, and who keeps the record."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


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

"""Whom the pretended account mails no more, list by list, as SendGrid has it (sendgrid.md 1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

ListName = Literal["bounces", "blocks", "invalid_emails", "spam_reports", "unsubscribes"]
LISTS: tuple[ListName, ...] = get_args(ListName)
# `blocks` are faults of a message; the others are why mail to a person is dropped.
_REASONS: Mapping[ListName, str] = {
    "bounces": "Bounced Address",
    "invalid_emails": "Invalid",
    "spam_reports": "Spam Reporting Address",
    "unsubscribes": "Unsubscribed Address",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One address of a list."""

    email: str
    created: int  # Unix seconds
    reason: str = ""

    def document(self) -> dict[str, Any]:
        """Return the row as the API answers it."""
        reason = {"reason": self.reason} if self.reason else {}
        return {"created": self.created, "email": self.email, **reason}


class Suppressions:
    """The account's lists. Used by one thread."""

    def __init__(self) -> None:
        self._lists: dict[ListName, dict[str, Row]] = {name: {} for name in LISTS}

    def add(self, name: ListName, email: str, *, at: float, reason: str = "") -> None:
        """Put an address on a list; one that is there already keeps its row."""
        self._lists[name].setdefault(email.lower(), Row(email, int(at), reason))

    def remove(self, name: ListName, email: str) -> bool:
        """Take an address off a list; False: it was not there."""
        return self._lists[name].pop(email.lower(), None) is not None

    def rows(
        self, name: ListName, *, start: float, end: float, limit: int, offset: int
    ) -> list[Row]:
        """Return a page of what came onto a list from `start` to `end`, both included."""
        found = [row for row in self._lists[name].values() if start <= row.created <= end]
        found.sort(key=lambda row: row.created, reverse=True)
        return found[offset : offset + limit]

    def why_not(self, email: str) -> str | None:
        """Say why mail to an address is dropped; None: it is not."""
        lowered = email.lower()
        reasons = (why for name, why in _REASONS.items() if lowered in self._lists[name])
        return next(reasons, None)

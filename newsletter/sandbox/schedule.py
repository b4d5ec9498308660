"""Batches, cancels and pauses: which accepted mail may go when. No clock of its own.

Rules from sendgrid.md 1.4: a batch id is valid for 10 days; at most 10 batches are cancelled or
paused at once; a status counts for a mail only if it was set 10 minutes before the mail's time
(the real one promises nothing later, so this one lets the mail go); cancelled mail is discarded
at its time, paused mail is kept and expires 72 hours after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from newsletter.sandbox.drafts import Draft
from newsletter.sandbox.exchange import Problem

BATCH_LIFE = 10 * 24 * 3600  # seconds
EARLIEST_NOTICE = 10 * 60
PAUSE_LIFE = 72 * 3600
MOST_HELD = 10

Hold = Literal["cancel", "pause"]
Fate = Literal["wait", "go", "discard"]


@dataclass(frozen=True, slots=True)
class Held:
    """A batch that is cancelled or paused."""

    status: Hold
    since: float  # Unix seconds


class Schedule:
    """The account's batches and the mail that is not due yet. Used by one thread."""

    def __init__(self) -> None:
        self.held: dict[str, Held] = {}
        self.waiting: list[Draft] = []
        self._batches: dict[str, float] = {}
        self._used: set[str] = set()

    def open_batch(self, batch_id: str, *, now: float) -> None:
        """Return out a batch id."""
        self._batches[batch_id] = now

    def batch_ids(self, *, now: float) -> frozenset[str]:
        """List the batch ids that are valid now."""
        return frozenset(
            batch_id for batch_id, since in self._batches.items() if now < since + BATCH_LIFE
        )

    def hold(self, batch_id: str, status: Hold, *, now: float) -> Problem | None:
        """Cancel or pause a batch; say why not."""
        if batch_id not in self.batch_ids(now=now):
            return Problem("The batch_id is not a valid batch id.", "batch_id")
        if batch_id in self.held:
            return Problem("A status for this batch_id was set already; use PATCH to change it.")
        if self._slots_taken() >= MOST_HELD:
            return Problem(f"No more than {MOST_HELD} batches may be cancelled or paused at once.")
        self.held[batch_id] = Held(status, now)
        return None

    def change(self, batch_id: str, status: Hold) -> bool:
        """Change a status that was set; False where there is none."""
        if batch_id not in self.held:
            return False
        self.held[batch_id] = replace(self.held[batch_id], status=status)
        return True

    def release(self, batch_id: str) -> bool:
        """Take a status away, which lets the batch's mail go; False where there is none."""
        return self.held.pop(batch_id, None) is not None

    def add(self, drafts: Iterable[Draft]) -> None:
        """Take accepted mail; `due` gives it back at its time."""
        found = tuple(drafts)
        self.waiting.extend(found)
        self._used.update(draft.batch_id for draft in found if draft.batch_id)

    def due(self, *, now: float) -> tuple[Draft, ...]:
        """Return the mail that goes now, by due time, and forget what is discarded."""
        if not self.waiting:
            return ()
        fates = [(self._fate(draft, now), draft) for draft in self.waiting]
        self.waiting = [draft for fate, draft in fates if fate == "wait"]
        going = (draft for fate, draft in fates if fate == "go")
        return tuple(sorted(going, key=lambda draft: draft.due))

    def _fate(self, draft: Draft, now: float) -> Fate:
        if now < draft.due:
            return "wait"
        held = self.held.get(draft.batch_id or "")
        if held is None or held.since > draft.due - EARLIEST_NOTICE:
            return "go"
        if held.status == "pause" and now < draft.due + PAUSE_LIFE:
            return "wait"
        return "discard"

    def _slots_taken(self) -> int:
        """Count the batches that hold a slot: those with mail waiting, or with none yet."""
        waiting = {draft.batch_id for draft in self.waiting}
        return sum(batch_id in waiting or batch_id not in self._used for batch_id in self.held)

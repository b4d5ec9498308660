"""What an editor does with the editions: write, look ahead, approve, send a test copy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.model import Send
from newsletter.delivery import owner
from newsletter.delivery.provider import Provider
from newsletter.delivery.testsend import MarkedCopies
from newsletter.editions.approvals import Approving
from newsletter.editions.assembler import Newsroom
from newsletter.editions.editor import Editing
from newsletter.editions.proofs import Proof
from newsletter.editions.status import Almanac
from newsletter.storage.approvals import Approvals
from newsletter.storage.sends.attempts import Attempts
from newsletter.storage.sends.ledger import Ledger


@dataclass(frozen=True, kw_only=True)
class Editorial:
    """An editor's rooms, over one publication."""

    settings: Settings
    clock: Clock
    newsroom: Newsroom
    ledger: Ledger
    attempts: Attempts
    provider: Callable[[], Provider]
    approvals: Approvals
    sends: Callable[[date, date], Mapping[date, Send]]  # of editions, by date
    is_suppressed: Callable[[str], bool]  # of a canonical address
    prove: Callable[[date], Proof]
    keep: Callable[[Proof], Path]

    @property
    def editing(self) -> Editing:
        """Give the hand on an edition's words."""
        return Editing(settings=self.settings, newsroom=self.newsroom, clock=self.clock)

    @property
    def almanac(self) -> Almanac:
        """Give the editions of any stretch of days, with where each stands."""
        return Almanac(
            settings=self.settings,
            editions=self.newsroom.editions,
            clock=self.clock,
            approvals=self.approvals.between,
            sends=self.sends,
        )

    @property
    def approving(self) -> Approving:
        """Give the word that a message may go out."""
        return Approving(
            book=self.approvals,
            clock=self.clock,
            prove=self.prove,
            keep=self.keep,
            find_send=lambda day: self.ledger.find(self.settings.publication.id, day),
        )

    @property
    def test_copies(self) -> MarkedCopies:
        """Give the marked copies for addresses that are named."""
        return MarkedCopies(
            settings=self.settings,
            ledger=self.ledger,
            attempts=self.attempts,
            clock=self.clock,
            provider=self.provider,
            prove=self.prove,
            is_suppressed=self.is_suppressed,
            owner=owner.this_process,
        )

"""One process's right to work on a send: taken, kept while it works, and given up.

What a process claims is its own until the lease is over. The one that leads is `newsletter send`;
workers claim beside it. Whoever ends without a word leaves claims, which the others put in doubt.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from newsletter.core.clock import Clock
from newsletter.core.errors import TryLater
from newsletter.core.model import Claim
from newsletter.core.sentences import said
from newsletter.storage.sends.attempts import Attempts

LEASE = timedelta(seconds=60)
RENEW_EVERY = timedelta(seconds=15)


def _nobody(_owner: str) -> bool:
    return False


@dataclass(kw_only=True)
class Lease:
    """The lease of one process on one send, as its leader or as a worker."""

    attempts: Attempts
    clock: Clock
    send_id: int
    owner: str
    leads: bool = True
    is_gone: Callable[[str], bool] = _nobody  # says of an owner whether it certainly ended
    _renewed: datetime | None = field(default=None, init=False)

    def take(self, edition: date) -> None:
        """Become the one that leads; a rival that died on this machine is replaced at once.

        Raises `TryLater` while another one leads.
        """
        rival = self._try_to_lead(self.clock.now())
        if rival is not None and self.is_gone(rival):
            self.attempts.step_down(self.send_id, owner=rival)
            rival = self._try_to_lead(self.clock.now())
        if rival is not None:
            raise TryLater(
                said(
                    "Another sender is at work on the edition of %(edition)s (%(rival)s).",
                    edition=edition,
                    rival=rival,
                ),
                hint=said(
                    "It mails everyone once. If it died on another machine, its lease ends "
                    "within %(seconds)s seconds; then the same command goes on.",
                    seconds=f"{LEASE.total_seconds():.0f}",
                ),
            )

    def give_up(self) -> None:
        """Lead no more; harmless when another one does."""
        self.attempts.step_down(self.send_id, owner=self.owner)

    def begin(self) -> None:
        """Begin a run: nothing is claimed yet that would have to be kept."""
        self._renewed = None

    def is_fresh(self, now: datetime) -> bool:
        """Say whether the lease was kept a short while ago."""
        return self._renewed is not None and now - self._renewed < RENEW_EVERY

    def keep(self, now: datetime) -> str | None:
        """Renew the lease on what is claimed; return the rival that leads in our place by now."""
        if self._renewed is not None:
            self.attempts.renew(self.send_id, owner=self.owner, now=now, lease=LEASE)
        self._renewed = now
        self.doubt_the_dead()
        return self._try_to_lead(now) if self.leads else None

    def doubt_the_dead(self) -> None:
        """Put into doubt what others claimed and will not answer for any more.

        What this process never learned to have claimed is no doubt, and planned again first.
        """
        self.attempts.put_back(now=self.clock.now())
        others = [one for one in self.attempts.claimants(self.send_id) if one != self.owner]
        if others:
            gone = [one for one in others if self.is_gone(one)]
            self.attempts.orphan(self.send_id, gone=gone, now=self.clock.now())

    def claim(self, *, most: int | None, now: datetime, ahead: timedelta | None) -> Claim | None:
        """Claim the next batch under an attempt id of its own; see `Attempts.claim`."""
        return self.attempts.claim(
            self.send_id,
            owner=self.owner,
            attempt_id=uuid.uuid4().hex,
            now=now,
            lease=LEASE,
            most=most,
            ahead=ahead,
        )

    def _try_to_lead(self, now: datetime) -> str | None:
        return self.attempts.lead(self.send_id, owner=self.owner, now=now, lease=LEASE)

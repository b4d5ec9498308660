"""Put right an edition whose send is under way, for everyone who has not been sent it yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from newsletter.core.clock import Clock
from newsletter.core.errors import NothingToDo
from newsletter.core.model import BatchState, CorrectionNote, Send, SendStatus
from newsletter.core.model.records import CalledBack, SendView
from newsletter.delivery import preconditions, recall
from newsletter.delivery.scheduled import Ahead
from newsletter.editions.assembler import Newsroom
from newsletter.editions.proofs import Proof
from newsletter.storage.sends.audiences import Audience
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.sends.recalls import RecallRecords


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """Where a corrected send stands, and what became of each batch handed over ahead."""

    view: SendView
    digest: str
    called_back: tuple[CalledBack, ...]


@dataclass(frozen=True, kw_only=True)
class Correcting:
    """The corrections of one publication's editions."""

    ledger: Ledger
    records: RecallRecords
    clock: Clock
    newsroom: Newsroom
    find: Callable[[date], Send | None]
    prove: Callable[[date], Proof]
    keep: Callable[[Proof], Path]
    ahead: Callable[[], Ahead]  # made when something may be called back

    def correct(self, day: date, note: str, *, today: date) -> Corrected:
        """Replace a send's message by the edition as its file is now, with a dated note.

        Whoever was not handed over gets the new message; what was handed over ahead is called
        back as far as it can be. A send that was paused stays so. Raises `NothingToDo` when
        everyone has it, `Held` for an edition with errors; both change nothing of the send.
        """
        send = self._find(day)
        proof = self._proof(send, CorrectionNote(date=today, text=note))
        if send.status is SendStatus.COMPLETE:
            self.ledger.reopen(send.id)
        elif send.status is SendStatus.OPEN:
            self.ledger.steer(send.id, SendStatus.PAUSED)
        self.ledger.correct(send.id, proof.message, note=note, now=self.clock.now())
        self.keep(proof)
        self.newsroom.correct(proof.edition)
        called_back = self._call_back(send)
        if send.status is not SendStatus.PAUSED:
            self.ledger.steer(send.id, SendStatus.OPEN)
        view = self.ledger.view(send.id)
        return Corrected(view=view, digest=proof.message.digest, called_back=called_back)

    def _find(self, day: date) -> Send:
        """Find a send of which somebody still waits. Raises `NothingToDo` for any other."""
        send = self.find(day)
        if send is None:
            raise NothingToDo(
                f"The edition of {day} has no send yet.", hint="Edit it; it goes out as it is then."
            )
        now = self.clock.now()
        in_time = (
            recall.in_time(one.send_at, now=now) for one in self.records.handed_over(send.id)
        )
        waits = self.ledger.view(send.id).tally(BatchState.PLANNED).batches or any(in_time)
        if send.status is SendStatus.CANCELLED or not waits:
            raise NothingToDo(
                f"Nobody waits for the edition of {day} any more; a correction reaches no one.",
                hint=f"newsletter audit --date {day} shows who has it.",
            )
        return send

    def _proof(self, send: Send, note: CorrectionNote) -> Proof:
        day, editions = send.edition, self.newsroom.editions
        edition = editions.load(day) or self.newsroom.assemble(day).edition
        if note not in edition.corrections:  # else the same command again
            noted = replace(edition, corrections=(*edition.corrections, note))
            editions.rewrite(noted, seen=editions.fingerprint(day))
        proof = self.prove(day)
        proof.refuse_errors()
        audience = Audience(publication=send.publication, edition=day, segment=send.segment)
        preconditions.refuse_missing_values(proof.message, audience, self.ledger)
        return proof

    def _call_back(self, send: Send) -> tuple[CalledBack, ...]:
        if not self.records.handed_over(send.id):
            return ()
        ahead = self.ahead()
        return ahead.call_back(self.ledger.view(send.id), settle=ahead.settle)

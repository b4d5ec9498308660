"""Put right an edition whose send is under way, for everyone who has not been sent it yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from newsletter.core.errors import NothingToDo
from newsletter.core.model import BatchState, CorrectionNote, Send, SendStatus
from newsletter.core.model.records import CalledBack, SendView
from newsletter.core.sentences import said
from newsletter.delivery import preconditions, recall
from newsletter.delivery.sends import Sends
from newsletter.editions import record
from newsletter.editions.proofs import Proof, Proofs
from newsletter.storage.sends.audiences import Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """Where a corrected send stands, and what became of each batch handed over ahead."""

    view: SendView
    digest: str
    called_back: tuple[CalledBack, ...]


@dataclass(frozen=True, kw_only=True)
class Corrections:
    """The corrections of one publication's editions."""

    sends: Sends
    proofs: Proofs

    def correct(self, day: date, note: str, *, today: date) -> Corrected:
        """Replace a send's message by the edition as its file is now, with a dated note.

        Whoever was not handed over gets the new message; what was handed over ahead is called
        back as far as it can be. A send that was paused stays so. Raises `NothingToDo` when
        everyone has it, `Held` for an edition with errors; both change nothing of the send.
        """
        send = self._find(day)
        proof = self._proof(send, CorrectionNote(date=today, text=note))
        if send.status is SendStatus.COMPLETE:
            self.sends.ledger.reopen(send.id)
        elif send.status is SendStatus.OPEN:
            self.sends.ledger.steer(send.id, SendStatus.PAUSED)
        frozen = record.frozen(proof.edition)
        now = self.sends.clock.now()
        self.sends.ledger.correct(send.id, proof.message, frozen, note=note, now=now)
        self.proofs.keep(proof)
        called_back = self._call_back(send)
        if send.status is not SendStatus.PAUSED:
            self.sends.ledger.steer(send.id, SendStatus.OPEN)
        view = self.sends.ledger.view(send.id)
        return Corrected(view=view, digest=proof.message.digest, called_back=called_back)

    def _find(self, day: date) -> Send:
        """Find a send of which somebody still waits. Raises `NothingToDo` for any other."""
        hint = "Edit it; it goes out as it is then."
        send = preconditions.found_send(self.sends.find(day), day, hint=hint)
        now = self.sends.clock.now()
        in_time = (
            recall.in_time(one.send_at, now=now) for one in self.sends.records.handed_over(send.id)
        )
        view = self.sends.ledger.view(send.id)
        left = view.tally(BatchState.PLANNED).batches + view.tally(BatchState.DEFERRED).batches
        waits = left or any(in_time)
        if send.status is SendStatus.CANCELLED or not waits:
            raise NothingToDo(
                said(
                    "Nobody waits for the edition of %(day)s any more; a correction reaches no "
                    "one.",
                    day=day,
                ),
                hint=said("newsletter audit --date %(day)s shows who has it.", day=day),
            )
        return send

    def _proof(self, send: Send, note: CorrectionNote) -> Proof:
        day, assembler = send.edition, self.proofs.assembler
        files = assembler.files
        edition = files.load(day) or assembler.assemble(day).edition
        if note not in edition.corrections:  # else the same command again
            noted = replace(edition, corrections=(*edition.corrections, note))
            files.rewrite(noted, seen=files.fingerprint(day))
        proof = self.proofs.prove_best(day)
        proof.refuse_errors()
        apart = self.sends.settings.schedule.has_digest
        audience = Audience(
            publication=send.publication, edition=day, segment=send.segment, weekly_apart=apart
        )
        preconditions.refuse_missing_values(proof.message, audience, self.sends.ledger)
        return proof

    def _call_back(self, send: Send) -> tuple[CalledBack, ...]:
        if not self.sends.records.handed_over(send.id):
            return ()
        scheduled = self.sends.scheduled()
        return scheduled.call_back(self.sends.ledger.view(send.id), settle=scheduled.settle)

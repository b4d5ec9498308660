"""Mail the editor a proof at `prepare_at`, and again when the edition has changed since.

A proof has a short code and a link, both bound to the message it shows: what was changed since is
not approved by them. Opening the link approves nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from newsletter.core.calendar import Due
from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.errors import NewsletterError, NothingToDo, UsageError
from newsletter.core.model.content import Approval
from newsletter.delivery.proof_letter import ProofLetter
from newsletter.editions.approvals import Approvals
from newsletter.editions.proofs import Proof, Proofs
from newsletter.storage.database import Database
from newsletter.storage.proof_mails import MailedProof, ProofMailRecords

PATH = "/approve"
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is read as another
_LENGTH = 8
_QUIET = timedelta(minutes=5)  # nobody is mailed a proof of what is still being typed


@dataclass(frozen=True, kw_only=True)
class ProofMails:
    """The proofs by mail of one publication."""

    settings: Settings
    database: Database
    clock: Clock
    proofs: Proofs
    approvals: Approvals
    readers: Callable[[date], int]

    @property
    def records(self) -> ProofMailRecords:
        """Where it is written down what was mailed."""
        return ProofMailRecords(self.database, self.settings.publication.id)

    def look(self, due: Due) -> bool:
        """Mail a proof where none was of the edition as it is now; say whether one was.

        It waits for a hand at work, and for an edition that is not there yet.
        """
        day, to = due.date, self.settings.edition.proof_to
        files = self.proofs.assembler.files
        fingerprint = files.fingerprint(day)
        last = self.records.last(day) if to and fingerprint else None
        if not to or not fingerprint or (last and last.fingerprint == fingerprint):
            return False
        if last is not None and self._is_at_work(day):
            return False
        try:
            proof = self.proofs.prove_best(day)
        except NewsletterError:  # it cannot go out as it is: an alarm tells so
            return False
        fingerprint = files.fingerprint(day)
        if last is not None and last.digest == proof.message.digest:
            self.records.touch(day, fingerprint)
            return False
        self.proofs.keep(proof)
        self._write(proof, due, to=to, fingerprint=fingerprint, is_again=last is not None)
        return True

    def approve_by_code(self, day: date, code: str, *, by: str) -> Approval:
        """Approve the edition of a date by the code of its latest proof.

        Raises `UsageError` for another code, and what `Approvals.approve` raises.
        """
        last = self.records.last(day)
        typed = code.replace("-", "").replace(" ", "").upper()
        if last is None or not hmac.compare_digest(last.code.encode(), typed.encode()):
            raise UsageError(
                f"No proof of the edition of {day} has that code.",
                hint="It stands in the latest mail with a proof of that date; an edit makes "
                "another one.",
            )
        return self.approvals.approve(day, by=by, digest=last.digest)

    def find(self, token: str) -> MailedProof:
        """Return the proof of a link. Raises `NothingToDo` where it belongs to none by now."""
        found = self.records.by_link(_hash(token))
        if found is None:
            raise NothingToDo(
                "This link belongs to no proof, or to one that another has replaced.",
                hint="Open the link of the latest mail.",
            )
        return found

    def approve_by_link(self, token: str) -> tuple[MailedProof, Approval]:
        """Approve by a link, once its page was seen and its button pressed.

        Raises what `find` and `Approvals.approve` raise.
        """
        found = self.find(token)
        by = self.settings.edition.proof_to or "the link of the proof"
        return found, self.approvals.approve(found.day, by=by, digest=found.digest)

    def _is_at_work(self, day: date) -> bool:
        """Say whether the edition's file was changed a moment ago."""
        file = self.proofs.assembler.files.path(day)
        try:
            changed = datetime.fromtimestamp(file.stat().st_mtime, self.clock.now().tzinfo)
        except OSError:
            return False
        return timedelta() <= self.clock.now() - changed < _QUIET

    def _write(self, proof: Proof, due: Due, *, to: str, fingerprint: str, is_again: bool) -> None:
        now, token = self.clock.now(), secrets.token_urlsafe(24)
        code = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
        publication, mode = self.settings.publication, self.settings.schedule.approval
        letter = ProofLetter(
            proof=proof,
            due=due,
            zone=publication.zone,
            name=publication.name,
            readers=self.readers(due.date),
            code=f"{code[:4]}-{code[4:]}",
            url=f"{publication.url.rstrip('/')}{PATH}/{token}",
            is_needed=proof.needs_approval(mode),
            is_again=is_again,
        )
        mailed = MailedProof(
            day=due.date,
            digest=proof.message.digest,
            fingerprint=fingerprint,
            code=code,
            link=_hash(token),
            mailed_at=now,
        )
        self.records.write(mailed, letter.mail(to=to, now=now), now=now)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

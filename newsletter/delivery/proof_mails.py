"""Mail the editor a proof at `prepare_at`, and again when the edition has changed since.

A proof has a short code and a link, both bound to the message it shows: what was changed since is
not approved by them. A proof approves once; opening its link approves nothing. Codes can be tried
a few times in a while.
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
from newsletter.core.errors import (
    NewsletterError,
    NothingToDo,
    Overtaken,
    TryLater,
    UsageError,
)
from newsletter.core.model.content import Approval
from newsletter.core.sentences import said
from newsletter.delivery.proof_letter import ProofLetter
from newsletter.editions.approvals import Approvals
from newsletter.editions.proofs import Proof, Proofs
from newsletter.storage.database import Database
from newsletter.storage.proof_mails import MailedProof, ProofMailRecords

PATH = "/approve"
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is read as another
_LENGTH = 8
_MOST_TRIES, _TRIES_WITHIN = 5, timedelta(minutes=15)  # of a date's code
_REMEMBERED = 20  # codes that later proofs replaced, to say so
_QUIET = timedelta(minutes=5)  # nobody is mailed a proof of what is still being typed


class LinkGone(NothingToDo):
    """A link belongs to no proof, or to one that another has replaced."""


class ProofUsedError(UsageError):
    """A proof has approved its message once, and that approval was taken back."""


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

    def has_code(self, day: date) -> bool:
        """Say whether a code was mailed that can still approve the edition of a date."""
        last = self.records.last(day)
        return last is not None and last.used_at is None

    def approve_by_code(self, day: date, code: str, *, by: str) -> Approval:
        """Approve the edition of a date by the code of its latest proof, which does so once.

        Raises `UsageError` for another code, `Overtaken` for one from before an edit, `TryLater`
        after too many tries, `NothingToDo` when it did already, and what `Approvals.approve` does.
        """
        last, now = self.records.last(day), self.clock.now()
        if last is None:
            raise UsageError(
                said("No proof of the edition of %(day)s was mailed.", day=day), hint=_LOOK
            )
        if not self.records.take_try(day, now=now, most=_MOST_TRIES, within=_TRIES_WITHIN):
            minutes = int(_TRIES_WITHIN.total_seconds() // 60)
            raise TryLater(
                said(
                    "A code of the edition of %(day)s was tried %(count)s times.",
                    day=day,
                    count=_MOST_TRIES,
                ),
                hint=said(
                    "Type the one in the latest mail again in %(minutes)s minutes. %(look)s",
                    minutes=minutes,
                    look=_LOOK,
                ),
            )
        typed = "".join(sign for sign in code.upper() if sign.isalnum())
        if _hash(typed) in last.replaced:
            raise _edited(day, at=last.mailed_at)
        if not hmac.compare_digest(last.code.encode(), typed.encode()):
            raise UsageError(
                said("No proof of the edition of %(day)s has that code.", day=day),
                hint=said("It stands in the latest mail with a proof of that date."),
            )
        if last.used_at is not None:
            raise self._was_used(last)
        try:
            return self._approve(last, by=by)
        except Overtaken as error:
            raise _edited(day) from error

    def find(self, token: str) -> MailedProof:
        """Return the proof of a link. Raises `LinkGone` where it belongs to none by now."""
        found = self.records.by_link(_hash(token))
        if found is None:
            raise LinkGone(
                said("This link belongs to no proof, or to one that another has replaced."),
                hint=said("Open the link of the latest mail."),
            )
        return found

    def approve_by_link(self, token: str) -> tuple[MailedProof, Approval]:
        """Approve by a link, once its page was seen and its button pressed.

        Pressed twice, the second time changes nothing. Raises what `find` and `Approvals.approve`
        raise, and `ProofUsedError` when its approval was taken back.
        """
        found = self.find(token)
        if found.used_at is not None:
            standing = self._standing(found)
            if standing is None:
                raise self._was_used(found)
            return found, standing
        by = self.settings.edition.proof_to or "the link of the proof"
        return found, self._approve(found, by=by)

    def _approve(self, proof: MailedProof, *, by: str) -> Approval:
        approved = self.approvals.approve(proof.day, by=by, digest=proof.digest)
        self.records.use(proof, now=approved.at)
        return approved

    def _standing(self, proof: MailedProof) -> Approval | None:
        """Return the approval of a proof's message, where one stands."""
        standing = self.approvals.find(proof.day)
        return standing if standing is not None and standing.digest == proof.digest else None

    def _was_used(self, proof: MailedProof) -> NewsletterError:
        """Say that a proof has approved its message already."""
        told = said(
            "The proof of the edition of %(day)s was used already, at %(at)s UTC",
            day=proof.day,
            at=f"{proof.used_at:%Y-%m-%d %H:%M}",
        )
        standing = self._standing(proof)
        if standing is None:
            return ProofUsedError(
                said("%(told)s; that approval was taken back.", told=told), hint=_LOOK
            )
        return NothingToDo(
            said(
                "%(told)s; %(by)s approved the edition, and it stands so.",
                told=told,
                by=standing.by,
            )
        )

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
            replaced=self._replaced(due.date),
        )
        self.records.write(mailed, letter.mail(to=to, now=now), now=now)

    def _replaced(self, day: date) -> tuple[str, ...]:
        """Return hashes of the codes that a new proof of a date puts out of use."""
        last = self.records.last(day)
        return (*last.replaced, _hash(last.code))[-_REMEMBERED:] if last is not None else ()


_LOOK = "Look at the edition, and approve it at the desk or with `newsletter approve`."


def _edited(day: date, *, at: datetime | None = None) -> Overtaken:
    """Say that a code belongs to a message that an edit has replaced, and where the next is."""
    told = said(
        "The edition of %(day)s was edited after the proof with this code was mailed.", day=day
    )
    if at is None:
        return Overtaken(told, hint=said("Another proof comes by mail, with a code of its own."))
    hint = said(
        "Type the code of the proof that was mailed at %(at)s UTC.", at=f"{at:%Y-%m-%d %H:%M}"
    )
    return Overtaken(told, hint=hint)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

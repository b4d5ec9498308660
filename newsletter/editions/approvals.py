"""Approve an edition: a person's word for one message, by its digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from newsletter.core.clock import Clock
from newsletter.core.errors import Held, NothingToDo, Overtaken
from newsletter.core.model.content import Approval
from newsletter.core.sentences import said
from newsletter.editions.proofs import Proofs
from newsletter.storage.approvals import ApprovalRecords
from newsletter.storage.sends.ledger import Ledger


def refuse_unapproved(day: date, digest: str, approval: Approval | None) -> None:
    """Refuse to send a message that nobody approved, or another one than was. Raises `Held`."""
    if approval is None:
        raise Held(
            said(
                "Nobody has approved the edition of %(day)s, and [schedule] approval asks for it.",
                day=day,
            ),
            hint=said(
                "Look at it with `newsletter preview --date %(day)s`, then approve it there, "
                "or with `newsletter approve --date %(day)s`.",
                day=day,
            ),
        )
    if approval.digest != digest:
        raise Held(
            said(
                "The edition of %(day)s has changed since %(by)s approved it at %(at)s UTC.",
                day=day,
                by=approval.by,
                at=f"{approval.at:%Y-%m-%d %H:%M}",
            ),
            hint=said(
                "Look at it as it is now, and approve it again: newsletter approve --date %(day)s",
                day=day,
            ),
        )


@dataclass(frozen=True, kw_only=True)
class Approvals:
    """The approvals of one publication."""

    publication: str
    records: ApprovalRecords
    ledger: Ledger
    proofs: Proofs
    clock: Clock

    def approve(self, day: date, *, by: str, digest: str | None = None) -> Approval:
        """Approve the edition of a date as it is now, and write its message's files.

        `digest` is that of the message the person looked at. Raises `Overtaken` when it is another
        one by now, `Held` when the checks find errors, `NothingToDo` when it went out already.
        """
        self._refuse_begun(day)
        proof = self.proofs.prove_best(day)
        if digest is not None and digest != proof.message.digest:
            raise Overtaken(
                said("The edition of %(day)s has changed since you looked at it.", day=day),
                hint=said("Look at it again; then approve what you see."),
            )
        proof.refuse_errors()
        self.proofs.keep(proof)
        approved = Approval(digest=proof.message.digest, by=by, at=self.clock.now())
        self.records.write(day, approved)
        return approved

    def record(self, day: date, *, by: str, digest: str) -> None:
        """Write down who gave their word for the corrected message of a send that has begun."""
        self.records.write(day, Approval(digest=digest, by=by, at=self.clock.now()))

    def withdraw(self, day: date) -> datetime:
        """Take the approval of a date back; say when. Raises `NothingToDo` when none stood."""
        self._refuse_begun(day)
        now = self.clock.now()
        if not self.records.withdraw(day, now=now):
            raise NothingToDo(said("The edition of %(day)s is not approved.", day=day))
        return now

    def find(self, day: date) -> Approval | None:
        """Return the approval of a date that stands."""
        return self.records.find(day)

    def _refuse_begun(self, day: date) -> None:
        if self.ledger.find(self.publication, day) is not None:
            raise NothingToDo(
                said(
                    "The send of the edition of %(day)s has begun, with the message it was "
                    "frozen with.",
                    day=day,
                ),
                hint=said("See where it stands: newsletter audit --date %(day)s", day=day),
            )

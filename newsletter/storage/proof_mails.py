"""Which proof of an edition was mailed last, and what approves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from newsletter.core.model.single_mails import SingleMail
from newsletter.storage.alarm_tables import proof_mail
from newsletter.storage.database import Database
from newsletter.storage.single_mails import SingleMails


@dataclass(frozen=True, slots=True, kw_only=True)
class MailedProof:
    """A proof as it was mailed."""

    day: date
    digest: str  # of the message it showed
    fingerprint: str  # of the edition's file it was made from
    code: str
    link: str  # a hash of the link's last part
    mailed_at: datetime
    used_at: datetime | None = None  # when it approved the edition; it does so once
    replaced: tuple[str, ...] = ()  # hashes of the codes of the proofs before it


class ProofMailRecords:
    """The proofs of one publication; each date has its latest."""

    def __init__(self, database: Database, publication: str) -> None:
        self._database = database
        self._publication = publication

    def last(self, day: date) -> MailedProof | None:
        """Return the proof of a date that was mailed last; None: none was."""
        return self._one(proof_mail.c.edition == day)

    def by_link(self, link: str) -> MailedProof | None:
        """Return the proof a link belongs to; None: no link of a proof that still counts."""
        return self._one(proof_mail.c.link == link)

    def write(self, proof: MailedProof, mail: SingleMail, *, now: datetime) -> None:
        """Write a proof down in place of the one before, and its mail with it."""
        with self._database.write() as connection:
            connection.execute(sa.delete(proof_mail).where(self._place(proof.day)))
            connection.execute(
                sa.insert(proof_mail).values(
                    publication=self._publication,
                    edition=proof.day,
                    digest=proof.digest,
                    fingerprint=proof.fingerprint,
                    code=proof.code,
                    link=proof.link,
                    mailed_at=proof.mailed_at,
                    replaced=" ".join(proof.replaced),
                )
            )
            SingleMails(self._database, self._publication).put(connection, mail, now=now)

    def touch(self, day: date, fingerprint: str) -> None:
        """Note that the file changed and the message did not."""
        change = sa.update(proof_mail).where(self._place(day)).values(fingerprint=fingerprint)
        with self._database.write() as connection:
            connection.execute(change)

    def take_try(self, day: date, *, now: datetime, most: int, within: timedelta) -> bool:
        """Count a try of a date's code; False when there were as many within a span as may be."""
        is_over = sa.or_(proof_mail.c.tried_at.is_(None), proof_mail.c.tried_at <= now - within)
        change = (
            sa.update(proof_mail)
            .where(self._place(day), sa.or_(is_over, proof_mail.c.tries < most))
            .values(
                tries=sa.case((is_over, 1), else_=proof_mail.c.tries + 1),
                tried_at=sa.case((is_over, now), else_=proof_mail.c.tried_at),
            )
        )
        with self._database.write() as connection:
            return connection.execute(change).rowcount > 0

    def use(self, proof: MailedProof, *, now: datetime) -> None:
        """Note that a proof has approved its message."""
        of_it = sa.and_(self._place(proof.day), proof_mail.c.link == proof.link)
        with self._database.write() as connection:
            connection.execute(sa.update(proof_mail).where(of_it).values(used_at=now))

    def _one(self, where: sa.ColumnElement[bool]) -> MailedProof | None:
        query = sa.select(proof_mail).where(proof_mail.c.publication == self._publication, where)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return MailedProof(
            day=row.edition,
            digest=row.digest,
            fingerprint=row.fingerprint,
            code=row.code,
            link=row.link,
            mailed_at=row.mailed_at,
            used_at=row.used_at,
            replaced=tuple(row.replaced.split()),
        )

    def _place(self, day: date) -> sa.ColumnElement[bool]:
        return sa.and_(proof_mail.c.publication == self._publication, proof_mail.c.edition == day)

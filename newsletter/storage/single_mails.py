"""The outbox of single mails: written with what causes them, claimed and settled one by one.

A mail is in the database before anybody knows of it, and its attempt before the network does.
What the provider may have taken is uncertain, and never goes again by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.errors import InputError
from newsletter.core.model import SubscriberState
from newsletter.core.model.single_mails import (
    CarriedEdition,
    MailClaim,
    MailKind,
    MailRecord,
    MailState,
    SingleMail,
)
from newsletter.storage import single_mail_editions as editions
from newsletter.storage import single_mail_rows as rows
from newsletter.storage.database import Database, insert_if_new
from newsletter.storage.single_mail_editions import Carries
from newsletter.storage.single_mail_table import single_mail
from newsletter.storage.subscribers import suppressions
from newsletter.storage.tables import subscriber
from newsletter.subscribers import addresses

_UNIQUE = (single_mail.c.publication, single_mail.c.kind, single_mail.c.key)
_HEADER = re.compile(r"[!-9;-~]+")
_VALUE = re.compile(r"[ -~]+")
_MOST_LISTED = 200
# Built once: they are asked at every look of the tick.
_OURS: sa.BindParameter[str] = sa.bindparam("given_publication")
_IS_DUE = sa.select(sa.exists().where(rows.due(_OURS, sa.bindparam("given_now"))))
_OPEN = (
    sa.select(single_mail.c.state, sa.func.count().label("mails"))
    .where(rows.of(_OURS), single_mail.c.state.in_(rows.UNSETTLED))
    .group_by(single_mail.c.state)
)


class SingleMails:
    """The single mails of one publication."""

    def __init__(self, database: Database, publication: str) -> None:
        self._database = database
        self._publication = publication

    def put(self, connection: Connection, mail: SingleMail, *, now: datetime) -> bool:
        """Write a mail in the caller's transaction; False: its kind has that key already.

        It goes out when that transaction is durable, and never if it is not. Raises `InputError`
        for what is no address, `ValueError` for a header that is none.
        """
        values = {"publication": self._publication, **_values(mail, now=now)}
        done = connection.execute(_insert(connection).returning(single_mail.c.id), values)
        return done.first() is not None

    def put_all(self, connection: Connection, mails: Sequence[tuple[SingleMail, datetime]]) -> None:
        """Write several mails at once, as `put` does each."""
        mine = {"publication": self._publication}
        rows = [mine | _values(mail, now=now) for mail, now in mails]
        connection.execute(_insert(connection), rows)

    def is_written(self, connection: Connection, kind: MailKind, key: str) -> bool:
        """Say whether a kind has a key already, in the caller's transaction."""
        there = rows.of(self._publication) & (single_mail.c.kind == kind)
        query = sa.select(sa.exists().where(there, single_mail.c.key == key))
        return bool(connection.scalar(query))

    def withdraw(
        self,
        connection: Connection,
        subscriber_id: int,
        *,
        kinds: Sequence[MailKind],
        now: datetime,
    ) -> int:
        """Take back what waits for a reader, in the caller's transaction; count it."""
        theirs = rows.of(self._publication) & (single_mail.c.subscriber_id == subscriber_id)
        waits = (single_mail.c.state == MailState.PLANNED) & single_mail.c.kind.in_(kinds)
        gone = {"state": MailState.SKIPPED, "reason": "another one takes its place"}
        change = sa.update(single_mail).where(theirs, waits).values(gone | {"ended_at": now})
        return connection.execute(change.values(rows.ENDED)).rowcount

    def is_due(self, now: datetime) -> bool:
        """Say whether a mail could be claimed now."""
        named = {"given_publication": self._publication, "given_now": now}
        with self._database.read() as connection:
            return bool(connection.scalar(_IS_DUE, named))

    def open(self) -> Mapping[MailState, int]:
        """Count what is planned, claimed or in doubt; a state without any is not there."""
        named = {"given_publication": self._publication}
        with self._database.read() as connection:
            found = connection.execute(_OPEN, named)
            return {MailState(row.state): row.mails for row in found}

    def claim(
        self, *, owner: str, attempt_id: str, now: datetime, lease: timedelta
    ) -> MailClaim | None:
        """Claim the oldest mail that is due, durably, with its attempt's id; None: there is none.

        Who must not be mailed any more is looked up in the same transaction.
        """
        claimed: dict[str, Any] = {"state": MailState.CLAIMED, "attempt_id": attempt_id}
        claimed |= {"owner": owner, "lease_until": now + lease}
        claim = (
            sa.update(single_mail)
            .where(single_mail.c.id == rows.next_due(self._publication, now))
            .where(single_mail.c.state == MailState.PLANNED)
            .values(claimed | {"tries": single_mail.c.tries + 1})
            .returning(*single_mail.c)
        )
        with self._database.write() as connection:
            while (row := connection.execute(claim).first()) is not None:
                obstacle = self._obstacle(connection, row)
                if row.send_id is None or obstacle:
                    return _claimed(row, obstacle=obstacle)
                carries, why_not = editions.decide(connection, row)
                edition = editions.settle(connection, row, carries, now=now)
                if carries is not Carries.WAIT:
                    is_useless = carries is Carries.NOTHING
                    return _claimed(row, obstacle=why_not if is_useless else "", edition=edition)
            return None

    def settle(
        self,
        claim: MailClaim,
        state: MailState,
        *,
        now: datetime,
        reason: str = "",
        **evidence: Any,
    ) -> bool:
        """Write what became of a claimed or doubted mail; False: it has gone on without us.

        `evidence`: `provider_id`, `status`, `digest`, where they are known.
        """
        ended = {"state": state, "reason": reason, "ended_at": now, **evidence}
        ended |= {} if state is MailState.UNCERTAIN else rows.ENDED
        return self._settle(claim, ended)

    def release(
        self, claim: MailClaim, *, reason: str, status: int | None, again_at: datetime
    ) -> bool:
        """Put a mail of which nothing was taken back, to be tried from a moment on."""
        back = {"state": MailState.PLANNED, "reason": reason, "status": status}
        return self._settle(claim, {**back, "again_at": again_at, "owner": None})

    def owners(self) -> tuple[str, ...]:
        """Name the owners of what is claimed."""
        claimed = single_mail.c.state == MailState.CLAIMED
        query = sa.select(single_mail.c.owner).where(rows.of(self._publication), claimed)
        with self._database.read() as connection:
            return tuple(owner for owner in connection.scalars(query.distinct()) if owner)

    def tidy(self, *, gone: Sequence[str], now: datetime) -> int:
        """Put in doubt what its owner will not answer for, and end what came too late; count it."""
        with self._database.write() as connection:
            doubted = connection.execute(rows.orphan(self._publication, gone=gone, now=now))
            late = connection.execute(rows.expire(self._publication, now).values(rows.ENDED))
            return doubted.rowcount + late.rowcount

    def doubtful(self, *, asked_before: datetime) -> Mapping[str, int]:
        """Return mails in doubt by attempt; of whom the provider was not asked since a moment."""
        asked = single_mail.c.looked_up_at
        query = sa.select(single_mail.c.attempt_id, single_mail.c.id).where(
            rows.of(self._publication),
            single_mail.c.state == MailState.UNCERTAIN,
            asked.is_(None) | (asked < asked_before),
        )
        with self._database.read() as connection:
            return {row.attempt_id: row.id for row in connection.execute(query.limit(20))}

    def asked(self, mail_id: int, *, now: datetime) -> None:
        """Note that the provider was asked about a doubt, and did not know."""
        asked = sa.update(single_mail).where(single_mail.c.id == mail_id)
        with self._database.write() as connection:
            connection.execute(asked.values(looked_up_at=now))

    def prove(self, attempt_id: str, *, provider_id: str | None, now: datetime) -> bool:
        """Record that the provider certainly took an attempt; say whether that settled a doubt."""
        with self._database.write() as connection:
            return bool(rows.prove(connection, {attempt_id: provider_id}, now=now))

    def resolve(self, mail_id: int, *, accepted: bool, now: datetime) -> bool:
        """Settle a doubt by a person's word: submitted, or planned again; False: it is in none."""
        word = "submitted" if accepted else "not submitted"
        told: dict[str, Any] = {
            "reason": single_mail.c.reason + f"; resolved by the operator as {word}"
        }
        if accepted:
            told |= {"state": MailState.SUBMITTED, "ended_at": now, **rows.ENDED}
        else:
            told |= {"state": MailState.PLANNED, "ended_at": None, "again_at": now}
        doubtful = rows.of(self._publication) & (single_mail.c.state == MailState.UNCERTAIN)
        if not accepted:  # of a person who was forgotten nothing is left to send
            doubtful &= single_mail.c.canonical != rows.ERASED
        change = sa.update(single_mail).where(doubtful, single_mail.c.id == mail_id)
        with self._database.write() as connection:
            return connection.execute(change.values(told)).rowcount == 1

    def counts(self) -> Mapping[MailKind, Mapping[MailState, int]]:
        """Count the mails by kind and state."""
        kind, state = single_mail.c.kind, single_mail.c.state
        query = sa.select(kind, state, sa.func.count().label("mails"))
        query = query.where(rows.of(self._publication)).group_by(kind, state)
        found: dict[MailKind, dict[MailState, int]] = {}
        with self._database.read() as connection:
            for row in connection.execute(query):
                found.setdefault(MailKind(row.kind), {})[MailState(row.state)] = row.mails
        return found

    def listed(
        self,
        *,
        state: MailState | None = None,
        kind: MailKind | None = None,
        canonical: str | None = None,
        limit: int = _MOST_LISTED,
    ) -> tuple[MailRecord, ...]:
        """List mails, the newest first, with what was reported of them; never their words."""
        wanted = {"state": state, "kind": kind, "canonical": canonical}
        here = [single_mail.c[name] == value for name, value in wanted.items() if value is not None]
        query = rows.told().where(rows.of(self._publication), *here)
        query = query.order_by(single_mail.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return tuple(rows.record(row) for row in connection.execute(query))

    def _settle(self, claim: MailClaim, values: Mapping[str, Any]) -> bool:
        mine = (single_mail.c.id == claim.id) & (single_mail.c.attempt_id == claim.attempt_id)
        is_open = single_mail.c.state.in_((MailState.CLAIMED, MailState.UNCERTAIN))
        with self._database.write() as connection:
            change = sa.update(single_mail).where(mine, is_open).values(values)
            return connection.execute(change).rowcount == 1

    def _obstacle(self, connection: Connection, row: sa.Row[Any]) -> str:
        """Say why somebody must not get their mail any more; empty: they may."""
        kind = MailKind(row.kind)
        if kind.is_for_the_house:
            return ""
        here = self._publication
        forms = (row.canonical, row.canonical[row.canonical.index("@") :])
        if any(suppressions.stands(connection, one, publication=here) for one in forms):
            return "suppressed since it was written"
        query = sa.select(subscriber.c.state).where(
            subscriber.c.canonical == row.canonical, subscriber.c.publication == here
        )
        state = connection.scalar(query)
        if state == SubscriberState.COMPLAINED:
            return "complained since it was written"
        if not kind.is_for_the_list or state == SubscriberState.ACTIVE:
            return ""
        return f"{state} since it was written" if state else "no longer in the list"


def _insert(connection: Connection) -> Any:
    return insert_if_new(connection, single_mail, unique=_UNIQUE)


def _values(mail: SingleMail, *, now: datetime) -> dict[str, Any]:
    found = addresses.parse(mail.to)
    if isinstance(found, addresses.Refused):
        raise InputError(f"A single mail has no address it could go to. {found.reason}")
    for name, value in mail.headers.items():
        if not _HEADER.fullmatch(name) or not _VALUE.fullmatch(value):
            raise ValueError(f"{name!r} is no header of one line of ASCII")
    return {
        "kind": mail.kind,
        "key": mail.key,
        "canonical": found.canonical,
        "address": found.address,
        "subject": mail.subject,
        "html": mail.html,
        "text": mail.text,
        "greeting": mail.greeting,
        "headers": dict(mail.headers),
        "subscriber_id": mail.subscriber_id,
        "send_id": mail.send_id,
        "created_at": now,
        "again_at": mail.not_before or now,
        "expires_at": mail.expires_at,
        "state": MailState.PLANNED,
    }


def _claimed(
    row: sa.Row[Any], *, obstacle: str, edition: CarriedEdition | None = None
) -> MailClaim:
    mail = SingleMail(
        kind=MailKind(row.kind),
        key=row.key,
        to=row.address,
        subject=row.subject,
        html=row.html,
        text=row.text,
        greeting=row.greeting,
        headers=row.headers,
        expires_at=row.expires_at,
        subscriber_id=row.subscriber_id,
        send_id=edition.send.id if edition else None,
    )
    return MailClaim(
        id=row.id,
        attempt_id=row.attempt_id,
        mail=mail,
        created_at=row.created_at,
        tries=row.tries - 1,
        obstacle=obstacle,
        edition=edition,
    )

"""The mails that forms of the site led to: what limits them, by address and in all."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.storage.column_types import Moment
from newsletter.storage.site.tables import fresh_link, prompted_mail, signup
from newsletter.subscribers import joining

Purpose = Literal["join", "answer", "link"]
_GUARDED = ("join", "answer")  # strangers may be written to
# Built once: to build a statement costs more than to run it.
_HERE, _SINCE = sa.bindparam("here", type_=sa.Text), sa.bindparam("since", type_=Moment)
_PURPOSE, _ADDRESS = sa.bindparam("purpose", type_=sa.Text), sa.bindparam("address", type_=sa.Text)
_NOTED = sa.insert(prompted_mail)
_WRITTEN = sa.select(prompted_mail.c.at, prompted_mail.c.confirmed_at).where(
    prompted_mail.c.canonical == _ADDRESS,
    prompted_mail.c.publication == _HERE,
    prompted_mail.c.purpose == _PURPOSE,
    prompted_mail.c.at > _SINCE,
)
_LATEST = (
    sa.select(prompted_mail.c.confirmed_at)
    .where(
        prompted_mail.c.publication == _HERE,
        prompted_mail.c.purpose.in_(_GUARDED),
        prompted_mail.c.at > _SINCE,
    )
    .order_by(prompted_mail.c.at.desc(), prompted_mail.c.id.desc())
    .limit(joining.WINDOW)
    .subquery()
)
_UNCONFIRMED = (
    sa.select(sa.func.count()).select_from(_LATEST).where(_LATEST.c.confirmed_at.is_(None))
)


def note(
    connection: Connection, publication: str, purpose: Purpose, canonical: str, *, now: datetime
) -> None:
    """Write down that somebody was written to."""
    row = {"publication": publication, "purpose": purpose, "canonical": canonical, "at": now}
    connection.execute(_NOTED, row)


def confirm(
    connection: Connection, publication: str, purpose: Purpose, canonical: str, *, now: datetime
) -> None:
    """Write down that a person answered what they were written."""
    theirs = _to(publication, purpose, canonical) & prompted_mail.c.confirmed_at.is_(None)
    connection.execute(sa.update(prompted_mail).where(theirs).values(confirmed_at=now))


def written(
    connection: Connection, publication: str, purpose: Purpose, canonical: str, *, since: datetime
) -> list[tuple[datetime, bool]]:
    """Return when an address was written to, and whether that was confirmed."""
    said = {"here": publication, "purpose": purpose, "address": canonical, "since": since}
    found = connection.execute(_WRITTEN, said)
    return [(row.at, row.confirmed_at is not None) for row in found]


def to_address(value: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    """Select something of the mails that joining led to, by `:address`, `:here` and `:since`."""
    return (
        sa.select(value)
        .where(
            prompted_mail.c.canonical == _ADDRESS,
            prompted_mail.c.publication == _HERE,
            prompted_mail.c.purpose == "join",
            prompted_mail.c.at > _SINCE,
        )
        .scalar_subquery()
    )


class Budget:
    """The mails forms may lead to, in a transaction that has its turn at them."""

    def __init__(self, connection: Connection, publication: str) -> None:
        self._connection = connection
        self._publication = publication
        self._unconfirmed: int | None = None  # at most so many; None: to be counted

    def is_spent(self, *, now: datetime) -> bool:
        """Say whether machines have used it up; counted again where it might be."""
        if self._unconfirmed is None or joining.is_flooded(self._unconfirmed):
            said = {"here": self._publication, "since": now - joining.WATCHED}
            self._unconfirmed = self._connection.scalar(_UNCONFIRMED, said) or 0
        return joining.is_flooded(self._unconfirmed)

    def spend(self, purpose: Purpose, canonical: str, *, now: datetime) -> None:
        """Write down a mail."""
        note(self._connection, self._publication, purpose, canonical, now=now)
        if self._unconfirmed is not None:
            self._unconfirmed += 1

    def give_back(self) -> None:
        """Take a mail back, whose row is taken back as well."""
        if self._unconfirmed is not None:
            self._unconfirmed -= 1


def is_flooded(connection: Connection, publication: str, *, now: datetime) -> bool:
    """Say whether the forms ask for mail instead, by the latest mails they led to."""
    said = {"here": publication, "since": now - joining.WATCHED}
    return joining.is_flooded(connection.scalar(_UNCONFIRMED, said) or 0)


def take_off(connection: Connection, publication: str, *, now: datetime) -> int:
    """Take off what is counted no more, and who asked to join and never confirmed; count rows."""
    old = {
        prompted_mail: prompted_mail.c.at <= now - joining.COUNTED,
        signup: signup.c.expires_at <= now,
        fresh_link: fresh_link.c.expires_at <= now,
    }
    return sum(
        connection.execute(
            sa.delete(table).where(table.c.publication == publication, is_old)
        ).rowcount
        for table, is_old in old.items()
    )


def _to(publication: str, purpose: Purpose, canonical: str) -> sa.ColumnElement[bool]:
    return (
        (prompted_mail.c.canonical == canonical)
        & (prompted_mail.c.publication == publication)
        & (prompted_mail.c.purpose == purpose)
    )

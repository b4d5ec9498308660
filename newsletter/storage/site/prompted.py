"""The mails that forms of the site led to: what limits them, by address and in all."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.storage.site.tables import fresh_link, prompted_mail, signup
from newsletter.subscribers import joining

Purpose = Literal["join", "answer", "link"]
_GUARDED = ("join", "answer")  # strangers may be written to


def note(
    connection: Connection, publication: str, purpose: Purpose, canonical: str, *, now: datetime
) -> None:
    """Write down that somebody was written to."""
    row = {"publication": publication, "purpose": purpose, "canonical": canonical, "at": now}
    connection.execute(sa.insert(prompted_mail).values(row))


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
    theirs = _to(publication, purpose, canonical) & (prompted_mail.c.at > since)
    columns = sa.select(prompted_mail.c.at, prompted_mail.c.confirmed_at)
    found = connection.execute(columns.where(theirs))
    return [(row.at, row.confirmed_at is not None) for row in found]


def is_flooded(connection: Connection, publication: str, *, now: datetime) -> bool:
    """Say whether the forms ask for mail instead, by the latest mails they led to."""
    latest = (
        sa.select(prompted_mail.c.confirmed_at)
        .where(
            prompted_mail.c.publication == publication,
            prompted_mail.c.purpose.in_(_GUARDED),
            prompted_mail.c.at > now - joining.WATCHED,
        )
        .order_by(prompted_mail.c.at.desc(), prompted_mail.c.id.desc())
        .limit(joining.WINDOW)
    )
    counted = latest.subquery()
    unconfirmed = sa.select(sa.func.count()).where(counted.c.confirmed_at.is_(None))
    return joining.is_flooded(connection.scalar(unconfirmed.select_from(counted)) or 0)


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

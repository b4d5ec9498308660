"""The mails that forms of the site led to: what limits them, by address and in all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.storage.column_types import Moment
from newsletter.storage.site.tables import comment, fresh_link, prompted_mail, signup
from newsletter.subscribers import joining

Purpose = Literal["join", "answer", "link"]
UNCONFIRMED = "unconfirmed"  # of a comment whose writer has not said yet that it was them
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
_JOINS = (
    sa.select(
        prompted_mail.c.canonical,
        sa.func.max(prompted_mail.c.at).label("last_written"),
        sa.func.count().filter(prompted_mail.c.confirmed_at.is_(None)).label("unanswered"),
    )
    .where(
        prompted_mail.c.canonical.in_(sa.bindparam("addresses", expanding=True)),
        prompted_mail.c.publication == _HERE,
        prompted_mail.c.purpose == _PURPOSE,
        prompted_mail.c.at > _SINCE,
    )
    .group_by(prompted_mail.c.canonical)
)
_OF_FORMS = sa.and_(
    prompted_mail.c.publication == _HERE,
    prompted_mail.c.purpose.in_(_GUARDED),
    prompted_mail.c.at > _SINCE,
)
_WAITING = sa.select(sa.func.count()).where(_OF_FORMS, prompted_mail.c.confirmed_at.is_(None))
_LATEST = (
    sa.select(prompted_mail.c.confirmed_at)
    .where(_OF_FORMS)
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
    note_all(connection, publication, purpose, {canonical: now})


def note_all(
    connection: Connection, publication: str, purpose: Purpose, written: Mapping[str, datetime]
) -> None:
    """Write down who was written to, and when."""
    row = {"publication": publication, "purpose": purpose}
    connection.execute(_NOTED, [row | {"canonical": to, "at": at} for to, at in written.items()])


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


def joins_of(
    connection: Connection, publication: str, canonicals: Sequence[str], *, since: datetime
) -> dict[str, tuple[datetime, int]]:
    """Say when addresses were last written to about joining, and how often without an answer."""
    said = {"here": publication, "purpose": "join", "addresses": canonicals, "since": since}
    rows = connection.execute(_JOINS, said)
    return {row.canonical: (row.last_written, row.unanswered) for row in rows}


class Budget:
    """The mails forms may lead to, in a transaction that has its turn at them."""

    def __init__(self, connection: Connection, publication: str, *, is_checked: bool) -> None:
        self._connection = connection
        self._publication = publication
        self._is_checked = is_checked  # a captcha was passed
        self._left = 0  # at least so many

    def left(self, *, now: datetime) -> int:
        """Say how many mails are left at least; counted again where there might be none."""
        if self._left <= 0:
            left = _checked_left if self._is_checked else _left
            self._left = left(self._connection, self._publication, now=now)
        return self._left

    def spend(self, count: int) -> None:
        """Take mails off that were written down."""
        self._left -= count


def is_flooded(connection: Connection, publication: str, *, now: datetime) -> bool:
    """Say whether the forms ask for mail instead, by the latest mails they led to."""
    return _left(connection, publication, now=now) <= 0


def _checked_left(connection: Connection, publication: str, *, now: datetime) -> int:
    said = {"here": publication, "since": now - joining.CRACK}
    return joining.checked_left(connection.scalar(_WAITING, said) or 0)


def is_too_late(now: datetime) -> sa.ColumnElement[bool]:
    """Match what a stranger wrote below an edition and did not confirm while the link was good."""
    return (comment.c.state == UNCONFIRMED) & (comment.c.at <= now - joining.LINK_LASTS)


def _left(connection: Connection, publication: str, *, now: datetime) -> int:
    unconfirmed, of_day = (
        connection.scalar(_UNCONFIRMED, {"here": publication, "since": now - since}) or 0
        for since in (joining.COUNTED, joining.CRACK)
    )
    return joining.mails_left(unconfirmed, of_day=of_day)


def take_off(connection: Connection, publication: str, *, now: datetime) -> int:
    """Take off what is counted no more, and what nobody confirmed in time; count rows."""
    old = {
        prompted_mail: prompted_mail.c.at <= now - joining.COUNTED,
        comment: is_too_late(now),
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

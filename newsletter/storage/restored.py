"""That a database is a copy of an earlier one, and what an operator says of its editions since.

A copy does not know what went out after it was taken. So it carries a mark from the moment it is
made, whoever puts it in place; what was under way in it is paused, with its reason. What may
go out all the same is decided in `delivery/restored.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import BatchState, SendKind, SendStatus
from newsletter.core.model.single_mails import MailState
from newsletter.storage.column_types import BigId, Key, Moment
from newsletter.storage.database import Database
from newsletter.storage.sends import statements
from newsletter.storage.single_mail_table import single_mail
from newsletter.storage.tables import batch, metadata, send

ALARM = "restored"  # among a send's `alarms`: what paused it

# The mark outlives a restore into PostgreSQL: a dump leaves this table out.
restoration = sa.Table(
    "restoration",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("taken_at", Moment, nullable=False),  # what went out since is not in the ledger
    sa.Column("restored_at", Moment),  # null: put in place by other means, nobody knows when
    sa.Column("backup_id", Key, nullable=False, server_default=""),
    # Whether the folder `editions/` stayed where it was, so that its marks tell what went out.
    sa.Column("folder_kept", sa.Boolean, nullable=False, server_default=sa.false()),
)

edition_word = sa.Table(
    "edition_word",
    metadata,
    sa.Column("publication", Key, primary_key=True),
    sa.Column("edition", sa.Date, primary_key=True),
    sa.Column("went_out", sa.Boolean, nullable=False),
    sa.Column("at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """Of which moment a database is a copy, and since when it is in use."""

    taken_at: datetime  # as late as `restored_at`: nobody knows when
    restored_at: datetime | None  # None: it was put in place by other means, nobody knows when
    backup_id: str = ""
    folder_kept: bool = False

    @property
    def origin(self) -> str:
        """Say of which moment the database is."""
        if self.taken_at == self.restored_at:
            return f"was marked at {self.taken_at:%Y-%m-%d %H:%M} UTC as an earlier state"
        return f"is a copy of {self.taken_at:%Y-%m-%d %H:%M} UTC"


class Restorations:
    """The restorations of a database, and the words about one publication's editions."""

    def __init__(self, database: Database, publication: str) -> None:
        self._database = database
        self._publication = publication

    def last(self) -> Restoration | None:
        """Return the latest restoration; None for a database that never was a copy."""
        with self._database.read() as connection:
            return last(connection)

    def mark(self, now: datetime) -> None:
        """Mark the database as an earlier state that came back by other means."""
        with self._database.write() as connection:
            mark(connection, Restoration(taken_at=now, restored_at=now))

    def word(self, day: date, *, since: datetime) -> bool | None:
        """Say whether an edition went out, by the operator's word since a moment; None: no word."""
        query = sa.select(edition_word.c.went_out).where(
            edition_word.c.publication == self._publication,
            edition_word.c.edition == day,
            edition_word.c.at >= since,
        )
        with self._database.read() as connection:
            return connection.execute(query).scalar_one_or_none()

    def say(self, day: date, *, went_out: bool, now: datetime) -> None:
        """Keep the operator's word about an edition, over an earlier one."""
        place = {"publication": self._publication, "edition": day}
        with self._database.write() as connection:
            connection.execute(
                sa.delete(edition_word).where(
                    *(edition_word.c[name] == value for name, value in place.items())
                )
            )
            said = place | {"went_out": went_out, "at": now}
            connection.execute(sa.insert(edition_word).values(said))

    def paused(self) -> tuple[date, ...]:
        """List the dates with a send that was under way when the copy was taken, and is paused.

        An edition's or a digest's; a test copy is nobody's doubt.
        """
        query = sa.select(send.c.edition).where(self._doubtful()).distinct()
        with self._database.read() as connection:
            return tuple(connection.scalars(query.order_by(send.c.edition)))

    def settle(self, day: date, *, went_out: bool) -> bool:
        """Let the paused sends of a date be resumed as any other, or cancel them; say if any was.

        One that went out is not gone on with.
        """
        query = sa.select(send.c.id).where(self._doubtful(), send.c.edition == day)
        quiet = {"alarms": sa.func.replace(send.c.alarms, f" {ALARM}", "")}
        with self._database.write() as connection:
            found = connection.scalars(query).all()
            for send_id in found if went_out else ():
                statements.steer(connection, send_id, SendStatus.CANCELLED)
            connection.execute(sa.update(send).where(send.c.id.in_(found)).values(quiet))
        return bool(found)

    def _doubtful(self) -> sa.ColumnElement[bool]:
        return (
            (send.c.publication == self._publication)
            & (send.c.kind != SendKind.TEST)
            & (send.c.status == SendStatus.PAUSED)
            & send.c.alarms.contains(ALARM)
        )


def last(connection: Connection) -> Restoration | None:
    """Return the latest restoration of a database."""
    row = connection.execute(
        sa.select(restoration).order_by(restoration.c.id.desc()).limit(1)
    ).first()
    if row is None:
        return None
    return Restoration(
        taken_at=row.taken_at,
        restored_at=row.restored_at,
        backup_id=row.backup_id,
        folder_kept=row.folder_kept,
    )


def mark(connection: Connection, found: Restoration) -> None:
    """Mark a database as a copy; what was under way in it is paused."""
    insert_mark(connection, found)
    pause_under_way(connection)


def insert_mark(connection: Connection, found: Restoration) -> None:
    """Mark a database, whose table of marks may not be there yet, and pause nothing."""
    restoration.create(connection, checkfirst=True)
    values: dict[str, Any] = {
        "taken_at": found.taken_at,
        "restored_at": found.restored_at,
        "backup_id": found.backup_id,
        "folder_kept": found.folder_kept,
    }
    connection.execute(sa.insert(restoration).values(values))


def remove_mark(connection: Connection, found: Restoration) -> None:
    """Take off the mark of a restore that did not happen."""
    this = restoration.c.restored_at == found.restored_at
    connection.execute(sa.delete(restoration).where(this))


def pause_under_way(connection: Connection) -> None:
    """Pause what is open, or complete but for people who are to be tried again."""
    waits = sa.exists().where(batch.c.send_id == send.c.id, batch.c.state == BatchState.DEFERRED)
    is_under_way = (send.c.status == SendStatus.OPEN) | (
        (send.c.status == SendStatus.COMPLETE) & waits
    )
    connection.execute(
        sa.update(send)
        .where(is_under_way)
        .values(status=SendStatus.PAUSED, alarms=send.c.alarms + f" {ALARM}")
    )
    # Paused by a person before the copy was taken: as doubtful as the others.
    paused = (send.c.status == SendStatus.PAUSED) & sa.not_(send.c.alarms.contains(ALARM))
    connection.execute(sa.update(send).where(paused).values(alarms=send.c.alarms + f" {ALARM}"))
    _doubt_single_mails(connection)


def _doubt_single_mails(connection: Connection) -> None:
    """Put in doubt what waits: it may have gone out after the copy was taken."""
    if not sa.inspect(connection).has_table(single_mail.name):
        return  # a copy of an earlier release, which had none
    waits = single_mail.c.state.in_((MailState.PLANNED, MailState.CLAIMED))
    reason = "it waited in a copy of the database, and may have gone out since"
    doubted = {"state": MailState.UNCERTAIN, "reason": reason, "owner": None}
    connection.execute(sa.update(single_mail).where(waits).values(doubted))

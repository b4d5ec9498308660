"""The alarms of a publication as they are remembered: an episode each, told and solved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model.alarms import SAME_EPISODE, Alarm, AlarmKind, Condition
from newsletter.core.model.single_mails import SingleMail
from newsletter.storage.alarm_tables import alarm
from newsletter.storage.database import Database
from newsletter.storage.single_mails import SingleMails

_KEPT = timedelta(days=90)  # after they were solved


class AlarmRecords:
    """The alarms of one publication."""

    def __init__(self, database: Database, publication: str) -> None:
        self._database = database
        self._publication = publication

    def see(self, conditions: Iterable[Condition], *, now: datetime) -> None:
        """Write down what waits now: a new episode, or that an old one goes on."""
        found = tuple(conditions)
        if not found:
            return
        with self._database.write() as connection:
            for one in found:
                self._see(connection, one, now)

    def _see(self, connection: Connection, one: Condition, now: datetime) -> None:
        here = self._place(one.kind, one.key)
        row = connection.execute(sa.select(alarm).where(here)).one_or_none()
        if row is not None and (row.solved_at is None or now - row.solved_at < SAME_EPISODE):
            values = {"sentence": one.sentence, "seen_at": now, "solved_at": None}
            again = values | {"told_solved": False}
            connection.execute(sa.update(alarm).where(here).values(again))
            return
        connection.execute(sa.delete(alarm).where(here))
        connection.execute(
            sa.insert(alarm).values(
                publication=self._publication,
                kind=one.kind,
                key=one.key,
                sentence=one.sentence,
                begun_at=now,
                seen_at=now,
            )
        )

    def solve(self, *, unseen_since: datetime, kinds: Iterable[AlarmKind], now: datetime) -> None:
        """Close the episodes of some kinds that were not seen since a moment; forget old ones."""
        gone = sa.and_(
            self._ours,
            alarm.c.solved_at.is_(None),
            alarm.c.seen_at < unseen_since,
            alarm.c.kind.in_(list(kinds)),
        )
        old = sa.and_(self._ours, alarm.c.solved_at < now - _KEPT)
        with self._database.read() as connection:
            is_any = connection.scalar(sa.select(sa.exists().where(sa.or_(gone, old))))
        if not is_any:
            return
        with self._database.write() as connection:
            connection.execute(sa.update(alarm).where(gone).values(solved_at=now))
            connection.execute(sa.delete(alarm).where(old))

    def solve_one(self, one: Alarm, *, now: datetime) -> None:
        """Close the episode of one alarm."""
        with self._database.write() as connection:
            here = self._place(one.kind, one.key)
            connection.execute(sa.update(alarm).where(here).values(solved_at=now))

    def listed(self) -> tuple[Alarm, ...]:
        """Return all that is remembered, the oldest first."""
        query = sa.select(alarm).where(self._ours).order_by(alarm.c.begun_at, alarm.c.key)
        with self._database.read() as connection:
            return tuple(_alarm(row) for row in connection.execute(query))

    def told(self, alarms: Iterable[Alarm], *, now: datetime, mail: SingleMail | None) -> None:
        """Write down that alarms were told, and the mail that tells them, if any, with that."""
        with self._database.write() as connection:
            for one in alarms:
                values: dict[str, Any] = {"told_at": now, "tellings": one.tellings + 1}
                if one.solved_at is not None:
                    values = {"told_solved": True}
                here = self._place(one.kind, one.key)
                connection.execute(sa.update(alarm).where(here).values(values))
            if mail is not None:
                SingleMails(self._database, self._publication).put(connection, mail, now=now)

    @property
    def _ours(self) -> sa.ColumnElement[bool]:
        return alarm.c.publication == self._publication

    def _place(self, kind: str, key: str) -> sa.ColumnElement[bool]:
        return sa.and_(self._ours, alarm.c.kind == kind, alarm.c.key == key)


def _alarm(row: sa.Row[Any]) -> Alarm:
    return Alarm(
        kind=AlarmKind(row.kind),
        key=row.key,
        sentence=row.sentence,
        begun_at=row.begun_at,
        seen_at=row.seen_at,
        told_at=row.told_at,
        tellings=row.tellings,
        solved_at=row.solved_at,
        told_solved=row.told_solved,
    )

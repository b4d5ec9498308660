"""Who approved which message; every word is kept, and the last one counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from newsletter.core.model.content import Approval
from newsletter.storage.database import Database
from newsletter.storage.tables import approval


class ApprovalRecords:
    """Where approvals are written down; each change is durable before it returns."""

    def __init__(self, database: Database, publication: str) -> None:
        self._database = database
        self._publication = publication

    def find(self, day: date) -> Approval | None:
        """Return the approval of an edition that stands; None where there is none."""
        return self.between(day, day).get(day)

    def between(self, first: date, last: date) -> Mapping[date, Approval]:
        """Return the approvals that stand, by edition, both ends included."""
        ours = approval.c.publication == self._publication
        query = (
            sa.select(approval)
            .where(ours, approval.c.edition.between(first, last))
            .order_by(approval.c.id)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        newest = {row.edition: row for row in rows}
        return {day: _as_approval(row) for day, row in newest.items() if row.withdrawn_at is None}

    def write(self, day: date, approved: Approval) -> None:
        """Write an approval down; it counts instead of an earlier one."""
        with self._database.write() as connection:
            connection.execute(
                sa.insert(approval).values(
                    publication=self._publication,
                    edition=day,
                    digest=approved.digest,
                    approved_by=approved.by,
                    approved_at=approved.at,
                )
            )

    def withdraw(self, day: date, *, now: datetime) -> bool:
        """Take the approvals of an edition back; False when none stood."""
        standing = (
            (approval.c.publication == self._publication)
            & (approval.c.edition == day)
            & approval.c.withdrawn_at.is_(None)
        )
        with self._database.write() as connection:
            change = sa.update(approval).where(standing).values(withdrawn_at=now)
            return connection.execute(change).rowcount > 0


def _as_approval(row: sa.Row[Any]) -> Approval:
    return Approval(digest=row.digest, by=row.approved_by, at=row.approved_at)

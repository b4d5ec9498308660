"""What readers were given: the editions as they were frozen, and the no-repeat ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.content.repeats import WINDOW, Use, Uses
from newsletter.core.model import Part, Supply
from newsletter.core.model.content import FrozenEdition
from newsletter.storage.database import Database
from newsletter.storage.tables import frozen_edition, used


class UsedContent:
    """The content one publication has used; written by a send, read by everyone."""

    def __init__(self, database: Database, publication: str) -> None:
        self.database = database
        self.publication = publication

    def record(
        self, day: date, edition: FrozenEdition, uses: Sequence[Use], *, now: datetime
    ) -> bool:
        """Write what an edition used, once; False when that was done before, by anybody."""
        try:
            with self.database.write() as connection:
                if self._row(connection, day) is not None:
                    return False
                connection.execute(
                    sa.insert(frozen_edition).values(
                        asdict(edition) | self._place(day) | {"used_at": now}
                    )
                )
                rows = [
                    asdict(use) | self._place(day) | {"number": number, "used_at": now}
                    for number, use in enumerate(uses, start=1)
                ]
                if rows:
                    connection.execute(sa.insert(used), rows)
        except sa.exc.IntegrityError:  # another sender did the same at the same moment
            return False
        return True

    def correct(self, day: date, edition: FrozenEdition) -> None:
        """Replace the frozen edition of a date; what it used stays used."""
        of_day = (frozen_edition.c.publication == self.publication) & (
            frozen_edition.c.edition == day
        )
        with self.database.write() as connection:
            connection.execute(sa.update(frozen_edition).where(of_day).values(asdict(edition)))

    def frozen(self, day: date) -> FrozenEdition | None:
        """Give the edition of a date as its send froze it; None before that."""
        with self.database.read() as connection:
            row = self._row(connection, day)
        return None if row is None else FrozenEdition(content=row.content, record=row.record)

    def uses(self, part: Part, *, day: date) -> list[tuple[str, date]]:
        """List key and date of what a part used in the 365 days before a date."""
        query = sa.select(used.c.key, used.c.edition).where(
            used.c.publication == self.publication,
            used.c.part == part,
            used.c.edition >= day - WINDOW,
            used.c.edition < day,
        )
        with self.database.read() as connection:
            return [(row.key, row.edition) for row in connection.execute(query)]

    def last_sent(self, *, day: date) -> datetime | None:
        """Say when the latest edition before a date was frozen; None when none was."""
        query = (
            sa.select(frozen_edition.c.used_at)
            .where(frozen_edition.c.publication == self.publication, frozen_edition.c.edition < day)
            .order_by(frozen_edition.c.edition.desc())
            .limit(1)
        )
        with self.database.read() as connection:
            return connection.execute(query).scalar_one_or_none()

    def past(self) -> SqlPast:
        """Open the past for one assembly."""
        return SqlPast(self)

    def _row(self, connection: Connection, day: date) -> sa.Row[Any, Any] | None:
        query = sa.select(frozen_edition.c.content, frozen_edition.c.record).where(
            frozen_edition.c.publication == self.publication, frozen_edition.c.edition == day
        )
        return connection.execute(query).one_or_none()

    def _place(self, day: date) -> dict[str, object]:
        return {"publication": self.publication, "edition": day}


class SqlPast:
    """The `Past` of sources, read from the ledger when it is first asked, then remembered."""

    def __init__(self, content: UsedContent) -> None:
        self._content = content
        self._known: dict[tuple[Part, date], Uses] = {}

    def used_on(self, part: Part, supply: Supply, *, day: date) -> date | None:
        """Say when this supply, or one nearly the same, was last used before `day`."""
        if (part, day) not in self._known:
            self._known[part, day] = Uses(self._content.uses(part, day=day))
        return self._known[part, day].last(part, supply)

    def last_sent(self, *, day: date) -> datetime | None:
        """Say when the latest edition before `day` was frozen."""
        return self._content.last_sent(day=day)

"""What readers were given: the editions as they were frozen, and the no-repeat ledger."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.content.repeats import WINDOW, Use, Uses
from newsletter.core.model import Part, Supply
from newsletter.core.model.content import FrozenEdition
from newsletter.storage import archiving
from newsletter.storage.database import Database
from newsletter.storage.tables import frozen_edition, used

# Built once: each assembly asks for every part.
_USES = sa.select(used.c.key, used.c.edition).where(
    used.c.publication == sa.bindparam("given_publication"),
    used.c.part == sa.bindparam("given_part"),
    used.c.edition >= sa.bindparam("given_from"),
    used.c.edition < sa.bindparam("given_day"),
)


@dataclass(frozen=True, slots=True)
class FrozenContent:
    """What a send freezes of an edition besides its message."""

    edition: FrozenEdition
    uses: tuple[Use, ...]  # what readers are not given again for a year


class UsedContent:
    """The content one publication has used; written with a send (`write`), read by everyone."""

    def __init__(self, database: Database, publication: str) -> None:
        self.database = database
        self.publication = publication

    def frozen(self, day: date) -> FrozenEdition | None:
        """Return the edition of a date as its send froze it; None before that."""
        with self.database.read() as connection:
            row = self._row(connection, day)
        return None if row is None else FrozenEdition(content=row.content, record=row.record)

    def uses(self, part: Part, *, day: date) -> list[tuple[str, date]]:
        """List key and date of what a part used in the 365 days before a date."""
        within = {"given_part": part, "given_from": day - WINDOW, "given_day": day}
        within |= {"given_publication": self.publication}
        with self.database.read() as connection:
            return [(key, edition) for key, edition in connection.execute(_USES, within)]

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


def write(
    connection: Connection,
    publication: str,
    day: date,
    content: FrozenContent,
    *,
    now: datetime,
) -> None:
    """Write an edition as its send freezes it, and what it uses up, unless it is there already."""
    place = {"publication": publication, "edition": day}
    known = sa.select(frozen_edition.c.edition).filter_by(**place)
    if connection.scalar(known) is not None:
        return
    frozen = asdict(content.edition) | place | {"used_at": now}
    connection.execute(sa.insert(frozen_edition).values(frozen))
    archiving.write(connection, publication, day, content.edition.content, now=now)
    rows = [
        asdict(use) | place | {"number": number, "used_at": now}
        for number, use in enumerate(content.uses, start=1)
    ]
    if rows:
        connection.execute(sa.insert(used), rows)


def replace(
    connection: Connection,
    publication: str,
    day: date,
    edition: FrozenEdition,
    *,
    now: datetime,
) -> None:
    """Replace the frozen edition of a date; what it used stays used."""
    of_day = (frozen_edition.c.publication == publication) & (frozen_edition.c.edition == day)
    connection.execute(sa.update(frozen_edition).where(of_day).values(asdict(edition)))
    archiving.write(connection, publication, day, edition.content, now=now)

"""Look up and apply an import range by range, each range in one transaction of its own.

Who is fresh is added by the database itself, from the staged rows; only people who are known and
differ, or are suppressed, pass through Python.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.errors import TryLater
from newsletter.core.sentences import said
from newsletter.storage.database import Session
from newsletter.storage.imports import additions, lookup, runs, staging
from newsletter.storage.imports import updates as imports_updates
from newsletter.storage.tables import import_run
from newsletter.subscribers.model import Decide, ImportColumns, ImportRun, Marker, Sorted


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What an import is recorded with."""

    publication: str
    file: str
    sha256: str
    consent: str
    options: str
    now: datetime


class SqlImport:
    """`ImportSession` on a connection of its own."""

    def __init__(
        self,
        session: Session,
        origin: Origin,
        *,
        new_token: Callable[[], str],
        marker: Marker | None,
    ) -> None:
        self._session = session
        self._origin = origin
        self._new_token = new_token
        self._marker = marker
        with session.transaction(write=False) as connection:
            staging.create(connection)

    def stage(self, people: ImportColumns) -> None:
        """Keep rows for this session."""
        with self._session.transaction(write=False) as connection:
            staging.fill(connection, people, new_token=self._new_token, mark=self._marker)

    def leave_out_repeats(self) -> int:
        """Keep of each address the last row, in the worst state of all; say how many go."""
        with self._session.transaction(write=False) as connection:
            return staging.leave_out_repeats(connection)

    def look_up(self, first: int, last: int) -> Iterator[Sorted]:
        """Say how the rows of these lines stand in the list at this moment, part by part."""
        with self._session.transaction(write=False) as connection:
            of = self._origin.publication
            yield from lookup.of_lines(connection, first, last, publication=of)

    def unfinished(self) -> ImportRun | None:
        """Return the import of the same file that was begun and not finished."""
        with self._session.transaction(write=False) as connection:
            return runs.unfinished(connection, self._origin.publication, self._origin.sha256)

    def begin(self) -> ImportRun:
        """Record that the import begins."""
        origin = self._origin
        with self._session.transaction(write=True) as connection:
            staging.make_room(connection)
            return runs.begin(
                connection,
                origin.publication,
                file=origin.file,
                sha256=origin.sha256,
                options=origin.options,
                consent=origin.consent,
                at=origin.now,
            )

    def apply(self, run: ImportRun, first: int, last: int, decide: Decide) -> ImportRun:
        """Apply a range in one transaction: look up, add who is fresh, write what is decided."""
        with self._session.transaction(write=True) as connection:
            _claim(connection, run, last)
            total = Counter(run.counts)
            for found in self._found_or_added(connection, run, first, last):
                updates, counts = decide(found)
                imports_updates.write(connection, run.id, updates, now=run.at)
                total.update(counts)
            runs.update(connection, run.id, counts=dict(total))
        return replace(run, reached=last, counts=dict(total))

    def _found_or_added(
        self, connection: Connection, run: ImportRun, first: int, last: int
    ) -> Iterator[Sorted]:
        """Add who is fresh, then say how everybody else in the range stands, if there is any."""
        added = additions.added_since(connection, run)
        counts = additions.add(connection, run, staging.between(first, last), added=added)
        yield Sorted(fresh=counts, same=0, others=())
        if sum(counts.values()) < staging.count(connection, first, last):
            of = run.publication
            yield from lookup.of_lines(connection, first, last, publication=of, besides=added)

    def finish(self, run: ImportRun, counts: Mapping[str, int], *, now: datetime) -> None:
        """Record that an import is done, with its final counts."""
        with self._session.transaction(write=True) as connection:
            runs.update(connection, run.id, state="done", counts=dict(counts), finished_at=now)


def _claim(connection: Connection, run: ImportRun, last: int) -> None:
    """Move the run on from where this process knows it; nobody else may have."""
    moved = connection.execute(
        sa.update(import_run)
        .where(
            import_run.c.id == run.id,
            import_run.c.reached == run.reached,
            import_run.c.state == runs.APPLYING,
        )
        .values(reached=last)
    )
    if moved.rowcount != 1:
        raise TryLater(
            said("Another process is at work on import %(id)s.", id=run.id),
            hint=f"`newsletter subscribers imports show {run.id}` says how far it is.",
        )

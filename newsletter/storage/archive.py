"""The archive: the editions of one publication that were sent, by date, month and words."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.content.searching import Term, terms
from newsletter.core.model import BatchState, SendKind, SendStatus
from newsletter.core.model.archive import (
    ArchivedEdition,
    ArchivedPicture,
    ArchiveEntry,
    ArchiveState,
    SentEdition,
)
from newsletter.core.model.content import FrozenEdition
from newsletter.storage.archiving import archived, word_of_postgresql, word_of_sqlite
from newsletter.storage.database import Database
from newsletter.storage.sends import corrections
from newsletter.storage.tables import batch, frozen_edition, send

_HANDED_OVER = (BatchState.CLAIMED, BatchState.SUBMITTED, BatchState.UNCERTAIN)
# A send that was cancelled before anybody's copy left the house was never an edition to readers.
_CALLED_OFF = sa.exists().where(
    send.c.publication == archived.c.publication,
    send.c.edition == archived.c.edition,
    send.c.kind == SendKind.EDITION,
    send.c.status == SendStatus.CANCELLED,
    ~sa.exists().where(batch.c.send_id == send.c.id, batch.c.state.in_(_HANDED_OVER)),
)
_LISTED = [one for one in archived.c if one.name not in {"text", "id", "publication"}]


class Archive:
    """What one publication has sent."""

    def __init__(self, database: Database, publication: str) -> None:
        self._database = database
        self._publication = publication

    def state(self) -> ArchiveState:
        """Return what changes whenever anything here does."""
        query = sa.select(
            sa.func.count(), sa.func.max(archived.c.edition), sa.func.max(archived.c.changed_at)
        ).where(self._shown())
        with self._database.read() as connection:
            count, latest, changed_at = connection.execute(query).one()
        return ArchiveState(editions=int(count), latest=latest, changed_at=changed_at)

    def newest(self, count: int) -> tuple[ArchivedEdition, ...]:
        """List the newest editions, the newest first."""
        return self._list(sa.true(), count=count)

    def everything(self) -> tuple[ArchivedEdition, ...]:
        """List every edition, the newest first, without its words."""
        return self._list(sa.true())

    def between(self, first: date, last: date) -> tuple[ArchivedEdition, ...]:
        """List the editions of a stretch of days, both ends included, the newest first."""
        return self._list(archived.c.edition.between(first, last))

    def days(self) -> tuple[date, ...]:
        """List the dates of all editions, the newest first."""
        query = sa.select(archived.c.edition).where(self._shown()).order_by(_NEWEST)
        with self._database.read() as connection:
            return tuple(connection.scalars(query))

    def sent(self, day: date) -> SentEdition | None:
        """Return the edition of a date as it was sent; None: there is none."""
        query = (
            sa.select(archived, frozen_edition.c.content, frozen_edition.c.record)
            .join(frozen_edition, _same_edition())
            .where(self._shown(), archived.c.edition == day)
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            return SentEdition(
                listed=_listed(row, text=row.text),
                frozen=FrozenEdition(content=row.content, record=row.record),
                corrections=self._corrections(connection, day),
            )

    def search(
        self, question: str, *, count: int, after: int = 0
    ) -> tuple[tuple[ArchivedEdition, ...], int]:
        """List the editions that have all words of a question, the newest first, and count them.

        Words may go on: `tide` finds `tides`. A question without a word finds nothing.
        """
        wanted = terms(question)
        if not wanted:
            return (), 0
        found = self._shown() & self._found(wanted)
        query = (
            sa.select(*_LISTED, archived.c.text)
            .where(found)
            .order_by(_NEWEST)
            .limit(count)
            .offset(after)
        )
        with self._database.read() as connection:
            total = connection.scalar(sa.select(sa.func.count()).where(found))
            rows = connection.execute(query).all()
        return tuple(_listed(row, text=row.text) for row in rows), int(total or 0)

    def _list(
        self, which: sa.ColumnElement[bool], *, count: int | None = None
    ) -> tuple[ArchivedEdition, ...]:
        query = sa.select(*_LISTED).where(self._shown(), which).order_by(_NEWEST).limit(count)
        with self._database.read() as connection:
            return tuple(_listed(row) for row in connection.execute(query))

    def _shown(self) -> sa.ColumnElement[bool]:
        return (archived.c.publication == self._publication) & ~_CALLED_OFF

    def _found(self, wanted: tuple[Term, ...]) -> sa.ColumnElement[bool]:
        if self._database.engine.dialect.name == "sqlite":
            match = sa.column(word_of_sqlite.name).op("MATCH")(_for_sqlite(wanted))
            return archived.c.id.in_(sa.select(word_of_sqlite.c.rowid).where(match))
        query = sa.func.to_tsquery(sa.literal_column("'simple'"), _for_postgresql(wanted))
        match = word_of_postgresql.c.words.op("@@")(query)
        return archived.c.id.in_(sa.select(word_of_postgresql.c.archived_id).where(match))

    def _corrections(self, connection: Connection, day: date) -> Any:
        send_id = connection.scalar(
            sa.select(send.c.id).where(
                send.c.publication == self._publication,
                send.c.edition == day,
                send.c.kind == SendKind.EDITION,
            )
        )
        return corrections.read(connection, send_id) if send_id is not None else ()


_NEWEST = archived.c.edition.desc()


def _same_edition() -> sa.ColumnElement[bool]:
    return (frozen_edition.c.publication == archived.c.publication) & (
        frozen_edition.c.edition == archived.c.edition
    )


def _for_sqlite(wanted: tuple[Term, ...]) -> str:
    """Write a question for FTS5; its words are ASCII letters and digits."""
    return " AND ".join(f'"{" ".join(words)}" *' for words in wanted)


def _for_postgresql(wanted: tuple[Term, ...]) -> str:
    """Write a question for `to_tsquery`."""
    return " & ".join("(" + " <-> ".join(words) + ":*)" for words in wanted)


def _listed(row: Any, *, text: str = "") -> ArchivedEdition:
    picture = ArchivedPicture(**row.picture) if row.picture else None
    return ArchivedEdition(
        edition=row.edition,
        entry=ArchiveEntry(headline=row.headline, summary=row.summary, text=text, picture=picture),
        sent_at=row.sent_at,
        changed_at=row.changed_at,
    )

"""The record of imports: what was begun, how far it is, what it counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.storage.tables import import_run
from newsletter.subscribers.model import ImportRun

APPLYING, DONE, UNDONE = "applying", "done", "undone"


def begin(
    connection: Connection,
    publication: str,
    *,
    file: str,
    sha256: str,
    options: str,
    consent: str,
    at: datetime,
) -> ImportRun:
    """Record a new import into a publication's list."""
    values = {"file": file, "sha256": sha256, "options": options, "consent": consent, "at": at}
    new_id = connection.scalar(
        sa.insert(import_run)
        .values(**values, publication=publication, counts={}, state=APPLYING, reached=0)
        .returning(import_run.c.id)
    )
    assert new_id is not None
    found = find(connection, publication, new_id)
    assert found is not None
    return found


def find(connection: Connection, publication: str, import_id: int) -> ImportRun | None:
    """Look up an import of a publication."""
    query = _of(publication).where(import_run.c.id == import_id)
    row = connection.execute(query).first()
    return _as_run(row) if row else None


def unfinished(connection: Connection, publication: str, sha256: str) -> ImportRun | None:
    """Look up the import of a file that was begun and not finished."""
    query = _of(publication).where(import_run.c.sha256 == sha256, import_run.c.state == APPLYING)
    row = connection.execute(query.order_by(import_run.c.id)).first()
    return _as_run(row) if row else None


def newest_first(connection: Connection, publication: str) -> tuple[ImportRun, ...]:
    """List all imports of a publication."""
    query = _of(publication).order_by(import_run.c.id.desc())
    return tuple(_as_run(row) for row in connection.execute(query))


def update(connection: Connection, import_id: int, **values: Any) -> None:
    """Change the record of an import."""
    connection.execute(sa.update(import_run).where(import_run.c.id == import_id).values(**values))


def _of(publication: str) -> sa.Select[Any]:
    return sa.select(import_run).where(import_run.c.publication == publication)


def _as_run(row: sa.Row[Any]) -> ImportRun:
    return ImportRun(
        id=row.id,
        publication=row.publication,
        file=row.file,
        sha256=row.sha256,
        at=row.at,
        state=row.state,
        reached=row.reached,
        counts=row.counts,
        options=row.options,
        finished_at=row.finished_at,
        undone_at=row.undone_at,
    )

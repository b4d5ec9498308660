"""Write the rows of events that are not known yet, and of how far recipients' copies have come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from newsletter.core.model.events import Event, Report
from newsletter.storage import bulk
from newsletter.storage.tables import event, recipient_report

_REPORTED = tuple(column.name for column in recipient_report.c)
_reported = attrgetter(*_REPORTED)


def insert(
    connection: Connection, events: Sequence[Event], sends: Mapping[str, int], *, now: datetime
) -> list[Event]:
    """Write events that are not known, by natural key and by the provider's id; give those."""
    by_key = {one.key: one for one in reversed(events)}  # the first of each
    if not by_key:
        return []
    rows = [_row(by_key[key], sends, now=now) for key in sorted(by_key)]
    if connection.dialect.name == "sqlite":
        new = bulk.insert_new(connection, event, rows, key=event.c.key)
    else:
        statement = postgresql.insert(event).on_conflict_do_nothing().returning(event.c.key)
        new = set(connection.scalars(statement, rows))
    return [by_key[key] for key in by_key if key in new]


def _row(one: Event, sends: Mapping[str, int], *, now: datetime) -> dict[str, Any]:
    return {
        "key": one.key,
        "event_id": one.event_id,
        "kind": one.kind,
        "name": one.name,
        "at": one.at,
        "canonical": one.canonical,
        "attempt_id": one.attempt_id,
        "send_id": sends.get(one.attempt_id or ""),
        "position": one.position,
        "reason": one.reason,
        "received_at": now,
    }


def report(connection: Connection, reports: Sequence[Report]) -> None:
    """Move recipients' states forward, never back."""
    if not reports:
        return
    rows = [dict(zip(_REPORTED, _reported(one), strict=True)) for one in reports]
    if connection.dialect.name == "sqlite":
        bulk.execute(connection, _forward(sqlite.insert(recipient_report)), rows)
    else:
        connection.execute(_forward(postgresql.insert(recipient_report)), rows)


def _forward(insert: Any) -> Any:
    new, old = insert.excluded, recipient_report.c
    is_later = (new["rank"] == old["rank"]) & (new["at"] > old["at"])
    return insert.on_conflict_do_update(
        index_elements=[old.send_id, old.position],
        set_={name: new[name] for name in ("kind", "rank", "at", "reason")},
        where=(new["rank"] > old["rank"]) | is_later,
    )

"""Write the rows of events that are not known yet, and of how far recipients' copies have come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model.events import Event, Report
from newsletter.storage import bulk
from newsletter.storage.tables import event, recipient_report

_SECOND = 8  # signs of a key


def insert(
    connection: Connection, events: Sequence[Event], sends: Mapping[str, int], *, now: datetime
) -> list[Event]:
    """Write events that are not known, by natural key and by the provider's id; give those."""
    by_key = {one.key: one for one in reversed(events)}  # the first of each
    if not by_key:
        return []
    dialect = connection.dialect.name
    if dialect == "postgresql":
        by_key = _without_known_ids(connection, by_key)
    received = bulk.moment(now, dialect)
    rows = [
        (
            key,
            one.event_id,
            str(one.kind),  # SQLite's driver takes long over anything but a plain text
            one.name,
            bulk.moment(one.at, dialect),
            one.canonical,
            one.attempt_id,
            sends.get(one.attempt_id or ""),
            one.position,
            one.reason,
            received,
        )
        for key, one in sorted(by_key.items())
    ]
    new = bulk.insert_new(connection, event, rows)
    return [one for key, one in by_key.items() if key in new]


def _without_known_ids(connection: Connection, by_key: dict[str, Event]) -> dict[str, Event]:
    """Leave out events whose id is known in another partition than theirs.

    Where key and id begin with the same second, one partition holds whatever has either.
    """
    found = ((key, one.event_id or "") for key, one in by_key.items())
    apart = {name: key for key, name in found if name and name[:_SECOND] != key[:_SECOND]}
    if not apart:
        return by_key
    known = set(connection.scalars(sa.select(event.c.event_id).where(event.c.event_id.in_(apart))))
    return {
        key: one
        for key, one in by_key.items()
        if one.event_id not in known and apart.get(one.event_id or "", key) == key
    }


def report(connection: Connection, reports: Sequence[Report]) -> None:
    """Move recipients' states forward, never back."""
    if not reports:
        return
    dialect = connection.dialect.name
    rows = [
        (send_id, position, str(kind), rank, bulk.moment(at, dialect), reason)
        for send_id, position, kind, rank, at, reason in reports
    ]
    bulk.upsert(connection, recipient_report, rows, set_=_all_of, where=_is_further)


def _all_of(new: Any) -> dict[str, Any]:
    return {name: new[name] for name in ("kind", "rank", "at", "reason")}


def _is_further(new: Any) -> Any:
    old = recipient_report.c
    is_later = (new["rank"] == old["rank"]) & (new["at"] > old["at"])
    return (new["rank"] > old["rank"]) | is_later

"""Write new values of known subscribers, with what was before, so that it can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.storage.subscribers import profile
from newsletter.storage.tables import consent, import_change, state_change, subscriber
from newsletter.subscribers.model import KnownSubscriber, Person, Update

VALUES = (*profile.NAMES, "state")
"""The values an import may change, as `document` has them."""

CHANGED_AT = "changed_at"
"""When somebody had changed before an import changed them: kept beside these values."""

_UPDATE = (
    sa.update(subscriber)
    .where(subscriber.c.id == sa.bindparam("of"))
    .values(
        {
            name: sa.bindparam(f"new_{name}", type_=subscriber.c[name].type)
            for name in (*VALUES, CHANGED_AT)
        }
    )
)


def write(
    connection: Connection, import_id: int, updates: Sequence[Update], *, now: datetime
) -> None:
    """Write the updates of one range, each with its change of state and consent, if any."""
    if not updates:
        return
    set_values(connection, [(one.known.id, _after(one)) for one in updates], now=now)
    connection.execute(
        sa.insert(import_change),
        [
            {
                "import_id": import_id,
                "subscriber_id": one.known.id,
                "line": one.line,
                "before": _before(one.known),
                "after": _after(one),
            }
            for one in updates
        ],
    )
    _write_changes(connection, updates)
    _write_consents(connection, updates)


def set_values(
    connection: Connection, people: Sequence[tuple[int, Mapping[str, Any]]], *, now: datetime
) -> None:
    """Set subscribers, by id, to the values of a `document`, as of then where it says when."""
    if people:
        connection.execute(_UPDATE, [_parameters(of, values, now) for of, values in people])


def document(one: KnownSubscriber | Person) -> dict[str, Any]:
    """Return the values an import may change, as they are kept for an undo."""
    return {**profile.as_json(one), "state": one.state}


def _before(known: KnownSubscriber) -> dict[str, Any]:
    return document(known) | {CHANGED_AT: known.changed_at.isoformat()}


def _after(update: Update) -> dict[str, Any]:
    state = update.change.to_state if update.change else update.known.state
    return document(update.person) | {"state": state}


def _parameters(of: int, values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    then = values.get(CHANGED_AT)
    new = profile.from_json(values) | {CHANGED_AT: datetime.fromisoformat(then) if then else now}
    return {"of": of, **{f"new_{name}": value for name, value in new.items()}}


def _write_changes(connection: Connection, updates: Sequence[Update]) -> None:
    rows = [
        {
            "subscriber_id": one.known.id,
            "at": one.change.at,
            "from_state": one.change.from_state,
            "to_state": one.change.to_state,
            "reason": one.change.reason,
            "changed_by": one.change.by,
        }
        for one in updates
        if one.change
    ]
    if rows:
        connection.execute(sa.insert(state_change), rows)


def _write_consents(connection: Connection, updates: Sequence[Update]) -> None:
    rows = [
        {
            "subscriber_id": one.known.id,
            "at": one.consent.at,
            "how": one.consent.how,
            "text": one.consent.text,
        }
        for one in updates
        if one.consent
    ]
    if rows:
        connection.execute(sa.insert(consent), rows)

"""What is recorded about one subscriber: every state they were in, and every consent they gave.

An import says the same of everybody it adds, so it says it once: their first state and consent
are kept as the import's own record with the line, moment and words of each person beside their
values, and are read from there. What an earlier release wrote for each person counts as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import SubscriberState
from newsletter.storage.tables import consent, import_run, state_change, subscriber
from newsletter.subscribers.model import Consent, StateChange

CONSENTING = (SubscriberState.ACTIVE, SubscriberState.PENDING)
BY_IMPORT = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything that is recorded about one subscriber, oldest first."""

    changes: tuple[StateChange, ...]
    consents: tuple[Consent, ...]


def of(connection: Connection, subscriber_id: int) -> History:
    """Return every change of state and every consent."""
    steps = sa.select(state_change).where(state_change.c.subscriber_id == subscriber_id)
    given = sa.select(consent).where(consent.c.subscriber_id == subscriber_id)
    changes = tuple(map(_change, connection.execute(steps.order_by(state_change.c.id))))
    consents = tuple(map(_consent, connection.execute(given.order_by(consent.c.id))))
    if changes and changes[0].from_state is None:
        return History(changes=changes, consents=consents)
    added = connection.execute(_added_by_import(subscriber_id)).first()
    if added is None:
        return History(changes=changes, consents=consents)
    first = _first_change(added, changes)
    if first.to_state in CONSENTING:
        consents = (_first_consent(added), *consents)
    return History(changes=(first, *changes), consents=consents)


def changed_when_added() -> sa.ColumnElement[bool]:
    """Match subscribers whose state was changed in the moment in which they were added."""
    return sa.exists().where(
        state_change.c.subscriber_id == subscriber.c.id,
        state_change.c.from_state.is_not(None),
        state_change.c.at == subscriber.c.created_at,
    )


def consented_at() -> sa.ColumnElement[Any]:
    """Return the moment of a subscriber's latest consent."""
    given = sa.select(sa.func.max(consent.c.at)).where(consent.c.subscriber_id == subscriber.c.id)
    return sa.func.coalesce(
        given.scalar_subquery(), subscriber.c.signed_up, subscriber.c.created_at
    )


def _added_by_import(subscriber_id: int) -> sa.Select[Any]:
    columns = (subscriber.c[name] for name in ("state", "created_at", "signed_up", "evidence"))
    return (
        sa.select(*columns, subscriber.c.import_line, import_run.c.file, import_run.c.consent)
        .join(import_run, import_run.c.id == subscriber.c.import_id)
        .where(subscriber.c.id == subscriber_id)
    )


def _first_change(added: sa.Row[Any], later: tuple[StateChange, ...]) -> StateChange:
    then = later[0].from_state if later else None
    return StateChange(
        from_state=None,
        to_state=then or SubscriberState(added.state),
        at=added.created_at,
        reason=f"import of {added.file}",
        by=BY_IMPORT,
    )


def _first_consent(added: sa.Row[Any]) -> Consent:
    """Say where a subscription comes from; somebody who opted out elsewhere gave none."""
    words = f"{added.file}, line {added.import_line}"
    words += f": {added.consent}" if added.consent else ""
    words += f"; {added.evidence}" if added.evidence else ""
    return Consent(at=added.signed_up or added.created_at, how=BY_IMPORT, text=words)


def _change(row: sa.Row[Any]) -> StateChange:
    return StateChange(
        from_state=SubscriberState(row.from_state) if row.from_state else None,
        to_state=SubscriberState(row.to_state),
        at=row.at,
        reason=row.reason,
        by=row.changed_by,
    )


def _consent(row: sa.Row[Any]) -> Consent:
    return Consent(at=row.at, how=row.how, text=row.text)

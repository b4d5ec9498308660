"""Add the people of an import whom nobody knows, with first state and consent, in SQL alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model import Frequency, SubscriberState
from newsletter.storage.importing_standing import CONSENTING, suppressed
from newsletter.storage.inserting import insert_if_new
from newsletter.storage.staging import staged
from newsletter.storage.tables import consent, state_change, subscriber
from newsletter.subscribing import ImportRun

BY = "import"
_STAGED = ("address", "canonical", "name", "state", "token", "zone", "attributes", "paused_until")
_GIVEN = ("frequency", "import_id", "import_line", "created_at", "changed_at")


def added_since(connection: Connection, run: ImportRun) -> sa.ColumnElement[bool]:
    """Match whom this import adds from now on, in this transaction.

    By id, so that a range alone is read; by import, so that nobody else's sign-up is.
    """
    newest = connection.scalar(sa.select(sa.func.max(subscriber.c.id))) or 0
    return (subscriber.c.id > newest) & (subscriber.c.import_id == run.id)


def add(
    connection: Connection,
    run: ImportRun,
    lines: sa.ColumnElement[bool],
    *,
    added: sa.ColumnElement[bool],
    consent_text: str,
) -> Mapping[SubscriberState, int]:
    """Add whoever is neither known nor suppressed; count them by the state they are added in."""
    insert = insert_if_new(connection, subscriber, unique=subscriber.c.canonical)
    people = _people(run).where(lines, sa.not_(suppressed(connection)))
    connection.execute(insert.from_select([*_STAGED, *_GIVEN], people))
    _record_states(connection, run, added)
    _record_consents(connection, run, added, text=consent_text)
    return _counted(connection, added)


def _people(run: ImportRun) -> sa.Select[Any]:
    moment = sa.literal(run.at, subscriber.c.created_at.type)
    return sa.select(
        *(staged.c[name] for name in _STAGED),
        sa.func.coalesce(staged.c.frequency, Frequency.DAILY),
        sa.literal(run.id),
        staged.c.line,
        moment,
        moment,
    ).order_by(staged.c.line)


def _counted(
    connection: Connection, added: sa.ColumnElement[bool]
) -> Mapping[SubscriberState, int]:
    counts = (sa.func.count().filter(subscriber.c.state == state) for state in SubscriberState)
    found = connection.execute(sa.select(*counts).where(added)).one()
    return {state: count for state, count in zip(SubscriberState, found, strict=True) if count}


def _record_states(connection: Connection, run: ImportRun, added: sa.ColumnElement[bool]) -> None:
    people = sa.select(
        subscriber.c.id,
        sa.literal(run.at, subscriber.c.created_at.type),
        subscriber.c.state,
        sa.literal(f"import of {run.file}"),
        sa.literal(BY),
    ).where(added)
    columns = ["subscriber_id", "at", "to_state", "reason", "changed_by"]
    connection.execute(sa.insert(state_change).from_select(columns, people))


def _record_consents(
    connection: Connection, run: ImportRun, added: sa.ColumnElement[bool], *, text: str
) -> None:
    """Say where a subscription comes from; somebody who opted out elsewhere gave none."""
    where = sa.literal(f"{run.file}, line ") + sa.cast(staged.c.line, sa.Text)
    words = where + sa.literal(f": {text}") if text else where
    people = (
        sa.select(
            subscriber.c.id,
            sa.func.coalesce(staged.c.signed_up, sa.literal(run.at, staged.c.signed_up.type)),
            sa.literal(BY),
            words + sa.case((staged.c.evidence == "", ""), else_="; " + staged.c.evidence),
        )
        .join_from(subscriber, staged, subscriber.c.import_line == staged.c.line)
        .where(added, subscriber.c.state.in_(CONSENTING))
        .order_by(subscriber.c.id)
    )
    columns = ["subscriber_id", "at", "how", "text"]
    connection.execute(sa.insert(consent).from_select(columns, people))

"""Erase a person: nothing that names them stays, and no file can bring them back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.storage import single_mail_rows
from newsletter.storage.site import on_one_person as on_site
from newsletter.storage.subscribers import history, new_address, suppressions
from newsletter.storage.tables import (
    consent,
    event,
    event_post,
    former_token,
    import_change,
    recipient,
    recipient_report,
    state_change,
    subscriber,
    suppression,
)
from newsletter.subscribers.model import Marker

ERASED = "erased"


def erase(
    connection: Connection, canonical: str, *, marker: Marker, reason: str, now: datetime
) -> Mapping[str, int]:
    """Delete what is held on an address, on every list, and keep its keyed hash; count it.

    So is what is held on addresses that the person had before, and has left for this one.

    The ledger keeps its rows, so that every send still adds up, without the address. The
    provider's events keep what they prove; only the posts they came in go, where they name the
    address.
    """
    who = sa.select(subscriber.c.id).where(subscriber.c.canonical == canonical)
    # Locked: an event that comes in meanwhile must not add to a history that is going.
    rows = connection.scalars(who.order_by(subscriber.c.id).with_for_update()).all()
    before = Counter[str]()
    for one in new_address.former(connection, rows):
        before.update(erase(connection, one, marker=marker, reason=reason, now=now))
    counts = {"recipient": _unname_recipients(connection, canonical)}
    counts |= _delete_history(connection, rows)
    counts |= _delete(
        connection,
        {
            subscriber: subscriber.c.canonical == canonical,
            suppression: suppression.c.canonical == canonical,
            event_post: _names(connection, event_post.c.body, canonical),
        },
    )
    counts |= on_site.forget(connection, canonical, rows)
    counts["single_mail"] = single_mail_rows.forget(connection, canonical, now=now)
    counts["event"] = connection.execute(
        sa.update(event).where(event.c.canonical == canonical).values(canonical=None, reason=ERASED)
    ).rowcount
    counts["recipient_report"] = connection.execute(
        sa.update(recipient_report)
        .where(sa.func.lower(recipient_report.c.reason).contains(canonical, autoescape=True))
        .values(reason=ERASED)
    ).rowcount
    everywhere = suppressions.EVERYWHERE
    suppressions.suppress(
        connection, marker(canonical), publication=everywhere, reason=reason, now=now
    )
    return {name: count + before[name] for name, count in counts.items()}


def _delete_history(connection: Connection, rows: Sequence[int]) -> dict[str, int]:
    """Delete a person's history, and count it with what their imports said of them."""
    told = [history.of(connection, of) for of in rows]
    tables = (state_change, consent, import_change, former_token)
    gone = _delete(connection, {table: table.c.subscriber_id.in_(rows) for table in tables})
    counts = {
        "state_change": sum(len(one.changes) for one in told),
        "consent": sum(len(one.consents) for one in told),
    }
    return gone | counts


def _names(
    connection: Connection, body: sa.ColumnElement[Any], canonical: str
) -> sa.ColumnElement[bool]:
    """Match a post that names an address, whatever other bytes are in it."""
    if connection.dialect.name != "postgresql":
        return sa.func.instr(sa.func.lower(sa.cast(body, sa.Text)), canonical) > 0
    # As text that holds every byte: those outside ASCII, and NUL, stand as octal numbers.
    doubled = canonical.replace("\\", "\\\\").encode()
    told = "".join(chr(one) if one < 128 else f"\\{one:03o}" for one in doubled)
    return sa.func.strpos(sa.func.lower(sa.func.encode(body, "escape")), told) > 0


def _delete(
    connection: Connection, which: Mapping[sa.Table, sa.ColumnElement[bool]]
) -> dict[str, int]:
    return {
        table.name: connection.execute(sa.delete(table).where(condition)).rowcount
        for table, condition in which.items()
    }


def _unname_recipients(connection: Connection, canonical: str) -> int:
    """Take the address out of the ledger, also where a reason repeats it."""
    return connection.execute(
        sa.update(recipient)
        .where(sa.func.lower(recipient.c.address) == canonical)
        .values(
            address=ERASED,
            reason=sa.func.replace(recipient.c.reason, recipient.c.address, ERASED),
        )
    ).rowcount

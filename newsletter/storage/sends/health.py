"""What the provider's events tell of a send so far, and the pauses that follow from it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import BatchState, SendStatus
from newsletter.core.model.events import EventKind
from newsletter.core.model.records import Health
from newsletter.storage.tables import batch, recipient_report, send, wave


def read(connection: Connection, send_id: int, *, now: datetime) -> Health:
    """Sum up what is reported of a send so far."""
    kind = recipient_report.c.kind
    of_send = recipient_report.c.send_id == send_id
    rows = connection.execute(sa.select(kind, sa.func.count()).where(of_send).group_by(kind))
    counts = {EventKind(name): int(count) for name, count in rows}
    told = connection.scalar(sa.select(send.c.alarms).where(send.c.id == send_id)) or ""
    return Health(
        went=_went(connection, send_id, now=now),
        bounced=counts.get(EventKind.BOUNCED, 0),
        complained=counts.get(EventKind.COMPLAINED, 0),
        blocked=counts.get(EventKind.BLOCKED, 0),
        told=frozenset(told.split()),
    )


def alarm(connection: Connection, send_id: int, kind: str) -> bool:
    """Pause an open send because of what is reported of it, once for each kind."""
    is_open = (send.c.id == send_id) & (send.c.status == SendStatus.OPEN)
    new = sa.not_(send.c.alarms.contains(kind))
    paused = {"status": SendStatus.PAUSED, "alarms": send.c.alarms + f" {kind}"}
    return bool(connection.execute(sa.update(send).where(is_open, new).values(paused)).rowcount)


def _went(connection: Connection, send_id: int, *, now: datetime) -> int:
    """Count the recipients whose mail was handed over, and is due by now."""
    of_wave = (wave.c.send_id == batch.c.send_id) & (wave.c.number == batch.c.wave)
    query = (
        sa.select(sa.func.sum(batch.c.last - batch.c.first + 1))
        .join(wave, of_wave)
        .where(
            batch.c.send_id == send_id,
            batch.c.state == BatchState.SUBMITTED,
            wave.c.due_at <= now,
        )
    )
    return int(connection.scalar(query) or 0)

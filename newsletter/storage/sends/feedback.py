"""How many recipients of a send have a mailbox provider that reports complaints."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core import feedback_loops
from newsletter.core.feedback_loops import Feedback
from newsletter.core.model import BatchState
from newsletter.core.model.events import EventKind
from newsletter.storage.tables import batch, recipient, recipient_report, wave


def read(connection: Connection, send_id: int, *, now: datetime | None = None) -> Feedback:
    """Count those whose mail went out by `now`, or at all; reads each recipient of the send."""
    counts = Counter[str]()
    for first, last in _went_out(connection, send_id, now=now):
        for domain, count in connection.execute(_domains(connection, send_id, first, last)):
            counts[_kind_of(str(domain))] += int(count)
    complained = _complained(connection, send_id)
    return Feedback(
        complained=complained,
        reporting=max(counts["reporting"], complained),  # who did was heard
        gmail=counts["gmail"],
        others=counts["others"],
    )


def _went_out(
    connection: Connection, send_id: int, *, now: datetime | None
) -> list[tuple[int, int]]:
    """List the positions whose mail went out, batches side by side as one range.

    Joined with the recipients, a database may compare each of millions with each of thousands.
    """
    query = (
        sa.select(batch.c.first, batch.c.last)
        .join(wave, (wave.c.send_id == batch.c.send_id) & (wave.c.number == batch.c.wave))
        .where(
            batch.c.send_id == send_id,
            batch.c.state == BatchState.SUBMITTED,
            sa.true() if now is None else wave.c.due_at <= now,
        )
        .order_by(batch.c.first)
    )
    ranges = list[tuple[int, int]]()
    for first, last in connection.execute(query):
        begin = ranges.pop()[0] if ranges and ranges[-1][1] + 1 == first else first
        ranges.append((begin, last))
    return ranges


def _domains(connection: Connection, send_id: int, first: int, last: int) -> sa.Select[str, int]:
    """Count by domain, so that each is sorted once, and not each recipient."""
    domain = _domain(connection.dialect.name).label("domain")
    return (
        sa.select(domain, sa.func.count())
        .where(
            recipient.c.send_id == send_id,
            recipient.c.position.between(first, last),
            recipient.c.outcome.is_(None),
        )
        .group_by(domain)
    )


def _complained(connection: Connection, send_id: int) -> int:
    of_send = recipient_report.c.send_id == send_id
    complained = recipient_report.c.kind == EventKind.COMPLAINED
    query = sa.select(sa.func.count()).select_from(recipient_report).where(of_send, complained)
    return int(connection.scalar(query) or 0)


def _domain(dialect: str) -> sa.ColumnElement[str]:
    find = sa.func.instr if dialect == "sqlite" else sa.func.strpos
    address = sa.func.lower(recipient.c.address)
    return sa.func.substr(address, find(address, "@") + 1)


def _kind_of(domain: str) -> str:
    if domain in feedback_loops.GMAIL:
        return "gmail"
    return "reporting" if feedback_loops.reports_complaints(domain) else "others"

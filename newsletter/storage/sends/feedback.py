"""How many recipients of a send have a mailbox provider that reports complaints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core import feedback_loops
from newsletter.core.feedback_loops import Feedback
from newsletter.core.model import BatchState
from newsletter.core.model.events import EventKind
from newsletter.storage.tables import batch, recipient, recipient_report, wave


def read(connection: Connection, send_id: int, *, now: datetime | None = None) -> Feedback:
    """Count those whose mail went out by `now`, or at all; reads each recipient of the send."""
    kind = _kind_of(_domain(connection.dialect.name))
    query = (
        sa.select(kind, sa.func.count())
        .select_from(batch)
        .join(wave, (wave.c.send_id == batch.c.send_id) & (wave.c.number == batch.c.wave))
        .join(
            recipient,
            (recipient.c.send_id == batch.c.send_id)
            & recipient.c.position.between(batch.c.first, batch.c.last),
        )
        .where(
            batch.c.send_id == send_id,
            batch.c.state == BatchState.SUBMITTED,
            sa.true() if now is None else wave.c.due_at <= now,
            recipient.c.outcome.is_(None),
        )
        .group_by(kind)
    )
    counts = {str(name): int(count) for name, count in connection.execute(query)}
    complained = _complained(connection, send_id)
    return Feedback(
        complained=complained,
        reporting=max(counts.get("reporting", 0), complained),  # who did was heard
        gmail=counts.get("gmail", 0),
        others=counts.get("others", 0),
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


def _kind_of(domain: sa.ColumnElement[str]) -> sa.Label[Any]:
    """Sort a domain as `feedback_loops.reports_complaints` does."""
    families = [domain.like(f"{family}.%") for family in feedback_loops.FAMILIES]
    case = sa.case(
        (domain.in_(feedback_loops.GMAIL), sa.literal_column("'gmail'")),
        (domain.in_(sorted(feedback_loops.NOT_OF_A_FAMILY)), sa.literal_column("'others'")),
        (domain.in_(sorted(feedback_loops.DOMAINS)), sa.literal_column("'reporting'")),
        (sa.or_(*families), sa.literal_column("'reporting'")),
        else_=sa.literal_column("'others'"),
    )
    return case.label("provider_kind")

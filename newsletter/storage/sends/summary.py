"""Sum up where a send stands: three statements, built once, as a send asks again and again."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import BatchState
from newsletter.core.model.records import SendView, Tally
from newsletter.storage.sends import statements
from newsletter.storage.tables import batch, recipient, wave

_ID: sa.BindParameter[int] = sa.bindparam("given_send")
_BATCHES = (
    sa.select(
        batch.c.state,
        sa.func.count(),
        sa.func.sum(batch.c.last - batch.c.first + 1),
        sa.func.min(wave.c.due_at),
        sa.func.min(batch.c.again_at),
    )
    .join(wave, (wave.c.send_id == batch.c.send_id) & (wave.c.number == batch.c.wave))
    .where(batch.c.send_id == _ID)
    .group_by(batch.c.state)
)
# The batch of each is looked up by where it begins: joined as a range, all recipients would be
# gone through.
_ITS_BATCH = (
    sa.select(batch.c.state)
    .where(batch.c.send_id == recipient.c.send_id, batch.c.first <= recipient.c.position)
    .order_by(batch.c.first.desc())
    .limit(1)
    .scalar_subquery()
)
_EACH = (
    sa.select(_ITS_BATCH.label("state"), recipient.c.outcome)
    .where(recipient.c.send_id == _ID, recipient.c.outcome.is_not(None))
    .subquery()
)
_LEFT_OUT = sa.select(_EACH, sa.func.count()).group_by(*_EACH.c)


def view(connection: Connection, send_id: int) -> SendView:
    """Sum up the batches by their state, and who of them was left out."""
    this = {"given_send": send_id}
    row = statements.row_of(connection, send_id)
    rows = connection.execute(_BATCHES, this).all()
    aside = connection.execute(_LEFT_OUT, this).all()
    left_out = {state: sum(count for s, _, count in aside if s == state) for state, *_ in rows}
    tallies = {
        BatchState(state): Tally(number, int(total) - left_out[state])
        for state, number, total, *_ in rows
    }
    planned = [due for state, _, _, due, _ in rows if state == BatchState.PLANNED]
    deferred = [again for state, *_, again in rows if state == BatchState.DEFERRED]
    return SendView(
        send=statements.as_send(row),
        batches=tallies,
        skipped=sum(count for _, outcome, count in aside if outcome == "skipped"),
        refused=sum(count for _, outcome, count in aside if outcome == "refused"),
        next_due=planned[0] if planned else None,
        given_up=sum(count for _, outcome, count in aside if outcome == "deferred"),
        next_retry=deferred[0] if deferred else None,
    )

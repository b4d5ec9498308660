"""Read the people of a batch, as columns.

The database itself writes each column as the lines of one text. A row a person would take as long
to hand over as to find, and Python's threads would wait for each other at every one of them. Only
a batch in which something is unusual (somebody left since the freeze, a value has line ends of
its own) is read row by row.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from newsletter.core.model import BatchState, Claim, SendKind, SendStatus, SubscriberState
from newsletter.core.model.recipients import Lines, Numbers, People
from newsletter.storage.prepared import Prepared
from newsletter.storage.subscribers.suppressions import DomainOf, is_suppressed
from newsletter.storage.tables import batch, recipient, send, subscriber, suppression

# So far the clocks of two hosts may be apart, or a suppression may take to be committed, for it
# to be noticed here; what was there at the freeze is in no batch.
_MARGIN = timedelta(minutes=10)


class _Lines(sa.sql.functions.GenericFunction[str]):
    """All values of a column as the lines of one text."""

    type = sa.Text()
    inherit_cache = True


@compiles(_Lines, "sqlite")
def _sqlite(element: _Lines, compiler: SQLCompiler, **options: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **options)}, '\n')"


@compiles(_Lines, "postgresql")
def _postgresql(element: _Lines, compiler: SQLCompiler, **options: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **options)}, '\n')"


_POSITION = sa.cast(recipient.c.position, sa.Text)
_NAME = sa.func.coalesce(subscriber.c.name, "")
_TOKEN = sa.func.coalesce(subscriber.c.token, "")
_ATTRIBUTES = sa.func.coalesce(sa.cast(subscriber.c.attributes, sa.Text), "{}")
_TEXTS = (_POSITION, recipient.c.address, _NAME, _TOKEN)
_IN_RANGE = (
    (recipient.c.send_id == sa.bindparam("send_id"))
    & recipient.c.position.between(sa.bindparam("first"), sa.bindparam("last"))
    & recipient.c.outcome.is_(None)
)
_JOINED = sa.outerjoin(recipient, subscriber, subscriber.c.id == recipient.c.subscriber_id)
_SUPPRESSED = is_suppressed(subscriber.c.canonical, publication=subscriber.c.publication)
_MANY = 200  # who left, with whom a batch is still compared at once


_AS_ROWS = (
    sa.select(*_TEXTS, _ATTRIBUTES, subscriber.c.state, _SUPPRESSED)
    .select_from(_JOINED)
    .where(_IN_RANGE)
    .order_by(recipient.c.position)
)


def as_lines(*, many: int = _MANY, attributes: bool = False) -> Prepared:
    """Make the question for a batch's columns, and for how many of its people are unusual."""
    unusual = sa.func.count().filter(
        subscriber.c.state.is_distinct_from(SubscriberState.ACTIVE) | _left_lately(many)
    )
    texts = (*_TEXTS, _ATTRIBUTES) if attributes else _TEXTS
    columns: list[sa.ColumnElement[Any]] = [sa.func.count(), unusual, *map(_Lines, texts)]
    return Prepared(sa.select(*columns).select_from(_JOINED).where(_IN_RANGE))


def _left_lately(many: int) -> sa.ColumnElement[bool]:
    """Match who was suppressed about the freeze or since.

    Somebody leaves on every morning, but few do: those are compared with the batch's people, which
    costs nothing. Only where many left at once is each person looked up. Whose list the few left
    is not asked here: who is matched is read row by row, and there it is.
    """
    lately = (
        sa.select(suppression.c.canonical)
        .where(suppression.c.at >= sa.bindparam("since"))
        .limit(sa.literal_column(str(many + 1)))
    )
    form, canonical = lately.subquery("lately").c.canonical, subscriber.c.canonical
    are_few = sa.select(sa.func.count(form) <= many).scalar_subquery()
    are_domains = sa.select(sa.func.count(form).filter(form.like("@%")) > 0).scalar_subquery()
    by_domain = sa.case((are_domains, DomainOf(canonical).in_(lately)), else_=sa.false())
    return sa.case((are_few, canonical.in_(lately) | by_domain), else_=_SUPPRESSED)


_AS_LINES = as_lines()
_AS_LINES_WITH_ATTRIBUTES = as_lines(attributes=True)


def read(connection: Connection, claim: Claim, *, attributes: bool) -> People:
    """Read a claimed batch with each subscriber's state of this moment: an opt-out wins late.

    Whoever has an outcome of their own is not among them. In any order.
    """
    which = {"send_id": claim.send_id, "first": claim.first, "last": claim.last}
    since = {"since": claim.frozen_at - _MARGIN}
    query = _AS_LINES_WITH_ATTRIBUTES if attributes else _AS_LINES
    row = query.row(connection, which | since)
    assert row is not None  # of sums there is one
    count, unusual, *texts = row
    if unusual or not count or any(t.count("\n") != count - 1 for t in texts):
        return _row_by_row(connection, which)
    positions, addresses, names, tokens = texts[:4]
    return People(
        positions=Numbers(positions),
        addresses=Lines(addresses),
        names=Lines(names),
        tokens=Lines(tokens),
        attributes=Lines(texts[4]) if attributes else (),
    )


def readdress(
    connection: Connection,
    publication: str,
    subscriber_id: int,
    *,
    address: str,
    besides: int | None,
) -> None:
    """Let what is not handed over yet go to a reader's new address.

    Not where the subscriber `besides` is in the same send, who had that address until now: it may
    have got its copy.
    """
    goes = send.c.status.in_((SendStatus.OPEN, SendStatus.PAUSED)) & (send.c.kind != SendKind.TEST)
    query = sa.select(send.c.id).where(send.c.publication == publication, goes)
    this, other = recipient.c, recipient.alias().c
    waits = sa.exists().where(
        batch.c.send_id == this.send_id,
        this.position.between(batch.c.first, batch.c.last),
        batch.c.state.in_((BatchState.PLANNED, BatchState.DEFERRED)),
    )
    for of in connection.scalars(query).all():  # one by one: each is a partition of its own
        theirs = (this.send_id == of) & (this.subscriber_id == subscriber_id)
        theirs &= this.outcome.is_(None) & waits
        if besides is not None:
            theirs &= ~sa.exists().where(other.send_id == of, other.subscriber_id == besides)
        connection.execute(sa.update(recipient).where(theirs).values(address=address))


def _row_by_row(connection: Connection, which: dict[str, int]) -> People:
    columns = list(zip(*connection.execute(_AS_ROWS, which), strict=True)) or [()] * 7
    positions, addresses, names, tokens, attributes, states, suppressed = columns
    return People(
        positions=tuple(map(int, positions)),
        addresses=addresses,
        names=names,
        tokens=tokens,
        attributes=attributes,
        states=states,
        suppressed=suppressed,
    )

"""How the staged rows of an import stand in the list: counted in SQL, the others by pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import SubscriberState
from newsletter.storage.imports import staging
from newsletter.storage.imports.staging import staged
from newsletter.storage.subscribers import profile
from newsletter.storage.subscribers.history import CONSENTING
from newsletter.storage.subscribers.membership import on_list
from newsletter.storage.subscribers.suppressions import is_suppressed_now
from newsletter.storage.tables import subscriber
from newsletter.subscribers.model import AddressStatus, ImportRow, KnownSubscriber, Person, Sorted

_PAGE = 1_000
_FRESH, _SAME, _OTHER = "fresh", "same", "other"
_NOTHING_DIFFERS = (
    subscriber.c.state.in_(CONSENTING)
    & staged.c.state.in_(CONSENTING)
    & profile.nothing_differs(staged, subscriber)
)


def _joined(publication: str) -> sa.Join:
    same = (subscriber.c.canonical == staged.c.canonical) & on_list(publication)
    return sa.outerjoin(staged, subscriber, same)


def of_lines(
    connection: Connection,
    first: int,
    last: int,
    *,
    publication: str,
    besides: sa.ColumnElement[bool] | None = None,
) -> Iterator[Sorted]:
    """Count who is fresh on a list and who is the same, then give the others page by page.

    Subscribers whom `besides` matches are left out.
    """
    if besides is None and _is_empty(connection):
        fresh = _all_fresh(connection, first, last, publication=publication)
        if fresh is not None:
            yield fresh
            return
    kind = _kind(connection, publication)
    which: sa.ColumnElement[bool] = sa.true()
    if besides is not None:
        which = sa.not_(sa.func.coalesce(besides, sa.false()))
    within = which & staging.between(first, last)
    found = _counted(connection, kind, within, among=_joined(publication))
    yield Sorted(
        fresh={SubscriberState(row.state): row.people for row in found if row.kind == _FRESH},
        same=sum(row.people for row in found if row.kind == _SAME),
        others=(),
    )
    if any(row.kind == _OTHER for row in found):
        others = _others_of(connection, publication).where(which & (kind == _OTHER))
        yield from _others(connection, others, first, last)


def _is_empty(connection: Connection) -> bool:
    """Say whether nobody is on any list, as before a first import."""
    return connection.scalar(sa.select(subscriber.c.id).limit(1)) is None


def _all_fresh(connection: Connection, first: int, last: int, *, publication: str) -> Sorted | None:
    """Count rows of which nobody is known; None: some are suppressed."""
    within = staging.between(first, last)
    held = sa.exists().where(within, suppressed(connection, publication))
    if connection.scalar(sa.select(held)):
        return None
    query = sa.select(staged.c.state, sa.func.count()).where(within).group_by(staged.c.state)
    counts = {SubscriberState(state): people for state, people in connection.execute(query)}
    return Sorted(fresh=counts, same=0, others=())


def suppressed(connection: Connection, publication: str) -> sa.ColumnElement[bool]:
    """Match the staged rows that must never be mailed, for use in this transaction only."""
    return is_suppressed_now(connection, staged.c.canonical, staged.c.mark, publication=publication)


def _counted(
    connection: Connection,
    kind: sa.Case[str],
    which: sa.ColumnElement[bool],
    *,
    among: sa.Join,
) -> Sequence[sa.Row[Any]]:
    query = (
        sa.select(kind.label("kind"), staged.c.state, sa.func.count().label("people"))
        .select_from(among)
        .where(which)
        .group_by(sa.text("1"), staged.c.state)
    )
    return connection.execute(query).all()


def _kind(connection: Connection, publication: str) -> sa.Case[str]:
    """Say which kind a staged row is of, at this moment."""
    return sa.case(
        (suppressed(connection, publication), _OTHER),
        (subscriber.c.id.is_(None), _FRESH),
        (_NOTHING_DIFFERS, _SAME),
        else_=_OTHER,
    )


def _others_of(connection: Connection, publication: str) -> sa.Select[Any]:
    names = ("id", "state", "changed_at", *profile.NAMES)
    known = [subscriber.c[name].label(f"known_{name}") for name in names]
    held = suppressed(connection, publication).label("suppressed")
    query = sa.select(staged, *known, held).select_from(_joined(publication))
    return query.order_by(staged.c.line).limit(_PAGE)


def _others(
    connection: Connection, query: sa.Select[Any], first: int, last: int
) -> Iterator[Sorted]:
    while page := connection.execute(query.where(staging.between(first, last))).all():
        yield Sorted(fresh={}, same=0, others=[(_row(row), _standing(row)) for row in page])
        first = page[-1].line + 1


def _row(row: sa.Row[Any]) -> ImportRow:
    return ImportRow(
        row.line,
        Person(
            address=row.address,
            canonical=row.canonical,
            state=SubscriberState(row.state),
            signed_up=row.signed_up,
            evidence=row.evidence,
            **profile.of(row),
        ),
    )


def _standing(row: sa.Row[Any]) -> AddressStatus:
    known = None
    if row.known_id is not None:
        known = KnownSubscriber(
            id=row.known_id,
            state=SubscriberState(row.known_state),
            changed_at=row.known_changed_at,
            **profile.of(row, prefix="known_"),
        )
    return AddressStatus(known=known, suppressed=bool(row.suppressed))

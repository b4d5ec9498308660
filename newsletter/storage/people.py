"""Read the people of a batch, as columns.

The database itself makes a list of each column, in JSON. A row a person would take as long to
hand over as to find, and Python's threads would wait for each other at every one of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from newsletter.model.people import People
from newsletter.storage.suppressing import is_suppressed
from newsletter.storage.tables import recipient, subscriber


class _Listed(sa.sql.functions.GenericFunction[str]):
    """All values of a column as the text of a JSON list."""

    type = sa.Text()
    inherit_cache = True


@compiles(_Listed, "sqlite")
def _sqlite(element: _Listed, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_group_array({compiler.process(element.clauses, **options)})"


@compiles(_Listed, "postgresql")
def _postgresql(element: _Listed, compiler: SQLCompiler, **options: Any) -> str:
    return f"coalesce(json_agg({compiler.process(element.clauses, **options)})::text, '[]')"


_ROWS = (
    sa.select(
        recipient.c.position,
        recipient.c.address,
        sa.func.coalesce(subscriber.c.name, "").label("name"),
        sa.func.coalesce(subscriber.c.token, "").label("token"),
        sa.func.coalesce(sa.cast(subscriber.c.attributes, sa.Text), "{}").label("attributes"),
        subscriber.c.state,
        is_suppressed(subscriber.c.canonical).label("suppressed"),
    )
    .outerjoin(subscriber, subscriber.c.id == recipient.c.subscriber_id)
    .where(
        recipient.c.send_id == sa.bindparam("send_id"),
        recipient.c.position.between(sa.bindparam("first"), sa.bindparam("last")),
        recipient.c.outcome.is_(None),
    )
    .order_by(recipient.c.position)
    .subquery()
)
_COLUMNS = sa.select(*(_Listed(column) for column in _ROWS.c))


def read(connection: Connection, send_id: int, *, first: int, last: int) -> People:
    """Read a range with each subscriber's state of this moment: an opt-out wins late.

    Whoever has an outcome of their own is not among them.
    """
    found = connection.execute(_COLUMNS, {"send_id": send_id, "first": first, "last": last}).one()
    positions, addresses, names, tokens, attributes, states, suppressed = map(orjson.loads, found)
    return People(
        positions=positions,
        addresses=addresses,
        names=names,
        tokens=tokens,
        attributes=_read(attributes),
        states=states,
        suppressed=suppressed,
    )


def _read(attributes: Sequence[str]) -> Sequence[Mapping[str, str]]:
    """Read everybody's attributes: JSON objects, read in one call as a list of them."""
    if set(attributes) <= {"{}"}:
        return [{}] * len(attributes)
    # By the standard library, which reads half characters too: a provider names them later.
    found: list[dict[str, str]] = json.loads(f"[{','.join(attributes)}]")
    return found

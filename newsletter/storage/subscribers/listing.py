"""The list as columns of text, for a file: what an export says of each subscriber, in pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import SubscriberState
from newsletter.core.segments import Segment
from newsletter.storage.subscribers import profile
from newsletter.storage.subscribers.membership import on_list
from newsletter.storage.subscribers.segments import belonging
from newsletter.storage.tables import subscriber
from newsletter.subscribers.model import Columns, Listing
from newsletter.subscribers.profile import EXPORTED

_PAGE = 5_000
_VALUES = (
    *(profile.as_text(subscriber.c[one.name]) for one in EXPORTED),
    sa.cast(subscriber.c.attributes, sa.Text),
)


def which(
    connection: Connection,
    publication: str,
    *,
    state: SubscriberState | None = None,
    segment: Segment | None = None,
) -> sa.ColumnElement[bool]:
    """Match the subscribers of a list: of a state, of a segment, or all."""
    in_state = on_list(publication)
    if state is not None:
        in_state &= subscriber.c.state == state
    if segment is None:
        return in_state
    return in_state & belonging(segment, dialect=connection.dialect.name)


def of(connection: Connection, among: sa.ColumnElement[bool]) -> Listing:
    """List subscribers, oldest first; flat memory."""
    keys = _keys(connection, among)
    return Listing(total=count(connection, among), keys=keys, pages=_pages(connection, among, keys))


def count(connection: Connection, among: sa.ColumnElement[bool]) -> int:
    """Count subscribers."""
    query = sa.select(sa.func.count()).select_from(subscriber).where(among)
    return connection.scalar(query) or 0


def _keys(connection: Connection, among: sa.ColumnElement[bool]) -> tuple[str, ...]:
    listed = sa.func.json_each if connection.dialect.name == "sqlite" else sa.func.json_object_keys
    named = listed(subscriber.c.attributes).table_valued("key", name="named")
    if connection.dialect.name == "postgresql":
        named = named.render_derived()
    query = sa.select(named.c.key).distinct().select_from(subscriber).join(named, sa.true())
    return tuple(sorted(connection.scalars(query.where(among))))


def _pages(
    connection: Connection, among: sa.ColumnElement[bool], keys: Sequence[str]
) -> Iterator[Columns]:
    query = sa.select(*_VALUES).where(among).order_by(subscriber.c.id)
    streaming = connection.execution_options(stream_results=True, yield_per=_PAGE)
    for page in streaming.execute(query).partitions():
        *said, attributes = zip(*page, strict=True)
        yield [*said, *_values(attributes, keys)]


def _values(attributes: Sequence[str], keys: Sequence[str]) -> list[list[str]]:
    documents: list[dict[str, Any]] = list(map(orjson.loads, attributes))
    return [[document.get(key, "") for document in documents] for key in keys]

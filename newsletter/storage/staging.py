"""Where the rows of a file wait while an import looks at them: a temporary table, in flat memory.

It belongs to one connection and dies with it. The drivers are spoken to directly here, because
this is the one place where every row of a file passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.storage.tables import Moment
from newsletter.subscribing import Row

_COLUMNS = (
    *("line", "address", "canonical", "name", "zone", "attributes", "state", "frequency"),
    *("paused_until", "signed_up", "evidence", "token", "mark"),
)
_LISTED = ", ".join(_COLUMNS)
_NOTHING = "{}"
# Enough that an index over a million addresses is not read from the disk again for each row.
_CACHE_KILOBYTES = 24_000


def _table(name: str, *, unique: bool) -> sa.Table:
    return sa.Table(
        name,
        sa.MetaData(),
        sa.Column("line", sa.BigInteger, primary_key=unique, autoincrement=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("canonical", sa.Text, nullable=False, unique=unique),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("zone", sa.Text),
        sa.Column("attributes", sa.JSON, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("frequency", sa.Text),
        sa.Column("paused_until", sa.Date),
        sa.Column("signed_up", Moment),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("mark", sa.Text),  # the keyed hash, where erased addresses are on record
        prefixes=["TEMPORARY"],
    )


staged = _table("import_row", unique=True)
_arrived = _table("import_arrived", unique=False)


def create(connection: Connection) -> None:
    """Make the table, and room for its indexes."""
    connection.execute(sa.schema.CreateTable(staged))
    if connection.dialect.name == "sqlite":
        for schema in ("temp", "main"):
            connection.exec_driver_sql(f"PRAGMA {schema}.cache_size = -{_CACHE_KILOBYTES}")
        # What is temporary is given up with the connection, never rolled back.
        connection.exec_driver_sql("PRAGMA temp.journal_mode = OFF")
        return
    connection.execute(sa.schema.CreateTable(_arrived))


def fill(
    connection: Connection,
    rows: Sequence[Row],
    *,
    new_token: Callable[[], str],
    mark: Callable[[str], str] | None,
) -> int:
    """Keep rows; of an address only its first. Return how many repeat an earlier row's."""
    if not rows:
        return 0
    values = _values(rows, new_token=new_token, mark=mark)
    driver = connection.connection.dbapi_connection
    assert driver is not None
    if connection.dialect.name == "sqlite":
        return len(rows) - _fill_sqlite(driver, values)
    return len(rows) - _fill_postgresql(driver, values)


def _fill_sqlite(driver: Any, values: Iterator[tuple[Any, ...]]) -> int:
    marks = ", ".join("?" * len(_COLUMNS))
    cursor = driver.executemany(
        f"INSERT INTO import_row ({_LISTED}) VALUES ({marks}) "  # noqa: S608 - names of our own
        "ON CONFLICT (canonical) DO NOTHING",
        values,
    )
    return int(cursor.rowcount)


def _fill_postgresql(driver: Any, values: Iterator[tuple[Any, ...]]) -> int:
    with driver.cursor() as cursor:
        with cursor.copy(f"COPY import_arrived ({_LISTED}) FROM STDIN") as copy:
            for one in values:
                copy.write_row(one)
        cursor.execute(
            f"INSERT INTO import_row ({_LISTED}) SELECT {_LISTED} FROM import_arrived "  # noqa: S608
            "ORDER BY line ON CONFLICT (canonical) DO NOTHING"
        )
        kept = int(cursor.rowcount)
        cursor.execute("TRUNCATE import_arrived")
    return kept


def _values(
    rows: Sequence[Row], *, new_token: Callable[[], str], mark: Callable[[str], str] | None
) -> Iterator[tuple[Any, ...]]:
    for line, person in rows:
        address, canonical, name, zone, attributes, state, frequency, paused, signed, why = person
        yield (
            line,
            address,
            canonical,
            name,
            zone,
            orjson.dumps(attributes).decode() if attributes else _NOTHING,
            state.value,  # the driver takes long over a subclass of str
            frequency.value if frequency else None,
            _date(paused) if paused else None,
            _moment(signed) if signed else None,
            why,
            new_token(),
            mark(canonical) if mark else None,
        )


def _moment(moment: datetime) -> str:
    """Write a moment as both databases read it: UTC, without a zone on SQLite's account."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


def _date(day: date) -> str:
    return day.isoformat()

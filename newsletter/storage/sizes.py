"""How much the database holds, kind by kind."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.storage.database import Database
from newsletter.storage.single_mail_table import single_mail
from newsletter.storage.tables import metadata

_KINDS = {
    "recipient": "recipients",
    "recipient_report": "recipients",
    "event": "events",
    "event_post": "events",
    "subscriber": "subscribers",
    "state_change": "subscribers",
    "consent": "subscribers",
    "suppression": "subscribers",
    "import_run": "imports",
    "import_change": "imports",
    "message": "messages",
    single_mail.name: "messages",
    "fetched": "web",
    "feed_item": "web",
}
_OTHERS = "sends and the rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The rows and bytes of one kind."""

    kind: str
    rows: int
    bytes: int | None  # None: this SQLite cannot tell


def sizes(database: Database) -> tuple[Size, ...]:
    """Count rows and bytes, the largest first. Reads every table once."""
    found: dict[str, tuple[int, int | None]] = {}
    with database.read() as connection:
        measured = _bytes(connection)
        for table in metadata.sorted_tables:
            rows = connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            kind = _KINDS.get(table.name, _OTHERS)
            before, size = found.get(kind, (0, None if measured is None else 0))
            more = None if measured is None or size is None else size + measured[table.name]
            found[kind] = (before + rows, more)
    told = [Size(kind=kind, rows=rows, bytes=size) for kind, (rows, size) in found.items()]
    return tuple(sorted(told, key=lambda one: (-(one.bytes or 0), -one.rows, one.kind)))


def _bytes(connection: Connection) -> dict[str, int] | None:
    """Return the bytes of each table with its indexes."""
    if connection.dialect.name == "postgresql":
        names = [table.name for table in metadata.sorted_tables]
        size = sa.text(
            "SELECT pg_total_relation_size(whole) + coalesce(sum(pg_total_relation_size(relid)), 0)"
            " FROM (SELECT CAST(:name AS regclass)) named (whole)"
            " LEFT JOIN pg_partition_tree(whole) ON relid <> whole GROUP BY whole"
        )
        return {name: int(connection.scalar(size, {"name": name}) or 0) for name in names}
    try:
        with connection.begin_nested():
            rows = connection.exec_driver_sql(
                "SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m"
                " ON m.name = s.name GROUP BY m.tbl_name"
            ).all()
    except sa.exc.OperationalError:  # SQLite may be built without its table of sizes
        return None
    return {table.name: 0 for table in metadata.sorted_tables} | {n: int(s) for n, s in rows}

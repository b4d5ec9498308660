"""What PostgreSQL's catalog says of the partitions there are, and who may make and drop them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

# Any number, as long as every process takes the same. Whoever makes or drops partitions takes it
# alone, a backup together with other backups.
LOCK = 0x7061727473
_BOUNDS = re.compile(r"FOR VALUES FROM \((?P<low>.+)\) TO \((?P<high>.+)\)")
_PARTITIONS = sa.text(
    "SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i"
    " JOIN pg_class c ON c.oid = i.inhrelid"
    " WHERE i.inhparent = to_regclass(:name)"
)
_MAY_CHANGE = sa.text(
    "SELECT c.relkind = 'p' AND pg_has_role(c.relowner, 'USAGE')"
    " AND has_schema_privilege(c.relnamespace, 'CREATE')"
    " FROM pg_class c WHERE c.oid = to_regclass(:name)"
)

_ROWS_ABOUT = sa.text(  # -1: never counted
    "SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = to_regclass(:name)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """One partition and the values it is for, the end not included, as texts."""

    name: str
    low: str
    high: str


def partitions(connection: Connection, table: sa.Table) -> tuple[Partition, ...]:
    """List a table's partitions with bounds, the lowest first; nothing but on PostgreSQL."""
    if connection.dialect.name != "postgresql":
        return ()
    found = [_read(*row) for row in connection.execute(_PARTITIONS, {"name": table.name})]
    bounded = [one for one in found if one is not None]
    return tuple(sorted(bounded, key=lambda one: (len(one.high), one.high)))


def may_change(connection: Connection, table: sa.Table) -> bool:
    """Say whether this role may make and drop partitions of a table."""
    if connection.dialect.name != "postgresql":
        return False
    return bool(connection.scalar(_MAY_CHANGE, {"name": table.name}))


def rows_about(connection: Connection, name: str) -> int:
    """Return how many rows a table has, as the last ANALYZE counted them."""
    return int(connection.scalar(_ROWS_ABOUT, {"name": name}) or 0)


def rename_keys(connection: Connection) -> None:
    """Give the keys of all partitions names that no dump has.

    `pg_restore --clean` drops them by the names they have in its dump, one by one, which PostgreSQL
    refuses while the table they are a part of is there; what is not there it passes over.
    """
    word = secrets.token_hex(6)
    for number, statement in enumerate(connection.scalars(_RENAMED).all()):
        connection.exec_driver_sql(f"{statement} replaced_{word}_{number}".replace("%", "%%"))


def copy_rights(connection: Connection, *, source: str, to: str) -> None:
    """Give a table the owner and the grants of another one: a dump by a reader needs them."""
    statements: Sequence[str] = connection.scalars(_RIGHTS, {"source": source, "to": to}).all()
    for statement in statements:
        connection.exec_driver_sql(statement.replace("%", "%%"))


def _read(name: str, bound: str) -> Partition | None:
    found = _BOUNDS.fullmatch(bound)
    if found is None:  # DEFAULT
        return None
    return Partition(name=name, low=found["low"].strip("'"), high=found["high"].strip("'"))


_RENAMED = sa.text(
    """
    SELECT format(
        'ALTER TABLE %s RENAME CONSTRAINT %I TO', CAST(part.conrelid AS regclass), part.conname
    )
    FROM pg_constraint part JOIN pg_inherits i ON i.inhrelid = part.conrelid
        JOIN pg_class whole ON whole.oid = i.inhparent AND whole.relkind = 'p'
    WHERE part.contype = 'p'
    """
)
_RIGHTS = sa.text(
    """
    SELECT format('ALTER TABLE %I OWNER TO %I', CAST(:to AS text), pg_get_userbyid(old.relowner))
    FROM pg_class old, pg_class new
    WHERE old.oid = to_regclass(:source) AND new.oid = to_regclass(:to)
        AND old.relowner <> new.relowner
    UNION ALL
    SELECT format(
        'GRANT %s ON %I TO %s%s', given.privilege_type, CAST(:to AS text),
        CASE given.grantee WHEN 0 THEN 'PUBLIC'
            ELSE quote_ident(pg_get_userbyid(given.grantee)) END,
        CASE WHEN given.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
    )
    FROM pg_class old, aclexplode(old.relacl) given
    WHERE old.oid = to_regclass(:source) AND given.grantee <> old.relowner
    """
)

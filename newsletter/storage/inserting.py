"""An insert that both databases know, each in its own dialect."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection


def insert_if_new(
    connection: Connection, table: sa.Table, *, unique: sa.Column[Any]
) -> sqlite.Insert | postgresql.Insert:
    """Begin an insert that leaves out rows whose `unique` value is there already."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing(index_elements=[unique])
    return postgresql.insert(table).on_conflict_do_nothing(index_elements=[unique])

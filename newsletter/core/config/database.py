"""`[database]`: where the list and the ledger are kept, and how the database is spoken to."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import SplitResult, parse_qsl, urlsplit

from pydantic import AfterValidator, Field

from newsletter.core.config.values import Section

SQLITE = "sqlite"
_SQLITE_SCHEMES = {SQLITE, "sqlite+pysqlite"}
_AS_HOSTED = "postgres"  # how those who lend databases, and libpq, write it as well
_POSTGRESQL_SCHEMES = {_AS_HOSTED, "postgresql", "postgresql+psycopg"}
_EXAMPLES = "write sqlite:///newsletter.db or postgresql+psycopg://user@host/name"
_ESCAPES = "signs such as / @ : # ? in a user or password are written as %2F %40 %3A %23 %3F"
_NUMBERS = {
    *("connect_timeout", "keepalives", "keepalives_count", "keepalives_idle"),
    *("keepalives_interval", "port", "tcp_user_timeout"),
}
# What libpq takes, as far as it is of use in an address (PostgreSQL's manual, chapter 34.1.2).
_OPTIONS = _NUMBERS | {
    *("application_name", "channel_binding", "dbname", "fallback_application_name"),
    *("gssdelegation", "gssencmode", "gsslib", "host", "hostaddr", "krbsrvname"),
    *("load_balance_hosts", "options", "passfile", "password", "require_auth", "requirepeer"),
    *("service", "ssl_max_protocol_version", "ssl_min_protocol_version", "sslcert"),
    *("sslcertmode", "sslcrl", "sslcrldir", "sslkey", "sslmode", "sslnegotiation"),
    *("sslpassword", "sslrootcert", "sslsni", "target_session_attrs", "user"),
}


def _database_address(text: str) -> str:
    """Return an SQLAlchemy address that can be used; no message repeats a part of it."""
    scheme, separator, rest = text.strip().partition("://")
    if separator and scheme in _SQLITE_SCHEMES:
        _refuse_sqlite(rest)
    elif separator and scheme in _POSTGRESQL_SCHEMES:
        _refuse_postgresql(rest)
    else:
        raise ValueError(f"is no address of SQLite or of PostgreSQL through psycopg: {_EXAMPLES}")
    return f"postgresql://{rest}" if scheme == _AS_HOSTED else text.strip()


def _refuse_sqlite(rest: str) -> None:
    name, _, options = rest.partition("?")
    if options or name.startswith("/file:"):
        raise ValueError(
            "names options of SQLite (such as `mode`), and none are taken: the newsletter reads "
            "and writes the file, and sets what it needs"
        )
    if name and not name.startswith("/"):
        raise ValueError(
            "needs three slashes before the file's name, as in sqlite:///newsletter.db, and four "
            "before a whole path"
        )


def _refuse_postgresql(rest: str) -> None:
    try:
        parts = urlsplit(f"postgresql://{rest}")
        _refuse_port(parts)
    except ValueError as error:
        raise ValueError(
            f"has a host or port that is none; a port is a number from 1 to 65535, and {_ESCAPES}"
        ) from error
    if parts.fragment or parts.netloc.count("@") > 1:
        raise ValueError(f"cannot be read: {_ESCAPES}")
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name not in _OPTIONS:
            raise ValueError(
                f"has an option that PostgreSQL's library does not know; it knows "
                f"{', '.join(sorted(_OPTIONS))}"
            )
        if name in _NUMBERS and not all(one.isdecimal() for one in value.split(",")):
            raise ValueError(f"gives `{name}` a value that is no number")


def _refuse_port(parts: SplitResult) -> None:
    if parts.port == 0:
        raise ValueError("a port is 1 at least")


class Database(Section):
    """`[database]`: an SQLAlchemy address, and how the database is spoken to."""

    url: Annotated[str, AfterValidator(_database_address)] = "sqlite:///newsletter.db"
    prepared_statements: bool = False  # a pooler in transaction mode mixes them up
    lock_timeout: Annotated[float, Field(ge=0.1, le=3600)] = 60.0  # seconds, for another's lock

    @property
    def is_sqlite(self) -> bool:
        """Say whether it is a file on this machine."""
        return self.url.startswith(SQLITE)


DEFAULTS = Database()

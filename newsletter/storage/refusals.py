"""Say in our words what a database refused: never its statement, its values or its own details.

The server's sentences are not repeated, because they may hold what a reader's row holds; its code
is, so that an operator can look it up. What never came as far as a statement (no connection) is
told as the driver tells it, without a password.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

import sqlalchemy as sa

from newsletter.core.config.masking import masked_text
from newsletter.core.errors import (
    ConfigError,
    StorageAway,
    StorageBusy,
    StorageCollision,
    StorageError,
)
from newsletter.core.sentences import said

_URL = "See [database] url in config.toml."
_GRANT = (
    "Let its owner grant it SELECT, INSERT, UPDATE and DELETE on all tables, and USAGE on all "
    "sequences, or name another role in [database] url."
)
_LATER = "Nothing was changed. Run the same command again when it is over."
# A name of the server's own, between quotes or alone, as in `permission denied for table send`.
_OBJECT = re.compile(
    r"permission denied for (?P<kind>table|schema|sequence|database|relation|view|function) "
    r"\"?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\"?$"
)
_OWNER = re.compile(r"must be owner of (?P<kind>table|index|sequence) (?P<name>[A-Za-z0-9_]+)$")


@dataclass(frozen=True, slots=True)
class _Saying:
    what: str
    hint: str
    kind: type[StorageError] = StorageError


_NO_ANSWER = "Is it reachable? " + _URL
_LET_IN = "Check role, password and the name of the database. " + _URL
# What a server says to those it will not let in however often they ask; the driver tells no code.
_NOT_LET_IN = re.compile(
    r"authentication failed|does not exist|no pg_hba\.conf entry|not permitted to log in"
)
_BY_STATE = {
    "25006": _Saying(
        "The database takes no changes: it is a standby, or opened for reading only.",
        "Name the server that takes changes in [database] url.",
        StorageAway,
    ),
    "40001": _Saying("Another program changed the same rows at this moment.", _LATER, StorageBusy),
    "40P01": _Saying("Another program waits in a circle with this one.", _LATER, StorageBusy),
    "42P01": _Saying(
        "A table of the newsletter is not where the database role looks for it.",
        "Is it the right database, and does the role's search_path lead to the tables?",
    ),
    "42703": _Saying(
        "A table of the newsletter has not the columns of this version.",
        "Is it the right database? `newsletter db upgrade` says at which revision it is.",
    ),
    "53100": _Saying("The database's disk is full.", "Make room, then run it again."),
    "53300": _Saying(
        "The database takes no more connections.",
        "Lower [delivery] parallel or the number of senders, raise max_connections, or put a "
        "pooler between.",
        StorageBusy,
    ),
    "54000": _Saying("A value is longer than the database can keep.", "Shorten it."),
    "55P03": _Saying(
        "Another program has locked what is needed, for longer than [database] lock_timeout.",
        "See who it is in pg_stat_activity and pg_locks. " + _LATER,
        StorageBusy,
    ),
    "57014": _Saying(
        "The database stopped a statement that took longer than its statement_timeout.",
        "Raise statement_timeout for the role of [database] url.",
    ),
}
_BY_CLASS = {
    "08": _Saying("The connection to the database broke.", _NO_ANSWER, StorageAway),
    "22": _Saying("The database cannot keep a value as it is.", "Look for odd signs in it."),
    "23": _Saying("The database holds something that excludes this.", "", StorageCollision),
    "28": _Saying("The database does not let this role in.", _LET_IN),
    "3D": _Saying("There is no such database on the server.", "Create it. " + _URL),
    "53": _Saying("The database's server has not enough means.", "Look into its log."),
    "57": _Saying(
        "The database's server is stopping or was told to stop this.", _NO_ANSWER, StorageAway
    ),
    "58": _Saying("The database's server has trouble with its files.", "Look into its log."),
    "XX": _Saying("The database has a fault, or its files are damaged.", "Look into its log."),
}
_BY_SQLITE = {
    "SQLITE_BUSY": _Saying(
        "Another process keeps the database for itself, for longer than [database] lock_timeout.",
        _LATER,
        StorageBusy,
    ),
    "SQLITE_LOCKED": _Saying("Another process keeps the database.", _LATER, StorageBusy),
    "SQLITE_READONLY": _Saying(
        "The database can only be read.",
        "May this user write the file and its folder? " + _URL,
    ),
    "SQLITE_CANTOPEN": _Saying(
        "The database cannot be opened.", "May this user read the file and its folder? " + _URL
    ),
    "SQLITE_FULL": _Saying("The disk is full.", "Make room, then run the same command again."),
    "SQLITE_IOERR": _Saying("The disk of the database has trouble.", "Look into the system's log."),
    "SQLITE_CORRUPT": _Saying("The database is damaged.", "Restore a backup."),
    "SQLITE_NOTADB": _Saying(
        "The database cannot be read: the file is no SQLite database.",
        "Is [database] url the right file? Restore a backup if it is damaged.",
    ),
    "SQLITE_CONSTRAINT": _BY_CLASS["23"],
    "SQLITE_TOOBIG": _BY_STATE["54000"],
}


def told(error: BaseException) -> StorageError | ConfigError:
    """Return the error that tells of a driver's error, or of SQLAlchemy's around one."""
    cause = error.orig if isinstance(error, sa.exc.StatementError) else error
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause)
    state = getattr(cause, "sqlstate", None)
    if isinstance(state, str) and state:
        return _of_postgresql(state, _sentence(cause))
    if cause is not None and (isinstance(cause, OSError) or hasattr(cause, "diag")):
        return _without_answer(cause)
    name = type(cause).__name__
    return StorageError(
        said("The database's driver cannot take this (%(name)s).", name=name), hint=_URL
    )


def is_of_values(error: sa.exc.StatementError) -> bool:
    """Say whether the values of a statement are at fault, and not the database or its server."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        name = getattr(cause, "sqlite_errorname", None) or ""
        return name.startswith(("SQLITE_CONSTRAINT", "SQLITE_TOOBIG", "SQLITE_MISMATCH"))
    state = getattr(cause, "sqlstate", None)
    if isinstance(state, str) and state:
        return state[:2] in {"22", "23", "54"}
    # The driver's own refusal to write a value comes before any code.
    return isinstance(error, sa.exc.DataError) or not isinstance(error, sa.exc.DBAPIError)


def _of_sqlite(error: sqlite3.Error) -> StorageError:
    name = getattr(error, "sqlite_errorname", None) or ""
    # Extended names begin with the name they extend: SQLITE_IOERR_WRITE.
    found = next((saying for known, saying in _BY_SQLITE.items() if name.startswith(known)), None)
    if found is None:
        return StorageError(
            said("The database refused (%(value)s).", value=name or type(error).__name__), hint=_URL
        )
    return found.kind(found.what, hint=found.hint)


def _of_postgresql(state: str, sentence: str) -> StorageError:
    if state == "42501":
        return _not_allowed(sentence)
    found = _BY_STATE.get(state) or _BY_CLASS.get(state[:2])
    if found is None:
        return StorageError(
            said("The database refused (SQLSTATE %(state)s).", state=state), hint=_URL
        )
    return found.kind(f"{found.what[:-1]} (SQLSTATE {state}).", hint=found.hint)


def _not_allowed(sentence: str) -> StorageError:
    named = _OBJECT.search(sentence) or _OWNER.search(sentence)
    what = f"the {named['kind']} {named['name']}" if named else "what is needed"
    if named and (named.re is _OWNER or named["kind"] in {"schema", "database"}):
        return StorageError(
            said(
                "The database role may not make or change tables: it has no such right on "
                "%(what)s.",
                what=what,
            ),
            hint="Run `newsletter db upgrade` as a role that may, or grant it CREATE on the "
            "schema. " + _URL,
        )
    return StorageError(
        said("The database role may not do this with %(what)s; may it only read?", what=what),
        hint=_GRANT,
    )


def _without_answer(error: BaseException) -> StorageError:
    first = _sentence(error) or type(error).__name__
    if _NOT_LET_IN.search(str(error)):
        return StorageError(
            said("The database does not let this role in: %(first)s.", first=first), hint=_LET_IN
        )
    return StorageAway(
        said("The database does not answer: %(first)s.", first=first), hint=_NO_ANSWER
    )


def _sentence(error: BaseException | None) -> str:
    return masked_text(str(error).strip().partition("\n")[0].rstrip("."))

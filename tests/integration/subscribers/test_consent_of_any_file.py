"""Whatever mixture of columns, words and rows a file has: who speaks of leaving is never active."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.core.errors import InputError
from newsletter.core.model import SubscriberState as State
from newsletter.storage.database import Database, connect
from newsletter.storage.migrate import upgrade
from newsletter.storage.subscribers.store import Subscribers
from newsletter.storage.tables import import_run, subscriber
from newsletter.subscribers.imports import importer
from newsletter.subscribers.imports.questions import Asked
from tests.support.database import sqlite_url
from tests.support.examples import examples
from tests.support.subscribers import NOON

# Columns, with cells that say somebody wants no mail, and cells that do not.
COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Status": (("unsubscribed", "Cleaned", "pending", "SPAM", "inactive"), ("active", "")),
    "Statut": (("Désabonné", "non confirmé", "désinscrite"), ("abonné", "actif")),
    "Estado": (("baja", "dado de baja", "cancelado"), ("activo", "suscrito")),
    "Email Opt Out": (("yes", "TRUE", "1", "opted-out"), ("no", "0", "")),
    "EMAIL_BLACKLISTED": (("Yes", "true"), ("No", "")),
    "UNSUB_TIME": (("2024-05-06 07:08:09", "6.5.2024"), ("", "0000-00-00 00:00:00")),
    "Subscribed": (("0", "false", "nein", "never subscribed"), ("1", "yes")),
    "Abgemeldet": (("ja", "x", "2024-01-02"), ("nein", "")),
    "Hard bounces": (("1", "12"), ("0", "")),
    "confirmed": (("0", "no"), ("1",)),
    "Membership": (("Unsubscribed", "blacklisted", "vip; opted out"), ("gold", "")),
    "Notes": (("please unsubscribe me", "ne veut plus: désabonné"), ("likes tea", "")),
    "tags": (("tea,unsubscribed", "suppressed"), ("tea,vip", "")),
    "Column": (("do not contact", "wypisany", "afgemeld"), ("x",)),
}
PEOPLE = ("ann", "ben", "cy")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = connect(sqlite_url(tmp_path_factory.mktemp("list")))
    upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files") / "any.csv"


@st.composite
def lists(draw: st.DrawFn) -> tuple[list[list[str]], set[str]]:
    """Draw a file, and who speaks of leaving in any of their rows."""
    names = draw(st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, max_size=4, unique=True))
    header = draw(st.permutations([*names, "email", "time zone"]))
    rows, leaving = [header], set()
    for _ in range(draw(st.integers(1, 8))):
        who = draw(st.sampled_from(PEOPLE))
        row = {"email": f"{draw(st.sampled_from((who, who.upper())))}@example.org"}
        row["time zone"] = draw(st.sampled_from(("", "Europe/Riga", "Mars/North")))
        for name in names:
            leaves = draw(st.booleans())
            row[name] = draw(st.sampled_from(COLUMNS[name][0 if leaves else 1]))
            if leaves:
                leaving.add(who)
        rows.append([row[name] for name in header])
    return rows, leaving


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lists(), st.sampled_from(",;\t"))
def test_nobody_who_speaks_of_leaving_in_any_row_ends_as_active(
    database: Database, file: Path, drawn: tuple[list[list[str]], set[str]], delimiter: str
) -> None:
    rows, leaving = drawn
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    file.write_text(stream.getvalue(), encoding="utf-8", newline="")
    store = Subscribers(database, "main")
    with database.write() as connection:
        connection.execute(sa.delete(subscriber))
        connection.execute(sa.delete(import_run))
    try:
        importer.run(store, importer.prepare(file, mapping={}), now=NOON)
    except (Asked, InputError):
        return
    active = {one.canonical.partition("@")[0] for one in store.everyone() if _is_mailed(one.state)}
    assert not active & leaving


def _is_mailed(state: State) -> bool:
    return state is State.ACTIVE

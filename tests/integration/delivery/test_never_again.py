"""Suppressions by address and domain, erasure that holds, and which edition somebody wants."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

from newsletter.core.errors import Held, UsageError
from newsletter.core.model import Frequency
from newsletter.core.model import SubscriberState as State
from newsletter.message import merge
from newsletter.storage.database import Database
from newsletter.storage.sends.attempts import Attempts
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.subscribers import erasure
from newsletter.storage.subscribers.store import Subscribers
from newsletter.storage.tables import metadata, recipient
from newsletter.subscribers import register
from newsletter.subscribers.erasure import Marks
from newsletter.subscribers.imports import importer
from newsletter.subscribers.model import StateChange
from tests.support.ledger import make_freeze, make_ledger_message
from tests.support.subscribers import LATER, NOON, add, counted, import_text, make_person
from tests.support.time import PATIENCE

LIST = "email,name\nann@example.org,Ann\nBen@Other.example,Ben\n"
MONDAY, SATURDAY = date(2026, 3, 2), date(2026, 3, 7)


@pytest.fixture
def store(database: Database) -> Subscribers:
    return Subscribers(database, "main", marker=Marks("a key"))


def frozen(database: Database, day: date) -> list[str]:
    """Freeze the edition of a date; give who is in it."""
    message = merge.with_digest(make_ledger_message())
    send = Ledger(database).freeze(make_freeze(edition=day, message=message), now=NOON)
    query = sa.select(recipient.c.address).where(recipient.c.send_id == send.id)
    with database.read() as connection:
        return sorted(connection.scalars(query))


def everything(database: Database) -> str:
    """Return the whole content of the database as text."""
    with database.read() as connection:
        return "\n".join(
            str(row)
            for table in metadata.sorted_tables
            for row in connection.execute(sa.select(table))
        )


def test_a_suppressed_domain_is_neither_mailed_nor_imported(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    add(store, "ann@example.org")
    add(store, "eve@other.example")
    add(store, "sub@deep.other.example")
    form = register.suppression_of("@Other.example")
    assert store.suppress(form, reason="asked", now=NOON)
    assert not store.suppress(form, reason="asked", now=NOON)
    assert counted(import_text(store, tmp_path, LIST)) == {"unchanged": 1, "suppressed": 1}
    with pytest.raises(Held):
        register.add(store, make_person("new@other.example"), consent="really", now=LATER)
    assert frozen(database, MONDAY) == ["ann@example.org", "sub@deep.other.example"]
    assert store.lift(form)
    assert counted(import_text(store, tmp_path, LIST))["new"] == 1


def test_a_domain_suppressed_after_the_freeze_is_skipped_when_its_batch_is_built(
    store: Subscribers, database: Database
) -> None:
    from datetime import timedelta

    add(store, "eve@other.example")
    ledger = Ledger(database)
    send = ledger.freeze(make_freeze(due_at=NOON), now=NOON)
    store.suppress("@other.example", reason="asked", now=NOON)
    assert (
        Attempts(database).lead(send.id, owner="me", now=NOON, lease=timedelta(minutes=1)) is None
    )
    claim = Attempts(database).claim(
        send.id, owner="me", attempt_id="a", now=NOON, lease=timedelta(minutes=1)
    )
    assert claim is not None
    assert list(Attempts(database).people(claim).suppressed) == [True]


def test_nothing_that_names_an_erased_person_stays_and_no_file_brings_them_back(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    import_text(store, tmp_path, LIST, consent="the fair")
    frozen(database, MONDAY)
    erased = store.forget("ben@other.example", reason="asked to be erased", now=LATER)
    assert (erased["subscriber"], erased["consent"], erased["recipient"]) == (1, 1, 1)
    assert erased["state_change"] == 1
    again = store.forget("ben@other.example", reason="asked to be erased", now=LATER)
    assert again == dict.fromkeys(erased, 0)  # the same words, and nothing left of them
    assert "ben" not in everything(database).casefold()
    report = import_text(store, tmp_path, LIST, now=LATER)
    assert counted(report) == {"unchanged": 1, "suppressed": 1}
    assert store.find("ben@other.example") is None
    with pytest.raises(Held):
        register.add(store, make_person("ben@other.example"), consent="really", now=LATER)


def test_erased_addresses_are_never_overlooked_for_want_of_their_key(
    store: Subscribers, database: Database, tmp_path: Path
) -> None:
    store.forget("ben@other.example", reason="asked", now=NOON)
    for stranger in (
        Subscribers(database, "main"),
        Subscribers(database, "main", marker=Marks("another")),
    ):
        with pytest.raises(Held, match="1 erased addresses"):
            import_text(stranger, tmp_path, LIST)
    with pytest.raises(UsageError, match="secret key"):
        Subscribers(database, "main").forget("ann@example.org", reason="asked", now=NOON)


def test_each_reader_gets_the_editions_they_want(store: Subscribers, database: Database) -> None:
    add(store, "daily@example.org")
    add(store, "weekdays@example.org", frequency=Frequency.WEEKDAYS)
    add(store, "weekly@example.org", frequency=Frequency.WEEKLY)
    add(store, "paused@example.org", paused_until=SATURDAY)
    assert frozen(database, MONDAY) == [
        f"{name}@example.org" for name in ("daily", "weekdays", "weekly")
    ]
    assert frozen(database, date(2026, 3, 3)) == ["daily@example.org", "weekdays@example.org"]
    assert frozen(database, SATURDAY) == ["daily@example.org", "paused@example.org"]
    assert "weekly@example.org" in frozen(database, date(2026, 3, 10))


def test_who_opts_out_while_they_are_erased_waits_and_is_gone(
    store: Subscribers, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(store, "ann@example.org")
    names, half_way, left = erasure._names, Event(), Event()

    def wait(*of):  # their history is deleted, they themselves are not yet
        half_way.set()
        left.wait(0.5)
        return names(*of)

    def opt_out():
        assert half_way.wait(PATIENCE)
        try:
            return store.change("ann@example.org", lambda found: _opting_out(found.state))
        finally:
            left.set()

    monkeypatch.setattr(erasure, "_names", wait)
    with ThreadPoolExecutor(1) as beside:
        leaving = beside.submit(opt_out)
        erased = store.forget("ann@example.org", reason="asked", now=LATER)
        assert leaving.result(PATIENCE) is None
    assert erased["subscriber"] == 1
    assert store.find("ann@example.org") is None


def _opting_out(state: State) -> StateChange:
    return StateChange(
        from_state=state, to_state=State.UNSUBSCRIBED, at=LATER, reason="link", by="them"
    )


def test_somebody_comes_back_by_import_only_with_evidence_and_the_flag(
    store: Subscribers, tmp_path: Path
) -> None:
    ann = add(store, "ann@example.org", state=State.UNSUBSCRIBED)
    add(store, "ben@other.example", state=State.COMPLAINED)
    add(store, "cleo@example.org", state=State.BOUNCED)
    text = (
        "email,evidence,signup date\nann@example.org,form 17,2026-02-03\n"
        "ben@other.example,form 18,\ncleo@example.org,,\n"
    )
    assert counted(import_text(store, tmp_path, text)) == {"kept_opted_out": 3}
    report = import_text(store, tmp_path, text, revive=True, now=LATER)
    assert counted(report) == {"revived": 1, "kept_opted_out": 2}
    history = store.history(ann.id)
    assert history.changes[-1].to_state is State.ACTIVE
    assert history.consents[-1].text == "list.csv, line 2: form 17"
    assert history.consents[-1].at.date() == date(2026, 2, 3)


def test_the_flag_without_a_column_of_evidence_is_a_usage_error(tmp_path: Path) -> None:
    file = tmp_path / "l.csv"
    file.write_text("email\nann@example.org\n")
    with pytest.raises(UsageError, match="evidence"):
        importer.prepare(file, mapping={}, revive=True)


def test_consent_carries_the_moment_and_the_words(store: Subscribers, tmp_path: Path) -> None:
    text = "email,signup date,evidence\nann@example.org,2026-02-03T04:05:06Z,form 17\n"
    import_text(store, tmp_path, text, consent="the spring fair")
    ann = store.find("ann@example.org")
    assert ann is not None
    (given,) = store.history(ann.id).consents
    assert f"{given.at:%Y-%m-%d %H:%M:%S}" == "2026-02-03 04:05:06"
    assert given.text == "list.csv, line 2: the spring fair; form 17"


def test_an_import_begun_with_other_options_is_not_finished_by_guessing(
    store: Subscribers, tmp_path: Path
) -> None:
    file = tmp_path / "l.csv"
    file.write_text(LIST)
    first = importer.prepare(file, mapping={}, consent="the fair")
    with (
        store.importing(
            file="l.csv",
            sha256=first.file.sha256,
            consent="the fair",
            options=first.options,
            now=NOON,
        ) as session,
    ):
        session.begin()
    with pytest.raises(Held, match="other options"):
        importer.run(store, importer.prepare(file, mapping={}), now=LATER)
    report = importer.run(store, first, now=LATER)
    assert (report.resumed, counted(report)) == (True, {"new": 2})
    assert {one.created_at for one in store.everyone()} == {NOON}


def test_frequency_pause_and_tags_survive_an_export(store: Subscribers, tmp_path: Path) -> None:
    text = "email,frequency,paused_until,tags\nann@example.org,weekly,2026-05-01,a; b;a\n"
    import_text(store, tmp_path, text)
    ann = store.find("ann@example.org")
    assert ann is not None
    assert (ann.frequency, ann.paused_until) == (Frequency.WEEKLY, date(2026, 5, 1))
    assert ann.attributes == {"tags": "a, b"}
    again = "email,frequency,paused_until,tags\nann@example.org,,,\n"
    assert counted(import_text(store, tmp_path, again)) == {"unchanged": 1}

"""On PostgreSQL old recipients, reports and events go by whole partitions, made ahead."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from newsletter.core.config.database import Database as Options
from newsletter.core.model.events import EventKind
from newsletter.delivery.audit import rules
from newsletter.storage import retention, sizes
from newsletter.storage.database import Database, connect
from newsletter.storage.events import EventStore
from newsletter.storage.migrate import upgrade
from newsletter.storage.partitions import bounds, catalog, making
from newsletter.storage.partitions.bounds import LATEST
from newsletter.storage.retention import Retention
from newsletter.storage.sends import audit_record
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.tables import event, recipient, recipient_report, send, send_total
from tests.support.database import bring_down, bring_up, execute, postgresql_database
from tests.support.events import entries, events_of, make_event, make_judgement
from tests.support.ledger import (
    DAY,
    MORNING,
    ScriptedProvider,
    add_people,
    change_state,
    hand_over,
    make_freeze,
)

LATER = MORNING + timedelta(days=400)
MONTH = timedelta(days=31)


@pytest.fixture(scope="module")
def tables(postgresql: str) -> Iterator[str]:
    """Name a database with this version's tables, for copies."""
    with postgresql_database(postgresql) as template:
        bring_up(template)
        yield str(sa.make_url(template).database)


@pytest.fixture
def url(postgresql: str, tables: str) -> Iterator[str]:
    """Return the address of a database of the test's own: partitions come and go."""
    with postgresql_database(postgresql, template=tables) as own:
        yield own


@pytest.fixture(autouse=True)
def _small_partitions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "_LEAST", 2)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = connect(url)
    yield opened
    opened.close()


def scalar(database: Database, query: Any) -> Any:
    with database.read() as connection:
        return connection.scalar(sa.text(query) if isinstance(query, str) else query)


def count(database: Database, table: sa.Table) -> int:
    return int(scalar(database, sa.select(sa.func.count()).select_from(table)))


def names(database: Database, table: sa.Table) -> list[str]:
    with database.read() as connection:
        return [one.name for one in catalog.partitions(connection, table)]


def place(database: Database, table: sa.Table) -> set[str]:
    """Return the partitions that rows of a table lie in."""
    with database.read() as connection:
        query = sa.text(f"SELECT DISTINCT CAST(tableoid AS regclass)::text FROM {table.name}")
        return set(connection.scalars(query))


def audit(database: Database, one: Any) -> rules.Audit:
    return rules.audit(audit_record.record(database, one.id, message_digest=one.digest))


def send_some(database: Database, sends: int, **named: Any) -> list[Any]:
    """Send editions to ten people, of whom one is told to have left and one of whom is heard."""
    if not scalar(database, "SELECT count(*) FROM subscriber"):
        add_people(database, 10)
    ledger, done = Ledger(database), []
    for number in range(sends):
        new = ledger.freeze(make_freeze(edition=DAY + timedelta(number), **named), now=MORNING)
        change_state(database, "reader0005@example.org", "unsubscribed")
        provider = ScriptedProvider()
        hand_over(ledger, new, provider)
        change_state(database, "reader0005@example.org", "active")
        told = events_of(provider.attempts[0], EventKind.DELIVERED, EventKind.OPENED, at=MORNING)
        EventStore(database).take_in(entries(*told), make_judgement(), now=MORNING)
        done.append(new)
    return done


def run_out(database: Database, *, before: datetime = LATER, publication: str = "main") -> int:
    keep, steps = Retention(database, publication), 0
    while keep.take_off_recipients(before=before, now=LATER):
        steps += 1
    return steps


@pytest.fixture
def earlier(postgresql: str) -> Iterator[Database]:
    with postgresql_database(postgresql) as url:
        bring_down(url, "0039")
        opened = connect(url)
        yield opened
        opened.close()
        execute(url, "DROP OWNED BY looks_on")
        execute(url, "DROP ROLE looks_on")


def test_an_upgrade_copies_no_row_and_keeps_rights(earlier: Database) -> None:
    database = earlier
    seconds = "00000000", bounds.key_of(MORNING), "ee000000"
    keys = [second + "0" * 24 for second in seconds]
    with database.write() as connection:
        connection.exec_driver_sql("CREATE ROLE looks_on")
        connection.exec_driver_sql("GRANT SELECT ON recipient, event TO looks_on")
        row = {"subscriber_id": 1, "address": "ann@example.org"}
        connection.execute(sa.insert(recipient), [row | {"send_id": 3, "position": 1}])
        told = {"kind": "delivered", "name": "delivered", "at": NOW, "reason": ""}
        rows = [told | {"key": key, "event_id": key, "received_at": NOW} for key in keys]
        connection.execute(sa.insert(event), rows)
        connection.exec_driver_sql(
            "INSERT INTO message VALUES ('d', '', '', '', '', '[]', '2026-01-01')"
        )
        connection.exec_driver_sql(
            "INSERT INTO send (id, publication, edition, kind, status, digest, provider,"
            " recipients, created_at) VALUES"
            " (3, 'main', '2026-01-01', 'edition', 'complete', 'd', 'p', 1, '2026-01-01')"
        )
    file = scalar(database, "SELECT pg_relation_filenode('recipient')")

    assert upgrade(database)
    assert scalar(database, "SELECT pg_relation_filenode('recipient_first')") == file
    assert place(database, recipient) == {"recipient_first"}
    assert place(database, event) == {"event_first", "event_rest"}
    assert scalar(database, "SELECT count(*) FROM event_rest") == 2
    making.make_ahead(database, now=NOW)
    for table in ("recipient", "recipient_from_4", "event", "event_rest", "event_first"):
        right = f"SELECT has_table_privilege('looks_on', '{table}', 'SELECT')"
        assert scalar(database, right), table


NOW = datetime.now(UTC)


def test_months_and_ranges_are_made_ahead_once(database: Database) -> None:
    month = bounds.month_of(NOW)
    ahead = [bounds.next_month(month), bounds.next_month(bounds.next_month(month))]

    assert making.make_ahead(database, now=NOW) == 2 + 2
    assert making.make_ahead(database, now=NOW) == 0
    assert names(database, event) == ["event_first", *(f"event_{one:%Y_%m}" for one in ahead)]
    send_some(database, 1)
    for table in (recipient, recipient_report):
        parts = [f"{table.name}_{part}" for part in ("first", "from_1")]
        assert names(database, table) == parts
    assert making.make_ahead(database, now=NOW) == 2
    assert names(database, recipient)[-1] == "recipient_from_3"


def test_a_clock_that_is_fast_takes_no_month_away(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    month = bounds.next_month(bounds.month_of(NOW))
    take_in(database, month, month + timedelta(days=1))
    monkeypatch.setattr(making, "_MOST_MOVED", 1)
    making.make_ahead(database, now=NOW)
    assert (place(database, event), len(names(database, event))) == ({"event_rest"}, 2)
    monkeypatch.undo()
    making.make_ahead(database, now=NOW)
    assert (place(database, event), count(database, event)) == ({f"event_{month:%Y_%m}"}, 2)


def test_several_at_once_make_each_once(database: Database) -> None:
    made: list[int] = []
    threads = [
        threading.Thread(target=lambda: made.append(making.make_ahead(database, now=NOW)))
        for _ in range(4)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    making.make_ahead(database, now=NOW)
    assert sum(made) in {0, 4}
    assert len(names(database, event)) == 3


def test_a_role_that_may_not_create_writes_into_the_rest_and_takes_off_in_steps(
    url: str, database: Database
) -> None:
    execute(url, "CREATE ROLE limited LOGIN")
    words = "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES"
    execute(url, f"GRANT {words} IN SCHEMA public TO limited")
    execute(url, "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO limited")
    limited = connect(sa.make_url(url).set(username="limited").render_as_string(False))
    try:
        assert making.make_ahead(limited, now=NOW) == 0
        (one,) = send_some(limited, 1)
        before = audit(limited, one)
        assert place(limited, recipient) == {"recipient_rest"}
        assert run_out(limited, before=MORNING + timedelta(days=1)) >= 1
        assert Retention(limited, "main").take_off_events(before=LATER) == 2
        assert (audit(limited, one), count(limited, recipient)) == (before, 1)
    finally:
        limited.close()
        execute(url, "DROP OWNED BY limited")
        execute(url, "DROP ROLE limited")
    # Whoever may makes partitions behind what lies in the rest.
    assert making.make_ahead(database, now=NOW) > 0
    assert names(database, recipient)[1] == "recipient_from_2"


def test_a_partition_goes_whole_and_old_audits_add_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = send_some(database, 3)
    before = [audit(database, one) for one in done]
    assert place(database, recipient) == {"recipient_from_1", "recipient_from_3"}
    monkeypatch.setattr(retention, "_take_off", lambda *_, **__: pytest.fail("a step"))

    keep, seen = Retention(database, "main"), 0
    while "recipient_from_1" in names(database, recipient):
        assert keep.take_off_recipients(before=MORNING + timedelta(days=1), now=LATER)
        assert [audit(database, one) for one in done] == before
        seen += 1

    assert seen == 2 + 1  # the sums of each, and the partition; that of nothing goes beside them
    assert "recipient_first" not in names(database, recipient)
    assert all(one.complete for one in before)
    assert "recipient_report_from_1" not in names(database, recipient_report)
    assert count(database, recipient) == 2 + 10  # who left, and the send that is in the next
    assert place(database, recipient) == {"recipient_rest", "recipient_from_3"}
    assert count(database, recipient_report) == 2
    assert scalar(database, sa.select(sa.func.sum(send_total.c.removed))) == 2 * 9
    assert keep.take_off_recipients(before=MORNING + timedelta(days=1), now=LATER) == 0


def test_an_old_send_waits_for_its_partition_but_not_for_ever(database: Database) -> None:
    (one,) = send_some(database, 1)

    assert run_out(database, before=MORNING + timedelta(days=1)) == 0
    assert "recipient_first" not in names(database, recipient)  # there is nothing in it
    assert count(database, recipient) == 10
    assert run_out(database, before=MORNING + LATEST + timedelta(days=1)) >= 1
    assert count(database, recipient) == 1
    assert audit(database, one).complete


def test_what_is_anothers_is_not_dropped_with_it(database: Database) -> None:
    done = send_some(database, 3)
    with database.write() as connection:
        other = sa.update(send).where(send.c.id == done[0].id)
        connection.execute(other.values(publication="other"))

    run_out(database, before=MORNING + timedelta(days=1))
    assert "recipient_from_1" in names(database, recipient)
    query = sa.select(sa.func.count()).where(recipient.c.send_id == done[0].id)
    assert scalar(database, query) == 10
    run_out(database, before=MORNING + timedelta(days=1), publication="other")
    assert "recipient_from_1" not in names(database, recipient)
    assert count(database, recipient) == 2 + 10


def test_what_does_not_add_up_keeps_its_partition(database: Database) -> None:
    done = send_some(database, 3)
    with database.write() as connection:
        vanished = (recipient.c.send_id == done[1].id) & (recipient.c.position == 2)
        connection.execute(sa.delete(recipient).where(vanished))

    run_out(database, before=LATER)
    assert "recipient_from_1" in names(database, recipient)
    assert not audit(database, done[1]).complete
    assert all(audit(database, one).complete for one in done if one != done[1])


def test_nobody_waits_for_a_partition_that_is_in_use(database: Database) -> None:
    send_some(database, 3)
    with database.write() as connection:
        connection.execute(sa.delete(event))
    take_in(database, NOW)
    later = bounds.next_month(bounds.month_of(NOW)) + timedelta(days=1)
    with database.read() as reader:
        reader.scalar(sa.select(sa.func.count()).select_from(recipient))
        reader.scalar(sa.select(sa.func.count()).select_from(event))
        run_out(database, before=MORNING + timedelta(days=1))
        assert Retention(database, "main").take_off_events(before=later) == 0
        assert "recipient_from_1" in names(database, recipient)
        assert "event_first" in names(database, event)
    run_out(database, before=MORNING + timedelta(days=1))
    assert Retention(database, "main").take_off_events(before=later) > 0
    assert "recipient_from_1" not in names(database, recipient)
    assert "event_first" not in names(database, event)


def test_a_backup_and_a_drop_exclude_each_other(database: Database) -> None:
    send_some(database, 3)
    with database.write() as backup:
        backup.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(catalog.LOCK)))
        run_out(database, before=MORNING + timedelta(days=1))
        assert "recipient_from_1" in names(database, recipient)


def take_in(database: Database, *moments: datetime, received: datetime | None = None) -> None:
    for number, at in enumerate(moments):
        new = make_event(
            number=number, at=at, key=f"{bounds.key_of(at)}{number:024}", attempt_id=None
        )
        EventStore(database).take_in(entries(new), make_judgement(), now=received or at)


def test_a_month_of_events_goes_whole(database: Database) -> None:
    next_month = bounds.next_month(bounds.month_of(NOW))
    making.make_ahead(database, now=NOW)
    first, last = next_month + timedelta(days=2), next_month + timedelta(days=20)
    take_in(database, first, last, last + MONTH)
    keep = Retention(database, "main")

    keep.take_off_events(before=first + timedelta(days=1))
    assert count(database, event) == 3  # the first waits for its month
    keep.take_off_events(before=bounds.next_month(next_month) + timedelta(days=1))
    keep.take_off_events(before=bounds.next_month(next_month) + timedelta(days=1))
    assert count(database, event) == 1
    assert names(database, event) == [f"event_{bounds.next_month(next_month):%Y_%m}"]


def test_an_event_that_came_late_keeps_its_month_but_not_for_ever(database: Database) -> None:
    at = bounds.month_of(NOW) - timedelta(days=100)
    take_in(database, at, at + timedelta(days=1))
    take_in(database, at + timedelta(days=2), received=NOW)
    keep, before = Retention(database, "main"), at + LATEST
    assert keep.take_off_events(before=before) == 0
    assert keep.take_off_events(before=before + timedelta(hours=1)) == 1
    assert count(database, event) == 2
    assert "event_first" in names(database, event)


def test_events_of_no_month_and_of_several_publications_go_in_steps(database: Database) -> None:
    send_some(database, 1)  # whose events' keys are no moments
    take_in(database, MORNING)
    keep = Retention(database, "main")
    assert keep.take_off_events(before=MORNING + timedelta(hours=1)) == 2
    assert count(database, event) == 1
    with database.write() as connection:
        connection.execute(sa.update(send).values(publication="other"))
    assert keep.take_off_events(before=MORNING + timedelta(hours=1)) == 1


def test_an_id_is_known_in_its_month_and_out_of_it(database: Database) -> None:
    store, first = EventStore(database), bounds.key_of(MORNING)
    for event_id in (f"{first}-a", "of-another-provider"):
        same = {"event_id": event_id, "at": MORNING, "attempt_id": None}
        for key, new in ((f"{first}00", 1), (f"{first}01", 0), ("00", 0)):
            if key == "00" and event_id.startswith(first):
                continue  # key and id of an event begin with the same second
            one = make_event(key=key + event_id, **same)
            assert store.take_in(entries(one), make_judgement(), now=MORNING).events == new, key


def test_sizes_count_every_partition(database: Database) -> None:
    send_some(database, 3)
    found = {one.kind: one for one in sizes.sizes(database)}
    parts = scalar(
        database, "SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('event')"
    )
    posts = scalar(database, "SELECT pg_total_relation_size('event_post')")
    assert (found["events"].rows, found["events"].bytes) == (6, int(parts) + posts)


@pytest.mark.parametrize("prepared", [False, True])
def test_one_process_answers_where_it_is_asked_for(url: str, prepared: bool) -> None:
    opened = connect(url, Options(url=url, prepared_statements=prepared))
    found: list[str] = []
    for alone in [True] * 7 + [False]:
        with opened.read(alone=alone) as connection:
            show = "SHOW max_parallel_workers_per_gather"
            found.append(connection.exec_driver_sql(show).scalar_one())
            assert connection.exec_driver_sql("SHOW lock_timeout").scalar_one() != "0"
    opened.close()
    assert found[:7] == ["0"] * 7
    assert found[7] != "0"

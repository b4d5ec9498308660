"""Quiet readers: who is mailed again and again and shows no sign of life, as far as is known."""

from __future__ import annotations

import csv
from datetime import timedelta

import sqlalchemy as sa

from newsletter.core.model.events import EventKind
from newsletter.delivery.events.rules import rank
from newsletter.storage.database import Database
from newsletter.storage.quiet import QuietReaders
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.tables import batch, consent, recipient, recipient_report, subscriber
from newsletter.subscribers.quiet import Quietness, QuietReport
from tests.support.ledger import MORNING, add_people, change_state, make_freeze

EDITIONS = 3
SINCE = MORNING - timedelta(days=30)
LONG_AGO = MORNING - timedelta(days=400)


def mail(
    database: Database, reports: dict[int, list[EventKind | None]], *, days_ago: int = 0
) -> None:
    """Hand editions over to everyone; of each, tell what is reported of the readers (by id)."""
    ledger = Ledger(database)
    for number in range(EDITIONS):
        moment = MORNING - timedelta(days=days_ago + number)
        send = ledger.freeze(make_freeze(edition=moment.date()), now=moment)
        with database.write() as connection:
            handed_over = sa.update(batch).where(batch.c.send_id == send.id)
            connection.execute(handed_over.values(state="submitted"))
            places = sa.select(recipient.c.subscriber_id, recipient.c.position)
            for who, position in connection.execute(places.where(recipient.c.send_id == send.id)):
                kind = reports.get(who, [None] * EDITIONS)[number]
                if kind is not None:
                    told = {"send_id": send.id, "position": position, "kind": kind, "at": moment}
                    told |= {"rank": rank(kind), "reason": ""}
                    connection.execute(sa.insert(recipient_report).values(told))


def quiet(database: Database, *, editions: int = EDITIONS) -> dict[str, Quietness]:
    people = QuietReaders(database, "main").people(since=SINCE, editions=editions)
    return {
        one.address.partition("@")[0].removeprefix("reader000"): one.quietness for one in people
    }


def report(database: Database) -> QuietReport:
    return QuietReaders(database, "main").report(since=SINCE, editions=EDITIONS)


DELIVERED, BLOCKED, OPENED = EventKind.DELIVERED, EventKind.BLOCKED, EventKind.OPENED
TOLD: dict[int, list[EventKind | None]] = {
    1: [DELIVERED, DELIVERED, None],
    2: [BLOCKED, EventKind.DEFERRED, BLOCKED],
    3: [None, None, None],
    4: [BLOCKED, DELIVERED, None],
    5: [DELIVERED, EventKind.CLICKED, DELIVERED],
}


def test_without_tracking_a_delivery_is_a_sign_of_life(database: Database) -> None:
    add_people(database, 4, created_at=LONG_AGO)
    mail(database, TOLD)
    assert quiet(database) == {"2": Quietness.UNDELIVERED, "3": Quietness.SILENT}
    assert not report(database).tracked


def test_with_tracking_only_opening_is(database: Database) -> None:
    add_people(database, 5, created_at=LONG_AGO)
    mail(database, TOLD)
    assert quiet(database) == {
        "1": Quietness.UNOPENED,
        "2": Quietness.UNDELIVERED,
        "3": Quietness.SILENT,
        "4": Quietness.UNOPENED,
    }
    found = report(database)
    assert found.tracked
    assert [(one.quietness, one.subscribers, one.oldest) for one in found.groups] == [
        (Quietness.SILENT, 1, LONG_AGO),
        (Quietness.UNDELIVERED, 1, LONG_AGO),
        (Quietness.UNOPENED, 2, LONG_AGO),
    ]


def test_who_left_or_is_new_or_got_few_is_not_called_quiet(database: Database) -> None:
    add_people(database, 5, created_at=LONG_AGO)
    given = {"subscriber_id": 2, "at": MORNING - timedelta(days=5), "how": "operator", "text": "-"}
    with database.write() as connection:
        connection.execute(sa.insert(consent).values(given))
        paused = sa.update(subscriber).where(subscriber.c.id == 3)
        connection.execute(paused.values(paused_until=MORNING.date()))
    mail(database, {5: [DELIVERED] * EDITIONS})
    change_state(database, "reader0001@example.org", "unsubscribed")
    assert quiet(database) == {"4": Quietness.SILENT}
    assert quiet(database, editions=1) == {"3": Quietness.SILENT, "4": Quietness.SILENT}


def test_editions_of_which_nothing_is_known_or_long_ago_say_nothing(database: Database) -> None:
    add_people(database, 2, created_at=LONG_AGO)
    mail(database, {1: [BLOCKED] * EDITIONS}, days_ago=60)
    mail(database, {})
    assert report(database) == QuietReport(editions=0, tracked=False, groups=())
    assert quiet(database) == {}


def test_the_command_counts_and_exports_them(publish, tmp_path) -> None:
    made = publish(tmp_path / "brief")
    options = ("subscribers", "quiet", "--editions", str(EDITIONS), "--days", "10000")
    told = made.run(*options, check=3).stderr
    assert "The provider reported of 0 editions" in told
    app = made.open()
    add_people(app.database, 4, created_at=MORNING - timedelta(days=20_000), name="=Ann")
    mail(app.database, TOLD)
    app.close()
    file = tmp_path / "quiet.csv"
    document = made.json(*options, "--export", str(file))
    assert (document["subscribers"], document["tracked"]) == (2, False)
    assert {one["group"] for one in document["groups"]} == {"silent", "undelivered"}
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["email"], row["quiet"], row["quiet_editions"]) for row in rows] == [
        ("reader0002@example.org", "undelivered", "3"),
        ("reader0003@example.org", "silent", "3"),
    ]
    assert rows[0]["name"] == "'=Ann"
    assert "a delivery counts as a sign of life" in made.run(*options, check=0).stdout

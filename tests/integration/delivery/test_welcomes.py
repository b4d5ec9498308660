"""Who joins around a freeze has the edition exactly once: from its send, or with the welcome."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta

import pytest

from newsletter.core.model import SendStatus, SetAside
from newsletter.delivery.audit import evidence
from newsletter.storage.database import connect
from newsletter.storage.sends import dossier
from newsletter.storage.sends.attempts import Attempts
from newsletter.storage.sends.ledger import Ledger
from tests.support.joining import Door, copies, house
from tests.support.ledger import (
    DAY,
    MORNING,
    MovingClock,
    ScriptedProvider,
    add_people,
    frozen_send,
    hand_over,
    make_freeze,
    make_ledger_message,
)

ANN = "ann@example.org"
LATER = MORNING + timedelta(hours=2)


@pytest.fixture
def door(database, tmp_path) -> Door:
    return Door(database, house(tmp_path / "brief"))


def welcomed(door: Door, provider: ScriptedProvider, now: datetime = LATER) -> list[str]:
    """Hand over what is due; return each mail's kind and, with an edition, its date."""
    before = len(provider.attempts)
    door.delivery(provider, MovingClock(now)).send_due()
    return [
        f"{one.envelope.kind} {one.envelope.edition}"
        if one.envelope.single.is_of_list
        else one.envelope.kind
        for one in provider.attempts[before:]
    ]


def test_who_confirms_before_the_freeze_has_it_from_the_send_alone(door, database):
    add_people(database, 2)
    door.join(ANN, MORNING - timedelta(minutes=1))
    ledger = Ledger(database)
    send = ledger.freeze(make_freeze(), now=MORNING)
    provider = ScriptedProvider()
    hand_over(ledger, send, provider)
    assert welcomed(door, provider) == ["welcome"]
    assert copies(provider.attempts)[ANN, DAY] == 1


def test_who_confirms_after_the_freeze_has_it_with_the_welcome_alone(door, database):
    ledger, send = frozen_send(database, 2)
    door.join(ANN, LATER)
    provider = ScriptedProvider()
    hand_over(ledger, send, provider)
    assert welcomed(door, provider) == [f"welcome {DAY}"]
    assert copies(provider.attempts)[ANN, DAY] == 1
    (mail,) = [one for one in provider.attempts if one.envelope.single]
    assert "Welcome to The Brief" in mail.message.html
    assert mail.message.text.endswith("Good morning")
    assert mail.recipients.unsubscribe_urls[0].startswith("https://brief.example.org/u/token-ann")


def test_the_welcome_carries_the_message_as_it_was_corrected_last(door, database):
    ledger, send = frozen_send(database, 2)
    door.join(ANN, LATER)
    ledger.steer(send.id, SendStatus.PAUSED)
    provider = ScriptedProvider()
    assert welcomed(door, provider) == []  # what is paused waits for everybody
    with database.write() as connection:
        from newsletter.storage.sends import freezing

        mended = make_ledger_message("Put right")
        freezing.write_message(connection, mended, now=LATER)
        connection.exec_driver_sql(
            f"UPDATE send SET digest = '{mended.digest}' WHERE id = {send.id}"
        )
    ledger.steer(send.id, SendStatus.OPEN)
    assert welcomed(door, provider) == [f"welcome {DAY}"]
    assert provider.attempts[0].message.text.endswith("Put right")


def test_a_cancelled_edition_is_in_no_welcome(door, database):
    ledger, send = frozen_send(database, 2)
    door.join(ANN, LATER)
    ledger.steer(send.id, SendStatus.CANCELLED)
    assert welcomed(door, ScriptedProvider()) == ["welcome"]


def test_without_an_edition_or_with_an_old_one_the_welcome_has_words_alone(door, database):
    door.join("first@example.org", MORNING)
    old = DAY - timedelta(days=9)
    Ledger(database).freeze(make_freeze(edition=old), now=MORNING - timedelta(days=9))
    door.join(ANN, MORNING)
    provider = ScriptedProvider()
    assert welcomed(door, provider) == ["welcome", "welcome"]
    assert provider.attempts[0].message.subject == "Welcome to The Brief"


def test_who_left_and_comes_back_after_their_copy_went_gets_no_second_one(door, database):
    door.join(ANN, MORNING - timedelta(days=1), welcome=False)
    ledger = Ledger(database)
    send = ledger.freeze(make_freeze(), now=MORNING)
    provider = ScriptedProvider()
    hand_over(ledger, send, provider)
    door.leave(ANN, MORNING)
    door.join(ANN, LATER)
    assert welcomed(door, provider) == ["welcome"]
    assert copies(provider.attempts)[ANN, DAY] == 1


def test_who_was_left_out_of_the_send_and_comes_back_has_it_with_the_welcome(door, database):
    door.join(ANN, MORNING - timedelta(days=1), welcome=False)
    ledger = Ledger(database)
    send = ledger.freeze(make_freeze(), now=MORNING)
    door.leave(ANN, MORNING)
    provider = ScriptedProvider()
    hand_over(ledger, send, provider)
    door.join(ANN, LATER)
    assert welcomed(door, provider) == [f"welcome {DAY}"]
    assert copies(provider.attempts)[ANN, DAY] == 1


def test_the_welcome_waits_while_a_sender_decides_about_the_reader(door, database):
    door.join(ANN, MORNING - timedelta(days=1), welcome=False)
    ledger = Ledger(database)
    send = ledger.freeze(make_freeze(), now=MORNING)
    attempts = Attempts(database)
    door.leave(ANN, MORNING)
    claim = attempts.claim(
        send.id, owner="a", attempt_id="t", now=MORNING, lease=timedelta(minutes=1)
    )
    door.join(ANN, LATER)
    provider = ScriptedProvider()
    assert welcomed(door, provider) == []
    left_out = SetAside(position=1, outcome="skipped", reason="unsubscribed since the freeze")
    attempts.set_aside(send.id, [left_out])
    attempts.drop(claim, reason="nobody left", now=LATER)
    assert welcomed(door, provider, LATER + timedelta(minutes=2)) == [f"welcome {DAY}"]


def test_who_comes_twice_in_a_morning_has_one_copy(door, database):
    frozen_send(database, 2)
    provider = ScriptedProvider()
    door.join(ANN, LATER)
    welcomed(door, provider)
    door.leave(ANN, LATER)
    door.join(ANN, LATER)
    assert welcomed(door, provider) == ["welcome"]
    door.leave(ANN, LATER)
    door.join(ANN, LATER)
    door.leave(ANN, LATER)
    assert welcomed(door, provider) == []
    assert copies(provider.attempts)[ANN, DAY] == 1


def test_an_edition_that_is_due_for_the_reader_later_comes_then(database, tmp_path):
    door = Door(database, house(tmp_path / "brief", '[schedule]\nzone = "reader"\n'))
    mornings = {
        "": MORNING,
        "Pacific/Auckland": MORNING - timedelta(hours=13),
        "America/New_York": MORNING + timedelta(hours=5),
    }
    add_people(database, 2, zone="Pacific/Auckland")
    yesterday, ledger = DAY - timedelta(days=1), Ledger(database)
    for day in (yesterday, DAY):
        apart = timedelta(days=(day - DAY).days)
        ledger.freeze(
            make_freeze(
                edition=day,
                mornings=lambda zones, apart=apart: {
                    zone: mornings.get(zone, MORNING) + apart for zone in zones
                },
            ),
            now=MORNING - timedelta(hours=14) + apart,
        )
    ledger.bring_forward(1, due_at=MORNING - timedelta(days=1), behind_canary=timedelta())
    with database.write() as connection:  # its last readers are in New York
        moment = (MORNING + timedelta(hours=5)).replace(tzinfo=None)
        connection.exec_driver_sql(
            f"UPDATE wave SET due_at = '{moment:%Y-%m-%d %H:%M:%S}' WHERE send_id = 2"
        )
    door.join(ANN, MORNING, zone="America/New_York")
    provider = ScriptedProvider()
    assert welcomed(door, provider, MORNING) == [f"welcome {yesterday}"]
    assert welcomed(door, provider, MORNING + timedelta(hours=4)) == []
    assert welcomed(door, provider, MORNING + timedelta(hours=5)) == [f"copy {DAY}"]


def test_a_reader_who_does_not_want_an_edition_is_not_welcomed_with_it(door, database):
    saturday = date(2026, 3, 7)
    for day in (date(2026, 3, 6), saturday):
        add_people(database, 1) if day != saturday else None
        Ledger(database).freeze(make_freeze(edition=day, due_at=MORNING), now=MORNING)
    door.join(ANN, MORNING + timedelta(days=5), frequency="weekdays")
    assert welcomed(door, ScriptedProvider(), MORNING + timedelta(days=5)) == ["welcome 2026-03-06"]


def test_whoever_joins_while_a_freeze_is_under_way_is_in_it_or_has_a_welcome(
    postgresql_url, tmp_path
):
    shared, read = connect(postgresql_url), house(tmp_path / "brief")
    add_people(shared, 200)
    gate, errors = threading.Barrier(5), list[Exception]()

    def join(number: int) -> None:
        own = connect(postgresql_url)
        door = Door(own, read)
        try:
            gate.wait()
            for one in range(15):
                door.join(f"new{number}-{one}@example.org", MORNING)
        except Exception as error:  # noqa: BLE001 - told by the test
            errors.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=join, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    gate.wait()
    ledger = Ledger(shared)
    send = ledger.freeze(make_freeze(), now=MORNING)
    for one in threads:
        one.join()
    assert not errors
    provider = ScriptedProvider()
    hand_over(ledger, send, provider)
    Door(shared, read).delivery(provider, MovingClock(LATER)).send_due(within=timedelta(hours=1))
    got = copies(provider.attempts)
    shared.close()
    expected = [f"new{number}-{one}@example.org" for number in range(4) for one in range(15)]
    assert [got[address, DAY] for address in expected] == [1] * len(expected)


def test_the_audit_counts_the_copies_of_who_joined_and_names_second_ones(door, database):
    ledger, send = frozen_send(database, 2)
    door.join(ANN, LATER)
    provider = ScriptedProvider()
    hand_over(ledger, send, provider)
    welcomed(door, provider)
    proved = evidence.audit(ledger, database, publication="main", day=DAY)
    assert proved.complete
    assert dict(proved.record.joined.states) == {"submitted": 1}
    (copy,) = dossier.read(database, ANN, publication="main").copies
    assert (copy.kind, copy.state, copy.digest) == ("welcome", "submitted", send.digest)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE recipient SET subscriber_id = 3 WHERE position = 1")
    proved = evidence.audit(ledger, database, publication="main", day=DAY)
    assert proved.problems == (
        "1 people have a copy from the send and another one with their welcome.",
    )

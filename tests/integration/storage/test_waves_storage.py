"""A freeze by mornings: everyone once, at their own zone's moment, in batches of one wave."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from newsletter.core import calendar
from newsletter.core.calendar import Timetable
from newsletter.core.errors import NothingToDo
from newsletter.core.model import BatchState, SendStatus
from newsletter.core.model.waves import CanaryPlan
from newsletter.storage.sends.attempts import Attempts
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.tables import batch, recipient, subscriber, wave
from tests.support.ledger import (
    MORNING,
    MovingClock,
    ScriptedProvider,
    add_people,
    change_state,
    hand_over,
    make_freeze,
)

# Clocks in London go forward on 28 March 2027, those in New York did on the 14th.
DAY = date(2027, 3, 28)
TIMETABLE = Timetable(zone="Europe/London", at=time(7), days=frozenset(calendar.WEEKDAYS))
MORNINGS = partial(calendar.mornings, TIMETABLE, DAY)
ZONES = {
    1: "Europe/London",
    2: "Asia/Kolkata",
    3: None,
    4: "Mars/Olympus",
    5: "Asia/Kolkata",
    6: "America/New_York",
    7: "",
    8: "Europe/Berlin",
}


def move(database, zones) -> None:
    with database.write() as connection:
        for number, zone in zones.items():
            of_reader = subscriber.c.address == f"reader{number:04}@example.org"
            connection.execute(sa.update(subscriber).where(of_reader).values(zone=zone))


def freeze_by_mornings(database, **overrides):
    ledger = Ledger(database)
    values = {"edition": DAY, "mornings": MORNINGS, "batch_size": 2}
    return ledger, ledger.freeze(make_freeze(**(values | overrides)), now=MORNING)


def due_moments(database) -> dict[str, datetime]:
    """Return each recipient's moment, by the batch they are in."""
    in_range = recipient.c.position.between(batch.c.first, batch.c.last)
    query = (
        sa.select(recipient.c.address, wave.c.due_at)
        .join(batch, (batch.c.send_id == recipient.c.send_id) & in_range)
        .join(wave, (wave.c.send_id == batch.c.send_id) & (wave.c.number == batch.c.wave))
    )
    with database.read() as connection:
        rows = connection.execute(query).all()
    assert len(rows) == len({row.address for row in rows})
    return {row.address: row.due_at for row in rows}


def test_everyone_is_due_at_their_own_morning_once(database):
    add_people(database, 8)
    move(database, ZONES)
    ledger, send = freeze_by_mornings(database)
    found = due_moments(database)
    utc = {address: f"{moment:%H:%M}" for address, moment in found.items()}
    assert [utc[f"reader{number:04}@example.org"] for number in ZONES] == [
        "06:00",
        "01:30",
        "06:00",
        "06:00",
        "01:30",
        "11:00",
        "06:00",
        "05:00",
    ]
    assert send.recipients == 8
    view = ledger.view(send.id)
    assert view.next_due == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert view.tally(BatchState.PLANNED).batches == 5  # 2 | 1 | 2 2 | 1


def test_a_claim_takes_only_whose_morning_has_come(database):
    add_people(database, 8)
    move(database, ZONES)
    _ledger, send = freeze_by_mornings(database)
    early = datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    claim = partial(Attempts(database).claim, send.id, owner="me", lease=timedelta(minutes=1))
    assert claim(attempt_id="a0", now=early - timedelta(seconds=1)) is None
    first = claim(attempt_id="a1", now=early)
    assert set(Attempts(database).people(first).addresses) == {
        "reader0002@example.org",
        "reader0005@example.org",
    }
    assert first.due_at == early
    assert claim(attempt_id="a2", now=early) is None


def test_who_opts_out_before_their_morning_is_left_out_then(database):
    add_people(database, 8)
    move(database, ZONES)
    ledger, send = freeze_by_mornings(database)
    change_state(database, "reader0005@example.org", "unsubscribed")
    provider = ScriptedProvider()
    clock = MovingClock(datetime(2027, 3, 28, 1, 30, tzinfo=UTC))
    view = hand_over(ledger, send, provider, clock=clock)
    assert provider.addresses() == ["reader0002@example.org"]
    assert view.skipped == 1
    assert view.send.status is SendStatus.OPEN  # the next wave is hours away, and not waited for
    clock.moment = datetime(2027, 3, 28, 12, tzinfo=UTC)
    hand_over(ledger, send, provider, clock=clock)
    assert len(provider.addresses()) == len(set(provider.addresses())) == 7


@pytest.mark.parametrize("people", [0, 1, 7])
def test_a_canary_is_a_wave_of_its_own(database, people):
    if not people:
        with pytest.raises(NothingToDo):
            freeze_by_mornings(database)
        return
    add_people(database, people)
    canary = CanaryPlan(share=0.3, wait=timedelta(hours=1), earliest=MORNING)
    _, send = freeze_by_mornings(database, canary=canary)
    query = sa.select(wave.c.number, wave.c.canary, wave.c.due_at).order_by(wave.c.number)
    with database.read() as connection:
        rows = connection.execute(query).all()
    if people == 1:
        assert [row.canary for row in rows] == [False]
        return
    assert [row.canary for row in rows] == [True, False]
    assert rows[1].due_at - rows[0].due_at == timedelta(hours=1)
    assert len(due_moments(database)) == people == send.recipients


def test_who_moves_while_the_audience_is_frozen_is_in_it_once(database):
    add_people(database, 400)
    stop = threading.Event()

    def travel():
        zones = ["Asia/Kolkata", "America/New_York", None]
        while not stop.is_set():
            move(database, {number: zones[number % 3] for number in range(1, 40)})
            zones.append(zones.pop(0))

    traveller = threading.Thread(target=travel)
    traveller.start()
    try:
        for days in range(5):
            freeze_by_mornings(database, edition=DAY + timedelta(days=days), batch_size=50)
    finally:
        stop.set()
        traveller.join()
    query = sa.select(recipient.c.send_id, sa.func.count(sa.distinct(recipient.c.address)))
    with database.read() as connection:
        rows = connection.execute(query.group_by(recipient.c.send_id)).all()
    assert [row[1] for row in rows] == [400] * 5


def test_zones_are_counted_for_the_schedule(database):
    add_people(database, 8)
    move(database, ZONES)
    assert Ledger(database).zones("main") == {
        "": 2,
        "America/New_York": 1,
        "Asia/Kolkata": 2,
        "Europe/Berlin": 1,
        "Europe/London": 1,
        "Mars/Olympus": 1,
    }


def test_a_cap_takes_the_same_first_people_each_day_and_more_as_it_grows(database):
    add_people(database, 8)
    move(database, ZONES)
    circles = []
    for days, cap in enumerate([2, 2, 5, 50]):
        day = DAY + timedelta(days=days)
        _, send = freeze_by_mornings(database, edition=day, cap=cap)
        query = sa.select(recipient.c.address).where(recipient.c.send_id == send.id)
        with database.read() as connection:
            circles.append(set(connection.scalars(query)))
    assert [len(circle) for circle in circles] == [2, 2, 5, 8]
    assert circles[0] == circles[1] < circles[2] < circles[3]


def test_a_cap_takes_people_of_all_imports_not_those_of_one(database):
    add_people(database, 4)
    tokens = {1: "--zzz", 2: "--aaa", 3: "zzbbb", 4: "zzyyy"}  # two leads; the rest is random
    with database.write() as connection:
        for of, token in tokens.items():
            change = sa.update(subscriber).where(subscriber.c.id == of)
            connection.execute(change.values(token=token))
    _, send = freeze_by_mornings(database, cap=2)
    with database.read() as connection:
        query = sa.select(recipient.c.subscriber_id).where(recipient.c.send_id == send.id)
        assert set(connection.scalars(query)) == {2, 3}

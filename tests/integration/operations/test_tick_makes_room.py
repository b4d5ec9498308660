"""No edition holds up another, no wave another: a tick rests in none while others are due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from newsletter.core.errors import NewsletterError
from newsletter.delivery.preconditions import SendRequest
from newsletter.operations import tick
from newsletter.storage.tables import subscriber
from tests.support.ledger import MovingClock
from tests.support.unruly_smtp import UnrulyServer, greylisting, unruly

ZONES = {1: "Pacific/Kiritimati", 2: "Pacific/Honolulu", 3: "Pacific/Pago_Pago"}
EVE = datetime(2027, 3, 13, 16, 0, tzinfo=UTC)  # an hour before seven in Kiritimati (UTC+14)
BEFORE, DAY = date(2027, 3, 13), date(2027, 3, 14)


def open_app(publish, folder, *, zones=ZONES, people=3, **environment):
    """Open a publication whose readers have a morning each."""
    settings = {
        "NEWSLETTER_SCHEDULE__ZONE": "reader",
        "NEWSLETTER_SCHEDULE__SKIP": '["2027-03-12"]',
        "NEWSLETTER_DELIVERY__PROVIDER": "outbox",
    }
    made = publish(folder / "brief", people=people, **settings | environment)
    app = made.open(MovingClock(EVE))
    with app.database.write() as connection:
        for number, zone in zones.items():
            of_reader = subscriber.c.address == f"reader{number:04}@example.org"
            connection.execute(sa.update(subscriber).where(of_reader).values(zone=zone))
    return app


def mails(app) -> int:
    return len(list((app.settings.root / "outbox").rglob("*.eml")))


def test_case_38_a_wave_goes_within_a_minute_although_another_edition_rests(publish, tmp_path):
    app = open_app(publish, tmp_path)
    arrivals = {}
    hours = (-23, 1, 2, 25)  # from EVE on: Kiritimati, then Honolulu and Kiritimati, Pago Pago, …
    for hour in hours:
        app.clock.moment = EVE + timedelta(hours=hour, minutes=-3)
        for _ in range(5):
            app.clock.moment = app.clock.moment.replace(second=0) + timedelta(minutes=1)
            rested = sum(app.clock.slept)
            assert tick.run(app).held is None
            assert sum(app.clock.slept) - rested <= 10
            arrivals.setdefault(mails(app), app.clock.moment)
    app.close()
    assert [arrivals[count] for count in (1, 3, 4)] == [
        EVE + timedelta(hours=hour) for hour in hours[:3]
    ]


def test_an_edition_whose_provider_is_away_holds_up_nothing_else(publish, tmp_path):
    app = open_app(
        publish,
        tmp_path,
        NEWSLETTER_DELIVERY__PROVIDER="smtp",
        NEWSLETTER_SMTP__HOST="127.0.0.1",
        NEWSLETTER_SMTP__PORT="1",
        NEWSLETTER_SMTP__SECURITY="none",
    )
    app.clock.moment = EVE + timedelta(hours=1)
    first = tick.run(app)
    assert sum(app.clock.slept) < 60
    assert first.held is None
    tries = []
    for _ in range(30):
        app.clock.moment += timedelta(minutes=1)
        begun = app.clock.moment
        tick.run(app)
        assert app.clock.moment - begun <= timedelta(minutes=1)
        tries.append(app.sends.find(DAY).paused_until)
    app.close()
    assert len(set(tries)) > 10  # it is tried again by nearly every tick


def test_a_fault_in_one_edition_is_raised_when_the_others_are_done(publish, tmp_path, monkeypatch):
    app = open_app(publish, tmp_path)
    app.clock.moment = EVE - timedelta(days=1) + timedelta(hours=1)
    tick.run(app)
    app.clock.moment = EVE + timedelta(hours=1)
    real = type(app.sends).start

    def start(sends, request: SendRequest, **options):
        if request.day == BEFORE:
            raise NewsletterError("A fault of its own.")
        return real(sends, request, **options)

    monkeypatch.setattr(type(app.sends), "start", start)
    with pytest.raises(NewsletterError, match="of its own"):
        tick.run(app)
    app.close()
    assert mails(app) == 2  # Kiritimati has both


def test_case_38_a_long_send_makes_room_for_another_edition(publish, tmp_path, monkeypatch):
    zones = dict.fromkeys(range(1, 31), "Pacific/Honolulu") | {31: "Pacific/Kiritimati"}
    app = open_app(publish, tmp_path, zones=zones, people=31, NEWSLETTER_DELIVERY__BATCH_SIZE="1")
    app.clock.moment = EVE - timedelta(days=1) + timedelta(hours=1)
    tick.run(app)
    # Honolulu's morning of BEFORE; while it takes its time, Kiritimati's of DAY is due, too.
    app.clock.moment = EVE + timedelta(hours=1)
    order, provider = [], app.sends.provider()
    submit = type(provider._inner).submit

    def slowly(self, attempt):
        app.clock.moment += timedelta(seconds=8)
        order.append(attempt.envelope.edition)
        return submit(self, attempt)

    monkeypatch.setattr(type(provider._inner), "submit", slowly)
    tick.run(app)
    app.close()
    assert sorted(order) == [BEFORE] * 30 + [DAY]
    assert order.index(DAY) * 8 <= 60


def test_ticks_try_the_deferred_again_and_list_them_when_it_is_too_late(publish, tmp_path):
    clock = MovingClock(datetime(2027, 3, 14, 7, 0, tzinfo=UTC))
    grey = greylisting(clock, timedelta(minutes=10), whom=lambda a: "0002" in a)

    def script(address):
        return "450 4.2.1 always busy" if "0003" in address else grey(address)

    with unruly(UnrulyServer(on_rcpt=script)) as server:
        made = publish(
            tmp_path / "brief",
            people=4,
            NEWSLETTER_SCHEDULE__CATCH_UP="11:00",
            NEWSLETTER_DELIVERY__PROVIDER="smtp",
            NEWSLETTER_SMTP__HOST="127.0.0.1",
            NEWSLETTER_SMTP__PORT=str(server.port),
            NEWSLETTER_SMTP__SECURITY="none",
        )
        app = made.open(clock)
        first = tick.run(app)
        assert "2 whom the mail server asked to try later" in first.did[-1]
        said = []
        while clock.moment < datetime(2027, 3, 14, 12, 0, tzinfo=UTC):
            clock.moment += timedelta(minutes=4)
            report = tick.run(app)
            assert report.held is None
            said += report.did
        found = app.audit(DAY)
        app.close()
    assert sorted(server.addresses) == [f"reader000{n}@example.org" for n in (1, 2, 4)]
    assert found.complete, found.problems
    assert found.states == {"submitted": 3, "deferred": 1}
    assert len(said) <= server.asked["reader0003@example.org"] <= 8


def test_who_is_deferred_over_midnight_is_tried_again_by_the_ticks_of_the_next_day(
    publish, tmp_path
):
    clock = MovingClock(datetime(2027, 3, 14, 23, 40, tzinfo=UTC))
    grey = greylisting(clock, timedelta(minutes=25), whom=lambda a: "0002" in a)
    with unruly(UnrulyServer(on_rcpt=grey)) as server:
        made = publish(
            tmp_path / "brief",
            people=3,
            NEWSLETTER_DELIVERY__PROVIDER="smtp",
            NEWSLETTER_SMTP__HOST="127.0.0.1",
            NEWSLETTER_SMTP__PORT=str(server.port),
            NEWSLETTER_SMTP__SECURITY="none",
        )
        app = made.open(clock)
        app.sends.start(SendRequest(day=DAY, at_once=True))
        assert len(server.taken) == 2
        for _ in range(12):
            clock.moment += timedelta(minutes=5)
            assert tick.run(app).held is None
        found = app.audit(DAY)
        app.close()
    assert found.complete, found.problems
    assert found.states == {"submitted": 3}
    assert len(server.taken) == 3

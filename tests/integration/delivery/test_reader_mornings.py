"""`[schedule] zone = "reader"`: each reader's own morning, over days, oceans and changed clocks."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from newsletter.cli import app as commands
from newsletter.cli._sent import how_to_go_on
from newsletter.core.errors import ExitCode
from newsletter.core.model import SendStatus
from newsletter.delivery.preconditions import SendRequest
from newsletter.operations import tick
from newsletter.sandbox.server import Sandbox
from newsletter.storage.tables import subscriber
from tests.support.ledger import MovingClock
from tests.support.publication import make_publication

ZONES = ["Pacific/Auckland", "Asia/Kolkata", None, "no zone", "America/New_York", "Pacific/Niue"]
FRIDAY = datetime(2027, 3, 12, 17, 0, tzinfo=UTC)  # New York's clocks go forward on Sunday

BY_READERS = {
    "NEWSLETTER_SCHEDULE__ZONE": "reader",
    "NEWSLETTER_PUBLICATION__ZONE": "Europe/London",
    "NEWSLETTER_SCHEDULE__SKIP": '["2027-03-12", "2027-03-15"]',
}


def open_app(folder, url="http://127.0.0.1:9", **environment):
    made = make_publication(
        folder / "brief",
        base_url=url,
        people=len(ZONES),
        **BY_READERS | environment,
    )
    app = made.open(MovingClock(FRIDAY))
    with app.database.write() as connection:
        for number, zone in enumerate(ZONES, start=1):
            of_reader = subscriber.c.address == f"reader{number:04}@example.org"
            connection.execute(sa.update(subscriber).where(of_reader).values(zone=zone))
    return app


@pytest.mark.parametrize("mode", ["immediate", "scheduled"])
def test_ticks_bring_every_edition_to_each_reader_at_their_own_seven(tmp_path, mode):
    clock = MovingClock(FRIDAY)

    def seconds() -> float:
        return clock.moment.timestamp()

    with Sandbox(tmp_path / "mailbox", clock=seconds, store="index") as sandbox:
        app = open_app(tmp_path, sandbox.url, NEWSLETTER_DELIVERY__MODE=mode)
        app.clock = clock
        while clock.moment < FRIDAY + timedelta(days=2, hours=3):
            report = tick.run(app)
            assert report.held is None
            sandbox.mails()  # what is due by now arrives now
            clock.moment += timedelta(minutes=30)
        app.close()
        arrivals = defaultdict(list)
        for mail in sandbox.mails():
            arrivals[mail.recipient].append(f"{mail.at:%a %H:%M}")
    by_zone = [arrivals[f"reader{number:04}@example.org"] for number in range(1, len(ZONES) + 1)]
    assert by_zone == [
        ["Fri 18:00", "Sat 18:00"],  # it is the next day's seven there
        ["Sat 01:30", "Sun 01:30"],
        ["Sat 07:00", "Sun 07:00"],
        ["Sat 07:00", "Sun 07:00"],
        ["Sat 12:00", "Sun 11:00"],
        ["Sat 18:00", "Sun 18:00"],
    ]


def test_the_plan_shows_the_waves(tmp_path):
    app = open_app(tmp_path)
    app.close()
    words = ["schedule", "plan", "--from", "2027-03-14", "--days", "1", "--json"]
    told = CliRunner().invoke(
        commands, [*words, "--config", str(tmp_path / "brief")], env=BY_READERS
    )
    (due,) = json.loads(told.stdout)["due"]
    assert due["begin"] == "2027-03-13T18:00:00+00:00"
    assert [(wave["utc"][:16], wave["readers"]) for wave in due["waves"]] == [
        ("2027-03-13T18:00", 1),
        ("2027-03-14T01:30", 1),
        ("2027-03-14T07:00", 2),
        ("2027-03-14T11:00", 1),
        ("2027-03-14T18:00", 1),
    ]


def test_sent_now_there_is_one_wave_for_all(tmp_path):
    with Sandbox(tmp_path / "mailbox", store="index") as sandbox:
        app = open_app(tmp_path, sandbox.url)
        view = app.sends.start(SendRequest(day=app.today(), at_once=True)).view
        app.close()
        assert view.send.status is SendStatus.COMPLETE
        assert len(sandbox.mails()) == len(ZONES)


def test_between_waves_the_command_says_when_the_next_is_due(tmp_path):
    with Sandbox(tmp_path / "mailbox", store="index") as sandbox:
        app = open_app(tmp_path, sandbox.url)
        app.clock.moment = FRIDAY + timedelta(hours=1)
        tick.run(app)
        send = app.sends.find(FRIDAY.date() + timedelta(days=1))
        assert app.sends.rests_until(send) == FRIDAY + timedelta(hours=8, minutes=30)
        assert tick.run(app).did == ()  # rests until then
        outcome = app.sends.start(SendRequest(day=send.edition, late=True))
        app.close()
    step, code = how_to_go_on(outcome.view)
    assert "2027-03-13 01:30" in step
    assert code is ExitCode.TRY_LATER

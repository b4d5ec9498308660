"""Steering tells what was done: a correction, a resume, --now and --late on a begun send."""

from __future__ import annotations

import json
import os
import signal
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from newsletter.cli import app as commands
from newsletter.cli._signals import stop_on_signals
from newsletter.core.errors import Held
from newsletter.core.model import BatchState
from newsletter.operations import tick
from newsletter.storage.tables import subscriber, wave
from tests.support.ledger import MovingClock
from tests.support.publication import make_publication

ENVIRONMENT = {
    "NEWSLETTER_SCHEDULE__ZONE": "reader",
    "NEWSLETTER_DELIVERY__PROVIDER": "outbox",
}
OF_ANOTHER = "elsewhere/-/1/2/abc"
EAST, WEST = "Pacific/Kiritimati", "Pacific/Pago_Pago"  # a day and an hour apart


class Begun:
    """A publication whose send of today has a wave behind it, and one a day ahead."""

    def __init__(self, folder, zones=(EAST, WEST, WEST)):
        self.made = make_publication(folder / "brief", people=len(zones), **ENVIRONMENT)
        self.app = self.made.open(MovingClock(datetime.now(UTC)))
        with self.app.database.write() as connection:
            for number, zone in enumerate(zones, start=1):
                one = subscriber.c.address == f"reader{number:04}@example.org"
                connection.execute(sa.update(subscriber).where(one).values(zone=zone))
        self.day = self.app.today()
        self.app.clock.moment = datetime.combine(self.day, datetime.min.time(), UTC)
        self.app.clock.moment -= timedelta(hours=7)
        tick.run(self.app)
        self.send = self.app.sends.find(self.day)
        assert self.view.tally(BatchState.SUBMITTED).recipients == 1
        self.later = datetime.now(UTC) + timedelta(hours=5)
        with self.app.database.write() as connection:
            waits = (wave.c.send_id == self.send.id) & (wave.c.due_at > self.app.clock.moment)
            connection.execute(sa.update(wave).where(waits).values(due_at=self.later))

    @property
    def view(self):
        return self.app.ledger.view(self.send.id)

    def led_by_another(self):
        now = datetime.now(UTC)
        lead = self.app.sends.attempts.lead
        assert lead(self.send.id, owner=OF_ANOTHER, now=now, lease=timedelta(hours=1)) is None

    def say(self, *words):
        words = [*words, "--config", str(self.made.root), "--date", str(self.day)]
        return CliRunner().invoke(commands, words, env=self.made.environment)


@pytest.fixture
def begun(tmp_path):
    found = Begun(tmp_path)
    yield found
    found.app.close()


def test_a_correction_while_others_hand_over_is_done_and_says_so(begun):
    begun.led_by_another()
    before = begun.view.send.digest
    told = begun.say("send", "correct", "--note", "A name was wrong.")
    assert told.exit_code == 0, told.output
    assert "From now on" in told.output
    assert begun.view.send.digest != before


def test_a_correction_before_a_later_wave_is_done_too(begun):
    told = begun.say("send", "correct", "--note", "A name was wrong.", "--json")
    assert told.exit_code == 0, told.output
    document = json.loads(told.stdout)
    assert (document["planned"], document["called_back"]) == (2, [])


def test_resuming_while_others_are_at_work_is_done_and_says_so(begun):
    begun.say("send", "pause")
    begun.led_by_another()
    told = begun.say("send", "resume")
    assert told.exit_code == 0, told.output
    assert begun.view.send.status == "open"


@pytest.mark.parametrize("option", ["--now", "--late"])
def test_now_is_heard_by_a_send_already_begun(begun, option):
    told = begun.say("send", option)
    assert told.exit_code == 0, told.output
    assert "No longer waiting for their own moment: 2 recipients" in told.output
    assert begun.view.send.status == "complete"
    assert begun.view.tally(BatchState.SUBMITTED).recipients == 3


def test_now_is_heard_by_a_sender_at_work_elsewhere(begun):
    begun.led_by_another()
    told = begun.say("send", "--now")
    assert told.exit_code == 0, told.output
    assert begun.view.next_due <= datetime.now(UTC)


def test_now_leaves_a_paused_send_alone_and_says_why(begun):
    begun.say("send", "pause")
    due = begun.view.next_due
    told = begun.say("send", "--now")
    assert isinstance(told.exception, Held)
    assert begun.view.next_due == due


def test_going_on_waits_for_each_readers_own_moment_still(begun):
    due = begun.view.next_due
    begun.say("send", "pause")
    begun.say("send", "resume")
    assert begun.view.next_due == due


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no terminals that hang up here")
def test_a_closed_terminal_ends_what_is_under_way_in_order():
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # a job under nohup ignores it
    try:
        with stop_on_signals() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            assert stop.wait(30)
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no terminals that hang up here")
def test_a_hang_up_that_is_ignored_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_on_signals() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not stop.is_set()
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("reason", ["wrote \udce4 letter", "a\x00b", "two\nlines"])
@pytest.mark.parametrize("command", ["remove", "suppress"])
def test_a_broken_sign_in_a_reason_does_not_keep_anybody_in_the_list(begun, command, reason):
    words = ["subscribers", command, "reader0002@example.org", "--reason", reason]
    told = CliRunner().invoke(
        commands, [*words, "--config", str(begun.made.root)], env=begun.made.environment
    )
    assert told.exit_code == 0, told.output
    query = sa.select(subscriber.c.state).where(subscriber.c.address == "reader0002@example.org")
    with begun.app.database.read() as connection:
        state = connection.scalar(query)
    assert state == "unsubscribed" or command == "suppress"

"""A publication whose editions are handed over ahead: when it begins, and when it arrives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsletter.core.errors import ConfigError, TryLater
from newsletter.delivery.preconditions import SendRequest
from newsletter.operations import tick
from newsletter.sandbox.server import Sandbox
from tests.support.ledger import MovingClock

NIGHT = datetime(2027, 3, 9, 6, 0, tzinfo=UTC)
DUE = datetime(2027, 3, 9, 7, 0, tzinfo=UTC)
SCHEDULED = {"NEWSLETTER_DELIVERY__MODE": "scheduled"}


def open_app(publish, folder, url="http://127.0.0.1:9", **environment):
    made = publish(folder / "brief", base_url=url, people=3, **SCHEDULED | environment)
    return made.open(MovingClock(NIGHT))


def test_the_tick_hands_over_by_the_lead_before_and_readers_have_it_when_due(publish, tmp_path):
    with Sandbox(tmp_path / "mailbox", clock=lambda: clock.now().timestamp()) as sandbox:
        app = open_app(publish, tmp_path, sandbox.url)
        clock = app.clock
        clock.moment = DUE - timedelta(minutes=31)
        assert tick.run(app).did == ()
        clock.moment = DUE - timedelta(minutes=30)
        assert "Handed over" in tick.run(app).did[-1]
        clock.moment = DUE - timedelta(seconds=1)
        assert sandbox.mails() == ()
        clock.moment = DUE
        assert len(sandbox.mails()) == 3
        app.close()


def test_sent_now_it_arrives_when_the_lead_is_over(publish, tmp_path):
    with Sandbox(tmp_path / "mailbox", clock=lambda: clock.now().timestamp()) as sandbox:
        app = open_app(publish, tmp_path, sandbox.url, NEWSLETTER_DELIVERY__LEAD="25")
        clock = app.clock
        with pytest.raises(TryLater, match="06:35"):
            app.sends.start(SendRequest(day=app.today()))
        app.sends.start(SendRequest(day=app.today(), at_once=True))
        clock.moment = NIGHT + timedelta(minutes=25)
        assert len(sandbox.mails()) == 3
        app.close()


def test_a_provider_that_cannot_recall_is_an_error_of_the_configuration(publish, tmp_path):
    app = open_app(publish, tmp_path, NEWSLETTER_DELIVERY__PROVIDER="outbox")
    with pytest.raises(ConfigError, match="outbox cannot"):
        app.sends.start(SendRequest(day=app.today(), at_once=True))
    assert app.sends.find(app.today()) is None
    app.close()

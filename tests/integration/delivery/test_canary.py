"""The canary goes first; what is reported of it lets the others follow, or pauses the send."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from newsletter.core.errors import Held
from newsletter.core.model import SendStatus
from newsletter.core.model.events import EventKind
from newsletter.core.model.waves import CanaryPlan
from newsletter.delivery.health import Limits, Watch
from newsletter.storage.events import EventStore
from tests.support.events import entries, make_event, make_judgement
from tests.support.ledger import (
    MORNING,
    MovingClock,
    ScriptedProvider,
    frozen_send,
    hand_over,
)

WAIT = timedelta(minutes=30)
CANARY = CanaryPlan(share=0.2, wait=WAIT, earliest=MORNING)
LIMITS = Limits(bounced=0.05, complained=0.003, blocked=0.2)


class Reporting(MovingClock):
    """A clock at which, while somebody waits, something is reported once."""

    def __init__(self, database, *events) -> None:
        super().__init__()
        self.database, self.events = database, events

    def sleep(self, seconds: float) -> None:
        super().sleep(max(seconds, 20))
        EventStore(self.database).take_in(entries(*self.events), make_judgement(), now=self.moment)


def go(ledger, send, provider, clock, alerts):
    told = SimpleNamespace(tell=lambda what, **_: alerts.append(what))
    watch = Watch(ledger=ledger, clock=clock, limits=LIMITS, alerts=told)
    return hand_over(ledger, send, provider, clock=clock, watch=watch)


def bounces(provider, count, kind=EventKind.BOUNCED):
    attempt = provider.attempts[0]
    return [
        make_event(kind, one.position, canonical=one.address, attempt_id=attempt.id, at=MORNING)
        for one in attempt.recipients[:count]
    ]


class Bouncing(ScriptedProvider):
    """Remembers the clock's hand at each attempt, and lets its first people bounce."""

    def __init__(self, clock: Reporting, count: int) -> None:
        super().__init__()
        self.clock, self.count, self.moments = clock, count, []

    def submit(self, attempt):
        self.moments.append(self.clock.moment)
        taken = super().submit(attempt)
        if not self.clock.events:
            self.clock.events = bounces(self, self.count)
        return taken


def scene(database, bounced):
    ledger, send = frozen_send(database, 100, canary=CANARY)
    clock = Reporting(database)
    return ledger, send, Bouncing(clock, bounced), clock


def test_when_little_is_reported_the_others_follow_after_the_wait(database):
    ledger, send, provider, clock = scene(database, 1)
    alerts = []
    view = go(ledger, send, provider, clock, alerts)
    assert view.send.status is SendStatus.COMPLETE
    assert len(provider.addresses()) == len(set(provider.addresses())) == 100
    assert [moment < MORNING + WAIT for moment in provider.moments] == [True] * 2 + [False] * 8
    assert alerts == []


def test_when_too_many_bounce_the_send_is_paused_and_the_operator_told(database):
    ledger, send, provider, clock = scene(database, 3)
    alerts = []
    with pytest.raises(Held, match=r"3 of 20 recipients bounced \(15.00%\)"):
        go(ledger, send, provider, clock, alerts)
    assert ledger.view(send.id).send.status is SendStatus.PAUSED
    assert len(provider.addresses()) == 20
    assert len(alerts) == 1
    assert "send resume" in alerts[0]
    with pytest.raises(Held, match="paused"):
        go(ledger, send, provider, clock, alerts)


def test_an_operator_who_resumes_is_not_overruled_by_the_same_limit(database):
    ledger, send, provider, clock = scene(database, 3)
    alerts = []
    with pytest.raises(Held):
        go(ledger, send, provider, clock, alerts)
    assert ledger.steer(send.id, SendStatus.OPEN)
    view = go(ledger, send, provider, clock, alerts)
    assert view.send.status is SendStatus.COMPLETE
    assert len(set(provider.addresses())) == 100
    assert len(alerts) == 1

"""The operator hears of what is held: once a day, without addresses, and again after a failure."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.delivery.alerts import Alerts
from newsletter.operations import tick
from newsletter.storage.alerts import ToldAlerts
from newsletter.storage.database import Database
from tests.support.edition import make_settings
from tests.support.http import ScriptedServer, always, closed_port, response
from tests.support.ledger import MovingClock
from tests.support.publication import make_publication

NOW = datetime(2026, 6, 3, 6, tzinfo=UTC)
HELD = "The edition has no lead story. Ask orla@finch.example."


def texts(server: ScriptedServer) -> list[str]:
    """Return what the hook was told."""
    return [json.loads(request.body)["text"] for request in server.requests]


class Desk:
    """A publication whose alerts go to one server."""

    def __init__(self, root: Path, database: Database) -> None:
        self.root, self.database, self.clock = root, database, MovingClock(NOW)

    def tell(self, url: str | None, what: str = HELD) -> None:
        settings = make_settings(self.root, alerts={"url": url})
        Alerts(settings, self.database, self.clock).tell(what)


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    return Desk(tmp_path, database)


def test_a_hook_is_told_once_a_day_and_hears_no_address(desk: Desk) -> None:
    with ScriptedServer(always(response(200))) as server:
        for minutes in (0, 1, 19 * 60, 20 * 60 + 1):
            desk.clock.moment = NOW + timedelta(minutes=minutes)
            desk.tell(server.url)
        told = "The Harbour Brief: The edition has no lead story. Ask …@…"
        assert texts(server) == [told, told]
        assert json.loads(server.requests[0].body)["content"] == told
        assert server.requests[0].method == "POST"


def test_another_sentence_is_told_at_once(desk: Desk) -> None:
    with ScriptedServer(always(response(204))) as server:
        desk.tell(server.url)
        desk.tell(server.url, "The send of 2026-06-02 is in doubt.")
        assert len(texts(server)) == 2


@pytest.mark.parametrize("refusal", [response(500), response(302, location="http://x.example/")])
def test_a_hook_that_did_not_take_it_is_told_again(
    desk: Desk, refusal: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    scripts = (always(refusal), always(response(200)))
    with caplog.at_level(logging.WARNING), ScriptedServer(*scripts) as server:
        for _ in range(3):
            desk.tell(server.url)
        assert len(server.requests) == 2
    assert [record.message for record in caplog.records] == [
        f"alert.not_taken The address in [alerts] url answered {refusal.split()[1].decode()}."
    ]


def test_a_hook_that_is_away_holds_nothing_up(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with closed_port() as url:
        desk.tell(f"{url}/secret")
    assert "alert.not_taken" in caplog.text
    assert "secret" not in caplog.text


def test_without_an_address_nothing_is_told(desk: Desk) -> None:
    desk.tell(None)
    assert not ToldAlerts(desk.database, "main").since(HELD, NOW - timedelta(days=9))


def test_a_tick_tells_of_an_edition_without_a_story(tmp_path: Path) -> None:
    with ScriptedServer(always(response(200))) as server:
        publication = make_publication(
            tmp_path / "p",
            NEWSLETTER_ALERTS__URL=server.url,
            NEWSLETTER_DELIVERY__PROVIDER="outbox",
            NEWSLETTER_SOURCES__STORY='[{"type": "page"}]',
        )
        for minute in range(2):
            app = publication.open(MovingClock(NOW + timedelta(hours=2, minutes=minute)))
            held = tick.run(app).held
            app.close()
        assert held is not None
        assert [held.partition(".")[0] in text for text in texts(server)] == [True]

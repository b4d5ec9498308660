"""Alarms and the heartbeat of one morning, as they arrive; `test_each_alarm` has all kinds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from newsletter.core.errors import UsageError
from newsletter.operations import heartbeat, tick
from newsletter.operations.tick import TickReport
from tests.support.alarms import NIGHT, told_by
from tests.support.http import (
    Connection,
    Script,
    ScriptedServer,
    always,
    closed_port,
    never_read,
    response,
    silent,
)
from tests.support.ledger import MovingClock
from tests.support.publication import STORY, Publication, make_publication
from tests.support.smtp import MailServer, running
from tests.support.time import PATIENCE, wait_until

DAY = "2026-06-03"


@dataclass
class Morning:
    """A publication that mails over a server here, and all who hear of it."""

    publication: Publication
    mail: MailServer
    hook: ScriptedServer
    heart: ScriptedServer
    clock: MovingClock = field(default_factory=lambda: MovingClock(at("05:30")))

    def tick(self, time: str = "", *, day: str = DAY) -> TickReport:
        """Do one tick, as a process of its own would."""
        if time:
            self.clock.moment = at(time, day=day)
        app = self.publication.open(self.clock)
        try:
            return tick.run(app)
        finally:
            app.close()

    def hooked(self) -> list[str]:
        """Return what the hook was told."""
        return [json.loads(request.body)["text"] for request in self.hook.requests]

    def alarm_mails(self) -> list[str]:
        """Return the alarms in the operator's mailbox, subject and text."""
        raw = [content for address, content in self.mail.taken if address == NIGHT]
        found = [message_from_bytes(one) for one in raw]
        assert all(one["Auto-Submitted"] == "auto-generated" for one in found)
        return [f"{one['Subject']}\n{one.get_payload()[0].get_payload()}" for one in found]

    def pings(self) -> list[str]:
        """Return the signals the heartbeat's server heard, and check that they are of one run."""
        targets = [request.target for request in self.heart.requests]
        return [target.partition("?rid=")[0].removeprefix("/ping/key") for target in targets]

    @property
    def story(self) -> Path:
        return self.publication.root / "content" / "stories" / "tides.md"


def at(time: str, *, day: str = DAY) -> datetime:
    return datetime.fromisoformat(f"{day} {time}").replace(tzinfo=UTC)


Make = Callable[..., Morning]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Return a maker of mornings whose servers end with the test."""
    with ExitStack() as stack:

        def made(**environment: str) -> Morning:
            mail = stack.enter_context(running(MailServer()))
            hook = stack.enter_context(ScriptedServer(always(response(200))))
            heart = stack.enter_context(ScriptedServer(always(response(200))))
            told = told_by(mail, hook, heart) | {"NEWSLETTER_SCHEDULE__CATCH_UP": "11:00"}
            publication = make_publication(tmp_path / "brief", people=3, **(told | environment))
            return Morning(publication, mail, hook, heart)

        yield made


def test_edition_without_a_story_is_told_an_hour_before_and_solved(make: Make) -> None:
    morning = make()
    morning.story.unlink()
    morning.tick("05:59")
    assert morning.hooked() == []
    morning.tick("06:00")
    morning.tick("06:01")
    (told,) = morning.hooked()
    assert f"The edition of {DAY} is due at 07:00 UTC and has no lead story" in told
    (mailed,) = morning.alarm_mails()
    assert mailed.startswith("[The Brief] Alarm: no-story\n")
    morning.story.write_text(STORY, encoding="utf-8")
    morning.tick("06:20")
    morning.tick("06:21")
    assert ["Solved" in text for text in morning.hooked()] == [False, True]
    assert "[The Brief] Solved: no-story" in morning.alarm_mails()[1]


def test_what_was_foreseen_stays_one_alarm_when_it_holds(make: Make) -> None:
    morning = make()
    morning.story.unlink()
    for time in ("06:00", "06:30", "06:59", "07:00", "07:01", "07:30"):
        morning.tick(time)
    assert ["Still so" in text for text in morning.hooked()] == [False, True]
    assert morning.pings() == ["/4"]


def test_slip_of_the_pen_in_the_edition_is_told(make: Make) -> None:
    morning = make()
    morning.tick("05:00")
    (morning.publication.root / "editions" / DAY / "edition.toml").write_text("subject = \n")
    with pytest.raises(UsageError):
        morning.tick("06:30")
    assert "edition.toml, line 1" in morning.hooked()[0]


def test_edition_that_goes_out_late_is_told_once_and_solved(make: Make) -> None:
    morning = make()
    morning.tick("08:10")
    morning.tick("08:11")
    morning.tick("08:12")
    first, second = morning.hooked()
    assert f"The edition of {DAY} is late; it was due at 2026-06-03 07:00 UTC" in first
    assert "Solved" in second
    readers = [address for address in morning.mail.addresses if address != NIGHT]
    assert len(readers) == len(set(readers)) == 3


def test_a_good_morning_is_silent_and_beats(make: Make) -> None:
    morning = make()
    for time in ("05:00", "06:00", "07:00", "07:01", "07:20"):
        morning.tick(time)
    assert morning.hooked() == []
    assert morning.alarm_mails() == []
    assert morning.pings() == ["/start", ""]
    start, success = morning.heart.requests
    assert start.target.partition("rid=")[2] == success.target.partition("rid=")[2] != ""
    assert b"went to 3 recipients; the audit is complete" in success.body
    morning.tick("07:00", day="2026-06-04")
    assert start.target.partition("rid=")[2] not in morning.heart.requests[-1].target


def test_day_without_an_edition_beats_too(make: Make) -> None:
    morning = make(NEWSLETTER_SCHEDULE__DAYS='["mon"]')
    morning.tick("06:59")
    morning.tick("07:01")
    morning.tick("07:05")
    assert morning.pings() == [""]
    assert morning.heart.requests[0].body == b"There is no edition on 2026-06-03, as planned."


def test_lost_pings_delay_nothing_and_are_told_again(make: Make) -> None:
    morning = make()
    with closed_port() as url:
        morning.publication.environment["NEWSLETTER_ALERTS__HEARTBEAT"] = f"{url}/ping/key"
        for minute in range(3):
            morning.tick(f"07:0{minute}")
    assert len(morning.mail.addresses) == 3
    morning.publication.environment["NEWSLETTER_ALERTS__HEARTBEAT"] = (
        f"{morning.heart.url}/ping/key"
    )
    for minute in range(3, 9):
        morning.tick(f"07:0{minute}")
    assert morning.pings() == [""]


def test_hook_that_hangs_waits_until_what_is_due_is_done(make: Make) -> None:
    morning = make()
    with ScriptedServer(silent) as hung:
        morning.publication.environment["NEWSLETTER_ALERTS__URL"] = hung.url
        morning.story.unlink()
        morning.clock.moment = at("06:00") + timedelta(minutes=59, seconds=58)
        morning.tick()
        assert hung.requests == []


def never_ends(begun: bytes, *, drip: bytes) -> Script:
    """Begin an answer, and go on with it for longer than anybody waits."""

    def script(connection: Connection) -> None:
        connection.read_request()
        connection.send(begun)
        connection.dribble(drip * 10_000)  # for minutes, byte by byte, until the server is closed

    return script


HANGING: dict[str, Script] = {
    "accepts and reads nothing": never_read,
    "never answers": silent,
    "never ends its headers": never_ends(b"HTTP/1.1 200 OK\r\n", drip=b"x-more: 1\r\n"),
    "drips byte by byte": never_ends(b"", drip=b"H"),
    "never ends its body": never_ends(b"HTTP/1.1 200 OK\r\n\r\n", drip=b"."),
}


@pytest.mark.parametrize("way", HANGING)
def test_heartbeat_that_hangs_delays_no_reader(
    make: Make, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    # Whoever waited for it before the hand-over would wait for longer than this test does.
    monkeypatch.setattr(heartbeat, "_TIMEOUT", 10 * PATIENCE)
    morning = make()
    with ThreadPoolExecutor(1) as pool:
        with ScriptedServer(HANGING[way]) as hung:
            morning.publication.environment["NEWSLETTER_ALERTS__HEARTBEAT"] = f"{hung.url}/ping/key"
            ticking = pool.submit(morning.tick, "07:00")
            wait_until(lambda: len(morning.mail.addresses) == 3 and hung.connections)
        did = ticking.result().did  # the server is gone, and with it what was waited for
    assert did[-1].startswith(f"Handed over the edition of {DAY} to 3 recipients")
    morning.publication.environment["NEWSLETTER_ALERTS__HEARTBEAT"] = (
        f"{morning.heart.url}/ping/key"
    )
    for minute in range(1, 6):
        morning.tick(f"07:0{minute}")
    assert morning.pings() == [""]
    assert len(morning.mail.addresses) == 3


@pytest.mark.parametrize("status", [302, 307])
def test_hook_that_leads_to_itself_is_asked_once_and_told_of_by_mail(
    make: Make, status: int
) -> None:
    morning = make()
    with ScriptedServer(always(response(status, location="/again"))) as loops:
        morning.publication.environment["NEWSLETTER_ALERTS__URL"] = loops.url
        morning.story.unlink()
        for minute in range(5):
            morning.tick(f"06:0{minute}")
        assert [request.target for request in loops.requests] == ["/"]
    first, second = morning.alarm_mails()
    assert first.startswith("[The Brief] Alarm: no-story\n")
    assert f"answered {status}: it leads elsewhere" in " ".join(second.split())


def test_heartbeat_that_leads_to_itself_is_lost_and_asked_at_growing_distances(
    make: Make,
) -> None:
    morning = make()
    with ScriptedServer(always(response(302, location="/ping/key"))) as loops:
        morning.publication.environment["NEWSLETTER_ALERTS__HEARTBEAT"] = f"{loops.url}/ping/key"
        for minute in range(10):
            morning.tick(f"07:0{minute}")
        targets = [request.target.partition("?")[0] for request in loops.requests]
    # The start, then the end at 07:00, one minute later, three after that.
    assert targets == ["/ping/key/start", *["/ping/key"] * 3]
    assert len(morning.mail.addresses) == 3

"""The operator hears of what waits: once, at growing distances, and when it is solved."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsletter.core.model.alarms import AlarmKind
from newsletter.core.model.single_mails import MailKind, MailState
from newsletter.delivery.alerts import Alerts
from newsletter.storage.database import Database
from newsletter.storage.single_mails import SingleMails
from tests.support.edition import make_settings
from tests.support.http import ScriptedServer, always, closed_port, response, silent
from tests.support.ledger import MovingClock
from tests.support.time import computing_at_most

NOW = datetime(2026, 6, 3, 6, tzinfo=UTC)
HELD = "The edition has no lead story. Ask orla@finch.example."
TOLD = "The Harbour Brief: The edition has no lead story. Ask …@…"
MINUTE = timedelta(minutes=1)


def texts(server: ScriptedServer) -> list[str]:
    """Return what the hook was told."""
    return [json.loads(request.body)["text"] for request in server.requests]


class Desk:
    """A publication and those it tells of alarms."""

    def __init__(self, root: Path, database: Database) -> None:
        self.root, self.database, self.clock = root, database, MovingClock(NOW)
        self.ways: dict[str, Any] = {}

    @property
    def alerts(self) -> Alerts:
        settings = make_settings(self.root, alerts=self.ways)
        return Alerts(settings, self.database, self.clock)

    def tick(self, *sentences: str, kind: AlarmKind = AlarmKind.NOTICE) -> None:
        """See what is told, take the rest as solved, and tell what is due."""
        began = self.clock.now()
        for number, sentence in enumerate(sentences):
            self.alerts.tell(sentence, kind=kind, key=str(number))
        self.alerts.solve(unseen_since=began, kinds=[kind])
        self.alerts.deliver()

    def later(self, **time: float) -> None:
        self.clock.moment += timedelta(**time)

    def mails(self) -> list[tuple[str, str]]:
        """Return the states and keys of the mails that were written, oldest first."""
        found = SingleMails(self.database, "main").listed(kind=MailKind.ALARM)
        return [(str(one.state), one.to) for one in reversed(found)]

    def hand_over(self, state: MailState) -> None:
        """Let the oldest mail that waits end."""
        mails = SingleMails(self.database, "main")
        claim = mails.claim(
            owner="a/b/1/2", attempt_id=f"{self.clock.now()}", now=self.clock.now(), lease=MINUTE
        )
        assert claim is not None
        mails.settle(claim, state, now=self.clock.now(), reason="because")


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    return Desk(tmp_path, database)


def test_what_lasts_is_told_at_growing_distances_and_once_when_it_is_solved(desk: Desk) -> None:
    told_after: list[float] = []
    with ScriptedServer(always(response(200))) as server:
        desk.ways = {"url": server.url}
        for hour in (0, 0.9, 1, 2, 4.9, 5, 6, 28.9, 29, 30, 100, 101, 102, 172, 173):
            before = len(server.requests)
            desk.clock.moment = NOW + timedelta(hours=hour)
            desk.tick(HELD)
            told_after += [hour] * (len(server.requests) - before)
        assert told_after == [0, 1, 5, 29, 101, 173]
        desk.later(minutes=1)
        desk.tick()
        desk.later(minutes=1)
        desk.tick()
    assert texts(server)[0] == TOLD
    assert texts(server)[1].startswith("The Harbour Brief: Still so, since 2026-06-03 06:00 UTC:")
    assert texts(server)[6:] == [TOLD.replace("Brief: ", "Brief: Solved: ")]


def test_what_comes_and_goes_is_not_told_each_time(desk: Desk) -> None:
    with ScriptedServer(always(response(204))) as server:
        desk.ways = {"url": server.url}
        for _ in range(15):
            desk.tick(HELD)
            desk.later(minutes=1)
            desk.tick()
            desk.later(minutes=1)
        assert len(texts(server)) < 20
        assert sum("Solved" not in text for text in texts(server)) == 1


def test_alarms_of_one_moment_are_one_post_and_words_that_change_are_one_alarm(desk: Desk) -> None:
    with ScriptedServer(always(response(204))) as server:
        desk.ways = {"url": server.url}
        desk.tick(HELD, "3 reports could not be taken.")
        desk.later(minutes=1)
        desk.tick(HELD, "4 reports could not be taken.")
        assert [len(text.splitlines()) for text in texts(server)] == [2]


@pytest.mark.parametrize(
    ("form", "read"),
    [
        ("text", lambda body: body["content"]),
        ("slack", lambda body: body["blocks"][0]["text"]["text"]),
        ("teams", lambda body: body["attachments"][0]["content"]["body"][0]["text"]),
    ],
)
def test_a_hook_gets_the_json_its_service_takes(
    desk: Desk, form: str, read: Callable[[Any], str]
) -> None:
    with ScriptedServer(always(response(200))) as server:
        desk.ways = {"url": server.url, "format": form}
        desk.tick("A & B are held.")
        body = json.loads(server.requests[0].body)
    wanted = "A &amp; B are held." if form == "slack" else "A & B are held."
    assert read(body) == f"The Harbour Brief: {wanted}"
    assert server.requests[0].method == "POST"


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (response(500), "500."),
        (response(302, location="http://x.example/"), "302: it leads elsewhere; name that."),
    ],
)
def test_a_hook_that_did_not_take_it_is_told_again_after_a_rest(
    desk: Desk, refusal: bytes, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    scripts = (always(refusal), always(response(200)))
    with caplog.at_level(logging.WARNING), ScriptedServer(*scripts) as server:
        desk.ways = {"url": server.url}
        for _ in range(12):
            desk.tick(HELD)
            desk.later(minutes=1)
        assert len(server.requests) == 2
    assert [record.message for record in caplog.records] == [
        f"alert.not_taken The address in [alerts] url answered {told}"
    ]


def test_a_way_that_fails_is_told_once_over_the_others(desk: Desk, tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    program = (
        sys.executable,
        "-c",
        f"import sys; open({str(heard)!r}, 'a').write(sys.stdin.read())",
    )
    with closed_port() as url:
        desk.ways = {"url": f"{url}/secret", "command": program}
        for _ in range(40):
            desk.tick(HELD)
            desk.later(minutes=1)
    told = heard.read_text(encoding="utf-8")
    assert told.count("The address in [alerts] url gave no answer") == 1
    assert "secret" not in told
    assert told.count(TOLD.removeprefix("The Harbour Brief: ")) == 1


def test_a_command_that_hangs_is_stopped_with_what_it_began(desk: Desk) -> None:
    program = (sys.executable, "-c", "import time; time.sleep(600)")
    desk.ways = {"command": program, "command_timeout": 0.2}
    with computing_at_most(20):
        desk.tick(HELD)
    assert [one.sentence for one in desk.alerts.waiting() if one.kind is AlarmKind.CHANNEL] == [
        "The program in [alerts] command was stopped after 0.2 seconds."
    ]


@pytest.mark.parametrize("command", [("/no/such/program",), (sys.executable, "-c", "exit(3)")])
def test_a_command_that_fails_is_known(desk: Desk, command: tuple[str, ...]) -> None:
    desk.ways = {"command": command}
    desk.tick(HELD)
    (failed,) = [one for one in desk.alerts.waiting() if one.kind is AlarmKind.CHANNEL]
    assert failed.sentence.startswith("The program in [alerts] command")


def test_nothing_is_told_while_there_is_no_time_for_a_hook_that_hangs(desk: Desk) -> None:
    with ScriptedServer(silent) as server:
        desk.ways = {"url": server.url}
        desk.alerts.tell(HELD)
        desk.alerts.deliver(patience=0.9)
        assert server.requests == []


def test_a_mail_is_written_with_the_telling_and_asks_for_no_answer(desk: Desk) -> None:
    desk.ways = {"email": "night@finch.example"}
    desk.tick(HELD)
    desk.later(minutes=1)
    desk.tick(HELD)
    assert desk.mails() == [("planned", "night@finch.example")]
    mails = SingleMails(desk.database, "main")
    claim = mails.claim(owner="a/b/1/2", attempt_id="x", now=desk.clock.now(), lease=MINUTE)
    assert claim is not None
    assert claim.mail.subject == "[The Harbour Brief] Alarm: notice"
    assert claim.mail.headers["Auto-Submitted"] == "auto-generated"
    assert "orla@" not in claim.mail.text + claim.mail.html


def test_an_alarm_address_that_refuses_begets_no_mail_about_itself(desk: Desk) -> None:
    with ScriptedServer(always(response(200))) as server:
        desk.ways = {"email": "gone@finch.example", "url": server.url}
        desk.tick(HELD)
        desk.hand_over(MailState.REFUSED)
        for minute in range(9):
            desk.later(minutes=1)
            desk.tick(HELD, f"Another one at {minute}.")
        assert len(desk.mails()) == 1
        assert sum("did not arrive" in text for text in texts(server)) == 1
        desk.later(minutes=2)
        desk.tick(HELD, "x", "After the rest it is tried again.")
        desk.hand_over(MailState.SUBMITTED)
        desk.later(minutes=1)
        desk.tick(HELD)
        assert "Solved: The mail of an alarm" in " ".join(texts(server))


def test_whatever_loops_the_mails_of_a_day_are_bounded(desk: Desk) -> None:
    desk.ways = {"email": "loop@finch.example"}
    for number in range(40):
        desk.alerts.tell(f"{number}", key=str(number))
        desk.alerts.deliver()
        desk.later(minutes=5)
    assert len(desk.mails()) == 24


def test_without_anybody_to_tell_nothing_is_kept(desk: Desk) -> None:
    desk.tick(HELD)
    assert desk.alerts.waiting() == ()

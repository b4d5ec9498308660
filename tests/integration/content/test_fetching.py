"""Asking the web over loopback: politely, within bounds, and never where it is not allowed."""

from __future__ import annotations

import gzip
import time
from collections.abc import Sequence
from datetime import timedelta

import pytest

from newsletter.core.errors import SourceError
from tests.support.http import (
    ScriptedServer,
    always,
    closed_port,
    dribbling,
    in_turn,
    response,
    silent,
)
from tests.support.ledger import MovingClock
from tests.support.time import PATIENCE, SHORT, hold_time
from tests.support.web import NOW, Memory, open_fetch

HOUR = timedelta(hours=1)


def test_an_answer_comes_with_headers_body_and_moment() -> None:
    with ScriptedServer(always(response(200, b"tide", x_kind="a"))) as server, open_fetch() as ask:
        found = ask(f"{server.url}/feed?a=1", accept="text/plain", headers={"X-Key": "k"})
    assert (found.status, found.body, found.headers["x-kind"]) == (200, b"tide", "a")
    assert found.url.endswith("/feed?a=1")
    assert found.at == NOW
    request = server.requests[0]
    assert request.target == "/feed?a=1"
    assert request.headers["user-agent"] == "test/1 (+mailto:editor@brief.example.org)"
    assert (request.headers["accept"], request.headers["x-key"]) == ("text/plain", "k")
    assert not {"cookie", "referer"} & set(request.headers)


def test_within_the_hour_the_stored_answer_is_given() -> None:
    clock = MovingClock(NOW)
    with (
        ScriptedServer(always(response(200, b"tide"))) as server,
        open_fetch(clock=clock) as ask,
    ):
        ask(server.url)
        clock.moment += HOUR - timedelta(seconds=1)
        assert ask(server.url).body == b"tide"
        assert len(server.requests) == 1
        clock.moment += timedelta(seconds=1)
        ask(server.url)
        assert len(server.requests) == 2


def test_validators_go_back_as_received_and_304_means_the_stored_body() -> None:
    clock = MovingClock(NOW)
    first = response(200, b"tide", etag='W/"a b"', last_modified="Sun, 01 Mar 2026 05:00:00 GMT")
    with (
        ScriptedServer(in_turn(first, response(304))) as server,
        open_fetch(clock=clock) as ask,
    ):
        ask(server.url)
        clock.moment += HOUR
        again = ask(server.url)
        assert (again.status, again.body, again.at) == (200, b"tide", NOW)
        ask(server.url)
    assert len(server.requests) == 2, "a 304 holds for an hour as well"
    assert server.requests[1].headers["if-none-match"] == 'W/"a b"'
    assert server.requests[1].headers["if-modified-since"] == "Sun, 01 Mar 2026 05:00:00 GMT"


def test_an_outage_is_an_error_and_not_the_answer_of_yesterday() -> None:
    clock = MovingClock(NOW)
    with (
        ScriptedServer(in_turn(response(200, b"tide", etag='"a"'), response(500))) as server,
        open_fetch(clock=clock) as ask,
    ):
        ask(server.url)
        clock.moment += HOUR
        with pytest.raises(SourceError, match=r"answered 500; it is not asked again before 07:05"):
            ask(server.url)


def test_a_failure_is_remembered_for_a_while_and_the_validators_beyond_it() -> None:
    clock, store = MovingClock(NOW), Memory()
    answers = in_turn(response(200, b"tide", etag='"a"'), response(404), response(304))
    with ScriptedServer(answers) as server, open_fetch(store, clock=clock) as ask:
        ask(server.url)
        clock.moment += HOUR
        for _ in range(2):
            with pytest.raises(SourceError, match="404"):
                ask(server.url)
        assert len(server.requests) == 2
        clock.moment += timedelta(minutes=5)
        assert ask(server.url).body == b"tide"
    assert server.requests[2].headers["if-none-match"] == '"a"'


def test_busy_servers_are_asked_again_twice_after_the_time_they_name() -> None:
    clock = MovingClock(NOW)
    answers = in_turn(response(503, retry_after="2"), response(502), response(200, b"tide"))
    with ScriptedServer(answers) as server, open_fetch(clock=clock) as ask:
        assert ask(server.url).body == b"tide"
    assert clock.slept == [2, 0.5]


def test_a_server_that_asks_to_wait_long_is_left_alone_until_then() -> None:
    clock = MovingClock(NOW)
    answers = in_turn(response(429, retry_after="7200"), response(200, b"tide"))
    with ScriptedServer(answers) as server, open_fetch(clock=clock) as ask:
        with pytest.raises(SourceError, match=r"429; it is not asked again before 08:00 UTC"):
            ask(server.url)
        clock.moment += timedelta(minutes=119)
        with pytest.raises(SourceError, match="429"):
            ask(server.url)
        clock.moment += timedelta(minutes=1)
        assert ask(server.url).body == b"tide"
    assert clock.slept == []


def test_other_refusals_are_not_asked_again() -> None:
    with (
        ScriptedServer(always(response(403))) as server,
        open_fetch() as ask,
        pytest.raises(SourceError, match="403"),
    ):
        ask(server.url)
    assert len(server.requests) == 1


def test_a_connection_that_cannot_be_made_is_tried_three_times() -> None:
    clock = MovingClock(NOW)
    with (
        closed_port() as url,
        open_fetch(clock=clock) as ask,
        pytest.raises(SourceError, match=r"gave no answer: no connection"),
    ):
        ask(url)
    assert len(clock.slept) == 2


def test_redirects_are_followed_and_the_end_is_named() -> None:
    answers = in_turn(
        response(301, location="/b"), response(302, location="c"), response(200, b"x")
    )
    with ScriptedServer(answers) as server, open_fetch() as ask:
        assert ask(f"{server.url}/a").url == f"{server.url}/c"


def asked_daily(answers: Sequence[bytes]) -> list[str]:
    """Ask the same address on days on end; give where it is said to have moved."""
    clock = MovingClock(NOW)
    found = []
    with ScriptedServer(in_turn(*answers)) as server, open_fetch(clock=clock) as ask:
        for _ in range(len(answers) // 2):
            found.append((ask(f"{server.url}/a").moved_to or "").removeprefix(server.url))
            clock.sleep(86_400)
    return found


MOVED, THERE = response(301, location="/b"), response(200, b"x", etag='"1"')


@pytest.mark.parametrize(
    ("answers", "proposed"),
    [
        ([MOVED, THERE] * 3, ["", "/b", "/b"]),
        ([MOVED, THERE, response(308, location="/b"), response(304)], ["", "/b"]),
        ([response(302, location="/b"), THERE] * 2, ["", ""]),
        ([MOVED, THERE, response(302, location="/b"), THERE, MOVED, THERE], ["", "", ""]),
        ([MOVED, THERE, response(301, location="/c"), THERE], ["", ""]),
    ],
)
def test_a_new_address_is_proposed_when_it_was_found_for_good_twice_in_a_row(
    answers: list[bytes], proposed: list[str]
) -> None:
    assert asked_daily(answers) == proposed


def test_what_is_gone_for_good_is_asked_for_no_more() -> None:
    clock = MovingClock(NOW)
    with ScriptedServer(always(response(410))) as server, open_fetch(clock=clock) as ask:
        for _ in range(3):
            with pytest.raises(SourceError, match="gone for good, and not asked again"):
                ask(server.url)
            clock.sleep(30 * 86_400)
    assert len(server.requests) == 1


def test_the_sixth_redirect_is_one_too_many() -> None:
    with (
        ScriptedServer(always(response(302, location="/again"))) as server,
        open_fetch() as ask,
        pytest.raises(SourceError, match="redirects more than 5 times"),
    ):
        ask(server.url)
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "gopher://x/", "http://user:tell@x.example/", "http://[/"]
)
def test_a_redirect_to_what_is_no_web_address_ends_there(target: str) -> None:
    answer = always(response(302, location=target))
    with (
        ScriptedServer(answer) as server,
        open_fetch() as ask,
        pytest.raises(SourceError, match="redirects where nothing is asked") as caught,
    ):
        ask(server.url)
    assert "tell" not in caught.value.what


@pytest.mark.parametrize("host", ["169.254.169.254", "[::1]", "[::ffff:10.0.0.1]", "127.0.0.2"])
def test_a_redirect_to_a_private_address_is_refused_at_once(host: str) -> None:
    clock = MovingClock(NOW)
    answer = always(response(302, location=f"http://{host}/latest/meta-data"))
    with (
        ScriptedServer(answer) as server,
        open_fetch(clock=clock, allow=lambda address: address == "127.0.0.1") as ask,
        pytest.raises(SourceError, match="may be connected to"),
    ):
        ask(server.url)
    assert clock.slept == []


def test_a_key_does_not_follow_a_redirect_to_another_server() -> None:
    with ScriptedServer(always(response(200, b"x"))) as other:
        answer = always(response(302, location=f"{other.url}/next"))
        with ScriptedServer(answer) as server, open_fetch() as ask:
            ask(server.url, headers={"X-Key": "k"})
    assert server.requests[0].headers["x-key"] == "k"
    assert "x-key" not in other.requests[0].headers


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "0x7f000001", "2130706433", "127.1", "169.254.1.1"]
)
def test_addresses_of_this_machine_are_refused_however_they_are_written(host: str) -> None:
    clock = MovingClock(NOW)
    with (
        open_fetch(allow_private=False, clock=clock) as ask,
        pytest.raises(SourceError, match="may be connected to"),
    ):
        ask(f"http://{host}/")
    assert clock.slept == [], "what is forbidden is not tried again"


def test_a_body_that_drips_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    dripping = dribbling(response(200, b"tide " * 999), at_once=40)
    with ScriptedServer(dripping) as server, open_fetch(deadline=SHORT) as ask:
        hold_time(monkeypatch, until=lambda: server.requests)
        with pytest.raises(SourceError, match="did not end within"):
            ask(server.url)


def test_the_deadline_holds_over_redirects_and_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = time.monotonic()
    scripts = in_turn(response(302, location="/slow")), silent
    with ScriptedServer(*scripts) as server, open_fetch(deadline=SHORT) as ask:
        hold_time(monkeypatch, until=lambda: len(server.requests) > 1)
        with pytest.raises(SourceError, match="gave no answer"):
            ask(server.url)
    assert time.monotonic() - begun < PATIENCE


def test_a_body_over_the_limit_is_refused() -> None:
    with (
        ScriptedServer(always(response(200, b"x" * 101))) as server,
        open_fetch() as ask,
        pytest.raises(SourceError, match="longer than 100 bytes"),
    ):
        ask(server.url, most_bytes=100)


def test_a_gzip_bomb_stops_at_the_limit() -> None:
    bomb = response(200, gzip.compress(bytes(3_000_000)), content_encoding="gzip")
    with (
        ScriptedServer(always(bomb)) as server,
        open_fetch() as ask,
        pytest.raises(SourceError, match="when it is unpacked"),
    ):
        ask(server.url, most_bytes=100_000)


def test_a_packed_body_is_unpacked() -> None:
    packed = response(200, gzip.compress(b"tide"), content_encoding="gzip")
    with ScriptedServer(always(packed)) as server, open_fetch() as ask:
        assert ask(server.url).body == b"tide"


def test_wikimedia_is_not_asked_without_somebody_to_write_to() -> None:
    with (
        open_fetch(contact=None) as ask,
        pytest.raises(SourceError, match=r"\[publication\] contact") as caught,
    ):
        ask("https://en.wikipedia.org/w/api.php?key=k")
    assert "config.toml" in caught.value.hint
    assert "key" not in caught.value.what

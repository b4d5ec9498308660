"""Each way an exchange can end, with real sockets; a deadline that is to run out is a short one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest

from newsletter.core.http.answer import NeverSent, NoAnswer
from newsletter.core.http.client import HttpClient
from tests.support.http import (
    Connection,
    Script,
    ScriptedServer,
    always,
    close_after_request,
    closed_port,
    dribbling,
    in_turn,
    never_read,
    reset_after_request,
    reset_in_body,
    response,
    silent,
    unanswered_port,
)
from tests.support.http_requests import MORE_THAN_BUFFERS, OK, late, post
from tests.support.time import PATIENCE, SHORT, hold_time


@pytest.fixture(autouse=True)
def _held_time(monkeypatch: pytest.MonkeyPatch) -> None:
    hold_time(monkeypatch)


@pytest.fixture
def wire() -> Iterator[HttpClient]:
    with HttpClient() as opened:
        yield opened


def test_request_arrives_as_given_and_answer_comes_back_whole(wire: HttpClient) -> None:
    said = response(418, b"\x00\xfftea", x_thing="a")
    with ScriptedServer(always(said)) as server:
        answer = post(wire, f"{server.url}/v3/pot?x=1", b"\x00\xff")
    assert (answer.status, answer.body, answer.headers["x-thing"]) == (418, b"\x00\xfftea", "a")
    assert answer.whole_request
    (request,) = server.requests
    assert (request.method, request.target, request.body) == ("POST", "/v3/pot?x=1", b"\x00\xff")
    assert request.headers["x-own"] == "1"
    assert request.headers["content-length"] == "2"
    assert "transfer-encoding" not in request.headers


def test_get_has_no_body(wire: HttpClient) -> None:
    with ScriptedServer(always(OK)) as server:
        assert wire.exchange("GET", server.url, headers={}, timeout=PATIENCE).body == b"fine"
    assert "content-length" not in server.requests[0].headers


def test_repeated_headers_are_joined(wire: HttpClient) -> None:
    said = b"HTTP/1.1 200 OK\r\nA: 1\r\na: 2\r\nContent-Length: 0\r\n\r\n"
    with ScriptedServer(always(said)) as server:
        assert post(wire, server.url).headers["a"] == "1, 2"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_an_answer_and_not_followed(wire: HttpClient, status: int) -> None:
    with ScriptedServer(always(OK)) as elsewhere:
        said = response(status, location=f"{elsewhere.url}/stolen")
        with ScriptedServer(always(said)) as server:
            assert post(wire, server.url).status == status
    assert elsewhere.connections == 0


def test_proxy_settings_of_the_environment_are_not_read(
    wire: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedServer(always(response(502))) as proxy, ScriptedServer(always(OK)) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert post(wire, server.url).status == 200
    assert proxy.connections == 0


def test_cookies_are_not_kept(wire: HttpClient) -> None:
    with ScriptedServer(always(response(200, set_cookie="a=b"))) as server:
        for _ in range(2):
            post(wire, server.url)
    assert all("cookie" not in request.headers for request in server.requests)


def test_nothing_of_headers_or_bodies_is_logged(
    wire: HttpClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with ScriptedServer(always(response(200, b"whispered", x_thing="hushed"))) as server:
        wire.exchange(
            "POST",
            server.url,
            headers={"Authorization": "Bearer secret"},
            body=b"private",
            timeout=PATIENCE,
        )
    for word in ("secret", "private", "whispered", "hushed"):
        assert word not in caplog.text


# --- the server cannot have the request --------------------------------------------------------


def test_refused_connection_was_never_sent(wire: HttpClient) -> None:
    with closed_port() as url, pytest.raises(NeverSent, match="no connection"):
        post(wire, url)


def test_unanswered_connection_was_never_sent(wire: HttpClient) -> None:
    with unanswered_port() as url:
        assert "no connection" in late(NeverSent, url, wire)


def test_unknown_host_was_never_sent(wire: HttpClient) -> None:
    with pytest.raises(NeverSent, match="no connection"):
        post(wire, "http://nobody.invalid", timeout=SHORT)


def test_slow_name_service_is_held_to_the_deadline(
    wire: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()

    def stuck(*_: object, **__: object) -> list[object]:
        release.wait(PATIENCE)
        return []

    monkeypatch.setattr("socket.getaddrinfo", stuck)
    assert "not resolved in time" in late(NeverSent, "http://slow.example", wire)
    release.set()


def test_unsupported_scheme_was_never_sent(wire: HttpClient) -> None:
    with pytest.raises(NeverSent):
        post(wire, "ftp://127.0.0.1/")


def test_address_that_is_not_allowed_is_never_connected_to() -> None:
    asked: list[str] = []

    def allow(address: str) -> bool:
        asked.append(address)
        return False

    with ScriptedServer(always(OK)) as server, HttpClient(allow=allow) as wire:
        with pytest.raises(NeverSent, match="may be connected to"):
            post(wire, server.url.replace("127.0.0.1", "localhost"))
        assert server.connections == 0
    assert "127.0.0.1" in asked


def test_allowed_address_is_connected_to() -> None:
    with ScriptedServer(always(OK)) as server, HttpClient(allow=lambda a: a == "127.0.0.1") as wire:
        assert post(wire, server.url).status == 200


def test_reset_inside_the_body_was_never_sent(wire: HttpClient) -> None:
    with ScriptedServer(reset_in_body) as server, pytest.raises(NeverSent, match="completely"):
        post(wire, server.url, MORE_THAN_BUFFERS)


def test_server_that_does_not_read_was_never_sent_to(wire: HttpClient) -> None:
    with ScriptedServer(never_read) as server:
        assert "completely" in late(NeverSent, server.url, wire, MORE_THAN_BUFFERS)


def test_server_that_reads_a_trickle_is_held_to_the_deadline(
    wire: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sip(connection: Connection) -> None:
        while not connection.wait(0.01) and connection.read_some():
            pass

    with ScriptedServer(sip) as server:
        hold_time(monkeypatch, until=lambda: server.connections)
        assert "completely" in late(NeverSent, server.url, wire, MORE_THAN_BUFFERS * 4)


def test_answer_that_comes_before_the_request_is_out_says_so(wire: HttpClient) -> None:
    def busy(connection: Connection) -> None:
        connection.read_some()
        connection.send(response(503, b"busy"))

    with ScriptedServer(busy) as server:
        answer = post(wire, server.url, MORE_THAN_BUFFERS)
    assert (answer.status, answer.whole_request) == (503, False)


# --- the server may have the request -----------------------------------------------------------


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(close_after_request, id="close"),
        pytest.param(reset_after_request, id="reset"),
        pytest.param(in_turn(b"SSH-2.0-hello\r\n\r\n"), id="not http"),
        pytest.param(in_turn(b"HTTP/1.1 20"), id="cut in status"),
        pytest.param(in_turn(b"HTTP/1.1 202 Accepted\r\nx-mess"), id="cut in headers"),
        pytest.param(in_turn(b"HTTP/1.1 202 A\r\na: " + b"b" * 200_000), id="endless header"),
    ],
)
def test_lost_answer_is_no_answer(wire: HttpClient, script: Script) -> None:
    with ScriptedServer(script) as server, pytest.raises(NoAnswer) as caught:
        post(wire, server.url)
    assert caught.value.status is None
    assert len(server.requests) == 1


def test_answer_cut_in_its_body_keeps_its_status(wire: HttpClient) -> None:
    script = in_turn(response(400, b"half")[:-2])
    with ScriptedServer(script) as server, pytest.raises(NoAnswer) as caught:
        post(wire, server.url)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(silent, id="silence"),
        pytest.param(dribbling(response(202, b"y" * 100)), id="dribbled headers"),
        pytest.param(dribbling(response(202, b"y" * 100), at_once=60), id="dribbled body"),
        pytest.param(dribbling(b"HTTP/1.1 100 Go on\r\n\r\n" * 9), id="informational for ever"),
    ],
)
def test_deadline_ends_the_whole_exchange(
    wire: HttpClient, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedServer(script) as server:
        hold_time(monkeypatch, until=lambda: server.requests)
        assert "within" in late(NoAnswer, server.url, wire)


def test_answer_over_the_limit_is_not_read_to_its_end(wire: HttpClient) -> None:
    with ScriptedServer(always(response(200, b"y" * 5000))) as server:
        with pytest.raises(NoAnswer, match="longer than 4999 bytes") as caught:
            wire.exchange("GET", server.url, headers={}, timeout=PATIENCE, most_bytes=4999)
        assert caught.value.status == 200
        answer = wire.exchange("GET", server.url, headers={}, timeout=PATIENCE, most_bytes=5000)
    assert len(answer.body) == 5000


# --- kept connections --------------------------------------------------------------------------


def test_connection_is_kept_open(wire: HttpClient) -> None:
    with ScriptedServer(always(OK)) as server:
        for _ in range(5):
            post(wire, server.url)
        assert server.connections == 1


def test_connection_is_not_used_again_after_a_failure(wire: HttpClient) -> None:
    with ScriptedServer(silent, always(OK)) as server:
        with pytest.raises(NoAnswer):
            post(wire, server.url, timeout=SHORT)
        assert post(wire, server.url).status == 200


def test_connection_that_the_server_closed_is_replaced(wire: HttpClient) -> None:
    closed = threading.Event()

    def once(connection: Connection) -> None:
        connection.read_request()
        connection.send(OK)
        connection.sock.close()
        closed.set()

    with ScriptedServer(once, always(OK)) as server:
        post(wire, server.url)
        assert closed.wait(PATIENCE)
        assert post(wire, server.url).status == 200
        assert server.connections == 2


def test_kept_connection_that_dies_under_a_request_is_no_answer(wire: HttpClient) -> None:
    def dies(connection: Connection) -> None:
        connection.read_request()
        connection.send(OK)
        connection.read_request()

    with ScriptedServer(dies) as server:
        post(wire, server.url)
        with pytest.raises(NoAnswer):
            post(wire, server.url)
        assert len(server.requests) == 2  # and not tried again


def test_threads_do_not_wait_for_each_other() -> None:
    together = threading.Barrier(4, timeout=PATIENCE)

    def meet(connection: Connection) -> None:
        while connection.read_request():
            together.wait()
            connection.send(OK)

    results: list[int] = []
    with ScriptedServer(meet) as server, HttpClient(connections=4) as wire:
        threads = [
            threading.Thread(
                target=lambda: results.extend(post(wire, server.url).status for _ in range(10))
            )
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.connections == 4
    assert results == [200] * 40


def test_waiting_for_a_free_connection_counts(wire: HttpClient) -> None:
    taken = threading.Event()

    def hold(connection: Connection) -> None:
        connection.read_request()
        taken.set()
        connection.wait(PATIENCE)

    with ScriptedServer(hold) as server, HttpClient(connections=1) as narrow:

        def first() -> None:
            with pytest.raises(NoAnswer):
                post(narrow, server.url)

        thread = threading.Thread(target=first)
        thread.start()
        assert taken.wait(PATIENCE)
        assert "no free connection" in late(NeverSent, server.url, narrow)
        server.close()
        thread.join()


def test_wire_may_be_closed_twice(wire: HttpClient) -> None:
    with ScriptedServer(always(OK)) as server:
        post(wire, server.url)
        wire.close()
        wire.close()

"""What a client's socket sees for each fault, and whether the mail was taken all the same."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from newsletter.sandbox.faults import Rule
from newsletter.sandbox.server import Sandbox
from tests.support.sandbox import NOW, Client, make_body
from tests.support.time import PATIENCE, SHORT, wait_until

FIRST = {"requests": (1,)}


@contextmanager
def broken(folder: Path, *rules: Rule, **options: Any) -> Iterator[tuple[Sandbox, Client]]:
    with Sandbox(folder, faults=rules, **options) as sandbox:
        client = Client(sandbox.url)
        try:
            yield sandbox, client
        finally:
            client.close()


def raw_request(people: int = 1) -> tuple[bytes, bytes]:
    body = json.dumps(make_body(people)).encode()
    head = (
        "POST /v3/mail/send HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer x\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode(), body


@contextmanager
def raw_line(sandbox: Sandbox, *, timeout: float = PATIENCE) -> Iterator[socket.socket]:
    host, port = sandbox.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=timeout) as line:
        yield line


def taken(sandbox: Sandbox) -> int:
    return len(sandbox.mails())


# --- answers -----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("kind", ["json", "html", "empty"])
def test_a_status_is_answered_and_the_mail_is_not_taken(
    tmp_path: Path, status: int, kind: Any
) -> None:
    rule = Rule(fault="status", status=status, body=kind, headers={"Retry-After": "9"}, **FIRST)
    with broken(tmp_path, rule) as (sandbox, client):
        found, headers, _ = client.send(make_body())

        assert (found, headers["Retry-After"]) == (status, "9")
        assert taken(sandbox) == 0
        assert client.send(make_body())[0] == 202
        assert [request.fault for request in sandbox.requests] == ["status", None]


def test_a_server_error_can_hide_that_the_mail_was_taken(tmp_path: Path) -> None:
    with broken(tmp_path, Rule(fault="status", status=502, accept=True)) as (sandbox, client):
        assert client.send(make_body(3))[0] == 502
        assert taken(sandbox) == 3
        assert sandbox.requests[0].accepted


def test_a_used_up_window_can_stand_on_an_acceptance(tmp_path: Path) -> None:
    rule = Rule(fault="status", status=202, accept=True, remaining=0, reset=5)
    with broken(tmp_path, rule, clock=lambda: NOW) as (sandbox, client):
        status, headers, _ = client.send(make_body())

        assert (status, headers["X-RateLimit-Remaining"]) == (202, "0")
        assert headers["X-Message-Id"] == sandbox.mails()[0].message_id
        assert int(headers["X-RateLimit-Reset"]) == NOW + 5


def test_a_throttle_is_429_with_its_reset(tmp_path: Path) -> None:
    rule = Rule(fault="throttle", reset=7, times=1)
    with broken(tmp_path, rule, clock=lambda: NOW) as (sandbox, client):
        status, headers, _ = client.send(make_body())

        assert status == 429
        assert int(headers["X-RateLimit-Reset"]) == NOW + 7
        assert "Retry-After" not in headers
        assert client.send(make_body())[0] == 202
        assert taken(sandbox) == 1


def test_a_redirect_shows_whether_the_client_follows(tmp_path: Path) -> None:
    with broken(tmp_path, Rule(fault="redirect")) as (sandbox, client):
        status, headers, _ = client.send(make_body())

        assert (status, headers["Location"]) == (302, "/v3/elsewhere")
        assert taken(sandbox) == 0
        assert [request.path for request in sandbox.requests] == ["/v3/mail/send"]


def test_a_refused_recipient_costs_the_whole_request_until_taken_out(tmp_path: Path) -> None:
    rule = Rule(fault="refuse-recipient", address=("reader2@example.org",))
    with broken(tmp_path, rule) as (sandbox, client):
        status, _, body = client.send(make_body(4))
        rest = make_body(4)
        del rest["personalizations"][2]

        assert status == 400
        assert [e["field"] for e in body["errors"]] == ["personalizations.2.to.0.email"]
        assert client.send(rest)[0] == 202
        assert taken(sandbox) == 3


@pytest.mark.parametrize("block", [None, 5, {"to": 5}, {"to": ["x"]}, {"to": {"email": "x"}}])
def test_a_rule_for_an_address_survives_any_request(tmp_path: Path, block: Any) -> None:
    rule = Rule(fault="refuse-recipient", address=("reader0@example.org",))
    with broken(tmp_path, rule) as (_, client):
        assert client.send({"personalizations": [block]})[0] == 400
        assert (
            client.send({"personalizations": [block, *make_body()["personalizations"]]})[0] == 400
        )


def test_a_bad_request_names_nobody(tmp_path: Path) -> None:
    rule = Rule(fault="bad-request", address=("reader1@example.org",))
    with broken(tmp_path, rule) as (sandbox, client):
        status, _, body = client.send(make_body(2))

        assert status == 400
        assert body == {"errors": [{"message": "Bad Request", "field": None, "help": None}]}
        assert client.send(make_body(1))[0] == 202
        assert taken(sandbox) == 1


# --- endings -----------------------------------------------------------------------------------


def test_a_reset_before_the_body_comes_after_the_head_alone(tmp_path: Path) -> None:
    with broken(tmp_path, Rule(fault="reset-before-body", **FIRST)) as (sandbox, client):
        head, _ = raw_request()
        with raw_line(sandbox) as line:
            line.sendall(head)
            with pytest.raises(ConnectionResetError):
                line.recv(1)

        assert sandbox.requests[0].raw == b""
        assert taken(sandbox) == 0
        assert client.send(make_body())[0] == 202


@pytest.mark.parametrize("after", [None, 10])
def test_a_reset_in_the_body_needs_only_part_of_it(tmp_path: Path, after: int | None) -> None:
    with broken(tmp_path, Rule(fault="reset-in-body", after=after, **FIRST)) as (sandbox, _):
        head, body = raw_request(20)
        wanted = len(body) // 2 if after is None else after
        with raw_line(sandbox) as line:
            line.sendall(head + body[:wanted])
            with pytest.raises(ConnectionResetError):
                line.recv(1)

        assert len(sandbox.requests[0].raw) >= wanted
        assert sandbox.requests[0].body is None
        assert taken(sandbox) == 0


@pytest.mark.parametrize("accept", [True, False])
def test_a_reset_after_the_body_takes_the_mail_or_not(tmp_path: Path, accept: bool) -> None:
    with broken(tmp_path, Rule(fault="reset-after-body", accept=accept)) as (sandbox, _):
        head, body = raw_request()
        with raw_line(sandbox) as line:
            line.sendall(head + body)
            with pytest.raises(ConnectionResetError):
                line.recv(1)

        assert taken(sandbox) == int(accept)
        assert sandbox.requests[0].status is None
        assert sandbox.requests[0].accepted is accept


@pytest.mark.parametrize("accept", [True, False])
def test_a_close_ends_the_connection_in_good_order(tmp_path: Path, accept: bool) -> None:
    with broken(tmp_path, Rule(fault="close", accept=accept)) as (sandbox, client):
        with pytest.raises(http.client.RemoteDisconnected):
            client.send(make_body())

        assert taken(sandbox) == int(accept)


def test_garbage_is_no_http(tmp_path: Path) -> None:
    with broken(tmp_path, Rule(fault="garbage")) as (sandbox, client):
        with pytest.raises(http.client.BadStatusLine):
            client.send(make_body())

        assert taken(sandbox) == 0


def test_a_lost_answer_never_comes_though_the_mail_is_taken(tmp_path: Path) -> None:
    with broken(tmp_path, Rule(fault="lost")) as (sandbox, _):
        head, body = raw_request()
        with raw_line(sandbox) as line:
            line.sendall(head + body)
            wait_until(lambda: taken(sandbox) == 1)
            line.settimeout(SHORT)
            with pytest.raises(TimeoutError):
                line.recv(1)


def test_a_sandbox_that_holds_a_connection_still_ends_at_once(tmp_path: Path) -> None:
    head, body = raw_request()
    with broken(tmp_path, Rule(fault="lost")) as (sandbox, _), raw_line(sandbox) as line:
        line.sendall(head + body)
        wait_until(lambda: sandbox.requests)
        started = time.monotonic()
        sandbox.__exit__(None, None, None)

        assert time.monotonic() - started < PATIENCE  # the connection would be held for ever


def test_a_slow_answer_comes_in_the_end(tmp_path: Path) -> None:
    with broken(tmp_path, Rule(fault="slow", seconds=0.15)) as (sandbox, client):
        started = time.monotonic()

        assert client.send(make_body())[0] == 202
        assert time.monotonic() - started >= 0.15
        assert taken(sandbox) == 1


def test_a_slow_answer_holds_up_nobody_else(tmp_path: Path) -> None:
    with broken(tmp_path, Rule(fault="slow", seconds=2 * PATIENCE, **FIRST)) as (sandbox, client):
        head, body = raw_request()
        with raw_line(sandbox) as line:
            line.sendall(head + body)
            wait_until(lambda: sandbox.requests)
            assert client.send(make_body())[0] == 202


def test_a_dribbled_answer_comes_byte_by_byte(tmp_path: Path) -> None:
    with broken(tmp_path, Rule(fault="dribble", interval=0.02)) as (sandbox, _):
        head, body = raw_request()
        with raw_line(sandbox) as line:
            line.sendall(head + body)
            pieces = [line.recv(100) for _ in range(5)]

        assert b"".join(pieces).startswith(b"HTTP/")
        assert max(map(len, pieces)) <= 3
        assert taken(sandbox) == 1


# --- selection over the wire -------------------------------------------------------------------


def test_rules_can_be_changed_while_it_runs_and_count_anew(tmp_path: Path) -> None:
    with broken(tmp_path) as (sandbox, client):
        assert client.send(make_body())[0] == 202
        sandbox.set_faults([Rule(fault="status", status=503, requests=(2,))])

        assert [client.send(make_body())[0] for _ in range(3)] == [202, 503, 202]


def test_a_rule_for_another_path_leaves_mail_send_alone(tmp_path: Path) -> None:
    rule = Rule(fault="status", status=500, path="/v3/mail/batch")
    with broken(tmp_path, rule) as (_, client):
        assert client.send(make_body())[0] == 202
        assert client.call("POST", "/v3/mail/batch")[0] == 500
        assert client.call("GET", "/v3/mail/batch/none")[0] == 400


def test_pages_are_never_faulty(tmp_path: Path) -> None:
    with broken(tmp_path, Rule(fault="close", path="*")) as (_, client):
        assert client.call("GET", "/")[0] == 200

"""The sandbox as its clients see it: endpoints, statuses, headers, mail on disk, pages."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newsletter.sandbox.server import Sandbox
from tests.support.sandbox import NOW, Client, make_block, make_body
from tests.support.time import PATIENCE, computing_at_most


class Hands:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path / "mailbox") as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    made = Client(sandbox.url)
    yield made
    made.close()


# --- mail/send ---------------------------------------------------------------------------------


def test_a_valid_request_is_taken_with_202_no_body_and_an_id(
    sandbox: Sandbox, client: Client
) -> None:
    status, headers, body = client.send(make_body(3))

    assert (status, body) == (202, b"")
    assert [mail.message_id for mail in sandbox.mails()] == [headers["X-Message-Id"]] * 3


def test_each_recipient_gets_an_eml_file_and_an_index_line(
    sandbox: Sandbox, client: Client
) -> None:
    client.send(make_body(2, custom_args={"attempt": "a1"}))
    sandbox.settle()

    index = (sandbox.folder / "mails.jsonl").read_text().splitlines()

    assert [json.loads(line)["to"] for line in index] == [
        "reader0@example.org",
        "reader1@example.org",
    ]
    assert len(list((sandbox.folder / "mails").glob("*.eml"))) == 2
    message = sandbox.read(sandbox.mails()[1])
    assert message["To"] == "reader1@example.org"
    assert message["X-Message-Id"] == sandbox.mails()[1].message_id


def test_the_answer_after_2500_recipients_comes_within_seconds_and_so_do_the_files(
    sandbox: Sandbox, client: Client
) -> None:
    html = "<p>" + "A line of the brief, as long as most. " * 800 + "</p>"
    content = [{"type": "text/html", "value": html}]
    with computing_at_most(20):
        with computing_at_most(5):
            for first in (0, 1000, 2000):
                blocks = [make_block(first + n) for n in range(min(1000, 2500 - first))]
                assert client.send(make_body(personalizations=blocks, content=content))[0] == 202
        assert sandbox.settle()

    assert len(list((sandbox.folder / "mails").glob("*.eml"))) == 2500


def test_a_refused_request_names_every_field_and_leaves_no_mail(
    sandbox: Sandbox, client: Client
) -> None:
    blocks = [make_block(n) for n in range(500)] + [make_block(to=[{"email": "nobody"}])]

    status, headers, body = client.send(make_body(personalizations=blocks, subject=""))

    assert status == 400
    assert [error["field"] for error in body["errors"]] == [
        "personalizations.500.to.0.email",
        "subject",
    ]
    assert "X-Message-Id" not in headers
    assert sandbox.mails() == ()


def test_sandbox_mode_is_answered_with_200_and_leaves_no_mail(
    sandbox: Sandbox, client: Client
) -> None:
    body = make_body(mail_settings={"sandbox_mode": {"enable": True}})

    assert client.send(body)[0] == 200
    assert sandbox.mails() == ()


def test_sandbox_mode_still_refuses_what_is_wrong(client: Client) -> None:
    body = make_body(mail_settings={"sandbox_mode": {"enable": True}}, subject="")

    assert client.send(body)[0] == 400


@pytest.mark.parametrize(
    ("header", "status"),
    [({"Authorization": ""}, 401), ({"Authorization": "Bearer "}, 401), ({}, 202)],
)
def test_any_key_will_do_but_there_must_be_one(
    client: Client, header: dict[str, str], status: int
) -> None:
    assert client.call("POST", "/v3/mail/send", make_body(), headers=header)[0] == status


@pytest.mark.parametrize(("key", "status"), [("SG.right", 202), ("SG.wrong", 401)])
def test_a_key_that_is_set_is_the_only_one(tmp_path: Path, key: str, status: int) -> None:
    with Sandbox(tmp_path, api_key="SG.right") as sandbox:
        client = Client(sandbox.url)
        header = {"Authorization": f"Bearer {key}"}

        assert client.call("POST", "/v3/mail/send", make_body(), headers=header)[0] == status
        assert key not in str(sandbox.requests)
        client.close()


@pytest.mark.parametrize(("sender", "status"), [("Brief@Example.org", 202), ("x@example.org", 403)])
def test_only_a_verified_sender_may_send(tmp_path: Path, sender: str, status: int) -> None:
    with Sandbox(tmp_path, senders=["brief@example.org"]) as sandbox:
        client = Client(sandbox.url)

        found, _, body = client.send(make_body(**{"from": {"email": sender}}))

        assert found == status
        assert status == 202 or body["errors"][0]["field"] == "from"
        client.close()


@pytest.mark.parametrize(("spare", "status"), [(0, 202), (-1, 413)])
def test_a_request_over_the_size_limit_is_413(tmp_path: Path, spare: int, status: int) -> None:
    raw = json.dumps(make_body(50)).encode()
    with Sandbox(tmp_path, largest_request=len(raw) + spare) as sandbox:
        client = Client(sandbox.url)

        assert client.send(raw)[0] == status
        assert client.send(make_body())[0] == 202  # the connection is still good
        client.close()


@pytest.mark.parametrize(
    ("raw", "headers", "status"),
    [
        (b"{}", {"Content-Type": "text/plain"}, 415),
        (b"{}", {"Content-Encoding": "gzip"}, 415),
        (b'{"subject": "\xff"}', {}, 415),
        (b"{", {}, 400),
        (b'{"subject": "\\ud800"}', {}, 400),
    ],
    ids=["wrong type", "compressed", "not UTF-8", "not JSON", "a lone surrogate"],
)
def test_a_body_that_cannot_be_read_is_refused(
    client: Client, raw: bytes, headers: dict[str, str], status: int
) -> None:
    found, _, body = client.call("POST", "/v3/mail/send", raw, headers=headers)

    assert found == status
    assert set(body["errors"][0]) == {"message", "field", "help"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v3/mail/send", 405),
        ("DELETE", "/v3/mail/batch", 405),
        ("POST", "/v3/mail/sent", 404),
        ("GET", "/v3/", 404),
    ],
)
def test_unknown_paths_and_methods_are_told_apart(
    client: Client, method: str, path: str, status: int
) -> None:
    assert client.call(method, path)[0] == status


def test_the_rate_limit_stands_on_every_answer_and_holds(tmp_path: Path) -> None:
    with Sandbox(tmp_path, rate_limit=2, rate_window=30, clock=lambda: NOW) as sandbox:
        client = Client(sandbox.url)

        answers = [client.send(make_body()), client.send({}), client.send(make_body())]

        assert [status for status, _, _ in answers] == [202, 400, 429]
        assert [headers["X-RateLimit-Remaining"] for _, headers, _ in answers] == ["1", "0", "0"]
        assert all(headers["X-RateLimit-Limit"] == "2" for _, headers, _ in answers)
        assert int(answers[2][1]["X-RateLimit-Reset"]) == NOW + 30
        assert len(sandbox.mails()) == 1
        client.close()


def test_one_connection_carries_many_requests(sandbox: Sandbox, client: Client) -> None:
    client.send(make_body())
    first = client.http.sock
    client.send({})
    client.call("GET", "/v3/scopes")

    assert client.http.sock is first
    assert [request.status for request in sandbox.requests] == [202, 400, 200]


def test_a_client_that_asks_before_it_sends_is_told_to_go_on(sandbox: Sandbox) -> None:
    raw = json.dumps(make_body()).encode()
    head = (
        "POST /v3/mail/send HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer x\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n"
        "Expect: 100-continue\r\n\r\n"
    )
    host, port = sandbox.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as line:
        line.sendall(head.encode())
        assert line.recv(1000).startswith(b"HTTP/1.1 100 ")
        line.sendall(raw)
        assert line.recv(1000).startswith(b"HTTP/1.1 202 ")


def test_a_request_is_recorded_with_its_body_and_without_its_key(
    sandbox: Sandbox, client: Client
) -> None:
    client.send(make_body(batch_id="unknown"))

    (request,) = sandbox.requests

    assert request.body["batch_id"] == "unknown"
    assert request.headers["authorization"] == "Bearer ***"
    assert (request.number, request.status, request.accepted) == (1, 400, False)
    assert [problem.field for problem in request.problems] == ["batch_id"]
    assert "SG.test" not in str(sandbox.requests)


def test_parallel_clients_lose_nothing(sandbox: Sandbox) -> None:
    def work(first: int) -> None:
        client = Client(sandbox.url)
        for number in range(5):
            block = make_block(first + number)
            assert client.send(make_body(personalizations=[block]))[0] == 202
        client.close()

    threads = [threading.Thread(target=work, args=(n * 100,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    mails = sandbox.mails()
    assert len({mail.recipient for mail in mails}) == len(mails) == 30
    assert [mail.id for mail in mails] == list(range(1, 31))


# --- scheduled sends ---------------------------------------------------------------------------


def test_a_scheduled_mail_waits_and_arrives_when_due(tmp_path: Path) -> None:
    clock = Hands()
    with Sandbox(tmp_path, clock=clock) as sandbox:
        client = Client(sandbox.url)
        client.send(make_body(send_at=int(NOW) + 1200))

        assert (len(sandbox.mails()), len(sandbox.pending())) == (0, 1)
        clock.time += 1200
        assert (len(sandbox.mails()), len(sandbox.pending())) == (1, 0)
        client.close()


def test_a_cancelled_batch_never_arrives_and_a_released_one_does(tmp_path: Path) -> None:
    clock = Hands()
    with Sandbox(tmp_path, clock=clock) as sandbox:
        client = Client(sandbox.url)
        ids = [client.call("POST", "/v3/mail/batch")[2]["batch_id"] for _ in range(2)]
        for number, batch_id in enumerate(ids):
            blocks = [make_block(number)]
            timed = {"send_at": int(NOW) + 1200, "batch_id": batch_id}
            assert client.send(make_body(personalizations=blocks, **timed))[0] == 202
            held = {"batch_id": batch_id, "status": "cancel"}
            assert client.call("POST", "/v3/user/scheduled_sends", held)[0::2] == (201, held)
        assert client.call("DELETE", f"/v3/user/scheduled_sends/{ids[1]}")[0] == 204

        clock.time += 1200

        assert [mail.batch_id for mail in sandbox.mails()] == [ids[1]]
        assert sandbox.pending() == ()
        client.close()


def test_batches_and_their_status_can_be_read_back(client: Client) -> None:
    status, _, made = client.call("POST", "/v3/mail/batch")
    batch_id = made["batch_id"]
    path = f"/v3/user/scheduled_sends/{batch_id}"
    held = {"batch_id": batch_id, "status": "pause"}

    assert status == 201
    assert client.call("GET", f"/v3/mail/batch/{batch_id}")[0::2] == (200, made)
    assert client.call("GET", "/v3/mail/batch/none")[0] == 400
    assert client.call("GET", path)[0::2] == (200, [])
    assert client.call("PATCH", path, {"status": "cancel"})[0] == 404
    assert client.call("DELETE", path)[0] == 404
    assert client.call("POST", "/v3/user/scheduled_sends", held)[0] == 201
    assert client.call("POST", "/v3/user/scheduled_sends", held)[0] == 400
    assert client.call("PATCH", path, {"status": "later"})[0] == 400
    assert client.call("PATCH", path, {"status": "cancel"})[0] == 204
    assert client.call("GET", path)[2] == [{"batch_id": batch_id, "status": "cancel"}]
    assert client.call("GET", "/v3/user/scheduled_sends")[2] == client.call("GET", path)[2]


@pytest.mark.parametrize("body", [{}, [], {"batch_id": "b"}, {"batch_id": "b", "status": "cancel"}])
def test_a_cancel_that_makes_no_sense_is_400(client: Client, body: Any) -> None:
    assert client.call("POST", "/v3/user/scheduled_sends", body)[0] == 400


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/v3/scopes", "scopes"),
        ("/v3/user/username", "username"),
        ("/v3/user/email", "email"),
        ("/v3/user/account", "type"),
        ("/v3/verified_senders", "results"),
    ],
)
def test_the_account_answers_about_itself(client: Client, path: str, key: str) -> None:
    status, _, body = client.call("GET", path)

    assert status == 200
    assert key in body


LISTS = ("bounces", "blocks", "invalid_emails", "spam_reports", "unsubscribes")


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "query", ["limit=501", "limit=0", "limit=-1", "limit=ten", "limit=", "offset=-1", "offset=1.5"]
)
def test_a_list_is_asked_for_within_its_limits(client: Client, name: str, query: str) -> None:
    status, _, found = client.call("GET", f"/v3/suppression/{name}?{query}")

    assert status == 422
    assert found["errors"][0]["field"] == query.partition("=")[0]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("query", ["", "?limit=500", "?limit=1&offset=0", "?start_time=5&offset=7"])
def test_a_list_is_shown_at_its_limits(client: Client, name: str, query: str) -> None:
    status, _, found = client.call("GET", f"/v3/suppression/{name}{query}")
    assert (status, found) == (200, [])


@pytest.mark.parametrize(
    "query", ["", "?query=x&limit=0", "?query=x&limit=1001", "?query=x&limit=a"]
)
def test_activity_is_asked_for_within_its_limits(client: Client, query: str) -> None:
    assert client.call("GET", f"/v3/messages{query}")[0] == 400


def test_thirty_megabytes_are_thirty_million_bytes(tmp_path: Path) -> None:
    raw = json.dumps(make_body(subject=...)).encode()
    body = raw[:-1] + b', "subject": "' + b"x" * (30_000_000 - len(raw) - 15) + b'"}'

    with Sandbox(tmp_path, store="index") as sandbox:
        client = Client(sandbox.url)
        at_the_limit = client.call("POST", "/v3/mail/send", body)[0]
        over_it = client.call("POST", "/v3/mail/send", body[:-2] + b'x"}')[0]
        client.http.close()

    assert len(body) == 30_000_000
    assert (at_the_limit, over_it) == (202, 413)

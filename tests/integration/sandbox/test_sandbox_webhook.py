"""Events reach the webhook signed, complete and again after a refusal, and hold up nothing."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from newsletter.core.errors import UsageError
from newsletter.sandbox.events import SIGNATURE, TIMESTAMP
from newsletter.sandbox.server import Sandbox
from newsletter.sandbox.webhook import Webhook
from tests.support.sandbox import NOW, Client, make_block, make_body
from tests.support.time import PATIENCE


@dataclass
class Receiver:
    """A webhook that keeps what it gets, and answers as it is told."""

    answers: list[int] = field(default_factory=list)
    posts: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    url: str = ""
    open: threading.Event = field(default_factory=threading.Event)

    def events(self) -> list[dict[str, Any]]:
        return [event for _, body in self.posts for event in json.loads(body)]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    kept = Receiver()
    kept.open.set()

    class Keep(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.open.wait(PATIENCE)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.posts.append((dict(self.headers), body))
            self.send_response(kept.answers.pop(0) if kept.answers else 204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Keep) as server:
        kept.url = f"http://127.0.0.1:{server.server_port}/events?list=brief"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield kept
        kept.open.set()
        server.shutdown()
        thread.join()


def send(sandbox: Sandbox, body: dict[str, Any]) -> str:
    client = Client(sandbox.url)
    status, headers, _ = client.send(body)
    client.close()
    assert status == 202
    return headers["X-Message-Id"]


def verify(public_key: str, headers: Mapping[str, str], body: bytes) -> None:
    key = load_der_public_key(base64.b64decode(public_key))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    signature = base64.b64decode(headers[SIGNATURE])
    key.verify(signature, headers[TIMESTAMP].encode() + body, ec.ECDSA(SHA256()))


def test_each_mail_is_reported_processed_and_delivered_with_its_arguments(
    tmp_path: Path, receiver: Receiver
) -> None:
    with Sandbox(tmp_path, webhook=receiver.url) as sandbox:
        message_id = send(sandbox, make_body(3, custom_args={"attempt": "a1"}))
        assert sandbox.settle()

    found = receiver.events()
    for kind in ("processed", "delivered"):
        assert [e["email"] for e in found if e["event"] == kind] == [
            f"reader{number}@example.org" for number in range(3)
        ]
    assert {event["attempt"] for event in found} == {"a1"}
    assert all(event["sg_message_id"].startswith(f"{message_id}.") for event in found)
    assert len({event["sg_event_id"] for event in found}) == 6


def test_posts_are_signed_over_timestamp_and_raw_body(tmp_path: Path, receiver: Receiver) -> None:
    with Sandbox(tmp_path, webhook=receiver.url) as sandbox:
        send(sandbox, make_body())
        sandbox.settle()

    for headers, body in receiver.posts:
        assert body.endswith(b"]\r\n")
        verify(sandbox.public_key, headers, body)
        with pytest.raises(InvalidSignature):
            verify(sandbox.public_key, headers, body.rstrip())


def test_the_public_key_can_be_asked_for(tmp_path: Path) -> None:
    with Sandbox(tmp_path) as sandbox:
        client = Client(sandbox.url)
        told = client.call("GET", "/v3/user/webhooks/event/settings/signed/1")[2]
        client.close()

        assert told == {"public_key": sandbox.public_key}


def test_a_thousand_recipients_make_few_posts(tmp_path: Path, receiver: Receiver) -> None:
    with Sandbox(tmp_path, webhook=receiver.url, store="index") as sandbox:
        send(sandbox, make_body(1000, custom_args={"pad": "x" * 1000}))
        assert sandbox.settle(PATIENCE)

    assert len(receiver.events()) == 2000
    assert 2 < len(receiver.posts) < 12


def test_a_refused_post_is_made_again_with_the_same_events(
    tmp_path: Path, receiver: Receiver
) -> None:
    receiver.answers = [500, 302]
    with Sandbox(tmp_path) as sandbox:
        key = ec.generate_private_key(ec.SECP256R1())
        hook = Webhook(receiver.url, key, retry_gaps=(0.01, 0.01))
        hook.add([{"sg_event_id": "E1"}])
        assert hook.settle(PATIENCE)
        hook.close()
        assert hook.undelivered == 0

    assert len({body for _, body in receiver.posts}) == 1
    assert len(receiver.posts) == 3
    assert sandbox.requests == ()


def test_a_webhook_that_never_answers_well_is_given_up(receiver: Receiver) -> None:
    receiver.answers = [500] * 9
    hook = Webhook(receiver.url, ec.generate_private_key(ec.SECP256R1()), retry_gaps=(0.01, 0.01))
    hook.add([{"sg_event_id": "E1"}, {"sg_event_id": "E2"}])
    assert hook.settle(PATIENCE)
    hook.close()

    assert (len(receiver.posts), hook.undelivered) == (3, 2)


def test_a_webhook_that_hangs_holds_up_no_answer(tmp_path: Path, receiver: Receiver) -> None:
    receiver.open.clear()
    with Sandbox(tmp_path, webhook=receiver.url) as sandbox:
        send(sandbox, make_body())
        assert receiver.posts == []
        assert not sandbox.settle(0.05)
        receiver.open.set()
        assert sandbox.settle()


def test_scheduled_mail_is_delivered_only_when_due(tmp_path: Path, receiver: Receiver) -> None:
    now = [NOW]
    with Sandbox(tmp_path, webhook=receiver.url, clock=lambda: now[0]) as sandbox:
        send(sandbox, make_body(send_at=int(NOW) + 1200))
        sandbox.settle()
        before = [event["event"] for event in receiver.events()]
        now[0] += 1200
        sandbox.settle()
        after = [event["event"] for event in receiver.events()]

    assert (before, after) == (["processed"], ["processed", "delivered"])


def test_a_mail_that_is_refused_is_not_reported(tmp_path: Path, receiver: Receiver) -> None:
    with Sandbox(tmp_path, webhook=receiver.url) as sandbox:
        client = Client(sandbox.url)
        client.send(make_body(personalizations=[make_block(to=[])]))
        client.close()
        sandbox.settle()

    assert receiver.posts == []


@pytest.mark.parametrize(
    "url", ["http://example.org/events", "http://192.0.2.1/", "https://127.0.0.1/", "events", ""]
)
def test_events_go_to_this_machine_only(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError):
        Webhook(url, ec.generate_private_key(ec.SECP256R1()))


READER = {"email": "reader0@example.org"}
NAMED = {"email": "x@example.org", "name": "Marsh, Ada"}


@pytest.mark.parametrize(
    "body",
    [
        make_body(**{"from": NAMED}),
        make_body(reply_to={"email": "x@example.org", "name": "Desk; Brief"}),
        make_body(reply_to_list=[READER, NAMED]),
        make_body(personalizations=[make_block(**{"from": NAMED})]),
        make_body(personalizations=[{"to": [READER | {"name": "Zero; Reader"}]}]),
        make_body(personalizations=[make_block(cc=[NAMED])]),
        make_body(personalizations=[make_block(bcc=[NAMED])]),
        make_body(personalizations=[{"to": [READER | {"name": 'The "first", or'}]}]),
    ],
    ids=["from", "reply_to", "reply_to_list", "own from", "to", "cc", "bcc", "outside quotes"],
)
def test_a_name_with_a_comma_is_taken_and_its_mail_dropped_without_a_word(
    tmp_path: Path, receiver: Receiver, body: dict[str, Any]
) -> None:
    with Sandbox(tmp_path, webhook=receiver.url) as sandbox:
        client = Client(sandbox.url)
        status = client.call("POST", "/v3/mail/send", body)[0]
        assert sandbox.settle(PATIENCE)
        mails = sandbox.mails()
        client.http.close()

    dropped = [event for event in receiver.events() if event["event"] == "dropped"]
    assert (status, mails) == (202, ())
    assert READER["email"] in {event["email"] for event in dropped}
    assert all(event["reason"] for event in dropped)


def test_a_comma_costs_its_own_reader_only_and_none_inside_quotes(
    tmp_path: Path, receiver: Receiver
) -> None:
    people = [
        {"to": [{"email": "quoted@example.org", "name": '"Marsh, Ada"'}]},
        {"to": [{"email": "bare@example.org", "name": "Marsh, Ada"}]},
        {"to": [{"email": "other@example.org", "name": "Ben"}]},
    ]
    with Sandbox(tmp_path, webhook=receiver.url) as sandbox:
        client = Client(sandbox.url)
        client.call("POST", "/v3/mail/send", make_body(personalizations=people))
        assert sandbox.settle(PATIENCE)
        arrived = [mail.recipient for mail in sandbox.mails()]
        client.http.close()

    assert arrived == ["quoted@example.org", "other@example.org"]
    assert [e["email"] for e in receiver.events() if e["event"] == "dropped"] == [
        "bare@example.org"
    ]

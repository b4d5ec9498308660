"""The webhook from end to end: the sandbox signs and posts, and a doubtful batch is submitted."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from newsletter.core.errors import ConfigError, InputError
from newsletter.core.model import SendStatus
from newsletter.delivery.preconditions import SendRequest
from newsletter.sandbox.faults import Rule
from newsletter.sandbox.server import Sandbox
from newsletter.storage.events import EventStore
from newsletter.storage.sends import dossier
from newsletter.web import webhook
from tests.support.events import PUBLIC_KEY, make_entry, make_post, signed
from tests.support.ledger import MovingClock
from tests.support.time import PATIENCE, wait_until

KEY = "SENDGRID_WEBHOOK_PUBLIC_KEY"
BODY = make_post(make_entry("bounce", nl_attempt=..., sg_message_id=...))


HALF = b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"


@contextmanager
def listening(intake) -> Iterator[str]:
    """Serve an intake on a free port; give its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = webhook.server(webhook.make(intake, path="/events"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/events"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
    assert not thread.is_alive()


@pytest.fixture
def app(publish, tmp_path):
    publication = publish(tmp_path / "brief", people=3, **{KEY: PUBLIC_KEY})
    app = publication.open(MovingClock(datetime.now(UTC)))
    yield app
    app.close()


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        connection.request("POST", parts.path, body=body, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_post_that_never_ends_keeps_no_server_open(app):
    with socket.socket() as stranger:  # noqa: SIM117 - it stays when the server has ended
        with listening(app.events()) as url:
            place = urlsplit(url)
            stranger.connect((place.hostname, place.port))
            stranger.settimeout(PATIENCE)
            stranger.sendall(HALF % place.path.encode())
            assert b"100" in stranger.recv(100)  # it is waited for


def test_a_doubtful_batch_is_submitted_by_the_sandboxs_own_events(publish, tmp_path):
    lost = Rule(fault="close", accept=True, requests=(1,))
    publication = publish(tmp_path / "brief", people=3)
    # The port of the webhook must be known before the sandbox, and the key before the webhook.
    with Sandbox(tmp_path / "keys") as first:
        key = first.public_key
    publication.environment[KEY] = key
    (tmp_path / "mailbox").mkdir()
    for file in (tmp_path / "keys").glob("*.pem"):
        file.rename(tmp_path / "mailbox" / file.name)
    listener = publication.open()
    with (
        listening(listener.events()) as url,
        Sandbox(tmp_path / "mailbox", faults=[lost], webhook=url) as sandbox,
    ):
        assert sandbox.public_key == key
        publication.environment["NEWSLETTER_SENDGRID__BASE_URL"] = sandbox.url
        app = publication.open(MovingClock(datetime.now(UTC)))
        app.sends.start(SendRequest(day=app.today(), at_once=True))
        assert sandbox.settle(PATIENCE)
        wait_until(lambda: app.audit(app.today()).record.reported == {"delivered": 3})
    audit = app.audit(app.today())
    assert audit.complete, audit.problems
    assert audit.states == {"submitted": 3}
    assert audit.record.send.status is SendStatus.COMPLETE
    (copy,) = dossier.read(app.database, "reader0001@example.org", publication="main").copies
    assert (copy.state, copy.reported) == ("submitted", "delivered")
    app.close()
    listener.close()


def test_case_30_a_genuine_post_is_answered_with_success_and_takes_effect(app):
    with listening(app.events()) as url:
        assert post(url, BODY, signed(BODY, at=app.clock.now())) == 204
        wait_until(
            lambda: (
                dossier.read(app.database, "reader0001@example.org", publication="main").state
                == "bounced"
            )
        )


def test_what_waits_from_before_is_taken_in_at_the_start(app):
    app.events().receive(BODY, signed(BODY, at=app.clock.now()))
    with listening(app.events()):
        wait_until(
            lambda: (
                dossier.read(app.database, "reader0001@example.org", publication="main").state
                == "bounced"
            )
        )


@pytest.mark.parametrize(
    ("body", "drop"), [(BODY.rstrip(), ""), (BODY + b" ", ""), (BODY, "Timestamp"), (BODY, "Sig")]
)
def test_case_30_a_post_that_is_not_genuine_is_refused_and_nothing_stored(app, body, drop):
    headers = signed(BODY, at=app.clock.now())
    headers = {name: value for name, value in headers.items() if not drop or drop not in name}
    with listening(app.events()) as url:
        assert post(url, body, headers) == 403
    assert EventStore(app.database).waiting("sendgrid") == 0
    assert (
        dossier.read(app.database, "reader0001@example.org", publication="main").state == "active"
    )


def test_a_post_larger_than_any_genuine_one_is_refused(app):
    body = b"[" + b" " * webhook.LARGEST_POST + b"]"
    with listening(app.events()) as url:
        assert post(url, body, signed(body, at=app.clock.now())) == 413


def test_case_30_without_a_key_every_post_is_refused_and_nobody_listens(publish, tmp_path):
    app = publish(tmp_path / "brief").open()
    intake = app.events()
    with pytest.raises(InputError):
        intake.receive(BODY, signed(BODY, at=app.clock.now()))
    with pytest.raises(ConfigError, match=KEY):
        intake.refuse_without_key()
    app.close()


def test_a_provider_without_events_says_so(publish, tmp_path):
    publication = publish(tmp_path / "brief", NEWSLETTER_DELIVERY__PROVIDER="outbox")
    app = publication.open()
    with pytest.raises(ConfigError, match="outbox reports no events"):
        app.events()
    app.close()


def test_a_stored_payload_is_ingested_by_command_once(publish, tmp_path):
    publication = publish(tmp_path / "brief", people=2)
    file = tmp_path / "events.json"
    file.write_bytes(BODY)
    first = publication.json("events", "ingest", str(file))
    again = publication.json("events", "ingest", str(file))
    assert (first["events"], first["left"]) == (1, 1)
    assert (again["events"], again["repeated"], again["left"]) == (0, 1, 0)
    told = publication.json("audit", "--who", "Reader0001@example.org")
    assert (told["state"], told["copies"]) == ("bounced", [])
    assert "bounced" in publication.run("audit", "--who", "reader0001@example.org").stdout


def test_the_command_listens_until_it_is_asked_to_end(publish, tmp_path):
    publication = publish(tmp_path / "brief", **{KEY: PUBLIC_KEY})
    process = publication.start("events", "listen", "--port", "0", "--json")
    wait_until(lambda: process.said().rstrip().endswith("}"))
    url = json.loads(process.said())["url"]
    wait_until(lambda: _answers(url))
    process.send_signal(signal.SIGTERM)
    process.communicate()


def test_commands_say_what_is_missing(publish, tmp_path):
    publication = publish(tmp_path / "brief")
    assert KEY in publication.run("events", "listen", "--port", "0", check=2).stderr
    publication.run("events", "ingest", "nowhere.json", check=1)
    publication.run("audit", "--who", "nobody@example.org", check=3)
    publication.run("audit", "--who", "nobody", check=2)


def _answers(url: str) -> bool:
    try:
        return post(url, BODY, signed(BODY, at=datetime.now(UTC))) == 204
    except OSError:
        return False

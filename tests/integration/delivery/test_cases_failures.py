"""Acceptance cases 10 to 19 (sendgrid.md section 7): what fails, and what that means."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections import Counter
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from newsletter.core.errors import Held, TryLater
from newsletter.core.model import BatchState, SendStatus
from newsletter.delivery.preconditions import SendRequest
from newsletter.sandbox.faults import Rule
from newsletter.sandbox.server import Sandbox
from tests.support.ledger import HastyClock, MovingClock
from tests.support.publication import KEY, make_publication, recipients_of
from tests.support.time import PATIENCE, SHORT, hold_time, wait_until


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


# Elsewhere than on this machine the checks hold a send of the examples' own addresses.
REAL = {
    "NEWSLETTER_PUBLICATION__URL": "https://brief.saltmouth.uk",
    "NEWSLETTER_PUBLICATION__SENDER__EMAIL": "brief@saltmouth.uk",
    "NEWSLETTER_PUBLICATION__REPLY_TO": "desk@saltmouth.uk",
    "NEWSLETTER_PUBLICATION__CONTACT": "desk@saltmouth.uk",
    "NEWSLETTER_PUBLICATION__POSTAL_ADDRESS": "The Brief, 3 Salt Lane, Saltmouth",
}


def open_app(publish, tmp_path, base_url, *, clock=None, timeout=PATIENCE, people=5, batch_size=10):
    publication = publish(
        tmp_path / "brief",
        base_url=base_url,
        people=people,
        batch_size=batch_size,
        timeout=timeout,
        **REAL,
    )
    return publication.open(clock or HastyClock(datetime.now(UTC), least=20))


def send_now(app):
    return app.sends.start(SendRequest(day=app.today(), at_once=True)).view


class ClockThatOpens(MovingClock):
    """Starts the sandbox while the sender waits."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(datetime.now(UTC))
        self.sandbox, self.naps = sandbox, 0

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self.naps += 1
        if self.naps == 5:
            self.sandbox.__enter__()


def test_case_10_a_refused_connection_is_definite_and_tried_again(publish, tmp_path):
    port = free_port()
    sandbox = Sandbox(tmp_path / "mailbox", port=port)
    app = open_app(publish, tmp_path, f"http://127.0.0.1:{port}", clock=ClockThatOpens(sandbox))
    try:
        view = send_now(app)
        assert Counter(m.recipient for m in sandbox.mails()).most_common(1)[0][1] == 1
    finally:
        sandbox.__exit__(None, None, None)
        app.close()
    assert view.send.status is SendStatus.COMPLETE


@pytest.mark.parametrize("address", ["https://nowhere.invalid", "https://127.0.0.1:{port}"])
def test_case_10_no_name_and_no_tls_are_definite(publish, tmp_path, address):
    with Sandbox(tmp_path / "mailbox") as sandbox:
        app = open_app(publish, tmp_path, address.format(port=sandbox.url.rpartition(":")[2]))
        with pytest.raises(TryLater):
            send_now(app)
        view = app.ledger.view(1)
        app.close()
        assert sandbox.mails() == ()
    assert view.tally(BatchState.PLANNED).recipients == 5
    assert not view.tally(BatchState.UNCERTAIN).batches


@pytest.mark.parametrize(
    ("fault", "accept"),
    [
        ("reset-before-body", False),
        ("reset-in-body", False),
        ("reset-after-body", False),
        ("reset-after-body", True),
        ("close", True),
        ("garbage", True),
    ],
)
def test_case_11_a_reset_never_leads_to_two_accepted_copies(publish, tmp_path, fault, accept):
    rule = Rule(fault=fault, accept=accept, requests=(1,))
    with Sandbox(tmp_path / "mailbox", faults=[rule], store="index") as sandbox:
        app = open_app(publish, tmp_path, sandbox.url)
        view = send_now(app)
        app.close()
        mails = Counter(mail.recipient for mail in sandbox.mails())
    assert max(mails.values(), default=0) <= 1
    if accept:
        assert len(mails) == 5
    doubt = view.tally(BatchState.UNCERTAIN).recipients
    assert doubt + view.tally(BatchState.SUBMITTED).recipients == 5
    if fault != "reset-before-body" and fault != "reset-in-body":
        assert doubt == 5


@pytest.mark.parametrize(
    "rule",
    [
        Rule(fault="slow", seconds=60, requests=(1,)),
        Rule(fault="lost", requests=(1,)),
        Rule(fault="dribble", interval=0.3, requests=(1,)),
    ],
    ids=["case-12-slow", "case-12-lost", "case-13-dribble"],
)
def test_case_12_13_the_whole_request_has_one_deadline(publish, tmp_path, monkeypatch, rule):
    with Sandbox(tmp_path / "mailbox", faults=[rule], store="index") as sandbox:
        app = open_app(publish, tmp_path, sandbox.url, timeout=SHORT)
        hold_time(monkeypatch, until=lambda: sandbox.requests)
        view = send_now(app)
        app.close()
    # The answers would take 60 seconds and more, and then be a submission.
    assert view.tally(BatchState.UNCERTAIN).recipients == 5


class Webhook(HTTPServer):
    """Keeps the events the sandbox posts."""

    def __init__(self) -> None:
        events: list[dict] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                events.extend(json.loads(self.rfile.read(size)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_args) -> None: ...

        super().__init__(("127.0.0.1", 0), Handler)
        self.events = events

    def __enter__(self):
        self.thread = threading.Thread(target=self.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_error):
        self.shutdown()
        self.thread.join()
        self.server_close()


def test_case_12_an_event_with_the_attempt_id_settles_the_doubt(publish, tmp_path):
    lost = Rule(fault="close", accept=True, requests=(1,))
    with Webhook() as hook:
        address = f"http://127.0.0.1:{hook.server_port}/events"
        with Sandbox(tmp_path / "mailbox", faults=[lost], webhook=address) as sandbox:
            app = open_app(publish, tmp_path, sandbox.url)
            assert send_now(app).send.status is SendStatus.OPEN
            wait_until(lambda: hook.events)
    event = hook.events[0]
    attempt = event["nl_attempt"]
    provider_id = event["sg_message_id"].partition(".")[0]
    now = app.clock.now()
    assert app.attempts.evidence(attempt, provider_id=provider_id, now=now)
    app.ledger.complete(1, now=now)
    audit = app.audit(app.today())
    app.close()
    assert audit.complete, audit.problems
    assert audit.states == {"submitted": 5}


@pytest.mark.parametrize(
    "rule",
    [
        Rule(fault="redirect", requests=(1,)),
        Rule(fault="status", status=200, requests=(1,)),
        Rule(fault="status", status=204, body="empty", requests=(1,)),
    ],
    ids=["302", "200", "204"],
)
def test_case_14_nothing_but_202_counts_as_taken(publish, tmp_path, rule):
    with Sandbox(tmp_path / "mailbox", faults=[rule], store="index") as sandbox:
        app = open_app(publish, tmp_path, sandbox.url)
        view = send_now(app)
        app.close()
        assert len(sandbox.requests) == 1
    assert view.tally(BatchState.UNCERTAIN).recipients == 5


def test_case_14_the_key_is_not_carried_to_where_a_redirect_points(publish, tmp_path):
    with Sandbox(tmp_path / "other") as other:
        rule = Rule(fault="redirect", location=f"{other.url}/v3/mail/send")
        with Sandbox(tmp_path / "mailbox", faults=[rule], store="index") as sandbox:
            app = open_app(publish, tmp_path, sandbox.url)
            send_now(app)
            app.close()
        assert other.requests == ()


def test_case_15_a_refused_key_stops_the_run_at_once(publish, tmp_path):
    with Sandbox(tmp_path / "mailbox", api_key="SG.another-one") as sandbox:
        publication = publish(
            tmp_path / "brief", base_url=sandbox.url, people=25, batch_size=5, parallel=4
        )
        done = publication.run("send", "--now", check=4)
        assert len(sandbox.requests) == 1
    assert "SENDGRID_API_KEY" in done.stderr
    assert KEY not in done.stderr
    audit = publication.json("audit", check=1)
    assert audit["states"] == {"planned": 25}


def test_case_16_an_unverified_sender_stops_the_run_and_names_itself(publish, tmp_path):
    with Sandbox(tmp_path / "mailbox", senders=["other@brief.example.org"]) as sandbox:
        publication = publish(tmp_path / "brief", base_url=sandbox.url, people=3)
        done = publication.run("send", "--now", check=4)
        assert "editor@brief.example.org" in done.stderr + done.stdout
    with Sandbox(tmp_path / "fixed", senders=["editor@brief.example.org"]) as fixed:
        publication.environment["NEWSLETTER_SENDGRID__BASE_URL"] = fixed.url
        publication.run("send", "--now", check=0)
        assert len(fixed.mails()) == 3


def test_case_17_a_request_that_is_too_large_goes_in_halves(publish, tmp_path):
    with Sandbox(tmp_path / "sizes") as sandbox:
        (tmp_path / "a").mkdir()
        app = open_app(make_publication, tmp_path / "a", sandbox.url, people=1)
        send_now(app)
        app.close()
        single = len(sandbox.requests[0].raw)
    limit = single + 1500
    with Sandbox(tmp_path / "mailbox", largest_request=limit) as sandbox:
        app = open_app(publish, tmp_path, sandbox.url, people=16, batch_size=16)
        view = send_now(app)
        app.close()
        mails = Counter(mail.recipient for mail in sandbox.mails())
        assert [r.status for r in sandbox.requests].count(413) >= 1
    assert view.send.status is SendStatus.COMPLETE
    assert len(mails) == 16
    assert set(mails.values()) == {1}


def test_case_17_one_recipient_too_large_is_refused_by_name(publish, tmp_path):
    with Sandbox(tmp_path / "mailbox", largest_request=500) as sandbox:
        app = open_app(publish, tmp_path, sandbox.url, people=2)
        view = send_now(app)
        app.close()
        assert sandbox.mails() == ()
    assert view.refused == 2


def test_case_18_a_named_recipient_never_costs_the_others(publish, tmp_path):
    rule = Rule(fault="refuse-recipient", address=("reader0501@example.org",))
    with Sandbox(tmp_path / "mailbox", faults=[rule], store="index") as sandbox:
        publication = publish(tmp_path / "brief", base_url=sandbox.url, people=1000)
        result = publication.json("send", "--now")
        mails = Counter(mail.recipient for mail in sandbox.mails())
        assert len(sandbox.requests) == 2
    assert len(mails) == 999
    assert "reader0501@example.org" not in mails
    assert (result["submitted"], result["refused"]) == (999, 1)
    left_out = publication.json("audit")["left_out"]
    assert [(one["outcome"], one["recipients"]) for one in left_out] == [("refused", 1)]
    assert re.search("email|address", left_out[0]["reason"])


def test_case_19_an_unnamed_culprit_is_found_by_halves(publish, tmp_path):
    rule = Rule(fault="bad-request", address=("reader0037@example.org",))
    with Sandbox(tmp_path / "mailbox", faults=[rule], store="index") as sandbox:
        app = open_app(publish, tmp_path, sandbox.url, people=100, batch_size=100)
        view = send_now(app)
        app.close()
        mails = Counter(mail.recipient for mail in sandbox.mails())
        assert len(sandbox.requests) <= 16  # 2 × log2(100) and the first
    assert view.refused == 1
    assert len(mails) == 99
    assert set(mails.values()) == {1}


def test_case_19_when_everything_is_refused_it_is_the_message(publish, tmp_path):
    rule = Rule(fault="status", status=400)
    with Sandbox(tmp_path / "mailbox", faults=[rule], store="index") as sandbox:
        app = open_app(publish, tmp_path, sandbox.url, people=100, batch_size=100)
        with pytest.raises(Held, match="the message itself"):
            send_now(app)
        view = app.ledger.view(1)
        app.close()
        assert len(sandbox.requests) <= 10
        assert max(map(len, recipients_of(sandbox.requests))) == 100
    assert view.refused == 0
    assert view.tally(BatchState.PLANNED).recipients == 100

"""The provider's suppression lists become ours: every row once, and never a state that rises."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsletter.core.errors import AccountRefused, Throttled, Unreachable
from newsletter.core.model import SubscriberState
from newsletter.delivery.providers.sendgrid import lists
from newsletter.operations import tick
from newsletter.sandbox.faults import Rule
from newsletter.sandbox.server import Sandbox
from tests.support.ledger import MovingClock
from tests.support.publication import Publication
from tests.support.sandbox import Client, make_body

NOW = datetime(2027, 3, 9, 7, 0, tzinfo=UTC)


def moment(**ago: int) -> float:
    return (NOW - timedelta(**ago)).timestamp()


def reader(number: int) -> str:
    return f"reader{number:04}@example.org"


@pytest.fixture
def sandbox(tmp_path: Path):
    with Sandbox(tmp_path / "mailbox") as sandbox:
        yield sandbox


@pytest.fixture
def publication(publish, tmp_path: Path, sandbox: Sandbox) -> Publication:
    return publish(tmp_path / "brief", base_url=sandbox.url, people=5)


def pulled(publication: Publication, *, now: datetime = NOW, **wishes: Any) -> tuple[int, int]:
    app = publication.open(MovingClock(now))
    try:
        found = app.pull().pull(**wishes)
        return found.rows, found.left
    finally:
        app.close()


def states(publication: Publication) -> list[str]:
    app = publication.open()
    try:
        return [str(app.subscribers.find(reader(number)).state) for number in range(1, 6)]
    finally:
        app.close()


def test_each_list_means_what_it_says(publication: Publication, sandbox: Sandbox) -> None:
    sandbox.suppress("bounces", reader(1), at=moment(days=900), reason="550 <a@b.example> gone")
    sandbox.suppress("invalid_emails", reader(2).upper(), at=moment(days=2))
    sandbox.suppress("spam_reports", reader(3), at=moment(hours=1))
    sandbox.suppress("unsubscribes", reader(4), at=moment(minutes=1))
    sandbox.suppress("blocks", reader(5), at=moment(minutes=1))
    assert pulled(publication) == (4, 4)
    assert states(publication) == ["bounced", "bounced", "complained", "unsubscribed", "active"]
    shown = publication.json("subscribers", "show", reader(1))
    assert "a@b.example" not in json.dumps(shown)


def test_the_next_pull_reads_an_overlap_and_changes_nothing_twice(
    publication: Publication, sandbox: Sandbox
) -> None:
    sandbox.suppress("bounces", reader(1), at=moment(hours=30))
    sandbox.suppress("bounces", reader(2), at=moment(hours=1))
    assert pulled(publication) == (2, 2)
    sandbox.suppress("bounces", reader(3), at=moment(hours=-2))
    assert pulled(publication, now=NOW + timedelta(hours=20)) == (2, 1)
    assert pulled(publication, since=NOW.date() - timedelta(days=3)) == (2, 0)


def test_a_list_never_raises_a_state(publication: Publication, sandbox: Sandbox) -> None:
    sandbox.suppress("spam_reports", reader(1), at=moment(days=2))
    pulled(publication)
    sandbox.suppress("unsubscribes", reader(1), at=moment(hours=1))
    pulled(publication, now=NOW + timedelta(days=1))
    assert states(publication)[0] == SubscriberState.COMPLAINED


@pytest.mark.parametrize("spread", [3600, 7, 0])
def test_a_full_window_is_read_to_its_last_row(
    publication: Publication, sandbox: Sandbox, spread: int
) -> None:
    for number in range(1201):
        at = moment(days=5) + (number * spread) // 100
        sandbox.suppress("bounces", f"gone{number}@example.org", at=at)
    app = publication.open(MovingClock(NOW))
    source = lists.make_lists(app.settings, app.clock)
    found = [one.canonical for one in source.between(NOW - timedelta(days=300), NOW)]
    source.close()
    app.close()
    assert len(found) == len(set(found)) == 1201


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"fault": "status", "status": 403}, AccountRefused),
        ({"fault": "status", "status": 429, "retry_after": "7"}, Throttled),
        ({"fault": "status", "status": 503, "body": "html"}, Unreachable),
        ({"fault": "close"}, Unreachable),
    ],
)
def test_a_list_that_cannot_be_read_says_who_has_to_act(
    publish, tmp_path: Path, fault, error
) -> None:
    with Sandbox(tmp_path / "mailbox", faults=[Rule(path="*", **fault)]) as sandbox:
        publication = publish(tmp_path / "brief", base_url=sandbox.url)
        with pytest.raises(error):
            pulled(publication)


def test_what_was_read_stays_and_the_next_pull_begins_where_the_last_whole_one_ended(
    publish,
    tmp_path: Path,
) -> None:
    broken = Rule(path="/v3/suppression/bounces", fault="status", status=503, requests=(1,))
    with Sandbox(tmp_path / "mailbox", faults=[broken]) as sandbox:
        publication = publish(tmp_path / "brief", base_url=sandbox.url, people=5)
        sandbox.suppress("unsubscribes", reader(1), at=moment(days=400))
        sandbox.suppress("bounces", reader(2), at=moment(days=400))
        with pytest.raises(Unreachable):
            pulled(publication)
        assert pulled(publication)[0] == 2
        assert states(publication)[:3] == ["unsubscribed", "bounced", "active"]


def test_a_tick_reads_the_lists_before_it_sends_and_once_a_day(
    publication: Publication, sandbox: Sandbox
) -> None:
    sandbox.suppress("unsubscribes", reader(1), at=moment(hours=5))
    app = publication.open(MovingClock(NOW))
    did = tick.run(app).did
    app.close()
    assert did[1] == "People who are mailed no more, by the provider's own lists: 1."
    assert sorted(mail.recipient for mail in sandbox.mails()) == [reader(n) for n in (2, 3, 4, 5)]
    asked = [one.path for one in sandbox.requests if "/suppression/" in one.path]
    app = publication.open(MovingClock(NOW + timedelta(hours=2)))
    tick.run(app)
    app.close()
    assert [one.path for one in sandbox.requests if "/suppression/" in one.path] == asked


def test_lists_that_cannot_be_read_hold_no_edition_up(publish, tmp_path: Path) -> None:
    closed = Rule(path="/v3/suppression/spam_reports", fault="status", status=403)
    with Sandbox(tmp_path / "mailbox", faults=[closed]) as sandbox:
        publication = publish(tmp_path / "brief", base_url=sandbox.url, people=2)
        app = publication.open(MovingClock(NOW))
        did = tick.run(app).did
        app.close()
        assert "permission Suppressions" in did[1]
        assert len(sandbox.mails()) == 2


def test_the_command_tells_what_it_took_over(publication: Publication, sandbox: Sandbox) -> None:
    sandbox.suppress("bounces", reader(1), at=moment(days=900))
    found = publication.json("events", "pull")
    assert (found["rows"], found["left"], found["provider"]) == (1, 1, "sendgrid")


def test_a_provider_without_lists_is_told(publication: Publication) -> None:
    publication.environment["NEWSLETTER_DELIVERY__PROVIDER"] = "outbox"
    assert "keeps no suppression lists" in publication.run("events", "pull", check=2).stderr


def test_the_sandbox_drops_what_goes_to_a_suppressed_address(sandbox: Sandbox) -> None:
    client = Client(sandbox.url)
    added = client.call(
        "POST", "/v3/asm/suppressions/global", {"recipient_emails": ["Reader1@example.org"]}
    )
    assert added[0] == 201
    assert client.send(make_body(people=3))[0] == 202
    assert [mail.recipient for mail in sandbox.mails()] == [
        "reader0@example.org",
        "reader2@example.org",
    ]
    assert client.call("DELETE", "/v3/suppression/unsubscribes/reader1@example.org")[0] == 204
    client.send(make_body(people=2))
    assert len(sandbox.mails()) == 4
    client.http.close()

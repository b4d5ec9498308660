"""What a file says of people, all the way: imported, frozen, merged, and read in the mail."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from newsletter.core.model import SendStatus
from newsletter.delivery.preconditions import SendRequest
from newsletter.sandbox.server import Sandbox
from tests.support.ledger import MovingClock
from tests.support.publication import Publication, recipients_of, with_template

MONDAY = date(2026, 3, 2)
LIST = """\
email;Name;City;Tags;Time zone;Frequency;Paused until
ann@example.org;Ann;Riga;vip, tea;Europe/Riga;daily;
bob@example.org;Bob;;tea;Asia/Tokyo;daily;
eve@example.org;Eve;<b>Rome</b>;VIP;;daily;
pat@example.org;Pat;Oslo;vip;Europe/Oslo;daily;2099-01-01
"""
LINE = 'From {{ merge("attributes.city", "your town") }}, with {{ merge("attributes.tags", "") }}.'


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path / "mailbox") as running:
        yield running


@pytest.fixture
def brief(publish: Callable[..., Publication], tmp_path: Path, sandbox: Sandbox) -> Publication:
    made: Publication = publish(
        tmp_path / "brief", base_url=sandbox.url, NEWSLETTER_SCHEDULE__ZONE="reader"
    )
    with_template(made, LINE)
    (made.root / "list.csv").write_text(LIST, encoding="utf-8")
    made.run("subscribers", "import", str(made.root / "list.csv"), check=0)
    return made


def mails(folder: Path) -> dict[str, tuple[str, str]]:
    """Return the text and the HTML of everybody's mail, each on one line."""
    found = {}
    for file in (folder / "mails").glob("*.eml"):
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        bodies = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
        text, html = (" ".join(body.split()) for body in bodies)
        found[str(mail["To"])] = (text, html)
    return found


def test_columns_of_a_file_are_read_in_the_mail(
    brief: Publication, sandbox: Sandbox, tmp_path: Path
) -> None:
    app = brief.open(MovingClock(datetime.now(UTC)))
    by_hour = {group.due_at.hour: group.size for group in app.sends.waves(MONDAY)}
    assert by_hour == {22: 1, 5: 1, 6: 1, 7: 1}  # seven o'clock in Tokyo, Riga, Oslo and here
    day = app.today()
    sent = app.sends.start(SendRequest(day=day, at_once=True, segment="tag:vip or zone:Asia/*"))
    app.close()
    assert sent.view.send.status is SendStatus.COMPLETE
    got = {address for one in recipients_of(sandbox.requests) for address in one}
    assert got == {"ann@example.org", "bob@example.org", "eve@example.org"}

    greetings = mails(tmp_path / "mailbox")
    expected = {
        "ann": ("From Riga, with vip, tea.", "From Riga, with vip, tea."),
        "bob": ("From your town, with tea.", "From your town, with tea."),
        "eve": ("From <b>Rome</b>, with VIP.", "From &lt;b&gt;Rome&lt;/b&gt;, with VIP."),
    }
    for name, in_parts in expected.items():
        found = next(parts for to, parts in greetings.items() if f"{name}@" in to)
        for part, words in zip(found, in_parts, strict=True):
            assert words in part

    held = json.loads(brief.run("subscribers", "show", "ann@example.org", "--export").stdout)
    assert (held["zone"], held["frequency"]) == ("Europe/Riga", "daily")
    assert held["attributes"] == {"city": "Riga", "tags": "vip, tea"}
    assert [(one["edition"], one["kind"], one["segment"]) for one in held["editions"]] == [
        (str(day), "edition", "tag:vip or zone:Asia/*")
    ]
    assert "list.csv, line 2" in held["consents"][0]["text"]


def test_what_is_held_on_a_person_has_test_copies_and_suppressions(brief: Publication) -> None:
    brief.run("test", "ann@example.org", check=0)
    brief.run("subscribers", "suppress", "ann@example.org", "--reason", "wrote to us", check=0)
    held = json.loads(brief.run("subscribers", "show", "ann@example.org", "--export").stdout)
    assert [(one["kind"], one["address"]) for one in held["editions"]] == [
        ("test", "ann@example.org")
    ]
    assert [one["reason"] for one in held["suppressions"]] == ["wrote to us"]

"""Acceptance cases 20 to 27 (sendgrid.md section 7): who gets what, and who is left out."""

from __future__ import annotations

import email
import email.policy
from collections import Counter
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa

from newsletter.core.errors import Held
from newsletter.core.model import SendStatus
from newsletter.delivery.preconditions import SendRequest
from newsletter.message import merge
from newsletter.sandbox.faults import Rule
from newsletter.sandbox.server import Sandbox
from newsletter.storage.tables import subscriber
from tests.support.ledger import MovingClock, change_state
from tests.support.publication import readers, recipients_of, with_template


@pytest.fixture
def sandbox(tmp_path):
    with Sandbox(tmp_path / "mailbox") as running:
        yield running


@pytest.fixture
def brief(publish, tmp_path, sandbox):
    return publish(tmp_path / "brief", base_url=sandbox.url)


def send_now(publication):
    app = publication.open(MovingClock(datetime.now(UTC)))
    try:
        return app.sends.start(SendRequest(day=app.today(), at_once=True)).view
    finally:
        app.close()


def mails_of(folder: Path) -> list[EmailMessage]:
    files = sorted((folder / "mails").glob("*.eml"))
    policy = email.policy.default
    return [email.message_from_bytes(file.read_bytes(), policy=policy) for file in files]


def parts(mail: EmailMessage) -> tuple[str, str]:
    """Return the text and the HTML part of a mail."""
    text = mail.get_body(("plain",)).get_content()
    return text, mail.get_body(("html",)).get_content()


def set_column(publication, address: str, **values: object) -> None:
    """Put a value into the database that no import would let in."""
    app = publication.open()
    with app.database.write() as connection:
        connection.execute(
            sa.update(subscriber).where(subscriber.c.address == address).values(**values)
        )
    app.close()


def test_case_20_one_address_in_three_spellings_gets_one_mail(brief, sandbox):
    brief.add([("Ann@Example.com", "Ann"), ("ann@example.com ", "Ann"), ("ann@example.com", "A")])
    file = brief.root / "again.csv"
    file.write_text("email\nANN@example.com\n")
    again = brief.json("subscribers", "import", str(file), check=3)
    assert again["new"] == 0
    assert send_now(brief).send.recipients == 1
    assert recipients_of(sandbox.requests) == [["ann@example.com"]]  # as the last row has it


def test_case_20_duplicates_are_reported(brief):
    file = brief.root / "twice.csv"
    file.write_text("email\nann@example.com\nbob@example.com\nAnn@Example.com\n")
    report = brief.json("subscribers", "import", str(file))
    assert (report["rows"], report["new"], report["duplicate"]) == (3, 2, 1)


NAMES = ['Jürgen "J" O\'Neil', "株式会社", "Zoë 👩‍👧", "שלום עולם", "x" * 300]


def test_case_21_names_arrive_unchanged(brief, sandbox, tmp_path):
    brief.add([(f"r{number}@example.org", name) for number, name in enumerate(NAMES)])
    send_now(brief)
    sent = {
        one["to"][0]["email"]: one["to"][0]["name"]
        for one in sandbox.requests[0].body["personalizations"]
    }
    assert [sent[f"r{number}@example.org"] for number in range(len(NAMES))] == NAMES


def test_case_21_line_breaks_never_reach_a_header_or_subject(brief, sandbox, tmp_path):
    brief.add([("r1@example.org", "Eve"), ("r2@example.org", "Ann")])
    set_column(brief, "r1@example.org", name="Eve\r\nBcc: everyone@example.org")
    send_now(brief)
    for mail in mails_of(tmp_path / "mailbox"):
        assert mail["Bcc"] is None
        assert "\n" not in mail["Subject"]
    assert "r2@example.org" in recipients_of(sandbox.requests)[-1]


def test_case_21_a_name_that_is_no_text_costs_only_that_recipient(brief, sandbox):
    brief.add([("r1@example.org", "Eve"), ("r2@example.org", "Ann")])
    set_column(brief, "r1@example.org", attributes={"city": "\ud800"})
    takes_nul = brief.environment["NEWSLETTER_DATABASE__URL"].startswith("sqlite")
    set_column(brief, "r1@example.org", name="a\x00b" if takes_nul else "a\x07b")
    view = send_now(brief)
    assert view.send.status is SendStatus.COMPLETE
    assert "r2@example.org" in [a for batch in recipients_of(sandbox.requests) for a in batch]


def test_case_22_a_domain_travels_in_ascii_and_a_local_part_must_be(brief, sandbox):
    file = brief.root / "readers.csv"
    file.write_text("email\na@bücher.example\njörg@example.com\n", encoding="utf-8")
    report = brief.json("subscribers", "import", str(file))
    assert (report["new"], report["rejected"]) == (1, 1)
    send_now(brief)
    assert recipients_of(sandbox.requests) == [["a@xn--bcher-kva.example"]]


def test_case_23_an_empty_name_gets_the_fallback_and_no_empty_object_travels(
    brief, sandbox, tmp_path
):
    with_template(brief, 'Dear {{ merge("name", "early bird") }}.')
    brief.add([("r1@example.org", ""), ("r2@example.org", "Ann")])
    send_now(brief)
    people = {one["to"][0]["email"]: one for one in sandbox.requests[0].body["personalizations"]}
    assert "name" not in people["r1@example.org"]["to"][0]

    def no_empty(value: object) -> bool:
        if isinstance(value, dict):
            return bool(value) and all(map(no_empty, value.values()))
        if isinstance(value, list):
            return bool(value) and all(map(no_empty, value))
        return value is not None and value != ""

    assert no_empty(sandbox.requests[0].body)
    greetings = {mail["To"]: parts(mail) for mail in mails_of(tmp_path / "mailbox")}
    for address, (text, html) in greetings.items():
        expected = "Dear early bird." if "r1" in address else "Dear Ann."
        assert expected in text
        assert expected in html


def test_case_23_a_field_without_fallback_stops_before_the_first_request(brief, sandbox):
    with_template(brief, 'Dear {{ merge("name") }}.')
    brief.add([("r1@example.org", ""), ("r2@example.org", "Ann")])
    app = brief.open()
    with pytest.raises(Held, match=r"r1@example\.org"):
        app.sends.start(SendRequest(day=app.today(), at_once=True))
    assert app.sends.find(app.today()) is None
    app.close()
    assert sandbox.requests == ()


def test_case_24_values_are_escaped_in_html_and_plain_in_text(brief, sandbox, tmp_path):
    name = "A <b>&\"' name"
    with_template(brief, 'Dear {{ merge("name", "reader") }}.')
    brief.add([("r1@example.org", name)])
    send_now(brief)
    text, html = parts(mails_of(tmp_path / "mailbox")[0])
    assert f"Dear {name}." in text
    assert "Dear A &lt;b&gt;&amp;&quot;&#x27; name." in html


def test_case_24_a_name_that_looks_like_a_tag_is_only_printed(brief, sandbox, tmp_path):
    with_template(brief, 'Dear {{ merge("name", "reader") }}.')
    brief.add([("r1@example.org", "Mallory")])
    app = brief.open()
    message = app.proofs.prove(app.today()).message
    app.close()
    tags = {field.name: field for field in message.fields}
    forged = tags["unsubscribe_url"].text_tag
    set_column(brief, "r1@example.org", name=f"x{forged}x")
    send_now(brief)
    text, html = parts(mails_of(tmp_path / "mailbox")[0])
    assert "Dear x-_unsubscribe_url_t-x." in text
    for part in (text, html):
        assert merge.leftovers(part) == []
        assert all(f.html_tag not in part and f.text_tag not in part for f in message.fields)


def test_case_25_values_over_the_limit_cost_only_that_recipient(brief, sandbox):
    with_template(brief, 'From {{ merge("attributes.club", "nowhere") }}.')
    brief.add([("r1@example.org", "Eve"), ("r2@example.org", "Ann")])
    set_column(brief, "r1@example.org", attributes={"club": "ü" * 5000})  # 10,000 bytes, twice
    view = send_now(brief)
    assert view.refused == 1
    assert recipients_of(sandbox.requests) == [["r2@example.org"]]


def test_case_26_every_personalization_can_leave_with_one_click(brief, sandbox, tmp_path):
    brief.add(readers(50))
    send_now(brief)
    body = sandbox.requests[0].body
    values = [one["headers"]["List-Unsubscribe"] for one in body["personalizations"]]
    assert len(set(values)) == 50
    for value in values:
        assert value.startswith("<https://")
        assert len(value.encode()) <= 77
        token, _, edition = value.rpartition("/")[2].rstrip(">").partition(".")
        assert (len(token), len(edition)) == (22, 3)
    assert body["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    tracking = body["tracking_settings"]
    for name in ("click_tracking", "open_tracking", "subscription_tracking"):
        assert tracking[name]["enable"] is False
    for mail in mails_of(tmp_path / "mailbox"):
        link = mail["List-Unsubscribe"].strip("<>")
        for part in parts(mail):
            assert link in part
            assert "1 Example Street" in part


def test_case_26_an_address_too_long_for_the_header_is_refused(brief, sandbox):
    brief.environment["NEWSLETTER_PUBLICATION__URL"] = f"https://{'brief.' * 8}example.org"
    brief.add(readers(2))
    done = brief.run("send", "--now", check=4)
    assert "77" in done.stdout + done.stderr
    assert sandbox.requests == ()


@pytest.mark.parametrize("state", ["unsubscribed", "bounced", "complained"])
def test_case_27_who_leaves_between_two_batches_is_not_in_the_next(publish, tmp_path, state):
    rest = Rule(fault="slow", seconds=0, requests=(1,), remaining=0, reset=20)
    with Sandbox(tmp_path / "mailbox", faults=[rest]) as sandbox:
        publication = publish(tmp_path / "brief", base_url=sandbox.url, people=20, batch_size=10)

        class LeavesMeanwhile(MovingClock):
            gone: str | None = None

            def sleep(self, seconds: float) -> None:
                if self.gone is None:
                    taken = set(recipients_of(sandbox.requests)[0])
                    left = [address for address, _ in readers(20) if address not in taken]
                    self.gone = left[0]
                    change_state(app.database, self.gone, state)
                super().sleep(seconds)

        clock = LeavesMeanwhile(datetime.now(UTC))
        app = publication.open(clock)
        view = app.sends.start(SendRequest(day=app.today(), at_once=True)).view
        audit = app.audit(app.today())
        app.close()
        mails = Counter(mail.recipient for mail in sandbox.mails())
    assert clock.gone not in mails
    assert len(mails) == 19
    assert view.skipped == 1
    assert audit.record.left_out == (("skipped", f"{state} since the freeze", 1),)
    assert audit.complete


def test_case_27_the_command_that_removes_is_heard_as_well(publish, tmp_path):
    rest = Rule(fault="slow", seconds=0, requests=(1,), remaining=0, reset=20)
    removed: list[str] = []

    class RemovesMeanwhile(MovingClock):
        def sleep(self, seconds: float) -> None:
            if not removed:
                taken = set(recipients_of(sandbox.requests)[0])
                removed.append(min({address for address, _ in readers(4)} - taken))
                publication.run("subscribers", "remove", *removed, check=0)
            super().sleep(seconds)

    with Sandbox(tmp_path / "mailbox", faults=[rest]) as sandbox:
        publication = publish(tmp_path / "brief", base_url=sandbox.url, people=4, batch_size=2)
        app = publication.open(RemovesMeanwhile(datetime.now(UTC)))
        app.sends.start(SendRequest(day=app.today(), at_once=True))
        app.close()
        mails = {mail.recipient for mail in sandbox.mails()}
    assert removed[0] not in mails
    assert len(mails) == 3

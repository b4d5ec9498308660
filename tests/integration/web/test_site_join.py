"""Join: the three ways to say that it was you, and what nobody else can do in your name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote

import pytest

from newsletter.app import App
from newsletter.core.errors import ConfigError, Held
from newsletter.core.model import Frequency
from newsletter.storage.site import prompted
from newsletter.storage.site.signups import Asked
from newsletter.storage.tokens import new_tokens
from newsletter.subscribers.addresses import Address
from newsletter.web.site.application import open_site
from newsletter.web.site.by_mail import invitation, received
from newsletter.web.site.mailing import to_join
from tests.support.site import client, fill_in, mails, member, open_app

SIGN_UPS = 10_000
MAIL = """\
Authentication-Results: mx.example.org; dmarc=pass header.from=example.org
From: Anna <{sender}>
Subject: {subject}

"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    opened = open_app(tmp_path / "p")
    yield opened
    opened.close()


def state_of(app: App, address: str) -> str | None:
    found = app.subscribers.find(address)
    return found.state if found else None


def test_the_link_confirms_at_once_in_the_browser_that_asked(app: App) -> None:
    browser = client(app)
    fill_in(browser, app, "anna@example.org")
    assert "anna@example.org" in browser.get("/join/check").text
    [mail] = mails(app)
    assert state_of(app, "anna@example.org") is None
    told = browser.get(mail.path("/join/"))
    assert "Welcome. You are in." in told.text
    assert state_of(app, "anna@example.org") == "active"
    found = app.subscribers.find("anna@example.org")
    assert found is not None
    [consent] = app.subscribers.history(found.id).consents
    assert consent.how == "form"
    assert "By joining you ask" in consent.text
    assert "203.0.113.0/24" in consent.text
    assert "203.0.113.9" not in consent.text


def test_elsewhere_the_link_asks_for_a_press(app: App) -> None:
    fill_in(client(app), app, "anna@example.org")
    [mail] = mails(app)
    other = client(app, address="198.51.100.3")
    for _ in range(2):
        assert "Is it you who joined?" in other.get(mail.path("/join/")).text
        assert other.head(mail.path("/join/")).status_code == 200
    assert state_of(app, "anna@example.org") is None
    assert "You are in" in other.post(mail.path("/join/")).text
    assert state_of(app, "anna@example.org") == "active"


def test_six_digits_confirm_in_the_page_that_waits(app: App) -> None:
    browser = client(app)
    fill_in(browser, app, "anna@example.org")
    [mail] = mails(app)
    wrong = f"{(int(mail.digits) + 1) % 10**6:06}"
    told = browser.post("/join/check", data={"digits": wrong})
    assert "4 tries are left" in told.text
    spaced = f" {mail.digits[:3]} {mail.digits[3:]}"
    done = browser.post("/join/check", data={"digits": spaced})
    assert done.status_code == 303
    assert "You are in" in browser.get(done.headers["location"]).text
    assert state_of(app, "anna@example.org") == "active"


def test_digits_are_tried_five_times_and_no_question_gives_more(app: App) -> None:
    browser = client(app)
    fill_in(browser, app, "anna@example.org")
    [mail] = mails(app)
    for _ in range(5):
        browser.post("/join/check", data={"digits": f"{(int(mail.digits) + 1) % 10**6:06}"})
        fill_in(browser, app, "anna@example.org")
    assert "No try is left" in browser.post("/join/check", data={"digits": mail.digits}).text
    assert state_of(app, "anna@example.org") is None


def test_the_mail_has_nothing_of_the_form(app: App) -> None:
    fill_in(client(app), app, "b4d-W0RDS@example.org", frequency="weekly")
    [mail] = mails(app)
    for part in (mail.subject, mail.html, mail.text):
        assert "b4d" not in part.lower()
        assert "weekly" not in part


def test_an_address_is_written_to_once_a_day_and_three_times_in_all(app: App) -> None:
    written = []
    for _ in range(12):
        fill_in(client(app), app, "anna@example.org")
        written.append(len(mails(app)))
        app.clock.sleep(timedelta(hours=13).total_seconds())
    assert written == [1, 1, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3]


@pytest.mark.parametrize("bar", ["suppressed", "complained"])
def test_who_must_not_be_written_to_is_answered_like_everybody(app: App, bar: str) -> None:
    if bar == "suppressed":
        app.subscribers.suppress("anna@example.org", reason="bounced", now=app.clock.now())
    else:
        member(app, "anna@example.org", state="complained")
    browser = client(app)
    answer = fill_in(browser, app, "anna@example.org")
    other = fill_in(client(app), app, "bert@example.org")
    assert (answer.status_code, answer.headers["location"]) == (
        other.status_code,
        other.headers["location"],
    )
    assert [mail.to for mail in mails(app)] == ["bert@example.org"]
    assert "4 tries are left" in browser.post("/join/check", data={"digits": "000000"}).text


def test_a_member_is_told_so_by_mail_and_nobody_else_is(app: App) -> None:
    member(app, "anna@example.org", state="active")
    browser = client(app)
    answer = fill_in(browser, app, "anna@example.org")
    assert answer.headers["location"] == "/join/check"
    [mail] = mails(app)
    assert "comes already" in mail.text
    assert "4 tries are left" in browser.post("/join/check", data={"digits": "123456"}).text


def test_who_left_comes_back_by_confirming(app: App) -> None:
    member(app, "anna@example.org", state="unsubscribed")
    browser = client(app)
    fill_in(browser, app, "anna@example.org")
    browser.get(mails(app)[0].path("/join/"))
    assert state_of(app, "anna@example.org") == "active"


def test_a_machine_that_fills_in_every_field_gets_nothing(app: App) -> None:
    answer = fill_in(client(app), app, "anna@example.org", website="https://spam.example")
    assert answer.headers["location"] == "/join/check"
    assert mails(app) == []


@pytest.mark.parametrize("headers", [{"origin": "https://blog.example"}, {}])
def test_a_form_that_was_not_shown_here_is_asked_once_more(
    app: App, headers: dict[str, str]
) -> None:
    answer = client(app).post("/join", data={"address": "anna@example.org"}, headers=headers)
    assert "Almost done" in answer.text
    assert 'value="anna@example.org"' in answer.text
    assert mails(app) == []


def test_what_is_no_address_is_told_beside_the_field(app: App) -> None:
    answer = fill_in(client(app), app, "anna@example")
    assert answer.status_code == 422
    assert "It should read like name@example.com." in answer.text


def test_a_link_is_good_for_a_week(app: App) -> None:
    browser = client(app)
    fill_in(browser, app, "anna@example.org")
    [mail] = mails(app)
    app.clock.sleep(timedelta(days=8).total_seconds())
    assert browser.get(mail.path("/join/")).status_code == 404
    assert browser.post(mail.path("/join/")).status_code == 404
    assert state_of(app, "anna@example.org") is None


@pytest.mark.parametrize(
    ("was", "by"),
    [
        ("dmarc=pass", "dmarc=fail"),
        ("mx.example.org;", "mx.evil.example;"),
        ("header.from=example.org", "header.from=evil.example"),
        ("Subject: Join", "Subject: Hello"),
    ],
)
def test_a_mail_that_proves_nothing_makes_nobody_a_member(app: App, was: str, by: str) -> None:
    site = open_site(app)
    subject = invitation(site, now=app.clock.now()).subject
    mail = MAIL.format(sender="anna@example.org", subject=subject).replace(was, by)
    with pytest.raises(Held):
        received(site, mail.encode(), server="mx.example.org")
    assert state_of(app, "anna@example.org") is None


class TestFlood:
    """Machines fill in the form as well as people do, for strangers."""

    def test_ten_thousand_sign_ups_cost_a_hundred_mails_and_readers_get_in(self, app: App) -> None:
        """Whatever a browser solves, a machine does; days of patience hardly help it."""
        site, early, late = open_site(app), client(app), client(app)
        fill_in(early, app, "early@example.org")
        tokens = new_tokens()
        for number in range(SIGN_UPS):
            if number % (SIGN_UPS // 4) == 0:
                app.clock.sleep(timedelta(hours=20).total_seconds())
            now = app.clock.now()
            asked = Asked(
                address=Address(*[f"stranger{number}@example.org"] * 2),
                frequency=Frequency.DAILY,
                locale="en",
                network=f"10.{number // 256}.{number % 256}.0/24",
                consent="x",
            )
            site.records.signups.ask(
                asked,
                token=next(tokens),
                digits="123456",
                compose=lambda one, letter, now=now: to_join(site, one, letter, now=now),
                now=now,
            )
        assert 81 < len(mails(app)) <= 100

        early.get(mails(app)[0].path("/join/"))  # was written to before it began
        assert state_of(app, "early@example.org") == "active"
        shown = site.seals.seal("form", "join", now=app.clock.now() - timedelta(seconds=3))
        form = {"address": "late@example.org", "shown": shown}
        answers = [late.get("/join"), late.post("/join", data=form)]
        for answer in answers:  # whoever had the form open is told the same
            assert "Join by mail today" in answer.text
        code = re.search(r"subject=(Join%20\w+)", answers[1].text)
        assert code
        mail = MAIL.format(sender="late@example.org", subject=unquote(code[1]))
        assert received(site, mail.encode(), server="mx.example.org").address == "late@example.org"
        assert state_of(app, "late@example.org") == "active"

    def test_the_form_closes_to_machines_and_opens_again_once_readers_confirm(
        self, app: App
    ) -> None:
        first = client(app)
        browsers = []
        for number in range(90):
            browser = client(app, address=f"10.0.{number}.9", base=first)
            fill_in(browser, app, f"reader{number}@example.org")
            browsers.append(browser)
        assert "Join by mail today" in first.get("/join").text
        written = {mail.to: mail for mail in mails(app)}
        for number in range(5):
            browsers[number].get(written[f"reader{number}@example.org"].path("/join/"))
        assert "Become a member" in first.get("/join").text


class TestCaptcha:
    """What the operator asks while machines fill in the form, and who decides about the answer."""

    SCRIPT = "https://widget.example/api.js"
    SETTINGS: ClassVar[dict[str, str]] = {
        "NEWSLETTER_CAPTCHA__SCRIPT": SCRIPT,
        "NEWSLETTER_CAPTCHA__FIELD": "answered",
        "NEWSLETTER_CAPTCHA__ELEMENT": "widget",
        "NEWSLETTER_CAPTCHA__SITE_KEY": "key-1",
    }

    @pytest.fixture
    def flooded(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
        """Open a site that machines have filled in the form of, with a module that decides."""
        folder = tmp_path / "own"
        folder.mkdir()
        package = folder / "captcha_of_ours"
        package.mkdir()
        (package / "asked.py").write_text(
            "SECRETS = ('WIDGET_SECRET',)\nseen = []\n"
            "def is_person(question, secrets):\n"
            "    seen.append((question, secrets.read('WIDGET_SECRET')))\n"
            "    if question.answer == 'broken':\n        raise OSError('anna@example.org')\n"
            "    return question.answer == 'right'\n"
        )
        monkeypatch.syspath_prepend(str(folder))
        module = {"NEWSLETTER_CAPTCHA__MODULE": "captcha_of_ours.asked", "WIDGET_SECRET": "s"}
        opened = open_app(tmp_path / "p", **self.SETTINGS, **module)
        yield opened
        opened.close()

    @staticmethod
    def flood(app: App, count: int = 90) -> None:
        with app.database.write() as connection:
            for number in range(count):
                address = f"s{number}@x.example"
                prompted.note(connection, "main", "join", address, now=app.clock.now())

    def test_it_is_not_there_until_machines_come(self, flooded: App) -> None:
        browser = client(flooded)
        before = browser.get("/join")
        assert "widget.example" not in before.text + before.headers["content-security-policy"]
        self.flood(flooded)
        page = browser.get("/join")
        assert f'<script src="{self.SCRIPT}"' in page.text
        assert 'data-sitekey="key-1"' in page.text
        assert "Open a mail to us" in page.text
        policy = page.headers["content-security-policy"]
        assert "script-src https://widget.example;" in policy
        assert "widget.example" not in browser.get("/archive").headers["content-security-policy"]

    def test_who_answers_right_gets_in_and_nobody_else(
        self, flooded: App, caplog: pytest.LogCaptureFixture
    ) -> None:
        self.flood(flooded)
        browser = client(flooded)
        for answer in ({}, {"answered": "wrong"}, {"answered": "x" * 5000}, {"answered": "broken"}):
            page = fill_in(browser, flooded, "anna@example.org", **answer)
            assert "show that you are a person" in page.text
            assert 'value="anna@example.org"' in page.text
        assert mails(flooded) == []
        assert "anna@" not in caplog.text
        assert fill_in(browser, flooded, "anna@example.org", answered="right").status_code == 303
        assert [mail.to for mail in mails(flooded)] == ["anna@example.org"]
        question, secret = import_module("captcha_of_ours.asked").seen[-1]
        assert secret == "s"
        assert "anna" not in question.address
        assert question.network == "203.0.113.0/24"

    def test_a_machine_that_passes_it_too_costs_a_few_hundred_mails(self, flooded: App) -> None:
        self.flood(flooded, 299)
        browser = client(flooded)
        fill_in(browser, flooded, "last@example.org", answered="right")
        page = fill_in(browser, flooded, "more@example.org", answered="right")
        assert "Join by mail today" in page.text
        assert len(mails(flooded)) == 1

    @pytest.mark.parametrize(("code", "status"), [(0, 303), (1, 422), (7, 422)])
    def test_a_program_may_decide(self, tmp_path: Path, code: int, status: int) -> None:
        app = open_app(tmp_path / "p", **self.SETTINGS, NEWSLETTER_CAPTCHA__COMMAND='["./ask"]')
        program = app.settings.root / "ask"
        program.write_text(f"#!/bin/sh\ncat > asked.json\nexit {code}\n")
        program.chmod(0o700)
        self.flood(app)
        page = fill_in(client(app), app, "anna@example.org", answered="abc")
        assert page.status_code == status
        told = json.loads((app.settings.root / "asked.json").read_text())
        assert set(told) == {"answer", "address", "network"}
        assert told["answer"] == "abc"
        app.close()

    def test_one_that_nobody_decides_about_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError):
            open_app(tmp_path / "p", **self.SETTINGS)

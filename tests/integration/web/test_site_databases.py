"""The site on PostgreSQL: the same ways, and a budget that many at once do not overdraw."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from newsletter.app import App
from newsletter.core.model import Frequency
from newsletter.core.reader_links import ReaderLink
from newsletter.storage.site.answers import Rating
from newsletter.storage.site.signups import Asked
from newsletter.storage.tokens import new_tokens
from newsletter.subscribers.addresses import Address
from newsletter.web.site.application import open_site
from newsletter.web.site.mailing import to_join
from tests.support.database import PostgresqlLender
from tests.support.site import client, fill_in, freeze, mails, open_app

DAY = date(2026, 3, 2)


@pytest.fixture
def app(tmp_path: Path, postgresql_lender: PostgresqlLender) -> Iterator[App]:
    with postgresql_lender.lend() as url:
        opened = open_app(
            tmp_path / "p", NEWSLETTER_DATABASE__URL=url, NEWSLETTER_SECRET_KEY="k" * 40
        )
        freeze(opened, DAY)
        yield opened
        opened.close()


def test_the_whole_way_of_a_reader(app: App) -> None:
    browser = client(app)
    fill_in(browser, app, "anna@example.org")
    fill_in(browser, app, "anna@example.org")
    assert len(mails(app)) == 1
    assert "You are in" in browser.get(mails(app)[0].path("/join/")).text
    anna = app.subscribers.find("anna@example.org")
    assert anna is not None
    own = f"/u/{ReaderLink(anna.token, DAY).text}"
    browser.post(f"{own}/rating/{DAY}", data={"stars": "4"})
    browser.post(f"{own}/rating/{DAY}", data={"stars": "2"})
    answers = open_site(app).records.answers
    assert answers.rating(DAY) == Rating(1, 2.0)
    browser.post(f"{own}/words/{DAY}", data={"text": "Words", "public": "yes"})
    browser.post(f"{own}/choose", data={"often": "weekly"})
    assert browser.post(own).status_code == 200
    undo = next(mail for mail in mails(app) if mail.kind == "undo").path("/u/undo/")
    browser.post(undo)
    found = app.subscribers.find("anna@example.org")
    assert found is not None
    assert (found.state, found.frequency) == ("active", Frequency.WEEKLY)
    browser.post(f"{own}/fresh")
    me = next(mail for mail in mails(app) if mail.kind == "lost-link").path("/me/")
    assert browser.post(f"{me}/data").json()["votes"][0]["stars"] == 2
    assert "All of it is erased" in browser.post(f"{me}/erase", data={"sure": "yes"}).text
    assert answers.listed() == ()


def test_many_at_once_share_a_transaction_and_never_overdraw_the_budget(app: App) -> None:
    sites = [open_site(app) for _ in range(3)]  # as processes of their own
    tokens, now = new_tokens(), app.clock.now()
    made = [next(tokens) for _ in range(240)]

    def ask(number: int) -> bool:
        site, address = sites[number % 3], f"stranger{number}@example.org"
        asked = Asked(
            address=Address(address, address),
            frequency=Frequency.DAILY,
            locale="en",
            network="192.0.2.0/24",
            consent="x",
        )
        return site.records.signups.ask(
            asked,
            token=made[number],
            digits="123456",
            compose=lambda one, letter: to_join(site, one, letter, now=now),
            now=now,
        )

    with ThreadPoolExecutor(8) as pool:
        taken = sum(pool.map(ask, range(240)))
    assert taken == len(mails(app)) == 81

"""A reader takes another address; the former one comes back by no file, and goes with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from httpx import Response

from newsletter.app import App
from newsletter.core.model import Subscriber
from newsletter.core.reader_links import ReaderLink
from newsletter.storage.site.answers import Rating
from newsletter.storage.site.fresh_links import FreshLink, FreshLinks
from newsletter.web.site.application import open_site
from tests.support.site import Browser, client, fill_in, freeze, mails, member, open_app
from tests.support.subscribers import counted, import_text

DAY = date(2026, 3, 2)
OLD, NEW = "anna@example.org", "anna@new.example"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    opened = open_app(tmp_path / "p", NEWSLETTER_SECRET_KEY="k" * 40)
    yield opened
    opened.close()


@pytest.fixture
def anna(app: App) -> Subscriber:
    return member(app, OLD)


def fresh(app: App, browser: Browser, anna: Subscriber) -> str:
    """Ask for a fresh link as its mail asks; give its path."""
    browser.post(f"/u/{ReaderLink(anna.token, None).text}/fresh")
    return mails(app)[-1].path("/me/")


def move(app: App, anna: Subscriber, to: str) -> Response:
    """Go the whole way to another address, on a day of its own."""
    app.clock.sleep(timedelta(days=2).total_seconds())
    browser = client(app)
    browser.post(f"{fresh(app, browser, anna)}/address", data={"address": to})
    return browser.post(f"{mails(app)[-1].path('/me/')}/move")


def everybody(app: App) -> dict[str, str]:
    return {one.address: str(one.state) for one in app.subscribers.everyone()}


def test_another_address_is_asked_first(app: App, anna: Subscriber) -> None:
    browser = client(app)
    browser.post(f"{fresh(app, browser, anna)}/address", data={"address": NEW})
    asked = mails(app)[-1]
    assert asked.to == NEW
    assert everybody(app) == {OLD: "active"}
    assert "Write to you here?" in browser.get(asked.path("/me/")).text
    assert browser.post(asked.path("/me/")).status_code == 404  # opens nothing else
    assert "We write to you here now" in browser.post(f"{asked.path('/me/')}/move").text
    assert everybody(app) == {OLD: "unsubscribed", NEW: "active"}
    found = app.subscribers.find(NEW)
    assert found is not None
    assert (found.id, found.token) == (anna.id, anna.token)


def test_an_address_that_is_taken_is_not_told(app: App, anna: Subscriber) -> None:
    member(app, "bert@example.org")
    browser = client(app)
    me = fresh(app, browser, anna)
    taken = browser.post(f"{me}/address", data={"address": "bert@example.org"})
    free = browser.post(f"{me}/address", data={"address": "carl@example.org"})
    assert taken.text == free.text
    assert [mail.to for mail in mails(app)][1:] == ["carl@example.org"]


def test_no_file_brings_a_former_address_back(app: App, anna: Subscriber, tmp_path: Path) -> None:
    move(app, anna, NEW)
    report = import_text(app.subscribers, tmp_path, f"email\n{OLD}\n")
    assert counted(report) == {"kept_opted_out": 1}
    assert everybody(app) == {OLD: "unsubscribed", NEW: "active"}


def test_a_reader_moves_back(app: App, anna: Subscriber) -> None:
    move(app, anna, NEW)
    assert move(app, anna, OLD).status_code == 200
    assert everybody(app) == {OLD: "active", NEW: "unsubscribed"}
    found = app.subscribers.find(OLD)
    assert found is not None
    assert (found.id, found.token) == (anna.id, anna.token)


def test_a_reader_moves_to_an_address_they_had_left_with(app: App, anna: Subscriber) -> None:
    member(app, NEW, state="unsubscribed")
    assert move(app, anna, NEW).status_code == 200
    assert everybody(app) == {OLD: "unsubscribed", NEW: "active"}


def test_coming_back_by_the_link_of_an_address_that_was_moved_to_mails_nobody_twice(
    app: App, anna: Subscriber
) -> None:
    left = member(app, NEW)
    client(app).post(f"/u/{ReaderLink(left.token, None).text}/leave")
    undo = mails(app)[-1].path("/u/undo/")
    move(app, anna, NEW)
    client(app).post(undo)
    assert everybody(app) == {OLD: "unsubscribed", NEW: "active"}


def test_a_reader_has_one_vote_whatever_their_address(app: App, anna: Subscriber) -> None:
    freeze(app, DAY)
    own = f"/u/{ReaderLink(anna.token, DAY).text}"
    client(app).post(f"{own}/rating/{DAY}", data={"stars": "2"})
    client(app).post(f"{own}/words/{DAY}", data={"text": "More of this", "public": "yes"})
    move(app, anna, NEW)
    answers = open_site(app).records.answers
    assert answers.stars_of(NEW, DAY) == 2
    client(app).post(f"{own}/rating/{DAY}", data={"stars": "5"})
    assert answers.rating(DAY) == Rating(1, 5.0)
    found = app.subscribers.find(NEW)
    assert found is not None
    assert [one["text"] for one in app.subscribers.held(found)["comments"]] == ["More of this"]
    answers.vote(OLD, DAY, 1, now=app.clock.now())  # on the public page, with the former address
    move(app, found, OLD)
    assert answers.rating(DAY) == Rating(1, 1.0)


def test_a_former_address_is_told_and_erased_with_its_reader(app: App, anna: Subscriber) -> None:
    move(app, anna, NEW)
    found = app.subscribers.find(NEW)
    assert found is not None
    [former] = app.subscribers.held(found)["former_addresses"]
    assert former["address"] == OLD
    app.subscribers.forget(NEW, reason="asked", now=app.clock.now())
    assert everybody(app) == {}
    assert app.subscribers.status_of(OLD).suppressed


def test_whoever_has_a_former_address_now_may_join_with_it(app: App, anna: Subscriber) -> None:
    move(app, anna, NEW)
    browser = client(app, address="198.51.100.7")
    fill_in(browser, app, OLD)
    browser.post("/join/check", data={"digits": mails(app)[-1].digits})
    assert everybody(app) == {OLD: "active", NEW: "active"}
    app.subscribers.forget(NEW, reason="asked", now=app.clock.now())
    assert everybody(app) == {OLD: "active"}


def test_an_address_that_bounced_meanwhile_is_not_moved_to(app: App, anna: Subscriber) -> None:
    browser = client(app)
    browser.post(f"{fresh(app, browser, anna)}/address", data={"address": NEW})
    app.subscribers.suppress(NEW, reason="bounced", now=app.clock.now())
    answer = browser.post(f"{mails(app)[-1].path('/me/')}/move")
    assert (answer.status_code, "Nothing was changed" in answer.text) == (404, True)
    assert everybody(app) == {OLD: "active"}


def test_a_press_that_comes_twice_at_once_is_told_that_it_worked(
    app: App, anna: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = client(app)
    browser.post(f"{fresh(app, browser, anna)}/address", data={"address": NEW})
    find = FreshLinks.find

    def other_first(links: FreshLinks, token: str, *, now: datetime) -> FreshLink | None:
        found = find(links, token, now=now)
        monkeypatch.setattr(FreshLinks, "find", find)
        client(app).post(f"/me/{token}/move")
        return found

    monkeypatch.setattr(FreshLinks, "find", other_first)
    told = browser.post(f"{mails(app)[-1].path('/me/')}/move")
    assert (told.status_code, "We write to you here now" in told.text) == (200, True)
    assert everybody(app) == {OLD: "unsubscribed", NEW: "active"}

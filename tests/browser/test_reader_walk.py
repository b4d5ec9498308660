"""A reader's whole way: form, mails in the sandbox, the morning's edition, stars, words, leaving.

Scripts are off: nothing a reader does on the site or in a mail needs one. The desk has its own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from newsletter import cli
from newsletter.app import App
from newsletter.core.model import SubscriberState
from newsletter.operations import tick
from newsletter.sandbox.server import Sandbox
from newsletter.web.site import server
from tests.support.browser import overflow
from tests.support.desk import Desk, desk_of
from tests.support.ledger import MovingClock
from tests.support.publication import make_publication
from tests.support.site import served

DAY = date(2026, 3, 2)
DAWN = datetime(2026, 3, 2, 5, 30, tzinfo=UTC)
MORNING = time(7, 1)
WIDTHS = (375, 1280)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A publication, what takes its mail, and where its site and its desk are."""

    app: App
    url: str
    sandbox: Sandbox
    desk: Desk
    clock: MovingClock

    def tick(self) -> None:
        """Do what is due, as cron does: mails to one person each, and the morning's edition."""
        tick.run(self.app)

    def until(self, moment: datetime) -> None:
        """Let time go by, and do what is due then."""
        self.clock.moment = moment
        self.tick()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    clock = MovingClock(DAWN)
    with (
        Sandbox(tmp_path / "sandbox") as sandbox,
        server.listen("127.0.0.1", 0) as listener,
    ):
        url = server.address(listener)
        made = make_publication(
            tmp_path / "p", base_url=sandbox.url, NEWSLETTER_PUBLICATION__URL=url
        )
        with (made.root / "config.toml").open("a", encoding="utf-8") as file:
            file.write('\n[template]\nsections = ["stories", "rating"]\n\n[web]\n')

        @contextmanager
        def opened(_root: Path) -> Iterator[App]:
            app = made.open(clock)
            yield app
            app.close()

        with opened(made.root) as app, served(app, listener), _desk(made.root, opened) as desk:
            yield Place(app=app, url=url, sandbox=sandbox, desk=desk, clock=clock)


def _desk(root: Path, opened: Any) -> AbstractContextManager[Desk]:
    return desk_of(root, opened=opened)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody with a browser of their own, who reads their mail in the sandbox's mailbox."""

    page: Page
    place: Place
    address: str

    def seen(self, text: str) -> None:
        """See a page of the site that says something, and need not scroll sideways for it."""
        expect(self.page.locator("h1")).to_contain_text(text)
        assert overflow(self.page) <= 0, f"“{text}” is too wide"

    def press(self, action: str) -> None:
        """Press the button of the form that is sent to an address."""
        self.page.locator(f"form[action*='{action}'] button").first.click()

    def ask_to_join(self) -> None:
        """Fill in the form; the mail is in the box then."""
        self.page.goto(f"{self.place.url}/join")
        self.seen("Become a member")
        self.place.clock.sleep(3)
        self.page.fill("#address", self.address)
        self.press("/join")
        self.seen("Check your mail")
        self.place.tick()

    def subjects(self) -> list[str]:
        """List the mails they have, oldest first."""
        self.page.goto(f"{self.place.sandbox.url}/?to={self.address}")
        found = self.page.locator("tbody tr a[href^='/mails/']").all_inner_texts()
        return list(reversed(found))

    def open_mail(self, *, before: int = 0) -> None:
        """Open the newest mail, or one that came before it."""
        self.page.goto(f"{self.place.sandbox.url}/?to={self.address}")
        self.page.locator("tbody tr a[href^='/mails/']").nth(before).click()
        expect(self.page.locator("iframe")).to_be_visible()

    def follow(self, path: str, sign: str = "^=") -> Reader:
        """Open the first link of the mail to a path in this browser, as mail programs do."""
        links = self.page.frame_locator("iframe").locator(f"a[href{sign}'{self.place.url}{path}']")
        return self.opened(links.first.get_attribute("href"))

    def opened(self, address: str | None) -> Reader:
        """Open another page of this browser."""
        assert address
        page = self.page.context.new_page()
        page.goto(address)
        return replace(self, page=page)

    @property
    def plain(self) -> str:
        """Return the text of the mail that is open."""
        return self.page.locator("#text pre").inner_text()

    def header(self, name: str) -> str:
        """Return a header of the mail that is open."""
        row = self.page.locator("#headers tr").filter(
            has=self.page.get_by_role("rowheader", name=name, exact=True)
        )
        return row.locator("td").inner_text()


def test_a_reader_goes_the_whole_way(
    browser: Browser, place: Place, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    for number, width in enumerate(WIDTHS):
        day = DAY + timedelta(days=2 * number)
        place.until(DAWN + (day - DAY))
        with _readers(browser, place, width=width) as (anna, bert, carl, elsewhere):
            _join(anna, bert, carl, elsewhere)
            _read(anna, browser, day)
            _leave_and_return(anna)
            _leave(anna, bert, day + timedelta(days=1))
            shown = _shown(anna.address, monkeypatch, capsys, place)
        told = json.dumps(shown)
        assert shown["state"] == "unsubscribed"
        for word in ("in the browser that filled in the form", "came back", f"by a link of {day}"):
            assert word in told


@contextmanager
def _readers(browser: Browser, place: Place, *, width: int) -> Iterator[tuple[Reader, ...]]:
    """Give three readers a browser each, and one of them another one."""
    contexts = [
        browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=False)
        for _ in range(4)
    ]
    yield tuple(
        Reader(page=context.new_page(), place=place, address=f"{name}{width}@example.org")
        for context, name in zip(contexts, ("anna", "bert", "carl", "carl"), strict=True)
    )
    for context in contexts:
        context.close()


def _join(anna: Reader, bert: Reader, carl: Reader, elsewhere: Reader) -> None:
    """Join in the three ways there are; each is welcomed once."""
    anna.ask_to_join()
    anna.open_mail()
    anna.follow("/join/").seen("Welcome. You are in.")
    bert.ask_to_join()
    bert.open_mail()
    digits = next(line for line in bert.plain.splitlines() if line.replace(" ", "").isdigit())
    bert.page.goto(f"{bert.place.url}/join/check")
    bert.page.fill("#digits", digits)
    bert.press("/join/check")
    bert.seen("Welcome. You are in.")
    carl.ask_to_join()
    elsewhere.open_mail()
    asked = elsewhere.follow("/join/")
    asked.seen("Is it you who joined?")
    assert _state(carl) == ""
    asked.press("/join/")
    asked.seen("Welcome. You are in.")
    anna.place.tick()
    for one in (anna, bert, carl):
        assert len(one.subjects()) == 2  # the question and the welcome


def _read(anna: Reader, browser: Browser, day: date) -> None:
    """Have the morning's edition, read it online, give stars and words; an editor shows them."""
    place = anna.place
    place.until(datetime.combine(day, MORNING, UTC))
    assert len(anna.subjects()) == 3
    anna.open_mail()
    online = anna.follow(f"/editions/{day}")
    online.seen("How the tide tables are made")
    expect(online.page.locator("#comments")).to_contain_text("No comments yet.")
    stars = anna.page.frame_locator("iframe").locator("a[href*='/rating/']")
    assert stars.count() == 5
    rating = anna.opened(stars.last.get_attribute("href"))
    rating.seen("How was it?")
    rating.press("/rating/")
    rating.seen("Five of five, counted")
    rating.page.fill("#text", "We still keep our grandfather's tables.")
    rating.page.fill("#name", "Anna B.")
    rating.page.check("[name=public]")
    rating.press("/words/")
    rating.seen("Thanks for submitting!")
    _show_comment(browser, place)
    online.page.reload()  # at most a second old
    expect(online.page.locator("#answers")).to_contain_text("5")


def _show_comment(browser: Browser, place: Place) -> None:
    """Let the comment through at the desk."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{place.desk.base}readers/answers/")
    words = page.get_by_role("article", name="Anna B.")
    expect(words).to_contain_text("our grandfather's tables")
    words.get_by_role("button", name="Show it").click()
    expect(page.locator(".hint")).to_contain_text("It is shown below its edition")
    page.close()


def _leave_and_return(anna: Reader) -> None:
    """Leave by the one post that mailbox providers send, and come back by the mail about it."""
    place = anna.place
    leaving = anna.header("List-Unsubscribe").strip("<>")
    assert anna.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    with urlopen(Request(leaving, b"List-Unsubscribe=One-Click", kind)) as answer:
        assert (answer.status, answer.geturl()) == (200, leaving)
    assert _state(anna) == "unsubscribed"
    place.tick()
    before = anna.subjects()
    anna.open_mail()
    back = anna.follow("/u/undo/")
    back.seen("Come back?")
    assert _state(anna) == "unsubscribed"
    back.press("/u/undo/")
    back.seen("You are back")
    assert _state(anna) == "active"
    place.tick()
    assert anna.subjects() == before  # no second welcome, no second copy


def _leave(anna: Reader, bert: Reader, day: date) -> None:
    """Leave by the page, and not be in the next morning's edition, which the others have."""
    place = anna.place
    anna.open_mail(before=1)
    left = anna.follow(anna.header("List-Unsubscribe").strip("<>").removeprefix(place.url), "=")
    left.seen("Leave The Brief?")
    left.press("/leave")
    left.seen("You have left")
    place.tick()
    had, theirs = anna.subjects(), bert.subjects()
    place.until(datetime.combine(day, MORNING, UTC))
    assert anna.subjects() == had
    assert len(bert.subjects()) == len(theirs) + 1
    audit = place.app.audit(day)
    assert audit.record.send.recipients == place.app.subscribers.count(state=SubscriberState.ACTIVE)


def _state(one: Reader) -> str:
    found = one.place.app.subscribers.find(one.address)
    return str(found.state) if found else ""


def _shown(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: Any, place: Place
) -> dict[str, Any]:
    """Return what `newsletter subscribers show` tells."""
    monkeypatch.chdir(place.app.settings.root)
    words = ["newsletter", "subscribers", "show", address, "--json"]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit):
        cli.main()
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found

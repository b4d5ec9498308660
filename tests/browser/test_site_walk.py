"""A reader's whole way through the site in a browser without scripts: usable, readable, right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from newsletter.app import App
from newsletter.core.model import Subscriber
from newsletter.core.reader_links import ReaderLink
from newsletter.storage.site import prompted
from newsletter.storage.site.answers import CommentState
from newsletter.web.site.application import open_site
from tests.support.browser import Scheme, overflow, violations
from tests.support.site import freeze, mails, member, open_app, served

DAY = date(2026, 3, 2)
WIDTHS = (375, 1280)
Look = Callable[[str], None]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    opened = open_app(tmp_path / "p", NEWSLETTER_SECRET_KEY="k" * 40)
    freeze(opened, DAY)
    for name in ("terms", "privacy"):
        (opened.settings.root / "content" / f"{name}.md").write_text(f"# {name}\n\nFair *use*.\n")
    yield opened
    opened.close()


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ar", "dark")])
def test_every_page_is_usable_and_readable(
    browser: Browser, app: App, language: str, scheme: Scheme
) -> None:
    found: dict[str, list[str]] = {}
    with served(app) as url:
        # Scripts are on for axe alone; the site sends none. It is let in past the site's policy.
        context = browser.new_context(locale=language, color_scheme=scheme, bypass_csp=True)
        page = context.new_page()

        def look(name: str) -> None:
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                wide = [f"{overflow(page)} pixels too wide"] if overflow(page) > 0 else []
                found[f"{name} at {width}"] = [*violations(page), *wide]

        walk(page, app, url, look)
        context.close()
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert len(found) > 50


def walk(page: Page, app: App, url: str, look: Look) -> None:
    """Go all the ways there are, and look at each page."""
    _join(page, app, url, look)
    _join_elsewhere(page, app, url, look)
    _read_and_answer(page, app, url, look)
    _choose(page, app, url, look)
    _leave(page, app, url, look)


def press(page: Page, action: str) -> None:
    """Press the button of the form that is sent to an address."""
    page.locator(f"form[action*='{action}'] button").first.click()


def _join(page: Page, app: App, url: str, look: Look) -> None:
    page.goto(f"{url}/join")
    look("join")
    app.clock.sleep(3)
    page.fill("#address", "anna@example")
    press(page, "/join")
    look("no address")
    app.clock.sleep(3)
    page.fill("#address", "anna@example.org")
    press(page, "/join")
    look("check")
    page.fill("#digits", "12")
    press(page, "/join/check")
    look("digits incomplete")
    digits = mails(app)[-1].digits
    page.fill("#digits", f"{(int(digits) + 1) % 10**6:06}")
    press(page, "/join/check")
    look("digits wrong")
    page.fill("#digits", f"{digits[:3]} {digits[3:]}")
    press(page, "/join/check")
    look("welcome")
    assert app.subscribers.find("anna@example.org") is not None


def _join_elsewhere(page: Page, app: App, url: str, look: Look) -> None:
    page.goto(f"{url}/join")
    app.clock.sleep(3)
    page.fill("#address", "bert@example.org")
    press(page, "/join")
    link = next(mail for mail in mails(app) if mail.to == "bert@example.org").path("/join/")
    page.context.clear_cookies()
    page.goto(url + link)
    look("is it you")
    assert app.subscribers.find("bert@example.org") is None
    press(page, "/join/")
    assert app.subscribers.find("bert@example.org") is not None
    for name, path in (("gone", "/join/x"), ("snippet", "/join/snippet"), ("nothing", "/none")):
        page.goto(url + path)
        look(name)


def _read_and_answer(page: Page, app: App, url: str, look: Look) -> None:
    own = _own(app)
    page.goto(f"{url}{own}/rating/{DAY}/4")
    look("rate")
    press(page, "/rating/")
    look("rated")
    page.fill("#text", "The choir met again.\nWe sang outside.")
    page.fill("#name", "Ines D.")
    page.check("[name=public]")
    press(page, "/words/")
    look("thanks")
    answers = open_site(app).records.answers
    assert answers.rating(DAY).average == 4
    [waiting] = answers.listed(state=CommentState.WAITING)
    answers.decide(waiting.id, CommentState.APPROVED, by="editor", now=app.clock.now())
    page.goto(f"{url}/editions/{DAY}/answer")
    look("answer")
    page.fill("#address", "carl@example.org")
    press(page, "/answer")
    look("answer wrong")
    page.check("[name=stars][value='5']", force=True)
    page.fill("#text", "Me too")
    press(page, "/answer")
    look("answer asked")
    page.goto(url + mails(app)[-1].path("/answers/"))
    look("answer confirm")
    press(page, "/answers/")
    for path in ("/contact", "/terms", "/privacy", "/lost"):
        page.goto(url + path)
        look(path)
    page.goto(f"{url}/contact?about=story")
    press(page, "/contact")
    look("contact wrong")
    page.fill("#text", "The lamps of Merrow")
    press(page, "/contact")
    look("contact thanks")


def _choose(page: Page, app: App, url: str, look: Look) -> None:
    own = _own(app)
    page.goto(f"{url}{own}/choose")
    look("choose")
    page.check("#pause")
    page.fill("#until", "2026-04-06")
    press(page, "/choose")
    look("saved")
    assert (_anna(app).paused_until or DAY) > DAY
    press(page, "/fresh")
    look("fresh")
    me = url + [mail for mail in mails(app) if mail.kind == "lost-link"][-1].path("/me/")
    page.goto(me)
    look("me")
    page.fill("#zone", "Mars")
    page.locator("main form button").first.click()
    look("me wrong")
    page.goto(me)
    page.fill("#new-address", "anna@new.example")
    press(page, "/address")
    look("me asked")
    page.goto(url + mails(app)[-1].path("/me/"))
    look("move")
    page.goto(f"{url}/me/x")
    look("me gone")
    page.goto(f"{url}/lost")
    page.fill("#address", "anna")
    press(page, "/lost")
    look("lost wrong")


def _leave(page: Page, app: App, url: str, look: Look) -> None:
    own = _own(app)
    page.goto(url + own)
    look("leave")
    press(page, "/leave")
    look("left")
    assert _anna(app).state == "unsubscribed"
    page.goto(url + [mail for mail in mails(app) if mail.kind == "undo"][-1].path("/u/undo/"))
    look("undo")
    press(page, "/u/undo/")
    look("back")
    assert _anna(app).state == "active"
    page.goto(f"{url}/u/nobody")
    look("unknown")
    page.goto(url + own)
    press(page, "/leave")
    page.check("[name=reason][value='too-often']")
    press(page, "/u/why/")
    look("told why")
    page.goto(url + own)
    look("left before")
    for number in range(90):
        flood(app, number)
    page.goto(f"{url}/join")
    look("by mail")


def flood(app: App, number: int) -> None:
    with app.database.write() as connection:
        prompted.note(connection, "main", "join", f"s{number}@x.example", now=app.clock.now())


def _own(app: App) -> str:
    return f"/u/{ReaderLink(_anna(app).token, DAY).text}"


def _anna(app: App) -> Subscriber:
    return app.subscribers.find("anna@example.org") or member(app, "anna@example.org")

"""A scanner that is a browser: scripts run, no cookie is there, every link is opened twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from playwright.sync_api import Browser

from tests.support.site import freeze, open_app, served
from tests.support.site_links import every_link, rows

DAY = date(2026, 3, 2)
# What a page could do by itself, were there a script in it or a form that sends itself.
_WAIT = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))"


def test_a_browser_that_opens_every_link_and_presses_nothing_changes_no_row(
    browser: Browser, tmp_path: Path
) -> None:
    app = open_app(tmp_path / "p", NEWSLETTER_SECRET_KEY="k" * 40)
    freeze(app, DAY)
    links = every_link(app, DAY)
    before = rows(app)
    scripts: list[str] = []
    with served(app) as url:
        for _ in range(2):
            context = browser.new_context()
            page = context.new_page()
            page.on(
                "request",
                lambda one: scripts.append(one.url) if one.resource_type == "script" else None,
            )
            for link in links:
                page.goto(url + link)
                page.evaluate(_WAIT)
            assert page.locator("main h1").count() == 1
            context.close()
    assert rows(app) == before
    assert scripts == []
    app.close()

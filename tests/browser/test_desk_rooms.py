"""Readers, a list brought in, sends, settings and a page said line by line, in a real browser."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from newsletter.delivery.preconditions import SendRequest
from tests.support.browser import SCHEMES, violations
from tests.support.desk import DAY, desk_of, make_root, opened
from tests.support.editors_morning import give
from tests.support.ledger import add_people

SECTIONS = """
[sources]
story = [{ type = "page" }, { type = "markdown", rotate = true }]

[delivery]
provider = "outbox"
batch_size = 2
"""
_WEIR = "The weir below the mill was opened this morning, and the boats went through at noon."
COPIED = f"""<div style="display: none">Nobody sees this, whatever is pasted.</div>
<article class="post"><h1 style="color: red">The weir is open</h1><p>{_WEIR}</p>
<h2>What it costs</h2><p>{_WEIR.replace("weir", "lock")}</p></article>
<img src="data:image/png;base64,AAAA" onerror="alert(1)"><script>alert(1)</script>"""
PASTED = """Home
Ferries
The ferry is back on the river
Text: Ada Marsh
It crosses the river again, every half hour, and the bell rings as it did before.
What it costs
One penny each way, and nothing for children under four years of age.
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_root(tmp_path, SECTIONS)


def barriers(page: Page) -> list[str]:
    """Find what breaks WCAG A and AA or scrolls sideways, light and dark, wide and narrow."""
    found: list[str] = []
    for width, scheme in product((375, 1280), SCHEMES):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        found += violations(page)
        if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{width}: it scrolls sideways")
    return found


def test_a_list_is_brought_in_and_one_of_its_readers_is_looked_at(
    browser: Browser, root: Path, tmp_path: Path
) -> None:
    members = tmp_path / "members.csv"
    members.write_text("email,name\nines@example.net,Ines Duarte\nyuki@example.net,Yuki\nnobody\n")
    with desk_of(root) as desk:
        page = browser.new_page()
        page.goto(f"{desk.base}readers/")
        expect(page.get_by_text("Nobody reads you yet")).to_be_visible()
        page.get_by_role("link", name="Bring in a list").click()
        page.get_by_label("A list as a CSV file").set_input_files(members)
        page.get_by_role("button", name="Look at it").click()
        expect(page.get_by_text("Nothing has happened yet: this is what would.")).to_be_visible()
        assert barriers(page) == []
        page.get_by_role("button", name="Add 2 readers").click()
        expect(page.get_by_role("heading", name="2 readers")).to_be_visible()
        page.get_by_role("link", name="ines@example.net").click()
        expect(page.get_by_role("heading", name="Ines Duarte")).to_be_visible()
        assert barriers(page) == []
        page.locator("[data-opens=leave]").click()
        dialog = page.get_by_role("dialog", name="Take them off the list?")
        expect(dialog).to_be_visible()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        page.locator("[data-opens=leave]").click()
        dialog.get_by_role("button", name="Take off the list").click()
        expect(page.get_by_text("No more mail goes to them.")).to_be_visible()
        page.context.close()


def test_a_send_is_stopped_and_goes_on(browser: Browser, root: Path) -> None:
    with opened(root) as app:
        add_people(app.database, 5)
        app.sends.freeze(SendRequest(day=DAY, at_once=True, late=True))
    with desk_of(root) as desk:
        page = browser.new_page()
        page.goto(f"{desk.base}sends/")
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_role("button", name="Go on with 5")).to_be_visible()
        assert barriers(page) == []
        page.get_by_role("button", name="End it here …").click()
        expect(page.get_by_role("dialog", name="End it here?")).to_contain_text("never get it")
        page.get_by_role("button", name="Not yet").click()
        page.get_by_role("button", name="Go on with 5").click()
        expect(page.get_by_text("Everybody once.")).to_be_visible()
        assert violations(page) == []
        page.context.close()


def test_settings_show_old_and_new_before_they_are_saved(browser: Browser, root: Path) -> None:
    with desk_of(root) as desk:
        page = browser.new_page()
        page.goto(f"{desk.base}settings/")
        page.get_by_label("Name", exact=True).fill("The Pier")
        expect(page.locator("#nameplate")).to_have_text("The Pier")
        page.get_by_role("button", name="Show what changes").click()
        expect(page.get_by_role("status", name="What changes")).to_contain_text("The Pier")
        assert barriers(page) == []
        page.get_by_role("button", name="Save 1 change").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        assert 'name = "The Pier"' in (root / "config.toml").read_text()
        page.context.close()


def test_lines_are_said_by_keyboard_and_taken_back(browser: Browser, root: Path) -> None:
    with desk_of(root) as desk:
        page = browser.new_page()
        page.goto(f"{desk.url}paste")
        page.get_by_label("The page, as you copied it").fill(PASTED)
        page.get_by_role("button", name="Read it").last.click()
        line = page.locator("#line-6")
        page.get_by_role("button", name="Line 6").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog", name="“What it costs” is")).to_be_visible()
        page.keyboard.press("s")
        expect(line).to_have_attribute("data-what", "subheading")
        expect(page.get_by_role("button", name="Line 6: Subheading")).to_be_focused()
        page.keyboard.press("Shift+ArrowDown")
        page.keyboard.press("l")
        expect(page.locator("#line-7")).to_have_attribute("data-what", "list")
        expect(line).to_have_attribute("data-what", "list")
        page.keyboard.press("Control+z")
        expect(line).to_have_attribute("data-what", "subheading")
        expect(page.locator("#line-7")).to_have_attribute("data-what", "text")
        assert barriers(page) == []
        page.get_by_role("button", name="Use this page").click()
        page.wait_for_url("**/write**")
        text = (root / "editions" / DAY.isoformat() / "edition.toml").read_text()
        assert "## What it costs" in text
        assert 'byline = "Ada Marsh"' in text
        page.context.close()


def test_what_a_browser_copied_is_read_by_its_markup(browser: Browser, root: Path) -> None:
    with desk_of(root) as desk:
        page = browser.new_page()
        page.goto(f"{desk.url}paste")
        page.get_by_label("The page, as you copied it").fill(PASTED)
        give(page, "paste", {"text/plain": PASTED, "text/html": COPIED}, target="#text")
        expect(page.locator("#line-3")).to_have_attribute("data-what", "subheading")
        expect(page.locator("#line-1 .what")).to_have_text("The weir is open")
        expect(page.get_by_text("Nobody sees this")).to_have_count(0)
        expect(page.locator("#text")).to_have_value(re.compile(r"^The weir is open\n\n"))
        markup = page.locator("#markup").input_value()
        assert "class" in markup
        assert not [one for one in ("style", "script", "data:", "onerror") if one in markup]
        page.locator("summary", has_text="Paste again").click()
        page.locator("#text").fill(PASTED)
        page.get_by_role("button", name="Read it").last.click()
        expect(page.locator("#markup")).to_have_value("")
        page.context.close()


@pytest.mark.parametrize("language", ["ar", "de"])
def test_the_desk_speaks_the_browsers_language(browser: Browser, root: Path, language: str) -> None:
    with desk_of(root) as desk:
        context = browser.new_context(locale=language)
        page = context.new_page()
        for path in ("readers/", "settings/", f"calendar/{DAY.replace(day=1)}", f"{DAY}/paste"):
            page.goto(f"{desk.base}{path}")
            assert page.locator("html").get_attribute("lang") == language
            for width in (320, 1280):
                page.set_viewport_size({"width": width, "height": 900})
                wide = page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
                assert not wide, (path, width)
        assert violations(page) == []
        rail = page.locator(".rooms").bounding_box()
        assert rail
        assert (rail["x"] > 600) == (language == "ar")
        context.close()

"""An editor's morning at the desk in a real browser: from a pasted page to an approved edition."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.support.browser import SCHEMES, violations
from tests.support.desk import DAY, PUBLICATION, desk_of, make_root
from tests.support.page import HEADLINE, full_page

SECTIONS = """
[sources]
story = [{ type = "page" }]

[schedule]
approval = true

[delivery]
provider = "outbox"
"""
CONFIG = PUBLICATION + SECTIONS
PAGE = "\n\n".join(("top of page", *full_page(), "Comments", "Share"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a publication that has nothing yet, and asks for approval."""
    return make_root(tmp_path, SECTIONS, story="")


@contextmanager
def at(browser: Browser, url: str, **options: Any) -> Iterator[Page]:
    """Open a page of the desk; it must report no error of its own."""
    errors: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    yield page
    context.close()
    assert not errors


def paste(page: Page) -> None:
    """Paste a page and use it."""
    page.get_by_label("The page, as you copied it").fill(PAGE)
    page.get_by_role("button", name="Read it").last.click()
    expect(page.locator(".line").first).to_be_attached()
    page.get_by_role("button", name="Use this page").click()
    expect(headline(page)).to_have_value(HEADLINE)


def headline(page: Page) -> Locator:
    """Return the first field of the form."""
    return page.get_by_label("Headline", exact=True)


def test_a_test_copy_is_sent_to_an_address_that_is_remembered(browser: Browser, root: Path) -> None:
    with desk_of(root) as desk, at(browser, f"{desk.url}paste") as page:
        paste(page)
        page.goto(f"{desk.url}?test")
        page.get_by_label("To", exact=True).fill("ida@example.org")
        page.get_by_role("button", name="Send the test").click()
        expect(page.locator("#told")).to_have_text("One test is on its way.")
        page.get_by_role("button", name="Send me a test").click()
        expect(page.get_by_label("To", exact=True)).to_have_value("ida@example.org")
    assert len(list((root / "outbox").rglob("*.eml"))) == 1


def test_a_change_by_hand_shows_up_in_the_form_and_is_never_overwritten(
    browser: Browser, root: Path
) -> None:
    with desk_of(root) as desk, at(browser, f"{desk.url}paste") as page:
        paste(page)
        path = root / "editions" / DAY.isoformat() / "edition.toml"
        text = path.read_text(encoding="utf-8")

        def write_by_hand(words: str) -> None:
            path.write_text(text.replace(HEADLINE, words), encoding="utf-8")

        expect(page.locator("body[data-live=yes][data-drawn]")).to_have_count(1)
        write_by_hand("By hand")
        expect(headline(page)).to_have_value("By hand")
        expect(page.locator("body[data-live=yes][data-drawn]")).to_have_count(1)

        def write_meanwhile(route: Route) -> None:  # while the save is on its way
            write_by_hand("By hand again")
            route.continue_()

        page.route("**/write", write_meanwhile, times=1)
        headline(page).fill("At the desk")
        expect(page.locator("#status")).to_contain_text("Somebody else saved first")
        page.keyboard.press("Control+s")
        row = page.locator(".differences tbody tr")
        expect(row.locator("td")).to_have_text(["At the desk", "By hand again"])
        assert violations(page) == []
        page.get_by_role("button", name="Keep mine").click()
        expect(page.locator("#status")).to_contain_text("Saved")
        assert "At the desk" in path.read_text(encoding="utf-8")


def test_the_mail_follows_each_key_and_never_jumps_or_goes_blank(
    browser: Browser, root: Path
) -> None:
    with desk_of(root) as desk, at(browser, f"{desk.url}paste") as page:
        paste(page)
        mail = page.frame_locator("#mail iframe")
        here = mail.locator("[data-here]")
        expect(mail.locator("h1")).to_have_text(HEADLINE)
        expect(page.locator("body[data-live=yes][data-drawn]")).to_have_count(1)
        mail.locator("h1").evaluate("(one) => { one.untouched = true }")
        page.locator(".ProseMirror").last.focus()
        expect(here).to_have_count(1)
        before = here.evaluate("() => scrollY")
        first, key = list[object](), "Z"

        def go_on_typing(route: Route) -> None:  # while the mail of the first key is on its way
            posted = parse_qs(route.request.post_data or "")
            words = posted["stories.0.headline"][0] + posted["stories.0.text"][0]
            first.extend((key in words, here.count()))
            page.keyboard.type("w")
            route.continue_()

        page.route("**/draft", go_on_typing, times=1)
        page.keyboard.type(key)
        expect(here).to_contain_text("Zw")
        assert first == [True, 1]
        assert here.evaluate("() => scrollY") == before
        headline(page).press("Control+End")
        page.route("**/draft", go_on_typing, times=1)
        first, key = [], "!"
        page.keyboard.type(key)
        expect(mail.locator("h1[data-here]")).to_contain_text("!w")
        assert first == [True, 1]
        assert mail.locator("h1").evaluate("(one) => one.untouched")


def test_on_a_phone_the_mail_is_made_when_it_is_looked_at(browser: Browser, root: Path) -> None:
    with desk_of(root) as desk, at(browser, f"{desk.url}paste") as page:
        paste(page)
        expect(page.frame_locator("#mail iframe").locator("h1")).to_have_text(HEADLINE)
        page.set_viewport_size({"width": 375, "height": 700})
        drafts = list[str]()
        page.on("request", lambda one: drafts.append(one.url) if one.method == "POST" else None)
        headline(page).fill("Typed on the way")
        expect(page.locator("#status")).to_contain_text("Saved")
        assert [url for url in drafts if url.endswith("/draft")] == []
        page.locator("#see").click()
        seen = page.frame_locator("#mail-on-phone iframe").locator("h1")
        expect(seen).to_have_text("Typed on the way")


def test_no_page_of_the_desk_has_a_barrier(browser: Browser, root: Path) -> None:
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        """Note what breaks WCAG A and AA, light and dark, wide and narrow, or scrolls sideways."""
        for width, scheme in zip((375, 1280), SCHEMES, strict=True):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            found[f"{name}, {scheme}, {width}"] = violations(page)
        for width in (1280, 900, 680, 375):
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
                found[f"{name}, {width}"] = ["it scrolls sideways"]

    with desk_of(root) as desk, at(browser, f"{desk.url}paste") as page:
        paste(page)
        headline(page).fill("")
        page.get_by_role("button", name="Save", exact=True).last.click()
        expect(page.get_by_role("alert").first).to_contain_text("one field needs mending")
        look("write")
        page.goto(desk.url)
        expect(page.locator("#verdict")).not_to_be_empty()  # its scripts are at work
        page.set_viewport_size({"width": 1280, "height": 900})
        page.keyboard.press("v")
        page.get_by_role("button", name="With pictures off").click()
        look("views")
        (root / "config.toml").write_text(CONFIG.replace("approval", "aproval"), encoding="utf-8")
        expect(page.get_by_role("alert")).to_contain_text("aproval")
        page.keyboard.press("Escape")
        look("problem")
        page.keyboard.press("?")
        look("keys")
    assert {name: some for name, some in found.items() if some} == {}

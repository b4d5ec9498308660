"""An editor's morning at the desk in a real browser: from a pasted page to an approved edition."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import SCHEMES, violations
from tests.support.desk import DAY, PUBLICATION, desk_of, make_root, opened
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
    expect(page.locator("tr[data-tone=out]")).to_have_count(3)
    page.get_by_role("button", name="Use this page").click()


def test_from_a_pasted_page_to_an_approved_edition(browser: Browser, root: Path) -> None:
    with desk_of(root) as desk, at(browser, f"{desk.base}calendar/{DAY}") as page:
        day = page.locator("td", has=page.locator(f'time[datetime="{DAY}"]'))
        expect(day).to_contain_text("Nothing yet")
        day.get_by_role("link").click()
        paste(page)

        expect(page.get_by_label("Headline")).to_have_value(HEADLINE)
        expect(page.locator(".notice.good")).to_contain_text("The page is kept")
        mail = page.frame_locator(".device iframe")
        expect(mail.locator("h1")).to_have_text(HEADLINE)
        page.get_by_label("Headline").fill("The tide turns the lights on")
        expect(page.locator("#dirty")).to_contain_text("Not saved")
        page.keyboard.press("Control+s")
        expect(mail.locator("h1")).to_have_text("The tide turns the lights on")
        fact = page.get_by_label("Fact", exact=True).input_value()
        page.get_by_role("button", name="Another fact").click()
        expect(page.get_by_label("Fact", exact=True)).not_to_have_value(fact)

        page.get_by_role("link", name="Look").click()
        expect(page.locator("#verdict")).to_have_text("Draft")
        page.get_by_role("button", name="Send a test").click()
        page.get_by_label("To", exact=True).fill("ida@example.org")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.locator("#told")).to_have_text("Sent: 1.")
        page.keyboard.press("y")
        expect(page.locator("#approving-when")).to_contain_text("Goes out at 07:00, in")
        page.locator("#approving").get_by_role("button", name="Approve").click()
        expect(page.locator("#verdict")).to_have_text("Approved")

        page.keyboard.press("c")
        expect(day).to_contain_text("Approved")
        expect(day).to_contain_text("The tide turns the lights on")
    with opened(root) as app:
        approval = app.approval_records.find(DAY)
        assert approval is not None
        assert approval.digest == app.proofs.prove(DAY).message.digest
    assert len(list((root / "outbox").rglob("*.eml"))) == 1


def test_a_change_by_hand_shows_up_in_the_form_and_is_never_overwritten(
    browser: Browser, root: Path
) -> None:
    with desk_of(root) as desk, at(browser, f"{desk.url}paste") as page:
        paste(page)
        path = root / "editions" / DAY.isoformat() / "edition.toml"
        text = path.read_text(encoding="utf-8")

        def write_by_hand(subject: str) -> None:
            changed = text.replace('subject = ""', f'subject = "{subject}"')
            path.write_text(changed, encoding="utf-8")

        expect(page.locator("#status")).to_have_text("Live")
        write_by_hand("By hand")
        expect(page.get_by_label("Subject", exact=True)).to_have_value("By hand")
        expect(page.locator("#status")).to_have_text("Live")
        page.get_by_label("Subject", exact=True).fill("At the desk")
        write_by_hand("By hand again")
        expect(page.locator("#dirty")).to_have_text(
            "The file was changed elsewhere; saving will ask"
        )
        page.keyboard.press("Control+s")
        row = page.locator(".differences tbody tr")
        expect(row.locator("td")).to_have_text(["At the desk", "By hand again"])
        assert violations(page) == []
        page.get_by_role("button", name="Save mine over it").click()
        expect(page.get_by_label("Subject", exact=True)).to_have_value("At the desk")


def test_no_page_of_the_desk_has_a_barrier(browser: Browser, root: Path) -> None:
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        """Note what breaks WCAG A and AA, light and dark, wide and narrow, or scrolls sideways."""
        for width, scheme in product((375, 680, 1280), SCHEMES):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            found[f"{name}, {scheme}, {width}"] = violations(page)
        for width in (1280, 900, 680, 375):
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
                found[f"{name}, {width}"] = ["it scrolls sideways"]

    with desk_of(root) as desk, at(browser, f"{desk.url}paste") as page:
        paste(page)
        page.get_by_label("Link", exact=True).nth(1).fill("nonsense")
        page.get_by_role("button", name="Save").last.click()
        expect(page.get_by_role("alert").first).to_contain_text("1 field needs mending")
        look("write")
        page.get_by_role("link", name="Paste").click()
        page.get_by_label("The page, as you copied it").fill(PAGE)
        page.get_by_role("button", name="Read it").last.click()
        look("paste")
        page.goto(desk.url)
        expect(page.locator("#verdict")).not_to_be_empty()
        look("look")
        page.keyboard.press("4")
        look("inbox")
        page.keyboard.press("t")
        look("test copy")
        page.keyboard.press("Escape")
        (root / "config.toml").write_text(CONFIG.replace("approval", "aproval"), encoding="utf-8")
        expect(page.get_by_role("alert")).to_contain_text("aproval")
        look("problem")
        page.keyboard.press("y")
        (root / "config.toml").write_text(CONFIG, encoding="utf-8")
        expect(page.locator("#status")).to_have_text("Live")
        expect(page.locator("#verdict")).to_have_text("Draft")
        page.goto(f"{desk.base}calendar/{DAY}")
        page.keyboard.press("?")
        look("keys")
        page.keyboard.press("Escape")
        look("calendar")
    assert {name: some for name, some in found.items() if some} == {}

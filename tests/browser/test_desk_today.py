"""Today in a real browser: an empty morning, a page, an approval, and taking it back."""

from __future__ import annotations

from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from newsletter.core.model.content import Approval
from tests.support.browser import SCHEMES, violations
from tests.support.desk import DAY, desk_of, make_root, opened
from tests.support.page import HEADLINE, full_page

SECTIONS = """
[sources]
story = [{ type = "page" }]

[schedule]
approval = true
"""
PAGE = "\n\n".join(full_page())


def barriers(page: Page) -> list[str]:
    """Find what breaks WCAG A and AA or scrolls sideways, light and dark, wide and narrow."""
    found: list[str] = []
    for width, scheme in product((320, 375, 1280), SCHEMES):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        found += violations(page)
        if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{width}: it scrolls sideways")
    return found


def test_a_morning_from_nothing_to_approved_and_back(browser: Browser, tmp_path: Path) -> None:
    root = make_root(tmp_path, SECTIONS, story="")
    with desk_of(root) as desk:
        page = browser.new_page()
        page.goto(desk.base)
        expect(page.locator(".big")).to_have_text("Nothing for this day yet")
        expect(page.locator(".when")).to_contain_text("Goes out at 07:00, in")
        assert "toml" not in page.inner_text("main")
        assert barriers(page) == []

        page.get_by_role("link", name="Paste a page").click()
        page.get_by_label("The page, as you copied it").fill(PAGE)
        page.get_by_role("button", name="Read it").last.click()
        page.get_by_role("button", name="Use this page").click()
        expect(page.get_by_label("Headline")).to_have_value(HEADLINE)
        page.keyboard.press("Escape")
        page.get_by_role("link", name="Today").click()
        expect(page.locator(".big")).to_have_text("Ready, and waiting for you")
        assert barriers(page) == []

        with opened(root) as app:
            digest = app.proofs.prove(DAY).message.digest
            approval = Approval(digest=digest, by="Ida", at=app.clock.now())
            app.approval_records.write(DAY, approval)
        expect(page.locator(".big")).to_have_text("Approved. Nothing left to do.")
        assert barriers(page) == []
        page.get_by_role("button", name="Take it back").click()
        expect(page.locator(".big")).to_have_text("Ready, and waiting for you")
        page.close()


def test_a_page_can_be_pasted_anywhere_on_today(browser: Browser, tmp_path: Path) -> None:
    root = make_root(tmp_path, SECTIONS, story="")
    with desk_of(root) as desk:
        page = browser.new_page()
        page.goto(desk.base)
        expect(page.locator("#status")).to_have_text("Live")
        page.evaluate(
            """text => {
              const clipboardData = new DataTransfer();
              clipboardData.setData("text/plain", text);
              document.dispatchEvent(new ClipboardEvent("paste", { clipboardData }));
            }""",
            PAGE,
        )
        expect(page.get_by_label("The page, as you copied it")).to_have_value(PAGE)
        page.close()


def test_the_door_has_no_barrier_and_lets_the_code_in(browser: Browser, tmp_path: Path) -> None:
    root = make_root(tmp_path, SECTIONS, story="")
    with desk_of(root) as desk:
        page = browser.new_page()
        page.goto(f"{desk.origin}/{DAY}/paste")
        assert barriers(page) == []
        page.keyboard.type("wrong")
        page.keyboard.press("Enter")
        expect(page.locator(".wrong")).to_contain_text("not the code")
        assert barriers(page) == []
        page.get_by_label("Code of the terminal").fill(desk.base.split("/")[-2])
        page.keyboard.press("Enter")
        page.wait_for_url(f"{desk.base}{DAY}/paste")
        page.goto(f"{desk.base}nowhere")
        expect(page.locator("h1")).to_have_text("This page is not here")
        assert barriers(page) == []
        page.close()

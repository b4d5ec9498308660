"""Typed words at the desk in a real browser: nothing that happens to it loses them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.browser import violations
from tests.support.desk import DAY, desk_of, make_root, opened

SECTIONS = """
[sources]
story = [{ type = "markdown", rotate = true }]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a publication with one story."""
    return make_root(tmp_path, SECTIONS)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Open a browser whose storage lasts as long as the test."""
    made = browser.new_context(viewport={"width": 1280, "height": 900})
    yield made
    made.close()


def at(context: BrowserContext, url: str) -> Page:
    """Open a page in a tab of its own."""
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(url)
    expect(page.locator("#status")).to_have_text("Live")
    return page


def subject_in_file(root: Path) -> str | None:
    """Read the subject that the edition's file has."""
    with opened(root) as app:
        edition = app.files.load(DAY)
    return edition.subject if edition else None


def test_saving_stays_on_the_page_and_the_cursor_in_its_field(
    context: BrowserContext, root: Path
) -> None:
    with desk_of(root) as desk:
        page = at(context, f"{desk.url}write")
        field = page.get_by_label("Subject", exact=True)
        for words in ("One", "Two"):
            field.fill(words)
            page.keyboard.press("Control+s")
            expect(page.locator("#dirty")).to_contain_text("Saved at")
            assert subject_in_file(root) == words
        expect(field).to_be_focused()
        assert page.url == f"{desk.url}write"
        assert page.evaluate("Object.keys(localStorage)") == []


def test_words_outlive_the_program_and_the_tab(context: BrowserContext, root: Path) -> None:
    with desk_of(root) as desk:
        page = at(context, f"{desk.url}write")
        page.get_by_label("Subject", exact=True).fill("Typed in the night")
        expect(page.locator("#dirty")).to_contain_text("kept in this browser")
    page.get_by_label("Preview line").fill("While it was gone")
    page.keyboard.press("Control+s")
    expect(page.locator("#dirty")).to_contain_text("No connection to the desk since")
    expect(page.get_by_label("Preview line")).to_have_value("While it was gone")
    page.close()
    assert subject_in_file(root) is None
    with desk_of(root, port=desk.port):
        page = at(context, f"{desk.url}write")
        expect(page.locator("#restored")).to_contain_text("are back")
        expect(page.get_by_label("Subject", exact=True)).to_have_value("Typed in the night")
        expect(page.get_by_label("Preview line")).to_have_value("While it was gone")
        assert violations(page) == []
        page.keyboard.press("Control+s")
        expect(page.locator("#dirty")).to_contain_text("Saved at")
        assert subject_in_file(root) == "Typed in the night"
        page.reload()
        expect(page.get_by_label("Subject", exact=True)).to_have_value("Typed in the night")
        expect(page.locator("#restored")).to_have_count(0)


def test_words_that_are_thrown_away_stay_away(context: BrowserContext, root: Path) -> None:
    with desk_of(root) as desk:
        page = at(context, f"{desk.url}write")
        page.get_by_label("Subject", exact=True).fill("No")
        page.close(run_before_unload=False)
        page = at(context, f"{desk.url}write")
        page.get_by_role("button", name="Throw them away").click()
        expect(page.locator("#restored")).to_have_count(0)
        expect(page.get_by_label("Subject", exact=True)).to_have_value("")


def test_two_tabs_keep_their_own_words_and_the_second_is_told(
    context: BrowserContext, root: Path
) -> None:
    with desk_of(root) as desk:
        first, second = at(context, f"{desk.url}write"), at(context, f"{desk.url}write")
        first.get_by_label("Subject", exact=True).fill("First")
        second.get_by_label("Subject", exact=True).fill("Second")
        first.keyboard.press("Control+s")
        expect(first.locator("#dirty")).to_contain_text("Saved at")
        expect(second.locator("#dirty")).to_contain_text("changed elsewhere")
        second.keyboard.press("Control+s")
        row = second.locator(".differences tbody tr td")
        expect(row).to_have_text(["Second", "First"])
        assert violations(second) == []
        second.get_by_role("button", name="Save mine over it").click()
        expect(second.locator("#dirty")).to_contain_text("Saved at")
        expect(first.get_by_label("Subject", exact=True)).to_have_value("Second")
    assert subject_in_file(root) == "Second"


def test_a_fault_is_named_where_it_is_and_the_rest_stays(
    context: BrowserContext, root: Path
) -> None:
    with desk_of(root) as desk:
        page = at(context, f"{desk.url}write")
        page.get_by_label("Subject", exact=True).fill("Kept")
        page.get_by_label("Quote", exact=True).fill("")
        page.keyboard.press("Control+s")
        expect(page.get_by_role("alert").first).to_contain_text("1 field needs mending")
        expect(page.get_by_role("alert").first).to_be_focused()
        page.get_by_label("Quote", exact=True).fill("The tide is patient.")
        page.keyboard.press("Control+s")
        expect(page.locator("#dirty")).to_contain_text("Saved at")
        expect(page.locator(".fault")).to_have_count(0)


def test_a_pasted_text_outlives_the_program(context: BrowserContext, root: Path) -> None:
    with desk_of(root) as desk:
        page = context.new_page()
        page.goto(f"{desk.url}paste")
        page.get_by_label("The page, as you copied it").fill("A headline\n\nA paragraph.")
    page.get_by_role("button", name="Read it").last.click()
    expect(page.get_by_role("status")).to_contain_text("No connection to the desk")
    page.close()
    with desk_of(root, port=desk.port):
        page = context.new_page()
        page.goto(f"{desk.url}paste")
        expect(page.get_by_label("The page, as you copied it")).to_have_value(
            "A headline\n\nA paragraph."
        )

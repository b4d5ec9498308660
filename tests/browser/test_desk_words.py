"""Typed words at the desk in a real browser: nothing that happens to it loses them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

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
    expect(page.locator("body[data-live=yes][data-drawn]")).to_have_count(1)
    return page


def headline(page: Page) -> Locator:
    """Return the first field of the form."""
    return page.get_by_label("Headline", exact=True)


def headline_in_file(root: Path) -> str | None:
    """Read the headline that the edition's file has."""
    with opened(root) as app:
        edition = app.files.load(DAY)
    return edition.stories[0].headline if edition else None


def saved(page: Page) -> None:
    """Wait until everything is in the file."""
    expect(page.locator("#status")).to_contain_text("Saved")


def test_saving_stays_on_the_page_and_the_cursor_in_its_field(
    context: BrowserContext, root: Path
) -> None:
    with desk_of(root) as desk:
        page = at(context, f"{desk.url}write")
        for words in ("One", "Two"):
            headline(page).fill(words)
            page.keyboard.press("Control+s")
            saved(page)
            assert headline_in_file(root) == words
        expect(headline(page)).to_be_focused()
        headline(page).fill("By itself")
        expect(page.locator("#status")).to_have_text("Not saved yet")
        saved(page)
        assert headline_in_file(root) == "By itself"
        assert page.url == f"{desk.url}write"
        assert page.evaluate("Object.keys(localStorage)") == []


def test_a_late_answer_about_the_file_does_not_load_the_page_anew(
    context: BrowserContext, root: Path
) -> None:
    held: list[Route] = []
    with desk_of(root) as desk:
        page = at(context, f"{desk.url}write")
        page.route("**/seen", lambda route: held.append(route))  # noqa: PLW0108
        headline(page).fill("One")
        with page.expect_request("**/seen"):
            page.keyboard.press("Control+s")
            saved(page)
        before = page.locator('[name="_seen"]').input_value()
        page.evaluate("window.isKept = true")
        headline(page).fill("Two")
        page.keyboard.press("Control+s")
        saved(page)
        held[0].fulfill(body=before)
        page.unroute("**/seen")
        page.evaluate("fetch('seen').then((answer) => answer.text())")
        assert page.evaluate("window.isKept")
        expect(headline(page)).to_be_focused()


def test_words_outlive_the_program_and_the_tab(context: BrowserContext, root: Path) -> None:
    with desk_of(root) as desk:
        page = at(context, f"{desk.url}write")
    headline(page).fill("Typed in the night")
    page.keyboard.press("Control+s")
    expect(page.locator("#status")).to_contain_text("No connection since")
    expect(headline(page)).to_have_value("Typed in the night")
    page.close()
    assert headline_in_file(root) != "Typed in the night"
    with desk_of(root, port=desk.port):
        page = at(context, f"{desk.url}write")
        expect(page.locator("#restored")).to_contain_text("are back")
        expect(headline(page)).to_have_value("Typed in the night")
        assert violations(page) == []
        page.keyboard.press("Control+s")
        saved(page)
        assert headline_in_file(root) == "Typed in the night"
        page.close()


def test_words_that_are_dropped_stay_away(context: BrowserContext, root: Path) -> None:
    with desk_of(root) as desk:
        page = at(context, f"{desk.url}write")
    headline(page).fill("No")
    page.close(run_before_unload=False)
    with desk_of(root, port=desk.port):
        page = at(context, f"{desk.url}write")
        page.get_by_role("button", name="Drop them").click()
        expect(page.locator("#restored")).to_have_count(0)
        expect(headline(page)).to_have_value("How the tide tables are made")


def test_two_tabs_keep_their_own_words_and_the_second_is_told(
    context: BrowserContext, root: Path
) -> None:
    with desk_of(root) as desk:
        first, second = at(context, f"{desk.url}write"), at(context, f"{desk.url}write")
        # Nothing is saved by itself where that would take an approval back.
        second.evaluate("document.getElementById('form').dataset.approved = ''")
        second.get_by_label("Headline", exact=True).fill("Second")
        headline(first).fill("First")
        first.keyboard.press("Control+s")
        saved(first)
        expect(second.locator("#status")).to_contain_text("Somebody else saved first")
        second.keyboard.press("Control+s")
        row = second.locator(".differences tbody tr td")
        expect(row).to_have_text(["Second", "First"])
        assert violations(second) == []
        second.get_by_role("button", name="Keep mine").click()
        saved(second)
        expect(headline(first)).to_have_value("Second")
    assert headline_in_file(root) == "Second"


def test_a_fault_is_named_where_it_is_and_the_rest_stays(
    context: BrowserContext, root: Path
) -> None:
    with desk_of(root) as desk:
        page = at(context, f"{desk.url}write")
        headline(page).fill("")
        expect(page.locator("#status")).to_contain_text("Not saved yet: Lead story: Headline")
        page.keyboard.press("Control+s")
        expect(page.get_by_role("alert").first).to_contain_text("one field needs mending")
        expect(page.get_by_role("alert").first).to_be_focused()
        headline(page).fill("The tide is patient")
        page.keyboard.press("Control+s")
        saved(page)
        expect(page.locator(".fault")).to_have_count(0)


def test_words_typed_before_the_page_is_ready_are_saved_too(
    context: BrowserContext, root: Path
) -> None:
    with desk_of(root) as desk:
        page = context.new_page()
        held: list[Route] = []
        page.route("**/pages/write.js", lambda route: held.append(route))  # noqa: PLW0108 - asks for a function
        page.goto(f"{desk.url}write", wait_until="commit")
        headline(page).fill("Typed early")
        held[0].continue_()
        saved(page)
        assert headline_in_file(root) == "Typed early"

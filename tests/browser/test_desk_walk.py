"""The editor's morning in a real browser, from an empty day to a mail that everybody has."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.support.browser import overflow, violations
from tests.support.desk import DAY
from tests.support.editors_morning import (
    PAGE,
    READERS,
    Stage,
    approve,
    at_desk,
    barriers,
    decided,
    give,
    line,
    mail,
    make_picture,
    press,
    press_while_it_counts,
    saved,
    says,
    stage,
    tab_to,
    text,
    type_anew,
    write_subheading_and_link,
)
from tests.support.page import HEADLINE

__all__ = ["stage"]  # a fixture


def test_a_morning_from_nothing_to_a_mail_that_everybody_has(
    browser: Browser, stage: Stage
) -> None:
    found: dict[str, list[str]] = {}
    with at_desk(browser, stage) as page:
        says(page, "Nothing for this day yet")
        expect(page.locator(".when")).to_contain_text("to 6 readers")
        assert "toml" not in page.inner_text("main")
        found["empty"] = barriers(page)

        give(page, "paste", {"text/plain": PAGE})
        expect(line(page, "Writer: Ada Marsh")).to_be_visible()
        line(page, "Writer: Ada Marsh").click()
        page.locator("#meanings").get_by_role("button", name="By whom").click()
        expect(line(page, "Writer: Ada Marsh")).to_contain_text("By whom")
        line(page, "Also read this").click()
        page.locator("#meanings").get_by_role("button", name="Left out").click()
        expect(line(page, "Also read this")).to_contain_text("Left out")
        page.get_by_role("button", name="Use this page").click()

        expect(page.get_by_label("Headline", exact=True)).to_have_value(HEADLINE)
        expect(mail(page).locator("h1")).to_have_text(HEADLINE)
        page.get_by_label("Headline", exact=True).fill("The tide turns the lights on")
        expect(mail(page).locator("h1")).to_have_text("The tide turns the lights on")
        write_subheading_and_link(page)
        expect(mail(page).locator("h2", has_text="What comes next")).to_be_visible()
        expect(mail(page).locator("a", has_text="harbour page")).to_be_visible()
        saved(page)

        give(page, "drop", {"picture": ""}, target="[data-drop]")
        page.get_by_role("application").press("ArrowDown")
        found["crop"] = barriers(page, widths=(1280,))
        page.get_by_role("button", name="Use this part").click()
        expect(page.get_by_label("What does the picture show?")).to_be_focused()
        page.keyboard.type("The harbour at dawn")
        page.get_by_label("Who made it?").fill("Ada Marsh")
        expect(mail(page).locator('img[alt="The harbour at dawn"]')).to_be_visible()

        quote = page.locator("#quote")
        before = quote.locator("[data-said]").inner_text()
        quote.get_by_role("button", name="Choose another").click()
        expect(quote.get_by_role("radio").nth(1)).to_be_visible()
        found["write, choosing"] = barriers(page)
        quote.get_by_role("searchbox").fill("the")
        expect(quote.get_by_role("status")).to_contain_text("of")
        quote.get_by_role("radio").nth(2).check()
        expect(quote.get_by_role("status")).to_have_text("In the mail now")
        assert quote.locator("[data-said]").inner_text() != before
        page.get_by_role("link", name="Look at it").click()

        decided(page, "Approve …")
        found["look"] = barriers(page)
        page.get_by_role("button", name="Approve …").click()
        approve(page)
        page.locator("#approving").get_by_placeholder("Your name").fill("Ida Marsh")
        found["approve"] = barriers(page)
        stage.may_begin.clear()
        page.get_by_role("button", name="Send to 6 readers").click()
        says(page, "It begins in a moment")
        press_while_it_counts(page, "Take it back")
        says(page, "Ready, and waiting for you")
        picture = page.frame_locator(".thumbnail iframe").get_by_alt_text("The harbour at dawn")
        expect(picture).not_to_have_js_property("naturalWidth", 0)
        found["ready"] = barriers(page)
        page.get_by_role("link", name="Look and approve").click()
        page.get_by_role("button", name="Approve …").click()
        expect(page.locator("#by-name")).to_have_text("Ida Marsh")
        page.get_by_role("button", name="Send to 6 readers").click()
        says(page, "It begins in a moment")
        found["counting"] = violations(page)
        stage.may_begin.set()

        says(page, "Going out now")
        expect(page.locator("#number")).to_have_text("2")
        found["going out"] = barriers(page)
        page.get_by_role("button", name="Stop").click()
        says(page, "Stopped after 2")
        stage.provider.opened.set()  # what was under way is finished
        says(page, "Stopped after 4")
        found["stopped"] = barriers(page)
        page.get_by_role("link", name="Correct it first").click()
        page.get_by_label("Headline", exact=True).fill("The tide turns all lights on")
        saved(page)
        page.get_by_role("link", name="Look at it").click()
        page.get_by_role("button", name="Send it corrected …").click()
        page.get_by_label("What was wrong, in a sentence").fill("One word was missing.")
        found["correct"] = barriers(page)
        page.locator("#correcting-go").click()
        says(page, "Sent to 6 readers")
        found["sent"] = barriers(page)
    assert {name: some for name, some in found.items() if some} == {}
    assert sum(count for _, count in stage.provider.taken) == READERS
    assert stage.provider.taken[0][0] == "The tide turns the lights on"
    assert stage.provider.taken[-1][0] == "The tide turns all lights on"
    with stage.opened(stage.root) as app:
        approval = app.approval_records.find(DAY)
        assert approval is not None
        assert approval.by == "Ida Marsh"
        assert app.audit(DAY).complete


def test_the_same_morning_by_keyboard_alone(browser: Browser, stage: Stage, tmp_path: Path) -> None:
    picture = make_picture(tmp_path)
    with at_desk(browser, stage) as page:
        says(page, "Nothing for this day yet")
        page.keyboard.press("p")
        page.wait_for_url("**/paste")
        tab_to(page, "The page, as you copied it")
        page.keyboard.insert_text(PAGE)
        press(page, "Read it")
        expect(line(page, "Also read this")).to_be_visible()
        tab_to(page, "Line 4")
        page.keyboard.press("b")
        expect(page.locator("#heard")).to_have_text("Line 4 is now: By whom")
        for _ in range(3):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("x")
        expect(page.locator("#heard")).to_have_text("Line 7 is now: Left out")
        page.keyboard.press("u")

        expect(mail(page).locator("h1")).to_have_text(HEADLINE)
        tab_to(page, "Headline")
        type_anew(page, "The tide turns the lights on")
        with page.expect_file_chooser() as chooser:
            press(page, "Choose a picture")
        chooser.value.set_files(picture)
        expect(page.get_by_role("application")).to_be_focused()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("-")
        page.keyboard.press("Enter")
        expect(page.get_by_label("What does the picture show?")).to_be_focused()
        page.keyboard.type("The harbour at dawn")
        tab_to(page, "Who made it?")
        page.keyboard.type("Ada Marsh")
        tab_to(page, "Text")
        page.keyboard.press("Control+End")
        page.keyboard.press("Enter")
        page.keyboard.type("## What comes next")
        expect(mail(page).locator("h2", has_text="What comes next")).to_be_visible()
        page.keyboard.press("Control+.")
        expect(page.locator("#stories-0-text")).to_be_focused()
        page.keyboard.press("Control+.")
        expect(text(page)).to_be_focused()
        saved(page)
        quote = page.locator("#quote")
        for _ in ("fact", "quote"):
            tab_to(page, "Choose another")
        page.keyboard.press("Enter")
        expect(quote.get_by_role("radio").nth(1)).to_be_visible()
        expect(quote.get_by_role("searchbox")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        expect(quote.get_by_role("status")).to_have_text("In the mail now")
        page.keyboard.press("g")
        page.keyboard.press("l")

        decided(page, "Approve …")
        page.keyboard.press("a")
        approve(page)
        tab_to(page, "By", back=True)
        page.keyboard.type("Ida Marsh")
        press(page, "Send to 6 readers")
        says(page, "Going out now")
        press(page, "Stop")
        says(page, "Stopped after 2")
        stage.provider.opened.set()
        says(page, "Stopped after 4")
        press(page, "Correct it first")
        expect(mail(page).locator("h1")).to_be_visible()
        tab_to(page, "Headline")
        type_anew(page, "The tide turns all lights on")
        page.keyboard.press("Control+s")
        saved(page)
        tab_to(page, "Look at it", back=True)
        page.keyboard.press("Enter")
        decided(page, "Send it corrected …")
        press(page, "Send it corrected")
        page.keyboard.type("One word was missing.")
        page.keyboard.press("Enter")
        says(page, "Sent to 6 readers")
    assert stage.provider.taken[-1][0] == "The tide turns all lights on"


def test_the_same_morning_on_a_phone(browser: Browser, stage: Stage, tmp_path: Path) -> None:
    picture = make_picture(tmp_path)
    phone = {"viewport": {"width": 375, "height": 740}, "has_touch": True}
    with at_desk(browser, stage, **phone) as page:
        assert overflow(page) <= 0
        page.get_by_role("link", name="Paste a page").tap()
        page.get_by_label("The page, as you copied it").fill(PAGE)
        page.get_by_role("button", name="Read it").first.tap()
        line(page, "Writer: Ada Marsh").tap()
        page.locator("#meanings").get_by_role("button", name="By whom").tap()
        expect(line(page, "Writer: Ada Marsh")).to_contain_text("By whom")
        page.get_by_role("button", name="Use this page").tap()

        page.get_by_label("Headline", exact=True).fill("The tide turns the lights on")
        expect(text(page)).to_be_visible()  # the page's scripts are at work
        page.locator("input[type=file]").first.set_input_files(picture)
        page.get_by_role("button", name="Use this part").tap()
        page.get_by_label("What does the picture show?").fill("The harbour at dawn")
        page.get_by_label("Who made it?").fill("Ada Marsh")
        saved(page)
        page.locator("#quote").get_by_role("button", name="Choose another").tap()
        page.locator("#quote").get_by_role("radio").nth(1).check()
        expect(page.locator("#quote").get_by_role("status")).to_have_text("In the mail now")
        page.get_by_role("button", name="See").tap()
        sheet = page.get_by_role("dialog", name="The mail as it will be")
        expect(sheet.frame_locator("iframe").locator("h1")).to_have_text(
            "The tide turns the lights on"
        )
        sheet.get_by_role("button", name="Back to writing").tap()
        assert overflow(page) <= 0
        page.get_by_role("link", name="Look at it").tap()

        button = page.get_by_role("button", name="Approve …")
        expect(button).to_be_in_viewport()
        page.get_by_role("button", name="View").tap()
        page.get_by_role("dialog", name="Show the mail").get_by_label("In the inbox").check()
        page.get_by_role("button", name="Close").tap()
        expect(page.locator("#inboxes")).to_be_visible()
        page.mouse.wheel(0, 4000)
        expect(button).to_be_in_viewport()
        button.tap()
        approve(page)
        page.locator("#approving").get_by_placeholder("Your name").fill("Ida Marsh")
        page.get_by_role("button", name="Send to 6 readers").tap()
        says(page, "Going out now")
        page.get_by_role("button", name="Stop").tap()
        says(page, "Stopped after 2")
        stage.provider.opened.set()
        says(page, "Stopped after 4")
        page.get_by_role("button", name="Go on with 2").tap()
        says(page, "Sent to 6 readers")
        assert overflow(page) <= 0
    assert sum(count for _, count in stage.provider.taken) == READERS

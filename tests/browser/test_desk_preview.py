"""The desk's page in a real browser: two widths, dark mail, findings, problems, live reload."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from newsletter.core.errors import TemplateError, Where
from newsletter.core.model import MergeField
from newsletter.core.model.findings import Finding, Place, Severity
from newsletter.editions.proofs import Preview
from newsletter.message.sample_readers import RIGHT_TO_LEFT
from tests.support.desk import HTML, Desk, Renders, make_preview, running_desk
from tests.support.time import PATIENCE

DARK = "() => matchMedia('(prefers-color-scheme: dark)').matches"
FINDINGS = (
    Finding(
        code="img-alt", severity=Severity.ERROR, message="No text.", hint="Describe the image."
    ),
    Finding(code="subject", severity=Severity.WARNING, message="It is <b>long</b>.", hint=""),
)


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """Run a desk with two findings."""
    with running_desk(Renders(make_preview(findings=FINDINGS))) as running:
        yield running


@contextmanager
def opened(browser: Browser, url: str, *, width: int = 1600, **options: Any) -> Iterator[Page]:
    """Open an address; the page must not report an error of its own."""
    errors: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    expect(page.locator("#status")).to_have_text(re.compile("Live|Problem"))
    yield page
    context.close()
    assert not errors


def mail(page: Page, width: int) -> FrameLocator:
    """Return the mail in the frame of a width."""
    return page.frame_locator(f'.device[data-width="{width}"] iframe')


def test_both_widths_stand_side_by_side(browser: Browser, desk: Desk) -> None:
    with opened(browser, desk.url) as page:
        for width in (680, 375):
            heading = mail(page, width).locator("h1")
            expect(heading).to_have_text("The ferry is back")
            assert heading.evaluate("() => innerWidth") == width
        boxes = [frame.bounding_box() for frame in page.locator(".frame").all()]
        assert boxes[0] is not None
        assert boxes[1] is not None
        assert boxes[0]["y"] == boxes[1]["y"]
        assert boxes[0]["x"] + boxes[0]["width"] < boxes[1]["x"]


def test_mail_keeps_its_width_in_a_narrow_window(browser: Browser, desk: Desk) -> None:
    with opened(browser, desk.url, width=900) as page:
        expect(page.locator("figcaption").first).to_contain_text("680 px, shown at")
        assert mail(page, 680).locator("h1").evaluate("() => innerWidth") == 680
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_frames_are_as_high_as_the_mail(browser: Browser, desk: Desk) -> None:
    with opened(browser, desk.url) as page:
        html = mail(page, 375).locator("html")
        expect(mail(page, 375).locator("h1")).to_be_visible()
        page.wait_for_function("() => document.querySelectorAll('iframe')[1].offsetHeight < 500")
        assert html.evaluate("(e) => e.scrollHeight === innerHeight")


def test_dark_reaches_the_media_query_of_the_mail(browser: Browser, desk: Desk) -> None:
    # Emulation by the test's context would override the frame's own scheme.
    with opened(browser, desk.url + "?scheme=dark", color_scheme="null") as page:
        heading = mail(page, 680).locator("h1")
        expect(heading).to_be_visible()
        assert heading.evaluate(DARK)
        page.get_by_role("button", name="Light").click()
        assert not heading.evaluate(DARK)


def test_choices_stand_in_the_address(browser: Browser, desk: Desk) -> None:
    with opened(browser, desk.url) as page:
        page.get_by_role("button", name="Phone").click()
        page.get_by_role("button", name="Dark").click()
        assert page.url.endswith("?view=html&width=375&scheme=dark&lens=whole&reader=robin")
        page.reload()
        expect(page.locator('.device[data-width="680"]')).to_be_hidden()
        expect(page.locator('.device[data-width="375"]')).to_be_visible()
        expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")


def test_unknown_choices_in_the_address_are_ignored(browser: Browser, desk: Desk) -> None:
    with opened(browser, desk.url + "?view=nonsense&width=12") as page:
        expect(page.locator(".device:visible")).to_have_count(2)


@pytest.mark.parametrize(
    ("key", "panel", "text"),
    [
        ("2", "text", "THE FERRY IS BACK"),
        ("3", "source", "<!doctype html>"),
        ("4", "inbox", "Gmail on the web"),
    ],
)
def test_views_change_by_key(browser: Browser, desk: Desk, key: str, panel: str, text: str) -> None:
    with opened(browser, desk.url) as page:
        page.keyboard.press(key)
        expect(page.locator("[data-panel]:visible")).to_have_count(1)
        expect(page.locator(f'[data-panel="{panel}"]')).to_contain_text(text)


def test_source_has_every_line_as_it_is(browser: Browser, desk: Desk) -> None:
    with opened(browser, desk.url + "?view=source") as page:
        lines = page.locator("#source li").all_text_contents()
    assert [line.rstrip() for line in lines] == [line.rstrip() for line in HTML.split("\n")]


def test_findings_are_counted_and_printed_as_text(browser: Browser, desk: Desk) -> None:
    with opened(browser, desk.url) as page:
        expect(page.locator("#counts span")).to_have_text(["1 error", "1 warning"])
        first, second = page.locator(".finding").all()
        expect(first).to_have_text("img-altNo text.Describe the image.")
        expect(second).to_contain_text("It is <b>long</b>.")


def test_a_finding_leads_to_its_element(browser: Browser) -> None:
    long = HTML.replace("<h1>", "<h1>" + "<br>" * 200)
    places = (
        Place(part="html", tag="p", index=1),
        Place(part="text", line=3),
        Place(part="html", line=2),
        Place(part="html", tag="h1", template="email/partials/story.mjml.j2:12"),
        Place(part="subject"),
    )
    found = tuple(
        Finding("It is odd.", code="odd", severity=Severity.INFO, place=place) for place in places
    )
    renders = Renders(make_preview(long, findings=found))
    with running_desk(renders) as desk, opened(browser, f"{desk.url}?lens=styles") as page:
        cards = page.locator("button.finding")
        expect(mail(page, 680).locator("h1")).to_be_visible()
        cards.nth(0).click()
        for width in (680, 375):
            second = mail(page, width).locator("p").nth(1)
            expect(second).to_have_css("outline-style", "solid")
            expect(second).to_be_in_viewport()
        page.keyboard.press("j")
        expect(page.locator("#text .marked")).to_have_text(
            "It crosses the river again, every half hour."
        )
        cards.nth(2).click()
        expect(page.locator("#source .marked")).to_contain_text("<html")
        cards.nth(3).click()
        expect(cards.nth(3)).to_contain_text("email/partials/story.mjml.j2:12")
        expect(mail(page, 680).locator("[data-desk-mark]")).to_have_count(1)
        cards.nth(4).click()
        expect(page.locator("#inboxes")).to_be_visible()


def test_sizes_stand_against_their_limits(browser: Browser) -> None:
    large = Renders(make_preview(html="<style>p{}</style>" + "x" * 90_000))
    with running_desk(large) as desk, opened(browser, desk.url) as page:
        expect(page.locator(".figures")).to_have_text(
            ["HTML90.0 KBof 102 KB", "Styles0.0 KBof 16 KB"]
        )
        size, styles = page.get_by_role("meter").all()
        expect(size).to_have_attribute("data-level", "high")
        assert size.evaluate("(e) => e.firstElementChild.offsetWidth / e.offsetWidth") > 0.8
        expect(styles).to_have_attribute("data-level", "fine")


def test_a_sample_reader_is_chosen_by_click_by_key_and_by_address(browser: Browser) -> None:
    name = MergeField(name="name", html_tag="-q1_name_h-", text_tag="-q1_name_t-", fallback="you")
    greeting = make_preview(HTML.replace("The ferry", "-q1_name_h-"), fields=(name,))
    with (
        running_desk(Renders(greeting)) as desk,
        opened(browser, f"{desk.url}?reader=nameless") as page,
    ):
        heading = mail(page, 680).locator("h1")
        expect(heading).to_have_text("you is back")
        page.get_by_label("Reader").select_option("rtl")
        expect(heading).to_have_text(f"{RIGHT_TO_LEFT.name} is back")
        page.get_by_role("button", name="HTML").focus()
        page.keyboard.press("r")
        expect(heading).to_have_text("Robin Reader is back")
        assert page.url.endswith("reader=robin")


def test_every_control_has_a_key_and_the_overlay_lists_it(browser: Browser, desk: Desk) -> None:
    with opened(browser, desk.url) as page:
        page.keyboard.press("?")
        dialog = page.get_by_role("dialog", name="Keys")
        keys = dialog.locator("kbd").all_text_contents()
        assert {*"1234wdlrjk?[]"} <= set(keys)
        assert len(keys) == len(set(keys))
        page.keyboard.press("w")
        expect(page.locator(".device:visible")).to_have_count(2)
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        page.keyboard.press("w")
        expect(page.locator(".device:visible")).to_have_count(1)
        others = ":not(dialog *):not([data-choice] *):not(.findings *)"
        assert page.locator(f"button:not([data-key]){others}").count() == 0


def test_mail_runs_no_script_and_opens_links_elsewhere(browser: Browser, desk: Desk) -> None:
    with opened(browser, desk.url) as page:
        link = mail(page, 680).locator("a")
        expect(link).to_have_attribute("target", "_blank")
        assert link.evaluate("() => document.title") == "Brief"


def test_nothing_is_asked_for_elsewhere(browser: Browser, desk: Desk) -> None:
    asked: list[str] = []
    context = browser.new_context()
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(desk.url)
    expect(page.locator("#status")).to_have_text("Live")
    context.close()
    assert len(asked) > 4
    assert all(url.startswith(desk.base) for url in asked)


def test_problem_stands_above_the_last_good_render(browser: Browser, tmp_path: Any) -> None:
    template = tmp_path / "brief.mjml.j2"
    renders = Renders(make_preview())
    with running_desk(renders, [tmp_path]) as desk, opened(browser, desk.url) as page:
        expect(mail(page, 680).locator("h1")).to_be_visible()
        where = Where(file="brief.mjml.j2", line=4)
        renders.answer = TemplateError("<mj-txt>", hint="Mend it.", where=where)
        template.write_text("broken", encoding="utf-8")
        problem = page.get_by_role("alert")
        expect(problem.locator(".place")).to_have_text("brief.mjml.j2, line 4")
        expect(problem).to_contain_text("<mj-txt>")
        expect(problem).to_contain_text("Below is the mail as it was before.")
        expect(mail(page, 680).locator("h1")).to_be_visible()
        expect(page.locator("#stage")).to_have_css("opacity", "0.4")
        box, stage = problem.bounding_box(), page.locator("#stage").bounding_box()
        assert box is not None
        assert stage is not None
        assert box["y"] > stage["y"]
        renders.answer = make_preview()
        template.write_text("mended", encoding="utf-8")
        expect(problem).to_be_hidden()


def test_problem_alone_stands_on_an_empty_desk(browser: Browser) -> None:
    held = Renders(TemplateError("There is no lead story."))
    with running_desk(held) as desk, opened(browser, desk.url) as page:
        expect(page.get_by_role("alert")).to_contain_text("There is no lead story.")
        expect(page.locator("#problem-below")).to_be_hidden()
        expect(page.locator("#stage, #rail").locator("visible=true")).to_have_count(0)


def test_change_shows_up_without_a_reload(browser: Browser, tmp_path: Any) -> None:
    renders = Renders(make_preview())
    with running_desk(renders, [tmp_path]) as desk, opened(browser, desk.url) as page:
        page.evaluate("() => { window.untouched = true }")
        renders.answer = make_preview(HTML.replace("is back", "is late"))
        (tmp_path / "story.md").write_text("new", encoding="utf-8")
        expect(mail(page, 680).locator("h1")).to_have_text("The ferry is late")
        assert page.evaluate("() => window.untouched")


def test_a_change_keeps_the_place_on_the_page(browser: Browser, tmp_path: Any) -> None:
    long = HTML.replace("<h1>", "<h1>" + "<br>" * 200)
    renders = Renders(make_preview(long))
    with running_desk(renders, [tmp_path]) as desk, opened(browser, desk.url) as page:
        expect(mail(page, 680).locator("h1")).to_be_visible()
        page.wait_for_function("() => document.documentElement.scrollHeight > 3000")
        page.evaluate("() => scrollTo(0, 2500)")
        renders.answer = make_preview(long.replace("is back", "is late"))
        (tmp_path / "story.md").write_text("new", encoding="utf-8")
        expect(mail(page, 680).locator("h1")).to_have_text("The ferry is late")
        page.wait_for_function("() => scrollY === 2500")


def test_the_dot_says_that_a_render_is_under_way(browser: Browser, tmp_path: Any) -> None:
    may_end = threading.Event()
    may_end.set()

    def slow(_day: date) -> Preview:
        may_end.wait(PATIENCE)
        return make_preview()

    with running_desk(slow, [tmp_path]) as desk, opened(browser, desk.url) as page:
        expect(page.locator("#status")).to_have_text("Live")
        may_end.clear()
        (tmp_path / "story.md").write_text("new", encoding="utf-8")
        expect(page.locator("#status")).to_have_text("Rebuilding")
        may_end.set()
        expect(page.locator("#status")).to_have_text("Live")


def test_page_says_when_the_desk_is_gone(browser: Browser) -> None:
    with running_desk(Renders(make_preview())) as desk:
        context = browser.new_context()
        page = context.new_page()
        page.goto(desk.url)
        expect(page.locator("#status")).to_have_text("Live")
    expect(page.locator("#status")).to_have_text("Not connected")
    context.close()


def test_a_lens_is_chosen_by_click_by_key_and_by_address(browser: Browser, desk: Desk) -> None:
    with opened(browser, f"{desk.url}?lens=styles") as page:
        heading = mail(page, 680).locator("h1")
        expect(heading).to_have_text("The ferry is back")
        paragraph = mail(page, 680).locator("p").first
        assert paragraph.evaluate("e => getComputedStyle(e).fontSize") != "20px"
        page.get_by_role("button", name="As it is").click()
        expect(paragraph).to_have_css("font-size", "20px")
        page.keyboard.press("l")
        assert "lens=images" in page.url


def test_forced_dark_turns_the_colours_round_and_leaves_the_mail_alone(
    browser: Browser, desk: Desk
) -> None:
    with opened(browser, f"{desk.url}?scheme=forced") as page:
        assert mail(page, 680).locator("h1").evaluate(DARK) is False
        frame = page.locator('.device[data-width="680"] iframe')
        assert "invert" in frame.evaluate("e => getComputedStyle(e).filter")

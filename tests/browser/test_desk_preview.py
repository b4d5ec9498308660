"""The desk's page in a real browser: two widths, dark mail, findings, problems, live reload."""

from __future__ import annotations

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
from newsletter.web.desk.renders import Soon
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
    drawn(page)
    yield page
    context.close()
    assert not errors


def drawn(page: Page) -> None:
    """Wait until the page has drawn what the desk has, and hears of what comes."""
    expect(page.locator("body[data-live=yes][data-drawn]")).to_have_count(1)


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
        expect(mail(page, 680).locator("h1")).to_be_visible()
        assert mail(page, 680).locator("h1").evaluate("() => innerWidth") == 680
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_frames_are_as_high_as_the_mail(browser: Browser, desk: Desk) -> None:
    with opened(browser, desk.url) as page:
        html = mail(page, 375).locator("html")
        expect(mail(page, 375).locator("h1")).to_be_visible()
        page.wait_for_function("() => document.querySelectorAll('iframe')[1].offsetHeight < 500")
        assert html.evaluate("(e) => e.scrollHeight === innerHeight")
        late = "(e) => { e.querySelector('h1').style.paddingTop = '900px' }"  # as a picture comes
        html.evaluate(late)
        page.wait_for_function("() => document.querySelectorAll('iframe')[1].offsetHeight > 900")


def test_dark_reaches_the_media_query_of_the_mail(browser: Browser, desk: Desk) -> None:
    # Emulation by the test's context would override the frame's own scheme.
    with opened(browser, desk.url + "?scheme=dark", color_scheme="null") as page:
        heading = mail(page, 680).locator("h1")
        expect(heading).to_be_visible()
        assert heading.evaluate(DARK)
        page.get_by_role("button", name="Light").click()
        assert not heading.evaluate(DARK)


def test_unknown_choices_in_the_address_are_ignored(browser: Browser, desk: Desk) -> None:
    with opened(browser, desk.url + "?view=nonsense&width=12") as page:
        expect(page.locator(".device:visible")).to_have_count(2)


def test_source_has_every_line_as_it_is(browser: Browser, desk: Desk) -> None:
    with opened(browser, desk.url + "?view=source") as page:
        lines = page.locator("#source li").all_text_contents()
    assert [line.rstrip() for line in lines] == [line.rstrip() for line in HTML.split("\n")]


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
    drawn(page)
    context.close()
    assert len(asked) > 4
    assert all(url.startswith(desk.base) for url in asked)


def test_problem_alone_stands_on_an_empty_desk(browser: Browser) -> None:
    held = Renders(TemplateError("There is no lead story."))
    with running_desk(held) as desk, opened(browser, desk.url) as page:
        expect(page.get_by_role("alert")).to_contain_text("There is no lead story.")
        expect(page.locator("#problem-below")).to_be_hidden()
        expect(page.locator("#stage, #rail").locator("visible=true")).to_have_count(0)


def test_change_shows_up_without_a_reload_and_before_it_is_checked(
    browser: Browser, tmp_path: Any
) -> None:
    renders, may_check = Renders(make_preview()), threading.Event()
    may_check.set()

    def render(day: date, soon: Soon) -> Preview:
        soon(renders(day))
        may_check.wait(PATIENCE)
        return renders(day)

    with running_desk(render, [tmp_path]) as desk, opened(browser, desk.url) as page:
        page.evaluate("() => { window.untouched = true }")
        heading, line = mail(page, 680).locator("h1"), page.locator("#line-subject")
        expect(line).to_have_text("The ferry is back")
        heading.evaluate("(one) => { one.untouched = true }")
        may_check.clear()
        late = HTML.replace("is back", "is late")
        renders.answer = make_preview(late, subject="The ferry is late")
        (tmp_path / "story.md").write_text("new", encoding="utf-8")
        for width in (680, 375):
            expect(mail(page, width).locator("h1")).to_have_text("The ferry is late")
        expect(line).to_have_text("The ferry is back")  # what was found in it follows
        may_check.set()
        expect(line).to_have_text("The ferry is late")
        assert page.evaluate("() => window.untouched")
        assert heading.evaluate("(one) => one.untouched")  # so no picture loads twice


def test_an_answer_that_is_lost_is_asked_for_again(browser: Browser, tmp_path: Any) -> None:
    renders = Renders(make_preview())
    with running_desk(renders, [tmp_path]) as desk, opened(browser, desk.url) as page:
        faults = list[str]()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        for path in ("**/mail?*", "**/state?*", "**/steps", "**/decision?*"):
            page.route(path, lambda route: route.abort(), times=1)
        for words in ("is late", "is later"):
            renders.answer = make_preview(HTML.replace("is back", words))
            (tmp_path / "story.md").write_text(words, encoding="utf-8")
            expect(mail(page, 680).locator("h1")).to_have_text(f"The ferry {words}")
        expect(page.locator("#status")).not_to_have_attribute("data-tone", "wrong")
        assert faults == []


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


def test_forced_dark_turns_the_colours_round_and_leaves_the_mail_alone(
    browser: Browser, desk: Desk
) -> None:
    with opened(browser, f"{desk.url}?scheme=forced") as page:
        assert mail(page, 680).locator("h1").evaluate(DARK) is False
        frame = page.locator('.device[data-width="680"] iframe')
        assert "invert" in frame.evaluate("e => getComputedStyle(e).filter")


def test_choices_stand_in_the_address(browser: Browser, desk: Desk) -> None:
    with opened(browser, desk.url) as page:
        page.get_by_role("button", name="Dark").click()
        assert page.url.endswith("?view=html&width=both&scheme=dark&lens=whole&reader=robin")
        page.reload()
        expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")


def test_views_are_chosen_in_an_editors_words_and_by_key(browser: Browser, desk: Desk) -> None:
    with opened(browser, f"{desk.url}?lens=styles") as page:
        paragraph = mail(page, 680).locator("p").first
        assert paragraph.evaluate("e => getComputedStyle(e).fontSize") != "20px"
        page.get_by_role("button", name="Without style elements").click()
        dialog = page.get_by_role("dialog", name="Show the mail")
        for words, panel, text in (
            ("As plain text", "text", "THE FERRY IS BACK"),
            ("The source", "source", "<!doctype html>"),
            ("In the inbox", "inbox", "Gmail on the web"),
        ):
            if words == "The source":
                dialog.get_by_text("For whoever set this up").click()
            dialog.get_by_label(words).check()
            expect(page.locator("[data-panel]:visible")).to_have_count(1)
            expect(page.locator(f'[data-panel="{panel}"]')).to_contain_text(text)
        dialog.get_by_label("As the reader has it").check()
        page.keyboard.press("Escape")
        expect(paragraph).to_have_css("font-size", "20px")
        page.keyboard.press("v")
        assert "lens=images" in page.url
        page.keyboard.press("?")
        keys = page.get_by_role("dialog", name="Keys").locator("kbd").all_text_contents()
        assert {*"GTVNJK?"} <= set(keys)


def test_findings_are_said_in_three_kinds_with_a_button_to_the_field(
    browser: Browser, desk: Desk
) -> None:
    with opened(browser, desk.url) as page:
        expect(page.locator("#findings h2")).to_have_text(["To correct", "Worth a look"])
        first, second = page.locator(".finding").all()[:2]
        expect(first).to_contain_text("The picture has no description")
        expect(first.get_by_role("link")).to_have_attribute("href", "write#stories-0-image-alt")
        expect(second.get_by_role("link")).to_have_attribute("href", "write#subject")
        second.get_by_text("For whoever set this up").click()
        expect(second).to_contain_text("It is <b>long</b>.")
        page.keyboard.press("n")
        expect(first.get_by_role("link")).to_be_focused()
        expect(page.locator("#meters > *")).to_have_count(0)


def test_a_finding_leads_to_its_element_and_a_size_is_told_near_its_limit(
    browser: Browser,
) -> None:
    long = HTML.replace("<h1>", "<h1>" + "<br>" * 200) + "x" * 90_000
    places = (
        Place(part="html", tag="p", index=1),
        Place(part="text", line=3),
        Place(part="html", line=2),
        Place(part="subject"),
    )
    found = tuple(
        Finding("It is odd.", code="odd", severity=Severity.INFO, place=place) for place in places
    )
    renders = Renders(make_preview(long, findings=found))
    with running_desk(renders) as desk, opened(browser, f"{desk.url}?lens=styles") as page:
        expect(page.locator("#meters")).to_contain_text("Gmail will soon cut it off")
        shows = page.get_by_role("button", name="Show it")
        expect(mail(page, 680).locator("h1")).to_be_visible()
        shows.nth(0).click()
        for width in (680, 375):
            expect(mail(page, width).locator("p").nth(1)).to_have_css("outline-style", "solid")
        shows.nth(1).click()
        expect(page.locator("#text .marked")).to_have_text(
            "It crosses the river again, every half hour."
        )
        shows.nth(2).click()
        expect(page.locator("#source .marked")).to_contain_text("<html")
        shows.nth(3).click()
        expect(page.locator("#inboxes")).to_be_visible()


def test_a_sample_reader_is_chosen_by_the_address_and_in_the_views(browser: Browser) -> None:
    name = MergeField(name="name", html_tag="-q1_name_h-", text_tag="-q1_name_t-", fallback="you")
    greeting = make_preview(HTML.replace("The ferry", "-q1_name_h-"), fields=(name,))
    with (
        running_desk(Renders(greeting)) as desk,
        opened(browser, f"{desk.url}?reader=nameless") as page,
    ):
        heading = mail(page, 680).locator("h1")
        expect(heading).to_have_text("you is back")
        page.get_by_role("button", name="As the reader has it").click()
        page.get_by_text("For whoever set this up").last.click()
        page.get_by_label("As which reader").select_option("rtl")
        expect(heading).to_have_text(f"{RIGHT_TO_LEFT.name} is back")


def test_problem_stands_above_the_last_good_render_and_a_lost_desk_is_told(
    browser: Browser, tmp_path: Any
) -> None:
    template = tmp_path / "brief.mjml.j2"
    renders = Renders(make_preview())
    context = browser.new_context()
    page = context.new_page()
    with running_desk(renders, [tmp_path]) as desk:
        page.goto(desk.url)
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
        renders.answer = make_preview()
        template.write_text("mended", encoding="utf-8")
        expect(problem).to_be_hidden()
    expect(page.locator("#status")).to_contain_text("No connection since")
    context.close()

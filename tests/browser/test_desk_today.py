"""Today in a real browser: an empty morning, a page, an approval, and taking it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, Route, expect

from newsletter.app import App
from newsletter.content.source import Web
from newsletter.core import calendar
from newsletter.core.model.content import Approval
from tests.support.browser import SCHEMES, violations
from tests.support.desk import DAY, desk_of, make_root, opened
from tests.support.editors_morning import PAGE, says
from tests.support.page import HEADLINE, PARAGRAPHS
from tests.support.web import RecordedWeb, rss, rss_item

SECTIONS = """
[sources]
story = [{ type = "page" }]

[schedule]
approval = true
"""

FEED = "https://site.example/feed"
OFFERS = f"""
[sources]
story = [{{ type = "page" }}, {{ type = "feed", url = "{FEED}", full = false }}]

[schedule]
approval = true

[edition]
fallback = "content/standing"
"""


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


def approve(root: Path) -> None:
    """Approve the edition, as somebody elsewhere does."""
    with opened(root) as app:
        digest = app.proofs.prove(DAY).message.digest
        approval = Approval(digest=digest, by="Ida", at=app.clock.now())
        app.approval_records.write(DAY, approval)


def test_what_others_do_shows_up_by_itself_and_can_be_taken_back(
    browser: Browser, tmp_path: Path
) -> None:
    root = make_root(tmp_path, SECTIONS.replace('"page"', '"markdown", rotate = true'))
    with desk_of(root) as desk:
        page = browser.new_page()
        page.goto(desk.base)
        expect(page.locator(".big")).to_have_text("Ready, and waiting for you")
        approve(root)
        expect(page.locator(".big")).to_have_text("Approved. Nothing left to do.")
        expect(page.locator("main .act")).to_have_count(0)
        assert barriers(page) == []
        page.get_by_role("button", name="Take it back").click()
        expect(page.locator(".big")).to_have_text("Ready, and waiting for you")
        page.get_by_role("link", name="Send me a test").click()
        expect(page.get_by_role("dialog", name="Send a test")).to_be_visible()
        assert barriers(page) == []
        page.close()


def test_what_a_press_led_to_is_told_however_late_the_page_follows(
    browser: Browser, tmp_path: Path
) -> None:
    """The page asks for the press, and meanwhile as ever; the second answer is late."""
    root = make_root(tmp_path, SECTIONS.replace('"page"', '"markdown", rotate = true'))
    with desk_of(root) as desk:
        page = browser.new_page()
        page.clock.install()
        page.route("**/events", lambda route: route.abort())  # so that only the minutes ask
        approve(root)
        page.goto(desk.base)
        says(page, "Approved. Nothing left to do.")
        late: list[Route] = []
        page.route("**/today", lambda route: late.append(route))  # noqa: PLW0108 - asks for a function
        page.get_by_role("button", name="Take it back").click()
        while len(late) < 2:
            page.clock.run_for(20_000 if late else 100)
        late[0].continue_()
        told = page.locator("#told")
        expect(told).not_to_be_empty()
        words = told.inner_text()
        page.clock.fast_forward(11_000)
        late[1].continue_()
        says(page, "Ready, and waiting for you")
        expect(told).to_have_text(words)
        page.close()


def test_an_empty_morning_takes_the_newest_or_one_of_the_shelf_or_a_page(
    browser: Browser, tmp_path: Path
) -> None:
    """Three mornings, the second and third on a phone; a site that is silent is told in words."""
    root, site = make_root(tmp_path, OFFERS, story=""), RecordedWeb({})
    (root / "content" / "standing").mkdir()
    for title in ("How lamps are lit", "How ropes are made"):
        file = root / "content" / "standing" / f"{title[4:9]}.md"
        text = "\n\n".join((f'+++\ntitle = "{title}"\n+++', *PARAGRAPHS))
        file.write_text(text, encoding="utf-8")

    @contextmanager
    def with_site(of: Path) -> Iterator[App]:
        with opened(of) as app:
            vars(app).update(web=Web(fetch=RecordedWeb({})), web_anew=Web(fetch=site))
            yield app

    with desk_of(root, opened=with_site) as desk:
        page = browser.new_page()
        page.set_extra_http_headers({"Accept-Language": "de"})
        page.goto(f"{desk.url}today")
        page.locator('[data-post="take?of=site"]').click()
        told = page.locator("#told")
        expect(told).to_contain_text("Deine Website antwortet nicht.")
        expect(told).to_contain_text(f"{FEED} antwortete mit 404; vor 08:00 UTC")
        page.set_extra_http_headers({"Accept-Language": "en"})
        page.goto(f"{desk.url}today")
        says(page, "Nothing for this day yet")
        assert barriers(page) == []
        with opened(root) as app:
            published = app.clock.now() - timedelta(hours=1)
        text = "".join(f"<p>{one}</p>" for one in PARAGRAPHS)
        site.pages[FEED] = rss(rss_item(published=published, content=text))
        page.get_by_role("button", name="Take it").click()
        says(page, "One thing to correct")  # it links to a host that is only an example
        expect(told).to_contain_text("Taken: “The ferry keeps its hours”")

        page.set_viewport_size({"width": 375, "height": 800})
        page.goto(f"{desk.base}{DAY + timedelta(days=1)}/today")
        says(page, "Nothing for this day yet")
        row = page.locator(".row", has_text="How ropes are made")
        row.get_by_role("button", name="Use it").click()
        says(page, "Ready, and waiting for you")
        expect(told).to_contain_text("Taken: “How ropes are made”")

        page.goto(f"{desk.base}{DAY + timedelta(days=2)}/today")
        expect(page.locator(".row", has_text="How lamps are lit")).to_be_visible()
        expect(page.locator(".row", has_text="How ropes are made")).to_have_count(0)
        page.get_by_role("link", name="Paste a page").click()
        page.get_by_label("The page, as you copied it").fill(PAGE)
        page.locator("#page").get_by_role("button", name="Read it").click()
        page.get_by_role("button", name="Use this page").click()
        expect(page.get_by_label("Headline", exact=True)).to_have_value(HEADLINE)
        page.close()


def test_the_code_of_a_proof_approves_on_today_and_where_the_mail_is_looked_at(
    browser: Browser, tmp_path: Path
) -> None:
    sections = SECTIONS.replace('"page"', '"markdown", rotate = true')
    root = make_root(tmp_path, f'{sections}\n[edition]\nproof_to = "orla@finch.example"\n')
    with opened(root) as app:
        app.assembler.assemble(DAY)
        assert app.proof_mails.look(calendar.due(app.timetable, DAY))
        proof = app.proof_mails.records.last(DAY)
        assert proof is not None
    with desk_of(root) as desk:
        page = browser.new_page()
        page.goto(desk.base)
        dialog = page.get_by_role("dialog", name="Type the code of the proof")
        page.get_by_role("button", name="I have a code").click()
        dialog.get_by_label("Code").fill("2222-2222")
        dialog.get_by_label("By").fill("Orla")
        dialog.get_by_role("button", name="Approve").click()
        expect(dialog.get_by_role("alert")).to_contain_text("No proof of the edition")
        assert barriers(page) == []
        dialog.get_by_role("button", name="Not yet").click()
        expect(dialog).to_be_hidden()
        page.goto(f"{desk.url}?approve")
        page.get_by_role("button", name="I have a code").click()
        expect(page.get_by_role("dialog")).to_have_count(1)
        dialog.get_by_label("Code").fill(f"{proof.code[:4]}-{proof.code[4:]}")
        dialog.get_by_label("By").fill("Orla")
        dialog.get_by_role("button", name="Approve").click()
        expect(page.locator(".big")).to_have_text("Approved. Nothing left to do.")
        expect(page.get_by_text("Orla approved it at")).to_be_visible()
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

"""The sandbox's mailbox as a person sees it: list, filter, one mail, widths, dark mode."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from newsletter.sandbox.server import Sandbox
from tests.support.sandbox import Client, make_block, make_body

HTML = (
    "<html><head><title>Brief</title></head><body><h1>Hello -name-</h1>"
    '<p><a href="https://brief.example.org/u/x">Leave</a></p>'
    "<script>document.title = 'run'; parent.document.title = 'run'</script></body></html>"
)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path) as running:
        client = Client(running.url)
        blocks = [
            make_block(to=[{"email": f"{name}@example.org"}], substitutions={"-name-": name})
            for name in ("ann", "bob")
        ]
        content = [
            {"type": "text/plain", "value": "Hi -name-"},
            {"type": "text/html", "value": HTML},
        ]
        body = make_body(personalizations=blocks, subject="Tides for -name-", content=content)
        assert client.send(body)[0] == 202
        client.close()
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1100, "height": 800})
    yield context.new_page()
    context.close()


def test_the_mailbox_leads_to_the_mail_as_its_reader_sees_it(sandbox: Sandbox, page: Page) -> None:
    page.goto(sandbox.url)
    page.get_by_role("link", name="Tides for bob").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Tides for bob")
    expect(page.frame_locator("iframe").get_by_role("heading")).to_have_text("Hello bob")
    expect(page.locator("#text pre")).to_have_text("Hi bob")
    expect(page.locator("#headers")).to_contain_text("X-Message-Id")


def test_a_script_in_a_mail_never_runs(sandbox: Sandbox, page: Page) -> None:
    page.goto(f"{sandbox.url}/mails/1")
    frame = page.frame_locator("iframe")

    expect(frame.get_by_role("heading")).to_have_text("Hello ann")
    assert "run" not in page.title()


def test_the_filter_keeps_one_recipient_and_can_be_undone(sandbox: Sandbox, page: Page) -> None:
    page.goto(sandbox.url)
    page.get_by_label("Recipient").fill("ANN")
    page.get_by_role("button", name="Filter").click()

    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("tbody tr")).to_have_count(2)


def test_a_filter_that_finds_nothing_says_so(sandbox: Sandbox, page: Page) -> None:
    page.goto(f"{sandbox.url}/?to=nobody")

    expect(page.get_by_text("No mail to an address with “nobody” in it.")).to_be_visible()


def test_the_mail_is_shown_at_phone_and_desktop_width(sandbox: Sandbox, page: Page) -> None:
    page.goto(f"{sandbox.url}/mails/1")
    for name, width in (("Phone 375", 375), ("Desktop 680", 680)):
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("link", name=name)).to_have_attribute("aria-current", "true")

        box = page.locator("iframe").bounding_box()

        assert box is not None
        assert box["width"] == width


@pytest.mark.parametrize("path", ["/", "/mails/1", "/?to=nobody"])
def test_nothing_is_wider_than_a_phone(sandbox: Sandbox, page: Page, path: str) -> None:
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto(sandbox.url + path)

    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_the_page_follows_the_readers_colours(
    sandbox: Sandbox, page: Page, scheme: str, dark: bool
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(sandbox.url)

    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    brightness = sum(int(part) for part in paper.strip("rgb()").split(","))

    assert (brightness < 200) is dark


def test_the_pages_need_nothing_the_policy_forbids(sandbox: Sandbox, page: Page) -> None:
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(sandbox.url)
    page.goto(f"{sandbox.url}/mails/1")
    page.frame_locator("iframe").get_by_role("heading").wait_for()

    assert [text for text in refused if "script" not in text.lower()] == []

"""The pages to read in a real browser: for everybody, in both schemes, on phones and desktops."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.support.archive import SENT, correct_edition, fill
from tests.support.browser import SCHEMES, WHOLE, overflow, violations
from tests.support.edition import make_full_edition, make_story
from tests.support.site import NOW, open_app, served

WIDTHS = (375, 1280)
PATHS = ("/", f"/editions/{SENT}", "/archive", "/archive?q=bridge")
NAME = {"en": "The Harbour Brief", "ar": "موجز الميناء"}
ARABIC = make_story(
    headline="المدينة التي أطفأت مصابيحها لترى درب التبانة",
    paragraphs=(
        "منذ سبتمبر أطفأت مدينة الميناء مصباحين من كل ثلاثة في الحادية عشرة ليلًا.",
        "لم يخطط أحد للسماء. قالت إحدى الساكنات إنها نسيت أنها هناك.",
    ),
)
_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720">'
    '<rect width="1280" height="720" fill="#35506B"/></svg>'
)


@pytest.fixture(scope="module", params=["en", "ar"])
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Serve a publication in a language; the address of its site."""
    language: str = request.param
    root: Path = tmp_path_factory.mktemp(language)
    app = open_app(
        root / "p",
        NEWSLETTER_PUBLICATION__LANGUAGE=language,
        NEWSLETTER_PUBLICATION__NAME=NAME[language],
        NEWSLETTER_PUBLICATION__TAGLINE=NAME[language],
    )
    lead = WHOLE if language == "en" else make_full_edition(stories=(ARABIC,))
    edition = fill(app, count=6, lead=replace(lead, date=SENT, corrections=()))
    correct_edition(app, edition, text="Forty, not fourteen.", at=NOW + timedelta(minutes=5))
    with served(app) as address:
        yield address, language
    app.close()


@contextmanager
def opened(browser: Browser, scheme: str, *, locale: str = "en") -> Iterator[Page]:
    context = browser.new_context(color_scheme=scheme, locale=locale)  # type: ignore[arg-type]
    page = context.new_page()

    def answer(route: Route) -> None:
        route.fulfill(body=_PICTURE, content_type="image/svg+xml")

    page.route("https://**/*", answer)
    yield page
    context.close()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_page_is_for_everybody_and_as_wide_as_its_window(
    browser: Browser, place: tuple[str, str], scheme: str
) -> None:
    address, language = place
    with opened(browser, scheme, locale=language) as page:
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            for path in PATHS:
                page.goto(address + path)
                assert violations(page) == [], (path, width)
                assert overflow(page) <= 0, (path, width)
        assert said == []  # nothing was refused by the policy


def test_a_page_fits_a_narrow_window(browser: Browser, place: tuple[str, str]) -> None:
    with opened(browser, "light") as page:
        page.set_viewport_size({"width": 320, "height": 640})
        for path in PATHS:
            page.goto(place[0] + path)
            assert overflow(page) <= 0, path


def test_a_reader_of_another_language_gets_the_frame_in_it(
    browser: Browser, place: tuple[str, str]
) -> None:
    with opened(browser, "light", locale="he") as page:
        page.goto(place[0] + "/")
        assert page.locator("html").get_attribute("dir") == "rtl"
        assert page.locator("h1").get_attribute("dir") in {"ltr", "rtl"}
        assert violations(page) == []


def test_a_reader_searches_and_reads_by_keyboard(browser: Browser, place: tuple[str, str]) -> None:
    with opened(browser, "light") as page:
        page.goto(place[0] + "/archive")
        page.locator("#q").fill("ferry")
        page.keyboard.press("Enter")
        page.wait_for_url("**/archive?q=ferry")
        assert page.locator("mark").first.inner_text().casefold() == "ferry"
        page.locator(".line h3 a").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/editions/*")
        assert page.locator("h1").inner_text() == "The Ferry Nobody Wanted"

"""The mail, the desk and the site in a browser, at the morning that the pictures show."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, Route

from newsletter.app import App
from newsletter.web.desk import server as desk_server
from newsletter.web.site import app as make_site
from newsletter.web.site import server as site_server
from tools.pictures.morning import BEFORE, DAY, opened, serving

Scheme = Literal["light", "dark"]
PHONE = (390, 800)
DESK = (1180, 800)
_TOKEN = "the-desk-of-the-pictures"
_HERO = (1480, 900)
_GROUND = "#e7e1d4"
_FRAME = "#24221e"
_ALL_THERE = """async () => {
  await document.fonts.ready;
  const inner = [...document.querySelectorAll("iframe")].map((one) => one.contentDocument);
  const pages = [document, ...inner.filter(Boolean)];
  return !document.querySelector("[data-skeleton]")
    && pages.every((one) => [...one.images].every((image) => image.complete));
}"""


@dataclass(frozen=True, slots=True)
class Screens:
    """A browser, and the publication that it looks at."""

    browser: Browser
    root: Path

    def mail(self, scheme: Scheme) -> Image.Image:
        """Return the mail on a phone, as its first reader gets it."""
        with opened(self.root) as app:
            html = app.proofs.preview(DAY).message.html
        with self._page(PHONE, scheme) as page:
            page.set_content(html, wait_until="load")
            return _shot(page)

    def desk(self, path: str, *ready: str, scheme: Scheme = "light") -> Image.Image:
        """Return a page of the desk that has the mail beside it, once all of `ready` is there."""
        listener = desk_server.listen(0)
        with (
            serving(desk_server.make(self._desk()), [listener]),
            self._page(DESK, scheme) as page,
        ):
            page.goto(f"{desk_server.address(listener, _TOKEN)}{path}")
            for selector in ("iframe", *ready):
                page.wait_for_selector(selector, state="attached")
            return _shot(page)

    def site(self, path: str) -> Image.Image:
        """Return a page of the site."""
        with (
            opened(self.root) as app,
            site_server.listen("127.0.0.1", 0) as listener,
            serving(site_server.make(make_site(app), has_errands=False), [listener]),
            self._page(DESK, "light") as page,
        ):
            page.goto(site_server.address(listener) + path)
            return _shot(page)

    def _desk(self) -> desk_server.Desk:
        return desk_server.Desk(
            token=_TOKEN,
            name="The Harbour Brief",
            day=DAY,
            media=self.root / "content" / "media",
            render=lambda day, _soon: self._asked(lambda app: app.proofs.preview(day)),
            watched=lambda _: (),
            opened=lambda: opened(self.root),
            stands=lambda day: self._asked(
                lambda app: app.edition_calendar.seen(day, digest="", holds=False)
            ),
        )

    def _asked(self, question: Callable[[App], object]) -> object:
        with opened(self.root) as app:
            return question(app)

    @contextmanager
    def _page(self, size: tuple[int, int], scheme: Scheme) -> Iterator[Page]:
        width, height = size
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            locale="en-GB",
        )
        page = context.new_page()
        page.route(re.compile("^https://"), lambda route: self._picture(route))  # noqa: PLW0108
        yield page
        context.close()

    def _picture(self, route: Route) -> None:
        """Answer for the site's pictures from the publication; nothing else is reached."""
        file = self.root / "content" / "media" / route.request.url.rpartition("/")[2]
        if file.is_file():
            route.fulfill(path=file)
        else:
            route.abort()


def hero(screens: Screens) -> Image.Image:
    """Set the mail on two phones, light and dark, beside the desk's Today."""
    sheet = Image.new("RGB", _HERO, _GROUND)
    _framed(sheet, screens.desk(f"{DAY}/today", ".big"), (40, 44), width=1060, edge=6)
    _framed(sheet, screens.mail("light"), (752, 196), width=320, edge=9)
    _framed(sheet, screens.mail("dark"), (1112, 112), width=320, edge=9)
    return sheet


def write(screens: Screens) -> Image.Image:
    """Return where the desk writes."""
    step = '[data-step="story"][data-state="done"]'  # the bar was told how far the edition is
    return screens.desk(f"{DAY}/write", ".ProseMirror", step)


def reading(screens: Screens) -> Image.Image:
    """Return the site's page of an edition."""
    return screens.site(f"/editions/{BEFORE}")


SCREENS: dict[str, Callable[[Screens], Image.Image]] = {
    "brief": hero,
    "desk-write": write,
    "site-reading": reading,
}


def _shot(page: Page) -> Image.Image:
    """Take what is seen once all of it is there, in frames too."""
    for frame in page.frames[1:]:
        frame.locator("h1").first.wait_for(state="attached")
    page.wait_for_function(_ALL_THERE)
    shot = page.screenshot(animations="disabled", caret="hide")
    return Image.open(io.BytesIO(shot)).convert("RGB")


def _framed(
    sheet: Image.Image, screen: Image.Image, at: tuple[int, int], *, width: int, edge: int
) -> None:
    height = round(screen.height * width / screen.width)
    small = screen.resize((width, height), Image.Resampling.LANCZOS)
    mask = Image.new("L", (width * 4, height * 4))
    corner = edge * 2
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width * 4, height * 4), corner * 4, fill=255)
    outer = (width + 2 * edge, height + 2 * edge)
    case = Image.new("L", (outer[0] * 4, outer[1] * 4))
    ImageDraw.Draw(case).rounded_rectangle(
        (0, 0, outer[0] * 4, outer[1] * 4), (corner + edge) * 4, fill=255
    )
    sheet.paste(Image.new("RGB", outer, _FRAME), (at[0] - edge, at[1] - edge), case.resize(outer))
    sheet.paste(small, at, mask.resize((width, height)))

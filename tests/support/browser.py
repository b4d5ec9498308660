"""Mails in a browser, and what axe-core has to say about a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Route

from newsletter.core.config.settings import Template
from tests.support.checked import check_edition
from tests.support.edition import (
    PARAGRAPHS,
    make_full_edition,
    make_note,
    make_other,
    make_second_story,
    make_story,
)

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
TEMPLATE_NAMES = ("brief", "letter", "compact")
ALL_SECTIONS = ("stories", "fact", "quote", "word", "others", "rating")
WEB_EDITION = "https://brief.example.org/{date}"
RICH = make_second_story(
    headline="Everything Markdown Has",
    paragraphs=(
        "A lede with a [link](https://brief.example.org/a).",
        "## A heading",
        "### A smaller one",
        "> Quoted words.",
        "1. one\n2. two\n   - with `code` in it\n",
        "| Day | Boat | Time | Fare |\n|--|--|--|--:|\n| Monday | Ada the First | 06:10 | 5.50 € |",
        f"| A | B | C | D | {'E' * 60} |\n|--|--|--|--|--|\n| 1 | 2 | 3 | ~~4~~ | 5^2^ |",
        "- שלום\n  - וברכה",
        "    code that goes on and on and on and on and on and on and on and on and on and on",
        "***",
    ),
)
WHOLE = make_full_edition(
    stories=(
        make_story(paragraphs=PARAGRAPHS[:2]),
        RICH,
        make_story(headline="Third", image=None, paragraphs=PARAGRAPHS[:1]),
    ),
    others=(make_other(),),
    corrections=(make_note(),),
)
_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720">'
    '<rect width="1280" height="720" fill="#35506B"/></svg>'
)
_STYLE = re.compile(r"<style\b.*?</style>", re.DOTALL)
# WCAG 2.2, levels A and AA.
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def template(name: str) -> Template:
    """Choose a template with everything switched on."""
    return Template(name=name, sections=ALL_SECTIONS, web_edition=WEB_EDITION)


def mail(name: str, **publication: Any) -> str:
    """Return the mail with everything there is, as one reader gets it."""
    return check_edition(WHOLE, template=template(name), **publication).html


def stripped(html: str) -> str:
    """Take the style elements away, as some clients do."""
    return _STYLE.sub("", html)


@contextmanager
def shown(
    browser: Browser,
    html: str,
    *,
    width: int = 680,
    scheme: Scheme = "light",
    pictures: bool = True,
) -> Iterator[Page]:
    """Show HTML without a network; pictures are answered from here, or blocked."""
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)

    def answer(route: Route) -> None:
        if pictures and route.request.resource_type == "image":
            route.fulfill(body=_PICTURE, content_type="image/svg+xml")
        else:
            route.abort()

    page.route("**/*", answer)
    page.set_content(html, wait_until="load")
    yield page
    page.close()


def resize(page: Page, width: int) -> None:
    """Return the window another width."""
    page.set_viewport_size({"width": width, "height": 800})


def overflow(page: Page) -> int:
    """Count the pixels a reader would have to scroll sideways for."""
    found: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return found


def violations(page: Page, *, rules: Sequence[str] | None = None) -> list[str]:
    """Let axe-core read the page by WCAG A and AA: rule, impact and element of each violation.

    `rules` are the only ones, where not all of them are in question.
    """
    page.wait_for_load_state("load")  # style sheets decide what is too small or too faint
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        "only => axe.run(document, {runOnly: only, resultTypes: ['violations']})",
        {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": _TAGS},
    )
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:120]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]

"""The mail as a browser draws it: widths, dark mode, contrast, and what inlining changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from builders_checked import check_edition
from builders_edition import (
    TEMPLATES,
    make_edition,
    make_full_edition,
    make_second_story,
    make_settings,
    make_story,
)
from playwright.sync_api import Browser, Page, Route

from newsletter.render.engine import to_html
from newsletter.render.inline import inline
from newsletter.render.lines import wrap_html
from newsletter.render.message import render
from newsletter.render.templates import Template
from newsletter.render.variables import shared

Scheme = Literal["light", "dark"]
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720">'
    '<rect width="1280" height="720" fill="#35506B"/></svg>'
)
RICH = make_second_story(
    headline="Everything Markdown Has",
    paragraphs=(
        "A lede with a [link](https://brief.example.org/a).",
        "## A heading",
        "> Quoted words.",
        "1. one\n2. two",
        "    code that goes on and on and on and on and on and on and on and on and on and on",
        "***",
    ),
)
WHOLE = make_full_edition(stories=(*make_full_edition().stories, RICH))

# The contrast of every visible text with the nearest painted ground behind it (WCAG 2.2, 1.4.3).
CONTRAST = """() => {
  const parse = (c) => c.match(/[\\d.]+/g).map(Number);
  const light = (c) => c.slice(0, 3).map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    const style = getComputedStyle(e);
    if (!walker.currentNode.data.trim() || !e.checkVisibility()) continue;
    if (e.closest('[style*="display:none"]')) continue;
    const [a, b] = [light(parse(style.color)), light(ground(e))].sort((x, y) => y - x);
    found.push({
      text: walker.currentNode.data.trim().slice(0, 40),
      ratio: (a + 0.05) / (b + 0.05),
      size: parseFloat(style.fontSize),
    });
  }
  return found;
}"""


@contextmanager
def shown(
    browser: Browser, html: str, *, width: int = 680, scheme: Scheme = "light"
) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.route("**/*", _answer)
    page.set_content(html, wait_until="load")
    yield page
    page.close()


def _answer(route: Route) -> None:
    if route.request.resource_type == "image":
        route.fulfill(body=PICTURE, content_type="image/svg+xml")
    else:
        route.abort()


def colour(page: Page, selector: str, name: str) -> str:
    found: str = page.eval_on_selector(selector, f"e => getComputedStyle(e).{name}")
    return found


def overflow(page: Page) -> int:
    found: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return found


# --- widths --------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 375, 680, 1200])
def test_nothing_has_to_be_scrolled_sideways(browser: Browser, width: int) -> None:
    with shown(browser, check_edition(WHOLE).html, width=width) as page:
        assert overflow(page) <= 0


@pytest.mark.parametrize("width", [375, 680])
def test_endless_words_stay_on_the_paper(browser: Browser, width: int) -> None:
    word = "W" * 300
    edition = make_edition(stories=(make_story(headline=word, paragraphs=(word,)),))
    with shown(browser, check_edition(edition).html, width=width) as page:
        assert overflow(page) <= 0


def test_the_paper_fills_a_phone_and_is_640_wide_on_a_desk(browser: Browser) -> None:
    html = check_edition(make_edition()).html
    for viewport, paper in ((375, 375), (1000, 640)):
        with shown(browser, html, width=viewport) as page:
            box = page.locator(".paper").first.bounding_box()
            assert box
            assert box["width"] == paper


def test_card_text_aligns_with_body_text_on_a_desk(browser: Browser) -> None:
    with shown(browser, check_edition(make_edition()).html) as page:
        boxes = [
            page.locator(selector).first.bounding_box()
            for selector in (".lede p", ".saying", ".quoted", ".headword")
        ]
    assert {round(box["x"]) for box in boxes if box} == {60}


def test_the_hero_runs_from_edge_to_edge(browser: Browser) -> None:
    with shown(browser, check_edition(make_edition()).html, width=375) as page:
        box = page.locator(".picture img").bounding_box()
        assert box
        assert (box["x"], box["width"]) == (0, 375)


def test_the_button_is_a_thumb_high_and_as_wide_as_the_text_on_a_phone(browser: Browser) -> None:
    html = check_edition(make_edition()).html
    for width, wide in ((375, True), (680, False)):
        with shown(browser, html, width=width) as page:
            box = page.locator(".button td").first.bounding_box()
            assert box
            assert box["height"] >= 48
            assert (box["width"] == 335) is wide


def test_the_outlook_view_is_no_wider_than_the_paper(browser: Browser) -> None:
    html = check_edition(WHOLE).html
    html = re.sub(r"<!--\[if !mso.*?<!\[endif\]-->", "", html, flags=re.DOTALL)
    html = re.sub(r"<!--\[if mso \| IE\]>(.*?)<!\[endif\]-->", r"\1", html, flags=re.DOTALL)
    html = re.sub(r"<style.*?</style>", "", html, flags=re.DOTALL)
    with shown(browser, html, width=700) as page:
        widest = page.evaluate(
            "Math.max(...[...document.querySelectorAll('table, td, img')]"
            ".filter(e => e.closest('table').width).map(e => e.getBoundingClientRect().width))"
        )
        assert widest <= 640
        assert overflow(page) <= 0


# --- colours -------------------------------------------------------------------------------------


ROLES = [
    ("body", "backgroundColor", "rgb(241, 238, 231)", "rgb(15, 16, 19)"),
    (".paper", "backgroundColor", "rgb(255, 255, 255)", "rgb(25, 27, 31)"),
    (".headline", "color", "rgb(20, 22, 26)", "rgb(244, 241, 234)"),
    (".lede p", "color", "rgb(20, 22, 26)", "rgb(244, 241, 234)"),
    (".sense .ink", "color", "rgb(34, 37, 43)", "rgb(217, 216, 212)"),
    (".footer .dim", "color", "rgb(77, 82, 90)", "rgb(169, 172, 179)"),
    (".kicker.accent", "color", "rgb(163, 35, 31)", "rgb(255, 155, 140)"),
    (".button td", "backgroundColor", "rgb(163, 35, 31)", "rgb(163, 35, 31)"),
    (".dateline", "borderBottomColor", "rgb(222, 218, 209)", "rgb(58, 62, 69)"),
    (".example", "borderLeftColor", "rgb(217, 185, 166)", "rgb(107, 74, 66)"),
    (".tint > table > tbody > tr > td", "backgroundColor", "rgb(246, 240, 228)", "rgb(36, 38, 43)"),
    (".quote > table > tbody > tr > td", "backgroundColor", "rgb(29, 38, 54)", "rgb(42, 52, 70)"),
]


@pytest.mark.parametrize(("scheme", "column"), [("light", 2), ("dark", 3)])
def test_every_role_has_its_colour_in_both_schemes(
    browser: Browser, scheme: Scheme, column: int
) -> None:
    with shown(browser, check_edition(make_edition()).html, scheme=scheme) as page:
        found = [(role[0], colour(page, role[0], role[1])) for role in ROLES]
    assert found == [(role[0], role[column]) for role in ROLES]


def poor(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    assert len(found) > 20
    return [text for text in found if text["ratio"] < 4.5]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(browser: Browser, scheme: Scheme) -> None:
    with shown(browser, check_edition(WHOLE).html, scheme=scheme) as page:
        assert poor(page.evaluate(CONTRAST)) == []


def test_no_text_is_smaller_than_13_pixels(browser: Browser) -> None:
    with shown(browser, check_edition(WHOLE).html, width=375) as page:
        assert min(text["size"] for text in page.evaluate(CONTRAST)) >= 13


def test_without_style_elements_colours_and_sizes_stay(browser: Browser) -> None:
    html = re.sub(r"<style.*?</style>", "", check_edition(WHOLE).html, flags=re.DOTALL)
    with shown(browser, html) as page:
        assert poor(page.evaluate(CONTRAST)) == []
        assert colour(page, ".quoted", "color") == "rgb(251, 248, 242)"
        assert colour(page, ".headline", "fontSize") == "36px"


# --- inlining ------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 680])
def test_inlining_and_wrapping_change_no_pixel(
    browser: Browser, width: int, scheme: Scheme
) -> None:
    settings = make_settings(Path())
    mjml = render(WHOLE, settings, folders=[TEMPLATES]).mjml
    base = Template("brief", [TEMPLATES], language="en").base_css(shared(WHOLE, settings))
    plain = to_html(mjml)
    styled = plain.replace(":root {", base + ":root {", 1)
    assert styled != plain
    pictures = []
    for html in (styled, wrap_html(inline(plain, base))):
        with shown(browser, html, width=width, scheme=scheme) as page:
            pictures.append(page.screenshot(full_page=True))
    assert pictures[0] == pictures[1]

"""What every reader can use: axe-core, contrast and sizes, in both widths and both schemes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from newsletter.message.render.web import render_web
from tests.support.browser import (
    SCHEMES,
    TEMPLATE_NAMES,
    WEB_EDITION,
    WHOLE,
    mail,
    overflow,
    resize,
    shown,
    stripped,
    template,
    violations,
)
from tests.support.checked import check_edition
from tests.support.edition import SITE, TEMPLATES, make_settings

WIDTHS = (375, 680)
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


def problems(page: Page) -> list[Any]:
    """List texts that are too faint or too small, and sideways scrolling."""
    texts = page.evaluate(CONTRAST)
    assert len(texts) > 20
    faint = [text for text in texts if text["ratio"] < 4.5 or text["size"] < 13]
    return [*faint, *(["it scrolls sideways"] if overflow(page) > 0 else [])]


def seen_in_all_ways(page: Page) -> dict[str, list[Any]]:
    """List problems by width and scheme, with what axe-core finds in each of them once."""
    found = {}
    for width, read_in in zip(WIDTHS, SCHEMES, strict=True):
        resize(page, width)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            read = violations(page) if scheme == read_in else []
            found[f"{width} {scheme}"] = problems(page) + read
    return {way: list_ for way, list_ in found.items() if list_}


@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_a_mail_has_no_barrier(browser: Browser, name: str) -> None:
    with shown(browser, mail(name)) as page:
        assert seen_in_all_ways(page) == {}


@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_a_mail_without_its_style_elements_has_no_barrier(browser: Browser, name: str) -> None:
    with shown(browser, stripped(mail(name))) as page:
        assert seen_in_all_ways(page) == {}


@pytest.mark.parametrize("palette", ["coast", "bright"])
def test_a_mail_in_another_palette_has_no_barrier(browser: Browser, palette: str) -> None:
    chosen = {"palette": palette, "web_edition": WEB_EDITION, "sign_off": "Until tomorrow."}
    person = {"name": "Mara Lind", "role": "editor", "picture": f"{SITE}/mara.png"}
    html = check_edition(WHOLE, template=chosen, editor=person, logo=f"{SITE}/mark.png").html
    with shown(browser, html) as page:
        assert seen_in_all_ways(page) == {}


def test_a_mail_from_right_to_left_has_no_barrier(browser: Browser) -> None:
    with shown(browser, mail("brief", language="ar"), width=375) as page:
        assert problems(page) + violations(page) == []


def test_the_web_page_has_no_barrier(browser: Browser) -> None:
    settings = make_settings(Path(), template=template("brief"))
    with shown(browser, render_web(WHOLE, settings, folders=[TEMPLATES])) as page:
        assert seen_in_all_ways(page) == {}

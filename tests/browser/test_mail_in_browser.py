"""The mail as a browser draws it: widths, states, colours, and what inlining changes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from newsletter.core.config.palettes import DarkPalette, Palette
from newsletter.core.config.settings import Template
from newsletter.core.model import Fact
from newsletter.message.render.inline import inline
from newsletter.message.render.lines import wrap_html
from newsletter.message.render.message import render
from newsletter.message.render.mjml import to_html
from newsletter.message.render.templates import Template as TemplateOfMail
from newsletter.message.render.variables import shared
from newsletter.message.render.web import render_web
from newsletter.web.desk.lenses import as_outlook
from tests.support.browser import (
    SCHEMES,
    TEMPLATE_NAMES,
    WHOLE,
    Scheme,
    mail,
    overflow,
    resize,
    shown,
    stripped,
    template,
)
from tests.support.checked import check_edition
from tests.support.edition import TEMPLATES, make_edition, make_settings, make_story
from tests.support.hostile import everything_hostile

LONG = "A Headline That Goes On for Many More Words Than the Front Page Has Room To Give It Today"


def computed(page: Page, selector: str, name: str) -> str:
    found: str = page.eval_on_selector(selector, f"e => getComputedStyle(e).{name}")
    return found


def boxes(page: Page, selector: str) -> list[dict[str, float]]:
    return [dict(one.bounding_box() or {}) for one in page.locator(selector).all()]


def box(page: Page, selector: str) -> dict[str, float]:
    found = page.locator(selector).first.bounding_box()
    assert found
    return dict(found)


# --- widths --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_nothing_has_to_be_scrolled_sideways(browser: Browser, name: str) -> None:
    with shown(browser, mail(name), width=320) as page:
        for width in (320, 375, 680, 1200):
            resize(page, width)
            assert overflow(page) <= 0, width


@pytest.mark.parametrize("name", [*TEMPLATE_NAMES, "web"])
def test_hostile_texts_stay_on_the_paper_and_run_nothing(browser: Browser, name: str) -> None:
    edition = everything_hostile()
    if name == "web":
        html = render_web(edition, make_settings(Path()), folders=[TEMPLATES])
    else:
        html = check_edition(edition, template=template(name)).html
    with shown(browser, html, width=375) as page:
        assert overflow(page) <= 0
        assert page.locator("script").count() == 0
        seen = page.inner_text("body")
        assert "{{ edition }} {% include 'x' %}" in seen
        assert "</style><script>alert(2)</script>" in seen


def test_the_paper_fills_a_phone_and_is_640_wide_on_a_desk(browser: Browser) -> None:
    with shown(browser, check_edition(make_edition()).html) as page:
        for viewport, paper in ((375, 375), (1000, 640)):
            resize(page, viewport)
            assert box(page, ".paper")["width"] == paper


STARTS = (
    ".name", ".line", ".headline", ".byline", ".lede p", ".button td", ".tab", ".label", ".further",
    ".large", ".saying", ".quoted", ".attribution", ".headword", ".star", ".out", ".footer p",
)  # fmt: skip


def test_everything_begins_on_one_axis(browser: Browser) -> None:
    edition = replace(WHOLE, fact=Fact(figure="61 kWh", text="is the most in a day."))
    with shown(browser, check_edition(edition, template=template("brief")).html) as page:
        for width, axis in ((680, 60), (375, 20)):
            resize(page, width)
            places = {selector: round(box(page, selector)["x"]) for selector in STARTS}
            assert places == dict.fromkeys(STARTS, axis)


def test_the_first_screen_of_a_phone_has_name_index_headline_and_the_whole_picture(
    browser: Browser,
) -> None:
    edition = make_edition(stories=(make_story(headline="The Swing Bridge Turns Again Today"),))
    with shown(browser, check_edition(edition).html, width=375) as page:
        picture = box(page, ".picture img")
        places = [box(page, selector)["y"] for selector in (".name", ".line", ".headline")]
    assert [*places, picture["y"]] == sorted([*places, picture["y"]])
    assert picture["y"] + picture["height"] <= 667


def test_the_hero_runs_from_edge_to_edge(browser: Browser) -> None:
    with shown(browser, check_edition(make_edition()).html, width=375) as page:
        hero = box(page, ".picture img")
        assert (hero["x"], hero["width"]) == (0, 375)


def test_what_is_pressed_is_a_thumb_high_and_as_wide_as_the_text_on_a_phone(
    browser: Browser,
) -> None:
    with shown(browser, mail("brief"), width=375) as page:
        stars = page.get_by_role("link", name=re.compile("^Rate this brief [1-5] out of 5$"))
        assert [star.inner_text() for star in stars.all()] == ["☆"] * 5
        assert all(box(page, f".star:nth-child({n}) a")["width"] >= 44 for n in range(1, 6))
        assert {box(page, one)["height"] for one in (".star a", ".out")} <= {46, 48}
        assert all(way["height"] >= 28 for way in boxes(page, ".ways"))
        for width, wide in ((375, True), (680, False)):
            resize(page, width)
            button = box(page, ".button td")
            assert button["height"] >= 48, width
            assert (button["width"] == 335) is wide


@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_the_outlook_view_is_no_wider_than_the_paper(browser: Browser, name: str) -> None:
    with shown(browser, stripped(as_outlook(mail(name))), width=700) as page:
        widest = page.evaluate(
            "Math.max(...[...document.querySelectorAll('table, td, img')]"
            ".filter(e => e.closest('table').width).map(e => e.getBoundingClientRect().width))"
        )
        assert widest <= 640
        assert overflow(page) <= 0


# --- states --------------------------------------------------------------------------------------


def test_a_blocked_picture_leaves_its_words_in_a_tinted_box(browser: Browser) -> None:
    html = check_edition(make_edition(), logo="https://brief.example.org/logo.png").html
    with shown(browser, html, width=375, pictures=False) as page:
        picture = box(page, ".picture img")
        assert (picture["x"], picture["width"]) == (0, 375)
        assert picture["height"] >= 22
        assert computed(page, ".picture img", "backgroundColor") == "rgb(246, 243, 236)"
        assert box(page, ".mark img")["width"] == 36


def test_a_long_headline_is_set_smaller(browser: Browser) -> None:
    edition = make_edition(stories=(make_story(headline=LONG),))
    with shown(browser, check_edition(edition).html) as page:
        for width, size in ((680, "32px"), (375, "27px")):
            resize(page, width)
            assert computed(page, ".headline", "fontSize") == size


def test_only_the_first_of_several_stories_has_a_lede(browser: Browser) -> None:
    with shown(browser, mail("brief")) as page:
        sizes = page.eval_on_selector_all(
            ".prose p", "all => all.map(e => getComputedStyle(e).fontSize)"
        )
    assert sizes.count("21px") == 1
    assert sizes.index("21px") < sizes.index("18px", 1)


def test_right_to_left_turns_sides_and_leaves_joined_letters_together(browser: Browser) -> None:
    with shown(browser, mail("brief", language="ar")) as page:
        tab, rest = (box(page, selector)["x"] for selector in (".tab", ".rest"))
        assert tab > rest
        assert computed(page, ".prose ul:not([dir])", "marginRight") == "24px"
        assert computed(page, ".prose ol[dir=ltr]", "marginLeft") == "24px"  # in English
        assert computed(page, ".headline", "textAlign") == "right"
        for name in ("label", "headline", "name", "headword"):
            assert computed(page, f".{name}", "letterSpacing") in {"normal", "0px"}
        assert computed(page, ".sense em", "fontStyle") == "normal"
        assert page.locator(".sign").inner_text() == "«"
        assert box(page, ".sign")["x"] > box(page, ".quoted")["x"]
        assert box(page, ".name")["x"] > box(page, ".dateline")["x"]
        assert box(page, ".star:nth-child(1)")["x"] > box(page, ".star:nth-child(5)")["x"]


# --- colours -------------------------------------------------------------------------------------


ROLES = [
    ("body", "backgroundColor", "rgb(243, 241, 236)", "rgb(14, 15, 18)"),
    (".paper", "backgroundColor", "rgb(255, 255, 255)", "rgb(23, 25, 29)"),
    (".masthead", "backgroundColor", "rgb(255, 255, 255)", "rgb(23, 25, 29)"),
    (".on-masthead", "color", "rgb(21, 23, 28)", "rgb(243, 240, 234)"),
    (".masthead-dim", "color", "rgb(86, 90, 98)", "rgb(168, 171, 178)"),
    (".ruled", "borderTopColor", "rgb(21, 23, 28)", "rgb(243, 240, 234)"),
    (".opening", "borderBottomColor", "rgb(220, 216, 206)", "rgb(56, 60, 67)"),
    (".headline", "color", "rgb(21, 23, 28)", "rgb(243, 240, 234)"),
    (".lede p", "color", "rgb(21, 23, 28)", "rgb(243, 240, 234)"),
    (".sense.ink", "color", "rgb(38, 41, 47)", "rgb(217, 215, 210)"),
    (".footer .dim", "color", "rgb(86, 90, 98)", "rgb(168, 171, 178)"),
    (".tab", "borderTopColor", "rgb(155, 36, 32)", "rgb(255, 159, 143)"),
    (".label.accent", "color", "rgb(155, 36, 32)", "rgb(255, 159, 143)"),
    (".star a", "color", "rgb(155, 36, 32)", "rgb(255, 159, 143)"),
    (".button td", "backgroundColor", "rgb(155, 36, 32)", "rgb(166, 43, 38)"),
    (".out", "borderTopColor", "rgb(86, 90, 98)", "rgb(168, 171, 178)"),
    (".quote > table > tbody > tr > td", "backgroundColor", "rgb(23, 29, 41)", "rgb(40, 50, 74)"),
    (".quoted", "color", "rgb(249, 245, 236)", "rgb(249, 245, 236)"),
]


@pytest.mark.parametrize(("scheme", "column"), [("light", 2), ("dark", 3)])
def test_every_role_has_its_colour_in_both_schemes(
    browser: Browser, scheme: Scheme, column: int
) -> None:
    with shown(browser, check_edition(make_edition()).html, scheme=scheme) as page:
        found = [(role[0], computed(page, role[0], role[1])) for role in ROLES]
    assert found == [(role[0], role[column]) for role in ROLES]


def test_colours_of_the_configuration_reach_the_mail_in_both_schemes(browser: Browser) -> None:
    own = Template(light=Palette(brand="#0B4F8A"), dark=DarkPalette(brand="#1B5E9E"))
    with shown(browser, check_edition(make_edition(), template=own).html) as page:
        assert computed(page, ".button td", "backgroundColor") == "rgb(11, 79, 138)"
        page.emulate_media(color_scheme="dark")
        assert computed(page, ".button td", "backgroundColor") == "rgb(27, 94, 158)"


def test_without_style_elements_colours_and_sizes_stay(browser: Browser) -> None:
    with shown(browser, stripped(mail("brief"))) as page:
        assert computed(page, ".quoted", "color") == "rgb(249, 245, 236)"
        assert computed(page, ".headline", "fontSize") == "40px"


# --- inlining ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_inlining_and_wrapping_change_no_pixel(browser: Browser, name: str) -> None:
    settings = make_settings(Path(), template=template(name))
    mjml = render(WHOLE, settings, folders=[TEMPLATES]).mjml
    used = TemplateOfMail(name, [TEMPLATES], language="en")
    base = used.base_css(shared(WHOLE, settings))
    plain = to_html(mjml)
    styled = plain.replace(":root {", base + ":root {", 1)
    assert styled != plain
    before = pictures(browser, styled)
    assert pictures(browser, wrap_html(inline(plain, base))) == before
    assert len(set(before)) == len(before)


def pictures(browser: Browser, html: str) -> list[bytes]:
    """Take the whole mail at both widths in both schemes."""
    taken = []
    with shown(browser, html) as page:
        for width in (375, 680):
            resize(page, width)
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                taken.append(page.screenshot(full_page=True))
    return taken

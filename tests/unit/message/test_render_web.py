"""The web edition: the mail's family, whole in one file, and nobody's in particular."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from newsletter.core.config.palettes import Palette
from newsletter.core.config.settings import Template
from newsletter.core.errors import TemplateError
from newsletter.core.model import Edition
from newsletter.message.html.document import parse
from newsletter.message.render.plain import clean
from newsletter.message.render.web import render_web
from tests.support.edition import (
    SITE,
    TEMPLATES,
    make_edition,
    make_full_edition,
    make_note,
    make_settings,
    make_story,
)
from tests.support.hostile import HOSTILE, hostile_features, hostile_story

SECTIONS = ("quote", "stories", "rating", "word", "others", "fact")


def page(edition: Edition, **overrides: Any) -> str:
    return render_web(edition, make_settings(Path(), **overrides), folders=[TEMPLATES])


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_it_has_every_text_and_link_of_the_edition_and_nothing_of_a_readers() -> None:
    edition = make_full_edition(corrections=(make_note(),))
    html = page(edition, template=Template(sections=SECTIONS))
    text = squeezed(parse(html).text)
    for expected in (
        *(p for s in edition.stories if s.markup == "text" for p in s.paragraphs),
        "Correction, March 10, 2027: The bridge has forty pins, not fourteen.",
        "“A letter that is never posted isn’t finished; it is only shy.”",
        "Source: The Pocket Dictionary",
        "Get The Harbour Brief by e-mail",
    ):
        assert squeezed(expected) in text, expected
    for readers in ("-merge", "{{", "Unsubscribe", "How was today"):
        assert readers not in html


def test_a_kicker_replaces_the_word_above_the_headline() -> None:
    def kickers(edition: Edition) -> list[str]:
        found = parse(page(edition)).all("p")
        return [one.text for one in found if "kicker" in one.get("class")]

    assert kickers(make_full_edition()) == ["Top story", "Also today"]
    stories = (make_story(kicker="By the Water"), make_story(), make_story(kicker="Late"))
    assert kickers(make_full_edition(stories=stories)) == ["By the Water", "Also today", "Late"]


def test_it_needs_no_other_file_but_the_pictures() -> None:
    html = page(make_full_edition())
    assert not re.search(r"<script|<link(?! rel=\"canonical\")|@import|url\(", html)
    assert {image.get("src") for image in parse(html).all("img")} == {
        f"{SITE}/pictures/swing-bridge.jpg"
    }


def test_it_names_its_own_address_where_there_is_one() -> None:
    own = Template(web_edition=f"{SITE}/archive/{{date}}")
    html = page(make_edition(), template=own)
    assert f'<link rel="canonical" href="{SITE}/archive/2027-03-09">' in html
    assert "canonical" not in page(make_edition())


def test_sections_come_in_the_order_of_the_configuration() -> None:
    html = page(make_full_edition(), template=Template(sections=SECTIONS)).partition("<main>")[2]
    signs = ("never posted", "closed it to find out", "short time of quiet", "Forty:", "A snail")
    places = [html.index(sign) for sign in signs]
    assert places == sorted(places)


def test_its_colours_are_those_of_the_configuration_by_role() -> None:
    html = page(make_edition(), template=Template(light=Palette(brand="#0B4F8A")))
    assert "--brand: #0B4F8A;" in html
    assert "--on-quote: #F9F5EC;" in html


def test_it_speaks_the_publications_language() -> None:
    html = page(make_edition(), language="ar")
    assert '<html lang="ar" dir="rtl">' in html
    assert "كلمة اليوم" in html


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_arrives_equal(text: str) -> None:
    expected = squeezed(clean(text))
    for edition, times in ((hostile_story(text), 6), (hostile_features(text), 9)):
        found = parse(page(edition))
        assert squeezed(found.text).count(expected) >= times
        assert not any(found.all("script", "b", "mj-raw"))


@pytest.mark.parametrize("edition", [make_edition(stories=()), make_edition(quote=None, word=None)])
def test_there_is_one_heading_of_the_first_rank(edition: Edition) -> None:
    assert page(edition).count("<h1") == 1


def test_the_same_edition_gives_the_same_page() -> None:
    assert page(make_edition()) == page(make_edition())


def test_a_slip_in_ones_own_page_is_told_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "edition.html.j2").write_text("<h1>\n{{ headlin }}</h1>")
    settings = make_settings(tmp_path)
    with pytest.raises(TemplateError, match=r"web/edition\.html\.j2, line 2: 'headlin' is undef"):
        render_web(make_edition(stories=(make_story(),)), settings, folders=[tmp_path, TEMPLATES])

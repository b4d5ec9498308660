"""A mail as harsher clients show it."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.message.render.message import render
from newsletter.web.desk.lenses import (
    LENSES,
    as_outlook,
    with_own_pictures,
    without_images,
    without_styles,
)
from tests.support.edition import make_full_edition, make_settings

TEMPLATES = Path(__file__).parents[3] / "templates"


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    settings = make_settings(tmp_path_factory.mktemp("brief"))
    return render(make_full_edition(), settings, folders=[TEMPLATES]).message.html


def test_as_it_is_nothing_changes(html: str) -> None:
    assert LENSES["whole"](html) == html


def test_blocked_pictures_keep_their_words_and_lose_their_address(html: str) -> None:
    blocked = without_images(html)
    assert html.count("<img") == blocked.count("<img") > 0
    assert blocked.count('alt="') == html.count('alt="')
    assert ' src="' in html
    assert ' src="' not in blocked


def test_without_style_elements_the_inlined_styles_stay(html: str) -> None:
    stripped = without_styles(html)
    assert "<style" in html
    assert "<style" not in stripped
    assert stripped.count('style="') == html.count('style="')


def test_outlook_reads_what_others_do_not_and_the_other_way_round() -> None:
    page = (
        "<style>p{margin:0} @media (x){ p{color:red} a{b:c} } h1{margin:0}</style>"
        "<!--[if mso | IE]><table><tr><td width='600'><![endif]-->"
        "<!--[if !mso]><!--><p>others</p><!--<![endif]-->"
        "<!--[if gte mso 9]><p>old</p><![endif]-->"
    )
    assert as_outlook(page) == (
        "<style>p{margin:0}  h1{margin:0}</style><table><tr><td width='600'><p>old</p>"
    )


def test_nothing_of_outlooks_own_stays_hidden(html: str) -> None:
    shown = as_outlook(html)
    assert "<!--[if mso" in html
    assert "<!--[if mso" not in shown
    assert "<!--[if gte" not in shown  # what is meant for Outlook before 2007 alone stays covered
    assert "@media" not in shown
    assert shown.count("<table") > html.count("<table role") > 0


def test_only_the_publications_own_pictures_are_taken_from_this_machine() -> None:
    html = '<img src="https://b.example/media/a.jpg"><img src="https://other.example/media/a.jpg">'
    shown = with_own_pictures(html, "https://b.example/media")
    assert shown == '<img src="../media/a.jpg"><img src="https://other.example/media/a.jpg">'
    assert with_own_pictures(html, None) == html

"""A page of the web: its text, what it says of itself, and its pictures; HTML into Markdown."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.source import Fetched, Picture, SourceOptions
from newsletter.content.sources import article
from newsletter.content.web import story_pictures
from newsletter.content.web.links import link_key
from newsletter.content.web.page import WebPage, read_web_page
from newsletter.core.errors import SourceError
from newsletter.core.model import Part, Supply
from tests.support.time import computing_at_most
from tests.support.web import NOW, RecordedWeb, web_page

URL = "https://site.example/brief"


def read(html: str | bytes) -> WebPage:
    body = html.encode() if isinstance(html, str) else html
    return read_web_page(
        Fetched(url=URL, status=200, headers={}, body=body, at=NOW), name="site.example"
    )


def ask(html: str, part: Part = Part.STORY) -> Supply:
    options = SourceOptions(
        options={"url": URL}, root=Path(), part=part, fetch=RecordedWeb({URL: html})
    )
    return article.make(options).fetch(part, date(2026, 3, 1))


def test_the_text_is_found_and_the_furniture_left() -> None:
    story = ask(web_page("Tides", body="<p>Image credit to AFP</p>")).stories[0]
    assert story.headline == "Tides"
    assert [text.partition(" ")[0] for text in story.paragraphs] == ["One", "Two", "Three"]
    assert (story.markup, story.link) == ("markdown", URL)


def test_open_graph_speaks_before_the_window_title() -> None:
    head = (
        '<meta property="og:title" content="Tides &amp; times">'
        '<meta property="article:published_time" content="2026-02-28T22:00:00Z">'
    )
    found = read(web_page("Tides | Site", head=head))
    assert (found.headline, found.date) == ("Tides & times", "2026-02-28")


def test_json_ld_fills_in_what_open_graph_lacks() -> None:
    posting = {
        "@graph": [
            {"@type": "WebSite"},
            {
                "@type": ["BlogPosting"],
                "headline": "Tides & times",
                "author": [{"name": "Ida Marsh"}],
                "image": {"url": "/quay.jpg", "caption": "A stone quay"},
            },
        ]
    }
    head = f'<script type="application/ld+json">{json.dumps(posting)}</script>'
    page = web_page("Site", head=f'<script type="application/ld+json">{{</script>{head}')
    found = read(page.replace("<h1>Site</h1>", ""))
    assert (found.headline, found.author) == ("Tides & times", "Ida Marsh")
    assert found.pictures[0] == story_pictures.Found(
        url="https://site.example/quay.jpg", alt="A stone quay"
    )


def test_a_page_without_title_or_text_says_which() -> None:
    with pytest.raises(SourceError, match="no title"):
        read(re.sub(r"<(title|h1)>.*?</\1>", "", web_page()))
    with pytest.raises(SourceError, match="no text of a story"):
        read("<html><head><title>Sign in</title></head><body></body></html>")


def test_a_page_of_endless_tags_is_not_read() -> None:
    with computing_at_most(5), pytest.raises(SourceError, match="too many to be read"):
        read(b"<title>t</title>" + b"<a href=x>y</a> " * 100_000)


@given(st.binary(max_size=300), st.integers(0, 900))
def test_no_bytes_make_a_page_raise_anything_but_a_source_error(noise: bytes, at: int) -> None:
    whole = web_page().encode()
    for body in (noise, whole[:at] + noise + whole[at:], whole[:at]):
        try:
            assert read(body).headline
        except SourceError as error:
            told = error.what
            assert told.startswith("site.example"), told


# --- pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("caption", "name"),
    [
        ("The quay at dawn. Photo: Ida Marsh", "Ida Marsh"),
        ("The quay (Photo by Ida Marsh)", "Ida Marsh"),
        ("© Harbour Archive.", "Harbour Archive"),
        ("The quay | Image credit: AFP", "AFP"),
        ("The quay at dawn, with nobody on it.", ""),
        ("", ""),
    ],
)
def test_a_captions_credit_is_found(caption: str, name: str) -> None:
    assert story_pictures.caption_credit(caption) == name


def test_the_next_picture_is_taken_when_the_first_cannot_be_had() -> None:
    def picture(url: str) -> Picture:
        if "gone" in url:
            raise SourceError("https://site.example/gone.jpg answered 404.")
        return Picture(url=url, width=900, height=600)

    found = [
        story_pictures.Found(url=f"https://site.example/{n}.jpg", alt="x") for n in ("gone", "b")
    ]
    taken = story_pictures.chosen(found, credit="AFP", picture=picture)
    assert taken.image is not None
    assert (taken.image.url, taken.image.width, taken.lack) == (
        "https://site.example/b.jpg",
        900,
        "",
    )
    none = story_pictures.chosen(found[:1], credit="AFP", picture=picture)
    assert (none.image, none.lack) == (None, "no image: https://site.example/gone.jpg answered 404")


# --- links --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        "http://site.example/a",
        "https://www.site.example/a/",
        "https://SITE.example/a?utm_medium=mail#top",
        "https://site.example/a?fbclid=1",
    ],
)
def test_links_to_one_page_are_alike(other: str) -> None:
    assert link_key(other) == link_key("https://site.example/a") == "site.example/a"


def test_links_to_other_pages_are_not() -> None:
    keys = {link_key(f"https://site.example/{end}") for end in ("a", "b", "?p=1", "?p=2")}
    assert len(keys) == 4
    assert link_key("mailto:me@site.example") == ""

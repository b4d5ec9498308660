"""Feeds in all their forms, and bytes that are none."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.errors import ConfigError, SourceError
from tests.support.web import LONG, NOW, Memory, rss, rss_item, web_page
from tests.unit.content.test_sources_feed import FIGURE, LINK, URL, look, story


def test_wix_gives_a_summary_and_an_enclosure_and_its_page_the_rest() -> None:
    picture = (
        "https://static.wixstatic.com/media/ab_1~mv2.jpg/v1/fit/w_1000,h_667,al_c,q_80/file.png"
    )
    item = rss_item(
        guid="65f0aa01bb",
        content=None,
        description="The harbour board met on Saturday and agreed on the winter hours of...",
        more=f'<enclosure url="{picture}" length="0" type="image/png"/>',
    )
    page = web_page(
        head='<meta property="og:image:alt" content="A ferry">',
        body=f'<img src="{picture}" alt="A ferry at its quay"><p>Image credit to AFP</p>',
    )
    found = story({URL: rss(item), LINK: page})
    assert found.image is not None
    assert (found.image.url, found.image.alt) == (picture, "A ferry at its quay")
    assert found.image.credit == "AFP"
    assert len(found.paragraphs) == 3


def test_ghost_gives_the_whole_text_and_media_content() -> None:
    media = '<media:content url="https://site.example/size/w1200/quay.jpg" medium="image"/>'
    found = look(rss(rss_item(content=f"{FIGURE}<p>{LONG}</p>", more=media)))
    assert found.stories[0].image is not None, "the body's picture has words, the cover has none"


def test_substack_gives_a_preview_of_a_paid_post() -> None:
    item = rss_item(content=f'<p>{LONG}</p><p><a href="{LINK}">Read more</a></p>')
    found = story({URL: rss(item), LINK: web_page()})
    assert len(found.paragraphs) == 3


ATOM = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Site</title>
<entry><title type="html">Fish &amp;amp; chips</title><id>tag:site.example,2026:1</id>
<link rel="alternate" href="{LINK}"/><updated>2026-03-01T05:00:00Z</updated>
<author><name>Ida Marsh</name></author>
<content type="html">&lt;p&gt;{LONG}&lt;/p&gt;</content></entry></feed>"""


def test_atom_is_read() -> None:
    found = story(ATOM)
    assert (found.headline, found.byline, found.link) == ("Fish & chips", "Ida Marsh", LINK)
    assert found.paragraphs == (LONG.strip(),)


def json_feed(**item: Any) -> str:
    whole = {"id": "1", "url": LINK, "title": "Tides", "date_published": "2026-03-01T05:00:00Z"}
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [whole | item]})


def test_json_feed_is_read() -> None:
    found = story(json_feed(content_html=f"<p>{LONG}</p>", authors=[{"name": "Ida Marsh"}]))
    assert (found.headline, found.byline, found.link) == ("Tides", "Ida Marsh", LINK)
    plain = story(json_feed(content_text=f"{LONG}\n\nMore < less & so on."))
    assert plain.paragraphs == (LONG.strip(), r"More \< less \& so on.")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<!DOCTYPE html><html><body>Sign in</body></html>", "a web page in the place"),
        ("just words", "not a feed"),
        ("", "not a feed"),
        ('{"error": "no"}', "not a JSON Feed"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": []}', "is empty"),
        ("{broken", "not JSON"),
        (rss(), "is empty"),
    ],
)
def test_what_is_no_feed_is_named(body: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        look(body)


def test_a_wrongly_declared_encoding_is_mended() -> None:
    item = rss_item(content=f"<p>A caf\u00e9 \u2013 “open”. {LONG}</p>").encode("cp1252")
    found = story(rss("@").encode().replace(b"@", item))
    assert found.paragraphs[0].startswith("A café – “open”.")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_feed_with_entities_of_its_own_is_refused(encoding: str) -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    bomb = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "ha">{levels}]>' + rss(
        rss_item("Bomb &l8;")
    ).removeprefix('<?xml version="1.0" encoding="UTF-8"?>')
    with pytest.raises(SourceError, match="declares entities of its own"):
        look(bomb.encode(encoding))


def test_a_story_about_entities_is_read() -> None:
    about = rss(rss_item(content=f"<pre>&lt;!ENTITY e 'x'&gt; or <!ENTITY e 'x'></pre><p>{LONG}"))
    assert story(about)


@given(st.binary(max_size=200))
def test_no_bytes_make_a_feed_raise_anything_but_a_source_error(noise: bytes) -> None:
    whole = rss(rss_item()).encode()
    for body in (noise, whole[: len(noise) * 4] + noise, whole.replace(b"harbour", noise)):
        with suppress(SourceError):
            look(body)


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("\x00\ud800"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
KEYS = ("id", "url", "title", "date_published", "content_html", "summary", "authors", "image")


@given(st.dictionaries(st.sampled_from(KEYS), ODD))
def test_no_values_make_a_json_feed_raise_anything_but_a_source_error(
    odd: dict[str, Any],
) -> None:
    memory = Memory()
    with suppress(SourceError):
        look(json_feed(**{"content_html": f"<p>{LONG}</p>"} | odd), memory=memory)
    assert all(item.key.isprintable() for item in memory.seen(URL))


def test_an_address_is_needed() -> None:
    for url in ("", "feed.xml", "ftp://x.example/"):
        with pytest.raises(ConfigError, match="`url` must be a web address"):
            look("", url=url)


@pytest.mark.parametrize("is_last", [True, False])
def test_a_hostile_item_costs_the_feed_nothing_but_itself(is_last: bool) -> None:
    bomb = "<p " + " ".join(f"a{n}=1" for n in range(3_000)) + ">x</p>"
    hostile = rss_item("A bomb", guid="b", link="https://site.example/bomb", content=bomb)
    good = rss_item(guid="a", published=NOW - timedelta(hours=1))
    body = rss(good, hostile) if is_last else rss(hostile, good)
    with pytest.raises(SourceError, match="404"):
        look(body)
    page = {URL: body, "https://site.example/bomb": web_page("What its page says")}
    assert story(page).headline == "What its page says"
    early = rss_item(
        "A bomb",
        guid="b",
        link="https://site.example/bomb",
        content=bomb,
        published=NOW - timedelta(hours=2),
    )
    assert story(rss(early, good)).headline == "The ferry keeps its hours"

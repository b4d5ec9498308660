"""Which item of a feed is today's, and what becomes of it; the forms of feeds as they are met."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsletter.content.source import NothingUsed, Past, SourceOptions
from newsletter.content.sources import feed
from newsletter.core.errors import SourceError
from newsletter.core.model import Part, Story, Supply
from tests.support.web import LONG, NOW, Memory, RecordedWeb, rss, rss_item, web_page

URL = "https://site.example/feed"
LINK = "https://site.example/ferry"
DAY = date(2026, 3, 1)
HOUR = timedelta(hours=1)


def look(
    pages: Mapping[str, bytes | str] | str | bytes,
    *,
    memory: Memory | None = None,
    now: datetime = NOW,
    part: Part = Part.STORY,
    past: Past | None = None,
    **options: Any,
) -> Supply:
    """Look at a feed once."""
    if not isinstance(pages, Mapping):
        pages = {URL: pages}
    source = feed.make(
        SourceOptions(
            options={"url": URL} | options,
            root=Path(),
            part=part,
            fetch=RecordedWeb(pages),
            seen=memory or Memory(),
            past=past or NothingUsed(),
            now=now,
        )
    )
    return source.fetch(part, DAY)


def story(*args: Any, **options: Any) -> Story:
    return look(*args, **options).stories[0]


# --- which item ----------------------------------------------------------------------------------


def test_the_newest_fresh_item_is_todays() -> None:
    found = story(
        rss(
            rss_item("Older", guid="a", published=NOW - 3 * HOUR),
            rss_item("Newest", guid="b", published=NOW - HOUR),
        )
    )
    assert found.headline == "Newest"


def test_of_a_new_feed_only_one_item_is_ever_used() -> None:
    memory = Memory()
    both = (
        rss_item("Older", guid="a", published=NOW - 3 * HOUR),
        rss_item("Newest", guid="b", published=NOW - HOUR),
    )
    assert story(rss(*both), memory=memory).headline == "Newest"
    assert story(rss(*both), memory=memory).headline == "Newest", "a look consumes nothing"
    with pytest.raises(SourceError, match="“Newest” was used on 2026-02-28; “Older” stood in"):
        look(rss(*both), memory=memory, past=Used({"Newest"}))
    third = rss_item("Third", guid="c", link="https://site.example/c", published=NOW)
    assert story(rss(*both, third), memory=memory, past=Used({"Newest"})).headline == "Third"


def test_an_item_is_known_again_by_its_link_when_its_guid_changes() -> None:
    memory = Memory()
    look(rss(rss_item("Newest", guid="n", link="https://site.example/n")), memory=memory)
    old = rss_item("Old", guid="http://a", link="http://www.site.example/old/?utm_source=x")
    memory = Memory()
    look(rss(rss_item("New", guid="n"), old), memory=memory)
    moved = rss_item("Old, edited", guid="https://a", link="https://site.example/old")
    with pytest.raises(SourceError, match="stood in the feed already"):
        look(rss(moved), memory=memory)


def test_another_story_under_a_known_guid_is_not_taken_for_the_known_one() -> None:
    memory = Memory()
    look(rss(rss_item("First")), memory=memory)
    other = rss_item("Quite another", link="https://site.example/other")
    with pytest.raises(SourceError, match="stands in the place of another story"):
        look(rss(other), memory=memory)


def test_a_corrected_title_is_still_the_same_story() -> None:
    memory = Memory()
    look(rss(rss_item("The fery")), memory=memory)
    assert story(rss(rss_item("The ferry")), memory=memory).headline == "The ferry"


@pytest.mark.parametrize(
    ("published", "reason"),
    [
        (NOW - 37 * HOUR, "more than 36 hours old"),
        (NOW + timedelta(minutes=16), "still to come"),
        (None, "has no date .* so an editor has to take it over"),
    ],
)
def test_stale_future_and_undated_items_are_held_with_the_reason(
    published: datetime | None, reason: str
) -> None:
    with pytest.raises(SourceError, match=reason):
        look(rss(rss_item(published=published)))


def test_an_item_of_the_future_comes_when_its_time_has_come() -> None:
    memory = Memory()
    later = rss(rss_item(published=NOW + 2 * HOUR))
    with pytest.raises(SourceError):
        look(later, memory=memory)
    assert story(later, memory=memory, now=NOW + 2 * HOUR).headline == "The ferry keeps its hours"


class SentAt(NothingUsed):
    """A past whose last edition was sent at a moment."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def last_sent(self, *, day: date) -> datetime | None:
        del day
        return self.moment


def test_what_was_published_before_the_last_edition_was_sent_is_not_todays() -> None:
    sent = SentAt(NOW - 24 * HOUR)
    with pytest.raises(SourceError, match="before the last edition was sent"):
        look(rss(rss_item(published=NOW - 26 * HOUR)), past=sent)


@pytest.mark.parametrize("hours", [24.5, 24, 1])
def test_what_the_last_look_before_a_send_may_have_missed_is_todays(hours: float) -> None:
    sent = SentAt(NOW - 24 * HOUR)
    assert story(rss(rss_item(published=NOW - hours * HOUR)), past=sent)


def test_the_origin_proposes_the_new_address_of_a_feed_that_moved_for_good() -> None:
    web = RecordedWeb({URL: rss(rss_item())}, moved_to="https://new.example/feed")
    source = feed.make(
        SourceOptions(options={"url": URL}, root=Path(), part=Part.STORY, fetch=web, now=NOW)
    )
    origin = source.fetch(Part.STORY, DAY).origin
    assert "(it moved for good: set `url` to https://new.example/feed in config.toml)" in origin


def test_max_age_can_be_set() -> None:
    items = rss(rss_item(published=NOW - 40 * HOUR))
    assert story(items, max_age=48).headline == "The ferry keeps its hours"


class Used(NothingUsed):
    """A past in which some headlines were used."""

    def __init__(self, headlines: set[str]) -> None:
        self.headlines = headlines

    def used_on(self, part: Part, supply: Supply, *, day: date) -> date | None:
        used = {one.headline for one in supply.stories} & self.headlines
        return day - timedelta(days=1) if used else None


# --- what becomes of it --------------------------------------------------------------------------


def test_links_and_emphasis_are_kept_and_nothing_else() -> None:
    body = (
        '<p onclick="x()">A <b>bold</b> and <a href="/map?utm_source=rss&amp;z=1">linked</a> word, '
        'and <a href="javascript:x()">none</a>.</p><script>alert(1)</script>'
        f"<h3>What next</h3><ul><li>First</li><li>Second</li></ul><p>2 * 3 [x] {LONG}</p>"
    )
    found = story(rss(rss_item(content=body)))
    assert found.markup == "markdown"
    assert found.paragraphs[:3] == (
        "A **bold** and [linked](<https://site.example/map?z=1>) word, and none.",
        "## What next",
        "- First\n- Second",
    )
    assert found.paragraphs[3].startswith(r"2 \* 3 \[x\] The harbour")


def test_features_credits_and_furniture_are_not_paragraphs_of_the_story() -> None:
    body = (
        f"<p>{LONG}</p><p>Fact of the Day (Almanac): A knot is one nautical mile in an hour.</p>"
        "<p>Number of the Day: 17</p><p>Image credit to Harbour Archive</p><p>top of page</p>"
    )
    items = rss(rss_item(content=body))
    assert story(items).paragraphs == (LONG.strip(),)
    assert [other.label for other in look(items).others] == ["Number of the Day"]
    fact = look(items, part=Part.FACT).feature
    assert getattr(fact, "text", "") == "A knot is one nautical mile in an hour."


def test_title_and_author_are_plain_text() -> None:
    item = rss_item(
        "Fish &amp; <b>chips</b>", more="<dc:creator>Ida &lt;i&gt;M&lt;/i&gt;</dc:creator>"
    )
    found = story(rss(item))
    assert (found.headline, found.byline) == ("Fish & chips", "Ida M")


@pytest.mark.parametrize(
    ("content", "description"),
    [
        (None, "The harbour board met and agreed on..."),
        (f"<p>{LONG}</p><p>Continue reading The ferry</p>", ""),
        (f"<p>{LONG} [&#8230;]</p>", ""),
    ],
)
def test_a_cut_item_is_read_from_its_page(content: str | None, description: str) -> None:
    item = rss_item(content=content, description=description)
    found = story({URL: rss(item), LINK: web_page("The ferry keeps its hours")})
    assert [text.partition(" ")[0] for text in found.paragraphs] == ["One", "Two", "Three"]
    assert found.link == LINK


def test_a_cut_item_whose_page_is_away_gives_the_reason() -> None:
    item = rss(rss_item(content=None, description="Only a summary..."))
    with pytest.raises(SourceError, match="404"):
        look(item)
    with pytest.raises(SourceError, match="only a summary of “The ferry keeps its hours”: "):
        look({URL: item, LINK: "<html><title></title></html>"})


def test_a_summary_is_taken_where_the_editor_wants_it_so() -> None:
    item = rss_item(content=None, description="The harbour board met...")
    assert story(rss(item), full=False).paragraphs == ("The harbour board met...",)


# --- pictures ------------------------------------------------------------------------------------

FIGURE = (
    '<figure><img src="/quay.jpg" alt="A stone quay"><figcaption>The quay. Photo: Ida Marsh'
    "</figcaption></figure>"
)


def test_a_picture_has_words_and_a_credit_from_its_caption() -> None:
    image = story(rss(rss_item(content=f"{FIGURE}<p>{LONG}</p>"))).image
    assert image is not None
    assert (image.url, image.alt, image.credit) == (
        "https://site.example/quay.jpg",
        "A stone quay",
        "Ida Marsh",
    )


def test_the_widest_media_content_comes_first_and_takes_the_words_of_the_text() -> None:
    media = (
        '<media:content url="https://site.example/small.jpg" width="320" medium="image"/>'
        '<media:content url="https://site.example/quay.jpg" width="1600" medium="image">'
        "<media:credit>Harbour Archive</media:credit></media:content>"
    )
    image = story(rss(rss_item(content=f"{FIGURE}<p>{LONG}</p>", more=media))).image
    assert image is not None
    assert (image.url, image.credit) == ("https://site.example/quay.jpg", "Harbour Archive")


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        ("", "no image: the source names none"),
        ('<img src="/a.jpg" alt="A quay">', "no image: it has no credit"),
        ('<img src="/a.jpg"><p>Image credit to AFP</p>', "no image: it has no alternative text"),
        ('<img src="/emoji/a.png" alt="x"><p>Image credit to AFP</p>', "the source names none"),
        ('<img src="/a.jpg" alt="x" width="120">', "it is shown only 120 pixels wide"),
        ('<img src="/media/blur_2.jpg" alt="x">', "the source names none"),
    ],
)
def test_without_words_or_credit_there_is_no_picture_and_the_origin_says_so(
    picture: str, reason: str
) -> None:
    supply = look(rss(rss_item(content=f"<p>{LONG}</p>{picture}")))
    assert supply.stories[0].image is None
    assert supply.origin.startswith(f"{LINK} (")
    assert reason in supply.origin


@pytest.mark.parametrize(
    "picture",
    [
        '<img src="/pixel-camera.jpg" alt="A quay">',
        '<img src="/quay.jpg" width="100%" alt="A quay">',
        '<img src="data:image/gif;base64,R0lGOD" data-src="/quay.jpg" alt="A quay">',
        '<img src="data:," data-srcset="/small.jpg 400w, /quay.jpg 1400w" alt="A quay">',
        '<picture><source srcset="/quay.jpg 1400w"><img alt="A quay"></picture>',
        '<img class="lazy" alt=""><noscript><img src="/quay.jpg" alt="A quay"></noscript>',
        '<img src="/k\u00e4i (1).jpg" alt="A quay">',
    ],
)
def test_a_picture_is_taken_however_its_page_shows_it(picture: str) -> None:
    caption = "<figcaption>Photo: Ida Marsh</figcaption>"
    item = rss_item(content=f"<figure>{picture}{caption}</figure><p>{LONG}</p>")
    image = story(rss(item)).image
    assert image is not None
    assert (image.alt, image.credit) == ("A quay", "Ida Marsh")
    assert image.url in {
        "https://site.example/pixel-camera.jpg",
        "https://site.example/quay.jpg",
        "https://site.example/k%C3%A4i%20(1).jpg",
    }

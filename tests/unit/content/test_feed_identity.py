"""By what an item of a feed is known again: its guid, and its link only without one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from newsletter.content.repeats import keys
from newsletter.core.errors import SourceError
from newsletter.core.model import Part, Story, Supply
from tests.support.web import NOW, Memory, rss, rss_item
from tests.unit.content.test_sources_feed import HOUR, Used, look, story

HOME = "https://site.example/"


def item(title: str, guid: str, *, link: str = HOME, at: datetime = NOW - HOUR) -> str:
    text = rss_item(title, guid=guid, link=link, published=at)
    return text if guid else text.replace('<guid isPermaLink="false"></guid>', "")


def test_items_that_share_a_link_are_told_apart_by_their_guids() -> None:
    memory = Memory()
    old = item("Old", "g0", at=NOW - 3 * HOUR)
    first = item("First", "g1", at=NOW - 2 * HOUR)
    assert story(rss(first, old), memory=memory).headline == "First"
    second = item("Second", "g2")
    assert story(rss(second, first, old), memory=memory).headline == "Second"
    assert {one.key for one in memory.seen("https://site.example/feed")} == {"g0", "g1", "g2"}


def test_a_feed_with_one_item_and_one_link_has_a_new_story_with_each_guid() -> None:
    memory = Memory()
    story(rss(item("First", "g1", at=NOW - 2 * HOUR)), memory=memory)
    found = story(rss(item("Second", "g2")), memory=memory, past=Used({"First"}))
    assert found.headline == "Second"


def test_an_item_is_the_same_whatever_becomes_of_its_link_and_title() -> None:
    memory = Memory()
    new = item("New", "n", link=f"{HOME}n")
    look(rss(new, item("Old", "g0", link=f"{HOME}a", at=NOW - 2 * HOUR)), memory=memory)
    again = item("Old", "g0", link=f"{HOME}b", at=NOW - 2 * HOUR)
    with pytest.raises(SourceError, match="stood in the feed already"):
        look(rss(again), memory=memory)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("http://www.site.example/?p=7", "https://site.example/?p=7"),
        ("https://site.example/a", "https://site.example/a/"),
        ("7", "8"),  # all else is the same
    ],
)
def test_a_guid_that_changed_with_its_site_is_the_same(before: str, after: str) -> None:
    memory = Memory()
    new = item("New", "n", link=f"{HOME}n")
    look(rss(new, item("Old", before, link=f"{HOME}a", at=NOW - 2 * HOUR)), memory=memory)
    with pytest.raises(SourceError, match="“Old” stood in the feed already"):
        look(rss(item("Old", after, link=f"{HOME}a", at=NOW - 2 * HOUR)), memory=memory)


@pytest.mark.parametrize(
    ("before", "after"),
    [("https://site.example/log#1", "https://site.example/log#2"), ("7", "8")],
)
def test_another_guid_is_another_item(before: str, after: str) -> None:
    memory = Memory()
    new = item("New", "n", link=f"{HOME}n")
    look(rss(new, item("Old", before, at=NOW - 2 * HOUR)), memory=memory)
    assert story(rss(item("Newer", after)), memory=memory).headline == "Newer"


@pytest.mark.parametrize(("before", "after"), [("", ""), ("", "g"), ("g", "")])
def test_without_a_guid_the_link_decides(before: str, after: str) -> None:
    memory = Memory()
    new = item("New", "n", link=f"{HOME}n")
    old = item("Old", before, link="http://www.site.example/a/?utm_source=x", at=NOW - 2 * HOUR)
    look(rss(new, old), memory=memory)
    with pytest.raises(SourceError, match="stood in the feed already"):
        look(rss(item("Old, edited", after, link=f"{HOME}a", at=NOW - HOUR)), memory=memory)


def test_items_without_guids_at_several_marks_of_one_page_are_several() -> None:
    memory = Memory()
    first = item("First", "", link=f"{HOME}log#1", at=NOW - 2 * HOUR)
    story(rss(first), memory=memory)
    second = item("Second", "", link=f"{HOME}log#2")
    assert story(rss(second, first), memory=memory).headline == "Second"


def test_without_guid_and_link_title_and_day_decide() -> None:
    memory = Memory()
    new = item("New", "n", link=f"{HOME}n")
    look(rss(new, item("Old", "", link="", at=NOW - 2 * HOUR)), memory=memory)
    with pytest.raises(SourceError, match="“Old!” stood in the feed already"):
        look(rss(item("Old!", "", link="", at=NOW - HOUR)), memory=memory)


def test_the_address_of_a_whole_site_uses_up_no_story() -> None:
    def of(link: str) -> tuple[str, ...]:
        return keys(Part.STORY, Supply(stories=(Story(headline="A", paragraphs=(), link=link),)))

    assert of(HOME) == of("https://site.example") == ("headline a",)
    assert of(f"{HOME}a") == ("headline a", "link site.example/a")
    assert of(f"{HOME}?p=1") == ("headline a", "link site.example?p=1")


def test_a_shared_link_does_not_use_up_the_other_items() -> None:
    link = f"{HOME}news"

    class Past(Used):
        def used_on(self, part: Part, supply: Supply, *, day: date) -> date | None:
            is_used = any(one.link == link for one in supply.stories)
            return day - timedelta(days=1) if is_used else None

    both = rss(item("First", "g1", link=link, at=NOW - 2 * HOUR), item("Second", "g2", link=link))
    assert story(both, past=Past(set())).headline == "Second"

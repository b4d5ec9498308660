"""Moments as feeds write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.feeds.dates import moment
from newsletter.content.feeds.items import read_items
from newsletter.content.source import Fetched
from tests.support.web import NOW, rss


@pytest.mark.parametrize(
    ("zone", "hours"),
    [
        *(("GMT", 0), ("UT", 0), ("Z", 0), ("EST", -5), ("EDT", -4), ("PST", -8), ("PDT", -7)),
        *(("CET", 1), ("CEST", 2), ("MEZ", 1), ("BST", 1), ("WEST", 1), ("EEST", 3), ("MSK", 3)),
        *(("IST", 5.5), ("NPT", 5.75), ("JST", 9), ("AEST", 10), ("ACDT", 10.5), ("NZDT", 13)),
        *(("NST", -3.5), ("AKST", -9), ("HST", -10), ("BRT", -3), ("SAST", 2), ("ET", -5)),
        *(("PT", -8), ("A", -1), ("Y", 12), ("GMT+2", 2), ("UTC-03:30", -3.5), ("+0545", 5.75)),
        *(("-0500 (EST)", -5), ("cest", 2), ("Europe/Athens", 2), ("", 0), ("XYZ", 0)),
        *(("No/Where", 0), ("../etc", 0)),
    ],
)
def test_names_of_zones_are_offsets(zone: str, hours: float) -> None:
    right = datetime(2026, 1, 20, 8, 30, tzinfo=UTC) - timedelta(hours=hours)
    assert moment(f"Tue, 20 Jan 2026 08:30:00 {zone}") == right
    assert moment(f"2026-01-20 08:30:00 {zone}") == right


def test_a_zone_of_a_region_knows_its_summer() -> None:
    assert moment("20 Jul 2026 08:30 PT") == datetime(2026, 7, 20, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "20 Jan 2026 08:30:00 GMT",
        "Tuesday, 20-Jan-26 08:30:00 GMT",
        "Tue, 20 January 2026 08:30 +0000",
        "Jan 20, 2026 8:30 AM",
        "Tue Jan 20, 2026 8:30 a.m. UTC",
        "2026-01-20T08:30:00Z",
        "2026-01-20T08:30:00.000+00:00",
        "2026-01-20T09:30:00+0100",
        "20260120T083000Z",
        " Tue,  20 Jan\n2026 08:30:00 GMT ",
    ],
)
def test_other_ways_to_write_a_moment(text: str) -> None:
    assert moment(text) == datetime(2026, 1, 20, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "soon", "31 Feb 2026 08:00 GMT", "1 Jan 2026 25:00 GMT"])
def test_what_is_no_moment_is_none(text: str) -> None:
    assert moment(text) is None


@given(st.text(max_size=120))
def test_no_text_raises_anything(text: str) -> None:
    moment(text)
    moment(f"Tue, 20 Jan 2026 08:30:00 {text}")


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.integers(0, 3_100_000_000), ZONES)
def test_a_moment_that_is_written_by_the_rules_is_read(seconds: int, zone: timezone) -> None:
    whole = datetime(1990, 1, 2, tzinfo=zone) + timedelta(seconds=seconds)
    assert moment(format_datetime(whole)) == whole
    assert moment(whole.isoformat()) == whole


@pytest.mark.parametrize(
    ("more", "hour"),
    [
        ("<pubDate>Tue, 20 Jan 2026 08:30:00 CET</pubDate>", 7),
        ("<dc:date>2026-01-20T08:30:00+01:00</dc:date>", 7),
        ("<dc:date>2026-01-20T01:00:00Z</dc:date><pubDate>20 Jan 2026 08:30 CET</pubDate>", 7),
        ("<pubDate>soon</pubDate><dc:date>2026-01-20T07:30:00Z</dc:date>", 7),
        ("<pubDate>Tue Jan 20 07:30:00 2026</pubDate>", 7),  # only feedparser knows
    ],
)
def test_an_item_has_the_moment_of_its_publication(more: str, hour: int) -> None:
    body = rss(f"<item><title>A</title>{more}</item>").encode()
    fetched = Fetched(url="https://a.example/", status=200, headers={}, body=body, at=NOW)
    (item,) = read_items(fetched, name="a")
    assert item.published == datetime(2026, 1, 20, hour, 30, tzinfo=UTC)


def test_of_a_json_feed_the_change_counts_where_nothing_else_is_said() -> None:
    body = (
        b'{"version": "https://jsonfeed.org/version/1.1", "items": '
        b'[{"id": 1, "date_modified": "2026-01-20T08:30:00+01:00"}]}'
    )
    fetched = Fetched(url="https://a.example/", status=200, headers={}, body=body, at=NOW)
    (item,) = read_items(fetched, name="a")
    assert item.published == datetime(2026, 1, 20, 7, 30, tzinfo=UTC)

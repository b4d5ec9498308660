from __future__ import annotations

import pytest

from newsletter.content.pasted.dates import is_date
from newsletter.content.pasted.entries import EntryKind, entries
from newsletter.content.pasted.preamble import contents_length, headlines_of, is_divider


@pytest.mark.parametrize(
    "line",
    [
        "Tuesday, September 5",
        "tuesday september 5th, 2023",
        "Mon., Dec. 1, 2025",
        "Thursday, 4 June 2026",
        "December 15, 2025",
        "15 December 2025",
        "Sunday, May 3.",
    ],
)
def test_weekday_month_and_day_are_a_date(line: str) -> None:
    assert is_date(line)


@pytest.mark.parametrize(
    "line",
    [
        "Tuesday, September 5: Storm Nears the Coast",
        "September 5",
        "Sunday",
        "May 32, 2025",
        "Tuesday, Sometember 5",
        "A quiet Tuesday, September 5",
        "Marching 5, 2025",
    ],
)
def test_anything_more_or_less_is_no_date(line: str) -> None:
    assert not is_date(line)


@pytest.mark.parametrize(
    "line",
    [
        "Now, let's dive into today's news.",
        "Now let’s dive into today’s news!",
        "NOW, LET'S DIVE INTO TODAY'S NEWS",
        "Now, let's dive right into the news:",
    ],
)
def test_the_divider_is_found_in_any_typing(line: str) -> None:
    assert is_divider(line)


def test_a_sentence_around_the_divider_is_none() -> None:
    assert not is_divider("Now, let's dive into today's news. Storms are near.")


def listed(*lines: str) -> tuple[str, ...]:
    """Return the lines that count as contents below a heading."""
    return lines[: contents_length(("Contents:", *lines), 0)]


def test_contents_to_the_end_of_the_page_are_counted_exactly() -> None:
    assert contents_length(("Contents:", "Storm Nears", "Tides Turn"), 0) == 2
    assert contents_length(("Good morning", "Contents:", "Storm Nears"), 1) == 1
    assert contents_length(("Contents:",), 0) == 0


def test_contents_are_one_entry_and_what_follows_is_another() -> None:
    page = ("Contents:", "Storm Nears", "Tides Turn", "The storm comes at noon.", "It was here.")
    found = list(entries(page))
    assert [one.blocks for one in found] == [page[:3], page[3:4], page[4:]]
    assert found[0].kind is EntryKind.CONTENTS


@pytest.mark.parametrize("heading", ["Contents:", "contents", "C o n t e n t s"])
def test_another_heading_ends_the_contents(heading: str) -> None:
    assert listed("Storm Nears", heading, "Tides Turn") == ("Storm Nears",)


def test_contents_end_at_the_first_sentence() -> None:
    assert listed("Ferry Returns", "Bakers Meet", "The ferry is back.", "Old Mill Sold") == (
        "Ferry Returns",
        "Bakers Meet",
    )


def test_contents_end_at_a_long_line() -> None:
    assert listed("Ferry Returns", "word " * 25) == ("Ferry Returns",)


@pytest.mark.parametrize(
    "line",
    [
        "Fact of the Day: Whales sing",
        "Image credit to Harbour Press",
        "Now, let's dive into today's news",
        "Contents:",
    ],
)
def test_contents_end_where_another_part_begins(line: str) -> None:
    assert listed("Ferry Returns", line) == ("Ferry Returns",)


def test_contents_end_where_an_entry_comes_again() -> None:
    assert listed("Ferry Returns", "Bakers Meet", "FERRY RETURNS") == (
        "Ferry Returns",
        "Bakers Meet",
    )


def test_features_close_the_contents() -> None:
    entries = ("Ferry Returns", "Upcoming Events", "Fact of the Day", "Word of the Week")
    assert listed(*entries, "Ferry Is Back") == entries


def test_contents_may_run_to_the_last_line() -> None:
    assert listed("Ferry Returns", "Bakers Meet") == ("Ferry Returns", "Bakers Meet")


def test_features_and_events_are_no_headlines() -> None:
    entries = [
        "Contents:",
        "Ferry Returns",
        "Upcoming Events",
        "Fact of the Day",
        "Quote Of The Week",
    ]
    assert headlines_of(entries) == ("Ferry Returns",)

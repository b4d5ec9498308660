"""A reader's own addresses name the edition, and every older form of them is read for ever."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.reader_links import (
    LONGEST_HEADER,
    ReaderLink,
    around_token,
    code_of,
    read,
    unsubscribe_url,
)

TOKEN = "-0aZ_9" * 3 + "abcd"
DAYS = st.dates(date(2000, 1, 1), date(2717, 9, 1))


@given(DAYS)
def test_the_code_of_an_edition_is_three_signs_and_tells_its_date(day: date) -> None:
    assert len(code_of(day)) == 3
    link = ReaderLink(TOKEN, day)
    assert read(link.text) == link
    assert unsubscribe_url("https://brief.example.org", TOKEN, day).endswith(f"/u/{link.text}")


@given(st.text(max_size=40))
def test_whatever_stands_there_is_read_or_refused(text: str) -> None:
    found = read(text)
    assert found is None or (found.token and text.startswith(found.token))


def test_a_link_without_an_edition_is_one_too() -> None:
    assert read(TOKEN) == ReaderLink(TOKEN)
    assert (
        unsubscribe_url("https://brief.example.org/", TOKEN)
        == f"https://brief.example.org/u/{TOKEN}"
    )


@pytest.mark.parametrize("letters", range(10, 60))
def test_the_header_stays_in_its_line_as_far_as_the_host_allows(letters: int) -> None:
    base = "https://" + "h" * letters
    day = date(2026, 3, 2)
    header = f"<{unsubscribe_url(base, TOKEN, day)}>"
    without = f"<{unsubscribe_url(base, TOKEN)}>"
    assert len(header) <= LONGEST_HEADER or header == without
    assert (around_token(base, day)[1] != "") == (len(without) + 4 <= LONGEST_HEADER)

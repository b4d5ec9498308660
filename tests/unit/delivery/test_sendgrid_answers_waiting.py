"""How long SendGrid is left alone, after a 429 and after the last request of its window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.errors import Throttled
from newsletter.core.http.answer import Answer
from newsletter.delivery.providers.sendgrid import answers
from tests.support.delivery import NOW

ASKED = answers.Asked(recipients=1, key="k", sender="s")
LONGEST = timedelta(minutes=15)


def in_seconds(seconds: float) -> str:
    return str(int(NOW.timestamp() + seconds))


def waits(**headers: str) -> float | None:
    """Return the seconds a 429 with these headers makes everyone wait; None: it does not say."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with pytest.raises(Throttled) as caught:
        answers.read(Answer(status=429, headers=named, body=b""), ASKED, now=NOW)
    until = caught.value.until
    return None if until is None else (until - NOW).total_seconds()


def pauses(**headers: str) -> float | None:
    """Return the seconds of pause after a 202 with these headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    until = answers.read(Answer(status=202, headers=named, body=b""), ASKED, now=NOW).pause_until
    return None if until is None else (until - NOW).total_seconds()


def test_reset_is_waited_for() -> None:
    assert waits(x_ratelimit_reset=in_seconds(7)) == 7


def test_retry_after_is_seconds_or_a_date() -> None:
    assert waits(retry_after="3") == 3
    date = format_datetime(NOW + timedelta(seconds=4), usegmt=True)
    assert waits(retry_after=date) == 4
    assert waits(retry_after="Tue, 09 Mar 2027 07:00:05 -0000") == 5


def test_later_of_both_counts() -> None:
    assert waits(retry_after="3", x_ratelimit_reset=in_seconds(7)) == 7
    assert waits(retry_after="9", x_ratelimit_reset=in_seconds(7)) == 9


def test_nothing_said_is_nothing_known() -> None:
    assert waits() is None


@pytest.mark.parametrize(
    "text",
    ["", "soon", "-3", "0", "٣", "1e9", "nan", "inf", "9" * 5000, "Tue, 99 Foo 2027", "1,2", "+3"],
)
def test_garbage_is_ignored(text: str) -> None:
    assert waits(retry_after=text, x_ratelimit_reset=text) is None
    assert waits(retry_after=text, x_ratelimit_reset=in_seconds(7)) == 7


def test_past_moments_are_ignored() -> None:
    date = format_datetime(NOW - timedelta(days=1), usegmt=True)
    assert waits(retry_after=date, x_ratelimit_reset=in_seconds(-1)) is None


def test_absurd_waits_are_bounded() -> None:
    assert waits(retry_after="86400") == LONGEST.total_seconds()
    assert waits(x_ratelimit_reset="999999999999999") == LONGEST.total_seconds()
    assert waits(retry_after="Fri, 31 Dec 9999 23:59:59 GMT") == LONGEST.total_seconds()


@pytest.mark.parametrize("remaining", ["0", " 0 "])
def test_used_up_window_pauses_after_a_success(remaining: str) -> None:
    assert pauses(x_ratelimit_remaining=remaining, x_ratelimit_reset=in_seconds(20)) == 20


def test_success_without_a_used_up_window_pauses_nothing() -> None:
    assert pauses(x_ratelimit_reset=in_seconds(20)) is None
    assert pauses(x_ratelimit_remaining="1", x_ratelimit_reset=in_seconds(20)) is None
    assert pauses(x_ratelimit_remaining="0") is None


@given(retry=st.text(max_size=40), reset=st.text(max_size=20))
def test_no_header_breaks_the_reading(retry: str, reset: str) -> None:
    seconds = waits(retry_after=retry, x_ratelimit_reset=reset)
    assert seconds is None or 0 < seconds <= LONGEST.total_seconds()


@given(st.datetimes(), st.sampled_from(["GMT", "-0000", "+0000", "+9959", "-2359", "XYZ", ""]))
def test_no_date_breaks_the_reading(moment: datetime, zone: str) -> None:
    text = f"{format_datetime(moment.replace(tzinfo=UTC))[:-6]} {zone}"
    seconds = waits(retry_after=text)
    assert seconds is None or 0 < seconds <= LONGEST.total_seconds()
